"""The one scanner of numbers in digits: thousands, points, powers and scales, wherever in a text they stand.

Cells, chips and notes differ in what surrounds a number, and in a few spellings that only one of them can take; the
number itself is read here for all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻−", "0123456789+--")
SCALES = {"k": 1e3, "thousand": 1e3, "thousands": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "millions": 1e6, "g": 1e9,
          "b": 1e9, "bn": 1e9, "billion": 1e9, "billions": 1e9, "t": 1e12, "tn": 1e12, "trillion": 1e12,
          "trillions": 1e12, "quadrillion": 1e15,
          # of other languages, those that mean one number in all of them: a German Billion is a trillion
          "mio": 1e6, "mrd": 1e9, "milliard": 1e9, "milliards": 1e9, "milliarde": 1e9, "milliarden": 1e9,
          "millionen": 1e6, "mil millones": 1e9, "millones": 1e6, "milioni": 1e6, "miliardi": 1e9, "milhões": 1e6,
          "bilhões": 1e9, "млн": 1e6, "млрд": 1e9, "трлн": 1e12,
          # of several words
          "thousand million": 1e9, "million million": 1e12, "thousand billion": 1e12, "hundred thousand": 1e5,
          "hundred million": 1e8, "hundred billion": 1e11}

_WORD = (r"(?:thousand|hundred)[\s-]+(?:million|billion)|hundred[\s-]+thousand|million[\s-]+million"
         r"|mil\s+millones|millones|milioni|miliardi|milhões|bilhões|млн|млрд|трлн"
         r"|(?:thousand|million|billion|trillion)s?|millionen|quadrillion|mn|bn|tn|mio|mrd|milliarden|milliarde"
         r"|milliards|milliard")
#: 1,024 and 1'024 and '1 024'; the same sign throughout, and no more figures behind. A plain space parts thousands only
#: where no point follows and three figures stand behind it. '0,323' has a comma for a point, and no thousands.
_THOUSANDS = (r"(?!0)\d{1,3}(?P<mark>[,'’\u00a0\u2009\u202f])\d{3}(?:(?P=mark)\d{3})*(?!\d)(?:\.\d+)?"
              r"|(?!0)\d{1,3}(?:[ ]\d{3})+(?![\w.,%])")
_MANTISSA = rf"(?P<mantissa>{_THOUSANDS}|\d+(?:_\d+)*(?:\.\d+|\.(?=[eE][+-]?\d))?|\.\d+)"
_RAISED = r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
_EXPONENT = rf"""(?: [eE](?P<e>[+-]?\d+)
  | (?P<times>\s*[xX×*·⋅]\s*)10\s*(?:\^|\*\*|ˆ)\s*
    (?: \((?P<round>[+−-]?\d+)\) | \{{(?P<curly>[+−-]?\d+)\}} | (?P<power>[+−-]?\d+) )(?!\s*(?:\^|\*\*)|\.?\d)
  | \s*[xX×*·⋅]\s*10(?P<raised>{_RAISED}) )?"""
_NUMBER = re.compile(_MANTISSA + r"(?:\.\.\.|…)?" + _EXPONENT, re.VERBOSE)
#: In prose, '5 × 10-3' has lost the raise of its exponent; in a cell it may as well be a range.
_LOST = re.compile(r"\s*[x×]\s*10(?P<minus>[−-]\d+)")
#: A power by itself, of the two bases that papers write counts in. No tower of powers, no fraction of one.
_POWER = re.compile(r"(?P<base>10|2)(?:\s*(?:\^|\*\*)\s*(?:\{(?P<curly>\d{1,2})\}|\((?P<round>\d{1,2})\)|"
                    r"(?P<plain>\d{1,2}))|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))(?![\d.,⁰¹²³⁴⁵⁶⁷⁸⁹⁻]|\s*(?:\^|\*\*))")
#: A billion written behind its number: '34B', '12 billion', '313.6 B', '2-million'.
_SCALE = re.compile(rf"[kKMBbTGg](?![A-Za-z0-9])|(?P<small>[mt])(?![A-Za-z0-9])|(?P<apart>[\s-]*)(?i:{_WORD})\b"
                    r"|\s+[kKMBTG](?=\s+[A-Za-z]|\s*$|\s*[).,;:=+*/×])")
LONGEST_MANTISSA, LONGEST_EXPONENT = 60, 5


@dataclass(frozen=True, slots=True)
class Numeral:
    """One number in digits, and where it ends."""

    value: float
    #: Its digits and point, without separators.
    mantissa: str
    end: int
    #: Where the mantissa ends, where the power does, and the sign between the two.
    mantissa_end: int
    power_end: int
    times: str = ""
    #: The factor of its scale, and the same where it is a word apart ('2 trillion'); 1 without one.
    scale: float = 1.0
    apart: float = 1.0
    #: Whether a power of ten by signs ('* 10^9') belongs to it.
    raised: bool = False


def scan(text: str, at: int = 0, *, small: bool = False, prose: bool = False) -> Numeral | None:
    """The number whose first figure stands at a place; an infinite value is too large for a float64.

    `small` takes the m and t of '350m' for scales. In `prose`, '5 x 10-3' has lost the raise of its exponent, and the
    sign of '2**10' is the arithmetic's own.
    """
    power = _POWER.match(text, at)
    if power and (power["raised"] or not prose):
        return _power(text, power, small)
    match = _NUMBER.match(text, at)
    if match is None:
        return None
    exponent, end = match["e"] or "0", match.end()
    raised = next((match[name] for name in ("round", "curly", "power", "raised") if match[name]), None)
    if raised is None and prose and (minus := _LOST.match(text, end)):
        raised, end = minus["minus"], minus.end()
    if raised is not None:
        exponent = raised.translate(SUPERSCRIPTS)
    mantissa = re.sub(r"[^\d.]", "", match["mantissa"])
    value = float("inf") if len(mantissa) > LONGEST_MANTISSA or len(exponent) > LONGEST_EXPONENT else \
        float(f"{mantissa}e{exponent}")
    scale, apart, last = scaled(text, end, small=small)
    return Numeral(value * scale, mantissa, last, match.end("mantissa"), end, match["times"] or "", scale, apart,
                   raised is not None)


def _power(text: str, match: re.Match[str], small: bool) -> Numeral:
    exponent = next(match[name] for name in ("curly", "round", "plain", "raised") if match[name])
    value = float(match["base"]) ** int(exponent.translate(SUPERSCRIPTS))
    scale, apart, last = scaled(text, match.end(), small=small)
    return Numeral(value * scale, match["base"], last, match.end("base"), match.end(), "", scale, apart,
                   raised=True)


def scaled(text: str, end: int, *, small: bool = False) -> tuple[float, float, int]:
    """The factor of the scale that stands behind a number, that of a word standing apart, and where it ends."""
    match = _SCALE.match(text, end)
    if match is None or (match["small"] and not small):
        return 1.0, 1.0, end
    word = match[0].strip().strip("-").strip().lower()
    scale = SCALES[word] if word in SCALES else SCALES[" ".join(re.split(r"[\s-]+", word))]
    return scale, scale if match["apart"] else 1.0, match.end()


#: '3.14 × 1023', '2 x 105' and '1025 FLOP': a power of ten that lost its raise on its way from a PDF, or a product.
_LOST_RAISE = re.compile(r"(?<![\w.,])(?<![x×*·⋅] )(?<![x×*·⋅])(?:(?P<mantissa>[1-9](?:\.\d+)?)\s*[x×*·⋅]\s*"
                         r"|(?=10\d\d\s*FLOP))10(?P<power>[3-9]|[12]\d|3[0-5])"
                         r"(?![\d%]|[.,]\d|\s*[x×*·⋅^]|[kKMBTG]\b)", re.IGNORECASE)
#: '6.02 x 10e23', which people write for 10^23 and programs read as ten times that.
_TEN_E = re.compile(r"(?<![\w.,])(?P<mantissa>[1-9](?:\.\d+)?)\s*[x×*·⋅]\s*10[eE]\+?(?P<power>\d\d?)(?!\d)")


def unsure_power(text: str, large: bool) -> tuple[str, str] | None:
    """The two powers of ten of which a text may mean either: one lost its raise, or is '10e23'; None where it is sure.

    A whole number before it, as in '4 x 1024', may be a factor where the numbers of the column are not `large`.
    """
    lost, ten = (_LOST_RAISE.search(text), _TEN_E.search(text)) if "10" in text else (None, None)
    if lost and (large or "." in (lost["mantissa"] or "")):
        mantissa, product = lost["mantissa"] or "1", float(lost["mantissa"] or 1) * float("10" + lost["power"])
        return f"{mantissa}e{lost['power']}", f"{product:.15g}"
    return (f"{ten['mantissa']}e{ten['power']}", f"{ten['mantissa']}e{int(ten['power']) + 1}") if ten else None


#: Spellings of a count that are more than its figures; whatever else stands in a text on hardware is left alone.
#: What follows the figures is looked at first: so most texts, which have none, take half of the time.
_ODD = re.compile(r"\d(?!\d)(?=[\s-]*[,'’\u00a0\u2009\u202f_eE^*⁰¹²³⁴⁵⁶⁷⁸⁹kKtTmM\d])"
                  r"(?:[,'’\u00a0\u2009\u202f_]\d{3}|[eE]\+?\d|\s*(?:\^|\*\*|[⁰¹²³⁴⁵⁶⁷⁸⁹])|\s?[kK](?![A-Za-z0-9])"
                  r"| \d{3}(?!\w)|[\s-]?(?:[tT]housand|[mM]illion)\b)")
#: Where a count may begin: not within a name ('v3-8', 'E5-2680') or another number.
_START = re.compile(r"(?<![A-Za-z0-9.,_'’])(?<![A-Za-z0-9]-)(?=\d)|(?<=\d[xX])(?=\d)")
_SPACED = re.compile(r"\d{1,3} \d{3}")
_IN_PROSE = re.compile(r"(?:^|[\[(:,;~≈]|(?<![A-Za-z0-9])[a-z]+ |[×*] ?)\Z")
#: What follows a count in prose, and not the number in a product's name: '16 980 Ti' are sixteen.
_THEN = re.compile(r"\s+(?!pro\b|premium\b)(?:[a-z]{3,}|[a-z]{1,2}\d)|\s*(?:[x×*(]|$)", re.IGNORECASE)
_LARGEST_COUNT = 1e12


def counts_plain(text: str) -> str:
    """The text with its counts in plain figures: '2**10', '1 024', '1.024e3' and '1.024k' are all 1024."""
    if _ODD.search(text) is None:
        return text
    pieces, at = [], 0
    for start in _START.finditer(text):
        if start.start() < at:
            continue
        found = scan(text, start.start())
        if found is None or not _is_count(text, start.start(), found):
            continue
        pieces += [text[at:start.start()], f"{found.value:.15g}"]
        at = found.end
    return "".join((*pieces, text[at:]))


def _is_count(text: str, at: int, found: Numeral) -> bool:
    """Whether a number of a text on hardware is a count that is written in another way than in plain figures."""
    written = text[at:found.end]
    if written.replace(".", "", 1).isdecimal() or found.value > _LARGEST_COUNT or written[-1] in "bBgGTM":
        return False  # '80G', '7B' and '312T' are no counts of chips
    if _SPACED.match(written):
        # '8 100' is 8,100 in prose; behind a name ('A100 80 512') it is anybody's guess
        return _IN_PROSE.search(text, 0, at) is not None and _THEN.match(text, found.end) is not None
    return not text[found.end:found.end + 1].isalnum()


#: '2,5' alone, and units of which there is half of one.
_COMMA_ALONE = re.compile(r"(\s*[~≈]?\s*\d{1,3}),(\d{1,2}\s*)")
_IN_PARTS = re.compile(r"(?:\w+ \* )?(?:second|minute|hour|day|week|month|year|percent|joule|\w*watt\w*)\b")


def with_point(text: str, unit: str | None) -> str:
    """'2,5' of a key or a header in hours as '2.5', as '2,5 hours' is read."""
    if unit and "," in text and _IN_PARTS.match(unit) and (match := _COMMA_ALONE.fullmatch(text)):
        return f"{match[1]}.{match[2]}"
    return text
