"""The frontier fit: derivatives, modes, bootstrap, and the published fit where its dataset is at hand."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from progress_facts import ERDIL_BESIROGLU_TABLE, LOG_LIKELIHOOD, POINT_FIT, design, simulated_records

from computeest.progress import (
    PRODUCT,
    SINGLE,
    SINGLE_WITH_SIZE,
    Centre,
    Observations,
    Priors,
    ProgressError,
    choose_slope_prior,
    compare_models,
    fit_frontier,
    fit_irreducible,
    foresight,
    observations,
)
from computeest.progress.bootstrap import corrected_share, parameter_summary
from computeest.progress.modes import maximize, problem, random_starts
from computeest.progress.posterior import Problem, evaluate
from computeest.progress.presets import ERDIL_BESIROGLU_2022
from computeest.progress.records import centred, read_table

CENTRE = ERDIL_BESIROGLU_2022.centre
TRUTH = np.array(list(POINT_FIT.values()))


@pytest.fixture(scope="module")
def simulated() -> Observations:
    return observations(simulated_records(5), CENTRE)


@pytest.fixture(scope="module")
def published() -> Observations:
    if not ERDIL_BESIROGLU_TABLE.is_file():
        pytest.skip("the authors' dataset is not beside this checkout")
    records, _ = ERDIL_BESIROGLU_2022.records(read_table(ERDIL_BESIROGLU_TABLE))
    return observations(records, CENTRE, required=ERDIL_BESIROGLU_2022.required)


# -- derivatives -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [PRODUCT, SINGLE], ids=lambda model: model.name)
def test_gradient_and_hessian_are_those_of_the_objective(simulated, model):
    task = problem(simulated, model, Priors())
    at = random_starts(np.random.default_rng(2), model, Priors(), 4)
    value = evaluate(task, at)
    step = 1e-5
    for i in range(at.shape[1]):
        shift = np.zeros(at.shape[1])
        shift[i] = step
        above, below = evaluate(task, at + shift), evaluate(task, at - shift)
        slope = (above.objective - below.objective) / (2 * step)
        np.testing.assert_allclose(slope, value.gradient[i], rtol=1e-6, atol=1e-4)
        bend = (above.gradient - below.gradient) / (2 * step)
        np.testing.assert_allclose(bend, value.hessian[:, i], rtol=1e-5, atol=1e-2)


def test_objective_is_minus_log_likelihood_minus_log_prior(simulated):
    """Against the density written out term by term."""
    task = problem(simulated, PRODUCT, Priors())
    value = evaluate(task, TRUTH[None, :-1])
    expected = PRODUCT.accuracy(TRUTH[None, :-1], simulated.columns())[0]
    error = np.log(simulated.score / (1 - simulated.score)) - np.log(expected / (1 - expected))
    scale = np.exp(value.delta[0])
    density = (-0.5 * (error / scale) ** 2 - np.log(scale)).sum()
    prior = -0.5 * ((TRUTH[:-1] / [1, 0.09, 0.09, 1, 0.09, 0.09]) ** 2).sum() - 0.5 * value.delta[0] ** 2
    assert value.objective[0] == pytest.approx(-density - prior, rel=1e-12)
    scales = value.delta[0] + np.array([-1e-3, 0, 1e-3])
    nearby = [(-0.5 * (error / np.exp(delta)) ** 2 - delta).sum() - 0.5 * delta**2 for delta in scales]
    assert nearby[1] == max(nearby), "the error scale is the best one"


def test_weights_count_records(simulated):
    """A record of weight two is a record that stands twice in the table."""
    frame = simulated_records(5)
    doubled = observations(pd.concat([frame, frame.iloc[:1]], ignore_index=True), CENTRE)
    weights = np.ones((1, len(simulated)))
    weights[0, 0] = 2.0
    once = evaluate(problem(simulated, PRODUCT, Priors(), weights), TRUTH[None, :-1])
    twice = evaluate(problem(doubled, PRODUCT, Priors()), TRUTH[None, :-1])
    assert once.objective[0] == pytest.approx(twice.objective[0], rel=1e-12)


def test_single_sigmoid_with_wide_priors_is_linear_regression(simulated):
    fit = fit_frontier(simulated, SINGLE, Priors(1e5, 1e5, 1e5))
    columns = simulated.columns()
    design_matrix = SINGLE.factors[0].design(columns)
    log_odds = np.log(simulated.score / (1 - simulated.score))
    expected, *_ = np.linalg.lstsq(design_matrix, log_odds, rcond=None)
    np.testing.assert_allclose(fit.vector()[:-1], expected, rtol=1e-6)
    assert len(fit.modes) == 1
    assert fit.modes[0].weight == pytest.approx(1.0)


# -- the search --------------------------------------------------------------------------------------------------------


def test_search_agrees_with_scipy(simulated):
    """scipy's BFGS on the same posterior, all seven parameters free and derivatives taken numerically."""
    from scipy.optimize import minimize

    columns, log_odds = simulated.columns(), np.log(simulated.score / (1 - simulated.score))

    def loss(vector: np.ndarray) -> float:
        expected = PRODUCT.accuracy(vector[None, :-1], columns)[0]
        error = log_odds - np.log(expected / (1 - expected))
        widths = np.array([1, 0.09, 0.09, 1, 0.09, 0.09, 1])
        likelihood = len(error) * vector[-1] + 0.5 * (error**2).sum() * np.exp(-2 * vector[-1])
        return likelihood + 0.5 * ((vector / widths) ** 2).sum()

    found = minimize(loss, TRUTH, method="BFGS", options={"gtol": 1e-4})
    fit = fit_frontier(simulated)
    np.testing.assert_allclose(fit.vector(), found.x, rtol=2e-3, atol=2e-4)


