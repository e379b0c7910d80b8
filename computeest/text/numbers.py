"""What a cell of text says: a number, its unit and its spread."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from computeest.text.units import UnitError, canonical, factor, is_rate, says_nothing

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


LONGEST = 200
#: A 90 % interval of a normal reaches this many standard deviations to each side.
NINETY = 1.6448536269514722
#: How far off a number marked `~` or `about` usually is: one sigma in natural log, two significant figures.
APPROXIMATE = 0.1

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d[\d_]*|(?=\.\d))(?:\.\d*)?"
_POWER = r"(?:[eE][+-]?\d+|\s*[x×*·]\s*10\s*(?:\^|\*\*)\s*\{?[+-]?\d+\}?|\s*[x×*·]\s*10[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"
_SCALE = (r"(?:[\s-]*(?P<scale{0}>(?i:thousand|million|billion|trillion|quadrillion|mn|bn|tn))\b"
          r"|(?P<letter{0}>[KkMBbTGg]|\s[KkMBTG](?=\s+[A-Za-z]|\s*$))(?![A-Za-z/]))?")
_TERM = re.compile(rf"(?P<number1>{_NUMBER}{_POWER})" + _SCALE.format(1))
_APPROXIMATE = re.compile(r"^\s*(?:[~≈]|(?:about|around|approximately|circa|roughly|nearly)\b|approx\b\.?|ca\.)\s*",
                          re.IGNORECASE)
_BOUND = re.compile(r"^\s*(?:[<>≤≥]|at (?:least|most)\b|up to\b|(?:more|less) than\b|over\b|under\b)", re.IGNORECASE)
_AND_MORE = re.compile(r"^\s*\d[\d.,]*\s*[KkMBTGb]?\+(?!\d|/-)")
_BETWEEN_AND = re.compile(r"^\s*between\s+(.+?)\s+and\s+(.+)$", re.IGNORECASE | re.DOTALL)
_BETWEEN = re.compile(r"\s*(?:\.\.\.?|–|—|\bto\b)\s*|(?<=[\d%A-Za-z])\s+-\s+(?=[\d.])")
#: '30-50 %' and '2M-3M': a hyphen between two numbers, where 'A100-80GB' has one within a name.
_HYPHEN = re.compile(rf"({_NUMBER}(?:[eE][+-]?\d+)?[KkMBbTGg]?\s*%?)-(?=[\d.])(.*)", re.DOTALL)
#: What may stand right behind a number: a unit, never more of a number that was written another way.
_UNIT = re.compile(r"\s*[A-Za-zµ%$€/(\[-]|\s*$|\^|\*\*|[⁰¹²³⁴⁵⁶⁷⁸⁹]")
_RUN_ON = re.compile(r"[A-Za-z]+\d")
_BARE_POWER = re.compile(r"^([+-]?)10(?=\s*\^|\s*\*\*|[⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹])")
#: '2^20 tokens': sizes of batches and corpora are often powers of two. No other base, and no tower of powers.
_POWER_OF_TWO = re.compile(r"^([+-]?)2(?:\s*(?:\^|\*\*)\s*\{?(\d{1,2})\}?|([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))"
                           r"(?![\d.,⁰¹²³⁴⁵⁶⁷⁸⁹]|\s*[\^*])")
_CURRENCY_FIRST = re.compile(r"^(\$|USD|US\$)\s*([\d.,]+\s*(?:[KkMBb]\b|thousand|million|billion)?)")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SCALES = {"thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12, "tn": 1e12,
           "quadrillion": 1e15, "k": 1e3, "m": 1e6, "g": 1e9, "b": 1e9, "t": 1e12}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit and one-sigma spread in natural log; unit None is 'in the column's own unit'."""

    value: float
    unit: str | None = None
    sigma: float = 0.0


@lru_cache(maxsize=65536)
def read(text: str, rate: bool = False) -> Quantity:
    """What the text says; UnitError says what cannot be read. `rate`: a plural FLOPs means FLOP/s."""
    if len(text) > LONGEST:
        raise UnitError(f"'{text[:30]}...' is too long for a number", "a number, or a number and a unit")
    if match := _BOUND.match(text):
        raise UnitError(f"'{text.strip()}' is a bound, not a value",
                        f"a value, or a range such as '0.3..0.5' (found '{match[0].strip()}')")
    if _AND_MORE.match(text):
        raise UnitError(f"'{text.strip()}' is a bound, not a value",
                        "a value, or a range such as '0.3..0.5' (found '+')")
    body = _APPROXIMATE.sub("", text)
    spread = APPROXIMATE if body != text else 0.0
    body = _BETWEEN_AND.sub(r"\1 to \2", in_digits(body))
    hyphenated = _HYPHEN.fullmatch(body.strip())
    halves = hyphenated.groups() if hyphenated else _BETWEEN.split(body.strip(), maxsplit=1)
    if len(halves) == 2 and all(half[:1].isdigit() or half[:1] in "+-.~" for half in halves):
        return _range(halves[0], halves[1].removeprefix("~"), rate, text)
    if "±" in body or "+/-" in body:
        return _plus_minus(re.split(r"±|\+/-", body), rate, text)
    found = _sum(body, rate, text)
    return Quantity(found.value, found.unit, spread)


def to_unit(text: str | float, unit: str) -> float:
    """Read '312 TFLOP/s' as a float64 in `unit`; a bare number is already in it."""
    if not isinstance(text, str):
        return float(text)
    found = read(text, rate=is_rate(unit))
    return found.value if found.unit is None else found.value * factor(found.unit, unit)


