"""The words, numbers and signs of an analyst's note, with their places in it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from computeest.text.number_words import english_at, value_of
from computeest.text.numerals import scaled, scan
from computeest.text.remembered import remembered
from computeest.text.units import UnitError, canonical

Kind = Literal["number", "word", "operator", "equals", "open", "close", "line", "other"]

_RAISED = re.compile(r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_PERCENT = re.compile(r"\s*%")
#: A word, with the numbers that hyphens join to it: 'Llama-2-13B', 'v3-8'. No longer than any, for it is looked for
#: behind every number.
_WORD = re.compile(r"[^\W\d_][\w']{0,200}(?:-\d[\w.]*\b)*")
#: What follows the letter x, blanks apart.
_BEHIND = re.compile(r"\s*(\S)")
_OPERATOR = re.compile(r"\*\*|//|[*×·⋅∗✕/÷^ˆ+−-]")
_EQUALS = re.compile(r"~\s*=|=\s*~|=+|[≈≃≅]")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_QUERY = re.compile(r"[?&](?:i|q|input)=([^&#\s]*)")
#: '(8×80G)' is memory, and the 580 of 'GTX 580' is a name; a letter in their place keeps every character where it is.
_MEMORY = re.compile(r"\(\s*(?:\d{1,4}\s*[x×*]\s*)?\d{1,3}\s?(?:G|GB|GiB)\s*\)")
_MODEL_NUMBER = re.compile(r"\b(GTX|RTX|TITAN|Titan|Tesla|Quadro|GeForce|Radeon|RX|Xeon|Ascend|Instinct)\s(?=\d)")
_SPELLING = {"×": "*", "·": "*", "⋅": "*", "∗": "*", "✕": "*", "÷": "/", "//": "/", "^": "**", "ˆ": "**", "−": "-"}
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign, and where it stands."""

    kind: Kind
    text: str
    start: int
    end: int
    #: A number's value, and how much one unit of its last written figure is of it.
    value: float = 0.0
    precision: float = 0.0
    #: The scale word that stands apart from the number ('2 trillion'), as a factor; 1 without one.
    apart: float = 1.0
    #: The factor of its scale word or letter, apart or not.
    scale: float = 1.0


def tokens(note: str, most: float = math.inf, numbers: float = math.inf) -> list[Token]:
    """The tokens of a note, in order, up to so many and so many numbers.

    The arithmetic in a link to a calculator is read as if it stood in the note.
    """
    text = _MEMORY.sub(_blank, _MODEL_NUMBER.sub(r"\1_", _URL.sub(_linked, note.replace("’", "'"))))
    found: list[Token] = []
    at = 0
    while at < len(text) and len(found) < most:
        token = _next(text, at, found[-1] if found else None)
        at = token.end if token else at + 1
        if token:
            found.append(token)
            numbers -= token.kind == "number"
            if numbers < 0:
                return found[:-1]
    return found


def _blank(match: re.Match[str]) -> str:
    return f"({'m' * (len(match[0]) - 2)})"


def _linked(match: re.Match[str]) -> str:
    """Blanks for a link, but for the expression in a link to a calculator; every character keeps its place."""
    link = match[0]
    query = _QUERY.search(link)
    if query is None:
        return " " * len(link)
    words = re.sub(r"%[0-9A-Fa-f]{2}", lambda code: _one(unquote(code[0])) + "  ", query[1].replace("+", " "))
    return " " * query.start(1) + words + " " * (len(link) - query.end(1))


def _one(text: str) -> str:
    return text if len(text) == 1 and text.isprintable() else " "


def _next(text: str, at: int, before: Token | None) -> Token | None:
    """The token that begins here, if any does."""
    character = text[at]
    if match := _EQUALS.match(text, at):
        return Token("equals", match[0], at, match.end())
    if character.isspace() or character == "~":  # a tilde says 'about', and changes no number
        return Token("line", "\n", at, at + 1) if character == "\n" else None
    if character in _OPEN or character in _CLOSE:
        return Token("open" if character in _OPEN else "close", character, at, at + 1)
    if (character.isdecimal() and character.isascii()) or (character == "." and not text[at - 1:at].isalnum()):
        found = _number(text, at, before)
        if found:
            return found
    if character.isalpha() and not (text[at - 1:at].isalnum() if at else False) and (words := english_at(text, at)):
        return _in_words(text, at, words)
    if match := _WORD.match(text, at):
        return _word(match, before)
    if match := _OPERATOR.match(text, at):
        return Token("operator", _SPELLING.get(match[0], match[0]), at, match.end())
    return Token("word", "sqrt", at, at + 1) if character == "√" else Token("other", character, at, at + 1)


