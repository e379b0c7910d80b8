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
    (lambda f: f.assign(flop=np.where(f.index % 10, f.flop, np.log10(f.flop))), "flop: 6 of 60 values, from "),
    (lambda f: f.assign(training_examples=np.log10(f.training_examples)), "training_examples: values from 6.1"),
    (lambda f: f.assign(score=0.7), "every record scores 0.7: nothing tells what adds to it"),
    (lambda f: f.assign(flop=10 ** (20 + f.year - 2015)), "compute grows with the years alike in every record"),
], ids=["one year", "one rough year", "one row", "three rows", "six rows", "percents among fractions",
        "powers of ten", "ends exchanged", "dates without hyphens", "powers of ten among FLOP",
        "sizes as powers of ten", "one score", "compute is time"])
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


def test_a_column_that_may_hold_sizes_is_named(tmp_path, usual):
    own = {"training_examples": "Training dataset size (datapoints)"}
    found = _answer(tmp_path, lambda f: f.rename(columns=own))
    assert "column 'Training dataset size (datapoints)' may be the size of the training sets" in found["said"]
    taken = _answer(tmp_path, lambda f: f.rename(columns=own), "--data", own["training_examples"])
    assert taken["doubling_months"]["point"] == pytest.approx(usual["doubling_months"]["point"])


def test_a_score_beside_a_raw_export_is_the_tables_own(tmp_path):
    """A layout reads no scores: the column that a reader added is what is fitted."""
    raw = _base().rename(columns={"model": "Model", "flop": "Training compute (FLOP)",
                                  "training_examples": "Training dataset size (datapoints)"})
    found = _answer(tmp_path, lambda f: _dates(raw, "%Y-%m-%d").rename(columns={"published": "Publication date"}),
                    "--preset", "epoch", "--compute", "published")
    assert found["n"] == 60


def test_more_than_any_training_took_is_counted_out(tmp_path, usual):
    found = _answer(tmp_path, lambda f: f.assign(flop=np.where(f.index == 3, 1e40, f.flop)))
    assert found["excluded"] == {"flop is above 1e+32": 1}
    assert found["doubling_months"]["point"] == pytest.approx(usual["doubling_months"]["point"], rel=0.1)
    result = _table(tmp_path, "efficiency", _base().assign(flop=[f"{v / 1e15:.6g} PFLOP" for v in _base().flop]),
                    "--score", "0.5", "--unit", "PFLOP")
    assert result.exit_code == 1
    assert "more than any training took: are the cells in PFLOP (--unit), or state their own?" in result.stderr


def test_years_that_are_none_are_counted_out(tmp_path):
    found = _answer(tmp_path, lambda f: f.assign(year=["soon", "", *f.year[2:]]))
    assert found["n"] == 58
    assert found["excluded"] == {"year is missing": 2}


def test_years_without_their_century_are_counted_out_beside_others(tmp_path, usual):
    found = _answer(tmp_path, lambda f: f.assign(year=np.where(f.index % 3, f.year, f.year - 2000)))
    assert found["n"] == 40
    assert found["excluded"] == {"year is none, such as 2019.5 or 2019-06-15": 20}
    alike = _answer(tmp_path, lambda f: f.assign(year=f.year - 2000))
    assert alike["doubling_months"]["point"] == pytest.approx(usual["doubling_months"]["point"])


def test_error_rates_are_no_scores(tmp_path, usual):
    found = _answer(tmp_path, lambda f: f.assign(score=1 - f.score))
    assert "are the scores error rates?" in found["said"]
    assert "error rates" not in usual["said"]


@pytest.mark.parametrize(("change", "said"), [
    (lambda f: f.assign(published="2015-01-01"), "year and published contradict each other in "),
    (lambda f: f.assign(flop_low=0, flop_high=3 * f.flop), "60 records have no usable flop_low and flop_high: compute "
                                                           "is taken as exact"),
    (lambda f: f.assign(flop_low=(f.flop / 3).where(f.index < 10), flop_high=3 * f.flop),
     "50 records have no usable flop_low and flop_high: they are taken for as uncertain as the others' median"),
    (lambda f: f.assign(flop_low=10 * f.flop, flop_high=100 * f.flop), "flop lies outside flop_low to flop_high in 60"),
    (lambda f: f.assign(flop=np.where(f.index == 3, 1e31, f.flop)), "flop: 1 records from 1e+31 on lie 8 powers of"),
    (lambda f: f.assign(flop=np.where(f.index % 10, f.flop, f.flop / 1e15)), "flop: 6 records up to "),
    (lambda f: f.assign(training_examples=np.where(f.index % 10, f.training_examples, 1.28)),
     "training_examples: 6 records up to 1.28 lie "),
    (lambda f: f.assign(paper=["a", "b"] * 30), "column `paper` names 2 only: every record counts alone"),
], ids=["two dates", "ends of zero", "some intervals", "outside", "a slip", "PFLOP among FLOP", "millions among counts",
        "two papers"])
