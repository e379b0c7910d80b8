"""Plots of a frontier fit: the records against it, Pareto frontiers, thresholds over time, attribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from computeest.progress.attribution import Attribution, Point
from computeest.progress.efficiency import MOORE_MONTHS, Efficiency
from computeest.progress.fit import FrontierFit
from computeest.progress.model import PRODUCT, Array
from computeest.progress.plots import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, as_text, canvas
from computeest.progress.records import Observations, ProgressError, centred
from computeest.progress.thresholds import compute_needed, pareto, within
from computeest.progress.trend import ComputeSeries, Growth, Trend, record_holders
from computeest.text.numbers import NINETY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


#: A share of a gain, and the ends of its interval.
Share = tuple[float, float | None, float | None]
_LINES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
PLAYERS = {"compute_augmenting": ("compute-augmenting algorithms", BLUE),
           "data_augmenting": ("data-augmenting algorithms", SKY),
           "compute": ("compute", ORANGE), "data": ("data", GREEN)}
#: Compute past what anybody could train with only stretches the axis.
_MOST_COMPUTE = 1e28
_LEAST_COMPUTE = 1e12
#: More names than these on a frontier hide one another.
_NAMED = 14


def records_plot(fit: FrontierFit, seen: Observations, *, score_label: str = "score") -> Figure:
    """Predicted against observed score (left), and compute against time with the score as colour (right)."""
    predicted = fit.model.accuracy(fit.vector()[None, :-1], seen.columns())[0]
    with canvas(2, width=10.0) as (figure, (left, right)):
        points = left.scatter(predicted, seen.score, c=seen.year, cmap="viridis", s=24, edgecolors="white",
                              linewidths=0.4)
        both = np.concatenate([predicted, seen.score])
        ends = (float(both.min()) - 0.01, float(both.max()) + 0.01)
        line = np.linspace(ends[0], ends[1], 200)
        spread = float(np.exp(fit.parameters["delta"]))
        low, high = (1.0 / (1.0 + (1.0 - line) / line * np.exp(-side * spread)) for side in (-NINETY, NINETY))
        left.plot(line, line, color=BLACK, linewidth=1.0, label="predicted = observed")
        left.fill_between(line, low, high, color=SKY, alpha=0.25, linewidth=0, label="90 % of errors")
        left.set(xlabel=f"predicted {score_label} (fraction)", ylabel=f"observed {score_label} (fraction)",
                 title="Fit", xlim=ends, ylim=ends)
        left.legend(loc="upper left")
        figure.colorbar(points, ax=left, label="year of publication")
        shades = right.scatter(seen.year, seen.compute, c=seen.score, cmap="cividis", s=24, edgecolors="white",
                               linewidths=0.4)
        right.set(yscale="log", xlabel="year of publication", ylabel="training compute (FLOP)", title="Records")
        figure.colorbar(shades, ax=right, label=f"{score_label} (fraction)")
    return figure


def pareto_plot(fit: FrontierFit, levels: Sequence[float | Point], years: Sequence[int], *,
                data_label: str = "training examples", seen: Observations | None = None) -> Figure:
    """Data against compute that reach each level, one frontier a year: progress moves the frontier inwards.

    A level is a score, or a model: then it is the score predicted of it, and the model is marked.
    """
    _needs_product(fit)
    data = np.geomspace(1e4, 1e12, 400)
    with canvas(len(levels), width=3.4 * len(levels) + 1.2, height=4.2, sharey=True) as (figure, axes):
        from matplotlib import colormaps
        from matplotlib.cm import ScalarMappable
        from matplotlib.colors import Normalize

        shades = Normalize(min(years), max(years) + 1)
        for axis, level in zip(axes, levels, strict=True):
            score, title = _level(fit, level)
            for year in years:
                colour = colormaps["viridis"](shades(year))
                needed = pareto(fit.vector(), fit.centre, score, year, data, **fit.model.ends)
                known = within(seen, year, needed, data)
                shown = np.where(np.isfinite(needed), needed, np.nan)
                axis.plot(data, np.where(known, shown, np.nan), color=colour)
                if not known.all():
                    axis.plot(data, np.where(known, np.nan, shown), color=colour, linestyle=":", linewidth=1.0)
                if fit.draws is not None and year in (min(years), max(years)):
                    low, high = _pareto_band(fit, score, year, data)
                    axis.fill_between(data, low, high, color=colour, alpha=0.12, linewidth=0)
            if seen is not None:
                axis.scatter(seen.data, seen.compute, c=seen.year, cmap="viridis", norm=shades, s=9, alpha=0.7,
                             edgecolors="white", linewidths=0.2, zorder=2)
            if isinstance(level, Point):
                axis.plot(level.data, level.compute, color=VERMILION, marker="D", markeredgecolor="white", zorder=3)
            axis.set(xscale="log", yscale="log", xlabel=data_label, title=title, xlim=(data[0], data[-1]))
            axis.set_ylim(_LEAST_COMPUTE, _MOST_COMPUTE)
        axes[0].set_ylabel("training compute (FLOP)")
        axes[0].plot([], [], color=GREY, linestyle=":", label="beyond the records")
        axes[0].legend(loc="upper right", fontsize=8)
        figure.colorbar(ScalarMappable(shades, "viridis"), ax=axes, label="year of the algorithms")
    return figure


def _pareto_band(fit: FrontierFit, score: float, year: float, data: Array) -> tuple[Array, Array]:
    """Percentiles of the frontier over the bootstrap; out of reach counts as infinite compute."""
    draws = np.empty((0, 7)) if fit.draws is None else fit.draws
    ordered = np.sort(compute_needed(draws[:, None, :], fit.centre, score, year, data, **fit.model.ends),
                      axis=0)
    tail, last = 0.5 * (1.0 - fit.level), len(ordered) - 1
    return ordered[round(tail * last)], np.minimum(ordered[round((1.0 - tail) * last)], _MOST_COMPUTE * 1e3)


def _level(fit: FrontierFit, level: float | Point) -> tuple[float, str]:
    """The score to reach and what the panel is called."""
    if not isinstance(level, Point):
        return level, f"score {level:g}"
    columns = centred(fit.centre, level.year, level.compute, level.data)
    score = float(fit.model.accuracy(fit.vector()[None, :-1], columns)[0, 0])
    return score, f"{level.name} of {level.year:.1f} ({score:.3f})"


def thresholds_plot(fit: FrontierFit, scores: Sequence[float], years: Sequence[int], data: float,
                    seen: Observations | None = None) -> Figure:
    """Compute needed for each score over the years, with the bootstrap's interval; gaps are out of reach."""
    _needs_product(fit)
    span = np.linspace(min(years), max(years), 121)
    with canvas(width=8.4) as (figure, (axis,)):
        for colour, score in zip(_LINES, scores, strict=False):
            needed = compute_needed(fit.vector(), fit.centre, score, span, data, **fit.model.ends)
            shown = needed < _MOST_COMPUTE
            if not shown.any():
                axis.plot([], [], color=colour, linestyle=":", label=f"{score:g} (out of reach)")
                continue
            label = f"{score:g}" if shown.all() else f"{score:g} (out of reach before {span[shown][0]:.1f})"
            known = within(seen, span, needed, data)
            axis.plot(span, np.where(shown & known, needed, np.nan), color=colour, label=label)
            if not known.all():
                axis.plot(span, np.where(shown & ~known, needed, np.nan), color=colour, linestyle=":")
            if fit.draws is not None:
                low, high = _band(fit, score, span, data)
                axis.fill_between(span, low, high, color=colour, alpha=0.12, linewidth=0)
        axis.set(yscale="log", xlabel="year of the algorithms", ylabel="training compute needed (FLOP)",
                 xlim=(span[0], span[-1]), title=f"Compute for a fixed score with {data / 1e6:.4g} million examples")
        axis.set_ylim(_LEAST_COMPUTE, _MOST_COMPUTE)
        if seen is not None:
            axis.plot([], [], color=GREY, linestyle=":", label="beyond the records")
        figure.legend(title="score", loc="outside right upper")
    return figure


