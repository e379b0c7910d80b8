"""The answer to which chip a text means."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Match:
    """The chip that a text means, and how many of it."""

    #: The chip's id.
    chip: str
    #: Chips in one of the units the text counts: 1 for a card, 8 for a DGX-1, 0.5 for a TPU v3 core.
    chips_per_unit: float
    #: Units named in the text; None where it names no number.
    count: float | None
    #: Chips in all: count x chips_per_unit.
    chips: float
    #: Whether the text may mean another chip or unit, and that would matter.
    ambiguous: bool
    #: Ids of the other chips it may mean.
    alternatives: list[str]
    #: What was chosen, and why, where it was not plain; empty where it was.
    why: str
    #: Range of the training peak in FLOP/s per chip over what the text may mean; NaN for integer-only chips.
    peak_low: float
    peak_high: float
