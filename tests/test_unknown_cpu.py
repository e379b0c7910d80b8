"""A CPU of no known model, by the cores, the clock and the vector width that its paper states."""

from __future__ import annotations

import math

import pytest

from computeest import estimate
from computeest.problems import InputError


def record(text: str, **more: str) -> dict[str, object]:
    return estimate({"chip": text, "time": "10 days", "chips": "1", "utilization": "0.3", **more})


@pytest.mark.parametrize(("text", "flop_per_second"), [
    # Intel's own figures, single precision: Xeon Platinum 8180, 28 cores x 1.7 GHz (AVX-512 base) x 64
    ("28-core 1.7 GHz CPU with AVX-512", 28 * 1.7e9 * 64),
    ("CPU, 16 cores at 2.5 GHz, AVX2", 16 * 2.5e9 * 32), ("8-core processor at 2600 MHz (AVX)", 8 * 2.6e9 * 16),
    ("quad-core CPU at 3 GHz with SSE4", 4 * 3e9 * 8)])
def test_the_peak_is_cores_times_clock_times_width(text: str, flop_per_second: float) -> None:
    assert record(text)["flop"] == pytest.approx(flop_per_second * 864000 * 0.3)
    assert record(text, number_format="fp64")["flop"] == pytest.approx(flop_per_second / 2 * 864000 * 0.3)


def test_a_width_that_is_not_said_is_that_of_its_time_and_widens() -> None:
    text = "Intel CPU with 12 cores at 2.4 GHz"
    old, new, undated = record(text, published="2009"), record(text, published="2019"), record(text)
    assert new["flop"] == pytest.approx(4 * old["flop"])  # type: ignore[operator]
    stated = record(text + ", AVX2", published="2019")
    widths = [math.log(one["flop_high"] / one["flop_low"]) for one in (stated, new, undated)]  # type: ignore[operator]
    assert widths == sorted(widths)


def test_a_number_of_them_is_counted() -> None:
    two = estimate({"chip": "2 x 16-core CPU at 2.5 GHz with AVX2", "time": "10 days", "utilization": "0.3"})
    assert two["flop"] == pytest.approx(2 * 16 * 2.5e9 * 32 * 864000 * 0.3)


@pytest.mark.parametrize("text", ["16-core CPU", "a CPU at 2.5 GHz", "16 cores at 2.5 GHz", "Xeon Gold 9999"])
def test_too_little_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        record(text)
    with pytest.raises(InputError):
        record("16-core CPU at 2.5 GHz", number_format="bf16")
