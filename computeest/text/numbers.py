"""What a cell of text says: a number, its unit and its spread."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from computeest.problems import texts as wrong
from computeest.text.bounds import ABOUT, VAGUE, Bound, split
from computeest.text.number_words import in_digits
from computeest.text.numerals import SCALES, scan, unsure_power
from computeest.text.remembered import remembered
from computeest.text.units import UnitError, canonical, factor, is_rate, says_nothing

LONGEST = 200
#: A 90 % interval of a normal reaches this many standard deviations to each side.
NINETY = 1.6448536269514722
#: How far off a number marked `~` or `about` usually is: one sigma in natural log, two significant figures.
APPROXIMATE = 0.1

_APPROXIMATE = re.compile(rf"^\s*{ABOUT}\s*", re.IGNORECASE)
_BOUND = re.compile(r"^\s*(?:[<>≤≥]|at (?:least|most)\b|up to\b|(?:more|less) than\b|over\b|under\b)", re.IGNORECASE)
_AND_MORE = re.compile(r"^\s*\d[\d.,]*\s*[KkMBTGb]?\+(?!\d|/-)")
_BETWEEN_AND = re.compile(r"^\s*(?:between\s+(.+?)\s+and|from\s+(.+?)\s+to)\s+(.+)$", re.IGNORECASE | re.DOTALL)
_BETWEEN = re.compile(r"\s*(?:\.\.\.?|–|—|\bto\b)\s*|(?<=[\dkKMBT%])\s*[~～至]\s*(?=\d)"
                      r"|(?<=[\d%A-Za-z])\s+-\s+(?=[\d.])")
#: '30-50 %' and '2M-3M': a hyphen between two numbers, where 'A100-80GB' has one within a name.
_HYPHEN = re.compile(r"([+-]?[\d.][\d.,_'’]*(?:[eE][+-]?\d+)?(?:\s*[x×·⋅*]\s*10)?(?:\^\{?\d+\}?|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"
                     r"[KkMBbTGg]?\s*%?)-(?=[\d.])(.*)", re.DOTALL)
#: The power of ten at the upper end of a range that its lower end, smaller than the mantissa, shares.
_SHARED_POWER = re.compile(r"\s*(?P<mantissa>\d+(?:\.\d+)?)(?:\s*[x×*·⋅]\s*10(?:\s*(?:\^|\*\*)\s*\{?\d|[⁰¹²³⁴⁵⁶⁷⁸⁹])"
                           r"|[eE]\+?(?:[6-9]|\d\d))")
_BARE = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
#: What may stand right behind a number: a unit, never more of a number that was written another way.
_UNIT = re.compile(r"\s*[A-Za-zµ%$€/(\[-]|\s*$|\^|\*\*|[⁰¹²³⁴⁵⁶⁷⁸⁹]")
_RUN_ON = re.compile(r"[A-Za-z]+\d")
_CURRENCY_FIRST = re.compile(r"^(\$|USD|US\$)\s*([\d.,]+\s*(?:[KkMBb]\b|thousand|million|billion)?)")
#: A value with its error in units of its last digits, as in JCGM 100:2008, 7.2.2.
_CONCISE = re.compile(r"(?<![\d.,])(\d+)\.(\d+)\((\d{1,2})\)(e[+-]?\d+)?(?![\d.(])", re.IGNORECASE)
#: '$1.5-2M' and '$1M to $2M': the currency in front of a range.
_MONEY_RANGE = re.compile(r"^\s*(?:(?:between|from)\s+)?(?:US)?\$\s*\d[^$]*?(?:-|–|—|\.\.|\bto\b|\band\b)\s*"
                          r"(?:(?:US)?\$\s*)?\d[^$]*$")
#: '1,323 Milliarden' and '1.300 Mio': a comma is a point, and a point parts thousands, where such words are at home;
#: and nobody parts thousands before a large power of ten ('3,140E+23').
_POINT_OR_THOUSANDS = re.compile(
    r"(?<![\d,.])\d{1,3}[,.]\d{3}(?=\s*(?:[GT]PU[- ])?(?:mrd|mio|milliard|millionen|billionen|millones|stunde|tag|woche"
    r"|monat|jahr|heure|jour|semaine|mois|hora|d[ií]a|semana|mes(?:es)?|giorn[io]|settiman|mil millon|milion|miliard"
    r"|milh|bilh|млн|млрд|трлн)[a-zñõ]{0,4}\b)"
    r"|(?<![\d,.])\d{1,3},\d{3}(?=e[+-]?\d|\s*[x×*·⋅]\s*10\s*(?:(?:\^|\*\*)\s*[({]?\d\d|[¹²³]\D?[⁰¹²³⁴⁵⁶⁷⁸⁹]))",
    re.IGNORECASE)
#: '3,14 × 10^23', '3,5 days', '38,25 %', '0,38': one or two figures behind a comma before a power of ten or the unit of
#: what is no whole number, and a zero in front of it, show that it is a point; so does one figure before a scale
#: ('1,5B'), where '7,13B' may be two sizes. '3,5 epochs' and '8,16 GPUs' stay in doubt.
_COMMA_POINT = re.compile(r"(?<![\w.,])(?<!\d )(?:(\d{1,3}),(\d{1,2})"
                          r"(?=\s*[x×*·⋅]\s*10\s*(?:\^|\*\*|[⁰¹²³⁴⁵⁶⁷⁸⁹])|[eE][+-]?\d|\s*(?:%|percent\b)"
                          r"|[\s-]*(?:[GT]PU[- ]?)?(?:h|hrs?|d|min|hours?|days?|weeks?|months?|years?|minutes?)\b"
                          r"|\s*(?:mrd|mio|milliard|millionen|miliard|stunde|tag|woche|monat|jahr|heure|jour|semaine"
                          r"|mois|hora|d[ií]a|semana|giorn|settiman)"
                          r"|(?<=,\d)\s*(?:[KMBT]\b|(?:thousand|million|billion|trillion)s?\b))"
                          r"|(0),(\d{1,4})(?![\d.,]))", re.IGNORECASE)
#: What LaTeX sets as mathematics: '$4.2 \\times 10^{22}$', '\\(10^9\\)'. Money has one sign, a number right behind it.
_MATH = re.compile(r"(?<!\\)\$(?P<one>[^$]*\\[^$]*|[^$]*[\^{][^$]*(?=\$(?!\d)))(?<![\\\s])\$"
                   r"|\\+\((?P<two>(?:(?!\\+\)).)*)\\+\)")
_IN_BRACES = re.compile(r"\\(?:math|text)(?:bf|rm|it|sf|tt)?\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_COMMANDS = re.compile(r"\s*\\(times|cdot|approx|simeq|sim|geq?|leq?|pm|[,;!% $])(?![A-Za-z])\s?|(?<=\d)\{,\}(?=\d)")
_COMMAND_SIGNS = {"times": " × ", "cdot": " · ", "approx": "~", "simeq": "~", "sim": "~", "ge": "≥", "geq": "≥",
                  "le": "≤", "leq": "≤", "pm": " ± ", ",": "\u2009", ";": " ", "!": "", "%": "%", " ": " ", "$": "$",
                  None: ","}
#: 'billion(s)' and 'token(s)'.
_PLURAL = re.compile(r"(?<=[A-Za-z])\((?:s|es)\)")
#: A sign between two numbers that multiplies them: '4 x 8 GPUs'.
_TIMES = re.compile(r"\s*(?:[x×·⋅]|\*(?!\*))\s*(?=\d)")
#: What is multiplied at the end: '10 GPU-days x 5'.
_TIMES_LAST = re.compile(r"(?<=[A-Za-z)])\s*(?:\b[xX]|[×*·⋅])\s*(?P<times>\d[\d.,]*)\s*$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit and one-sigma spread in natural log; unit None is 'in the column's own unit'."""

    value: float
    unit: str | None = None
    sigma: float = 0.0
    #: at_least, at_most or vague (several) where the number is a bound; the value is the middle of what it leaves open.
    bound: str = ""

    def within(self, low: float, high: float) -> Quantity:
        """The same where the interval reaches no further than these ends, which no value can pass."""
        if not self.bound:
            return self
        half = min(NINETY * self.sigma, 700.0)
        first, last = self.value * math.exp(-half), self.value * math.exp(half)
        if low <= first and last <= high:
            return self
        first, last = max(first, low), min(last, high)
        return replace(self, value=math.sqrt(first * last), sigma=math.log(last / first) / (2 * NINETY)) \
            if 0 < first < last else self


