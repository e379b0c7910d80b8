"""Which chip a paper's words mean, and how many of it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from computeest.hardware.atoms import LONGEST, Atoms, cut
from computeest.hardware.chip import Chip
from computeest.hardware.counting import Count, CountError, Subject, count
from computeest.hardware.meaning import Choice, Clues, Meaning, Meanings
from computeest.hardware.parts import Mentioned, Part, mentions, parts
from computeest.hardware.phrase import MENTION, SIZE, STRANGE, Item, items
from computeest.hardware.refusal import Refusal
from computeest.hardware.suggestions import closest
from computeest.hardware.words import (
    BRAND,
    BRANDS,
    FORM,
    GENERATION,
    MEMORY,
    MODIFIER,
    PLAIN,
    RENTED,
    RENTERS,
    UNIT,
)

#: The peak of a chip that does integers only.
_NOT_A_NUMBER = float("nan")


@dataclass(frozen=True, slots=True)
class Match:
    """The chip that a text means, and how many of it."""

    #: The chip's id.
    chip: str
    #: Chips in one of the units the text counts: 1 for a card, 8 for a DGX-1, 0.5 for a TPU v3 core.
    chips_per_unit: float
    #: Units named in the text; None where it names no number.
    count: float | None
    #: Chips in all: count x chips_per_unit.
    chips: float
    #: Whether the text may mean another chip or unit, and that would matter.
    ambiguous: bool
    #: Ids of the other chips it may mean.
    alternatives: list[str]
    #: What was chosen, and why, where it was not plain; empty where it was.
    why: str
    #: Range of the training peak in FLOP/s per chip over what the text may mean; NaN for integer-only chips.
    peak_low: float
    peak_high: float


class Finder:
    """Finds chips in texts: the index of names, and what their entries say."""

    def __init__(self, document: Mapping[str, Any], chip: Callable[[str], Chip]) -> None:
        self._chip = chip
        self._ids: Mapping[str, Any] = document["chips"]
        self._meanings = Meanings(document, chip)

    def find(self, text: str, published: datetime.date | None = None) -> Match | Refusal:
        """The one chip that the text means."""
        found = self.find_all(text, published)
        if isinstance(found, Refusal):
            return found
        if len(found) == 1:
            return found[0]
        if len({match.chip for match in found}) == 1:
            counted = [match for match in found if match.count is not None] or found[:1]
            if len({match.chips for match in counted}) == 1:
                return counted[0]
        named = list(dict.fromkeys(match.chip for match in found))
        return Refusal(f"'{text.strip()[:80]}' names {len(found)} kinds of chips: give each its own run", named)

    def find_all(self, text: str, published: datetime.date | None = None) -> list[Match] | Refusal:
        """Every chip that the text lists."""
        if len(text) > LONGEST:
            return Refusal(f"the text has {len(text):,} characters; a chip's name has fewer than {LONGEST:,}")
        bare = text.strip()
        if bare in self._ids:
            return [self._match(Choice(self._chip(bare)), Count(None, 1.0, True))]
        atoms = cut(text)
        sequence = items(atoms, self._meanings.index)
        named = mentions(sequence, atoms, self._meanings, self._chip, published)
        if not named:
            return self._nothing(bare, sequence)
        found: list[Match] = []
        for part in parts(sequence, atoms, named):
            match = self._part(part, atoms, text)
            if isinstance(match, Refusal):
                return match
            found.append(match)
        return found

    def _part(self, part: Part, atoms: Atoms, text: str) -> Match | Refusal:
        """The match of one part of the text."""
        shown = " ".join(text.split())[:80]
        first = part.mentions[0]
        name = "".join(atoms.written[first.item.at:first.item.end + 1])
        strange = self._strange(part, atoms)
        if strange:
            return Refusal(f"'{strange}' in '{shown}' is not a chip that is known",
                           lambda: closest(self._meanings.index, self._chip, [strange], self._likely(part)))
        meaning = _merged(part.mentions)
        choice = self._meanings.narrow(meaning, _clues(part.items))
        if not isinstance(choice, Choice):
            if choice:
                return Refusal(f"'{shown}' may be any of several chips", [self._chip(chip).name for chip in choice])
            return Refusal(f"no {name} is what '{shown}' says", self._names(meaning.pool))
        if refused := self._contradicted(part, choice.chip, shown):
            return refused
        choice = _told(choice, part, self._chip)
        try:
            counted = count(part.items, atoms.gaps, self._subject(part, meaning, choice, atoms))
        except CountError as error:
            return Refusal(f"in '{shown}', {error}", self._names(meaning.pool))
        return self._match(choice, counted)

    def _likely(self, part: Part) -> list[str]:
        return [chip for mentioned in part.mentions for chip in mentioned.meaning.pool]

    def _names(self, chips: Sequence[str]) -> list[str]:
        return [self._chip(chip).name for chip in chips][:6]

    def _strange(self, part: Part, atoms: Atoms) -> str:
        """What looks like part of a product's name and belongs to none we know."""
        for at, item in enumerate(part.items):
            if item.kind == STRANGE and not _repeats(item, part.items[at + 1:at + 2]):
                return item.word
            before = part.items[at - 1] if at else None
            if before is None or before.kind not in (MENTION, SIZE, FORM, UNIT):
                continue
            gap = atoms.gaps[item.at].strip(" -(")
            letter = item.kind == PLAIN and len(item.word) == 1 and before.kind == MENTION and "(" not in (
                atoms.gaps[item.at])
            if not gap and (item.kind == MODIFIER or letter) and item.word not in ("i",):
                return " ".join("".join(atoms.written[each.at:each.end + 1])
                                for each in (before, item)) if before.kind == MENTION else item.word
        return ""

    def _contradicted(self, part: Part, chip: Chip, shown: str) -> Refusal | None:
        """A vendor's name in front of another vendor's chip."""
        for at, item in enumerate(part.items[:-1]):
            if item.kind != BRAND or part.items[at + 1].kind != MENTION:
                continue
            vendor = BRANDS[item.word]
            if vendor != chip.vendor and item.word not in RENTERS and not (item.word == "tesla"
                                                                         and chip.vendor == "Tesla"):
                return Refusal(f"'{shown}': {chip.name} is not by {vendor}",
                               lambda: closest(self._meanings.index, self._chip, [shown], [chip.id]))
        return None

    def _subject(self, part: Part, meaning: Meaning, choice: Choice, atoms: Atoms) -> Subject:
        chip = choice.chip
        rented = not RENTED.isdisjoint(item.word for item in part.items)
        share = 1.0
        sizes = [item.number for item in part.items if item.kind == SIZE]
        if sizes and chip.nominal_memory and meaning.machine is None and chip.dies > 1:
            share = next((multiple for multiple in chip.units.values()
                          if multiple < 1 and sizes[0] == chip.nominal_memory * multiple), 1.0)
        machine, exact = meaning.machine, False
        names = {mentioned.item.word for mentioned in part.mentions if mentioned.meaning.machine is not None}
        for mentioned in part.mentions:
            if mentioned.slice is not None:
                machine, exact, names = mentioned.slice, True, {mentioned.item.word}
        if machine is not None and not exact and _unit_overrides(part, chip):
            machine = None
        return Subject(chip, machine, frozenset(names), exact, rented, share)

    def _match(self, choice: Choice, counted: Count) -> Match:
        chip = choice.chip
        low, high, question = self._range(choice, counted)
        why = " ".join(said for said in (
            f"Taken for {chip.name}; it may also be {', '.join(self._names(choice.alternatives))}."
            if choice.ambiguous and choice.alternatives else "",
            f"Taken for the {question}." if question else "",
            f"{choice.note[:1].upper()}{choice.note[1:]}." if choice.note else "",
            f"{counted.note[:1].upper()}{counted.note[1:]}." if counted.note else "",
        ) if said)
        return Match(chip.id, counted.chips_per_unit, counted.units, counted.chips,
                     choice.ambiguous or bool(question), list(choice.alternatives), why, low, high)

    def _range(self, choice: Choice, counted: Count) -> tuple[float, float, str]:
        """The least and greatest peak that may be meant, and what the chip's own entry leaves open."""
        chip = choice.chip
        peaks = [self._chip(other).training_peak for other in (chip.id, *choice.alternatives)]
        known = [peak for peak in peaks if peak is not None]
        question = ""
        doubt = chip.ambiguous
        if doubt and not (counted.stated and doubt.get("factor") in chip.units.values()):
            question = f"{doubt.get('default')}, where the text leaves open: {doubt.get('question')}"
            if chip.training_peak is not None and "factor" in doubt:
                known.append(chip.training_peak * doubt["factor"])
            known.extend(peak for other in doubt.get("others", ())
                         if (peak := self._chip(other).training_peak) is not None)
        if not known:
            return _NOT_A_NUMBER, _NOT_A_NUMBER, question
        return min(known), max(known), question

    def _nothing(self, text: str, sequence: Sequence[Item]) -> Refusal:
        """The refusal of a text without any chip's name."""
        strange = [item.word for item in sequence if item.kind == STRANGE]
        shown = " ".join(text.split())[:80]
        if not shown:
            return Refusal("the text is empty")
        words = strange or [item.word for item in sequence if item.kind in (PLAIN, BRAND, MODIFIER)]
        if not words:
            return Refusal(f"'{shown}' names no chip")
        return Refusal(f"no chip is called '{shown}'",
                       lambda: closest(self._meanings.index, self._chip, [*strange, shown], ()))


