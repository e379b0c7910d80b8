"""What the chip's name means for a run: its peak in the number format used, and how many chips were counted."""

from __future__ import annotations

import datetime
import math
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from computeest.facts import chips_named
from computeest.facts.chips_named import MOST_IN_A_NODE
from computeest.facts.lookup import Floats, Lookup, distinct
from computeest.facts.spec import ChipFact, Spec
from computeest.problems import facts as wrong
from computeest.problems.kind import Code
from computeest.problems.records import CHIPS_OR_CORES_OF_SLICE, CHIPS_OR_OF_EACH_NODE, HOURS_OF_ONE_OR_ALL
from computeest.schema.cells import Cell
from computeest.text import bounds
from computeest.text.chip_words import HOLDERS
from computeest.text.numbers import NINETY
from computeest.text.suggest import closest

if TYPE_CHECKING:
    from computeest.hardware import Chip, Database, Match, Peak, Refusal

#: The share of the spread between a TPU, its cores and its boards that stays where the text names just the TPU: its
#: makers and papers count chips since v4, and cores of v2 and v3 are said to be cores.
OTHER_UNIT = 0.2

#: The chips of a superchip or a card of two, which are none of a node: nodes have more of them.
_MOST_BESIDE = 2

_SLICE = re.compile(r"(?:v|tpu)\d+[a-z]*-(\d+)", re.IGNORECASE)


def as_found(fact: ChipFact) -> ChipFact:
    """A chip as the database has it."""
    return fact


def fill(spec: Spec, load: Callable[[], Database], revised: Callable[[ChipFact], ChipFact] = as_found) -> None:
    """Look up every distinct chip and fill peaks and counts; what cannot be found becomes a problem of its row.

    `revised` is where a table's conventions say more of a chip than its name does. Several chips in one text are taken
    to have run side by side.
    """
    if spec.time_of or spec.count_of or spec.header_of:
        chips_named.elsewhere(spec, load())
    if "chip" not in spec.words:
        if spec.time_of:
            chips_named.times(spec, load())
        chips_named.counts(spec)
        _hours_used(spec)
        return
    database = load()
    texts, formats = spec.kinds("chip"), spec.kinds("number_format")
    # most names mean the same at any date, and then the date is no part of the key; else the era of its text is: with
    # eras that all texts share, a tenth of a table's time went into looking up the same chips again
    turns = [_remembered(database, ("turns", text), partial(_turns, database, text)) for text in texts.facts]
    era = _eras(spec, texts, turns)
    named = np.where(texts.codes < 0, -1, formats.codes) if formats.facts and spec.size > 1 else formats.codes
    first, inverse = distinct(texts.codes, named, era)
    keys = [(texts.at(row), formats.at(row), None if era[row] < 0 else (turns[texts.codes[row]] or ())[era[row]])
            for row in first.tolist()]
    found = Lookup.of((key if key[0] is not None else None for key in keys),
                      lambda key: _remembered(database, key, partial(_looked_up, database, *key)))
    # most names mean the same in every era: a piece of a table has tens of facts then, and not a thousand
    same = Lookup(found.codes[inverse], found.facts).shared()
    spec.chips = Lookup(same.codes, tuple(map(revised, same.facts)))
    if spec.header_of:
        chips_named.headers(spec, database)
    if spec.time_of:
        chips_named.times(spec, database)
    chips_named.of_others(spec, database)
    chips_named.lines(spec)
    _apply(spec)
    chips_named.counts(spec)


#: Answers that a database remembers of chips that were looked up.
_MOST_REMEMBERED = 65_536


def _remembered(database: Database, key: tuple[Any, ...], look: Callable[[], Any]) -> Any:
    """What was found before; as long as the database, for one with overlays of the user's own may be one of many."""
    known = database.remembered
    if key not in known:
        if len(known) >= _MOST_REMEMBERED:
            known.clear()
        known[key] = look()
    return known[key]


def _turns(database: Database, text: str) -> tuple[datetime.date, ...] | None:
    """The days on which what a text means may change, after the first of all; None where it never does."""
    if not getattr(_found(database, text, None), "ambiguous", "hz" in text.lower()):
        return None
    # of a processor that its cores and clock describe, the year counts
    return datetime.date.min, *database.turns("" if "hz" in text.lower() else text)


