"""What one part of a text says about the chip it names."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from computeest.hardware.chip import Chip
from computeest.hardware.find import scheduler
from computeest.hardware.find.answer import Match, Refusal, likeliest
from computeest.hardware.find.beside import DENIED, not_understood
from computeest.hardware.find.chips_counted import Count, Subject, count
from computeest.hardware.find.counts import CountError
from computeest.hardware.find.lex import MENTION, SIZE, STRANGE, Atoms, Item
from computeest.hardware.find.meanings import Choice, Clues, Meaning, Meanings, without
from computeest.hardware.find.mentions import Mentioned, Part
from computeest.hardware.find.vocabulary import (
    BRAND,
    BRANDS,
    BREAKS,
    CLOUD,
    FORM,
    GENERATION,
    HARMLESS,
    LIST,
    MEMORY,
    MODIFIER,
    NUMBER,
    OTHER,
    PLAIN,
    RENTED,
    RENTERS,
    TIMES,
    TOTAL,
    UNIT,
)
from computeest.problems import chips as wrong
from computeest.text import bounds

#: The peak of a chip that does integers only.
_NOT_A_NUMBER = float("nan")
#: Items that narrow the choice, and items that may be part of a name that is not known.
_CLUES = frozenset((SIZE, FORM, MEMORY, GENERATION))
_SUSPECT = frozenset((STRANGE, MODIFIER, PLAIN, TIMES))


class Chosen(NamedTuple):
    """The chip that a part of a text means, before it is read how many of it there are."""

    choice: Choice
    meaning: Meaning
    subject: Subject
    #: A word beside the chip's name that is not understood.
    unknown: str


class Reading:
    """Reads the parts of texts."""

    def __init__(self, meanings: Meanings, chip: Callable[[str], Chip]) -> None:
        self._meanings = meanings
        self._chip = chip

    def chosen(self, part: Part, atoms: Atoms, text: str) -> Chosen | Refusal:
        """The chip that one part of the text means; whatever number counts it, the same."""
        shown = _shown(text)
        kinds = {item.kind for item in part.items}
        unknown, another = _unknown_beside(part, atoms) if PLAIN in kinds else ("", False)
        if not kinds.isdisjoint(_SUSPECT) and (strange := unknown if another else self._strange(part, atoms)):
            return Refusal(wrong.CHIP_WORD_UNKNOWN(word=strange, text=shown),
                           lambda: likeliest(self._meanings.index, self._chip, [strange], self._likely(part)))
        meaning = self._allowed(_merged(part.mentions), part.items)
        choice = self._meanings.narrow(meaning, Clues() if kinds.isdisjoint(_CLUES) else _clues(part.items))
        if choice == () and (near := (_without_host_memory(part.items, atoms)
                                      or self._of_one(part.items, meaning))) is not None:
            choice = self._meanings.narrow(meaning, _clues(near))
        if not isinstance(choice, Choice):
            if choice:
                return Refusal(wrong.CHIP_OF_SEVERAL(text=shown), [self._chip(chip).name for chip in choice])
            named = atoms.text(part.mentions[0].item.at, part.mentions[0].item.end)
            return Refusal(wrong.CHIP_NOT_OF_KIND(chip=named, text=shown), self._names(meaning.pool))
        if NUMBER in kinds and (size := self._bare_size(part, meaning, atoms)):
            return Refusal(wrong.CHIP_COUNT_OR_MEMORY(text=shown, size=size), self._names(meaning.pool))
        if BRAND in kinds and (refused := self._contradicted(part, choice.chip, shown)):
            return refused
        choice = _told(choice, part)
        return Chosen(choice, meaning, self._subject(part, meaning, choice, kinds), unknown)

    def counted(self, chosen: Chosen, items: Sequence[Item], atoms: Atoms, text: str,
                published: datetime.date | None) -> Match | Refusal:
        """The match of one part of the text, whose items count the chip."""
        pool = chosen.meaning.pool
        try:
            if unsaid := scheduler.not_said(text):
                raise CountError(unsaid)
            counted = count(items, atoms.gaps, chosen.subject)
            if chosen.subject.exact and _named_twice(counted, chosen.subject):
                raise CountError(f"{counted.units:g} may be the number in the slice's name, or that of such slices")
        except CountError as error:
            shown = _shown(text)
            return Refusal(wrong.CHIP_COUNT_REFUSED(text=shown, error=error), self._names(pool) if len(pool) > 1 else
                           lambda: likeliest(self._meanings.index, self._chip, [shown], pool))
        if counted.units is None and (scaled := _scaled_before(items, atoms)):
            return Refusal(wrong.CHIP_COUNT_OR_MODEL(text=_shown(text), number=scaled), self._names(pool))
        if counted.units and (bound := bounds.of_count(text, counted.units)) is not None:
            counted = counted._replace(bound=True, note=f"'{bound[1]}' is a bound, and not how many there were")
        found = self.match(chosen.choice, counted, published)
        return found._replace(unknown=chosen.unknown, ambiguous=True) if chosen.unknown else found

    def _allowed(self, meaning: Meaning, items: Sequence[Item]) -> Meaning:
        """What a name means without the versions that the text denies: 'A100, not the 80GB version'."""
        denied = [item for item in items if item.kind == HARMLESS and item.word == DENIED]
        if not denied:
            return meaning
        sizes, forms = [item.number for item in denied if item.number], [item.other for item in denied if item.other]
        return without(meaning, sizes, forms, self._chip) if sizes or forms else meaning

    def _likely(self, part: Part) -> list[str]:
        return [chip for mentioned in part.mentions for chip in mentioned.meaning.pool]

    def _names(self, chips: Sequence[str]) -> list[str]:
        return [self._chip(chip).name for chip in chips][:6]

    def _strange(self, part: Part, atoms: Atoms) -> str:
        """What looks like part of a product's name and belongs to none we know."""
        for at, item in enumerate(part.items):
            if item.kind == STRANGE and not _repeats(item, part.items[at + 1:at + 2]) and not _aside(part.items, at):
                return item.word
            before = part.items[at - 1] if at else None
            if before is None or before.kind not in (MENTION, SIZE, FORM, UNIT):
                continue
            if item.kind == TIMES and before.kind == MENTION and atoms.text(item.at, item.end) == "X" and not any(
                    after.kind != LIST for after in part.items[at + 1:at + 2]):
                return atoms.text(before.at, item.end)  # 'RTX 5080 X' is another product; 'A100 X 8' counts
            gap = atoms.gaps[item.at].strip(" -(")
            letter = item.kind == PLAIN and len(item.word) == 1 and before.kind == MENTION and "(" not in (
                atoms.gaps[item.at])
            if not gap and (item.kind == MODIFIER or letter) and item.word not in ("i",):
                return atoms.text(before.at if before.kind == MENTION else item.at, item.end)
        return ""

    def _of_one(self, items: Sequence[Item], meaning: Meaning) -> list[Item] | None:
        """The items with the memory of all chips as that of one, '8 A100 (640 GB total)'; None without any."""
        held = meaning.machine or 1.0  # '2 DGX A100 (1280 GB total)'
        counts = [item.number * held for item in items if item.kind == NUMBER and item.number > 1]
        memories = {self._chip(chip).nominal_memory for chip in meaning.pool}
        found = list(items)
        for at, item in enumerate(items):
            beside = [other.kind for other in items[max(0, at - 2):at + 3]]
            of_one = next((item.number / count for count in counts if item.number / count in memories), None)
            if item.kind == SIZE and TOTAL in beside and of_one is not None:
                found[at] = item._replace(number=of_one)
        return found if found != list(items) else None

    def _bare_size(self, part: Part, meaning: Meaning, atoms: Atoms) -> float:
        """The 80 of 'A100 (80)', which is the memory size of one of the chips; 0 where there is no such number."""
        for before, item in pairwise(part.items):
            if item.kind != NUMBER or before.kind != MENTION or "(" not in atoms.gaps[item.at]:
                continue
            behind = atoms.gaps[item.end + 1:item.end + 2]
            if (not behind or ")" in behind[0]) and any(
                    self._chip(chip).nominal_memory == item.number for chip in meaning.pool):
                return item.number
        return 0.0

    def _contradicted(self, part: Part, chip: Chip, shown: str) -> Refusal | None:
        """A vendor's name in front of another vendor's chip."""
        for at, item in enumerate(part.items[:-1]):
            following = part.items[at + 1:at + 3]
            if following[0].kind == PLAIN and following[0].word not in BREAKS and following[-1].word.isalnum():
                following = following[1:]  # 'AMD Something M2000'
            if item.kind != BRAND or not following or following[0].kind != MENTION:
                continue
            if following[0] is not part.items[at + 1] and any(following[0].word.startswith(b) for b in BRANDS):
                continue  # 'Intel Rapids RTX 4090' are two things
            vendor = BRANDS[item.word]
            if vendor != chip.vendor and item.word not in RENTERS and not (item.word == "tesla"
                                                                         and chip.vendor == "Tesla"):
                return Refusal(wrong.CHIP_NOT_BY_VENDOR(text=shown, chip=chip.name, vendor=vendor),
                               partial(self._of_vendor, vendor, shown))
        return None

    def _of_vendor(self, vendor: str, shown: str) -> list[str]:
        """The chips of a vendor whose names look most like the text."""
        near = likeliest(self._meanings.index, self._chip, [shown], ())
        return [name for name in near if name.startswith(vendor)]

    def _subject(self, part: Part, meaning: Meaning, choice: Choice, kinds: set[str]) -> Subject:
        chip = choice.chip
        if meaning.machine is None and chip.dies == 1 and all(named.slice is None for named in part.mentions):
            return Subject(chip)
        rented = not kinds.isdisjoint((BRAND, CLOUD)) and not RENTED.isdisjoint(item.word for item in part.items)
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
        if machine is not None and not exact and _unit_overrides(part):
            machine = None
        return Subject(chip, machine, frozenset(names), exact, rented, share)

    def match(self, choice: Choice, counted: Count, published: datetime.date | None = None) -> Match:
        """The answer that a chip and its count make."""
        chip = choice.chip
        low, high, question = self._range(choice, counted, published)
        if not (choice.ambiguous or question or choice.note or counted.note):
            return Match(chip.id, counted.chips_per_unit, counted.units, counted.chips, ambiguous=False,
                         alternatives=(), why="", peak_low=low, peak_high=high, times=counted.times)
        why = " ".join(said for said in (
            f"Taken for {chip.name}; it may also be {', '.join(self._names(choice.alternatives))}."
            if choice.ambiguous and choice.alternatives else "",
            question,
            f"{choice.note[:1].upper()}{choice.note[1:]}." if choice.note else "",
            f"{counted.note[:1].upper()}{counted.note[1:]}." if counted.note else "",
        ) if said)
        return Match(chip.id, counted.chips_per_unit, counted.units, counted.chips,
                     choice.ambiguous or bool(question) or counted.bound, choice.alternatives, why, low, high,
                     times=counted.times)

    def _range(self, choice: Choice, counted: Count, published: datetime.date | None) -> tuple[float, float, str]:
        """The least and greatest peak that may be meant, and what the chip's own entry leaves open."""
        chip = choice.chip
        if not choice.alternatives and not chip.ambiguous:
            peak = chip.training_peak
            return (_NOT_A_NUMBER, _NOT_A_NUMBER, "") if peak is None else (peak, peak, "")
        peaks = [self._chip(other).training_peak for other in (chip.id, *choice.alternatives)]
        known = [peak for peak in peaks if peak is not None]
        question = ""
        doubt, others = chip.ambiguous, chip.ambiguous.get("others", ())
        existing = [other for other in others if self._meanings.existed(other, published)]
        sure = counted.stated and doubt.get("factor") in chip.units.values()
        if doubt and bool(existing) == bool(others) and not sure:
            taken = doubt.get("default") if counted.chips_per_unit == 1 else "one part, as clouds rent it out"
            question = f"The text leaves open: {doubt.get('question')}; taken: {taken}."
            if chip.training_peak is not None and "factor" in doubt:
                known.append(chip.training_peak * doubt["factor"])
            known.extend(peak for other in existing if (peak := self._chip(other).training_peak) is not None)
        if not known:
            return _NOT_A_NUMBER, _NOT_A_NUMBER, question
        return min(known), max(known), question


