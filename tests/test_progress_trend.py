"""Efficiency and trends against Hernandez and Brown 2020, and regression against other people's software."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from progress_facts import BCG, BCG_REML, HERNANDEZ_BROWN, HERNANDEZ_BROWN_BEST

from computeest.progress import ProgressError, compute_trend, efficiency_gains
from computeest.progress.regression import Line, end_points, least_squares, median_of_slopes, with_known_errors
from computeest.progress.trend import Growth, compute_series, record_holders


def _table3() -> pd.DataFrame:
    """Epochs x GMAC x 1.28 million images x 3 passes, multiply-adds counted as one, as the authors do."""
    macs = HERNANDEZ_BROWN.epochs * HERNANDEZ_BROWN.gmac * 1e9 * 1.28e6 * 3
    return HERNANDEZ_BROWN.assign(flop=macs)


def test_published_table_3_within_one_percent():
    found = efficiency_gains(_table3(), counts="mac")
    printed = dict(zip(HERNANDEZ_BROWN.model, HERNANDEZ_BROWN.printed_pflop, strict=True))
    assert len(found.steps) == 16
    for step in found.steps:
        # The printed column counts a multiply-add as one and holds PFLOP: half of ours.
        assert step.flop / 2 / 1e15 == pytest.approx(printed[step.model], rel=0.01), step.model


def test_alexnet_in_teraflop_days():
    """3.08 as the authors count, twice that with a multiply-add as two: 5.3e17 FLOP."""
    found = efficiency_gains(_table3(), counts="mac")
    alexnet = next(step for step in found.steps if step.model == "AlexNet")
    assert alexnet.tflop_s_days == pytest.approx(2 * 3.08, rel=0.005)
    assert alexnet.flop == pytest.approx(5.32e17, rel=0.005)


def test_published_factor_and_halving_time():
    found = efficiency_gains(HERNANDEZ_BROWN_BEST, compute="tfs_days", unit="TFLOP/s-day", counts="mac")
    assert found.best_factor == pytest.approx(44, rel=0.03)
    lines = {(line.method, line.records): line for line in found.halvings}
    assert lines["least squares", "running best"].months == pytest.approx(15.7, abs=0.2)
    assert lines["least squares", "running best"].low < 15.7 < lines["least squares", "running best"].high
    # "Moore's law would only have yielded an 11x cost improvement"
    assert found.moore_factor == pytest.approx(11, rel=0.05)


def test_running_best_of_table_3_is_the_published_one():
    found = efficiency_gains(_table3(), counts="mac")
    best = [step.model for step in found.steps if step.running_best]
    assert best == ["AlexNet", "GoogLeNet", "MobileNet_v1", "ShuffleNet_v1_1x", "ShuffleNet_v2_1x", "EfficientNet-b0"]
    assert found.best_factor == pytest.approx(44.4, abs=0.1)


def test_counting_convention_cancels_in_ratios():
    as_macs, as_flop = efficiency_gains(_table3(), counts="mac"), efficiency_gains(_table3(), counts="flop")
    assert as_macs.best_factor == pytest.approx(as_flop.best_factor)
    assert as_macs.steps[0].flop == 2 * as_flop.steps[0].flop


def test_only_records_that_reach_the_level_count():
    frame = _table3().assign(score=0.6)
    frame.loc[frame.model == "EfficientNet-b0", "score"] = 0.5
    found = efficiency_gains(frame, 0.55)
    assert "EfficientNet-b0" not in [step.model for step in found.steps]
    assert found.excluded == {"below the level": 1}


def test_baseline_can_be_chosen():
    found = efficiency_gains(_table3(), baseline="ResNet-50")
    assert next(step for step in found.steps if step.model == "ResNet-50").factor == 1.0
    with pytest.raises(ProgressError, match="is called 'ResNet50'; closest: 'ResNet-50'"):
        efficiency_gains(_table3(), baseline="ResNet50")


def test_level_that_nobody_reaches():
    with pytest.raises(ProgressError, match="no record with a date and compute reaches the level"):
        efficiency_gains(_table3().assign(score=0.5), 0.9)


def test_known_errors_regression_against_metafor():
    """The BCG trials: metafor's REML regression on latitude, as Viechtbauer 2010 prints it."""
    infected, healthy, control_infected, control_healthy, latitude = BCG.T
    log_risk = np.log(infected / (infected + healthy) / (control_infected / (control_infected + control_healthy)))
    vaccinated = 1 / infected - 1 / (infected + healthy)
    control = 1 / control_infected - 1 / (control_infected + control_healthy)
    line = with_known_errors(latitude, log_risk, np.sqrt(vaccinated + control))
    assert line.slope == pytest.approx(BCG_REML["slope"], abs=5e-5)
    assert line.intercept == pytest.approx(BCG_REML["intercept"], abs=5e-5)
    assert line.standard_error == pytest.approx(BCG_REML["standard_error"], abs=5e-5)
    assert line.scatter**2 == pytest.approx(BCG_REML["variance"], abs=1e-4)


