"""Estimates as notebooks show them: the record's few lines that a person looks at first."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from importlib import import_module
from typing import Any, cast

from computeest.records import wording
from computeest.records.late import Late
from computeest.text.listing import cell


class ShownRecord(Late):
    """A record, which is a plain mapping that JSON holds, shown as a card by notebooks."""

    def __init__(self, record: Mapping[str, Any], asked: tuple[Any, Any] | None = None) -> None:
        super().__init__(record)
        #: The paper and the options of which it is the estimate.
        self.asked = asked

    def rows(self) -> list[tuple[str, str]]:
        """What is shown: name and words."""
        found = [("training compute", self._compute())]
        named = ("method", "chip", "base_model")
        found += [(name.replace("_", " "), str(self[name])) for name in named if self.get(name)]
        if self.get("assumed"):
            found.append(("assumed", ", ".join(f"{column} = {value}" for column, value in self["assumed"].items())))
        return found + [(check["level"], check["message"]) for check in self.get("checks") or ()]

    def _compute(self) -> str:
        if self.get("flop") is None:
            return "not estimated"
        low, high = wording.flop(self["flop_low"]), wording.flop(self["flop_high"])
        return f"{wording.flop(self['flop'])} (90 %: {low} to {high}), {self['confidence']}"

    def plot(self, kind: str = "interval") -> Any:
        """The record as a matplotlib figure: its interval, what each of its methods says, or its sensitivity."""
        plots = import_module("computeest.web.plots")  # which lies above the records, as what is asked of them does
        if kind == "sensitivity" and self.asked is not None:
            return plots.sensitivity(import_module("computeest.questions.sensitivity").of_paper(*self.asked))
        return plots.plot([self], kind)

    def _repr_html_(self) -> str:
        try:  # the report's card, where the extra `web` is installed
            notebook = import_module("computeest.web.notebook")
        except ModuleNotFoundError:
            return self._table()
        return str(notebook.card(self))

    def _table(self) -> str:
        left = "style='text-align:left'"
        lines = "".join(f"<tr><th {left}>{escape(name)}</th><td {left}>{escape(words)}</td></tr>"
                        for name, words in self.rows())
        derivation = f"<pre>{escape(self['derivation'])}</pre>" if self.get("derivation") else ""
        return f"<table><caption>{escape(str(self.get('model') or ''))}</caption>{lines}</table>{derivation}"

    def _repr_markdown_(self) -> str:
        lines = "".join(f"| {cell(name)} | {cell(words)} |\n" for name, words in self.rows())
        return f"| {cell(self.get('model'))} | |\n| --- | --- |\n{lines}"


def shown(record: dict[str, Any], asked: tuple[Any, Any]) -> ShownRecord:
    """The record as one that is shown as a card: itself where it is nothing else yet, a tenth of many mappings."""
    if type(record) is not Late:
        return ShownRecord(record, asked)
    record.__class__ = ShownRecord
    found = cast(ShownRecord, record)
    found.asked = asked
    return found


def with_overview(frame: Any) -> Any:
    """The pandas frame itself, which notebooks show with the overview of its records above its rows.

    It has no class of its own, which whoever compares or stores frames would have to know; what is made of it is plain.
    """
    object.__setattr__(frame, "_repr_html_", partial(_shown, weakref.ref(frame)))
    return frame


def _shown(frame: Callable[[], Any]) -> str:
    found = frame()
    rows = str(type(found)._repr_html_(found) or "")
    try:
        notebook = import_module("computeest.web.notebook")
    except ModuleNotFoundError:
        return rows
    return str(notebook.overview(list(found.columns), found.to_dict("records"))) + rows
