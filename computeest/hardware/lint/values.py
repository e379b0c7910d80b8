"""Whether memory, bandwidth, power and dates are within what such chips have."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import date

from computeest.hardware.lint.facts import Architecture, Check, Chip, shown, sourced
from computeest.hardware.lint.schema import INTEGER_FORMATS, VECTOR_FORMATS
from computeest.hardware.lint.shapes import Spot, nearest_of
from computeest.text.yaml_nodes import Node

#: The fastest a chip of each memory type has been sold with, in TB/s.
MEMORY_LIMIT = {"GDDR3": 0.2, "GDDR5": 0.5, "GDDR5X": 0.56, "GDDR6": 0.97, "GDDR6X": 1.02, "GDDR7": 1.8, "HBM": 0.52,
                "HBM2": 1.65, "HBM2e": 3.8, "HBM3": 5.4, "HBM3e": 8.2, "DDR3": 0.1, "DDR4": 0.4, "LPDDR4X": 0.14,
                "LPDDR5": 0.82, "LPDDR5X": 0.9}
#: FLOP per byte, 16-bit peak over memory bandwidth.
INTENSITY = (4.0, 900.0)
#: Milliseconds to read the whole memory once.
SWEEP = (4.0, 700.0)
#: Watts of one chip; wafers, CPU packages and systems are exempt.
POWER = (5.0, 1500.0)
#: GFLOP/s per watt at the training format, by the last year of release it holds for. Vector units: what 98 of 100 of
#: TechPowerUp's 1,650 GPUs without matrix units have. Matrix units: what the database's chips have, with a third to
#: spare; GeForce cards that accumulate in FP32 at half rate set the lower bound.
PER_WATT = {
    "vector": ((2012, 0.7, 33.0), (2016, 2.5, 100.0), (2019, 12.5, 130.0), (9999, 13.5, 390.0)),
    "matrix": ((2018, 60.0, 1400.0), (2020, 105.0, 1700.0), (2022, 50.0, 2900.0), (9999, 130.0, 3400.0)),
}
PIN_TOLERANCE = 0.025
#: GB of memory behind 32 bits of the bus, or behind the 1024 bits of a stack of HBM: the smallest and the largest
#: devices of each type that chips were sold with, both sides of a board counted. Of the 1,600 cards of TechPowerUp's
#: table with such memory it finds six wrong: slices for virtual machines, and mining cards with memory switched off.
DEVICES = {"GDDR3": (0.032, 0.5), "GDDR5": (0.0625, 2), "GDDR5X": (0.5, 2), "GDDR6": (1, 4), "GDDR6X": (1, 2),
           "GDDR7": (2, 6), "HBM": (1, 1), "HBM2": (4, 8), "HBM2e": (4, 16), "HBM3": (16, 24), "HBM3e": (22, 36),
           "HBM4": (24, 64), "LPDDR4": (1, 4), "LPDDR4X": (1, 4), "LPDDR5": (1, 8), "LPDDR5X": (2, 16)}
#: Vendors call 141 of 144 GB usable, and GiB GB.
DEVICE_TOLERANCE = 0.075
#: Days from announcement to shops: AWS Trainium1 took 678.
LONGEST_WAIT = 700
#: Days between two sources of one date.
DISAGREEMENT = 180
_SIZE_IN_NAME = re.compile(r"(\d+) ?GB\b")


def bus(chip: Chip, architecture: Architecture, today: date) -> Check:
    """Bandwidth against bus width x data rate."""
    given = chip.values.get("bandwidth")
    entry = chip.data.get("bandwidth")
    if given is None or not isinstance(entry, dict):
        return
    bits, rate = entry.get("bus-bits"), entry.get("gbit-per-pin")
    if isinstance(bits, int | float) and isinstance(rate, int | float):
        expected = bits * rate / 8
        if abs(given.number / expected - 1) > PIN_TOLERANCE:
            yield chip.at("bandwidth.value").error(
                "bandwidth", f"is {shown(given.number)} GB/s, but {bits} bit x {shown(rate)} Gbit/s / 8 give "
                             f"{shown(expected)}")


def memory(chip: Chip, architecture: Architecture, today: date) -> Check:
    """Bandwidth against the memory type, the memory's size and the chip's speed."""
    type_, bandwidth, size = chip.texts.get("type", ""), chip.values.get("bandwidth"), chip.values.get("memory")
    if bandwidth is None or type_ == "SRAM":
        return
    spot, limit = chip.at("bandwidth.value"), MEMORY_LIMIT.get(type_)
    if limit is not None and bandwidth.number > limit * 1000 * chip.dies:
        yield spot.warning("memory-type", f"is {shown(bandwidth.number)} GB/s; no chip with {type_} has more than "
                                          f"{shown(limit * 1000 * chip.dies)}")
    if size is not None:
        sweep = size.number / bandwidth.number * 1000
        if not SWEEP[0] <= sweep <= SWEEP[1]:
            yield spot.warning("sweep", f"reads the {shown(size.number)} GB in {shown(sweep)} ms; usual are "
                                        f"{shown(SWEEP[0])} to {shown(SWEEP[1])}")
    peak = chip.fastest_16_bit()
    if peak is not None:
        intensity = peak.number * 1000 / bandwidth.number
        if not INTENSITY[0] <= intensity <= INTENSITY[1]:
            yield spot.warning("intensity", f"gives {shown(intensity)} FLOP per byte at the 16-bit rate; usual are "
                                            f"{shown(INTENSITY[0])} to {shown(INTENSITY[1])}")


def size(chip: Chip, architecture: Architecture, today: date) -> Check:
    """Memory against the size that the name has, and against devices there are for the bus."""
    given = chip.values.get("memory")
    if given is None:
        return
    spot, named = chip.at("memory.value"), _SIZE_IN_NAME.search(chip.texts.get("name", ""))
    if named and abs(given.number / float(named[1]) - 1) > DEVICE_TOLERANCE:
        yield spot.error("memory", f"is {shown(given.number)} GB, but the name says {named[1]}")
    entry, type_ = chip.data.get("bandwidth"), chip.texts.get("type", "")
    bits = entry.get("bus-bits") if isinstance(entry, dict) else None
    if not isinstance(bits, int) or type_ not in DEVICES:
        return
    width = 1024 if type_.startswith("HBM") else 32
    each, (low, high) = given.number / (bits / width), DEVICES[type_]
    if not low * (1 - DEVICE_TOLERANCE) <= each <= high * (1 + DEVICE_TOLERANCE):
        yield spot.error("memory", f"is {shown(given.number)} GB, {shown(each)} behind each {width} of {bits} bit; "
                                   f"{type_} has {shown(low)} to {shown(high)}")


def power(chip: Chip, architecture: Architecture, today: date) -> Check:
    """The power, and the speed it buys, against chips of its time."""
    tdp = chip.values.get("tdp")
    if tdp is None or chip.texts.get("kind") in ("wafer", "cpu") or chip.texts.get("scope") == "system":
        return
    if not POWER[0] <= tdp.number <= POWER[1]:
        yield chip.at("tdp.value").warning("power", f"is {shown(tdp.number)} W; chips have {shown(POWER[0])} to "
                                                    f"{shown(POWER[1])}")
    peak = chip.peak.get(chip.texts.get("training-format", ""))
    shipped = chip.day("released")
    if peak is None or shipped is None or chip.texts["training-format"] in INTEGER_FORMATS:
        return
    kind = "vector" if chip.texts["training-format"] in VECTOR_FORMATS else "matrix"
    low, high = next((low, high) for last, low, high in PER_WATT[kind] if shipped.year <= last)
    efficiency = peak.number * 1000 / tdp.number
    if not low <= efficiency <= high:
        yield chip.at("tdp.value").warning(
            "per-watt", f"gives {shown(efficiency)} GFLOP/s per watt at the training format; chips of {shipped.year} "
                        f"have {shown(low)} to {shown(high)}")


def dates(chip: Chip, architecture: Architecture, today: date) -> Check:
    """Announced, then released, and not in the future; within the architecture's years."""
    announced, shipped = chip.day("announced"), chip.day("released")
    if announced and shipped and announced > shipped:
        yield chip.at("released").error("dates", f"{shipped} is before it was announced, {announced}")
    if announced and shipped and (shipped - announced).days > LONGEST_WAIT:
        yield chip.at("released").warning("dates", f"{shipped} is {(shipped - announced).days} days after it was "
                                                   f"announced; the longest usual wait is {LONGEST_WAIT}")
    yield from _second(chip)
    for name, day in (("announced", announced), ("released", shipped)):
        if day and day > today:
            yield chip.at(name).error("dates", f"{day} has not come yet; use `expected` for plans")
    if chip.released and shipped is None:
        yield chip.spot.error("dates", "is released, but has no date of release")
    if shipped and not architecture.years[0] <= shipped.year <= architecture.years[1]:
        yield chip.at("released").error("years", f"{shipped.year} is outside {architecture.years[0]} to "
                                                 f"{architecture.years[1]}, the years of {architecture.id}")