def _found(database: Database, text: str, published: datetime.date | None) -> Match | Refusal:
    """What a text means on that date: asked for once to know when that changes, and for each format again."""
    found: Match | Refusal = _remembered(database, ("found", text, published), partial(database.find, text, published))
    return found


def _eras(spec: Spec, texts: Lookup[str], turns: Sequence[Sequence[datetime.date] | None]) -> NDArray[np.intp]:
    """For each row which of the turns of its text was the last before its date, -1 where the date says nothing."""
    if all(each is None for each in turns):
        return Lookup.nothing(spec.size).codes
    found = np.full(spec.size, -1, dtype=np.intp)
    days, of_text = spec.days("published"), {text: each for text, each in zip(texts.facts, turns, strict=True) if each}
    for text, rows in texts.by_fact():
        if text in of_text:
            there = days[rows]
            if len(rows) == 1:  # 1 % of an estimate
                day = there.item()
                found[rows] = -1 if math.isnan(day) else bisect_right(
                    of_text[text], day, key=datetime.date.toordinal) - 1
            else:
                ends = [day.toordinal() for day in of_text[text]]
                found[rows] = np.where(np.isnan(there), -1, np.searchsorted(ends, there, side="right") - 1)
    return found


def _looked_up(database: Database, text: str, number_format: str | None, era: datetime.date | None) -> ChipFact:
    found = look_up(database, text, number_format, era)
    if found.refusal is not None:
        found = mixture(database, text, number_format, era) or _described(text, number_format, era) or found
    return _one_object(found)


@lru_cache(maxsize=65_536)
def _one_object(fact: ChipFact) -> ChipFact:
    """The first of equal facts."""
    return fact


def _described(text: str, number_format: str | None, era: datetime.date | None) -> ChipFact | None:
    """A processor of no known model, from the cores and the clock that its text states."""
    if "hz" not in text.lower():
        return None
    from computeest.facts import unknown_cpu  # which few papers have

    return unknown_cpu.read(text, number_format, era)


def mixture(database: Database, text: str, number_format: str | None,
            published: datetime.date | None) -> ChipFact | None:
    """Several chips in one text as one of a middle peak; None where the text does not list chips that train.

    Weighted by their numbers where the text says them; else the geometric mean, as uncertain as the peaks are apart.
    """
    from computeest.hardware import Peak, Refusal

    matches = database.find_all(text, published)
    if isinstance(matches, Refusal) or len(matches) < 2 or any(match.times != 1 for match in matches):
        return None
    matches = database.accelerators(matches)
    asked = [(match, database.peak(match.chip, number_format), database.peak(match.chip, None)) for match in matches]
    known = [(match, peak if isinstance(peak, Peak) else usual) for match, peak, usual in asked]
    pairs = [(match, peak) for match, peak in known if isinstance(peak, Peak)]
    if not pairs:
        return None
    counted = len(pairs) == len(matches) and all(match.count is not None for match in matches)
    weights = np.array([match.chips if counted else 1.0 for match, _ in pairs])
    peaks = np.array([peak.value for _, peak in pairs])
    middle = np.average(peaks, weights=weights) if counted else np.exp(np.log(peaks).mean())
    names = " and ".join(dict.fromkeys(database.chip(match.chip).name for match in matches))
    return ChipFact(
        text, None, chip="+".join(dict.fromkeys(match.chip for match in matches)), name=names,
        unknown=", ".join(match.unknown for match in matches if match.unknown),
        chips=float(weights.sum()) if counted else math.nan, peak=float(middle),
        peak_sigma=0.0 if counted else float(np.log(peaks.max() / peaks.min())) / (2 * NINETY),
        mixed=f"{names} are taken to have run side by side for all the time"
        + ("" if counted else ", in shares that are not said: a middle peak is taken")
        + "; if not, write each as a run of its own",
        number_format=pairs[0][1].format, format_assumed=any(peak.assumed for _, peak in pairs),
        source="; ".join(dict.fromkeys(peak.source for _, peak in pairs)))


