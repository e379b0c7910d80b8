"""How many chips a text counts: numbers, what they count, and what holds what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from computeest.hardware.chip import Chip
from computeest.hardware.phrase import MENTION, SIZE, STRANGE, Item
from computeest.hardware.words import (
    ARTICLE,
    BRAND,
    BREAKS,
    CLOUD,
    EACH,
    FORM,
    GENERATION,
    HARMLESS,
    HOLDER,
    HOLDS,
    LIST,
    MEMORY,
    MODIFIER,
    NUMBER,
    OTHER,
    PART,
    PER,
    PLAIN,
    TIMES,
    TOTAL,
    UNIT,
)

#: Items that describe a chip and count nothing.
_DESCRIBES: Final = frozenset((BRAND, FORM, GENERATION, HARMLESS, MEMORY, SIZE, CLOUD, MODIFIER))
_OWN: Final = "own"
_YEARS: Final = (1990, 2035)
_PARTS: Final = {"half": 0.5, "quarter": 0.25}
#: Nouns that do not say whether they mean the card or a part of it.
_VAGUE: Final = frozenset(("device", "gpu"))


@dataclass(frozen=True, slots=True)
class Count:
    """How many units the text names, and how many chips each is."""

    #: None where the text names no number.
    units: float | None
    chips_per_unit: float
    #: Whether the text says what the unit is: a card, a core, a slice.
    stated: bool
    note: str = ""

    @property
    def chips(self) -> float:
        """Chips in all."""
        return self.chips_per_unit if self.units is None else self.units * self.chips_per_unit


class CountError(ValueError):
    """The text's numbers do not say how many chips there are."""


@dataclass(slots=True)
class _Term:
    """A number and what it counts."""

    value: float
    what: str  # OWN, UNIT or HOLDER
    word: str
    at: int
    #: Whether a number says so, no mere article.
    strong: bool = True
    per: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """The chip that is counted, and the machine or slice that the text may name instead of it."""

    chip: Chip
    #: Chips in one machine or slice of that name; None where the text names the chip itself.
    machine: float | None = None
    #: The names of the index that stand for that machine or slice.
    machines: frozenset[str] = frozenset()
    #: A slice's chips are exact; a pod or a machine may be used in part.
    exact: bool = False
    #: Whether it is rented by the GPU.
    rented: bool = False
    #: The part of a chip that a memory size has told, as 0.5 for the 12 GB of half a K80.
    part: float = 1.0


def count(items: Sequence[Item], gaps: Sequence[str], subject: Subject) -> Count:
    """The chips that the items count; CountError says why they do not."""
    sequence = [item for item in items if item.kind not in _DESCRIBES and item.kind != STRANGE]
    terms, loose = _terms(sequence, gaps)
    _mark_per(sequence, terms)
    _check_loose(sequence, loose, terms, gaps)
    counted = _machine_count(sequence, terms, subject) if subject.machine else _chip_count(sequence, terms, subject)
    parts = [_PARTS[item.word] for item in items if item.kind == PART]
    if not parts:
        return counted
    return Count(counted.units, counted.chips_per_unit * parts[0], True, counted.note)


def _terms(sequence: Sequence[Item], gaps: Sequence[str]) -> tuple[list[_Term], list[int]]:
    """Every number with what it counts, and where the numbers are that count nothing known."""
    terms: list[_Term] = []
    loose: list[int] = []
    at, pending = 0, []  # numbers that stand directly before another number
    while at < len(sequence):
        item = sequence[at]
        if item.kind not in (NUMBER, ARTICLE):
            at += 1
            continue
        value, after = _product(sequence, at, gaps)
        follows = sequence[after] if after < len(sequence) else None
        if item.kind == NUMBER and follows is not None and follows.kind == NUMBER:
            if gaps[follows.at].strip(" (") or sequence[after - 1].kind == TIMES:
                raise CountError("several numbers stand where one is expected")
            pending.append(value)
            at = after
            continue
        found = _counted(sequence, at, after, value, gaps)
        if found is None:
            if item.kind == NUMBER:
                loose.append(at)
            at = max(after, at + 1)
            continue
        new, at = found
        terms.extend(new)
        terms.extend(_outer(pending, new, sequence))
        pending = []
    if pending:
        raise CountError("several numbers stand where one is expected")
    return terms, loose


