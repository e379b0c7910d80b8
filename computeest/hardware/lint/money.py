"""Files of prices, grids and data centres: their shapes, and whether their numbers are such as there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from computeest.hardware.lint.shapes import (
    Finding,
    Shape,
    Spot,
    count,
    day,
    listing,
    nearest_of,
    number,
    one_of,
    record,
    table,
    text,
)
from computeest.text.yaml_nodes import Node, plain

#: How one chip's share of what was bought is given, and how it is rented.
KINDS = ("card", "server", "estimate")
TERMS = ("on-demand", "one-year", "three-year", "spot")

#: g CO2e for a kWh: Iceland and Bhutan are near 24, lignite near 1100, and old oil plants of islands below 1300; of a
#: cloud's region whose electricity is nearly all hydro, Google states 2.7.
GRAMS = (1.0, 1400.0)
#: From one year to the next of the same place no grid has changed by more, save
#: small clean ones, of which one dry year makes another.
YEARLY = 3.0
_SMALL = 250.0
PUE = (1.01, 3.0)
#: USD for a chip to buy (a wafer's system is two million), for a chip and hour to rent, for a kWh.
BOUGHT, RENTED, ELECTRICITY = (100.0, 3e6), (0.02, 40.0), (0.02, 0.6)
#: From one entry to the next of one chip and kind, a price falls or rises by less, within two years.
JUMP = 6.0
#: A commitment is cheaper than no commitment, a longer one cheaper than a short one; medians of offers differ a little.
ROUNDING = 1.1


def _year(name: str) -> bool:
    return re.fullmatch(r"20\d\d", name) is not None


def _years(node: Node, spot: Spot) -> Iterator[Finding]:
    yield from table(_year, number, "year such as 2023")(node, spot)


_PUE = record({"source": text, "years": _years}, {"confirmed": text})
_PLACE = record({"name": text, "spread": number, "source": text, "grams": _years},
                {"also": listing(text), "country": text, "confirmed": text})

#: One entry of each kind of list in files of prices and grids.
ENTRIES: dict[str, Shape] = {
    "countries": _PLACE, "states": _PLACE,
    "cloud-regions": record({"name": text, "operator": text, "place": text},
                            {"grams": _years, "source": text, "spread": number, "pue": _PUE}),
    "operators": record({"name": text}, {
        "also": listing(text), "spread": number, "place": text, "pue": _PUE,
        "matched": record({"since": count, "source": text})}),
    "prices": record({"chips": listing(text)}, {
        "purchase": listing(record({"date": day, "usd": number, "kind": one_of(*KINDS), "source": text},
                                   {"chip": text, "url": text, "confirmed": text})),
        "rental": listing(record({"year": count, "vendor": text, "offers": count, "source": text},
                                 {"chip": text, "confirmed": text, **dict.fromkeys(TERMS, number)}))}),
    "electricity": record({"source": text, "usd-per-kWh": _years}, {"confirmed": text}),
    "deflator": record({"source": text, "index": _years}, {"confirmed": text}),
}


def findings(others: Mapping[tuple[str, str], tuple[Node, Spot]], chips: Mapping[str, Any],
             today: date) -> Iterator[Finding]:
    """What is wrong, or looks wrong, with the entries of these kinds."""
    # what has not the right shape is said to have not, and asked nothing more
    entries = {key: plain(node) for key, (node, spot) in others.items()
               if key[0] in ENTRIES and not any(ENTRIES[key[0]](node, spot))}
    for (kind, name), entry in entries.items():
        spot = others[(kind, name)][1]
        if isinstance(entry, dict):
            for check in _CHECKS.get(kind, ()):
                yield from check(entry, spot, _Known(entries, chips, today))
    yield from _one_price(entries, others)
    yield from _one_place(entries, others)


class _Known:
    """What an entry's names are looked up in."""

    def __init__(self, entries: Mapping[tuple[str, str], Any], chips: Mapping[str, Any], today: date) -> None:
        self.entries, self.chips, self.today = entries, chips, today

    def names(self, *kinds: str) -> set[str]:
        """The ids of these kinds."""
        return {name for kind, name in self.entries if kind in kinds}


Check = Callable[[dict[str, Any], Spot, _Known], Iterator[Finding]]


def _series(values: Any, spot: Spot, what: str, bounds: tuple[float, float], known: _Known) -> Iterator[Finding]:
    """A number a year: each such as there are, none of a year to come, none that jumps."""
    found = sorted((int(year), float(value)) for year, value in (values.items() if isinstance(values, dict) else ())
                   if str(year).isdigit() and isinstance(value, int | float))
    for year, value in found:
        here = spot.at(str(year), spot.line)
        if not bounds[0] <= value <= bounds[1]:
            yield here.error(what, f"is {value:g}; there are {bounds[0]:g} to {bounds[1]:g}")
        if year > known.today.year:
            yield here.error("dates", f"is of {year}, which has not come yet")
    for (before, first), (year, second) in pairwise(found):
        if year - before == 1 and min(first, second) > 0 and max(first, second) > _SMALL and \
                max(first / second, second / first) > YEARLY:
            yield spot.at(str(year), spot.line).warning(what, f"goes from {first:g} to {second:g} within a year")


def _grams(entry: dict[str, Any], spot: Spot, known: _Known) -> Iterator[Finding]:
    yield from _series(entry.get("grams"), spot.at("grams", spot.line), "grid", GRAMS, known)
    if not 0 < float(entry.get("spread") or 0.1) <= 1:
        yield spot.at("spread", spot.line).error("grid", f"is {entry['spread']}; one sigma in natural log is meant")
    if "grams" in entry and "source" not in entry:
        yield spot.error("source-missing", "has no source: every value names a key of `sources`")


