"""Numbers in words, put in digits: English in full, and the counts of other languages that papers and cards use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from math import prod

_ONES = {word: float(value) for value, word in enumerate(
    ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), 1)}
_TEENS = {word: float(value) for value, word in enumerate(
    ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"), 10)}
_TENS = {word: 10.0 * value for value, word in enumerate(
    ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2)}
#: Without one of these no English number has several words.
_SEVERAL = frozenset((*_TENS, "hundred", "dozen", "half"))


def _any(words: dict[str, float]) -> str:
    return "(?:" + "|".join(words) + ")"


_SMALL = rf"(?:{_any(_TENS)}(?:(?:\s+|-){_any(_ONES)})?|{_any(_TEENS)}|{_any(_ONES)})"
_CARDINAL = re.compile(
    rf"\b(?:(?P<half>half\s+an?(?:\s+(?P<halved>dozen))?)|(?P<dozen>(?:an?|{_SMALL})\s+dozen)"
    rf"|(?:(?P<hundreds>an?|{_SMALL})\s+hundred(?:(?:\s+and)?\s+(?P<rest>{_SMALL}))?|(?P<small>{_SMALL}))"
    r"(?P<more>\s+and\s+a\s+half)?)\b", re.IGNORECASE)
#: 'a week' at the start of a value, and 'a thousand' anywhere; 'a' elsewhere is 'per'.
_ONE = re.compile(r"^(\s*)(?:an?\b(?:\s+single\b)?|single\b)(?=\s+[A-Za-z])(?!\s+(?:few|couple|little|bit)\b)"
                  r"|()\ban?(?=\s+(?:thousand|million|billion|trillion)\b)", re.IGNORECASE)
#: 'a day and a half' and '3 and a half days' are one day and a half, and three and a half.
_AND_A_HALF = re.compile(r"^(\s*)(\d+|an?)\s+(?:([A-Za-z-]+)\s+and\s+(?:a\s+)?half\b|and\s+a\s+half\s+(?=[A-Za-z]))",
                         re.IGNORECASE)


#: '2½ weeks' and '3 1/2 days'.
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "1/2": 0.5, "1/4": 0.25, "3/4": 0.75}
_WITH_FRACTION = re.compile(r"(?<![\w.,/])(?:(\d{1,3})(?:\s+(1/2|1/4|3/4)|\s*([½¼¾⅓⅔]))|([½¼¾⅓⅔]))(?![\w/])"
                            r"(?=\s*(?:[A-Za-z]|$))")


def in_digits(text: str) -> str:
    """The text with its numbers in digits: 'two to three weeks' is '2 to 3 weeks'."""
    if "/" in text or not text.isascii():
        text = _WITH_FRACTION.sub(lambda m: f"{int(m[1] or 0) + _FRACTIONS[m[2] or m[3] or m[4]]:.12g}", text)
    text = foreign_in_digits(text)
    text = _AND_A_HALF.sub(lambda m: f"{m[1]}{float(m[2]) + 0.5 if m[2].isdigit() else 1.5:g} {m[3] or ''}", text)
    return _ONE.sub(r"\g<1>1", _CARDINAL.sub(_digits, text))


def counts_in_digits(text: str) -> str:
    """The text with numbers of several words in digits: 'thirty-two GPUs' is '32 GPUs', while 'Example One' stays."""
    if text.isascii():
        words = _words_of(text)
        if _beginnings().isdisjoint([word[:3] for word in words]) or (
                _SEVERAL.isdisjoint(words) and not _begins_foreign(words)):
            return text
    return _CARDINAL.sub(_compound, foreign_in_digits(text))


def _compound(match: re.Match[str]) -> str:
    alone = match[0].isalpha() or (match["half"] and not match["halved"])
    return match[0] if alone else _digits(match)


def english_at(text: str, at: int) -> re.Match[str] | None:
    """A number in English words that begins at a place, 'a' and 'half' by themselves apart."""
    match = _CARDINAL.match(text, at)
    return None if match is None or (match["half"] and not match["halved"]) else match


def value_of(match: re.Match[str]) -> float:
    """The number that the words of a match say."""
    if match["half"]:
        return 6.0 if match["halved"] else 0.5
    if match["dozen"]:
        return 12 * _small(match["dozen"].lower().removesuffix("dozen"))
    return _small(match["small"] or "") + 100 * _small(match["hundreds"] or "") + _small(match["rest"] or "") + (
        0.5 if match["more"] else 0.0)


def _digits(match: re.Match[str]) -> str:
    return f"{value_of(match):g}"


def _small(words: str) -> float:
    """A number below a hundred; 'a' is one and nothing is zero."""
    known = {"a": 1.0, "an": 1.0, **_ONES, **_TEENS, **_TENS}
    return sum(known[word] for word in re.split(r"[\s-]+", words.lower()) if word)


_GERMAN = "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn " \
          "siebzehn achtzehn neunzehn"
_FRENCH = "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept " \
          "dix-huit dix-neuf"
_SPANISH = "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete " \
           "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis " \
           "veintisiete veintiocho veintinueve"
#: Words that mean something else in English, or a month; and those of one, which are articles.
_NO_NUMBERS = frozenset(("un", "uno", "ein", "once", "sept", "six", "mil"))
_CHINESE = dict(zip("零〇一二两兩三四五六七八九", (0, 0, 1, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "萬": 10_000, "亿": 100_000_000,
                  "億": 100_000_000, "십": 10, "백": 100, "천": 1000, "만": 10_000, "억": 100_000_000,
                  "조": 1_000_000_000_000}
_FIGURES = "[零〇一二两兩三四五六七八九十百千万萬]+"
#: In front of a measure word or behind what leads to a number: '八张', '共三十二'.
_COUNTED_IN_CHINESE = re.compile(rf"(?<![\u4e00-\u9fff]){_FIGURES}(?=\s*[张張块塊个個台片颗顆枚卡节節组小天日周週月年])"
                                 rf"|(?<=[用约約共的了上达達用]){_FIGURES}(?=\s*[张張块塊个個台片颗顆枚卡节節组小天日周週月年])")
_CHINESE_SCALE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s*([十百千万萬]?[亿億]|[十百千]?[万萬]|[百千]|조"
                            r"|[십백천]?[억만])")
#: Accents off, and ß as people write it who have none.
_PLAIN = str.maketrans("áéíóúß", "aeioüz")
_WORDS = re.compile(r"[^\W\d_]+")
_JOINT = re.compile(r"(?:\s+|-)(?=[^\W\d_])")
_MOST_WORDS = 7


def foreign_in_digits(text: str) -> str:
    """The text with German, French, Spanish and Chinese numbers in digits; English words stay."""
    if not text.isascii():
        text = _CHINESE_SCALE.sub(lambda m: f"{float(m[1]) * prod(map(_CHINESE_UNITS.__getitem__, m[2])):.15g}", text)
        text = _COUNTED_IN_CHINESE.sub(_apart, text)
    if text.isascii() and not _begins_foreign(_words_of(text)):
        return text
    first = _first_words()
    pieces, at = [], 0
    for word in _WORDS.finditer(text):
        if word.start() < at or word[0].lower() not in first or text[word.start() - 1:word.start()].isdigit():
            continue
        found = _phrase(text, word)
        if found is not None:
            pieces += [text[at:word.start()], str(found[0])]
            at = found[1]
    return "".join((*pieces, text[at:]))


def _apart(match: re.Match[str]) -> str:
    """A Chinese number in figures, apart from a name in front of it: 'A100 4张'."""
    before = match.string[match.start() - 1:match.start()]
    return f"{' ' if before.isascii() and before.isalnum() else ''}{_chinese(match[0]):d}"


def _phrase(text: str, word: re.Match[str]) -> tuple[int, int] | None:
    """The longest number in words that begins with a word, and where it ends."""
    ends, end = [word.end()], word.end()
    while len(ends) < _MOST_WORDS and (joint := _JOINT.match(text, end)) and (more := _WORDS.match(text, joint.end())):
        end = more.end()
        ends.append(end)
    known = _foreign()
    for end in reversed(ends):
        value = known.get(" ".join(text[word.start():end].lower().replace("-", " ").split()))
        if value is not None:
            return value, end
    return None


@cache
def _romance() -> frozenset[str]:
    """What French and Spanish numbers begin with, as they are and without accents: few, and found in no time."""
    words = f"{_FRENCH} {_SPANISH} vingt trente quarante cinquante soixante cent cents mille treinta cuarenta " \
            "cincuenta sesenta setenta ochenta noventa cien ciento doscientos trescientos cuatrocientos quinientos " \
            "seiscientos setecientos ochocientos novecientos mil".replace("-", " ").split()
    return frozenset((*words, *(word.translate(_PLAIN) for word in words)))


@cache
def _germans() -> tuple[tuple[str, ...], frozenset[str]]:
    """What German numbers begin with, as they are and with `ss` or without an umlaut; and how those begin."""
    words = [*_GERMAN.split(), "hundert", "tausend", "zwanzig", "dreißig", "dreissig", "sechzig", "siebzig"]
    words += [word.translate(_PLAIN) for word in words]
    return tuple(dict.fromkeys(words)), frozenset(word[:3] for word in words)


@cache
def _beginnings() -> frozenset[str]:
    """How all words begin that numbers of any language do: most texts have none, which is told in half of the time."""
    return frozenset(word[:3] for word in (*_SEVERAL, *_romance())) | _germans()[1]


@cache
def _first_words() -> frozenset[str]:
    """The first words of all numbers in other languages: thousands, as German writes a number as one word."""
    return frozenset(phrase.partition(" ")[0] for phrase in _foreign())


def _words_of(text: str) -> list[str]:
    return text.lower().replace("-", " ").replace("(", " ").split()


def _begins_foreign(words: Sequence[str]) -> bool:
    """Whether any word is the first of a number in another language; the thousands are made when one may be."""
    germans, begin = _germans()
    if _romance().isdisjoint(words) and (begin.isdisjoint([word[:3] for word in words])
                                         or not any(word.startswith(germans) for word in words)):
        return False
    return not _first_words().isdisjoint(words)


@cache
def _foreign() -> dict[str, int]:
    """Every number from 2 to 1999 as it is spelled, hyphens as spaces."""
    found: dict[str, int] = {}
    for below_hundred, hundreds, thousand, joint in (
            (_german(), ["", "hundert", *(f"{one}hundert" for one in _GERMAN.split()[1:9])], "tausend", ""),
            (_french(), ["", "cent", *(f"{one} cent" for one in _FRENCH.split()[1:9])], "mille", " "),
            (_spanish(), ["", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos",
                          "setecientos", "ochocientos", "novecientos"], "mil", " ")):
        below = {joint.join(filter(None, (hundred, word))): 100 * place + value
                 for place, hundred in enumerate(hundreds) for word, value in {"": 0, **below_hundred}.items()}
        below.pop("")
        found |= below
        found |= {joint.join((thousand, word)): 1000 + value for word, value in below.items()}
        found[thousand] = 1000
    found |= {"cien": 100, "eintausend": 1000, "einhundert": 100, "zweitausend": 2000, "deux mille": 2000,
              "dos mil": 2000, "quatre vingts": 80}
    found |= {f"{word}s": value for word, value in found.items() if word.endswith(" cent")}
    plain = {word.translate(_PLAIN): value for word, value in found.items()
             if "ß" not in word and "ü" not in word}
    found |= {word.replace("ß", "ss"): value for word, value in found.items() if "ß" in word}
    found |= {**plain, **found}
    return {word: value for word, value in found.items() if word not in _NO_NUMBERS}


def _german() -> dict[str, int]:
    ones = _GERMAN.split()
    found = {word: value for value, word in enumerate(ones, 1)}
    for ten, word in enumerate(("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig",
                                "neunzig"), 2):
        found |= {f"{one}und{word}": 10 * ten + value for value, one in enumerate(ones[:9], 1)} | {word: 10 * ten}
    return found


def _french() -> dict[str, int]:
    ones = [word.replace("-", " ") for word in _FRENCH.split()]
    found = {word: value for value, word in enumerate(ones, 1)}
    for ten, word, most in ((20, "vingt", 9), (30, "trente", 9), (40, "quarante", 9), (50, "cinquante", 9),
                            (60, "soixante", 19), (80, "quatre vingt", 19)):
        found |= {f"{word} {one}": ten + value for value, one in enumerate(ones[:most], 1)} | {word: ten}
        found |= {f"{word} et un": ten + 1, f"{word} et onze": ten + 11} if ten < 80 else {}
    return found


def _spanish() -> dict[str, int]:
    ones = _SPANISH.split()
    found = {word: value for value, word in enumerate(ones, 1)}
    for ten, word in enumerate(("treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"), 3):
        found |= {f"{word} y {one}": 10 * ten + value for value, one in enumerate(ones[:9], 1)} | {word: 10 * ten}
    return found


def _chinese(text: str) -> int:
    """'一百二十八' is 128, '两' 2, '一万' 10,000."""
    total = section = digit = 0
    for character in text:
        if character in _CHINESE:
            digit = _CHINESE[character]
            continue
        unit = _CHINESE_UNITS[character]
        if unit >= 10_000:
            total, section, digit = total + (section + digit or 1) * unit, 0, 0
        else:
            section, digit = section + (digit or 1) * unit, 0
    return total + section + digit
