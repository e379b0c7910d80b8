"""The derivation: from the paper's own words to the number, each line with its rule and its source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from computeest import estimate
from computeest.records.derivation import Symbol, written
from computeest.records.wording import amount

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_designs_own_example() -> None:
    """96 chip x 52 d x 312 TFLOP/s (A100, bf16) x 0.30 (assumed) = 4.0e22 FLOP (DESIGN section 1)."""
    record = estimate({"chips": 96, "time": "52 d", "chip": "A100 SXM 80GB", "number_format": "bf16"})
    lines = record["derivation"].splitlines()
    assert lines[0] == "gpu_time: 4.04e+22 FLOP"
    assert lines[1].startswith("  chip_time = chips x time = 96 chips x 52 d = 1.198e+05 GPU-hours   [")
    assert lines[2].startswith("  flop = chip_time x peak x utilization = 1.198e+05 GPU-hours x 312 TFLOP/s (")
    assert "A100" in lines[2]
    assert "bf16) x 0.3 (assumed) = 4.037e+22 FLOP   [erdil2022]" in lines[2]
    assert lines[3].startswith("training compute: 4.04e+22 FLOP, with 90 % between ")
    assert lines[4].startswith("assumed utilization = 0.3 [erdil2022]: ")
    assert record["flop"] == pytest.approx(4.0e22, rel=0.02)


def test_it_says_the_papers_words_and_where_they_stand() -> None:
    derivation = estimate(EXAMPLES / "gpt3.yaml")["derivation"]
    for words in ("3640 petaflop/s-day (Table D.1, 3.64E+03 PF-days)", "174,600M (Table D.1)",
                  "300B tokens (Table 2.1)",
                  "14.8 days (Patterson et al. 2021, Table 4)", "[kaplan2020]", "together: "):
        assert words in derivation


def root(tokens: Any) -> Any:
    return tokens if tokens > 0 else 0.0


@pytest.mark.parametrize(("formula", "says"), [
    (lambda tokens, epochs: 2 * tokens * (epochs + 1), "2 x {0} x ({1} + 1)"),
    (lambda tokens, epochs: epochs / tokens + epochs, "{1} / {0} + {1}"),
    (root, "root({0})"), (lambda tokens: 6.0, "6.0"),
])
def test_a_formula_is_written_in_the_words_of_its_inputs(formula: Any, says: str) -> None:
    names = formula.__code__.co_varnames
    for words in (names, ("300B", "2 (Table 1)"), ("tokens (of epochs)", "{tokens}")):
        assert written(formula, dict(zip(names, words, strict=False))) == says.format(*words)


def test_sums_are_bracketed_within_products() -> None:
    derivation = estimate({"parameters": 1e9, "tokens_seen": 1e10})["derivation"]
    assert "flop = forward_flop_seen x (1 + backward_ratio) x ensemble" in derivation


def test_each_run_and_each_method_has_its_lines_and_what_runs_share_is_said_once() -> None:
    groups = [{"stage": "first", "chips": 64, "time": "1 day"}, {"stage": "second", "chips": 128, "time": "1 day"}]
    derivation = estimate({"parameters": 1e9, "peak": 1e14, "tokens_seen": 1e11, "runs": groups})["derivation"]
    assert "run 1, first:\n" in derivation
    assert "run 2, second:\n" in derivation
    assert derivation.count("operation_counting (of all runs without such facts of their own)") == 1
    assert derivation.count("gpu_time: ") == 2


def test_a_run_without_facts_is_said() -> None:
    derivation = estimate({"parameters": 1e9, "runs": [{"tokens_seen": 1e9}, {"stage": "eval"}]})["derivation"]
    assert "run 2, eval:\n  no method applies" in derivation


def test_the_base_model_is_in_it() -> None:
    record = estimate({"reported_compute": 1e20, "base_model": "B", "base_compute": "1e21 FLOP"})
    assert "with the base model's 1e+21 FLOP: 1.1e+21 FLOP" in record["derivation"]


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in sorted(EXAMPLES.glob("*.yaml"))])
def test_every_number_of_a_record_is_derived(path: Path) -> None:
    record = estimate(path)
    for name, value in record["assumed"].items():
        if name != "number_format":
            assert f"assumed {name} = {value:g} [" in record["derivation"]
    assert f"training compute: {record['flop']:.3g} FLOP" in record["derivation"]
    assert "nan" not in record["derivation"].lower().replace("finance", "")


@pytest.mark.parametrize(("formula", "text"), [
    (lambda a, b: a * b, "a x b"),
    (lambda a, b: a + b * 2, "a + b x 2"),
    (lambda a, b: (a + 1) * b, "(a + 1) x b"),
    (lambda a, b: a / (b * 2), "a / (b x 2)"),
    (lambda a, b: 1 / (1 + a) - b, "1 / (1 + a) - b"),
    (lambda a, b: a - (b - 1), "a - (b - 1)"),
    (lambda a, b: 2 * a**2 / b, "2 x a^2 / b"),
    (lambda a, b: (a * b) ** 0.5, "(a x b)^0.5"),
    (lambda a, b: (1 - a) * b, "(1 - a) x b"),
    (lambda a, b: 2 / a + b, "2 / a + b"),
])
def test_a_formula_called_with_symbols_writes_itself_down(formula: object, text: str) -> None:
    assert callable(formula)
    assert formula(Symbol("a"), Symbol("b")).text == text


@pytest.mark.parametrize(("column", "value", "text"), [
    ("time", 104400.0, "29 hours"), ("time", 34 * 86400.0, "34 days"), ("time", 90.0, "1.5 minutes"),
    ("time", 1e-3, "0.001 seconds"), ("tokens_seen", 300e9, "300B tokens"), ("peak", 312e12, "312 TFLOP/s"),
    ("chip_time", 3600 * 2.788e6, "2.788e+06 GPU-hours"), ("utilization", 0.3, "0.3"), ("chips", 1.0, "1 chip"),
    ("chips", 8.0, "8 chips"), ("flop", 3.14e23, "3.14e+23 FLOP"), ("epochs", 90.0, "90 epochs"),
])
def test_amounts_in_the_size_people_use(column: str, value: float, text: str) -> None:
    assert amount(column, value) == text