def test_every_search_converges_from_everywhere(simulated):
    starts = random_starts(np.random.default_rng(0), PRODUCT, Priors(), 500)
    optima = maximize(problem(simulated, PRODUCT, Priors()), 3.0 * starts)
    assert optima.converged.all()


def test_fits_do_not_depend_on_their_company(simulated):
    """A fit in a batch of many gives what it gives alone."""
    starts = random_starts(np.random.default_rng(0), PRODUCT, Priors(), 700)
    together = maximize(problem(simulated, PRODUCT, Priors()), starts)
    alone = maximize(problem(simulated, PRODUCT, Priors()), starts[640:641])
    np.testing.assert_allclose(together.parameters[640], alone.parameters[0], rtol=1e-6)


def test_mode_weights_are_those_of_a_normal_mixture():
    """Two records sets that pull two ways: weights add up to one and follow the posterior density."""
    fit = fit_frontier(observations(simulated_records(12, 40), CENTRE), starts=20)
    assert sum(mode.weight for mode in fit.modes) == pytest.approx(1.0)
    densities = [mode.log_posterior for mode in fit.modes]
    assert densities == sorted(densities, reverse=True)


# -- the published fit -------------------------------------------------------------------------------------------------


def test_published_point_fit(published):
    fit = fit_frontier(published, priors=ERDIL_BESIROGLU_2022.priors)
    assert fit.n == 97
    for name, value in POINT_FIT.items():
        assert fit.parameters[name] == pytest.approx(value, abs=2e-6), name
    assert fit.log_likelihood == pytest.approx(LOG_LIKELIHOOD, abs=1e-3)
    assert fit.doubling_months().point == pytest.approx(8.09, abs=0.005)


def test_second_mode_is_reported_with_its_weight(published):
    """In the other mode progress makes data go further instead of compute, at a likelihood 4 nats lower."""
    first, second = fit_frontier(published).modes
    assert second.parameters["b_y"] > 0.15 > second.parameters["a_y"]
    assert 0.005 < second.weight < 0.1
    assert first.weight + second.weight == pytest.approx(1.0)
    assert first.log_likelihood - second.log_likelihood == pytest.approx(4.09, abs=0.05)


