"""Rows of delimited text are taken over as they stand where they are spelled as they are written, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest
from annotating import annotated

from computeest.tables import csv_writer
from computeest.tables.delimited import Delimited


@pytest.fixture
def began(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the rows of each piece were taken over."""
    found: list[bool] = []
    own = csv_writer.text_rows.blocks

    def blocks(table, form, begun=None):  # type: ignore[no-untyped-def]
        found.append(begun is not None)
        return own(table, form, begun)

    monkeypatch.setattr(csv_writer.text_rows, "blocks", blocks)
    return found


@pytest.mark.parametrize(("rows", "delimiter", "taken"), [
    ("a,b\nc,d\n", ",", True),
    ("a,b\nc,d", ",", True),
    ("a,b\r\nc,d\r\n", ",", True),
    ("a,b\r\nc,d\n", ",", False),
    ('a,"two\r\nlines"\nc,d\n', ",", False),
    ('a,"two\nlines"\nc,d\n', ",", True),
    ('a,"two\nlines"\n\nc,d\n', ",", False),
    ("a,b\n\nc,d\n", ",", False),
    ('a,"b, c"\n"d ""e""",""""\n', ",", True),
    ('"a",b\nc,"d, e"\n', ",", False),
    ('a,""\n', ",", False),
    ('"a ""b""","c"\n', ",", False),
    ("a,=1+1\n", ",", False),
    ('a,"=1,1"\n', ",", False),
    ("-a,b\n", ",", False),
    ("a,@b\n", ",", False),
    ("a,-5\n+3.5e3,-.5\n", ",", True),
    ("a,-\n", ",", False),
    ('a,"x,-y"\n', ",", True),
    ("a\tb\n\t=\n", "\t", False),
    ("\tb\n\t\na,b\t\n", "\t", True),
    ('a\t"\tb"\n', "\t", False),
    ("é,\x00\n日本,\u2028\n", ",", True),
    (",\n,\n", ",", True),
])
@pytest.mark.parametrize("times", [1, 700])
def test_rows_are_taken_over_where_they_are_spelled_as_they_are_written(
        tmp_path: Path, began: list[bool], rows: str, delimiter: str, taken: bool, times: int) -> None:
    import pyarrow as pa

    path = tmp_path / f"table{'.tsv' if delimiter == chr(9) else '.csv'}"
    path.write_bytes((f"x{delimiter}y\n" + rows * (times if rows.endswith("\n") else 1)).encode())
    source = Delimited(path, delimiter)
    read = next(source.read(piece) for piece in source.pieces())
    assert read.raw is not None
    texts = read.table.column("y")
    table = read.table.append_column("z", texts).append_column("own", pa.array(map(str, range(len(texts)))))
    made = b"".join(csv_writer.blocks(table, delimiter, read.raw))
    assert made == csv_writer.lines(table, delimiter)
    assert began == [taken, False]
    shared = table.set_column(1, "y", texts.dictionary_encode())
    assert b"".join(csv_writer.blocks(shared, delimiter, read.raw)) == made
    other = ";" if delimiter == "," else ","
    assert b"".join(csv_writer.blocks(table, other, read.raw)) == csv_writer.lines(table, other)
    assert began == [taken, False, taken, False, False]


def test_what_is_not_read_whole_is_not_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("x,y\na,b\nc,d,e\n", encoding="utf-8")
    source = Delimited(path)
    assert [source.read(piece).raw for piece in source.pieces()] == [None]
    path.write_text("x,y\na,b\n", encoding="utf-8")
    source = Delimited(path)
    assert [source.read(piece, ("y",)).raw for piece in source.pieces()] == [None]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_mark_of_byte_order_in_a_cell_is_that_cells(tmp_path: Path, form: str) -> None:
    """Wherever a piece begins: only that of the file is none."""
    path = tmp_path / "table.csv"
    path.write_bytes("\ufeffmodel,note\n\ufeffa,b\nc,d\n\ufeff\ufeff,f\n".encode())
    made = []
    for chunk in (1, 2, 1000):
        annotated(path, out := tmp_path / f"out{chunk}.{form}", chunk=chunk)
        made.append(out.read_text("utf-8"))
    assert made[0] == made[1] == made[2]
    assert made[0].count("\ufeff") >= 3
    assert not made[0].startswith("\ufeff")
