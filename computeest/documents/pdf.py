"""A PDF's pages as lines of text with their places on the page; powers of ten are known by their raised figures."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from computeest.documents import masks
from computeest.documents.document import DocumentError
from computeest.problems import files as wrong

MOST_PAGES = 400
MOST_CHARACTERS = 400_000
#: The end of a line within a word, as PDFium marks it.
SOFT = "\x02"
_LETTERS = str.maketrans({"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "\xa0": " ", "\ufffe": SOFT,
                          "\ufffd": " ", "\x00": " "})


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a line between two gaps wider than a space."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page."""

    text: str
    plain: str
    page: int
    #: What wide gaps divide it into; empty where nobody asked.
    segments: tuple[Segment, ...] = field(default=())


def opened(data: bytes) -> Any:
    """The document of PDFium that the bytes are."""
    pdfium = _library()
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise DocumentError(wrong.PDF_UNREADABLE(error=str(error).lower()[:80])) from None


def lines(document: Any, number: int) -> list[Any] | None:
    """The lines of a page: text, plain text and segments of each; None of a page that cannot be read."""
    try:
        return [(line.text, line.plain, [(part.text, part.left, part.right) for part in line.segments])
                for line in _lines(document[number].get_textpage(), number + 1)]
    except _library().PdfiumError:
        return None


def _library() -> Any:
    try:
        import pypdfium2
    except ImportError:
        raise DocumentError(wrong.PDF_NOT_INSTALLED()) from None
    return pypdfium2


def _lines(page: Any, number: int) -> list[Line]:
    count = min(page.count_chars(), MOST_CHARACTERS)
    text = str(page.get_text_range(0, count)) if count else ""
    places = _places(text, count)
    if places is None:
        text, places = _one_by_one(page, count)
    boxes = _Boxes(page, places)
    found, at = [], 0
    for raw in re.split(r"(\r?\n)", text):
        if raw.strip():
            found.append(_line(raw, at, number, boxes))
        at += len(raw)
    return found


def _line(raw: str, at: int, number: int, boxes: _Boxes) -> Line:
    plain = masks.powers(raw, lambda offset: boxes.raised(at + offset))
    segments = boxes.segments(raw, plain, at) if _may_be_a_row(raw) else ()
    return Line(_clean(raw), _clean(plain), number, segments)


def _clean(text: str) -> str:
    return text.translate(_LETTERS).strip()


def _may_be_a_row(text: str) -> bool:
    """Whether a line is short or full of numbers, as rows and headers of tables are."""
    words = text.split()
    numbers = sum(any(c.isdigit() for c in word) for word in words)
    return len(words) < 60 and (len(text) < 100 or 3 * numbers >= len(words)) and not text.rstrip().endswith(SOFT)


def _places(text: str, count: int) -> Sequence[int] | None:
    """PDFium's number of each character; nothing where its count is another than ours.

    It counts two for a character beyond the basic plane, as an italic letter of a formula is.
    """
    if len(text) == count:
        return range(count)
    places = [0, *accumulate(2 if ord(character) > 0xFFFF else 1 for character in text)]
    return places[:-1] if places[-1] == count else None


def _one_by_one(page: Any, count: int) -> tuple[str, Sequence[int]]:
    """A page's text by its characters and PDFium's number of each, where its text leaves some of them out."""
    from pypdfium2 import raw

    units = [raw.FPDFText_GetUnicode(page.raw, at) for at in range(count)]
    text, places, at = [], [], 0
    while at < count:
        pair = 0xD800 <= units[at] < 0xDC00 and at + 1 < count and 0xDC00 <= units[at + 1] < 0xE000
        text.append(chr(0x10000 + ((units[at] - 0xD800) << 10) + units[at + 1] - 0xDC00) if pair else
                    " " if 0xD800 <= units[at] < 0xE000 else chr(units[at]))
        places.append(at)
        at += 2 if pair else 1
    return "".join(text), places


class _Boxes:
    """Where the characters of a page are."""

    def __init__(self, page: Any, places: Sequence[int]) -> None:
        from pypdfium2 import raw

        self._page = page.raw
        self._box = raw.FPDFText_GetCharBox
        self._numbers = tuple(ctypes.c_double() for _ in range(4))
        self._places = places

    def box(self, at: int) -> tuple[float, float, float, float]:
        """Left, right, bottom and top."""
        self._box(self._page, self._places[at], *self._numbers)
        left, right, bottom, top = (number.value for number in self._numbers)
        return left, right, bottom, top

    def raised(self, at: int) -> bool:
        """Whether a figure stands higher than the one before it, or is smaller."""
        _, _, bottom, top = self.box(at)
        _, _, base, high = self.box(at - 1)
        return bottom - base > 0.15 * (high - base) or (top - bottom) < 0.85 * (high - base)

    def segments(self, raw: str, plain: str, at: int) -> tuple[Segment, ...]:
        """The parts of a line that gaps divide."""
        found: list[Segment] = []
        begin, left, right, height = 0, 0.0, 0.0, 0.0
        for offset, character in enumerate(raw):
            if character.isspace() or character == SOFT:
                continue
            first, last, bottom, top = self.box(at + offset)
            height = max(height, top - bottom, 4.0)
            if plain[begin:offset].strip() and (first - right > 0.75 * height or first < left - height):
                found.append(Segment(_clean(plain[begin:offset]), left, right))
                begin = offset
            if not plain[begin:offset].strip():
                left = first
            right = last
        if plain[begin:].strip():
            found.append(Segment(_clean(plain[begin:]), left, right))
        return tuple(found)
