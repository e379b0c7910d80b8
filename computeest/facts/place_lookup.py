"""What operator, region and date mean for a run: PUE, the grid's intensity, prices; and whose power was stated."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Set
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from computeest.facts.lookup import Floats, Lookup, coded, distinct
from computeest.facts.spec import Looked, PlaceFact, Spec

if TYPE_CHECKING:
    from computeest.hardware import Chip, Database
    from computeest.hardware.places import Operator, Place, Value

#: Facts that run backwards into accelerator time.
BACKWARDS = ("energy", "emissions", "cost")
#: Any of these says the accelerator time more directly.
_TIMES = ("time", "chip_time", "core_time", "hours_used")
#: One-sigma spread in natural log: that who trained it also runs the data centre; a measured power; one of which it is
#: not said whether the host is in it; what a stated cost covers besides renting the chips, beside the price's own.
WHO_TRAINS, MEASURED, HOST_OR_NOT, WHAT_IT_COVERS = 0.05, 0.03, 0.15, 0.4
#: Power of a node over that of its chips: they take 74 % of it (Dodge et al. 2022, Table 1).
HOST, HOST_SPREAD = 1.35, 0.12
#: A stated power this close to the rated one is the rated one.
RATED = 0.03
_KWH, _YEAR = 3.6e6, 365.25 * 86400
_UNDATED = "prices change by the year: write published"
#: Times of runs are told apart by so many seconds, for the worth of hardware at their beginning.
_MONTH = 30 * 86400.0
#: Who rents hardware out; of others a cost is what their own hardware cost.
_CLOUDS = frozenset(("google", "amazon", "microsoft", "ovhcloud", "hetzner"))
_VENDORS = {"google": "Google Cloud", "amazon": "Amazon Web Services", "microsoft": "Microsoft Azure",
            "ovhcloud": "OVHcloud"}


def wanted(spec: Spec) -> NDArray[np.bool_]:
    """Rows whose accelerator time nobody states and stated energy, emissions or money would give."""
    some, timed = np.zeros(spec.size, dtype=bool), np.zeros(spec.size, dtype=bool)
    for name in BACKWARDS:
        if name in spec.numbers:
            some |= ~np.isnan(spec.numbers[name])
    for name in _TIMES:
        if name in spec.numbers:
            timed |= ~np.isnan(spec.numbers[name])
    return some & ~timed


def fill(spec: Spec, load: Callable[[], Database], rows: NDArray[np.bool_], assumed: Set[str] = frozenset()) -> None:
    """Fill, in these rows, what operator, region, date and power say; what is stated or `assumed` stays."""
    if not rows.any():
        return
    database = load()
    spec.places = _places(spec, database, rows)
    paid, owned = wanted(spec) & ~np.isnan(spec.column("cost")), _is(spec, "price_basis", "amortized")
    for column in ("pue", "grid_intensity", "chip_price", "hardware_price", "electricity_price"):
        if column in assumed:
            continue
        values, sigmas = _columns(spec.places, column)
        if column == "chip_price":  # a cost of owned hardware rented nothing, and one of unknown terms is of any
            values = np.where(paid & owned, np.nan, values)
            sigmas = np.where(paid & (sigmas > 0), np.hypot(sigmas, WHAT_IT_COVERS), sigmas)
        spec.fill(column, values, rows, sigmas)
    _powers(spec, rows)
    contracted = rows & _is(spec, "emissions_basis", "market")
    if contracted.any() and "emissions" in spec.numbers:  # which says nothing of the energy
        spec.numbers["emissions"] = np.where(contracted, np.nan, spec.numbers["emissions"])


def _is(spec: Spec, column: str, word: str) -> NDArray[np.bool_]:
    """Rows that state a word."""
    kinds = spec.kinds(column)
    return np.array([*(fact == word for fact in kinds.facts), False])[kinds.codes]


def _places(spec: Spec, database: Database, rows: NDArray[np.bool_]) -> Lookup[PlaceFact]:
    texts = {name: spec.kinds(name) for name in ("operator", "region", "organization", "published", "price_basis")}
    chips = coded(fact.chip for fact in spec.chips.facts)
    chip = np.append(chips, -1)[spec.chips.codes]
    months = np.nan_to_num(spec.column("time") / _MONTH, nan=-1.0).astype(np.intp)
    stated = np.where(np.isnan(spec.column("chip_price")), -1, coded(spec.column("chip_price").tolist()))
    first, inverse = distinct(*(words.codes for words in texts.values()), chip, months, stated,
                              np.where(rows, 0, -1).astype(np.intp))
    facts = [_Asked(database, {name: words.at(row) for name, words in texts.items()}, _chip(spec, database, row),
                    spec.get("time", row) / 3600, spec.get("chip_price", row)).fact() for row in first.tolist()]
    return Lookup(np.where(rows, inverse, -1).astype(np.intp), tuple(facts))


def _chip(spec: Spec, database: Database, row: int) -> Chip | None:
    fact = spec.chips.at(row)
    return database.chip(fact.chip) if fact is not None and fact.refusal is None and fact.chip in database else None


class _Asked:
    """One combination of operator, region, date and chip, looked up."""

    def __init__(self, database: Database, words: dict[str, Any], chip: Chip | None, hours: float,
                 chip_price: float) -> None:
        self.database, self.words, self.chip, self.hours, self.chip_price = database, words, chip, hours, chip_price
        self.published: datetime.date | None = words["published"]
        self.year = self.published.year if self.published else None
        self.found: dict[str, Looked] = {}
        self.lacking: dict[str, str] = {}

    def fact(self) -> PlaceFact:
        operator, inferred = self._operator()
        place = self._place(operator)
        pue = self.database.places.pue(operator.id if operator else "", place, self.year)
        self._take("pue", pue, 1.0, WHO_TRAINS if inferred else 0.0)
        if place is not None:
            self._take("grid_intensity", self.database.places.intensity(place, self.year), 1 / _KWH)
        words = self._prices(operator, inferred, place)
        matched = operator is not None and 0 < operator.matched_since <= (self.year or 9999)
        return PlaceFact(
            self.found, self.lacking, self.year,
            self.database.prices.index(2023) / self.database.prices.index(self.year) if self.year else math.nan,
            operator.name if operator else "", operator.matched_source if operator and matched else "", words)

    def _operator(self) -> tuple[Operator | None, bool]:
        """Who runs the data centre, and whether that is only inferred: of TPUs, or from who trained the model."""
        places = self.database.places
        if self.words["operator"]:
            return places.operator(self.words["operator"]), False
        region = self.words["region"]
        named = places.place(region) if region else None
        of_region = getattr(named, "operator", "")
        if of_region:
            return places.operator(of_region), False
        if self.chip is not None and self.chip.kind == "tpu":
            return places.operator("google"), True
        if self.words["organization"]:
            return places.operator(self.words["organization"]), True
        return None, True

    def _place(self, operator: Operator | None) -> Place | None:
        from computeest.hardware.places import Unknown

        places, text = self.database.places, self.words["region"]
        if text:
            found = places.place(text, operator.id if operator else "")
            if isinstance(found, Unknown):
                self.lacking["grid_intensity"] = f"region: {found.reason}; expected {found.expected}"
                return None
            return found
        return places.of_id(operator.place) if operator is not None and operator.place else None

    def _take(self, column: str, value: Value | None, factor: float, more: float = 0.0) -> None:
        if value is not None:
            self.found[column] = Looked(value.value * factor, math.hypot(value.sigma, more), value.says, value.source)

    def _prices(self, operator: Operator | None, inferred: bool, place: Place | None) -> dict[str, str]:
        """Prices of the year of the run, and the basis that is usual where nobody states one."""
        basis = self.words["price_basis"] or ""
        rents = bool(basis) and basis != "amortized"
        words: dict[str, str] = {}
        if not math.isnan(self.chip_price):
            words = {} if basis else {"price_basis": "rental"}
        elif self.year is None:
            self.lacking |= dict.fromkeys(("chip_price", "hardware_price"), _UNDATED)
        elif self.chip is not None:
            self._rental(operator, basis if rents and basis != "rental" else "")
        if self.year is not None and self.chip is not None:
            self._owned(place)
        if not basis and not words and operator is not None and not inferred and operator.id in _CLOUDS and \
                not self._own(operator):
            words = {"price_basis": "rental"}
        return words

    def _own(self, operator: Operator) -> bool:
        """Whether who trained the model runs the data centre."""
        trained = self.database.places.operator(self.words["organization"] or "")
        return trained is not None and trained.id == operator.id

    def _rental(self, operator: Operator | None, terms: str) -> None:
        if self.chip is None or self.year is None:
            return
        vendor = _VENDORS.get(operator.id, "") if operator is not None else ""
        self._take("chip_price", self.database.prices.rental(self.chip.id, self.year, terms, vendor), 1 / 3600)
        if "chip_price" not in self.found:
            self.lacking["chip_price"] = f"no price of renting {self.chip.name} near {self.year} is known"

    def _owned(self, place: Place | None) -> None:
        if self.chip is None or self.published is None or self.year is None:
            return
        self._take("hardware_price", self.database.prices.owned(self.chip, self.published, self.hours), 1 / _YEAR)
        if "hardware_price" not in self.found:
            self.lacking["hardware_price"] = f"no price of {self.chip.name} is known"
        self._take("electricity_price",
                   self.database.prices.electricity(place.country if place else "", self.year), 1 / _KWH)


def _columns(places: Lookup[PlaceFact], column: str) -> tuple[Floats, Floats]:
    """A looked-up column's values and spreads, by row."""
    nothing = Looked(math.nan, 0.0, "", "")
    found = [fact.found.get(column, nothing) for fact in places.facts]
    values = np.array([*(one.value for one in found), np.nan])
    sigmas = np.array([*(one.sigma for one in found), 0.0])
    return values[places.codes], sigmas[places.codes]


