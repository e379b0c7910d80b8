"""What plugins' readers find in the sentences of a document; one that fails is left out, and said by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from computeest.contract import Found, Reader
from computeest.documents.document import DocumentError
from computeest.documents.grammar import Said
from computeest.schema import fields


def said(plain: str, sections: Sequence[str], readers: Sequence[Reader]) -> Iterator[Said]:
    """Everything that the readers find in a sentence."""
    for reader in readers:
        try:
            found = list(reader.find(plain, tuple(section for section in sections if section)))
        except Exception as error:
            raise DocumentError(f"the reader '{reader.name}' fails: {type(error).__name__}: {error}",
                                "a reader that `computeest plugin check` passes") from None
        for one in found:
            yield _said(reader, one, plain)


def _said(reader: Reader, one: Found, plain: str) -> Said:
    if not isinstance(one, Found) or one.column not in fields.INPUTS or not 0 <= one.begin < one.end <= len(plain):
        raise DocumentError(f"the reader '{reader.name}' finds {one!r} in a sentence of {len(plain)} letters",
                            "a Found of a key of the schema, with its place in the sentence")
    return Said(f"reader {reader.name}", one.column, one.value, one.begin, one.end, one.begin, one.end)
