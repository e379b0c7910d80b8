"""What a note beside a number says of it: words or tokens, the active part of all parameters, one of many."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from computeest.text import numbers
from computeest.text.units import UnitError

#: No note says what it means by a number later than this; some hold whole papers.
LONGEST = 5_000
#: A note's figure and the cell's are the same number up to rounding.
_SAME = 0.02

#: Begins where no figure stands before it and ends soon: a note of nothing but figures is read once, not from each.
_NUMBER = (r"(?<!\d)\d[\d,]{0,40}(?:\.\d+)?(?:\s?[eE][+-]?\d+|\s*[x×*]\s*10\s*\^?\s*\d+)?"
           r"(?:[\s-]?(?:[KMBT]|bn|mn|tn|thousand|million|billion|trillion)\b)?")
_UNIT = r"(?:(?:sub-?word|training|pre-?training|text|unique|BPE|multilingual|speech|audio|protein|DNA)\s+)?" \
        r"(?:tokens?|nucleotides?)"
_WORD = r"(?:(?:English|Chinese|Korean|running|unique)\s+)?words?"
_COUNTED = re.compile(rf"(?P<number>{_NUMBER})\s*(?:of\s+)?(?:(?P<token>{_UNIT})|(?P<word>{_WORD}))\b", re.IGNORECASE)
_TOKENS, _WORDS = re.compile(rf"\b{_UNIT}\b", re.IGNORECASE), re.compile(r"\bwords?\b", re.IGNORECASE)
#: A note of no more than this says nothing but what is counted.
_ALONE = 60
_PER = re.compile(r"words?\s*(?:/|per)\s*token|token\s*(?:=|~|≈|/|per)+\s*[\d.]*\s*words?|tokens?\s*(?:/|per)\s*word",
                  re.IGNORECASE)

Kind = Literal["tokens", "words", ""]


@lru_cache(maxsize=65_536)
def counted(note: str, value: float) -> Kind:
    """What a number counts by the note beside it: 'tokens' or 'words' where the note says so, else nothing.

    The figure in the note that is the cell's decides; where none is, what the note speaks of alone.
    """
    note = note[:LONGEST]
    said = list(_figures(note))
    exact = {kind for kind, figure in said if abs(figure / value - 1) < _SAME}
    if exact:
        return "tokens" if exact == {"tokens"} else "words" if exact == {"words"} else ""
    tokens, words = _TOKENS.search(note), _WORDS.search(note)
    if words and any(kind == "tokens" and abs(0.75 * figure / value - 1) < _SAME for kind, figure in said):
        return "words"  # three words for four tokens, as the note goes on to say
    if said or len(note) > _ALONE:
        return ""  # a longer note may speak of other numbers than this one
    return "tokens" if tokens and not words else "words" if words and not tokens else ""


def _figures(note: str) -> Iterator[tuple[Kind, float]]:
    for match in _COUNTED.finditer(note):
        if _PER.match(note, match.start("token" if match["token"] else "word")):
            continue
        try:
            figure = numbers.read(match["number"]).value
        except UnitError:
            continue
        if figure > 0:
            yield ("tokens" if match["token"] else "words"), figure


_ACTIVE = re.compile(
    rf"(?:only\s+)?(?P<before>{_NUMBER})[\s-]*(?:parameters?|params?)?\s*(?:are|is|being)?\s*"
    rf"\(?(?:active|activated|activation)\b"
    rf"|\b(?:activates?|activating)\s+(?:only\s+)?(?P<behind>{_NUMBER})"
    rf"|\bactiv(?:e|ated)\s+param(?:eter)?s?(?:\s+per\s+\w+)?(?:\s+count)?\s*(?:[:=–-]|\bof\b|\bis\b|\bare\b)\s*"
    rf"(?P<last>{_NUMBER})", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def active_parameters(note: str, total: float) -> float:
    """The parameters active for each token, where a note says one number below the total; NaN else."""
    found = set()
    for match in _ACTIVE.finditer(note[:LONGEST]):
        try:
            value = numbers.read((match["before"] or match["behind"] or match["last"]).strip()).value
        except UnitError:
            continue
        if 1e6 <= value < 0.9 * total:
            found.add(value)
    return found.pop() if len(found) == 1 else math.nan


_EACH_OF = re.compile(r"\beach\s+of\s+(?:the\s+|our\s+)?(?P<count>\d{1,4}|[a-z]+(?:-[a-z]+)?)\s+"
                      r"(?:agents?|models?|networks?|members?|runs?|seeds?|folds?|copies)", re.IGNORECASE)
_ONE_OF = re.compile(r"\b(?:each|per|every)[\s-]+(?:agent|model|network|member|fold|seed|epoch|trial|run)\b",
                     re.IGNORECASE)


@lru_cache(maxsize=65_536)
def each_of(note: str) -> float:
    """12 of 'each of 12 agents was trained for 44 days'; NaN where a note says no such thing."""
    match = _EACH_OF.search(note[:LONGEST])
    if match is None:
        return math.nan
    try:
        value = numbers.read(match["count"]).value
    except UnitError:
        return math.nan
    return value if value >= 2 else math.nan


#: A result: '= 219 hours', '-> 106000 seconds'.
_RESULT = re.compile(rf"(?:=|->|→|≈)\s*(?P<number>{_NUMBER})", re.IGNORECASE)
_HOW_LONG = re.compile(r"\d\s*(?:s|sec|seconds?|min|minutes?|h|hrs?|hours?|days?|weeks?|months?)\b"
                       r"|\b(?:an?|one|two|three|four|five)\s+(?:hour|day|week|month)s?\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=[A-Z\"'“(])|\n+")


def one_of(note: str, hours: float) -> str:
    """'per fold' or 'each agent', where a note speaks of the time of one of several; else nothing.

    A note that goes on to reckon the hours of the cell from it ('106 s per epoch -> ... = 29 hours') speaks of all.
    """
    note = note[:LONGEST]
    for result in _RESULT.finditer(note):
        with contextlib.suppress(UnitError):
            if abs(numbers.read(result["number"]).value / hours - 1) < _SAME:
                return ""
    found = (match for part in _SENTENCE.split(note) if _HOW_LONG.search(part) and (match := _ONE_OF.search(part)))
    first = next(found, None)
    return first[0] if first else ""
