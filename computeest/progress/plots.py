"""The canvas of all progress plots: sizes, colours that colour-blind readers can tell apart, and saving."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest.progress.records import ProgressError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Okabe and Ito's palette, black first.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
GREY = "#8C8C8C"
_SUFFIXES = (".png", ".svg")
_STYLE: Any = {
    "font.size": 10.0, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": "#E3E3E3",
    "grid.linewidth": 0.6, "axes.axisbelow": True, "legend.frameon": False, "figure.dpi": 150,
    # Without these an SVG holds random names and today's date, and differs from run to run.
    "svg.hashsalt": "computeest", "svg.fonttype": "none",
}


@contextmanager
def canvas(columns: int = 1, *, width: float = 7.0, height: float = 4.6,
           sharey: bool = False) -> Iterator[tuple[Figure, list[Axes]]]:
    """A figure with a row of axes, drawn without a display and without touching global state."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(1, columns, squeeze=False, sharey=sharey)
        yield figure, list(axes[0])
        # Laid out once and then frozen: every drawing would move things a little further.
        figure.draw_without_rendering()
        figure.draw_without_rendering()
        figure.set_layout_engine("none")


def save(figure: Figure, path: Path) -> None:
    """Write the figure as PNG or SVG, by the file's name; the same figure gives the same bytes."""
    from matplotlib import rc_context

    if path.suffix not in _SUFFIXES:
        raise ProgressError(f"{path}: expected a name that ends in {' or '.join(_SUFFIXES)}")
    if not path.parent.is_dir():
        raise ProgressError(f"{path.parent}: no such folder")
    metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
    with rc_context(_STYLE):
        figure.savefig(path, metadata=metadata)
