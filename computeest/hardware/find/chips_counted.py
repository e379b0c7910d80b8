"""How many chips a text counts: what its numbers come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Final, NamedTuple

from computeest.hardware.chip import Chip
from computeest.hardware.find.beside import of_memory, some_holders
from computeest.hardware.find.counts import (
    IN_A_NODE,
    LARGE,
    OWN,
    CountError,
    Term,
    check_loose,
    counted_terms,
    fits_in,
    mark_per,
    without_wholes,
)
from computeest.hardware.find.lex import MENTION, MIG, SIZE, STRANGE, Item
from computeest.hardware.find.vocabulary import (
    BRAND,
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
    PART,
    PER,
    SPREADS,
    TIMES,
    TOTAL,
    UNIT,
)

_IN_EACH: Final = "the text says how many chips are in each and not how many there are of those"
#: Nouns that do not say whether they mean the card or a part of it.
_VAGUE: Final = frozenset(("device", "gpu", "them"))


class Count(NamedTuple):
    """How many units the text names, and how many chips each is."""

    #: None where the text names no number.
    units: float | None
    chips_per_unit: float
    #: Whether the text says what the unit is: a card, a core, a slice.
    stated: bool
    note: str = ""
    #: Whether the number is only the most or the least there were.
    bound: bool = False
    #: How many times as many there may be: the nodes, where the number may be that of each.
    times: float = 1.0

    @property
    def chips(self) -> float:
        """Chips in all."""
        return self.chips_per_unit if self.units is None else self.units * self.chips_per_unit


class Subject(NamedTuple):
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


def multiple(word: str, subject: Subject) -> tuple[float, bool]:
    """How many chips a counted noun is, and whether it leaves no doubt."""
    chip = subject.chip
    if word == OWN:
        if subject.rented and subject.part == 1 and "gpu" in chip.units:
            return float(chip.units["gpu"]), False  # clouds count the GPUs of a board
        return subject.part, subject.part != 1
    if word == "gpu" and word in chip.units:
        return (float(chip.units[word]), False) if subject.rented else (subject.part, subject.part != 1)
    if word in chip.units:
        return float(chip.units[word]), True
    if word in ("chip", "card", "board"):
        return 1.0, True
    if word in _VAGUE:
        return subject.part, (word == "gpu" and chip.dies == 1) or subject.part != 1
    if word == "die" and chip.dies == 1:
        return 1.0, True
    if word == "cpu" and chip.kind == "cpu":
        return 1.0, True
    if word == "core" and chip.kind in ("cpu", "soc", "gpu"):
        raise CountError(f"a share of the cores of {chip.name} is no number of chips")
    raise CountError(f"'{word}' is no known part or multiple of {chip.name}"
                     + (f": {', '.join(chip.units)}" if chip.units else ""))


def chips_of(term: Term, subject: Subject) -> float:
    """How many chips a term comes to."""
    return term.value * multiple(unit_of(term), subject)[0]


def unit_of(term: Term) -> str:
    """The noun that a term counts."""
    return term.word if term.what == UNIT else OWN


def single(term: Term, subject: Subject) -> Count:
    """The count that one term makes."""
    return Count(term.value, *multiple(unit_of(term), subject))


def machine_count(terms: list[Term], subject: Subject) -> Count:
    """The count where the text names a machine, a cloud instance or a slice."""
    size = subject.machine or 1.0
    terms = [term for term in terms if not _describes(term, subject, size)]
    own = [term for term in terms if term.what == HOLDER or (term.what == OWN and term.word in subject.machines)]
    inner = [term for term in terms if term not in own]
    named = _named_units(inner, subject, size)
    inner = [term for term in inner if term not in named]
    own.extend(named)
    machines = _machines(own)
    inner = _of_all(inner, subject, size) if machines is None else inner
    for term in inner:
        chips = chips_of(term, subject)
        if term.per or chips == size:
            if term.per and chips != size and not subject.exact:
                return Count(term.value * machines if machines else term.value, chips / term.value, stated=True)
            if chips != size:
                raise CountError(f"{term.value:g} {term.word}s do not make the {size:g} chips of the slice")
            if machines is None and term.strong and not subject.exact:
                return Count(term.value, chips / term.value, stated=True)
        elif chips == size * (machines or 1) * subject.chip.dies:
            return Count(machines, size, stated=True)  # the GPUs of a machine of two-GPU cards
        elif chips != size * (machines or 1):
            return _in_part(term, chips, machines, subject)
    return Count(machines, size, stated=True)


def _describes(term: Term, subject: Subject, size: float) -> bool:
    """Whether a number of nodes says what the machine is: 64-node of one with 64 chips, the 16 hosts of v5e-64."""
    if term.what != HOLDER:
        return False
    return (term.compound and term.value == size) or (
        subject.exact and term.aside and term.word in ("host", "vm", "worker") and size / term.value in IN_A_NODE)


def _of_all(inner: list[Term], subject: Subject, size: float) -> list[Term]:
    """Of the chips in each machine and the chips in all, the latter: 'DGX-1 with 8 GPUs, 64 GPUs in all'."""
    counts = {round(chips_of(term, subject), 6) for term in inner if not term.per}
    if len(counts) < 2:
        return inner
    most = max(counts)
    if len(counts) > 2 or min(counts) != size or most % size:
        raise CountError("the numbers of chips do not agree")
    return [term for term in inner if not term.per and round(chips_of(term, subject), 6) == most]


def _named_units(inner: list[Term], subject: Subject, size: float) -> list[Term]:
    """Counts of the machine itself by another name: the pods of '2 TPU v3 pods', the boards of '2 v3-8 boards'."""
    found = []
    for term in inner:
        same = subject.chip.units.get(term.word)
        vague = subject.exact and term.word == "device" and term.value != size
        if vague or term.word in ("pod", "them") or (same is not None and same == size and same > 1):
            found.append(term)
    return found


def _machines(own: list[Term]) -> float | None:
    strong = [term.value for term in own if term.strong] or [term.value for term in own]
    if not strong:
        return None
    if len(strong) > 1 and any(term.what == HOLDER for term in own) and 1 not in strong:
        values = {term.value for term in own if term.strong}
        if len(values) > 1:
            raise CountError("the numbers of machines do not agree")
    return max(strong)


def _in_part(term: Term, chips: float, machines: float | None, subject: Subject) -> Count:
    """Chips counted on machines that are used in part, or whose number the text leaves out."""
    if subject.exact:
        raise CountError(f"{term.value:g} {term.word}s and the slice's name count different numbers of chips")
    whole = (subject.machine or 1.0) * (machines or 1.0)
    if machines is not None and machines > 1 and chips > whole:
        raise CountError("the numbers of machines and of chips do not agree")
    return Count(term.value, chips / term.value, stated=True)


#: More cores than any chip has parts that are counted as chips.
_MANY_CORES = 128
_WHOLE = frozenset(("board", "card", "chip", OWN))


def counting(terms: list[Term], subject: Subject) -> list[Term]:
    """The terms that count chips or what holds them."""
    if len(terms) < 2 and not any(term.word in ("core", "cpu") for term in terms):
        return terms
    chip = subject.chip
    if chip.kind != "cpu":
        terms = [term for term in terms if term.word != "cpu"]
    if "core" not in chip.units:
        terms = [term for term in terms if term.word != "core" or _shares(term, terms, subject)]
    return _parts(terms, subject) if chip.dies > 1 else terms


def _shares(term: Term, terms: list[Term], subject: Subject) -> bool:
    """Whether a number of cores may be meant as a share of the chip, which nobody can turn into chips."""
    if subject.chip.kind in ("cpu", "soc"):
        return not term.compound
    return term.value <= _MANY_CORES and not any(other.strong and other is not term for other in terms)


def _parts(terms: list[Term], subject: Subject) -> list[Term]:
    """Where cards and GPUs are both counted, the GPUs are the parts of the cards."""
    found: list[Term] = []
    for term in terms:
        whole = any(other is not term and _names(other) in _WHOLE for other in terms if other.what != HOLDER)
        if not whole or term.word not in ("gpu", "die", "gcd") or term.what == HOLDER:
            found.append(term)
        elif term.value != subject.chip.dies or not term.strong or not _strong(terms, term):
            found.append(replace(term, word="die") if "die" in subject.chip.units else term)
    return found


def _strong(terms: list[Term], term: Term) -> bool:
    """Whether another number counts the cards, so that this one can only describe them: 'dual-GPU'."""
    return any(other.strong and other is not term for other in terms if other.what != HOLDER)


def _names(term: Term) -> str:
    return OWN if term.what == OWN else term.word


#: Items that describe a chip and count nothing.
_DESCRIBES: Final = frozenset((BRAND, FORM, GENERATION, HARMLESS, MEMORY, SIZE, CLOUD, MODIFIER, STRANGE))
_PARTS: Final = {"half": 0.5, "quarter": 0.25}


def count(items: Sequence[Item], gaps: Sequence[str], subject: Subject) -> Count:
    """The chips that the items count; CountError says why they do not."""
    kinds = {item.kind for item in items}
    if STRANGE in kinds and any(item.word == MIG for item in items):
        raise CountError("a MIG slice is a part of a chip: write how many chips there are")
    shared = not kinds.isdisjoint((EACH, PER))
    sequence = [item for at, item in enumerate(items)
                if item.kind not in _DESCRIBES and not (shared and of_memory(items, at))]
    if some_holders(sequence):
        return Count(None, multiple(OWN, subject)[0], stated=True, note=_IN_EACH)
    sequence = without_wholes(sequence, gaps)
    terms, loose = counted_terms(sequence, gaps)
    if shared:
        mark_per(sequence, terms, gaps)
    if loose:
        check_loose(sequence, loose, terms, gaps)
    terms = counting(terms, subject)
    if subject.machine is not None:
        counted = machine_count(terms, subject)
    elif len(terms) == 1 and terms[0].what != HOLDER and not terms[0].per:
        counted = single(terms[0], subject)
    else:
        counted = _chip_count(sequence, terms, subject, gaps)
    if PART not in kinds:
        return counted
    part = next(_PARTS[item.word] for item in items if item.kind == PART)
    return Count(counted.units, counted.chips_per_unit * part, stated=True, note=counted.note)


def _chip_count(sequence: Sequence[Item], terms: list[Term], subject: Subject, gaps: Sequence[str]) -> Count:
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
    return _of_inner(sequence, inner, holders, subject, gaps)


def _of_inner(sequence: Sequence[Item], inner: list[Term], holders: list[Term], subject: Subject,
              gaps: Sequence[str]) -> Count:
    """The count of chips and their parts, in each holder or in all."""
    held = _times(holders)
    per = [term for term in inner if term.per]
    plain = [term for term in inner if not term.per]
    if per and not holders and not plain:
        return Count(None, multiple(per[0].word if per[0].what == UNIT else OWN, subject)[0], stated=True,
                     note=_IN_EACH)
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
    return _agreeing(plain, subject) if not holders else _held(sequence, plain, holders, subject, gaps)


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


def _held(sequence: Sequence[Item], plain: list[Term], holders: list[Term], subject: Subject,
          gaps: Sequence[str]) -> Count:
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
    if holders[0].at < plain[0].at and (LIST in words or "(" in gaps[sequence[plain[0].at].at]
                                        or any("(" in gaps[item.at] for item in between)) and not (
            fits_in(plain[0].value, held, holders)) and plain[0].value / held in IN_A_NODE:
        return _agreeing(plain, subject)  # '16 nodes (128 A100 GPUs)'
    if TIMES in words:
        return _agreeing([_scaled(plain[0], held)], subject)
    if holders[0].at > plain[0].at:
        return _on_nodes(sequence, plain, held, subject)
    if words & HOLDS and fits_in(plain[0].value, held, holders):
        return _agreeing([_scaled(plain[0], held)], subject)
    if words & HOLDS and plain[0].value / held in IN_A_NODE:
        return _agreeing(plain, subject)  # '128 servers with 1,024 GPUs'
    raise CountError("the text does not say whether that is the number of chips in each or in all")


def _on_nodes(sequence: Sequence[Item], plain: list[Term], held: float, subject: Subject) -> Count:
    """Chips in all on the nodes named behind them, '64 H100 (8 nodes)'; maybe of each, where a node can have them."""
    found, large = _agreeing(plain, subject), any(item.word in LARGE for item in sequence)
    if plain[0].value < held and not large:
        raise CountError("the text does not say whether that is the number of chips in each or in all")
    if found.chips > IN_A_NODE[-2] or large or any(item.word in SPREADS for item in sequence):
        return found
    return found._replace(times=held, note=f"all chips may be meant, or those of each of {held:g} nodes")


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
    return prod((term.value for term in terms), start=1.0)
