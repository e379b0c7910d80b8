"""Whole tables: the same rows out, each with an estimate or a reason, in every format."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from annotating import annotated, generated, read
from conftest import Cli

import computeest
from computeest.pipeline import Options
from computeest.tables.inputs import source
from computeest.tables.runner import Request, run
from computeest.tables.summary import Summary

GOLDEN = Path(__file__).parent / "golden"

TABLE = '''model,parameters,tokens,chip,chips,training_time_hours,family,architecture.depth,note
GPT-3,175B,300B,,,,,,"said ""so"""
LLaMA-65B,65e9,1.4T,A100 80GB,2048,21 days,,,
R,,,P100,8,29,resnet,50,"two
lines"
bad,1e9,-5,,,,,,=1+1
none,,,,,,,,
strange,,,Quantum X-9,8,10,,,-2
'''


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "models.csv"
    path.write_text(TABLE, "utf-8")
    return path


def test_rows_come_out_in_order_with_what_came_in(cli: Cli, table: Path, tmp_path: Path) -> None:
    ran = cli("annotate", table, "-o", tmp_path / "out.csv")
    rows, before = read(tmp_path / "out.csv"), read(table)
    assert ran.code == 1
    assert [row["model"] for row in rows] == [row["model"] for row in before]
    for row, old in zip(rows, before, strict=True):
        same = {name: value for name, value in old.items() if name != "note"}
        assert {name: row[name] for name in same} == same
    assert [row["note"] for row in rows] == ['said "so"', "", "two\nlines", "'=1+1", "", "-2"]
    assert float(rows[0]["flop"]) == pytest.approx(3.14e23, rel=0.05), "Brown et al. 2020, table D.1"
    assert float(rows[1]["flop"]) == pytest.approx(5.5e23, rel=0.3), "6 x 65e9 x 1.4e12 (Touvron et al. 2023)"
    assert rows[3]["flop"] == rows[4]["flop"] == rows[5]["flop"] == ""
    assert "tokens: '-5' is negative" in rows[3]["problems"]
    assert rows[4]["problems"].startswith("not estimated: ")
    assert "no chip is called 'Quantum X-9'" in rows[5]["problems"]


def test_the_summary_counts_by_method_confidence_and_reason(cli: Cli, table: Path, tmp_path: Path) -> None:
    lines = cli("annotate", table, "-o", tmp_path / "out.csv").err.splitlines()
    assert lines[0] == "6 rows: 3 estimated (2 operation_counting, 1 gpu_time), 1 lacks facts, 2 rejected" or \
        lines[0].startswith("6 rows: 3 estimated (")
    assert lines[0].endswith("1 lacks facts, 2 rejected")
    assert lines[1].startswith("confidence: ")
    assert any("tokens: … is negative" in line and line.endswith("row 4") for line in lines)
    assert any("not estimated" in line and line.endswith("row 5") for line in lines)
    assert cli("annotate", table, "-o", tmp_path / "out.csv", "--quiet").err == ""


def test_exit_code_0_when_all_is_well(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("model,parameters,tokens\nA,1e9,2e10\n")
    ran = cli("annotate", tmp_path / "t.csv")
    assert ran.code == 0
    assert ran.out.splitlines()[1].startswith("A,1e9,2e10,A,")


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet", "xlsx", "csv.gz", "csv.bz2", "csv.xz", "csv.zst"])
def test_every_format_holds_the_same_records_and_is_read_again(cli: Cli, table: Path, tmp_path: Path,
                                                               suffix: str) -> None:
    out = tmp_path / f"out.{suffix}"
    cli("annotate", table, "-o", out)
    first = out.read_bytes()
    cli("annotate", table, "-o", out)
    assert out.read_bytes() == first, "the same input gives the same bytes"
    cli("annotate", table, "-o", tmp_path / "plain.csv")
    found = source(str(out))
    rows = [row for piece in found.pieces() for row in found.read(piece).table.to_pylist()]
    for row, plain in zip(rows, read(tmp_path / "plain.csv"), strict=True):
        assert row["model"] == plain["model"]
        assert float(row["flop"] or "nan") == pytest.approx(float(plain["flop"] or "nan"), rel=1e-12, nan_ok=True)
        assert (row["problems"] or "") == plain["problems"]


def test_parquet_says_units_and_schema_version(cli: Cli, table: Path, tmp_path: Path) -> None:
    cli("annotate", table, "-o", tmp_path / "out.parquet")
    schema = pq.read_schema(tmp_path / "out.parquet")
    assert schema.field("flop").metadata[b"unit"] == b"FLOP"
    assert schema.field("flop_by_gpu_time").metadata[b"unit"] == b"FLOP"
    assert schema.field("chip_hours").metadata[b"unit"] == b"chip hour"
    assert schema.metadata[b"schema_version"] == b"2"
    assert str(schema.field("method").type) == "string"


def test_sqlite_holds_records_estimates_checks_and_problems(cli: Cli, table: Path, tmp_path: Path) -> None:
    cli("annotate", table, "-o", tmp_path / "out.db")
    with sqlite3.connect(tmp_path / "out.db") as db:
        records = db.execute("SELECT row, model, flop FROM records ORDER BY row").fetchall()
        estimates = db.execute("SELECT row, method, flop, flop_low, flop_high FROM estimates WHERE row = 2").fetchall()
        problems = dict(db.execute("SELECT row, problem FROM problems").fetchall())
        kinds = {row[0] for row in db.execute("SELECT DISTINCT level FROM checks")}
    db.close()
    assert [row[0] for row in records] == [1, 2, 3, 4, 5, 6]
    assert {row[1] for row in estimates} == {"gpu_time", "operation_counting"}
    assert all(low < flop < high for _, _, flop, low, high in estimates)
    assert set(problems) == {4, 6}
    assert kinds <= {"info", "warning", "error"}


def test_spreadsheet_texts_are_texts(cli: Cli, table: Path, tmp_path: Path) -> None:
    import openpyxl

    cli("annotate", table, "-o", tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    cell = next(row for row in sheet.iter_rows(min_row=5, max_row=5))[8]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert sheet.max_row == 7


def test_records_alone_and_clashes(cli: Cli, table: Path, tmp_path: Path) -> None:
    cli("annotate", table, "-o", tmp_path / "beside.csv")
    cli("annotate", table, "-o", tmp_path / "alone.csv", "--records-only")
    beside, alone = read(tmp_path / "beside.csv"), read(tmp_path / "alone.csv")
    assert "model_estimated" in beside[0]
    assert "model_estimated" not in alone[0]
    assert "note" not in alone[0]
    assert [row["flop"] for row in alone] == [row["flop"] for row in beside]


@pytest.mark.parametrize("chunk", [1, 4, 7])
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xlsx"])
def test_pieces_make_no_difference(table: Path, tmp_path: Path, chunk: int, suffix: str) -> None:
    whole, parts = tmp_path / f"whole.{suffix}", tmp_path / f"parts.{suffix}"
    one = annotated(table, whole)
    several = annotated(table, parts, chunk=chunk)
    assert parts.read_bytes() == whole.read_bytes()
    assert one.lines() == several.lines()


def test_processes_make_no_difference(tmp_path: Path) -> None:
    table = generated(tmp_path / "t.csv", 3000)
    annotated(table, tmp_path / "one.csv")
    annotated(table, tmp_path / "two.csv", jobs=2, chunk=500)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert not [path for path in tmp_path.iterdir() if "annotate" in path.name]


BASES = """model,parameters,tokens,base_model
Tuned,7e9,1e9,Base 7B
Other,7e9,1e9,Base 13B
Deep,7e9,1e8,Tuned
One,1e9,1e9,Two
Two,1e9,1e9,One
Base 7B,7e9,2e12,
Twice,1e9,1e9,"Base 7B, Tuned"
Unknown,1e9,1e9,Nobody
"""


def test_base_models_are_found_wherever_they_stand(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(BASES)
    annotated(tmp_path / "t.csv", tmp_path / "whole.csv")
    for chunk in (1, 3):
        annotated(tmp_path / "t.csv", tmp_path / "parts.csv", chunk=chunk)
        assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    rows = {row["model"]: row for row in read(tmp_path / "whole.csv")}
    base = 6 * 7e9 * 2e12
    own = 6 * 7e9 * 1e9
    assert float(rows["Tuned"]["flop"]) == pytest.approx(base + own, rel=0.05)
    assert float(rows["Deep"]["base_flop"]) == pytest.approx(base + own, rel=0.05)
    assert float(rows["Other"]["base_flop"]) == pytest.approx(base * 13 / 7, rel=0.05)
    assert float(rows["Twice"]["base_flop"]) == pytest.approx(base + own, rel=0.05), "once"
    assert "base-cycle" in rows["One"]["checks"]
    assert "base-cycle" in rows["Two"]["checks"]
    assert "base-compute-missing" in rows["Unknown"]["checks"]
    frame = computeest.annotate(pd.read_csv(tmp_path / "t.csv"))
    assert frame["flop"].to_numpy() == pytest.approx([float(row["flop"]) for row in rows.values()], rel=1e-12)


def test_a_reference_table_names_base_models(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("model,parameters,tokens,base_model\nA,1e9,1e9,Big\n")
    (tmp_path / "r.csv").write_text("Model,Training compute (FLOP)\nBig,4.2e23\n")
    ran = cli("annotate", tmp_path / "t.csv", "--reference", tmp_path / "r.csv", "-o", tmp_path / "out.csv")
    assert ran.code == 0
    assert float(read(tmp_path / "out.csv")[0]["base_flop"]) == 4.2e23


def test_epochs_export_by_command_and_by_call_is_the_same(cli: Cli, tmp_path: Path) -> None:
    headers = {"model": "Model", "published": "Publication date", "domain": "Domain", "task": "Task",
               "parameters": "Parameters", "datapoints": "Training dataset size (datapoints)", "epochs": "Epochs",
               "hours": "Training time (hours)", "chip": "Training hardware", "chips": "Hardware quantity",
               "base_model": "Base model"}
    pd.read_csv(GOLDEN / "epoch_2025.csv", dtype=str).rename(columns=headers)[[*headers.values()]].to_csv(
        tmp_path / "rows.csv", index=False)
    bases = GOLDEN / "epoch_2025_base_models.csv"
    reference = pd.read_csv(bases)
    cli("annotate", tmp_path / "rows.csv", "--preset", "epoch", "--reference", bases,
        "-o", tmp_path / "out.csv", "--chunk", "100")
    known = dict(zip(reference.iloc[:, 0], reference.iloc[:, 1], strict=True))
    frame = computeest.annotate(pd.read_csv(tmp_path / "rows.csv"), preset="epoch", reference=known)
    command = pd.read_csv(tmp_path / "out.csv")
    for name in ("flop", "flop_low", "flop_high", "base_flop"):
        np.testing.assert_allclose(command[name], frame[name].astype(float), rtol=1e-12)
    for name in ("method", "confidence", "checks", "problems", "assumed"):
        assert command[name].fillna("").tolist() == frame[name].fillna("").tolist(), name


def test_a_frame_keeps_index_order_and_mixed_cells() -> None:
    frame = pd.DataFrame({"model": ["a", "b", "c"], "parameters": [1e9, None, "7B"], "tokens": ["3e10", "20B", 1e9],
                          "published": pd.to_datetime(["2022-01-02", None, "2021-05-06"])}, index=[5, 9, 5])
    found = computeest.annotate(frame)
    assert found.index.tolist() == [5, 9, 5]
    assert found["flop"].iloc[[0, 2]].tolist() == pytest.approx([6 * 1e9 * 3e10, 6 * 7e9 * 1e9], rel=0.01)
    assert np.isnan(found["flop"].iloc[1])
    assert found["published_estimated"].iloc[0] == "2022-01-02"
    assert "flop" not in frame, "the frame given is left alone"
    assert len(computeest.annotate(frame.iloc[:0])) == 0


def test_two_columns_of_one_name_are_refused() -> None:
    frame = pd.DataFrame([[1, 2]], columns=["model", "model"])
    with pytest.raises(computeest.InputError, match="two columns have this name"):
        computeest.annotate(frame)


def test_a_record_is_shown_by_notebooks_and_held_by_json() -> None:
    record = computeest.estimate({"model": "<A|B>", "parameters": "1B", "tokens": "20B"})
    assert json.loads(json.dumps(record)) == record
    assert "&lt;A|B&gt;" in record._repr_html_()
    assert "1.2e+20 FLOP" in record._repr_html_()
    assert record._repr_markdown_().splitlines()[0] == "| &lt;A\\|B> | |"


def test_papers_by_pattern(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("model: A\nparameters: 1B\ntokens: 20B\n")
    (tmp_path / "b.yaml").write_text("model: B\nparameters: 1B\ntokns: 20B\n")
    (tmp_path / "c.yaml").write_text("model: C\nruns:\n  - {parameters: 1B, tokens: 20B}\n"
                                     "  - {chip: A100x, chips: 8, time: 2 h}\n")
    ran = cli("annotate", f"{tmp_path}/*.yaml", "-o", tmp_path / "out.csv")
    rows = read(tmp_path / "out.csv")
    assert ran.code == 1
    assert [Path(row["file"]).name for row in rows] == ["a.yaml", "b.yaml", "c.yaml"]
    assert float(rows[0]["flop"]) == pytest.approx(1.2e20, rel=0.01)
    assert "no key is called 'tokns'" in rows[1]["problems"]
    assert "A100x" in rows[2]["problems"]
    single = computeest.estimate(tmp_path / "a.yaml")
    assert float(rows[0]["flop"]) == single["flop"]


def test_standard_input_and_output(cli: Cli, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    annotated(table, tmp_path / "out.csv")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(table.read_bytes())))
    ran = cli("annotate", "-", "--quiet")
    assert ran.out == (tmp_path / "out.csv").read_text("utf-8")


def test_a_directory_of_parquet_files(tmp_path: Path) -> None:
    table = generated(tmp_path / "t.csv", 1000)
    annotated(table, tmp_path / "one.csv")
    annotated(table, f"{tmp_path}/parts/", chunk=300)
    assert len(list((tmp_path / "parts").iterdir())) == 4
    parts = pd.read_parquet(tmp_path / "parts")
    assert parts["flop"].to_numpy() == pytest.approx(pd.read_csv(tmp_path / "one.csv")["flop"].to_numpy(), nan_ok=True)


@pytest.mark.parametrize(("arguments", "message"), [
    (("nowhere.csv", "-o", "out.csv"), "there is no such file"),
    (("models.csv", "-o", "out.docx"), "'out.docx' does not say its format"),
    (("models.csv", "-o", "out.csv", "--preset", "epocs"), "no preset is called 'epocs'"),
    (("models.csv", "-o", "out.csv", "--prefer", "gpu"), "no method is called 'gpu'"),
    (("models.csv", "-o", "no/where/out.csv"), "there is no directory 'no/where'"),
    (("models.csv", "-o", "out.csv", "--input-format", "cvs"), "no input format is called 'cvs'; closest: 'csv'"),
    (("models.csv", "-o", "-", "--format", "parquet"), "cannot be written to standard output"),
    (("models.csv", "-o", "out.csv", "--reference", "models.csv"), "no column says the compute"),
])
def test_what_cannot_be_is_said_in_a_line(cli: Cli, table: Path, monkeypatch: pytest.MonkeyPatch,
                                          arguments: tuple[str, ...], message: str) -> None:
    monkeypatch.chdir(table.parent)
    ran = cli("annotate", *arguments)
    assert ran.code in (1, 2)
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert sorted(path.name for path in table.parent.iterdir()) == ["models.csv"]


def test_kinds_of_utilization_mean_the_same_in_a_table_as_in_a_paper() -> None:
    """Zhang et al. 2022 (OPT): 147 TFLOP/s per GPU on 992 GPUs for 33 days are 4.16e23 FLOP if no hour was lost."""
    run = {"chip": "A100 80GB", "chips": 992, "time": "33 days", "goodput": 1}
    rows = [
        {"model": f"{kind} {stated}", "utilization_kind": kind, **run, **stated}
        for kind in ("step", "hfu", "run")
        for stated in ({"utilization": 0.47}, {"achieved_flops": "147 TFLOPs per GPU"})
    ]
    table = computeest.annotate(pd.DataFrame(rows))
    assert table["flop"].tolist() == pytest.approx([computeest.estimate(row)["flop"] for row in rows])
    whole = 992 * 33 * 86400 * 147e12
    assert table["flop"][1] == pytest.approx(whole)
    assert table["flop"][3] == pytest.approx(0.75 * whole)


def test_a_time_without_a_unit_is_said_in_tables_as_in_papers() -> None:
    """A bare number of `time` is taken in seconds, which nobody means; one under hours or with a unit is not bare."""
    table = pd.DataFrame({"chip": "A100 80GB", "chips": 8, "time": ["240", "10 days", "~300", None]})
    said = ["unit-not-stated" in (checks or "") for checks in computeest.annotate(table)["checks"]]
    assert said == [True, False, True, False]
    hours = computeest.annotate(table.rename(columns={"time": "training_time_hours"}))
    assert not hours["checks"].fillna("").str.contains("unit-not-stated").any()


def test_a_chip_without_a_rate_in_the_format_is_named_with_those_it_has() -> None:
    run = {"chips": 8, "time": "3 days", "precision": "fp8"}
    table = computeest.annotate(pd.DataFrame([{"chip": chip, **run} for chip in ("A100 80GB", "H100 SXM", None)]))
    why = "another chip or number_format (NVIDIA A100 SXM4 80GB has no fp8 rate, it has fp64, fp32, tf32, fp16, bf16)"
    assert why in table["problems"][0]
    # NVIDIA's 1,979 TFLOP/s, at the usual share of the peak of runs in FP8
    assert table["flop"][1] == pytest.approx(8 * 3 * 86400 * 1.979e15 * 0.17, rel=0.01)
    assert "gpu_time needs only chip;" in table["problems"][2]
    with pytest.raises(computeest.InputError, match="has no fp8 rate"):
        computeest.estimate({"chip": "A100 80GB", **run})


def test_workers_leave_their_text_in_files_of_the_work_directory_and_none_behind(tmp_path):
    table, whole, out = generated(tmp_path / "t.csv", 3000), tmp_path / "whole.csv", tmp_path / "out.csv"
    annotated(table, whole, chunk=300)
    seen: list[int] = []

    def stopped(rows, part):
        seen.append(rows)
        if len(seen) == 3:
            raise KeyboardInterrupt

    request = Request(str(table), str(out), Options(), jobs=2, chunk=300)
    with pytest.raises(KeyboardInterrupt):
        run(request, stopped, lambda text: None)
    folder = tmp_path / ".out.csv.annotate"
    (folder / "part-3-1").write_bytes(b"of a process that was killed")
    assert not out.exists()
    run(replace(request, resume=True), lambda rows, part: None, lambda text: None)
    assert out.read_bytes() == whole.read_bytes()
    assert not folder.exists()
    seen.clear()
    with pytest.raises(KeyboardInterrupt):
        run(request, stopped, lambda text: None)
    assert (folder / "pieces").stat().st_size < whole.stat().st_size
    run(request, lambda rows, part: None, lambda text: None)
    assert out.read_bytes() == whole.read_bytes()
    assert not folder.exists()


@pytest.mark.parametrize("library", ["pyarrow", "polars"])
def test_frames_of_arrow_and_polars_are_annotated_without_pandas(library):
    if library == "polars":
        pytest.importorskip("polars", reason="polars is not installed")
    # pyarrow imports pandas itself where a table is made of Python's lists
    make, first = {"pyarrow": ("pyarrow.csv.read_csv(io.BytesIO(text))", "made['flop'][0].as_py()"),
                   "polars": ("polars.read_csv(text)", "made['flop'][0]")}[library]
    code = (f"import io, sys, {library}, computeest\n"
            + "import pyarrow.csv\n" * (library == "pyarrow")
            + "text = b'model,parameters,tokens\\na,1B,3e11\\nb,7e9,\\n'\n"
            f"made = computeest.annotate({make})\n"
            f"print(type(made).__module__.split('.')[0], {first}, 'pandas' in sys.modules)")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    kind, flop, pandas_there = ran.stdout.split()
    assert (kind, pandas_there) == (library, "False")
    assert float(flop) == pytest.approx(1.8e21, rel=0.01)


def test_a_semicolon_within_a_problem_parts_no_kinds() -> None:
    summary = Summary()
    summary.count({}, {}, np.zeros(2, dtype=bool), {
        0: "time: '3 days; 2 hours' holds two numbers (a unit behind each: '1 day'); tokens: 'it's' is no unit",
        1: "cost: '1e21 MAC' is multiply-adds (MAC), not money (write money, like '2 USD'; the key is 'tokens')"}, {})
    assert list(summary.problems) == [
        "time: … holds two numbers (a unit behind each: …)", "tokens: … is no unit",
        "cost: … is multiply-adds (MAC), not money (write money, like …; the key is …)"]


def test_the_rows_that_a_summary_names_are_the_first() -> None:
    summary = Summary()
    problems = dict.fromkeys((16, 23, 26, 4, 10, 28, 5), "chip: no chip is called 'x'")
    summary.count({}, {}, np.zeros(30, dtype=bool), problems, {})
    assert list(summary.examples.values()) == [[5, 6, 11, 17, 24]]
