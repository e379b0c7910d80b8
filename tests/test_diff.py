"""What changed between two annotated tables, and why."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from annotating import annotated
from conftest import Cli

from computeest.pipeline import Options
from computeest.problems import InputError
from computeest.tables.diff import diff

TABLE = """model,parameters,tokens,chip,chips,training_time_hours
Same,1e9,2e10,,,
Tokens,1e9,2e10,,,
Chip,,,V100,8,100
Assumed,,,A100 SXM 80GB,8,100
Gone,1e9,2e10,,,
Lost,1e9,2e10,,,
"""


@pytest.fixture
def tables(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "old.csv").write_text(TABLE)
    (tmp_path / "new.csv").write_text(TABLE.replace("Tokens,1e9,2e10", "Tokens,1e9,40B").replace("V100,8", "A100,8")
                                      .replace("Gone", "New").replace("Lost,1e9,2e10", "Lost,1e9,").replace("Same,1e9",
                                                                                                           "Same,1e+9"))
    annotated(tmp_path / "old.csv", tmp_path / "a.csv")
    annotated(tmp_path / "new.csv", tmp_path / "b.parquet", options=Options(assume=(("utilization", "0.45"),)))
    return tmp_path / "a.csv", tmp_path / "b.parquet"


def test_factors_and_reasons(tables: tuple[Path, Path]) -> None:
    changes, same = diff(*map(str, tables))
    found = {change.model: change for change in changes}
    assert same == 1
    assert "Same" not in found
    assert found["Tokens"].factor == pytest.approx(2)
    assert found["Tokens"].why == ("input: tokens 2e10 -> 40B",)
    assert found["Chip"].why[0] == "input: chip V100 -> A100"
    assert any(reason.startswith("chip: nvidia-v100") for reason in found["Chip"].why)
    assert found["Assumed"].factor == pytest.approx(1.5)
    assert found["Assumed"].why == ("assumption: utilization 0.3 -> 0.45",)
    assert {name: found[name].change for name in ("Gone", "New", "Lost")} == {"Gone": "removed", "New": "added",
                                                                             "Lost": "lost"}
    assert found["Lost"].why[0] == "input: tokens 2e10 -> none"
    factors = [change.factor for change in changes if change.factor]
    assert factors == sorted(factors, reverse=True), "the largest change first"


def test_what_an_unchanged_estimate_rests_on(tmp_path: Path) -> None:
    columns = ["model", "flop", "flop_low", "flop_high", "method", "flop_by_gpu_time", "chip", "parameters", "versions"]
    old = [["A", "1e20", "5e19", "2e20", "reported", "3e20", "nvidia-a100", "1e9", "computeest 1"],
           ["B", "1e20", "5e19", "2e20", "reported", "3e20", "", "1e9", "computeest 1"],
           ["C", "", "", "", "", "", "", "1e9", "computeest 1"],
           ["D", "1e20", "5e19", "2e20", "", "", "", "", "computeest 1"],
           ["E", "1e20", "5e19", "2e20", "", "", "", "", "computeest 1"]]
    new = [["A", "1e20", "5e19", "2e20", "reported", "4e20", "nvidia-h100", "1e9", "computeest 2"],
           ["B", "1e20", "1e19", "9e20", "gpu_time", "3e20", "", "2e9", "computeest 2"],
           ["C", "", "", "", "", "", "", "3e9", "computeest 2"],
           ["D", "1e20", "5e19", "2e20", "", "", "", "", "computeest 2"],
           ["E", "2e20", "1e20", "4e20", "", "", "", "", "computeest 2"]]
    for name, rows in (("a", old), ("b", new)):
        with (tmp_path / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([columns, *rows])
    changes, same = diff(str(tmp_path / "a.csv"), str(tmp_path / "b.csv"))
    found = {change.model: (change.change, change.why) for change in changes}
    assert same == 1, "another version is no change by itself"
    version = "version: computeest 1 -> 2"
    assert found == {
        "A": ("basis", ("chip: nvidia-a100 -> nvidia-h100", "gpu_time: 3e20 -> 4e20", version)),
        "B": ("basis", ("input: parameters 1e9 -> 2e9", "method: reported -> gpu_time",
                        "interval: [5e+19, 2e+20] -> [1e+19, 9e+20]", version)),
        "C": ("basis", ("input: parameters 1e9 -> 3e9", version)),
        "E": ("changed", (version,)),
    }


def test_versions_are_a_reason(tmp_path: Path) -> None:
    for name, version, flop in (("a", "computeest 0.1.0; schema 1; hardware_db aaa", 1e20),
                                ("b", "computeest 0.2.0; schema 1; hardware_db aaa", 2e20)):
        with (tmp_path / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([["model", "flop", "versions"], ["M", flop, version]])
    changes, _ = diff(str(tmp_path / "a.csv"), str(tmp_path / "b.csv"))
    assert changes[0].why == ("version: computeest 0.1.0 -> 0.2.0",)


def test_every_form(cli: Cli, tables: tuple[Path, Path]) -> None:
    old, new = tables
    assert cli("diff", old, new).code == 0
    found = json.loads(cli("diff", old, new, "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(cli("diff", old, new, "--format", "csv").out)))
    assert [row["model"] for row in rows] == [change["model"] for change in found]
    markdown = cli("diff", old, new, "--format", "markdown").out
    assert markdown.startswith("| model | change | old | new | factor | why |\n| --- |")
    ran = cli("diff", old, old)
    assert (ran.code, ran.err) == (0, "0 changed, 6 the same\n")
    assert cli("diff", old, new, "--format", "xml").code == 2


def test_rows_by_another_column_and_twice_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,model,flop\n1,M,1e20\n2,M,2e20\n")
    (tmp_path / "b.csv").write_text("id,model,flop\n2,M,2e20\n1,M,3e20\n")
    changes, same = diff(str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "id")
    assert [(change.model, change.factor) for change in changes] == [("1", pytest.approx(3))]
    assert same == 1
    assert len(diff(str(tmp_path / "a.csv"), str(tmp_path / "b.csv"))[0]) == 2


def test_tables_without_estimates_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("model\nA\n")
    with pytest.raises(InputError, match="there is no column 'flop'"):
        diff(str(tmp_path / "a.csv"), str(tmp_path / "a.csv"))
    (tmp_path / "b.csv").write_text("modle,flop\nA,1\n")
    with pytest.raises(InputError, match="there is no column 'model' to tell rows by"):
        diff(str(tmp_path / "b.csv"), str(tmp_path / "b.csv"))