def test_what_contradicts_or_lacks_is_said(tmp_path, usual, change, said):
    found = _answer(tmp_path, change)
    assert found["n"] == 60
    assert said in found["said"]
    assert said not in usual["said"]


@pytest.mark.parametrize(("change", "condition", "left"), [
    (lambda f: f.assign(score=100 * f.score), "score>=70", lambda f: f.score >= 0.7),
    (lambda f: f.assign(score=100 * f.score), "score>=70 %", lambda f: f.score >= 0.7),
    (lambda f: f, "score>=0.7", lambda f: f.score >= 0.7),
    (lambda f: _dates(f, "%Y-%m-%d"), "published>=2016", lambda f: f.year >= 2016),
    (lambda f: _dates(f, "%Y-%m-%d"), "published<=2020", lambda f: f.year < 2021),
    (lambda f: _dates(f, "%d.%m.%Y"), "published>2016-07-01", lambda f: f.year >= 2016.5),
    (lambda f: _dates(f, "%Y-%m-%d").rename(columns={"published": "Publication date"}), "Publication date>=2016",
     lambda f: f.year >= 2016),
], ids=["percents", "per cent", "fractions", "from a year", "to the end of a year", "from a day", "under its own name"])
def test_conditions_are_read_as_their_column_is(tmp_path, change, condition, left):
    found = _answer(tmp_path, change, "--where", condition)
    assert found["n"] == pytest.approx(int(left(_base()).sum()), abs=1)
    assert 0 < found["n"] < 60


@pytest.mark.parametrize(("more", "copies"), [({}, 60), ({"note": "again"}, 60), ({"training_examples": 5e6}, 0),
                                              ({"parameters": 5e6}, 0)])
def test_a_copy_is_alike_in_all_that_tells_records_apart(tmp_path, more, copies):
    found = _answer(tmp_path, lambda f: pd.concat([f.assign(parameters=1e6), f.assign(**{"parameters": 1e6, **more})]))
    assert found["n"] == 120 - copies
    assert (f"{copies} records are copies" in found["said"]) == bool(copies)


def _table(tmp_path: Path, command: str, frame: pd.DataFrame, *more: object):
    path = tmp_path / "table.csv"
    frame.to_csv(path, index=False)
    return _run(command, path, "--format", "json", *more)


@pytest.mark.parametrize(("command", "more"), [("trend", ()), ("efficiency", ("--score", "0.5"))])
@pytest.mark.parametrize("change", [
    lambda f: f.assign(year=(10000 * np.floor(f.year)).astype(int) + 615), lambda f: f.assign(flop=np.log10(f.flop)),
    lambda f: f.assign(flop=np.where(f.index % 10, f.flop, np.log10(f.flop))),
    lambda f: f.assign(flop_low=2 * f.flop, flop_high=f.flop / 2),
], ids=["dates without hyphens", "powers of ten", "powers of ten among FLOP", "ends exchanged"])
def test_trends_and_levels_are_as_strict(tmp_path, command, more, change):
    result = _table(tmp_path, command, change(_base()), *more)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(("command", "more"), [("trend", ()), ("efficiency", ("--score", "0.5"))])
def test_years_without_their_century_do_not_stretch_a_trend(tmp_path, command, more):
    frame = _base()
    kept = json.loads(_table(tmp_path, command, frame[frame.index % 3 > 0], *more).stdout)
    mixed = json.loads(_table(tmp_path, command, frame.assign(
        year=np.where(frame.index % 3, frame.year, frame.year - 2000)), *more).stdout)
    name = "doubling" if command == "trend" else "halving"
    assert mixed[name]["months"] == pytest.approx(kept[name]["months"])
    assert mixed["excluded"]["year is none, such as 2019.5 or 2019-06-15"] == 20


