"""Rows set apart: a row or a paper that the engine itself fails on, by name, costs the others nothing.

Every refusal in words is an InputError or a UsageError and passes. What is left is a fault of ours, which must not end
a table of a million rows; `tests/fuzz` looks for the sentence below and takes each for a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from computeest.problems import InputError, Problem, UsageError, told
from computeest.problems import facts as wrong
from computeest.text.files import OutputError

if TYPE_CHECKING:
    import pyarrow as pa

#: What is said of every row and paper that is set apart.
FAULT = "a fault of computeest itself; please report it"
#: Rows that are looked for one by one; where more fail, those beside them are set apart with them.
MOST = 100
_OURS = (InputError, UsageError, OutputError)
Answer = TypeVar("Answer")


def said(error: Exception) -> str:
    """What went wrong, and whose fault it is."""
    return f"{' '.join(told(error).split())[:140]} ({FAULT})"


def tried(size: int, without: Callable[[Sequence[int]], Answer],
          only: Callable[[Sequence[int]], object]) -> tuple[Answer, dict[int, str]]:
    """The answer `without` the rows that it fails on, and why each of them is set apart; `only` tries some rows."""
    try:
        return without(()), {}
    except _OURS:
        raise
    except Exception as error:
        apart = _guilty(range(size), only)
        if not apart:
            raise InputError([Problem("", 0, "", wrong.ROWS_FAIL_TOGETHER(error=said(error)))]) from error
    return without(sorted(apart)), apart


def _guilty(rows: Sequence[int], only: Callable[[Sequence[int]], object]) -> dict[int, str]:
    """The rows that fail by themselves."""
    found: dict[int, str] = {}
    waiting = [rows]
    while waiting:
        some = waiting.pop()
        try:
            only(some)
        except _OURS:
            raise
        except Exception as error:
            if len(some) > 1 and len(found) < MOST:
                waiting += [some[len(some) // 2:], some[:len(some) // 2]]
            else:
                found |= dict.fromkeys(some, f"row: {said(error)}")
    return found


def emptied(table: pa.Table, rows: Sequence[int]) -> pa.Table:
    """The table with nothing in some rows."""
    import numpy as np

    from computeest.facts.columns import places

    if not len(rows):
        return table
    kept = np.arange(table.num_rows)
    kept[list(rows)] = -1
    return table.take(places(kept))


@contextmanager
def one_paper(file: str) -> Iterator[None]:
    """What the engine fails on is this paper's problem."""
    try:
        yield
    except _OURS:
        raise
    except Exception as error:
        raise InputError([Problem(file, 0, "", wrong.ROW_FAILS(error=said(error)))]) from error
