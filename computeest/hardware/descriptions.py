"""Numbers that describe a chip and do not count it: dual-GPU boards, 28-core processors, the host's CPUs."""

from __future__ import annotations

from dataclasses import replace

from computeest.hardware.subject import Subject
from computeest.hardware.terms import OWN, Term
from computeest.hardware.words import HOLDER

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
