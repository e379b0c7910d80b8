"""A cell of time as chips and the time that they ran: '2048 A100s for 21 days', '1,000 DGX-A100 hours', '72:30:00'."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from computeest.problems import CellError
from computeest.problems import facts as wrong
from computeest.text import chip_words, fold, numbers, times, units
from computeest.text.number_words import foreign_in_digits, in_digits
from computeest.text.numbers import Quantity
from computeest.text.numerals import SCALES
from computeest.text.units import UnitError

COLUMNS = ("time", "chip_time", "core_time", "time_per_epoch", "time_per_step", "chip_time_per_token",
           "chip_time_per_epoch", "chip_time_each", "hours_used")
#: Times of all chips together, in words behind them: '145,152 hours (cumulative)'.
_TOGETHER = re.compile(r"\s*[(\[]?\b(?:cumulative(?:ly)?|aggregate[d]?|summed(?: over \w+)?|in aggregate|across all "
                       r"(?:GPUs|chips|devices|accelerators))\b[)\]]?\s*", re.IGNORECASE)
#: '1344 hours x 8' and '8 x 1344 hours' may be of eight chips or of eight runs.
_TIMES = re.compile(r"[A-Za-z]\s*[x×*]\s*\d[\d.,]*\s*$|^[~≈]?\s*\d[\d.,]*\s*[x×*]\s*\d")


#: '500 A100h': what ran and how long, in one word.
_RUN_TOGETHER = re.compile(r"\b([A-Z]{1,4}\d{2,4})(h|hrs?|hours?)\b")
#: '180K GPU hours per trillion tokens' are so many for each token.
_PER_MANY = re.compile(r"(?:\bper|/|\bfor\s+(?:each|every))\s*(?:1\s*)?"
                       r"(?P<scale>thousand|million|billion|trillion|[KMBT])[\s-]*"
                       r"(?=(?:tokens?|samples?|examples?|images?|steps?|iterations?)\b)", re.IGNORECASE)
#: '10 GPU days per fold x 5', '10 GPU days x 5 folds' and '5 folds x 10 GPU days' are those of all folds.
_OF_ALL_FOLDS = re.compile(r"\s*(?:\bper|/)\s*fold\b(?=\s*[x×*]\s*\d)"
                           r"|(?:(?<=[x×*]\s\d)|(?<=[x×*]\s\d\d))\s*folds?\s*$"
                           r"|(?:(?<=^\d)|(?<=^\d\d))\s*folds?(?=\s*[x×*])", re.IGNORECASE)


#: '3.5 days (per run)': a time is that of a run.
_PER_RUN = re.compile(r"\(?(?:\bper |/ ?)(?:training )?run\)?$", re.IGNORECASE)
#: '10.000 hours': three figures behind a point, the last two noughts, part thousands as likely as not.
_POINTED = re.compile(r"(?<![\w.,])[1-9]\d{0,2}\.\d00"
                      r"(?=\s*(?:[A-Za-z][\w.]*[\s-]){0,3}(?:h|hrs?|hours?|[GT]PU[- ]days?)\b)", re.IGNORECASE)

#: Between two groups of chips that each ran for a time: '512 A100s for 9 days and then 256 A100s for 3 days'.
_JOINS = r"and|then|plus|before|followed\s+by|after\s+which|after\s+that"
_AND_THEN = re.compile(rf"\s*(?:[,;+]|\b(?:{_JOINS})\b)(?:\s*\b(?:{_JOINS}|on|another|further|we|it|training|was|were|"
                       r"to|with|using|switch\w*|mov\w+|chang\w+|continu\w*|resum\w*)\b)*\s+"
                       r"(?=\d[\d.,]*\s+[A-Za-z][\w .-]{0,60}?\s+(?:for|over|during)\s+\S)", re.IGNORECASE)

#: One of them, by whatever words they are joined.
_GROUP = re.compile(r"(?<![\w.,])\d[\d.,]*\s+(?:[A-Za-z][\w.-]*\s+){0,6}?(?:for|over|during)\s+[\d.]+\s*"
                    r"(?:seconds?|minutes?|hours?|hrs?|h|days?|weeks?|months?|years?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Timed:
    """A time, and the name of the chip, the machine or the holder whose time it is."""

    quantity: Quantity
    name: str = ""
    #: How many chips or machines the cell says ran for that time; NaN where it does not.
    count: float = math.nan


#: How often a time may stand within another's, as in '4 x 240 A100-hours on 8 A100s'.
_DEEPEST = 2


def read(text: str, depth: int = 0) -> Timed:
    """What a cell of time says; UnitError and CellError say what cannot be read."""
    _not_pointed(text)
    if (usual := numbers.usual(text)) is not None:
        return Timed(usual)
    text = foreign_in_digits(numbers.in_one_spelling(_PER_RUN.sub("", text)))
    spelled = _RUN_TOGETHER.sub(r"\1 \2", in_digits(times.in_units(text)))
    spelled, folds = _OF_ALL_FOLDS.subn("", spelled)
    many = _PER_MANY.search(spelled)
    if many:
        found = read(f"{spelled[:many.start()]} per {spelled[many.end():]}", depth)
        scale = SCALES[many["scale"].lower()]
        return Timed(replace(found.quantity, value=found.quantity.value / scale), found.name)
    if depth < _DEEPEST and (groups := _AND_THEN.split(spelled))[1:]:
        return _together([next(filter(None, (_of_chips(*parts, depth) for parts in chip_words.for_time(group))), None)
                          for group in groups], text)
    if len(_GROUP.findall(spelled)) > 1:
        raise CellError(wrong.TIME_OF_SEVERAL_GROUPS(text=text.strip()))
    for parts in chip_words.for_time(spelled) if depth < _DEEPEST else ():
        if (of_chips := _of_chips(*parts, depth)) is not None:
            return of_chips
    together = _TOGETHER.search(spelled)
    spelled = _TOGETHER.sub(" ", spelled).strip() if together else spelled
    if (aside := chip_words.beside(spelled)) is not None:
        timed = read(aside[0], depth)
        return replace(timed, name=timed.name or aside[1])
    name = chip_words.of_time(spelled)
    held = "" if name else chip_words.holder(spelled)
    bare = spelled.replace(name, "chip", 1) if name else re.sub(rf"(?i)\b{held}s?(?=[ -])", "chip", spelled, count=1) \
        if held else spelled
    found_ = numbers.read(bare, bounds=True)
    plain = found_.unit is not None and units.dimension(found_.unit) == units.dimension("second")
    if plain and not folds and _TIMES.search(spelled):
        raise CellError(wrong.TIME_OF_MANY(text=text.strip()))
    if together and found_.unit and plain:
        found_ = Quantity(found_.value, f"chip * {found_.unit}", found_.sigma, found_.bound)
    of_chips_ = found_.unit is not None and units.dimension(found_.unit).startswith(("[chip]", "[core]"))
    return Timed(found_, name or held or (chip_words.among(spelled) if of_chips_ else ""))


def _not_pointed(text: str) -> None:
    """CellError where a point may part the thousands of hours."""
    if "00" in text and (pointed := _POINTED.search(text)):
        raise CellError(wrong.POINT_BETWEEN_THOUSANDS(text=f"'{text.strip()}'", value=float(pointed[0]),
                                                      thousands=1000 * float(pointed[0])))


def _together(groups: Sequence[Timed | None], text: str) -> Timed:
    """The time of all groups of chips of one kind; CellError where one cannot be read or is of another kind."""
    known = [group for group in groups if group is not None]
    if len(known) < len(groups) or len({fold.letters(group.name) for group in known}) > 1:
        raise CellError(wrong.TIME_OF_SEVERAL_GROUPS(text=text.strip()))
    unit = str(known[0].quantity.unit)
    if len({units.dimension(str(group.quantity.unit)) for group in known}) > 1:
        raise CellError(wrong.TIME_OF_SEVERAL_GROUPS(text=text.strip()))
    times = [group.quantity.value * units.factor(str(group.quantity.unit), unit) for group in known]
    spread = math.hypot(*(time * group.quantity.sigma for time, group in zip(times, known, strict=True))) / sum(times)
    bound = next((group.quantity.bound for group in known if group.quantity.bound), "")
    return Timed(Quantity(sum(times), unit, spread, bound), known[0].name)


def _counted_beside(timed: Timed, chips: Quantity, known: str, count: str) -> Timed | None:
    """Accelerator time that says how many chips ran, which is that of all: '240 GPU hours on 8 A100'."""
    if known and (nodes := chip_words.on_nodes(count)) is not None:
        if math.isnan(timed.count) and (not timed.name or chip_words.within(timed.name, nodes[1])
                                        or chip_words.within(nodes[1], timed.name)):
            return Timed(timed.quantity, max(timed.name, nodes[1], key=len), nodes[0])
        return None
    same = not (timed.name and known) or chip_words.within(known, timed.name) or chip_words.within(timed.name, known)
    counted = known or (chips.unit is not None and units.dimension(chips.unit) == units.dimension("chip"))
    if not same or not counted or chip_words.of_holders(count, known) or not math.isnan(timed.count):
        return None
    return Timed(timed.quantity, max(timed.name, known, key=len), chips.value)


def _of_chips(count: str, name: str, time: str, depth: int) -> Timed | None:
    """Chips times the time that they ran; None where the words say something else."""
    known = chip_words.named(name)
    try:
        chips = numbers.read(count if known else chip_words.multiplied(f"{count} {name}"))
        timed = Timed(numbers.read(time, bounds=True)) if not chip_words.of_time(time) else read(time, depth + 1)
        ran = timed.quantity
        if ran.unit is None:
            return None
        if units.dimension(ran.unit) == units.dimension("chip * second"):
            return _counted_beside(timed, chips, known, count=f"{count} {name}")
        if units.dimension(ran.unit) != units.dimension("second"):
            return None
        if not known and (chips.unit is None or units.dimension(chips.unit) not in
                          (units.dimension("chip"), units.dimension("core"))):
            return None
    except (UnitError, CellError):
        return None
    if numbers.maybe_thousands(chips.value):
        raise CellError(wrong.POINT_BETWEEN_THOUSANDS(text=f"'{count.strip()}'", value=chips.value,
                                                      thousands=1000 * chips.value))
    if known and (held := chip_words.of_holders(count, name)):
        return Timed(replace(ran, unit=f"chip * {ran.unit}"), held, 1.0)  # the hardware's reader counts them
    unit = "core" if not known and chips.unit and units.dimension(chips.unit) == units.dimension("core") else "chip"
    if known and re.search(r"\bcores?$", name, re.IGNORECASE):
        unit, known = "core", known.removesuffix("cores").removesuffix("core").strip()
    return Timed(Quantity(chips.value * ran.value, f"{unit} * {ran.unit}", math.hypot(chips.sigma, ran.sigma),
                          ran.bound), known, chips.value if unit == "chip" else math.nan)
