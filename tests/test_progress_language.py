"""Language models: the published numbers at the published parameters, and the minima that lie below them."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from computeest.cli.progress import app
from computeest.progress.loss import solver
from computeest.progress.loss.fit import fit_loss, task_of
from computeest.progress.loss.gain import equivalent_gain
from computeest.progress.loss.model import VARIANTS
from computeest.progress.loss.presets import HO_2024
from computeest.progress.loss.rates import Rate, growth
from computeest.progress.loss.rows import Origin, best_of_paper, loss_rows
from computeest.progress.loss.session import LossRequest, beside_published, rows_of
from computeest.progress.loss.session import run as run_loss
from computeest.progress.loss.shapley import loss_at, shapley
from computeest.progress.loss.variants import compare, foreseen_error, left_out_error
from computeest.progress.records import ProgressError

TABLE = Path(__file__).parents[1] / "examples" / "language" / "evaluations.csv"
PUBLISHED = np.array(list(HO_2024.published.values()))
POINTS = {point.name: point for point in HO_2024.points}

#: Predicted losses, as the authors' notebook prints them at its point fit.
PREDICTED = {"RNN": 4.434, "LSTM": 3.708, "Adaptive Input": 3.186, "Transformer-XL": 3.165, "GPT-2": 2.771,
             "Megatron-LM": 2.462, "GPT-3": 2.080, "Gopher": 2.006, "Chinchilla": 2.046}
#: Shares of parameters, data, efficiency of parameters and of data, as the notebook prints them.
SHARES = {
    ("RNN", "LSTM"): (0.127, 0.465, 0.049, 0.359), ("RNN", "Adaptive Input"): (0.408, 0.263, 0.037, 0.292),
    ("RNN", "GPT-2"): (0.429, 0.325, 0.028, 0.218), ("RNN", "GPT-3"): (0.486, 0.324, 0.021, 0.168),
    ("RNN", "Gopher"): (0.484, 0.298, 0.025, 0.193), ("RNN", "Chinchilla"): (0.447, 0.329, 0.027, 0.197),
    ("LSTM", "Adaptive Input"): (0.793, 0.0, 0.027, 0.181),
    ("Adaptive Input", "Chinchilla"): (0.486, 0.372, 0.018, 0.124),
}
#: The notebook's fit with a factor 1 / (1 + exp(-2.971978)) for transformers, and the medians of 100 resamples that it
#: prints for their compute-equivalent gain, with the interval.
TRANSFORMER = np.array([0.506028, 0.029609, 0.000010, -0.035037, 0.079008, 1.102722, 0.107080, 0.111550, 0.055229,
                        0.028882])
GAINS = {1e22: (3.2, 6.6, 28.2), 1e25: (3.3, 7.2, 45.7)}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.read_csv(TABLE)


@pytest.fixture(scope="module")
def rows(frame):
    return rows_of(frame, LossRequest("ho-2024"), HO_2024)


@pytest.fixture(scope="module")
def fit(rows):
    return fit_loss(rows, VARIANTS["m7"], 0.0025, starts=60)


def _task(rows, name="m7", delta=0.0025):
    return task_of(VARIANTS[name], rows, Origin.of(rows), delta)


def test_the_published_sample(rows):
    assert len(rows) == 231
    assert rows.benchmarks[0] == "wt103"
    assert Origin.of(rows).year == pytest.approx(2012.4877, abs=1e-4)
    assert (Origin.of(rows).parameters, Origin.of(rows).data) == (2.0e6, 8.88e5)
    assert rows.group.size == 231
    assert (pd.read_csv(TABLE).transformer == "yes").sum() == 104, "as many transformers as the authors count"


def test_the_objective_at_the_published_parameters(rows):
    objective, error = solver.objective(_task(rows), PUBLISHED[None])
    assert objective[0] == pytest.approx(0.0518141, abs=1e-6)
    assert error[0] + 0.0025 * np.abs(PUBLISHED).sum() == pytest.approx(objective[0])


@pytest.mark.parametrize("name", PREDICTED)
def test_predicted_losses(fit, name):
    found = loss_at(fit.model, fit.origin, fit.rows.benchmarks, [POINTS[name]], PUBLISHED[None])[0, 0]
    assert found == pytest.approx(PREDICTED[name], abs=6e-4)


@pytest.mark.parametrize("pair", SHARES, ids=" to ".join)
def test_shapley_shares(fit, pair):
    found = shapley(fit, *(POINTS[name] for name in pair), PUBLISHED)
    assert tuple(found.shares.values()) == pytest.approx(SHARES[pair], abs=6e-4)
    assert sum(found.shares.values()) == pytest.approx(1.0)


def test_both_better_minima_from_twenty_seeds_of_twenty(rows):
    for seed in range(20):
        modes = fit_loss(rows, VARIANTS["m7"], 0.0025, starts=30, seed=seed).modes
        found = [mode.objective for mode in modes]
        for aim in (0.050824, 0.050849):
            assert min(abs(value - aim) for value in found) < 1e-5, (seed, found)
        assert found == sorted(found)


def test_the_minima_disagree_on_the_rate(fit):
    by_objective = {round(mode.objective, 6): fit.mode_rates(mode)["compute"] for mode in fit.modes}
    assert by_objective[0.050824] == pytest.approx(15.66, abs=0.01)
    assert by_objective[0.050849] == pytest.approx(5.18, abs=0.01)
    assert sum(mode.weight for mode in fit.modes) == pytest.approx(1.0)
    assert any("minima" in warning for warning in fit.warnings())


def test_a_lighter_penalty_turns_them_round(rows):
    found = fit_loss(rows, VARIANTS["m7"], 0.001, starts=40)
    assert [(round(mode.objective, 5), round(found.mode_rates(mode)["compute"], 1)) for mode in found.modes[:2]] == [
        (0.04797, 4.7), (0.04815, 20.2)]


def test_published_doubling_times(fit):
    rates = {name: rate.doubling()["point"] for name, rate in fit.rates(PUBLISHED).items()}
    assert rates["compute"] == pytest.approx(8.69, abs=0.01)
    assert 1 / rates["compute"] == pytest.approx(1 / rates["parameters"] + 1 / rates["data"])


@pytest.mark.parametrize("compute", GAINS)
def test_the_transformers_gain(fit, compute):
    low, median, high = GAINS[compute]
    found = equivalent_gain(fit.model, fit.origin, fit.rows.benchmarks, TRANSFORMER[None],
                            np.array([1.0 / (1.0 + np.exp(-2.971978))]), compute=compute, year=2023.0)[0]
    assert low < found < high
    assert found == pytest.approx(median, rel=0.05)


def test_a_factor_of_one_gains_nothing(fit):
    found = equivalent_gain(fit.model, fit.origin, fit.rows.benchmarks, PUBLISHED[None], np.ones(1), compute=1e24,
                            year=2020.0)
    assert found[0] == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["m1", "m5", "m7", "m11", "m12", "m15", "m18", "m19"])
def test_gradient_and_hessian_are_those_of_the_error(rows, name):
    task = _task(rows, name, 0.0)
    count = len(VARIANTS[name].parameters(rows.benchmarks))
    at = 0.02 * np.random.default_rng(3).normal(size=(2, count))
    gradient, hessian = solver.derivatives(task, at)
    for j in range(count):
        step = np.zeros(count)
        step[j] = 1e-6
        up, down = (solver.objective(task, at + side * step)[1] for side in (1.0, -1.0))
        assert gradient[:, j] == pytest.approx((up - down) / 2e-6, rel=1e-4, abs=1e-6)
        up, down = (solver.derivatives(task, at + side * step)[0] for side in (1.0, -1.0))
        assert hessian[:, j] == pytest.approx((up - down) / 2e-6, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("delta", [0.0, 0.001, 0.0025, 0.02])
def test_a_minimum_is_one_at_its_kinks_too(rows, delta):
    task = _task(rows, delta=delta)
    for mode in fit_loss(rows, VARIANTS["m7"], delta, starts=12).modes:
        gradient = solver.derivatives(task, mode.vector[None])[0][0]
        free = mode.vector != 0.0
        assert gradient[free] == pytest.approx(-delta * np.sign(mode.vector[free]), abs=1e-6)
        assert (np.abs(gradient[~free]) <= delta + 1e-6).all()


def test_a_heavier_penalty_leaves_fewer_parameters(rows):
    left = [np.count_nonzero(fit_loss(rows, VARIANTS["m7"], delta, starts=12).modes[0].vector)
            for delta in (0.0, 0.005, 0.1)]
    assert left == sorted(left, reverse=True)
    assert left[0] == 10
    assert left[-1] < 10


def test_rates_do_not_depend_on_units(frame, rows):
    scaled = rows_of(frame.assign(parameters=frame.parameters / 1e6, training_tokens=frame.training_tokens * 3),
                     LossRequest("ho-2024"), HO_2024)
    found = [fit_loss(one, VARIANTS["m7"], starts=20).modes[0] for one in (rows, scaled)]
    assert found[1].objective == pytest.approx(found[0].objective)
    assert found[1].vector == pytest.approx(found[0].vector, abs=1e-6)


@pytest.mark.parametrize(("column", "values"), [
    ("loss", lambda frame: np.log(frame.perplexity)), ("log_ppl", lambda frame: np.log(frame.perplexity)),
    ("bits_per_byte", lambda frame: np.log2(frame.perplexity)), ("ppl", lambda frame: frame.perplexity),
])
def test_losses_in_any_unit(frame, column, values):
    own = frame.drop(columns="perplexity").assign(**{column: values(frame)})
    assert loss_rows(own).loss == pytest.approx(np.log(frame.perplexity))


def test_compute_gives_the_data_that_are_not_stated(frame):
    own = frame.assign(flop=6 * frame.parameters * frame.training_tokens).drop(columns="training_tokens")
    assert loss_rows(own).data == pytest.approx(frame.training_tokens)


@pytest.mark.parametrize(("change", "message"), [
    (lambda f: f.drop(columns="perplexity"), "no column holds a loss"),
    (lambda f: f.drop(columns="year"), "no column says when"),
    (lambda f: f.drop(columns="parameters"), "no column says how large a model is"),
    (lambda f: f.assign(perplexity=0.5), "no evaluation can be used: perplexity is not above 1 in 231"),
    (lambda f: f.assign(year=2020), "every evaluation is of 2020: nothing tells how fast algorithms improve"),
    (lambda f: f.head(5), "5 usable evaluations cannot determine"),
    (lambda f: f.assign(parameters=1e9), r"every evaluation has parameters 1e\+09: .*--variant m18"),
    (lambda f: f.assign(training_tokens=1e9), r"every evaluation has data 1e\+09: .*--variant m18"),
    (lambda f: f.assign(parameters=np.log10(f.parameters)), "parameters: values from 6.3"),
    (lambda f: f.assign(training_tokens=np.log10(f.training_tokens)), "training_tokens: values from 5.9"),
])
def test_what_cannot_be_fitted_says_why(frame, change, message):
    with pytest.raises(ProgressError, match=message):
        fit_loss(loss_rows(change(frame)), VARIANTS["m7"], starts=1)


def test_copied_scores_are_said_and_can_be_left_out(frame, rows):
    assert rows.copied == 4
    without = rows_of(frame, LossRequest("ho-2024", without_copied=True), HO_2024)
    assert len(without) == 227
    assert without.excluded == {"score copied from another benchmark": 4}
    assert sum(name == "GPT-2 (1542M)" for name in rows.model) == 3
    assert sum(name == "GPT-2 (1542M)" for name in without.model) == 1


def test_names_of_benchmarks_in_any_spelling(frame, rows):
    own = frame.assign(benchmark=[name.upper() if i % 2 else f" {name}" for i, name in enumerate(frame.benchmark)])
    found = loss_rows(own)
    assert [name.strip().lower() for name in found.benchmarks] == list(rows.benchmarks)


def test_perplexities_that_are_called_losses_are_doubted(frame):
    own = loss_rows(frame.rename(columns={"perplexity": "loss"}))
    assert any("more than any vocabulary gives" in text for text in fit_loss(own, VARIANTS["m7"], starts=4).warnings())


def test_a_resource_that_does_nothing_has_no_doubling_time():
    assert Rate(float("inf")).doubling()["point"] is None


def test_the_best_of_each_paper(frame):
    own = loss_rows(frame.assign(paper=[f"paper {i // 10}" for i in range(len(frame))]))
    kept = best_of_paper(own, 3)
    assert len(kept) == 3 * 23 + 1
    for paper in np.unique(own.cluster):
        mine = own.cluster == paper
        assert own.loss[kept][own.cluster[kept] == paper].max() <= np.sort(own.loss[mine])[2:3].max(initial=99)


def test_all_twenty_variants_are_compared(frame):
    own = rows_of(frame.assign(epochs=np.arange(len(frame)) % 5 + 1), LossRequest("ho-2024", group="transformer"),
                  HO_2024)
    names = [f"m{number}" for number in range(1, 21)]
    assert list(VARIANTS) == names
    found = compare(own, (0.0025,), [VARIANTS[name] for name in ("m7", "m13", "m17", "m18", "m20")], exact=False)
    assert [row["lacks"] for row in found] == [None] * 5
    by_name = {row["model"]: row for row in found}
    assert by_name["m18"]["mean_squared_error"] > by_name["m7"]["mean_squared_error"]
    lacking = compare(loss_rows(frame), (0.0025,), [VARIANTS[name] for name in ("m13", "m19", "m20")])
    assert all(row["lacks"] and row["objective"] is None for row in lacking)


def test_what_leaving_out_foresees_is_near_what_refitting_does(rows):
    task = _task(rows)
    modes = fit_loss(rows, VARIANTS["m7"], starts=20).modes
    some = np.arange(0, 231, 6)
    exact = left_out_error(task, modes[:1], some)
    assert exact == pytest.approx(0.0497, abs=0.02)
    assert foreseen_error(task, modes[0]) == pytest.approx(left_out_error(task, modes[:1]), rel=0.03)


def test_clusters_are_drawn_together(frame):
    own = loss_rows(frame.assign(paper="one paper"), cluster="paper")
    with pytest.raises(ProgressError, match="no column"):
        loss_rows(frame, cluster="authors")
    assert own.clustered_by == "paper"
    found = fit_loss(own, VARIANTS["m1"], resamples=5, starts=10)
    assert np.ptp(found.draws, axis=0).max() < 1e-4, "one cluster: every resample is the sample"
    assert any("resamples of 1 papers" in warning for warning in found.warnings())
    assert loss_rows(frame.assign(paper="one paper")).clustered_by == "", "not without being asked"


def test_draws_without_growth_are_counted_and_not_in_the_doubling_time():
    rate = Rate.of(0.5, np.linspace(-0.1, 1.0, 111), 0.9)
    assert rate.growth()["low"] == pytest.approx(-0.045)
    months = rate.doubling()
    assert months["without_growth"] == pytest.approx(11 / 111)
    assert 0 < months["low"] < months["median"] < months["high"]
    assert months["low"] == pytest.approx(12 * np.log(2) / 0.95, rel=0.01)


def test_the_command_prints_what_it_should():
    arguments = ["fit", str(TABLE), "--model", "loss", "--preset", "ho-2024", "--bootstrap", "4", "--no-variants",
                 "--starts", "2"]
    result = CliRunner().invoke(app, [*arguments, "--format", "json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert set(found) >= {"model", "delta", "n", "objective", "parameters", "doubling_months", "modes", "variants",
                          "shapley", "warnings"}
    assert (found["model"], found["delta"], found["n"]) == ("m7", 0.0025, 231)
    assert found["objective"] == pytest.approx(0.050824, abs=1e-5)
    for name in ("parameters", "data", "compute"):
        assert set(found["doubling_months"][name]) >= {"low", "median", "high"}
    assert all(set(mode) >= {"objective", "weight", "parameters", "doubling_months"} for mode in found["modes"])
    assert found["published"]["objective"] == pytest.approx(0.0518141, abs=1e-6)
    assert any("not the optimum" in warning for warning in found["warnings"])


def test_the_report_on_a_table_without_a_preset(frame):
    found = run_loss(frame.head(120), LossRequest(bootstrap=0, variant="m3", variants=False, group="transformer"))
    assert found.preset is None
    assert found.to_dict()["published"] is None
    assert found.to_dict()["group_gain"][0]["point"] > 0


def test_published_shares_without_a_table():
    result = CliRunner().invoke(app, ["attribute", "RNN", "LSTM", "--preset", "ho-2024", "--format", "json"])
    found = json.loads(result.stdout)
    assert found["shares"]["data"] == pytest.approx(0.465, abs=6e-4)


#: Doubling times in months at 5, 50 and 95 %, each over 100 resamples: as published, and of the rebuilt rows.
STOPS = {"published": (4.52, 8.44, 14.27), "rebuilt": (3.98, 7.53, 16.3)}
#: Of the rebuilt rows with the best of three minima for each resample.
BEST = (3.7, 6.9, 26.4)


def _quantiles(months):
    """Logarithms of the quantiles, and their Monte Carlo errors with so many resamples and with 100."""
    rng, ends = np.random.default_rng(1), (0.05, 0.5, 0.95)
    own, theirs = (np.log(np.quantile(rng.choice(months, (2000, n)), ends, axis=1)).std(axis=1)
                   for n in (len(months), 100))
    return np.log(np.quantile(months, ends)), np.hypot(own, theirs)


#: Nine quantiles are compared: this many Monte Carlo errors hold all nine in 99 of 100 draws of what agrees.
LIMIT = NormalDist().inv_cdf(1.0 - 0.01 / 2 / 9)


def test_doubling_times_as_their_optimizer_finds_them(rows, fit):
    """Resamples that SLSQP searches from zero, where it stops on a kink, against the two runs of 100 that are known.

    Over the 3,000 resamples of seeds 0 to 29 the quantiles are 3.99, 8.19 and 16.4 months, and runs of 100 scatter by
    10, 4 and 20 % around them: the published figures lie 0.9, 0.7 and 0.6 of that off (67 of 100 such runs lie further
    off in their worst quantile), the rebuilt ones 0.3, 1.9 and 0.1 (14 of 100). The best of three minima give 3.4, 8.1
    and 24 months, and what was rebuilt of them lies 0.9, 1.1 and 0.5 off (57 of 100). So nothing says that they
    differ. Held to 2.5 errors one run of 100 failed in 4 of these 30 seeds, because nine quantiles are compared.
    """
    from scipy.optimize import minimize

    preset = HO_2024
    assert tuple(preset.doubling_months.values()) == STOPS["published"]
    assert tuple(preset.pooled_months.values()) == (1.42, 7.92, 17.06)
    task, even = _task(rows), np.full(len(rows), 1 / len(rows))
    weights = np.concatenate([np.random.default_rng(seed).multinomial(len(rows), even, size=100)
                              for seed in range(3)]).astype(float)
    stops = []
    for weight in weights:
        one = solver.Task(task.terms, task.linear, task.loss, weight[None], task.delta)
        stops.append(minimize(lambda p, one=one: float(solver.objective(one, p[None])[0][0]), np.zeros(10),
                              method="SLSQP"))
    growths = growth(fit.model, fit.names, np.array([stop.x for stop in stops]), fit.place)["compute"]
    found, error = _quantiles(12 * np.log(2) / growths[growths > 0])
    assert (error < (0.15, 0.06, 0.4)).all(), "tight enough to tell: the median within a fifth"
    for name, months in STOPS.items():
        assert (np.abs(found - np.log(months)) < LIMIT * error).all(), (name, np.exp(found), error)
    known = np.array([mode.vector for mode in fit.modes[:3]])
    many = solver.Task(task.terms, task.linear, task.loss, np.repeat(weights, len(known), axis=0), task.delta)
    minima = solver.minimize(many, np.tile(known, (len(weights), 1)))
    objectives = minima.objective.reshape(len(weights), -1)
    above = np.mean([stop.fun > value + 1e-6 for stop, value in zip(stops, objectives.min(axis=1), strict=True)])
    assert above > 0.9, "the published bootstrap is one of stops, not of minima"
    vectors = minima.vectors.reshape(len(weights), len(known), -1)[np.arange(len(weights)), objectives.argmin(axis=1)]
    growths = growth(fit.model, fit.names, vectors, fit.place)["compute"]
    found, error = _quantiles(12 * np.log(2) / growths[growths > 0])
    assert (np.abs(found - np.log(BEST)) < LIMIT * error).all(), (np.exp(found), error)


def test_days_of_publication_stand_for_papers(frame):
    """The table says no paper; its rows of one day are of one paper but for five days."""
    found = run_loss(frame, LossRequest("ho-2024", bootstrap=2, variants=False, cluster="year"))
    assert found.fit.rows.clustered_by == "year"
    assert len(np.unique(found.fit.rows.cluster)) == frame.year.nunique() == 189
    assert not any("no column says which paper" in text for text in found.fit.warnings())
    alone = run_loss(frame, LossRequest("ho-2024", bootstrap=2, variants=False))
    assert alone.fit.rows.clustered_by == ""
    assert any("no column says which paper" in text for text in alone.fit.warnings())


def test_left_out_errors_stand_beside_the_published_ones(frame):
    """Theirs are of 80 % of the rows and of stops; ours of all rows and of minima: within 12 % for the main models."""
    own = rows_of(frame, LossRequest("ho-2024", group="transformer"), HO_2024)
    assert len(HO_2024.left_out) == 120
    names = ("m1", "m7", "m8", "m9", "m10", "m12", "m16", "m19")
    found = beside_published(compare(own, (0.0025,), [VARIANTS[name] for name in names], exact=False), HO_2024)
    for row in found:
        assert row["left_out_error"] == pytest.approx(row["published_left_out_error"], rel=0.12), row["model"]
    by_name = {row["model"]: row["published_left_out_error"] for row in found}
    assert (by_name["m7"], HO_2024.left_out["m10", 0.001]) == (0.04856, 0.04848)
    assert (HO_2024.left_out["m19", 0.02], HO_2024.left_out["m15", 0.01]) == (0.04859, 0.04862)
    assert HO_2024.left_out["m8", 0.005] == 0.0487


def test_a_loss_that_nothing_takes_away():
    """Made with an irreducible loss of 1.5 nats: the variant finds it, and its gradient is that of the error."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"year": rng.uniform(2015, 2023, 300), "parameters": 10 ** rng.uniform(6, 11, 300),
                          "training_tokens": 10 ** rng.uniform(8, 12, 300)})
    years = frame.year - frame.year.min()
    frame["loss"] = 1.5 + np.exp(0.8 - 0.15 * years - 0.2 * np.log(frame.parameters / frame.parameters.min())) + \
        np.exp(0.5 - 0.1 * years - 0.25 * np.log(frame.training_tokens / frame.training_tokens.min()))
    found = run_loss(frame, LossRequest(bootstrap=0, variant="hoffmann", delta=0.0, variants=False))
    parameters = found.fit.parameters
    assert parameters["irreducible"] == pytest.approx(1.5, abs=0.01)
    assert parameters["a_year"] / parameters["a_param"] == pytest.approx(0.75, rel=0.02)
    assert parameters["b_year"] / parameters["b_data"] == pytest.approx(0.4, rel=0.02)
