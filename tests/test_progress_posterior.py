"""The full posterior: what its draws say beside the point fit, and that it is asked for where it is missing."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import pytest
from progress_facts import POINT_FIT, simulated_records
from typer.testing import CliRunner

from computeest.cli.progress import app
from computeest.progress import Centre, ProgressError, fit_frontier, observations
from computeest.progress.model import LINEAR, PRODUCT
from computeest.progress.records import Scale

CENTRE = Centre(2012.0, 4.7e17, 1e6)


def _run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_what_is_missing_is_named(tmp_path, monkeypatch):
    """Without numpyro the fit alone works, and --posterior says what to install."""
    monkeypatch.setitem(sys.modules, "jax", None)
    path = tmp_path / "records.csv"
    simulated_records(5).to_csv(path, index=False)
    result = _run("fit", path, "--bootstrap", 0, "--slope-prior", "0.09", "--posterior")
    assert result.exit_code == 1
    assert "pip install 'computeest[posterior]'" in result.stderr
    assert _run("fit", path, "--bootstrap", 0, "--slope-prior", "0.09").exit_code == 0


def test_scores_are_the_inverse_of_log_odds():
    score = np.array([0.3, 0.6, 0.9])
    for model in (PRODUCT, PRODUCT.with_ceiling(0.95), LINEAR.scaled_to(score)):
        assert model.scores(model.log_odds(score)) == pytest.approx(score)


@pytest.fixture(scope="module")
def chains():
    """Draws for 60 records of 20 papers whose compute is known within a factor of 3."""
    pytest.importorskip("numpyro", reason="the extra `posterior` is not installed")
    pytest.importorskip("arviz", reason="the extra `posterior` is not installed")
    from computeest.progress.chains import sample
    from computeest.progress.fit import fit_with_errors

    frame = simulated_records(11, 60)
    frame = frame.assign(flop_low=frame.flop / 3, flop_high=frame.flop * 3, paper=[f"p{i // 3}" for i in range(60)])
    seen = observations(frame, CENTRE, cluster="paper")
    return sample(fit_with_errors(seen, starts=2, level=0.9), seen, draws=300, chains=2, seed=1)


def test_draws_hold_the_truth_and_say_how_far_they_can_be_trusted(chains):
    found = chains.to_dict()
    assert list(found["parameters"])[:7] == list(POINT_FIT)
    assert {"paper_scatter", "compute_scatter"} <= set(found["parameters"])
    for value in found["parameters"].values():
        assert value["low"] < value["median"] < value["high"]
        assert value["r_hat"] < 1.1
        assert value["ess_bulk"] > 50
    growth = found["growth_per_year"]["effective_compute"]
    assert growth["low"] < POINT_FIT["a_y"] / POINT_FIT["a_c"] < growth["high"]
    assert found["doubling_months"]["low"] < found["doubling_months"]["median"] < found["doubling_months"]["high"]
    assert found["loo"]["standard_error"] > 0
    assert (found["chains"], found["draws"]) == (2, 300)


def test_scores_lie_where_the_draws_foresee_them(chains):
    from computeest.progress.chains import predictive_cover

    assert 0.8 <= chains.within() <= 1.0
    cover = predictive_cover(chains, np.array([0.1, 0.5, 0.9]))
    assert (np.diff(cover) > 0).all()


def test_the_predictive_plot_shows_every_record(chains):
    from computeest.progress.chain_figures import predictive_plot

    left = predictive_plot(chains).axes[0]
    assert sum(len(one.get_offsets()) for one in left.collections[1:]) == 60


def test_the_posterior_of_a_straight_line_is_that_of_regression():
    """One sigmoid in log-odds with flat priors: draws have the mean and spread of least squares."""
    pytest.importorskip("numpyro", reason="the extra `posterior` is not installed")
    from computeest.progress import Priors
    from computeest.progress.chains import sample

    frame = simulated_records(3, 60)
    elo = 100 * (frame.year - 2012) + 50 * np.log(frame.flop / 1e18) + 20 * np.random.default_rng(0).normal(size=60)
    seen = observations(frame.assign(score=elo), CENTRE, scale=Scale(bounded=False))
    fit = fit_frontier(seen, LINEAR, Priors(intercept=100.0, slope=100.0), starts=1)
    drawn = sample(fit, seen, draws=400, chains=2)
    columns = seen.columns()
    design = np.column_stack([columns[name] for name in ("constant", "year", "log_compute", "log_data")])
    aim = fit.model.log_odds(seen.score)
    least, residual = np.linalg.lstsq(design, aim, rcond=None)[:2]
    spread = np.sqrt(np.diagonal(np.linalg.inv(design.T @ design)) * residual[0] / (60 - 4))
    for name, mean, sd in zip(("a1", "a_y", "a_c", "b_d"), least, spread, strict=True):
        assert drawn.flat(name).mean() == pytest.approx(mean, abs=0.4 * sd)
        assert drawn.flat(name).std() == pytest.approx(sd, rel=0.25)


def test_the_command_reports_it(tmp_path):
    pytest.importorskip("numpyro", reason="the extra `posterior` is not installed")
    path = tmp_path / "records.csv"
    simulated_records(5, 40).to_csv(path, index=False)
    arguments = ["fit", path, "--bootstrap", 0, "--slope-prior", "0.09", "--posterior", "--draws", 100]
    found = json.loads(_run(*arguments, "--format", "json").stdout)["posterior"]
    assert found["loo"]["elpd"] > 0
    assert found["growth_per_year"]["effective_compute"]["low"] is not None
    text = _run(*arguments).stdout
    assert "posterior" in text
    assert "largest Pareto k" in text


def test_a_ceiling_is_an_irreducible_error(tmp_path):
    path = tmp_path / "records.csv"
    simulated_records(5, 40).to_csv(path, index=False)
    found = [json.loads(_run("fit", path, "--bootstrap", 0, "--slope-prior", "0.09", "--format", "json", *more).stdout)
             for more in (("--ceiling", "0.98"), ("--irreducible", "0.02"))]
    assert found[0]["parameters"] == pytest.approx(found[1]["parameters"])
    assert found[0]["irreducible_error"] == pytest.approx(0.02)
    assert _run("fit", path, "--ceiling", "1.2").exit_code == 1
    with pytest.raises(ProgressError):
        observations(pd.DataFrame())