def _named_twice(counted: Count, subject: Subject) -> bool:
    """Whether as many slices as one has chips or cores are more than a pod: '512 TPU v4-512'."""
    chip, of_one = subject.chip, subject.machine or math.nan
    return counted.chips > chip.units.get("pod", math.inf) and counted.units in (
        of_one, of_one / (chip.chips_per_slice or 1.0))


def _shown(text: str) -> str:
    """A text as problems show it."""
    return text[:80] if len(text) <= 80 else " ".join(text.split())[:80]


def _unknown_beside(part: Part, atoms: Atoms) -> tuple[str, bool]:
    """A word beside the chip's name that may make another chip of it, and whether it does.

    Nothing where the name also stands without such a word: 'MangoBoost MI300X (8x MI300X)'.
    """
    beside = [not_understood(part.items, part.items.index(mentioned.item), atoms) for mentioned in part.mentions]
    return next((each for each in beside if each[1]), beside[0]) if all(word for word, _ in beside) else ("", False)


def _without_host_memory(items: Sequence[Item], atoms: Atoms) -> list[Item] | None:
    """The items without memory that a list parts from the chips ('P100 / 512 GB / 56 CPU'); None without any."""
    listed, found = False, []
    for item in items:
        listed = listed or item.kind == LIST or "/" in "".join(atoms.gaps[item.at:item.at + 1])
        if item.kind == MENTION:
            listed = False
        if item.kind != SIZE or not listed:
            found.append(item)
    return found if len(found) < len(items) else None


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


