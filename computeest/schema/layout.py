"""The columns of a known layout of tables, by meaning, in any of the names that its versions gave them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from computeest.problems import InputError, Problem
from computeest.problems import facts as wrong
from computeest.problems.kind import Code
from computeest.schema import header_words
from computeest.schema.column_map import ColumnMap, Source
from computeest.schema.header_words import Said
from computeest.schema.headers import named, source_of
from computeest.text import fold
from computeest.text.suggest import nearest


@dataclass(frozen=True, slots=True)
class Wanted:
    """One column of a layout."""

    column: str
    #: Its header, and those it had in other versions, the usual one first, in any case; with brackets, '(primary)',
    #: only where the name before them is another column's too.
    names: tuple[str, ...]
    #: What may stand in its brackets and says no unit: the '(MFU)' of a utilization.
    brackets: frozenset[str] = frozenset()
    #: Whether one of these must stand there, since the name alone is another column's.
    bracketed: bool = False
    #: The unit of its numbers where its header says none.
    unit: str | None = None
    #: Whether an estimate rests on it, so that it is said where a table has none.
    matters: bool = True

    def __post_init__(self) -> None:
        if isinstance(self.names, tuple | list) and all(isinstance(name, str) for name in self.names):
            object.__setattr__(self, "names", tuple(map(_folded, self.names)))


def _folded(header: str) -> str:
    return " ".join(header.lower().split())


_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_DEPRECATED = re.compile(r"[(\[]?\s*\b(?:deprecated|legacy|old)\b\s*[)\]]?[\s:-]*", re.IGNORECASE)


def sources(wanted: Iterable[Wanted], headers: Sequence[str]) -> dict[str, Source]:
    """Where a layout's columns are in a table, by the names of its versions, or else by what headers say."""
    found: dict[str, Source] = {}
    wanted = list(wanted)
    for one in wanted:
        ranked = sorted((place, index) for index, header in enumerate(headers)
                        if (place := _rank(one, header)) is not None)
        if ranked:
            header = headers[ranked[0][1]]
            found[one.column] = _source(one, header)
    taken = {source.header for source in found.values()}
    for one in wanted:
        if one.column in found:
            continue
        # a name that no version had: what the header says to any table
        meant = [(header, said) for header in headers if header not in taken
                 and (said := header_words.read(header)) is not None and said.column == one.column]
        if len(meant) == 1:
            header, said = meant[0]
            found[one.column] = source_of(header, replace(said, unit=said.unit or one.unit))
    return found


def _rank(wanted: Wanted, header: str) -> tuple[int, int] | None:
    """How well a header is a wanted column: one in use before one that is deprecated, the usual name first."""
    bare = _DEPRECATED.sub("", header)
    name = next((name for name in (_folded(bare), _folded(_BRACKETS.sub(" ", bare))) if name in wanted.names), None)
    if name is None or _qualified(wanted, bare) is None:
        return None
    return int(bare != header), wanted.names.index(name)


def _qualified(wanted: Wanted, header: str) -> Said | None:
    said: Said | None = Said(wanted.column, wanted.unit)
    brackets, whole = _BRACKETS.findall(header), _folded(header) in wanted.names
    if wanted.bracketed and not any(text.strip().lower() in wanted.brackets for text in brackets):
        return None
    for text in brackets:
        if said is not None and text.strip().lower() not in wanted.brackets:
            said = header_words.qualified(said, text) or (said if whole else None)
    return said if said is not None and said.column == wanted.column else None


def _source(wanted: Wanted, header: str) -> Source:
    said = _qualified(wanted, _DEPRECATED.sub("", header))
    if said is None:
        raise ValueError(f"'{header}' was ranked, but says nothing of a column")
    return source_of(header, said)


#: Words that many columns' names have, by which none is known.
_SHARED = frozenset(("training", "hardware", "model", "notes", "note", "s"))
#: A word that differs by a letter or two is the same in another spelling.
_SAME_WORD = 0.8


def lacking(wanted: Iterable[Wanted], headers: Sequence[str], found: Mapping[str, Source]) -> list[str]:
    """A line for each column that a table lacks and an estimate would rest on, with the headers that look like it."""
    lines, taken = [], {source.header for source in found.values()}
    free = [header for header in headers if header not in taken and len(header) < 80]
    for one in wanted:
        if one.column in found or not one.matters:
            continue
        close = [header for header in free if _alike(one.names, header)][:2]
        like = f" (like it: {', '.join(repr(header) for header in close)})" if close else ""
        lines.append(f"'{one.names[0].capitalize()}'{like}")
    return lines


def _alike(names: Iterable[str], header: str) -> bool:
    """Whether a header has the words by which one of the names is told from those of other columns."""
    has = header_words.words_of(header)
    telling = [(words - _SHARED) or words for name in names if (words := header_words.words_of(name))]
    return ("inference" not in has and any(
        all(word in has or nearest(word, has, 1, _SAME_WORD) for word in words) for words in telling)) or any(
        fold.letters(name) in fold.letters(header) for name in names)


@dataclass(frozen=True, slots=True)
class Layout:
    """A known layout of tables: what its headers mean, and its conventions; this one is any table's."""

    #: What `--preset` calls it.
    name: str = ""
    #: Its columns, each by the names that versions of it had.
    columns: tuple[Wanted, ...] = ()
    #: What it says of its tables' cells, each under a code of its own.
    codes: tuple[Code, ...] = ()
    #: Whether its published figures hold the compute of base models in some rows and leave it out in others.
    bases_undecided: bool = False

    def columns_of(self, headers: Sequence[str]) -> ColumnMap:
        """What a table's headers mean; InputError where it is not of this layout."""
        if not self.columns:
            return named(headers)
        if found := sources(self.columns, headers):
            return ColumnMap(found)
        raise self.lacks(self.columns[0].names[0].capitalize())

    def lacks(self, header: str) -> InputError:
        """The error of a table without a column that the layout cannot do without."""
        return InputError([Problem("", 0, header, wrong.LAYOUT_COLUMN_MISSING(layout=self.name))])

    def fits(self, headers: Sequence[str]) -> bool:
        """Whether a table is plainly of this layout."""
        return False

    def quotes(self, headers: Sequence[str]) -> list[str]:
        """The headers whose cells are notes on other cells, and read as such."""
        return []

    def notes(self, headers: Sequence[str]) -> list[str]:
        """What to say of a table: the layout's columns that it lacks."""
        lines = lacking(self.columns, headers, sources(self.columns, headers)) if self.columns else []
        return [f"of the layout '{self.name}' the table lacks {', '.join(lines)}"] if lines else []

    def adjust(self, spec: Any, table: Any) -> None:
        """Fill what the layout's conventions say beyond its cells."""

    def chip(self, fact: Any) -> Any:
        """What the layout's conventions say of a chip beyond its name."""
        return fact
