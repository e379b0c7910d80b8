"""Numbers as people write them: 312 TFLOP/s, 300B tokens, 34 days, 3.1e+23 FLOP."""

from __future__ import annotations

from computeest import schema
from computeest.text import units

_COUNTS = ((1e12, "T"), (1e9, "B"), (1e6, "M"))
_RATES = ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"))
_TIMES = ((2 * 86400.0, 86400.0, "days"), (3600.0, 3600.0, "hours"), (60.0, 60.0, "minutes"), (0.0, 1.0, "seconds"))
#: Units of energy, money and gases, the unit in the size that people use, and how they write it.
_AMOUNTS = {"joule": ("megawatt_hour", "MWh"), "gram": ("tonne", "tCO2e"), "watt/chip": ("watt/chip", "W"),
            "gram/joule": ("gram/kilowatt_hour", "gCO2e/kWh"), "dollar/joule": ("dollar/kilowatt_hour", "USD/kWh"),
            "dollar/chip": ("dollar/chip", "USD"), "dollar": ("dollar", "USD")}


def amount(column: str, value: float) -> str:
    """A column's value with its unit, in the size people use."""
    field = schema.FIELDS.get(column)
    unit = field.unit if field is not None else "FLOP"
    if unit in (None, "dimensionless"):
        return f"{value:.4g}"
    if unit == "second":
        size, name = next((size, name) for least, size, name in _TIMES if value >= least)
        return f"{value / size:.4g} {name}"
    if unit in ("chip * second", "core * second"):
        return f"{value / 3600:,.4g} {'GPU' if unit.startswith('chip') else 'core'}-hours"
    if unit in _AMOUNTS:
        shown, name = _AMOUNTS[unit]
        return f"{value * units.factor(unit, shown):,.4g} {name}"
    if unit == "dollar/chip/second":
        return f"{value * 3600:.4g} USD per GPU-hour"
    if unit.startswith("FLOP/second"):
        return f"{_scaled(value, _RATES)}FLOP/s"
    if "FLOP" in unit or "MAC" in unit:
        return f"{value:.4g} {unit}"
    return f"{_scaled(value, _COUNTS).rstrip()} {_plural(unit, value)}"


def flop(value: float) -> str:
    """Training compute with three figures."""
    return f"{value:.3g} FLOP"


def _scaled(value: float, sizes: tuple[tuple[float, str], ...]) -> str:
    for size, letter in sizes:
        if value >= size:
            return f"{value / size:.4g} {letter}" if sizes is _RATES else f"{value / size:.4g}{letter}"
    return f"{value:,.6g} "


def _plural(unit: str, value: float) -> str:
    first, slash, rest = unit.partition("/")
    return (first if value == 1 or first == "gigabyte" else f"{first}s") + slash + rest.replace(" ", "")
