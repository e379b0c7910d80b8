"""Markdown and plain text: front matter, headings, paragraphs, items, code and tables, each with its line."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from computeest.documents import density, html, masks
from computeest.documents.document import Document, Kind, Passage, Table, TableCell

_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"\s{0,3}(=+|-+)\s*$")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_FENCE = re.compile(r"\s*(```|~~~)")
_RULE = re.compile(r"\s*+\|?+\s*+:?-++:?\s*+(?:\|\s*+:?-++:?\s*+)*+\|?\s*+$")
_FIELD = re.compile(r"\s*([A-Za-z_][\w -]{0,40}):\s*(.*?)\s*$")
#: A paragraph above a table that is no longer is its title.
_TITLE = 80
#: A front matter's line that says what the model began as, and an entry of the list below it.
_BASE, _ENTRY = re.compile(r"base_model\s*:"), re.compile(r"\s*-\s+\S")
#: A table written in HTML has no more lines.
_LONGEST_TABLE = 3_000
_EDGES, _BAR = re.compile(r"^\s*\||\|\s*$"), re.compile(r"(?<!\\)\|")
_TABLE_TAG = re.compile(r"<table\b", re.IGNORECASE)


def document(text: str, name: str) -> Document:
    """The document that a Markdown text, or a plain one, is."""
    lines = text.split("\n")
    fields, begin = front_matter(lines)
    reader = _Reader(lines, density.Left(len(text)))
    at = begin
    notes: tuple[str, ...] = ()
    try:
        while at < len(lines):
            at = reader.take(at)
        reader.close()
    except density.SpentError as spent:
        notes = (spent.said(),)
    return Document(name, (*reader.blocks, *_base_models(lines[:begin])), "line", fields, notes)


def _base_models(lines: Sequence[str]) -> Iterator[Passage]:
    """The model or models that a card's front matter says that it began as, as a line of its own: 'base_model: ...'."""
    begin = next((at for at, line in enumerate(lines) if _BASE.match(line)), None)
    if begin is None:
        return
    end = begin + 1
    while end < len(lines) and _ENTRY.match(lines[end]):
        end += 1
    text = "\n".join(lines[begin:end])
    dashes = iter((" ", *"," * (end - begin)))  # several models are told apart by commas
    plain = re.sub(r"\n\s*-(?=\s)", lambda match: match[0][:-1].replace("\n", " ") + next(dashes), text)
    plain = re.sub(r"[\"'\[\]\n]", " ", plain)
    yield Passage(text, plain, "item", (), tuple((sum(len(line) + 1 for line in lines[begin:at]), at + 1)
                                                 for at in range(begin, end)))


def front_matter(lines: Sequence[str]) -> tuple[Mapping[str, str], int]:
    """The simple fields between two rules at the top of a model card, and the line behind them."""
    if not lines or lines[0].strip() != "---":
        return {}, 0
    end = next((at for at in range(1, min(len(lines), 2000)) if lines[at].strip() in ("---", "...")), 0)
    found: dict[str, str] = {}
    key = ""
    for line in lines[1:end]:
        match = _FIELD.match(line) if not line.startswith((" ", "\t", "-")) else None
        if match is not None:
            key, found[match[1].strip()] = match[1].strip(), match[2].strip("'\" ")
        elif key and not found[key] and line.strip().startswith("- ") and ":" not in line:
            found[key] = line.strip()[2:].strip("'\" ")
    return found, end + 1 if end else 0


