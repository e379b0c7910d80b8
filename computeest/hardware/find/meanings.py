"""What a name can mean, and which of the chips it can mean a text does mean."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from computeest.hardware.chip import Chip
from computeest.hardware.find import index
from computeest.hardware.find.vocabulary import MODIFIER, WORDS


class Clues(NamedTuple):
    """What a text says about a chip besides its name."""

    sizes: tuple[float, ...] = ()
    forms: tuple[str, ...] = ()
    memories: tuple[str, ...] = ()
    generations: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether the text narrows the choice at all."""
        return bool(self.sizes or self.forms or self.memories or self.generations)


def form_fitting(chips: list[Chip], forms: tuple[str, ...]) -> list[str]:
    """The chips that come in these form factors; a wrong version of the right one does no harm."""
    if not forms:
        return [chip.id for chip in chips]
    exact = [chip.id for chip in chips if all(_fits(chip, form) for form in forms)]
    if exact:
        return exact
    loose = tuple(form.rstrip("23456") for form in forms)
    found = [chip.id for chip in chips if all(_fits(chip, form) for form in loose)]
    if found or "pcie" not in loose:
        return found
    return [chip.id for chip in chips if chip.form_factor == "NVL"]


def _fits(chip: Chip, form: str) -> bool:
    own = chip.form_factor.lower()
    if not own:
        return form in ("pcie", "oam") or (form.startswith("sxm") and chip.memory_type.startswith("HBM"))
    if own == "dgxs" and form == "sxm":
        return False
    return own == form or (own.rstrip("23456") == form) or (own == "sxm" and form.startswith("sxm"))


def is_of(chip: Chip, generation: str) -> bool:
    """Whether a chip is of an architecture, as papers call it."""
    return generation in f"{chip.architecture_name} {chip.name}".lower().replace(",", " ").split()


def modified(name: str) -> bool:
    """Whether a name has a word that makes it another product: SFF, Ti."""
    return any(WORDS.get(word, ("",))[0] == MODIFIER for word in name.lower().split())


def has_memory_type(chip: Chip, memories: tuple[str, ...]) -> bool:
    """Whether a chip has the memory that a text names."""
    return all(chip.memory_type.lower() == memory for memory in memories)


#: A memory size this many times the one of the only chip of that name is taken for a variant of it.
_VARIANT = (0.5, 2.0)
_ROUNDED = 0.07


@dataclass(frozen=True, slots=True)
class Meaning:
    """The chips a name can mean, best first, and how many of them one unit of that name is."""

    #: Chips that the bare name can mean.
    chips: tuple[str, ...]
    #: These and others that it can mean with a memory size or form factor.
    pool: tuple[str, ...]
    #: The one that the bare name means for this date; None when it cannot be told.
    default: str | None
    #: Chips in one machine of this name; None for a chip's own name.
    machine: float | None = None
    #: Whether the name is nothing without a slice's number.
    prefix: bool = False
    system: str = ""
    #: Whether it is a series of machines of several sizes, so that the name says no number of chips.
    series: bool = False


def without(meaning: Meaning, sizes: Sequence[float], forms: Sequence[str],
            chip: Callable[[str], Chip]) -> Meaning:
    """What a name means without its versions of these memory sizes and form factors; nothing where none is left."""
    pool = [chip(one) for one in meaning.pool]
    gone = {one.id for one in pool if one.nominal_memory in sizes or any(_fits(one, form) for form in forms)}
    left = tuple(one for one in meaning.pool if one not in gone)
    chips = tuple(one for one in meaning.chips if one not in gone) or left
    default = meaning.default if meaning.default in chips else next(iter(chips), None)
    return replace(meaning, chips=chips, pool=left, default=default)


@dataclass(frozen=True, slots=True)
class Choice:
    """The chip that is meant."""

    chip: Chip
    alternatives: tuple[str, ...] = ()
    #: Whether the alternatives matter.
    ambiguous: bool = False
    note: str = ""