#: Full-width figures, letters and signs, as Chinese and Japanese texts have them.
_FULL_WIDTH = {0xFF01 + place: 0x21 + place for place in range(94)}


@remembered(65_536)
def read(text: str, rate: bool = False, bounds: bool = False) -> Quantity:
    """What the text says; UnitError says what cannot be read. `rate`: a plural FLOPs means FLOP/s.

    With `bounds`, 'more than 2T' and 'a few days' are facts; without, they are refused where one value is asked for.
    """
    if len(text) > LONGEST:
        raise UnitError(wrong.NUMBER_TOO_LONG(text=text[:30]))
    if (found := usual(text, rate)) is not None:
        return found
    text = in_one_spelling(text)
    if bounds:
        bare, bound = split(text)
        if bound is not None:
            return _bounded(read(bare, rate), bound, text)
        if bare != text:
            return replace(read(bare, rate), bound=VAGUE)
    if match := _BOUND.match(text):
        raise UnitError(wrong.BOUND_NOT_A_VALUE(text=text.strip(), sign=match[0].strip()))
    if _AND_MORE.match(text):
        raise UnitError(wrong.BOUND_NOT_A_VALUE(text=text.strip(), sign="+"))
    body = _APPROXIMATE.sub("", text)
    spread = APPROXIMATE if body != text else 0.0
    body = _CONCISE.sub(_spelled_out, body)
    body = _BETWEEN_AND.sub(r"\1\2 to \3", in_digits(_MONEY_RANGE.sub(_currency_last, body)))
    hyphenated = _HYPHEN.fullmatch(body.strip())
    halves = hyphenated.groups() if hyphenated else _BETWEEN.split(body.strip(), maxsplit=1)
    if len(halves) == 2 and all(half[:1].isdigit() or half[:1] in "+-.~" for half in halves):
        return _range(halves[0], halves[1].removeprefix("~"), rate, text)
    if "±" in body or "+/-" in body:
        return _plus_minus(re.split(r"±|\+/-", body), rate, text)
    found = _sum(body, rate, text)
    return Quantity(found.value, found.unit, spread)


