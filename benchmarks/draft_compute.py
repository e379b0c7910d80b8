"""Training compute estimated from drafts without a human hand, held against that of the labelled facts.

    python benchmarks/draft_compute.py LABELLED DRAFTS

LABELLED is a directory with labels.csv; DRAFTS holds a YAML file for each document, the main model's paper first, as
benchmarks/fit_draft.py writes it with weights that did not see the document (build/drafts/main). A document whose
labels suffice for an estimate counts; its draft is near within 2x, and doubted where it has no estimate, is labelled
speculative or a check of level warning or error speaks.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from computeest import pipeline
from computeest.problems import InputError

NEAR = 2.0
#: What the labels' base units are called, where a bare number would be read as something else.
UNITS = {"time": "seconds", "chip_time": "chip-seconds", "reported_compute": "FLOP", "achieved_rate": "FLOP/s"}


def labelled(rows: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """The facts of a whole run as its labels state or derive them, the first of alternatives."""
    found: dict[str, Any] = {}
    for row in rows:
        if row["kind"] in ("stated", "derived") and not row["run"]:
            unit = UNITS.get(row["column"], "")
            found.setdefault(row["column"], f"{row['value']} {unit}".strip())
    return found


def estimated(paper: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The record of a paper; nothing where there is no number."""
    try:
        record = pipeline.estimate(dict(paper))
    except InputError:
        return None
    return record if record["flop"] and math.isfinite(record["flop"]) else None


def doubted(record: Mapping[str, Any] | None) -> bool:
    """Whether a record says that it is not to be relied on."""
    return record is None or record["confidence"] == "speculative" or any(
        check["level"] in ("warning", "error") for check in record["checks"])


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("labelled", type=Path)
    parser.add_argument("drafts", type=Path)
    options = parser.parse_args()
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (options.labelled / "labels.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            rows[row["document"]].append(row)
    near, far = 0, list[bool]()
    for document, labels in sorted(rows.items()):
        model = next(row["model"] for row in labels if row["model"] != "*")
        wanted = estimated(labelled(row for row in labels if row["model"] in (model, "*")))
        if wanted is None:
            continue
        paper = next(paper for paper in yaml.safe_load_all((options.drafts / f"{document}.yaml").read_text()) if paper)
        record = estimated(paper)
        ratio = record["flop"] / wanted["flop"] if record else math.nan
        good = record is not None and 1 / NEAR <= ratio <= NEAR
        near += good
        far += [] if good else [doubted(record)]
        print(f"{document:32} labels {wanted['flop']:.2e}  draft {record['flop'] if record else math.nan:.2e}  "
              f"{ratio:6.2f}x  {'near' if good else 'doubted' if doubted(record) else 'WRONG IN SILENCE'}"
              f"{'' if not record else ', ' + record['confidence']}")
    whole = near + len(far)
    print(f"within {NEAR:g}x: {near} of {whole} ({near / whole:.3f}); doubted, of the others: {sum(far)} of {len(far)}")


if __name__ == "__main__":
    main()