def test_published_bootstrap(published):
    """Paper: mean 8.95 (notebook 8.71) from 100 resamples, so +- 1; interval 3.55 to 25.40."""
    fit = fit_frontier(published, priors=ERDIL_BESIROGLU_2022.priors, resamples=400, starts=4, seed=1)
    doubling = fit.doubling_months()
    assert 7.5 < doubling.mean < 11.0
    assert 7.5 < doubling.median < 9.5
    assert 2.8 < doubling.low < 4.6
    assert 18.0 < doubling.high < 32.0
    growth = fit.growth()
    # The paper: 100.96 % [24.60, 215.18] for compute, 37.64 % [-46.95, 134.46] for data.
    assert growth["effective_compute"].mean == pytest.approx(1.05, abs=0.1)
    assert growth["effective_compute"].high == pytest.approx(2.15, abs=0.4)
    assert growth["effective_data"].mean == pytest.approx(0.35, abs=0.1)
    assert growth["effective_data"].low == pytest.approx(-0.47, abs=0.25)
    # Table 1's standard errors: a_y 0.045, a_c 0.045, b1 0.285, b_y 0.034, b_d 0.014; ours leave the other mode out.
    assert fit.estimates()["a_y"].standard_error == pytest.approx(0.037, abs=0.008)
    delta = fit.estimates()["delta"]
    assert (delta.low, delta.high) == (delta.corrected_low, delta.corrected_high)
    assert delta.low < delta.point < delta.high
    assert fit.estimates()["b1"].standard_error == pytest.approx(0.28, abs=0.05)


def test_bootstrap_says_how_often_the_other_mode_wins(published):
    fit = fit_frontier(published, resamples=300, starts=4, seed=2)
    share = fit.bootstrap.best_in_mode
    assert sum(share) == pytest.approx(1.0)
    assert 0.03 < share[1] < 0.2
    assert fit.doubling_in_any_mode().low < 0 < fit.doubling_months().low


def test_published_single_sigmoid(published):
    """The notebook's regression with the parameter count: log-likelihood 262.40, year 0.0876, compute 0.0394."""
    fit = fit_frontier(published, SINGLE_WITH_SIZE, Priors(1e4, 1e4, 1e4))
    assert fit.log_likelihood == pytest.approx(262.40, abs=0.005)
    published_coefficients = {"a_y": 0.0876, "a_c": 0.0394, "a_n": 0.0215, "b_d": 0.0366}
    for name, value in published_coefficients.items():
        assert fit.parameters[name] == pytest.approx(value, abs=6e-5), name


def test_leave_one_out_chooses_the_published_prior_width(published):
    """The authors set 0.09 "based on cross-validation exercises"."""
    priors, tried = choose_slope_prior(published)
    assert priors.slope == 0.09
    assert tried[0].log_density < max(row.log_density for row in tried) > tried[-1].log_density


def test_variants_compared(published):
    rows = {row["model"]: row for row in compare_models(published)}
    assert rows["product"]["left_out_log_density"] > rows["single"]["left_out_log_density"]
    floor = rows["product with irreducible error"]
    assert 0.0 < floor["irreducible_error"] < 1 - published.score.max()
    assert floor["log_likelihood"] > rows["product"]["log_likelihood"]


def test_published_exclusions(published):
    assert published.excluded == {"flop is missing": 11, "parameters is missing": 2}
    assert not set(published.model) & {"NASNet-A", "AmoebaNet-A", "GreedyNAS-B"}


# -- simulation --------------------------------------------------------------------------------------------------------