def _product(sequence: Sequence[Item], at: int, gaps: Sequence[str]) -> tuple[float, int]:
    """A number with the numbers multiplied to it, and the position after them: '4 x 8', 'two hundred'."""
    first = sequence[at]
    value = 1.0 if first.kind == ARTICLE else first.number
    at += 1
    while at < len(sequence):
        times = sequence[at].kind == TIMES
        number = sequence[at + 1] if times and at + 1 < len(sequence) else sequence[at]
        if number.kind == NUMBER and (times or number.word in ("hundred", "thousand", "dozen", "pair", "single")):
            value *= number.number
            at += 2 if times else 1
        elif not times and number.kind == NUMBER and gaps[number.at].strip() in ("-", "--"):
            raise CountError("a range of numbers is no count")
        elif number.kind == PLAIN and number.word == "to" and at + 1 < len(sequence) and (
                sequence[at + 1].kind == NUMBER):
            raise CountError("a range of numbers is no count")
        else:
            return value, at + 1 if times else at
    return value, at


def _counted(sequence: Sequence[Item], at: int, after: int, value: float,
             gaps: Sequence[str]) -> tuple[list[_Term], int] | None:
    """The terms that a number makes with what follows it, else with what stands before it."""
    strong = sequence[at].kind == NUMBER
    ahead = _past_words(sequence, after, strong)
    follows = sequence[ahead] if ahead < len(sequence) else None
    beyond = sequence[ahead + 1] if ahead + 1 < len(sequence) else None
    if follows is not None and follows.kind == OTHER:
        return [], ahead + 1
    if follows is not None and follows.kind in (UNIT, HOLDER):
        if beyond is not None and beyond.kind == OTHER and not gaps[beyond.at].strip(" -"):
            return [], ahead + 2  # 500 GPU-hours
        if _backward(sequence, at) is None or gaps[follows.at] in (" ", "-", ""):
            return [_Term(value, follows.kind, follows.word, ahead, strong)], ahead + 1
    if follows is not None and follows.kind == MENTION and (ahead > after or not _listed(sequence, at, ahead)):
        return _of_mention(sequence, ahead, value, strong, gaps, sequence[after - 1].kind == TIMES)
    back = _backward(sequence, at) if strong else None
    if back is not None:
        return [_Term(value, back.kind if back.kind != MENTION else _OWN, back.word, at, True)], after
    return None


def _past_words(sequence: Sequence[Item], at: int, strong: bool) -> int:
    """The position after up to five words of prose that do not part a number from what it counts."""
    ahead = at
    while strong and ahead < len(sequence) and ahead < at + 5 and (
            (sequence[ahead].kind == PLAIN and sequence[ahead].word not in BREAKS) or sequence[ahead].kind == ARTICLE):
        ahead += 1
    if not strong:
        while ahead < len(sequence) and ahead < at + 3 and sequence[ahead].kind == PLAIN and (
                sequence[ahead].word not in BREAKS):
            ahead += 1
    return ahead if ahead < len(sequence) and sequence[ahead].kind in (UNIT, HOLDER, MENTION, OTHER) else at


def _listed(sequence: Sequence[Item], first: int, last: int) -> bool:
    return any(item.kind == LIST for item in sequence[first:last])


