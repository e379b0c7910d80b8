"""Presets: how a published dataset's own columns become records, what its authors left out, and what they found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeest.progress.attribution import Point
from computeest.progress.posterior import Priors
from computeest.progress.records import Centre, named, numbers, require

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Preset:
    """One published analysis, as data."""

    name: str
    source: str
    benchmark: str
    metric: str
    #: The dataset's column for each record column; years and errors are converted below.
    columns: Mapping[str, str]
    #: Added to the dataset's year column to give the calendar year.
    year_offset: float
    excluded_models: frozenset[str]
    required: tuple[str, ...]
    centre: Centre
    priors: Priors
    #: The published point fit.
    published: Mapping[str, float]
    #: The end points the authors attribute progress between.
    points: tuple[Point, ...]
    #: The training-set size at which the authors compare thresholds.
    threshold_data: float

    def records(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
        """The dataset as records, without the models its authors excluded; and how many those were."""
        require(frame, tuple(self.columns.values()))
        records = frame[[*self.columns.values()]].rename(columns={v: k for k, v in self.columns.items()})
        records["year"] = numbers(records, "year") + self.year_offset
        records["score"] = 1.0 - numbers(records, "error") / 100.0
        records["benchmark"], records["metric"] = self.benchmark, self.metric
        named = records["model"].isin(self.excluded_models)
        return records[~named].drop(columns="error"), {"excluded by name": int(named.sum())} if named.any() else {}


#: The authors' notebook, not the text, is followed where the two differ: see docs/progress.md.
ERDIL_BESIROGLU_2022 = Preset(
    name="erdil-besiroglu-2022",
    source="Erdil and Besiroglu 2022, arXiv:2212.05153, and the authors' published notebook",
    benchmark="ImageNet-1k",
    metric="top-1 accuracy",
    columns={
        "model": "model_name", "year": "fractional_year", "error": "top_1_error", "flop": "final_compute_estimate",
        "training_examples": "nr_training_images", "parameters": "parameter_count", "link": "url",
    },
    year_offset=1900.0,
    excluded_models=frozenset({"NASNet-A", "AmoebaNet-A", "GreedyNAS-B"}),
    required=("parameters",),
    centre=Centre(year=2012.0, compute=4.7e17, data=1e6),
    priors=Priors(intercept=1.0, slope=0.09, delta=1.0),
    published={
        "a1": 0.889338, "a_y": 0.158895, "a_c": 0.154499, "b1": 1.782682, "b_y": 0.019822, "b_d": 0.063199,
        "delta": -2.160454,
    },
    points=(
        Point("AlexNet", 2012.94246, 1.28e6, 4.7e17),
        Point("ResNet-50", 2015.96164, 1.28e6, 2.92e18),
        Point("ResNeXt-101", 2016.978, 1.28e6, 3.07e18),
        Point("BiT-L", 2019.96986301, 3.00e8, 8.79e21),
        Point("ViT-H/14", 2020.8767123, 3.06e8, 7.40e21),
        Point("ViT-e", 2022.33972603, 3.30e9, 1.07e23),
    ),
    threshold_data=1.28e6,
)

PRESETS: Mapping[str, Preset] = {preset.name: preset for preset in (ERDIL_BESIROGLU_2022,)}


def known_presets() -> tuple[str, ...]:
    """Every published analysis: of frontiers, of losses, of efficiency."""
    from computeest.progress.loss.presets import LOSS_PRESETS

    return (*PRESETS, *LOSS_PRESETS, *EFFICIENCY)


#: Published tables of efficiency, read by `efficiency` alone: see `efficiency_presets`.
EFFICIENCY = ("hernandez-brown-2020", "ai-and-efficiency")


def preset(name: str) -> Preset:
    """The preset of that name."""
    return named(name, PRESETS, "preset")