def _of_generation(database: Database, text: str) -> tuple[str, ...]:
    """The fastest chips of the generation that a text names in place of a chip: 'Hopper GPUs'."""
    return database.of_generations({word.strip("(),.").lower() for word in text.split()})[:4]


def look_up(database: Database, text: str, number_format: str | None, published: datetime.date | None) -> ChipFact:
    """What the text means on that date, and the peak in that format (the chip's usual one where none is stated)."""
    from computeest.hardware import Refusal

    match = _found(database, text, published)
    if isinstance(match, Refusal):
        return ChipFact(text, match.fault, tuple(match.suggestions) or _of_generation(database, text))
    chip = database.chip(match.chip)
    peak = database.peak(match.chip, number_format)
    sliced = _SLICE.search(text)
    common: dict[str, Any] = {
        "chip": match.chip, "name": chip.name, "chips_per_unit": match.chips_per_unit,
        **_counted(text, match),
        "slice": float(sliced[1]) if sliced and match.chips_per_unit > 1 else math.nan,
        "chips_timed": match.chips_per_unit if _is_device(match, chip, sliced is not None) else 1.0,
        "alternatives": match.alternatives,
        "ambiguous": match.why if match.ambiguous else "", "unknown": match.unknown,
        "announced": chip.announced or chip.released,
        "power": chip.tdp if chip.tdp is not None else math.nan,
        "node_power": chip.node_power if chip.node_power is not None else math.nan,
        "node_power_sigma": chip.node_power_sigma, "node_power_estimated": chip.node_power_estimated,
        "node_power_source": chip.sources[chip.facts["node-power"]["source"]].title if chip.node_power else "",
        "chips_per_core": chip.units.get("core", math.nan),
    }
    if isinstance(peak, Refusal):
        return ChipFact(text, None, no_peak=peak.reason, **common)
    low, high = match.peak_low or peak.value, match.peak_high or peak.value
    several = match.ambiguous and 0 < low < high
    sigma = math.log(high / low) / (2 * NINETY) if several else 0.0
    whole = None
    if several and not match.alternatives:
        # the chip is known, and nothing says whether it is counted, or a part of it: the interval spans both
        whole, sigma = (None, sigma * OTHER_UNIT) if chip.kind == "tpu" else (chip.training_peak, 0.0)
    least, most = (low / whole, high / whole) if whole else (1.0, 1.0)
    return ChipFact(text, None, peak=peak.value, peak_sigma=sigma, peak_least=least, peak_most=most,
                    format_gap=_format_gap(chip, peak),
                    tf32="tf32" in chip.peaks, number_format=peak.format, format_assumed=peak.assumed,
                    source=peak.source, note=peak.note or "", flag=peak.flag or "", **common)


def _counted(text: str, match: Match) -> dict[str, Any]:
    """How many chips a text counts: of a bound, the middle of what it leaves open."""
    if match.count is None:
        held = HOLDERS & {word.removesuffix("s") for word in text.lower().split()}
        vague = None if held else bounds.vague_count(text)
        if vague is None:
            return {"chips": math.nan}
        (low, high), kind = vague, bounds.VAGUE
    else:
        bound = bounds.of_count(text, match.count)
        if bound is None:
            return {"chips": match.chips, "chips_times": match.times}
        low, high, kind = bound[0].low, bound[0].high, bound[0].kind
    return {"chips": match.chips * math.sqrt(low * high), "chips_bound": kind,
            "chips_sigma": math.log(high / low) / (2 * NINETY)}


def _is_device(match: Match, chip: Chip, sliced: bool) -> bool:
    """Whether what is counted is what accelerator time is counted in: a part of a chip, or a Cloud TPU of four."""
    return match.chips_per_unit < 1 or (chip.kind == "tpu" and match.chips_per_unit == 4 and not sliced)


def _format_gap(chip: Chip, peak: Peak) -> float:
    """Peak over single-precision rate where the format is assumed: the run may have used single precision."""
    single = chip.peaks.get("tf32") or chip.peaks.get("fp32")
    if not peak.assumed or single is None or chip.kind == "tpu":
        return 1.0
    return max(1.0, peak.value / single.value)


