"""The day that a date of a paper means, however roughly it is said, and how roughly that is."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Self

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: The middle of each part of a year, as month and day; seasons are those of the northern half.
_PARTS = {"early": (3, 1), "mid": (7, 1), "late": (11, 1), "q1": (2, 15), "q2": (5, 15), "q3": (8, 15), "q4": (11, 15),
          "winter": (1, 15), "spring": (4, 15), "summer": (7, 15), "fall": (10, 15), "autumn": (10, 15)}

#: What a column's dates such as 01/02/2020 start with; of a column that holds both kinds they say no more than a year.
DAY_FIRST, MONTH_FIRST, YEAR_ONLY = "day-first", "month-first", "year-only"
ORDERS = (DAY_FIRST, MONTH_FIRST, YEAR_ONLY)
#: Where nothing else says it, as the others of their column show it, all of the table.
BY_COLUMN = "by-column"


class Rough(datetime.date):
    """The middle of a month, a quarter or a year: a day to reckon with, written as no more than is known."""

    said: str

    def __new__(cls, day: datetime.date, said: str) -> Self:
        """`said` is the date at its own precision: '2021', '2021-07' or '2021-Q3'."""
        found = super().__new__(cls, day.year, day.month, day.day)
        found.said = said
        return found

    def isoformat(self) -> str:
        """As much of the date as is known."""
        return self.said

    __str__ = isoformat

    def __repr__(self) -> str:
        """The date as it is written, and the day it is reckoned as."""
        return f"Rough({super().isoformat()}, {self.said!r})"

    def __eq__(self, other: object) -> bool:
        """A month is no day of it."""
        return isinstance(other, Rough) and self.said == other.said and self.toordinal() == other.toordinal()

    def __ne__(self, other: object) -> bool:
        """As `==` has it, which a date would not ask."""
        return not self == other

    def __hash__(self) -> int:
        """Of what makes it equal to another."""
        return hash((self.toordinal(), self.said))

    def __reduce__(self) -> tuple[Any, ...]:
        """For other processes."""
        return type(self), (datetime.date(self.year, self.month, self.day), self.said)


def precision(day: datetime.date) -> str:
    """How much of a date is known: day, month, quarter or year."""
    if not isinstance(day, Rough):
        return "day"
    return "quarter" if "Q" in day.said else "month" if "-" in day.said else "year"


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
_YEAR_LAST = re.compile(r"(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})[/.-](?P<year>\d{4})"
                        r"(?:[T ,].*\d:\d\d.*)?")
#: '2021.1', which a table makes of October too, or of a share of the year.
_TENTH = re.compile(r"(\d{4})\.\d")
#: '2021.0', as tables write the years of a column with gaps.
_WHOLE = re.compile(r"^(\d{4,13})\.0+$")
_MONTH_YEAR = re.compile(r"(?P<month>\d{1,2})[/.-](?P<year>\d{4})")
_CHINESE = re.compile(r"(?P<year>\d{4})\s*年(?:\s*(?P<month>\d{1,2})\s*月)?(?:\s*(?P<day>\d{1,2})\s*[日号])?")
#: Seconds or milliseconds since 1970, from 2001 on: no year and no day has so many digits.
_CLOCK = re.compile(r"(?P<seconds>[1-9]\d{9})(?P<thousandths>\d{3})?")


#: Days of the week in front, and words between: 'Tuesday, 14th of March 2023'.
_BESIDE = re.compile(r"^(?:mon|tue|tues|wed|wednes|thu|thurs|fri|sat|satur|sun)(?:day)?\.?,?\s+(?!\d{4}$)"
                     r"|(?<=\d(?:st|nd|rd|th)) of(?= )", re.IGNORECASE)
#: '14-Mar-23' and 'Mar-23' as spreadsheets write days and months, and "March '23".
_SHORT_YEAR = re.compile(rf"(?P<front>(?:\d{{1,2}}-)?{_MONTH})(?:-| ?['’])(?P<short>\d\d)", re.IGNORECASE)
#: Years of two figures from here on are of the last century.
_LAST_CENTURY = 50
#: Months of German, French, Spanish, Italian and Portuguese that are none of English.
_ELSEWHERE = {month: name for name, months in zip(_MONTHS, (
    "januar jänner janvier enero gennaio janeiro", "februar février fevrier febrero febbraio fevereiro",
    "märz maerz mars marzo março", "avril abril aprile", "mai mayo maggio maio", "juni juin junio giugno junho",
    "juli juillet julio luglio julho", "août aout agosto", "septembre septiembre settembre setembro",
    "oktober octobre octubre ottobre outubro", "novembre noviembre", "dezember décembre decembre diciembre dicembre"
    " dezembro"), strict=True) for month in months.split()}


@cache
def _month_elsewhere() -> re.Pattern[str]:
    """Made when one may be there, as most dates are in numbers."""
    return re.compile(rf"(?:(?<=\d)\.?|^)(?: de)? ?\b(?P<month>{'|'.join(_ELSEWHERE)})(?: del?)?(?= \d{{4}}$)",
                      re.IGNORECASE)


def plain(text: str) -> datetime.date | None:
    """The day of '2021-07-15', as most tables have it, in a tenth of the time to read it; None for all else."""
    if len(text) != 10 or not text[4] == text[7] == "-":
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def read(text: str, order: str = "") -> datetime.date | None:
    """A day, or a month, a quarter or a year as Rough; None where the text is no date.

    ValueError says that the calendar has no such day. '12/10/2015' has two readings, and is none without an `order`.
    """
    said = _WHOLE.sub(r"\1", _ABOUT.sub("", text))
    if match := _TENTH.fullmatch(said):
        return _day(int(match[1]), "", 0)
    if match := next((m for pattern in (_IN_NUMBERS, _CHINESE, *_IN_WORDS) if (m := pattern.fullmatch(said))), None):
        return _day(int(match["year"]), match["month"] or "", int(match["day"] or 0))
    if match := next((m for pattern in _OF_A_YEAR if (m := pattern.fullmatch(said))), None):
        part = match["part"].lower()
        exact = f"-{part.upper()}" if part[0] == "q" else ""
        return Rough(datetime.date(int(match["year"]), *_PARTS[part]), f"{match['year']}{exact}")
    if match := _MONTH_YEAR.fullmatch(said):
        return _day(int(match["year"]), match["month"], 0)
    if match := _CLOCK.fullmatch(said):
        return datetime.datetime.fromtimestamp(int(match["seconds"]), datetime.UTC).date()
    if match := _YEAR_LAST.fullmatch(said):
        return _year_last(match, order)
    spelled = _spelled_out(said)
    return read(spelled, order) if spelled != said else None


def _spelled_out(text: str) -> str:
    """A date in the words and figures in which most are written; others stay."""
    text = _month_elsewhere().sub(lambda match: f" {_ELSEWHERE[match['month'].lower()]}", _BESIDE.sub("", text)).strip()
    if (match := _SHORT_YEAR.fullmatch(text)) is None:
        return text
    return f"{match['front']}-{1900 if int(match['short']) >= _LAST_CENTURY else 2000}"[:-2] + match["short"]


def _day(year: int, month: str, day: int) -> datetime.date:
    number = int(month or 0) if not month.isalpha() else _MONTHS.index(month[:3].lower()) + 1
    found = datetime.date(year, number or 7, day or (15 if number else 1))
    return found if day else Rough(found, f"{year:04d}-{number:02d}" if number else f"{year:04d}")


def _year_last(match: re.Match[str], order: str) -> datetime.date | None:
    """'22/10/2020', which can only be October; by the order where either number can be the month."""
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    if first <= 12 and second <= 12 and first != second:
        if order == YEAR_ONLY:
            return Rough(datetime.date(year, 7, 1), f"{year:04d}")
        if order not in ORDERS and match["mark"] != ".":
            return None
        month, day = (first, second) if order == MONTH_FIRST else (second, first)
    else:
        month, day = (first, second) if second > 12 else (second, first)
    return datetime.date(year, month, day)


#: A spreadsheet's number of a day, counted from 1899-12-30 or, on old Macs, four years and a day later.
_SERIAL = re.compile(r"[34]\d{4}(?:\.\d+)?")
_SERIAL_FROM = datetime.date(1899, 12, 30)


def of_serial(text: str) -> str:
    """What to say of a number that a spreadsheet shows as a day: which one depends on where it counts from."""
    if _SERIAL.fullmatch(text.strip()) is None:
        return ""
    day = _SERIAL_FROM + datetime.timedelta(days=int(float(text)))
    return f"; if it is a spreadsheet's number of a day, that is {day}, or four years and a day later"


def doubtful(text: str) -> bool:
    """Whether a date can be read with the day or with the month first."""
    match = _YEAR_LAST.fullmatch(_ABOUT.sub("", text.strip()))
    return match is not None and match["mark"] != "." and int(match["first"]) <= 12 >= int(match["second"]) and (
        int(match["first"]) != int(match["second"]))


def shows_order(text: str) -> bool:
    """Whether the numbers of a date show, or need, an order of them: of days, months and a year behind them."""
    return _YEAR_LAST.fullmatch(_ABOUT.sub("", text.strip())) is not None


def two_ways(text: str) -> bool:
    """Whether a date is read by the order of its column: those with points have the day first where nothing says so."""
    match = None if plain(text) else _YEAR_LAST.fullmatch(_ABOUT.sub("", text.strip()))
    return match is not None and int(match["first"]) <= 12 >= int(match["second"]) != int(match["first"])


#: So many months beside a number that is always 1 are no chance: the 1 is the day.
_MONTHS_ENOUGH = 4


def order_of(texts: Iterable[str]) -> str:
    """The order of a column's dates, by those that can be read one way only; '' where none is in doubt."""
    kinds, in_doubt = set(), set()
    for text in texts:
        match = None if plain(text) else _YEAR_LAST.fullmatch(_ABOUT.sub("", text.strip()))
        if match is None:
            continue
        if doubtful(text):
            in_doubt.add((int(match["first"]), int(match["second"])))
        elif int(match["first"]) > 12:
            kinds.add(DAY_FIRST)
        elif int(match["second"]) > 12:
            kinds.add(MONTH_FIRST)
    if len(kinds) == 1:
        return kinds.pop()
    if not kinds and len(in_doubt) >= _MONTHS_ENOUGH:
        # dates of months are often written as their first days
        if {first for first, _ in in_doubt} == {1}:
            return DAY_FIRST
        if {second for _, second in in_doubt} == {1}:
            return MONTH_FIRST
    return YEAR_ONLY if in_doubt else ""