def is_bare(text: str) -> bool:
    """Whether a text is a number as programs write them, and no more."""
    return _BARE.fullmatch(text) is not None


#: '7.35B', '300 billion tokens', '3.5 days', '38 %': with units of one word that mean one thing wherever they stand.
_USUAL = re.compile(r"((?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,14})?)"
                    r"(?: ?(%)|(?:([KMBT])| (thousand|million|billion|trillion))?"
                    r"(?: (tokens|parameters|examples|images|epochs|steps|seconds|minutes|hours|days|weeks))?)")


def usual(text: str, rate: bool = False) -> Quantity | None:
    """A number alone, or its scale and unit as most cells have them, in a tenth of the time; None for all else."""
    if is_bare(text) and len(text) <= LONGEST and math.isfinite(value := float(text)):
        return Quantity(value)
    match = _USUAL.fullmatch(text)
    if match is None:
        return None
    number, share, letter, word, unit = match.groups()
    unit = share or unit
    scale = SCALES[(letter or word).lower()] if letter or word else 1.0
    return Quantity(float(number) * scale, None if unit is None else _usual_unit(unit, rate))


@lru_cache(maxsize=64)
def _usual_unit(word: str, rate: bool) -> str | None:
    return None if says_nothing(word) else canonical(word, rate)


