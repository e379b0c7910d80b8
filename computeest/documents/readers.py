"""What plugins' readers find in the sentences of a document; one that fails is left out, and said by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from computeest.contract import Found, Reader
from computeest.documents.document import DocumentError
from computeest.documents.grammar import Said
from computeest.problems import files as wrong
from computeest.schema import fields


def said(plain: str, sections: Sequence[str], readers: Sequence[Reader]) -> Iterator[Said]:
    """Everything that the readers find in a sentence."""
    for reader in readers:
        try:
            found = list(reader.find(plain, tuple(section for section in sections if section)))
        except Exception as error:
            raise DocumentError(wrong.READER_FAILS(name=reader.name, error_kind=type(error).__name__,
                                                   error=error)) from None
        for one in found:
            yield _said(reader, one, plain)


def _said(reader: Reader, one: Found, plain: str) -> Said:
    if not isinstance(one, Found) or one.column not in fields.INPUTS or not 0 <= one.begin < one.end <= len(plain):
        raise DocumentError(wrong.READER_FINDS_NOTHING_THERE(name=reader.name, found=one, count=len(plain)))
    return Said(f"reader {reader.name}", one.column, one.value, one.begin, one.end, one.begin, one.end)
