"""What a sentence states as a bound is drafted as one, which the reader of cells spans, and no value."""

from __future__ import annotations

import pytest

from computeest import pipeline
from computeest.documents import draft, read
from computeest.text import bounds

HEAD = "# Gannet-7B\n\nGannet-7B is a 7B parameter language model.\n\n## Training\n\n"


def drafted(said: str) -> dict[str, str]:
    paper, *_ = draft.drafted(read.from_text(f"{HEAD}{said}\n", "card.md")).papers
    return {fact.reading.column: fact.reading.value for fact in paper.main}


@pytest.mark.parametrize(("said", "column", "value"), [
    ("Gannet-7B was trained on over 10T tokens.", "tokens_seen", ">10T tokens"),
    ("Gannet-7B was trained on 10T+ tokens.", "tokens_seen", ">10T tokens"),
    ("Training used more than 10,000 GPU hours.", "chip_time", ">10,000 GPU hours"),
    ("Training took less than 10,000 A100 GPU hours.", "chip_time", "<10,000 A100 GPU hours"),
    ("It was trained with fewer than 64 A100 GPUs.", "chips", "<64"),
    ("It was trained with no more than 64 A100 GPUs.", "chips", "≤64"),
    ("Gannet-7B cost less than $0.1 million to train.", "cost", "<$0.1 million"),
    ("Training emitted less than 3 tCO2eq.", "emissions", "<3 tCO2"),
    ("Gannet-7B was trained in under 3 days on 8 A100 GPUs.", "time", "<3 days"),
    ("Training reaches up to 55% MFU.", "utilization", "≤55%"),
])
def test_a_bound_is_no_value(said: str, column: str, value: str) -> None:
    assert drafted(said)[column] == value


@pytest.mark.parametrize(("said", "column", "value"), [
    ("It was trained over 30 days on 8 A100 GPUs.", "time", "30 days"),
    ("Training ran over 512 A100 GPUs.", "chips", "512"),
    ("It was trained on just over 2T tokens.", "tokens_seen", "2T tokens"),
    ("It was trained on sequences of up to 2048 tokens.", "sequence_length", "2048 tokens"),
    ("Gannet-7B has over 7 billion parameters and was trained on 2T tokens.", "tokens_seen", "2T tokens"),
    ("It was trained on 2T tokens for more than 30 days.", "tokens_seen", "2T tokens"),
])
def test_what_bounds_nothing_leaves_the_value(said: str, column: str, value: str) -> None:
    assert drafted(said)[column] == value


def test_the_size_in_the_name_is_no_bound() -> None:
    assert drafted("Gannet-7B has over 7 billion parameters.")["parameters"] in ("7B", "7 billion")


def test_a_bound_in_a_table_and_in_a_sentence_are_one_fact() -> None:
    found = drafted("It was trained on over 15 trillion tokens.\n\n| |Params|Token count|\n|---|---|---|\n"
                    "|Gannet-7B|7B|15T+|\n|Crane-3B|3B|9T|")
    assert found["tokens_seen"] in (">15 trillion tokens", ">15T")


def test_an_estimate_spans_what_a_bound_leaves_open() -> None:
    found = drafted("Gannet-7B was trained on over 10T tokens.")
    result = pipeline.estimate({"parameters": 7e9, "tokens_seen": found["tokens_seen"]})
    assert result["flop_low"] < 6 * 7e9 * 11e12 < 6 * 7e9 * 25e12 < result["flop_high"]


@pytest.mark.parametrize(("text", "sign"), [
    ("trained on over ", ">"), ("trained over ", ""), ("it took well over ", ">"), ("at just over ", ""),
    ("no less than ", ">"), ("no more than ", "≤"), ("within ", "<"), ("cost > ", ">"), ("moreover ", ""), ("", ""),
    ("on at least 3 of ", ""),
])
def test_the_sign_of_a_bound_before_a_number(text: str, sign: str) -> None:
    assert bounds.sign_before(text) == sign
