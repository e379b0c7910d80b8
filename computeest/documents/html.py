"""HTML, arXiv's and ordinary: passages and tables with the lines on which they stand."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from html.parser import HTMLParser

from computeest.documents import density, masks
from computeest.documents.document import Document, Kind, Passage, Table, TableCell

_BLOCKS = frozenset(("p", "div", "section", "article", "li", "ul", "ol", "dd", "dt", "blockquote", "figure", "br", "hr",
                     "header", "footer", "main", "aside", "details", "summary", "body", "form", "tr", "table"))
_SKIPPED = frozenset(("script", "style", "noscript", "svg", "nav", "annotation", "annotation-xml", "template", "head"))
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_KINDS: dict[str, Kind] = {"li": "item", "figcaption": "caption", "caption": "caption", "pre": "code"}
_MOST_SPAN = 100
_LONGEST_QUOTE = 200


def document(text: str, name: str) -> Document:
    """The document that an HTML text is; its meta tags are its fields."""
    parser = _Parser(0, (), density.Left(len(text)))
    notes: tuple[str, ...] = ()
    try:
        parser.read(text)
    except density.SpentError as spent:
        notes = (spent.said(),)
    return Document(name, tuple(parser.blocks), "line", parser.fields, notes)


def blocks(text: str, lines_before: int, sections: tuple[str, ...], left: density.Left) -> list[Passage | Table]:
    """The blocks of a fragment that begins behind so many lines."""
    parser = _Parser(lines_before, sections, left, whole=False)
    parser.read(text)
    return parser.blocks


@dataclass(slots=True)
class _Cell:
    text: str
    place: int
    header: bool
    across: int = 1
    down: int = 1
    #: The words of its own row before it and its own, as the document has them.
    quote: str = ""


@dataclass(slots=True)
class _Rows:
    place: int
    rows: list[list[_Cell]] = field(default_factory=list)
    caption: str = ""


class _Parser(HTMLParser):
    def __init__(self, lines_before: int, sections: tuple[str, ...], left: density.Left, *, whole: bool = True) -> None:
        super().__init__(convert_charrefs=True)
        self._left = left
        self.blocks: list[Passage | Table] = []
        self.fields: dict[str, str] = {}
        self._before, self._sections = lines_before, sections
        #: Cells before a cell that its quote has too: none where tags are text, as in Markdown.
        self._beside = 2 if whole else 0
        self._text, self._places = "", list[tuple[int, int]]()
        self._kind: Kind = "prose"
        self._skip: list[str] = []
        self._level = 0
        self._tables: list[_Rows] = []
        self._in_title = False

    def read(self, text: str) -> None:
        """Read a whole text; behind the last end of a tag nothing begins one, and its end is looked for in vain."""
        last = text.rfind(">") + 1
        self.feed(text[:last] + text[last:].replace("<", "&lt;"))
        self.close()
        self.flush()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what the tag begins."""
        if tag in _SKIPPED and tag != "head":
            self._skip.append(tag)
        elif tag == "meta":
            self._meta(dict(attrs))
        elif tag == "title":
            self._in_title = True
        elif tag == "sup":
            self._add(masks.RAISED)
        elif tag in _HEADINGS:
            self.flush()
            self._level = _HEADINGS[tag]
        elif tag in ("td", "th"):
            self._cell(tag, dict(attrs))
        elif tag == "table":
            self.flush()
            self._tables.append(_Rows(self.getpos()[0] + self._before))
        elif tag == "tr" and self._tables:
            self._tables[-1].rows.append([])
        elif tag in _BLOCKS or tag in _KINDS:
            self._break(tag)

    def _break(self, tag: str) -> None:
        if self._tables and self._tables[-1].rows and tag != "caption":
            self._add(" ")
            return
        self.flush()
        self._kind = _KINDS.get(tag, "prose")

    def handle_endtag(self, tag: str) -> None:
        """End what the tag ends."""
        if self._skip and tag == self._skip[-1]:
            self._skip.pop()
        elif tag == "title":
            self._in_title = False
        elif tag in _HEADINGS:
            self._heading()
        elif tag == "table" and self._tables:
            self._table(self._tables.pop())
        elif tag in ("caption", "figcaption"):
            if self._tables and tag == "caption":
                self._tables[-1].caption = " ".join(self._text.split())
            self.flush()
        elif tag in _BLOCKS or tag in _KINDS:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        """Text, in the cell or passage at hand."""
        if self._in_title and not self._skip:
            self.fields.setdefault("title", " ".join(data.split())[:300])
        elif not self._skip:
            self._add(data)

    def _add(self, data: str) -> None:
        rows = self._tables[-1].rows if self._tables else []
        written = rows[-1][-1].text if rows and rows[-1] else self._text
        if data == masks.RAISED and not written.endswith("10"):
            return
        if rows and rows[-1]:
            rows[-1][-1].text += data
            return
        line = self.getpos()[0] + self._before
        stripped = data.lstrip("\n") if not self._text else data
        line += len(data) - len(stripped)
        for part in re.split(r"(?<=\n)", stripped):
            if part and (not self._places or self._places[-1][1] != line):
                self._places.append((len(self._text), line))
            self._text += part
            line += part.count("\n")

    def flush(self) -> None:
        """End the passage at hand."""
        if self._text.strip():
            self._left.take("blocks", self._places[0][1])
            text = self._text.replace("\n", " ")
            plain = masks.powers(text.replace(masks.RAISED, "^"))
            self.blocks.append(Passage(text, plain, self._kind, self._sections, tuple(self._places)))
        self._text, self._places, self._kind = "", [], "prose"

    def _heading(self) -> None:
        title = " ".join(self._text.split())
        if title and self._level:
            self._sections = (*(*self._sections, *[""] * 6)[:self._level - 1], title)
        self._kind = "heading"
        self.flush()
        self._level = 0

    def _meta(self, attrs: dict[str, str | None]) -> None:
        name, content = attrs.get("name") or attrs.get("property"), attrs.get("content")
        if name and content:
            self.fields.setdefault(name.lower(), content[:300])

    def _cell(self, tag: str, attrs: dict[str, str | None]) -> None:
        if not self._tables:
            return
        if not self._tables[-1].rows:
            self._tables[-1].rows.append([])
        cell = _Cell("", self.getpos()[0] + self._before, tag == "th", _span(attrs.get("colspan")),
                     _span(attrs.get("rowspan")))
        self._left.take("cells", self._tables[-1].place, cell.across * cell.down)
        self._tables[-1].rows[-1].append(cell)

    def _table(self, found: _Rows) -> None:
        for row in found.rows:
            _quote(row, self._beside)
        rows = _filled(found.rows)
        if rows:
            width = max(map(len, rows))
            self._left.take("blocks", found.place)
            self._left.take("cells", found.place, sum(width - len(row) for row in rows))
            for row in rows:
                row.extend(_Cell("", row[0].place, header=False) for _ in range(width - len(row)))
            headers = next((k for k, row in enumerate(rows) if not all(cell.header for cell in row)), len(rows))
            built = tuple(tuple(map(_quoted, row)) for row in rows)
            self.blocks.append(Table(built, headers or 1, found.caption, self._sections))


