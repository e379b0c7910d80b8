"""What stands beside chips and is none of them: servers' model numbers, chips that were not used, memory, nicknames."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from computeest.hardware.find.lex import MENTION, SIZE, STRANGE, Atoms, Item
from computeest.hardware.find.vocabulary import (
    BRAND,
    CLOUD,
    EACH,
    FORM,
    HARMLESS,
    HOLDER,
    HOLDS,
    LIST,
    MEMORY,
    MODIFIER,
    NEGATION,
    NUMBER,
    OTHER,
    PER,
    PLAIN,
    SERVER,
    SOME,
    TIMES,
    TOTAL,
    UNIT,
    is_prose,
)

#: Nouns that a kind of chip may stand in front of: the cores of '128 TPU cores' are counted, not TPUs.
_COUNTED: Final = frozenset(("core", "chip", "card", "device"))
_KINDS: Final = re.compile(r"[gtnihldx]pus?|dcus?|accelerators?", re.IGNORECASE)
#: Words before 'than' and a number that make it a bound: 'more than 8 A100'.
_MORE: Final = frozenset(("more", "less", "fewer", "greater", "larger", "higher", "smaller"))
#: Words before "but" that make it deny what follows: 'everything but A100'; 'not H100 but A100' does not.
_ALL: Final = frozenset(("all", "any", "anything", "every", "everything", "none", "nothing"))
_AS_GOOD: Final = frozenset(("compared", "comparable", "equivalent", "relative", "opposed"))
#: Processors of hosts, whose numbers are none of chips: 'and two AMD EPYC 9999'.
_PROCESSORS: Final = frozenset(("epyc", "xeon", "ryzen", "threadripper"))
#: The version of a server, which by itself is the start of a TPU slice's name: 'ThinkSystem SR675 V3'.
_VERSION: Final = re.compile(r"v\d")
_SPECIAL: Final = frozenset((SERVER, CLOUD, NEGATION))
_GOES_ON: Final = frozenset((STRANGE, HARMLESS, NUMBER, OTHER))
#: What a text says that was not done with a chip, behind its name.
_USED: Final = frozenset(("used", "employed", "needed", "required", "available", "utilized", "utilised", "involved"))
_IS: Final = frozenset(("is", "are", "was", "were", "be", "been", "has", "have"))
#: The word of a version that is denied, whose number is its memory size, and whose other name is its form factor.
DENIED: Final = "denied"
#: Words before a number of chips that was not that of the whole run.
_IN_TIME: Final = frozenset((
    "later", "then", "afterwards", "subsequently", "initially", "originally", "first", "finally", "eventually",
    "increased", "reduced", "scaled", "grown",
))
#: A negation reaches over this many words to the chip that it denies.
_REACH: Final = 3


def told_apart(found: list[Item], atoms: Atoms, index: Mapping[str, object]) -> list[Item]:
    """The items, with what is beside the chips marked as harmless, or as strange where a name goes on."""
    before = ""
    special = nouns = False
    for at, item in enumerate(found):
        kind = item.kind
        if kind in _SPECIAL:
            special = True
        elif kind == UNIT:
            nouns = nouns or before == UNIT
        elif kind == PLAIN:
            special = special or item.word in ("than", "to", "but", "non")
        elif kind == BRAND:
            special = special or item.word in _PROCESSORS
        elif before == MENTION and item.end >= item.at:
            if kind in _GOES_ON:
                found[at] = _goes_on(found[at - 1], item, atoms, index)
            elif kind == MENTION and "(" in atoms.gaps[item.at] and _in_short(found[at - 1], item, atoms):
                found[at] = item._replace(kind=HARMLESS)
        before = kind
    if special:
        _servers(found, atoms)
        _denied(found)
    return [item for at, item in enumerate(found) if not _kind_of_next(found, at, atoms)] if nouns else found


def _kind_of_next(found: Sequence[Item], at: int, atoms: Atoms) -> bool:
    """Whether a noun only says of which kind the counted noun behind it is."""
    item, after = found[at], found[at + 1] if at + 1 < len(found) else None
    return (item.kind == UNIT and after is not None and after.kind == UNIT and after.word in _COUNTED
            and item.word != "core" and atoms.gaps[after.at] in (" ", "-")
            and _KINDS.fullmatch(atoms.words[item.at]) is not None)


def _servers(found: list[Item], atoms: Atoms) -> None:
    """Model numbers behind a server's maker: 'Dell PowerEdge R760xa', 'xFusion FusionServer 2288H V7'."""
    within, named = False, any(item.kind == MENTION for item in found)
    for at, item in enumerate(found):
        gap = atoms.gaps[item.at] if item.at < len(atoms.gaps) else ""
        if item.kind in (SERVER, CLOUD) or (item.kind == BRAND and item.word in _PROCESSORS and named):
            within = True
        elif within and item.kind not in (LIST, TIMES, UNIT) and not gap.strip(" -_[") and (
                _of_model(found, at, atoms)):
            found[at] = Item(HARMLESS, "server", item.at, item.end)
        else:
            within = False
    for at, item in enumerate(found):
        if item.kind == SERVER:
            found[at] = item._replace(kind=HARMLESS)


