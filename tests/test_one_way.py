"""One way through: a paper, a row of a table and a line of JSON with the same facts give the same record."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from computeest import annotate, estimate
from computeest.facts.paper import read_paper
from computeest.pipeline import Options, evaluated, of_sources
from computeest.records.columns import FIELDS, records

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.yaml"))
#: Runs of which only one has a chip, a size or a date that a check has something to say about.
RUNS: list[dict[str, Any]] = [
    {"parameters": 1e9, "tokens_seen": 5e10, "stage": "pretraining"},
    {"chips": 8, "time": "10 days", "chip": "A100 SXM 80GB", "number_format": "bf16", "stage": "longer context"},
    {"parameters": 7e8, "tokens_seen": 3e9, "sequence_length": 4096},
]


@pytest.mark.parametrize("count", [2, 3])
def test_the_order_of_runs_decides_nothing(count: int) -> None:
    """Not a byte but for the order in which the derivation tells them."""
    said = set()
    for order in itertools.permutations(RUNS[:count]):
        record = estimate({"model": "M", "published": "2019-01-01", "runs": list(order)})
        lines = sorted(line for line in record.pop("derivation").splitlines() if not line.startswith("run "))
        said.add(json.dumps([record, lines]))
        assert "chip-newer-than-model" in {check["code"] for check in record["checks"]}
        assert record["parameters"] == 1e9
        assert record["chip_hours"] == pytest.approx(8 * 240)
    assert len(said) == 1


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in EXAMPLES])
def test_a_file_gives_one_record_whichever_way_it_comes_in(path: Path) -> None:
    alone = dict(estimate(path))
    made = of_sources([path], Options())
    results, problems = made.results, made.problems
    assert problems == {}
    assert records(results) == [alone]
    assert records(evaluated([read_paper(path)])) == [alone]


def test_a_row_that_lists_runs_is_a_paper() -> None:
    paper = {"model": "M", "published": "2023-05-01", "runs": RUNS}
    record = estimate(paper)
    table = pd.DataFrame([{**paper, "runs": json.dumps(RUNS), "remark": "no fact"}, {"model": "N", "runs": None}])
    found = annotate(table)
    for name in ("flop", "flop_low", "flop_high", "parameters", "chip_hours", "agreement", "training_tokens"):
        assert (None if pd.isna(found[name][0]) else found[name][0]) == record[name], name
    assert found["chip"][0] == record["chip"]
    assert all(check["message"].replace("; ", ", ") in found["checks"][0] for check in record["checks"])
    assert pd.isna(found["flop"][1])
    assert "no facts" in found["problems"][1] or "not estimated" in found["problems"][1]


def test_every_option_of_one_way_in_is_an_option_of_the_other() -> None:
    """`reference` used to be an option of tables alone."""
    facts = {"model": "T", "base_model": "B", "parameters": 1e9, "tokens_seen": 1e10}
    options: dict[str, Any] = {"reference": {"B": 1e21}, "prefer": "operation_counting",
                               "assume": {"flop_per_parameter": 2}}
    record, row = estimate(facts, **options), annotate(pd.DataFrame([facts]), **options).iloc[0]
    assert record["flop"] == row["flop"] == pytest.approx(1e21 + 6e19)
    assert record["own_flop"] == row["own_flop"] == pytest.approx(6e19)
    assert record["base_flop"] == row["base_flop"] == 1e21
    assert record["base_flop_low"] < 1e21 < record["base_flop_high"]
    assert set(FIELDS) - {"methods"} <= {*row.index, "methods", *(f.removesuffix("_estimated") for f in row.index)}


def test_checks_of_several_columns_hang_on_no_order() -> None:
    """Neither on that of a paper's keys nor on the rows before: the first of them decided which column came first."""
    facts = {"parameters": "7B", "tokens_seen": "2T", "core_time": "7e9", "time": "1", "chip_time": "9"}
    said = {tuple(check["message"] for check in estimate({key: facts[key] for key in order})["checks"])
            for order in itertools.permutations(facts)}
    assert len(said) == 1
    papers = [{"parameters": "7B", "tokens_seen": "2T", "time": "1"}, facts]
    assert list(estimate(papers)[1]["checks"]) == list(estimate(facts)["checks"])
