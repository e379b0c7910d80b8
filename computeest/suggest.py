"""The nearest right words to a wrong one, for error messages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

_LONGEST = 60  # similarity is quadratic in length; nobody's typo of a word is longer


def nearest(word: str, among: Iterable[str], count: int = 3, cutoff: float = 0.6) -> list[str]:
    """Up to `count` words that look most like `word`, best first; none when nothing is close."""
    asked = _folded(word[:_LONGEST])
    scored = []
    for candidate in among:
        matcher = SequenceMatcher(None, asked, _folded(candidate), autojunk=False)
        if matcher.real_quick_ratio() < cutoff or matcher.quick_ratio() < cutoff:
            continue
        score = matcher.ratio()
        if score >= cutoff:
            scored.append((-score, candidate))
    return [candidate for _, candidate in sorted(scored)[:count]]


def did_you_mean(word: str, among: Iterable[str]) -> str:
    """The end of an error message: the nearest words, quoted, or nothing."""
    close = nearest(word, among)
    return "closest: " + ", ".join(f"'{c}'" for c in close) if close else ""


def _folded(text: str) -> str:
    return re.sub(r"[\s_\-]+", " ", text.strip().lower())
