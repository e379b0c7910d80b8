"""Whether two commits give the same values: every example, and tables of made-up rows, field by field.

    python benchmarks/values.py A B [--rows 100000] [--varied 2000]

Each commit is checked out and installed as `compare.py` does it, estimates every paper of `examples/` and annotates the
same two tables: rows as `generated.py` makes them, and rows of the kinds of cells that people write. Every field that
differs is counted and shown once; the exit code is 1 where any does.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import compare
import generated


def examples(python: Path, folder: Path) -> dict[str, Any]:
    """Each example's record by file; what is said where there is none."""
    found = {}
    for paper in sorted((folder / "examples").glob("*.yaml")):
        ran = subprocess.run([python, "-m", "computeest", "estimate", f"examples/{paper.name}", "--format", "json"],
                             cwd=folder, capture_output=True, text=True, check=False)
        found[paper.name] = json.loads(ran.stdout) if ran.stdout else ran.stderr
    return found


def annotated(python: Path, table: Path, out: Path) -> Path:
    """The table with its records."""
    subprocess.run([python, "-m", "computeest", "annotate", table, "-o", out, "--quiet"], check=False, cwd=out.parent)
    return out


def differences(one: Path, other: Path) -> Iterator[tuple[str, str]]:
    """Each field that differs between two tables, and how, row by row."""
    with one.open(encoding="utf-8", newline="") as left, other.open(encoding="utf-8", newline="") as right:
        for number, (a, b) in enumerate(itertools.zip_longest(csv.DictReader(left), csv.DictReader(right)), 1):
            if a is None or b is None:
                yield "(rows)", f"only one table has row {number}"
                return
            for name in dict.fromkeys((*a, *b)):
                if a.get(name) != b.get(name):
                    yield name, f"row {number}: {a.get(name)!r:.120} and {b.get(name)!r:.120}"


def told(what: str, found: Iterator[tuple[str, str]]) -> int:
    """Print what differs; how many fields do."""
    count: Counter[str] = Counter()
    for name, how in found:
        count[name] += 1
        if count[name] == 1:
            print(f"{what}: {name}: {how}")
    print(f"{what}: {sum(count.values()):,} differences {dict(count) or ''}", flush=True)
    return sum(count.values())


def main() -> int:
    """Print what differs; 1 where anything does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("a")
    parser.add_argument("b")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--varied", type=int, default=2_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="values-") as name:
        folder = Path(name)
        tables = [generated.write(folder / "generated.csv", chosen.rows),
                  generated.varied(folder / "varied.csv", chosen.varied)]
        with compare.both(chosen.a, chosen.b, folder) as sides:
            papers = [examples(python, place) for place, python in sides]
            differ = told("examples", ((file, f"{papers[0].get(file)!r:.200} and {papers[1].get(file)!r:.200}")
                                       for file in dict.fromkeys((*papers[0], *papers[1]))
                                       if papers[0].get(file) != papers[1].get(file)))
            for table in tables:
                outs = [annotated(python, table, place.with_suffix(f".{table.stem}.csv")) for place, python in sides]
                differ += told(table.name, differences(*outs))
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main())
