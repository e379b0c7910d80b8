"""From what the user names to a source: by the file's ending, or as told."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from computeest.facts.columns import cells_of
from computeest.facts.table import numbers_of
from computeest.problems import UsageError
from computeest.problems import files as wrong
from computeest.schema.headers import meaning
from computeest.tables import of_plugins
from computeest.tables.annotator import without_broken
from computeest.tables.delimited import Delimited
from computeest.tables.lines import JsonLines
from computeest.tables.papers import Papers
from computeest.tables.parquet import Parquet
from computeest.tables.source import CHUNK, Source
from computeest.tables.streams import opened, plain_suffix, spooled, unreadable
from computeest.text.files import DOCUMENTS, TABLES, handed_over
from computeest.text.suggest import did_you_mean

if TYPE_CHECKING:
    import pyarrow as pa


FORMS = ("csv", "tsv", "xlsx", "parquet", "jsonl")
_SUFFIXES = {**TABLES, ".txt": "csv", ".json": "jsonl"}
#: Endings that need no plugin.
_KNOWN = frozenset((*_SUFFIXES, ".gz", ".bz2", ".xz", ".zst", ".yaml", ".yml"))


def source(text: str, form: str = "", chunk: int = CHUNK, keep: Path | None = None,
           plugins: tuple[str, ...] = ()) -> Source:
    """The table that a path, a URL, a pattern of paper.yaml files or '-' names; standard input is kept in `keep`."""
    path = Path(text)
    _check_name(text, path)
    if (form or path.suffix not in _KNOWN) and form not in FORMS and path.is_file() and (
            own := of_plugins.named(form, path.suffix, plugins, writes=False)):
        return of_plugins.PluginSource(path, own, plugins, chunk)
    _check_form(form, text, path, plugins)
    if text.endswith((".yaml", ".yml")) and not form:
        return Papers(text)
    if text == "-" or handed_over(text):
        return _of_stream(text, form or "csv", chunk, keep)
    if "://" in text or path.is_dir():
        return Parquet(text, chunk)
    if not path.exists():
        close = did_you_mean(path.name, [p.name for p in path.parent.iterdir()]) if path.parent.is_dir() else ""
        raise unreadable(text, wrong.TABLE_NOT_THERE(near=close))
    suffix, compression = plain_suffix(path.name)
    form = form or _SUFFIXES.get(suffix, "")
    if not form:
        if suffix in DOCUMENTS:
            from shlex import quote

            raise unreadable(text, wrong.TABLE_A_DOCUMENT(name=quote(text)))
        there = (*FORMS, *of_plugins.names(plugins, writes=False))
        raise UsageError(f"'{text}' does not say its format; write --input-format {', '.join(there)}")
    if not path.is_file():
        raise unreadable(text, wrong.TABLE_NOT_A_FILE())
    if compression and form in ("xlsx", "parquet"):
        raise unreadable(text, wrong.FORMAT_NOT_COMPRESSED(form=form))
    with opened(path):
        pass
    return _of_form(form, path, chunk, "")


def _check_form(form: str, text: str, path: Path, plugins: tuple[str, ...]) -> None:
    """UsageError for a format that there is not, or that a plugin reads, and only from a file."""
    if form and form not in FORMS:
        there = (*FORMS, *of_plugins.names(plugins, writes=False))
        if form in there and (path.exists() or text == "-"):
            raise UsageError(f"the format '{form}' is a plugin's, which reads a file: '{text}' is none")
        if form not in there:
            close = did_you_mean(form, there) or f"there are {', '.join(there)}"
            raise UsageError(f"no input format is called '{form}'; {close}")


def _check_name(text: str, path: Path) -> None:
    """InputError for a name that no file can have, or in a folder that may not be entered."""
    try:
        path.is_file()
    except OSError as error:
        raise unreadable(text, wrong.TABLE_UNREADABLE(error=(error.strerror or str(error)).lower())) from None


def _of_stream(text: str, form: str, chunk: int, keep: Path | None) -> Source:
    """What can be read once, kept: a run that is resumed finds there what it began with."""
    if keep is None:
        raise UsageError("standard input cannot be read here")
    kept = keep / "input"
    if not kept.exists():
        spooled(text, keep / "input.draft").rename(kept)
    return _of_form(form, kept, chunk, "standard input" if text == "-" else text)


def _of_form(form: str, path: Path, chunk: int, shown: str) -> Source:
    if form == "jsonl":
        return JsonLines(path, chunk, shown)
    if form == "xlsx":
        from computeest.tables.workbook import Workbook  # zipped XML, which few tables are

        return Workbook(path, chunk, shown)
    if form == "parquet":
        return Parquet(str(path), chunk)
    return Delimited(path, "\t" if form == "tsv" else ",", chunk, shown)


def published_compute(table: str) -> tuple[tuple[str, float], ...]:
    """Compute (FLOP) by model, from a table's columns of those meanings; the first row of each name counts."""
    with tempfile.TemporaryDirectory(prefix="computeest-") as keep:
        return _published(table, source(table, keep=Path(keep)))


def _published(table: str, found_in: Source) -> tuple[tuple[str, float], ...]:
    meant = {meaning(header)[0]: header for header in reversed(found_in.columns)}
    model, compute = meant.get("model"), meant.get("reported_compute")
    if model is None or compute is None:
        lacks = "model" if model is None else "compute"
        raise unreadable(table, wrong.RECORDS_COLUMN_MISSING(lacks=lacks))
    found: dict[str, float] = {}
    for piece in found_in.pieces():
        rows = found_in.read(piece, (model, compute)).table
        flops = numbers_of(rows, compute, "reported_compute")[0].tolist()
        for name, flop in zip(cells_of(rows.column(model)), flops, strict=True):
            if name and flop == flop:
                found.setdefault(str(name), float(flop))
    return tuple(found.items())


def read_whole(text: str, form: str = "") -> pa.Table:
    """All rows of the table that a path or '-' names; cells that cannot be told apart are empty."""
    import pyarrow as pa

    with tempfile.TemporaryDirectory(prefix="computeest-") as keep:
        found = source(text, form, keep=Path(keep))
        pieces = [without_broken(found.read(piece)) for piece in found.pieces()]
        empty = pa.table({name: pa.nulls(0, pa.string()) for name in found.columns})
        return pa.concat_tables(pieces, promote_options="permissive") if pieces else empty
