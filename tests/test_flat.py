"""The flat record says what the nested one says, for tables as for papers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import computeest
from computeest import pipeline
from computeest.facts.paper import read_paper
from computeest.records.columns import flat, objects, records

Both = tuple[list[dict[str, Any]], dict[str, Any]]

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.yaml"))


@pytest.fixture(scope="module")
def both() -> Both:
    results = pipeline.evaluated([read_paper(path) for path in EXAMPLES])
    return records(results), {name: objects(column) for name, column in flat(results).items()}


def test_every_example_has_the_same_numbers_flat_and_nested(both: Both) -> None:
    nested, columns = both
    for name in ("flop", "flop_low", "flop_high", "log10_flop", "petaflop_s_days", "agreement", "year", "score",
                 "parameters", "chip_hours", "utilization_implied"):
        found = [float("nan") if record[name] is None else record[name] for record in nested]
        np.testing.assert_allclose(np.asarray(columns[name], dtype=float), np.asarray(found, dtype=float), rtol=1e-12,
                                   err_msg=name)
    for name in ("model", "published", "link", "organization", "confidence", "chip", "method"):
        assert list(columns[name]) == [record[name] for record in nested], name


def test_every_check_and_assumption_is_there(both: Both) -> None:
    nested, columns = both
    for record, checks, assumed in zip(nested, columns["checks"], columns["assumed"], strict=True):
        said = str(checks or "")
        assert all(check["message"].replace("; ", ", ") in said for check in record["checks"])
        parts = (assumed or "").replace("; ", ", ").split(", ")
        assert {part.partition("=")[0] for part in parts if part} == set(record["assumed"])


def test_a_row_alone_gives_what_it_gives_among_others() -> None:
    table = pd.DataFrame({
        "model": ["A", "B 8x7B", "C", "D", "E"],
        "published": ["2019-03-01", "2024-01-08", None, "2015-12-10", "2020-01-01"],
        "parameters": ["1.5B", "46.7e9", None, None, "-1"], "tokens": ["10B", "1T", "5B", None, "1e9"],
        "chip": ["TPU v3", "H100", "A100", "K80", "nothing"], "chips": [256, None, 8, 4, 1],
        "time": ["7 days", None, "30 h", "3 weeks", None], "family": [None, None, "decoder", "resnet", None],
        "architecture": [None, None, json.dumps({"layers": 12, "width": 768, "heads": 12}), '{"depth": 50}', None]})
    together = computeest.annotate(table)
    for row in range(len(table)):
        alone = computeest.annotate(table.iloc[[row]])
        for name in alone.columns:
            one, other = alone[name].iloc[0], together[name].iloc[row]
            assert (pd.isna(one) and pd.isna(other)) or one == other, (row, name)


def test_each_row_has_an_estimate_or_a_reason() -> None:
    found = computeest.annotate(pd.DataFrame({"model": ["A", "B"], "parameters": [1e9, np.nan], "tokens": [1e9, 1e9]}))
    assert found["flop"].notna().tolist() == [True, False]
    assert pd.isna(found["problems"].iloc[0])
    assert found["problems"].tolist()[1].startswith("not estimated: ")
    assert "versions" in found
    assert found["versions"].nunique() == 1