def attribution_plot(shares: Sequence[Attribution]) -> Figure:
    """Shapley shares of each gain as stacked bars; negative shares reach left of zero."""
    if not shares:
        raise ProgressError("no pair of models to attribute a gain between")
    rows = [{name: (share.point, share.low, share.high) for name, share in item.shares.items()} for item in shares]
    return shares_plot([f"{item.before} to {item.after}" for item in shares], rows, PLAYERS,
                       xlabel=f"share of the predicted gain in {shares[0].space} (%)", title="What the gain came from")


def shares_plot(names: Sequence[str], rows: Sequence[Mapping[str, Share]], players: Mapping[str, tuple[str, str]], *,
                xlabel: str, title: str) -> Figure:
    """Stacked bars of shares, a bar a row and a colour a player, with the interval of each share."""
    with canvas(width=8.6, height=1.6 + 0.36 * len(rows)) as (figure, (axis,)):
        _stack(axis, rows, players)
        axis.set_yticks(range(len(rows)), list(map(as_text, names)))
        axis.invert_yaxis()
        axis.grid(axis="y", visible=False)
        axis.axvline(0.0, color=BLACK, linewidth=0.8)
        # a pair that hardly differs has shares without bounds: it must not squeeze all others
        low, high = axis.get_xlim()
        axis.set_xlim(max(low, -60.0), min(high, 160.0))
        axis.set(xlabel=xlabel, title=title)
        figure.legend(loc="outside lower center", ncols=4, fontsize=9, columnspacing=1.2, handlelength=1.2)
    return figure


