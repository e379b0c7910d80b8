"""What the words of a bound say of the number behind them: the one table, with its reasons.

A bound is a fact: nobody writes 'more than 2T tokens' of 40T. How far the value may be from it is judgement, and wide
on purpose: whoever writes 'over' or 'less than' has rounded to a near round number, mostly within a factor of three;
'up to' and 'at most' name a largest one that was reached, so that half of it is seldom undercut; a few are two to five
and several three to seven, as readers asked for numbers answer; a plural alone (hundreds) says its power, and no more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from computeest.text.number_words import in_digits

AT_LEAST: Final = "at_least"
AT_MOST: Final = "at_most"
#: Words for a number of no certain size: several, a few.
VAGUE: Final = "vague"


@dataclass(frozen=True, slots=True)
class Bound:
    """How far below and above the number that is written the value may be."""

    low: float
    high: float
    kind: str


LESS_THAN: Final = Bound(1 / 3, 1.0, AT_MOST)
UP_TO: Final = Bound(1 / 2, 1.0, AT_MOST)
MORE_THAN: Final = Bound(1.0, 3.0, AT_LEAST)

#: Words in front of a number, in the languages of the numbers in words, and what they mean.
_BEFORE: Final = (
    (LESS_THAN, r"<(?!=)|(?:strictly\s+)?(?:less|fewer|lower|smaller|shorter)\s+than\b|under\b|below\b|within\b"
                r"|weniger\s+als\b|unter\b|moins\s+de\b|menos\s+de\b|不到|少于|低于|不足"),
    (UP_TO, r"<=|≤|⩽|at\s+most\b|up\s+to\b|no(?:t)?\s+more\s+than\b|a\s+maximum\s+of\b|max(?:imum|\.)?(?:\s+of)?\b"
            r"|bis\s+zu\b|höchstens\b|jusqu'à\b|au\s+plus\b|hasta\b|como\s+máximo\b|至多|最多"),
    (MORE_THAN, r">=?|≥|⩾|at\s+least\b|(?:well\s+)?(?:over|above)\b|(?:more|greater|larger|longer|higher)\s+than\b"
                r"|in\s+excess\s+of\b|north\s+of\b|exceed(?:s|ing)\b|upwards?\s+of\b|no(?:t)?\s+(?:less|fewer)\s+than\b|min(?:imum|\.)?"
                r"(?:\s+of)?(?=\s*\d)|a\s+minimum\s+of\b|mindestens\b|mehr\s+als\b|über\b|plus\s+de\b|au\s+moins\b"
                r"|más\s+de\b|al\s+menos\b|超过|超過|至少|多于"),
)
#: Words that say of a number that it is one of no certain last figures.
ABOUT: Final = (
    r"(?:[~≈]|(?:(?:just|slightly|a\s+(?:little|bit))\s+(?:over|under|above|below|(?:more|less|longer)\s+than)|about|around"
    r"|approximately|circa|roughly|nearly|almost|close\s+to|some(?=\s+\d)|environ|etwa|ungefähr|rund|unos|unas)\b|大约|[约约]"
    r"|approx\b\.?|ca\.)")
_FRONT: Final = tuple((bound, re.compile(rf"\s*(?:{words})\s*", re.IGNORECASE)) for bound, words in _BEFORE)
_BEHIND: Final = (
    (MORE_THAN, re.compile(r"(?:(?<=[\dkKMBTG%])|(?<=illion)|(?<=ousand))\s*\+(?![\d/]|\s*[\d-])"
                           r"|\s+(?:or|and)\s+(?:more|above|longer|up)\b|以上|余"
                           r"|多(?=\s*[天张块个])", re.IGNORECASE)),
    (UP_TO, re.compile(r"\s+(?:or|and)\s+(?:less|fewer|below|shorter|under)\b|\s+at\s+most\b|\s+max(?:imum|\.)?\s*$"
                       r"|以下|以内", re.IGNORECASE)),
)
#: Numbers that are words of no certain size, as ranges.
_VAGUE: Final = (
    (re.compile(r"\b(?:a\s+)?couple(?:\s+of)?\s+hundred\b", re.IGNORECASE), "200 to 300"),
    (re.compile(r"\b(?:a\s+)?few\s+hundred\b", re.IGNORECASE), "200 to 500"),
    (re.compile(r"\bseveral\s+hundred\b", re.IGNORECASE), "300 to 700"),
    (re.compile(r"\b(?:a\s+)?couple(?:\s+of)?\b(?=\s)", re.IGNORECASE), "2 to 3"),
    (re.compile(r"\b(?:a\s+)?few\b(?=\s|$)|einige\b|quelques\b|几(?=[天周个])", re.IGNORECASE), "2 to 5"),
    (re.compile(r"\bseveral\b(?=\s|$)|\bmehrere\b|\bplusieurs\b|\bvarios\b", re.IGNORECASE), "3 to 7"),
)

#: A plural says of which power a number is, and no more: hundreds are two to ten hundred.
_PLURALS: Final = {"tens": 10.0, "dozens": 12.0, "hundreds": 100.0, "thousands": 1e3, "millions": 1e6, "billions": 1e9,
                   "trillions": 1e12}
_ANY_PLURAL: Final = "|".join(_PLURALS)
_PLURAL: Final = re.compile(rf"\s*(?:many\s+)?(?P<first>{_ANY_PLURAL})(?:\s+of\s+(?P<second>{_ANY_PLURAL}))?"
                            r"(?:\s+of)?\b", re.IGNORECASE)
#: A number of chips of no certain size at the start of a text for the hardware.
_VAGUE_COUNT: Final = re.compile(
    r"\s*(?P<low>\d[\d.e+]*) to (?P<high>\d[\d.e+]*)\s+(?!hours?|days?|weeks?|months?|GB)")

#: A number of something, in digits.
_HOW_MANY: Final = r"(?P<number>\d++(?:[,.]\d++)*+(?:\s?k(?!\w))?+)(?!\w|\.\d)"
#: What is counted is no time, share, rate or memory, nor what one of something has: 'up to 24 hours', '... 8 per node'.
_NO_COUNT: Final = (
    r"(?!\s*-?\s*(?:(?:[GTN]PU|chip|device|accelerator|core|wall[- ]?clock|[AHVPT]\d+\w*|training|random|CPU|"
    r"(?:in)?dependent|different)[\s-]*)?"
    r"(?:hours?|hrs?|h|days?|weeks?|months?|minutes?|mins?|seconds?|years?|epochs?|steps?|iterations?|runs?|trials?|seeds?"
    r"|folds?|experiments?|repetitions?|repeats?|times|tokens?|images?|samples?|examples?|sequences?|parameters|params|cores"
    r"|threads|watts?|W|kW|[GMT]?bps|Gb/s|Gbit/s|%|percent|GB|GiB|TB|[MBT])\b|\s*v?CPUs?\b|\s*(?:per|for\s+each)\b|\s*%)")
_OF_COUNT: Final = (
    *((bound, re.compile(rf"(?<!\w)(?P<words>{words})\s*{_HOW_MANY}{_NO_COUNT}", re.IGNORECASE))
      for bound, words in _BEFORE),
    (MORE_THAN, re.compile(r"(?P<number>\b\d[\d,.]*[kK]?)\s?(?P<words>\+)(?![\d/]|\s*\d)")),
    *((bound, re.compile(rf"(?<![\w.]){_HOW_MANY}(?:\s+[A-Za-z]\w*){{0,3}}(?P<words>\s+(?:{words}))", re.IGNORECASE))
      for bound, words in ((MORE_THAN, r"or\s+more\b"), (UP_TO, r"or\s+(?:less|fewer)\b|at\s+most\s*$"))),
)
#: The words of `_BEFORE` by which a text shows that it may hold a bound at all: most hold none.
_TELLING: Final = frozenset((
    "than", "under", "below", "within", "most", "up", "max", "max.", "maximum", "least", "over", "above", "excess",
    "exceeds", "exceeding", "upward", "upwards", "min", "min.", "minimum", "als", "unter", "zu", "de", "plus", "hasta",
    "como", "moins", "menos", "or"))


#: 'trained over 90 days' and 'run over 64 GPUs' bound nothing: 'over' does behind words that a number may follow, and
#: 'just over 2T' names the number itself.
_CLOSE_BY: Final = r"\b(?:just|slightly|barely|a\s+(?:little|bit))\s+$"
_MAY_BE_MORE: Final = (
    r"(?:^|[(,:~]|\b(?:on|for|with|using|of|at|in|to|by|and|or|is|was|are|were|ha[sd]|have|having|takes?|taking|took"
    r"|requir\w+|need\w*|consum\w+|use[sd]?|spen[dt]\w*|cost\w*|contain\w*|compris\w+|includ\w+|process\w*|saw|sees?|seen"
    r"|lasted|lasting|spann\w+|total\w*|emit\w*|reach\w*|achiev\w+|collect\w*))\s*$")


#: What a number in front of which these stand is of: no chips.
_OF_OTHERS: Final = r"\b(?:batch(?:es)?|size|length|version|cuda|torch|python|driver|power|memory|ram)\b[^,;]*$"
#: Prepositions that place what stands before them as well: '8 H100 over 4 nodes', 'tested under 8 GPUs'.
_TWO_WAYS: Final = frozenset(("over", "above"))
#: These place chips only: a time is at most '3 days' where a training is done within them.
_AROUND_CHIPS: Final = _TWO_WAYS | {"under", "within"}


def _places(before: str, words: str, two_ways: frozenset[str] = _TWO_WAYS) -> bool:
    """Whether a preposition of two meanings says where something is, and nothing of how many."""
    return words.strip().lower() in two_ways and not re.search(_MAY_BE_MORE, before, re.IGNORECASE)


def of_count(text: str, counted: float) -> tuple[Bound, str] | None:
    """The bound that a text puts on a number of things that it counts, and its words; None where there is none.

    The number behind the words is that count, or the number of nodes that goes into it.
    """
    if text.isascii() and "+" not in text and "<" not in text and ">" not in text and (
            _TELLING.isdisjoint(text.lower().replace("(", " ").split())):
        return None
    text = in_digits(text)
    found = [(match.start(), bound, match) for bound, pattern in _OF_COUNT for match in pattern.finditer(text)
             if _goes_into(match["number"], counted) and not (
                 _places(before := text[:match.start()], match["words"], _AROUND_CHIPS)
                 or re.search(f"{_CLOSE_BY}|{_OF_OTHERS}", before, re.IGNORECASE))]
    if not found:
        return None
    _, bound, match = min(found, key=lambda each: each[0])
    return bound, match[0].strip()


def _goes_into(number: str, counted: float) -> bool:
    figures = number.replace(",", "").lower()
    value = float(figures.rstrip("k ")) * (1000 if figures.endswith("k") else 1)
    return value > 0 and counted % value == 0


@lru_cache(maxsize=1)
def _at_end() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The sign of each bound, and its words at the end of a text: no estimate needs them."""
    return tuple((sign, re.compile(rf"(?<!\w)(?:{words})\s*$", re.IGNORECASE))
                 for sign, words in (("~", ABOUT.replace(r"(?=\s+\d)", "")), *((sign, words) for sign, (_, words) in
                                                     zip("<≤>", _BEFORE, strict=True))))