def _span(text: str | None) -> int:
    return min(int(text), _MOST_SPAN) if text and text.isdigit() and int(text) else 1


def _quote(row: list[_Cell], beside: int) -> None:
    """Give each cell of a row the words that it is quoted by: its own and those of cells before it."""
    for at, cell in enumerate(row):
        texts = [" ".join(other.text.split()).replace(masks.RAISED, "") for other in row[max(0, at - beside):at + 1]]
        cell.quote = " ".join(texts) if sum(map(len, texts)) < _LONGEST_QUOTE else texts[-1]


def _quoted(cell: _Cell) -> TableCell:
    plain = masks.powers(" ".join(cell.text.split()).replace(masks.RAISED, "^"))
    return TableCell(plain, cell.quote, cell.place)


def _filled(rows: list[list[_Cell]]) -> list[list[_Cell]]:
    """Rows in which a cell that spans several stands in each of them."""
    found: list[list[_Cell]] = []
    hanging: dict[int, tuple[_Cell, int]] = {}
    for row in rows:
        filled: list[_Cell] = []
        waiting = deque(cell for cell in row for _ in range(cell.across))
        while waiting or len(filled) in hanging:
            if len(filled) in hanging:
                cell, left = hanging.pop(len(filled))
                if left > 1:
                    hanging[len(filled)] = (cell, left - 1)
            else:
                cell = waiting.popleft()
                if cell.down > 1:
                    hanging[len(filled)] = (cell, cell.down - 1)
            filled.append(cell)
        if filled:
            found.append(filled)
    return found
