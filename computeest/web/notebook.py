"""What notebooks show: the report's card of an estimate, and its overview of an annotated table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from computeest.records.thresholds import known
from computeest.web.overview import Overview
from computeest.web.pages import environment
from computeest.web.rows import Rows, of_rows

#: What the page itself does for a report: ink, paper and letters.
_GROUND = "& { color: var(--ink); background: var(--page); padding: .5rem 1rem; font: 14px/1.5 system-ui, sans-serif; }"


def card(record: Mapping[str, Any]) -> str:
    """A record as a notebook shows it, with styles that touch nothing else of the page."""
    limits = [{"threshold": key, "threshold_flop": limit.flop} for key, limit in known().items()
              if limit.counts == "whole"]
    return _own(environment().get_template("_paper.html").module.brief(record, limits))  # type: ignore[attr-defined]


def overview(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """The rows of an annotated table as a notebook shows them."""
    table = Overview("annotated", Rows(of_rows(columns, rows)))
    return _own(environment().get_template("_overview.html").module.brief(table))  # type: ignore[attr-defined]


def _own(content: Any) -> str:
    """A part of a page, with the report's styles for that part alone."""
    style = files("computeest.web").joinpath("static", "app.css").read_text("utf-8").replace(":root", "&") + _GROUND
    return str(Markup('<div class="computeest"><style>.computeest {{ {} }}</style>{}</div>').format(
        Markup(style), Markup(content)))  # noqa: S704 - of our own file, and of a template that escapes
