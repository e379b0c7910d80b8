"""What chips cost, and where electricity comes from, as tables: each value with the document it is from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from computeest.hardware.lint.lint import World
from computeest.hardware.table import ORIGIN, Column, Origin, Row, Table, joined
from computeest.text.yaml_nodes import plain

_RENTALS: Final = ("on-demand", "one-year", "three-year", "spot")
_PLACES: Final = {"operators": "operator", "countries": "country", "states": "state", "cloud-regions": "cloud region"}

_PRICES: Final = (
    Column("price", "string", "the entry; chips that cost the same share one"), Column("chip", "string", "chips.id"),
    Column("basis", "string", "purchase, or the term of a rental: on-demand, one-year, three-year, spot"),
    Column("kind", "string", "card alone, a server's share, or an estimate for a chip that nobody sells; of purchases"),
    Column("date", "date", "the day of a purchase price"), Column("year", "integer", "the year of the price"),
    Column("vendor", "string", "who rents it out"), Column("offers", "integer", "offers that the median is over"),
    Column("value", "number", "for one chip, in the unit beside it"), Column("unit", "string", "USD or USD/h"),
    Column("url", "string", "where the source says that it is from"), *ORIGIN,
)
_WHERE: Final = (
    Column("id", "string", "the place, or who runs the machines"),
    Column("kind", "string", "operator, country, state or cloud region"), Column("name", "string", "what it is called"),
    Column("operator", "string", "places.id of who runs a cloud region"),
    Column("place", "string", "places.id of the country or state it is in"),
    Column("spread", "number", "one sigma, in natural log, of a data centre there about the place's values"),
    Column("matched_since", "integer", "since when the operator buys as much renewable electricity as it uses"),
    Column("aliases", "string", "other names, between semicolons"),
)
_YEARLY: Final = (
    Column("quantity", "string", "grid_intensity, pue, electricity_price or deflator"),
    Column("place", "string", "places.id; empty of a deflator"), Column("series", "string", "the entry"),
    Column("year", "integer", "the year it is of"), Column("value", "number", "in the unit beside it"),
    Column("unit", "string", "gCO2e/kWh, USD/kWh; empty of a PUE and an index"), *ORIGIN,
)


def money(world: World) -> tuple[Table, ...]:
    """Prices, places, and what changes by year: intensity of a grid, PUE, price of electricity, worth of a dollar."""
    entries = {(kind, name): (plain(node), Origin(spot.file, world.sources[spot.file]))
               for (kind, name), (node, spot) in world.others.items()}
    origin = (("source", "sources"), ("confirmed", "sources"))
    return (
        Table("prices", "What a chip costs", _PRICES, tuple(
            row for (kind, name), (entry, of) in entries.items() if kind == "prices"
            for row in _priced(name, entry, of)), refers=(("chip", "chips"), *origin)),
        Table("places", "Where machines are and who runs them", _WHERE, tuple(
            _place(_PLACES[kind], name, entry) for (kind, name), (entry, _) in entries.items() if kind in _PLACES),
            "id", (("operator", "places"), ("place", "places"))),
        Table("yearly", "What changes by year", _YEARLY, tuple(
            row for (kind, name), (entry, of) in entries.items() for row in _by_year(kind, name, entry, of)),
            refers=(("place", "places"), *origin)),
    )


def _priced(name: str, entry: Mapping[str, Any], origin: Origin) -> Iterator[Row]:
    for bought in entry.get("purchase", ()):
        for chip in _chips(entry, bought):
            yield _price(name, chip, bought, origin, "purchase", bought["usd"])
    for rented in entry.get("rental", ()):
        for chip in _chips(entry, rented):
            for basis in _RENTALS:
                if basis in rented:
                    yield _price(name, chip, rented, origin, basis, rented[basis])


def _chips(entry: Mapping[str, Any], stated: Mapping[str, Any]) -> list[str]:
    return [stated["chip"]] if "chip" in stated else entry["chips"]


def _price(name: str, chip: str, stated: Mapping[str, Any], origin: Origin, basis: str, usd: object) -> Row:
    day = stated.get("date")
    return {"price": name, "chip": chip, "basis": basis, "kind": stated.get("kind"), "date": day,
            "year": int(str(day)[:4] if day else stated["year"]), "vendor": stated.get("vendor"),
            "offers": int(stated["offers"]) if "offers" in stated else None, "value": float(str(usd)),
            "unit": "USD" if basis == "purchase" else "USD/h", "url": stated.get("url"),
            **origin.of(stated["source"], stated.get("confirmed"))}


def _place(kind: str, name: str, entry: Mapping[str, Any]) -> Row:
    since = entry.get("matched", {}).get("since")
    spread = entry.get("spread")
    return {"id": name, "kind": kind, "name": entry["name"], "operator": entry.get("operator"),
            "place": entry.get("place", entry.get("country")), "spread": None if spread is None else float(str(spread)),
            "matched_since": None if since is None else int(since), "aliases": joined(entry.get("also"))}


def _by_year(kind: str, name: str, entry: Mapping[str, Any], origin: Origin) -> Iterator[Row]:
    """A row for each year of what an entry has of each quantity."""
    series = (("grid_intensity", "gCO2e/kWh", entry, "grams"), ("pue", "", entry.get("pue", {}), "years"),
              ("electricity_price", "USD/kWh", entry, "usd-per-kWh"), ("deflator", "", entry, "index"))
    for quantity, unit, stated, key in series:
        for year, value in (stated.get(key) or {}).items() if isinstance(stated, Mapping) else ():
            yield {"quantity": quantity, "place": None if kind == "deflator" else name, "series": name,
                   "year": int(year), "value": float(str(value)), "unit": unit,
                   **origin.of(stated["source"], stated.get("confirmed"))}
