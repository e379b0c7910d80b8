"""Tables as people send them: odd quotes, encodings, sizes; every row keeps its place."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from annotating import annotated, read
from hypothesis import given
from hypothesis import strategies as st

from computeest.problems import InputError
from computeest.tables.csv_records import fields, records
from computeest.tables.delimited import Delimited
from computeest.tables.inputs import source


def rows_of(content: bytes | str, tmp_path: Path, chunk: int = 65_536,
            name: str = "t.csv") -> list[tuple[list[str], str]]:
    """Every row's cells, and why it is broken."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    found = source(str(path), chunk=chunk)
    rows: list[tuple[list[str], str]] = []
    for piece in found.pieces():
        read = found.read(piece)
        for number, row in enumerate(read.table.to_pylist()):
            rows.append((list(row.values()), read.broken.get(number, "")))
    return rows


@pytest.mark.parametrize(("text", "expected"), [
    ("a,b\n1,2\n", [["1", "2"]]),
    ("a,b\r\n1,2\r\n\r\n3,4", [["1", "2"], ["3", "4"]]),
    ("\ufeffa,b\n1,2\n", [["1", "2"]]),
    ("\n\na,b\n1,2\n", [["1", "2"]]),
    ('a,b\n"1,5","x ""y"" z"\n', [["1,5", 'x "y" z']]),
    ('a,b\n"one\ntwo",3\n4,5\n', [["one\ntwo", "3"], ["4", "5"]]),
    ('"a\nb",c\n1,2\n', [["1", "2"]]),
    ('a,b\n5" disk,2\n3,4\n', [['5" disk', "2"], ["3", "4"]]),
    ('a,b\n x"y","z\n3,4\n', None),
    ("a,b\n", []),
    ("a,b", []),
    ("a,b\n,\n", [["", ""]]),
])
def test_cells_are_read_as_they_stand(tmp_path: Path, text: str, expected: list[list[str]] | None) -> None:
    for chunk in (65_536, 1):
        found = rows_of(text, tmp_path, chunk)
        if expected is None:
            assert [bool(why) for _, why in found] == [True, False]
        else:
            assert [(cells, "") for cells in expected] == found


def test_rows_with_too_few_or_too_many_cells_keep_their_place(tmp_path: Path) -> None:
    found = rows_of("a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,1,1\n", tmp_path)
    assert [cells for cells, _ in found] == [["1", "2", "3"], ["4", "5", ""], ["6", "7", "8"], ["1", "1", "1"]]
    assert [why for _, why in found] == ["", "the row has 2 cells and the header 3",
                                         "the row has 4 cells and the header 3", ""]


def test_a_quote_that_is_never_closed_spoils_its_own_row_only(tmp_path: Path) -> None:
    text = 'a,b\n1,2\n"x,2\n3,4\ny "quoted" z,6\n"two\nlines",8\n9,"open\n'
    for chunk in (65_536, 1, 3):
        found = rows_of(text, tmp_path, chunk)
        assert [cells for cells, _ in found] == [["1", "2"], ['"x', "2"], ["3", "4"], ['y "quoted" z', "6"],
                                                 ["two\nlines", "8"], ["9", '"open']]
        assert [bool(why) for _, why in found] == [False, True, False, False, False, True]


