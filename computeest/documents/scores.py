"""Results on benchmarks: a score with the measure and the test that it is of, which stand or fall with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from computeest.documents import cues
from computeest.documents.grammar import Said
from computeest.documents.sieve import Sieve, has_digit

_PARTS = {name: re.compile(cues.written_out(regex, {**cues.parts(), **cues.parts("scores")}))
          for name, regex in cues.data("patterns.yaml")["scores"].items()}
_REACHED = Sieve([(_PARTS["reached"], _PARTS["reached"].pattern)])
#: A benchmark may be named this many characters from its score.
_FAR = 120


def said(plain: str) -> Iterator[Said]:
    """Each score that a sentence says was reached, with its metric and benchmark as the columns beside it."""
    if not has_digit(plain) or not any(pattern.search(plain) for pattern in _REACHED.through(plain)):
        return
    for name in ("metric_first", "value_first"):
        for match in _PARTS[name].finditer(plain):
            benchmark = _benchmark(plain, match)
            if benchmark and not _PARTS["difference"].search(plain, max(0, match.start() - 40), match.start("value")):
                value = " ".join(match["value"].split())
                # nobody reaches 28.4 of 1: measures of a hundred are often written without their sign
                value = value if "%" in value or float(value) <= 1 else f"{value} %"
                metric = " ".join(match["metric"].split())
                yield Said("score", "score", value, *match.span("value"), *match.span(),
                           (("benchmark", benchmark), ("metric", metric)))


def _benchmark(plain: str, score: re.Match[str]) -> str:
    """The test that a score is of: the nearest named behind it, or else the nearest before it."""
    behind = _PARTS["benchmark"].search(plain, score.end(), score.end() + _FAR)
    before = list(_PARTS["benchmark"].finditer(plain, max(0, score.start() - _FAR), score.start()))
    found = behind or (before[-1] if before else None)
    return " ".join(found["name"].split()).rstrip(".,") if found else ""
