"""Plots of records for papers and slides: PNG or SVG, drawn by matplotlib in the style of the plots of progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest.problems import UsageError
from computeest.progress.plots import BLUE, GREEN, GREY, ORANGE, VERMILION, as_text, canvas, save
from computeest.text.suggest import did_you_mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from computeest.questions.sensitivity import Sensitivity

#: Colour and marker of each word: told apart by the shape as well.
_SURE = {"confident": (BLUE, "o"), "likely": (ORANGE, "s"), "speculative": (GREEN, "^")}
#: Records of a plot that has a line for each.
_MOST = 40
_LABEL = "training compute (FLOP)"


def interval(records: Sequence[Mapping[str, Any]]) -> Figure:
    """Each record's number with its 90 % interval, over the thresholds in law."""
    shown = [record for record in records if record.get("flop")][:_MOST]
    rows = [(str(r.get("model") or "the paper"), r["flop"], r["flop_low"], r["flop_high"]) for r in shown]
    return _rows(rows, _LABEL, limits=True)


def methods(records: Sequence[Mapping[str, Any]]) -> Figure:
    """What each method says of each record, with its own interval, under the answer."""
    rows: list[tuple[str, float, float | None, float | None]] = []
    for record in [record for record in records if record.get("flop")][:_MOST]:
        rows.append((str(record.get("model") or "the paper"), record["flop"], record["flop_low"], record["flop_high"]))
        rows += [(f"  {name.replace('_', ' ')}", each["flop"], each.get("flop_low"), each.get("flop_high"))
                 for name, each in record["methods"].items()]
    return _rows(rows, _LABEL, limits=False)


def sensitivity(found: Sensitivity) -> Figure:
    """What the uncertainty of an estimate consists of, largest first: a tornado."""
    with canvas(width=8.0, height=1.4 + 0.35 * len(found.influences)) as (figure, (axis,)):
        names = [each.column.replace("_", " ") for each in found.influences]
        axis.barh(names, [100 * each.share for each in found.influences], color=BLUE)
        axis.invert_yaxis()
        axis.set(xlabel="share of the variance (%)", title=f"What moves {found.model or 'the estimate'}", xlim=(0, 100))
    return figure


def time(records: Sequence[Mapping[str, Any]]) -> Figure:
    """Compute over time with 90 % intervals."""
    dated = [record for record in records if record.get("flop") and record.get("year")]
    with canvas(width=8.4) as (figure, (axis,)):
        for word, (colour, marker) in _SURE.items():
            some = [record for record in dated if record.get("confidence") == word]
            if some:
                flop = [record["flop"] for record in some]
                reach = [[r["flop"] - r["flop_low"] for r in some], [r["flop_high"] - r["flop"] for r in some]]
                axis.errorbar([r["year"] for r in some], flop, yerr=reach, fmt=marker, color=colour, ecolor=colour,
                              markersize=4, elinewidth=0.7, alpha=0.8, label=word)
        axis.set(yscale="log", xlabel="published", ylabel=_LABEL, title="Training compute, with 90 % intervals")
        if dated:
            axis.legend(loc="upper left")
    return figure


def distribution(records: Sequence[Mapping[str, Any]]) -> Figure:
    """How many records took how much."""
    import numpy as np

    known = np.log10([record["flop"] for record in records if record.get("flop")] or [0.0])
    with canvas(width=7.0) as (figure, (axis,)):
        edges = np.arange(np.floor(known.min()), np.ceil(known.max()) + 0.51, 0.5)
        axis.hist(10**known, bins=(10**edges).tolist(), color=BLUE)
        axis.set(xscale="log", xlabel=_LABEL, ylabel="records", title="Distribution of training compute")
    return figure


def _rows(rows: Sequence[tuple[str, float, float | None, float | None]], label: str, *, limits: bool) -> Figure:
    from computeest.records.thresholds import known

    with canvas(width=8.4, height=1.4 + 0.32 * max(1, len(rows))) as (figure, (axis,)):
        for place, (_, flop, low, high) in enumerate(rows):
            axis.plot([low or flop, high or flop], [place, place], color=BLUE, linewidth=5, alpha=0.35,
                      solid_capstyle="butt")
            axis.plot(flop, place, color=BLUE, marker="o", markersize=5)
        if limits:
            for flop in sorted({limit.flop for limit in known().values() if limit.counts == "whole"}):
                axis.axvline(flop, color=VERMILION, linestyle="--", linewidth=1)
        _named(axis, [name for name, *_ in rows])
        axis.set(xscale="log", xlabel=f"{label}; bars hold 90 %" + ("; dashed: thresholds in law" if limits else ""))
    return figure


def _named(axis: Axes, names: Sequence[str]) -> None:
    axis.set_yticks(range(len(names)), labels=list(map(as_text, names)))
    axis.invert_yaxis()
    axis.grid(visible=False, axis="y")
    axis.tick_params(axis="y", colors=GREY if not names else "black")


#: The plots of records there are.
KINDS: Mapping[str, Callable[[Sequence[Mapping[str, Any]]], Figure]] = {
    "interval": interval, "methods": methods, "time": time, "distribution": distribution,
}


def plot(records: Sequence[Mapping[str, Any]], kind: str) -> Figure:
    """A plot of records; UsageError for one that there is not."""
    if kind not in KINDS:
        close = did_you_mean(kind, KINDS) or f"there are {', '.join(KINDS)}"
        raise UsageError(f"no plot of records is called '{kind}'; {close}")
    return KINDS[kind](records)


def write(records: Sequence[Mapping[str, Any]], kind: str, path: Path) -> None:
    """Write a plot as PNG or SVG, by the file's name."""
    save(plot(records, kind), path)
