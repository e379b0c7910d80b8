"""The nearest right words to a wrong one, for error messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from operator import itemgetter

from computeest.text import fold

_LONGEST = 60  # similarity is quadratic in length; nobody's typo of a word is longer


def nearest(word: str, among: Iterable[str], count: int = 3, cutoff: float = 0.6) -> list[str]:
    """Up to `count` words that look most like `word`, best first; none when nothing is close."""
    asked = fold.words(word[:_LONGEST], signs=False)
    letters = sorted(((letter, asked.count(letter)) for letter in set(asked)), key=itemgetter(1), reverse=True)
    least: dict[int, int] = {}
    scored = []
    for candidate in among:
        # most names are one word in lower case: to fold thousands anew takes twice as long as all that follows
        plain = candidate.isascii() and candidate.isalnum() and candidate.islower()
        other = candidate if plain else fold.words(candidate, signs=False)
        if (needed := least.get(len(other))) is None:
            needed = least[len(other)] = _least(len(asked), len(other), cutoff)
        if needed > len(asked):
            continue
        # what no order of letters could reach, told before a matcher is built: that is what takes the time; to look
        # no further than until it is told halves what is left
        shared = len(asked)
        for letter, times in letters:
            lacking = times - other.count(letter)
            if lacking > 0:
                shared -= lacking
                if shared < needed:
                    break
        else:
            score = SequenceMatcher(None, asked, other, autojunk=False).ratio()
            if score >= cutoff:
                scored.append((-score, candidate))
    return [candidate for _, candidate in sorted(scored)[:count]]


def _least(asked: int, other: int, cutoff: float) -> int:
    """How many letters two words of these lengths share at least where they are as similar as that."""
    return next((shared for shared in range(1, min(asked, other) + 1) if 2 * shared / (asked + other) >= cutoff),
                asked + 1)


def alike(asked: str, candidate: str, cutoff: float = 0.8) -> bool:
    """Whether a word looks like a slip of the pen for another: most letters, the first one, and about as many."""
    if asked[:1] != candidate[:1] or abs(len(asked) - len(candidate)) > 1:
        return False
    return SequenceMatcher(None, asked, candidate, autojunk=False).ratio() >= cutoff


def did_you_mean(word: str, among: Iterable[str]) -> str:
    """The end of an error message: the nearest words, quoted, or nothing."""
    return closest(nearest(word, among))


def closest(words: Sequence[str]) -> str:
    """The end of an error message: these words, quoted, or nothing where there are none."""
    return "closest: " + ", ".join(f"'{word}'" for word in words) if words else ""