def test_least_squares_on_anscombe():
    """Anscombe 1973, first set: 3.00 + 0.500 x, standard error of the slope 0.118, residual 1.24."""
    x = np.array([10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5], dtype=float)
    y = np.array([8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68])
    line = least_squares(x, y)
    assert (line.slope, line.intercept) == pytest.approx((0.500, 3.00), abs=5e-3)
    assert line.standard_error == pytest.approx(0.118, abs=5e-4)
    assert line.scatter == pytest.approx(1.237, abs=1e-3)
    assert (line.low, line.high) == pytest.approx((0.233, 0.767), abs=1e-3)


def test_median_of_slopes_shrugs_off_an_outlier():
    x = np.arange(12.0)
    y = 2.0 * x
    y[11] = 500.0
    assert median_of_slopes(x, y).slope == pytest.approx(2.0)
    assert least_squares(x, y).slope > 10.0


def test_end_points_use_the_ends():
    assert end_points(np.array([2.0, 0.0, 1.0]), np.array([6.0, 0.0, 100.0])).slope == 3.0


def _growing(seed: int, error: float) -> pd.DataFrame:
    """Compute that grows tenfold every two years, known within an error that differs from record to record."""
    rng = np.random.default_rng(seed)
    year = rng.uniform(2012, 2024, 60)
    own = np.where(np.arange(60) % 2, error, error / 10)
    exponent = 18 + 0.5 * (year - 2012) + rng.normal(0, 0.2, 60) + own * rng.normal(size=60)
    reach = 10 ** (1.6448536 * own)
    return pd.DataFrame({"model": np.arange(60).astype(str), "year": year, "flop": 10**exponent,
                         "flop_low": 10**exponent / reach, "flop_high": 10**exponent * reach})


def test_trend_recovers_the_growth():
    found = compute_trend(_growing(0, 0.3))
    assert found.with_errors.line.low < 0.5 < found.with_errors.line.high
    assert found.with_errors.doubling_months == pytest.approx(12 * np.log10(2) / 0.5, rel=0.1)


def test_weighing_by_known_errors_beats_ignoring_them():
    """Over 30 simulations the slope that knows the errors is nearer the truth, and its intervals hold it."""
    misses, covered = [], 0
    for seed in range(30):
        found = compute_trend(_growing(seed, 1.5), level=0.9)
        misses.append((found.ignoring_errors.line.slope - 0.5, found.with_errors.line.slope - 0.5))
        covered += found.with_errors.line.low <= 0.5 <= found.with_errors.line.high
    plain, weighed = np.sqrt((np.array(misses) ** 2).mean(axis=0))
    assert weighed < 0.6 * plain
    assert covered / 30 > 0.8


def test_equal_errors_change_nothing_but_the_scatter():
    frame = _growing(1, 0.3)
    frame["flop_low"], frame["flop_high"] = frame.flop / 2, frame.flop * 2
    found = compute_trend(frame)
    assert found.with_errors.line.slope == pytest.approx(found.ignoring_errors.line.slope, rel=1e-6)
    assert found.with_errors.line.scatter < found.ignoring_errors.line.scatter


def test_records_without_an_interval_are_counted():
    frame = _growing(1, 0.3)
    frame.loc[:4, ["flop_low", "flop_high"]] = np.nan
    assert compute_trend(frame).without_interval == 5
    assert compute_trend(frame.drop(columns=["flop_low", "flop_high"])).with_errors is None


def test_record_holders_took_more_than_anybody_before():
    frame = pd.DataFrame({"model": list("abcde"), "year": [2012, 2013, 2014, 2014, 2015],
                          "flop": [1e18, 1e17, 1e19, 1e20, 1e20]})
    series = compute_series(frame)
    assert [name for name, held in zip(series.model, record_holders(series), strict=True) if held] == ["a", "d"]


def test_trend_needs_three_records():
    with pytest.raises(ProgressError, match="at least three records with a date and compute, not 2"):
        compute_trend(_growing(0, 0.3).head(2))


@pytest.mark.parametrize(("slope", "low", "high", "said"), [
    (0.6, 0.5, 0.7, "doubles every 6.0 months (5.2 to 7.2)"),
    (0.6, -0.1, 1.3, "doubles every 6.0 months, and may not grow at all"),
    (0.6, None, None, "doubles every 6.0 months"), (-0.6, -0.7, -0.5, "halves every 6.0 months"),
])
def test_a_doubling_time_is_said_with_its_interval(slope, low, high, said):
    assert Growth(Line("least squares", slope, 20.0, low, high, None, None, 9)).says() == said


@pytest.mark.parametrize(("scatter", "doubted"), [(0.01, False), (3.0, True)])
def test_growth_that_may_be_none_is_said(scatter, doubted):
    year = np.arange(2015.0, 2021.0)
    rise = 20.0 + 0.1 * (year - 2015.0) + scatter * np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    found = compute_trend(pd.DataFrame({"year": year, "flop": 10.0**rise}))
    assert any("compute may not grow at all" in one for one in found.warnings()) is doubted
    assert found.to_dict()["warnings"] == found.warnings()
