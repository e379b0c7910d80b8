"""The database as tables: every value with the document it is from, and one row a chip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from computeest.hardware.lint.facts import Chip
from computeest.hardware.lint.lint import World
from computeest.hardware.lint.schema import FORMATS
from computeest.hardware.money_tables import money
from computeest.hardware.table import ORIGIN, Column, Origin, Row, Table, joined, opened
from computeest.text.numbers import to_unit
from computeest.text.units import UnitError
from computeest.text.yaml_nodes import plain

#: The unit that a field's numbers are given in, by its name or the first part of it.
_UNITS: Final = {
    "memory": "GB", "bandwidth": "GB/s", "bandwidth.bus-bits": "bit", "bandwidth.gbit-per-pin": "Gbit/s",
    "interconnect": "GB/s", "tdp": "W", "power-measured": "W", "node-power": "W", "node-power.spread": "",
    "clocks": "MHz", "units-count": "",
}
#: Keys of an entry that are about its value and hold none.
_ABOUT: Final = ("type", "term", "scope", "direction", "unit-kind", "accumulate", "of")
_SOURCES: Final = ("source", "confirmed", "bus-source", "second")

_STATED: Final = (
    Column("field", "string", "what the value is of; a part of an entry after a dot, as in peak.sparse"),
    Column("number_format", "string", "the number format of a peak, as in bf16-tensor"),
    Column("value", "number", "the number in the unit beside it; empty where the value is a day or a name"),
    Column("unit", "string", "FLOP/s, or OP/s for integers; GB, GB/s, W, MHz, bit, Gbit/s"),
    Column("stated", "string", "the value as the file has it"),
    Column("qualifier", "string", "what the entry says of its value: vector or matrix, memory type, scope"),
)
_FACTS: Final = (
    Column("chip", "string", "chips.id"), *_STATED,
    Column("state", "string", "stands; second: as another document says; disputed: as it was or is said elsewhere"),
    *ORIGIN,
    Column("confidence", "string", "of the chip: high, medium or low"),
    Column("note", "string", "who says a disputed value, and why it does not stand"),
)
_SOURCE: Final = (
    Column("id", "string", "the file and the key in it"), Column("title", "string", "what the document is called"),
    Column("kind", "string", ORIGIN[1].means), Column("url", "string", "where it is"),
    Column("opened", "boolean", ORIGIN[2].means), Column("accessed", "date", "when it was read"),
    Column("formula", "string", "how a value is computed"),
)
_MACHINES: Final = (
    Column("id", "string", "the machine"), Column("name", "string", "what it is called"),
    Column("chip", "string", "the chip, or the family of chips, that is in it"),
    Column("chips", "number", "how many; a fraction where it is a share of one"),
    Column("from", "date", "since when the name means this"), Column("until", "date", "until when it does"),
    Column("aliases", "string", "other names, between semicolons"), *ORIGIN,
)
_MACHINE_PEAKS: Final = (Column("machine", "string", "machines.id"), *_STATED, *ORIGIN)
_FAMILIES: Final = (
    Column("id", "string", "the family"), Column("default", "string", "the chip that the bare name means"),
    Column("members", "string", "ids of chips, between semicolons"),
    Column("aliases", "string", "the names that they share, between semicolons"),
)


def tables(world: World) -> tuple[Table, ...]:
    """Chips, facts, sources, machines, their published peaks, families; prices, places, and what changes by year."""
    facts = tuple(row for chip in world.chips.values() for row in _facts(chip))
    machines = {name: (plain(node), spot.file) for (kind, name), (node, spot) in world.others.items()
                if kind == "systems"}
    families = {name: plain(node) for (kind, name), (node, _) in world.others.items() if kind == "families"}
    origin = (("source", "sources"), ("confirmed", "sources"))
    return (
        Table("chips", "One row a chip", _chip_columns(), tuple(_chips(world, facts)), "id"),
        Table("facts", "One row a value", _FACTS, facts, refers=(("chip", "chips"), *origin)),
        Table("sources", "The documents", _SOURCE, tuple(_documents(world)), "id"),
        Table("machines", "Machines and what is in them", _MACHINES,
              tuple(_machine(name, entry, Origin(file, world.sources[file]))
                    for name, (entry, file) in machines.items()), "id", origin),
        Table("machine_peaks", "Peaks that vendors print of machines", _MACHINE_PEAKS,
              tuple(row for name, (entry, file) in machines.items()
                    for row in _published(name, entry, Origin(file, world.sources[file]))),
              refers=(("machine", "machines"), *origin)),
        Table("families", "Names that several chips share", _FAMILIES, tuple(
            {"id": name, "default": entry.get("default"), "members": joined(entry.get("members")),
             "aliases": joined(entry.get("aliases"))} for name, entry in families.items()), "id"),
        *money(world),
    )


def _documents(world: World) -> Iterator[Row]:
    for file, sources in world.sources.items():
        origin = Origin(file, sources)
        for key, source in sources.items():
            yield {"id": origin.id(key), **{name: source.get(name) for name in ("title", "kind", "url", "accessed",
                                                                               "formula")}, "opened": opened(source)}


def _facts(chip: Chip) -> Iterator[Row]:
    """Every value of a chip, then what others say of it."""
    origin = Origin(chip.spot.file, chip.sources)
    rest = {"chip": chip.id, "confidence": chip.texts["confidence"], "note": None}
    for name, entry in chip.data.items():
        if name == "peak" and isinstance(entry, dict):
            stated = [row for form, rate in entry.items() for row in _entry("peak", form, rate, origin)]
        else:
            stated = list(_entry(name, None, entry, origin)) if isinstance(entry, dict) and "source" in entry else []
        for row in stated:
            yield {**rest, "state": "stands", **row}
        if isinstance(entry, dict) and "second" in entry:
            for row in _entry(name, None, entry["second"], origin):
                yield {**rest, "state": "second", **row}
    disputed = chip.data.get("disputed")
    for dispute in disputed if isinstance(disputed, list) else ():
        field, form = str(dispute["field"]), None
        if field.startswith("peak."):
            field, form = field.split(".", 1)
        yield {**rest, "state": "disputed", **_stated(field, form, dispute["value"]), "qualifier": None,
               **origin.of(None), "note": f"{dispute['by']}: {dispute['why']}"}


def _entry(name: str, form: str | None, entry: Mapping[str, Any], origin: Origin) -> Iterator[Row]:
    """A row for each value of an entry that names its source."""
    about = ", ".join(f"{key} {entry[key]}" for key in _ABOUT if key in entry) or None
    for key, value in entry.items():
        if key in _ABOUT or key in _SOURCES or value is None:
            continue
        bus = key in ("bus-bits", "gbit-per-pin")
        where = origin.of(entry.get("bus-source", entry["source"]) if bus else entry["source"],
                          None if bus else entry.get("confirmed"))
        yield {**_stated(name if key == "value" else f"{name}.{key}", form, value), "qualifier": about, **where}


def _stated(field: str, form: str | None, value: object) -> Row:
    """A value in the unit of its field."""
    unit = ("OP/s" if form.startswith("int") else "FLOP/s") if form else _UNITS.get(field)
    unit = unit if unit is not None else _UNITS.get(field.partition(".")[0])
    number = None
    with suppress(UnitError, ValueError):
        if unit is not None:
            number = to_unit(value, unit) if isinstance(value, str) and " " in value else float(str(value))
    return {"field": field, "number_format": form, "value": number, "unit": unit, "stated": str(value)}


def _machine(name: str, entry: Mapping[str, Any], origin: Origin) -> Row:
    return {"id": name, "name": entry["name"], "chip": entry["chip"], "chips": float(entry["chips"]),
            "from": entry.get("from"), "until": entry.get("until"), "aliases": joined(entry.get("aliases")),
            **origin.of(entry["source"], entry.get("confirmed"))}


def _published(name: str, entry: Mapping[str, Any], origin: Origin) -> Iterator[Row]:
    for form, rate in (entry.get("published-peak") or {}).items():
        for row in _entry("peak", form, rate, origin):
            yield {"machine": name, **row}


#: Columns of the wide table that a fact fills: its field, and what it means.
_WIDE: Final = {
    "memory_gb": ("memory", "GB"), "bandwidth_gb_per_s": ("bandwidth", "GB/s"),
    "bus_bits": ("bandwidth.bus-bits", "width of the memory bus"),
    "gbit_per_pin": ("bandwidth.gbit-per-pin", "data rate of the memory"), "tdp_w": ("tdp", "W"),
    "interconnect_gb_per_s": ("interconnect", "GB/s"), "base_mhz": ("clocks.base", "MHz"),
    "boost_mhz": ("clocks.boost", "MHz"),
}
_TEXTS: Final = {
    "name": "what it is called", "kind": "gpu, tpu, asic, cpu, soc or wafer", "architecture": "key of the architecture",
    "form-factor": "board, module or socket", "status": "released, announced, cancelled or rumoured",
    "training-format": "the number format that an estimate takes where the paper names none",
}


def _chip_columns() -> tuple[Column, ...]:
    return (
        Column("id", "string", "the chip"), Column("vendor", "string", "who makes it"),
        *(Column(name.replace("-", "_"), "string", means) for name, means in _TEXTS.items()),
        Column("architecture_name", "string", "what the architecture is called"),
        Column("announced", "date", "the first day anybody outside could know of it"),
        Column("released", "date", "the day it could be bought or rented"),
        Column("memory_type", "string", "HBM2e, GDDR6X, ..."),
        *(Column(name, "number", means) for name, (_, means) in _WIDE.items()),
        *(Column(_peak_column(form), "number", f"dense peak in {form}") for form in FORMATS),
        Column("dies", "integer", "dies in it"), Column("aliases", "string", "other names, between semicolons"),
        Column("confidence", "string", "high, medium or low"), Column("note", "string", "what else there is to know"),
        Column("file", "string", "where the entry stands"),
    )


def _peak_column(form: str) -> str:
    return f"{form.replace('-', '_')}_{'op' if form.startswith('int') else 'flop'}_per_s"


def _chips(world: World, facts: Iterable[Row]) -> Iterator[Row]:
    """One row a chip, of the values that stand."""
    stands = {(row["chip"], row["field"], row["number_format"]): row["value"] for row in facts
              if row["state"] == "stands"}
    for chip in world.chips.values():
        data = chip.data
        yield {
            "id": chip.id, "vendor": world.vendors[chip.id],
            **{name.replace("-", "_"): data.get(name) for name in _TEXTS},
            "architecture_name": world.titles[chip.texts["architecture"]],
            "announced": chip.texts.get("announced") or None, "released": chip.texts.get("released") or None,
            "memory_type": chip.texts.get("type") or None,
            **{name: stands.get((chip.id, field, None)) for name, (field, _) in _WIDE.items()},
            **{_peak_column(form): stands.get((chip.id, "peak", form)) for form in FORMATS},
            "dies": chip.dies, "aliases": joined(chip.aliases), "confidence": data.get("confidence"),
            "note": data.get("note"), "file": chip.spot.file,
        }
