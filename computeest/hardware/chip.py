"""What is known of one chip, each value with its source."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    """The public document a value comes from."""

    key: str
    title: str
    url: str
    kind: str
    accessed: str = ""
    #: Known to hold the value, but nobody opened it for this database.
    unopened: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """The dense peak of one chip in one number format, in FLOP/s (OP/s for integers)."""

    key: str
    value: float
    source: Source
    sparse: float | None = None

    @property
    def integer(self) -> bool:
        """Whether it counts integer operations, which are no FLOP."""
        return self.key.startswith("int")


@dataclass(frozen=True, slots=True)
class Chip:
    """One product as it is sold."""

    id: str
    name: str
    vendor: str
    kind: str
    architecture: str
    #: The architecture's name: 'NVIDIA Ampere GA100'.
    architecture_name: str
    status: str
    confidence: str
    peaks: Mapping[str, Rate]
    training_format: str | None
    announced: datetime.date | None
    released: datetime.date | None
    #: GB, GB/s and W; None where no source says.
    memory: float | None
    memory_type: str
    bandwidth: float | None
    tdp: float | None
    #: Mean power of a node for each of its chips while it trains, measured, and one-sigma spread in natural log.
    node_power: float | None
    node_power_sigma: float
    #: Whether nobody measured it: it follows from what is said of the chip's power, with a spread to match.
    node_power_estimated: bool
    form_factor: str
    #: Parts and multiples in chips: {'core': 0.5, 'pod': 1024}.
    units: Mapping[str, float]
    #: Chips for each N of a slice's name `v3-N`; None where slices have no such names.
    chips_per_slice: float | None
    ambiguous: Mapping[str, Any]
    dies: int
    aliases: tuple[str, ...]
    disputed: tuple[Mapping[str, Any], ...]
    note: str
    file: str
    #: The entry as the file has it, and the file's sources: what `computeest hardware show` prints.
    facts: Mapping[str, Any] = field(repr=False)
    sources: Mapping[str, Source] = field(repr=False)

    @property
    def training_peak(self) -> float | None:
        """FLOP/s that a bare chip name means in an estimate; None for a chip that does integers only."""
        return self.peaks[self.training_format].value if self.training_format else None

    @property
    def nominal_memory(self) -> float | None:
        """The memory size as the name has it: 32 for 32 GiB as for 32 GB."""
        text = (self.facts.get("memory") or {}).get("value", "")
        digits = text.split()[0] if text else ""
        return float(digits) if digits else None

    @property
    def since(self) -> datetime.date | None:
        """The first day anybody outside could know of it."""
        return self.announced or self.released


def build(chip_id: str, entry: Mapping[str, Any]) -> Chip:
    """The chip of an entry of the compiled database."""
    facts, numbers = entry["facts"], entry["numbers"]
    sources = {key: Source(key, *fields) for key, fields in entry["sources"].items()}
    slices = facts.get("slices")
    return Chip(
        id=chip_id, name=facts["name"], vendor=entry["vendor"], kind=facts.get("kind", ""),
        architecture=facts.get("architecture", ""), architecture_name=entry["architecture_name"],
        status=facts.get("status", ""), confidence=facts.get("confidence", ""),
        peaks={key: _rate(key, facts["peak"][key], numbers["peak"][key], sources) for key in facts.get("peak", {})},
        training_format=facts.get("training-format"),
        announced=_date(facts.get("announced")), released=_date(facts.get("released")),
        memory=numbers.get("memory"), memory_type=(facts.get("memory") or {}).get("type", ""),
        bandwidth=numbers.get("bandwidth"), tdp=numbers.get("tdp"),
        node_power=numbers.get("node-power"), node_power_sigma=float((facts.get("node-power") or {}).get("spread", 0)),
        node_power_estimated=bool((facts.get("node-power") or {}).get("estimated", False)),
        form_factor=facts.get("form-factor", ""), units=facts.get("units", {}),
        chips_per_slice=slices["chips-per-n"] if slices else None,
        ambiguous=facts.get("ambiguous", {}), dies=facts.get("dies", 1),
        aliases=tuple(facts.get("aliases", ())), disputed=tuple(facts.get("disputed", ())),
        note=facts.get("note", ""), file=entry["file"], facts=facts, sources=sources,
    )


def _rate(key: str, fact: Mapping[str, Any], numbers: list[float | None], sources: Mapping[str, Source]) -> Rate:
    value, sparse = numbers
    return Rate(key, float(value or 0.0), sources[fact["source"]], sparse)


def _date(fact: Mapping[str, Any] | None) -> datetime.date | None:
    return datetime.date.fromisoformat(fact["value"]) if fact else None