def _told(choice: Choice, part: Part) -> Choice:
    """The choice with the other reading of 'V100s' added to it."""
    if all(mentioned.other is None for mentioned in part.mentions):
        return choice
    others = [other.default for mentioned in part.mentions if (other := mentioned.other) is not None]
    more = [chip for chip in others if chip is not None and chip != choice.chip.id]
    if not more:
        return choice
    return Choice(choice.chip, tuple(dict.fromkeys((*choice.alternatives, *more))), ambiguous=True, note=choice.note)


def _scaled_before(items: Sequence[Item], atoms: Atoms) -> str:
    """The '3M' of '3M A100 GPUs', right in front of a chip or of what is counted; empty where there is none."""
    if any(item.kind == OTHER for item in items):
        return ""  # '6M A100 GPU hours' counts hours
    for before, item in pairwise(items):
        counts = before.kind == HARMLESS and before.word in ("m", "b") and "-" not in atoms.gaps[before.at]
        if counts and item.kind in (MENTION, UNIT, BRAND) and not atoms.gaps[item.at].strip(" -"):
            return atoms.text(before.at, before.end)
    return ""


def _aside(items: Sequence[Item], at: int) -> bool:
    """Whether prose stands between a strange word and every chip's name, as in '8 V100 GPUs for T5 models'."""
    after = items[at + 1] if at + 1 < len(items) else None
    if (at and items[at - 1].kind in (BRAND, CLOUD)) or (after is not None and after.kind == UNIT):
        return False
    for other, item in enumerate(items):
        if item.kind == MENTION:
            between = items[min(at, other) + 1:max(at, other)]
            if not any(each.kind == PLAIN for each in between):
                return False
    return True


def _repeats(strange: Item, following: Sequence[Item]) -> bool:
    """Whether the name that follows begins with the same letters: 'Core i7 i7-7700K'."""
    return any(item.kind == MENTION and item.word.startswith(strange.word.lower()) for item in following)


def _unit_overrides(part: Part) -> bool:
    """Whether the noun after a machine's name says that its chips are meant: 'Cloud TPU v3 chips'."""
    for at, item in enumerate(part.items[:-1]):
        follows = part.items[at + 1]
        if item.kind == MENTION and follows.kind == UNIT and follows.word in ("chip", "core", "device", "gpu", "gcd"):
            return follows.at == item.end + 1
        if item.kind == MENTION and follows.word == "slice":
            return True
    return False