def _of_mention(sequence: Sequence[Item], ahead: int, value: float, strong: bool, gaps: Sequence[str],
                times: bool) -> tuple[list[_Term], int]:
    """A number in front of a chip's name counts the noun after the name, or the chip."""
    mention = sequence[ahead]
    noun = sequence[ahead + 1] if ahead + 1 < len(sequence) else None
    beyond = sequence[ahead + 2] if ahead + 2 < len(sequence) else None
    if noun is not None and noun.kind == OTHER and not gaps[noun.at].strip(" -"):
        return [], ahead + 2  # 100 A100-hours
    if noun is not None and noun.kind in (UNIT, HOLDER) and "(" not in gaps[noun.at]:
        if beyond is not None and beyond.kind == OTHER and not gaps[beyond.at].strip(" -"):
            return [], ahead + 3
        if noun.kind == HOLDER and times and not noun.number:
            return [_Term(value, _OWN, mention.word, ahead, strong, per=True),
                    _Term(1, HOLDER, noun.word, ahead + 1, False)], ahead + 2
        return [_Term(value, noun.kind, noun.word, ahead, strong)], ahead + 2
    return [_Term(value, _OWN, mention.word, ahead, strong)], ahead + 1


def _outer(pending: Sequence[float], new: list[_Term], sequence: Sequence[Item]) -> list[_Term]:
    """What the first of two numbers counts: '16 8-GPU nodes' are sixteen nodes."""
    if not pending:
        return []
    if len(pending) > 1 or not new:
        raise CountError("several numbers stand where one is expected")
    inner = new[0]
    if inner.what == HOLDER:
        inner.what, outer = _OWN, HOLDER
    else:
        ahead = [item for item in sequence[inner.at + 1:inner.at + 4] if item.kind in (HOLDER, UNIT)]
        if not ahead:
            raise CountError("several numbers stand where one is expected")
        outer = ahead[0].kind
        if outer == UNIT:
            inner.value = pending[0]
            inner.word = ahead[0].word
            return []
    inner.per = True
    return [_Term(pending[0], outer, "", inner.at)]


def _backward(sequence: Sequence[Item], at: int) -> Item | None:
    """What stands before a number that follows what it counts: 'A100 x 8', 'GPUs: 8'."""
    before = sequence[at - 1] if at else None
    if before is None:
        return None
    if before.kind == TIMES and at > 1 and sequence[at - 2].kind in (MENTION, UNIT, HOLDER):
        return sequence[at - 2]
    return before if before.kind == UNIT else None


def _mark_per(sequence: Sequence[Item], terms: list[_Term]) -> None:
    """Find the count that is a count for each node."""
    inner = [term for term in terms if term.what != HOLDER]
    for at, item in enumerate(sequence):
        if item.kind not in (EACH, PER) or not inner:
            continue
        follows = sequence[at + 1] if at + 1 < len(sequence) else None
        before = [term for term in inner if term.at < at]
        after = [term for term in inner if term.at > at]
        if item.kind == PER and (follows is None or follows.kind not in (HOLDER, UNIT)):
            continue
        if item.kind == EACH and after and (follows is None or follows.kind != PLAIN or follows.word != "of"):
            ahead = after[0]
            if not before or ahead.at - at <= 4:
                ahead.per = True
                continue
        if before:
            before[-1].per = True
        elif after:
            after[0].per = True


def _check_loose(sequence: Sequence[Item], loose: list[int], terms: list[_Term], gaps: Sequence[str]) -> None:
    """A number that counts nothing must be far from the chip, or be a year."""
    strong = any(term.strong for term in terms)
    for at in loose:
        item = sequence[at]
        near = [neighbour for neighbour in sequence[max(0, at - 1):at + 2] if neighbour.kind == MENTION]
        year = _YEARS[0] <= item.number <= _YEARS[1] and item.number % 1 == 0
        if year and (not near or "(" in gaps[item.at]):
            continue
        if item.number % 1 and not near:
            continue
        if near and "(" in gaps[item.at] and not strong and len(loose) == 1:
            terms.append(_Term(item.number, _OWN, near[0].word, at))
            continue
        if near or not strong:
            raise CountError(f"{item.number:g} is neither a count nor a memory size: write '{item.number:g} x' or "
                             f"'{item.number:g} GB'")


