"""From a request to one figure on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from computeest.progress.attribution import Point, attribute, pairs
from computeest.progress.efficiency import efficiency_gains
from computeest.progress.fit import FrontierFit
from computeest.progress.plots import PLAIN, Look, looking, save
from computeest.progress.records import Observations, ProgressError, select
from computeest.progress.session import Request, Source, find_point, parse_scores, parse_years, run, threshold_data
from computeest.progress.trend import compute_series, compute_trend

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from computeest.progress.loss.session import LossRequest


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a figure shows, beyond the records and the fit."""

    scores: str = "0.7,0.8,0.84"
    years: str = "2012-2022"
    data_size: float | None = None
    #: Names separated by commas; without them an attribution takes the preset's end points, a frontier the scores.
    models: str | None = None
    space: str = "accuracy"
    score: float | None = None
    counts: str = "flop"
    look: Look = PLAIN
    #: Words for readers who do not see the figure; empty for the plot's own.
    alt: str = ""


def draw(kind: str, source: Source, request: Request, drawing: Drawing, out: Path) -> str:
    """Fit what has to be fitted, draw one figure, and save it; its words are the answer."""
    with looking(drawing.look):
        figure, words = _over_time(kind, source, request, drawing) if kind in ("efficiency", "trend") else \
            _of_fit(kind, source, request, drawing)
        save(figure, out, drawing.alt or words)
    return drawing.alt or words


def draw_losses(kind: str, frame: pd.DataFrame, request: LossRequest, drawing: Drawing, out: Path) -> str:
    """The same for a fit of losses; `models` are those that falls are attributed between."""
    from computeest.progress.loss.figures import drawn
    from computeest.progress.loss.session import run as run_losses
    from computeest.progress.loss.session import shares_between

    found = run_losses(frame, request)
    names = [name.strip() for name in drawing.models.split(",")] if drawing.models else []
    shares = shares_between(found, names) if names else found.shapley
    with looking(drawing.look):
        figure, words = drawn(kind, found.fit, shares)
        save(figure, out, drawing.alt or words)
    return drawing.alt or words


def _over_time(kind: str, source: Source, request: Request, drawing: Drawing) -> tuple[Figure, str]:
    from computeest.progress.figures import efficiency_plot, trend_plot

    frame = source.frame()
    if kind == "trend":
        series = compute_series(frame, source.compute)
        trend = compute_trend(frame, request.level, compute=source.compute)
        return trend_plot(series, trend), (
            f"Training compute of {len(series.year)} models over time; it {trend.headline().says()}.")
    frame = select(frame, benchmark=None, metric=None)
    gains = efficiency_gains(frame, drawing.score, compute=source.compute, counts=drawing.counts,
                             interval=request.level)
    return efficiency_plot(gains, source.compute), (
        f"Compute of {len(gains.steps)} models that reach one level, over time; the least takes "
        f"{gains.best_factor:.1f} times less than {gains.baseline}.")


def _of_fit(kind: str, source: Source, request: Request, drawing: Drawing) -> tuple[Figure, str]:
    fit, seen = run(source, request)
    months = fit.doubling_months()
    words = f"{len(seen)} records; effective compute doubles every {months.point:.1f} months by algorithms"
    growth = fit.growth()["effective_compute"]
    if growth.low is not None and growth.high is not None and growth.low <= 0.0 <= growth.high:
        words += ", and may not grow at all"
    elif months.low is not None and months.high is not None:
        words += f" ({months.low:.1f} to {months.high:.1f})"
    if kind == "predictive":
        from computeest.progress.chain_figures import predictive_plot
        from computeest.progress.chains import sample

        drawn = sample(fit, seen, seed=request.seed, shared=request.shared)
        return predictive_plot(drawn), (
            f"{_SHOWS[kind]}: {drawn.within():.0%} of {len(seen)} scores lie within their {drawn.level:.0%} intervals.")
    return _figure(kind, source, drawing, fit, seen), f"{_SHOWS[kind]}: {words}."


_SHOWS = {
    "records": "Predicted against observed scores, and compute over time",
    "pareto": "Data and compute that reach a level, a frontier for each year of algorithms",
    "thresholds": "Compute that each score needs over the years",
    "attribution": "Shares of each gain by compute, data and algorithms",
    "budgets": "Effective data against effective compute of each record",
    "modes": "Rates at each mode of the posterior",
    "predictive": "Observed scores against those that the full posterior foresees",
    "violins": "Spread of each share over resamples",
}


def _figure(kind: str, source: Source, drawing: Drawing, fit: FrontierFit, seen: Observations) -> Figure:
    from computeest.progress import budget_figures
    from computeest.progress import figures as plots

    years = parse_years(drawing.years)
    if kind == "budgets":
        return budget_figures.budgets_plot(fit, seen)
    if kind == "modes":
        return plots.modes_plot(fit)
    if kind == "records":
        return plots.records_plot(fit, seen, score_label=source.metric or "score")
    if kind == "pareto":
        levels = _points(source, drawing.models) or parse_scores(drawing.scores)
        return plots.pareto_plot(fit, levels, years, data_label=(source.data or "training_examples").replace("_", " "),
                                 seen=seen)
    if kind == "thresholds":
        data = threshold_data(source.named_preset(), seen, drawing.data_size)
        return plots.thresholds_plot(fit, parse_scores(drawing.scores), years, data, seen)
    chosen = source.named_preset()
    points = _points(source, drawing.models) or list(chosen.points if chosen else ())
    if len(points) < 2:
        raise ProgressError("an attribution plot needs at least two models: give --models A,B")
    ends = pairs(points)
    shares = [attribute(fit, a, b, drawing.space) for a, b in ends]
    if kind == "violins":
        return budget_figures.violins_plot(fit, ends, shares, drawing.space)
    return plots.attribution_plot(shares)


def _points(source: Source, models: str | None) -> list[Point]:
    """The models named, separated by commas, in the preset or the records."""
    names = [name.strip() for name in models.split(",")] if models else []
    return [find_point(name, source, source.named_preset()) for name in names]
