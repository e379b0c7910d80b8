"""Parquet files joined by their footers are what Arrow makes of all their rows."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import computeest
from computeest.problems import InputError
from computeest.tables.parquet import Parquet
from computeest.tables.parquet_file import file_of
from computeest.tables.parquet_joined import Joined, footer_of, unpacked_sizes
from tests.annotating import annotated

pytestmark = pytest.mark.filterwarnings("error")


def _rows(start: int, size: int) -> pa.Table:
    """Rows of many types, of which footers say different things."""
    numbers = range(start, start + size)
    columns = {f"number {place}": pa.array([value * place / 7 if value % 3 else None for value in numbers])
               for place in range(20)}
    return pa.table({
        **columns, "whole": pa.array(numbers, pa.int64()), "small": pa.array([v % 100 for v in numbers], pa.int8()),
        "yes": pa.array([v % 2 == 0 for v in numbers]), "text": pa.array([f"text {v % 5}" for v in numbers]),
        "kind": pa.array([f"kind {v % 3}" for v in numbers]).dictionary_encode(),
        "day": pa.array([datetime.date(2020, 1, 1)] * size), "list": pa.array([[v, v + 1] for v in numbers]),
        "time": pa.array([datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)] * size), "none": pa.nulls(size),
        "part": pa.array([{"a": v, "b": str(v)} for v in numbers]),
        "amount": pa.array(list(numbers), pa.decimal128(20, 3))})


def _file(table: pa.Table, **how: object) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, **how)
    return file.getvalue()


@pytest.mark.parametrize("how", [{}, {"write_page_index": True}, {"row_group_size": 40, "compression": "none"},
                                 {"use_dictionary": False, "version": "1.0", "data_page_version": "2.0"}])
def test_joined_files_are_the_rows_of_all(how: dict[str, object]) -> None:
    parts = [_rows(start, 100) for start in range(0, 2_000, 100)]
    file = io.BytesIO()
    joined = Joined(file)
    assert all(joined.add(_file(part, **how)) for part in parts)
    joined.finish()
    found = pq.ParquetFile(file)
    expected = pq.read_table(io.BytesIO(_file(pa.concat_tables(parts), **how)))
    assert found.schema_arrow.equals(expected.schema, check_metadata=True)
    assert found.read().to_pylist() == expected.to_pylist()
    assert found.metadata.num_rows == 2_000
    assert found.metadata.num_row_groups == (60 if "row_group_size" in how else 20)
    last = found.metadata.row_group(found.metadata.num_row_groups - 1)
    assert last.column(last.num_columns - 1).statistics.max == 1999
    second = parts[0].slice(40, 40) if "row_group_size" in how else parts[1]
    assert found.read_row_group(1).to_pylist() == second.to_pylist()


def test_one_file_joined_is_what_arrow_wrote() -> None:
    content, file = _file(_rows(0, 50)), io.BytesIO()
    joined = Joined(file)
    joined.add(content)
    joined.finish()
    assert file.getvalue() == content


def test_other_columns_are_not_put_in() -> None:
    file = io.BytesIO()
    joined = Joined(file)
    assert joined.add(_file(pa.table({"a": [1, 2]})))
    assert not joined.add(_file(pa.table({"a": [1.5]})))
    assert not joined.add(_file(pa.table({"b": [1]})))
    joined.finish()
    assert pq.read_table(file).to_pydict() == {"a": [1, 2]}


def test_pieces_of_other_types_get_those_of_the_first(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    pq.write_table(pa.table({"model": ["a"], "parameters": [1e9], "tokens": [1e12]}), folder / "1.parquet")
    pq.write_table(pa.table({"model": ["b"], "parameters": [2], "tokens": pa.array([3e12], pa.float32())}),
                   folder / "2.parquet")
    annotated(folder, tmp_path / "out.parquet")
    found = pq.read_table(tmp_path / "out.parquet")
    assert found["parameters"].to_pylist() == [1e9, 2.0]
    assert found["flop"].to_pylist()[0] == pytest.approx(computeest.estimate(
        {"model": "a", "parameters": 1e9, "tokens": 1e12})["flop"])
    assert found["model_estimated"].to_pylist() == ["a", "b"]


def test_sizes_of_columns_are_those_that_arrow_says() -> None:
    content = _file(_rows(0, 100), row_group_size=40)
    file = io.BytesIO(content)
    metadata = pq.ParquetFile(io.BytesIO(content)).metadata
    assert unpacked_sizes(footer_of(file, len(content))) == [
        [metadata.row_group(group).column(place).total_uncompressed_size for place in range(metadata.num_columns)]
        for group in range(3)]


def test_our_numbers_and_words_of_few_kinds_are_not_packed_and_all_else_is() -> None:
    unit = {"unit": "FLOP"}
    schema = pa.schema([pa.field("flop", pa.float64(), metadata=unit), pa.field("same", pa.float64(), metadata=unit),
                        pa.field("none", pa.float64(), metadata=unit), pa.field("other", pa.float64()),
                        pa.field("few", pa.dictionary(pa.int32(), pa.string())),
                        pa.field("long", pa.dictionary(pa.int32(), pa.string())),
                        pa.field("many", pa.dictionary(pa.int32(), pa.string())),
                        pa.field("text", pa.string(), metadata=unit),
                        pa.field("parts", pa.list_(pa.float64()), metadata=unit)])
    numbers = [value / 7 if value % 5 else None for value in range(2000)]
    words = [pa.array([f"{value % kinds}" + "x" * longer for value in range(2000)]).dictionary_encode()
             for kinds, longer in ((30, 0), (30, 1000), (2000, 0))]
    table = pa.table([numbers, [1e21] * 2000, [None] * 2000, numbers, *words, ["a"] * 2000, [[1.0, 2.0]] * 2000],
                     schema=schema)

    def packed(table: pa.Table) -> list[tuple[str, bool]]:
        found = file_of(table)
        assert pq.read_table(io.BytesIO(found)).to_pydict() == table.to_pydict()
        group = pq.ParquetFile(io.BytesIO(found)).metadata.row_group(0)
        columns = [group.column(place) for place in range(group.num_columns)]
        return [(one.compression == "ZSTD", "RLE_DICTIONARY" in one.encodings) for one in columns]

    shared = [False, True, False, False, True, True, False, False, False]
    assert packed(table) == [(True, by_kind) for by_kind in shared]
    assert packed(table.drop_columns("parts")) == [
        (False, False), (False, True), (False, False), (True, False), (False, True), (True, True), (True, False),
        (True, False)]
    assert all(one for one, _ in packed(table.drop_columns("parts").slice(0, 50)))
    assert packed(table.slice(0, 0)) == [(True, False)] * 9


@pytest.mark.parametrize("footer", [
    b"\x49\xfc" + b"\xff" * 9 + b"\x01", b"\x49\xf7\xff\xff\xff\xff\x0f", b"\x46" + b"\xff" * 100_000,
    b"\x4c" * 100_000, b"", b"\x49\x1c\x19\x1c\x3c\x66", b"\x4b\x01"])
def test_what_is_no_footer_ends_at_once(footer: bytes) -> None:
    with pytest.raises((IndexError, KeyError, RecursionError)):
        unpacked_sizes(footer)


def test_another_file_in_a_tables_place_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    for tokens, rows in (("1e12", 2), ("5e12", 2), ("9e12", 3)):
        pq.write_table(pa.table({"parameters": ["7e9"] * rows, "tokens": [tokens] * rows}), tmp_path / "new.parquet")
        (tmp_path / "new.parquet").replace(path)
        assert annotated(path, tmp_path / "out.parquet").rows == rows
        found = pq.read_table(tmp_path / "out.parquet")["flop"].to_pylist()
        assert found == [pytest.approx(6 * 7e9 * float(tokens))] * rows


def test_a_file_that_changes_while_it_is_read_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"parameters": ["7e9"] * 2, "tokens": ["1e12"] * 2}), path)
    table = Parquet(str(path))
    first, = table.pieces()
    pq.write_table(pa.table({"parameters": ["7e9"] * 3, "tokens": ["1e12"] * 3}), path)
    with pytest.raises(InputError, match="it changed while it was read"):
        table.read(first)
