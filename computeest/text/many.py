"""Many texts searched at once, where a pattern is in few of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

#: Texts that are searched together: long enough to be quick, and few to be looked into one by one.
_TOGETHER = 64
#: What sees where a text ends; and, of what must not stand there, what also sees another text begin.
_ENDS = re.compile(r"[\^$]|\\[AZB]")
_ABSENT, _SIMPLY_ABSENT = re.compile(r"\(\?<?!"), re.compile(r"\(\?<?!([^()]*)\)")
_SEES_LINES = re.compile(r"\\[sWD]|\[\^|\.")


def places_with(pattern: re.Pattern[str], texts: Sequence[str]) -> list[int]:
    """The places of the texts in which a pattern is found."""
    if _sees_ends(pattern.pattern):
        return [place for place, text in enumerate(texts) if pattern.search(text)]
    found: list[int] = []
    if not may_be_in(pattern, "\n".join(texts)):  # as in most tables for most patterns: 3 % of a table's time
        return found
    # one search in many takes a tenth of one in each: 7 % of a table's time
    for start in range(0, len(texts), _TOGETHER):
        some = texts[start:start + _TOGETHER]
        joined = "\n".join(some)
        if may_be_in(pattern, joined) and pattern.search(joined):
            found += [place for place, text in enumerate(some, start) if pattern.search(text)]
    return found


def may_be_in(pattern: re.Pattern[str], text: str) -> bool:
    """Whether some word without which the pattern is nowhere is in the text: a tenth of a search."""
    words = _words(pattern)
    if not words or not text.isascii():  # other letters may be those of the pattern in another case
        return True
    text = text.lower()
    # a letter that is nowhere is missed in a fiftieth of the time that the word takes
    return any(word in text for word in words if all(map(text.__contains__, word)))


@lru_cache(maxsize=1024)
def _words(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Words in lower case of which one is in whatever a pattern matches; none where that cannot be told."""
    try:
        from re import _parser  # type: ignore[attr-defined]

        words = _of_parsed(_parser.parse(pattern.pattern, pattern.flags))
    except (ImportError, AttributeError):  # an interpreter that reads expressions otherwise
        return ()
    # a word that holds another one is nowhere where that one is not
    fewest = tuple(word for word in dict.fromkeys(words) if not any(one != word and one in word for one in words))
    return fewest if all(map(str.isascii, fewest)) else ()


def _of_parsed(parsed: Any) -> tuple[str, ...]:
    best: tuple[str, ...] = ()
    run = ""
    for kind, value in (*parsed, (None, None)):
        if str(kind) == "LITERAL":
            run += chr(value).lower()
            continue
        found, run = (run,) if run else (), ""
        if str(kind) == "SUBPATTERN":
            more = _of_parsed(value[-1])
        elif str(kind) == "BRANCH":
            each = [_of_parsed(one) for one in value[1]]
            more = tuple(word for words in each for word in words) if all(each) else ()
        else:
            more = ()
        best = max(best, found, more, key=lambda words: (min(map(len, words), default=0), -len(words)))
    return best


@lru_cache(maxsize=1024)
def _sees_ends(pattern: str) -> bool:
    """Whether a pattern may be in a text alone, and not where a line of another one follows or comes before."""
    absent = _SIMPLY_ABSENT.findall(pattern)
    return bool(_ENDS.search(pattern) or len(absent) < len(_ABSENT.findall(pattern))
                or any(_SEES_LINES.search(one) for one in absent))
