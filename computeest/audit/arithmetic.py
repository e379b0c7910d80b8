"""The arithmetic in an analyst's note, done again: each product, sum and mean with its value and its stated result."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from computeest.text import amounts
from computeest.text.note_grammar import Expression, Grammar
from computeest.text.note_tokens import Token, matches, tokens

#: A note longer than this is read up to here; the longest of a database of 3,000 models has 12,000 characters.
LONGEST = 50_000
#: It is read up to so many words and signs, and numbers, as well: the notes of that database have 420 and 50 at most.
MOST_TOKENS = 6_000
MOST_NUMBERS = 400
#: Two numbers are the same within this, or within what the stated figures leave open, at most `_ROUNDED`.
SAME, _ROUNDED = 0.01, 0.15
#: Numbers below this are no rates of hardware.
_LEAST_RATE = 1e8
#: A number without any unit is a count of FLOP from here on, and one of tokens or parameters below.
LEAST_FLOP = 1e15
#: Words that announce a sum or a mean of the figures before, and how far behind them the result may stand.
_TOTALS, _ANNOUNCED = frozenset(("total", "totals", "sum", "combined", "overall", "altogether")), 5


@dataclass(frozen=True, slots=True, order=True)
class Figure:
    """A count of FLOP in a note, and where it stands."""

    start: int
    end: int
    value: float


@dataclass(frozen=True, slots=True)
class Stated:
    """A result that the note writes behind its arithmetic."""

    value: float
    #: One unit of the last figure written, as a share of the value.
    precision: float
    readings: tuple[float, ...]

    def supports(self, value: float) -> bool:
        """Whether the value, rounded, is what is stated."""
        return any(close(value, reading, self.tolerance) for reading in self.readings)

    @property
    def tolerance(self) -> float:
        """How far a value may be from the stated one and still be it."""
        return max(SAME, min(_ROUNDED, self.precision))  # a whole unit of the last figure, for many are cut off


@dataclass(frozen=True, slots=True)
class Product:
    """One expression of a note."""

    #: Where in the note it stands, and its words.
    span: tuple[int, int]
    text: str
    #: product, sum or mean, by what it ends with.
    kind: str
    #: What it comes to, in the unit the note means; NaN where it cannot be computed.
    value: float
    #: The same where it is a count of FLOP, else None.
    flop: float | None
    #: The result that the note states, None where it states none.
    stated: Stated | None
    #: Every way to read its units, the likely one first.
    readings: tuple[float, ...]
    #: Whether units say that it is a count of FLOP, its own or those of the result.
    of_compute: bool = False
    #: Whether the note writes the expression; a 'Total: 3e22' only says of which figures it is the sum.
    written: bool = True

    @property
    def holds(self) -> bool | None:
        """Whether the stated result is what the arithmetic gives; None where there is nothing to compare."""
        if self.stated is None or math.isnan(self.value):
            return None
        return any(self.stated.supports(reading) for reading in self.readings)


def products(note: str) -> list[Product]:
    """Every expression in the note, in order, with what it comes to and the result it states; formulas are left out."""
    grammar = _grammar(note)
    text, found = grammar.text, grammar.tokens
    waiting, seen = [(0, len(found))], set[tuple[int, int]]()
    results: list[Product] = []
    figures: list[Figure] = []
    while waiting:
        region = waiting.pop()
        if region in seen:
            continue
        seen.add(region)
        for chain in _chains(grammar, *region):
            several = list(_products(grammar, chain))
            results.extend(several)
            figures.extend(_figure(grammar, chain, several))
        waiting.extend(grammar.asides)
        grammar.asides.clear()
    unique = {product.span: product for product in reversed(results)}
    ordered = sorted(unique.values(), key=lambda product: product.span)
    return [*ordered, *summaries(text, found, sorted(figures), ordered)]


def close(value: float, other: float, tolerance: float = SAME) -> bool:
    """Whether two numbers are the same within a share of the second."""
    return math.isfinite(value) and abs(value - other) <= tolerance * abs(other) * (1 + 1e-9)


def _figure(grammar: Grammar, chain: Sequence[Expression], several: Sequence[Product]) -> Iterator[Figure]:
    """What a chain contributes where the note adds up or averages: a count of FLOP, computed or quoted."""
    last = chain[-1]
    start, end = grammar.tokens[chain[0].start].start, grammar.tokens[last.end - 1].end
    counted = [product for product in several if product.flop is not None]
    if counted:
        # what the note goes on with is the result it states, be it right or wrong
        yield Figure(start, end, counted[0].stated.value if counted[0].holds is False and counted[0].stated else
                     counted[0].value)
    elif not several and last.amount.value >= LEAST_FLOP and not last.unit.other and last.amount.time == 0:
        yield Figure(start, end, last.amount.value)


def _chains(grammar: Grammar, at: int, end: int) -> Iterator[list[Expression]]:
    """Runs of expressions that equal signs join: 'A * B = C * D = 3e22'."""
    while at < end:
        first = grammar.expression(at, end) if grammar.tokens[at].kind in ("number", "open", "word") else None
        if first is None:
            at += 1
            continue
        chain = [first]
        while (following := _linked(grammar, chain[-1].after, end)) is not None:
            chain.append(following)
        yield chain
        at = max(chain[-1].end, at + 1)


def _linked(grammar: Grammar, at: int, end: int) -> Expression | None:
    """The expression behind an equal sign, which may begin the next line."""
    sign = at
    while sign < min(end, at + 2) and grammar.tokens[sign].kind == "line":
        sign += 1
    if sign >= end or grammar.tokens[sign].kind != "equals":
        return None
    sign += 1
    while sign < end and grammar.tokens[sign].kind in ("line", "equals"):
        sign += 1
    return grammar.expression(sign, end)


def _products(grammar: Grammar, chain: Sequence[Expression]) -> Iterator[Product]:
    for place, expression in enumerate(chain):
        if expression.operators and not expression.formula:
            stated = _stated(grammar, chain, place)
            yield _product(grammar, expression, *stated)


def _stated(grammar: Grammar, chain: Sequence[Expression], place: int) -> tuple[Stated | None, amounts.Unit]:
    """The number that follows in the chain, else the one right before."""
    # 'A * B = 3e22 + 1e21 = 3.1e22' states 3e22 of its product
    behind = [part for e in chain[place + 1:] if not (part := grammar.leading(e)).operators]
    before = [e for e in chain[max(0, place - 1):place] if not e.operators]
    for expression in (*behind, *before):
        amount = expression.amount
        return Stated(amount.value, expression.precision, amount.readings), expression.unit
    return None, amounts.NO_UNIT


def _product(grammar: Grammar, expression: Expression, stated: Stated | None, unit: amounts.Unit) -> Product:
    start, end = grammar.tokens[expression.start].start, grammar.tokens[expression.end - 1].end
    readings = expression.amount.readings
    value = expression.amount.value
    if stated is not None:
        # where units are left to the reader, the result that is stated says how the analyst read them
        value = next((reading for reading in readings if stated.supports(reading)), value)
    counts = _counts(expression, value, stated, unit)
    return Product((start, end), grammar.text[start:end], _kind(expression), value, value if counts else None, stated,
                   readings, counts and 1 in (expression.amount.compute, unit.compute))


def _kind(expression: Expression) -> str:
    return {"+": "sum", "r": "mean", "g": "mean"}.get(expression.operators[0], "product")


def _counts(expression: Expression, value: float, stated: Stated | None, unit: amounts.Unit) -> bool:
    """Whether the expression is a count of FLOP, by its units and those of the result it states."""
    if not (math.isfinite(value) and value > 0):
        return False
    if stated is not None and unit != amounts.NO_UNIT:
        # many write FLOPS and mean a count, so a rate is one only where the expression is a rate as well
        rate = unit.time == -1 and expression.amount.time == -1 and not expression.amount.by_hand
        return unit.compute == 1 and not rate
    if expression.amount.compute:
        return expression.amount.compute == 1
    return expression.amount.time == 0 or expression.amount.largest >= _LEAST_RATE


def summaries(text: str, found: Sequence[Token], figures: Sequence[Figure],
              ordered: Sequence[Product]) -> Iterator[Product]:
    """Sums and geometric means that a note takes of its figures without writing them out: 'Total: 4.5e23'.

    A sum is one only where some of the figures right before add up to what is stated.
    """
    for place, token in enumerate(found):
        word = token.text.lower() if token.kind == "word" else ""
        mean = word == "geometric" and place + 1 < len(found) and found[place + 1].text.lower() in ("mean", "average")
        if not (mean or word in _TOTALS) or any(p.span[0] <= token.start < p.span[1] for p in ordered):
            continue
        before = [figure.value for figure in figures if figure.end <= token.start]
        stated = _announced(found, place, figures)
        if mean and len(before) > 1 and not _written_out(token, ordered):
            if (value := _mean_of_some(before, stated)) is not None:
                yield _summary(found[place:place + 2], text, "mean", value, stated)
        elif stated is not None:
            parts = (sum(before[-count:]) for count in range(2, min(len(before), 6) + 1))
            yield from (_summary([token], text, "sum", part, stated) for part in parts if stated.supports(part))


def _mean_of_some(before: Sequence[float], stated: Stated | None) -> float | None:
    """The mean that is stated, of the last figures that give it; of two where there are no more; else nobody knows."""
    means = [math.exp(sum(map(math.log, before[-count:])) / count) for count in range(2, min(len(before), 6) + 1)]
    if stated is not None:
        return next((mean for mean in means if stated.supports(mean)), means[0] if len(means) == 1 else None)
    return means[0]


def _announced(found: Sequence[Token], place: int, figures: Sequence[Figure]) -> Stated | None:
    """The figure that stands shortly behind a word, before the line ends."""
    for token in found[place + 1:place + _ANNOUNCED]:
        if token.kind == "line":
            return None
        if token.kind == "number":
            whole = next((f.value for f in figures if f.start == token.start), None)
            return None if whole is None else Stated(whole, token.precision, (whole,))
    return None


def _written_out(token: Token, ordered: Sequence[Product]) -> bool:
    """Whether the mean that a word announces is itself in the note: 'geometric mean: sqrt(a * b)'."""
    return any(product.kind == "mean" and product.span[1] > token.start for product in ordered)


def _summary(words: Sequence[Token], text: str, kind: str, value: float, stated: Stated | None) -> Product:
    start, end = words[0].start, words[-1].end
    return Product((start, end), text[start:end], kind, value, value, stated, (value,), of_compute=True, written=False)


def mentions(note: str, value: float, tolerance: float = SAME) -> bool:
    """Whether the note holds the number, in any spelling and unit, as a result or as a quotation."""
    return any(close(reading, value, tolerance) for reading in _readings(note))


@lru_cache(maxsize=1)
def _readings(note: str) -> tuple[float, ...]:
    """What each number of a note may mean."""
    grammar, found = _grammar(note), list[float]()
    for at, token in enumerate(grammar.tokens):
        if token.kind == "number":
            found += grammar.number(at, len(grammar.tokens)).amount.readings
    return tuple(found)


def _grammar(note: str) -> Grammar:
    """A note's tokens, ready to be read as expressions."""
    text = note[:LONGEST]
    found = tokens(text, MOST_TOKENS, MOST_NUMBERS)
    return Grammar(found, matches(found), text)
