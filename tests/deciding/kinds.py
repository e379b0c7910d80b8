"""The two kinds of constants that decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: A number of the code; with where it stands, if that is elsewhere.
Number = float | tuple[str, float]


@dataclass(frozen=True, slots=True)
class Limit:
    """A value at which an answer changes."""

    #: File and, behind the colon, the function or the name that holds the constant.
    where: str
    at: float
    #: What the code answers at a value.
    ask: Callable[[float], Any]
    below: Any
    above: Any
    why: str
    #: The numbers of the code that make it up, where it is not itself one.
    of: tuple[Number, ...] = ()
    #: How far from it the two cases are, as a share of it.
    by: float = 0.01


@dataclass(frozen=True, slots=True)
class Amount:
    """A value that an answer shows."""

    where: str
    value: float
    ask: Callable[[], float]
    why: str
    of: tuple[Number, ...] = ()
    by: float = 0.01
