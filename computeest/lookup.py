"""Facts that many rows share, each looked up once: a code for each row, and the facts behind the codes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class Lookup(Generic[Fact]):
    """What was looked up for each row."""

    #: Index into `facts` for each row, -1 where there was nothing to look up.
    codes: NDArray[np.intp]
    facts: tuple[Fact, ...]

    def at(self, row: int) -> Fact | None:
        """The fact of one row."""
        code = int(self.codes[row])
        return None if code < 0 else self.facts[code]

    def column(self, name: str) -> NDArray[np.float64]:
        """A number of every row's fact, NaN where there is none."""
        values = np.array([getattr(fact, name) for fact in self.facts] + [np.nan], dtype=np.float64)
        return values[self.codes]

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
        return cls(np.full(size, -1, dtype=np.intp), ())
