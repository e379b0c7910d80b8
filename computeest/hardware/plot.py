"""Peak FLOP/s over time, by number format."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from computeest.files import OutputError
from computeest.hardware.chip import Chip

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Label, the database's keys for it, colour and marker: Okabe and Ito's colours, told apart by the shape as well.
SERIES: Final = (
    ("FP32 vector", ("fp32",), "#000000", "o"),
    ("TF32 matrix", ("tf32",), "#009E73", "v"),
    ("FP16/BF16 matrix", ("bf16-tensor", "fp16-tensor"), "#0072B2", "s"),
    ("FP8 matrix", ("fp8",), "#E69F00", "D"),
    ("FP4 matrix", ("fp4",), "#CC79A7", "^"),
)
KINDS: Final = ("gpu", "tpu", "asic")


def _drawn(series: list[tuple[datetime.date, float, str]]) -> tuple[Any, list[float]]:
    return [day for day, *_ in series], [value for _, value, _ in series]


def points(chips: Iterable[Chip], sure: bool = True) -> dict[str, list[tuple[datetime.date, float, str]]]:
    """For each series, when each accelerator came out, its peak in FLOP/s and its name, in order of time.

    `sure` chooses between the chips that are known well and those of low confidence.
    """
    found: dict[str, list[tuple[datetime.date, float, str]]] = {label: [] for label, *_ in SERIES}
    for chip in chips:
        if chip.kind not in KINDS or chip.released is None or (chip.confidence != "low") != sure:
            continue
        for label, keys, *_ in SERIES:
            rate = next((chip.peaks[key] for key in keys if key in chip.peaks), None)
            if rate is not None:
                found[label].append((chip.released, rate.value, chip.name))
    return {label: sorted(series) for label, series in found.items()}


def frontier(series: list[tuple[datetime.date, float, str]]) -> list[tuple[datetime.date, float, str]]:
    """The chips that were the fastest of their series when they came out."""
    best, found = 0.0, []
    for point in series:
        if point[1] > best:
            best = point[1]
            found.append(point)
    return found


def plot(chips: Iterable[Chip], path: Path) -> None:
    """Draw the plot as PNG or SVG, as the file's name says; the file appears whole or not at all."""
    import matplotlib as mpl

    form = path.suffix.lower().lstrip(".")
    drawn = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "computeest", "svg.fonttype": "none"}):
        metadata = {"Date": None} if form == "svg" else {"Software": None}
        _figure(list(chips)).savefig(drawn, format=form, metadata=metadata)
    temporary = path.with_name(f".{path.name}.writing")
    try:
        temporary.write_bytes(drawn.getvalue())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from None


def _figure(chips: list[Chip]) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5.5), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    sure, unsure = points(chips), points(chips, sure=False)
    for order, (label, _, colour, marker) in enumerate(SERIES):
        style: dict[str, Any] = {"marker": marker, "markersize": 4.5, "linestyle": "none", "alpha": 0.65,
                                 "zorder": 3 + order}
        if doubtful := unsure[label]:
            axes.plot(*_drawn(doubtful), color=colour,
                      markerfacecolor="none", **style)
        if not (series := sure[label]):
            continue
        axes.plot(*_drawn(series), color=colour, markeredgewidth=0,
                  label=label, **style)
        leaders = frontier(series)
        ends = [*leaders, (max(day for day, *_ in series), leaders[-1][1], "")]
        axes.step(*_drawn(ends), where="post", color=colour,
                  linewidth=1.2, zorder=2)
    _dress(axes)
    return figure


def _dress(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.set_ylabel("dense peak of one chip, FLOP/s")
    axes.set_xlabel("release")
    axes.set_title("Peak FLOP/s of accelerators by number format", loc="left")
    axes.grid(which="major", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left", title="line: the fastest so far; hollow: low confidence",
                alignment="left")