def _multiple(word: str, subject: Subject) -> tuple[float, bool]:
    """How many chips a counted noun is, and whether it leaves no doubt."""
    chip = subject.chip
    if word == _OWN:
        return subject.part, subject.part != 1
    if word == "gpu" and word in chip.units:
        return (chip.units[word], False) if subject.rented else (subject.part, subject.part != 1)
    if word in chip.units:
        return chip.units[word], True
    if word in ("chip", "card", "board"):
        return 1.0, True
    if word in _VAGUE:
        return subject.part, (word == "gpu" and chip.dies == 1) or subject.part != 1
    if word == "die" and chip.dies == 1:
        return 1.0, True
    if word == "core" and chip.kind in ("cpu", "soc", "gpu"):
        raise CountError(f"a share of the cores of {chip.name} is no number of chips")
    raise CountError(f"'{word}' is no known part or multiple of {chip.name}"
                     + (f": {', '.join(chip.units)}" if chip.units else ""))


def _chip_count(sequence: Sequence[Item], terms: list[_Term], subject: Subject) -> Count:
    """The count where the text names the chip itself."""
    if subject.chip.kind == "wafer":  # one wafer is a system
        terms = [_Term(term.value, _OWN if term.what == HOLDER else term.what, term.word, term.at, term.strong, term.per)
                 for term in terms]
    inner = [term for term in _described(terms, subject) if term.what != HOLDER]
    if any(term.strong for term in inner):
        inner = [term for term in inner if term.strong]  # 'a pod slice with 512 chips' counts chips
    holders = [term for term in terms if term.what == HOLDER]
    held = _times(holders)
    if not inner:
        if any(term.strong for term in holders):
            raise CountError(f"the text counts {holders[0].word}s and not the chips in each")
        multiple, stated = _uncounted(sequence, subject)
        return Count(None, multiple, stated)
    per = [term for term in inner if term.per]
    plain = [term for term in inner if not term.per]
    if per and not holders and not plain:
        return Count(None, _multiple(per[0].word if per[0].what == UNIT else _OWN, subject)[0], True,
                     "the text says how many chips are in each and not how many there are of those")
    if per and holders:
        return _agreeing([*plain, _scaled(per[0], held, subject)], subject)
    if per:
        coarse, fine = (_value(plain[0], subject), _value(per[0], subject))
        if _multiple(_word(per[0]), subject)[0] < 1 and plain[0].what == _OWN:
            return Count(plain[0].value, fine, True)
        if fine > coarse:
            raise CountError("the numbers of chips do not agree")
        return _agreeing(plain, subject)
    return _agreeing(plain, subject) if not holders else _held(sequence, plain, holders, subject)


def _held(sequence: Sequence[Item], plain: list[_Term], holders: list[_Term], subject: Subject) -> Count:
    """Nodes and chips, with no word such as each: what stands between them tells."""
    held = _times(holders)
    if len(plain) > 1:
        values = sorted({_value(term, subject) for term in plain})
        if len(values) == 1:
            return _agreeing(plain, subject)
        if len(values) == 2 and values[1] == values[0] * held:
            return _agreeing([term for term in plain if _value(term, subject) == values[1]], subject)
        raise CountError("the numbers of chips do not agree")
    if held == 1 or any(item.kind == TOTAL for item in sequence):
        return _agreeing(plain, subject)
    first, second = sorted((holders[0].at, plain[0].at))
    between = sequence[first + 1:second + 1]
    words = {item.word for item in between} | {item.kind for item in between}
    if TIMES in words:
        return _agreeing([_scaled(plain[0], held, subject)], subject)
    if holders[0].at > plain[0].at:
        return _agreeing(plain, subject)
    if words & HOLDS:
        return _agreeing([_scaled(plain[0], held, subject)], subject)
    raise CountError("the text does not say whether that is the number of chips in each or in all")


