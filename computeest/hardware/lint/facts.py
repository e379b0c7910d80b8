"""The database's entries as numbers, for checks to compare; what the schema refused is simply absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from computeest.hardware.lint.schema import FORMATS, VECTOR_FORMATS
from computeest.hardware.lint.shapes import Finding, Spot
from computeest.text.numbers import to_unit
from computeest.text.units import UnitError
from computeest.text.yaml_nodes import Node, plain

#: Keys that name a source: of the value, of an independent document that says the same, of the bus beside a bandwidth.
SOURCE_KEYS = ("source", "confirmed", "bus-source")


@dataclass(frozen=True, slots=True)
class Value:
    """One number in its schema unit, with what rounding its text allows."""

    number: float
    source: str
    line: int
    #: Half a unit of the last digit printed: no value can be held to more.
    rounding: float = 0.0


@dataclass(frozen=True, slots=True)
class Architecture:
    """What one compute unit does in one clock."""

    id: str
    unit: str
    cores: int
    tensor_cores: int
    years: tuple[int, int]
    rates: Mapping[str, float]
    formats: frozenset[str]
    clock: str

    @property
    def has_matrix_units(self) -> bool:
        """Whether a chip of it should have a 16-bit matrix rate."""
        return bool(self.formats & {"fp16-tensor", "bf16-tensor"})


@dataclass(frozen=True, slots=True)
class Chip:
    """One chip's facts: rates in TFLOP/s (TOP/s), GB, GB/s, W, MHz."""

    id: str
    spot: Spot
    texts: Mapping[str, str]
    peak: Mapping[str, Value] = field(default_factory=dict)
    sparse: Mapping[str, Value] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[str, float] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    lint_ok: frozenset[str] = frozenset()
    #: The node as plain data, for the fields few checks read.
    data: Mapping[str, object] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    line_of: Mapping[str, int] = field(default_factory=dict)

    @property
    def limited(self) -> bool:
        """Whether the vendor capped its rates, so that units and clock do not give them."""
        return self.data.get("limited") is True

    @property
    def dies(self) -> int:
        """How many dies of the memory type's usual width it holds."""
        dies = self.data.get("dies")
        return dies if isinstance(dies, int) else 1

    @property
    def released(self) -> bool:
        """Whether it can be bought, so that its documents should be final."""
        return self.texts.get("status") == "released"

    def at(self, path: str) -> Spot:
        """Where a field of it stands."""
        return self.spot.at(path, self.line_of.get(path, self.spot.line))

    def day(self, name: str) -> date | None:
        """One of its dates."""
        with suppress(ValueError):
            return date.fromisoformat(self.texts.get(name, ""))
        return None

    def clock(self, name: str, architecture: Architecture) -> float | None:
        """The clock in MHz at which a number format's peak is counted: only wide formats reach the highest."""
        wanted = (architecture.clock,) if name in (*VECTOR_FORMATS, "fp64-tensor") else ("tensor", architecture.clock)
        found = (self.values.get(f"clocks.{clock}") for clock in wanted)
        return next((value.number for value in found if value is not None), None)

    def fastest_16_bit(self) -> Value | None:
        """The matrix rate that training in 16 bits uses."""
        rates = [self.peak[name] for name in ("fp16-tensor", "bf16-tensor") if name in self.peak]
        return max(rates, key=lambda rate: rate.number, default=None)


_QUANTITIES = {
    "tdp": "W", "memory": "GB", "bandwidth": "GB/s",
    "clocks.base": "MHz", "clocks.boost": "MHz", "clocks.tensor": "MHz",
}
_WORDS = ("name", "kind", "architecture", "status", "confidence", "vendor", "form-factor", "training-format")


