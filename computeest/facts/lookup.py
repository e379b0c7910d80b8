"""Facts that many rows share, each looked up once: a code for each row, and the facts behind the codes."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Fact = TypeVar("Fact")
Floats = NDArray[np.float64]


#: Up to so many rows, columns of nothing are made once; of up to so many they are parts of one.
_FEW, _MANY = 16, 1 << 16


@lru_cache(maxsize=_FEW + 1)
def _nothing(size: int) -> Floats:
    return untouched(np.full(size, np.nan))


def nothing(size: int) -> Floats:
    """A column without any number, to be read; that of few rows made once: 3 % of an estimate."""
    return _nothing(size) if size <= _FEW else _nothing(_MANY)[:size] if size <= _MANY else np.full(size, np.nan)


def blank(size: int) -> Floats:
    """A column without any number, to be filled: a copy costs a fifth of what making one does."""
    return _nothing(size).copy() if size <= _FEW else np.full(size, np.nan)


@lru_cache(maxsize=2 * _FEW + 2)
def _codes(code: int, size: int) -> NDArray[np.intp]:
    found = np.full(size, code, dtype=np.intp)
    found.flags.writeable = False
    return found


def each_once(values: NDArray[np.intp]) -> NDArray[np.intp]:
    """The values in order, each once; np.unique would import numpy.ma, 4 % of `estimate PAPER`."""
    if len(values) < 2 or (values[1:] > values[:-1]).all():  # as the rows of a table mostly are: 4 % of its time
        return values
    ordered = np.sort(values)
    found: NDArray[np.intp] = ordered[np.append([True], ordered[1:] != ordered[:-1])]
    return found


def in_order(codes: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """The rows by their codes, from -1 to less than `count`; rows of one code stay in their order."""
    # small integers are sorted by their digits, ten times faster
    narrow = codes.astype(np.int16) if count <= np.iinfo(np.int16).max else codes
    return np.argsort(narrow, kind="stable")


@dataclass(frozen=True, slots=True)
class Lookup(Generic[Fact]):
    """What was looked up for each row."""

    #: Index into `facts` for each row, -1 where there was nothing to look up.
    codes: NDArray[np.intp]
    facts: Sequence[Fact]
    #: The facts as Arrow's texts, where they were read from such and are the same, each once.
    texts: Any = None

    def at(self, row: int) -> Fact | None:
        """The fact of one row."""
        code = int(self.codes[row])
        return None if code < 0 else self.facts[code]

    def column(self, name: str) -> Floats:
        """A number of every row's fact, NaN where there is none."""
        if len(self.codes) == 1:  # with `by_fact`, `shared` and `one`, 3 % of an estimate
            fact = self.at(0)
            return np.array([math.nan if fact is None else getattr(fact, name)], dtype=np.float64)
        values = np.array([getattr(fact, name) for fact in self.facts] + [np.nan], dtype=np.float64)
        return values[self.codes]

    def marked(self, holds: Callable[[Fact], object], otherwise: bool = False) -> NDArray[np.bool_]:
        """For each row whether this holds of its fact, `otherwise` where there is none."""
        if len(self.codes) == 1:
            code = self.codes.item()
            return np.array([bool(holds(self.facts[code])) if code >= 0 else otherwise])
        return np.array([*(bool(holds(fact)) for fact in self.facts), otherwise], dtype=bool)[self.codes]

    def objects(self) -> NDArray[np.object_]:
        """Every row's fact itself, None where there is none."""
        facts = np.empty(len(self.facts) + 1, dtype=object)
        facts[:-1] = tuple(self.facts)
        return facts[self.codes]

    def some(self, places: NDArray[np.intp]) -> list[Fact]:
        """Some of the facts; Arrow's texts are made of no others for that."""
        if self.texts is None:
            return [self.facts[place] for place in places.tolist()]
        from computeest.facts import columns

        return columns.plain_texts(self.texts.take(columns.places(places)))  # type: ignore[return-value]

    def joined(self, places: NDArray[np.intp]) -> str | None:
        """The texts of some facts put together, to see what is in none of them; None where Arrow has no such texts."""
        if self.texts is None:
            return None
        from computeest.facts import columns

        data, ends = columns.letters(self.texts.take(columns.places(places)))
        return data[ends[0]:ends[-1]].tobytes().decode("utf-8", "replace")

    def letters(self) -> tuple[NDArray[np.uint8], NDArray[np.int32]] | None:
        """The bytes of all texts, and where each begins and the last ends; None where Arrow has no such texts."""
        if self.texts is None:
            return None
        from computeest.facts import columns

        return columns.letters(self.texts)

    def without_none(self) -> Lookup[Fact]:
        """The same without a fact that is None: rows that have it have nothing."""
        if None not in self.facts:
            return self
        there = np.array([fact is not None for fact in self.facts] + [False])
        place = np.where(there, np.cumsum(there) - 1, -1)
        return Lookup(place[self.codes], tuple(fact for fact in self.facts if fact is not None))

    def shared(self) -> Lookup[Fact]:
        """The same with one fact where several are one object."""
        if len(self.facts) < 2:
            return self
        number = {id(fact): place for place, fact in reversed(list(enumerate(self.facts)))}
        if len(number) == len(self.facts):
            return self
        kept = sorted(number.values())
        place = np.array([*(bisect_left(kept, number[id(fact)]) for fact in self.facts), -1], dtype=np.intp)
        return Lookup(place[self.codes], tuple(self.facts[one] for one in kept))

    def by_fact(self) -> Iterator[tuple[Fact, NDArray[np.intp]]]:
        """Each fact with the rows that share it, in the order of the facts."""
        if len(self.codes) == 1:
            if (code := self.codes.item()) >= 0:
                yield self.facts[code], _codes(0, 1)
            return
        rows = np.flatnonzero(self.codes >= 0)  # of most columns few have any
        order = rows[in_order(self.codes[rows], len(self.facts))]
        bounds = np.append(0, np.cumsum(np.bincount(self.codes[rows], minlength=len(self.facts))))
        for code, fact in enumerate(self.facts):
            if bounds[code] < bounds[code + 1]:
                yield fact, order[bounds[code]:bounds[code + 1]]

    @classmethod
    def of(cls, keys: Iterable[Hashable | None], find: Callable[[Any], Fact]) -> Lookup[Fact]:
        """Look up every distinct key; None is nothing to look up."""
        known: dict[Hashable, int] = {}
        facts: list[Fact] = []
        codes = []
        for key in keys:
            if key is None:
                codes.append(-1)
                continue
            code = known.get(key)
            if code is None:
                code = known[key] = len(facts)
                facts.append(find(key))
            codes.append(code)
        return cls(np.array(codes, dtype=np.intp), tuple(facts))

    @classmethod
    def nothing(cls, size: int) -> Lookup[Fact]:
        """No row has anything to look up."""
        return _nobody(size) if size <= _FEW else cls(np.full(size, -1, dtype=np.intp), ())

    @classmethod
    def one(cls, fact: Fact | None) -> Lookup[Fact]:
        """What was looked up for the only row."""
        return cls.nothing(1) if fact is None else cls(_codes(0, 1), (fact,))