def _second(chip: Chip) -> Check:
    """A date against what a second source says: some mean the announcement, some the shops, nobody another year."""
    for name in ("announced", "released"):
        given, entry = chip.day(name), chip.data.get(name)
        other = entry.get("second") if isinstance(entry, dict) else None
        if given is None or not isinstance(other, dict):
            continue
        with suppress(ValueError):
            apart = abs((given - date.fromisoformat(str(other.get("value")))).days)
            if apart > DISAGREEMENT:
                yield chip.at(name).warning(
                    "dates", f"{given} is {apart} days from {other.get('value')}, which '{other.get('source')}' says")


CHECKS = (bus, memory, size, power, dates)


#: Kinds that a chip of high confidence should not rest on.
WEAK = ("database", "press")
STALE_AFTER_MONTHS = 24


def known(node: Node, spot: Spot, sources: Mapping[str, Mapping[str, str]]) -> Check:
    """Every `source` below names a key of the file's sources."""
    for here, key in sourced(node, spot):
        if key not in sources:
            yield here.error("source-unknown", f"'{key}' is no key of this file's sources" + nearest_of(key, sources))


def borne_out(node: Node, spot: Spot, sources: Mapping[str, Mapping[str, str]]) -> Check:
    """What bears a value out is another document, and one that was opened."""
    entries = node.value if isinstance(node.value, dict) else {}
    second = entries.get("second")
    beside = second.value.get("source") if second is not None and isinstance(second.value, dict) else None
    for name, other in (("confirmed", entries.get("confirmed")), ("second.source", beside)):
        if other is None or not isinstance(other.value, str):
            continue
        if "source" in entries and entries["source"].value == other.value:
            yield spot.at(name, other.line).error("confirmed", f"'{other.value}' is where the value is from itself")
        elif _unopened(sources.get(other.value, {})):
            yield spot.at(name, other.line).error("confirmed", f"'{other.value}' was not opened and bears nothing out")
    for key, entry in entries.items():
        if isinstance(entry.value, dict):
            yield from borne_out(entry, spot.at(key, entry.line), sources)