def sign_before(text: str) -> str:
    """The sign of what a text ends with, of the number behind it: '<', '≤', '>' or '~'; nothing without one."""
    found = [(match.start(), sign) for sign, pattern in _at_end() if (match := pattern.search(text))]
    if not found:
        return ""
    begin, sign = min(found)
    return "" if _places(text[:begin], text[begin:]) or re.search(_CLOSE_BY, text[:begin], re.IGNORECASE) else sign


def vague_count(text: str) -> tuple[float, float] | None:
    """The least and the most of a vague number that a text starts with: 'several A100s', 'hundreds of H100s'."""
    match = _VAGUE_COUNT.match(split(text)[0])
    return (float(match["low"]), float(match["high"])) if match and not text.lstrip()[:1].isdigit() else None


def split(text: str) -> tuple[str, Bound | None]:
    """A text without the words of its bound, and the bound; several and a few as ranges."""
    if match := _PLURAL.match(text):
        power = _PLURALS[match["first"].lower()] * _PLURALS.get((match["second"] or "").lower(), 1.0)
        return f"{2 * power:.15g} to {10 * power:.15g}{text[match.end():]}", None
    for pattern, numbers in _VAGUE:
        if pattern.search(text):
            text = pattern.sub(numbers, text, count=1)
            break
    for bound, pattern in _FRONT:
        if match := pattern.match(text):
            return text[match.end():], bound
    for bound, pattern in _BEHIND:
        if match := pattern.search(text):
            return f"{text[:match.start()]} {text[match.end():]}".strip(), bound
    return text, None