def _stack(axis: Axes, rows: Sequence[Mapping[str, Share]], players: Mapping[str, tuple[str, str]]) -> None:
    """Bars side by side: positive shares to the right of zero, negative ones to the left."""
    right, left = np.zeros(len(rows)), np.zeros(len(rows))
    for turn, (player, (label, colour)) in enumerate(players.items()):
        values = np.array([100.0 * row[player][0] if player in row else 0.0 for row in rows])
        begin = np.where(values >= 0, right, left)
        axis.barh(range(len(rows)), values, left=begin, color=colour, label=label, height=0.72, edgecolor="white")
        for row, value in enumerate(values):
            if abs(value) >= 6.0:
                axis.text(begin[row] + value / 2, row, f"{value:.0f}", ha="center", va="center", fontsize=8,
                          color="white" if colour == BLUE else BLACK)
        # where ends meet, intervals at one height would hide one another
        height = 0.14 * (turn - 0.5 * (len(players) - 1))
        for row, end in enumerate(begin + values):
            _whisker(axis, rows[row].get(player), float(end), row + height)
        right += np.maximum(values, 0.0)
        left += np.minimum(values, 0.0)


def _whisker(axis: Axes, share: Share | None, end: float, height: float) -> None:
    """The interval of a share, drawn at the end of its bar."""
    if share is None or share[1] is None or share[2] is None:
        return
    reach = [[100.0 * max(share[0] - share[1], 0.0)], [100.0 * max(share[2] - share[0], 0.0)]]
    axis.errorbar([end], [height], xerr=reach, fmt="none", ecolor=BLACK, elinewidth=0.8, capsize=1.8, zorder=5)


def modes_plot(fit: FrontierFit) -> Figure:
    """What each mode of the posterior says of the rates, and the bootstrap whichever mode a resample chooses."""
    draws = None if fit.bootstrap is None else fit.bootstrap.best
    rows, intervals = [], {}
    for number, mode in enumerate(fit.modes, start=1):
        rates = {name: mode.parameters[above] / mode.parameters[below] for name, above, below in RATIOS
                 if above in mode.parameters and below in mode.parameters}
        rows.append((f"mode {number}, weight {mode.weight:.0%}", mode.weight, rates))
    for name, above, below in RATIOS:
        if draws is not None and name in rows[0][2]:
            top, bottom = (fit.model.parameters.index(one) for one in (above, below))
            tail = 0.5 * (1.0 - fit.level)
            low, median, high = map(float, np.quantile(draws[:, top] / draws[:, bottom], [tail, 0.5, 1.0 - tail]))
            intervals[name] = low, median, high
    count = 0 if draws is None else len(draws)
    return rates_plot(rows, intervals, f"bootstrap of {count}, {fit.level:.0%}", title="What each mode says")


