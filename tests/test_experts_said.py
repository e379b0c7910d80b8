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
    ("Experts", "64"), ("num_experts", 8), ("Mixture of experts", "x"),
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
    ("Experts", "1"), ("Experts", ""), ("Type", "decoder"), ("Experts per token", "2"), ("Human experts", "12"),
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
