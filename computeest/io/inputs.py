"""From what the user names to a source: by the file's ending, or as told."""

from __future__ import annotations

from pathlib import Path

from computeest.io.delimited import Delimited
from computeest.io.lines import JsonLines
from computeest.io.papers import Papers
from computeest.io.parquet import Parquet
from computeest.io.source import CHUNK, Source
from computeest.io.streams import opened, plain_suffix, spooled, unreadable
from computeest.io.workbook import Workbook
from computeest.problems import UsageError
from computeest.suggest import did_you_mean

FORMS = ("csv", "tsv", "xlsx", "parquet", "jsonl")
_SUFFIXES = {".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".parquet": "parquet",
             ".pq": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}


def source(text: str, form: str = "", chunk: int = CHUNK, keep: Path | None = None) -> Source:
    """The table that a path, a URL, a pattern of paper.yaml files or '-' names; standard input is kept in `keep`."""
    if form and form not in FORMS:
        close = did_you_mean(form, FORMS) or f"there are {', '.join(FORMS)}"
        raise UsageError(f"no input format is called '{form}'; {close}")
    if text.endswith((".yaml", ".yml")) and not form:
        return Papers(text)
    if text == "-":
        if keep is None:
            raise UsageError("standard input cannot be read here")
        kept = keep / "input"
        return _of_form(form or "csv", kept if kept.exists() else _whole(keep), chunk, "standard input")
    path = Path(text)
    if "://" in text or path.is_dir():
        return Parquet(text, chunk)
    if not path.exists():
        close = did_you_mean(path.name, [p.name for p in path.parent.iterdir()]) if path.parent.is_dir() else ""
        raise unreadable(text, "there is no such file", close)
    suffix, compression = plain_suffix(path.name)
    form = form or _SUFFIXES.get(suffix, "")
    if not form:
        raise UsageError(f"'{text}' does not say its format; write --input-format {', '.join(FORMS)}")
    if compression and form in ("xlsx", "parquet"):
        raise unreadable(text, f"{form} is not read compressed", "the file itself")
    with opened(path):
        pass
    return _of_form(form, path, chunk, "")


def _whole(keep: Path) -> Path:
    return spooled(keep / "input.draft").rename(keep / "input")


def _of_form(form: str, path: Path, chunk: int, shown: str) -> Source:
    if form == "jsonl":
        return JsonLines(path, chunk, shown)
    if form == "xlsx":
        return Workbook(path, chunk, shown)
    if form == "parquet":
        return Parquet(str(path), chunk)
    return Delimited(path, "\t" if form == "tsv" else ",", chunk, shown)
