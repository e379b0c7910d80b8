"""Whether chips that must be alike are, and chips that must differ do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from computeest.hardware.lint_facts import Architecture, Check, Chip, shown

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
        record = (chip.texts.get("architecture"), *((name, peak.number) for name, peak in chip.peak.items()),
                  *((name, value.number) for name, value in chip.values.items()))
        if len(record) < 5:
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
