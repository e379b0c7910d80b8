"""What stands in a text, one item after the other: chips' names, numbers, and the words that matter around them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

from computeest.hardware.find.beside import told_apart
from computeest.hardware.find.index import SERIES
from computeest.hardware.find.lex import GIGABYTES, MENTION, Atoms, Item, number, strange
from computeest.hardware.find.vocabulary import (
    BRAND,
    BRANDS,
    FORM,
    FORMAT,
    HARMLESS,
    HOLDER,
    LABEL,
    LIST,
    MEMORY,
    NUMBER,
    NUMBERS,
    PER,
    PLAIN,
    TIMES,
    UNIT,
    WORDS,
)

_REACH: Final = 14  # no name has more atoms
#: Ends of products' names that are no plural of the name without their S: 'GTS' of GT.
_PRODUCTS: Final = frozenset(("TS", "LS", "XS"))
#: What each name of the index means: kinds and ids.
Names = Mapping[str, Sequence[Sequence[str]]]
#: Words whose number is a year.
_OF_YEARS: Final = frozenset(("in", "since"))
_YEARS: Final = (1990, 2035)


def items(atoms: Atoms, index: Names, heads: Mapping[str, int]) -> list[Item]:
    """Everything in the text, in order; `heads` has the longest of the names that begin with each three letters."""
    found: list[Item] = []
    at, last = 0, len(atoms.words)
    while at < last:
        gap, start = atoms.gaps[at], atoms.starts[at]
        if gap and gap != " ":
            _separators(found, atoms, at, gap)
        longest = _longest(heads, atoms.squeezed, start)
        item = _mention(found, atoms, at, index, longest) if longest else None
        if item is not None and item.end + 1 < last and atoms.words[item.end + 1].isdigit() and (
                atoms.words[at] in BRANDS):
            follows = atoms.starts[at + 1]
            later = _mention([*found, Item(BRAND, atoms.words[at], at, at)], atoms, at + 1, index,
                             _longest(heads, atoms.squeezed, follows))
            if later is not None and later.end > item.end:
                item = None  # 'Habana Gaudi 3' is a Gaudi 3, though 'Habana Gaudi' is a name as well
        if item is None:
            item = number(atoms, at) if atoms.words[at].isdigit() else _word(atoms, at)
        found.append(item)
        at = item.end + 1
    return told_apart(found, atoms, index)


def _longest(heads: Mapping[str, int], squeezed: str, start: int) -> int:
    """The letters of the longest name that may begin here; 0 where none does."""
    return heads.get(squeezed[start:start + 3]) or heads.get(squeezed[start:start + 2], 0)


def _separators(found: list[Item], atoms: Atoms, at: int, gap: str) -> None:
    if "×" in gap:
        found.append(Item(TIMES, "x", at, at - 1))
    elif "/" in gap and WORDS.get(atoms.words[at], ("",))[0] == HOLDER:
        found.append(Item(PER, "per", at, at - 1))
    elif any(mark in gap for mark in ",;+/&|\n"):
        found.append(Item(LIST, gap.strip() or "\n", at, at - 1))


def _mention(found: list[Item], atoms: Atoms, at: int, index: Names, longest: int) -> Item | None:
    """The longest name that starts here and ends where a word ends; none is longer than `longest` letters."""
    if atoms.glued(at) and not _counted_before(atoms, at):
        return None
    squeezed, start, ends = atoms.squeezed, atoms.starts[at], atoms.ends
    wall = atoms.walls[bisect_right(atoms.walls, at)]
    reached = bisect_right(ends, start + longest + 1, at)  # with the s of a plural
    for end in range(min(wall, at + _REACH, reached) - 1, at - 1, -1):
        name, plural = squeezed[start:ends[end]], False
        if name not in index:
            if name[-1] != "s" or name[:-1] not in index or (atoms.written[end][-2:] in _PRODUCTS):
                continue
            name, plural = name[:-1], True
        item = _ended(atoms, at, end, name, index)
        if item is not None and not _article(found, atoms, item):
            item = item._replace(number=2.0) if plural else item
            return _plural_or_product(found, atoms, item, index)
    return None


def _counted_before(atoms: Atoms, at: int) -> bool:
    """Whether what is glued in front is a count, as in '8A100' and 'A100x8'."""
    before = atoms.words[at - 1]
    if before.isdigit():
        return not atoms.words[at].isdigit() and not atoms.glued(at - 1)
    return before == "x"


def _ended(atoms: Atoms, at: int, end: int, name: str, index: Names) -> Item | None:
    """The mention, unless the name goes on in the text."""
    after = end + 1
    if end > at and atoms.gaps[at + 1] == "." and len(atoms.words[at]) == 1:
        return None  # 'table D.1'
    if after < len(atoms.words):
        word = atoms.words[after]
        counted = after + 1 < len(atoms.words) and atoms.words[after + 1].isdigit()
        if atoms.gaps[after] == "." and index[name][0][0] == SERIES:
            return None  # 'EC2 p2.8xlarge' is one of the series
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
    sized = end + 2 < len(atoms.words) and atoms.words[end + 2] in GIGABYTES | {"g"}
    return atoms.words[end] == "x" and bool(atoms.gaps[end]) and not atoms.gaps[end + 1].strip(" ") and not sized


def _article(found: list[Item], atoms: Atoms, item: Item) -> bool:
    """Whether 'a 100' is an article and a number rather than an A100."""
    at = item.at
    if atoms.words[at] != "a" or item.end == at or atoms.gaps[at + 1].strip(" ") or not atoms.gaps[at + 1]:
        return False
    if found and found[-1].kind in (BRAND, NUMBER, TIMES):
        return False
    return not (at == 0 and item.end == len(atoms.words) - 1)


def _plural_or_product(found: list[Item], atoms: Atoms, item: Item, index: Names) -> Item:
    """'V100S' is a product, '8 V100s' are V100: the case of the s, the count and the noun tell."""
    name = item.word
    if atoms.words[item.end] != "s" or not name.endswith("s") or name[:-1] not in index:
        return item
    written = "".join(atoms.written[item.at:item.end + 1])
    if written[-1] == "S":
        return item
    nouns = atoms.words[item.end + 1:item.end + 2]
    if any(WORDS.get(noun, ("",))[0] in (UNIT, FORM) for noun in nouns):
        plural = False
    elif written[:-1] != written[:-1].lower():
        plural = True
    else:
        plural = any(before.kind in (NUMBER, TIMES) for before in found[-2:])
    return item._replace(word=name[:-1], other=name) if plural else item._replace(other=name[:-1])


def _word(atoms: Atoms, at: int) -> Item:
    words = atoms.words
    word = words[at]
    if word == "tensor" and _tensor_core(words, at):
        return Item(HARMLESS, word, at, at + 1)
    kind, value = WORDS.get(word, (PLAIN, word))
    if kind == NUMBER:
        return Item(NUMBER, word, at, at, float(NUMBERS[value]))
    if kind == FORM:
        return _form(atoms, at, value)
    if kind == MEMORY:
        return _memory(atoms, at)
    if kind == LABEL and at + 1 < len(words):
        return _label(atoms, at)
    if word == "pci" and words[at + 1:at + 2] in (["e"], ["express"]):
        return _form(atoms, at + 1, "pcie")._replace(at=at)
    if atoms.glued(at + 1) and words[at + 1].isdigit() and (numbered := _numbered(atoms, at, kind)):
        return numbered
    plural = 2.0 if kind in (UNIT, HOLDER) and word.endswith("s") else 0.0
    return Item(PLAIN if kind == FORMAT else kind, value, at, at, plural)


def _numbered(atoms: Atoms, at: int, kind: str) -> Item | None:
    """A word with figures right behind it: a service ('EC2'), a number format, or what looks like a product."""
    word, whole = atoms.words[at], atoms.words[at] + atoms.words[at + 1]
    if whole in WORDS and not atoms.glued(at + 2):
        return Item(WORDS[whole][0], whole, at, at + 1)
    if kind == FORMAT:
        return _format(atoms, at)
    return strange(atoms, at) if not atoms.glued(at) and word != "x" else None


def _tensor_core(words: list[str], at: int) -> bool:
    """Whether 'Tensor Core' is NVIDIA's word for what kind of GPU it is, and counts nothing: 'A100 Tensor Core GPU'."""
    if words[at + 1:at + 2] == ["core"]:
        return not any(word.startswith("tpu") for word in words)
    return False