#: Words and letters that say no scale and no unit of a number.
_OF_NUMBERS = re.compile(r"\b(?:between|and|to)\b|(?<=\d)[eE](?=[+-]?\d)", re.IGNORECASE)
_LETTERS = {1e3: "k", 1e6: "M", 1e9: "B", 1e12: "T"}


def counted_in(text: str, scale: float) -> str:
    """A text whose numbers stand in a column of billions, with the 'B' that they leave out; others stay."""
    bare = in_digits(_APPROXIMATE.sub("", text))
    said = re.search(r"[^\W\d_]|[%$€]", _OF_NUMBERS.sub("", bare))
    return text if scale not in _LETTERS or said else f"{text.rstrip()} {_LETTERS[scale]}"


def _range(low_text: str, high_text: str, rate: bool, text: str) -> Quantity:
    """The geometric middle of a range whose ends are its 90 % interval."""
    low, high = _sum(low_text, rate, text), _sum(high_text, rate, text)
    unit = high.unit or low.unit
    first = low.value if low.unit in (None, high.unit) else low.value * _factor(low.unit, high.unit, text)
    if not re.search(r"[A-Za-z]", low_text):
        scaled = first * _scale_of(high_text)  # '2-3 billion' is two to three billion, '900 to 1.1k' starts at 900
        first = scaled if scaled <= high.value else first
    if not 0 < first <= high.value:
        raise UnitError(f"'{text.strip()}' is no range", "a smaller and a larger positive number, such as '0.3..0.5'")
    return Quantity(math.sqrt(first * high.value), unit, math.log(high.value / first) / (2 * NINETY))


def _scale_of(text: str) -> float:
    match = _TERM.match(text.strip())
    return _scale(match) if match else 1.0


def _scale(match: re.Match[str]) -> float:
    return _SCALES.get((match["scale1"] or match["letter1"] or "").strip().lower(), 1.0)


def _factor(unit: str, to: str | None, text: str) -> float:
    if to is None:
        raise UnitError(f"'{text.strip()}' has a unit on its lower end only", "the unit at the end: '3..5 days'")
    return factor(unit, to)


def _plus_minus(parts: list[str], rate: bool, text: str) -> Quantity:
    """A value with its one-sigma error: the unit may stand behind either."""
    if len(parts) != 2:
        raise UnitError(f"'{text.strip()}' is no value with an error", "such as '90 ± 5'")
    middle, error = _sum(parts[0], rate, text), _sum(parts[1], rate, text)
    if not re.search(r"[A-Za-z]", parts[0]):
        middle = replace(middle, value=middle.value * _scale_of(parts[1]))  # '1.2 ± 0.1 million'
    unit = middle.unit or error.unit
    if not (middle.value > 0 and error.value >= 0) or (middle.unit and error.unit not in (None, middle.unit)):
        raise UnitError(f"'{text.strip()}' is no value with an error", "such as '90 ± 5'")
    return Quantity(middle.value, unit, math.log1p(error.value / middle.value))


def _sum(text: str, rate: bool, whole: str) -> Quantity:
    """'1 day 6 hours' or '29 hours': numbers with units that add up; usually one."""
    terms: list[tuple[float, str]] = []
    rest = _POWER_OF_TWO.sub(_in_full, _CURRENCY_FIRST.sub(r"\2 USD ", text.strip()).strip())
    rest = _BARE_POWER.sub(r"\g<1>1x10", rest)
    while rest:
        match = _TERM.match(rest)
        if match is None or match.end() == 0:
            raise UnitError(f"'{whole.strip()}' is not a number", "a number, or a number and a unit")
        if not _UNIT.match(rest, match.end()) or _RUN_ON.match(rest, match.end()):
            raise UnitError(f"'{whole.strip()}' is not a number",
                            "a decimal point, and commas between thousands only, such as '1,281.5'")
        following = re.search(r"(?:\s+and\s+|,?\s+)(?=\d)", rest[match.end():])
        end = match.end() + following.start() if following else len(rest)
        terms.append((_number(match, whole), rest[match.end():end].strip()))
        rest = rest[match.end() + following.end():] if following else ""
    if not terms:
        raise UnitError("there is no value", "a number, or a number and a unit")
    return _added(terms, rate, whole)


def _in_full(power: re.Match[str]) -> str:
    return f"{power[1]}{2 ** int((power[2] or power[3]).translate(_SUPERSCRIPTS))}"


def _added(terms: list[tuple[float, str]], rate: bool, whole: str) -> Quantity:
    (value, unit_text), *more = terms
    unit = canonical(unit_text, rate) if unit_text and not says_nothing(unit_text) else None
    for extra, text in more:
        if unit is None or not text:
            raise UnitError(f"'{whole.strip()}' holds two numbers",
                            "one number, or a unit behind each: '1 day 6 hours'")
        value += extra * factor(canonical(text, rate), unit)
    return Quantity(value, unit)


def _number(match: re.Match[str], whole: str) -> float:
    digits = match["number1"].translate(_SUPERSCRIPTS).replace(",", "").replace("_", "")
    digits = re.sub(r"\s*[x×*·]\s*10\s*(?:\^|\*\*)?\s*\{?([+-]?\d+)\}?", r"e\1", digits)
    value = float(digits) * _scale(match)
    if not math.isfinite(value):
        raise UnitError(f"'{whole.strip()}' is not a finite number", "a number that a float64 can hold")
    return value
