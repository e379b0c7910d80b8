"""Chips, machines and slices that a run counts: how many chips that makes, and for how long."""

from __future__ import annotations

import pytest

from computeest import estimate

DAY = 86400.0
V3, A100, MI250X, V100 = 123e12, 312e12, 383e12, 125e12


@pytest.mark.parametrize(("facts", "chips", "peak"), [
    # a slice's name says how many there are; what is counted beside it are its chips or its cores
    ({"chip": "TPU v3-1024"}, 512, V3),
    ({"chip": "TPU v3-1024", "chips": 512}, 512, V3),
    ({"chip": "TPU v3-1024", "chips": 1024}, 512, V3),
    ({"chip": "TPU v3-1024", "chips": 1}, 512, V3),
    ({"chip": "TPU v3-1024", "cores": 1024}, 512, V3),
    ({"chip": "2 x TPU v3-1024"}, 1024, V3),
    ({"chip": "TPU v3 pod", "chips": 1024}, 1024, V3),
    ({"chip": "TPU v3 pod", "chips": 2}, 2048, V3),
    ({"chip": "DGX-1", "chips": 8, "published": "2019-01-01", "number_format": "fp16"}, 8, V100),
    ({"chip": "DGX A100", "chips": 64}, 512, A100),
    ({"chip": "MI250X GCD", "chips": 512, "number_format": "bf16"}, 256, MI250X),
])
def test_how_many_chips_a_run_had(facts: dict[str, object], chips: float, peak: float) -> None:
    record = estimate({**facts, "time": "1 day", "utilization": 0.5})
    assert record["flop"] == pytest.approx(chips * DAY * peak * 0.5, rel=0.01)


@pytest.mark.parametrize(("facts", "chip_days", "peak"), [
    # a DGX has no GPU-hours of its own, while a core and a GCD are what such hours are of
    ({"chip": "DGX A100", "chip_time": "100 GPU-days"}, 100, A100),
    ({"chip": "TPU v3-1024", "chip_time": "100 TPU-days"}, 100, V3),
    ({"chip": "TPU v3 core", "chip_time": "100 TPU-days"}, 50, V3),
    ({"chip": "MI250X GCD", "chip_time": "100 GPU-days", "number_format": "bf16"}, 50, MI250X),
])
def test_whose_time_it_was(facts: dict[str, object], chip_days: float, peak: float) -> None:
    assert estimate({**facts, "utilization": 0.5})["flop"] == pytest.approx(chip_days * DAY * peak * 0.5, rel=0.01)


@pytest.mark.parametrize(("chips", "warned"), [(64, True), (8, False)])
def test_a_count_of_machines_is_said_out_loud(chips: int, warned: bool) -> None:
    record = estimate({"chip": "DGX A100", "chips": chips, "time": "1 day"})
    said = [check["message"] for check in record["checks"] if check["code"] == "machines-counted"]
    assert said == (["one 'DGX A100' is 8 chips, and they are taken to be 512 chips in all: where chips were counted, "
                     "name the chip alone"] if warned else [])


def test_a_run_on_chips_without_a_peak_is_held_against_nothing() -> None:
    runs = [{"stage": "self-play", "chip": "first-generation TPU", "chips": 5000, "time": "9 hours"},
            {"stage": "training", "chip": "second-generation TPU", "chips": 16, "time": "9 hours"}]
    record = estimate({"published": "2018-12-07", "runs": runs})
    codes = {check["code"] for check in record["checks"]}
    assert {"run-not-estimated", "chip-without-peak"} <= codes
    assert "accelerator-time-mismatch" not in codes
    assert record["flop"] == pytest.approx(16 * 9 * 3600 * 46e12 * 0.3, rel=0.01)


def test_a_bound_on_the_number_of_chips_is_said_out_loud() -> None:
    record = estimate({"chip": "up to 384 A100 SXM4 80GB GPUs", "time": "1 day"})
    assert "'up to 384' is a bound" in next(c["message"] for c in record["checks"] if c["code"] == "chip-ambiguous")
