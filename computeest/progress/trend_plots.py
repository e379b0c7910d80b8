"""Plots over time: the compute for a fixed level, and the compute of published models with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeest.progress.efficiency import MOORE_MONTHS, Efficiency
from computeest.progress.plots import BLACK, BLUE, GREY, ORANGE, VERMILION, canvas
from computeest.progress.trend import ComputeSeries, Growth, Trend, record_holders
from computeest.quantity import NINETY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def efficiency_plot(result: Efficiency) -> Figure:
    """Compute of each record that reaches the level, the running best, its regression, and Moore's law."""
    year = np.array([step.year for step in result.steps])
    work = np.array([step.tflop_s_days for step in result.steps])
    best = np.array([step.running_best for step in result.steps])
    with canvas(width=8.0) as (figure, (axis,)):
        axis.scatter(year[~best], work[~best], color=GREY, s=26, label="other models that reach the level")
        axis.step(year[best], work[best], where="post", color=BLUE, linewidth=1.0, alpha=0.6)
        axis.scatter(year[best], work[best], color=BLUE, s=34, zorder=3, label="running best")
        span = np.linspace(year[best].min(), year[best].max(), 50)
        for halving in result.halvings:
            if halving.method == "least squares" and halving.records == "running best":
                since = span - year[best].mean()
                axis.plot(span, 2.0 ** (np.log2(work[best]).mean() - 12.0 / halving.months * since), color=VERMILION,
                          label=f"least squares: halves every {halving.months:.1f} months")
        start = work[best][np.argmin(year[best])]
        axis.plot(span, start * 2.0 ** (-12.0 * (span - span[0]) / MOORE_MONTHS), color=BLACK, linestyle="--",
                  linewidth=1.0, label=f"Moore's law: {MOORE_MONTHS:.0f} months")
        axis.set(yscale="log", xlabel="year of publication", ylabel="training compute (TFLOP/s-days)",
                 title=f"Compute for a fixed level: {result.best_factor:.0f}x less than {result.baseline} "
                       "(a multiply-add is 2 FLOP)")
        _name(axis, [(step.year, step.tflop_s_days, step.model) for step in result.steps if step.running_best])
        axis.margins(x=0.1, y=0.12)
        figure.legend(loc="outside lower center", ncols=2)
    return figure


def trend_plot(series: ComputeSeries, trend: Trend) -> Figure:
    """Compute over time with each record's 90 % interval, and the growth with and without those intervals."""
    low = 10.0 ** (series.log10_flop - NINETY * np.nan_to_num(series.error))
    high = 10.0 ** (series.log10_flop + NINETY * np.nan_to_num(series.error))
    flop = 10.0**series.log10_flop
    holds = record_holders(series)
    with canvas(width=8.0) as (figure, (axis,)):
        axis.errorbar(series.year, flop, yerr=[flop - low, high - flop], fmt="none", ecolor=GREY, elinewidth=0.7,
                      alpha=0.7, label="90 % interval of the estimate")
        axis.scatter(series.year[~holds], flop[~holds], color=BLUE, s=20, zorder=3, label="record")
        axis.scatter(series.year[holds], flop[holds], color=ORANGE, s=34, marker="D", zorder=4, edgecolors=BLACK,
                     linewidths=0.5, label="most compute so far")
        span = np.linspace(series.year.min(), series.year.max(), 50)
        if trend.with_errors is not None:
            _growth(axis, span, trend.with_errors, "errors taken into account", VERMILION, "-")
        _growth(axis, span, trend.ignoring_errors, "errors ignored", BLACK, "--")
        axis.set(yscale="log", xlabel="year of publication", ylabel="training compute (FLOP)",
                 title="Training compute over time")
        figure.legend(loc="outside lower center", ncols=2, fontsize=9)
    return figure


def _growth(axis: Axes, span: np.ndarray[tuple[int], np.dtype[np.float64]], growth: Growth, label: str, colour: str,
            style: str) -> None:
    axis.plot(span, 10.0 ** (growth.line.intercept + growth.line.slope * span), color=colour, linestyle=style,
              label=f"{label}: doubles every {growth.doubling_months:.1f} months")


def _name(axis: Axes, points: list[tuple[float, float, str]]) -> None:
    """Names beside the points, up to the right and down to the left by turns so that neighbours do not collide."""
    for turn, (x, y, name) in enumerate(points):
        above = turn % 2 == 0
        axis.annotate(name, (x, y), xytext=(5, 6) if above else (-5, -13), textcoords="offset points", fontsize=8.5,
                      ha="left" if above else "right")
