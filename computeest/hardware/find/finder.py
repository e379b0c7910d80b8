"""Which chip a paper's words mean, and how many of it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from computeest.hardware.chip import Chip
from computeest.hardware.find.answer import Match, Refusal, likeliest
from computeest.hardware.find.chips_counted import Count
from computeest.hardware.find.items import items
from computeest.hardware.find.lex import LONGEST, MENTION, STRANGE, Atoms, Item, cut
from computeest.hardware.find.meanings import Choice, Meanings
from computeest.hardware.find.mentions import Part, mentions, parts
from computeest.hardware.find.reading import Chosen, Reading
from computeest.hardware.find.spelling import begins_a_name, plain
from computeest.hardware.find.vocabulary import BRAND, MODIFIER, NUMBER, PLAIN, UNIT
from computeest.problems import Fault
from computeest.problems import chips as wrong

#: A number that stands alone, or in front of four figures, which are no rest of it but a name ('64 3090s'), and so
#: may be a count; `_whatever_the_count` says when the rest can be read once for all.
_ALONE: Final = re.compile(r"(\d(?:(?<![\w.,/(-]\d)(?<!\d \d)\d{1,8}"
                           r"(?=[x×*]? (?!\d)|[x×*][A-Za-z]|$|(?:[x×*] ?| )\d{4}(?!\d))"
                           r"|(?<=\(\d)\d{1,8}(?= (?:GPU|card)s\))))")
#: The largest and the least count that stands alone, primes that are no part of a name: what a text means with both of
#: them, or with so many nodes of some chips each, it means with any other, unless it names a machine of many chips.
_PROBES: Final = (99_999_989, 19)
_SMALL: Final = 18
_YEARS: Final = (1990, 2035)
_KEPT: Final = 20_000
#: Why names are refused, which no count changes, with the text as it is shown in place of this sign.
_OF_NAMES: Final = frozenset(kind.name for kind in (
    wrong.CHIP_UNKNOWN, wrong.CHIP_NOT_NAMED, wrong.CHIP_WORD_UNKNOWN, wrong.CHIP_NOT_BY_VENDOR))
_TEXT: Final = "{text}"


class _Read(NamedTuple):
    """A text in its pieces, and those that speak of each chip."""

    spelled: str
    atoms: Atoms
    items: list[Item]
    parts: list[Part]
    #: The chips of the first parts, as far as they are known: of each that has one, whatever its number.
    chosen: list[Chosen]

    def with_count(self, probe: int, other: int, text: str) -> _Read | None:
        """The text with another number in place of the probe; None where that may change more than its value.

        Cutting it anew and choosing its chips again would take two thirds of what a text takes.
        """
        old, new, spelled = str(probe), str(other), plain(text)
        counts = [item for item in self.items if item.word == old]
        if len(counts) != 1 or self.spelled.count(old) != 1 or self.spelled.replace(old, new) != spelled:
            return None
        counted = counts[0]
        if counted.kind != NUMBER or counted.number != probe:
            return None
        instead = counted._replace(word=new, number=float(other))

        def swapped(items: Sequence[Item]) -> list[Item]:
            return [instead if item is counted else item for item in items]

        return self._replace(spelled=spelled, items=swapped(self.items),
                             parts=[Part(swapped(part.items), part.mentions) for part in self.parts])


class Finder:
    """Finds chips in texts: the index of names, and what their entries say."""

    def __init__(self, document: Mapping[str, Any], chip: Callable[[str], Chip]) -> None:
        self._chip = chip
        self._ids: Mapping[str, Any] = document["chips"]
        self._meanings = Meanings(document, chip)
        self._reading = Reading(self._meanings, chip)
        self._numbers: frozenset[str] = frozenset(document["numbers"])
        self._repeated: dict[tuple[str, str, datetime.date | None], Match | Fault | None] = {}

    def find(self, text: str, published: datetime.date | None = None) -> Match | Refusal:
        """The one chip that the text means."""
        if len(text) > LONGEST:
            return Refusal(wrong.CHIP_TEXT_TOO_LONG(count=len(text), most=LONGEST))
        pieces = _ALONE.split(text)  # the numbers and what stands around them, in half of the time of the matches
        if len(pieces) > 3:
            pieces = self._around_count(pieces)
        if len(pieces) == 3:
            before, number, after = pieces
            count = float(number)
            if count > _SMALL and not _YEARS[0] <= count <= _YEARS[1] and number not in self._numbers:
                same = self._whatever_the_count(before, after, published)
                if isinstance(same, Fault):
                    return Refusal(replace(same, what=same.what.replace(_TEXT, text)),
                                   lambda: self._suggested(text, published))
                if same is not None:
                    return _of_so_many(same, count * (same.count or 1.0))
        return self._find(text, published)

    def _around_count(self, pieces: list[str]) -> list[str]:
        """The one number that is no name, as in '64 x RTX 3090', with what stands before and behind; else nothing."""
        at = [at for at in range(1, len(pieces), 2) if pieces[at] not in self._numbers]
        return ["".join(pieces[:at[0]]), pieces[at[0]], "".join(pieces[at[0] + 1:])] if len(at) == 1 else []

    def _whatever_the_count(self, before: str, after: str, published: datetime.date | None) -> Match | Fault | None:
        """What a text means for each one that it counts, or why none; None when it matters how many they are."""
        key = (before, after, published)
        try:
            return self._repeated[key]
        except KeyError:
            if len(self._repeated) >= _KEPT:
                self._repeated.clear()
            same = self._repeated[key] = None if begins_a_name(after) else self._of_probes(before, after, published)
            return same

    def _of_probes(self, before: str, after: str, published: datetime.date | None) -> Match | Fault | None:
        """What a text means for each one that it counts, as it does with both probes; None where it does not."""
        many, few = (f"{before}{probe}{after}" for probe in _PROBES)
        read = self._read(many, published)
        if any(named.slice or named.meaning.machine for part in read.parts for named in part.mentions):
            return None  # '2 TPU v4 pods with 4096 chips' has both of them, with 8192 one of each
        same = _of_each(self._one(self._answers(read, many, published), many), _PROBES[0], many)
        if same is None:
            return None
        again = read.with_count(*_PROBES, few)
        if again is None:
            again = self._read(few, published)
        elif not read.chosen:
            return same  # refused before its count was looked at
        return same if same == _of_each(self._one(self._answers(again, few, published), few), _PROBES[1], few) else None

    def _suggested(self, text: str, published: datetime.date | None) -> Sequence[str]:
        """What may have been meant by a text that is refused."""
        found = self._find(text, published)
        return found.suggestions if isinstance(found, Refusal) else ()

    def _find(self, text: str, published: datetime.date | None) -> Match | Refusal:
        return self._one(self.find_all(text, published), text)

    def _one(self, found: list[Match] | Refusal, text: str) -> Match | Refusal:
        """What a text means of which these are all answers."""
        if isinstance(found, Refusal):
            return found
        found = self.accelerators(found)
        if len(found) == 1:
            return found[0]
        if len({match.chip for match in found}) == 1:
            counted = [match for match in found if match.count is not None] or found[:1]
            if len({match.chips for match in counted}) == 1:
                return self._of_parts(counted[0], found)
        named = list(dict.fromkeys(match.chip for match in found))
        return Refusal(wrong.CHIPS_OF_SEVERAL_KINDS(text=text.strip()[:80], count=len(found)), named)

    def _of_parts(self, counted: Match, found: list[Match]) -> Match:
        """What is counted, as parts of chips where a machine named beside it has that many: '8 K80 (p2.8xlarge)'."""
        units = self._chip(counted.chip).units
        for beside in found:
            share = beside.chips / counted.chips if beside.count is None else 1.0
            if counted.ambiguous and beside.chips_per_unit > 1 and share < 1 and share in units.values():
                return counted._replace(chips_per_unit=counted.chips_per_unit * share, chips=beside.chips,
                                        ambiguous=False, why="", peak_low=beside.peak_low, peak_high=beside.peak_high)
        return counted

    def find_all(self, text: str, published: datetime.date | None = None) -> list[Match] | Refusal:
        """Every chip that the text lists."""
        if len(text) > LONGEST:
            return Refusal(wrong.CHIP_TEXT_TOO_LONG(count=len(text), most=LONGEST))
        bare = text.strip()
        if bare in self._ids:
            return [self._reading.match(Choice(self._chip(bare)), Count(None, 1.0, stated=True), published)]
        return self._answers(self._read(text, published), text, published)

    def _read(self, text: str, published: datetime.date | None) -> _Read:
        spelled = plain(text)
        atoms = cut(spelled)
        sequence = items(atoms, self._meanings.index, self._meanings.heads)
        named = mentions(sequence, atoms, self._meanings, self._chip, published)
        return _Read(spelled, atoms, sequence, parts(sequence, atoms, named) if named else [], [])

    def _answers(self, read: _Read, text: str, published: datetime.date | None) -> list[Match] | Refusal:
        if not read.parts:
            return self._nothing(text.strip(), read.items)
        found: list[Match] = []
        for at, part in enumerate(read.parts):
            if at == len(read.chosen):
                chosen = self._reading.chosen(part, read.atoms, text)
                if isinstance(chosen, Refusal):
                    return chosen
                read.chosen.append(chosen)
            match = self._reading.counted(read.chosen[at], part.items, read.atoms, text, published)
            if isinstance(match, Refusal):
                return match
            found.append(match)
        return found

    def turns(self, text: str) -> tuple[datetime.date, ...]:
        """The days on which what the text means may change, in order: those of all names in it."""
        if len(text) > LONGEST:
            return ()
        bare, index, heads = text.strip(), self._meanings.index, self._meanings.heads
        alone = _ALONE.search(text)
        texts = [text] if alone is None else [text, *(_ALONE.sub(str(probe), text) for probe in _PROBES)]
        names = {word for one in texts for item in items(cut(plain(one)), index, heads) if item.kind == MENTION
                 for word in (item.word, item.other) if word}
        itself = self._meanings.turns_of_chip(bare) if bare in self._ids else set()
        return tuple(sorted(itself.union(*map(self._meanings.turns, names))))

    def accelerators(self, found: list[Match]) -> list[Match]:
        """The chips without the processors of their hosts: '8 A100 GPUs and 2 AMD EPYC 7742 CPUs'."""
        kept = [match for match in found if self._chip(match.chip).kind != "cpu"]
        return kept or found

    def _nothing(self, text: str, sequence: Sequence[Item]) -> Refusal:
        """The refusal of a text without any chip's name."""
        strange = [item.word for item in sequence if item.kind == STRANGE]
        shown = " ".join(text.split())[:80]
        if not shown:
            return Refusal(wrong.CHIP_EMPTY())
        words = strange or [item.word for item in sequence if item.kind in (PLAIN, BRAND, MODIFIER)]
        of_a_line = not strange and all(item.kind in (BRAND, UNIT) or (item.kind == NUMBER and at == 0)
                                        for at, item in enumerate(sequence))
        if not words or of_a_line:  # 'NVIDIA GPUs' are no chip, and nearest to any of theirs
            return Refusal(wrong.CHIP_NOT_NAMED(text=shown))
        return Refusal(wrong.CHIP_UNKNOWN(text=shown),
                       lambda: likeliest(self._meanings.index, self._chip, [*strange, shown], ()))


def _of_each(found: Match | Refusal, probe: int, text: str) -> Match | Fault | None:
    """A match of so many chips as the probe, or of that many times more, as one of each; None where it is of others.

    Of a refusal, why the names in the text are refused.
    """
    if isinstance(found, Refusal):
        what = found.reason.replace(text, _TEXT)
        of_names = found.fault.code in _OF_NAMES and _TEXT in what and str(probe) not in what
        return replace(found.fault, what=what) if of_names else None
    if found.count is None or found.count % probe or str(probe) in found.why:
        return None
    return _of_so_many(found, found.count / probe)


def _of_so_many(found: Match, units: float) -> Match:
    """The match with another number of units."""
    return Match(found.chip, found.chips_per_unit, units, units * found.chips_per_unit, found.ambiguous,
                 found.alternatives, found.why, found.peak_low, found.peak_high, found.unknown, found.times)
