"""The pieces of a text, and those among them that are numbers."""

from __future__ import annotations

from typing import Final, NamedTuple

from computeest.hardware.atoms import Atoms
from computeest.hardware.words import HARMLESS, HOLDER, MODIFIER, NOT_ITS_MEMORY, NUMBER, OTHER, UNIT, WORDS

MENTION: Final = "mention"  # a chip's, family's or machine's name; its value is the name in the index
SIZE: Final = "size"  # a memory size in GB
STRANGE: Final = "strange"  # letters and digits that look like a product's name and are none we know

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
        if not divided:
            end, value = at + 1, float(f"{words[at][:15]}.{words[at + 1][:15]}")
        elif 0 < value < below <= 64:
            end, value = at + 1, value / below
    after = end + 1
    if after >= last or words[after].isdigit():
        return Item(NUMBER, words[at], at, end, value)
    glued, word = not gaps[after], words[after]
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


