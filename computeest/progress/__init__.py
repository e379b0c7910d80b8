"""From records to how fast algorithms improve: frontier fits, attribution, thresholds, efficiency, trends, plots."""

from computeest.progress.attribution import Attribution, Point, attribute, attribute_at, pairs
from computeest.progress.bootstrap import Summary
from computeest.progress.efficiency import Efficiency, efficiency_gains
from computeest.progress.fit import FrontierFit, fit_frontier, fit_irreducible
from computeest.progress.leave_one_out import choose_slope_prior, compare_models, foresight
from computeest.progress.model import PRODUCT, SINGLE, SINGLE_WITH_SIZE, FrontierModel
from computeest.progress.modes import Mode
from computeest.progress.posterior import Priors
from computeest.progress.presets import PRESETS, Preset, preset
from computeest.progress.records import Centre, Observations, ProgressError, observations
from computeest.progress.thresholds import Threshold, find_thresholds, pareto, thresholds_at
from computeest.progress.trend import Trend, compute_trend

__all__ = [
    "PRESETS", "PRODUCT", "SINGLE", "SINGLE_WITH_SIZE", "Attribution", "Centre", "Efficiency", "FrontierFit",
    "FrontierModel", "Mode", "Observations", "Point", "Preset", "Priors", "ProgressError", "Summary", "Threshold",
    "Trend", "attribute", "attribute_at", "choose_slope_prior", "compare_models", "compute_trend", "efficiency_gains",
    "find_thresholds",
    "fit_frontier", "fit_irreducible", "foresight", "observations", "pairs", "pareto", "preset",
    "thresholds_at",
]
