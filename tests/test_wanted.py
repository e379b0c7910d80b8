"""Columns that are written: all, slim records, or those that are named; their values are those of all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from annotating import annotated, generated, read

from computeest.problems import UsageError
from computeest.records.columns import RECORD
from computeest.records.wanted import Wanted
from computeest.tables import text_rows
from computeest.tables.csv_writer import lines
from computeest.tables.json_writer import blocks

TEXTS = ("derivation", "sources", "versions", "checks", "assumed", "parts", "link", "chip_estimated")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("wanted") / "models.csv", 400)


@pytest.fixture(scope="module")
def whole(table: Path) -> list[dict[str, str]]:
    annotated(table, table.with_name("whole.csv"))
    return read(table.with_name("whole.csv"))


@pytest.mark.parametrize("jobs", [1, 2])
def test_slim_records_are_the_numbers_of_full_ones(table: Path, whole: list[dict[str, str]], jobs: int) -> None:
    out = table.with_name(f"slim{jobs}.csv")
    annotated(table, out, wanted=Wanted.of("slim", ""), jobs=jobs)
    slim = read(out)
    assert slim == [{name: row[name] for name in slim[0]} for row in whole]
    assert not set(TEXTS) & set(slim[0])
    numbers = {field.name for field in RECORD if field.unit and field.column}
    assert {name.removesuffix("_estimated") for name in slim[0]} >= numbers
    assert {"method", "confidence", "problems", "flop_by_gpu_time"} <= set(slim[0])


def test_named_columns_are_those_and_no_others(table: Path, whole: list[dict[str, str]]) -> None:
    out = table.with_name("named.csv")
    summary = annotated(table, out, wanted=Wanted.of("full", "flop, chip_estimated,model,checks"))
    assert read(out) == [{name: row[name] for name in ("model", "flop", "chip_estimated", "checks")} for row in whole]
    assert summary.estimated == sum(bool(row["flop"]) for row in whole)
    assert sum(summary.methods.values()) == summary.estimated  # which are not written


def test_columns_that_mean_nothing_are_read_only_where_they_are_written(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("model,remark,parameters,tokens\nA,first,1e9,2e10\nB,second,1e9,2e11\n", "utf-8")
    annotated(table, tmp_path / "flop.csv", wanted=Wanted.of("full", "flop"))
    annotated(table, tmp_path / "remark.csv", wanted=Wanted.of("slim", "remark,flop"))
    flops = [float(row["flop"]) for row in read(tmp_path / "flop.csv")]
    assert flops == pytest.approx([1.2e20, 1.2e21])
    assert [row["remark"] for row in read(tmp_path / "remark.csv")] == ["first", "second"]


@pytest.mark.parametrize(("kind", "names", "says"), [
    ("slimm", "", "no records are called 'slimm'; "), ("full", "flopp", "no column of the output is called 'flopp'; ")])
def test_what_there_is_not_is_refused(table: Path, kind: str, names: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        annotated(table, table.with_name("none.csv"), wanted=Wanted.of(kind, names))
    assert not table.with_name("none.csv").exists()


def test_cells_in_quotes_are_written_alike_whether_rows_share_them_or_not() -> None:
    import pyarrow as pa

    shared = ['{"a": 1, "b": "x"}', "plain", '=1+"2"', "two\nlines", None, "a,b"]
    once = lines(pa.table({"text": pa.array(shared)}), ",")
    assert lines(pa.table({"text": pa.array(shared * 2000)}), ",") == once * 2000
    assert once.decode() == '"{""a"": 1, ""b"": ""x""}"\nplain\n"\'=1+""2"""\n"two\nlines"\n\n"a,b"\n'


def test_cells_are_written_alike_whatever_stands_beside_them() -> None:
    import pyarrow as pa

    rows = 6000
    kinds = {
        "own": [f"row {row}" for row in range(rows)], "none": [None] * rows, "few": ["a,b", None] * (rows // 2),
        "flop": [row / 7 if row % 11 else None for row in range(rows)],
        "like flop": [row / 7 if row % 11 and row % 97 else row * 1e20 if row % 2 else None for row in range(rows)],
        "part of flop": [row / 7 if row % 3 == 1 and row % 11 else None for row in range(rows)],
        "seldom": [float(row) if row % 50 == 0 else None for row in range(rows)],
        "again": [(-0.0, 0.0, 1e24, float("nan"), float("inf"), None)[row % 6] for row in range(rows)],
        "quoted": [f'"{row}"\r' if row % 5 else "" for row in range(rows)], "last": ["=x", "+1"] * (rows // 2),
    }
    columns = {name: pa.array(cells) for name, cells in kinds.items()}
    columns["many kinds"] = columns["own"].dictionary_encode()
    alone = {name: lines(pa.table({name: column}), ",").split(b"\n")[:-1] for name, column in columns.items()}
    assert lines(pa.table(columns), ",").split(b"\n") == [*map(b",".join, zip(*alone.values(), strict=True)), b""]
    assert lines(pa.table(columns).slice(7, 5000), ",").split(b"\n")[:-1] == \
        [*map(b",".join, zip(*alone.values(), strict=True))][7:5007]
    assert alone["again"][:6] == [b"-0", b"0", b"1e+24", b"", b"", b""]
    assert alone["quoted"][:2] == [b"", b'"""1""\r"']
    assert [float(cell) if cell else None for cell in alone["like flop"]] == kinds["like flop"]


def test_long_texts_are_written_as_short_ones_are(monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow as pa

    for rows in (1, 3, 6000):
        table = pa.table({"own": [f"row {row}" for row in range(rows)], "same": ["x"] * rows, "none": pa.nulls(rows),
                          "other": [None, *["y"] * (rows - 1)]})
        made = lines(table, ",")
        assert made.decode() == "".join(f"row {row},x,,{'y' * (row > 0)}\n" for row in range(rows))
        with monkeypatch.context() as patched:
            patched.setattr(text_rows, "_SMALL", 0)
            assert lines(table, ",") == made


def test_lines_of_json_are_what_json_makes_of_each_row() -> None:
    import pyarrow as pa

    rows = 3000
    numbers = (-0.0, 5.0, 1e9, 9999999999.5, 1e10, 123456789012.5, 9.99e15, 1e16, 8.4e18, 1e-4, 9.9e-5, 5e-324, None)
    columns: dict[str, list[object]] = {
        'key "a"\n': ["plain", 'quo"te', "back\\slash", "\x00\x1f\x7f", "é漢\u2028", "", None] * 500,
        "own": [f'{row}"' if row % 3 else None for row in range(rows)], "numbers": [*numbers] * 300,
        "each": [row * 10.0**(row % 40 - 20) / 7 for row in range(rows)], "none": [None] * rows,
        "whole": [10**12, None, -1] * 1000, "flags": [True, False, None] * 1000,
        "nested": [{"a": [1.5, None]}, None, {"a": []}] * 1000,
    }
    columns = {name: cells[:rows] for name, cells in columns.items()}
    made = b"".join(blocks(pa.table({name: pa.array(cells) for name, cells in columns.items()}))).decode()
    assert made == "".join(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n"
                           for row in zip(*columns.values(), strict=True))