def _powers(spec: Spec, rows: NDArray[np.bool_]) -> None:
    """The stated power as that of what it is: the rated one, the chip's own, or its share of the node."""
    stated, rated = spec.column("power_per_chip"), spec.column("chip_power")
    known = rows & ~np.isnan(stated)
    basis = np.array([*spec.kinds("power_basis").facts, ""], dtype=object)[spec.kinds("power_basis").codes]
    with np.errstate(all="ignore"):
        near = np.abs(np.log(stated / rated)) < RATED
    silent = basis == ""
    is_rated = known & ((basis == "tdp") | (silent & near))
    of_chip = known & (basis == "chip")
    of_node = known & ~is_rated & ~of_chip
    if is_rated.any():
        spec.numbers["chip_power"] = np.where(is_rated, stated, rated)
    spec.fill("drawn_share", stated / spec.column("chip_power"), of_chip, np.full(spec.size, MEASURED))
    spec.fill("node_power", stated * HOST, of_chip, np.full(spec.size, math.hypot(HOST_SPREAD, MEASURED)))
    spec.fill("node_power", stated, of_node, np.where(silent, HOST_OR_NOT, MEASURED))
    if len(spec.chips.codes):
        spec.fill("node_power", spec.chips.column("node_power"), rows & ~is_rated & ~of_chip,
                  spec.chips.column("node_power_sigma"))


def counted(spec: Spec, rows: NDArray[np.bool_]) -> None:
    """What authors count, before anything is looked up: the power and PUE that they state, the rated power, no PUE."""
    stated, pue = spec.column("power_per_chip"), spec.column("pue")
    power = np.where(np.isnan(stated), spec.column("chip_power"), stated)
    spec.fill("counted_power", power * np.where(np.isnan(pue), 1.0, pue), rows)
