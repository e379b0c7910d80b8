"""What a table's columns mean: as its headers say, as a map says, and as guessed from cells."""

from __future__ import annotations

from pathlib import Path

import pytest
from annotating import annotated, read
from conftest import Cli

from computeest.facts import headers
from computeest.facts.headers import Source, named, of_mapping
from computeest.pipeline import Options
from computeest.problems import InputError
from computeest.tables.header_guess import guesses
from computeest.tables.inputs import source


def test_headers_are_names_aliases_and_units() -> None:
    found = named(["Model", "params", "Training time (days)", "gpu_hours", "MFU", "Citations", "architecture.depth"])
    assert {column: (at.header, at.unit) for column, at in found.columns.items()} == {
        "model": ("Model", None), "parameters": ("params", None), "time": ("Training time (days)", "day"),
        "chip_time": ("gpu_hours", "chip * hour"), "utilization": ("MFU", None)}
    assert found.architecture == {"depth": "architecture.depth"}
    assert found.headers() == {"Model", "params", "Training time (days)", "gpu_hours", "MFU", "architecture.depth"}


@pytest.mark.parametrize(("header", "scale"), [("Parameters (B)", 1e9), ("Tokens [trillion]", 1e12),
                                               ("params (millions)", 1e6), ("Tokens (B tokens)", 1e9)])
def test_numbers_counted_in_billions(header: str, scale: float) -> None:
    (found,) = named([header]).columns.values()
    assert found == Source(header, scale=scale)


def test_only_counts_are_counted_in_billions() -> None:
    assert named(["Epochs (B)", "Model (B)", "Citations (B)"]).columns == {}


def test_two_columns_of_one_meaning_are_refused() -> None:
    with pytest.raises(InputError, match="'params' and 'Parameters' both mean parameters"):
        named(["params", "Parameters"])


def test_a_map_renames_converts_sets_and_leaves_out() -> None:
    found = of_mapping({"tokens": "corpus", "time": {"column": "t", "unit": "hours"}, "chip": {"constant": "A100"},
                        "parameters": None, "architecture.depth": "d"}, ["corpus", "t", "parameters", "d"], "map")
    assert found.columns == {"tokens": Source("corpus"), "time": Source("t", "hour"), "chip": Source("", None, "A100")}
    assert found.architecture == {"depth": "d"}


@pytest.mark.parametrize(("entries", "message"), [
    ({"tokns": "x"}, "no column is called 'tokns'"),
    ({"tokens": "y"}, "the table has no column 'y'"),
    ({"tokens": {"colum": "x"}}, "'colum' is none of column, unit, constant"),
    ({"model": {"column": "x", "unit": "hour"}}, "model is no number and has no unit"),
    ({"time": {"column": "x", "unit": "parsnip"}}, "parsnip"),
])
def test_a_wrong_map_is_refused(entries: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        of_mapping(entries, ["x"], "map")


def test_a_map_file_applies(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("who,n,corpus,h\nA,1e9,20000,2\n")
    (tmp_path / "map.yaml").write_text("model: who\nparameters: n\ntokens: {column: corpus, unit: M tokens}\n")
    ran = cli("annotate", tmp_path / "t.csv", "--columns", tmp_path / "map.yaml", "-o", tmp_path / "out.csv")
    assert ran.code == 0, ran.err
    assert float(read(tmp_path / "out.csv")[0]["flop"]) == pytest.approx(1.2e20, rel=0.01)
    (tmp_path / "map.yaml").write_text("model: [")
    assert cli("annotate", tmp_path / "t.csv", "--columns", tmp_path / "map.yaml").code == 1


HEADER = ("System name", "# params", "Training tokens", "GPU type", "Number of GPUs", "Train time (hrs)",
          "Release date", "where", "dtype", "acc", "remarks", "h")
TABLE = f"""{','.join(HEADER)}
GPT-3,175B,300B,V100,10000,350,2020-05-28,https://arxiv.org/abs/2005.14165,fp16,75.3 %,large,A100
LLaMA-65B,65e9,1.4T,A100 80GB,2048,504,2023-02-27,https://arxiv.org/abs/2302.13971,bf16,80 %,open,H100 SXM
OPT-175B,175e9,180B,A100-80GB,992,792,2022-05-02,https://arxiv.org/abs/2205.01068,fp16,60 %,,TPU v3
"""


def test_columns_are_guessed_from_headers_and_cells(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    found, unknown = guesses(source(str(tmp_path / "t.csv")))
    meant = {guess.header: (guess.column, guess.unit) for guess in found}
    assert meant == {
        "System name": ("model", ""), "# params": ("parameters", ""), "Training tokens": ("tokens", ""),
        "GPU type": ("chip", ""), "Number of GPUs": ("chips", ""), "Train time (hrs)": ("time", "hour"),
        "Release date": ("published", ""), "where": ("link", ""), "dtype": ("number_format", ""), "acc": ("score", "")}
    assert unknown == ["remarks", "h"], "a second column of chips is left to the user"
    confidence = {guess.header: guess.confidence for guess in found}
    assert confidence["Training tokens"] == "sure"
    assert confidence["where"] == "likely"


def test_a_guessed_map_is_a_map(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    ran = cli("columns", tmp_path / "t.csv", "-o", tmp_path / "map.yaml")
    assert ran.code == 0
    assert "not understood" in ran.err
    text = (tmp_path / "map.yaml").read_text()
    assert "\ntime: {column: \"Train time (hrs)\", unit: hour}  # " in text
    assert "\nchips: \"Number of GPUs\"  # " in text
    assert "cells: '10000', '2048', '992'" in text
    found = headers.read(tmp_path / "map.yaml", source(str(tmp_path / "t.csv")).columns)
    assert found.columns["chips"] == Source("Number of GPUs")
    annotated(tmp_path / "t.csv", tmp_path / "out.csv", columns=tmp_path / "map.yaml", options=Options())
    rows = read(tmp_path / "out.csv")
    assert float(rows[0]["flop_by_operation_counting"]) == pytest.approx(3.14e23, rel=0.05), "Brown et al. 2020"
    assert float(rows[1]["flop_by_gpu_time"]) == pytest.approx(2048 * 504 * 3600 * 312e12 * 0.3, rel=0.01)


def test_columns_that_say_nothing_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Citations,id,colour\n12,a1,red\n15,a2,blue\n")
    found, unknown = guesses(source(str(tmp_path / "t.csv")))
    assert found == []
    assert unknown == ["Citations", "id", "colour"]


def test_an_estimate_of_before_is_no_reported_figure() -> None:
    assert "reported_compute" not in named(["model", "flop", "flop_low", "flop_high"]).columns
    assert named(["model", "flop"]).columns["reported_compute"] == Source("flop")
