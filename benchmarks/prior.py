"""What models may have taken whose facts allow no method: computeest/prior.yaml.

    python benchmarks/prior.py [--write]

Least squares of ln training compute over what is known (parameters, year, chips, language) on the rows of
tests/golden/epoch_2025.csv, one fit for each set of facts. `reach` is the conformal quantile of the distances (natural
log) of the rows that no method could estimate, each predicted without its tenth of the rows.
"""

from __future__ import annotations

import argparse
import datetime
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from gold import frozen
from margins import folds, quantile

from computeest import pipeline
from computeest.estimation.prior import features
from computeest.facts import frame as frames

HEAD = """\
# What a model may have taken, ln FLOP, from what is known of it: for rows that no method can estimate, and never their
# answer. Written by `python benchmarks/prior.py --write` from rows of Epoch AI's database (epoch.ai/data, mid 2025,
# CC BY 4.0: tests/golden/epoch_2025.csv). parameters and chips by their natural log, published in years from 2020,
# language 1 or 0; of cost (dollars) and energy (joules) what the chips of language models do for them. `reach` is half
# the width of the 90 % interval, `median` the median distance of rows not estimated.
"""


def solved(columns: list[Any], logs: Any) -> Any:
    """The coefficients, the constant last."""
    return np.linalg.lstsq(np.column_stack([*columns, np.ones(len(logs))]), logs, rcond=None)[0]


def fits() -> dict[str, dict[str, float]]:
    """A fit for each set of facts, the fewer first, those with more after."""
    rows = frozen()
    results = pipeline.estimated(frames.of_frame(rows.facts),
                                    pipeline.Options.of(preset="epoch", reference=rows.base_models)).results
    known, logs = features(results.spec, results.first), np.log(rows.truth.to_numpy(dtype=float))
    without = np.isnan(results.columns["flop"])
    found = {}
    for count in (1, 2, 3):
        for used in combinations(("published", "chips", "parameters"), count):
            there = np.logical_and.reduce([~np.isnan(known[name]) for name in used])
            columns = [known[name] for name in (*used, "language")]
            guess = np.full(len(logs), np.nan)
            for here in folds(len(logs)):
                fit = solved([column[there & ~here] for column in columns], logs[there & ~here])
                part = there & here
                guess[part] = np.column_stack([*(c[part] for c in columns), np.ones(int(part.sum()))]) @ fit
            # of few rows without an estimate nothing is known apart: all rows then
            judged = there & without if (there & without).sum() >= 30 else there
            off = np.abs(guess - logs)[judged]
            fit = solved([column[there] for column in columns], logs[there])
            names = (*used, "language", "constant")
            found["+".join(used)] = {name: round(float(value), 4) for name, value in zip(names, fit, strict=True)} | {
                "reach": round(quantile(off), 2), "median": round(float(np.median(off)), 2), "rows": int(judged.sum())}
    return found


#: FLOP for a joule and for a dollar, over all of a run, with ten times to either side: language models on V100 (0.30 of
#: 125 TFLOP/s, 300 W, 2 USD an hour), A100 (0.38 of 312, 400 W, 1.5 USD) and H100 (0.20 of 989, 700 W, 3 USD) do
#: 1.3e11, 3.0e11 and 2.8e11 FLOP for a joule, 7e16, 2.8e17 and 2.4e17 for a dollar; P100 in single precision a tenth.
STATED = {"energy": 2.0e11, "cost": 1.5e17}


def of_money_and_energy() -> dict[str, dict[str, float]]:
    """What a joule or a dollar does, as fits of the same form."""
    return {name: {name: 1.0, "language": 0.0, "constant": round(float(np.log(flop)), 4), "reach": 2.3}
            for name, flop in STATED.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    found = {"date": datetime.date.today(), "fits": fits() | of_money_and_energy()}
    text = HEAD + yaml.safe_dump(found, sort_keys=False, width=160, default_flow_style=None)
    if parser.parse_args().write:
        Path(str(files("computeest").joinpath("prior.yaml"))).write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