@pytest.mark.parametrize(("command", "more"), [("trend", ()), ("efficiency", ("--score", "0.5"))])
@pytest.mark.parametrize(("change", "message"), [
    (lambda f: f.assign(flop=np.log(f.flop)), "look like natural logarithms: write e^"),
    (lambda f: f.drop(columns="year"), "table.csv: no column says when: expected `year` or `published`\n"),
    (lambda f: _dates(f, "%m/%d/%y").assign(published=lambda g: "12/15/17"),
     "published is no date, such as 2019-06-15 in 60\n"),
], ids=["natural logarithms", "no date", "dates without their century"])
def test_why_no_record_of_a_trend_or_level_counts_is_said(tmp_path, command, more, change, message):
    result = _table(tmp_path, command, change(_base()), *more)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert message in result.stderr


def test_logarithms_of_sizes_are_no_sizes_either(tmp_path):
    result = _fit(tmp_path, lambda f: f.assign(training_examples=np.log(1e6 * f.training_examples)))
    assert result.exit_code == 1
    assert "look like powers of ten or millions: write the counts" in result.stderr


@pytest.mark.parametrize(("score", "counts"), [(44.0, False), (0.44, False), (0.96, True)])
def test_a_percent_among_shares_reaches_no_level(tmp_path, score, counts):
    # 44 % is below one half, and 44 above it
    frame = _base()
    first = int(frame.year.argmin())
    kept = frame.assign(score=frame.score.where(frame.index != first, score), model=[f"net {at}" for at in frame.index])
    found = json.loads(_table(tmp_path, "efficiency", kept, "--score", "0.5").stdout)
    assert (f"net {first}" in [step["model"] for step in found["steps"]]) is counts
    assert found["excluded"].get("score is above 1", 0) == (1 if score > 1 else 0)


def test_a_level_that_everyone_reaches_alike_has_no_rate(tmp_path):
    found = json.loads(_table(tmp_path, "efficiency", _base().assign(flop=1e20, score=0.9), "--score", "0.8").stdout)
    assert {one["months"] for one in found["halving_months"]} == {None}
    assert found["halving"]["months"] is None
    assert "1 step of the frontier is too few for an interval" in found["warnings"]


def test_resamples_that_tell_nothing_of_sizes_give_no_warning_of_arithmetic(tmp_path):
    found = _answer(tmp_path, lambda f: f.head(8), "--bootstrap", 50)
    assert found["growth_per_year"]["effective_data"]["standard_error"] is None
    assert "divide" not in found["said"]


def test_resamples_without_a_maximum_name_the_way_out(tmp_path):
    result = _fit(tmp_path, lambda f: f.head(10), "--bootstrap", 50)
    assert result.exit_code == 1
    assert "10 records may be too few, or the priors too wide; --bootstrap 0 fits without intervals" in result.stderr


TIMED = pd.DataFrame({"model": "net", "published": ["2018-01-01", "2018-01-01", "2020-01-01", "2020-01-01"],
                      "hours": [10.0, 5.0, 2.0, 1.0], "chip": ["V100", "V100", "A100", "A100"],
                      "chips": [8, 16, 8, 16]})


@pytest.mark.parametrize(("change", "said"), [
    (lambda f: f, "4 records used"),
    (lambda f: f.assign(hours=["600 min", "5 h", "2 hours", "3600 s"]), "4 records used"),
    (lambda f: f.drop(columns="hours").assign(time=["600 min", "5 h", "2 hours", "3600 s"]), "4 records used"),
    (lambda f: f.assign(chip=["8x V100", "16x V100", "8x A100", "16x A100"]).drop(columns="chips"), "4 records used"),
    (lambda f: f.assign(chip=["8x V100", "16x V100", "A100", "16x A100"], chips=[None, None, 8, None]),
     "4 records used"),
], ids=["as it is", "with units", "as annotate calls it", "numbers beside chips", "either"])
def test_runs_of_one_model_and_day_are_no_copies(tmp_path, change, said):
    """The fastest of each day are of 16 chips: 5x, of which the chips are 2.5x."""
    result = _table(tmp_path, "split", change(TIMED))
    assert result.exit_code == 0, result.stderr
    assert said in result.stderr
    assert "copies" not in result.stderr
    found = json.loads(result.stdout)
    assert found["speedup"] == pytest.approx(5.0)
    assert found["factors"]["hardware"] == pytest.approx(312 / 125, rel=0.01)
    assert found["factors"]["scale"] == 1.0


