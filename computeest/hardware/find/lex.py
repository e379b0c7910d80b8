"""A text cut into runs of letters and runs of digits, and the same text with everything between them squeezed out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple

from computeest.hardware.find.spelling import plain
from computeest.hardware.find.vocabulary import HARMLESS, HOLDER, MODIFIER, NOT_ITS_MEMORY, NUMBER, OTHER, UNIT, WORDS
from computeest.text.remembered import remembered

#: Longer than any way to write a chip; past it a text is refused unread.
LONGEST: Final = 2000

_ATOM = re.compile(r"([^A-Za-z0-9]*)([A-Za-z]+|[0-9]+)")
#: 'TPUs v3' has its plural in the middle.
_SINGULAR = {"tpus": "tpu", "ipus": "ipu"}
_NUMBERS_MEET = re.compile(r"[0-9][^A-Za-z0-9]+[0-9]")
_SOFT = " -_.()[]'\"\t\n\xa0"
#: Nearly every gap is one of these.
_NO_WALLS = frozenset(("", " ", "-"))


@dataclass(frozen=True, slots=True)
class Atoms:
    """Letters and digits in turn, lower case, each with what stood before it."""

    words: list[str]
    gaps: list[str]
    written: list[str]
    #: All words joined; a bar keeps two numbers apart that had something between them.
    squeezed: str
    starts: list[int]
    ends: list[int]
    #: The atoms that no name reaches from in front of them, and the end.
    walls: list[int]

    def text(self, first: int, last: int) -> str:
        """The atoms `first` to `last`, that one included, as they are written."""
        between = (f"{gap}{atom}" for gap, atom in zip(self.gaps[first + 1:last + 1], self.written[first + 1:last + 1],
                                                       strict=True))
        return self.written[first] + "".join(between)

    def glued(self, at: int) -> bool:
        """Whether nothing stands between an atom and the one before it."""
        return 0 < at < len(self.gaps) and not self.gaps[at]


def cut(spelled: str) -> Atoms:
    """The atoms of a text that is `plain`."""
    pairs: list[tuple[str, str]] = _ATOM.findall(spelled)
    gaps, written = [gap for gap, _ in pairs], [atom for _, atom in pairs]
    words = [_SINGULAR.get(word, word) for word in map(str.lower, written)]
    pieces: Sequence[str] = words
    if _NUMBERS_MEET.search(spelled):
        pieces = [f"|{word}" if before.isdigit() and word.isdigit() else word
                  for before, word in zip(("", *words), words, strict=False)]
    ends = list(accumulate(map(len, pieces)))
    starts = [end - len(word) for end, word in zip(ends, words, strict=True)]
    walls = [at for at, gap in enumerate(gaps) if gap not in _NO_WALLS and gap.strip(_SOFT)]
    return Atoms(words, gaps, written, "".join(pieces), starts, ends, [*walls, len(words)])


@remembered(16_384)
def squeeze(text: str) -> str:
    """A name as it stands in the index: no case, no spaces, no hyphens."""
    return cut(plain(text)).squeezed


MENTION: Final = "mention"  # a chip's, family's or machine's name; its value is the name in the index
SIZE: Final = "size"  # a memory size in GB
STRANGE: Final = "strange"  # letters and digits that look like a product's name and are none we know

#: A part of a GPU, as '3g.40gb' says it: three of seven parts of its cores, with 40 GB.
MIG: Final = "MIG"
GIGABYTES: Final = frozenset(("gb", "gib", "gbyte", "gbytes", "gigabyte", "gigabytes", "gbs"))
_ORDINALS: Final = frozenset(("st", "nd", "rd", "th", "d", "p", "nm", "v", "bit", "way"))


class Item(NamedTuple):
    """One piece of the text and the atoms it covers."""

    kind: str
    word: str
    at: int
    end: int
    #: A number's value; of a noun, 2 when it is a plural.
    number: float = 0.0
    #: What else a mention may be: the index name without the final s of 'V100s'.
    other: str = ""


def strange(atoms: Atoms, at: int) -> Item:
    """Everything that hangs together from here on."""
    end = at
    while atoms.glued(end + 1):
        end += 1
    return Item(STRANGE, "".join(atoms.written[at:end + 1]), at, end)


def number(atoms: Atoms, at: int) -> Item:
    """A number, with the scale or unit that belongs to it."""
    words, gaps, last = atoms.words, atoms.gaps, len(atoms.words)
    end, value = at, float(words[at][:15])
    if at + 1 < last and words[at + 1].isdigit() and gaps[at + 1] in (".", "/"):
        divided = gaps[at + 1] == "/"
        below = float(words[at + 1][:15])
        if not divided and words[at + 1] == "000" and words[at + 2:at + 3] not in (["gb"], ["gib"]):
            return Item(STRANGE, f"{words[at]}.000", at, at + 1)  # one, or one thousand
        if not divided:
            end, value = at + 1, float(f"{words[at][:15]}.{words[at + 1][:15]}")
        elif value == 1 < below <= 64 and words[at + 2:at + 3] not in (["gb"], ["gib"]):
            end, value = at + 1, value / below  # '1/60 GB' are one of something and 60 GB; '8/16' are two numbers
    after = end + 1
    if after >= last or words[after].isdigit():
        return Item(NUMBER, words[at], at, end, value)
    glued, word = not gaps[after], words[after]
    if glued and word == "g" and gaps[after + 1:after + 2] == ["."] and words[after + 2:after + 3] == ["gb"]:
        return Item(STRANGE, MIG, at, after + 2)
    if (word in GIGABYTES or (glued and word == "g")) and not (atoms.glued(after + 1) and words[after + 1].isdigit()):
        return _size(atoms, at, after, value)
    if glued:
        return _glued_number(atoms, at, end, value)
    return Item(NUMBER, words[at], at, end, value)


def _size(atoms: Atoms, at: int, end: int, value: float) -> Item:
    """A memory size; not the chip's when it is the host's, and no size when it is a rate."""
    following = atoms.words[end + 1:end + 4]
    if following and "/" in atoms.gaps[end + 1] and following[0] in ("s", "sec", "second"):
        return Item(HARMLESS, "rate", at, end + 1)
    if following and (following[0] in NOT_ITS_MEMORY or (following[0] == "of" and NOT_ITS_MEMORY & {*following[1:3]})):
        return Item(HARMLESS, "memory", at, end + 1)
    return Item(SIZE, atoms.words[at], at, end, value)


def _glued_number(atoms: Atoms, at: int, end: int, value: float) -> Item:
    """'16K', '7B', '3D', '24h', '1e21', and what looks like a product."""
    words = atoms.words
    word, whole = words[end + 1], not atoms.glued(end + 2)
    if word == "x" or (whole and WORDS.get(word, ("",))[0] in (UNIT, HOLDER, OTHER, MODIFIER)):
        return Item(NUMBER, words[at], at, end, value)
    if word == "k" and whole:
        return Item(NUMBER, words[at], at, end + 1, value * 1000)
    if whole and (word in ("m", "b") or word in _ORDINALS):
        return Item(HARMLESS, word, at, end + 1)
    if word == "e" and end + 2 < len(words) and words[end + 2].isdigit():
        return Item(HARMLESS, "e", at, end + 2)
    return strange(atoms, at)
