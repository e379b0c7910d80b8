"""Estimates as notebooks show them: the record's few lines that a person looks at first."""

from __future__ import annotations

from html import escape
from typing import Any

from computeest.records import wording
from computeest.text.listing import cell


class ShownRecord(dict[str, Any]):
    """A record, which is a plain mapping that JSON holds, shown as a small table by notebooks."""

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

    def _repr_html_(self) -> str:
        left = "style='text-align:left'"
        lines = "".join(f"<tr><th {left}>{escape(name)}</th><td {left}>{escape(words)}</td></tr>"
                        for name, words in self.rows())
        derivation = f"<pre>{escape(self['derivation'])}</pre>" if self.get("derivation") else ""
        return f"<table><caption>{escape(str(self.get('model') or ''))}</caption>{lines}</table>{derivation}"

    def _repr_markdown_(self) -> str:
        lines = "".join(f"| {cell(name)} | {cell(words)} |\n" for name, words in self.rows())
        return f"| {cell(self.get('model'))} | |\n| --- | --- |\n{lines}"
