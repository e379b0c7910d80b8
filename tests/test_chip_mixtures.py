"""Several chips in one cell of a table: weighted by their numbers, or a middle peak as uncertain as they are apart."""

from __future__ import annotations

import pandas as pd
import pytest

from computeest import annotate, estimate


def row(**cells: object) -> pd.Series:
    return annotate(pd.DataFrame([cells])).iloc[0]


def test_numbers_in_the_cell_weigh_the_peaks() -> None:
    # NVIDIA's data sheets: A100 312 TFLOP/s, V100 SXM2 125 TFLOP/s (dense, 16 bit)
    found = row(chip="8 x A100, 4 x V100", time="10 days", utilization=0.3)
    assert found["flop"] == pytest.approx((8 * 312e12 + 4 * 125e12) * 10 * 86400 * 0.3)
    assert found["chip_hours"] == pytest.approx(12 * 240)


def test_without_shares_the_peak_lies_between_and_the_interval_holds_both() -> None:
    found = row(chip="NVIDIA A100,NVIDIA V100", chips=16, time="10 days", utilization=0.3)
    low, high = (16 * peak * 10 * 86400 * 0.3 for peak in (125e12, 312e12))
    assert found["flop"] == pytest.approx((low * high) ** 0.5)
    assert found["flop_low"] < low < high < found["flop_high"]
    assert "in shares that are not said" in found["checks"]


def test_a_chip_that_cannot_train_is_left_out() -> None:
    found = row(chip="Google TPU v2, Google TPU v1", chips=64, time="1 day", utilization=0.3)
    assert found["flop"] == pytest.approx(64 * 46e12 * 86400 * 0.3)


def test_what_is_no_list_of_chips_stays_refused() -> None:
    assert "no chip is called" in str(row(chip="foo, bar", chips=3, time="1 day")["problems"])


@pytest.mark.parametrize("chips", [{"chip": "8 x A100 and 8 x V100"}, {"chip": "NVIDIA A100,NVIDIA V100", "chips": 16}])
def test_a_paper_says_what_a_row_says_and_that_all_ran_all_the_time(chips: dict[str, object]) -> None:
    facts = {"published": "2021-06-01", "time": "10 days", **chips}
    record, of_row = estimate(facts), row(**facts)
    assert record["flop"] == of_row["flop"]
    assert (record["confidence"], record["chip"]) == (of_row["confidence"], of_row["chip_estimated"])
    assert "chips-mixed" in {check["code"] for check in record["checks"]}
    assert "chips-mixed" in of_row["checks"]
    if "chips" not in chips:
        # NVIDIA's data sheets: 312 and 125 TFLOP/s
        assert record["flop"] == pytest.approx(8 * (312e12 + 125e12) * 864000 * 0.3, rel=0.01)
