"""Generated papers: a mapping, a row of CSV and a line of JSON give one record, and so does any order of runs."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from times import TIMES

from computeest import estimate
from computeest.estimation.combine import by_paper, total_of
from computeest.pipeline import Options, estimated
from computeest.problems import InputError
from computeest.records.columns import records
from computeest.tables.inputs import read_whole

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.yaml"))
Facts = dict[str, Any]


def amount(low: float, high: float, *units: str) -> st.SearchStrategy[str]:
    """A number as papers write it, mostly exact, sometimes a range or about."""
    number = st.floats(low, high).map(lambda x: f"{x:.3g}")
    form = st.sampled_from(("{}", "{}", "{}", "~{}"))
    unit = st.sampled_from(units or ("",))
    return st.builds(lambda n, f, u: f"{f.format(n)} {u}".strip(), number, form, unit)


HARDWARE = {
    "chip": st.sampled_from(("A100 SXM 80GB", "V100", "H100", "TPU v3", "TPU v4", "RTX 3090", "8x A100", "MI250X")),
    "chips": st.integers(1, 4096).map(str), "time": amount(1, 200, "hours", "days"),
    "number_format": st.sampled_from(("bf16", "fp16", "fp32", "mixed precision")),
    "utilization": amount(0.05, 0.6), "chip_time": amount(1e3, 1e6, "GPU-hours"),
}
WORK = {
    "parameters": amount(1e7, 1e11), "tokens": amount(1e8, 1e12), "epochs": st.integers(1, 40).map(str),
    "tokens_seen": amount(1e9, 1e12), "examples": amount(1e4, 1e7), "forward_flop": amount(1e8, 1e11),
    "active_parameters": amount(1e6, 1e7), "batch_size": amount(1e3, 1e6, "tokens"), "steps": amount(1e3, 1e5),
}
REST = {
    "reported_compute": amount(1e18, 1e24, "FLOP"), "base_compute": amount(1e18, 1e23, "FLOP"),
    "published": st.sampled_from(("2015", "2019-06", "2021-03-04", "2024-12-31")),
    "ensemble": st.integers(1, 9).map(str),
    "organization": st.sampled_from(("A", "B, Inc.", 'C "quoted"')), "score": amount(1, 99, "%"),
    "backward_ratio": amount(1, 3), "link": st.just("https://example.org/a?b=c,d"),
}
PAPERS = st.fixed_dictionaries({"model": st.sampled_from(("M", "Modèle 7B", "m;n"))},
                               optional={**HARDWARE, **WORK, **REST})
RUNS = st.lists(st.fixed_dictionaries({}, optional={**HARDWARE, **WORK}), min_size=2, max_size=4)


def as_record(facts: Facts) -> Facts | str:
    """The record of a mapping, or why there is none."""
    try:
        return dict(estimate(facts))
    except InputError as error:
        return str(error)


def same(one: Any, other: Any) -> bool:
    """Whether two values are alike: numbers to twelve digits, since arrays of other lengths round the last one."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-12, abs=0.0, nan_ok=True)
    return bool(one == other)


def compare(papers: list[Facts | str], table: pa.Table) -> None:
    """The record of each row of a table is that of the paper alone.

    The derivation apart: a row of numbers has no words of its own to show. Where a paper is refused, a row says why.
    """
    made = estimated(table, Options())
    for row, (alone, record) in enumerate(zip(papers, records(made.results), strict=True)):
        if isinstance(alone, str):
            assert record["flop"] is None or made.problems[row], alone
            continue
        assert row not in made.problems
        unlike = {name: (record[name], alone[name]) for name in alone
                  if name != "derivation" and not same(record[name], alone[name])}
        assert unlike == {}


#: Papers in one file, and files: 300 papers in all, with runs and without.
TOGETHER, FILES = 10, 30 * TIMES


@settings(max_examples=FILES)
@given(st.lists(PAPERS, min_size=TOGETHER, max_size=TOGETHER))
def test_a_row_of_csv_gives_the_record_of_the_mapping(tmp_path_factory: pytest.TempPathFactory,
                                                      papers: list[Facts]) -> None:
    path = tmp_path_factory.mktemp("same") / "papers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, sorted({name for facts in papers for name in facts}))
        writer.writeheader()
        writer.writerows(papers)
    compare([as_record(facts) for facts in papers], read_whole(str(path)))