def _spelled_out(match: re.Match[str]) -> str:
    """'1.20 ± 0.05' of '1.20(5)'."""
    whole, decimals, error, power = match.groups(default="")
    return f"{whole}.{decimals}{power} ± {int(error) * 10.0 ** -len(decimals):.{len(decimals)}f}{power}"


def _currency_last(match: re.Match[str]) -> str:
    return f"{re.sub(r'(?:US)?[$]', '', match[0]).strip()} USD"


def in_one_spelling(text: str) -> str:
    """The text with figures of one width, without LaTeX and 'billion(s)'; UnitError where a comma may be a point."""
    if not text.isascii():
        text = text.translate(_FULL_WIDTH)
    if "\\" in text or text.count("$") > 1:
        text = _IN_BRACES.sub(r"\1", _MATH.sub(lambda m: m["one"] or m["two"], text))
        text = _COMMANDS.sub(lambda m: _COMMAND_SIGNS[m[1]], text).strip()
    if "," in text:
        text = _COMMA_POINT.sub(lambda m: f"{m[1] or m[3]}.{m[2] or m[4]}", text)
    if (either := _POINT_OR_THOUSANDS.search(text)) is not None:
        raise UnitError(wrong.POINT_OR_THOUSANDS(
            text=text.strip(), point=either[0].replace(",", "."), thousands=re.sub("[,.]", "", either[0])))
    return _PLURAL.sub("", text)


def _bounded(found: Quantity, bound: Bound, text: str) -> Quantity:
    """The middle of what a bound leaves open, on a scale of factors."""
    if found.sigma > APPROXIMATE or found.bound or not found.value > 0:
        raise UnitError(wrong.BOUND_OF_NO_NUMBER(text=text.strip()))
    return Quantity(found.value * math.sqrt(bound.low * bound.high), found.unit,
                    math.log(bound.high / bound.low) / (2 * NINETY), bound.kind)


def to_unit(text: str | float, unit: str) -> float:
    """Read '312 TFLOP/s' as a float64 in `unit`; a bare number is already in it."""
    if not isinstance(text, str):
        return float(text)
    found = read(text, rate=is_rate(unit))
    return found.value if found.unit is None else found.value * factor(found.unit, unit)


#: Marks of a note or a source at the end: '7B†', '1.4 trillion[59][63]'.
MARKS = r"(?<=[\w%)])(?:\s?\[(?:\d{1,3}|[a-z]|note \d+)\])+\s*$|(?<=[\w%)])\s?[*†‡§]+\s*$"
_MARKS = re.compile(MARKS, re.IGNORECASE)
#: Words and letters that say no scale and no unit of a number.
_OF_NUMBERS = re.compile(r"\b(?:between|and|to)\b|(?<=\d)[eE](?=[+-]?\d)", re.IGNORECASE)
_LETTERS = {1e3: "k", 1e6: "M", 1e9: "B", 1e12: "T"}


def counted_in(text: str, scale: float) -> str:
    """A text whose numbers stand in a column of billions, with the 'B' that they leave out; others stay."""
    if scale not in _LETTERS:
        return text
    text = _MARKS.sub("", text)
    bare = in_digits(_APPROXIMATE.sub("", text))
    if not re.search(r"[^\W\d_]|[%$€]", _OF_NUMBERS.sub("", bare)):
        return f"{text.rstrip()} {_LETTERS[scale]}"
    return _WITHOUT_SCALE.sub(rf"\g<0>{_LETTERS[scale]}", text)


#: A number in a text of more, '671 (37 active)' or '7 (dense)', with neither a scale nor a unit of its own behind it.
_WITHOUT_SCALE = re.compile(r"(?<![\w.,%$€])\d[\d,]*(?:\.\d+)?(?![\w.%]|,\d)(?=\s*(?:$|[(),;/]|"
                            r"(?:total|in\s+total|active|activated|dense|sparse|params?|parameters?|tokens?)\b))",
                            re.IGNORECASE)


