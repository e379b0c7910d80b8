"""Thresholds against Table 4, and against solving the model numerically."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from progress_facts import HALVING_MONTHS, POINT_FIT, simulated_records
from scipy.optimize import brentq

from computeest.progress import (
    PRODUCT,
    SINGLE,
    ProgressError,
    find_thresholds,
    fit_frontier,
    observations,
    pareto,
    thresholds_at,
)
from computeest.progress.presets import ERDIL_BESIROGLU_2022
from computeest.progress.records import centred
from computeest.progress.thresholds import beyond, compute_needed

CENTRE = ERDIL_BESIROGLU_2022.centre
VECTOR = np.array(list(POINT_FIT.values()))
YEARS = range(2012, 2023)


@pytest.mark.parametrize("score", HALVING_MONTHS)
def test_published_halving_times(score):
    (found,) = thresholds_at(VECTOR, CENTRE, [score], YEARS, 1.28e6)
    assert found.halving_months.point == pytest.approx(HALVING_MONTHS[score], abs=0.1)


def test_halving_times_of_exact_root_finding():
    found = thresholds_at(VECTOR, CENTRE, list(HALVING_MONTHS), YEARS, 1.28e6)
    for threshold, exact in zip(found, (7.68, 7.46, 6.70, 5.35), strict=True):
        assert threshold.halving_months.point == pytest.approx(exact, abs=0.006)


def test_what_is_out_of_reach_is_said_to_be():
    """Table 4 prints 0.67 months for 0.88: in the early years no compute at all gives 0.88 on 1.28e6 images."""
    (found,) = thresholds_at(VECTOR, CENTRE, [0.88], YEARS, 1.28e6)
    assert found.halving_months is None
    assert found.compute[2021] == np.inf
    assert np.isfinite(found.compute[2022])
    assert 2021.0 < found.reachable_from < 2022.0
    assert found.to_dict()["compute"]["2021"] is None


@pytest.mark.parametrize("score", [0.5, 0.7, 0.84])
@pytest.mark.parametrize("year", [2012, 2017.5, 2022])
def test_closed_form_is_the_root_of_the_model(score, year):
    def gap(log_compute: float) -> float:
        columns = centred(CENTRE, year, np.exp(log_compute), 1.28e6)
        return PRODUCT.accuracy(VECTOR[None, :-1], columns)[0, 0] - score

    root = np.exp(brentq(gap, np.log(1e5), np.log(1e35), xtol=1e-12))
    assert float(compute_needed(VECTOR, CENTRE, score, year, 1.28e6)) == pytest.approx(root, rel=1e-8)


def test_reach_begins_when_the_data_factor_passes_the_score():
    (found,) = thresholds_at(VECTOR, CENTRE, [0.88], YEARS, 1.28e6)
    around = np.array([found.reachable_from - 1e-6, found.reachable_from + 1e-6])
    just = compute_needed(VECTOR, CENTRE, 0.88, around, 1.28e6)
    assert just[0] == np.inf
    assert np.isfinite(just[1])


def test_pareto_frontiers_fall_with_data_and_move_in_with_time():
    data = np.geomspace(1e5, 1e11, 50)
    early, late = (pareto(VECTOR, CENTRE, 0.8, year, data) for year in (2014, 2020))
    assert (np.diff(early) < 0).all()
    assert (late < early).all()


def test_intervals_and_the_share_of_draws_within_reach():
    fit = fit_frontier(observations(simulated_records(5), CENTRE), resamples=200, starts=3, seed=1)
    easy, hard = find_thresholds(fit, [0.7, 0.9], YEARS, 1.28e6)
    assert easy.halving_months.low < easy.halving_months.point < easy.halving_months.high
    assert easy.reachable_share == 1.0
    assert hard.reachable_share < 1.0


def test_what_is_read_off_beyond_the_records_is_said():
    seen = observations(simulated_records(5), CENTRE)
    fit = fit_frontier(seen, resamples=0, starts=3, seed=1)
    (found,) = find_thresholds(fit, [0.7], range(2005, 2031), float(np.median(seen.data)), seen)
    known = range(int(np.floor(seen.year.min())), int(np.ceil(seen.year.max())) + 1)
    inside = [year for year in known if seen.compute.min() <= found.compute[year] <= seen.compute.max()]
    assert inside
    assert set(inside) | set(found.extrapolated) == {year for year, one in found.compute.items() if np.isfinite(one)}
    assert not set(inside) & set(found.extrapolated)
    (words,) = beyond([found])
    assert words.startswith("0.7: the compute of ")
    assert "2030 is extrapolated beyond the records" in words
    (far,) = find_thresholds(fit, [0.7], known, 1e12, seen)
    assert set(far.extrapolated) == {year for year, one in far.compute.items() if np.isfinite(one)}
    (unknown,) = find_thresholds(fit, [0.7], range(2005, 2031), 1e6)
    assert unknown.extrapolated == ()
    assert beyond([unknown]) == []


def test_years_in_a_row_are_one_span():
    (found,) = thresholds_at(VECTOR, CENTRE, [0.7], YEARS, 1.28e6)
    assert beyond([replace(found, extrapolated=(2012, 2018, 2019, 2020, 2022))]) == [
        "0.7: the compute of 2012, 2018 to 2020, 2022 is extrapolated beyond the records"]


@pytest.mark.parametrize(("floor", "ceiling"), [(0.0, 1.0), (0.25, 1.0), (0.0, 0.95), (0.25, 0.9), (0.1, 0.97)])
@pytest.mark.parametrize("score", [0.4, 0.6, 0.75])
def test_what_a_score_needs_gives_it(floor, ceiling, score):
    """Chance and irreducible errors in both directions: the compute for a score is what the model gives it at."""
    model = replace(PRODUCT, floor=floor, ceiling=ceiling)
    needed = float(compute_needed(VECTOR, CENTRE, score, 2018.0, 1.28e6, **model.ends))
    given = model.accuracy(VECTOR[None, :-1], centred(CENTRE, 2018.0, needed, 1.28e6))[0, 0]
    assert given == pytest.approx(score, rel=1e-9)


def test_an_irreducible_error_makes_scores_harder():
    plain = compute_needed(VECTOR, CENTRE, 0.8, 2018.0, 1.28e6)
    floor = compute_needed(VECTOR, CENTRE, 0.8, 2018.0, 1.28e6, ceiling=0.95)
    assert floor > plain


@pytest.mark.parametrize(("scores", "years", "data", "message"), [
    ([80.0], YEARS, 1e6, "a score is a fraction between 0 and 1, not 80"),
    ([0.8], [2020], 1e6, "at least two years"),
    ([0.8], YEARS, 0.0, "a positive size of training set"),
])
def test_senseless_requests_are_refused(scores, years, data, message):
    with pytest.raises(ProgressError, match=message):
        thresholds_at(VECTOR, CENTRE, scores, years, data)


def test_one_sigmoid_has_no_thresholds():
    fit = fit_frontier(observations(simulated_records(5), CENTRE), SINGLE)
    with pytest.raises(ProgressError, match="a compute and a data factor"):
        find_thresholds(fit, [0.8], YEARS, 1.28e6)
