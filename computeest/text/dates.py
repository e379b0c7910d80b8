"""The day that a date of a paper means, however roughly it is said."""

from __future__ import annotations

import datetime
import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: The middle of each part of a year, as month and day; seasons are those of the northern half.
_PARTS = {"early": (3, 1), "mid": (7, 1), "late": (11, 1), "q1": (2, 15), "q2": (5, 15), "q3": (8, 15), "q4": (11, 15),
          "winter": (1, 15), "spring": (4, 15), "summer": (7, 15), "fall": (10, 15), "autumn": (10, 15)}

_ABOUT = re.compile(r"^(?:[~≈]\s*|(?:about|around|approximately|roughly|circa|approx\.?|ca?\.)\s+)", re.IGNORECASE)
_IN_NUMBERS = re.compile(r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2})(?:[T ].*)?)?)?")
_MONTH = (r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
          r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?")
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_IN_WORDS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    rf"(?:{_DAY}[ -])?{_MONTH}[, -]+(?P<year>\d{{4}})", rf"{_MONTH} {_DAY},? (?P<year>\d{{4}})",
    rf"(?P<year>\d{{4}})[, -]+{_MONTH}(?:[ -]{_DAY})?"))
_PART = "|".join(_PARTS)
_OF_A_YEAR = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    rf"(?P<part>{_PART})(?: of)?[ ,/-]*(?P<year>\d{{4}})", r"(?P<year>\d{4})[ ,/-]*(?P<part>q[1-4])"))
_YEAR_LAST = re.compile(r"(?P<first>\d{1,2})[/.-](?P<second>\d{1,2})[/.-](?P<year>\d{4})")


def read(text: str) -> datetime.date | None:
    """A day, a month (its 15th), a part of a year or a year (their middle); None where the text is no date.

    ValueError says that the calendar has no such day. '12/10/2015' is none: it has two readings.
    """
    said = _ABOUT.sub("", text)
    match = next((m for pattern in (_IN_NUMBERS, *_IN_WORDS) if (m := pattern.fullmatch(said))), None)
    if match is not None:
        return _day(int(match["year"]), match["month"] or "", int(match["day"] or 0))
    if match := next((m for pattern in _OF_A_YEAR if (m := pattern.fullmatch(said))), None):
        return datetime.date(int(match["year"]), *_PARTS[match["part"].lower()])
    match = _YEAR_LAST.fullmatch(said)
    return _year_last(match) if match else None


def _day(year: int, month: str, day: int) -> datetime.date:
    number = int(month or 0) if not month.isalpha() else _MONTHS.index(month[:3].lower()) + 1
    return datetime.date(year, number or 7, day or (15 if number else 1))


def _year_last(match: re.Match[str]) -> datetime.date | None:
    """'22/10/2020', which can only be October; None where either number can be the month."""
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    if first <= 12 and second <= 12 and first != second:
        return None
    month, day = (first, second) if second > 12 else (second, first)
    return datetime.date(year, month, day)