def _format(atoms: Atoms, at: int) -> Item:
    """A number format or a standard with its number: fp16, DDR4, CUDA11.8."""
    words, end = atoms.words, at + 1
    while atoms.glued(end + 1) or (words[end + 1:end + 2] and words[end + 1].isdigit() and atoms.gaps[end + 1] == "."):
        end += 1
    return Item(HARMLESS, words[at], at, end)


def _form(atoms: Atoms, at: int, form: str) -> Item:
    """A form factor with its version: SXM4; 'PCIe 4.0 x16' is PCIe."""
    words, last = atoms.words, len(atoms.words)
    end, version = at, ""
    if at + 1 < last and words[at + 1].isdigit():
        if words[at] == "nvlink":
            end = at + (2 if words[at + 2:at + 3] == ["0"] and atoms.gaps[at + 2] == "." else 1)
        elif form == "sxm" and len(words[at + 1]) == 1 and words[at + 2:at + 3] != ["gb"]:
            end, version = at + 1, words[at + 1]
        elif form == "pcie" and len(words[at + 1]) == 1 and atoms.gaps[at + 2:at + 3] == ["."]:
            end = at + 2
        elif form == "nvl" and atoms.glued(at + 1):
            return strange(atoms, at)
    if form == "pcie" and words[end + 1:end + 3] == ["x", "16"]:
        end += 2
    return Item(FORM, form + version, at, end, other="nvlink" if words[at] == "nvlink" else "")


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
    number = atoms.words[end][:9]
    if atoms.words[at] in _OF_YEARS and number.isdigit() and not _YEARS[0] <= int(number) <= _YEARS[1]:
        return Item(PLAIN, atoms.words[at], at, at)  # 'in 18 hours', 'in 8 V100'
    return Item(HARMLESS if end > at else PLAIN, atoms.words[at], at, end)


