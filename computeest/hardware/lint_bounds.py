"""Whether memory, bandwidth, power and dates are within what such chips have."""

from __future__ import annotations

from datetime import date

from computeest.hardware.lint_facts import Architecture, Check, Chip, shown
from computeest.hardware.lint_schema import INTEGER_FORMATS

#: The fastest a chip of each memory type has been sold with, in TB/s.
MEMORY_LIMIT = {"GDDR3": 0.2, "GDDR5": 0.5, "GDDR5X": 0.56, "GDDR6": 0.97, "GDDR6X": 1.02, "GDDR7": 1.8, "HBM": 0.52,
                "HBM2": 1.65, "HBM2e": 3.8, "HBM3": 5.4, "HBM3e": 8.1, "DDR3": 0.1, "DDR4": 0.4, "LPDDR4X": 0.1,
                "LPDDR5": 0.82, "LPDDR5X": 0.9}
#: FLOP per byte, 16-bit peak over memory bandwidth.
INTENSITY = (4.0, 900.0)
#: Milliseconds to read the whole memory once.
SWEEP = (5.0, 700.0)
#: Watts of one chip; wafers, CPU packages and systems are exempt.
POWER = (5.0, 1500.0)
#: GFLOP/s per watt at the training format, by the last year of release it holds for.
PER_WATT = ((2012, 2.0, 25.0), (2016, 12.0, 90.0), (2018, 25.0, 1050.0), (2020, 150.0, 1400.0), (2022, 140.0, 2300.0),
            (2024, 200.0, 2600.0), (9999, 280.0, 2600.0))
PIN_TOLERANCE = 0.04


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
    low, high = next((low, high) for last, low, high in PER_WATT if shipped.year <= last)
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
    for name, day in (("announced", announced), ("released", shipped)):
        if day and day > today:
            yield chip.at(name).error("dates", f"{day} has not come yet; use `expected` for plans")
    if chip.released and shipped is None:
        yield chip.spot.error("dates", "is released, but has no date of release")
    if shipped and not architecture.years[0] <= shipped.year <= architecture.years[1]:
        yield chip.at("released").error("years", f"{shipped.year} is outside {architecture.years[0]} to "
                                                 f"{architecture.years[1]}, the years of {architecture.id}")


CHECKS = (bus, memory, power, dates)
