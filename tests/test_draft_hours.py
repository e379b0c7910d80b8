"""The template of model cards says 'Hours used' and not whose: they are one chip's or all chips', unless too many."""

from __future__ import annotations

import pytest

from computeest import pipeline
from computeest.documents import draft, read, writing

CARD = """# Tundra-1B

Tundra-1B is a 1B parameter model trained on 100B tokens.

- **Hardware Type:** {hardware}
- **Hours used:** {hours}
- **Carbon Emitted:** 121 kg
"""


def paper(hardware: str, hours: str) -> dict[str, object]:
    text = CARD.format(hardware=hardware, hours=hours)
    found = writing.as_mappings(draft.drafted(read.from_text(text, "card.md")))[0]
    return {key: fact["value"] if isinstance(fact, dict) else fact for key, fact in found.items() if key != "not_used"}


@pytest.mark.parametrize(("hours", "written"), [("72", "72 hours"), ("11 Hours", "11 Hours"), ("3 days", "3 days")])
def test_hours_that_a_run_may_last_are_of_one_chip_or_of_all(hours: str, written: str) -> None:
    found = paper("8x H100", hours)
    assert str(found["hours_used"]).lower() == written.lower()
    assert not {"chip_time", "time"} & found.keys()


@pytest.mark.parametrize("hours", ["150000", "2,400 A100 GPU hours", "576 GPU hours"])
def test_hours_that_no_run_lasts_or_that_are_of_chips_are_accelerator_time(hours: str) -> None:
    found = paper("8x H100", hours)
    assert "chip_time" in found
    assert "hours_used" not in found


def test_chips_of_a_card_s_hardware_are_counted_and_the_interval_spans_both() -> None:
    found = paper("8x H100", "72")
    assert found["chips"] == "8"
    result = pipeline.estimate({key: found[key] for key in ("chip", "chips", "hours_used")})
    one = 72 * 3600 * 989e12 * 0.3
    assert result["flop_low"] < one < 8 * one < result["flop_high"]