def read_chip(name: str, node: Node, spot: Spot, sources: Mapping[str, Mapping[str, str]]) -> Chip:
    """The chip's facts as far as they can be read."""
    entries = _entries(node)
    peaks = _entries(entries.get("peak"))
    stated = [key for key in FORMATS if key in peaks]
    lines = {key: entry.line for key, entry in _walk(node)}
    values = {path: value for path, unit in _QUANTITIES.items() if (value := _value(entries, path, unit)) is not None}
    texts = {word: entry.value for word in _WORDS if (entry := entries.get(word)) and isinstance(entry.value, str)}
    for key, inner in (("announced", "value"), ("released", "value"), ("memory", "type"), ("tdp", "scope")):
        texts[key if inner == "value" else inner] = _text(_entries(entries.get(key)).get(inner))
    return Chip(
        name, spot, texts,
        {key: value for key in stated if (value := _rate(key, peaks[key])) is not None},
        {key: value for key in stated if (value := _rate(key, peaks[key], "sparse")) is not None}, values,
        {key: int(count) for key, entry in _entries(entries.get("units-count")).items()
         if (count := _text(entry)).isdigit()},
        {key: number for key, entry in _entries(entries.get("units")).items() if (number := _number(entry))},
        tuple(_text(entry) for entry in _items(entries.get("aliases"))),
        frozenset(_entries(entries.get("lint-ok"))), plain(node) if isinstance(node.value, dict) else {}, sources,
        lines,
    )


def read_architecture(name: str, node: Node) -> Architecture:
    """The architecture's rates and limits."""
    entries = _entries(node)
    rates = {key: rate for key, entry in _entries(entries.get("rates")).items() if (rate := _number(entry))}
    years = [int(_number(entry) or 0) for entry in _items(entries.get("years"))]
    return Architecture(
        name, _text(entries.get("unit")), int(_number(entries.get("cores-per-unit")) or 0),
        int(_number(entries.get("tensor-cores-per-unit")) or 0), (years[0], years[1]) if len(years) == 2 else (0, 9999),
        rates, frozenset(rates) | {_text(entry) for entry in _items(entries.get("formats"))},
        _text(entries.get("clock")) or "boost",
    )


def read_sources(node: Node | None) -> dict[str, dict[str, str]]:
    """Each source's plain fields."""
    return {key: {name: _text(value) for name, value in _entries(entry).items() if isinstance(value.value, str)}
            for key, entry in _entries(node).items()}


def sourced(node: Node, spot: Spot) -> Iterator[tuple[Spot, str]]:
    """Every `source` below the node, with its place."""
    value = node.value
    if isinstance(value, dict):
        for key, entry in value.items():
            if key in SOURCE_KEYS and isinstance(entry.value, str):
                yield spot, entry.value
            elif not isinstance(entry.value, str):
                yield from sourced(entry, spot.at(key, entry.line))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            if not isinstance(entry.value, str):
                yield from sourced(entry, spot.at(str(index), entry.line))


def shown(value: float) -> str:
    """A number as a message prints it: four digits."""
    return f"{value:.4g}" if abs(value) < 10000 else f"{value:,.0f}"


Check = Iterator[Finding]


def _rate(name: str, node: Node, which: str = "value") -> Value | None:
    return _value({"peak": node}, f"peak.{which}", "TOP/s" if name.startswith("int") else "TFLOP/s")


def _value(entries: Mapping[str, Node], path: str, unit: str) -> Value | None:
    name, _, inner = path.partition(".")
    holder = _entries(entries.get(name))
    entry = holder.get(inner or "value")
    text = _text(entry)
    with suppress(UnitError):
        if entry is not None and " " in text:
            one, number = to_unit("1" + text[text.index(" "):], unit), to_unit(text, unit)
            if number > 0:
                return Value(number, _text(holder.get("source")), entry.line, _rounding(text) * one)
    return None


def _rounding(text: str) -> float:
    digits = text.partition(" ")[0].partition("e")[0]
    return 0.5 * 10.0 ** -len(digits.partition(".")[2])


def _walk(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    for key, entry in _entries(node).items():
        here = f"{path}.{key}" if path else key
        yield here, entry
        yield from _walk(entry, here)


def _entries(node: Node | None) -> dict[str, Node]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _items(node: Node | None) -> list[Node]:
    return node.value if node is not None and isinstance(node.value, list) else []


def _text(node: Node | None) -> str:
    return node.value if node is not None and isinstance(node.value, str) else ""


def _number(node: Node | None) -> float | None:
    with suppress(ValueError):
        return float(_text(node))
    return None
