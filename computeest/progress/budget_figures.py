"""The paper's second and third figures: effective budgets of the records, and the spread of every share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from computeest.progress.attribution import Attribution, Point, share_draws
from computeest.progress.fit import FrontierFit
from computeest.progress.model import Array
from computeest.progress.plots import BLACK, BLUE, GREEN, ORANGE, SKY, as_text, canvas
from computeest.progress.records import Observations, ProgressError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NAMES = {"compute_augmenting": ("compute-augmenting\nalgorithms", BLUE),
          "data_augmenting": ("data-augmenting\nalgorithms", SKY), "compute": ("compute", ORANGE),
          "data": ("data", GREEN)}


#: Shares further outside 0 to 100 % than this are cut off.
_WIDEST = 60.0


def budgets(fit: FrontierFit, seen: Observations) -> tuple[Array, Array]:
    """Each record's effective compute and data: the arguments of the two sigmoids, in log-odds."""
    if len(fit.model.factors) != 2:
        raise ProgressError("effective budgets need the model with a compute and a data factor")
    columns = seen.columns()
    compute, data = (factor.design(columns) @ fit.vector()[part]
                     for factor, part in zip(fit.model.factors, fit.model.slices, strict=True))
    return compute, data


def budgets_plot(fit: FrontierFit, seen: Observations) -> Figure:
    """Effective data against effective compute of every record, with lines of equal predicted score."""
    compute, data = budgets(fit, seen)
    with canvas(width=7.4, height=5.2) as (figure, (axis,)):
        points = axis.scatter(compute, data, c=seen.year, cmap="viridis", s=26, edgecolors="white", linewidths=0.4,
                              zorder=3)
        across, up = (np.linspace(values.min() - 0.3, values.max() + 0.3, 200) for values in (compute, data))
        odds = np.exp(-across)[None, :] + np.exp(-up)[:, None] + np.exp(-across[None, :] - up[:, None])
        lines = axis.contour(across, up, fit.model.floor + (fit.model.ceiling - fit.model.floor) / (1.0 + odds),
                             colors=BLACK, linewidths=0.6, alpha=0.6)
        axis.clabel(lines, fmt="%.2f", fontsize=8)
        axis.set(xlabel="effective compute (log-odds of its factor)", ylabel="effective data (log-odds of its factor)",
                 title=f"Effective budgets: highest over lowest {compute.max() / compute.min():.2f} in compute, "
                       f"{data.max() / data.min():.2f} in data")
        figure.colorbar(points, ax=axis, label="year of publication")
    return figure


def violins_plot(fit: FrontierFit, ends: Sequence[tuple[Point, Point]], shares: Sequence[Attribution],
                 space: str) -> Figure:
    """The share of each player in each gain, over all resamples: a panel a player, a violin a pair."""
    if fit.draws is None:
        raise ProgressError("violins show resamples: ask for a --bootstrap")
    drawn = [share_draws(fit, *pair, space) for pair in ends]
    players = [name for name in _NAMES if name in drawn[0]]
    with canvas(len(players), width=2.7 * len(players) + 2.2, height=1.4 + 0.34 * len(ends), sharey=True) as (
            figure, axes):
        for axis, player in zip(axes, players, strict=True):
            label, colour = _NAMES[player]
            values = [100.0 * one[player] for one in drawn]
            flat = [one for one in values if np.ptp(one) > 0.0]
            at = [row for row, one in enumerate(values) if np.ptp(one) > 0.0]
            if flat:
                parts: Any = axis.violinplot(flat, at, orientation="horizontal", showextrema=False, widths=0.85)
                for body in parts["bodies"]:
                    body.set(facecolor=colour, alpha=0.6, edgecolor="none")
            for row, item in enumerate(shares):
                axis.plot(100.0 * item.shares[player].point, row, color=BLACK, marker="|", markersize=8)
            axis.axvline(0.0, color=BLACK, linewidth=0.6)
            # a pair that hardly differs has shares without bounds: it must not squeeze all others
            ends_ = np.quantile(np.concatenate(values), [0.005, 0.995])
            axis.set_xlim(max(ends_[0], -_WIDEST) - 5.0, min(ends_[1], 100.0 + _WIDEST) + 5.0)
            axis.set(xlabel="share (%)", title=label)
        axes[0].set_yticks(range(len(ends)), [as_text(f"{a.name} to {b.name}") for a, b in ends])
        axes[0].invert_yaxis()
        figure.suptitle(f"What each gain came from, over {len(fit.draws)} resamples ({space})")
    return figure
