"""Active parameters of known mixtures: from the bundled table where a paper states all of them alone."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pandas as pd
import pytest

from computeest import annotate, estimate
from computeest.facts.model_lookup import mixtures
from computeest.models.mixtures import as_json
from computeest.models.table import entries, find

#: 2e12 tokens; 6 FLOP for each of 12.9e9 active parameters (Jiang et al. 2024, section 2).
MIXTRAL = {"model": "Mixtral 8x7B", "parameters": 46.7e9, "tokens_seen": 2e12}


def codes(record: dict[str, Any]) -> set[str]:
    return {check["code"] for check in record["checks"]}


@pytest.mark.parametrize("name", ["Mixtral 8x7B", "mistralai/Mixtral-8x7B-v0.1", "Mixtral-8x7B-Instruct-v0.1"])
def test_a_known_mixture_counts_its_active_parameters(name: str) -> None:
    record = estimate(MIXTRAL | {"model": name})
    assert record["flop"] == pytest.approx(6 * 12.9e9 * 2e12)
    check = next(check for check in record["checks"] if check["code"] == "active-from-table")
    assert check["level"] == "info"
    assert check["message"] == ("no active parameters are stated; Mixtral 8x7B in the bundled table has 1.29e+10: "
                                "computeest models show")


@pytest.mark.parametrize("facts", [
    {"active_parameters": 14e9}, {"model": "Mixtral 9x7B"}, {"model": "Llama 2 70B", "parameters": 69e9},
    {"model": None}, {"parameters": None, "forward_flop_per_token": 2.6e10},
])
def test_what_is_stated_or_not_known_is_left_alone(facts: dict[str, Any]) -> None:
    assert "active-from-table" not in codes(estimate({k: v for k, v in (MIXTRAL | facts).items() if v is not None}))


@pytest.mark.parametrize(("parameters", "known"), [(51.3e9, True), (51.5e9, False), (42.6e9, True), (42.3e9, False)])
def test_other_parameters_are_those_of_another_model(parameters: float, known: bool) -> None:
    record = estimate(MIXTRAL | {"parameters": parameters})
    assert ("active-from-table" in codes(record)) == known
    assert (record["flop"] == pytest.approx(6 * 12.9e9 * 2e12)) == known


def test_rows_of_a_table_and_of_a_layout_know_mixtures_too() -> None:
    plain = annotate(pd.DataFrame([MIXTRAL, {"model": "Other", "parameters": 1e9, "tokens_seen": 1e9}]))
    assert plain["flop"].tolist() == pytest.approx([6 * 12.9e9 * 2e12, 6e18])
    epoch = annotate(pd.DataFrame([{"Model": "DeepSeek-V3", "Domain": "Language", "Publication date": "2024-12-26",
                                    "Parameters": "671e9", "Training dataset size (datapoints)": "14.8e12"}]),
                     preset="epoch")
    assert epoch["flop"].tolist() == pytest.approx([6 * 37e9 * 14.8e12])
    assert "experts-not-stated" not in epoch["checks"][0]


def test_the_file_of_mixtures_is_what_the_table_says() -> None:
    """`make docs` writes it."""
    text = files("computeest.models").joinpath("mixtures.json").read_text("utf-8")
    assert text == as_json()
    assert len(json.loads(text)) == len({mixture.name for mixture in mixtures().values()}) >= 30


def test_every_mixture_is_found_as_the_table_finds_it() -> None:
    for name, mixture in mixtures().items():
        entry = find(name)
        assert entry is not None
        assert entry.name == mixture.name
        assert 0 < mixture.active < mixture.parameters
    assert entries()["dbrx"].name in {mixture.name for mixture in mixtures().values()}
