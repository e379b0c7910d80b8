"""The passages and tables of a PDF: lines put together, headings and captions told apart by how they begin."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from computeest.documents import density, pdf, pdf_apart
from computeest.documents.document import Document, Kind, Passage, Table, TableCell
from computeest.documents.pdf import Line, Segment

_NUMBERED = re.compile(r"(?P<number>(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){0,3})\.?\s+(?P<title>[A-Z][^.!?]{2,80})$")
_NAMED = re.compile(r"(?:abstract|introduction|related work|background|methods?|results?|experiments?|discussion|"
                    r"conclusions?|references|bibliography|acknowledge?ments?|appendix(?:\s.{0,60})?|"
                    r"contributions|limitations|model card)\.?$", re.IGNORECASE)
_CAPTION = re.compile(r"(?:Table|Figure|Fig\.|Listing|Algorithm)\s+[\dA-Z][\d.A-Z]*\s*[:.|]")
_PAGE_NUMBER = re.compile(r"\d{1,4}$|[ivxlc]{1,6}$|Page \d+( of \d+)?$")
_ITEM = re.compile(r"[•●▪◦‣–∙·]\s|\(\w\)\s|\[\d+\]\s")
_SECTION_DEPTH = 4
#: A wider segment, in points, spans columns rather than standing in one.
_WIDEST = 200.0
_NUMBERS = re.compile(r"[~≈<>±+-]?\$?\d")


def document(data: bytes, name: str) -> Document:
    """The document that the bytes of a PDF hold."""
    pages, notes = pdf_apart.pages(data)
    builder = _Builder(density.Left(sum(len(line.text) for page in pages for line in page)))
    try:
        for page in pages:
            builder.page(page)
        builder.close()
    except density.SpentError as spent:
        notes.append(spent.said("page"))
    return Document(name, tuple(builder.blocks), "page", notes=tuple(notes))


@dataclass(slots=True)
class _Builder:
    left: density.Left
    blocks: list[Passage | Table] = field(default_factory=list)
    sections: tuple[str, ...] = ()
    lines: list[Line] = field(default_factory=list)
    kind: Kind = "prose"
    #: The chapter letters and numbers of the headings around.
    numbers: list[str] = field(default_factory=list)

    def page(self, lines: Sequence[Line]) -> None:
        """Take a page's lines."""
        rows = _tables(lines)
        at = 0
        while at < len(lines):
            if at in rows:
                end = rows[at]
                self.close()
                self.left.take("blocks", lines[at].page)
                self.blocks.append(_table(lines[at:end], _caption(lines, at, end), self.sections, self.left))
                at = end
                continue
            self.line(lines[at], edge=at in (0, len(lines) - 1))
            at += 1

    def line(self, line: Line, *, edge: bool) -> None:
        """Take one line of running text."""
        text = line.text
        if edge and _PAGE_NUMBER.match(text):
            return
        if heading := self._heading(text):
            self.close()
            self.sections = heading
            self.left.take("blocks", line.page)
            self.blocks.append(Passage(text, line.plain, "heading", self.sections, ((0, line.page),)))
        elif _CAPTION.match(text) or _ITEM.match(text):
            self.close()
            self.lines, self.kind = [line], "caption" if _CAPTION.match(text) else "item"
        else:
            self.lines.append(line)
            if self.kind != "prose" and text.endswith((".", ":")) and len(text) < 70:
                self.close()

    def close(self) -> None:
        """End the passage at hand."""
        if self.lines:
            self.left.take("blocks", self.lines[0].page)
            self.blocks.append(_passage(self.lines, self.kind, self.sections))
        self.lines, self.kind = [], "prose"

    def _heading(self, text: str) -> tuple[str, ...] | None:
        if len(text) > 90:
            return None
        if _NAMED.match(text):
            self.numbers = [""]
            return (text,)
        match = _NUMBERED.match(text)
        if match is None or text.endswith((",", ";", ":")) or not self._follows(match["number"]):
            return None
        depth = min(match["number"].count(".") + 1, _SECTION_DEPTH)
        above = (*self.sections, *[""] * depth)[:depth - 1]
        return (*above, match["title"])

    def _follows(self, number: str) -> bool:
        """Whether a section's number is one that can come next; '8 TPU chips ...' at a line's start is none."""
        parts = number.split(".")
        if len(parts) > 1 or parts[0].isalpha():
            return True
        last = next((int(n) for n in reversed(self.numbers) if n.isdigit()), 0)
        if last < int(parts[0]) <= last + 2:
            self.numbers.append(parts[0])
            return True
        return False


def _passage(lines: Iterable[Line], kind: Kind, sections: tuple[str, ...]) -> Passage:
    """Lines as one text; a word that a line's end divides is put together."""
    texts, plains, places, page, at = list[str](), list[str](), list[tuple[int, int]](), 0, 0
    for line in lines:
        last = texts[-1] if texts else ""
        if last.endswith(pdf.SOFT) or (re.search(r"[a-z]-$", last) and re.match(r"[a-z]", line.text)):
            texts[-1], plains[-1], at = last[:-1], plains[-1][:-1], at - 1
        elif at:
            texts[-1], plains[-1], at = f"{last} ", f"{plains[-1]} ", at + 1
        if line.page != page:
            page = line.page
            places.append((at, page))
        length = max(len(line.text), len(line.plain))
        texts.append(line.text.ljust(length))
        plains.append(line.plain.ljust(length))
        at += length
    text, plain = "".join(texts), "".join(plains)
    soft = [match.start() for match in re.finditer(pdf.SOFT, plain)]
    if soft:
        text = "".join(text[begin + 1:end] for begin, end in pairwise((-1, *soft, len(text))))
        plain = plain.replace(pdf.SOFT, "")
        places = [(start - bisect_left(soft, start), page) for start, page in places]
    return Passage(text, plain, kind, sections, tuple(places))


