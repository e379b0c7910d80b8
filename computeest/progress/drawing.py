"""From a request to one figure on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from computeest.progress.attribution import Point, attribute, pairs
from computeest.progress.efficiency import efficiency_gains
from computeest.progress.plots import save
from computeest.progress.records import ProgressError, select
from computeest.progress.session import Request, Source, find_point, parse_scores, parse_years, run, threshold_data
from computeest.progress.trend import compute_series, compute_trend

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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


def draw(kind: str, source: Source, request: Request, drawing: Drawing, out: Path) -> None:
    """Fit what has to be fitted, draw one figure, and save it."""
    if kind in ("efficiency", "trend"):
        save(_over_time(kind, source, request, drawing), out)
    else:
        save(_of_fit(kind, source, request, drawing), out)


def _over_time(kind: str, source: Source, request: Request, drawing: Drawing) -> Figure:
    from computeest.progress.figures import efficiency_plot, trend_plot

    frame = source.frame()
    if kind == "trend":
        return trend_plot(compute_series(frame), compute_trend(frame, request.level))
    frame = select(frame, benchmark=None, metric=None)
    return efficiency_plot(efficiency_gains(frame, drawing.score, counts=drawing.counts, interval=request.level))


def _of_fit(kind: str, source: Source, request: Request, drawing: Drawing) -> Figure:
    from computeest.progress import figures as plots

    fit, seen = run(source, request)
    years = parse_years(drawing.years)
    if kind == "records":
        return plots.records_plot(fit, seen, score_label=source.metric or "score")
    if kind == "pareto":
        levels = _points(source, drawing.models) or parse_scores(drawing.scores)
        return plots.pareto_plot(fit, levels, years, data_label=(source.data or "training_examples").replace("_", " "))
    if kind == "thresholds":
        data = threshold_data(source.named_preset(), seen, drawing.data_size)
        return plots.thresholds_plot(fit, parse_scores(drawing.scores), years, data)
    chosen = source.named_preset()
    points = _points(source, drawing.models) or list(chosen.points if chosen else ())
    if len(points) < 2:
        raise ProgressError("an attribution plot needs at least two models: give --models A,B")
    return plots.attribution_plot([attribute(fit, a, b, drawing.space) for a, b in pairs(points)])


def _points(source: Source, models: str | None) -> list[Point]:
    """The models named, separated by commas, in the preset or the records."""
    names = [name.strip() for name in models.split(",")] if models else []
    return [find_point(name, source, source.named_preset()) for name in names]
