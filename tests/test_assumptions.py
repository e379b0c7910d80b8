"""Defaults: documented, named in the record, and overridden on request."""

from __future__ import annotations

import math

import pytest

from computeest import estimate, schema
from computeest.estimation.assumptions import AssumptionError, defaults, with_overrides
from computeest.text.numbers import NINETY

GPU = {"peak": 1e14, "chips": 8, "time": "1 day"}


@pytest.mark.parametrize("column", defaults())
def test_every_default_has_a_value_within_bounds_a_spread_a_source_and_a_reason(column: str) -> None:
    assumption, field = defaults()[column], schema.FIELDS[column]
    for variant in assumption.variants():
        assert field.low <= variant.value <= field.high
        assert 0 <= variant.sigma < 3
        assert variant.source
        assert variant.why.endswith(".")
    assert assumption.sigma > 0 or assumption.definition, "what is not certain has a spread"


@pytest.mark.parametrize(("column", "value"), [
    ("utilization", 0.30),  # Erdil and Besiroglu 2022, section 2.3
    ("backward_ratio", 2),  # Hobbhahn and Sevilla 2021
    ("flop_per_mac", 2), ("flop_per_parameter", 2),  # Kaplan et al. 2020, section 2.1
    ("ensemble", 1),
])
def test_the_fields_usual_values(column: str, value: float) -> None:
    assert defaults()[column].value == value


def test_an_override_is_taken_named_and_the_users() -> None:
    record = estimate(GPU, assume={"utilization": 0.4})
    assert record["flop"] == pytest.approx(8 * 86400 * 1e14 * 0.4)
    assert record["assumed"] == {"utilization": 0.4}
    assert "assumed utilization = 0.4 [user]: set by the user" in record["derivation"]


def test_a_fact_beats_an_override() -> None:
    assert estimate({**GPU, "utilization": 0.5}, assume={"utilization": 0.4})["flop"] == \
        pytest.approx(8 * 86400 * 1e14 * 0.5)


@pytest.mark.parametrize("text", ["0.4", "40 %", "40%", 0.4])
def test_overrides_are_read_like_any_fact(text: str | float) -> None:
    assert with_overrides({"utilization": text})["utilization"].value == pytest.approx(0.4)


def test_a_range_also_sets_the_spread_and_a_number_keeps_it() -> None:
    ranged = with_overrides({"utilization": "0.3..0.5"})["utilization"]
    assert ranged.value == pytest.approx(math.sqrt(0.15))
    assert ranged.sigma == pytest.approx(math.log(5 / 3) / (2 * NINETY))
    assert with_overrides({"utilization": "0.4"})["utilization"].sigma == defaults()["utilization"].sigma


def test_overriding_leaves_the_defaults_alone() -> None:
    before = dict(defaults())
    with_overrides({"utilization": "0.4", "mfu": "0.5"})
    assert dict(defaults()) == before


@pytest.mark.parametrize(("name", "text", "said"), [
    ("utilisation", "0.4", "nothing is assumed about 'utilisation'; closest: 'utilization'"),
    ("chips", "8", "nothing is assumed about 'chips'"),
    ("utilization", "40", "utilization: '40' is more than 1; if it is in percent, write '40 %'"),
    ("utilization", "much", "utilization: 'much' is not a number; a number, or a number and a unit"),
    ("utilization", "0.4 hours", "utilization: '0.4 hours' is time, not a plain number; "
                                 "write a plain number, such as '0.4'; the key for it is 'time'"),
])
def test_overrides_that_cannot_be_followed(name: str, text: str, said: str) -> None:
    with pytest.raises(AssumptionError) as caught:
        with_overrides({name: text})
    assert str(caught.value) == said


def test_what_is_true_by_definition_is_not_named() -> None:
    record = estimate({"forward_macs": 1e9, "examples_seen": 1e9, "backward_ratio": 2, "ensemble": 1})
    assert record["assumed"] == {}
    assert record["flop"] == pytest.approx(6e18)


@pytest.mark.parametrize("published", [{}, {"published": "2018-10"}, {"published": "2022-10"}])
@pytest.mark.parametrize("tokens", [6e8, 0.98e9, 1.02e9, 4e9, 0.98e11, 1.02e11, 2.9e11, 3.1e11])
def test_a_corpus_is_passed_as_often_in_whatever_it_was_counted(tokens: float, published: dict[str, str]) -> None:
    words = tokens / defaults()["tokens_per_word"].value
    gigabytes = words / defaults()["words_per_gigabyte"].value
    counted, *others = (estimate({"parameters": 1e9, **corpus, **published}) for corpus in (
        {"tokens": tokens}, {"words": words}, {"text_size": f"{gigabytes:.6g} GB"}))
    for other in others:
        assert other["flop"] == pytest.approx(counted["flop"], rel=0.05)
        assert other["flop_high"] == pytest.approx(counted["flop_high"], rel=0.5)
        assert other["flop_high"] > 0.95 * counted["flop_high"]


def test_tokens_decide_how_often_a_corpus_is_passed_where_its_bytes_are_told_too() -> None:
    gpt3 = {"parameters": 175e9, "tokens": 3e11, "published": "2020-05-28"}
    beside, alone = estimate({**gpt3, "text_size": "570 GB"}), estimate(gpt3)
    assert (beside["flop_low"], beside["flop_high"]) == (alone["flop_low"], alone["flop_high"])
