"""A table on disk as a fit: which columns, which preset, which centre; what every progress command starts with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from computeest.progress.attribution import Attribution, Point, attribute, attribute_at
from computeest.progress.changing import with_interaction, with_rate, with_transfer
from computeest.progress.errors import calibrate, with_calibrated
from computeest.progress.fit import FrontierFit, fit_irreducible, fit_with_errors, irreducible_interval
from computeest.progress.leave_one_out import choose_slope_prior
from computeest.progress.model import MODELS
from computeest.progress.posterior import Priors
from computeest.progress.presets import PRESETS, Preset, preset
from computeest.progress.records import (
    ALONE,
    FEW_PAPERS,
    Centre,
    Observations,
    ProgressError,
    Scale,
    observations,
    paper_column,
    select,
    take,
)
from computeest.progress.thresholds import Threshold, find_thresholds, thresholds_at
from computeest.progress.years import FIRST_YEAR, LAST_YEAR
from computeest.text.suggest import did_you_mean

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Source:
    """Where observations come from."""

    #: A table of records, or of a preset's own columns.
    table: pd.DataFrame
    preset: str | None = None
    benchmark: str | None = None
    metric: str | None = None
    #: The column on the data axis; None for the first that there is (records.DATA_COLUMNS).
    data: str | None = None
    #: "YEAR,FLOP,DATA", or None for the preset's or the sample's own.
    centre: str | None = None
    compute: str = "flop"
    cluster: str | None = None

    def named_preset(self) -> Preset | None:
        """The preset, if one is asked for."""
        return PRESETS.get(self.preset or "")

    def priors(self) -> Priors:
        """The preset's priors, or the default ones."""
        chosen = self.named_preset()
        return Priors() if chosen is None else chosen.priors

    def frame(self) -> pd.DataFrame:
        """The table as records, all benchmarks of it unless one is asked for."""
        chosen = self.named_preset()
        records = self.table if chosen is None else chosen.records(self.table)[0]
        return take(take(records, "benchmark", self.benchmark), "metric", self.metric)

    def observations(self, scale: Scale | None = None, pretraining: str | None = None) -> Observations:
        """The usable rows of the table."""
        chosen = self.named_preset()
        centre = None if self.centre is None else parse_centre(self.centre)
        if chosen is None:
            return observations(select(self.table, benchmark=self.benchmark, metric=self.metric), centre,
                                data=self.data, compute=self.compute, scale=scale,
                                cluster=paper_column(self.table, self.cluster, FEW_PAPERS), pretraining=pretraining)
        records, excluded = chosen.records(self.table)
        seen = observations(records, centre or chosen.centre, data=self.data or "training_examples",
                            required=chosen.required, scale=scale,
                            cluster=None if self.cluster == ALONE else self.cluster)
        return replace(seen, excluded={**excluded, **seen.excluded})


@dataclass(frozen=True, slots=True)
class Request:
    """How to fit."""

    model: str = "product"
    #: None, a fraction, or "fit".
    irreducible: str | None = None
    #: None for the preset's or for "loo": chosen by leaving each record out; or a number.
    slope_prior: str | None = None
    intercept_prior: float | None = None
    bootstrap: int = 1000
    starts: int = 10
    seed: int = 0
    level: float = 0.95
    #: The score of chance alone.
    floor: float = 0.0
    #: Whether records' own errors and papers are carried into the fit.
    errors: bool = True
    #: The factor by which compute that is estimated in one way may be off together.
    shared: float = 1.0
    #: How the rate of progress changes (changing.RATES), and years in which it does.
    rate: str = "constant"
    knots: tuple[float, ...] = ()
    #: Whether compute and data may make more of each other.
    interaction: bool = False
    #: The column of the size of pre-training data.
    pretraining: str | None = None


def run(source: Source, request: Request) -> tuple[FrontierFit, Observations]:
    """Read and fit."""
    if request.model not in MODELS:
        raise ProgressError(f"no model is called {request.model!r}; expected one of {', '.join(MODELS)}, or loss")
    if not 0.0 <= request.floor < 1.0:
        raise ProgressError(f"floor: expected a fraction from 0 to below 1, not {request.floor:g}")
    if request.shared < 1.0:
        raise ProgressError(f"shared error: expected a factor of 1 or more, not {request.shared:g}")
    model = replace(MODELS[request.model], floor=request.floor)
    seen = source.observations(Scale(request.floor, model.bounded), request.pretraining)
    model = with_rate(model, request.rate, request.knots, seen.year)
    if request.interaction:
        model = with_interaction(model)
    if request.pretraining is not None:
        model = with_transfer(model)
    if not request.errors:
        seen = replace(seen, compute_error=None, data_error=None)
    if len(seen) <= len(model.parameters):
        raise ProgressError(f"{len(seen)} usable records cannot determine {len(model.parameters)} parameters")
    priors, chosen_by = _priors(source, request, seen)
    interval = None
    if request.irreducible == "fit":
        model, profile = fit_irreducible(seen, model, priors, seed=request.seed)
        interval = irreducible_interval(profile, request.level)
    elif request.irreducible is not None:
        model = model.with_ceiling(1.0 - parse_number(request.irreducible, "irreducible error"))
    fit = fit_with_errors(seen, model, priors, resamples=request.bootstrap, starts=request.starts, seed=request.seed,
                          level=request.level, shared=request.shared)
    return replace(fit, slope_prior_by=chosen_by, irreducible=interval), seen


