"""Tables that used to be answered badly: each is answered as it should be, or refused in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from progress_facts import simulated_records
from typer.testing import CliRunner

from computeest.cli.progress import app

Change = Callable[[pd.DataFrame], pd.DataFrame]


def _run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def _base() -> pd.DataFrame:
    return simulated_records(21, 60).drop(columns=["benchmark", "metric"])


def _dates(frame: pd.DataFrame, layout: str) -> pd.DataFrame:
    days = pd.to_datetime((frame.year - 1970.0) * 365.2425, unit="D")
    return frame.assign(published=days.dt.strftime(layout)).drop(columns="year")


def _fit(tmp_path: Path, change: Change, *more: object):
    path = tmp_path / "table.csv"
    change(_base()).to_csv(path, index=False)
    return _run("fit", path, "--bootstrap", 0, "--slope-prior", "0.09", "--starts", 3, "--format", "json", *more)


def _answer(tmp_path: Path, change: Change, *more: object) -> dict:
    result = _fit(tmp_path, change, *more)
    assert result.exit_code == 0, result.output
    return {**json.loads(result.stdout), "said": result.stderr}


@pytest.fixture(scope="module")
def usual(tmp_path_factory) -> dict:
    return _answer(tmp_path_factory.mktemp("usual"), lambda frame: frame)


@pytest.mark.parametrize(("change", "message"), [
    (lambda f: f.assign(year=2020), "every record is of 2020: nothing tells how fast algorithms improve"),
    (lambda f: f.assign(year="c. 2015"), "every record is of 2015: nothing tells"),
    (lambda f: f.head(1), "1 usable records cannot determine 7 parameters"),
    (lambda f: f.head(3), "3 usable records cannot determine 7 parameters"),
    (lambda f: f.head(6), "6 usable records cannot determine 7 parameters"),
    (lambda f: f.assign(score=f.score.where(f.index % 3 > 0, 100 * f.score)), "score: 20 records are above 1"),
    (lambda f: f.assign(flop=np.log10(f.flop)), "flop: values from "),
    (lambda f: f.assign(flop_low=f.flop * 2, flop_high=f.flop / 2), "flop_low lies above flop_high in 60 records"),
    (lambda f: f.assign(year=(10000 * np.floor(f.year)).astype(int) + 615), "no record can be used: year is none"),
], ids=["one year", "one rough year", "one row", "three rows", "six rows", "percents among fractions",
        "powers of ten", "ends exchanged", "dates without hyphens"])
def test_refused_in_one_line(tmp_path, change, message):
    result = _fit(tmp_path, change)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(("change", "said", "close"), [
    (lambda f: f.assign(score=100 * f.score), "score: read as percents", 1e-6),
    (lambda f: f.assign(score=(100 * f.score).round(1).astype(str) + " %"), "60 records used", 0.02),
    (lambda f: pd.concat([f] * 3), "120 records are copies of others and count once", 1e-6),
    (lambda f: _dates(f, "%d.%m.%Y"), "60 records used", 1e-3),
    (lambda f: _dates(f, "%d/%m/%Y"), "60 records used", 1e-3),
    (lambda f: _dates(f, "%Y-%m-%d"), "60 records used", 1e-3),
], ids=["percent", "percent as text", "three times", "day first with points", "day first with strokes", "year first"])
def test_read_as_it_is_meant(tmp_path, usual, change, said, close):
    found = _answer(tmp_path, change)
    assert said in found["said"]
    assert found["n"] == 60
    assert found["doubling_months"]["point"] == pytest.approx(usual["doubling_months"]["point"], rel=close)


def test_days_first_by_column_where_no_date_tells(tmp_path):
    """All days up to the 12th: without word only the year counts, with it the day."""
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        days = [f"{1 + i % 12:02d}/{1 + (5 * i) % 12:02d}/{year:.0f}" for i, year in enumerate(np.floor(frame.year))]
        return frame.assign(published=days).drop(columns="year")

    doubted = _answer(tmp_path, change)
    assert "have two readings" in doubted["said"]
    told = _answer(tmp_path, change, "--day-first", "published")
    assert "two readings" not in told["said"]
    assert told["doubling_months"]["point"] != doubted["doubling_months"]["point"]


@pytest.mark.parametrize(("change", "why"), [
    (lambda f: f.assign(training_examples=1.28e6), "every record has 1.28e+06 training examples"),
    (lambda f: f.drop(columns="training_examples"), "no record says the size of its training set"),
], ids=["constant data", "no data column"])
def test_left_out_and_named(tmp_path, change, why):
    found = _answer(tmp_path, change)
    assert found["identifiability"]["left_out"] == {"b_d": why}
    assert "effective_data" not in found["growth_per_year"]
    assert np.isfinite(found["growth_per_year"]["effective_compute"]["point"])
    assert why in found["said"]


def test_scores_of_nothing_and_of_all_are_counted_out(tmp_path):
    found = _answer(tmp_path, lambda f: f.assign(score=[0.0, 1.0, *f.score[2:]]))
    assert found["n"] == 58
    assert found["excluded"] == {"score is not between 0 and 1": 2}


def test_years_that_are_none_are_counted_out(tmp_path):
    found = _answer(tmp_path, lambda f: f.assign(year=["soon", "", *f.year[2:]]))
    assert found["n"] == 58
    assert found["excluded"] == {"year is missing": 2}


def test_whole_years_are_read(tmp_path, usual):
    found = _answer(tmp_path, lambda f: f.assign(year=np.floor(f.year).astype(int)))
    assert found["n"] == 60
    assert found["doubling_months"]["point"] == pytest.approx(usual["doubling_months"]["point"], rel=0.5)


def test_wide_intervals_change_the_answer(tmp_path, usual):
    found = _answer(tmp_path, lambda f: f.assign(flop_low=f.flop / 10, flop_high=f.flop * 10))
    assert found["errors"]["compute_sigma"] == pytest.approx(np.log(10) / 1.645, rel=0.01)
    assert found["doubling_months"]["point"] > 1.2 * usual["doubling_months"]["point"]
    ignored = _answer(tmp_path, lambda f: f.assign(flop_low=f.flop / 10, flop_high=f.flop * 10), "--ignore-errors")
    assert ignored["doubling_months"]["point"] == pytest.approx(usual["doubling_months"]["point"])


def test_algorithms_that_get_worse_are_said_to(tmp_path):
    """Scores that fall by a good deal a year at equal compute and data."""
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        odds = np.log(frame.score / (1 - frame.score)) - 0.35 * (frame.year - 2012)
        return frame.assign(score=1 / (1 + np.exp(-odds)))

    found = _answer(tmp_path, change)
    assert found["growth_per_year"]["effective_compute"]["point"] < 0
    assert "effective compute falls" in found["said"]
