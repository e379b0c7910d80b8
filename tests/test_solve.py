"""Any one unknown from the rest: put back into the paper, it makes the methods agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli

from computeest import estimate
from computeest.problems import InputError
from computeest.questions.solve import solve

EXAMPLES = Path(__file__).parents[1] / "examples"
PAPER = {"parameters": 1e9, "tokens_seen": 1e11, "chips": 64, "time": "1 day", "peak": "312 TFLOP/s"}
CAPACITY = 64 * 86400 * 312e12


@pytest.mark.parametrize(("unknown", "value"), [
    ("utilization", 6e20 / CAPACITY),
    ("chips", 6e20 / (86400 * 312e12 * 0.3)),
    ("time", 6e20 / (64 * 312e12 * 0.3)),
    ("peak", 6e20 / (64 * 86400 * 0.3)),
    ("tokens_seen", CAPACITY * 0.3 / 6e9),
    ("parameters", CAPACITY * 0.3 / 6e11),
    ("mfu", 6e20 / CAPACITY),
])
def test_the_unknown_in_closed_form(unknown: str, value: float) -> None:
    assert solve(unknown, PAPER).value == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("unknown", ["utilization", "chips", "time", "tokens_seen", "backward_ratio"])
def test_put_back_it_makes_the_methods_agree(unknown: str) -> None:
    facts: dict[str, Any] = {**PAPER, "utilization": 0.31}
    facts.pop(unknown, None)
    found = solve(unknown, facts)
    assert estimate({**facts, unknown: found.value})["agreement"] == pytest.approx(1.0, abs=1e-6)
    assert found.low < found.value < found.high


def test_a_sum_is_solved_too() -> None:
    """GPU time over two hardware groups, one of unknown size."""
    facts = {"parameters": 1e9, "tokens_seen": 1e12, "peak": 1e14, "utilization": 0.4, "epochs": 1,
             "runs": [{"chips": 64, "time": "10 days"}, {"chips": 32, "time": "10 days"}]}
    found = solve("utilization", facts)
    assert found.value == pytest.approx(6e21 / (96 * 864000 * 1e14), rel=1e-6)


def test_the_stated_value_of_the_unknown_is_put_aside() -> None:
    assert solve("utilization", {**PAPER, "utilization": 0.9}).value == pytest.approx(6e20 / CAPACITY, rel=1e-6)


def test_gpt3s_utilization_is_what_patterson_et_al_say() -> None:
    """Patterson et al. 2021, Table 4: 24.6 of 125 TFLOP/s."""
    assert solve("utilization", EXAMPLES / "gpt3.yaml").value == pytest.approx(24.6 / 125, rel=0.02)


def test_epochs_of_resnet_50() -> None:
    """He et al. 2016: 60e4 steps of 256 images are 120 passes over 1.28 million."""
    facts = {"family": "resnet", "architecture": {"depth": 50}, "examples": 1.28e6,
             "reported_compute": estimate({"family": "resnet", "architecture": {"depth": 50}, "steps": 60e4,
                                           "batch_size": 256})["flop"]}
    assert solve("epochs", facts).value == pytest.approx(120, rel=0.01)


@pytest.mark.parametrize(("unknown", "paper", "said"), [
    ("utilisation", PAPER, "there is no number called 'utilisation' to solve for\n  closest: 'utilization'"),
    ("model", PAPER, "there is no number called 'model' to solve for"),
    ("utilization", {"parameters": 1e9, "tokens_seen": 1e9},
     "utilization: no method needs it beside the facts given\n"
     "  expected: facts for two methods, one of them with this unknown"),
    ("utilization", {"peak": 1e14, "chips": 8, "time": "1 day"},
     "utilization: no method gives the compute without it\n"
     "  expected: facts for two methods, one of them with this unknown"),
])
def test_what_cannot_be_solved_is_said(unknown: str, paper: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        solve(unknown, paper)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("unknown", ["utilization", "epochs", "chips", "time"])
def test_the_command(unknown: str, cli: Cli, tmp_path: Path) -> None:
    paper = {"parameters": "1e9", "tokens": "1e11", "epochs": "1", "chips": "64", "time": "1 day",
             "peak": "312 TFLOP/s", "utilization": "0.3"}
    (tmp_path / "paper.yaml").write_text("".join(f"{k}: {v}\n" for k, v in paper.items() if k != unknown))
    ran = cli("solve", unknown, tmp_path / "paper.yaml", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    found = json.loads(ran.out)
    expected = solve(unknown, tmp_path / "paper.yaml").to_dict()
    assert found == expected
    text = cli("solve", unknown, tmp_path / "paper.yaml")
    assert text.out.startswith(f"{unknown} = ")
    assert " (90 %: " in text.out


def test_the_command_says_what_is_wrong(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "paper.yaml").write_text("reported_compute: 1e20\n")
    ran = cli("solve", "utilization", tmp_path / "paper.yaml")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"{tmp_path}/paper.yaml: utilization: no method needs it beside the facts given")
