"""The record: stable names, numbers that mean what they say, nothing left unsaid."""

from __future__ import annotations

import datetime
import json
import math
from pathlib import Path

import pytest

from computeest import estimate
from computeest.estimation.results import confidence
from computeest.records.check_columns import decimal_year
from computeest.records.columns import FIELDS
from computeest.text.numbers import NINETY

EXAMPLES = Path(__file__).parents[1] / "examples"
#: DESIGN section 5, and schema version 2: the base model's compute and the own run's apart, each with its interval.
DESIGN = """model, published, published_precision, year, link, organization, domain, task, benchmark, metric, score,
flop, flop_low, flop_high, log10_flop, petaflop_s_days, confidence, method, methods, agreement,
training_examples, training_tokens, parameters, chip, chip_hours, utilization, utilization_implied, base_model,
base_flop, base_flop_low, base_flop_high, own_flop, own_flop_low, own_flop_high, parts, generated_tokens,
hardware_flop, search_flop, total_flop, prior_flop, prior_flop_low, prior_flop_high, assumed, bound, checks, derivation,
sources, versions"""


def test_the_fields_are_the_designs_in_its_order() -> None:
    assert list(FIELDS) == DESIGN.replace("\n", " ").split(", ")
    assert list(estimate({"reported_compute": 1e20})) == list(FIELDS)


def test_gpt3() -> None:
    record = estimate(EXAMPLES / "gpt3.yaml")
    # Brown et al. 2020, Table D.1: 3.64e3 PF-days, 3.14e23 FLOP
    assert record["flop"] == pytest.approx(3.14e23, rel=0.02)
    assert record["petaflop_s_days"] == pytest.approx(3640, rel=0.02)
    assert record["log10_flop"] == pytest.approx(math.log10(record["flop"]))
    assert (record["model"], record["published"]) == ("GPT-3 175B", "2020-05-28")
    assert record["year"] == pytest.approx(2020 + 148 / 366, abs=1e-4)
    assert record["score"] == pytest.approx(0.864)
    assert record["training_tokens"] == 300e9
    assert record["parameters"] == 174.6e9
    assert record["chip_hours"] == pytest.approx(10000 * 14.8 * 24)
    assert record["utilization"] == pytest.approx(0.1968)
    # what the other methods say, over 10 000 V100 at 125 TFLOP/s for 14.8 days
    assert record["utilization_implied"] == pytest.approx(3.14e23 / (10000 * 14.8 * 86400 * 125e12), rel=0.02)
    assert "https://arxiv.org/abs/2005.14165" in record["sources"]
    assert set(record["versions"]) == {"computeest", "hardware_db", "plugins", "schema"}


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in sorted(EXAMPLES.glob("*.yaml"))])
def test_every_record_is_whole_and_json(path: Path) -> None:
    record = estimate(path)
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["flop_low"] < record["flop"] < record["flop_high"]
    for method in record["methods"].values():
        assert method["flop_low"] < method["flop"] < method["flop_high"]
    if "run 1" not in record["derivation"]:  # of several runs, each may be known by another method
        assert set(record["method"].split("+")) <= set(record["methods"])
    assert {check["level"] for check in record["checks"]} <= {"info", "warning", "error"}
    assert len({str(check) for check in record["checks"]}) == len(record["checks"])


def test_the_same_input_gives_the_same_bytes() -> None:
    texts = {json.dumps(estimate(EXAMPLES / "deepseek-v3.yaml")) for _ in range(3)}
    assert len(texts) == 1


def test_facts_that_are_missing_are_none_not_zero() -> None:
    record = estimate({"reported_compute": 1e20})
    for name in ("model", "published", "year", "score", "training_tokens", "parameters", "chip", "chip_hours",
                 "utilization", "utilization_implied", "base_flop", "agreement"):
        assert record[name] is None, name


@pytest.mark.parametrize(("factor", "word"), [(2.9, "confident"), (3.1, "likely"), (9.9, "likely"),
                                              (10.1, "speculative"), (30.0, "speculative")])
def test_confidence_is_epochs_words_for_90_percent_within_a_factor(factor: float, word: str) -> None:
    """Epoch AI's documentation: confident is within 3x, likely within 10x, speculative within 30x."""
    assert confidence(math.log(factor) / NINETY) == word


