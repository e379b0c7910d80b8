"""Numbers written as words, as sentences of papers have them: 'two weeks', 'half a day', 'twenty-four hours'."""

from __future__ import annotations

import re

_ONES = {word: float(value) for value, word in enumerate(
    ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), 1)}
_TEENS = {word: float(value) for value, word in enumerate(
    ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"), 10)}
_TENS = {word: 10.0 * value for value, word in enumerate(
    ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2)}


def _any(words: dict[str, float]) -> str:
    return "(?:" + "|".join(words) + ")"


_SMALL = rf"(?:{_any(_TENS)}(?:[ -]{_any(_ONES)})?|{_any(_TEENS)}|{_any(_ONES)})"
_CARDINAL = re.compile(
    rf"\b(?:(?P<half>half an?)|(?P<dozen>(?:an?|{_SMALL}) dozen)"
    rf"|(?:(?P<hundreds>an?|{_SMALL}) hundred(?:(?: and)? (?P<rest>{_SMALL}))?|(?P<small>{_SMALL}))"
    r"(?P<more> and a half)?)\b", re.IGNORECASE)
_COMPOUND = re.compile(rf"\b(?:(?P<hundreds>{_SMALL}) hundred(?:(?: and)? (?P<rest>{_SMALL}))|"
                       rf"(?P<small>{_any(_TENS)}[ -]{_any(_ONES)}))\b", re.IGNORECASE)
#: 'a week' at the start of a value; 'a' elsewhere is 'per'.
_ONE = re.compile(r"^(\s*)an?\b(?=\s+[A-Za-z])", re.IGNORECASE)


def in_digits(text: str) -> str:
    """The text with its numbers in digits: 'two to three weeks' is '2 to 3 weeks'."""
    return _ONE.sub(r"\g<1>1", _CARDINAL.sub(_digits, text))


def compounds_in_digits(text: str) -> str:
    """The text with numbers of several words in digits: 'thirty-two GPUs' is '32 GPUs', while 'two GPUs' stays."""
    return _COMPOUND.sub(lambda match: f"{_small(match['small'] or '') + _hundreds(match):g}", text)


def _digits(match: re.Match[str]) -> str:
    if match["half"]:
        return "0.5"
    if match["dozen"]:
        return f"{12 * _small(match['dozen'].lower().removesuffix(' dozen')):g}"
    value = _small(match["small"] or "") + _hundreds(match)
    return f"{value + (0.5 if match['more'] else 0):g}"


def _hundreds(match: re.Match[str]) -> float:
    return 100 * _small(match["hundreds"] or "") + _small(match["rest"] or "")


def _small(words: str) -> float:
    """A number below a hundred; 'a' is one and nothing is zero."""
    known = {"a": 1.0, "an": 1.0, **_ONES, **_TEENS, **_TENS}
    return sum(known[word] for word in re.split(r"[ -]", words.lower()) if word)
