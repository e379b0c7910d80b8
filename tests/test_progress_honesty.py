"""Rates as sure as they are: errors in compute, papers, records as a process, and what a table cannot say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from progress_facts import ERDIL_BESIROGLU_TABLE, POINT_FIT, simulated_records
from typer.testing import CliRunner

from computeest.cli.progress import app
from computeest.progress import PRODUCT, SINGLE, Centre, Priors, ProgressError, fit_frontier, observations
from computeest.progress.budget_figures import budgets
from computeest.progress.changing import (
    interaction_test,
    rates_over_time,
    transfer_exponent,
    with_interaction,
    with_rate,
)
from computeest.progress.efficiency import efficiency_gains
from computeest.progress.errors import calibrate
from computeest.progress.fit import fit_with_errors
from computeest.progress.model import LINEAR
from computeest.progress.predict import effective_compute, needed_for, predict_score
from computeest.progress.presets import ERDIL_BESIROGLU_2022
from computeest.progress.process import drift, running_best
from computeest.progress.records import Scale, read_table
from computeest.progress.split import cross, split_times

CENTRE = Centre(2012.0, 4.7e17, 1e6)
EXAMPLES = Path(__file__).parents[1] / "examples"
TRUE = POINT_FIT["a_y"] / POINT_FIT["a_c"]


def _run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def _noisy(seed: int, factor: float, count: int = 97) -> pd.DataFrame:
    frame = simulated_records(seed, count)
    sigma = np.log(factor) / 1.6449
    flop = frame.flop * np.exp(sigma * np.random.default_rng(seed).normal(size=count))
    return frame.assign(flop=flop, flop_low=flop / factor, flop_high=flop * factor)


def test_errors_in_compute_do_not_shorten_the_doubling_time():
    """At x/10, 12 samples: the fit that ignores errors is far too fast, the other is not."""
    seen = [observations(_noisy(seed, 10.0), CENTRE) for seed in range(40, 52)]
    naive = np.median([fit_frontier(one, starts=1).doubling_months().point for one in seen])
    carried = np.median([fit_with_errors(one, starts=1).doubling_months().point for one in seen])
    true = 12 * np.log(2) / TRUE
    assert naive < 0.8 * true
    assert carried == pytest.approx(true, rel=0.3)


def test_rates_are_freed_of_what_simulations_from_the_fit_come_out_off():
    fits = [fit_with_errors(observations(_noisy(seed, 10.0), CENTRE), starts=1, seed=seed) for seed in range(40, 52)]
    biases = [fit.errors.bias for fit in fits]
    assert 1.0 < np.median(biases) < 1.2  # too long by about a tenth
    for fit in fits:
        months, growth = fit.doubling_months().point, fit.growth()["effective_compute"].point
        plain = 12 * np.log(2) * fit.parameters["a_c"] / fit.parameters["a_y"]
        assert months == pytest.approx(plain / fit.errors.bias)
        assert growth * months == pytest.approx(12 * np.log(2))
        assert 1 / 1.36 < fit.errors.bias < 1.36
    again = fit_with_errors(observations(_noisy(40, 10.0), CENTRE), resamples=40, starts=1, seed=40)
    assert again.errors.bias == biases[0]
    found = again.doubling_months()
    assert found.low <= found.point <= found.high
    assert found.low <= found.point * again.errors.bias <= found.high  # and what it was before


def test_exact_compute_is_fitted_as_the_paper_does():
    fit = fit_with_errors(observations(simulated_records(7, 60).assign(paper=range(60)), CENTRE, cluster="paper"),
                          SINGLE, Priors(slope=1.0), starts=1)
    assert fit.errors.bias == 1.0
    assert fit.doubling_months().point == pytest.approx(12 * np.log(2) * fit.parameters["a_c"] / fit.parameters["a_y"])


def test_without_errors_it_is_the_same_fit():
    seen = observations(simulated_records(5), CENTRE)
    assert fit_with_errors(seen, starts=2).parameters == fit_frontier(seen, starts=2).parameters


def test_exact_compute_is_left_as_it_is():
    frame = simulated_records(5)
    seen = observations(frame.assign(flop_low=frame.flop, flop_high=frame.flop), CENTRE)
    found = calibrate(seen, np.ones((1, len(seen))))
    assert found.log_compute[0] == pytest.approx(np.log(seen.compute))
    assert found.reliability[0] == pytest.approx(1.0)


def test_wider_errors_widen_the_interval():
    errors = []
    for factor in (1.01, 10.0):
        fits = [fit_with_errors(observations(_noisy(seed, factor), CENTRE), SINGLE, Priors(slope=1.0), resamples=60,
                                starts=1) for seed in (41, 42, 43)]
        errors.append(np.mean([fit.estimates()["a_c"].standard_error for fit in fits]))
    assert errors[1] > 1.3 * errors[0]


def test_triplicates_tell_no_more_when_they_are_of_one_paper():
    """Records three times, of one paper each: the interval is that of single ones, not narrower by the root of 3."""
    frame = simulated_records(7, 60)
    thrice = pd.concat([frame.assign(paper=frame.model)] * 3, ignore_index=True)
    wide = SINGLE, Priors(slope=1.0)
    once = fit_frontier(observations(frame, CENTRE), *wide, resamples=300, starts=1)
    by_row = fit_frontier(observations(thrice, CENTRE), *wide, resamples=300, starts=1)
    by_paper = fit_with_errors(observations(thrice, CENTRE, cluster="paper"), *wide, resamples=300, starts=1)
    spread = [np.std(one.draws[:, 1]) for one in (once, by_row, by_paper)]
    assert spread[1] < 0.75 * spread[0]
    assert spread[2] == pytest.approx(spread[0], rel=0.35)
    assert by_paper.errors.clusters == 60
    assert by_paper.errors.correlation > 0.9


def _walk(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """A frontier that falls by one doubling a year, in steps of an exponential size at times of their own."""
    steps = rng.poisson(count)
    year = np.append(2012.0, np.sort(rng.uniform(2012.0, 2020.0, steps)))
    return year, np.append(0.0, -np.cumsum(rng.exponential(8.0 / count, steps)))


@pytest.mark.parametrize("count", [20, 90])
def test_the_interval_of_a_process_holds_the_truth(count):
    """90 % intervals in 200 series; a regression through the same records holds it in half as many."""
    inside = straight = 0
    for seed in range(200):
        year, value = _walk(np.random.default_rng(seed), count)
        found = drift(year, value, 2020.0, level=0.9)
        inside += found.low <= 1.0 <= found.high
        frame = pd.DataFrame({"model": year.astype(str), "year": year, "flop": 2.0**value})
        if seed < 60:
            line = efficiency_gains(frame, interval=0.9, method="ols", until=2020.0).halving
            straight += line["low"] <= 12.0 <= line["high"]
    assert 0.85 <= inside / 200 <= 0.96
    assert straight / 60 < 0.65


def test_noise_does_not_make_records_of_itself():
    """x/10 on every estimate: what is best by luck is not taken for progress."""
    sigma = np.log2(10.0) / 1.6449
    naive, corrected = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        year, value = _walk(rng, 60)
        value = value + np.append(0.0, rng.exponential(1.0, len(value) - 1)) + sigma * rng.normal(size=len(value))
        naive.append(drift(year, value, 2020.0).rate)
        corrected.append(drift(year, value, 2020.0, error=np.full(len(value), sigma)).rate)
    assert np.mean(corrected) == pytest.approx(1.0, abs=0.2)
    assert abs(np.mean(naive) - 1.0) > 0.02


def test_time_without_a_record_counts():
    year, value = np.array([2012.0, 2013.0, 2014.0]), np.array([0.0, -1.0, -2.0])
    assert drift(year, value).rate == pytest.approx(1.0)
    assert drift(year, value, 2020.0).rate == pytest.approx(0.25)
    assert drift(year, value).low is None, "two steps are too few for an interval"


def test_the_drift_is_the_same_in_any_unit_of_compute():
    year, value = _walk(np.random.default_rng(1), 30)
    assert drift(year, value + 7.0).rate == pytest.approx(drift(year, value).rate)
    assert drift(year, 2.0 * value).rate == pytest.approx(2.0 * drift(year, value).rate)
    assert running_best(year, value).tolist() == list(range(len(year)))


def test_records_of_one_day_tell_nothing():
    with pytest.raises(ProgressError, match="of one time"):
        drift(np.array([2012.0, 2012.0]), np.array([1.0, 0.0]))


def test_efficiency_says_its_headline_first(tmp_path):
    found = efficiency_gains(pd.DataFrame({"model": list("abcdef"), "year": [2012, 2013, 2014, 2015, 2016, 2020],
                                           "flop": [64, 32, 16, 8, 4, 100]})).to_dict()
    assert set(found["halving"]) == {"months", "low", "high", "method"}
    assert found["halving"]["months"] == pytest.approx(24.0)
    assert found["halving"]["method"] == "random walk"
    assert any(one["method"] == "least squares" for one in found["halving_months"])
    assert found["factor_per_year"]["point"] == pytest.approx(2**0.5)


def test_ols_is_said_to_be_too_sure(tmp_path):
    result = _run("efficiency", EXAMPLES / "speedrun" / "nanogpt.csv", "--compute", "minutes", "--method", "ols")
    assert result.exit_code == 0, result.output
    assert "too narrow" in result.stderr


def test_the_speedrun_is_less_sure_than_a_regression_says():
    table = EXAMPLES / "speedrun" / "nanogpt.csv"
    both = {method: json.loads(_run("efficiency", table, "--compute", "minutes", "--method", method, "--format",
                                    "json").stdout)["halving"] for method in ("process", "ols")}
    width = {method: one["high"] / one["low"] for method, one in both.items()}
    assert width["ols"] < 1.3
    assert width["process"] > 3.0
    assert both["ols"]["months"] == pytest.approx(6.5, abs=0.3)


@pytest.fixture
def table(tmp_path):
    def written(change=lambda frame: frame, **options) -> Path:
        path = tmp_path / "table.csv"
        change(simulated_records(11, 60).drop(columns=["benchmark", "metric"])).to_csv(path, index=False, **options)
        return path

    return written


def _fit(path: Path, *more: str):
    return _run("fit", path, "--bootstrap", 0, "--slope-prior", "0.09", "--format", "json", *more)


@pytest.mark.parametrize(("change", "message"), [
    (lambda f: f.assign(year=2020), "every record is of 2020: nothing tells how fast algorithms improve"),
    (lambda f: f.assign(flop=1e20), "every record took 1e+20 FLOP: nothing tells what compute adds"),
    (lambda f: f.head(6), "6 usable records cannot determine 7 parameters"),
    (lambda f: f.assign(score=f.score.where(f.index % 3 > 0, 100 * f.score)),
     "score: 20 records are above 1, as percents are, and 40 are not"),
])
def test_what_cannot_be_answered_is_refused(table, change, message):
    result = _fit(table(change))
    assert result.exit_code == 1
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(("change", "said"), [
    (lambda f: f.assign(score=100 * f.score), "score: read as percents"),
    (lambda f: f.assign(score=(100 * f.score).round(9).astype(str) + " %"), "60 records used"),
    (lambda f: pd.concat([f, f, f]), "120 records are copies of others and count once"),
    (lambda f: f.assign(published=pd.to_datetime((f.year - 1970) * 365.2425, unit="D").dt.strftime("%d.%m.%Y")
                        ).drop(columns="year"), "60 records used"),
    (lambda f: f.rename(columns={"flop": "Training compute (FLOP)", "training_examples": "Dataset size"}),
     "60 records used"),
])
def test_tables_as_people_write_them_give_the_same_fit(table, change, said):
    expected = json.loads(_fit(table()).stdout)["doubling_months"]["point"]
    result = _fit(table(change))
    assert said in result.stderr
    assert json.loads(result.stdout)["doubling_months"]["point"] == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(("change", "why"), [
    (lambda f: f.assign(training_examples=1.28e6), "every record has 1.28e+06 training examples"),
    (lambda f: f.drop(columns="training_examples"), "no record says the size of its training set"),
])
def test_what_is_not_told_is_left_out_and_named(table, change, why):
    result = _fit(table(change))
    found = json.loads(result.stdout)
    assert found["identifiability"]["left_out"] == {"b_d": why}
    assert "b_d" not in found["parameters"]
    assert "effective_data" not in found["growth_per_year"]
    assert f"b_d is left out: {why}" in result.stderr


def test_the_priors_pull_is_said(table):
    result = _run("fit", table(), "--bootstrap", 0, "--slope-prior", "0.02", "--format", "json")
    assert "prior standard deviations from zero" in result.stderr
    found = json.loads(result.stdout)["identifiability"]
    assert found["rank"] == found["columns"] == 4
    assert found["condition"] > 1
    assert max(found["prior_distance"].values()) > 2


def test_the_slope_prior_is_chosen_by_leaving_out(table):
    found = json.loads(_run("fit", table(), "--bootstrap", 0, "--format", "json").stdout)
    assert found["priors"]["slope_chosen_by"] == "leave-one-out"


@pytest.mark.parametrize(("options", "left"), [
    (("--since", "2019"), lambda f: (f.year >= 2019).sum()),
    (("--since", "2019-07-02"), lambda f: (f.year >= 2019.5).sum()),
    (("--where", "flop<1e20"), lambda f: (f.flop < 1e20).sum()), (("--where", "model!=model 3"), lambda f: 59),
])
def test_rows_that_are_asked_for(table, options, left):
    result = _fit(table(), *options)
    assert json.loads(result.stdout)["n"] == left(simulated_records(11, 60))


def test_the_best_of_each_paper_alone(table):
    result = _fit(table(lambda f: f.assign(paper=[f"paper {i // 2}" for i in range(60)])), "--per-paper", "1")
    assert json.loads(result.stdout)["n"] == 30
    assert "30 records left out" in result.stderr


def test_a_raw_table_of_facts_is_estimated(tmp_path):
    path = tmp_path / "models.csv"
    path.write_text("Model,Publication date,Parameters,Training tokens\n" + "".join(
        f"model {i},20{10 + i}-06-01,{10**(7 + i / 2):.3g},{10**(9 + i / 4):.3g}\n" for i in range(8)))
    result = _run("trend", path, "--format", "json")
    assert result.exit_code == 0, result.output
    assert "estimated from facts in 8 of 8 rows" in result.stderr
    assert json.loads(result.stdout)["ignoring_errors"]["growth_factor_per_year"] == pytest.approx(10**0.75, rel=0.01)


def test_the_epoch_layout_gives_estimated_and_published_trends(tmp_path):
    path = tmp_path / "epoch.csv"
    path.write_text("Model,Publication date,Domain,Organization,Parameters,Training dataset size (gradients),"
                    "Training compute (FLOP),Training hardware,Epochs,Hardware quantity\n" + "".join(
                        f"m{i},20{10 + i}-06-01,Language,X,{10**(7 + i / 2):.3g},{10**(9 + i / 4):.3g},"
                        f"{10**(18 + i):.3g},,1,\n" for i in range(8)))
    factor = {name: json.loads(_run("trend", path, "--preset", "epoch", "--compute", name, "--format", "json").stdout)[
        "ignoring_errors"]["growth_factor_per_year"] for name in ("published", "estimated")}
    assert factor["published"] == pytest.approx(10.0, rel=0.01)
    assert factor["estimated"] == pytest.approx(10**0.75, rel=0.05)


def test_scores_without_bounds_are_linear():
    """Elo that rises 100 a year and 50 a factor e of compute: growth of effective compute is 2 a year."""
    frame = simulated_records(3, 80)
    elo = 100 * (frame.year - 2012) + 50 * np.log(frame.flop / 1e18) + 20 * np.random.default_rng(0).normal(size=80)
    seen = observations(frame.assign(score=elo), CENTRE, scale=Scale(bounded=False))
    fit = fit_frontier(seen, LINEAR, starts=1)
    assert fit.growth()["effective_compute"].point == pytest.approx(2.0, rel=0.1)
    columns = seen.columns()
    assert fit.model.accuracy(fit.vector()[None, :-1], columns)[0] == pytest.approx(elo, abs=100)


def test_a_floor_of_chance():
    model = replace(PRODUCT, floor=0.25)
    score = np.array([0.3, 0.6, 0.9])
    assert model.log_odds(0.25 + 0.75 * score) == pytest.approx(PRODUCT.log_odds(score))
    frame = simulated_records(4, 80)
    lifted = frame.assign(score=0.25 + 0.75 * frame.score)
    fits = [fit_frontier(observations(one, CENTRE), shape, starts=1).parameters
            for one, shape in ((frame, PRODUCT), (lifted, model))]
    assert fits[0] == pytest.approx(fits[1], rel=1e-6)


def test_a_prediction_and_its_uncertainty():
    seen = observations(simulated_records(6), CENTRE)
    fit = fit_frontier(seen, resamples=80, starts=1)
    found = predict_score(fit, seen, 2018.0, 1e20, 1.28e6)
    assert found.low < found.score.low < found.score.point < found.score.high < found.high
    assert found.outside == ()
    assert predict_score(fit, seen, 2030.0, 1e28, 1.28e6).outside
    needed = needed_for(fit, found.score.point, 2018.0, 1.28e6)
    assert needed.point == pytest.approx(1e20, rel=1e-6), "what a score needs is what gives that score"
    named = effective_compute(fit, seen, "model 3", 2012.0)
    growth = fit.growth()["effective_compute"].point
    assert named.effective.point == pytest.approx(seen.compute[3] * np.exp(growth * (seen.year[3] - 2012.0)))


def test_what_chance_gives_needs_no_compute(table):
    """A fit with a floor answers both ways alike: compute for a score, and the score of that compute."""
    asked = ("--year", 2020, "--floor", "0.25", "--data-size", "1.28e6", "--bootstrap", 0, "--slope-prior", "0.09",
             "--format", "json")
    lifted = table(lambda f: f.assign(score=0.25 + 0.75 * f.score))
    needed = json.loads(_run("predict", lifted, "--score", "0.7", *asked).stdout)["compute_needed"]["point"]
    given = json.loads(_run("predict", lifted, "--flop", needed, *asked).stdout)["prediction"]["score"]["point"]
    assert given == pytest.approx(0.7, rel=1e-6)
    same = json.loads(_run("predict", table(), "--score", "0.6", "--year", 2020, "--data-size", "1.28e6", "--bootstrap",
                           0, "--slope-prior", "0.09", "--format", "json").stdout)["compute_needed"]["point"]
    assert needed == pytest.approx(same, rel=1e-3), "(0.7 - 0.25) / 0.75 is 0.6"


@pytest.mark.parametrize(("asked", "message"), [
    (("--year", 2020, "--score", 80), "a score is a fraction between 0 and 1, not 80"),
    (("--year", 2020, "--score", 0.2, "--floor", 0.25), "a score is a fraction between 0.25 and 1, not 0.2"),
    (("--year", 20200101, "--score", 0.8), "--year: expected a year such as 2025 or 2025.5, not 20200101"),
    (("--year", 20, "--flop", 1e21), "--year: expected a year such as 2025 or 2025.5, not 20"),
    (("--name", "model 3", "--reference-year", 12), "--reference-year: expected a year"),
    (("--year", 2020, "--flop", 21), "predict: 21 FLOP looks like a power of ten: write 1e+21"),
])
def test_questions_in_another_unit_are_refused(table, asked, message):
    result = _run("predict", table(lambda f: f.assign(score=0.3 + 0.7 * f.score)), *asked, "--bootstrap", 0,
                  "--slope-prior", "0.09")
    assert result.exit_code == 1
    assert result.stderr.startswith(message)


@pytest.mark.parametrize(("asked", "message"), [
    (("fit", "--centre", "2012,1e6,4.7e17"), "centre: expected YEAR,FLOP,DATA, not '2012,1e6,4.7e17', where"),
    (("fit", "--centre", "12,4.7e17,1e6"), "centre: expected YEAR,FLOP,DATA, not '12,4.7e17,1e6', where the year"),
    (("fit", "--since", "03/04/2018"), "--since: '03/04/2018' has two readings: write it as 2019-06-15"),
    (("fit", "--shared-error", "3"), "an error that compute estimated in one way shares needs a column `method`"),
])
def test_options_that_would_change_the_answer_unseen_are_refused(table, asked, message):
    result = _run(asked[0], table(), *asked[1:], "--bootstrap", 5, "--slope-prior", "0.09")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith(message)


def test_a_point_in_another_order_is_refused():
    result = _run("attribute", "2015,1e18,1e6", "2020,1e8,1e21", "--preset", "erdil-besiroglu-2022")
    assert result.exit_code == 1
    assert result.stderr.startswith("point: expected YEAR,DATA,FLOP, not '2015,1e18,1e6', where")


def test_an_error_that_is_shared_widens_without_intervals_too():
    frame = simulated_records(5, 80).assign(method=["a", "b"] * 40)
    seen = observations(frame, CENTRE)
    assert seen.compute_error is None
    plain, shared = (fit_with_errors(seen, resamples=60, starts=1, shared=factor).estimates()["a1"]
                     for factor in (1.0, 10.0))
    assert shared.high - shared.low > 1.1 * (plain.high - plain.low)


def test_effective_compute_lies_within_its_interval_where_rates_are_corrected(table):
    path = table(lambda f: f.assign(flop_low=f.flop / 10, flop_high=f.flop * 10))
    result = _run("predict", path, "--name", "model 3", "--reference-year", 2012, "--bootstrap", 60,
                  "--slope-prior", "0.09", "--format", "json")
    found = json.loads(result.stdout)["effective"]["effective_compute"]
    assert found["low"] < found["point"] < found["high"]


def test_predict_command(table):
    result = _run("predict", table(), "--year", 2020, "--flop", "1e21", "--score", "0.7", "--name", "model 3",
                  "--bootstrap", 20, "--slope-prior", "0.09", "--format", "json")
    found = json.loads(result.stdout)
    assert set(found) >= {"prediction", "compute_needed", "effective"}
    assert _run("predict", table(), "--year", 2020).exit_code == 2


def test_a_rate_that_changes():
    seen = observations(simulated_records(8), CENTRE)
    constant = fit_frontier(seen, starts=1)
    model = with_rate(PRODUCT, "piecewise", [2017.0], seen.year)
    assert model.parameters == ("a1", "a_y", "a_c", "a_y_after_2017", "b1", "b_y", "b_d", "delta")
    fit = fit_frontier(seen, model, starts=1)
    assert fit.log_likelihood >= constant.log_likelihood - 1.0
    periods = rates_over_time(fit, seen.year)
    assert [(row["from"] < 2017, row["to"] > 2017) for row in periods] == [(True, False), (False, True)]
    years = rates_over_time(fit_frontier(seen, with_rate(PRODUCT, "years", [], seen.year), starts=1), seen.year)
    assert len(years) == len(np.unique(np.floor(seen.year))) - 1
    assert len(with_rate(PRODUCT, "spline", [], seen.year).parameters) == 10
    with pytest.raises(ProgressError, match="knots"):
        with_rate(PRODUCT, "piecewise", [1999.0], seen.year)


@pytest.mark.parametrize("kind", ["piecewise", "spline", "years"])
def test_a_rate_that_changes_is_fitted_to_uncertain_compute(kind):
    seen = observations(simulated_records(8), CENTRE)
    seen = replace(seen, compute_error=np.full(len(seen), 0.5))
    fit = fit_with_errors(seen, with_rate(PRODUCT, kind, [2017.0] if kind == "piecewise" else [], seen.year), starts=1)
    assert np.isfinite(fit.log_likelihood)


def test_no_interaction_is_found_where_there_is_none():
    seen = observations(simulated_records(9), CENTRE)
    found = interaction_test(fit_frontier(seen, with_interaction(PRODUCT), starts=1))
    assert found["p_value"] > 0.01
    assert abs(found["estimate"]) < 0.1


def test_pre_training_data_that_are_worth_nothing():
    frame = simulated_records(10, 90)
    pre = np.where(np.random.default_rng(2).random(90) < 0.5, 10.0 * frame.training_examples, 0.0)
    from computeest.progress.changing import with_transfer

    seen = observations(frame.assign(pre=pre), CENTRE, pretraining="pre")
    found = transfer_exponent(fit_frontier(seen, with_transfer(PRODUCT), starts=1))
    assert abs(found.point) < 0.5


def test_solvers_of_linear_and_mixed_integer_programs():
    """Koch et al. 2022 (arXiv:2206.09787): hardware 20x, algorithms 9x and 50x, together 180x and 1000x."""
    linear, mixed = cross(read_table(EXAMPLES / "hardware_and_algorithms" / "solvers.csv"))
    assert (linear.hardware, linear.algorithm, linear.both) == pytest.approx((20, 9, 180))
    assert (mixed.hardware, mixed.algorithm, mixed.both) == pytest.approx((20, 50, 1000))


def test_a_whole_table_of_old_and_new_has_an_interaction():
    cells = pd.DataFrame({"algorithm": ["old", "old", "new", "new"], "hardware": ["old", "new", "old", "new"],
                          "seconds": [1000.0, 100.0, 250.0, 5.0]})
    found = cross(cells)[0]
    assert found.interaction == pytest.approx(5.0)
    assert found.hardware * found.algorithm == pytest.approx(found.both)
    with pytest.raises(ProgressError, match="two rows"):
        cross(pd.concat([cells, cells]))


@pytest.mark.parametrize(("name", "algorithm"), [("lecun1989", 0.0409 / 0.0159), ("chess", 10 ** (585 / 400))])
def test_comparisons_that_papers_cite(name, algorithm):
    found = cross(read_table(EXAMPLES / "hardware_and_algorithms" / f"{name}.csv"))[0]
    assert found.algorithm == pytest.approx(algorithm)


def test_time_to_train_is_split_by_the_chip_table():
    result = _run("split", EXAMPLES / "hardware_and_algorithms" / "dawnbench_imagenet.csv", "--format", "json")
    found = json.loads(result.stdout)
    assert np.prod(list(found["factors"].values())) == pytest.approx(found["speedup"])
    assert sum(found["shares"].values()) == pytest.approx(1.0)
    assert found["factors"]["scale"] == pytest.approx(32.0)
    speedrun = json.loads(_run("split", EXAMPLES / "speedrun" / "nanogpt.csv", "--format", "json").stdout)
    assert speedrun["shares"]["algorithm"] == pytest.approx(1.0), "always eight H100"


def test_split_needs_chips():
    with pytest.raises(ProgressError, match="how long a run took"):
        split_times(pd.DataFrame({"year": [2012.0], "chips": [1], "peak": [1e12]}))


def test_ai_and_efficiency_has_its_rows():
    found = json.loads(_run("efficiency", "--preset", "ai-and-efficiency", "--format", "json").stdout)["levels"]
    gains = {one["name"]: one["best_factor"] for one in found}
    assert gains == pytest.approx({"AlexNet": 44.9, "ResNet-50": 22.7, "Seq2Seq": 58.1, "GNMT": 8.95,
                                   "AlphaGo Zero": 8.0, "OpenAI Five": 5.0, "AlexNet, inference": 18.0}, rel=0.01)
    first = next(one for one in found if one["name"] == "AlexNet")
    lines = {one["method"]: one["months"] for one in first["halving_months"] if one["records"] == "running best"}
    assert lines["least squares"] == pytest.approx(15.7, abs=0.1)


@pytest.mark.skipif(not ERDIL_BESIROGLU_TABLE.is_file(), reason="the authors' dataset is not beside this checkout")
def test_effective_budgets_of_the_papers_footnote():
    """Footnote 3: over the 97 rows the highest C is 4.516 times the lowest, the highest D 1.381 times."""
    preset = ERDIL_BESIROGLU_2022
    seen = observations(preset.records(read_table(ERDIL_BESIROGLU_TABLE))[0], preset.centre, required=preset.required)
    compute, data = budgets(fit_frontier(seen, starts=1), seen)
    assert compute.max() / compute.min() == pytest.approx(4.516, abs=0.002)
    assert data.max() / data.min() == pytest.approx(1.381, abs=0.002)