def _of_model(found: Sequence[Item], at: int, atoms: Atoms) -> bool:
    """Whether a word behind a server's name belongs to it: what looks like a product's number, or has a capital."""
    item = found[at]
    after = found[at + 1] if at + 1 < len(found) else None
    if item.kind == MENTION:
        return _VERSION.fullmatch(item.word) is not None
    if item.kind == NUMBER:
        counted = after is not None and (after.kind == TIMES or (
            after.kind in (MENTION, UNIT, NUMBER) and not atoms.glued(after.at)))
        return item.word.isdigit() and not counted
    return item.kind in (STRANGE, HARMLESS) or (item.kind in (PLAIN, HOLDER, OTHER, CLOUD)
                                                and atoms.written[item.at][:1].isupper())


def _denied(found: list[Item]) -> None:
    """Chips that a text says were not used, or only compares with: 'H100s, not A100s', 'faster than a V100'."""
    for at in range(len(found)):
        if not _denies(found, at):
            continue
        behind = _denied_behind(found, at)
        if behind is not None:
            for gone in range(behind, at + 1):
                found[gone] = Item(HARMLESS, DENIED, found[gone].at, found[gone].end)
            continue
        for ahead in range(at + 1, min(at + 2 + _REACH, len(found))):
            if found[ahead].kind == MENTION:
                for gone in range(at + 1, ahead + 1):
                    found[gone] = Item(HARMLESS, DENIED, found[gone].at, found[gone].end)
                break
            if found[ahead].kind in (SIZE, FORM):  # 'A100, not the 80GB version': any other
                _versions_denied(found, ahead)
                break
            if found[ahead].kind in (LIST, UNIT, HOLDER) and found[ahead].word != "them":
                break


def _versions_denied(found: list[Item], at: int) -> None:
    """A memory size or form factor that is denied, with those that 'and' or 'or' adds: 'the 80GB and PCIe versions'."""
    while True:
        item = found[at]
        form = item.word if item.kind == FORM and not item.other else ""  # a chip of any form may run without NVLink
        found[at] = Item(HARMLESS, DENIED, item.at, item.end, item.number, form)
        after = [one for one in found[at + 1:at + 4] if one.kind != PLAIN or one.word not in ("the", "version")]
        if len(after) < 2 or after[0].word not in ("and", "or", "/") or after[1].kind not in (SIZE, FORM):
            return
        at = found.index(after[1])


def _denied_behind(found: Sequence[Item], at: int) -> int | None:
    """Where the name begins that 'was not used' is said of; None where the negation looks ahead."""
    after = found[at + 1] if at + 1 < len(found) else None
    if after is None or after.kind != PLAIN or after.word not in _USED:
        return None
    ahead = at - 1
    while ahead >= 0 and ((found[ahead].kind == PLAIN and found[ahead].word in _IS) or found[ahead].kind == UNIT):
        ahead -= 1
    return ahead if 0 <= ahead < at - 1 and found[ahead].kind == MENTION else None


