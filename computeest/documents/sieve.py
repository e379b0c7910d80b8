"""Which of many expressions may match a text at all: each is tried only where words stand that every match of it has.

`Sieve` is asked with a text by whoever looks for all of a list of expressions: the patterns of sentences, the cues.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

try:
    from re import _parser as grammar  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover - where it is gone, every expression is tried
    grammar = None

_T = TypeVar("_T")
#: How common a word is in sentences, by its length: the rarer, the better it sieves. A letter, a figure or a blank is
#: in nearly all of them, another sign in few.
_COMMON, _ALWAYS = {2: 0.3, 3: 0.1, 4: 0.03}, 9.0
_RARE, _SIGN = 0.01, 0.1
#: Words that are more common together are not looked for; as many lists of words are asked of one expression.
_TOO_COMMON, _LISTS = 2.0, 2
#: Sets of words of which it is remembered what they let through.
_REMEMBERED = 4096
#: Letters that an expression which minds no case takes for small ones, and whose own small letter is another.
_LETTERS = {ord("İ"): "i", ord("ı"): "i", ord("ſ"): "s"}
_FOLDS = re.compile("[İıſ]")

_FIGURE = re.compile("[0-9]")

#: Words of which every match has one at least.
Words = frozenset[str]


def folded(text: str) -> str:
    """A text as its words are looked for: in small letters, as expressions that mind no case take them."""
    return (text.translate(_LETTERS) if not text.isascii() and _FOLDS.search(text) else text).lower()


def has_digit(text: str) -> bool:
    """Whether a text has a figure, raised ones among them."""
    return _FIGURE.search(text) is not None or (not text.isascii() and any(c.isdigit() for c in text))


class Sieve(Generic[_T]):
    """Things that are looked for by expressions, of which a text lets through those that may be in it."""

    __slots__ = ("_known", "_things", "_words")

    def __init__(self, things: Iterable[tuple[_T, str]]) -> None:
        self._things = tuple((thing, needed(regex)) for thing, regex in things)
        self._words = tuple(sorted({word for _, lists in self._things for words in lists for word in words}))
        self._known: dict[frozenset[str], tuple[_T, ...]] = {}

    def through(self, text: str) -> tuple[_T, ...]:
        """What may be in a text, in the order it was given."""
        low = folded(text)
        there = frozenset([word for word in self._words if word in low])
        known = self._known.get(there)
        if known is None:
            known = tuple(thing for thing, lists in self._things if not any(map(there.isdisjoint, lists)))
            if len(self._known) < _REMEMBERED:
                self._known[there] = known
        return known


def needed(regex: str) -> tuple[Words, ...]:
    """Lists of words: a text that an expression is found in has one of each at least, its case apart."""
    if grammar is None:
        return ()
    found = sorted(_lists(grammar.parse(regex)), key=_share)
    return tuple(dict.fromkeys(words for words in found if _share(words) < _TOO_COMMON))[:_LISTS]


def _share(words: Words) -> float:
    """How common some words are together."""
    return sum(_common(word) for word in words)


def _common(word: str) -> float:
    if any(not c.isalnum() and not c.isspace() for c in word):
        return _SIGN ** min(2, len(word))
    return _ALWAYS if len(word) == 1 or word.isdigit() or word.isspace() else _COMMON.get(len(word), _RARE)


def _lists(parts: Any) -> Iterator[Words]:
    """Every list of words that a sequence of parsed parts needs."""
    run = ""
    for op, value in parts:
        name = str(op)
        if name == "LITERAL" and (value < 128 or chr(value).lower() == chr(value).upper()):
            run += chr(value).lower()
            continue
        if run:
            yield frozenset((run,))
        run = ""
        yield from _of_part(name, value)
    if run:
        yield frozenset((run,))


def _of_part(name: str, value: Any) -> Iterator[Words]:
    if name == "SUBPATTERN":
        yield from _lists(value[-1])
    elif name == "ATOMIC_GROUP":
        yield from _lists(value)
    elif name == "ASSERT":
        yield from _lists(value[1])
    elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0]:
        yield from _lists(value[2])
    elif name == "IN":
        signs = [chr(sign) for op, sign in value if str(op) == "LITERAL" and sign < 128]
        if len(signs) == len(value):
            yield frozenset(sign.lower() for sign in signs)
    elif name == "BRANCH":
        yield from _of_branches(value[1])


def _of_branches(branches: Sequence[Any]) -> Iterator[Words]:
    """The words of which each branch has one: the rarest of each."""
    best = [min(_lists(branch), key=_share, default=frozenset()) for branch in branches]
    if all(best):
        words = frozenset().union(*best)
        yield frozenset(word for word in words if not any(other in word for other in words if other != word))