def _range(low_text: str, high_text: str, rate: bool, text: str) -> Quantity:
    """The geometric middle of a range whose ends are its 90 % interval."""
    low, high = _sum(low_text, rate, text), _sum(high_text, rate, text)
    unit = high.unit or low.unit
    first = low.value if low.unit in (None, high.unit) else low.value * _factor(low.unit, high.unit, text)
    if not re.search(r"[A-Za-z]", low_text):
        # '2-3 billion' is two to three billion and '2-3 × 10^22' has one power for both, '900 to 1.1k' starts at 900
        scaled = [first * _scale_of(high_text)]
        if (power := _SHARED_POWER.match(high_text)) and first < float(power["mantissa"]):
            scaled.insert(0, first * high.value / float(power["mantissa"]))
        if first <= high.value < scaled[-1] and (lower := scaled[-1] / 1e3) != first and lower <= high.value:
            # '500-1T' is of 500 billion, or of 500
            raise UnitError(wrong.RANGE_SCALE_ON_UPPER_END(text=text.strip()))
        first = next((one for one in scaled if one <= high.value), first)
    if not 0 < first <= high.value:
        raise UnitError(wrong.RANGE_REVERSED(text=text.strip()))
    return Quantity(math.sqrt(first * high.value), unit, math.log(high.value / first) / (2 * NINETY))


def _scale_of(text: str) -> float:
    found = scan(text.strip())
    return found.scale if found else 1.0


def _factor(unit: str, to: str | None, text: str) -> float:
    if to is None:
        raise UnitError(wrong.RANGE_UNIT_ON_LOWER_END(text=text.strip()))
    return factor(unit, to)


def _plus_minus(parts: list[str], rate: bool, text: str) -> Quantity:
    """A value with its one-sigma error: the unit may stand behind either."""
    if len(parts) != 2:
        raise UnitError(wrong.ERROR_UNREADABLE(text=text.strip()))
    middle, error = _sum(parts[0], rate, text), _sum(parts[1], rate, text)
    if not re.search(r"[A-Za-z]", parts[0]):
        middle = replace(middle, value=middle.value * _scale_of(parts[1]))  # '1.2 ± 0.1 million'
    unit = middle.unit or error.unit
    if not (middle.value > 0 and error.value >= 0) or (middle.unit and error.unit not in (None, middle.unit)):
        raise UnitError(wrong.ERROR_UNREADABLE(text=text.strip()))
    return Quantity(middle.value, unit, math.log1p(error.value / middle.value))


def _sum(text: str, rate: bool, whole: str) -> Quantity:
    """'1 day 6 hours' or '29 hours': numbers with units that add up; usually one."""
    terms: list[tuple[float, str]] = []
    rest = _CURRENCY_FIRST.sub(r"\2 USD ", text.strip()).strip()
    last = _TIMES_LAST.search(rest)
    times = _product(last["times"], whole)[0] if last else 1.0
    rest = rest[:last.start()] if last else rest
    while rest:
        value, end = _product(rest, whole)
        following = re.search(r"(?:\s+and\s+|,?\s+)(?=\d)", rest[end:])
        until = end + following.start() if following else len(rest)
        terms.append((value * times, rest[end:until].strip()))
        rest = rest[end + following.end():] if following else ""
    if not terms:
        raise UnitError(wrong.NUMBER_EMPTY())
    return _added(terms, rate, whole)


def _product(text: str, whole: str) -> tuple[float, int]:
    """The number at the start of a text, with the numbers multiplied to it, and where it ends."""
    sign = -1.0 if text[:1] == "-" else 1.0
    at, value = int(text[:1] in "+-"), sign
    while True:
        found = scan(text, at)
        if found is None:
            raise UnitError(wrong.NOT_A_NUMBER(text=whole.strip()))
        end = found.end + (text[found.end:] == ".")
        value *= found.value
        times = _TIMES.match(text, end)
        if times is None or value == 0:  # '0x5A' is no product
            break
        at = times.end()
    if not _UNIT.match(text, end) or _RUN_ON.match(text, end):
        raise UnitError(wrong.NUMBER_GOES_ON(text=whole.strip()))
    if not math.isfinite(value):
        raise UnitError(wrong.NUMBER_NOT_FINITE(text=whole.strip()))
    return value, end


