"""What a model may have taken whose facts allow no method: beside the answer, never in it."""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path
from typing import Any

import pytest

from computeest import annotate, estimate
from computeest.estimation import prior

pd = pytest.importorskip("pandas")
BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def rows(*cells: dict[str, str]) -> Any:
    return annotate(pd.DataFrame(cells))


def test_a_row_without_an_answer_has_a_prior_and_one_with_it_has_none() -> None:
    found = rows({"model": "A", "published": "2023-01-01", "domain": "Language", "parameters": "7e9", "tokens": ""},
                 {"model": "B", "published": "2023-01-01", "domain": "Language", "parameters": "7e9", "tokens": "1e12"})
    assert math.isnan(found["flop"][0])
    assert found["prior_flop_low"][0] < found["prior_flop"][0] < found["prior_flop_high"][0]
    assert found["prior_flop_high"][0] / found["prior_flop_low"][0] > 1e4, "it says how little is known"
    assert found["problems"][0].startswith("not estimated")
    assert math.isnan(found["prior_flop"][1])
    assert estimate({"parameters": 7e9, "tokens": 1e12})["prior_flop"] is None


def test_what_is_known_moves_it() -> None:
    facts = {"published": "2019-01-01", "domain": "Vision", "parameters": "1e8", "chips": "8"}
    more = [{**facts, name: value} for name, value in (
        ("published", "2023-01-01"), ("parameters", "1e10"), ("chips", "512"))]
    found = rows(facts, *more)["prior_flop"]
    assert (found[1:] > found[0]).all()
    none = rows({"model": "A", "domain": "Vision"})
    assert math.isnan(none["prior_flop"][0]), "of nothing nothing follows"


@pytest.mark.parametrize(("facts", "flop"), [
    # LLaMA 65B, tables 2 and 15 (Touvron et al. 2023): 449 MWh with a PUE of 1.1, 6 x 65.2e9 x 1.4e12 FLOP
    ({"energy": "449 MWh"}, 5.5e23),
    # BLOOM (Luccioni et al. 2022): 433 MWh; 6 x 176e9 x 366e9 FLOP
    ({"energy": "433 MWh"}, 3.9e23),
    # GPT-3, estimated at 4.6 million dollars of V100 time (Li 2020), 3.14e23 FLOP (Brown et al. 2020)
    ({"cost": "4.6 million USD"}, 3.14e23),
])
def test_money_and_energy_alone_come_within_their_interval(facts: dict[str, str], flop: float) -> None:
    found = rows({"model": "A", **facts})
    assert found["prior_flop_low"][0] < flop < found["prior_flop_high"][0]
    assert found["prior_flop"][0] == pytest.approx(flop, rel=1.5)


def test_the_file_is_what_the_rows_give() -> None:
    sys.path.insert(0, str(BENCHMARKS))
    spec = importlib.util.spec_from_file_location("prior_benchmark", BENCHMARKS / "prior.py")
    assert spec is not None
    assert spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    made = benchmark.fits() | benchmark.of_money_and_energy()
    for name, fit in prior.fits().items():
        assert made[name] == pytest.approx(dict(fit), abs=0.02), name