def _formats(spec: Spec, found: NDArray[np.bool_], given_peak: Floats) -> None:
    """The other readings of peaks: of a part of what is named, and of single precision where no format is stated.

    Since Ampere that is TF32, which the libraries take for convolutions and not for the products of language models.
    """
    if not any(fact.format_gap > 1 or fact.peak_least < 1 or fact.peak_most > 1 for fact in spec.chips.facts):
        return
    looked_up, gap = found & np.isnan(given_peak), spec.chips.column("format_gap")
    tf32 = spec.chips.marked(lambda fact: fact.tf32)
    language = spec.kinds("domain").marked(lambda text: "language" in str(text).lower())
    for name in ("tokens", "tokens_seen"):
        if name in spec.numbers:
            language |= ~np.isnan(spec.numbers[name])
    with np.errstate(invalid="ignore"):
        single = np.where(looked_up & (gap > 1) & ~(tf32 & language), gap, 1.0)
    least, most = spec.chips.column("peak_least"), spec.chips.column("peak_most")
    open_ = looked_up & ((single > 1) | (least < 1) | (most > 1))
    if open_.any():
        peak = spec.column("peak")
        spec.alternatives["peak"] = (np.where(open_, peak * least / single, np.nan),
                                     np.where(open_, peak * most, np.nan))


def _apply(spec: Spec) -> None:
    chips, given_peak = spec.chips, spec.column("peak")
    refused = chips.marked(lambda fact: fact.refusal is not None, otherwise=True)
    # with the peak stated, a chip's name is only a name
    if any(fact.refusal is not None for fact in chips.facts):
        for row in np.flatnonzero(refused & (chips.codes >= 0) & np.isnan(given_peak)).tolist():
            fact = chips.facts[chips.codes[row]]
            if fact.refusal is not None:
                expected = closest(fact.suggestions) or "see `computeest hardware list`"
                spec.problem(row, "chip", fact.refusal.expecting(expected))
    found, each, peak = ~refused, chips.column("chips_per_unit"), chips.column("peak")
    per_unit = _per_unit(each, peak, given_peak) if "peak" in spec.numbers else each
    _count(spec, found, per_unit)
    _time(spec, found, per_unit, each)
    _hours_used(spec)
    spec.fill("peak", peak, found, chips.column("peak_sigma"))
    _formats(spec, found, given_peak)
    spec.fill("chip_power", chips.column("power"), found)
    spec.fill("chips_per_core", chips.column("chips_per_core"), found)


def _per_unit(per_unit: Floats, peak: Floats, given_peak: Floats) -> Floats:
    """Chips in what each run counts; 1 where a stated peak is plainly that of the unit counted, not of the chip."""
    with np.errstate(all="ignore"):
        of_chip = np.abs(np.log(given_peak / peak))
        of_unit = np.abs(np.log(given_peak / (peak * per_unit)))
    return np.where(of_unit < of_chip, 1.0, per_unit)


