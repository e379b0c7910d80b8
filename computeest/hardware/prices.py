"""What a chip cost, to rent or to own: questions asked of the file of prices."""

from __future__ import annotations

import datetime
import math
import statistics
from collections.abc import Iterable, Mapping
from typing import Any

from computeest.hardware.chip import Chip
from computeest.hardware.places import Value, at_year

#: Cottier et al. 2024: server and all over the chip alone, by the price group; the others' is their mean.
SERVER_OVERHEAD = {"nvidia-a100": 1.66, "nvidia-v100": 1.69, "nvidia-p100": 1.54}
OTHER_OVERHEAD = 1.64
#: Years in which the price of performance falls tenfold, as a rate: 0.14 orders of magnitude a year.
ORDERS_A_YEAR = 0.14
DAYS_A_YEAR = 365.25
#: Share of the servers in what a cluster costs; the rest is its network.
SERVERS = 0.81
#: From release to the first cluster; from the end of training to the paper; hours of a run whose time is not known.
FIRST_CLUSTER, WRITTEN_UP, USUAL_HOURS = 90, 60, 793.5

#: One sigma in natural log. H100 servers of one year cost 31,250 to 46,875 USD; the rule by which value is lost is as
#: uncertain. What is rented: list prices against what 30 authors were charged or reckoned with, of whom some paid half;
#: and of terms that are not known, with or without a commitment, or that change by the hour.
BOUGHT, RENTED, UNKNOWN_TERMS = 0.35, 0.40, 0.45
#: What a data centre pays for electricity against its country's industry, and against another country's.
OWN_COUNTRY, OTHER_COUNTRY = 0.15, 0.4
#: For each year that a price is away from the date asked for.
A_YEAR = 0.12
#: What is left of the price without a commitment: means of AWS, Google, Azure and Lambda (Cottier et al. 2024), and of
#: what is rented for as long as nobody else wants it (Strubell et al. 2019).
LEFT = {"one-year": 0.66, "three-year": 0.44, "reserved": 0.54, "spot": 0.3}
#: Years by which the first price that is known may be after the run, and still be what was paid.
LATE = 0.5
#: Further away in years no price says anything.
FURTHEST = 4