@pytest.mark.parametrize(("change", "said"), [
    (lambda f: f.assign(chips=[8, 16, 8, None]), "nothing says how many in some rows: they are left out"),
    (lambda f: f.assign(chips=[8, 16, 8, "a few"]), "nothing says how many in some rows: they are left out"),
    (lambda f: f.assign(chip=["V100", "V100", "A100", "8x A100"]), "says 8, and chips says 16: it is left out"),
], ids=["missing", "vague", "contradicted"])
def test_a_number_of_chips_that_nobody_states_is_not_one(tmp_path, change, said):
    result = _table(tmp_path, "split", change(TIMED))
    assert said in result.stderr
    assert "3 records used; left out: no date, time, chips or peak in 1" in result.stderr


def test_cells_of_old_and_new_are_no_copies(tmp_path):
    frame = pd.DataFrame({"model": "solver", "year": 2020, "algorithm": ["old", "old", "new", "new"],
                          "hardware": ["old", "new", "old", "new"], "seconds": [100, 10, 5, 1]})
    (found,) = json.loads(_table(tmp_path, "split", frame).stdout)["tables"]
    assert (found["hardware_with_old"], found["algorithm_on_old"], found["both"]) == pytest.approx((10, 20, 100))


def test_a_level_that_nobody_reaches_says_the_best(tmp_path):
    result = _table(tmp_path, "efficiency", _base(), "--score", "70")
    assert result.exit_code == 1
    assert result.stderr.startswith("no record with a date and compute reaches the level 70; the best score is 0.9")


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


def test_a_row_without_a_chip_is_counted_and_not_spoken_of(tmp_path):
    frame = TIMED.assign(chip=[None, *["A100"] * (len(TIMED) - 1)]).drop(columns=["peak"], errors="ignore")
    result = _table(tmp_path, "split", frame)
    assert "chip 'None'" not in result.stderr
    assert "chip 'nan'" not in result.stderr
    assert "left out: no date, time, chips or peak in 1" in result.stderr


@pytest.mark.parametrize(("minutes", "seconds", "seen"), [
    ([None, 50.0, 12.0], [6000.0, None, 725.0], [6000.0, 3000.0, 725.0]),
    ([100.0, 50.0, 12.0], [6001.0, 2999.0, None], [6001.0, 2999.0, 720.0]),
    ([100.0, 50.0, 12.0], [30.0, 12.0, 40.0], None),
], ids=["each in one", "rounded", "parts of a time"])
def test_two_columns_of_times_must_agree(tmp_path, minutes, seconds, seen):
    frame = pd.DataFrame({"model": ["a", "b", "c"], "published": ["2018-01", "2019-01", "2020-01"],
                          "minutes": minutes, "seconds": seconds, "chip": ["V100", "V100", "A100"], "chips": 8})
    result = _table(tmp_path, "split", frame)
    if seen is None:
        assert result.exit_code == 1
        assert "seconds and minutes say different times in 3 rows" in result.stderr
        return
    assert [one["seconds"] for one in json.loads(result.stdout)["records"]] == seen


@pytest.mark.parametrize(("scores", "more", "said"), [
    ("own", (), True), ("alike", (), False), ("none", (), False), ("own", ("--score", "0.5"), False)])
def test_records_of_no_level_are_said_to_be_of_several(tmp_path, scores, more, said):
    frame = _base()
    frame = {"own": frame, "alike": frame.assign(score=0.8), "none": frame.drop(columns="score")}[scores]
    warnings = json.loads(_table(tmp_path, "efficiency", frame, *more).stdout)["warnings"]
    assert any("no level is asked for (--score)" in one for one in warnings) is said


def test_compute_that_falls_is_said_to(tmp_path):
    frame = _base()
    falling = frame.assign(flop=1e24 * 10 ** (2014.0 - frame.year))
    assert any("compute falls" in one for one in json.loads(_table(tmp_path, "trend", falling).stdout)["warnings"])
