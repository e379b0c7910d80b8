"""The progress commands: what they print where, exit codes, and one-line errors."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from progress_facts import ERDIL_BESIROGLU_TABLE, HERNANDEZ_BROWN, POINT_FIT, simulated_records
from typer.testing import CliRunner

from computeest.cli.progress import app

PRESET = ("--preset", "erdil-besiroglu-2022")
CENTRE = ("--centre", "2012,4.7e17,1e6")


def _run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def table(tmp_path) -> Path:
    path = tmp_path / "records.csv"
    simulated_records(5).to_csv(path, index=False)
    return path


@pytest.fixture
def dataset(tmp_path) -> Path:
    """Simulated records under the column names of the authors' dataset."""
    records = simulated_records(5)
    path = tmp_path / "imagenet.csv"
    pd.DataFrame({
        "model_name": [*records.model[:96], "NASNet-A"], "fractional_year": records.year - 1900, "url": "",
        "top_1_error": 100 * (1 - records.score), "final_compute_estimate": records.flop,
        "nr_training_images": records.training_examples, "parameter_count": 1e8,
    }).to_csv(path, index=False)
    return path


def test_fit_json(table):
    result = _run("fit", table, "--bootstrap", 50, "--seed", 3, "--format", "json", *CENTRE)
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert list(found["parameters"]) == list(POINT_FIT)
    assert set(found["doubling_months"]) >= {"point", "mean", "median", "low", "high"}
    assert found["n"] == 97
    assert found["modes"][0]["parameters"] == found["parameters"]
    assert found["log_likelihood"] == found["modes"][0]["log_likelihood"]
    assert found["doubling_months"]["low"] < found["doubling_months"]["point"] < found["doubling_months"]["high"]
    assert result.stderr == "97 records used\n"


def test_fit_is_reproducible_to_the_byte(table):
    first = _run("fit", table, "--bootstrap", 30, "--seed", 1, "--format", "json")
    again = _run("fit", table, "--bootstrap", 30, "--seed", 1, "--format", "json")
    assert first.stdout_bytes == again.stdout_bytes


def test_fit_without_bootstrap_has_a_point_only(table):
    found = json.loads(_run("fit", table, "--bootstrap", 0, "--format", "json").stdout)
    assert found["doubling_months"]["mean"] is None
    assert found["doubling_months"]["point"] > 0


def test_preset_reads_the_datasets_own_columns(dataset):
    result = _run("fit", dataset, *PRESET, "--bootstrap", 0, "--format", "json")
    found = json.loads(result.stdout)
    assert found["n"] == 96
    assert found["centre"] == {"year": 2012.0, "compute": 4.7e17, "data": 1e6}
    assert result.stderr == "96 records used; left out: excluded by name in 1\n"


@pytest.mark.skipif(not ERDIL_BESIROGLU_TABLE.is_file(), reason="the authors' dataset is not beside this checkout")
def test_published_fit_through_the_command():
    found = json.loads(_run("fit", ERDIL_BESIROGLU_TABLE, *PRESET, "--bootstrap", 100, "--format", "json").stdout)
    for name, value in POINT_FIT.items():
        assert found["parameters"][name] == pytest.approx(value, abs=2e-6), name
    assert found["doubling_months"]["point"] == pytest.approx(8.09, abs=0.005)
    assert len(found["modes"]) == 2


def test_fit_table_and_csv(table):
    text = _run("fit", table, "--bootstrap", 20, "--starts", 2).stdout
    assert text.startswith("quantity")
    assert "doubling time (months)" in text
    rows = list(csv.DictReader(io.StringIO(_run("fit", table, "--bootstrap", 0, "--format", "csv").stdout)))
    assert [row["quantity"] for row in rows[:3]] == ["a1", "a_y", "a_c"]


@pytest.mark.parametrize("suffix", [".tsv", ".parquet", ".jsonl"])
def test_other_table_formats_give_the_same_fit(table, tmp_path, suffix):
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    frame, path = pd.read_csv(table), tmp_path / f"records{suffix}"
    writers = {".tsv": lambda: frame.to_csv(path, sep="\t", index=False), ".parquet": lambda: frame.to_parquet(path),
               ".jsonl": lambda: frame.to_json(path, orient="records", lines=True, double_precision=15)}
    writers[suffix]()
    expected = json.loads(_run("fit", table, "--bootstrap", 0, "--format", "json").stdout)["parameters"]
    found = json.loads(_run("fit", path, "--bootstrap", 0, "--format", "json").stdout)["parameters"]
    assert found == pytest.approx(expected, rel=1e-6)


def test_slope_prior_can_be_chosen_by_leaving_out(table):
    found = json.loads(_run("fit", table, "--bootstrap", 0, "--slope-prior", "loo", "--format", "json").stdout)
    assert found["priors"]["slope"] in (0.045, 0.06, 0.09, 0.13, 0.2, 0.3, 0.5, 1.0)


def test_attribute_without_records_uses_the_published_fit():
    found = json.loads(_run("attribute", "AlexNet", "ViT-e", *PRESET, "--format", "json").stdout)
    assert found["shares"]["algorithmic"]["point"] == pytest.approx(0.416, abs=1e-3)
    assert found["shares"]["algorithmic"]["low"] is None


