"""Epoch's layout: what its headers and conventions mean, rule by rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Cli

from computeest import annotate, registry
from computeest.problems import InputError, UsageError

pd = pytest.importorskip("pandas")
EPOCH = registry.load().layout("epoch")
ROW = {"Model": "X", "Domain": "Language", "Task": "Language modeling", "Publication date": "2023-01-01",
       "Parameters": "1e9", "Training dataset size (datapoints)": "1e12"}


def estimated(**cells: str) -> Any:
    return annotate(pd.DataFrame([ROW | {name.replace("_", " "): text for name, text in cells.items()}], dtype=str),
                    preset="epoch").iloc[0]


def points(value: str, **cells: str) -> Any:
    return estimated(**{"Training dataset size (datapoints)": value, **cells})


@pytest.mark.parametrize(("cells", "flop"), [
    pytest.param({}, 6e21, id="language-counts-tokens"),
    pytest.param({"Epochs": "2"}, 12e21, id="the-size-is-of-one-epoch"),
    pytest.param({"Epochs": "0.7"}, 4.2e21, id="an-unfinished-epoch-as-it-stands"),
    pytest.param({"Domain": "Vision"}, None, id="elsewhere-samples"),
    pytest.param({"Domain": "Multimodal,Language,Vision"}, 6e21, id="too-many-for-pairs"),
    pytest.param({"Domain": "Language,Vision", "Training dataset size (datapoints)": "1e8"}, None, id="pairs"),
    pytest.param({"Task": "Text classification", "Training dataset size (datapoints)": "1e6"}, None, id="labels"),
    pytest.param({"Task": "Text classification", "Training dataset size (datapoints)": "3e9", "Epochs": "1"}, 1.8e19,
                 id="nobody-labels-so-many"),
    pytest.param({"Parameters": "3e10", "Model": "Qwen9-30B-A3B"}, 1.8e22, id="active-parameters-in-the-name"),
])
def test_what_a_row_means(cells: dict[str, str], flop: float | None) -> None:
    row = estimated(**cells)
    assert np.isnan(row["flop"]) if flop is None else row["flop"] == pytest.approx(flop, rel=1e-6)


def test_a_table_of_n_grams_is_no_neural_network() -> None:  # table-of-n-grams
    row = points("1e12", **{"Parameters": "3e11", "Publication date": "2007-06-01"})
    assert np.isnan(row["flop"])
    assert "3e+11 parameters before 2012 are entries of a table" in row["problems"]


@pytest.mark.parametrize(("cells", "low", "high"), [
    pytest.param({"Epochs": "0.7"}, 4.2e21, 6e21, id="unfinished: part of the data, or all that was read"),
    pytest.param({"Epochs": "509", "Training dataset size (datapoints)": "4e11"}, 2.4e21, 509 * 2.4e21,
                 id="more than anybody read: epochs of another corpus"),
    pytest.param({"Parameters": "4e11", "Publication date": "2025-05-01"}, 0.03 * 2.4e24, 2.4e24,
                 id="a mixture of experts, or dense"),
    pytest.param({"Parameters": "2e11", "Publication date": "2021-10-01"}, 0.2 * 1.2e24, 1.2e24,
                 id="before Chinchilla: a part of the corpus, or all of it"),
    pytest.param({"Training dataset size (datapoints)": "1e8"}, 6e17, 50 * 6e17, id="a small corpus: once, or often"),
    pytest.param({"Training dataset size (datapoints)": "3e9", "Publication date": "2019-01-01"}, 1.8e19, 25 * 1.8e19,
                 id="before GPT-3: once, or often"),
])
def test_what_nothing_decides_is_spanned(cells: dict[str, str], low: float, high: float) -> None:
    row = estimated(**cells)
    assert row["flop"] == pytest.approx(high if "Epochs" in cells and cells["Epochs"] == "509" else
                                        low if row["flop"] < (low * high) ** 0.5 else high, rel=1e-6)
    assert row["flop_low"] < low * 1.001
    assert row["flop_high"] > high * 0.999
    assert row["flop_low"] > low / 60, "an error-level check widens by its own factor"
    assert row["flop_high"] < high * 25


def test_stated_utilization_stands_as_it_is() -> None:
    row = estimated(**{"Training hardware": "NVIDIA A100 SXM4 80 GB", "Hardware quantity": "512", "Domain": "Vision",
                       "Training time (hours)": "100", "Hardware utilization (MFU)": "0.4", "Numerical format": "BF16"})
    assert row["flop"] == pytest.approx(512 * 100 * 3600 * 312e12 * 0.4)


def test_a_card_without_a_format_spans_both_its_rates() -> None:
    cells = {"Training hardware": "NVIDIA V100", "Hardware quantity": "1", "Training time (hours)": "10",
             "Domain": "Vision"}
    single, half = (estimated(**cells, **{"Numerical format": text}) for text in ("FP32", "FP16"))
    row = estimated(**cells)
    assert row["flop"] == pytest.approx(half["flop"])
    assert row["flop_low"] < single["flop"]
    assert row["flop_high"] > half["flop"]
    assert half["flop_low"] > single["flop"] / 3


def test_an_earlier_export_reads_the_same() -> None:
    earlier = {"System": "X", "Domain": "Language", "Publication date": "2023-01-01", "Parameters": "1e9",
               "Training dataset size": "1e12"}
    found = annotate(pd.DataFrame([earlier], dtype=str), preset="epoch")
    assert found["flop"].iloc[0] == pytest.approx(6e21)


def test_a_table_of_another_layout_is_refused() -> None:
    with pytest.raises(InputError, match="the table has no such column"):
        annotate(pd.DataFrame([{"a": "1"}]), preset="epoch")
    with pytest.raises(UsageError, match="no preset is called 'epoc'"):
        annotate(pd.DataFrame([ROW], dtype=str), preset="epoc")


SHARED = Path(__file__).parents[2] / "shared" / "tables"
#: What the exports of Epoch AI's database called what is now the same column.
VERSIONS = {
    "2022": {"model": "System", "published": "Publication date", "parameters": "Parameters",
             "examples": "Training dataset size (datapoints)", "organization": "Organization(s)"},
    "February 2025": {"examples": "Training dataset size (datapoints)", "time": "Training time (hours)",
                      "step_utilization": "Hardware utilization", "chips": "Hardware quantity"},
    "mid 2025": {"chip_time": "Training chip-hours", "step_utilization": "Hardware utilization (MFU)",
                 "number_format": "Numerical format"},
    "December 2025, large": {"examples": "(DEPRECATED) Training dataset size (datapoints)",
                             "hardware_flop_utilization": "Hardware utilization (HFU)"},
    "December 2025, notable": {"examples": "Training dataset size (gradients)",
                               "step_utilization": "Hardware utilization (MFU)"},
    "to come": {"examples": "Dataset size", "time": "Training time (days)", "chip_time": "Training chip hours"},
}
OTHERS = ("Model", "Domain", "Training compute notes", "Training dataset size notes", "Dataset size notes",
          "Confidence", "Training power draw (W)", "Finetune compute (FLOP)", "Frontier model")


@pytest.mark.parametrize("version", VERSIONS)
def test_columns_are_found_in_every_version(version: str) -> None:
    wanted = VERSIONS[version]
    headers = [*(name for name in OTHERS if name != "Model" or "model" not in wanted), *wanted.values()]
    found = EPOCH.columns_of(headers).columns
    assert {column: found[column].header for column in wanted} == wanted
    assert set(found) == {"domain", "model", *wanted}


def test_the_one_in_use_goes_before_the_deprecated() -> None:
    found = EPOCH.columns_of(["Model", "(DEPRECATED) Training dataset size (datapoints)",
                                        "Training dataset size (gradients)"]).columns
    assert found["examples"].header == "Training dataset size (gradients)"


def test_units_of_a_version_are_read() -> None:
    found = EPOCH.columns_of(["Model", "Training time (days)", "Training chip-hours"]).columns
    assert (found["time"].unit, found["chip_time"].unit) == ("day", "chip * hour")
    assert "examples" not in EPOCH.columns_of(["Model", "Training dataset size (furlongs)"]).columns


def test_what_a_table_lacks_is_said_with_what_looks_like_it(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Model,Domain,Publication date,Parameters,Training data set size (furlongs),Wage\n"
                                    "a,Language,2023,7e9,1e12,3\n")
    ran = cli("annotate", tmp_path / "t.csv", "--preset", "epoch", "-o", tmp_path / "o.csv")
    assert "lacks 'Task', 'Training dataset size' (like it: 'Training data set size (furlongs)'), 'Epochs'" in ran.err
    assert "2 of 6 columns are not used: 'Training data set size (furlongs)', 'Wage'" in ran.err


def test_a_table_of_a_known_layout_is_recognized(cli: Cli, tmp_path: Path) -> None:
    header = "Model,Domain,Task,Publication date,Parameters,Epochs,Training hardware,Hardware quantity,Parameters notes"
    (tmp_path / "t.csv").write_text(f"{header}\na,Language,LM,2023,7e9,1,A100,8,\n")
    hint = "the table is of the layout that --preset epoch reads"
    assert hint in cli("annotate", tmp_path / "t.csv", "-o", tmp_path / "o.csv").err
    assert hint not in cli("annotate", tmp_path / "t.csv", "--preset", "epoch", "-o", tmp_path / "o.csv").err
    (tmp_path / "t.csv").write_text("model,parameters,tokens,notes\na,1e9,2e10,\n")
    assert hint not in cli("annotate", tmp_path / "t.csv", "-o", tmp_path / "o.csv").err


def test_a_map_goes_before_the_layout(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Model,Domain,Parameters,Weights,Training dataset size\na,Language,1e9,2e9,1e12\n")
    (tmp_path / "map.yaml").write_text("parameters: Weights\n")
    ran = cli("annotate", tmp_path / "t.csv", "--preset", "epoch", "--columns", tmp_path / "map.yaml",
              "-o", tmp_path / "o.csv")
    assert ran.code == 0, ran.err
    assert float(pd.read_csv(tmp_path / "o.csv")["flop"][0]) == pytest.approx(1.2e22)


@pytest.mark.parametrize(("size", "note", "flop", "code"), [
    ("7.5e11", "1 trillion tokens, about 750B words", 6e21, "words-in-note"),
    ("7.5e11", "trained on 1T tokens (1 token ~ 0.75 words)", 6e21, "words-in-note"),
    ("1e12", "1 trillion tokens, about 750B words", 6e21, ""),
    ("1e12", "1e12 tokens at 0.75 words per token", 6e21, ""),
    ("3e9", "3 billion words of Wikipedia", 2.4e19, "words-in-note"),
    ("3e9", "the corpus counts words", 2.4e19, "words-in-note"),
    ("1e12", "five passes over the corpus", 6e21, ""),
])
def test_notes_say_words_or_tokens(size: str, note: str, flop: float, code: str) -> None:
    row = points(size, **{"Dataset size notes": note, "Epochs": "1"})
    assert row["flop"] == pytest.approx(flop, rel=0.01)
    assert ("words-in-note" in (row["checks"] or "")) is bool(code)


def test_a_note_says_how_many_parameters_are_active() -> None:
    row = points("1e12", **{"Parameters": "1e11", "Parameters notes": "100B, of which 10B are active", "Epochs": "1"})
    assert row["flop"] == pytest.approx(6e22, rel=0.01)
    assert "active-in-note (info)" in row["checks"]


@pytest.mark.parametrize(("domain", "size", "note", "counted"), [
    ("Biology", "9e11", "900 billion tokens", True), ("Biology", "9e11", "900B nucleotides", True),
    ("Speech", "2e11", "tokens", True), ("Vision", "1e9", "1 billion images", False),
    ("Biology", "9e11", "each protein has 300 tokens", False), ("Biology", "1e9", "", False),
])
def test_tokens_outside_language_are_tokens(domain: str, size: str, note: str, counted: bool) -> None:
    row = points(size, **{"Domain": domain, "Dataset size notes": note, "Epochs": "1"})
    assert bool(row["flop"] == pytest.approx(6e9 * float(size))) is counted


@pytest.mark.parametrize(("note", "active"), [
    ("30B total, 3B active", 3e9), ("30 billion total parameters and 3 billion activated parameters", 3e9),
    ("activates 3 billion parameters out of 30 billion", 3e9), ("Activated Parameters per Token: 3.0B", 3e9),
    ("only 3B are activated per token", 3e9), ("3B active in one mode, 6B active in another", 3e10),
    ("a dense model of 30B", 3e10), ("five layers with sigmoidal activations and 2560 nodes each", 3e10),
    ("densely activated", 3e10), ("30B active", 3e10),
    ("Total Parameters: 30B\nActivated Parameters per Token: 3B", 3e9), ("total - 30B, active parameters - 3B", 3e9),
    ("has 30B parameters but only uses 3B parameters per token", 3e9), ("uses 3B parameters in all", 3e10),
    ("10% of the weights active on a given token", 3e9), ("10% of the layers active", 3e10),
    ("30B parameters and FLOPs similar to that of a 3B dense model", 3e9), ("FLOPs similar to a 3B mixture", 3e10),
])
def test_active_parameters_in_a_note(note: str, active: float) -> None:
    row = points("1e12", **{"Parameters": "3e10", "Parameters notes": note, "Epochs": "1"})
    assert row["flop"] == pytest.approx(6 * active * 1e12)


@pytest.mark.parametrize(("note", "model", "share"), [
    ("MoE, 30B in all", "X", 0.12), ("a mixture of experts", "X", 0.12), ("MoE, 3B active", "X", 0.1),
    ("not a MoE", "X", 1), ("dense, unlike the MoE before it", "X", 1), ("32 attention heads", "X", 1),
    ("MoE", "Qwen9-30B-A3B", 0.1), ("MoE", "Y-8x4B", 0.28),
])
def test_a_note_says_that_a_model_is_a_mixture_of_experts(note: str, model: str, share: float) -> None:
    row = points("1e12", **{"Model": model, "Parameters": "3e10", "Parameters notes": note, "Epochs": "1"})
    assert row["flop"] == pytest.approx(6 * share * 3e10 * 1e12)
    assert ("experts-not-stated" in (row["checks"] or "")) is (share in (0.12, 0.28))


@pytest.mark.parametrize(("note", "tokens"), [
    ("Trained on more than 20T tokens of high-quality data", 2e13), ("2 trillion training tokens in total", 2e12),
    ("expanded to a total of 5.7 trillion tokens. It reads up to 1 million tokens at once.", 5.7e12),
    ("trained on 1T and 2T tokens respectively", None), ("perhaps trained on 2T tokens", None),
    ("trained on 1T tokens.\nThe larger model was trained on 2T tokens", None), ("a corpus of 1T tokens", None),
    ("trained on 30 billion words", None), ("trained in batches of 4M tokens", None),
])
def test_a_note_says_the_tokens_that_no_cell_does(note: str, tokens: float | None) -> None:
    row = points("", **{"Dataset size notes": note})
    assert row["flop"] == pytest.approx(6e9 * (tokens or np.nan), nan_ok=True)
    assert ("size-from-note (info)" in str(row["checks"])) is bool(tokens)
    assert np.isnan(points("", **{"Dataset size notes": note, "Epochs": "3"})["flop"])  # of one pass, or of all


@pytest.mark.parametrize(("size", "note", "epochs", "spans"), [
    ("3e8", "trained on 300B tokens", "", True), ("2e11", "trained on 1 trillion tokens", "1", True),
    ("2.5e11", "1T total tokens over 4 epochs", "4", False), ("2.5e11", "1T tokens in all of training", "", True),
    ("3.6e12", "3.6T\nThe second stage was trained on 500B tokens", "", False),
    ("2e12", "trained on 2T tokens", "", False), ("7.5e11", "trained on 1T tokens (750B words)", "", False),
    ("1e12", "trained on 2T tokens", "", False),
])
def test_a_size_that_its_note_contradicts_is_spanned(size: str, note: str, epochs: str, spans: bool) -> None:
    row = points(size, **{"Dataset size notes": note, "Epochs": epochs})
    assert ("size-and-note (warning)" in str(row["checks"])) is spans
    if spans:
        said = 3e11 if "300B" in note else 1e12
        assert row["flop_low"] <= 6e9 * float(size) <= 6e9 * said <= row["flop_high"]
        assert row["confidence"] != "confident"


@pytest.mark.parametrize(("note", "epochs", "passes"), [
    ("trained for 1.5 epochs, up to 6T tokens", "", 1.5), ("stage 1: 6 trillion tokens (= 1.5 epochs)", "", 1.5),
    ("16T total tokens over 4 epochs", "", 4), ("trained for 1.5 epochs, up to 6T tokens", "2", 2),
    ("trained for 1.5 epochs", "", 1), ("3 epochs of 6T tokens", "", 1), ("4T tokens (= 1 epoch)", "", 1),
    ("web: 1.2 epochs, code: 1.5 epochs, 6T tokens", "", 1), ("6T tokens are 4 / 2.67 = 1.5 epochs", "", 1.5),
])
def test_a_note_says_how_often_a_corpus_was_read(note: str, epochs: str, passes: float) -> None:
    row = points("4e12", **{"Dataset size notes": note, "Epochs": epochs})
    assert row["flop"] == pytest.approx(6e9 * 4e12 * passes)
    assert ("passes-in-note (info)" in str(row["checks"])) is (passes > 1 and not epochs)


@pytest.mark.parametrize(("note", "hours"), [
    ("665,000 H100 GPU hours, equivalent to 27.7 days of training on 1,000 H100 GPUs", 665e3),
    ("1.3\nmillion GPU hours in total", 1.3e6), ("about 2000 A100\ndays of compute", 48e3), ("2K GPU-weeks", 336e3),
    ("less than 3K GPU weeks", None), ("stage 1: 147K H100 hours, stage 2: 98K H100 hours", None),
    ("812.321 GPU hours", None), ("100 GPU hours per fold", None), ("25 million core hours", None), ("4 days", None),
])
def test_a_note_says_the_accelerator_hours_that_no_cell_does(note: str, hours: float | None) -> None:
    row = points("", **{"Training hardware": "NVIDIA H100 SXM5 80GB", "Numerical format": "BF16",
                        "Training time notes": note, "Domain": "Games"})
    assert ("chip-time-in-note (info)" in str(row["checks"])) is bool(hours)
    assert row["flop"] == pytest.approx((hours or np.nan) * 3600 * 989.4e12 * 0.3, rel=0.01, nan_ok=True)
    stated = points("", **{"Training hardware": "NVIDIA H100 SXM5 80GB", "Training chip-hours": "10", "Domain": "Games",
                           "Training time notes": note})
    assert "chip-time-in-note" not in str(stated["checks"])


def test_each_of_several_is_counted_for_all_and_said() -> None:
    cells = {"Training hardware": "Google TPU v3", "Hardware quantity": "32", "Training time (hours)": "100",
             "Domain": "Games", "Numerical format": "BF16"}
    row = estimated(**cells, **{"Training time notes": "each of 6 agents was trained on 32 TPUs"})
    assert "each-in-note (warning)" in row["checks"]
    row = estimated(**cells, **{"Training time notes": "100 hours per fold"})
    assert "one-in-note (warning): the note of its 100 hours speaks of 'per fold'" in row["checks"]
    for all_of_them in ("3600 s per epoch -> 100 hours", "We shuffle at every epoch. Training takes 100 hours."):
        assert "one-in-note" not in estimated(**cells, **{"Training time notes": all_of_them})["checks"]
    row = estimated(**cells, **{"Training time notes": "4 days"})
    assert "in-note" not in row["checks"]


@pytest.mark.skipif(not SHARED.exists(), reason="the samples of real tables are not here")
@pytest.mark.parametrize("name", ["epoch_sheet_2022", "epoch_notable_2025_02", "epoch_all_2025_04",
                                  "epoch_notable_2025_05"])
def test_real_exports_are_of_this_layout(name: str) -> None:
    headers = tuple(pd.read_csv(SHARED / f"{name}.csv", nrows=0).columns)
    found = EPOCH.columns_of(headers).columns
    assert {"model", "published", "domain", "parameters", "examples"} <= set(found)
    assert not [at.header for at in found.values() if "notes" in at.header.lower() or "cost" in at.header.lower()]
