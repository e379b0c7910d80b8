"""Attribution against the paper's Tables 2 and 3 and Appendix F, and against the axioms of Shapley values."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from progress_facts import (
    ATTRIBUTION,
    COMPUTE_EQUIVALENT_GAIN,
    MISPRINTS,
    POINT_FIT,
    POINTS,
    PREDICTED,
    simulated_records,
)

from computeest.progress import SINGLE, Point, ProgressError, attribute, attribute_at, fit_frontier, observations, pairs
from computeest.progress.presets import ERDIL_BESIROGLU_2022

CENTRE = ERDIL_BESIROGLU_2022.centre
VECTOR = np.array(list(POINT_FIT.values()))
COLUMNS = ("algorithmic", "compute", "data", "data_augmenting", "compute_augmenting")


def _within_a_tenth(share: float, printed: float) -> bool:
    """Whether the share differs by at most 0.1 from the printed one, both to one decimal."""
    return abs(round(share, 1) - printed) < 0.1 + 1e-9


def _shares(before: str, after: str, space: str = "accuracy") -> dict[str, float]:
    found = attribute_at(VECTOR, CENTRE, POINTS[before], POINTS[after], space)
    return {name: 100 * share.point for name, share in found.shares.items()}


@pytest.mark.parametrize("pair", ATTRIBUTION, ids=" to ".join)
def test_published_shares_of_accuracy(pair):
    shares = _shares(*pair)
    for name, printed in zip(COLUMNS, ATTRIBUTION[pair], strict=False):
        assert _within_a_tenth(shares[name], printed), (name, shares[name], printed)


@pytest.mark.parametrize("pair", ATTRIBUTION, ids=" to ".join)
def test_published_shares_of_log_odds(pair):
    shares = _shares(*pair, "log-odds")
    for name, printed in zip(COLUMNS, ATTRIBUTION[pair][5:], strict=False):
        assert printed is None or _within_a_tenth(shares[name], printed), (name, shares[name], printed)


def test_misprinted_rows_do_not_add_up_and_ours_do():
    """Rows of Appendix F add up to 100 within rounding; three do only with our share in place of the misprint."""
    for pair, row in ATTRIBUTION.items():
        printed = dict(zip(COLUMNS, row[5:], strict=False))
        if pair in MISPRINTS:
            name, misprint = MISPRINTS[pair]
            assert printed[name] is None
            assert abs(sum({**printed, name: misprint}.values()) - 100) > 0.15, pair
            printed[name] = _shares(*pair, "log-odds")[name]
        assert abs(sum(printed.values()) - 100) < 0.15, pair


@pytest.mark.parametrize("pair", COMPUTE_EQUIVALENT_GAIN, ids=" to ".join)
def test_published_compute_equivalent_gain(pair):
    found = attribute_at(VECTOR, CENTRE, POINTS[pair[0]], POINTS[pair[1]], "log-odds")
    assert found.compute_equivalent_gain == pytest.approx(COMPUTE_EQUIVALENT_GAIN[pair], rel=5e-3)


def test_published_predictions():
    ordered = list(POINTS.values())
    for first, second in pairwise(ordered):
        found = attribute_at(VECTOR, CENTRE, first, second)
        assert found.score_before == pytest.approx(PREDICTED[first.name], abs=6e-4)
        assert found.score_after == pytest.approx(PREDICTED[second.name], abs=6e-4)


@pytest.mark.parametrize("space", ["accuracy", "log-odds"])
def test_shares_add_up_to_the_whole(space):
    shares = _shares("AlexNet", "ViT-e", space)
    players = ("compute_augmenting", "data_augmenting", "compute", "data")
    assert sum(shares[name] for name in players) == pytest.approx(100.0)
    assert shares["algorithmic"] == pytest.approx(shares["compute_augmenting"] + shares["data_augmenting"])


def test_a_player_that_does_not_move_gets_nothing():
    assert _shares("AlexNet", "ResNet-50")["data"] == 0.0


def test_shares_do_not_depend_on_direction():
    forth, back = _shares("AlexNet", "BiT-L"), _shares("BiT-L", "AlexNet")
    assert forth == pytest.approx(back)


def test_one_sigmoid_in_log_odds_shares_out_linearly():
    """In a linear model a player's Shapley value is its own term, whatever the order."""
    vector = np.array([0.2, 0.09, 0.04, 0.05, -2.0])
    before, after = POINTS["AlexNet"], POINTS["BiT-L"]
    found = attribute_at(vector, CENTRE, before, after, "log-odds", model=SINGLE)
    terms = {"compute_augmenting": 0.09 * (after.year - before.year),
             "compute": 0.04 * np.log(after.compute / before.compute), "data": 0.05 * np.log(after.data / before.data)}
    for name, term in terms.items():
        assert found.shares[name].point == pytest.approx(term / sum(terms.values())), name


def test_bootstrap_intervals_hold_the_point():
    fit = fit_frontier(observations(simulated_records(5), CENTRE), resamples=200, starts=3, seed=1)
    found = attribute(fit, POINTS["AlexNet"], POINTS["ViT-e"])
    for name, share in found.shares.items():
        assert share.low < share.point < share.high, name
    assert found.shares["data"].low > 0.0


def test_pairs_are_ordered_by_time():
    names = [(a.name, b.name) for a, b in pairs(list(reversed(POINTS.values())))]
    assert len(names) == 15
    assert ("AlexNet", "ViT-e") in names
    assert ("ViT-e", "AlexNet") not in names


def test_unknown_space_is_refused():
    with pytest.raises(ProgressError, match="no space is called 'odds'; expected one of accuracy, log-odds"):
        attribute_at(VECTOR, CENTRE, POINTS["AlexNet"], POINTS["BiT-L"], "odds")


def test_a_model_against_itself_is_refused():
    same = Point("same", 2015.0, 1e6, 1e18)
    with pytest.raises(ProgressError, match="there is no gain to attribute"):
        attribute_at(VECTOR, CENTRE, same, same)
