"""Where a text names chips, and where one chip's part of it ends and the next one's begins."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import NamedTuple

from computeest.hardware.chip import Chip
from computeest.hardware.find.lex import MENTION, SIZE, STRANGE, Atoms, Item
from computeest.hardware.find.meanings import Meaning, Meanings
from computeest.hardware.find.vocabulary import (
    ARTICLE,
    BRAND,
    CLOUD,
    FORM,
    GENERATION,
    HOLDER,
    LIST,
    MODIFIER,
    NUMBER,
    OTHER,
    PLAIN,
    TIMES,
    UNIT,
)

#: What may stand between a chip's name and the number in front of it.
_LEADS = frozenset((ARTICLE, BRAND, CLOUD, FORM, GENERATION, NUMBER, TIMES))


class Mentioned(NamedTuple):
    """One name of a chip in a text."""

    item: Item
    #: Its place among the items.
    at: int
    meaning: Meaning
    #: Chips in the slice that the name's number says: 64 for v3-128.
    slice: float | None = None
    #: What else the name may mean.
    other: Meaning | None = None


class Part(NamedTuple):
    """The items that speak of one chip."""

    items: Sequence[Item]
    mentions: Sequence[Mentioned]


def mentions(items: list[Item], atoms: Atoms, meanings: Meanings, chip: Callable[[str], Chip],
             published: datetime.date | None) -> list[Mentioned]:
    """The names among the items; those that turn out to be none become numbers or strange words in `items`."""
    found: list[Mentioned] = []
    names = [item.word for item in items if item.kind == MENTION]
    if not names:
        return found
    solid = not all(map(str.isdigit, names))
    at = 0
    while at < len(items):
        item = items[at]
        if item.kind == MENTION:
            if item.word.isdigit() and not _names_itself(items, at, solid):
                items[at] = Item(NUMBER, item.word, item.at, item.end, float(item.word))
            else:
                _add(found, items, at, atoms, meanings, chip, published)
        at += 1
    return found


def _names_itself(items: Sequence[Item], at: int, solid: bool) -> bool:
    """Whether a bare 3090 is a chip: it is counted, or stands alone or in a list of chips."""
    before = items[at - 1] if at else None
    after = items[at + 1] if at + 1 < len(items) else None
    times = before is not None and before.kind == TIMES
    counted = before is not None and (before.kind == NUMBER or (times and at > 1 and items[at - 2].kind == NUMBER))
    plural = items[at].end > items[at].at
    if counted or plural:
        return after is None or after.kind not in (OTHER, MENTION, BRAND, NUMBER)
    if solid and not (before is not None and before.kind == LIST):
        return False
    return after is None or after.kind in (LIST, FORM, GENERATION, SIZE) or (after.kind == UNIT and not after.number)


def _add(found: list[Mentioned], items: list[Item], at: int, atoms: Atoms, meanings: Meanings,
         chip: Callable[[str], Chip], published: datetime.date | None) -> None:
    item = items[at]
    meaning = meanings.of(item.word, published)
    other = meanings.of(item.other, published) if item.other else None
    per_slice = chip(meaning.chips[0]).chips_per_slice if len(meaning.chips) == 1 else None
    number = items[at + 1] if at + 1 < len(items) and items[at + 1].kind == NUMBER else None
    if per_slice is not None and number is not None and _is_slice(items, at, atoms, meaning.prefix):
        del items[at + 1]
        if items[at + 1:] and items[at + 1].word == "s" and atoms.glued(items[at + 1].at):
            del items[at + 1]  # the plural of '8 v3-8s'
        items[at] = item._replace(end=number.end)
        found.append(Mentioned(items[at], at, meaning, number.number * per_slice, other))
    elif not meaning.prefix or _follows_tpu(found, chip, per_slice):
        found.append(Mentioned(item, at, meaning, None, other))
        if meaning.series and not any(after.kind == HOLDER for after in items[at + 1:at + 2]):
            items.insert(at + 1, Item(HOLDER, "instance", item.end, item.end, 2.0))  # 'gn7i' are machines
    else:
        items[at] = Item(STRANGE, "".join(atoms.written[item.at:item.end + 1]), item.at, item.end)


def _is_slice(items: Sequence[Item], at: int, atoms: Atoms, prefix: bool) -> bool:
    """Whether the number after the name belongs to it, as in v3-128."""
    number = items[at + 1]
    gap = atoms.gaps[number.at]
    if number.number < 1 or number.number % 1 or number.word.isalpha():
        return False
    if gap in ("-", "_", "", " - "):
        return True
    if gap.strip(" "):
        return False
    alone = at + 2 >= len(items)
    if prefix:
        return alone and at == 0
    return alone or items[at + 2].kind not in (UNIT, HOLDER, OTHER, TIMES, MENTION, PLAIN, NUMBER, MODIFIER)


def _follows_tpu(found: Sequence[Mentioned], chip: Callable[[str], Chip], per_slice: float | None) -> bool:
    """Whether 'v3' stands in a list of TPUs: 'TPU v2 and v3'."""
    return per_slice is not None and any(
        chip(mentioned.meaning.chips[0]).chips_per_slice is not None for mentioned in found)


def parts(items: Sequence[Item], atoms: Atoms, named: Sequence[Mentioned]) -> list[Part]:
    """The text cut where one chip's part ends; names of the same chip that explain each other stay together."""
    if len(named) == 1:
        return [Part(items, named)]
    groups: list[list[Mentioned]] = [[named[0]]]
    starts = [0]
    for mentioned in named[1:]:
        last = groups[-1][-1]
        comma = _listed(items, atoms, last, mentioned)
        if comma is None and _same(groups[-1], mentioned):
            groups[-1].append(mentioned)
            continue
        groups.append([mentioned])
        starts.append(comma if comma is not None else _lead(items, last.at, mentioned.at))
    ends = [*starts[1:], len(items)]
    return [Part(items[start:end], group) for start, end, group in zip(starts, ends, groups, strict=True)]


def _same(group: Sequence[Mentioned], mentioned: Mentioned) -> bool:
    shared = set(mentioned.meaning.pool)
    for other in group:
        shared &= set(other.meaning.pool)
    return bool(shared)


def _listed(items: Sequence[Item], atoms: Atoms, last: Mentioned, following: Mentioned) -> int | None:
    """Where a list goes on between two names, outside parentheses."""
    depth, found = 0, None
    for at in range(last.at + 1, following.at + 1):
        item = items[at]
        gap = atoms.gaps[item.at] if item.at < len(atoms.gaps) else ""
        if item.kind == LIST:
            depth += gap.count("(") - gap.count(")")
            if depth <= 0:
                found = at
        elif not (at > 0 and items[at - 1].kind == LIST):
            depth += gap.count("(") - gap.count(")")
    return found


def _lead(items: Sequence[Item], last: int, at: int) -> int:
    """Where the words in front of a name begin."""
    while at - 1 > last and items[at - 1].kind in _LEADS:
        at -= 1
    return at
