"""What plugins' readers find in the sentences of a document; one that fails is left out, and said by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from computeest.contract import Found, Reader
from computeest.documents.grammar import Said
from computeest.problems import fails, note_failure, told
from computeest.problems import files as wrong
from computeest.schema import fields


def said(plain: str, sections: Sequence[str], readers: Sequence[Reader]) -> Iterator[Said]:
    """Everything that the readers find in a sentence."""
    for reader in readers:
        try:
            found = list(reader.find(plain, tuple(section for section in sections if section)))
        except fails() as error:
            note_failure(wrong.READER_FAILS(name=reader.name, error=told(error)).what)
            continue
        for one in found:
            if _is_there(one, plain):
                yield _said(reader, one)
            else:
                note_failure(wrong.READER_FINDS_NOTHING_THERE(name=reader.name, found=_shown(one)).what)


def _is_there(one: Found, plain: str) -> bool:
    """Whether a fact is of a column, and where the sentence is."""
    return (isinstance(one, Found) and isinstance(one.value, str) and isinstance(one.column, str)
            and one.column in fields.INPUTS
            and type(one.begin) is type(one.end) is int and 0 <= one.begin < one.end <= len(plain))


def _shown(one: Any) -> str:
    return f"{one.value!r:.60} for {one.column!r:.60}" if isinstance(one, Found) else f"a {type(one).__name__}"


def _said(reader: Reader, one: Found) -> Said:
    return Said(f"reader {reader.name}", one.column, one.value, one.begin, one.end, one.begin, one.end)
