"""Many texts searched at once, where a pattern is in few of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

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
    found = []
    # one search in many takes a tenth of one in each: 7 % of a table's time
    for start in range(0, len(texts), _TOGETHER):
        some = texts[start:start + _TOGETHER]
        if pattern.search("\n".join(some)):
            found += [place for place, text in enumerate(some, start) if pattern.search(text)]
    return found


@lru_cache(maxsize=1024)
def _sees_ends(pattern: str) -> bool:
    """Whether a pattern may be in a text alone, and not where a line of another one follows or comes before."""
    absent = _SIMPLY_ABSENT.findall(pattern)
    return bool(_ENDS.search(pattern) or len(absent) < len(_ABSENT.findall(pattern))
                or any(_SEES_LINES.search(one) for one in absent))
