"""How close estimates come to published training compute, how often the interval holds it, and whom the checks warn of.

    python benchmarks/gold.py [PATH] [--assume COLUMN=VALUE] [--prefer METHOD] [--folds]
    python benchmarks/gold.py --export FACTS.csv TRUTH.csv BASE_MODELS.csv

The rows are tests/golden/epoch_2025.csv: what Epoch AI's database said of 476 models in mid 2025 and, apart, the
training compute that it published of them; epoch_2025_base_models.csv is the compute of base models. Or PATH has other
rows in the layout of the database's download (epoch_dev.csv), their figures (epoch_dev_truth.csv) and base models
(epoch_dev_reference.csv). Nothing of the truth is an input. With --folds the margins of intervals are fitted ten times
on nine tenths of the rows and judged on the others, beside what version 0.1.0 answered; and the same rows are ranked by
the width of their own interval, narrowest first, to show how close the surest of them are. --export ranks the rows of a
later export of the database with the margins as they are: FACTS.csv is the download, TRUTH.csv has the published
compute by model, BASE_MODELS.csv that of base models.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from computeest import pipeline
from computeest.estimation.margins import GROUPS, of_layout
from computeest.estimation.results import CONFIDENT
from computeest.facts import frame as frames
from computeest.pipeline import annotate
from computeest.text.numbers import NINETY

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
#: The columns of the rows, as the database's own download calls them.
HEADERS = {
    "model": "Model", "published": "Publication date", "domain": "Domain", "task": "Task", "parameters": "Parameters",
    "datapoints": "Training dataset size (datapoints)", "epochs": "Epochs", "hours": "Training time (hours)",
    "chip": "Training hardware", "chips": "Hardware quantity", "chip_hours": "Training chip-hours",
    "utilization": "Hardware utilization (MFU)", "number_format": "Numerical format", "base_model": "Base model",
}

if str(Path(__file__).parent) not in sys.path:  # margins.py lies beside this, wherever it is loaded from
    sys.path.append(str(Path(__file__).parent))

WITHIN = (1.1, 1.5, 2.0, 3.0, 10.0)
#: What a miss costs, in widths of an interval beyond its end: of the score of Winkler 1972 for 90 %.
MISS = 20.0
#: A method's own calibration is shown from this many rows on.
ENOUGH = 30
#: The shares of all rows that are kept, the surest first, to show how close they are.
COVERAGES = (0.2, 0.4, 0.6, 0.67)


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


def score(rows: pd.DataFrame) -> float:
    """The mean interval score in powers of ten: the width, and 20 times how far beyond an end the truth is."""
    low, high, truth = (np.log10(rows[name].astype(float)) for name in ("flop_low", "flop_high", "truth"))
    return float((high - low + MISS * np.maximum(0.0, np.maximum(low - truth, truth - high))).mean())


def earlier(rows: Rows) -> pd.DataFrame:
    """What version 0.1.0 (commit 389d778) answered on the frozen rows."""
    return pd.read_csv(GOLDEN / "epoch_2025_version_0.1.0.csv").assign(truth=rows.truth)


def cross_validated(rows: Rows) -> pd.DataFrame:
    """Every estimated row with the interval that margins give which were fitted without it, and its group."""
    from margins import fitted, folds, of_results

    options = pipeline.Options.of(preset="epoch", reference=rows.base_models)
    results = pipeline.estimated(frames.of_frame(rows.facts), options).results
    columns, truth = results.columns, rows.truth.to_numpy(dtype=float)
    there = ~np.isnan(columns["flop"])
    known = of_results(results, truth, propagated=False)
    flop, low, high, bound = (columns[name][there] for name in ("flop", "flop_low", "flop_high", "at_least"))
    sides = [np.log(flop) - known.low, known.high - np.log(flop)]
    # what a finding of level error widened by, whatever the margin
    margin = of_layout("epoch").margin[columns["group"][there].astype(int)]
    more = [np.sqrt(np.maximum(np.log(ratio) ** 2 - (side + margin) ** 2, 0.0))
            for side, ratio in zip(sides, (flop / low, high / flop), strict=True)]
    ends = [np.empty(len(flop)), np.empty(len(flop))]
    for here in folds(len(flop)):
        common, groups = fitted(known.part(~here))
        own = np.array([groups.get(name, common) for name in known.group[here]])
        for end, side, beyond in zip(ends, sides, more, strict=True):
            end[here] = np.hypot(side[here] + own, beyond[here])
    found = joined(rows, {})[there].assign(group=known.group, bound=bound > 0)
    found = found.assign(flop_low=flop * np.exp(-ends[0]), flop_high=np.where(bound > 0, high, flop * np.exp(ends[1])))
    widest = np.maximum(np.log(found["flop_high"] / flop), np.log(flop / found["flop_low"])) / NINETY
    return found.assign(sure=widest <= CONFIDENT)


def comparison(rows: Rows) -> str:
    """How close and how sure, beside version 0.1.0, as a table of Markdown."""
    lines = ["| version | estimated | within 1.1x | 1.5x | 2x | 3x | 90 % interval holds | interval score | median high"
             " over low |", "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for name, found in (("this one, cross-validated", cross_validated(rows)), ("0.1.0", earlier(rows))):
        kept = found[found["flop"].notna()]
        shown = figures(found.assign(method=kept.get("method"), checks="", confidence=""))
        within = " | ".join(f"{shown.within[factor]:.1%}" for factor in WITHIN[:4])
        lines.append(f"| {name} | {len(kept) / len(rows.truth):.1%} | {within} | {shown.held:.1%} | "
                     f"{score(kept):.2f} | {shown.width:.1f}x |")
    return "\n".join(lines) + "\n"


def by_group(found: pd.DataFrame) -> str:
    """How often the cross-validated interval holds the truth, group by group, as a table of Markdown."""
    held = (found["flop_low"] <= found["truth"]) & (found["truth"] <= found["flop_high"])
    width = found["flop_high"] / found["flop_low"]
    parts = {"all": held.notna(), "all but those that are bounds": ~found["bound"],
             "confident": found["sure"], "operation counting alone": found["method"] == "operation_counting",
             "GPU time alone": found["method"] == "gpu_time",
             **{words: found["group"] == name for name, words in GROUPS.items()}}
    lines = ["| rows | n | 90 % interval holds | two standard errors of 90 % | median high over low |",
             "| --- | --- | --- | --- | --- |"]
    for name, here in parts.items():
        if count := int(here.sum()):
            lines.append(f"| {name} | {count} | {held[here].mean():.0%} | {2 * (0.09 / count) ** 0.5:.0%} | "
                         f"{width[here].median():.1f}x |")
    return "\n".join(lines) + "\n"


def surest(found: pd.DataFrame, count: int) -> pd.DataFrame:
    """The `count` estimated rows whose own intervals are narrowest; the truth has no part in the choice."""
    return found.iloc[np.argsort((found["flop_high"] / found["flop_low"]).to_numpy(), kind="stable")[:count]]


def by_sureness(found: pd.DataFrame, rows: int) -> str:
    """How close the surest estimates are, at several shares of all `rows`, as a table of Markdown."""
    lines = ["| rows kept, the surest first | of all | within 1.1x | 1.5x | 2x | 3x | 90 % interval holds |"
             " interval score | widest interval kept |", "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for count in sorted({round(share * rows) for share in COVERAGES if share * rows < len(found)} | {len(found)}):
        if not count:
            continue
        kept = surest(found, count)
        shown = figures(kept.assign(checks="", confidence=""))
        within = " | ".join(f"{shown.within[factor]:.1%}" for factor in WITHIN[:4])
        widest = (kept["flop_high"] / kept["flop_low"]).max()
        lines.append(f"| {count} | {count / rows:.1%} | {within} | {shown.held:.1%} | {score(kept):.2f} | "
                     f"{widest:,.{int(widest < 10)}f}x |")
    return "\n".join(lines) + "\n"


def exported(facts: Path, truth: Path, base_models: Path) -> Rows:
    """The rows of a later export whose compute is published, each model once."""
    table = pd.read_csv(facts, dtype=str)
    published = pd.read_csv(truth).drop_duplicates("Model").set_index("Model")["Training compute (FLOP)"]
    table = table[table["Model"].isin(published.index)].drop_duplicates("Model").reset_index(drop=True)
    known = pd.read_csv(base_models).set_index("model")["compute"]
    return Rows(table, table["Model"].map(published).astype(float), known.to_dict())


def of_export(rows: Rows) -> str:
    """How close the surest are of all rows of an export, and of those whose model is not among the frozen rows."""
    found = joined(rows, {})
    new = ~rows.facts["Model"].isin(frozen().facts["Model"])
    return "\n".join(f"{name}:\n\n" + by_sureness(part[part["flop"].notna()], len(part))
                     for name, part in (("all rows", found), ("rows that no margin was fitted on", found[new])))


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
    parser.add_argument("--folds", action="store_true")
    parser.add_argument("--export", type=Path, nargs=3, metavar=("FACTS", "TRUTH", "BASE_MODELS"))
    arguments = parser.parse_args()
    if arguments.export:
        print(of_export(exported(*arguments.export)))
        return
    if arguments.folds:
        found = cross_validated(frozen())
        print(comparison(frozen()), by_sureness(found, len(frozen().truth)), by_group(found), sep="\n")
        return
    assume = dict(pair.split("=", 1) for pair in arguments.assume)
    print(report(figures(joined(downloaded(arguments.path) if arguments.path else frozen(), assume, arguments.prefer))))


if __name__ == "__main__":
    main()