@pytest.mark.parametrize(("day", "year"), [
    (datetime.date(2020, 1, 1), 2020.0), (datetime.date(2019, 7, 2), 2019.4986),
    (datetime.date(2020, 12, 31), 2020.9973)])
def test_decimal_years(day: datetime.date, year: float) -> None:
    assert decimal_year(day) == pytest.approx(year, abs=1e-4)


def test_what_was_assumed_is_named_by_record_and_method_and_what_was_stated_is_not() -> None:
    assumed = estimate({"peak": 1e14, "chips": 8, "time": "1 day"})
    assert assumed["assumed"] == {"utilization": 0.3}
    assert assumed["methods"]["gpu_time"]["assumed"] == {"utilization": 0.3}
    assert estimate({"peak": 1e14, "chips": 8, "time": "1 day", "utilization": 0.5})["assumed"] == {}


def test_the_number_format_is_named_where_the_chips_usual_one_was_taken() -> None:
    facts = {"chip": "A100 SXM 80GB", "chips": 8, "time": "1 day", "utilization": 0.4}
    assert list(estimate(facts)["assumed"]) == ["number_format"]
    assert estimate({**facts, "number_format": "bf16"})["assumed"] == {}


IMPOSSIBLE = {"peak": "1 TFLOP/s", "chips": 1, "time": "1 day", "reported_compute": 1e20}


@pytest.mark.parametrize(("facts", "code", "level"), [
    (IMPOSSIBLE, "utilization-above-one", "error"),
    (IMPOSSIBLE, "methods-disagree", "warning"),
    ({**IMPOSSIBLE, "reported_compute": 1e14}, "utilization-very-low", "warning"),
    ({**IMPOSSIBLE, "reported_compute": 0.9 * 86400e12}, "utilization-unheard-of", "warning"),
    ({"chip": "H100 SXM", "chips": 8, "time": "1 day", "published": "2015-01-01"}, "chip-newer-than-model", "warning"),
    ({"peak": 1e14, "chips": 8, "time": "1 day", "chip_time": "800 GPU-days"}, "accelerator-time-mismatch", "warning"),
    ({"parameters": 37e9, "active_parameters": 671e9, "tokens_seen": 1e9}, "more-active-than-all", "error"),
    ({"parameters": 7e9, "trainable_parameters": 9e9, "tokens_seen": 1e9}, "more-trained-than-all", "error"),
    ({"peak": 1e14, "chips": 8, "time": 4}, "unit-not-stated", "warning"),
    ({"peak": 1e14, "chip_time": 320256}, "unit-not-stated", "warning"),
    ({"reported_compute": 1e20, "base_model": "Nobody's"}, "base-compute-missing", "warning"),
])
def test_what_cannot_be_is_said_out_loud(facts: dict[str, object], code: str, level: str) -> None:
    checks = {check["code"]: check for check in estimate(facts)["checks"]}
    assert code in checks
    assert checks[code]["level"] == level
    assert "nan" not in checks[code]["message"]
    assert "{" not in checks[code]["message"]


@pytest.mark.parametrize("time", [{"time": "4 hours"}, {"hours": 4}, {"gpu_hours": 32}, {"chip_time": "32 A100-hours"}])
def test_a_time_whose_key_or_text_says_its_unit_is_no_surprise(time: dict[str, object]) -> None:
    record = estimate({"peak": 1e14, "chips": 8, "utilization": 0.5, **time})
    assert record["flop"] == pytest.approx(1e14 * 8 * 4 * 3600 * 0.5)
    assert "unit-not-stated" not in {check["code"] for check in record["checks"]}


def test_nothing_is_said_where_nothing_is_wrong() -> None:
    facts = {"peak": 1e14, "chips": 8, "time": "10 days", "utilization": 0.4, "published": "2023-01-01",
             "reported_compute": 8 * 864000 * 1e14 * 0.4}
    assert estimate(facts)["checks"] == []


def test_sources_do_not_follow_the_order_of_the_keys() -> None:
    facts = {"parameters": {"value": "7B", "source": "Table 2"}, "tokens": {"value": "1T", "source": "section 3"}}
    assert estimate(facts)["sources"] == estimate(dict(reversed(facts.items())))["sources"]