def _denies(found: Sequence[Item], at: int) -> bool:
    item, before = found[at], found[at - 1].word if at else ""
    if item.kind == NEGATION or (item.word == "but" and any(found[k].word in _ALL for k in range(max(0, at - 3), at))):
        return True
    after = found[at + 1].kind if at + 1 < len(found) else ""
    if item.kind == PLAIN and item.word == "non":
        return after in (MENTION, SIZE, FORM)
    if item.kind == PLAIN and item.word == "than":
        return not (before in _MORE and after == NUMBER)
    return item.kind == PLAIN and item.word == "to" and before in _AS_GOOD


def _in_short(mention: Item, item: Item, atoms: Atoms) -> bool:
    """Whether what stands in brackets is the name before it in short, though it names another chip too: '(M100)'."""
    name, short = ("".join(atoms.words[one.at:one.end + 1]) for one in (mention, item))
    figures = re.sub(r"\D", "", name)
    return bool(figures) and short == name[:1] + figures and name != short


def _goes_on(mention: Item, item: Item, atoms: Atoms, index: Mapping[str, object]) -> Item:
    """What stands right behind a name: the rest of another product ('Gaudi 2D'), or the name in short ('(M100)')."""
    gap, written = atoms.gaps[item.at], "".join(atoms.words[item.at:item.end + 1])
    if item.kind == OTHER:  # 'RTX 4080 D' is another product; '8 A100 d' counts days
        return item._replace(kind=MODIFIER) if atoms.written[item.at] == "D" else item
    if item.kind == STRANGE and "(" in gap:
        return item._replace(kind=HARMLESS) if _in_short(mention, item, atoms) else item
    leading = re.match(r"\d+", written)
    end = item.end + (item.kind == NUMBER and atoms.glued(item.end + 1))
    if item.kind != STRANGE and leading and not gap.strip(" -_") and mention.word + leading[0] in index and (
            end > item.at and atoms.written[end][:1].isupper() and len(atoms.written[end]) == 1):
        return Item(STRANGE, atoms.text(mention.at, end), item.at, item.end)
    return item


#: A name that others than its maker may give a product too: letters and a number, without maker or line.
_BARE: Final = re.compile(r"(?!tpu|gtx|rtx|dgx|hgx|epyc)[a-z]{1,3}")


def not_understood(items: Sequence[Item], at: int, atoms: Atoms) -> tuple[str, bool]:
    """A word right beside a chip's bare name that may make another chip of it; whether it does, as in 'XY-A100'.

    What is said in prose, in small letters where the name has capitals, makes none: 'our A100', 'trained on V100'.
    """
    mention = items[at]
    if not _BARE.fullmatch(atoms.words[mention.at]) or not atoms.words[mention.at + 1:mention.at + 2]:
        return "", False
    small = atoms.written[mention.at].islower()
    before, after = items[at - 1] if at else None, items[at + 1] if at + 1 < len(items) else None
    if before is not None and before.kind == PLAIN and (gap := atoms.gaps[mention.at]) in (" ", "-", "_"):
        written = atoms.written[before.at]
        if _unknown(before.word, written, gap, small):
            if gap != " " and not written.islower():
                return atoms.text(before.at, mention.end), True
            return written, False
    if after is not None and after.kind == PLAIN and (gap := atoms.gaps[after.at]) in (" ", "-", "_"):
        written = atoms.written[after.at]
        if _unknown(after.word, written, gap, small):
            return written, False
    return "", False


def _unknown(word: str, written: str, gap: str, small: bool) -> bool:
    """Whether a word beside a name is no prose: it is joined to it, or has capitals where the name has."""
    return (gap != " " or small or not written.islower()) and not is_prose(word)


