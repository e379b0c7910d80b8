"""Posterior predictive plots: scores as the full posterior foresees them, held against those observed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeest.progress.chains import Chains, predictive_cover
from computeest.progress.plots import BLACK, BLUE, ORANGE, SKY, canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_REPLICAS, _BINS = 60, 24


def predictive_plot(found: Chains) -> Figure:
    """Each score in its predictive interval, the scores' distribution, and how often intervals of each level hold."""
    low, high = found.interval()
    middle = np.median(found.replicated, axis=0)
    order = np.argsort(middle)
    with canvas(3, width=12.6, height=4.2) as (figure, (left, centre, right)):
        rank = np.arange(len(order))
        left.fill_between(rank, low[order], high[order], color=SKY, alpha=0.35, linewidth=0,
                          label=f"{found.level:.0%} predictive interval")
        left.plot(rank, middle[order], color=BLUE, linewidth=1.0, label="median foreseen")
        inside = (found.observed >= low) & (found.observed <= high)
        for held, colour, label in ((inside, BLACK, "observed"), (~inside, ORANGE, "observed, outside")):
            own = held[order]
            left.scatter(rank[own], found.observed[order][own], color=colour, s=11, zorder=3, label=label)
        left.set(xlabel="record, by the score foreseen", ylabel="score", title=f"{found.within():.0%} within")
        left.legend(loc="upper left", fontsize=8)
        edges = np.histogram_bin_edges(np.concatenate([found.observed, middle]), _BINS)
        picked = np.linspace(0, len(found.replicated) - 1, _REPLICAS).astype(int)
        for number, at in enumerate(picked):
            centre.stairs(np.histogram(found.replicated[at], edges)[0], edges, color=SKY, alpha=0.35, linewidth=0.6,
                          label=None if number else "replicated")
        centre.stairs(np.histogram(found.observed, edges)[0], edges, color=BLACK, linewidth=1.6, label="observed")
        centre.set(xlabel="score", ylabel="records", title="Scores")
        centre.legend(loc="upper left", fontsize=8)
        levels = np.linspace(0.05, 0.99, 48)
        right.plot(100.0 * levels, 100.0 * levels, color=BLACK, linewidth=0.8, linestyle="--", label="as it should be")
        right.plot(100.0 * levels, 100.0 * predictive_cover(found, levels), color=BLUE, label="observed")
        right.set(xlabel="level of the predictive interval (%)", ylabel="records within (%)", title="Calibration")
        right.legend(loc="upper left", fontsize=8)
    return figure