#: Effective resource -> the parameters whose ratio is its growth.
RATIOS = (("compute", "a_y", "a_c"), ("data", "b_y", "b_d"))
_MARKS = {"parameters": (ORANGE, "s"), "data": (GREEN, "^"), "compute": (BLUE, "o")}
#: Growth past this (ln a year, a factor of 3,000) is a rate over an exponent next to zero: it only stretches the axis.
_FASTEST = 8.0
_MONTHS = (24.0, 12.0, 6.0, 4.0, 3.0, 2.0)


def rates_plot(rows: Sequence[tuple[str, float, Mapping[str, float]]],
               intervals: Mapping[str, tuple[float | None, float | None, float | None]], label: str, *,
               title: str) -> Figure:
    """Growth of effective resources at each mode, larger marks for heavier ones, and the bootstrap's interval below."""
    with canvas(width=8.4, height=2.0 + 0.42 * len(rows)) as (figure, (axis,)):
        for row, (_, weight, rates) in enumerate(rows):
            for name, rate in rates.items():
                colour, mark = _MARKS[name]
                axis.plot(np.clip(rate, -_FASTEST, _FASTEST), row, color=colour, marker=mark, linestyle="", zorder=3,
                          markersize=5.0 + 9.0 * weight**0.5, markeredgecolor="white",
                          label=None if row else f"effective {name}")
        known = {name: ends for name, ends in intervals.items() if None not in ends}
        for turn, (name, ends) in enumerate(known.items()):
            low, middle, high = np.clip(np.array(ends, dtype=np.float64), -_FASTEST, _FASTEST)
            axis.errorbar([middle], [len(rows) + 0.22 * (turn - 0.5 * (len(known) - 1))], fmt="|", capsize=2.5,
                          xerr=[[middle - low], [high - middle]], color=_MARKS[name][0])
        axis.axvline(0.0, color=BLACK, linewidth=0.8)
        names = [*(name for name, _, _ in rows), *([label] if known else [])]
        axis.set_yticks(range(len(names)), list(map(as_text, names)))
        axis.set_ylim(len(names) - 0.4, -0.6)
        axis.set(xlabel="growth (ln a year)", title=title)
        end = axis.get_xlim()[1]
        marks = [months for months in _MONTHS if _per_year(months) < end]
        top = axis.secondary_xaxis("top")
        top.set_xticks([_per_year(months) for months in marks], [f"{months:.0f}" for months in marks])
        top.set_xlabel("doubling time (months)")
        figure.legend(loc="outside lower center", ncols=3)
    return figure


def _per_year(months: float) -> float:
    return float(12.0 * np.log(2.0) / months)


def _band(fit: FrontierFit, score: float, span: Array, data: float) -> tuple[Array, Array]:
    """Percentiles over the bootstrap; a draw for which the score is out of reach counts as infinite compute."""
    draws = np.empty((0, 7)) if fit.draws is None else fit.draws
    needed = compute_needed(draws[:, None, :], fit.centre, score, span, data, **fit.model.ends)
    tail = 0.5 * (1.0 - fit.level)
    ordered = np.sort(needed, axis=0)
    last = len(ordered) - 1
    # The axis ends long before: an infinite edge would leave the band undrawn.
    return ordered[round(tail * last)], np.minimum(ordered[round((1.0 - tail) * last)], _MOST_COMPUTE * 1e3)


def _needs_product(fit: FrontierFit) -> None:
    if fit.model.factors != PRODUCT.factors:
        raise ProgressError("this plot needs the model with a compute and a data factor")