def test_attribute_by_name_and_by_numbers(table):
    first, last = simulated_records(5).sort_values("year").iloc[[0, -1]].to_dict("records")
    by_name = _run("attribute", first["model"], last["model"], "--records", table, "--bootstrap", 0, "--format", "csv")
    numbers = [",".join(str(row[key]) for key in ("year", "training_examples", "flop")) for row in (first, last)]
    by_number = _run("attribute", *numbers, "--records", table, "--bootstrap", 0, "--format", "csv")
    shares = [[row["share"] for row in csv.DictReader(io.StringIO(run.stdout))] for run in (by_name, by_number)]
    assert shares[0] == shares[1]


def test_thresholds_without_records_uses_the_published_fit():
    found = json.loads(_run("thresholds", *PRESET, "--scores", "0.7,0.88", "--format", "json").stdout)["thresholds"]
    assert found[0]["halving_months"]["point"] == pytest.approx(7.46, abs=0.01)
    assert found[1]["halving_months"] is None
    assert "out of reach" in _run("thresholds", *PRESET).stdout


def test_thresholds_of_records(table):
    result = _run("thresholds", "--records", table, "--bootstrap", 20, "--scores", "0.7", "--format", "json")
    found = json.loads(result.stdout)
    assert found["thresholds"][0]["halving_months"]["low"] > 0


def test_efficiency_command(tmp_path):
    path = tmp_path / "hb.csv"
    HERNANDEZ_BROWN.to_csv(path, index=False)
    convention = ("--compute", "printed_pflop", "--unit", "PFLOP", "--counts", "mac")
    result = _run("efficiency", path, *convention, "--format", "json")
    found = json.loads(result.stdout)
    assert found["best_factor"] == pytest.approx(44, rel=0.02)
    assert found["counts"] == "mac"
    assert "Moore's law alone: 11." in result.stderr


def test_trend_command(table):
    result = _run("trend", table)
    assert result.exit_code == 0
    assert "errors ignored" in result.stdout


def test_compare_command(table):
    found = json.loads(_run("compare", table, "--format", "json").stdout)["models"]
    assert [row["model"] for row in found][:2] == ["product", "single"]


@pytest.mark.parametrize("kind", ["records", "pareto", "thresholds", "trend", "efficiency"])
def test_plot_command(table, tmp_path, kind):
    out = tmp_path / "plot.svg"
    result = _run("plot", kind, table, "-o", out, "--bootstrap", 10)
    assert result.exit_code == 0, result.output
    assert out.stat().st_size > 5000
    assert result.stdout == ""


def test_plot_attribution_with_the_presets_points(dataset, tmp_path):
    out = tmp_path / "plot.png"
    assert _run("plot", "attribution", dataset, "-o", out, *PRESET, "--bootstrap", 0).exit_code == 0
    assert out.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("arguments", "message"), [
    (["fit", "nowhere.csv"], "nowhere.csv: no such file"),
    (["fit", "TABLE", "--preset", "erdil-besiroglu-2023"],
     "no preset is called 'erdil-besiroglu-2023'; closest: 'erdil-besiroglu-2022'"),
    (["fit", "TABLE", "--preset", "erdil-besiroglu-2022"], "TABLE: no column `model_name`"),
    (["fit", "TABLE", "--benchmark", "ImageNet"], "no record has benchmark 'ImageNet'; closest: 'ImageNet-1k'"),
    (["fit", "TABLE", "--data", "training_tokens"], "TABLE: no column `training_tokens`; closest: 'training_examples'"),
    (["fit", "TABLE", "--model", "triple"],
     "no model is called 'triple'; expected one of product, single, single-with-size"),
    (["fit", "TABLE", "--centre", "2012"], "centre: expected YEAR,FLOP,DATA such as 2012,4.7e17,1e6, not '2012'"),
    (["fit", "TABLE", "--slope-prior", "wide"], "slope prior: 'wide' is not a number"),
    (["fit", "TABLE", "--irreducible", "0.6"], "a score of"),
    (["attribute", "model 1", "model 999", "--records", "TABLE"], "no model is called 'model 999'; closest: 'model 9'"),
    (["thresholds", "--preset", "erdil-besiroglu-2022", "--years", "2022"],
     "years: expected FIRST-LAST such as 2012-2022, not '2022'"),
    (["plot", "trend", "TABLE", "-o", "plot.gif"], "plot.gif: expected a name that ends in .png or .svg, or in .pdf"),
])
def test_bad_input_is_one_line_and_exit_code_1(table, arguments, message):
    result = _run(*(table if argument == "TABLE" else argument for argument in arguments))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith(message.replace("TABLE", str(table)))
    assert result.stderr.count("\n") == 1


def test_several_benchmarks_ask_for_one(tmp_path):
    path = tmp_path / "records.csv"
    frame = simulated_records(5)
    frame.assign(benchmark=np.where(frame.index % 2, "ImageNet-1k", "CIFAR-10")).to_csv(path, index=False)
    result = _run("fit", path)
    assert result.exit_code == 1
    assert result.stderr == "several benchmarks: choose one with --benchmark: 'CIFAR-10', 'ImageNet-1k'\n"
    assert _run("fit", path, "--benchmark", "CIFAR-10", "--bootstrap", 0).exit_code == 0


@pytest.mark.parametrize("content", ["", "score,flop\n", "\x00\x01\x02"])
def test_broken_tables_are_one_line(tmp_path, content):
    path = tmp_path / "broken.csv"
    path.write_text(content)
    result = _run("fit", path)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output


@pytest.mark.parametrize("arguments", [
    ["thresholds"], ["fit"], ["fit", "x.csv", "--bogus"], ["plot", "pie", "x.csv", "-o", "x.png"],
    ["fit", "x.csv", "--bootstrap", "-1"],
])
def test_wrong_usage_is_exit_code_2(arguments):
    result = _run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