def _added(terms: list[tuple[float, str]], rate: bool, whole: str) -> Quantity:
    (value, unit_text), *more = terms
    unit = canonical(unit_text, rate) if unit_text and not says_nothing(unit_text) else None
    one, before = 1.0, unit_text
    for extra, text in more:
        if unit is None or not text:
            raise UnitError(wrong.TWO_NUMBERS(text=whole.strip()))
        each = factor(canonical(text, rate), unit)
        if (not 0 <= extra * each < one and not (unit in ("chip", "core") and " and " in whole)) or _OF.search(before):
            # '6 hours' after '1 day' are a part of one, and '8 A100 and 8 V100' are all there were; '7B parameters, 13B
            # parameters' may be two models
            raise UnitError(wrong.NUMBERS_IN_A_ROW(text=whole.strip()))
        value, one, before = value + extra * each, each, text
    return Quantity(value, unit)


#: '2 weeks of 5 days' are ten days.
_OF = re.compile(r"\bof$", re.IGNORECASE)


def sure_of_power(text: str, large: bool) -> None:
    """UnitError where a power of ten may be another."""
    if (either := unsure_power(text, large)) is not None:
        raise UnitError(wrong.POWER_UNSURE(text=text.strip(), one=either[0], other=either[1]))


_MULTIPLIES = re.compile(r"\d[\d.,]*[kKMBTG]?\s*(?:[x×·⋅]|\*(?!\*))\s*(?!10\s*(?:\^|\*\*|[⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹]))\d")


def multiplies(text: str) -> bool:
    """Whether a text multiplies two numbers: '8x7B'."""
    return _MULTIPLIES.search(text) is not None


#: '500.000', '16.384 tokens': a whole number of things whose point may part its thousands.
_POINT_THOUSANDS = re.compile(
    r"\s*(?:[~≈]|(?:about|around|approximately|roughly|ca\.)\s)?\s*(?P<number>[1-9]\d{0,2}\.\d{3})"
    r"(?:\s*[A-Za-z][\w\s-]*)?\s*", re.IGNORECASE)


#: '1.300M': as in times, the last two of three figures noughts. Where M is 'millones', such a point parts thousands.
_POINT_MILLIONS = re.compile(r"\s*[~≈]?\s*(?P<number>[1-9]\d{0,2}\.\d00)\s?M(?:\s+[A-Za-z][\w\s-]*)?\s*")


def points_thousands(text: str, value: float) -> bool:
    """Whether a text says this value with three decimals and no scale behind them, or in millions with two noughts."""
    if "00M" in text or "00 M" in text:
        match = _POINT_MILLIONS.fullmatch(text)
        return match is not None and math.isclose(float(match["number"]) * 1e6, value)
    match = _POINT_THOUSANDS.fullmatch(text)
    return match is not None and float(match["number"]) == value


def maybe_thousands(value: float) -> bool:
    """Whether a number of things has three decimals, so that its point may part thousands: '1.024 GPUs'."""
    return value < 1000 and value % 1 != 0 and round(value * 1000) == value * 1000 and (value * 100) % 1 != 0


def or_text(value: Any) -> Any:
    """'32k' and '1,000' of an architecture as numbers; other text stays."""
    if not isinstance(value, str) or not value[:1].isdigit():
        return value
    square = re.fullmatch(r"(\d+)\s*[x×]\s*\1(?:\s*(?:px|pixels))?", value)
    if square:
        return int(square[1])
    if multiplies(value):
        return value  # an image of 224 x 448 has no one size
    try:
        found = read(value)
    except UnitError:
        return value
    if found.unit is not None:
        return value
    return int(found.value) if found.value.is_integer() else found.value
