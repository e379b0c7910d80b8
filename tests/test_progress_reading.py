"""Tables as they come: Epoch's layout with all that a raw export holds, read by the progress commands."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from progress_facts import simulated_records
from typer.testing import CliRunner

from computeest.cli.progress import app

COUNT = 60


def _run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def _days() -> list[str]:
    """Days up to the twelfth of a month: each has two readings."""
    years = np.floor(simulated_records(21, COUNT).year).astype(int)
    return [f"{1 + i % 12:02d}/{1 + (5 * i) % 12:02d}/{year}" for i, year in enumerate(years)]


@pytest.fixture
def export(tmp_path) -> Path:
    """60 models of 30 papers under Epoch's headers, five of them told twice, some compute in words, one empty."""
    records = simulated_records(21, COUNT)
    frame = pd.DataFrame({
        "Model": records.model, "Publication date": _days(), "Domain": ["Vision", "Language"] * (COUNT // 2),
        "Organization": "X", "Parameters": [f"{10 ** (8 + i / 30):.3g}" for i in range(COUNT)],
        "Training compute (FLOP)": [f"{value:.4e}" for value in records.flop],
        "Training dataset size (datapoints)": [f"{10 ** (9 + i / 30):.3g}" for i in range(COUNT)],
        "Epochs": 1, "Training hardware": "", "Reference": [f"paper {i // 2}" for i in range(COUNT)]})
    frame.loc[7, "Training compute (FLOP)"] = ""
    path = tmp_path / "export.csv"
    pd.concat([frame, frame.head(5)]).to_csv(path, index=False)
    return path


def _trend(path: Path, *more: object) -> dict:
    result = _run("trend", path, "--preset", "epoch", "--format", "json", *more)
    assert result.exit_code == 0, result.output
    return {**json.loads(result.stdout), "said": result.stderr}


@pytest.mark.parametrize("compute", ["published", "estimated"])
def test_a_raw_export_gives_both_trends(export, compute):
    found = _trend(export, "--compute", compute)
    assert "5 records are copies of others and count once" in found["said"]
    assert set(found["doubling"]) == {"months", "low", "high", "method"}
    assert found["doubling"]["months"] > 0
    assert found["ignoring_errors"]["n"] >= COUNT // 2 - 1
    assert (found["with_errors"] is not None) == (compute == "estimated")


def test_published_compute_is_what_the_column_says(export):
    found = _trend(export, "--compute", "published", "--day-first", "Publication date")
    assert found["ignoring_errors"]["n"] == COUNT - 1
    assert found["excluded"] == {"flop is missing": 1}
    records = simulated_records(21, COUNT)
    days = pd.to_datetime(pd.Series(_days()), format="%d/%m/%Y")
    year = days.dt.year + (days.dt.day_of_year - 1) / np.where(days.dt.is_leap_year, 366, 365)
    kept = np.arange(COUNT) != 7
    slope = np.polyfit(year[kept], np.log10(records.flop[kept]), 1)[0]
    assert found["ignoring_errors"]["powers_of_ten_per_year"] == pytest.approx(slope, rel=1e-3)


@pytest.mark.parametrize("name", ["Publication date", "published"])
def test_the_day_comes_first_where_it_is_said_to(export, name):
    doubted = _trend(export, "--compute", "published")
    told = _trend(export, "--compute", "published", "--day-first", name)
    assert "have two readings" in doubted["said"]
    assert "two readings" not in told["said"]
    assert told["doubling"]["months"] != doubted["doubling"]["months"]
    result = _run("trend", export, "--preset", "epoch", "--day-first", "Publication dat")
    assert result.exit_code == 1
    assert "closest: 'Publication date'" in result.stderr


def test_rows_are_chosen(export):
    every = simulated_records(21, COUNT)
    since = int((np.floor(every.year) >= 2018).sum())
    found = _trend(export, "--compute", "published", "--since", "2018", "--day-first", "published")
    assert found["ignoring_errors"]["n"] == since
    vision = _trend(export, "--compute", "published", "--where", "Domain=vision")
    assert vision["ignoring_errors"]["n"] == COUNT // 2
    large = _trend(export, "--compute", "published", "--where", "Training compute (FLOP)>=1e20")
    assert large["ignoring_errors"]["n"] == int((every.flop.drop(7) >= 1e20).sum())


def test_one_of_each_paper_is_the_largest(export):
    found = _trend(export, "--compute", "published", "--per-paper", "1", "--cluster", "Reference")
    assert "largest by compute of their paper" in found["said"]
    assert found["ignoring_errors"]["n"] == COUNT // 2


def test_copies_are_kept_where_they_are_asked_for(export):
    assert _trend(export, "--compute", "published", "--keep-copies")["ignoring_errors"]["n"] == COUNT - 1 + 5


def test_a_column_map_says_what_headers_mean(tmp_path):
    records = simulated_records(21, COUNT).drop(columns=["benchmark", "metric"])
    path, columns = tmp_path / "own.csv", tmp_path / "map.yaml"
    records.rename(columns={"flop": "arithmetic", "training_examples": "images", "score": "right"}).assign(
        right=lambda frame: 100 * frame.right).to_csv(path, index=False)
    columns.write_text("right: score\narithmetic: reported_compute\nimages: examples\nyear: published\nmodel: model\n")
    result = _run("fit", path, "--columns", columns, "--bootstrap", 0, "--slope-prior", "0.09", "--format", "json",
                  "--compute", "published")
    assert "Traceback" not in result.output
    assert result.exit_code in (0, 1)


def test_records_of_one_paper_are_drawn_together_without_being_asked(tmp_path):
    path = tmp_path / "records.csv"
    simulated_records(21, COUNT).assign(paper=[f"p{i // 3}" for i in range(COUNT)]).to_csv(path, index=False)
    arguments = ["fit", path, "--bootstrap", 20, "--slope-prior", "0.09", "--format", "json"]
    result = _run(*arguments)
    assert "records of one paper are drawn together: 20 of them" in result.stderr
    assert json.loads(result.stdout)["errors"]["clusters"] == 20
    alone = _run(*arguments, "--cluster", "none")
    assert "drawn together" not in alone.stderr
    assert json.loads(alone.stdout)["errors"] is None


def test_a_column_of_one_paper_makes_no_cluster_of_all(tmp_path):
    """Resamples of one paper are all the same: an interval of no width must not come unasked."""
    path = tmp_path / "records.csv"
    simulated_records(21, COUNT).assign(reference="one dataset").to_csv(path, index=False)
    arguments = ["fit", path, "--bootstrap", 20, "--slope-prior", "0.09", "--format", "json"]
    found = json.loads(_run(*arguments).stdout)
    assert found["errors"] is None
    assert found["doubling_months"]["low"] < found["doubling_months"]["high"]
    asked = _run(*arguments, "--cluster", "reference")
    assert "the intervals are too narrow" in asked.stderr
