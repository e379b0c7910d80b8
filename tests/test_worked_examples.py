"""Published estimates whose every input is known come out as published; tests/golden/worked_runs.yaml cites them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

from computeest import estimate

TESTS = Path(__file__).parent
RUNS: list[dict[str, Any]] = yaml.safe_load((TESTS / "golden/worked_runs.yaml").read_text("utf-8"))
#: The same runs as somebody else collected them, in a folder beside the checkout.
COLLECTED = TESTS.parents[1] / "shared/method/worked_examples.csv"


@pytest.mark.parametrize("run", [pytest.param(r, id=r["paper"].removesuffix(".yaml")) for r in RUNS])
def test_comes_out_as_published(run: dict[str, Any]) -> None:
    record = estimate(TESTS / "worked" / run["paper"])
    flop = record["flop"] if run["method"] is None else record["methods"][run["method"]]["flop"]
    assert flop == pytest.approx(float(run["flop"]), rel=run["rel"]), run["citation"]
    assert record["flop"] == pytest.approx(flop), "the only method is the answer"


def test_every_worked_run_is_here() -> None:
    assert sorted(r["paper"] for r in RUNS) == sorted(p.name for p in (TESTS / "worked").glob("*.yaml"))
    assert len(RUNS) == 20


@pytest.mark.skipif(not COLLECTED.exists(), reason="the collected runs are not beside the checkout")
def test_agrees_with_the_collected_runs() -> None:
    with COLLECTED.open(encoding="utf-8", newline="") as file:
        rows = {row["example_id"]: row for row in csv.DictReader(file)}
    assert sorted(rows) == sorted(r["paper"].removesuffix(".yaml") for r in RUNS)
    for run in RUNS:
        row = rows[run["paper"].removesuffix(".yaml")]
        doubled = 2 if row["ops_convention"] == "MAC_as_FLOP" else 1
        wanted, tolerance = doubled * float(row["published_flop"]), float(row["rel_tol"])
        assert run["rel"] <= tolerance, run["paper"]
        assert estimate(TESTS / "worked" / run["paper"])["flop"] == pytest.approx(wanted, rel=tolerance), run["paper"]