class Meanings:
    """The index of names with the families and machines behind it."""

    def __init__(self, document: Mapping[str, Any], chip: Callable[[str], Chip]) -> None:
        self.index: Mapping[str, list[list[str]]] = index.Names(document["names"])
        self._families: Mapping[str, Mapping[str, Any]] = document["families"]
        self._systems: Mapping[str, Mapping[str, Any]] = document["systems"]
        self._siblings: Mapping[str, list[str]] = document["siblings"]
        self._chip = chip
        self._known: dict[tuple[str, datetime.date | None], Meaning] = {}
        self.heads: dict[str, int] = document["heads"]
        self._bare: dict[Meaning, Choice | tuple[str, ...]] = {}

    def of(self, name: str, published: datetime.date | None) -> Meaning:
        """What a name of the index means in a paper of that day."""
        key = (name, published)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > 20_000:
                self._known.clear()
            found = self._known[key] = self._meaning(name, published)
        return found

    def turns(self, name: str) -> set[datetime.date]:
        """The days on which a name of the index begins or ceases to mean something."""
        chips: list[str] = []
        days: set[str] = set()
        for kind, ref in self.index[name]:
            if kind == index.FAMILY:
                family = self._families[ref]
                chips += family["members"]
                days.update(map(str, (*family.get("default-before", ()), *family.get("default-from", ()))))
            elif kind in (index.SYSTEM, index.SERIES):
                system = self._systems[ref]
                chips.append(system["chip"])
                days.update(str(system[key]) for key in ("from", "until") if key in system)
            else:
                chips.append(ref)
        chips += [sibling for chip in chips for sibling in self._siblings.get(chip, ())]
        return {datetime.date.fromisoformat(day) for day in days}.union(*map(self.turns_of_chip, set(chips)))

    def turns_of_chip(self, chip_id: str) -> set[datetime.date]:
        """The days from which the chip, and those that it leaves open, existed."""
        chip = self._chip(chip_id)
        known = (self._chip(one).since for one in (chip_id, *chip.ambiguous.get("others", ())))
        return {day for day in known if day is not None}

    def _meaning(self, name: str, published: datetime.date | None) -> Meaning:
        by_kind: dict[str, list[str]] = {}
        for kind, ref in self.index[name]:
            by_kind.setdefault(kind, []).append(ref)
        chips, bases = by_kind.get(index.CHIP, []), by_kind.get(index.BASE, [])
        if families := by_kind.get(index.FAMILY):
            return self._family(self._families[families[0]], [*chips, *bases], published)
        if systems := by_kind.get(index.SYSTEM):
            return self._machine(systems, published)
        if chips:
            return Meaning(tuple(chips), _unique([*chips, *bases]), chips[0] if len(chips) == 1 else None)
        if bases:
            return Meaning(tuple(bases), tuple(bases), bases[0] if len(bases) == 1 else None)
        if series := by_kind.get(index.SERIES):
            held = _unique([self._systems[key]["chip"] for key in series])
            return Meaning(held, _unique([other for chip in held for other in self._alike(chip)]),
                           held[0] if len(held) == 1 else None, series=True)
        slices = tuple(by_kind[index.SLICE])
        return Meaning(slices, slices, slices[0], prefix=True)

    def _family(self, family: Mapping[str, Any], others: list[str], published: datetime.date | None) -> Meaning:
        members = family["members"]
        default = _default(family, published)
        existing = [member for member in members if member == default or self.existed(member, published)]
        existing.sort(key=lambda member: member != default)
        more = [sibling for member in members for sibling in self._siblings.get(member, ())]
        return Meaning(tuple(existing), _unique([*existing, *members, *others, *more]), default)

    def _machine(self, systems: list[str], published: datetime.date | None) -> Meaning:
        entries = sorted(((key, self._systems[key]) for key in systems), key=lambda entry: entry[1].get("from", ""))
        current = [entry for entry in entries if published is None or _in_period(entry[1], published)] or entries
        key, system = current[-1]
        chip = system["chip"]
        alternatives = [other["chip"] for _, other in current[:-1]]
        pool = [sibling for _, other in (current[-1], *entries) for sibling in self._alike(other["chip"])]
        return Meaning(_unique([chip, *alternatives]), _unique(pool), chip, machine=float(system["chips"]), system=key)

    def _alike(self, chip_id: str) -> list[str]:
        """The chip, and those of its name and form factor with other memory."""
        form = self._chip(chip_id).form_factor
        return [chip_id, *(other for other in self._siblings.get(chip_id, ()) if self._chip(other).form_factor == form)]

    def existed(self, chip_id: str, published: datetime.date | None) -> bool:
        """Whether the chip had been shown by that day, as far as is known."""
        since = self._chip(chip_id).since
        return published is None or since is None or since <= published

    def narrow(self, meaning: Meaning, clues: Clues) -> Choice | tuple[str, ...]:
        """The chip that fits what the text says; else the ids of those among which it cannot be told."""
        if not meaning.pool:
            return ()
        if not clues.any:
            found = self._bare.get(meaning)
            if found is None:
                found = self._bare[meaning] = self._choose(meaning.chips, meaning.default, narrowed=False)
            return found
        fitting = self._fitting(meaning, clues)
        if fitting is None:
            return ()
        chips, note = fitting
        named = self._siblings.get(meaning.default or "", ())
        chips = [chip for chip in chips if chip in named] or chips  # 'V100 32GB PCIe' is no V100S
        preferred = [chip for chip in meaning.chips if chip in chips] or chips
        default = meaning.default if meaning.default in chips else preferred[0]
        return self._choose(_unique([default, *preferred]), default, narrowed=True, note=note)

    def _choose(self, chips: Sequence[str], default: str | None, narrowed: bool,
                note: str = "") -> Choice | tuple[str, ...]:
        peaks = {self._chip(chip).training_peak for chip in chips}
        if default is None:
            if len(peaks) > 1:
                return tuple(chips)
            default = chips[0]
        others = tuple(chip for chip in chips if chip != default)
        ambiguous = bool(others) and not (narrowed and len(peaks) == 1)
        return Choice(self._chip(default), others if ambiguous else (), ambiguous, note)

    def _fitting(self, meaning: Meaning, clues: Clues) -> tuple[list[str], str] | None:
        """The chips of the pool that fit every clue, and what had to be stretched; None when there are none."""
        pool = [chip for chip in meaning.pool if all(is_of(self._chip(chip), word) for word in clues.generations)]
        if clues.generations and len(meaning.chips) > 1:
            # 'RTX 4000 Ada' is another product than the RTX 4000 SFF Ada
            pool = [chip for chip in pool if not modified(self._chip(chip).name)]
        if clues.generations and not clues.sizes and not clues.forms and not clues.memories:
            pool = [chip for chip in pool if chip in meaning.chips] or pool
        pool = form_fitting([self._chip(chip) for chip in pool], clues.forms)
        narrower = [chip for chip in pool if has_memory_type(self._chip(chip), clues.memories)]
        if clues.memories and narrower:
            pool = narrower
        if not clues.sizes:
            return (pool, "") if pool else None
        sizes = [size / part for size in clues.sizes for part in self._parts(meaning, pool)]
        sized = [chip for chip in pool if self._chip(chip).nominal_memory in sizes]
        if sized:
            return sized, ""
        return self._variant(pool, clues.sizes)

    def _parts(self, meaning: Meaning, pool: list[str]) -> list[float]:
        """What a memory size may be the memory of: a chip, all chips of a machine, or one part of a chip."""
        parts = [1.0]
        if meaning.machine and meaning.machine > 1:
            parts.append(meaning.machine)
        if len(pool) == 1:
            chip = self._chip(pool[0])
            parts.extend(part for name, part in chip.units.items() if name in ("gpu", "gcd", "die") and part < 1)
        return parts

    def _variant(self, pool: list[str], sizes: Sequence[float]) -> tuple[list[str], str] | None:
        """The only chip of its name, with a memory size that it is close to or was also sold with."""
        if len(pool) != 1:
            return None
        chip = self._chip(pool[0])
        memory = chip.nominal_memory
        if memory is None or chip.kind in ("soc", "cpu", "tpu"):
            return pool, ""
        if not all(_VARIANT[0] <= size / memory <= _VARIANT[1] for size in sizes):
            return None
        close = all(abs(size / memory - 1) <= _ROUNDED for size in sizes)
        return pool, "" if close else f"the database has it with {memory:g} GB"


def _default(family: Mapping[str, Any], published: datetime.date | None) -> str:
    if published is not None:
        day = published.isoformat()
        before = [key for key in family.get("default-before", ()) if key > day]
        if before:
            return str(family["default-before"][min(before)])
        since = [key for key in family.get("default-from", ()) if key <= day]
        if since:
            return str(family["default-from"][max(since)])
    return str(family["default"])


def _in_period(system: Mapping[str, Any], published: datetime.date) -> bool:
    day = published.isoformat()
    return str(system.get("from", "")) <= day and day < str(system.get("until", "9999"))


def _unique(chips: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chips))
