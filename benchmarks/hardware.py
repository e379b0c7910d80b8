"""How long the hardware database takes to load, and how long chips take to find.

    python benchmarks/hardware.py

Times depend on the machine and on what else it does, so each is also given as a ratio to a baseline of the same run:
loading to `json.loads` of the compiled document, finding to splitting the same strings into words with one regular
expression. Medians of several runs.
"""

from __future__ import annotations

import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from computeest.hardware import Database, Refusal, database, files, load
from computeest.text import kept

RUNS = 7
STRINGS = 100_000
#: How papers write a chip and how many of it, {name} and {n} left open.
PATTERNS = (
    "{n} x {name}", "{n} {name} GPUs", "{name} x {n}", "{n}x{name}", "{name} ({n} GPUs)", "NVIDIA {name}, {n} cards",
    "{n} nodes with 8 {name} each", "trained on {n} {name} for 3 days", "a cluster of {n} {name}", "{n} {name}s",
    "{n} {nome} GPUs",
)


def median(run: Callable[[], object], runs: int = RUNS) -> float:
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def load_all() -> Database:
    """The database with every chip built, from the files and the cache, as a new process does it."""
    database._loaded.cache_clear()
    files.package_files.cache_clear()
    found = load()
    for _ in found:
        pass
    return found


def strings(found: Database) -> list[str]:
    """Distinct strings: every chip and family in every pattern, about one in eleven with a name that is none."""
    chance = random.Random(1)
    names = [name for chip in found for name in (chip.name, *chip.aliases)]
    names += [alias for family in found.families.values() for alias in family["aliases"]]
    written: dict[str, None] = {}
    while len(written) < STRINGS:
        name = chance.choice(names)
        nome = name[:-1] + chance.choice("QZ7")
        written[chance.choice(PATTERNS).format(n=chance.randint(1, 20_000), name=name, nome=nome)] = None
    return list(written)


def loading() -> None:
    load_all()
    path = next((kept.directory() or Path()).glob("hardware-*.json"))
    body = path.read_bytes().partition(b"\n")[2]
    lines = body.splitlines()
    bare = median(lambda: [json.loads(line) for line in lines])
    warm = median(load_all)
    path.unlink()
    cold = median(load_all, runs=1)
    code = "import time; s = time.perf_counter(); from computeest.hardware import load; list(load()); " \
           "print(time.perf_counter() - s)"
    process = statistics.median(
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(3))
    print(f"baseline: json.loads of the compiled document ({len(body) / 1e3:.0f} kB): {bare * 1e3:.1f} ms")
    print(f"load everything, warm: {warm * 1e3:.1f} ms = {warm / bare:.1f} x baseline (limit 60 ms)")
    print(f"the same in a new process, imports included: {process * 1e3:.1f} ms = {process / bare:.1f} x baseline")
    print(f"load everything from YAML, cold: {cold * 1e3:.0f} ms = {cold / bare:.0f} x baseline")


def finding() -> None:
    found = load()
    texts = strings(found)
    words = re.compile(r"[A-Za-z]+|[0-9]+")
    bare = median(lambda: [words.findall(text) for text in texts], runs=3)
    start = time.perf_counter()
    matches = [found.find(text) for text in texts]
    taken = time.perf_counter() - start
    refused = sum(isinstance(match, Refusal) for match in matches)
    again = median(lambda: [found.find(text) for text in texts], runs=1)
    print(f"baseline: cutting {len(texts):,} distinct strings into words with one regular expression: {bare:.2f} s")
    print(f"find all of them: {taken:.2f} s = {taken / bare:.0f} x baseline (limit 4 s); {refused:,} refused")
    print(f"find all of them again: {again:.2f} s = {again / bare:.0f} x baseline")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        loading()
        finding()
