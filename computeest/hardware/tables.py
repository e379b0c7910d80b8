"""The database as tables: every value with the document it is from, and one row a chip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Literal

from computeest.hardware.lint.facts import Chip
from computeest.hardware.lint.lint import World
from computeest.hardware.lint.schema import FORMATS
from computeest.text.numbers import to_unit
from computeest.text.units import UnitError
from computeest.text.yaml_nodes import plain

Row = dict[str, Any]
Kind = Literal["string", "number", "integer", "boolean", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what is in its cells, and what they mean."""

    name: str
    kind: Kind
    means: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with their schema."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    #: The column that tells the rows apart, if one does.
    key: str = ""
    #: Columns that hold another table's key.
    refers: tuple[tuple[str, str], ...] = ()


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
_ORIGIN: Final = (
    Column("source", "string", "the document the value is from: sources.id"),
    Column("source_kind", "string", "datasheet, whitepaper, vendor-doc, press, database or derived"),
    Column("opened", "boolean", "whether the document was opened; empty where the value is computed"),
    Column("confirmed", "string", "an opened document that says the same: sources.id"),
    Column("accessed", "date", "when the document was read"),
)
_FACTS: Final = (
    Column("chip", "string", "chips.id"), *_STATED,
    Column("state", "string", "stands; second: as another document says; disputed: as it was or is said elsewhere"),
    *_ORIGIN,
    Column("confidence", "string", "of the chip: high, medium or low"),
    Column("note", "string", "who says a disputed value, and why it does not stand"),
)
_SOURCE: Final = (
    Column("id", "string", "the file and the key in it"), Column("title", "string", "what the document is called"),
    Column("kind", "string", _ORIGIN[1].means), Column("url", "string", "where it is"),
    Column("opened", "boolean", _ORIGIN[2].means), Column("accessed", "date", "when it was read"),
    Column("formula", "string", "how a value is computed"),
)
_MACHINES: Final = (
    Column("id", "string", "the machine"), Column("name", "string", "what it is called"),
    Column("chip", "string", "the chip, or the family of chips, that is in it"),
    Column("chips", "number", "how many; a fraction where it is a share of one"),
    Column("from", "date", "since when the name means this"), Column("until", "date", "until when it does"),
    Column("aliases", "string", "other names, between semicolons"), *_ORIGIN,
)
_MACHINE_PEAKS: Final = (Column("machine", "string", "machines.id"), *_STATED, *_ORIGIN)
_FAMILIES: Final = (
    Column("id", "string", "the family"), Column("default", "string", "the chip that the bare name means"),
    Column("members", "string", "ids of chips, between semicolons"),
    Column("aliases", "string", "the names that they share, between semicolons"),
)


def tables(world: World) -> tuple[Table, ...]:
    """Chips, facts, sources, machines, their published peaks, and families."""
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
              tuple(_machine(name, entry, _Origin(file, world.sources[file]))
                    for name, (entry, file) in machines.items()), "id", origin),
        Table("machine_peaks", "Peaks that vendors print of machines", _MACHINE_PEAKS,
              tuple(row for name, (entry, file) in machines.items()
                    for row in _published(name, entry, _Origin(file, world.sources[file]))),
              refers=(("machine", "machines"), *origin)),
        Table("families", "Names that several chips share", _FAMILIES, tuple(
            {"id": name, "default": entry.get("default"), "members": _joined(entry.get("members")),
             "aliases": _joined(entry.get("aliases"))} for name, entry in families.items()), "id"),
    )


@dataclass(frozen=True, slots=True)
class _Origin:
    """The sources of one file."""

    file: str
    sources: Mapping[str, Mapping[str, str]]

    def of(self, key: str | None, confirmed: str | None = None) -> Row:
        """The columns on the document that a key names."""
        source = self.sources.get(key or "", {})
        return {"source": self.id(key), "source_kind": source.get("kind"), "opened": _opened(source),
                "confirmed": self.id(confirmed), "accessed": source.get("accessed")}

    def id(self, key: str | None) -> str | None:
        """The key as it is among all files' keys."""
        return f"{self.file.removesuffix('.yaml')}:{key}" if key else None


def _opened(source: Mapping[str, str]) -> bool | None:
    if not source or source.get("kind") == "derived":
        return None
    return source.get("unopened") != "true"


def _documents(world: World) -> Iterator[Row]:
    for file, sources in world.sources.items():
        origin = _Origin(file, sources)
        for key, source in sources.items():
            yield {"id": origin.id(key), **{name: source.get(name) for name in ("title", "kind", "url", "accessed",
                                                                               "formula")}, "opened": _opened(source)}


def _facts(chip: Chip) -> Iterator[Row]:
    """Every value of a chip, then what others say of it."""
    origin = _Origin(chip.spot.file, chip.sources)
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


def _entry(name: str, form: str | None, entry: Mapping[str, Any], origin: _Origin) -> Iterator[Row]:
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


def _machine(name: str, entry: Mapping[str, Any], origin: _Origin) -> Row:
    return {"id": name, "name": entry["name"], "chip": entry["chip"], "chips": float(entry["chips"]),
            "from": entry.get("from"), "until": entry.get("until"), "aliases": _joined(entry.get("aliases")),
            **origin.of(entry["source"], entry.get("confirmed"))}


def _published(name: str, entry: Mapping[str, Any], origin: _Origin) -> Iterator[Row]:
    for form, rate in (entry.get("published-peak") or {}).items():
        for row in _entry("peak", form, rate, origin):
            yield {"machine": name, **row}


def _joined(names: Iterable[object] | None) -> str | None:
    return "; ".join(map(str, names)) if names else None


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
            "dies": chip.dies, "aliases": _joined(chip.aliases), "confidence": data.get("confidence"),
            "note": data.get("note"), "file": chip.spot.file,
        }
