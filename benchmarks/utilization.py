"""Utilization of full runs, and what predicts it best for a developer whose runs were not seen: docs/utilization.md.

    python benchmarks/utilization.py [--write]

The runs are tests/golden/independent_runs.csv: 6 x active parameters x tokens over all accelerator hours at the dense
peak of the format stated. Each model is fitted on the runs of all developers but one and judged on that one: the share
within 2x, the mean interval score of Winkler 1972 (width and 20 times what the truth lies beyond, natural log) and the
mean width. Last come the defaults as they are. tests/golden/mlperf_shares.csv has what tuned runs reach. --write makes
the table and the plot (docs/utilization.svg, which needs matplotlib).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from computeest import annotate
from computeest.text.numbers import NINETY

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- models: written by python benchmarks/utilization.py --write -->\n", "<!-- end -->"
#: What the field takes where nothing else is known, and the spread of what is known of one run alone.
USUAL, ALONE = 0.30, 0.80
GENERATIONS = {"V100": "Volta", "A100": "Ampere A100", "H100": "Hopper", "H800": "Hopper"}
#: Middle and one-sigma spread of ln utilization, for a run, from other developers' runs.
Model = Callable[[pd.DataFrame, Any], tuple[float, float]]


def runs() -> pd.DataFrame:
    """The runs, with the generation of their chips, their utilization, and what is said of accelerator time alone."""
    found = pd.read_csv(ROOT / "tests" / "golden" / "independent_runs.csv")
    facts = found[["model", "published", "chip", "number_format"]].assign(
        domain="Language", chip_time=[f"{hours} chip * hour" for hours in found["chip_hours"]])
    answers = annotate(facts)
    capacity = answers["flop"] / answers["utilization"]
    truth = 6.0 * found["active_parameters"] * found["tokens_seen"]
    return found.assign(
        generation=[next(name for chip, name in GENERATIONS.items() if chip in text) for text in found["chip"]],
        used=truth / capacity, shipped=answers["utilization"], size=np.log10(found["active_parameters"] / 7e9),
        low=answers["flop_low"] / capacity, high=answers["flop_high"] / capacity)


def one_constant(known: pd.DataFrame, _run: Any) -> tuple[float, float]:
    """The median of all."""
    logs = np.log(known["used"])
    return float(logs.median()), float(logs.std())


def by_generation(known: pd.DataFrame, run: Any) -> tuple[float, float]:
    """The median of the generation, from eight runs on."""
    logs = np.log(known.loc[known["generation"] == run.generation, "used"])
    return (float(logs.median()), float(logs.std())) if len(logs) >= 8 else (float(np.log(USUAL)), ALONE)


def by_generation_mean(known: pd.DataFrame, run: Any) -> tuple[float, float]:
    """The geometric mean of the generation, which one run more or less moves less than the median of twenty."""
    middle, sigma = by_generation(known, run)
    logs = np.log(known.loc[known["generation"] == run.generation, "used"])
    return (float(logs.mean()) if len(logs) >= 8 else middle), sigma


def by_size(known: pd.DataFrame, run: Any) -> tuple[float, float]:
    """The generation's own line over the logarithm of the active parameters."""
    part = known[known["generation"] == run.generation]
    if len(part) < 8:
        return float(np.log(USUAL)), ALONE
    slope, start = np.polyfit(part["size"], np.log(part["used"]), 1)
    rest = np.log(part["used"]) - (start + slope * part["size"])
    return float(start + slope * run.size), float(rest.std(ddof=2))


def of_ceiling(known: pd.DataFrame, run: Any) -> tuple[float, float]:
    """A constant share of what tuned language models reach on the generation (encoders, where no decoders were run)."""
    table = ceiling()
    share = np.log(known["used"] / known["generation"].map(table))
    return float(share.median() + np.log(table[run.generation])), float(share.std())


def ceiling() -> dict[str, float]:
    """The median share of the dense 16-bit peak of tuned language models by generation."""
    table = pd.read_csv(ROOT / "tests" / "golden" / "mlperf_shares.csv").set_index(["network", "generation"])["median"]
    found = {}
    for name in set(GENERATIONS.values()):
        kinds = ("transformer decoder", "transformer encoder", "convolution")
        found[name] = float(table[next(kind for kind in kinds if (kind, name) in table), name])
    return found


