"""The answer to which chip a text means."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from computeest.hardware.chip import Chip
from computeest.hardware.find.lex import squeeze
from computeest.problems import Fault
from computeest.text.suggest import closest


class Match(NamedTuple):
    """The chip that a text means, and how many of it."""

    #: The chip's id.
    chip: str
    #: Chips in one of the units the text counts: 1 for a card, 8 for a DGX-1, 0.5 for a TPU v3 core.
    chips_per_unit: float
    #: Units named in the text; None where it names no number.
    count: float | None  # type: ignore[assignment]  # and not how often a tuple holds a value
    #: Chips in all: count x chips_per_unit.
    chips: float
    #: Whether the text may mean another chip or unit, and that would matter.
    ambiguous: bool
    #: Ids of the other chips it may mean.
    alternatives: tuple[str, ...]
    #: What was chosen, and why, where it was not plain; empty where it was.
    why: str
    #: Range of the training peak in FLOP/s per chip over what the text may mean; NaN for integer-only chips.
    peak_low: float
    peak_high: float
    #: A word beside the chip's name that is not understood, and may make another chip of it; empty where there is none.
    unknown: str = ""
    #: How many times as many chips there may be: the nodes, where the number of chips may be that of each.
    times: float = 1.0


_MOST = 4


def likeliest(index: Mapping[str, list[list[str]]], chip: Callable[[str], Chip], words: Sequence[str],
              likely: Sequence[str]) -> list[str]:
    """Full names of the chips whose names look most like the words, those that the text is about first."""
    from computeest.text.suggest import nearest  # difflib: only when something is refused

    found = [chip(chip_id).name for chip_id in likely]
    names = [name for name in index if not name.isdigit()]
    for word in words:
        asked = re.sub(r"^\d+ *[x×*]? *", "", squeeze(word).replace("|", ""))
        for name in nearest(asked, names, _MOST, cutoff=0.7):
            kind, ref = index[name][0]
            if kind in ("chip", "base"):
                found.append(chip(ref).name)
            elif kind == "family":
                found.append(name.upper())
    return list(dict.fromkeys(found))[:_MOST]


class Refusal:
    """Why it cannot be told, in a sentence, and what might have been meant."""

    def __init__(self, fault: Fault, suggestions: Sequence[str] | Callable[[], Sequence[str]] = ()) -> None:
        self.fault = fault
        self._suggestions = suggestions

    @cached_property
    def suggestions(self) -> list[str]:
        """The nearest names that would be understood; found only when somebody asks."""
        return list(self._suggestions() if callable(self._suggestions) else self._suggestions)

    @property
    def reason(self) -> str:
        """Why, in a sentence."""
        return self.fault.what

    def __repr__(self) -> str:
        return f"Refusal({self.reason!r})"

    def __str__(self) -> str:
        close = closest(self.suggestions)
        return f"{self.reason}; {close}" if close else self.reason

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and self.reason == other.reason and self.suggestions == other.suggestions

    def __hash__(self) -> int:
        return hash(self.reason)