def complete(sources: Mapping[str, Mapping[str, str]], node: Node, spot: Spot, today: date) -> Check:
    """A source can be opened, and was, or, if it is a formula, computed."""
    entries = node.value if isinstance(node.value, dict) else {}
    for key, source in sources.items():
        here = spot.at(f"sources.{key}", entries[key].line)
        needed = ("url",) if _unopened(source) else ("url", "accessed")
        if source.get("kind") == "derived":
            needed = ("formula",)
        for name in needed:
            if name not in source:
                yield here.error("source-incomplete", f"has no '{name}'")
        if source.get("accessed", "") > today.isoformat():
            yield here.error("dates", f"was opened on {source['accessed']}, which has not come yet")
        if not source.get("url", "https://").startswith(("https://", "http://")):
            yield here.error("source-incomplete", f"'{source['url']}' is no web address")
        inputs = entries[key].value
        parents = inputs.get("from") if isinstance(inputs, dict) else None
        for parent in parents.value if parents is not None and isinstance(parents.value, list) else ():
            if parent.value not in sources:
                yield here.error("source-unknown", f"'{parent.value}' is no key of this file's sources")


def weak(chip: Chip) -> Check:
    """High confidence needs better than somebody's table."""
    if chip.texts.get("confidence") != "high":
        return
    for name, peak in chip.peak.items():
        source = chip.sources.get(peak.source, {})
        why = f"a {source['kind']} source" if source.get("kind") in WEAK else "an unopened source"
        if source.get("kind") in WEAK or _unopened(source):
            yield chip.at(f"peak.{name}").warning("source-weak", f"rests on {why}, while the confidence is high")


