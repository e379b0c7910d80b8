"""How many chips a text counts that names a machine, a cloud instance, a pod or a slice."""

from __future__ import annotations

from computeest.hardware.subject import Count, Subject, chips_of
from computeest.hardware.terms import OWN, CountError, Term
from computeest.hardware.words import HOLDER


def machine_count(terms: list[Term], subject: Subject) -> Count:
    """The count where the text names a machine, a cloud instance or a slice."""
    size = subject.machine or 1.0
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
        elif chips != size * (machines or 1):
            return _in_part(term, chips, machines, subject)
    return Count(machines, size, stated=True)


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
        if vague or term.word == "pod" or (same is not None and same == size and same > 1):
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