def _priors(source: Source, request: Request, seen: Observations) -> tuple[Priors, str]:
    """The priors, and who chose the slopes'."""
    priors = source.priors()
    if request.intercept_prior is not None:
        priors = replace(priors, intercept=request.intercept_prior)
    if request.slope_prior == "loo" or (request.slope_prior is None and source.named_preset() is None):
        model = replace(MODELS[request.model], floor=request.floor)
        if seen.compute_error is not None or seen.data_error is not None:
            seen = with_calibrated(seen, calibrate(seen, np.ones((1, len(seen)))))
        return choose_slope_prior(seen, model, priors)[0], "leave-one-out"
    if request.slope_prior is not None:
        priors = replace(priors, slope=parse_number(request.slope_prior, "slope prior"))
    if priors.slope <= 0.0 or priors.intercept <= 0.0:
        raise ProgressError("a prior's standard deviation is more than 0")
    return priors, "preset" if request.slope_prior is None else "asked"


def attribution(before: str, after: str, source: Source | None, preset_name: str | None, request: Request,
                space: str) -> tuple[Attribution, FrontierFit | None]:
    """The gain between two named models shared out: by a fit of the source, or by the preset's published fit."""
    chosen = None if preset_name is None else preset(preset_name)
    first, last = find_point(before, source, chosen), find_point(after, source, chosen)
    if source is not None:
        fit = run(source, request)[0]
        return attribute(fit, first, last, space), fit
    published = _published(chosen)
    return attribute_at(np.array(list(published.published.values())), published.centre, first, last, space), None


def fixed_scores(source: Source | None, preset_name: str | None, request: Request, scores: str, years: str,
                 data: float | None) -> tuple[list[Threshold], FrontierFit | None]:
    """What each score takes over the years: by a fit of the source, or by the preset's published fit."""
    chosen = None if preset_name is None else preset(preset_name)
    wanted, span = parse_scores(scores), parse_years(years)
    if source is not None:
        fit, seen = run(source, request)
        return find_thresholds(fit, wanted, span, threshold_data(chosen, seen, data), seen), fit
    published = _published(chosen)
    vector = np.array(list(published.published.values()))
    size = published.threshold_data if data is None else data
    return thresholds_at(vector, published.centre, wanted, span, size), None


def threshold_data(chosen: Preset | None, seen: Observations, data: float | None) -> float:
    """The size of training set to compare at: as asked, as the preset's authors do, or the sample's median."""
    if data is not None:
        return data
    return float(np.median(seen.data)) if chosen is None else chosen.threshold_data


def _published(chosen: Preset | None) -> Preset:
    if chosen is None:
        raise ProgressError("there is nothing to fit and no preset whose published fit could be used")
    return chosen


def parse_scores(text: str) -> list[float]:
    """'0.7,0.8' as fractions."""
    return [parse_number(part, "scores") for part in text.split(",")]


def parse_years(text: str) -> range:
    """'2012-2022' as the years from first to last."""
    first, _, last = text.partition("-")
    if not (first.isdigit() and last.isdigit() and 1900 <= int(first) < int(last) <= 2200):
        raise ProgressError(f"years: expected FIRST-LAST such as 2012-2022, not {text!r}")
    return range(int(first), int(last) + 1)


def parse_number(text: str, what: str) -> float:
    """A number, or a complaint that says what it should have been."""
    try:
        return float(text)
    except ValueError:
        raise ProgressError(f"{what}: {text!r} is not a number") from None


def parse_numbers(text: str, what: str) -> list[float]:
    """'0.001,0.01' as numbers."""
    return [parse_number(part, what) for part in text.split(",")]


def parse_centre(text: str) -> Centre:
    """'2012,4.7e17,1e6' as a centre."""
    parts = [parse_number(part, "centre") for part in text.split(",")]
    if len(parts) != 3 or min(parts) <= 0.0:
        raise ProgressError(f"centre: expected YEAR,FLOP,DATA such as 2012,4.7e17,1e6, not {text!r}")
    _plausible("centre", text, "YEAR,FLOP,DATA", *parts)
    return Centre(*parts)


def _plausible(what: str, text: str, order: str, year: float, compute: float, data: float) -> None:
    """Complain of numbers in another order: no training takes less than a FLOP for each of its examples."""
    if compute < data or not FIRST_YEAR <= year <= LAST_YEAR:
        raise ProgressError(f"{what}: expected {order}, not {text!r}, where the year is {year:.10g} and {data:.4g} "
                            f"examples take {compute:.4g} FLOP")


def find_point(text: str, source: Source | None, chosen: Preset | None) -> Point:
    """A model by its name in the preset or the table, or 'YEAR,DATA,FLOP'."""
    if text.count(",") == 2:
        year, data, compute = (parse_number(part, "point") for part in text.split(","))
        if data <= 0.0 or compute <= 0.0:
            raise ProgressError(f"point: data and compute are more than 0, not {text!r}")
        _plausible("point", text, "YEAR,DATA,FLOP", year, compute, data)
        return Point(text, year, data, compute)
    named = {point.name: point for point in (chosen.points if chosen else ())}
    if text in named:
        return named[text]
    listed = {} if source is None else _points(source)
    if text not in listed:
        close = did_you_mean(text, [*named, *listed])
        raise ProgressError(f"no model is called {text!r}" + (f"; {close}" if close else "; or give YEAR,DATA,FLOP"))
    if len(listed[text]) > 1:
        raise ProgressError(f"{len(listed[text])} records are called {text!r}: give YEAR,DATA,FLOP instead")
    return listed[text][0]


def _points(source: Source) -> dict[str, list[Point]]:
    seen = source.observations()
    points: dict[str, list[Point]] = {}
    for name, year, data, compute in zip(seen.model, seen.year, seen.data, seen.compute, strict=True):
        points.setdefault(name, []).append(Point(name, float(year), float(data), float(compute)))
    return points