def unknown_unit(sequence: Sequence[Item], at: int, gaps: Sequence[str]) -> str:
    """The word behind a count that may multiply it: "kilo" in "3 kilo A100", "banks" in "3 banks of 8 A100".

    Of 3,922 texts of papers, tables and repositories four have one: three are prose, one counts blocks.
    """
    ahead = at
    while ahead < len(sequence) and sequence[ahead].kind == PLAIN and not gaps[sequence[ahead].at].strip(" -"):
        ahead += 1
    words = sequence[at:ahead]
    if not words or ahead == len(sequence) or gaps[sequence[ahead].at].strip(" -"):
        return ""
    if sequence[ahead].kind != MENTION and not (sequence[ahead].kind == NUMBER and words[-1].word == "of"):
        return ""
    joined = {one for pair in pairwise(words) if gaps[pair[1].at] == "-" for one in pair}  # 'state-of-the-art'
    return next((one.word for one in words if one not in joined and not is_prose(one.word)), "")


def joined(sequence: Sequence[Item], item: Item, gaps: Sequence[str]) -> list[Item]:
    """The names that a number is joined to by hyphens, through their memory and form: '4 x h100-mega-80gb-8'."""
    if gaps[item.at] != "-":
        return []
    first = item.at
    while first and gaps[first] in ("-", ""):
        first -= 1
    return [name for name in sequence if name.kind == MENTION and first <= name.at < item.at]


def changes(sequence: Sequence[Item], at: int) -> bool:
    """Whether a number is that of another time than the one that counts: '8 A100, later 16', 'first 64, then 128'."""
    around = [item.word for item in sequence[max(0, at - 2):at]]
    return not _IN_TIME.isdisjoint(around) or any(item.word == "then" for item in sequence[at + 1:at + 2])


def of_holders(items: Sequence[Item], gaps: Sequence[str]) -> bool:
    """Whether the first of two words only says which nodes are counted: 'A100-powered nodes', 'A100 GPU servers'."""
    if len(items) < 2:
        return False
    word, noun = items
    says = (word.kind == UNIT and not word.number) or (word.kind == PLAIN and gaps[word.at] == "-")
    return says and noun.kind == HOLDER and noun.at == word.end + 1 and gaps[noun.at] in (" ", "-")


def of_memory(items: Sequence[Item], at: int) -> bool:
    """Whether an 'each' or 'per GPU' speaks of memory: '8 GPUs with 40 GB of memory each'."""
    if items[at].kind == EACH:
        after = [item for item in items[at + 1:at + 5] if item.kind not in (PLAIN, MEMORY, HOLDER)]
        if after and _memory_size(after, 0):
            return True
    if items[at].kind not in (EACH, PER) and not (at and items[at].kind == UNIT and items[at - 1].kind == PER):
        return False
    before = [item for item in items[max(0, at - 4):at] if item.kind not in (PLAIN, MEMORY, PER)]
    return bool(before) and _memory_size(before, len(before) - 1)


def _memory_size(items: Sequence[Item], at: int) -> bool:
    """Whether an item is an amount of memory: '40 GB', or a host's '2 TB'."""
    item = items[at]
    terabytes = items[at + 1:at + 2] if item.kind == NUMBER else items[at:at + 1]
    return item.kind == SIZE or item.word == "memory" or any(
        one.kind == OTHER and one.word in ("tb", "tib") for one in terabytes)


def some_holders(sequence: Sequence[Item]) -> bool:
    """Whether nobody says how many held the chips: 'several nodes of 8 A100', 'nodes with 8 A100'."""
    for at, item in enumerate(sequence):
        if item.kind == NUMBER:
            return False
        if item.kind == SOME:
            return any(each.kind == HOLDER for each in sequence[at + 1:at + 5])
        if item.word == "slice" and any(each.word.endswith("pod") for each in sequence[at + 1:at + 5]):
            return all(each.kind != NUMBER for each in sequence)  # 'a slice of a TPU v3 pod' is no pod
        if item.kind == HOLDER and item.number:
            held = sequence[at + 1:at + 4]
            return any(each.word in HOLDS for each in held) and not any(each.kind == TOTAL for each in sequence)
    return False
