"""How close estimates come to published training compute, how often the interval holds it, and whom the checks warn of.

    python benchmarks/gold.py [PATH] [--assume COLUMN=VALUE] [--prefer METHOD]

The rows are tests/golden/epoch_2025.csv: what Epoch AI's database said of 476 models in mid 2025 and, apart, the
training compute that it published of them; epoch_2025_base_models.csv is the compute of base models. Or PATH has other
rows in the layout of the database's download (epoch_dev.csv), their figures (epoch_dev_truth.csv) and base models
(epoch_dev_reference.csv). Nothing of the truth is an input.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from computeest.pipeline import annotate

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
#: The columns of the rows, as the database's own download calls them.
HEADERS = {
    "model": "Model", "published": "Publication date", "domain": "Domain", "task": "Task", "parameters": "Parameters",
    "datapoints": "Training dataset size (datapoints)", "epochs": "Epochs", "hours": "Training time (hours)",
    "chip": "Training hardware", "chips": "Hardware quantity", "chip_hours": "Training chip-hours",
    "utilization": "Hardware utilization (MFU)", "number_format": "Numerical format", "base_model": "Base model",
}

WITHIN = (1.1, 1.5, 2.0, 3.0, 10.0)
#: A method's own calibration is shown from this many rows on.
ENOUGH = 30


@dataclass(frozen=True)
class Figures:
    """What the rows show; shares are of the rows estimated, except `estimated`, which is of all rows."""

    rows: int
    estimated: float
    within: dict[float, float]
    mean_error: float
    held: float
    held_by_method: dict[str, tuple[int, float]]
    width: float
    flagged_far: float
    flagged_near: float
    far: int
    near: int


@dataclass(frozen=True)
class Rows:
    """Facts in the layout of the database, what was published of each, and of base models by name."""

    facts: pd.DataFrame
    truth: pd.Series[float]
    base_models: dict[str, float]


def frozen() -> Rows:
    """The rows that are kept beside the tests."""
    table = pd.read_csv(GOLDEN / "epoch_2025.csv", dtype=str)
    known = pd.read_csv(GOLDEN / "epoch_2025_base_models.csv").set_index("model")["compute"]
    return Rows(table.drop(columns="published_flop").rename(columns=HEADERS), table["published_flop"].astype(float),
                known.to_dict())


def downloaded(path: Path) -> Rows:
    """Rows in the layout of the database's download."""
    facts = pd.read_csv(path / "epoch_dev.csv", dtype=str)
    known = pd.read_csv(path / "epoch_dev_reference.csv").set_index("Model")["Training compute (FLOP)"]
    truth = pd.read_csv(path / "epoch_dev_truth.csv").set_index("id")["truth_flop"]
    return Rows(facts, truth.loc[facts["id"]].reset_index(drop=True), known.to_dict())


def joined(rows: Rows, assume: dict[str, str], prefer: str = "") -> pd.DataFrame:
    """Every row with its estimate beside what was published (`truth`)."""
    found = annotate(rows.facts, preset="epoch", assume=assume, prefer=prefer, reference=rows.base_models)
    return found.assign(truth=rows.truth)


def figures(found: pd.DataFrame) -> Figures:
    """The figures of rows with their truth."""
    rows = found[found["flop"].notna()]
    error = np.exp(np.abs(np.log(rows["flop"] / rows["truth"])))
    held = (rows["flop_low"] <= rows["truth"]) & (rows["truth"] <= rows["flop_high"])
    leading = rows["method"].fillna("base model alone")
    flagged = rows["checks"].fillna("").str.contains(r"\((?:warning|error)\)") | (rows["confidence"] == "speculative")
    far, near = error > 3, error <= 1.5
    return Figures(
        rows=len(found), estimated=len(rows) / len(found),
        within={factor: float((error <= factor).mean()) for factor in WITHIN},
        mean_error=float(np.exp(np.log(error).mean())), held=float(held.mean()),
        held_by_method={str(m): (int((leading == m).sum()), float(held[leading == m].mean()))
                        for m in leading.value_counts().index},
        width=float((rows["flop_high"] / rows["flop_low"]).median()),
        flagged_far=float(flagged[far].mean()), flagged_near=float(flagged[near].mean()),
        far=int(far.sum()), near=int(near.sum()))


def report(shown: Figures) -> str:
    """The figures, one a line."""
    lines = [
        f"rows                                     {shown.rows}",
        f"estimated                                {shown.estimated:.1%}",
        *(f"within {factor:<4g}x of what was published     {share:.1%}" for factor, share in shown.within.items()),
        f"geometric mean error                     {shown.mean_error:.2f}x",
        f"90 % interval holds what was published   {shown.held:.1%}",
        *(f"  {method:<27s} n = {count:<4d}    {share:.1%}"
          for method, (count, share) in shown.held_by_method.items() if count >= ENOUGH),
        f"median interval, high / low              {shown.width:.1f}x",
        f"of {shown.far} rows off by more than 3x, flagged   {shown.flagged_far:.1%}",
        f"of {shown.near} rows within 1.5x, flagged         {shown.flagged_near:.1%}",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--assume", action="append", default=[], metavar="COLUMN=VALUE")
    parser.add_argument("--prefer", default="")
    arguments = parser.parse_args()
    assume = dict(pair.split("=", 1) for pair in arguments.assume)
    print(report(figures(joined(downloaded(arguments.path) if arguments.path else frozen(), assume, arguments.prefer))))


if __name__ == "__main__":
    main()
