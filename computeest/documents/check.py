"""Anybody's answer held against the document: every quote must occur, every number be in its quote, every unit fit."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from computeest.documents.document import Document, Passage
from computeest.problems import CellError
from computeest.schema import cells, fields
from computeest.text.number_words import in_digits

#: What neither layout nor typography may change about a quote.
_IGNORED = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212*_`~\\|\x02]+")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+")
_POWER = re.compile(r"(\d(?:\.\d+)?)\s*[×x·*]\s*10\^?\{?(\d{1,2})")
#: Factors whose product a draft writes: '32 x 8 A100 GPUs'.
_PRODUCT = re.compile(r"(?<![\d.,])(\d{1,4})\s*[×x*]\s*(\d{1,4})(?![\d.,]\d)")
#: What a number and the words behind it may be apart.
_SCALES = (1.0, 1e3, 1e6, 1e9, 1e12, 1e15, 0.01, 1024.0)
#: Keys of a paper that state nothing that a quote could hold.
_NO_FACTS = frozenset(("model", "runs", "not_used", "note", "notes", "family", "architecture", "layers", "stage",
                       "link", "organization", "domain", "task"))
LONGEST_QUOTE = 2000


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one fact of an answer; nothing where all holds."""

    key: str
    value: str
    what: str = ""
    expected: str = ""


class Text:
    """A document's words without what layout changes, and the place of each."""

    def __init__(self, document: Document) -> None:
        parts: list[str] = []
        self._starts: list[int] = []
        self._places: list[int] = []
        at = 0
        for text, place in _words(document):
            squashed = squash(text)
            self._starts.append(at)
            self._places.append(place)
            parts.append(squashed)
            at += len(squashed)
        self._whole = "".join(parts)

    def places(self, quote: str) -> list[int]:
        """Where a quote begins; empty where it does not occur."""
        wanted, at = squash(quote[:LONGEST_QUOTE]), -1
        found: list[int] = []
        while wanted and (at := self._whole.find(wanted, at + 1)) >= 0 and len(found) < 1000:
            found.append(self._places[bisect_right(self._starts, at) - 1])
        return found


def squash(text: str) -> str:
    """Letters and signs alone, in one spelling."""
    plain = unicodedata.normalize("NFKC", text).translate(str.maketrans("’‘“”", "''\"\""))
    return _IGNORED.sub("", plain).lower()


def _words(document: Document) -> Iterator[tuple[str, int]]:
    """All the text there is, a page or a line at a time."""
    for block in document.blocks:
        if isinstance(block, Passage):
            for (start, place), (end, _) in zip(block.places, (*block.places[1:], (len(block.text), 0)), strict=True):
                yield block.text[start:end], place
        else:
            quotes = dict.fromkeys((cell.quote, cell.place) for row in block.rows for cell in row)
            yield from quotes


def checked(document: Document, answer: Mapping[str, Any]) -> list[Finding]:
    """What holds and what does not of each fact of a paper."""
    text = Text(document)
    return [finding for key, entry in _entries(answer) for finding in _checked(key, entry, text, document.counts)]


def _entries(answer: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, entry in answer.items():
        if key == "runs" and isinstance(entry, list):
            for number, run in enumerate(entry, 1):
                if isinstance(run, Mapping):
                    yield from _entries(run, f"runs[{number}].")
        elif key not in _NO_FACTS:
            yield f"{prefix}{key}", entry


def _checked(key: str, entry: Any, text: Text, where: str) -> Iterator[Finding]:
    column = fields.column(key.rpartition(".")[2])
    if column is None or column not in fields.INPUTS:
        yield Finding(key, "", f"no key is called '{key[:60]}'", "a key of `computeest schema`")
        return
    if not isinstance(entry, Mapping) or "value" not in entry:
        yield Finding(key, str(entry)[:60], "it has no quote", "{value: ..., quote: ..., page: ...}")
        return
    value, quote = str(entry["value"]), str(entry.get("quote") or "")
    yield _one(key, column, value, quote, text, entry.get(where))


def _one(key: str, column: str, value: str, quote: str, text: Text, place: Any) -> Finding:
    try:
        read = cells.read(fields.FIELDS[column], value)
    except CellError as error:
        return Finding(key, value, error.what, error.expected)
    if read.under:
        return Finding(key, value, f"'{value}' is no {key}", f"the key for it, '{read.column}'")
    if not quote:
        return Finding(key, value, "it has no quote", "the document's own words")
    places = text.places(quote)
    if not places:
        return Finding(key, value, "its quote is not in the document", "the document's own words, unchanged")
    if fields.FIELDS[column].numeric and not holds(value, quote):
        return Finding(key, value, f"its quote does not hold {value}", "a quote with the number in it")
    if place is not None and str(place).isdigit() and int(place) not in places:
        return Finding(key, value, f"its quote is not on {place}", f"one of {', '.join(map(str, places[:5]))}")
    return Finding(key, value)


def holds(value: str, quote: str) -> bool:
    """Whether every number of a value is in a quote, in figures or words and in whatever unit."""
    said = _numbers(quote)
    return all(any(abs(number - other * scale) <= 0.005 * number or abs(other - number * scale) <= 0.005 * other
                   for other in said for scale in _SCALES) for number in _numbers(value))


def _numbers(text: str) -> list[float]:
    text = unicodedata.normalize("NFKC", in_digits(text))
    found = [float(match.replace(",", "")) for match in _NUMBER.findall(text) if len(match) < 40]
    found += [float(one) * float(other) for one, other in _PRODUCT.findall(text)]
    return found + [float(mantissa) * 10.0 ** int(power) for mantissa, power in _POWER.findall(text)]
