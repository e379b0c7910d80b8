"""What stands in a text, one item after the other: chips' names, numbers, and the words that matter around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from computeest.hardware.atoms import Atoms
from computeest.hardware.words import (
    BRAND,
    BRANDS,
    FORM,
    FORMAT,
    HARMLESS,
    HOLDER,
    LABEL,
    LIST,
    MEMORY,
    MODIFIER,
    NOT_ITS_MEMORY,
    NUMBER,
    NUMBERS,
    OTHER,
    PER,
    PLAIN,
    TIMES,
    UNIT,
    WORDS,
)

MENTION: Final = "mention"  # a chip's, family's or machine's name; its value is the name in the index
SIZE: Final = "size"  # a memory size in GB
STRANGE: Final = "strange"  # letters and digits that look like a product's name and are none we know

_REACH: Final = 14  # no name has more atoms
_GIGABYTES: Final = frozenset(("gb", "gib", "gbyte", "gbytes", "gigabyte", "gigabytes", "gbs"))
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


def items(atoms: Atoms, index: Mapping[str, object]) -> list[Item]:
    """Everything in the text, in order."""
    found: list[Item] = []
    at, last = 0, len(atoms.words)
    while at < last:
        gap = atoms.gaps[at]
        if gap and gap != " ":
            _separators(found, atoms, at, gap)
        item = _mention(found, atoms, at, index)
        if item is not None and atoms.words[at] in BRANDS and at + 1 < last:
            later = _mention([*found, Item(BRAND, atoms.words[at], at, at)], atoms, at + 1, index)
            if later is not None and later.end > item.end:
                item = None  # 'Habana Gaudi 3' is a Gaudi 3, though 'Habana Gaudi' is a name as well
        if item is None:
            item = _number(atoms, at) if atoms.words[at].isdigit() else _word(atoms, at)
        found.append(item)
        at = item.end + 1
    return found


def _separators(found: list[Item], atoms: Atoms, at: int, gap: str) -> None:
    if "×" in gap:
        found.append(Item(TIMES, "x", at, at - 1))
    elif "/" in gap and WORDS.get(atoms.words[at], ("",))[0] == HOLDER:
        found.append(Item(PER, "per", at, at - 1))
    elif any(mark in gap for mark in ",;+/&|\n"):
        found.append(Item(LIST, gap.strip() or "\n", at, at - 1))


def _mention(found: list[Item], atoms: Atoms, at: int, index: Mapping[str, object]) -> Item | None:
    """The longest name that starts here and ends where a word ends."""
    if atoms.glued(at) and not _counted_before(atoms, at):
        return None
    squeezed, start = atoms.squeezed, atoms.starts[at]
    for end in range(min(atoms.walls[at], at + _REACH) - 1, at - 1, -1):
        name = squeezed[start:atoms.ends[end]]
        if name in index:
            item = _ended(atoms, at, end, name, index)
        elif name[-1] == "s" and name[:-1] in index:
            item = _ended(atoms, at, end, name[:-1], index)
        else:
            continue
        if item is not None and not _article(found, atoms, item):
            return _plural_or_product(found, atoms, item, index)
    return None


def _counted_before(atoms: Atoms, at: int) -> bool:
    """Whether what is glued in front is a count, as in '8A100' and 'A100x8'."""
    before = atoms.words[at - 1]
    if before.isdigit():
        return not atoms.words[at].isdigit() and not atoms.glued(at - 1)
    return before == "x"


def _ended(atoms: Atoms, at: int, end: int, name: str, index: Mapping[str, object]) -> Item | None:
    """The mention, unless the name goes on in the text."""
    after = end + 1
    if after < len(atoms.words):
        word = atoms.words[after]
        counted = after + 1 < len(atoms.words) and atoms.words[after + 1].isdigit()
        if not atoms.gaps[after]:
            if word == "s" and not atoms.glued(after + 1):
                return Item(MENTION, name, at, after)
            known = WORDS.get(word, ("",))[0] in (UNIT, HOLDER, FORM, MEMORY)
            if not known and not (word == "x" and counted):
                return None
        if word.isdigit() and _multiplied(atoms, end) and name[:-1] in index:
            return None  # 'MI250 x 8' is no MI250X
    return Item(MENTION, name, at, end)


def _multiplied(atoms: Atoms, end: int) -> bool:
    """Whether the name's final x stands apart and a count follows, no memory size."""
    sized = end + 2 < len(atoms.words) and atoms.words[end + 2] in _GIGABYTES | {"g"}
    return atoms.words[end] == "x" and bool(atoms.gaps[end]) and not sized


