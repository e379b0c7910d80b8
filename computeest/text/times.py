"""Times as people and machines print them, in numbers with units: '3-04:00:00', '1h30m', 'P3DT4H', 'a fortnight'."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"(?<![\d:.])(?:(?P<days>\d+)(?:-|\s*d(?:ays?)?,?\s+|\s+days?,?\s+))?(?P<hours>\d+):"
                    r"(?P<minutes>[0-5]\d):(?P<seconds>[0-5]\d)(?:\.\d+)?(?![\d:])"
                    r"(?:\s*(?:h(?:ours?)?|hrs?|\(?hh?:mm:ss\)?))?", re.IGNORECASE)
_ISO = re.compile(r"P(?=[\dT])(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+(?:\.\d+)?)D)?"
                  r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)"
                  r"(?:\.\d+)?S)?)?")
#: '1h30m', '2d5h', '2d 5h 30m': letters right behind figures, of which m is minutes beside another unit only.
_RUN = re.compile(r"(?<![\w.])(?=(?:\d+(?:\.\d+)?\s?(?:w|d|hrs?|h|min|m|s)\s?){2,}(?![A-Za-z\d]))"
                  r"((?:\d+(?:\.\d+)?\s?(?:w|d|hrs?|h|min|m|s)\s?)+)", re.IGNORECASE)
_PART = re.compile(r"(\d+(?:\.\d+)?)\s?(w|d|hrs?|h|min|m|s)", re.IGNORECASE)
_LONG = {"w": "weeks", "d": "days", "h": "hours", "hr": "hours", "hrs": "hours", "min": "minutes", "m": "minutes",
         "s": "seconds"}
_FORTNIGHT = re.compile(r"(?:(\d+(?:\.\d+)?|an?|one|two|three)\s+)?fortnights?", re.IGNORECASE)
_WORDS = {"a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "": 1.0}
#: Units of time of other languages, in the order in which one may hold another.
_ELSEWHERE = tuple((re.compile(pattern, re.IGNORECASE), word) for pattern, word in (
    (r"小时|小時|時間|시간|\bstunden?\b|\bheures?\b|\bhoras?\b|\bчас(?:а|ов)?\b|\bore\b", "hours"),
    (r"分钟|分鐘|\bminuten\b|\bminutos?\b|\bминут[аы]?\b", "minutes"),
    (r"(?:个|個)?(?:星期|礼拜)|周|週間?|\bwochen?\b|\bsemaines?\b|\bsemanas?\b|\bнедел[ьяи]\b|\bsettiman[ae]\b",
     "weeks"),
    (r"(?:个|個)月|か月|ヶ月|개월|\bmonate?n?\b|\bmois\b|\bmes(?:es)?\b|\bмесяц(?:а|ев)?\b", "months"),
    (r"天|日間|일(?!\w)|(?<=\d)\s*日|\btagen?\b|\btage\b|\btag\b|\bjours?\b|\bdías?\b|\bdias?\b|\bд(?:ень|ня|ней)\b"
     r"|\bgiorn[io]\b", "days"),
    (r"\bjahren?\b|\bans\b|\bannées?\b|\baños?\b|年", "years"),
))
_OTHER = re.compile(r"[^\x00-\x7f]|\b(?:stunde|heure|hora|minut[eo]|woche|semaine|semana|monat|mois|mes|tag|jour|dia"
                    r"|jahr|ans|giorn|ore|settiman)", re.IGNORECASE)


def in_units(text: str) -> str:
    """The text with its times in numbers with units: '72:30:00' is '72 hours 30 minutes 0 seconds'."""
    if text.startswith("P") and (iso := _ISO.fullmatch(text.strip())) and any(iso.groupdict().values()):
        return _sum(iso)
    if ":" in text:
        text = _CLOCK.sub(_sum, text)
    if "ortnight" in text:
        text = _FORTNIGHT.sub(lambda m: f"{2 * (_WORDS.get((m[1] or '').lower()) or float(m[1])):g} weeks", text)
    if _OTHER.search(text):
        for pattern, word in _ELSEWHERE:
            text = pattern.sub(f" {word} ", text)
        text = " ".join(text.split())
    return _RUN.sub(lambda match: " ".join(f"{part[1]} {_LONG[part[2].lower()]}" for part in _PART.finditer(match[1]))
                    + " ", text).strip()


def _sum(match: re.Match[str]) -> str:
    found = match.groupdict()
    parts = [f"{float(found[unit]):g} {unit}" for unit in ("weeks", "days", "hours", "minutes", "seconds")
             if float(found.get(unit) or 0)]
    return " ".join(parts) or "0 seconds"
