"""How much of a document is read and weighed: more than any document has, so that what is made of facts ends soon.

Of 1,413 documents (cards, READMEs, reports, manuals, notes; 13.8 million letters) none has more. Pages of tables of
measured speeds are the densest: 1,527 readings and 4,420 cells in 27,000 letters, 3,034 cells under known headers in
80,000; of 76 documents longer than 40,000 letters none has more readings than one in 65, and reports of models have one
in 390 to 4,500. Sentences state 369 numbers in 21,000 letters and 660 in 121,000 at most. The densest lists have an
item each 32 letters where they are 659, and each 49 where they are 955; the most blocks are 1,862, the most sentences
2,176. What is left out is said with the draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Bound:
    """How many of something are read or weighed."""

    #: Whatever the length, and the letters of a longer document for each.
    always: int
    letters_each: int
    called: str
    #: What is done with the first of them; nothing where a table is left out as a whole.
    done: str = "weighed"
    most: int | None = None

    def of(self, letters: int) -> int:
        """How many in a document of so many letters."""
        found = max(self.always, letters // self.letters_each)
        return found if self.most is None else min(self.most, found)


#: Blocks are headings, paragraphs, items and tables; their letters and those of cells are all characters of the text.
BOUNDS: Mapping[str, Bound] = MappingProxyType({
    "blocks": Bound(1_500, 60, "paragraphs, headings and items", "read"),
    "cells": Bound(6_000, 12, "cells of tables", ""),
    "sentences": Bound(1_500, 60, "sentences"),
    "known cells": Bound(4_000, 25, "cells of tables that may be facts"),
    "numbers": Bound(600, 150, "numbers in sentences that may be facts"),
    "readings": Bound(1_600, 65, "numbers that may be facts", most=10_000)})


class SpentError(Exception):
    """Nothing more of a document is read or weighed."""

    def __init__(self, what: str, done: int, place: int) -> None:
        super().__init__(what, done, place)

    def said(self, counts: str = "line") -> str:
        """What of a document is left out."""
        what, done, place = self.args
        bound = BOUNDS[what]
        taken = f"the first {done:,} are {bound.done}, " if bound.done else ""
        return f"more {bound.called} than documents have: {taken}those from {counts} {place} on are left out"


class Left:
    """How much more is read or weighed of a document of so many letters."""

    __slots__ = ("_left", "_letters")

    def __init__(self, letters: int) -> None:
        self._letters = letters
        self._left = {what: bound.of(letters) for what, bound in BOUNDS.items()}

    def of(self, what: str) -> int:
        """How many of something are left."""
        return self._left[what]

    def take(self, what: str, where: Any, count: int = 1) -> None:
        """Take one or more of something, which stand on a line or in a sentence; SpentError where fewer are left."""
        left = self._left[what]
        if left < count:
            done = BOUNDS[what].of(self._letters) - left
            raise SpentError(what, done, where if isinstance(where, int) else where.place())
        self._left[what] = left - count
