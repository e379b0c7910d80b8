"""Methods that share facts are not independent evidence; the engine knows them by what they rest on, not by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from computeest import estimate
from computeest.registry import PluginError

COPY = """
from computeest.contract import Method, hookimpl


def {name}(chip_time, peak, utilization):
    "The same again."
    return chip_time * peak * utilization


@hookimpl
def computeest_methods():
    return [Method("{name}", {name}, dex=0.08, source="erdil2022", reliability=1, rests_on="{rests_on}")]
"""
RUN = {"chip": "A100 SXM 80GB", "number_format": "bf16", "chips": 64, "time": "10 ± 2 days"}


def plugin(folder: Path, name: str, rests_on: str = "hardware") -> str:
    path = folder / f"{name}.py"
    path.write_text(COPY.format(name=name, rests_on=rests_on), "utf-8")
    return str(path)


@pytest.mark.parametrize("more", [{}, {"parameters": 7e8, "tokens_seen": "1.0e11 ± 1e10"}, {"reported_compute": 6e20},
                                  {"reported_compute": 2e22}],
                         ids=["alone", "beside counting", "beside a figure", "against a figure"])
def test_a_copy_under_another_name_says_nothing_new(tmp_path: Path, more: dict[str, object]) -> None:
    alone = estimate({**RUN, **more})
    for count in (1, 2):
        copies = [plugin(tmp_path, f"copy_{number}") for number in range(count)]
        beside = estimate({**RUN, **more}, plugins=copies)
        for name in ("flop", "flop_low", "flop_high"):
            assert beside[name] == pytest.approx(alone[name], rel=1e-9), (count, name)


def test_a_copy_of_a_paper_of_several_runs_says_nothing_new(tmp_path: Path) -> None:
    paper = {"runs": [RUN, {**RUN, "chips": 8}, {"parameters": 1e9, "tokens_seen": 1e10}]}
    alone, beside = estimate(paper), estimate(paper, plugins=[plugin(tmp_path, "copy")])
    for name in ("flop", "flop_low", "flop_high"):
        assert beside[name] == pytest.approx(alone[name], rel=1e-9), name


def test_facts_that_two_methods_share_do_not_average_out(tmp_path: Path) -> None:
    """Half the inputs alike: narrower than one method alone, wider than two that know nothing of each other."""
    path = tmp_path / "other.py"
    path.write_text(COPY.format(name="other", rests_on="hardware")
                    .replace("(chip_time, peak, utilization)", "(chip_time, achieved_rate)")
                    .replace("chip_time * peak * utilization", "chip_time * achieved_rate"), "utf-8")
    facts = {**RUN, "utilization": 0.4}
    alone = estimate(facts)
    beside = estimate({**facts, "achieved_rate": 0.4 * 312e12}, plugins=[str(path)])
    time = 1.2 / 1  # ten days, give or take two, are in both
    width = (beside["flop_high"] / beside["flop_low"]) ** 0.5
    assert width < (alone["flop_high"] / alone["flop_low"]) ** 0.5
    assert width > time


def test_a_fourth_method_is_yielded_to_as_the_hardware_is(tmp_path: Path) -> None:
    """Counted work that the chips cannot have done yields, whatever the method on the chips is called."""
    impossible = {**RUN, "parameters": 7e10, "tokens_seen": 1e12}
    beside = estimate(impossible, plugins=[plugin(tmp_path, "by_another_name")])
    assert beside["flop"] == pytest.approx(estimate(impossible)["flop"], rel=1e-9)
    assert beside["utilization_implied"] == pytest.approx(estimate(impossible)["utilization_implied"])


def test_what_a_method_cannot_rest_on_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="rests on 'guesses'; it must be one of counted, hardware, stat"):
        estimate(RUN, plugins=[plugin(tmp_path, "guessed", "guesses")])
