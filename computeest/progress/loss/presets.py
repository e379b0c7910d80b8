"""Published analyses of losses, as data: their columns, their objective, and what they found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeest.progress.loss.shapley import LossPoint
from computeest.progress.records import ColumnError, named, numbers
from computeest.progress.years import decimal_year

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
    #: The interval pooled over the authors' ten best models.
    pooled_months: Mapping[str, float]
    #: (variant, delta) -> mean squared error of left-out evaluations as the authors' cross-validation printed it.
    left_out: Mapping[tuple[str, float], float]

    def records(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The table under this project's names of columns."""
        found = {column: next((header for header in headers if header in frame), None)
                 for column, headers in self.columns.items()}
        records = frame.rename(columns={header: column for column, header in found.items() if header is not None})
        if "loss" not in records and "perplexity" not in records:
            expected = [*self.columns["loss"], *self.columns["perplexity"]]
            raise ColumnError(f"no column holds a loss; the preset {self.name} looks for {', '.join(expected)}")
        if "vocabulary" not in records and "benchmark" in records:
            records["vocabulary"] = records["benchmark"].map(self.vocabulary)
        if "year" not in records and "published" in records:
            records["year"] = decimal_year(records)
        if "training_tokens" in records:
            records["training_tokens"] = numbers(records, "training_tokens")
        return records


#: Widths of the penalty that the authors cross-validate, and the mean squared errors that their notebook prints: a
#: row a variant (1 to 20), left out one by one on 80 % of the evaluations, with fits that start SLSQP at zero.
_DELTAS = (0.0, 0.001, 0.0025, 0.005, 0.01, 0.02)
_LEFT_OUT = (
    (0.05304, 0.05309, 0.05308, 0.05295, 0.05281, 0.05231),
    (0.05371, 0.0537, 0.05393, 0.05852, 0.0586, 0.05921),
    (0.05294, 0.0529, 0.05262, 0.05249, 0.05235, 0.05222),
    (0.05118, 0.0512, 0.05114, 0.05134, 0.05227, 0.05199),
    (0.05011, 0.0501, 0.05004, 0.05015, 0.05007, 0.05113),
    (0.05034, 0.05021, 0.05018, 0.0503, 0.05049, 0.05162),
    (0.05049, 0.05028, 0.04856, 0.04952, 0.04892, 0.0492),
    (0.05006, 0.04953, 0.04975, 0.0487, 0.05208, 0.0525),
    (0.0505, 0.04996, 0.05097, 0.05042, 0.04963, 0.04925),
    (0.04964, 0.04848, 0.049, 0.04913, 0.05009, 0.05105),
    (0.05281, 0.05186, 0.05196, 0.0523, 0.05101, 0.05127),
    (0.04946, 0.04997, 0.04939, 0.0492, 0.05012, 0.04897),
    (0.05227, 0.05267, 0.0507, 0.05028, 0.05005, 0.05018),
    (0.06314, 0.06377, 0.0652, 0.06359, 0.06302, 0.06336),
    (0.05068, 0.04975, 0.04937, 0.04884, 0.04862, 0.04921),
    (0.06599, 0.06663, 0.06701, 0.06486, 0.06431, 0.0631),
    (0.06427, 0.06472, 0.06537, 0.06475, 0.06421, 0.06411),
    (0.72048, 0.72084, 0.72198, 0.72421, 0.72828, 0.73591),
    (0.05117, 0.05009, 0.05019, 0.04969, 0.04902, 0.04859),
    (0.05095, 0.05045, 0.05018, 0.05009, 0.04939, 0.0498),
)

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
    pooled_months={"low": 1.42, "median": 7.92, "high": 17.06},
    left_out={(f"m{number}", delta): error for number, row in enumerate(_LEFT_OUT, start=1)
              for delta, error in zip(_DELTAS, row, strict=True)},
)

LOSS_PRESETS: Mapping[str, LossPreset] = {preset.name: preset for preset in (HO_2024,)}


def loss_preset(name: str) -> LossPreset:
    """The preset of that name."""
    return named(name, LOSS_PRESETS, "preset for losses")
