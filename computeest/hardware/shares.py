"""Which of a text's counts is the count in each: '8 GPUs per node'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from computeest.hardware.pieces import SIZE, Item
from computeest.hardware.terms import Term
from computeest.hardware.words import EACH, HOLDER, MEMORY, PER, PLAIN, UNIT

#: Units of chips that hold several of their parts.
_HOLDING: Final = frozenset(("board", "card", "pod", "superchip"))


def of_memory(items: Sequence[Item], at: int) -> bool:
    """Whether an 'each' or 'per GPU' speaks of memory: '8 GPUs with 40 GB of memory each'."""
    if items[at].kind not in (EACH, PER) and not (at and items[at].kind == UNIT and items[at - 1].kind == PER):
        return False
    before = [item for item in items[max(0, at - 4):at] if item.kind not in (PLAIN, MEMORY, PER)]
    return bool(before) and before[-1].kind == SIZE


def mark_per(sequence: Sequence[Item], terms: list[Term]) -> None:
    """Find the count that is a count for each node."""
    inner = [term for term in terms if term.what != HOLDER]
    for at, item in enumerate(sequence):
        if item.kind not in (EACH, PER) or not inner:
            continue
        follows = sequence[at + 1] if at + 1 < len(sequence) else None
        before = [term for term in inner if term.at < at]
        after = [term for term in inner if term.at > at]
        if item.kind == PER and (follows is None or (follows.kind != HOLDER and follows.word not in _HOLDING)):
            continue
        if item.kind == EACH and after and (follows is None or follows.kind != PLAIN or follows.word != "of"):
            ahead = after[0]
            if not before or ahead.at - at <= 4:
                ahead.per = True
                continue
        if before:
            before[-1].per = True
        elif after:
            after[0].per = True
