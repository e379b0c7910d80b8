"""Amounts of a note's arithmetic: what a product comes to with its units converted, and with them taken as words.

Analysts convert by hand ('80 hours * 3600 * 312e12 FLOP/s') or leave it to the reader ('80 hours * 312 TFLOP/s'), so
both readings travel through the arithmetic together, and the units decide in the end which one is meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from computeest.text.remembered import remembered
from computeest.text.units import LONGEST, UnitError, canonical, registry

#: Numbers that turn one unit of time into another.
CONVERSIONS = frozenset((60.0, 3600.0, 24.0, 86400.0, 604800.0, 31536000.0))
_COMPUTE = ("[flop]", "[mac]", "[op]")
_PREFIX = re.compile(r"(/\s*)?\b(kilo|mega|giga|tera|peta|exa|zetta|yotta)(?=FLOP|MAC|OP)")
_POWERS = {"kilo": 1e3, "mega": 1e6, "giga": 1e9, "tera": 1e12, "peta": 1e15, "exa": 1e18, "zetta": 1e21, "yotta": 1e24}
#: 'TFLOPS/s' is a rate once, not twice.
_TWICE = re.compile(r"(flop)s(?:s\b|\s*/\s*s(?:ec(?:ond)?)?\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unit:
    """What the words behind a number mean."""

    #: The factor to FLOP and seconds, and the part of it that is a prefix of FLOP.
    factor: float = 1.0
    prefix: float = 1.0
    #: Powers of compute and of time.
    compute: float = 0.0
    time: float = 0.0
    #: Whether the words hold a unit of anything else: tokens, bytes, dollars.
    other: bool = False


NO_UNIT = Unit()


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in its readings, with its dimension; a reading that cannot be is NaN."""

    #: With every unit converted to FLOP and seconds.
    converted: float
    #: With the prefixes of FLOP as factors and all other units as words.
    plain: float
    #: With all units, and the billion of '2213B', as words.
    bare: float
    compute: float = 0.0
    time: float = 0.0
    #: Whether a conversion of time units is among the factors, without a unit and with one.
    by_hand: bool = False
    with_units: bool = False
    #: The largest number among the factors.
    largest: float = 0.0

    @property
    def value(self) -> float:
        """The reading that the units and the conversions make likely."""
        if math.isnan(self.converted) or self.by_hand:
            return self.plain
        if (self.compute, self.time) in ((1.0, 0.0), (0.0, 1.0)):
            return self.converted
        single = (self.compute, self.time) == (1.0, 1.0)
        return self.converted if single and not self.with_units else self.plain

    @property
    def readings(self) -> tuple[float, ...]:
        """The value, then the other readings."""
        return tuple(dict.fromkeys(r for r in (self.value, self.converted, self.plain, self.bare) if not math.isnan(r)))


def number(value: float, unit: Unit, scale: float = 1.0) -> Amount:
    """A number with the unit behind it; `scale` is the million or billion within the value."""
    conversion = value in CONVERSIONS
    plain_word = unit == NO_UNIT
    return Amount(value * unit.factor, value * unit.prefix, value / scale, unit.compute, unit.time,
                  conversion and plain_word, conversion and unit.time != 0, value)


def with_unit(amount: Amount, unit: Unit) -> Amount:
    """An amount in brackets with a unit behind them."""
    return product(amount, number(1.0, unit)) if unit != NO_UNIT else amount


def product(left: Amount, right: Amount) -> Amount:
    """Both multiplied."""
    return _joined(left, right, lambda a, b: a * b, left.compute + right.compute, left.time + right.time)


def quotient(left: Amount, right: Amount) -> Amount:
    """The left by the right."""
    return _joined(left, right, lambda a, b: a / b, left.compute - right.compute, left.time - right.time)


def difference(left: Amount, right: Amount) -> Amount:
    """The right taken from the left."""
    return total(left, product(right, Amount(-1.0, -1.0, -1.0)))


def total(left: Amount, right: Amount) -> Amount:
    """Both added; amounts of different dimensions add up as words only."""
    known = left if (left.compute, left.time) != (0.0, 0.0) else right
    alike = (left.compute, left.time) == (right.compute, right.time) or (0.0, 0.0) in (
        (left.compute, left.time), (right.compute, right.time))
    found = _joined(left, right, lambda a, b: a + b, known.compute, known.time)
    return found if alike else Amount(math.nan, found.plain, found.bare, found.compute, found.time, found.by_hand,
                                      found.with_units, found.largest)


def power(left: Amount, right: Amount) -> Amount:
    """The left raised to the right; NaN beyond what a float64 holds."""
    exponent = right.plain
    return _joined(left, right, lambda a, _: math.pow(a, exponent), left.compute * exponent, left.time * exponent)


def root(amount: Amount, degree: int = 2) -> Amount:
    """The square root, or one of a higher degree."""
    return power(amount, Amount(1 / degree, 1 / degree, 1 / degree))


def _joined(left: Amount, right: Amount, operation: Callable[[float, float], float], compute: float,
            time: float) -> Amount:
    return Amount(_tried(operation, left.converted, right.converted), _tried(operation, left.plain, right.plain),
                  _tried(operation, left.bare, right.bare), round(compute, 6) if math.isfinite(compute) else 0.0,
                  round(time, 6) if math.isfinite(time) else 0.0, left.by_hand or right.by_hand,
                  left.with_units or right.with_units, max(left.largest, right.largest))


def _tried(operation: Callable[[float, float], float], left: float, right: float) -> float:
    try:
        found = operation(left, right)
    except (OverflowError, ZeroDivisionError, ValueError):
        return math.nan
    return found if math.isfinite(found) else math.nan


@remembered(16384)
def unit(text: str) -> Unit:
    """What the words behind a number say of its unit; words that are no units say nothing."""
    spelled = _TWICE.sub(r"\1/s", re.sub(r"\s+", " ", text).strip())
    if not spelled:
        return NO_UNIT
    whole = _meant(spelled) if len(spelled) <= LONGEST else None
    return whole or _word_by_word(spelled)


def _word_by_word(text: str) -> Unit:
    """The units among the words, divided by those behind 'per' or a slash."""
    found, sign = NO_UNIT, 1
    for word in re.findall(r"/|[^\W\d_][\w']*", text):
        if word in ("/", "per"):
            sign = -1
            continue
        meant = _meant(word) if len(word) > 1 or word in "sh" else None
        if meant is not None:
            found = Unit(found.factor * meant.factor**sign, found.prefix * meant.prefix**sign, found.compute
                         + sign * meant.compute, found.time + sign * meant.time, found.other or meant.other)
    return found


def _float(power: Any) -> float:
    return float(power)


@remembered(16384)
def _meant(text: str) -> Unit | None:
    try:
        known = canonical(text)
        if known == "dimensionless":
            return None
        parsed = registry().parse_units(known)
        dimensions = {name: _float(power) for name, power in registry().get_dimensionality(parsed).items()}
        factor = float(registry().Quantity(1.0, parsed).to_root_units().magnitude)
    except (UnitError, OverflowError):
        return None
    prefix = 1.0
    for match in _PREFIX.finditer(known):
        prefix *= _POWERS[match[2]] ** (-1 if match[1] else 1)
    compute = sum(dimensions.pop(name, 0.0) for name in _COMPUTE)
    time = dimensions.pop("[time]", 0.0)
    # an amount of anything else counts as it is written: tokens, words and bytes have no other unit in a note
    return Unit(factor if compute or time else 1.0, prefix, compute, time, bool(dimensions))
