"""Arithmetic in the midst of prose: the largest expression that begins at a token, and what it comes to.

An operand is a number with the words behind it ('8 GPUs', '0.3 [assumed]'), a bracket, a root or a geometric mean. A
word that stands where a number should makes the expression a formula, whose value nobody can know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from computeest.text import amounts
from computeest.text.amounts import Amount
from computeest.text.note_tokens import Token, known_unit

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


DEEPEST = 30
#: Words that may stand before a number to say what it is.
_WORDS_BEFORE = 3


@dataclass(frozen=True, slots=True)
class Expression:
    """What an expression comes to, and which tokens it is."""

    amount: Amount
    start: int
    #: The token behind its last number or bracket, and the one behind the words that follow.
    end: int
    after: int
    #: The operators in it, outside in: '' for a number by itself.
    operators: str = ""
    #: A word stands where a number should.
    formula: bool = False
    #: The unit behind it, and how much one unit of the last figure is of it.
    unit: amounts.Unit = amounts.NO_UNIT
    precision: float = 0.0


class Grammar(Words):
    """Reads expressions out of the tokens of one note."""

    def expression(self, at: int, end: int, depth: int = 0) -> Expression | None:
        """The sum that begins at a token."""
        found = self._term(at, end, depth)
        while found is not None and not found.formula:
            sign_at = self._sign(found, end, depth)
            right = self._term(sign_at + 1, end, depth) if sign_at is not None else None
            if sign_at is None or right is None:
                break
            found = _over(found, right, "+", amounts.total if self.tokens[sign_at].text == "+" else amounts.difference)
        return found

    def leading(self, whole: Expression) -> Expression:
        """The first amount of a sum, or the whole expression where it is none."""
        if not whole.operators.startswith("+"):
            return whole
        return self._term(whole.start, whole.end, 0) or whole

    def _term(self, at: int, end: int, depth: int) -> Expression | None:
        found = self._factor(at, end, depth)
        while found is not None and not found.formula and (self.is_sign(found.after, end, "*/")
                                                           or self._side_by_side(found.after, end)):
            if self._side_by_side(found.after, end):
                right = self._factor(found.after, end, depth)
                if right is None:
                    return found
                found = _over(found, right, "*", amounts.product)
                continue
            divided = self.tokens[found.after].text == "/"
            right = self._factor(self.past_lines(found.after + 1, end), end, depth)
            if right is None:
                # what is multiplied by a word is a formula; a unit is not, and was read with its number
                return replace(found, formula=self.is_word(found.after + 1, end))
            found = self._divided(found, right) if divided else _over(found, right, "*", amounts.product)
        return found

    def _side_by_side(self, at: int, end: int) -> bool:
        """Whether a bracket with a number in front opens right where another closes: '(90M)(4/3 tokens/word)'."""
        before = self.tokens[at - 1] if at else None
        return (before is not None and before.kind == "close" and self.opens(at, end) and before.text == ")"
                and before.end == self.tokens[at].start and at + 1 < end and self.tokens[at + 1].kind == "number")

    def _divided(self, left: Expression, right: Expression) -> Expression:
        """A quotient; the scale of '123/2 trillion' is of the whole."""
        apart = self.tokens[right.start].apart if right.end == right.start + 1 else 1.0
        scale = Amount(apart**2, apart**2, apart**2)
        return _over(left, right, "/", lambda a, b: amounts.product(amounts.quotient(a, b), scale))

    def _factor(self, at: int, end: int, depth: int) -> Expression | None:
        """An operand, raised to a power where one is written."""
        found = self._operand(at, end, depth)
        if found is None or not self.is_sign(found.after, end, ("**",)) or found.formula:
            return found
        right = self._factor(found.after + 1, end, depth + 1) if depth < DEEPEST else None
        return found if right is None else _over(found, right, "^", amounts.power)

    def _operand(self, at: int, end: int, depth: int) -> Expression | None:
        at = self.past_signs(at, end)
        if at >= end or depth > DEEPEST:
            return None
        token = self.tokens[at]
        if token.kind == "number":
            return self.number(at, end)
        if token.kind == "open":
            return self._bracket(at, end, depth)
        if token.kind == "word":
            return self._function(at, end, depth) or self._described(at, end, depth)
        return None

    def number(self, at: int, end: int) -> Expression:
        """The number that stands there, with the unit behind it."""
        token = self.tokens[at]
        after, unit = self.unit(at + 1, end)
        amount = amounts.number(token.value, unit, token.scale)
        return Expression(amount, at, at + 1, after, unit=unit, precision=token.precision)

    def _bracket(self, at: int, end: int, depth: int) -> Expression | None:
        close = self.brackets.get(at)
        if close is None or close >= end:
            return None
        inner = self.expression(self.past_lines(at + 1, close), close, depth + 1)
        if inner is None:
            return None
        after, unit = (close + 1, amounts.NO_UNIT) if self._side_by_side(close + 1, end) else self.unit(close + 1, end)
        amount = amounts.with_unit(inner.amount, unit)
        return replace(inner, amount=amount, start=at, end=close + 1, after=after, unit=unit)

    def _function(self, at: int, end: int, depth: int) -> Expression | None:
        """A root or a geometric mean: sqrt(a*b), GMean(a, b), geometric mean of a and b."""
        word = self.tokens[at].text.lower()
        if word == "geometric" and self.word(at + 1, end) in ("mean", "average"):
            return self._mean(at, at + 2, end, depth)
        if word in MEANS:
            return self._mean(at, at + 1, end, depth)
        if word in ROOTS:
            inner = self._operand(at + 1, end, depth + 1) if self.opens(at + 1, end) else None
            return None if inner is None else replace(inner, amount=amounts.root(inner.amount), start=at,
                                                      operators="r" + inner.operators)
        return None

    def _mean(self, start: int, at: int, end: int, depth: int) -> Expression | None:
        """The geometric mean of the amounts that follow, in brackets or behind 'of'."""
        if self.word(at, end) in ("of", "between"):
            return self._mean_of(start, at + 1, end, depth, bracketed=False)
        close = self.brackets.get(at) if self.opens(at, end) else None
        if close is None or close >= end:
            return None
        found = self._mean_of(start, at + 1, close, depth, bracketed=True)
        return found and replace(found, end=close + 1, after=self.unit(close + 1, end)[0])

    def _mean_of(self, start: int, at: int, end: int, depth: int, *, bracketed: bool) -> Expression | None:
        parts: list[Expression] = []
        while len(parts) < 10 and (part := self.expression(at, end, depth + 1)) is not None:
            parts.append(part)
            at = part.after
            while at < end and (self.tokens[at].text in (",", ";", "and", "&") or
                                (bracketed and self.tokens[at].kind == "line")):
                at += 1
            if at == part.after and "and" not in {token.text for token in self.tokens[part.end:part.after]}:
                break
        if len(parts) < 2:
            return None
        whole = parts[0].amount
        for part in parts[1:]:
            whole = amounts.product(whole, part.amount)
        return Expression(amounts.root(whole, len(parts)), start, parts[-1].end, parts[-1].after, "g",
                          any(part.formula for part in parts))

    def _described(self, at: int, end: int, depth: int) -> Expression | None:
        """A number behind a few words of its name: 'batch size 2048', within a product or a bracket only."""
        before = self.tokens[at - 1] if at else None
        if before is None or before.kind not in ("operator", "open", "equals"):
            return None
        here = at
        while here < min(end, at + _WORDS_BEFORE) and self.tokens[here].kind == "word" \
                and not self.is_function(here, end):
            here += 1
        if here >= end or self.tokens[here].kind != "number":
            return None
        found = self.number(here, end)
        return replace(found, start=at)

    def _sign(self, left: Expression, end: int, depth: int) -> int | None:
        """The place of the sign of a sum, which a plus may be on the next line.

        The hyphen of '2-3 weeks' is none, nor is a dash between the parts of a sentence.
        """
        at = left.after
        here = self.past_lines(at, end)
        if self.is_sign(here, end, "+"):
            return here
        if here != at or not self.is_sign(at, end, "-"):
            return None
        start, stop = self.tokens[at].start, self.tokens[at].end
        if depth or left.after - left.end > 1:
            return at if depth else None
        return at if (self.text[start - 1:start].isspace() and self.text[stop:stop + 1].isspace()) else None


def _over(left: Expression, right: Expression, operator: str,
          operation: Callable[[Amount, Amount], Amount]) -> Expression:
    """Two expressions joined by an operator."""
    return Expression(operation(left.amount, right.amount), left.start, right.end, right.after,
                      operator + left.operators + right.operators, left.formula or right.formula, right.unit)
