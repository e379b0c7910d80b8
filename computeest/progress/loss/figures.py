"""Plots of a loss fit: the evaluations against it, its minima, and what falls in loss came from."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from computeest.progress.figures import rates_plot, shares_plot
from computeest.progress.loss.fit import LossFit
from computeest.progress.loss.shapley import LossPoint, LossShares, loss_at
from computeest.progress.model import Array
from computeest.progress.plots import BLACK, BLUE, GREEN, GREY, ORANGE, SKY, canvas
from computeest.progress.records import ProgressError
from computeest.text.numbers import NINETY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PLAYERS = {"parameter_efficiency": ("algorithms that save parameters", BLUE),
            "data_efficiency": ("algorithms that save data", SKY), "parameters": ("parameters", ORANGE),
            "data": ("data", GREEN)}
#: Years whose frontiers are drawn: the first, the middle and the last of the records.
_YEARS = 3


def fit_plot(fit: LossFit) -> Figure:
    """Observed against predicted loss (left); loss against compute, with what the fit says of three years (right)."""
    rows = fit.rows
    predicted = fit.predicted(rows, fit.modes[0].vector[None])[0]
    with canvas(2, width=10.4) as (figure, (left, right)):
        shown = left.scatter(predicted, rows.loss, c=rows.year, cmap="viridis", s=20, edgecolors="white",
                             linewidths=0.4)
        both = np.concatenate([predicted, rows.loss])
        ends = np.array([both.min() - 0.1, both.max() + 0.1])
        spread = NINETY * fit.modes[0].error ** 0.5
        left.plot(ends, ends, color=BLACK, linewidth=1.0, label="predicted = observed")
        left.fill_between(ends, ends - spread, ends + spread, color=SKY, alpha=0.25, linewidth=0,
                          label="90 % of errors")
        left.set(xlabel="predicted loss (nats)", ylabel="observed loss (nats)", title="Fit", xlim=ends, ylim=ends)
        left.legend(loc="upper left")
        right.scatter(rows.compute, rows.loss, c=rows.year, cmap="viridis", s=20, edgecolors="white", linewidths=0.4)
        budgets = np.geomspace(rows.compute.min() / 3.0, rows.compute.max() * 30.0, 120)
        span = np.linspace(float(rows.year.min()), float(rows.year.max()), _YEARS)
        for year in span:
            colour = shown.cmap(shown.norm(year))
            at = frontier(fit, float(year), budgets)
            known = _known(fit, float(year), budgets)
            right.plot(budgets, np.where(known, at[0], np.nan), color=colour, label=f"{year:.0f}")
            right.plot(budgets, np.where(known, np.nan, at[0]), color=colour, linestyle=":", linewidth=1.0)
            if len(at) > 1 and year != span[1]:
                tail = 0.5 * (1.0 - fit.level)
                right.fill_between(budgets, *np.quantile(at[1:], [tail, 1.0 - tail], axis=0), color=colour, alpha=0.14,
                                   linewidth=0)
        right.plot([], [], color=GREY, linestyle=":", label="beyond that year's records")
        right.set(xscale="log", xlabel="training compute (FLOP)", ylabel="loss (nats)",
                  title=f"Loss on {rows.benchmarks[0]} by compute and year")
        right.legend(loc="upper right", title="algorithms of")
        figure.colorbar(shown, ax=[left, right], label="year of publication")
    return figure


def frontier(fit: LossFit, year: float, budgets: Array) -> Array:
    """Predicted loss for budgets in a year, data for each parameter as in the median record: the point, then draws."""
    ratio = exp(float(np.median(np.log(fit.rows.data / fit.rows.parameters))))
    sizes = np.sqrt(budgets / (6.0 * ratio))
    group = 1.0 if np.isfinite(fit.rows.group).all() else float("nan")
    points = [LossPoint("", year, float(size), float(ratio * size), group) for size in sizes]
    vectors = fit.modes[0].vector[None] if fit.draws is None else np.concatenate([fit.modes[0].vector[None], fit.draws])
    return loss_at(fit.model, fit.origin, fit.rows.benchmarks, points, vectors)


def _known(fit: LossFit, year: float, budgets: Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Budgets that records within two years of a year have had."""
    near = np.abs(fit.rows.year - year) <= 2.0
    return np.asarray((budgets >= fit.rows.compute[near].min()) & (budgets <= fit.rows.compute[near].max()))


def modes_plot(fit: LossFit) -> Figure:
    """What each minimum of the objective says of the rates, and the bootstrap over all of them."""
    rows = [(f"objective {mode.objective:.6f}, weight {mode.weight:.0%}", mode.weight,
             {name: rate.point for name, rate in fit.rates(mode.vector).items()}) for mode in fit.modes]
    intervals = {name: (rate.low, rate.median, rate.high) for name, rate in fit.rates().items()}
    count = None if fit.draws is None else len(fit.draws)
    return rates_plot(rows, intervals, f"bootstrap of {count}, {fit.level:.0%}", title="What each minimum says")


def falls_plot(shares: Sequence[LossShares]) -> Figure:
    """Shapley shares of each fall in loss."""
    if not shares:
        raise ProgressError("no pair of models to attribute a fall in loss between")
    rows = [{name: (value, None if item.low is None else item.low[name], None if item.high is None else item.high[name])
             for name, value in item.shares.items()} for item in shares]
    return shares_plot([f"{item.before} to {item.after}" for item in shares], rows, _PLAYERS,
                       xlabel="share of the fall in predicted loss (%)", title="What the fall in loss came from")


PLOTS = ("records", "modes", "attribution")


def drawn(kind: str, fit: LossFit, shares: Sequence[LossShares]) -> tuple[Figure, str]:
    """One figure of a loss fit, and its words."""
    if kind not in PLOTS:
        raise ProgressError(f"plots of losses are {', '.join(PLOTS)}, not {kind}")
    rate = fit.rates()["compute"].doubling()
    words = f"{len(fit.rows)} evaluations; the lowest of {len(fit.modes)} minima says that effective compute doubles "
    words += "not at all" if rate["point"] is None else f"every {rate['point']:.1f} months"
    if rate["low"] is not None and rate["high"] is not None:
        words += f" ({rate['low']:.1f} to {rate['high']:.1f} over resamples)"
    if kind == "records":
        return fit_plot(fit), f"Observed against predicted loss, and loss by compute for three years: {words}."
    if kind == "modes":
        return modes_plot(fit), f"Rates at each minimum of the objective: {words}."
    return falls_plot(shares), f"Shares of each fall in loss by parameters, data and algorithms: {words}."