def efficiency_plot(result: Efficiency, amount: str = "flop") -> Figure:
    """What each record that reaches the level took, the running best, its regression, and Moore's law.

    `amount` is the column it is of: compute in FLOP, or another, such as minutes.
    """
    compute = amount == "flop"
    year = np.array([step.year for step in result.steps])
    work = np.array([step.tflop_s_days if compute else step.flop for step in result.steps])
    best = np.array([step.running_best for step in result.steps])
    with canvas(width=8.0) as (figure, (axis,)):
        axis.scatter(year[~best], work[~best], color=GREY, s=26, label="other models that reach the level")
        axis.step(year[best], work[best], where="post", color=BLUE, linewidth=1.0, alpha=0.6)
        axis.scatter(year[best], work[best], color=BLUE, s=34, zorder=3, label="running best")
        span = np.linspace(year[best].min(), year[best].max(), 50)
        for halving in result.halvings:
            if halving.method == "least squares" and halving.records == "running best":
                since = span - year[best].mean()
                axis.plot(span, 2.0 ** (np.log2(work[best]).mean() - 12.0 / halving.months * since), color=GREY,
                          linewidth=1.0, label=f"least squares: {halving.months:.1f} months")
        start = work[best][np.argmin(year[best])]
        _fall(axis, result, float(year[best].min()), float(start))
        span = np.linspace(year[best].min(), result.until, 50)
        axis.plot(span, start * 2.0 ** (-12.0 * (span - span[0]) / MOORE_MONTHS), color=BLACK, linestyle="--",
                  linewidth=1.0, label=f"Moore's law: {MOORE_MONTHS:.0f} months")
        said = f"for a fixed level: {result.best_factor:.0f}x less than {result.baseline}"
        axis.set(yscale="log", xlabel="year of publication",
                 ylabel="training compute (TFLOP/s-days)" if compute else amount.replace("_", " "),
                 title=f"Compute {said} (a multiply-add is 2 FLOP)" if compute else
                 f"{amount.capitalize().replace('_', ' ')} {said}")
        if best.sum() <= _NAMED:
            _name(axis, [(one, two, step.model) for one, two, step in zip(year, work, result.steps, strict=True)
                         if step.running_best])
        axis.margins(x=0.1, y=0.12)
        figure.legend(loc="outside lower center", ncols=2)
    return figure


def _fall(axis: Axes, result: Efficiency, begin: float, start: float) -> None:
    """The headline from the first record to the end of the period, with its interval."""
    months = result.halving["months"]
    if not isinstance(months, float):
        return
    span = np.linspace(begin, result.until, 60)
    axis.plot(span, start * 2.0 ** (-12.0 / months * (span - begin)), color=VERMILION,
              label=f"{result.halving['method']}: halves every {months:.1f} months")
    low, high = (result.halving[name] for name in ("low", "high"))
    if isinstance(low, float):
        slowest = 12.0 / high if isinstance(high, float) else 0.0
        axis.fill_between(span, start * 2.0 ** (-12.0 / low * (span - begin)),
                          start * 2.0 ** (-slowest * (span - begin)), color=VERMILION, alpha=0.1, linewidth=0)


def trend_plot(series: ComputeSeries, trend: Trend) -> Figure:
    """Compute over time with each record's 90 % interval, and the growth with and without those intervals."""
    low = 10.0 ** (series.log10_flop - NINETY * np.nan_to_num(series.error))
    high = 10.0 ** (series.log10_flop + NINETY * np.nan_to_num(series.error))
    flop = 10.0**series.log10_flop
    holds = record_holders(series)
    with canvas(width=8.0) as (figure, (axis,)):
        if np.isfinite(series.error).any():
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
    line, middle = growth.line, float(span.mean())
    axis.plot(span, 10.0 ** (line.intercept + line.slope * span), color=colour, linestyle=style,
              label=f"{label}: {growth.says()}")
    if line.low is not None and line.high is not None:
        ends = [10.0 ** (line.intercept + line.slope * middle + slope * (span - middle))
                for slope in (line.low, line.high)]
        axis.fill_between(span, np.minimum(*ends), np.maximum(*ends), color=colour, alpha=0.1, linewidth=0)


def _name(axis: Axes, points: list[tuple[float, float, str]]) -> None:
    """Names beside the points, up to the right and down to the left by turns so that neighbours do not collide."""
    for turn, (x, y, name) in enumerate(points):
        above = turn % 2 == 0
        axis.annotate(name, (x, y), xytext=(5, 6) if above else (-5, -13), textcoords="offset points", fontsize=8.5,
                      ha="left" if above else "right")
