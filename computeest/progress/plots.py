"""The canvas of all progress plots: sizes, colours that colour-blind readers can tell apart, and saving."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest.progress.records import ProgressError
from computeest.text.files import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Okabe and Ito's palette, black first.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
GREY = "#8C8C8C"
_SUFFIXES = (".png", ".svg", ".pdf")
#: Looks: for screens, for a column of a paper, for slides; sizes of letters and lines.
STYLES: Mapping[str, Any] = {
    "screen": {}, "print": {"font.size": 8.0, "font.family": "serif", "lines.linewidth": 1.0, "grid.linewidth": 0.4},
    "slides": {"font.size": 14.0, "lines.linewidth": 2.4},
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a figure is to look, beyond what it shows."""

    style: str = "screen"
    #: Inches; None for the plot's own.
    width: float | None = None
    #: None for the plot's own, empty for none.
    title: str | None = None


PLAIN = Look()
_look: ContextVar[Look] = ContextVar("look", default=PLAIN)


@contextmanager
def looking(look: Look) -> Iterator[None]:
    """Figures that are drawn within look so."""
    if look.style not in STYLES:
        raise ProgressError(f"no style is called {look.style!r}; expected one of {', '.join(STYLES)}")
    if look.width is not None and not 1.0 <= look.width <= 60.0:
        raise ProgressError(f"width: expected 1 to 60 inches, not {look.width:g}")
    token = _look.set(look)
    try:
        yield
    finally:
        _look.reset(token)
_STYLE: Any = {
    "font.size": 10.0, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": "#E3E3E3",
    "grid.linewidth": 0.6, "axes.axisbelow": True, "legend.frameon": False, "figure.dpi": 150,
    # Without these an SVG holds random names and today's date, and differs from run to run.
    "svg.hashsalt": "computeest", "svg.fonttype": "none", "pdf.fonttype": 42,
}


@contextmanager
def canvas(columns: int = 1, *, width: float = 7.0, height: float = 4.6,
           sharey: bool = False) -> Iterator[tuple[Figure, list[Axes]]]:
    """A figure with a row of axes, drawn without a display and without touching global state."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    look = _look.get()
    if look.width is not None:
        width, height = look.width, height * (look.width / width) ** 0.5
    with rc_context({**_STYLE, **STYLES[look.style]}):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(1, columns, squeeze=False, sharey=sharey)
        yield figure, list(axes[0])
        if look.title is not None:
            if columns == 1:
                axes[0][0].set_title(look.title)
            else:
                figure.suptitle(look.title)
        for written in figure.findobj(Text):
            written.set_text(as_text(written.get_text()))
        # Laid out once and then frozen: every drawing would move things a little further.
        figure.draw_without_rendering()
        figure.draw_without_rendering()
        figure.set_layout_engine("none")


def as_text(words: str) -> str:
    """Words of an input as a figure shows them: a dollar begins no formula, and nothing turns the line about."""
    return words if "\\mathdefault" in words else _DOLLAR.sub(r"\\$", visible(words))


_DOLLAR = re.compile(r"(?<!\\)\$")


def save(figure: Figure, path: Path, alt: str = "") -> None:
    """Write the figure as PNG, SVG or PDF, by the file's name; the same figure gives the same bytes.

    `alt` says in words what it shows, for readers who do not see it: it is kept within the file.
    """
    from matplotlib import rc_context

    if path.suffix not in _SUFFIXES:
        raise ProgressError(f"{path}: expected a name that ends in .png or .svg, or in .pdf")
    if not path.parent.is_dir():
        raise ProgressError(f"{path.parent}: no such folder")
    kept = {".svg": {"Date": None, "Description": alt}, ".png": {"Software": None, "Description": alt},
            ".pdf": {"CreationDate": None, "Subject": alt}}[path.suffix]
    metadata = {name: value for name, value in kept.items() if value != ""}
    with rc_context(_STYLE):
        figure.savefig(path, metadata=metadata)