def _machine_count(sequence: Sequence[Item], terms: list[_Term], subject: Subject) -> Count:
    """The count where the text names a machine, a cloud instance or a slice."""
    size = subject.machine or 1.0
    own = [term for term in terms if term.what == HOLDER or (term.what == _OWN and term.word in subject.machines)]
    inner = [term for term in terms if term not in own]
    named = _named_units(inner, subject, size)
    inner = [term for term in inner if term not in named]
    own.extend(named)
    machines = _machines(own, inner)
    for term in inner:
        chips = _value(term, subject)
        if term.per or chips == size:
            if term.per and chips != size and not subject.exact:
                return Count(term.value * machines if machines else term.value, chips / term.value, True)
            if chips != size:
                raise CountError(f"{term.value:g} {term.word}s do not make the {size:g} chips of the slice")
        elif chips != size * (machines or 1):
            return _in_part(term, chips, machines, subject)
    return Count(machines, size, True)


def _named_units(inner: list[_Term], subject: Subject, size: float) -> list[_Term]:
    """Counts of the machine itself by another name: the pods of '2 TPU v3 pods', the boards of '2 v3-8 boards'."""
    found = []
    for term in inner:
        same = subject.chip.units.get(term.word)
        vague = subject.exact and term.word == "device" and term.value != size
        if vague or term.word == "pod" or (same is not None and same == size and same > 1):
            found.append(term)
    return found


def _machines(own: list[_Term], inner: list[_Term]) -> float | None:
    strong = [term.value for term in own if term.strong] or [term.value for term in own]
    if not strong:
        return None
    if len(strong) > 1 and any(term.what == HOLDER for term in own) and 1 not in strong:
        values = {term.value for term in own if term.strong}
        if len(values) > 1:
            raise CountError("the numbers of machines do not agree")
    return max(strong)


def _in_part(term: _Term, chips: float, machines: float | None, subject: Subject) -> Count:
    """Chips counted on machines that are used in part, or whose number the text leaves out."""
    if subject.exact:
        raise CountError(f"{term.value:g} {term.word}s and the slice's name count different numbers of chips")
    whole = (subject.machine or 1.0) * (machines or 1.0)
    if machines is not None and machines > 1 and chips > whole:
        raise CountError("the numbers of machines and of chips do not agree")
    return Count(term.value, chips / term.value, True)


def _described(terms: list[_Term], subject: Subject) -> list[_Term]:
    """The terms without those that describe the card: the 'dual-GPU' of a K80 board."""
    units = [term for term in terms if term.what != HOLDER]
    if len(units) < 2 or subject.chip.dies == 1:
        return terms
    return [term for term in terms if not (term.word in ("gpu", "die", "gcd") and term.value == subject.chip.dies
                                           and any(other is not term and other.word in ("board", "card", "chip", "own")
                                                   for other in units))]


def _uncounted(sequence: Sequence[Item], subject: Subject) -> tuple[float, bool]:
    """The unit of a name without a number: 'TPU v3 core'."""
    for at, item in enumerate(sequence[:-1]):
        if item.kind == MENTION and sequence[at + 1].kind == UNIT:
            return _multiple(sequence[at + 1].word, subject)
    for item in sequence:
        if item.kind == UNIT and item.word in subject.chip.units and subject.chip.units[item.word] < 1:
            return _multiple(item.word, subject)
    return subject.part, subject.part != 1


def _agreeing(terms: list[_Term], subject: Subject) -> Count:
    """The one number that all terms come to."""
    if len({round(_value(term, subject), 6) for term in terms}) > 1:
        raise CountError("the numbers of chips do not agree")
    multiple, stated = _multiple(_word(terms[0]), subject)
    return Count(terms[0].value, multiple, stated)


def _scaled(term: _Term, times: float, subject: Subject) -> _Term:
    return _Term(term.value * times, term.what, term.word, term.at)


def _value(term: _Term, subject: Subject) -> float:
    return term.value * _multiple(_word(term), subject)[0]


def _word(term: _Term) -> str:
    return term.word if term.what == UNIT else _OWN


def _times(terms: list[_Term]) -> float:
    product = 1.0
    for term in terms:
        product *= term.value
    return product