def _is_row(line: Line) -> bool:
    """Whether a line is a row of figures: a label or a number, then a number or more."""
    if len(line.segments) < 2:
        return False
    numbers = sum(_NUMBERS.match(segment.text) is not None and len(segment.text) < 24
                  for segment in line.segments[1:])
    return numbers >= 1 and 2 * numbers >= len(line.segments) - 1


def _tables(lines: Sequence[Line]) -> dict[int, int]:
    """Where tables begin and end among the lines of a page: rows of figures with the headers above them."""
    found: dict[int, int] = {}
    at = floor = 0
    while at < len(lines):
        if not _is_row(lines[at]):
            at += 1
            continue
        end = at + 1
        while end < len(lines) and any(_is_row(line) for line in lines[end:end + 3]) \
                and not _CAPTION.match(lines[end].text) and _short(lines[end]):
            end += 1
        begin = _headers(lines, at, floor)
        if end - at >= 2 or begin < at:
            found[begin] = floor = end
        at = end
    return found


def _short(line: Line) -> bool:
    return len(line.segments) > 1 or len(line.text) < 60


def _headers(lines: Sequence[Line], at: int, floor: int) -> int:
    """The first of the header lines above the first row of figures."""
    begin = at
    while begin > floor and at - begin < 4 and not _CAPTION.match(lines[begin - 1].text) \
            and (len(lines[begin - 1].segments) > 1 or (len(lines[begin - 1].text) < 40 and begin == at)) \
            and not lines[begin - 1].text.endswith((".", ",")) and not _PAGE_NUMBER.match(lines[begin - 1].text):
        begin -= 1
    return begin


def _caption(lines: Sequence[Line], begin: int, end: int) -> str:
    """The caption beside a table: the nearest within a few lines before or behind it."""
    for at in (*range(begin - 1, max(-1, begin - 7), -1), *range(end, min(len(lines), end + 3))):
        if lines[at].text.startswith("Table") and _CAPTION.match(lines[at].text):
            return " ".join(line.text for line in lines[at:at + 3] if line not in lines[begin:end])
    return ""


def _table(lines: Sequence[Line], caption: str, sections: tuple[str, ...], left: density.Left) -> Table:
    """Rows with a cell for each column that the widest row has."""
    columns = _columns([line.segments or (Segment(line.plain, 0.0, 1.0),) for line in lines if line.segments],
                       left.of("cells") // len(lines))
    left.take("cells", lines[0].page, len(lines) * len(columns))
    rows: list[tuple[TableCell, ...]] = []
    headers = 0
    for line in lines:
        cells = [""] * len(columns)
        for segment in line.segments:
            place = _column(segment, columns)
            cells[place] = f"{cells[place]} {segment.text}".strip()
        if not any(_is_row(other) for other in lines[:len(rows) + 1]):
            cells = _spanning(line, cells, columns)
            headers += 1
        rows.append(tuple(TableCell(cell, line.text, line.page) for cell in cells))
    return Table(tuple(rows), headers, caption, sections)


def _spanning(line: Line, cells: Sequence[str], columns: Sequence[tuple[float, float]]) -> list[str]:
    """A header's cells; of a line with fewer than there are columns, each stands over all that are nearest to it."""
    over = [segment for segment in line.segments if segment.left > columns[0][1]]
    if not 1 < len(over) <= (len(columns) - 1) // 2 or len(over) < len(line.segments):
        return list(cells)
    middles = [(segment.left + segment.right) / 2 for segment in over]
    found = [""]
    for left, right in columns[1:]:
        nearest = min(range(len(over)), key=lambda k: abs(middles[k] - (left + right) / 2))
        found.append(over[nearest].text)
    return found


def _columns(rows: Sequence[Sequence[Segment]], most: int) -> list[tuple[float, float]]:
    """The columns' left and right ends: those of the figures' segments that overlap, from left to right.

    Of a table with more than the most there may be it is enough to know that.
    """
    figures = [row for row in rows if len(row) > 1]
    spans: list[tuple[float, float]] = []
    narrow = [segment for row in figures for segment in row if segment.right - segment.left < _WIDEST]
    for segment in sorted(narrow, key=lambda segment: segment.right - segment.left):
        near = [k for k, (left, right) in enumerate(spans) if segment.left < right and left < segment.right]
        if not near and len(spans) > most:
            break
        if not near:
            spans.append((segment.left, segment.right))
        elif len(near) == 1:
            left, right = spans[near[0]]
            spans[near[0]] = (min(left, segment.left), max(right, segment.right))
    return sorted(spans) or [(0.0, 1.0)]


def _column(segment: Segment, columns: Sequence[tuple[float, float]]) -> int:
    middle = (segment.left + segment.right) / 2
    return min(range(len(columns)), key=lambda k: max(columns[k][0] - middle, middle - columns[k][1], 0.0)
               + 0.001 * abs(columns[k][0] + columns[k][1] - 2 * middle))
