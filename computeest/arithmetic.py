"""The arithmetic in an analyst's note, done again: every product, sum and mean with its value and the result it states."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from computeest import amounts
from computeest.note_grammar import Expression, Grammar
from computeest.note_tokens import Token, matches, tokens

#: A note longer than this is read up to here; the longest of a database of 3,000 models has 12,000 characters.
LONGEST = 50_000
#: Two numbers are the same within this, or within what the stated figures leave open, at most `_ROUNDED`.
SAME, _ROUNDED = 0.01, 0.15
#: Numbers below this are no rates of hardware.
_LEAST_RATE = 1e8
#: Words that may stand between '=' and the number.
_LINKED = 3


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

    @property
    def holds(self) -> bool | None:
        """Whether the stated result is what the arithmetic gives; None where there is nothing to compare."""
        if self.stated is None or math.isnan(self.value):
            return None
        return any(self.stated.supports(reading) for reading in self.readings)


def products(note: str) -> list[Product]:
    """Every expression in the note, in order, with what it comes to and the result it states; formulas are left out."""
    text = note[:LONGEST]
    found = tokens(text)
    grammar = Grammar(found, matches(found), text)
    waiting, seen, results = [(0, len(found))], set[tuple[int, int]](), []
    while waiting:
        region = waiting.pop()
        if region in seen:
            continue
        seen.add(region)
        for chain in _chains(grammar, *region):
            results.extend(_products(grammar, chain))
        waiting.extend(grammar.asides)
        grammar.asides.clear()
    unique = {product.span: product for product in reversed(results)}
    ordered = sorted(unique.values(), key=lambda product: product.span)
    return [*ordered, *_means(text, ordered)]


def close(value: float, other: float, tolerance: float = SAME) -> bool:
    """Whether two numbers are the same within a share of the second."""
    return math.isfinite(value) and abs(value - other) <= tolerance * abs(other) * (1 + 1e-9)


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
    return None, amounts.Unit()


def _product(grammar: Grammar, expression: Expression, stated: Stated | None, unit: amounts.Unit) -> Product:
    start, end = grammar.tokens[expression.start].start, grammar.tokens[expression.end - 1].end
    readings = expression.amount.readings
    value = expression.amount.value
    if stated is not None:
        # where units are left to the reader, the result that is stated says how the analyst read them
        value = next((reading for reading in readings if stated.supports(reading)), value)
    return Product((start, end), grammar.text[start:end], _kind(expression), value,
                   value if _counts(expression, value, stated, unit) else None, stated, readings)


def _kind(expression: Expression) -> str:
    return {"+": "sum", "r": "mean", "g": "mean"}.get(expression.operators[0], "product")


def _counts(expression: Expression, value: float, stated: Stated | None, unit: amounts.Unit) -> bool:
    """Whether the expression is a count of FLOP, by its units and those of the result it states."""
    if not (math.isfinite(value) and value > 0):
        return False
    if stated is not None and unit != amounts.Unit():
        # many write FLOPS and mean a count, so a rate is one only where the expression is a rate as well
        rate = unit.time == -1 and expression.amount.time == -1 and not expression.amount.by_hand
        return unit.compute == 1 and not rate
    if expression.amount.compute:
        return expression.amount.compute == 1
    return expression.amount.time == 0 or expression.amount.largest >= _LEAST_RATE


def _means(text: str, found: Sequence[Product]) -> Iterator[Product]:
    """The geometric mean that a note says it takes of its two estimates without writing it out."""
    import re

    for match in re.finditer(r"geometric (?:mean|average)", text, re.IGNORECASE):
        if any(product.kind == "mean" and product.span[1] > match.start() for product in found):
            continue
        before = [p for p in found if p.span[1] <= match.start() and p.flop is not None and p.kind != "mean"]
        if len(before) < 2:
            continue
        value = math.sqrt(before[-1].value) * math.sqrt(before[-2].value)
        yield Product(match.span(), match[0], "mean", value, value, None, (value,))
