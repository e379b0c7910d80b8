"""Published analyses of losses, as data: their columns, their objective, and what they found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeest.progress.loss.shapley import LossPoint
from computeest.progress.records import ProgressError, decimal_year, numbers
from computeest.text.suggest import did_you_mean

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class LossPreset:
    """One published analysis."""

    name: str
    source: str
    #: Record column -> the headers under which the authors, or the example of this project, have it.
    columns: Mapping[str, tuple[str, ...]]
    reference: str
    variant: str
    delta: float
    level: float
    #: Words of each benchmark, taken where a record does not say them.
    vocabulary: Mapping[str, float]
    #: The published point fit and, in months, its doubling times with their interval at `level`.
    published: Mapping[str, float]
    doubling_months: Mapping[str, float]
    points: tuple[LossPoint, ...]

    def records(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The table under this project's names of columns."""
        found = {column: next((header for header in headers if header in frame), None)
                 for column, headers in self.columns.items()}
        records = frame.rename(columns={header: column for column, header in found.items() if header is not None})
        if "loss" not in records and "perplexity" not in records:
            expected = [*self.columns["loss"], *self.columns["perplexity"]]
            raise ProgressError(f"no column holds a loss; the preset {self.name} looks for {', '.join(expected)}")
        if "vocabulary" not in records and "benchmark" in records:
            records["vocabulary"] = records["benchmark"].map(self.vocabulary)
        if "year" not in records and "published" in records:
            records["year"] = decimal_year(records)
        if "training_tokens" in records:
            records["training_tokens"] = numbers(records, "training_tokens")
        return records



#: Ho et al. 2024, model 7: the authors' notebooks (MIT), where the text and they differ.
HO_2024 = LossPreset(
    name="ho-2024",
    source="Ho, Besiroglu, Erdil, Owen, Rahman, Guo, Atkinson, Thompson and Sevilla 2024, arXiv:2403.05812, and the "
           "authors' published notebooks",
    columns={
        "model": ("model", "system", "System"), "benchmark": ("benchmark", "dataset_name"),
        "year": ("year", "publication_date"), "published": ("published", "Publication date"),
        "parameters": ("parameters", "param", "Parameters"),
        "training_tokens": ("training_tokens", "dataset", "Dataset Size"), "loss": ("loss", "log_ppl"),
        "perplexity": ("perplexity", "ppl"), "epochs": ("epochs", "epoch", "Epoch"),
        "vocabulary": ("vocabulary", "Vocabulary"), "paper": ("paper", "Reference"),
    },
    reference="wt103",
    variant="m7",
    delta=0.0025,
    level=0.9,
    vocabulary={"wt103": 268000.0, "wt2": 33278.0, "ptb": 10000.0},
    published={
        "a_const": 0.912701, "a_ptb": 0.000379, "a_wt2": 0.055412, "a_year": 0.003938, "a_param": 0.067982,
        "b_const": 0.771409, "b_ptb": 0.176415, "b_wt2": 0.095418, "b_year": 0.035620, "b_data": 0.039587,
    },
    doubling_months={"low": 4.52, "median": 8.44, "high": 14.27},
    points=(
        LossPoint("RNN", 2012.9167277, 6e6, 9.29e5),
        LossPoint("LSTM", 2016.9496680, 1.1e7, 1.03e8),
        LossPoint("Adaptive Input", 2018.7402607, 2.47e8, 1.03e8),
        LossPoint("Transformer-XL", 2019.0222654, 2.57e8, 1.03e8),
        LossPoint("GPT-2", 2019.1208301, 1.5e9, 4e9),
        LossPoint("Megatron-LM", 2019.7094806, 8.3e9, 4.64e10),
        LossPoint("GPT-3", 2020.4049095, 1.75e11, 4.99e11),
        LossPoint("Gopher", 2021.9354008, 2.8e11, 3e11),
        LossPoint("Chinchilla", 2022.2393087, 7e10, 1.4e12),
    ),
)

LOSS_PRESETS: Mapping[str, LossPreset] = {preset.name: preset for preset in (HO_2024,)}


def loss_preset(name: str) -> LossPreset:
    """The preset of that name."""
    if name not in LOSS_PRESETS:
        close = did_you_mean(name, LOSS_PRESETS) or "expected " + ", ".join(LOSS_PRESETS)
        raise ProgressError(f"no preset for losses is called {name!r}; {close}")
    return LOSS_PRESETS[name]
