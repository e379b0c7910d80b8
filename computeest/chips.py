"""What the chip's name means for a run: its peak in the number format used, and how many chips were counted."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from computeest.problems import Problem
from computeest.quantity import NINETY

if TYPE_CHECKING:
    from computeest.hardware import Database
    from computeest.spec import Spec


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
    #: Chips that the text itself counts, or None.
    chips: float | None = None
    ambiguous: str = ""
    alternatives: tuple[str, ...] = ()
    #: Dense peak, FLOP/s for each chip; NaN where it has none to train with, and why.
    peak: float = math.nan
    peak_sigma: float = 0.0
    no_peak: str = ""
    number_format: str = ""
    format_assumed: bool = False
    source: str = ""
    note: str = ""
    flag: str = ""
    power: float = math.nan
    chips_per_core: float = math.nan
    announced: datetime.date | None = None


def fill(spec: Spec, load: Callable[[], Database]) -> None:
    """Look up every distinct chip and fill peaks and counts; what cannot be found becomes a problem of its row."""
    if "chip" not in spec.words:
        return
    database = load()
    known: dict[tuple[Any, ...], ChipFact] = {}
    for row in range(spec.size):
        text = spec.word("chip", row)
        if text is None:
            continue
        key = (text, spec.word("number_format", row), spec.word("published", row))
        if key not in known:
            known[key] = look_up(database, *key)
        spec.chips[row] = known[key]
        _apply(spec, row, known[key])


def look_up(database: Database, text: str, number_format: str | None, published: datetime.date | None) -> ChipFact:
    """What the text means on that date, and the peak in that format (the chip's usual one where none is stated)."""
    from computeest.hardware import Refusal

    match = database.find(text, published)
    if isinstance(match, Refusal):
        return ChipFact(text, match.reason, tuple(match.suggestions))
    chip = database.chip(match.chip)
    peak = database.peak(match.chip, number_format)
    common: dict[str, Any] = {
        "chip": match.chip, "name": chip.name, "chips_per_unit": match.chips_per_unit,
        "chips": match.chips if match.count is not None else None, "alternatives": tuple(match.alternatives),
        "ambiguous": match.why if match.ambiguous else "", "announced": chip.announced or chip.released,
        "power": chip.tdp if chip.tdp is not None else math.nan,
        "chips_per_core": chip.units.get("core", math.nan),
    }
    if isinstance(peak, Refusal):
        return ChipFact(text, None, no_peak=peak.reason, **common)
    low, high = match.peak_low or peak.value, match.peak_high or peak.value
    sigma = math.log(high / low) / (2 * NINETY) if match.ambiguous and 0 < low < high else 0.0
    return ChipFact(text, None, peak=peak.value, peak_sigma=sigma, number_format=peak.format,
                    format_assumed=peak.assumed, source=peak.source, note=peak.note or "", flag=peak.flag or "",
                    **common)


def _apply(spec: Spec, row: int, fact: ChipFact) -> None:
    given_peak = spec.get("peak", row)
    if fact.refusal is not None:
        if math.isnan(given_peak):  # with the peak stated, the chip's name is only a name
            expected = f"closest: {', '.join(repr(s) for s in fact.suggestions)}" if fact.suggestions else \
                "see `computeest hardware list`"
            _problem(spec, row, "chip", fact.refusal, expected)
        return
    _count(spec, row, fact, _per_unit(fact, given_peak))
    for column, value, sigma in (("peak", fact.peak, fact.peak_sigma), ("chip_power", fact.power, 0.0),
                                 ("chips_per_core", fact.chips_per_core, 0.0)):
        if math.isnan(spec.get(column, row)) and not math.isnan(value):
            spec.set(column, row, value, sigma)


def _count(spec: Spec, row: int, fact: ChipFact, per_unit: float) -> None:
    """The number of chips, where the chip's text counts them or names a part or a whole of several."""
    chips = spec.get("chips", row)
    if fact.chips is not None and math.isnan(spec.get("cores", row)):
        if math.isnan(chips):
            spec.set("chips", row, fact.chips)
        elif not math.isclose(chips, fact.chips, rel_tol=1e-9):
            _problem(spec, row, "chips", f"'{fact.text}' counts {fact.chips:g} chips, but chips says {chips:g}",
                     "one number of chips")
    elif per_unit != 1.0:
        for column in ("chips", "chip_time"):
            if not math.isnan(value := spec.get(column, row)):
                spec.set(column, row, value * per_unit)


def _per_unit(fact: ChipFact, given_peak: float) -> float:
    """Chips in what the run counts; 1 where a stated peak is plainly that of the unit counted, not of the chip."""
    if math.isnan(given_peak) or math.isnan(fact.peak):
        return fact.chips_per_unit
    of_chip = abs(math.log(given_peak / fact.peak))
    of_unit = abs(math.log(given_peak / (fact.peak * fact.chips_per_unit)))
    return fact.chips_per_unit if of_chip <= of_unit else 1.0


def _problem(spec: Spec, row: int, column: str, what: str, expected: str) -> None:
    line = spec.runs[row].cells[column].line if spec.runs and column in spec.runs[row].cells else 0
    spec.problems.append((row, Problem("", line, column, what, expected)))
