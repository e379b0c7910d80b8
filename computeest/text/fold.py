"""One rule of folding for names that people spell in many ways: case, spaces and signs say nothing."""

from __future__ import annotations

import re
import unicodedata

from computeest.text.remembered import remembered

_SIGNS = re.compile(r"[\W_]+")
_SPACES = re.compile(r"[\s_\-–]+")
_BUT_POINTS = re.compile(r"[^\w.]+|_+")


@remembered(16_384)
def letters(name: str, points: bool = False) -> str:
    """The letters and figures alone, lower case: 'GPT-3 (175B)' is 'gpt3175b'; points stay where they are asked for."""
    return (_BUT_POINTS if points else _SIGNS).sub("", plain(name))


@remembered(16_384)
def words(name: str, by: str = " ", signs: bool = True) -> str:
    """The words in lower case with one sign between them, or none: 'GPU-Hours' is 'gpu hours' or 'gpu_hours'.

    Without `signs`, only spaces and hyphens part words, and brackets and points stay.
    """
    return (_SIGNS if signs else _SPACES).sub(by, plain(name.strip())).strip(by or None)


def plain(name: str) -> str:
    """Lower case, in the ordinary form of every character: a full-width or raised figure is a figure."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).lower()


#: How people write that there is no value. What is no finite number, such as 'nan', is a mistake.
NO_VALUE = frozenset(("na", "n/a", "#n/a", "none", "null", "-", "–", "—", "?", "unknown", "not reported", "not stated",
                      "not given", "not disclosed", "undisclosed", "unspecified", "tbd", "not available", "unreported",
                      "not applicable", "no data", "n.a.", "--", "[more information needed]",
                      "more information needed", "not specified", "not provided", "not mentioned", "not public", "tba",
                      "missing", "confidential", "no estimate", "not estimated", "not published", "n/d"))
#: Of these, those that say so in any column: 'unknown' of a base model is one of unknown compute.
NOTHING = frozenset(("none", "n/a", "na", "#n/a", "-", "–", "—", "--"))
#: What a table's cell may hold besides.
EMPTY = NO_VALUE | {"", "nan"}


def no_value(text: str, words: frozenset[str] = NO_VALUE) -> bool:
    """Whether a text says that there is no value."""
    return len(text) <= _LONGEST and text.strip().lower() in words


_LONGEST = 40
