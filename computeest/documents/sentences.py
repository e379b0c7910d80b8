"""The sentences of a passage, with their places; what ends one, and what only looks as if it did."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from computeest.documents import masks
from computeest.documents.document import Passage

#: Also before the second and later items of a list within a sentence: '(a) ..., (b) ...'.
_END = re.compile(r"(?<=[.!?])[\"”)\]]*\s+(?=[\"“(\[]?[A-Z0-9])|(?<=[,;])\s+(?:and\s+)?(?=\([b-h]\)\s)")
_ABBREVIATION = re.compile(r"(?:\b(?:Fig|Figs|Tab|Eq|Sec|Sect|App|al|e\.g|i\.e|vs|cf|etc|approx|ca|No|resp|w\.r\.t|St|"
                           r"Dr|Mr|Inc|Ltd|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)|\b[A-Z])\.$")
LONGEST = 1200


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the passage it is of."""

    passage: Passage
    start: int
    end: int
    #: Its number in the passage.
    index: int

    @property
    def plain(self) -> str:
        """Its text with markup blanked."""
        return self.passage.plain[self.start:self.end]

    def quote(self, begin: int, end: int) -> str:
        """The document's own words between two offsets in the sentence, at most a few lines of them."""
        return " ".join(self.passage.text[self.start + begin:self.start + end].replace(masks.RAISED, "").split())

    def place(self, offset: int = 0) -> int:
        """The page or line of an offset in the sentence."""
        return self.passage.place(self.start + offset)


def sentences(passage: Passage) -> Iterator[Sentence]:
    """The sentences of a passage in order."""
    begin = index = 0
    for match in _END.finditer(passage.plain):
        if _ABBREVIATION.search(passage.plain, max(begin, match.start() - 12), match.start()):
            continue
        yield from _cut(passage, begin, match.start(), index)
        begin, index = match.end(), index + 1
    yield from _cut(passage, begin, len(passage.plain), index)


def _cut(passage: Passage, begin: int, end: int, index: int) -> Iterator[Sentence]:
    """One sentence, or parts of one that is longer than any is."""
    while begin < end and passage.plain[begin].isspace():
        begin += 1
    while end - begin > LONGEST:
        space = passage.plain.rfind(" ", begin, begin + LONGEST)
        stop = space if space > begin else begin + LONGEST
        yield Sentence(passage, begin, stop, index)
        begin = stop
    if passage.plain[begin:end].strip():
        yield Sentence(passage, begin, end, index)
