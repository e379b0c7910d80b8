"""The margins of 90 % intervals, fitted on rows whose answers are known: computeest/margins.yaml.

    python benchmarks/margins.py [--write]

For records of Epoch AI's layout the rows are those of tests/golden/epoch_2025.csv; for papers, and tables of no
layout, the runs of tests/golden/independent_runs.csv by accelerator time alone (what their tokens and parameters say is
the answer), and the worked runs of tests/golden/worked_runs.yaml. The distance of a row is how far its answer lies
beyond the core of its interval, in natural log, with the spreads of its facts taken off where those count besides. The
margin of a group is the conformal quantile of its n distances (the ceil(0.9 (n + 1))-th smallest), drawn towards that
of all rows with the weight of 20 rows. Without --write the file is only compared.
"""

from __future__ import annotations

import argparse
import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from gold import Rows, frozen

from computeest import pipeline
from computeest.estimation.margins import GROUPS
from computeest.estimation.results import Results
from computeest.facts import frame as frames
from computeest.facts.paper import read_paper
from computeest.text.numbers import NINETY

TESTS = Path(__file__).parents[1] / "tests"
#: The share of rows that a margin holds, and how many rows the margin of all rows counts for in each group's own.
HOLDS, SHRINK = 0.9, 20


@dataclass(frozen=True)
class Known:
    """Rows with known answers: the core of each, its group, and the spread beside the margin; natural log."""

    low: np.ndarray[Any, Any]
    high: np.ndarray[Any, Any]
    sigma: np.ndarray[Any, Any]
    group: np.ndarray[Any, Any]
    truth: np.ndarray[Any, Any]

    @property
    def distance(self) -> np.ndarray[Any, Any]:
        """How far each answer lies beyond what the interval would be without a margin, as a margin would close it."""
        beyond = np.maximum(np.maximum(self.low - self.truth, self.truth - self.high), 0.0)
        return np.sqrt(np.maximum(beyond**2 - (NINETY * self.sigma) ** 2, 0.0))

    def part(self, rows: Any) -> Known:
        """Some of the rows."""
        return Known(*(each[rows] for each in (self.low, self.high, self.sigma, self.group, self.truth)))

    def interval(self, margins: dict[str, float], common: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """The ends of each row's interval under these margins, natural log."""
        margin = np.array([margins.get(name, common) for name in self.group])
        reach = np.hypot(margin, NINETY * self.sigma)
        return self.low - reach, self.high + reach


def of_results(results: Results, truth: np.ndarray[Any, Any], propagated: bool) -> Known:
    """What the results say of rows that are estimated and whose answers are known."""
    columns = results.columns
    rows = ~np.isnan(columns["flop"]) & ~np.isnan(truth)
    names = np.array(list(GROUPS))[np.where(rows, columns["group"], 0).astype(int)]
    sigma = columns["sigma_propagated"] if propagated else np.zeros(len(truth))
    return Known(*(each[rows] for each in (np.log(columns["core_low"]), np.log(columns["core_high"]), sigma, names,
                                           np.log(truth))))


def of_rows(rows: Rows) -> Known:
    """The rows of a database in Epoch AI's layout."""
    options = pipeline.Options.of(preset="epoch", reference=rows.base_models)
    found = pipeline.estimated(frames.of_frame(rows.facts), options).results
    return of_results(found, rows.truth.to_numpy(dtype=float), propagated=False)


def quantile(distances: np.ndarray[Any, Any]) -> float:
    """The conformal quantile: with it nine in ten of rows like these are held."""
    rank = math.ceil(HOLDS * (len(distances) + 1))
    return float(np.sort(distances)[min(rank, len(distances)) - 1])


def fitted(rows: Known) -> tuple[float, dict[str, float]]:
    """The margin of all rows, and each group's drawn towards it."""
    common = quantile(rows.distance)
    groups = {}
    for name in sorted(set(rows.group.tolist()), key=list(GROUPS).index):
        own = rows.distance[rows.group == name]
        groups[str(name)] = (len(own) * quantile(own) + SHRINK * common) / (len(own) + SHRINK)
    return common, groups


def folds(count: int, of: int = 10) -> Iterator[np.ndarray[Any, Any]]:
    """Which rows are in each fold, the same every time."""
    place = np.random.default_rng(0).permutation(count) % of
    for fold in range(of):
        yield place == fold


def cross_validated(rows: Known) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The ends of each row's interval (natural log) with margins that were fitted without it."""
    low, high = np.empty(len(rows.truth)), np.empty(len(rows.truth))
    for here in folds(len(rows.truth)):
        common, margins = fitted(rows.part(~here))
        low[here], high[here] = rows.part(here).interval(margins, common)
    return low, high


def of_papers() -> Known:
    """Runs whose facts and answers their authors state, by accelerator time alone, and worked runs."""
    runs = pd.read_csv(TESTS / "golden" / "independent_runs.csv")
    papers: list[Any] = [{"model": run.model, "published": run.published, "domain": "Language", "chip": run.chip,
                          "number_format": run.number_format, "chip_time": f"{run.chip_hours} chip * hour"}
                         for run in runs.itertuples()]
    truth = list(6.0 * runs["active_parameters"] * runs["tokens_seen"])
    for run in yaml.safe_load((TESTS / "golden" / "worked_runs.yaml").read_text("utf-8")):
        papers.append(TESTS / "worked" / run["paper"])
        truth.append(float(run["flop"]))
    return of_results(pipeline.evaluated([read_paper(paper) for paper in papers]), np.array(truth), propagated=True)


def entry(rows: Known, propagated: bool) -> dict[str, Any]:
    """What margins.yaml holds of one layout."""
    common, groups = fitted(rows)
    count = {name: int((rows.group == name).sum()) for name in groups}
    return {"propagated": propagated, "common": {"margin": round(common, 3), "rows": len(rows.truth)},
            "groups": {name: {"margin": round(margin, 3), "rows": count[name]} for name, margin in groups.items()}}


HEAD = """\
# How far the truth lies beyond what is undecided: half widths in natural log, by group of records, with the number of
# rows that each was fitted on. Written by `python benchmarks/margins.py --write`, which says how; docs/reconcile.md
# says what the groups are. `propagated`: whether the spreads of facts and assumptions count besides.
"""
SOURCES = ["Epoch AI, Data on AI Models, epoch.ai/data, mid 2025, CC BY 4.0: tests/golden/epoch_2025.csv",
           "developers' own facts: tests/golden/independent_runs.csv, tests/golden/worked_runs.yaml"]


def text() -> str:
    """The file."""
    layouts = {"none": entry(of_papers(), propagated=True), "epoch": entry(of_rows(frozen()), propagated=False)}
    return HEAD + yaml.safe_dump({"date": datetime.date.today(), "sources": SOURCES, "layouts": layouts},
                                 sort_keys=False, width=120, default_flow_style=None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    written = Path(str(files("computeest").joinpath("margins.yaml")))
    found = text()
    if parser.parse_args().write:
        written.write_text(found, "utf-8")
    else:
        undated = [[line for line in each.splitlines() if not line.startswith("date:")]
                   for each in (found, written.read_text("utf-8"))]
        print("margins.yaml is what the rows give" if undated[0] == undated[1] else found)


if __name__ == "__main__":
    main()
