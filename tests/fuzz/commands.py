"""Whole commands: each ends as promised, without a traceback, steers no terminal, and leaves nothing half written."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from . import making
from .trying import FAULT, IN_FORMATS, written

TEMPLATES = (
    "estimate {paper}", "estimate {paper} --explain", "estimate {paper} --format json",
    "estimate {paper} {paper} --format csv", "estimate {paper} --threshold all", "estimate {paper} --format markdown",
    "estimate {paper} --format yaml", "estimate {paper} --format latex", "estimate {paper} --format {text}",
    "estimate {paper} --fact {fact}", "estimate {paper} --assume {fact}", "estimate {paper} --threshold {text}",
    "estimate {paper} --with energy,cost,carbon --format json", "estimate {paper} --with {text}",
    "estimate {paper} --tokens {text}", "estimate {paper} --prefer {text}", "estimate {paper} -o {out}",
    "estimate {paper} --reference {table}", "estimate {paper} --hardware {folder}", "estimate - --format json",
    "estimate {table}", "estimate {folder}", "validate {paper}", "validate {paper} {paper}", "validate -",
    "solve utilization {paper}", "solve {key} {paper} --format json", "solve {text} {paper}", "sensitivity {paper}",
    "sensitivity {paper} --format json", "annotate {table} -o {out}", "annotate {table}", "annotate - -o {out}",
    "annotate {table} --columns {paper} -o {out}", "annotate {table} -o {text}", "annotate {glob} -o {out}",
    "annotate {table} --preset epoch -o {out}", "annotate {table} --records-only -o {out}",
    "annotate {table} --format {text}", "annotate {table} --with energy,cost,carbon -o {out}",
    "annotate {table} --chunk 2 -o {out}", "annotate {table} --resume -o {out}", "annotate {table} --assume {fact}",
    "annotate {table} -o {table}", "annotate {table} --input-format jsonl -o {out}", "columns {table}",
    "columns {table} -o {out}", "columns {paper}", "audit {table} --published x --notes Notes",
    "audit {table} --published reported_compute --format json", "audit {table} --published {text}",
    "audit {table} --preset epoch", "diff {table} {table}", "diff {table} {table} --key x --format json",
    "diff {table} {table} --format markdown", "draft {document}", "draft {document} --format json",
    "draft {document} --show", "draft {document} --estimate", "draft {paper}", "log {document}", "log {table}",
    "log {document} --chip {text} --chips 8", "plot {table} -o {folder}/x.svg", "plot {paper} -o {folder}/x.svg",
    "report {paper} -o {folder}/r.html", "report {table} -o {folder}/r.html", "report {table} --title {text}",
    "progress fit {table} --bootstrap 0", "progress trend {table}", "hardware find {text}",
    "hardware find {text} --format json", "hardware show {text}", "hardware list --sort {text}",
    "hardware list --year {text}", "hardware lint {folder}", "families show {text}", "families", "models show {text}",
    "models list --format {text}", "methods --format {text}", "plugin check {text}", "schema --format {text}",
    "{text}", "{text} {text}",
)
_STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")
#: One of so many is a process of its own; the others are called in this one.
PROCESSES = 20


def made(chance: Random) -> dict[str, Any]:
    """A command, and the files that it names."""
    text = json.dumps(making.paper(chance), ensure_ascii=chance.random() < 0.8)
    headers, rows = making.table(chance, chance.randint(0, 9))
    return {
        "command": chance.choice(TEMPLATES), "form": chance.choice(IN_FORMATS), "headers": headers, "rows": rows,
        "paper": making.mutated(chance, text) if chance.random() < 0.3 else text, "document": making.document(chance),
        "kind": chance.choice(("md", "html", "txt", "tex", "pdf", "log", "jsonl")),
        "text": making.text(chance).replace("\0", ""), "key": chance.choice(making.KEYS),
        "fact": f"{chance.choice(making.KEYS)}={making.text(chance)}".replace("\0", ""),
        "process": chance.randrange(PROCESSES) == 0,
    }


def faults(given: dict[str, Any]) -> list[str]:
    """What is wrong with how it ends, and with what it says."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        values = {
            "paper": f"{folder}/paper.yaml", "table": f"{folder}/t.{given['form']}", "out": f"{folder}/o.csv",
            "glob": f"{folder}/*.yaml", "folder": folder, "document": f"{folder}/d.{given['kind']}",
            **{name: given[name] for name in ("text", "fact", "key")},
        }
        Path(values["paper"]).write_text(given["paper"], "utf-8", "replace")
        Path(values["document"]).write_text(given["document"], "utf-8", "replace")
        written(Path(values["table"]), given["headers"], given["rows"])
        words = [word.format(**values) for word in given["command"].split()]
        if any(word.startswith("serve") for word in words):
            return []
        piped = given["paper"] if words[0] in ("estimate", "validate") else "a,b\n1,2\n"
        code, out, said = (_process if given["process"] else ran)(words, folder, piped)
        return _wrong(words, code, out, said) + _left(folder)