@dataclass(slots=True)
class _Reader:
    lines: Sequence[str]
    left: density.Left
    blocks: list[Passage | Table] = field(default_factory=list)
    sections: tuple[str, ...] = ()
    held: list[int] = field(default_factory=list)
    kind: Kind = "prose"
    #: The lines on which a table written in HTML ends.
    ends: Sequence[int] = field(init=False)

    def __post_init__(self) -> None:
        self.ends = [at for at, line in enumerate(self.lines) if "</table" in line.lower()]

    def take(self, at: int) -> int:
        """Take the block that begins at a line; the line behind it."""
        line = self.lines[at]
        if match := _FENCE.match(line):
            return self.code(at, match[1])
        if _TABLE_TAG.search(line) and (end := self.tagged(at)):
            return end
        if "|" in line and at + 1 < len(self.lines) and "-" in self.lines[at + 1] and _RULE.match(self.lines[at + 1]):
            return self.table(at)
        if not line.strip():
            self.close()
        elif match := _HEADING.match(line):
            self.heading(at, match[2], len(match[1]))
        elif self.held and len(self.held) == 1 and self.kind == "prose" and _UNDERLINE.match(line):
            title = self.lines[self.held.pop()]
            self.heading(at - 1, title.strip(), 1 if "=" in line else 2)
        elif _ITEM.match(line) or (self.held and self.kind == "item" and not line.startswith(" ")):
            self.close()
            self.held, self.kind = [at], "item" if _ITEM.match(line) else "prose"
        else:
            self.held.append(at)
        return at + 1

    def close(self) -> None:
        """End the passage at hand."""
        if self.held:
            self.blocks.append(self.passage(self.held[0], self.held[-1] + 1, self.kind))
        self.held, self.kind = [], "prose"

    def passage(self, begin: int, end: int, kind: Kind) -> Passage:
        """Lines as one passage."""
        self.left.take("blocks", begin + 1)
        text = "\n".join(self.lines[begin:end])
        places, at = [], 0
        for number in range(begin, end):
            places.append((at, number + 1))
            at += len(self.lines[number]) + 1
        plain = text if kind == "code" else masks.markdown(text)
        return Passage(text, plain.replace("\n", " "), kind, self.sections, tuple(places))

    def heading(self, at: int, title: str, level: int) -> None:
        """A heading ends those of its level and below."""
        self.close()
        title = " ".join(masks.markdown(title).split())
        self.sections = (*(*self.sections, *[""] * 6)[:level - 1], title)
        self.blocks.append(self.passage(at, at + 1, "heading"))

    def code(self, at: int, fence: str) -> int:
        """A fenced block of code."""
        self.close()
        end = next((k for k in range(at + 1, len(self.lines)) if self.lines[k].lstrip().startswith(fence)),
                   len(self.lines))
        if end > at + 1:
            self.blocks.append(self.passage(at + 1, end, "code"))
        return end + 1

    def table(self, at: int) -> int:
        """A table of bars, with its caption in the line before it."""
        end = at + 2
        while end < len(self.lines) and "|" in self.lines[end]:
            end += 1
        caption = self.lines[self.held[-1]] if self.held else self.titled()
        self.close()
        width = max(self.lines[k].count("|") for k in (at, *range(at + 2, end)))
        self.left.take("blocks", at + 1)
        self.left.take("cells", at + 1, (end - at - 1) * width)
        rows = [_bars(self.lines[k], k + 1) for k in (at, *range(at + 2, end))]
        self.blocks.append(Table(padded(rows), 1, caption, self.sections))
        return end

    def titled(self) -> str:
        """The short paragraph or item above a table that is its title, such as '2. Fine-tuning'."""
        above = self.blocks[-1] if self.blocks else None
        title = " ".join(above.plain.split()) if isinstance(above, Passage) and above.kind in ("prose", "item") else ""
        return title if len(title) < _TITLE else ""

    def tagged(self, at: int) -> int:
        """A table written in HTML; 0 where it never ends."""
        following = bisect_left(self.ends, at)
        if following == len(self.ends) or (end := self.ends[following]) >= at + _LONGEST_TABLE:
            return 0
        self.close()
        for block in html.blocks("\n".join(self.lines[at:end + 1]), at, self.sections, self.left):
            if isinstance(block, Table):
                self.blocks.append(block)
        return end + 1


def _bars(line: str, number: int) -> list[TableCell]:
    inner, quote = _EDGES.sub("", line), line.strip()
    cells = _BAR.split(inner) if "\\" in inner else inner.split("|")
    return [TableCell(" ".join(masks.markdown(cell).split()), quote, number) for cell in cells]


def padded(rows: Sequence[Sequence[TableCell]]) -> tuple[tuple[TableCell, ...], ...]:
    """Rows of one length."""
    width = max(map(len, rows))
    return tuple((*row, *[TableCell("", row[0].quote, row[0].place)] * (width - len(row))) for row in rows if row)