@lru_cache(maxsize=_FEW + 1)
def _nobody(size: int) -> Lookup[Any]:
    return Lookup(_codes(-1, size), ())


def distinct(*codes: NDArray[np.integer[Any]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The distinct combinations of several codes (each at least -1): a row of each, and which of them each row is."""
    if len(codes[0]) < 2:
        return (_codes(0, len(codes[0])),) * 2
    combined = np.zeros(len(codes[0]), dtype=np.int64)
    count = 1
    for code in codes:
        lowest = int(code.min())
        span = int(code.max()) - lowest + 1
        if span == 1:  # it tells no rows apart
            continue
        if count * span > max(_BYTE, _BUCKETS * len(combined)):
            first, combined = _numbered(combined, count)
            count = len(first)
        combined = combined * span + (code - lowest)
        count *= span
    return _numbered(combined, count)


#: Up to so many possible combinations for each row, or in all, are counted in buckets, a fifth of what sorting takes.
_BUCKETS, _BYTE = 2, 256


def _numbered(values: NDArray[np.integer[Any]], count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first row of each distinct value (from 0, less than `count`), by value, and which of them each row has."""
    if count > max(_BYTE, _BUCKETS * len(values)):
        _, first, inverse = np.unique(values, return_index=True, return_inverse=True)
        return first.astype(np.intp), inverse.astype(np.intp)
    first_of = np.full(count, -1, dtype=np.intp)
    first_of[values[::-1]] = np.arange(len(values) - 1, -1, -1)  # of several rows the last written is the first
    there = first_of >= 0
    return first_of[there], (np.cumsum(there) - 1)[values]


def untouched(column: NDArray[np.float64]) -> NDArray[np.float64]:
    """A column that a plugin is given to read: what it writes there would be others' facts."""
    seen = column.view()
    seen.flags.writeable = False
    return seen


def coded(values: Iterable[Hashable]) -> NDArray[np.intp]:
    """A code for each value, the same for the same value; -1 for None."""
    known: dict[Hashable, int] = {}
    return np.array([-1 if value is None else known.setdefault(value, len(known)) for value in values], dtype=np.intp)
