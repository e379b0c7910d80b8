"""What is counted: a chip, its parts, and the machine or slice it is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from computeest.hardware.chip import Chip
from computeest.hardware.terms import OWN, CountError, Term
from computeest.hardware.words import UNIT

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
    #: Whether the number is only the most or the least there were.
    bound: bool = False

    @property
    def chips(self) -> float:
        """Chips in all."""
        return self.chips_per_unit if self.units is None else self.units * self.chips_per_unit


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


def multiple(word: str, subject: Subject) -> tuple[float, bool]:
    """How many chips a counted noun is, and whether it leaves no doubt."""
    chip = subject.chip
    if word == OWN:
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