def test_broken_rows_are_written_with_their_reason(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('model,parameters,tokens\nA,1e9,2e10\nB,1e9\n"C,1e9,2e10\nD,1e9,2e10\n')
    summary = annotated(tmp_path / "t.csv", tmp_path / "out.csv")
    rows = read(tmp_path / "out.csv")
    assert [row["model"] for row in rows] == ["A", "B", '"C', "D"]
    assert [bool(row["flop"]) for row in rows] == [True, False, False, True]
    assert rows[1]["problems"].startswith("row: the row has 2 cells and the header 3")
    assert rows[2]["problems"].startswith("row: a quote that opens in this row is not closed in it")
    assert (summary.estimated, summary.rejected) == (2, 2)


def test_mixed_encodings_are_read_with_one_note(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("model,note\nA,Zürich\n".encode() + "B,München\nC,“x”\n".encode("cp1252"))
    summary = annotated(tmp_path / "t.csv", tmp_path / "out.csv", chunk=1)
    assert [row["note"] for row in read(tmp_path / "out.csv")] == ["Zürich", "München", "“x”"]
    assert list(summary.notes) == ["some bytes are not UTF-8 and were read as Windows-1252"]


def test_utf_16_as_spreadsheets_export_it(tmp_path: Path) -> None:
    content = "model\tnote\nA\tZürich\n".encode("utf-16")
    assert rows_of(content, tmp_path, name="t.tsv") == [(["A", "Zürich"], "")]


def test_a_cell_of_five_megabytes(tmp_path: Path) -> None:
    long = "x, \"\n" * 1_000_000
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([["a", "b"], ["1", long], ["2", "y"]])
    assert [cells for cells, _ in rows_of(buffer.getvalue(), tmp_path)] == [["1", long], ["2", "y"]]


@pytest.mark.parametrize(("content", "message"), [
    (",".join(f"c{i}" for i in range(1_000_000)) + "\n1\n", "the table has 1,000,000 columns"),
    ("", "there is nothing in it"),
    ("a,b,a\n1,2,3\n", "columns 1 and 3 have the same name"),
    ("x" * 17_000_000, "its first line has more than"),
])
def test_tables_that_cannot_be_are_one_error(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        rows_of(content, tmp_path)


@pytest.mark.parametrize("keep", [4, 100, 3000])
def test_a_truncated_parquet_file_is_one_error(tmp_path: Path, keep: int) -> None:
    pq.write_table(pa.table({"model": [f"m{i}" for i in range(1000)]}), tmp_path / "whole.parquet")
    (tmp_path / "t.parquet").write_bytes((tmp_path / "whole.parquet").read_bytes()[:keep])
    with pytest.raises(InputError, match="this is no whole Parquet file"):
        _ = source(str(tmp_path / "t.parquet")).columns


def test_an_unreadable_row_group_is_one_error_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"model": [f"m{i}" * 9 for i in range(4000)]}), path, row_group_size=1000,
                   compression="zstd", use_dictionary=False)
    offset = pq.ParquetFile(path).metadata.row_group(2).column(0).data_page_offset
    data = bytearray(path.read_bytes())
    data[offset + 30:offset + 300] = b"\xff" * 270
    path.write_bytes(data)
    with pytest.raises(InputError, match="row group 2 cannot be read"):
        annotated(path, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_parquet_types_pass_through(tmp_path: Path) -> None:
    pq.write_table(pa.table({"model": ["A", None], "parameters": [1e9, 7e9], "tokens": pa.array([20_000_000_000, None]),
                             "tags": [["x", "y"], None], "open": [True, False]}), tmp_path / "t.parquet")
    annotated(tmp_path / "t.parquet", tmp_path / "out.parquet")
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.schema.field("tokens").type == pa.int64()
    assert found.column("tags").to_pylist() == [["x", "y"], None]
    assert found.column("flop").to_pylist()[0] == pytest.approx(1.2e20, rel=0.01)
    annotated(tmp_path / "t.parquet", tmp_path / "out.csv")
    assert '"[""x"", ""y""]",true' in (tmp_path / "out.csv").read_text()


def test_json_lines(tmp_path: Path) -> None:
    lines = ['{"model": "A", "parameters": 1e9, "tokens": "20B", "n": 1}', "not json", "",
             '{"model": "B", "new": {"x": 1}}', "[1]"]
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    summary = annotated(tmp_path / "t.jsonl", tmp_path / "out.jsonl", chunk=2)
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["model"] for row in rows] == ["A", None, "B", None]
    assert rows[0]["flop"] == pytest.approx(1.2e20, rel=0.01)
    assert (rows[0]["n"], rows[2]["new"]) == (1, '{"x": 1}')
    assert "the line is not JSON" in rows[1]["problems"]
    assert summary.rejected == 2