def _count(spec: Spec, found: NDArray[np.bool_], per_unit: Floats) -> None:
    """The number of chips, where the chip's text counts them or names a part or a whole of several."""
    if all(fact.chips_per_unit == 1 and math.isnan(fact.chips) and math.isnan(fact.slice) for fact in spec.chips.facts):
        return  # as of most papers: 2 % of an estimate
    in_text = spec.chips.column("chips")
    given = spec.column("chips")
    counts = found & ~np.isnan(in_text) & np.isnan(spec.column("cores"))
    bounded = spec.chips.marked(lambda fact: fact.chips_bound)
    apart = counts & ~bounded & ~np.isnan(given) & (np.abs(given - in_text) > 1e-9 * in_text)
    apart &= given != in_text * spec.chips.column("chips_times")
    for row in np.flatnonzero(apart):
        fact = spec.chips.facts[spec.chips.codes[row]]
        spec.problem(int(row), "chips", wrong.CHIPS_CONTRADICT(text=fact.text, counted=in_text[row], stated=given[row]))
    spec.fill("chips", in_text, counts, spec.chips.column("chips_sigma"))
    for at in np.flatnonzero(counts & bounded & np.isnan(given)).tolist():
        fact = spec.chips.facts[spec.chips.codes[at]]
        spec.note(at, Cell("chips", fact.chips, fact.chips_sigma, fact.text, bound=fact.chips_bound))
    named = spec.chips.column("slice")
    # 'chips: 512' of a v3-1024 are its chips, and 'chips: 1024' are its cores: neither are so many slices
    whole = (per_unit > 1) & ((given == per_unit) | (given == named) | (np.isnan(given) & ~np.isnan(named)))
    whole &= found & np.isnan(in_text) & np.isnan(spec.column("cores")) & np.isnan(spec.column("chip_time"))
    nodes = spec.column("nodes")
    of_nodes = found & np.isnan(in_text) & (per_unit > _MOST_BESIDE) & (per_unit <= MOST_IN_A_NODE) & np.isnan(named)
    # four nodes, each one of the machine that the chip's text names; 32 chips beside them are no machines
    spec.fill("chips_per_node", per_unit, of_nodes & ~np.isnan(nodes) & np.isnan(given))
    scaled = found & np.isnan(in_text) & (per_unit != 1.0) & ~whole & ~(of_nodes & (given == nodes * per_unit))
    if whole.any() or (scaled.any() and "chips" in spec.numbers):
        spec.numbers["chips"] = np.where(whole, per_unit, np.where(scaled, given * per_unit, spec.column("chips")))
    _left_open(spec, whole & (given == named) & (named != per_unit), per_unit, named, CHIPS_OR_CORES_OF_SLICE)
    times = spec.chips.column("chips_times")
    _left_open(spec, counts & np.isnan(given) & np.isnan(nodes) & (times > 1), in_text, in_text * times,
               CHIPS_OR_OF_EACH_NODE)


def _left_open(spec: Spec, there: NDArray[np.bool_], taken: Floats, most: Floats, code: Code) -> None:
    """A number of chips that may be `most`: cores of a slice, or chips that the text may mean for each node."""
    if not there.any():
        return
    low, high = spec.alternatives.get("chips", (np.nan, np.nan))
    spec.alternatives["chips"] = np.where(there, taken, low), np.where(there, most, high)
    for row in np.flatnonzero(there).tolist():
        fact = spec.chips.facts[spec.chips.codes[row]]
        spec.readings.append((row, code.says(text=fact.text, chips=taken[row], nodes=fact.chips_times, all=most[row])))


def _time(spec: Spec, found: NDArray[np.bool_], per_unit: Floats, each: Floats) -> None:
    """Accelerator time of the parts or devices that the chip's text names, as the chips'."""
    if "chip_time" not in spec.numbers:
        return
    timed = spec.chips.column("chips_timed")
    scaled = found & (per_unit == each) & np.isnan(spec.chips.column("chips")) & (timed != 1.0)
    if scaled.any():
        spec.numbers["chip_time"] = np.where(scaled, spec.numbers["chip_time"] * timed, spec.numbers["chip_time"])


def _hours_used(spec: Spec) -> None:
    """Hours of a model card as accelerator time: those of one chip, or up to that of all that are counted.

    The template says 'Hours used' and no more; with 8 chips and 90 hours, 90 to 720 GPU-hours may be meant.
    """
    if "hours_used" not in spec.numbers:
        return
    hours, chips = spec.column("hours_used"), spec.column("chips")
    chips = np.where(np.isnan(chips), spec.column("nodes") * spec.column("chips_per_node"), chips)
    open_ = ~np.isnan(hours) & np.isnan(spec.column("chip_time")) & np.isnan(spec.column("time"))
    several = np.where(chips > 1, chips, 1.0)
    spec.fill("chip_time", hours * np.sqrt(several), open_, np.log(several) / (2 * NINETY))
    for row in np.flatnonzero(open_ & (several > 1)).tolist():
        spec.readings.append((row, HOURS_OF_ONE_OR_ALL.says(hours=hours[row] / 3600, chips=chips[row])))
