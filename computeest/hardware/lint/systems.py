"""Whether families and machines hold together: members, defaults and days, counts, second sources, published peaks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date

from computeest.hardware.lint.facts import Check, Chip, shown
from computeest.hardware.lint.shapes import Spot, nearest_of
from computeest.text.numbers import to_unit
from computeest.text.units import UnitError

PEAK_TOLERANCE = 0.06
#: Vendors count GB or GiB, and the memory that is usable or all of it.
MEMORY_TOLERANCE = 0.09
#: Days from the release of a chip to the day from which its family's name means it.
DEFAULT_WITHIN = 62
#: How machines' names say the number of chips: a2-highgpu-8g, ct6e-standard-4t, NVL72, HGX H100 4-GPU, IPU-POD64,
#: BM.GPU.H100.8, CloudMatrix 384.
_COUNTS = re.compile(r"-(\d+)[gt](?:-metal)?$|\bNVL(\d+)$|\b(\d+)-GPU$|\b(?:IPU-|Bow )Pod(\d+)$|GPU[\w.-]*\.(\d+)$|"
                     r"\bCloudMatrix (\d+)$", re.IGNORECASE)
#: NVIDIA's NVL144 counts the dies of 72 GPUs.
_COUNTS_DIES = frozenset(("NVIDIA Vera Rubin NVL144",))


def family(entry: Mapping[str, object], spot: Spot, chips: Mapping[str, Chip]) -> Check:
    """Members exist, defaults are members, days are days that fit them, and what is called the same is."""
    given = entry.get("members")
    members = [str(member) for member in given] if isinstance(given, list) else []
    for member in members:
        if member not in chips:
            yield spot.error("member", f"'{member}' is no chip" + nearest_of(member, chips))
    for key, day, default in _defaults(entry):
        if default not in members:
            yield spot.error("member", f"the {key} '{default}' is not among the members")
        if day and not _is_day(day):
            yield spot.error("date", f"'{day}' is no day such as \"2020-05-14\"")
    yield from _turns(entry, spot, chips)
    if entry.get("same-for-all"):
        yield from _same(spot, [chips[member] for member in members if member in chips])


def system(entry: Mapping[str, object], spot: Spot, chips: Mapping[str, Chip], replaced: bool = False) -> Check:
    """The chip exists, and count, memory and peak are what the name, a second source and the vendor say."""
    chip, number = chips.get(str(entry.get("chip"))), entry.get("chips")
    if chip is None:
        yield spot.error("member", f"'{entry.get('chip')}' is no chip" + nearest_of(str(entry.get("chip")), chips))
    elif isinstance(number, int | float) and not replaced:
        yield from _named_count(entry, spot, number)
        yield from _second(entry, spot, chip, number)
        yield from _published(entry, spot, chip, number)
        yield from _pod(entry, spot, chip, number)


def _named_count(entry: Mapping[str, object], spot: Spot, number: float) -> Check:
    name = str(entry.get("name"))
    match = None if name in _COUNTS_DIES else _COUNTS.search(name)
    said = next((int(group) for group in match.groups() if group), number) if match else number
    if said != number:
        yield spot.error("system-count", f"has {shown(number)} chips, but its name says {said}")


def _second(entry: Mapping[str, object], spot: Spot, chip: Chip, number: float) -> Check:
    """The machine against what another document says is in it."""
    other = entry.get("second")
    if not isinstance(other, dict):
        return
    by, count, called = other.get("source"), other.get("chips"), str(other.get("chip") or "")
    if isinstance(count, int | float) and count != number:
        yield spot.error("system-count", f"has {shown(number)} chips, but '{by}' says {shown(count)}")
    missing = [word for word in _words(called) if word not in _words(" ".join((chip.texts["name"], *chip.aliases)))]
    if missing:
        yield spot.error("system-chip", f"holds {chip.id}, but '{by}' says {called}")
    size = chip.values.get("memory")
    with suppress(UnitError, KeyError):
        total = to_unit(str(other["memory"]), "GB")
        if size is not None and abs(number * size.number / total - 1) > MEMORY_TOLERANCE:
            yield spot.error("system-memory", f"{shown(number)} x {shown(size.number)} GB are "
                                              f"{shown(number * size.number)}, but '{by}' says {shown(total)}")


def _published(entry: Mapping[str, object], spot: Spot, chip: Chip, number: float) -> Check:
    """Chips x peak against what the vendor prints of the machine, or of so many machines."""
    peaks = entry.get("published-peak")
    for name, printed in (peaks.items() if isinstance(peaks, dict) else ()):
        if not isinstance(printed, dict):
            continue
        machines = printed.get("of", 1)
        for which, rates in (("value", chip.peak), ("sparse", chip.sparse)):
            rate = rates.get(name)
            with suppress(UnitError, KeyError):
                published = to_unit(str(printed[which]), "TOP/s" if name.startswith("int") else "TFLOP/s")
                if rate is None or not isinstance(machines, int):
                    continue
                total = machines * number * rate.number
                if abs(total / published - 1) > PEAK_TOLERANCE:
                    each = f"{shown(number)} x {shown(rate.number)} TFLOP/s"
                    each = f"{machines} x {each}" if machines > 1 else each
                    yield spot.error("system-peak", f"{each} are {shown(total)}, but {shown(published)} are published "
                                                    f"for {name}{' with sparsity' if which == 'sparse' else ''}")


def _pod(entry: Mapping[str, object], spot: Spot, chip: Chip, number: float) -> Check:
    """A pod is as large as the chip's entry says."""
    times = chip.units.get("pod")
    if times is not None and re.search(r"\b(super)?pod$", str(entry.get("name")), re.IGNORECASE) and times != number:
        yield spot.error("system-count", f"has {shown(number)} chips, but a pod of {chip.id} is {shown(times)}")


def _turns(entry: Mapping[str, object], spot: Spot, chips: Mapping[str, Chip]) -> Check:
    """A name begins to mean a chip when that chip comes, not at another time."""
    for day, default in _turning(entry):
        chip = chips.get(default)
        known = [found for name in ("announced", "released") if chip and (found := chip.day(name))]
        with suppress(ValueError):
            turn = date.fromisoformat(day)
            if known and min(abs((turn - found).days) for found in known) > DEFAULT_WITHIN:
                yield spot.error("family-date", f"means {default} from {day}, but that was announced or released on "
                                                + " and ".join(map(str, known)))


def _turning(entry: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Each day on which the default changes, and the default from then on."""
    before, after = entry.get("default-before"), entry.get("default-from")
    if isinstance(before, dict):
        days = sorted(before)
        yield from zip(days, [*(str(before[day]) for day in days[1:]), str(entry.get("default"))], strict=True)
    if isinstance(after, dict):
        yield from ((str(day), str(default)) for day, default in after.items())


def _defaults(entry: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    yield "default", "", str(entry.get("default"))
    for key in ("default-before", "default-from"):
        days = entry.get(key)
        if isinstance(days, dict):
            for day, default in days.items():
                yield key, str(day), str(default)


def _is_day(text: str) -> bool:
    with suppress(ValueError):
        return len(text) == len("2020-05-14") and bool(date.fromisoformat(text))
    return False


def _same(spot: Spot, members: list[Chip]) -> Check:
    for chip in members[1:]:
        for name, peak in chip.peak.items():
            first = members[0].peak.get(name)
            if first is not None and abs(peak.number / first.number - 1) > 0.01:
                yield spot.error("same-for-all", f"{chip.id} has {shown(peak.number)} in {name}, "
                                                 f"{members[0].id} {shown(first.number)}")


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())