def _clues(sequence: Sequence[Item]) -> Clues:
    def of(kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.word for item in sequence if item.kind == kind))

    sizes = tuple(dict.fromkeys(item.number for item in sequence if item.kind == SIZE))
    return Clues(sizes, of(FORM), of(MEMORY), of(GENERATION))


def _merged(named: Sequence[Mentioned]) -> Meaning:
    """One meaning of all names of a part: what each of them can mean, the machine of the one that is a machine."""
    if len(named) == 1:
        return named[0].meaning
    meanings = [mentioned.meaning for mentioned in named]
    machine = next((meaning for meaning in meanings if meaning.machine is not None), None)
    narrowest = min(meanings, key=lambda meaning: (len(meaning.pool), len(meaning.chips)))
    shared = [chip for chip in narrowest.pool if all(chip in meaning.pool for meaning in meanings)]
    default = next((meaning.default for meaning in (machine, narrowest, *meanings)
                    if meaning is not None and meaning.default in shared), None)
    best = [chip for chip in shared if all(chip in meaning.chips for meaning in meanings)]
    if default is None or (best and default not in best):
        default = best[0] if best else shared[0]
    chips = tuple(dict.fromkeys((default, *best)))
    return Meaning(chips, tuple(shared), default, machine.machine if machine else None)


def _told(choice: Choice, part: Part, chip_of: Callable[[str], Chip]) -> Choice:
    """The choice with the other reading of 'V100s' added to it."""
    others = [other.default for mentioned in part.mentions if (other := mentioned.other) is not None]
    more = [chip for chip in others if chip is not None and chip != choice.chip.id]
    if not more:
        return choice
    return Choice(choice.chip, tuple(dict.fromkeys((*choice.alternatives, *more))), True, choice.note)


def _repeats(strange: Item, following: Sequence[Item]) -> bool:
    """Whether the name that follows begins with the same letters: 'Core i7 i7-7700K'."""
    return any(item.kind == MENTION and item.word.startswith(strange.word.lower()) for item in following)


def _unit_overrides(part: Part, chip: Chip) -> bool:
    """Whether the noun after a machine's name says that its chips are meant: 'Cloud TPU v3 chips'."""
    for at, item in enumerate(part.items[:-1]):
        follows = part.items[at + 1]
        if item.kind == MENTION and follows.kind == UNIT and follows.word in ("chip", "core", "device", "gpu", "gcd"):
            return follows.at == item.end + 1
        if item.kind == MENTION and follows.word == "slice":
            return True
    return False
