"""What stands between the numbers of a note: units, names of things, asides in brackets."""

from __future__ import annotations

from computeest import amounts
from computeest.note_tokens import Token, known_unit

#: Words that may stand behind a number before its expression ends.
WORDS_AFTER = 14
ROOTS = frozenset(("sqrt", "root"))
MEANS = frozenset(("gmean", "geomean", "geometricmean", "gm"))


class Words:
    """The tokens of one note, with what its words and brackets mean for the numbers beside them."""

    def __init__(self, tokens: list[Token], brackets: dict[int, int], text: str) -> None:
        self.tokens = tokens
        self.brackets = brackets
        self.text = text
        #: Brackets that were passed over as asides: their insides may hold arithmetic of their own.
        self.asides: list[tuple[int, int]] = []

    def unit(self, at: int, end: int) -> tuple[int, amounts.Unit]:
        """Where the words behind a number end, and what they say of its unit; asides in brackets are passed over."""
        words: list[str] = []
        here = at
        while here < end and len(words) < WORDS_AFTER:
            step = self._passed(here, end, words, first=here == at)
            if step == here:
                break
            here = step
        return here, amounts.unit(" ".join(words))

    def _passed(self, here: int, end: int, words: list[str], *, first: bool) -> int:
        """The place behind one word of a unit, or the same place where none stands."""
        token = self.tokens[here]
        if token.kind == "word" and not self.is_function(here, end):
            words.append(token.text)
            return here + 1
        if token.kind == "open":
            return self._aside(here, end, words)
        following = self.tokens[here + 1] if here + 1 < end else None
        if token.kind == "operator" and following is not None and following.kind == "word" \
                and not self.is_function(here + 1, end):
            if token.text == "/" or (token.text == "-" and not first):
                words.append(token.text)
                return here + 1
            if token.text == "*" and words and known_unit(following.text) and self._ends_unit(here + 2, end):
                words.append("*")
                return here + 1
        return here

    def _aside(self, here: int, end: int, words: list[str]) -> int:
        """Past a bracket that explains a number; one that begins with a word behind '/' is a unit: 'FLOP/(GPU*s)'."""
        close = self.brackets.get(here)
        if close is None or close >= end:
            return here
        if not words or words[-1] != "/":
            self.asides.append((here + 1, close))
        return close + 1

    def _ends_unit(self, here: int, end: int) -> bool:
        return here >= end or self.tokens[here].kind != "number"

    def is_sign(self, at: int, end: int, signs: str | tuple[str, ...]) -> bool:
        """Whether one of the signs stands there."""
        return at < end and self.tokens[at].kind == "operator" and self.tokens[at].text in tuple(signs)

    def is_word(self, at: int, end: int) -> bool:
        """Whether a word or a bracket stands there."""
        return at < end and self.tokens[at].kind in ("word", "open")

    def word(self, at: int, end: int) -> str:
        """The word that stands there, in lower case; nothing where none does."""
        return self.tokens[at].text.lower() if at < end and self.tokens[at].kind == "word" else ""

    def opens(self, at: int, end: int) -> bool:
        """Whether a bracket opens there."""
        return at < end and self.tokens[at].kind == "open"

    def is_function(self, at: int, end: int) -> bool:
        """Whether a root or a mean begins there."""
        word = self.word(at, end)
        if word in ROOTS or word in MEANS:
            return self.opens(at + 1, end)
        return word == "geometric" and self.word(at + 1, end) == "mean"

    def past_lines(self, at: int, end: int) -> int:
        """The first place from there on that is no end of a line."""
        while at < end and self.tokens[at].kind == "line":
            at += 1
        return at

    def past_signs(self, at: int, end: int) -> int:
        """Past signs that change nothing before an amount: '$5', '+3'."""
        while at < end and (self.tokens[at].text == "$" or self.is_sign(at, end, "+")):
            at += 1
        return at