class Prices:
    """All prices of the database."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._sources: Mapping[str, str] = document["sources"]
        self._rentals: dict[tuple[str, int, str, str], Value | None] = {}
        self._group = {chip: name for name, entry in document["prices"].items() for chip in entry["chips"]}

    def rental(self, chip: str, year: int, terms: str = "", vendor: str = "") -> Value | None:
        """USD for an hour of one chip; None where no price is known within a few years.

        `terms` are on-demand, one-year, three-year, reserved, spot; empty where they are not known, which is half way
        (in log) from no commitment to one of three years.
        """
        key = (chip, year, terms, vendor)
        if key not in self._rentals:
            self._rentals[key] = self._rental(*key)
        return self._rentals[key]

    def _rental(self, chip: str, year: int, terms: str, vendor: str) -> Value | None:
        offers = self._offers(chip, year, vendor) or (self._offers(chip, year, "") if vendor else [])
        if not offers:
            return None
        off = abs(int(offers[0]["year"]) - year)
        demand = _middle(one.get("on-demand") for one in offers)
        long = _middle(one.get("three-year") for one in offers)
        if demand is None:
            demand = long / LEFT["three-year"] if long is not None else None
        if demand is None:
            return None
        long = LEFT["three-year"] * demand if long is None or long > demand else long
        stated = _middle(one.get(terms) for one in offers) if terms else None
        value = math.sqrt(demand * long) if not terms else demand if terms == "on-demand" else \
            stated if stated is not None else LEFT[terms] * demand
        sigma = math.hypot(UNKNOWN_TERMS if terms in ("", "spot") else RENTED, A_YEAR * off)
        where = f"{offers[0]['vendor']}, " if len({one["vendor"] for one in offers}) == 1 else ""
        says = f"{where}{terms or 'between on demand and three years'}, {offers[0]['year']}"
        return Value(value, sigma, says, self._sources[offers[0]["source"]])

    def _offers(self, chip: str, year: int, vendor: str) -> list[Mapping[str, Any]]:
        """The offers of the year nearest to the one asked for: of the chip itself, else of its group."""
        group = self._document["prices"].get(self._group.get(chip, ""), {})
        near = [one for one in group.get("rental", ())
                if abs(int(one["year"]) - year) <= FURTHEST and (not vendor or one["vendor"] == vendor)]
        own = [one for one in near if one.get("chip", chip) == chip]
        for found in (own, near):
            if found:
                nearest = min((abs(int(one["year"]) - year), int(one["year"])) for one in found)
                return [one for one in found if int(one["year"]) == nearest[1]]
        return []

    def owned(self, chip: Chip, published: datetime.date, hours: float = math.nan) -> Value | None:
        """USD that one chip, with its share of server and network, loses in a year (Cottier et al. 2024, section 2.2).

        It was bought 90 days after its release, or when the price is from, and loses value as better is sold; training
        ended 60 days before publication.
        """
        bought = self._bought(chip)
        if bought is None:
            return None
        usd, day, source = bought
        release = chip.released or chip.announced
        if chip.kind == "tpu" and release is not None:
            acquired = release
        else:
            first = release + datetime.timedelta(FIRST_CLUSTER) if release is not None else day
            acquired = max(first, day)
        day_of = datetime.date(published.year, published.month, published.day)  # of a month or a year, its middle
        try:
            start = day_of - datetime.timedelta(WRITTEN_UP, 3600 * (USUAL_HOURS if math.isnan(hours) else hours))
        except OverflowError:  # before the calendar begins
            return None
        late = max(0.0, (acquired - start).days / DAYS_A_YEAR - LATE)
        if late and release is not None:  # the first price that is known is of a time after the run: that of then
            acquired = min(acquired, release + datetime.timedelta(FIRST_CLUSTER))
        if chip.kind != "tpu":
            start = max(start, acquired)
        years = (start - acquired).days / DAYS_A_YEAR
        sigma = math.hypot(BOUGHT, A_YEAR * late)
        worth = usd * 10 ** (-ORDERS_A_YEAR * years)
        return Value(worth * ORDERS_A_YEAR * math.log(10) / SERVERS, sigma,
                     f"{worth:,.0f} USD in {start:%Y-%m}, bought for {usd:,.0f} in {acquired:%Y-%m}",
                     self._sources[source])

    def _bought(self, chip: Chip) -> tuple[float, datetime.date, str] | None:
        """The first price of a server with such chips, for each; else of a chip alone, with what a server adds."""
        name = self._group.get(chip.id, "")
        entry = self._document["prices"].get(name, {})
        found = sorted(entry.get("purchase", ()), key=lambda one: (str(one["date"]), -float(one["usd"])))
        servers = [one for one in found if one["kind"] == "server"]
        if not found:
            return None
        first = (servers or found)[0]
        usd = float(first["usd"]) * (1.0 if servers else SERVER_OVERHEAD.get(name, OTHER_OVERHEAD))
        return usd, datetime.date.fromisoformat(str(first["date"])), str(first["source"])

    def electricity(self, country: str, year: int) -> Value:
        """USD for a kWh that industry pays: that of the United States where the country's is not known."""
        entry = self._document["electricity"].get(country)
        own = entry is not None
        entry = entry or self._document["electricity"]["usa"]
        value, off, said = at_year(entry["usd-per-kWh"], year)
        where = (country if own else "usa").upper()
        return Value(value, math.hypot(OWN_COUNTRY if own else OTHER_COUNTRY, 0.03 * off), f"{where}, {said}",
                     self._sources[entry["source"]])

    def index(self, year: int) -> float:
        """The price index of a year: what is 100 in one year's dollars over another's."""
        return at_year(self._document["deflator"]["hosting"]["index"], year)[0]


def _middle(values: Iterable[Any]) -> float | None:
    """The median of what is there."""
    found = [float(value) for value in values if value is not None]
    return statistics.median(found) if found else None