def _unopened(source: Mapping[str, str]) -> bool:
    """Whether whoever entered the value only knew of the document."""
    return source.get("unopened") == "true"


def stale(chip: Chip, today: date) -> Check:
    """What was only announced is worth another look after two years."""
    if chip.texts.get("status") != "announced":
        return
    cited = {peak.source for peak in chip.peak.values()}
    for key in sorted(cited):
        accessed = chip.sources.get(key, {}).get("accessed", "")
        try:
            opened = date.fromisoformat(accessed)
        except ValueError:
            continue
        months = (today.year - opened.year) * 12 + today.month - opened.month
        if months > STALE_AFTER_MONTHS:
            yield chip.spot.warning("source-stale", f"is only announced, and '{key}' was opened {months} months ago")


TOLERANCE = 0.05


def same_silicon(chips: Mapping[str, Chip], architectures: Mapping[str, Architecture]) -> Check:
    """Chips of one architecture, unit count and clock have the same rates."""
    groups: dict[tuple[object, ...], list[Chip]] = defaultdict(list)
    for chip in chips.values():
        architecture = architectures.get(chip.texts.get("architecture", ""))
        if architecture is None or chip.limited or architecture.unit not in chip.counts:
            continue
        clocks = (chip.clock("fp32", architecture), chip.clock("tf32", architecture))
        if all(clocks):
            groups[(architecture.id, chip.counts[architecture.unit], *clocks)].append(chip)
    for group in groups.values():
        for chip in group[1:]:
            why = f"with the same {chip.texts['architecture']} units and clocks"
            yield from _differences(chip, group[0], why)


def declared(chips: Mapping[str, Chip]) -> Check:
    """A chip that says it has another's rates has them."""
    for chip in chips.values():
        claim = chip.data.get("same-rates-as")
        if not isinstance(claim, dict):
            continue
        other = chips.get(str(claim.get("chip")))
        if other is None:
            yield chip.at("same-rates-as").error("siblings", f"'{claim.get('chip')}' is no chip")
        else:
            yield from _differences(chip, other, "whose rates it shares", claim.get("except") or ())


def twins(chips: Mapping[str, Chip]) -> Check:
    """Two ids with the very same record: one is a copy, unless it says so."""
    seen: dict[tuple[object, ...], Chip] = {}
    for chip in chips.values():
        # a CPU has few numbers, and generations that share them: only with its day of release is it the same
        released = chip.texts.get("released") if chip.texts.get("kind") == "cpu" else None
        record = (chip.texts.get("architecture"), released, *((name, peak.number) for name, peak in chip.peak.items()),
                  *((name, value.number) for name, value in chip.values.items()))
        if len(record) < 6:
            continue
        first = seen.setdefault(record, chip)
        if first is not chip and not isinstance(chip.data.get("same-rates-as"), dict):
            yield chip.spot.warning("twins", f"has the very record of {first.id}: a copy, or one chip with two names?")


def succession(chips: Mapping[str, Chip]) -> Check:
    """A successor is not older than what it succeeds."""
    for chip in chips.values():
        name = chip.data.get("successor-of")
        if name is None:
            continue
        older = chips.get(str(name))
        if older is None:
            yield chip.at("successor-of").error("succession", f"'{name}' is no chip")
            continue
        mine, theirs = chip.day("released"), older.day("released")
        if mine and theirs and mine < theirs:
            yield chip.at("successor-of").warning("succession", f"was released {mine}, before {older.id}, {theirs}")


def _differences(chip: Chip, other: Chip, why: str, skip: object = ()) -> Check:
    skipped = skip if isinstance(skip, list | tuple) else ()
    for name, peak in chip.peak.items():
        theirs = other.peak.get(name)
        if theirs is None or name in skipped:
            continue
        slack = peak.rounding + theirs.rounding
        if max(0.0, abs(peak.number - theirs.number) - slack) > TOLERANCE * theirs.number:
            yield chip.at(f"peak.{name}").error(
                "siblings", f"is {shown(peak.number)}, but {other.id}, {why}, has {shown(theirs.number)}")