def _word(match: re.Match[str], before: Token | None) -> Token:
    """A word; the x of '8 x 3' and '8x3' is a multiplication sign where a number stands on either side."""
    word, start = match[0], match.start()
    if word[0] in "xX" and (len(word) == 1 or word[1:2].isdigit()) and before is not None \
            and before.kind in ("number", "word", "close"):
        following = _BEHIND.match(match.string, start + 1)
        if following is not None and (following[1].isdigit() or following[1] in "(."):
            return Token("operator", "*", start, start + 1)
    return Token("word", word, start, match.end())


def _number(text: str, at: int, before: Token | None) -> Token | None:
    found = scan(text, at, small=True, prose=True)
    if found is None:
        return None
    value, end = found.value / found.scale, found.power_end
    if found.raised and found.times and _is_factor(found.times, before):
        value, end = float(found.mantissa), found.mantissa_end
    if not math.isfinite(value):
        return Token("other", "", at, found.power_end)
    scale, apart, end = (0.01, 1.0, percent.end()) if (percent := _PERCENT.match(text, end)) else \
        scaled(text, end, small=True)
    if _RAISED.match(text, end):
        return Token("other", "", at, end)
    if end < len(text) and (text[end].isalpha() or text[end] == "_") and not _holds(text, end):
        word = re.compile(r"[\w']*").match(text, end)
        return Token("word", text[at:word.end() if word else end], at, word.end() if word else end)
    whole, step = float(found.mantissa), 10.0 ** -len(found.mantissa.partition(".")[2])
    return Token("number", text[at:end], at, end, value * scale, _step(found.mantissa, step) / whole if whole else 1.0,
                 apart, scale)


def _in_words(text: str, at: int, words: re.Match[str]) -> Token:
    """A number in words as one in digits: 'thirty-two', 'two thousand'."""
    value = value_of(words)
    scale, apart, end = scaled(text, words.end())
    return Token("number", text[at:end], at, end, value * scale, _step(f"{value:g}", 1.0) / value, apart, scale)


def _step(mantissa: str, step: float) -> float:
    """One unit of the last figure that is meant: '37280000000' states four figures, '320256' six."""
    return step if "." in mantissa else 10.0 ** (len(mantissa) - len(mantissa.rstrip("0")))


def _is_factor(sign: str, before: Token | None) -> bool:
    """Whether the '* 10^9' behind a number is a factor of its own rather than part of the number."""
    if before is None or before.kind != "operator":
        return False
    # as in every language of programming, '2**3*10**2' is 800 and '5/2*10**3' is 2500
    return before.text == "**" or (before.text == "/" and sign.strip() == "*")


def _holds(text: str, end: int) -> bool:
    """Whether the letters that run on from a number are its unit ('18hours', '36000s') or a multiplication sign."""
    match = _WORD.match(text, end)
    if match is None:
        return False
    word = match[0]
    return word in ("x", "X") or (word[0] in "xX" and word[1:2].isdigit()) or known_unit(word)


@remembered(8192)
def known_unit(word: str) -> bool:
    """Whether the word is a unit by itself; a capital letter is not, for '3D' is no three days."""
    if len(word) == 1 and word.isupper():
        return False
    try:
        canonical(word)
    except UnitError:
        return False
    return True


def matches(found: list[Token]) -> dict[int, int]:
    """For each opening bracket that is closed, the place of its closing one."""
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    for place, token in enumerate(found):
        if token.kind == "open":
            waiting.append(place)
        elif token.kind == "close":
            wanted = _OPEN[_CLOSE.index(token.text)]
            # a bracket that is never closed ends with the one around it
            for back in _same(waiting, found, wanted):
                pairs[back] = place
    return pairs


def _same(waiting: list[int], found: list[Token], wanted: str) -> Iterator[int]:
    for depth in range(len(waiting) - 1, max(-1, len(waiting) - 20), -1):
        if found[waiting[depth]].text == wanted:
            yield waiting[depth]
            del waiting[depth:]
            return
