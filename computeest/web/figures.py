"""Figures of rows on one axis, as numbers that a template draws: what each method says, what moves an estimate most."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from computeest.web import numbers


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from low to high, in percent of the width that a figure has."""

    low: float
    high: float
    log: bool = True

    @classmethod
    def around(cls, values: Iterable[float | None], *, log: bool = True) -> Axis:
        """The axis that holds all values: whole powers of ten, or a little more than what there is."""
        known = [value for value in values if value is not None and math.isfinite(value) and (value > 0 or not log)]
        if not known:
            return cls(1.0, 10.0) if log else cls(0.0, 1.0, log=False)
        low, high = min(known), max(known)
        if log:
            first, last = math.floor(math.log10(low) - 0.05), math.ceil(math.log10(high) + 0.05)
            return cls(10.0**first, 10.0**max(last, first + 1))
        room = (high - low or abs(high) or 1.0) * 0.05
        return cls(min(low - room, 0.0) if low < 0 else 0.0, high + room, log=False)

    def at(self, value: float | None) -> float:
        """Where a value lies, from 0 to 100."""
        if value is None or not math.isfinite(value):
            return 0.0
        if self.log:
            whole = math.log(self.high / self.low)
            share = math.log(max(value, self.low) / self.low) / whole
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(100 * min(1.0, max(0.0, share)), 3)

    def ticks(self, most: int = 6) -> list[tuple[float, Any]]:
        """Places and labels: powers of ten, or round numbers."""
        if self.log:
            first, last = round(math.log10(self.low)), round(math.log10(self.high))
            step = max(1, math.ceil((last - first) / most))
            return [(self.at(10.0**power), power) for power in range(first, last + 1, step)]
        rough = (self.high - self.low) / most
        size = 10.0 ** math.floor(math.log10(rough))
        step_of = next(size * each for each in (1, 2, 5, 10) if size * each >= rough)
        first_tick = math.ceil(self.low / step_of)
        return [(self.at(place * step_of), f"{place * step_of:g}")
                for place in range(first_tick, math.floor(self.high / step_of) + 1)]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a figure: a number and its interval, in places of the axis and in words."""

    name: str
    at: float
    low: float
    high: float
    words: str
    strong: bool = False
    #: The number and the ends of its interval, None where there is none.
    values: Sequence[float | None] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """Rows over one axis, with lines across all of them."""

    title: str
    axis: Axis
    rows: Sequence[Row]
    #: Places of lines, and what each is.
    lines: Sequence[tuple[float, str]] = ()
    label: str = "training compute, FLOP"
    #: Whether a bar starts at the axis's zero.
    bars: bool = False
    #: Where the lines lie, in the axis's own unit.
    limits: Sequence[float] = ()

    def data(self) -> dict[str, Any]:
        """What a script needs to draw it at another scale, and to say its numbers."""
        return {"title": self.title, "log": self.axis.log, "low": self.axis.low, "high": self.axis.high,
                "flop": self.label.endswith("FLOP"), "lines": list(self.limits),
                "rows": [{"name": row.name, "values": list(row.values)} for row in self.rows]}


def answers(record: Mapping[str, Any], thresholds: Sequence[Mapping[str, Any]]) -> Figure:
    """The answer and what each method says, against the thresholds in law."""
    limits: dict[float, list[str]] = {}
    for each in thresholds:
        if not str(each["threshold"]).startswith("eu-downstream"):
            limits.setdefault(float(each["threshold_flop"]), []).append(str(each["threshold"]))
    found: list[tuple[str, Mapping[str, Any]]] = [("answer", record)]
    if len(record["methods"]) > 1 or record.get("base_flop"):
        found += [(name.replace("_", " "), method) for name, method in record["methods"].items()]
    values = [each.get(key) for _, each in found for key in ("flop", "flop_low", "flop_high")]
    axis = Axis.around([*values, *limits])
    rows = [Row(name, axis.at(each["flop"]), axis.at(each.get("flop_low") or each["flop"]),
                axis.at(each.get("flop_high") or each["flop"]), interval(each), strong=name == "answer",
                values=[each["flop"], each.get("flop_low"), each.get("flop_high")])
            for name, each in found]
    lines = [(axis.at(flop), f"{flop:.0e}: {', '.join(names)}") for flop, names in sorted(limits.items())]
    return Figure("The answer and the methods, with 90 % intervals, against thresholds in law", axis, rows, lines,
                  limits=sorted(limits))


def interval(each: Mapping[str, Any]) -> str:
    """A number with its interval in words."""
    if each.get("flop_low") is None:
        return f"{each['flop']:.2e}"
    return f"{each['flop']:.2e} ({each['flop_low']:.1e} to {each['flop_high']:.1e})"


def tornado(influences: Sequence[Mapping[str, Any]]) -> Figure:
    """What the uncertainty consists of, largest first."""
    axis = Axis(0.0, 1.0, log=False)
    rows = [Row(_influence(each), axis.at(each["share"]), 0.0, axis.at(each["share"]), numbers.percent(each["share"]))
            for each in influences]
    return Figure("What the uncertainty consists of", axis, rows, label="share of the variance", bars=True)


def _influence(each: Mapping[str, Any]) -> str:
    if each["kind"] == "methods":
        return "the methods, and where they disagree"
    words = {"assumed": "assumed", "base": "of the base model", "fact": "stated"}.get(each["kind"], each["kind"])
    return f"{str(each['column']).replace('_', ' ')} ({words})"


def bars(title: str, counts: Mapping[str, float], label: str) -> Figure:
    """Counts by name, in the order given."""
    axis = Axis(0.0, max([1.0, *counts.values()]), log=False)
    rows = [Row(name, axis.at(count), 0.0, axis.at(count), f"{count:,.0f}") for name, count in counts.items()]
    return Figure(title, axis, rows, label=label, bars=True)


def intervals(title: str, rows: Mapping[str, Mapping[str, Any]], label: str, *, log: bool = False) -> Figure:
    """Numbers by name, each {point, low, high}."""
    known = {name: each for name, each in rows.items() if each.get("point") is not None}
    values = [each.get(key) for each in known.values() for key in ("point", "low", "high")]
    axis = Axis.around(values, log=log)

    def within(each: Mapping[str, Any], key: str) -> float:
        return axis.at(each[key] if each.get(key) is not None else each["point"])

    found = [Row(name, axis.at(each["point"]), within(each, "low"), within(each, "high"), _said(each),
                 values=[_finite(each.get(key)) for key in ("point", "low", "high")]) for name, each in known.items()]
    return Figure(title, axis, found, label=label)


def _finite(value: Any) -> float | None:
    """A number as JSON has it: what is not finite is none."""
    return float(value) if value is not None and math.isfinite(value) else None


def _said(each: Mapping[str, Any]) -> str:
    if each.get("low") is None or each.get("high") is None:
        return numbers.plain(each["point"])
    return f"{numbers.plain(each['point'])} ({numbers.plain(each['low'])} to {numbers.plain(each['high'])})"
