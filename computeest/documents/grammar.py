"""What a sentence says in numbers: each pattern with the column that it states and the words that are its value."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from computeest.documents import cues
from computeest.documents.sieve import Sieve, has_digit
from computeest.text import numbers, quotes
from computeest.text.units import UnitError

#: What an `unless` looks at beside the pattern itself: characters before and behind it.
_BEFORE, _BEHIND = 15, 25
#: No mixture of experts has fewer active parameters: what is counted so are the experts themselves.
_FEWEST_ACTIVE = 1e6


#: The pattern of a name such as '30B-A3B', which is of the model so called and of no other.
NAMED_ACTIVE = "named active"
#: Without one of these a sentence says nothing of active parameters.
_ACTIVE = re.compile(r"activ|per (?:\w+ )?token|[BMT]\s?[(-]A\d|\bdense\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of saying a fact."""

    name: str
    column: str
    regex: re.Pattern[str]
    #: What stands behind the number in the value's text.
    unit: str = ""
    #: What must not stand around it, or within it.
    unless: Sieve[re.Pattern[str]] | None = None
    within: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What one pattern found in a sentence: where, and the value's own words."""

    pattern: str
    column: str
    text: str
    start: int
    end: int
    #: Where the whole pattern begins and ends.
    begin: int
    stop: int
    #: Columns and texts that stand or fall with it: the test and the measure of a score.
    beside: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=1)
def patterns() -> tuple[Pattern, ...]:
    """The patterns of patterns.yaml."""
    parts = cues.parts()
    return tuple(_pattern(entry, parts) for entry in cues.data("patterns.yaml")["patterns"])


@lru_cache(maxsize=1)
def _sieve() -> Sieve[Pattern]:
    """The patterns by the words that they need: a sentence lets some 5 of 59 through, in a tenth of the time."""
    return Sieve((pattern, pattern.regex.pattern) for pattern in patterns())


def _pattern(entry: Mapping[str, str], parts: Mapping[str, str]) -> Pattern:
    unless = cues.written_out(entry.get("unless", ""), parts)
    says = re.compile(cues.written_out(entry["says"], parts), re.IGNORECASE)
    return Pattern(entry["name"], entry["column"], says, f" {entry['unit']}" if "unit" in entry else "",
                   Sieve([(re.compile(unless, re.IGNORECASE), unless)]) if unless else None, unless.startswith("^"))


@lru_cache(maxsize=1)
def _worded() -> Sieve[re.Pattern[str]]:
    """Sentences without a figure that may state a fact all the same."""
    regex = cues.written_out(cues.data("patterns.yaml")["without_figures"], cues.parts())
    return Sieve([(re.compile(regex, re.IGNORECASE), regex)])


def said(plain: str) -> Iterator[Said]:
    """Everything that the patterns find in a sentence."""
    if not has_digit(plain) and not _is_there(_worded(), plain):
        return
    for pattern in _sieve().through(plain):
        for match in pattern.regex.finditer(plain):
            if pattern.unless is not None and _is_there(pattern.unless, _around(pattern, plain, match)):
                continue
            value = " ".join(match["value"].split()).lstrip("~≈ ").rstrip("+ ")
            value = "1" if value.lower() == "single" else value
            yield Said(pattern.name, pattern.column, value + pattern.unit, *match.span("value"), *match.span())
    yield from _active(plain)


def _active(plain: str) -> Iterator[Said]:
    """The parameters that a sentence says to be active for a token, as notes are read."""
    if not _ACTIVE.search(plain):
        return
    for match in quotes.active_figures(plain):
        text = " ".join(match["number"].split())
        with contextlib.suppress(UnitError):
            if numbers.read(text).value >= _FEWEST_ACTIVE:
                named = NAMED_ACTIVE if plain[match.start("number") - 1] in "Aa" else "activated"
                yield Said(named, "active_parameters", text, *match.span("number"), *match.span())


def _around(pattern: Pattern, plain: str, match: re.Match[str]) -> str:
    return match[0] if pattern.within else plain[max(0, match.start() - _BEFORE):match.end() + _BEHIND]


def _is_there(expressions: Sieve[re.Pattern[str]], text: str) -> bool:
    return any(regex.search(text) for regex in expressions.through(text))
