"""How far the fitted rates depend on choices that nobody can settle from the papers: the same records, read otherwise.

    python examples/imagenet/sensitivity.py records.csv

`records.csv` is what `computeest annotate examples/imagenet/models.csv -o records.csv` writes.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from computeest.progress import SINGLE, Centre, FrontierFit, Priors, fit_frontier, fit_irreducible, observations
from computeest.progress.records import read_table

#: The centre of Erdil and Besiroglu 2022, so that the priors mean the same.
CENTRE = Centre(2012.0, 4.7e17, 1e6)
RESAMPLES = 300

Reading = Callable[[pd.DataFrame], pd.DataFrame]


def macs_as_one(frame: pd.DataFrame) -> pd.DataFrame:
    """Compute as if the papers' multiply-adds had been taken for FLOP, in the rows that state them."""
    stated = frame["forward_macs"].notna()
    return frame.assign(flop=np.where(stated, frame["flop"] / 2, frame["flop"]))


def by_hardware(frame: pd.DataFrame) -> pd.DataFrame:
    """Compute from accelerator time where a row has it."""
    return frame.assign(flop=frame["flop_by_gpu_time"].fillna(frame["flop"]))


def best_of_each_paper(frame: pd.DataFrame) -> pd.DataFrame:
    """One model a paper: siblings share their algorithms and most of their errors."""
    return frame.loc[frame.groupby("link")["score"].idxmax()]


READINGS: dict[str, Reading] = {
    "all records": lambda frame: frame,
    "multiply-adds taken for FLOP where stated": macs_as_one,
    "hardware time where known": by_hardware,
    "best model of each paper": best_of_each_paper,
    "trained on ImageNet-1k alone": lambda frame: frame[frame["training_examples"] < 2e6],
    "without networks trained in under 1e18 FLOP": lambda frame: frame[frame["flop"] >= 1e18],
    "published 2017 or later": lambda frame: frame[frame["year"] >= 2017.0],
    "checked rows only": lambda frame: frame[frame["note"].str.contains("checked against")],
    "checked against the authors' repositories": lambda frame: frame[frame["note"].str.contains("authors' repositor")],
}


def line(name: str, fit: FrontierFit) -> str:
    """One row of the table."""
    growth = fit.growth()["effective_compute"]
    months = fit.doubling_months().point
    interval = f"[{growth.low:5.2f}, {growth.high:5.2f}]"
    others = 1.0 - fit.modes[0].weight
    return f"{name:46} {fit.n:4} {months:9.1f} {growth.point:7.2f} {interval:15} {others:7.2f}\n"


def main() -> None:
    """Print one line a reading."""
    frame = read_table(Path(sys.argv[1]))
    write = sys.stdout.write
    write(f"{'reading':46} {'n':>4} {'doubling':>9} {'growth':>7} {'95 % interval':15} {'other':>7}\n")
    write(f"{'':46} {'':4} {'(months)':>9} {'(ln/yr)':>7} {'(ln/yr)':15} {'modes':>7}\n")
    for name, reading in READINGS.items():
        write(line(name, fit_frontier(observations(reading(frame), CENTRE), resamples=RESAMPLES, starts=4)))
    seen = observations(frame, CENTRE)
    for width in (0.045, 0.2):
        fit = fit_frontier(seen, priors=Priors(slope=width), resamples=RESAMPLES, starts=4)
        write(line(f"slope prior {width:g} instead of 0.09", fit))
    floored, _ = fit_irreducible(seen)
    fit = fit_frontier(seen, floored, resamples=RESAMPLES, starts=4)
    write(line(f"irreducible error {1 - floored.ceiling:.3f}, fitted", fit))
    write(line("one sigmoid", fit_frontier(seen, SINGLE, resamples=RESAMPLES, starts=4)))


if __name__ == "__main__":
    main()
