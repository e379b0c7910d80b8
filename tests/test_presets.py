"""Epoch's layout: what its headers and conventions mean, rule by rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from computeest import annotate
from computeest.problems import InputError

pd = pytest.importorskip("pandas")
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
    pytest.param({"Epochs": "0.7"}, 6e21, id="of-an-unfinished-epoch-the-size-is-what-was-read"),
    pytest.param({"Domain": "Vision"}, None, id="elsewhere-samples"),
    pytest.param({"Domain": "Multimodal,Language,Vision"}, 6e21, id="too-many-for-pairs"),
    pytest.param({"Domain": "Language,Vision", "Training dataset size (datapoints)": "1e8"}, None, id="pairs"),
    pytest.param({"Task": "Text classification", "Training dataset size (datapoints)": "1e6"}, None, id="labels"),
    pytest.param({"Task": "Text classification", "Training dataset size (datapoints)": "3e9", "Epochs": "1"}, 1.8e19,
                 id="nobody-labels-so-many"),
    pytest.param({"Parameters": "3e10", "Model": "Qwen9-30B-A3B"}, 1.8e22, id="active-parameters-in-the-name"),
    pytest.param({"Parameters": "4e11", "Publication date": "2025-05-01"}, 6 * 36e9 * 1e12, id="since-2025-experts"),
    pytest.param({"Parameters": "1e12"}, 6 * 0.08 * 1e12 * 1e12, id="larger-than-any-dense-model"),
    pytest.param({"Parameters": "4e11", "Publication date": "2024-07-01"}, 2.4e24, id="dense-before"),
    pytest.param({"Parameters": "2e11", "Publication date": "2021-10-01"}, 6 * 2e11 * 0.4e12, id="before-chinchilla"),
])
def test_what_a_row_means(cells: dict[str, str], flop: float | None) -> None:
    row = estimated(**cells)
    assert np.isnan(row["flop"]) if flop is None else row["flop"] == pytest.approx(flop, rel=1e-6)


def test_a_table_of_n_grams_is_no_neural_network() -> None:
    row = points("1e12", **{"Parameters": "3e11", "Publication date": "2007-06-01"})
    assert np.isnan(row["flop"])
    assert "3e+11 parameters before 2012 are entries of a table" in row["problems"]


def test_epochs_that_cannot_be_of_this_corpus_are_not_used() -> None:
    row = points("4e11", Epochs="509")
    assert row["flop"] == pytest.approx(2.4e21)
    assert "509 epochs of 4e+11 tokens are more than any model has seen" in row["problems"]


def test_time_and_chips_and_step_utilization() -> None:
    row = estimated(**{"Training hardware": "NVIDIA A100 SXM4 80 GB", "Hardware quantity": "512", "Domain": "Vision",
                       "Training time (hours)": "100", "Hardware utilization (MFU)": "0.4", "Numerical format": "BF16"})
    assert row["flop"] == pytest.approx(512 * 100 * 3600 * 312e12 * 0.4 * 0.75)
    few = estimated(**{"Training hardware": "NVIDIA A100 SXM4 80 GB", "Hardware quantity": "8", "Domain": "Vision",
                       "Training time (hours)": "100", "Hardware utilization (MFU)": "0.4", "Numerical format": "BF16"})
    assert few["flop"] == pytest.approx(8 * 100 * 3600 * 312e12 * 0.4 * 0.9), "few chips seldom stall"


def test_a_desktop_card_without_a_format_lies_between_its_rates() -> None:
    cells = {"Training hardware": "NVIDIA GeForce RTX 3090", "Hardware quantity": "1", "Training time (hours)": "10",
             "Domain": "Vision"}
    rate = [float(estimated(**cells, **more)["flop"]) for more in ({"Numerical format": "TF32"}, {},
                                                                   {"Numerical format": "BF16"})]
    assert rate[1] == pytest.approx((rate[0] * rate[2]) ** 0.5)
    assert rate[0] < rate[1] < rate[2]


def test_an_earlier_export_reads_the_same() -> None:
    earlier = {"System": "X", "Domain": "Language", "Publication date": "2023-01-01", "Parameters": "1e9",
               "Training dataset size": "1e12"}
    found = annotate(pd.DataFrame([earlier], dtype=str), preset="epoch")
    assert found["flop"].iloc[0] == pytest.approx(6e21)


def test_a_table_of_another_layout_is_refused() -> None:
    with pytest.raises(InputError, match="the table has no such column"):
        annotate(pd.DataFrame([{"a": "1"}]), preset="epoch")
    with pytest.raises(InputError, match="no preset is called 'epoc'"):
        annotate(pd.DataFrame([ROW], dtype=str), preset="epoc")
