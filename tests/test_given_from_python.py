"""What people hand to `estimate` and `annotate` from Python: one name for several, rows of frames, slips."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, get_overloads

import numpy as np
import pandas as pd
import pytest

import computeest
from computeest import pipeline
from computeest.facts import paper
from computeest.problems import InputError, UsageError

ROOT = Path(__file__).parents[1]
PAPER: dict[str, Any] = {"parameters": "7B", "tokens": "2T"}
FLOP = computeest.estimate(PAPER)["flop"]


def test_a_row_of_a_pandas_frame_is_a_paper_without_its_empty_cells() -> None:
    frame = pd.DataFrame([PAPER | {"epochs": np.nan, "published": pd.NaT, "chips": pd.NA}, PAPER | {"epochs": 2}])
    assert computeest.estimate(frame.iloc[0])["flop"] == FLOP
    found = computeest.estimate([row for _, row in frame.iterrows()])
    assert [record["flop"] for record in found] == [FLOP, pytest.approx(2 * FLOP)]
    with pytest.raises(InputError, match="closest: 'tokens'"):
        computeest.estimate(pd.Series({"parameters": "7B", "tokns": "2T"}))


@pytest.mark.parametrize("given", [None, 3, 7e9, b"x", [PAPER, 3], [None]], ids=str)
def test_what_is_no_paper_is_named(given: Any) -> None:
    with pytest.raises(UsageError, match=r"is no paper; estimate takes a file's path, a mapping of keys"):
        computeest.estimate(given)


def test_a_frame_is_for_annotate() -> None:
    polars = pytest.importorskip("polars")
    for frame in (pd.DataFrame([PAPER]), polars.DataFrame([PAPER])):
        with pytest.raises(UsageError, match=r"a DataFrame is a table: computeest\.annotate takes it"):
            computeest.estimate(frame)


def test_one_name_may_stand_where_several_may() -> None:
    audio = {"audio_seen": "9,600 hours", "forward_flop": "2 MFLOP"}
    plugin = str(ROOT / "examples" / "audio_plugin.py")
    assert computeest.estimate(audio, plugins=plugin)["flop"] == computeest.estimate(audio, plugins=[plugin])["flop"]
    for wanted in ("eu-systemic-risk", ["eu-systemic-risk"], 1e25, [1e25], "1e25"):
        assert len(computeest.estimate(PAPER, thresholds=wanted)["thresholds"]) == 1  # type: ignore[arg-type]
    with pytest.raises(InputError, match="nowhere: no such file or directory"):
        computeest.estimate(PAPER, hardware="nowhere")


@pytest.mark.parametrize("what", ["assume", "reference"])
@pytest.mark.parametrize("given", ["utilization=0.4", ["utilization=0.4"], 3], ids=str)
def test_what_must_be_a_mapping_says_so(what: str, given: Any) -> None:
    with pytest.raises(UsageError, match=f"{what} is a {type(given).__name__}; it takes a mapping, such as {{"):
        computeest.estimate(PAPER, **{what: given})


def test_annotate_takes_the_file_of_a_column_map(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text("parameters: size\ntokens: seen\n")
    frame = pd.DataFrame({"size": ["7B"], "seen": ["2T"]})
    for given in (tmp_path / "map.yaml", str(tmp_path / "map.yaml")):
        assert computeest.annotate(frame, columns=given)["flop"].tolist() == [pytest.approx(FLOP, rel=1e-12)]
    with pytest.raises(InputError, match="no such file"):
        computeest.annotate(frame, columns=tmp_path / "none.yaml")


@pytest.mark.parametrize("nothing", [None, float("nan"), np.nan, np.float32("nan"), Decimal("nan"), pd.NA, pd.NaT,
                                     np.datetime64("NaT")], ids=repr)
@pytest.mark.parametrize("key", ["chips", "chip", "published", "architecture", "organization"])
def test_what_stands_for_nothing_in_a_frame_is_not_said_in_a_mapping(key: str, nothing: Any) -> None:
    known = computeest.estimate(PAPER)
    assert computeest.estimate({**PAPER, key: nothing})["flop"] == known["flop"]
    run = {**PAPER, key: {"value": nothing} if key == "chips" else nothing}
    assert computeest.estimate({"runs": [run]})["flop"] == known["flop"]


def test_a_network_may_leave_a_parameter_unsaid() -> None:
    network = {"model": "A", "family": "decoder", "tokens": "1T", "architecture": {"layers": 32, "width": 4096}}
    unsaid = {**network, "architecture": {"layers": 32, "width": 4096, "vocab": float("nan"), "kv_ratio": None}}
    assert computeest.estimate(unsaid)["flop"] == computeest.estimate(network)["flop"]


def test_texts_and_infinities_are_no_way_to_say_nothing() -> None:
    for value in ("nan", float("inf")):
        with pytest.raises(InputError, match="is not a number"):
            computeest.estimate({**PAPER, "chips": value})


@pytest.mark.parametrize(("option", "near"), [("asume", "closest: 'assume'"), ("refrence", "closest: 'reference'"),
                                              ("zzz", "there are allow_files, assume")])
def test_an_option_of_no_such_name_leads_to_the_nearest(option: str, near: str) -> None:
    said = rf"no option is called '{option}'; {near}"
    with pytest.raises(TypeError, match=said):
        computeest.estimate(PAPER, **{option: {}})
    with pytest.raises(TypeError, match=said):
        computeest.annotate(pd.DataFrame([PAPER]), **{option: {}})


@pytest.mark.parametrize("cost", ["1000 EUR", "€1000", "£5k", "1000 RMB", "3 million yuan"])
def test_money_of_other_countries_leads_to_dollars(cost: str) -> None:
    with pytest.raises(InputError, match=r"dollars of that day, such as '4\.6M USD'"):
        computeest.estimate({**PAPER, "cost": cost})


def test_names_that_load_at_first_use_are_listed() -> None:
    # notebooks complete what `dir` lists
    assert set(computeest.__all__) <= set(dir(computeest))
    assert all(hasattr(computeest, name) for name in dir(computeest))


def test_a_row_of_a_frame_is_a_paper_for_type_checkers_too() -> None:
    for overload in get_overloads(pipeline.estimate):
        assert "PaperGiven" in str(overload.__annotations__["paper"])
    assert "pd.Series" in paper.PaperGiven