def _article(found: list[Item], atoms: Atoms, item: Item) -> bool:
    """Whether 'a 100' is an article and a number rather than an A100."""
    at = item.at
    if atoms.words[at] != "a" or item.end == at or atoms.gaps[at + 1].strip(" ") or not atoms.gaps[at + 1]:
        return False
    if found and found[-1].kind in (BRAND, NUMBER, TIMES):
        return False
    return not (at == 0 and item.end == len(atoms.words) - 1)


def _plural_or_product(found: list[Item], atoms: Atoms, item: Item, index: Mapping[str, object]) -> Item:
    """'V100S' is a product, '8 V100s' are V100: the case of the s, the count and the noun tell."""
    name = item.word
    written = "".join(atoms.written[item.at:item.end + 1])
    if atoms.words[item.end] != "s" or not name.endswith("s") or name[:-1] not in index or written[-1] == "S":
        return item
    nouns = atoms.words[item.end + 1:item.end + 2]
    if any(WORDS.get(noun, ("",))[0] in (UNIT, FORM) for noun in nouns):
        plural = False
    elif written[:-1] != written[:-1].lower():
        plural = True
    else:
        plural = any(before.kind in (NUMBER, TIMES) for before in found[-2:])
    return item._replace(word=name[:-1], other=name) if plural else item._replace(other=name[:-1])


def _number(atoms: Atoms, at: int) -> Item:
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
    if (word in _GIGABYTES or (glued and word == "g")) and not (atoms.glued(after + 1) and words[after + 1].isdigit()):
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
    return _strange(atoms, at)


def _strange(atoms: Atoms, at: int) -> Item:
    """Everything that hangs together from here on."""
    end = at
    while atoms.glued(end + 1):
        end += 1
    return Item(STRANGE, "".join(atoms.written[at:end + 1]), at, end)


def _word(atoms: Atoms, at: int) -> Item:
    words, last = atoms.words, len(atoms.words)
    word = words[at]
    kind, value = WORDS.get(word, (PLAIN, word))
    digits = at + 1 < last and words[at + 1].isdigit()
    if kind == NUMBER:
        return Item(NUMBER, word, at, at, float(NUMBERS[value]))
    if kind == FORM:
        return _form(atoms, at, value)
    if word == "pci" and words[at + 1:at + 2] in (["e"], ["express"]):
        return _form(atoms, at + 1, "pcie")._replace(at=at)
    if kind == MEMORY:
        return _memory(atoms, at)
    if kind == LABEL and at + 1 < last:
        return _label(atoms, at)
    if digits and atoms.glued(at + 1):
        if kind == FORMAT:
            end = at + 1
            while atoms.glued(end + 1) or (end + 1 < last and words[end + 1].isdigit() and atoms.gaps[end + 1] == "."):
                end += 1
            return Item(HARMLESS, word, at, end)
        if not atoms.glued(at) and word != "x":
            return _strange(atoms, at)
    if kind == FORMAT:
        kind = PLAIN
    plural = 2.0 if kind in (UNIT, HOLDER) and word.endswith("s") else 0.0
    return Item(kind, value, at, at, plural)


def _form(atoms: Atoms, at: int, form: str) -> Item:
    """A form factor with its version: SXM4; 'PCIe 4.0 x16' is PCIe."""
    words, last = atoms.words, len(atoms.words)
    end, version = at, ""
    if at + 1 < last and words[at + 1].isdigit():
        if form == "sxm" and len(words[at + 1]) == 1 and words[at + 2:at + 3] != ["gb"]:
            end, version = at + 1, words[at + 1]
        elif form == "pcie" and len(words[at + 1]) == 1 and atoms.gaps[at + 2:at + 3] == ["."]:
            end = at + 2
        elif form == "nvl" and atoms.glued(at + 1):
            return _strange(atoms, at)
    if form == "pcie" and words[end + 1:end + 3] == ["x", "16"]:
        end += 2
    return Item(FORM, form + version, at, end)


def _memory(atoms: Atoms, at: int) -> Item:
    """A type of memory: HBM2e."""
    end = at
    while atoms.glued(end + 1) and end < at + 2 and (atoms.words[end + 1].isdigit() or atoms.words[end + 1] in "ex"):
        end += 1
    return Item(MEMORY, "".join(atoms.words[at:end + 1]), at, end)


def _label(atoms: Atoms, at: int) -> Item:
    """A word whose number is no count: 'CUDA 11.8', 'batch size of 256'."""
    end = at
    if atoms.words[end + 1] in ("of", "is"):
        end += 1
    while end + 1 < len(atoms.words) and atoms.words[end + 1].isdigit() and (
            end == at or not atoms.words[end].isdigit() or atoms.gaps[end + 1] == "."):
        end += 1
    return Item(HARMLESS if end > at else PLAIN, atoms.words[at], at, end)