def _located(entry: dict[str, Any], spot: Spot, known: _Known) -> Iterator[Finding]:
    for key, kinds in (("country", ("countries",)), ("place", ("countries", "states")), ("operator", ("operators",))):
        if key in entry and entry[key] not in known.names(*kinds):
            near = nearest_of(str(entry[key]), known.names(*kinds))
            yield spot.at(key, spot.line).error("place", f"'{entry[key]}' is none of {' or '.join(kinds)}{near}")


def _pue(entry: dict[str, Any], spot: Spot, known: _Known) -> Iterator[Finding]:
    if isinstance(entry.get("pue"), dict):
        yield from _series(entry["pue"].get("years"), spot.at("pue", spot.line), "pue", PUE, known)


def _prices(entry: dict[str, Any], spot: Spot, known: _Known) -> Iterator[Finding]:
    named = entry.get("chips")
    of: list[str] = named if isinstance(named, list) else []
    for name in (*of, *(one["chip"] for one in _offers(entry) if "chip" in one)):
        if name not in known.chips:
            yield spot.at("chips", spot.line).error("price-chip", f"'{name}' is no chip{nearest_of(name, known.chips)}")
        elif name not in of:
            yield spot.at("chips", spot.line).error("price-chip", f"'{name}' has a price here and is not among `chips`")
    for place, one in enumerate(entry.get("purchase") or ()):
        here = spot.at(f"purchase.{place}", spot.line)
        if not BOUGHT[0] / 10 <= float(one["usd"]) <= BOUGHT[1]:
            yield here.error("price", f"is {one['usd']} USD for a chip; there are {BOUGHT[0]:g} to {BOUGHT[1]:g}")
        if str(one["date"]) > known.today.isoformat():
            yield here.error("dates", f"is of {one['date']}, which has not come yet")
    for place, one in enumerate(entry.get("rental") or ()):
        yield from _rented(one, spot.at(f"rental.{place}", spot.line), known)
    yield from _jumps(entry, spot)


def _offers(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [one for key in ("purchase", "rental") for one in entry.get(key) or () if isinstance(one, dict)]


def _rented(one: dict[str, Any], here: Spot, known: _Known) -> Iterator[Finding]:
    prices = [(term, float(one[term])) for term in TERMS[:3] if term in one]
    if not prices and "spot" not in one:
        yield here.error("price", f"has no price: one of {', '.join(TERMS)}")
    if int(one["year"]) > known.today.year:
        yield here.error("dates", f"is of {one['year']}, which has not come yet")
    for term, value in prices:
        if not RENTED[0] <= value <= RENTED[1]:
            yield here.error("price", f"{term} is {value:g} USD an hour; there are {RENTED[0]:g} to {RENTED[1]:g}")
    for (longer, high), (shorter, low) in pairwise(prices):
        if low > high * ROUNDING:
            yield here.warning("price", f"{shorter} is {low:g}, dearer than {longer} at {high:g}")


def _jumps(entry: dict[str, Any], spot: Spot) -> Iterator[Finding]:
    """One chip's prices of one kind against those next in time."""
    series: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for one in entry.get("purchase") or ():
        year = int(str(one["date"])[:4]) + int(str(one["date"])[5:7]) / 12
        series.setdefault((str(one.get("chip", "")), str(one["kind"])), []).append((year, float(one["usd"])))
    for one in entry.get("rental") or ():
        for term in TERMS[:3]:
            if term in one:
                series.setdefault((str(one.get("chip", "")) + str(one["vendor"]), term), []).append(
                    (float(one["year"]), float(one[term])))
    for (_, kind), points in series.items():
        for (year, first), (later, second) in pairwise(sorted(points)):
            if later - year <= 2 and max(first / second, second / first) > JUMP:
                yield spot.warning(
                    "price", f"{kind} goes from {first:g} USD in {year:.0f} to {second:g} in {later:.0f}")


def _electricity(entry: dict[str, Any], spot: Spot, known: _Known) -> Iterator[Finding]:
    yield from _series(entry.get("usd-per-kWh"), spot.at("usd-per-kWh", spot.line), "price", ELECTRICITY, known)


def _one_price(entries: Mapping[tuple[str, str], Any], others: Mapping[tuple[str, str], tuple[Node, Spot]],
               ) -> Iterator[Finding]:
    """Each chip's prices stand in one entry."""
    of: dict[str, str] = {}
    for (kind, name), entry in entries.items():
        for chip in (entry.get("chips") or () if kind == "prices" and isinstance(entry, dict) else ()):
            if of.setdefault(chip, name) != name:
                yield others[(kind, name)][1].error("price-chip", f"'{chip}' has prices in '{of[chip]}' already")


def _one_place(entries: Mapping[tuple[str, str], Any], others: Mapping[tuple[str, str], tuple[Node, Spot]],
               ) -> Iterator[Finding]:
    """Each name of a country, or of an operator, is of one."""
    of: dict[tuple[str, str], str] = {}
    for (kind, name), entry in entries.items():
        if kind not in ("countries", "operators") or not isinstance(entry, dict):
            continue
        for called in (entry.get("name"), *(entry.get("also") or ())):
            key = kind, str(called).lower()
            if of.setdefault(key, name) != name:
                yield others[(kind, name)][1].error("place", f"'{called}' is also a name of {of[key]}")


_CHECKS: Mapping[str, tuple[Check, ...]] = {
    "countries": (_grams,), "states": (_grams, _located), "cloud-regions": (_grams, _located, _pue),
    "operators": (_located, _pue), "prices": (_prices,), "electricity": (_electricity,),
}
