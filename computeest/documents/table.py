"""Drafts as the rows of a table that `annotate` takes: a row a document, with the page of every fact."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from computeest.documents import draft, read
from computeest.documents.document import DocumentError
from computeest.registry import Registry
from computeest.schema import fields
from computeest.text.files import DOCUMENTS, given_bytes
from computeest.version import __version__

#: Columns beside the facts: the document, what it was when it was read; where the facts stand, what failed.
_ABOUT = ("document", "document_sha256", "drafted_by", "model")
_BEHIND = ("pages", "problem")


def documents(paths: Iterable[str]) -> Iterator[str]:
    """The files named, and the documents in the directories named, in order of their names."""
    for path in paths:
        if Path(path).is_dir():
            found = [str(file) for file in sorted(Path(path).rglob("*")) if file.suffix.lower() in DOCUMENTS]
            yield from found or (path,)  # which reading it says
        else:
            yield path


def rows(paths: Iterable[str], known: Mapping[str, Mapping[str, str]],
         loaded: Registry | None = None) -> Iterator[dict[str, str]]:
    """A row for each document; those that are known and did not change since are taken as they are."""
    for path in paths:
        try:
            content = given_bytes(path, read.LARGEST)
        except OSError as error:
            yield {"document": path, "problem": (error.strerror or str(error)).lower()}
            continue
        digest = hashlib.sha256(content).hexdigest()
        before = known.get(path, {})
        if before.get("document_sha256") == digest and before.get("drafted_by") == __version__:
            yield dict(before)
            continue
        yield {"document": path, "document_sha256": digest, "drafted_by": __version__} | _row(content, path, loaded)


def _row(content: bytes, path: str, loaded: Registry | None) -> dict[str, str]:
    try:
        document = read.from_bytes(content, Path(path).name)
        found = draft.drafted(document, loaded=loaded)
    except DocumentError as error:
        return {"problem": error.what}
    paper, left_out = found.papers[0], {"problem": "; ".join(found.document.notes)} if found.document.notes else {}
    facts = {fact.reading.column: fact.reading for fact in paper.main}
    pages = "; ".join(f"{column}: {document.counts} {reading.place}" for column, reading in facts.items())
    return {"model": paper.model, "pages": pages, **left_out,
            **{column: reading.value for column, reading in facts.items()}}


def written(path: Path) -> dict[str, dict[str, str]]:
    """The rows of a table that an earlier run wrote, by document; nothing where there is none."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return {row["document"]: {key: value for key, value in row.items() if value} for row in csv.DictReader(file)
                    if row.get("document")}
    except OSError:
        return {}


def as_csv(found: Iterable[Mapping[str, str]]) -> str:
    """The rows as CSV, their columns in the schema's order."""
    kept = list(found)
    used = {column for row in kept for column in row}
    columns = (*_ABOUT, *(name for name in fields.FIELDS if name in used and name not in _ABOUT), *_BEHIND)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(kept)
    return buffer.getvalue()
