"""How many chips a text counts: what its numbers come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from computeest.hardware.descriptions import counting
from computeest.hardware.machines import machine_count
from computeest.hardware.pieces import MENTION, SIZE, STRANGE, Item
from computeest.hardware.shares import mark_per, of_memory
from computeest.hardware.subject import Count, Subject, chips_of, multiple, single, unit_of
from computeest.hardware.terms import OWN, CountError, Term, check_loose, counted_terms, without_wholes
from computeest.hardware.words import (
    BRAND,
    CLOUD,
    EACH,
    FORM,
    GENERATION,
    HARMLESS,
    HOLDER,
    HOLDS,
    MEMORY,
    MODIFIER,
    PART,
    PER,
    TIMES,
    TOTAL,
    UNIT,
)

#: Items that describe a chip and count nothing.
_DESCRIBES: Final = frozenset((BRAND, FORM, GENERATION, HARMLESS, MEMORY, SIZE, CLOUD, MODIFIER, STRANGE))
#: Chips in one machine, where a text leaves it open.
_IN_A_NODE: Final = (1, 2, 4, 8, 16)
_LARGE: Final = frozenset(("cluster", "supercomputer", "partition", "rack", "slice"))
_PARTS: Final = {"half": 0.5, "quarter": 0.25}


def count(items: Sequence[Item], gaps: Sequence[str], subject: Subject) -> Count:
    """The chips that the items count; CountError says why they do not."""
    kinds = {item.kind for item in items}
    shared = not kinds.isdisjoint((EACH, PER))
    sequence = [item for at, item in enumerate(items)
                if item.kind not in _DESCRIBES and not (shared and of_memory(items, at))]
    sequence = without_wholes(sequence, gaps)
    terms, loose = counted_terms(sequence, gaps)
    if shared:
        mark_per(sequence, terms)
    if loose:
        check_loose(sequence, loose, terms, gaps)
    terms = counting(terms, subject)
    if subject.machine is not None:
        counted = machine_count(terms, subject)
    elif len(terms) == 1 and terms[0].what != HOLDER and not terms[0].per:
        counted = single(terms[0], subject)
    else:
        counted = _chip_count(sequence, terms, subject)
    if PART not in kinds:
        return counted
    part = next(_PARTS[item.word] for item in items if item.kind == PART)
    return Count(counted.units, counted.chips_per_unit * part, stated=True, note=counted.note)


def _chip_count(sequence: Sequence[Item], terms: list[Term], subject: Subject) -> Count:
    """The count where the text names the chip itself."""
    if subject.chip.kind == "wafer" and all(term.what == HOLDER for term in terms):  # one wafer is a system
        terms = [replace(term, what=OWN) if term.what == HOLDER else term for term in terms]
    inner = [term for term in terms if term.what != HOLDER]
    if any(term.strong for term in inner):
        inner = [term for term in inner if term.strong]  # 'a pod slice with 512 chips' counts chips
    holders = [term for term in terms if term.what == HOLDER]
    if not inner:
        if any(term.strong for term in holders):
            raise CountError(f"the text counts {holders[0].word}s and not the chips in each")
        return Count(None, *_uncounted(sequence, subject))
    return _of_inner(sequence, inner, holders, subject)


def _of_inner(sequence: Sequence[Item], inner: list[Term], holders: list[Term], subject: Subject) -> Count:
    """The count of chips and their parts, in each holder or in all."""
    held = _times(holders)
    per = [term for term in inner if term.per]
    plain = [term for term in inner if not term.per]
    if per and not holders and not plain:
        return Count(None, multiple(per[0].word if per[0].what == UNIT else OWN, subject)[0], stated=True,
                     note="the text says how many chips are in each and not how many there are of those")
    if per and holders:
        return _agreeing([*plain, _scaled(per[0], held)], subject)
    if per and plain[0].word == "pod":
        return _agreeing([_scaled(per[0], plain[0].value)], subject)  # a pod may be used in part
    if per:
        coarse, fine = (chips_of(plain[0], subject), chips_of(per[0], subject))
        if multiple(unit_of(per[0]), subject)[0] < 1 and plain[0].what == OWN:
            return Count(plain[0].value, fine, stated=True)
        if fine > coarse:
            raise CountError("the numbers of chips do not agree")
        return _agreeing(plain, subject)
    plain = _in_pods(sequence, plain, subject)
    return _agreeing(plain, subject) if not holders else _held(sequence, plain, holders, subject)


def _in_pods(sequence: Sequence[Item], plain: list[Term], subject: Subject) -> list[Term]:
    """The chips that were counted, where the pods that they are in were too: '6144 chips in two pods'."""
    pods = [term for term in plain if term.word == "pod"]
    chips = [term for term in plain if term.word != "pod" and term.strong]
    if len(pods) != 1 or len(chips) != 1:
        return plain
    room, counted = chips_of(pods[0], subject), chips_of(chips[0], subject)
    if room - room / pods[0].value < counted <= room:
        return chips
    between = {item.word for item in sequence[pods[0].at + 1:chips[0].at]}
    each = bool(between & HOLDS) and counted * pods[0].value <= room
    return [_scaled(chips[0], pods[0].value)] if each else plain


def _held(sequence: Sequence[Item], plain: list[Term], holders: list[Term], subject: Subject) -> Count:
    """Nodes and chips, with no word such as each: what stands between them tells."""
    held = _times(holders)
    if len(plain) > 1:
        values = sorted({chips_of(term, subject) for term in plain})
        if len(values) == 1:
            return _agreeing(plain, subject)
        if len(values) == 2 and values[1] == values[0] * held:
            return _agreeing([term for term in plain if chips_of(term, subject) == values[1]], subject)
        raise CountError("the numbers of chips do not agree")
    if held == 1 or any(item.kind == TOTAL for item in sequence):
        return _agreeing(plain, subject)
    first, second = sorted((holders[0].at, plain[0].at))
    between = sequence[first + 1:second + 1]
    words = {item.word for item in between} | {item.kind for item in between}
    if TIMES in words:
        return _agreeing([_scaled(plain[0], held)], subject)
    if holders[0].at > plain[0].at:
        return _agreeing(plain, subject)
    if words & HOLDS and _fits_in(plain[0].value, held, holders):
        return _agreeing([_scaled(plain[0], held)], subject)
    if words & HOLDS and plain[0].value / held in _IN_A_NODE:
        return _agreeing(plain, subject)  # '128 servers with 1,024 GPUs'
    raise CountError("the text does not say whether that is the number of chips in each or in all")


def _fits_in(chips: float, held: float, holders: list[Term]) -> bool:
    """Whether it is plain that the chips are those of each holder."""
    return chips <= _IN_A_NODE[-2] or chips < held or all(term.word in _LARGE for term in holders)


def _uncounted(sequence: Sequence[Item], subject: Subject) -> tuple[float, bool]:
    """The unit of a name without a number: 'TPU v3 core'."""
    for at, item in enumerate(sequence[:-1]):
        if item.kind == MENTION and sequence[at + 1].kind == UNIT:
            return multiple(sequence[at + 1].word, subject)
    for item in sequence:
        if item.kind == UNIT and item.word in subject.chip.units and subject.chip.units[item.word] < 1:
            return multiple(item.word, subject)
    return subject.part, subject.part != 1


def _agreeing(terms: list[Term], subject: Subject) -> Count:
    """The one number that all terms come to."""
    if len({round(chips_of(term, subject), 6) for term in terms}) > 1:
        raise CountError("the numbers of chips do not agree")
    return single(terms[0], subject)


def _scaled(term: Term, times: float) -> Term:
    return Term(term.value * times, term.what, term.word, term.at)


def _times(terms: list[Term]) -> float:
    product = 1.0
    for term in terms:
        product *= term.value
    return product