MODELS: dict[str, Model] = {"one constant": one_constant, "a constant by generation, the median": by_generation,
                            "a constant by generation, the geometric mean": by_generation_mean,
                            "generation and size": by_size, "a share of the tuned runs' ceiling": of_ceiling}


def scored(table: pd.DataFrame, low: Any, middle: Any, high: Any) -> tuple[float, float, float, float]:
    """Share within 2x, share held, interval score, mean width as a factor; all from natural logs."""
    truth = np.log(table["used"].to_numpy())
    beyond = np.maximum(0.0, np.maximum(low - truth, truth - high))
    return (float((np.abs(middle - truth) <= np.log(2)).mean()), float((beyond == 0).mean()),
            float((high - low + 20 * beyond).mean()), float(np.exp((high - low).mean())))


def without_its_developer(table: pd.DataFrame, model: Model) -> tuple[float, float, float, float]:
    """A model's scores, each run judged by what others' runs say."""
    said = [model(table[table["developer"] != run.developer], run) for run in table.itertuples()]
    middle, sigma = (np.array(part) for part in zip(*said, strict=True))
    return scored(table, middle - NINETY * sigma, middle, middle + NINETY * sigma)


def report(table: pd.DataFrame) -> str:
    """The models' scores as a table of Markdown, and that of the defaults as they are."""
    rows = {name: without_its_developer(table, model) for name, model in MODELS.items()}
    rows["the defaults of the tool, as they are"] = scored(
        table, *(np.log(table[name].to_numpy()) for name in ("low", "shipped", "high")))
    lines = ["| model | within 2x | 90 % interval holds | interval score | from low to high |", "| --- " * 5 + "|"]
    lines += [f"| {name} | {near:.0%} | {held:.0%} | {score:.2f} | {width:.1f}x |"
              for name, (near, held, score, width) in rows.items()]
    return "\n".join(lines) + "\n"


def medians(table: pd.DataFrame) -> str:
    """The runs by generation, as a table of Markdown."""
    lines = ["| chips | runs | median | lowest | highest | spread of ln | tuned language models |", "| --- " * 7 + "|"]
    tuned = ceiling()
    for name, part in table.groupby("generation"):
        logs = np.log(part["used"])
        spread = f"{logs.std():.2f}" if len(part) > 1 else ""
        lines.append(f"| {name} | {len(part)} | {part['used'].median():.3f} | {part['used'].min():.3f} | "
                     f"{part['used'].max():.3f} | {spread} | {tuned[str(name)]:.2f} |")
    return "\n".join(lines) + "\n"


def draw(table: pd.DataFrame, path: Path) -> None:
    """The runs over their size, the defaults with their 90 % and the tuned runs' median, by generation."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "computeest"
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
    for panel, name in zip(panels, ("Ampere A100", "Hopper"), strict=True):
        part = table[table["generation"] == name]
        panel.axhspan(part["low"].median(), part["high"].median(), color="#4c72b0", alpha=0.15,
                      label="default, 90 %")
        panel.axhline(part["shipped"].median(), color="#4c72b0", label="default")
        panel.axhline(ceiling()[name], color="#999999", linestyle="--", label="tuned runs, median")
        panel.scatter(part["active_parameters"], part["used"], s=18, color="black", zorder=3, label="full runs")
        panel.set(xscale="log", yscale="log", ylim=(0.04, 1.0), title=name, xlabel="active parameters")
    panels[0].set_ylabel("share of the dense peak, all hours")
    panels[1].legend(fontsize=7, loc="lower right")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    table = runs()
    made = medians(table) + "\n" + report(table)
    if not parser.parse_args().write:
        print(made)
        return
    page = ROOT / "docs" / "utilization.md"
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    page.write_text(before + BEGIN + made + END + rest.partition(END)[2], "utf-8")
    draw(table, ROOT / "docs" / "utilization.svg")


if __name__ == "__main__":
    main()
