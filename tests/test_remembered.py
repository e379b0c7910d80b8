"""What was read of texts is remembered while they are short, so that no process comes to hold what it has read."""

from __future__ import annotations

import gc
import weakref

import pyarrow as pa

import computeest
from computeest.facts.spec import Spec
from computeest.text import quotes
from computeest.text.remembered import LONGEST, remembered


class _Answer:
    """What a weak reference can follow."""


def test_answers_to_short_texts_are_remembered_and_to_long_ones_are_not() -> None:
    asked: list[str] = []

    @remembered(2)
    def read(text: str, times: int = 1) -> _Answer:
        asked.append(text * times)
        return _Answer()

    long = "x" * (LONGEST + 1)
    assert read("a") is read("a")
    assert read("a", 2) is read("a", 2)
    assert read(long) is not read(long)
    assert asked == ["a", "aa", long, long]
    first = weakref.ref(read("a"))
    read("b"), read("c")
    gc.collect()
    assert first() is None


def test_a_long_note_is_read_as_a_short_one_is() -> None:
    note = "The model was trained on 300B tokens."
    assert quotes.counted(note, 3e11) == quotes.counted(note + " " * LONGEST, 3e11) == "tokens"


def test_nothing_of_a_table_is_left_behind_by_a_day_that_cannot_be_read() -> None:
    before = _specs()
    found = computeest.annotate(pa.table({"model": ["A"], "published": ["soon"], "compute": ["1e21"]}))
    assert "'soon' is not a date" in found.column("problems")[0].as_py()
    assert _specs() <= before


def _specs() -> int:
    gc.collect()
    return sum(isinstance(one, Spec) for one in gc.get_objects())