def _wrong(words: list[str], code: int, out: str, said: str) -> list[str]:
    found = []
    if code not in (0, 1, 2):
        found.append(f"{words} ends with {code}: {said[-300:]}")
    if "Traceback" in said + out or FAULT in said + out:
        found.append(f"{words}: {(said + out)[-900:]}")
    if code and not said.strip():
        found.append(f"{words} ends with {code} and says nothing")
    data = words[0] in ("annotate", "report", "draft", "log") or {"csv", "yaml", "json"} & set(words)
    if (not said.startswith("Usage:") and _STEERS.search(said)) or (
        not data and _STEERS.search(out.replace("\n", " "))
    ):
        found.append(f"{words} lets through {set(_STEERS.findall(said + out))}")
    if words[-2:] == ["--format", "json"] and code in (0, 1) and out:
        json.loads(out, parse_constant=_no_number)
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _left(folder: str) -> list[str]:
    """What a command leaves that is neither its output nor the work of an unfinished one."""
    left = [one.name for one in Path(folder).iterdir() if one.name.endswith((".draft", ".tmp", ".part"))]
    return [f"leaves {left}"] if left else []


def _process(words: list[str], folder: str, piped: str) -> tuple[int, str, str]:
    """A command in a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", "computeest", *(word.encode("utf-8", "surrogatepass") for word in words)], cwd=folder,
        capture_output=True, timeout=60, check=False, input=piped.encode("utf-8", "replace"),
    )
    return ended.returncode, ended.stdout.decode("utf-8", "replace"), ended.stderr.decode("utf-8", "replace")


def ran(words: list[str], folder: str, piped: str) -> tuple[int, str, str]:
    """A command in this process: how it ends, and what it writes."""
    from computeest.cli.app import main

    out, said = io.StringIO(), io.StringIO()
    argv, here, stdin, often = sys.argv, Path.cwd(), sys.stdin, gc.get_threshold()
    sys.argv = ["computeest", *words]
    sys.stdin = io.TextIOWrapper(io.BytesIO(piped.encode("utf-8", "replace")), "utf-8")
    os.chdir(folder)
    code: object = 0
    try:
        with contextlib.redirect_stdout(_Bytes(out)), contextlib.redirect_stderr(said):
            main()
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.argv, sys.stdin = argv, stdin
        gc.set_threshold(*often)  # a short command looks for no garbage: its process ends with it
        os.chdir(here)
    return code if isinstance(code, int) else int(code is not None), out.getvalue(), said.getvalue()


class _Bytes(io.TextIOBase):
    """A stream of text that takes bytes as well, as standard output does."""

    encoding = "utf-8"

    def __init__(self, into: io.StringIO) -> None:
        self._into = into

    def write(self, text: Any) -> int:
        text = bytes(text).decode("utf-8") if isinstance(text, bytes | memoryview) else text
        text.encode("utf-8")  # half a character cannot be written
        return self._into.write(text)

    @property
    def buffer(self) -> Any:
        return self

    def isatty(self) -> bool:
        return False
