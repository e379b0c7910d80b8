"""Mixtures of experts that a table's other columns name are not taken as dense."""

from __future__ import annotations

import pandas as pd
import pytest

import computeest

FACTS = {"parameters": 1e11, "tokens": 2e12}
DENSE, SHARE = 6 * 1e11 * 2e12, 0.12


def row(**cells: object) -> pd.Series:
    return computeest.annotate(pd.DataFrame([{"model": "X", **FACTS, **cells}])).iloc[0]


@pytest.mark.parametrize(("header", "text"), [
    ("Arch", "MoE"), ("Architecture Type", "Mixture-of-Experts"), ("Type", "sparse MoE"), ("Approach", "MoE decoder"),
    ("Dense or sparse", "Sparse"), ("dense/sparse", "sparse"), ("Sparsity", "Sparse"), ("MoE", "yes"),
    ("Is MoE", "TRUE"),
    ("Experts", "64"), ("num_experts", 8), ("Experts", "8 (2 active)"), ("Experts", "64 routed + 2 shared"),
    ("Experts", "16, top-2"), ("Mixture of experts", "x"),
])
def test_a_cell_says_that_a_model_is_a_mixture(header: str, text: object) -> None:
    found = row(**{header: text})
    assert found["flop"] == pytest.approx(SHARE * DENSE)
    # published mixtures use 3 to 30 % of their parameters: DeepSeek-V3 5.5 %, Mixtral 28 %
    assert found["flop_low"] < 0.03 * DENSE < 0.28 * DENSE < found["flop_high"]
    assert found["confidence"] != "confident"
    assert f"experts-in-column (info): the column '{header}'" in found["checks"]


@pytest.mark.parametrize(("header", "text"), [
    ("Arch", "non-MoE"), ("Type", "decoder without MoE"),
    ("Arch", "Dense"), ("Arch", "dense, not MoE"), ("Dense or sparse", "Dense"), ("MoE", "no"), ("MoE", "0"),
    ("Experts", "1"), ("Experts", ""), ("Experts", "12 annotators"),
    ("Experts", "8 physicians"), ("Type", "decoder"), ("Experts per token", "2"), ("Human experts", "12"),
    ("Notes", "MoE"), ("Arch", "MoE " * 20),
])
def test_a_cell_that_does_not_say_so_leaves_it_dense(header: str, text: str) -> None:
    assert row(**{header: text})["flop"] == pytest.approx(DENSE)


def test_what_is_stated_or_named_comes_first() -> None:
    assert row(Arch="MoE", active_parameters=13e9)["flop"] == pytest.approx(6 * 13e9 * 2e12)
    assert row(Arch="MoE", model="Y-8x14B")["flop"] == pytest.approx(0.28 * DENSE)


def test_a_mixture_stays_one_where_few_columns_are_written(cli, tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "t.csv").write_text("model,parameters,tokens,Arch\nX,1e11,2e12,MoE\n")
    cli("annotate", tmp_path / "t.csv", "-o", tmp_path / "o.csv", "--columns-out", "model,flop")
    assert float(pd.read_csv(tmp_path / "o.csv")["flop"][0]) == pytest.approx(SHARE * DENSE)


def paper(**parameters: str) -> dict[str, object]:
    return computeest.estimate({"parameters": {"value": "100B", **parameters}, "tokens": "2T"})


@pytest.mark.parametrize("said", [
    {"quote": "X is a mixture-of-experts model with 100B parameters."},
    {"quote": "We train X, an MoE of 100B parameters."},
    {"note": "a mixture of experts (line 2)"},
    {"quote": "X has 100B parameters.", "note": "a mixture of experts (page 3)"},
])
def test_the_quote_of_the_parameters_says_that_a_model_is_a_mixture(said: dict[str, str]) -> None:
    found = paper(**said)
    assert found["flop"] == pytest.approx(SHARE * DENSE)
    assert found["flop_low"] < 0.03 * DENSE < 0.28 * DENSE < found["flop_high"]
    assert {check["code"] for check in found["checks"]} >= {"experts-not-stated", "experts-in-quote"}


@pytest.mark.parametrize("said", [
    {"quote": "X is a dense model with 100B parameters, unlike a mixture of experts."},
    {"quote": "With 100B parameters X outperforms a mixture of experts of 400B."},
    {"quote": "X has 100B parameters and was rated by experts."}, {"note": "no MoE"}, {"quote": "100B parameters"},
])
def test_a_quote_that_does_not_say_so_leaves_it_dense(said: dict[str, str]) -> None:
    assert paper(**said)["flop"] == pytest.approx(DENSE)


def test_active_parameters_that_are_stated_or_known_decide_beside_a_quote() -> None:
    said = {"value": "100B", "note": "a mixture of experts"}
    assert computeest.estimate({"parameters": said, "active_parameters": "10B", "tokens": "2T"})["flop"] == \
        pytest.approx(DENSE / 10)
    # DeepSeek-V3 uses 37e9 of its 671e9 parameters (arXiv 2412.19437)
    known = computeest.estimate({"model": "DeepSeek-V3", "parameters": said | {"value": "671B"}, "tokens": "14.8T"})
    assert known["flop"] == pytest.approx(6 * 37e9 * 14.8e12, rel=0.01)
    assert "experts-in-quote" not in {check["code"] for check in known["checks"]}


@pytest.mark.parametrize(("experts", "spanned"), [
    ((3, 12), True), ((29,), True), ((8, 12), False), ((30,), False), ((16,), False),
])
def test_experts_in_numbers_that_networks_do_not_have_may_be_people(experts: tuple[int, ...], spanned: bool) -> None:
    rows = computeest.annotate(pd.DataFrame([{"model": "X", **FACTS, "Number of experts": each} for each in experts]))
    for each, found in zip(experts, rows.to_dict("records"), strict=True):
        assert ("experts-or-people" in found["checks"]) == spanned
        if spanned:
            assert found["flop_low"] < 1.05 * DENSE / each
            assert found["flop_high"] > 0.95 * DENSE
