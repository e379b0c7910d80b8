"""What notebooks show of an estimate and of an annotated frame, and the plots of records."""

from __future__ import annotations

import copy
import json
import pickle
import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest

pytest.importorskip("jinja2", reason="the extra 'web' is not installed")

from conftest import Cli

import computeest
from computeest.problems import UsageError

GPT3 = Path(__file__).parents[1] / "examples" / "gpt3.yaml"
HOSTILE = "<script>alert(1)</script>"


def test_an_estimate_shows_the_reports_card() -> None:
    shown = computeest.estimate(GPT3)._repr_html_()
    assert "3.14&nbsp;×&nbsp;10" in shown
    for words in ("GPT-3 175B", "operation counting", "gpu time", "reported", "eu-systemic-risk", "chip-ambiguous"):
        assert words in shown
    assert "<script" not in shown
    assert ":root" not in shown  # whatever else the notebook shows keeps its own looks


def test_an_annotated_frame_shows_the_overview_above_its_rows() -> None:
    frame = pd.DataFrame({"model": [HOSTILE, "B"], "parameters": ["7B", "x"], "tokens": ["2T", "2T"],
                          "published": ["2023-01-01", "2024-01-01"]})
    found = computeest.annotate(frame)
    shown = found._repr_html_()
    assert "2 rows: 1 estimated, 1 not" in " ".join(shown.split())
    assert "'x' is not a number" in shown.replace("&#39;", "'")
    assert "<circle" in shown
    assert HOSTILE not in shown
    assert "<th>flop</th>" in shown
    assert type(found) is pd.DataFrame
    assert found.head()._repr_html_() == pd.DataFrame(found)._repr_html_()  # what is made of it is plain
    pd.testing.assert_frame_equal(pd.DataFrame(found), pickle.loads(pickle.dumps(found)))
    assert isinstance(computeest.annotate(found[["model"]].assign(parameters="1B", tokens="1B")), pd.DataFrame)


def test_a_record_is_a_plain_mapping_all_the_same() -> None:
    record = computeest.estimate(GPT3)
    assert json.loads(json.dumps(record)) == dict(record)
    assert copy.deepcopy(record) == record
    assert pickle.loads(pickle.dumps(record)) == record


@pytest.mark.parametrize("kind", ["interval", "methods", "sensitivity"])
def test_a_record_is_plotted(kind: str) -> None:
    pytest.importorskip("matplotlib", reason="the extra 'progress' is not installed")
    (axis,) = computeest.estimate(GPT3).plot(kind).axes
    labels = [text.get_text() for text in axis.get_yticklabels()]
    wanted = {"interval": ["GPT-3 175B"], "sensitivity": ["methods", "flop per parameter", "peak", "backward ratio"],
              "methods": ["GPT-3 175B", "  gpu time", "  operation counting", "  reported"]}
    assert labels == wanted[kind]
    if kind != "sensitivity":
        assert axis.get_xscale() == "log"
        (point,) = [line for line in axis.lines if line.get_marker() == "o"][:1]
        assert point.get_xdata()[0] == pytest.approx(3.14e23, rel=0.01)  # Brown et al. 2020, table D.1


def test_a_plot_there_is_not() -> None:
    pytest.importorskip("matplotlib", reason="the extra 'progress' is not installed")
    with pytest.raises(UsageError, match="no plot of records is called 'pie'; there are interval"):
        computeest.estimate(GPT3).plot("pie")


@pytest.mark.parametrize("kind", ["", "time", "distribution", "interval", "methods"])
def test_records_are_plotted_by_a_command(kind: str, cli: Cli, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra 'progress' is not installed")
    (tmp_path / "records.json").write_text(cli("estimate", GPT3, "--format", "json").out)
    ran = cli("plot", tmp_path / "records.json", "-o", tmp_path / "plot.svg", *(("--kind", kind) if kind else ()))
    assert ran.code == 0, ran.err
    first = (tmp_path / "plot.svg").read_bytes()
    assert ET.fromstring(first).tag.endswith("svg")
    cli("plot", tmp_path / "records.json", "-o", tmp_path / "plot.svg", *(("--kind", kind) if kind else ()))
    assert (tmp_path / "plot.svg").read_bytes() == first


def test_a_plot_that_cannot_be_written_is_one_line(cli: Cli, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra 'progress' is not installed")
    ran = cli("plot", GPT3, "-o", tmp_path / "plot.gif")
    assert ran.code == 1
    assert "expected a name that ends in .png or .svg" in ran.err
    assert cli("plot", GPT3, "-o", tmp_path / "plot.svg", "--kind", "pie").code == 2


def test_a_plot_says_which_records_it_does_not_show(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "t.csv").write_text("model,parameters,tokens\nA,7B,2T\nB,,2T\n")
    ran = cli("plot", tmp_path / "t.csv", "-o", tmp_path / "plot.svg")
    assert ran.code == 1
    assert ran.err.endswith("plot.svg: 2 records, 1 without an estimate, which no plot shows\n")
    ran = cli("plot", GPT3, "-o", tmp_path / "plot.svg")
    assert (ran.code, ran.err.endswith("plot.svg: 1 record\n")) == (0, True)


def test_the_readmes_pictures_show_what_is_answered_now() -> None:
    folder = GPT3.parents[1] / "docs" / "pictures"
    answer = (folder / "answer.svg").read_text("utf-8").replace("&#160;", " ")
    record = computeest.estimate(GPT3)
    assert f"{record['flop']:.2e} FLOP" in answer
    assert f"{record['flop_low']:.2e} to {record['flop_high']:.2e} FLOP" in answer
    assert "url(http" not in answer
    assert (folder / "report.png").read_bytes().startswith(b"\x89PNG")
    assert "Compute for a fixed score" in (folder / "progress.svg").read_text("utf-8")
