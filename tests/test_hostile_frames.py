"""Frames as strangers make them: each row leaves `annotate`, or the frame is refused by name; nothing else ends it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from computeest import annotate
from computeest.problems import InputError
from computeest.schema.column_map import MOST_COLUMNS

ROWS = {"model": ["a", "b", "c"], "parameters": ["7B", "1B", None], "tokens": ["1T", None, "2T"]}
FLOP = 6 * 7e9 * 1e12


class Mute:
    """What has no words: its own code ends with something else."""

    def __init__(self, ends: BaseException) -> None:
        self.ends = ends

    def __str__(self) -> str:
        raise self.ends

    def __eq__(self, other: object) -> bool:
        raise ValueError

    __repr__ = __str__
    __hash__ = None  # type: ignore[assignment]


def nested(times: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(times):
        found = [found]
    return found


def itself() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def pandas(**more: Any) -> pd.DataFrame:
    return pd.DataFrame({**ROWS, **more})


def objects(*cells: Any) -> pd.Series[Any]:
    found = np.empty(len(cells), dtype=object)
    found[:] = cells
    return pd.Series(found, dtype=object)


#: Columns beside the facts, or in their place: column, cells, and the rows that are still estimated.
CELLS: dict[str, tuple[str, Sequence[Any], list[bool]]] = {
    "lists beside": ("zz", [[1, 2], {"a": 1}, None], [True, False, False]),
    "lists": ("parameters", [[7e9], {"a": 1}, (1, 2)], [False, False, False]),
    "bytes": ("parameters", [b"7B", b"\xff\xfe", None], [False, False, False]),
    "a huge text": ("parameters", ["7" * 5_000_000, "1B", "7B"], [False, False, True]),
    "decimals": ("parameters", [Decimal("7e9"), Decimal("sNaN"), Decimal("1e400")], [True, False, False]),
    "whole numbers beyond every float": ("parameters", [7 * 10**9, None, 10**400], [True, False, False]),
    "NaN and infinity": ("parameters", [np.nan, np.inf, -np.inf], [False, False, False]),
    "half a character": ("parameters", ["7B", "1B", "7B\ud800"], [True, False, False]),
    "days of other ages": ("published", [datetime.date(1, 1, 1), datetime.date(9999, 12, 31), None],
                           [True, False, False]),
    "without words": ("parameters", ["7B", 1, Mute(RuntimeError("no"))], [True, False, False]),
    "words that exit": ("parameters", ["7B", 1, Mute(SystemExit(3))], [True, False, False]),
    "without words beside": ("zz", [Mute(RuntimeError("no")), Mute(SystemExit(3)), None], [True, False, False]),
    "a list in itself": ("zz", [itself(), 1, None], [True, False, False]),
    "lists without end": ("note", [nested(100_000), 1, None], [True, False, False]),
    "frames": ("note", [pd.DataFrame(ROWS), pd.Series([1]), np.zeros((2, 2))], [True, False, False]),
    "arrays": ("parameters", [np.array([1, 2]), np.array(7e9), pd.Series([1])], [False, False, False]),
    "code": ("note", [print, int, lambda: 1], [True, False, False]),
    "complex": ("parameters", [7e9 + 0j, 1j, None], [False, False, False]),
}


@pytest.mark.parametrize("what", CELLS)
def test_a_cell_costs_at_most_its_row(what: str) -> None:
    column, cells, there = CELLS[what]
    found = annotate(pandas(**{column: objects(*cells)}))
    flop = found["flop"]
    assert len(found) == 3
    if column == "parameters":  # only rows with tokens
        there = [one and place != 1 for place, one in enumerate(there)]
    assert flop.notna().tolist() == there
    assert found["problems"][~np.array(there)].notna().all(), "and each row says why"


TYPES: dict[str, Callable[[], Any]] = {
    "categories with nulls": lambda: pd.Categorical(["7B", None, "1B"]),
    "categories of numbers": lambda: pd.Categorical([7e9, None, 1e9]),
    "sparse": lambda: pd.arrays.SparseArray([7e9, np.nan, 1e9]),
    "Int64": lambda: pd.array([7 * 10**9, None, 10**9], dtype="Int64"),
    "long double": lambda: np.array([7e9, np.nan, 1e9], dtype="longdouble"),
    "decimal128": lambda: pd.array([Decimal(7 * 10**9), None, Decimal(10**9)], dtype=pd.ArrowDtype(pa.decimal128(38))),
    "dictionary": lambda: pd.array(["7B", None, "1B"], dtype=pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))),
    "string view": lambda: pa.array(["7B", None, "1B"], pa.string_view()),
    "runs": lambda: pa.RunEndEncodedArray.from_arrays([1, 2, 3], pa.array(["7B", None, "1B"])),
    "a dictionary that holds null": lambda: pa.DictionaryArray.from_arrays(
        pa.array([0, 1, 2], pa.int8()), pa.array(["7B", None, "1B"])),
    "bytes of which one is no text": lambda: pa.array([b"7B", b"\xff", b"1B"]).view(pa.string()),
}


@pytest.mark.parametrize("what", TYPES)
def test_numbers_of_every_kind_are_numbers(what: str) -> None:
    column = TYPES[what]()
    frame = pa.table({**ROWS, "parameters": column}) if isinstance(column, pa.Array) else pandas(parameters=column)
    flop = annotate(frame)["flop"]
    found = flop.to_pylist() if isinstance(frame, pa.Table) else flop.where(flop.notna(), None).tolist()
    assert [one and pytest.approx(one) for one in found] == [FLOP, None, 6 * 1e9 * 2e12] or (
        found[0] == pytest.approx(FLOP) and pd.isna(found[1]) and found[2] == pytest.approx(6 * 1e9 * 2e12))


def test_a_period_is_a_month_and_not_the_number_behind_it() -> None:
    months = pd.period_range("2020-05", periods=3, freq="M")
    found = annotate(pandas(published=months))
    assert found["flop"].notna().tolist() == [True, False, False]
    assert found["published"].tolist() == list(months), "the frame's own column stays as it is"
    as_parameters = annotate(pandas(parameters=months))
    assert as_parameters["flop"].isna().all()


@pytest.mark.parametrize("unit", ["s", "ms", "ns"])
def test_moments_far_away(unit: str) -> None:
    far = {"s": [10**13, -(10**12), 0], "ms": [2**62, -(2**62), 0], "ns": [2**62, -(2**62), 0]}[unit]
    found = annotate(pandas(published=np.array(far, dtype=f"datetime64[{unit}]")))
    assert found["flop"].notna().tolist() == [True, False, False]


def test_frames_without_columns_or_rows() -> None:
    assert len(annotate(pd.DataFrame(index=range(3)))) == 3
    assert len(annotate(pandas().iloc[:0])) == 0
    assert annotate(pa.table({})).num_rows == 0
    repeated = pandas().set_axis([0, 0, 0])
    assert annotate(repeated).index.tolist() == [0, 0, 0]


@pytest.mark.parametrize("wide", [
    lambda many: pd.DataFrame([many], columns=[f"c{one}" for one in many]),
    lambda many: pa.table({f"c{one}": [one] for one in many})])
def test_more_columns_than_a_table_has_are_refused(wide: Callable[[range], Any]) -> None:
    with pytest.raises(InputError, match="the table has 20,000 columns"):
        annotate(wide(range(2 * MOST_COLUMNS)))
    assert len(annotate(wide(range(500)))) == 1


@pytest.mark.parametrize("names", [["tokens", "tokens"], ["zz", "zz"], ["Tokens", "tokens"]])
def test_two_columns_of_one_name_are_refused(names: list[str]) -> None:
    with pytest.raises(InputError, match=r"two columns have this name|both mean tokens"):
        annotate(pd.DataFrame([[1, 2]], columns=names))


def test_memory_that_is_not_what_it_says_is_refused() -> None:
    lengths = pa.py_buffer(np.array([0, 2_000_000_000, 4, 6], dtype="i4").tobytes())
    wild = pa.Array.from_buffers(pa.string(), 3, [None, lengths, pa.py_buffer(b"7B1B2B")])
    for column in (wild, pa.DictionaryArray.from_arrays(pa.array([0, 99, None], pa.int8()), pa.array(["7B"]),
                                                        safe=False)):
        with pytest.raises(InputError, match="parameters: cannot be read: Arrow"):
            annotate(pa.table({**ROWS, "parameters": column}))


def test_names_are_kept_once_each() -> None:
    names = pa.array(["BERT", " BERT", "GPT"])
    twice = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2], pa.int8()), pa.array(["BERT", "BERT", "GPT"]))
    for column, said in ((names, ["BERT", "BERT", "GPT"]), (twice, ["BERT", "BERT", "GPT"]),
                         (names.take(pa.array([0, 2, 0])), ["BERT", "GPT", "BERT"])):
        found = annotate(pa.table({**ROWS, "model": column})).column("model_estimated")
        assert found.to_pylist() == said
        assert sorted(found.chunk(0).dictionary.to_pylist()) == ["BERT", "GPT"]


def test_names_without_words() -> None:
    assert annotate(pd.DataFrame([["7B", "1T", 3]], columns=["parameters", "tokens", None]))["flop"].notna().all()
    frame = pd.DataFrame([["7B", "1T", 3]], columns=pd.Index(["parameters", "tokens", (1, 2)], dtype=object))
    assert annotate(frame)["flop"].notna().all()


def test_frames_of_polars() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(ROWS)
    columns = {
        "list": polars.Series([[1, 2], [3], None]), "struct": polars.Series([{"a": 1}, {"a": 2}, None]),
        "binary": polars.Series([b"7B", b"\xff", None]), "enum": polars.Series(["a", None, "b"],
                                                                                dtype=polars.Enum(["a", "b"])),
        "category": polars.Series(["a", None, "b"], dtype=polars.Categorical),
        "object": polars.Series([Mute(RuntimeError("no")), 1, None], dtype=polars.Object),
        "far": polars.Series([2**31 - 1, -(2**31), 0], dtype=polars.Int32).cast(polars.Date),
        "later": polars.Series([2**62, -(2**62), 0], dtype=polars.Int64).cast(polars.Datetime("ms")),
        "large": polars.Series([2**100, 1, None], dtype=polars.Int128), "null": polars.Series([None, None, None]),
        "span": polars.Series([datetime.timedelta(days=3), None, None]),
        "text": polars.Series(["x" * 3_000_000, "", ""]),
    }
    for name, column in columns.items():
        found = annotate(frame.with_columns(column.alias(name)))
        assert isinstance(found, polars.DataFrame)
        assert found["flop"].is_not_null().to_list() == [True, False, False], name
        assert found[name].dtype == column.dtype, "the frame's own columns stay as they are"
        in_place = annotate(frame.with_columns(column.alias("parameters")))
        assert in_place.height == 3, name
    with pytest.raises(InputError, match="cannot be read: ColumnNotFoundError"):
        annotate(frame.lazy().with_columns(polars.col("nothing")))


def test_relations_of_duckdb() -> None:
    duckdb = pytest.importorskip("duckdb")
    kinds = duckdb.sql(
        "select '7B' parameters, '1T' tokens, [1, 2] l, {'a': 1} s, map{'a': 1} m, '\\xAA'::blob b, 1::hugeint h, "
        "uuid() u, interval 3 days i, 1.5::decimal(38, 10) d, date '290000-01-01' dd, timestamp 'infinity' ti, "
        "'101'::bit bb, 1::union(a int, b varchar) un, 'a'::enum('a', 'b') e")
    found = annotate(kinds)
    assert found.column("flop").to_pylist() == [pytest.approx(FLOP)]
    assert found.column_names[:15] == kinds.columns
    most = annotate(duckdb.sql(f"select {2**127 - 1}::hugeint parameters, 1e12 tokens union all select 7e9, 1e12"))
    assert most.num_rows == 2
    with pytest.raises(InputError, match="cannot be read: DuplicateError"):
        annotate(duckdb.sql("select 7e9 parameters, 8e9 parameters, 1e12 tokens"))
    with pytest.raises(InputError, match="cannot be read: ConversionException"):
        annotate(duckdb.sql("select cast(x as int) parameters, 1e12 tokens from (values ('a')) t(x)"))
