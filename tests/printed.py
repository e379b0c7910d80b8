"""Numbers as publications print them, to a few digits."""

from __future__ import annotations

from decimal import Decimal

_POWERS = {"M": 6, "G": 9, "B": 9}


def met(ours: float, printed: str, tolerance: float) -> bool:
    """Whether a number is within the tolerance of a printed one such as '25.6M', or rounds to it."""
    power = _POWERS.get(printed[-1], 0)
    value = Decimal(printed.rstrip("MGB"))
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    half_unit = 0.5 * 10.0 ** (exponent + power)
    return abs(ours - float(value) * 10**power) <= max(tolerance * float(value) * 10**power, half_unit)