def test_intervals_cover_the_truth_they_were_simulated_from():
    """200 simulations of 97 records from the published fit, each bootstrapped: 90 % intervals hold it 80 to 97 %.

    Those that a fit reports for its seven parameters, both rates and the doubling time, and the bias-corrected
    ones.
    """
    simulations, resamples, count = 200, 120, 97
    rng = np.random.default_rng(0)
    columns = centred(CENTRE, *design(rng, count))
    designs = tuple(factor.design(columns) for factor in PRODUCT.factors)
    expected = PRODUCT.log_odds(PRODUCT.accuracy(TRUTH[None, :-1], columns)[0])
    log_odds = expected + np.exp(TRUTH[-1]) * rng.normal(size=(simulations, count))
    start = np.tile(TRUTH[:-1], (simulations, 1))
    points = maximize(Problem(PRODUCT, Priors(), designs, log_odds, np.ones((1, count))), start).parameters
    weights = rng.multinomial(count, np.full(count, 1 / count), size=simulations * resamples).astype(float)
    again = Problem(PRODUCT, Priors(), designs, np.repeat(log_odds, resamples, axis=0), weights)
    optima = maximize(again, np.repeat(points[:, :-1], resamples, axis=0))
    assert optima.converged.all()
    draws = optima.parameters.reshape(simulations, resamples, -1)
    rates = [_with_rates(values) for values in (TRUTH, points, draws)]
    names = (*PRODUCT.parameters, "growth of compute", "growth of data", "doubling time")
    for k, name in enumerate(names):
        reported, corrected = _coverage(name, *(values[..., k] for values in rates))
        assert 0.80 <= reported <= 0.97, name
        assert 0.80 <= corrected <= 0.97, name
    # The prior pulls a little, but the truth stays within a standard deviation of the estimates' mean.
    assert (np.abs(points.mean(axis=0) - TRUTH) < points.std(axis=0)).all()


def _with_rates(vectors: np.ndarray) -> np.ndarray:
    growth = vectors[..., 1] / vectors[..., 2]
    rates = np.stack([growth, vectors[..., 4] / vectors[..., 5], 1 / growth], axis=-1)
    return np.concatenate([vectors, rates], axis=-1)


def _coverage(name: str, truth: float, points: np.ndarray, draws: np.ndarray) -> tuple[float, float]:
    """Shares of the simulations in which the reported and the corrected interval hold the truth."""
    found = [parameter_summary(name, point, values, 0.90) for point, values in zip(points, draws, strict=True)]
    reported = [one.low <= truth <= one.high for one in found]
    corrected = [one.corrected_low <= truth <= one.corrected_high for one in found]
    return float(np.mean(reported)), float(np.mean(corrected))


def test_correction_leaves_unbiased_draws_alone():
    draws = np.arange(1001.0)
    assert corrected_share(500.5, draws, 0.05) == pytest.approx(0.05, abs=1e-3)
    assert corrected_share(800.0, draws, 0.05) > 0.2


# -- reproducibility and what is refused -------------------------------------------------------------------------------


def test_same_seed_same_bytes_and_another_seed_another_bootstrap(simulated):
    def text(seed: int) -> str:
        return json.dumps(fit_frontier(simulated, resamples=30, starts=3, seed=seed).to_dict())

    assert text(4) == text(4)
    assert json.loads(text(4))["doubling_months"]["mean"] != json.loads(text(5))["doubling_months"]["mean"]


def test_more_starts_do_not_change_the_resamples(simulated):
    few = fit_frontier(simulated, resamples=40, starts=2, seed=1).doubling_months()
    many = fit_frontier(simulated, resamples=40, starts=6, seed=1).doubling_months()
    assert few.median == pytest.approx(many.median, rel=0.05)


def test_centre_moves_the_intercepts_but_hardly_the_rates(simulated):
    frame = simulated_records(5)
    moved = fit_frontier(observations(frame, Centre(2013.0, 1e18, 1.28e6)), priors=Priors(10, 1, 10))
    here = fit_frontier(simulated, priors=Priors(10, 1, 10))
    assert moved.doubling_months().point == pytest.approx(here.doubling_months().point, rel=0.1)
    assert moved.parameters["a1"] != pytest.approx(here.parameters["a1"], rel=0.01)


def test_another_column_can_be_the_data_axis():
    frame = simulated_records(5).rename(columns={"training_examples": "training_tokens"})
    fit = fit_frontier(observations(frame, CENTRE, data="training_tokens"))
    assert fit.parameters == fit_frontier(observations(simulated_records(5), CENTRE)).parameters


def test_irreducible_error_is_recovered():
    """Scores drawn under a ceiling of 0.93 ask for an irreducible error near 0.07."""
    rng = np.random.default_rng(8)
    year, compute, data = design(rng, 400)
    expected = PRODUCT.accuracy(TRUTH[None, :-1], centred(CENTRE, year, compute * 50, data))[0]
    noisy = 1 / (1 + np.exp(-(np.log(expected / (1 - expected)) + 0.1 * rng.normal(size=400))))
    frame = pd.DataFrame({"year": year, "flop": compute * 50, "training_examples": data, "score": 0.93 * noisy})
    model, profile = fit_irreducible(observations(frame, CENTRE))
    assert 1 - model.ceiling == pytest.approx(0.07, abs=0.02)
    assert len(profile) == 40


