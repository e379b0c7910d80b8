"""What an overview of many records says in numbers: coverage, distribution, disagreement, checks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from computeest.records.columns import Record
from computeest.web import figures
from computeest.web.figures import Axis, Figure, Row
from computeest.web.rows import Rows

#: Records of the largest disagreement that are listed.
_MOST = 12
#: Points of a figure that stands still.
_MOST_POINTS = 2000
#: How the problems of a row begin in which nothing is wrong but what it lacks.
LACKING = "not estimated"
_LEVELS = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Scatter:
    """Points over time: their places on two axes, with their intervals and names."""

    x: Axis
    y: Axis
    points: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Overview:
    """A table as its page shows it."""

    name: str
    rows: Rows
    #: Where its records begin in those of the page.
    start: int = 0

    @property
    def wrong(self) -> list[Record]:
        """The records with a cell that cannot be read, or an error of the checks, in the order of the table."""
        return [record for record in self.rows.records if state(record) == "wrong"]

    @property
    def lacking(self) -> list[Record]:
        """The records in which nothing is wrong, but which say too little for an estimate."""
        return [record for record in self.rows.records if state(record) == "lacking"]

    @property
    def words(self) -> Mapping[str, list[str]]:
        """The values that the filters offer."""
        return {name: sorted({str(record[name]) for record in self.rows.records if record.get(name)})
                for name in ("domain", "organization", "confidence")}

    def coverage(self) -> Figure:
        """How many rows each method answers, and how many none."""
        found = Counter(str(record.get("method") or "none: facts are lacking or wrong") for record in self.rows.records)
        named = {name.replace("_", " ").replace("+", " + "): count for name, count in found.most_common()}
        return figures.bars("Rows by method", named, "rows")

    def checks(self) -> Figure:
        """How many rows draw each check, the worst first."""
        found: Counter[tuple[int, str]] = Counter()
        for record in self.rows.records:
            said = record.get("checks") or ()
            found.update({(_LEVELS.index(check["level"]), f"{check['code']} ({check['level']})") for check in said})
        ranked = sorted(found.items(), key=lambda item: (item[0][0], -item[1]))
        return figures.bars("Rows by check", {name: count for (_, name), count in ranked}, "rows")

    def scatter(self) -> Scatter:
        """The records that have a date and an estimate, in places of two axes."""
        dated = [record for record in self.rows.records if record.get("flop") and record.get("year")][:_MOST_POINTS]
        y = Axis.around(record.get(name) for record in dated for name in ("flop", "flop_low", "flop_high"))
        years = [record["year"] for record in dated]
        x = Axis(math.floor(min(years)), math.ceil(max(years) + 1e-9), log=False) if years else Axis(0, 1, log=False)
        return Scatter(x, y, [{"x": x.at(record["year"]), "y": y.at(record["flop"]),
                               "low": y.at(record.get("flop_low")), "high": y.at(record.get("flop_high")),
                               "word": record.get("confidence") or "", "name": str(record.get("model") or "")}
                              for record in dated])

    def disagreement(self) -> Figure:
        """The records whose methods are furthest apart."""
        apart = sorted((r for r in self.rows.records if (r.get("agreement") or 1) > 1), key=lambda r: -r["agreement"])
        shown = apart[:_MOST]
        axis = Axis.around([1.0, *(r["agreement"] for r in shown)])
        return Figure("Where methods disagree most: largest over smallest answer", axis, [
            Row(str(r.get("model") or f"row {r['row']}"), axis.at(r["agreement"]), 0.0, axis.at(r["agreement"]),
                f"{r['agreement']:.3g}×") for r in shown], label="factor", bars=True)


def state(record: Mapping[str, Any]) -> str:
    """Whether a record is wrong, lacks facts, or is estimated."""
    problems = str(record.get("problems") or "")
    if (problems and not problems.startswith(LACKING)) or _worst(record) == "error":
        return "wrong"
    return "lacking" if problems or record.get("flop") is None else "estimated"


def _worst(record: Mapping[str, Any]) -> str:
    levels = [check["level"] for check in record.get("checks") or ()]
    return next((level for level in _LEVELS if level in levels), "")