def test_a_workbook_of_typed_cells(tmp_path: Path) -> None:
    import datetime

    import openpyxl

    book = openpyxl.Workbook()
    for row in (["model", "parameters", "tokens", "published"], ["A", 1e9, "20B", datetime.datetime(2020, 1, 2)], [],
                ["B", 7, None, None]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    found = source(str(tmp_path / "t.xlsx"))
    rows = [row for piece in found.pieces() for row in found.read(piece).table.to_pylist()]
    assert [list(row.values()) for row in rows] == [["A", "1000000000", "20B", "2020-01-02"], ["B", "7", None, None]]
    (tmp_path / "broken.xlsx").write_bytes((tmp_path / "t.xlsx").read_bytes()[:900])
    with pytest.raises(InputError, match="no whole Excel workbook"):
        _ = source(str(tmp_path / "broken.xlsx")).columns


_CELLS = st.text(st.sampled_from('ab",\n\r \t;é'), max_size=6)


@given(st.lists(st.lists(_CELLS, min_size=2, max_size=3), min_size=1, max_size=8))
def test_what_csv_writes_is_read_back(rows: list[list[str]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    data = buffer.getvalue().encode()
    found = records(data, b",", 0, last=True)
    starts = [0, *found.ends[:-1]]
    cut = [fields(data[start:end], b",") for start, end in zip(starts, found.ends, strict=True)]
    assert [[cell.decode() for cell in record] for record in cut] == rows


@given(st.text(st.sampled_from('ab",\n '), max_size=60))
def test_any_text_is_cut_into_records_that_make_it_up(text: str) -> None:
    data = text.encode()
    found = records(data, b",", 2, last=True)
    assert [0, *found.ends][-1] == len(data)
    assert all(a < b for a, b in zip([0, *found.ends], found.ends, strict=False))


@given(st.text(st.sampled_from('ab",\n '), max_size=80), st.integers(1, 5))
def test_pieces_of_any_size_hold_the_same_rows(tmp_path_factory: pytest.TempPathFactory, text: str, chunk: int) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"x,y\n" + text.encode())
    whole, parts = Delimited(path), Delimited(path, chunk=chunk)

    def rows(found: Delimited) -> list[tuple[object, ...]]:
        return [(*row.values(), read.broken.get(number)) for piece in found.pieces() for read in [found.read(piece)]
                for number, row in enumerate(read.table.to_pylist())]

    assert rows(whole) == rows(parts)


@pytest.mark.parametrize(("separator", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_a_csv_whose_cells_other_signs_part_is_read_and_says_so(separator: str, word: str, tmp_path: Path) -> None:
    lines = [["name", "parameters", "tokens"], ["L", '"13B"', "588B"], ["M", "7B", "2T"], ["N"]]
    path = tmp_path / "t.csv"
    path.write_text("".join(f"{separator.join(line)}\n" for line in lines), "utf-8")
    for chunk in (1, 100):
        found = source(str(path), chunk=chunk)
        assert found.columns == ("name", "parameters", "tokens")
        pieces = [found.read(piece) for piece in found.pieces()]
        assert [row for read in pieces for row in read.table["parameters"].to_pylist()] == ["13B", "7B", ""]
        assert all(f"its cells are parted by {word}" in read.notes for read in pieces)
        assert [reason for read in pieces for reason in read.broken.values()] == [
            "the row has 1 cells and the header 3"]


@pytest.mark.parametrize("text", [
    "note\na;b;c\n",             # one column, of texts
    "note; more\n1\n",           # the row below has a single cell
    "a;b,c\n1;2,3\n",            # commas part it
    "a;b\n1;2;3\n",              # not as many
])
def test_a_csv_of_one_column_stays_one(text: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, "utf-8")
    assert source(str(path)).columns == tuple(text.split("\n")[0].split(","))


@pytest.mark.parametrize(("data", "named"), [
    (b"a,b\n1,2\n3,4\n5,6\n7,8", True), ("a,b\n1,2\n3,4\n".encode("utf-8-sig"), True),
    ("\r\na,b\r\n\"1\r\n,\",2\r\n3,é\r\n".encode(), True), (b"a,b\n1,\"2\n3,4\n5,6\n", True),
    ("a,b\n1,é\n3,4\n5,6\n".encode("cp1252"), True), ("a,b\n1,é\n3,4\n5,6\n".encode("utf-16"), False),
])
def test_pieces_that_say_where_they_stand_are_the_same(data: bytes, named: bool, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    for chunk in (1, 2, 100):
        held, placed = Delimited(path, chunk=chunk), Delimited(path, chunk=chunk, by_place=True)
        ours, theirs = list(placed.pieces()), list(held.pieces())
        assert [placed.read(piece) for piece in ours] == [held.read(piece) for piece in theirs]
        assert [piece.done for piece in ours] == [piece.done for piece in theirs]
        assert all(named == (not piece.content.data) for piece in ours)


def test_a_file_that_changes_before_its_piece_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    found = Delimited(path, by_place=True)
    piece = next(found.pieces())
    path.write_text("a,b\n1,2\n3,4\n", "utf-8")
    with pytest.raises(InputError, match="it changed while it was read"):
        found.read(piece)
