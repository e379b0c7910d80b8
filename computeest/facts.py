"""What was looked up for a run: its chip and its network."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from computeest.contract import Network


@dataclass(frozen=True, slots=True)
class ChipFact:
    """One chip text of one date and number format, looked up."""

    text: str
    #: Why there is no chip, as a sentence, and what might have been meant; None where one was found.
    refusal: str | None
    suggestions: tuple[str, ...] = ()
    chip: str = ""
    name: str = ""
    #: Chips that one of the units named is: 0.5 for a TPU core, 8 for a DGX.
    chips_per_unit: float = 1.0
    #: Chips that the text itself counts, NaN where it counts none.
    chips: float = math.nan
    #: The number in a slice's name, 1024 of v3-1024; NaN for all else.
    slice: float = math.nan
    #: Chips whose time an accelerator-hour of the text is: 0.5 for a GCD, but 1 for a DGX, whose GPUs have GPU-hours.
    chips_timed: float = 1.0
    ambiguous: str = ""
    alternatives: tuple[str, ...] = ()
    #: Dense peak, FLOP/s for each chip; NaN where it has none to train with, and why.
    peak: float = math.nan
    peak_sigma: float = 0.0
    no_peak: str = ""
    #: How many times the chip's single-precision rate the peak is, where nobody stated a format; else 1.
    format_gap: float = 1.0
    number_format: str = ""
    format_assumed: bool = False
    source: str = ""
    note: str = ""
    flag: str = ""
    power: float = math.nan
    chips_per_core: float = math.nan
    announced: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class NetworkFact:
    """One architecture, counted."""

    family: str
    example: str
    source: str
    network: Network | None
    forward_flop: float
    #: NaN where the family's data has no tokens, or its network no such number.
    forward_flop_per_token: float = math.nan
    parameters: float = math.nan
    active_parameters: float = math.nan
    trainable_parameters: float = math.nan
    #: Exact, and given only where part of the network's work is frozen: the usual ratio is that of one trained whole.
    backward_ratio: float = math.nan
    #: What is wrong with the architecture, as a sentence.
    error: str = ""