@settings(max_examples=FILES)
@given(st.lists(st.builds(lambda facts, runs: {**facts, "runs": runs}, PAPERS, RUNS),
                min_size=TOGETHER, max_size=TOGETHER))
def test_a_line_of_json_with_runs_gives_the_record_of_the_mapping(tmp_path_factory: pytest.TempPathFactory,
                                                                  papers: list[Facts]) -> None:
    path = tmp_path_factory.mktemp("same") / "papers.jsonl"
    path.write_text("".join(json.dumps(facts) + "\n" for facts in papers), "utf-8")
    compare([as_record(facts) for facts in papers], read_whole(str(path)))


@settings(max_examples=60 * TIMES)
@given(PAPERS, RUNS, st.randoms(use_true_random=False))
def test_any_order_of_runs_gives_the_same_record(facts: Facts, runs: list[Facts], chance: Any) -> None:
    other = list(runs)
    chance.shuffle(other)
    one, two = as_record({**facts, "runs": runs}), as_record({**facts, "runs": other})
    if isinstance(one, str) or isinstance(two, str):
        assert isinstance(one, str) == isinstance(two, str)
        return
    assert {name: one[name] for name in one if name != "derivation"} == {
        name: two[name] for name in two if name != "derivation"}
    lines = [sorted(line for line in record["derivation"].splitlines() if not line.startswith("run "))
             for record in (one, two)]
    assert lines[0] == lines[1]


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in EXAMPLES])
def test_an_example_as_a_line_of_json_gives_its_record(path: Path, tmp_path: Path) -> None:
    facts = yaml.safe_load(path.read_text("utf-8"))
    (tmp_path / "papers.jsonl").write_text(json.dumps(facts, default=str) + "\n", "utf-8")
    compare([dict(estimate(path))], read_whole(str(tmp_path / "papers.jsonl")))


SMALL_AND_LARGE = st.lists(st.floats(1e-3, 1e27), min_size=2, max_size=6)


@given(SMALL_AND_LARGE, st.randoms(use_true_random=False))
def test_any_order_of_base_models_gives_the_same_bytes(flop: list[float], chance: Any) -> None:
    names = [f"Base {letter}" for letter in "ABCDEF"[:len(flop)]]
    reference = dict(zip(names, flop, strict=True))
    other = list(names)
    chance.shuffle(other)
    own = {"model": "M", "parameters": "1e9", "tokens_seen": "1e11"}
    one, two = (dict(estimate({**own, "base_model": "; ".join(order)}, reference=reference))
                for order in (names, other))
    assert one["base_flop"] == two["base_flop"] == math.fsum(flop)
    assert {name: one[name] for name in NUMBERS} == {name: two[name] for name in NUMBERS}


NUMBERS = ("flop", "flop_low", "flop_high", "base_flop", "own_flop")


@given(st.lists(st.tuples(st.floats(20, 60), st.floats(0, 1), st.floats(0, 2)), min_size=2, max_size=7),
       st.randoms(use_true_random=False))
def test_the_sum_of_runs_is_exact_in_any_order(runs: list[tuple[float, float, float]], chance: Any) -> None:
    other = list(runs)
    chance.shuffle(other)
    one, two = (total_of(np.array([[log] for log, _, _ in some]), np.array([[[common] for _, common, _ in some]]),
                         np.array([[own] for _, _, own in some])) for some in (runs, other))
    for amount, again in zip(one, two, strict=True):
        assert amount.tobytes() == again.tobytes()
    logs = [log for log, _, _ in runs]
    assert one[0][0] == max(logs) + math.log(math.fsum(math.exp(log - max(logs)) for log in logs))
    paper = np.zeros(len(runs), dtype=np.intp)
    amounts = [np.array([math.exp(log) for log, _, _ in some]) for some in (runs, other)]
    if len(runs) > 1:
        assert by_paper(amounts[0], paper, 1)[0] == by_paper(amounts[1], paper, 1)[0] == math.fsum(amounts[0].tolist())
