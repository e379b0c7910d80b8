"""The nearest right words to a wrong one, for error messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from computeest.text import fold

_LONGEST = 60  # similarity is quadratic in length; nobody's typo of a word is longer


def nearest(word: str, among: Iterable[str], count: int = 3, cutoff: float = 0.6) -> list[str]:
    """Up to `count` words that look most like `word`, best first; none when nothing is close."""
    asked = fold.words(word[:_LONGEST], signs=False)
    letters = [(letter, asked.count(letter)) for letter in set(asked)]
    scored = []
    for candidate in among:
        # most names are one word in lower case: to fold thousands anew takes twice as long as all that follows
        plain = candidate.isascii() and candidate.isalnum() and candidate.islower()
        other = candidate if plain else fold.words(candidate, signs=False)
        together = len(asked) + len(other)
        # what no order of letters could reach, told before a matcher is built: that is what takes the time
        if not together or 2 * min(len(asked), len(other)) / together < cutoff:
            continue
        shared = 0
        for letter, times in letters:  # in half of the time of a sum
            found = other.count(letter)
            shared += times if times < found else found
        if 2 * shared / together < cutoff:
            continue
        score = SequenceMatcher(None, asked, other, autojunk=False).ratio()
        if score >= cutoff:
            scored.append((-score, candidate))
    return [candidate for _, candidate in sorted(scored)[:count]]


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