def test_foresight_is_what_refitting_by_hand_gives():
    frame = simulated_records(3, 30)
    seen = observations(frame, CENTRE)
    densities = []
    for i in range(30):
        fit = fit_frontier(observations(frame.drop(index=i), CENTRE), starts=2)
        expected = PRODUCT.accuracy(fit.vector()[None, :-1], seen.columns())[0, i]
        error = np.log(seen.score[i] / (1 - seen.score[i])) - np.log(expected / (1 - expected))
        scale = np.exp(fit.parameters["delta"])
        jacobian = -np.log(seen.score[i] * (1 - seen.score[i]))
        densities.append(-0.5 * (error / scale) ** 2 - np.log(scale * np.sqrt(2 * np.pi)) + jacobian)
    assert foresight(seen).log_density == pytest.approx(np.mean(densities), rel=1e-4)


@pytest.mark.parametrize(("change", "message"), [
    ({"score": 75.3}, "no record can be used: score is not between 0 and 1 in 30"),
    ({"score": "75.3 %"}, "no record can be used: score is not a number in 30"),
    ({"flop": 0.0}, "no record can be used: flop is not positive in 30"),
    ({"training_examples": None}, "no record can be used: training_examples is missing in 30"),
    ({"year": "soon"}, "no record can be used: year is missing in 30"),
])
def test_unusable_records_say_why(change, message):
    with pytest.raises(ProgressError) as caught:
        observations(simulated_records(1, 30).assign(**change))
    assert str(caught.value) == message


def test_some_unusable_records_are_counted():
    frame = simulated_records(1, 30)
    frame.loc[3, "flop"] = np.nan
    frame.loc[4, "score"] = 1.0
    seen = observations(frame)
    assert len(seen) == 28
    assert seen.excluded == {"flop is missing": 1, "score is not between 0 and 1": 1}


def test_missing_column_names_the_nearest():
    with pytest.raises(ProgressError, match=r"no column `training_examples`; closest: 'training_example'"):
        observations(simulated_records(1, 30).rename(columns={"training_examples": "training_example"}))


def test_annotated_tables_are_read_by_their_records():
    """`annotate` leaves a table's own cells alone and puts the record's numbers beside them."""
    frame = simulated_records(1, 30)
    plain = observations(frame, CENTRE)
    frame["score_estimated"] = frame["score"]
    frame["score"] = [f"{100 * score:.1f} %" for score in frame["score"]]
    assert (observations(frame, CENTRE).score == plain.score).all()


def test_too_few_records_are_refused():
    with pytest.raises(ProgressError, match="7 usable records cannot determine 7 parameters"):
        fit_frontier(observations(simulated_records(1, 7)))


def test_dates_become_decimal_years():
    frame = simulated_records(1, 30).drop(columns="year").assign(published="2015-07-02")
    assert observations(frame).year[0] == pytest.approx(2015.4986, abs=1e-4)


def test_default_centre_is_the_sample_minimum():
    frame = simulated_records(1, 30)
    centre = observations(frame).centre
    assert centre == Centre(np.floor(frame.year.min()), frame.flop.min(), frame.training_examples.min())


def test_percentiles_make_up_for_the_parameters_that_are_fitted():
    """Normal means and one parameter: at the expanded level the bootstrap's interval is as wide as Student's."""
    from scipy.stats import norm, t

    from computeest.progress.bootstrap import expanded_level

    for count in (10, 40):
        level = expanded_level(0.9, count, 1)
        width = norm.ppf(0.5 + level / 2) * ((count - 1) / count) ** 0.5 / count**0.5
        assert width == pytest.approx(t.ppf(0.95, count - 1) / count**0.5)
    assert expanded_level(0.9, 10**6, 7) == pytest.approx(0.9, abs=1e-4)
