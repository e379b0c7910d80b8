"""`annotate` takes a frame of any library and gives one of its kind; `estimate` takes a list of papers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from annotating import annotated, read

import computeest
from computeest.facts.lookup import Lookup
from computeest.problems import InputError, UsageError
from computeest.records import frames
from computeest.records.wanted import Wanted

ROWS = {"model": ["A", "B", "C"], "parameters": [1e9, 7e9, None], "tokens": ["20B", "2 T", "nothing to read"],
        "chip": ["A100", None, "no such chip"], "chips": [64.0, None, 8.0], "time": ["3 days", None, "1 h"]}


def texts(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{name: None if pd.isna(cell) else cell for name, cell in row.items()}
            for row in frame.astype(object).to_dict("records")]


def test_an_arrow_table_gets_what_a_pandas_frame_gets() -> None:
    table = computeest.annotate(pa.table(ROWS))
    assert isinstance(table, pa.Table)
    assert table.schema.field("flop").metadata == {b"unit": b"FLOP"}
    assert texts(table.to_pandas()) == texts(computeest.annotate(pd.DataFrame(ROWS)))


def test_a_polars_frame_and_a_lazy_one() -> None:
    polars = pytest.importorskip("polars")
    expected = computeest.annotate(pa.table(ROWS)).to_pylist()
    found = computeest.annotate(polars.DataFrame(ROWS))
    assert isinstance(found, polars.DataFrame)
    assert found.to_dicts() == expected
    assert found["flop"].dtype == polars.Float64
    lazy = computeest.annotate(polars.DataFrame(ROWS).lazy())
    assert lazy.to_pylist() == expected


def test_a_relation_of_duckdb() -> None:
    duckdb = pytest.importorskip("duckdb")
    rows = pa.table(ROWS)  # found by name
    relation = duckdb.sql("select * from rows")
    assert rows.num_rows == 3
    assert computeest.annotate(relation).column("flop").to_pylist() == computeest.annotate(rows).column(
        "flop").to_pylist()


def test_columns_of_a_frame_that_is_not_pandas_are_mapped_too() -> None:
    table = pa.table({"N": ["1e9"], "D": ["20B"]})
    found = computeest.annotate(table, columns={"parameters": "N", "tokens": {"column": "D"}})
    assert found.column("flop")[0].as_py() == pytest.approx(6 * 1e9 * 20e9)


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(UsageError, match="a dict is no frame"):
        computeest.annotate({"parameters": [1]})
    with pytest.raises(InputError, match="two columns have this name"):
        computeest.annotate(pa.table([[1.0], [2.0]], names=["tokens", "tokens"]))


def test_an_arrow_table_needs_no_pandas() -> None:
    code = ("import sys\n\nclass Without:\n    def find_spec(self, name, path, target=None):\n"
            "        if name.partition('.')[0] == 'pandas':\n            raise ModuleNotFoundError(name)\n"
            "sys.meta_path.insert(0, Without())\nimport pyarrow as pa\nimport computeest\n"
            "found = computeest.annotate(pa.table({'parameters': [1e9], 'tokens': [2e10]}))\n"
            "print(found.column('flop')[0].as_py())")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) == pytest.approx(1.2e20)


def test_a_list_of_papers_is_a_list_of_records() -> None:
    papers = [{"model": f"M{number}", "parameters": 1e9 * number, "tokens": 2e10} for number in (1, 2, 3)]
    assert computeest.estimate(papers) == [computeest.estimate(paper) for paper in papers]
    assert computeest.estimate([]) == []
    assert computeest.estimate([papers[0]])[0]["flop"] == pytest.approx(1.2e20)


def test_papers_of_a_list_may_start_from_one_another() -> None:
    base, tuned = computeest.estimate([{"model": "Base", "parameters": 1e9, "tokens": 2e12},
                                       {"model": "Tuned", "base_model": "Base", "parameters": 1e9, "tokens": 1e9}])
    assert tuned["base_flop"] == pytest.approx(base["flop"])


def test_a_text_is_kept_once_in_a_column() -> None:
    found = frames.array(Lookup(np.array([0, 1, -1, 2], dtype=np.intp), ("day", "month", "day")))
    assert found.to_pylist() == ["day", "month", None, "day"]
    assert found.dictionary.to_pylist() == ["day", "month"]
    assert frames.array(Lookup(np.array([-1], dtype=np.intp), ())).to_pylist() == [None]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("name", ["time", "training_time", "Training time (hours)"])
def test_a_duration_is_so_long_whatever_unit_it_is_kept_in(unit: str, name: str) -> None:
    """Three hours, which had been a million times as long in pandas' own unit, and no word of it."""
    here = pd.DataFrame({"chip": ["A100"] * 2, "chips": [8] * 2,
                         name: pd.array([pd.Timedelta(hours=3), pd.NaT], dtype=f"timedelta64[{unit}]")})
    expected = computeest.estimate({"chip": "A100", "chips": 8, "time": "3 hours"})["flop"]
    for frame in (here, pa.Table.from_pandas(here), here.astype({name: object}), here.astype({name: "category"})):
        found = computeest.annotate(frame)["flop"]
        first, second = found.to_pylist() if isinstance(frame, pa.Table) else found.tolist()
        assert first == pytest.approx(expected, rel=1e-12)
        assert pd.isna(second)


def test_a_duration_is_no_time_of_chips_and_of_no_calendar() -> None:
    there = {"chip": ["A100"], "chips": [8]}
    odd = pa.table({**there, "time": pa.array([10_800_000_000_001], pa.duration("ns"))})
    assert computeest.annotate(odd)["flop"][0].as_py() == pytest.approx(
        computeest.estimate({"chip": "A100", "chips": 8, "time": "3 hours"})["flop"], rel=1e-9)
    for name in ("chip_time", "parameters"):
        refused = computeest.annotate(pa.table({**there, name: pa.array([10_800], pa.duration("s"))}))
        assert refused["flop"][0].as_py() is None
        assert "10800 s" in refused["problems"][0].as_py()


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl", "xlsx", "parquet"])
def test_a_duration_of_a_file_means_the_same_where_it_is_written(form: str, tmp_path: Path) -> None:
    given, out, again = (tmp_path / name for name in ("given.parquet", f"out.{form}", "again.csv"))
    pq.write_table(pa.table({"chip": ["A100"], "chips": [8], "time": pa.array([10_800_000], pa.duration("ms"))}), given)
    annotated(given, out, wanted=Wanted.of("full", "chip,chips,time"))
    annotated(out, again)
    expected = computeest.estimate({"chip": "A100", "chips": 8, "time": "3 hours"})["flop"]
    assert [float(row["flop"]) for row in read(again)] == [pytest.approx(expected, rel=1e-9)]
