"""How fast a bootstrapped frontier fit is, against scipy with numerical gradients in the same run.

    python benchmarks/progress.py [TABLE] [--resamples 1000] [--starts 10]

Without a table, 97 records are simulated from the published fit of Erdil and Besiroglu 2022. TABLE is that paper's
dataset. scipy fits a few resamples, one start after the other, and its time is scaled to the whole bootstrap.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import perf_counter

import numpy as np

from computeest.progress import PRODUCT, Observations, Priors, fit_frontier
from computeest.progress.modes import random_starts
from computeest.progress.presets import ERDIL_BESIROGLU_2022
from computeest.progress.records import Centre, observations, read_table

SCIPY_RESAMPLES = 5


def simulated(count: int = 97) -> Observations:
    """Records drawn from the published fit, over years, compute and data like those of ImageNet models."""
    rng = np.random.default_rng(0)
    year = 2012.5 + 10.0 * rng.beta(3.0, 1.5, size=count)
    large = rng.random(count) < 0.35
    data = np.where(large, 10.0 ** rng.uniform(7.1, 9.5, count), 1.28e6)
    compute = 10.0 ** (17.7 + 0.3 * (year - 2012.0) + rng.normal(0.0, 0.8, count) + 1.5 * large)
    centre: Centre = ERDIL_BESIROGLU_2022.centre
    blank = Observations(("",) * count, year, compute, data, np.full(count, 0.5), data * np.nan, centre, {})
    vector = np.array(list(ERDIL_BESIROGLU_2022.published.values()))
    log_odds = PRODUCT.log_odds(PRODUCT.accuracy(vector[None, :-1], blank.columns())[0])
    score = 1.0 / (1.0 + np.exp(-(log_odds + np.exp(vector[-1]) * rng.normal(size=count))))
    return Observations(blank.model, year, compute, data, score, blank.parameters, centre, {})


def scipy_seconds(seen: Observations, starts: int) -> float:
    """Seconds that scipy's BFGS takes for one search of the same posterior, all seven parameters free."""
    from scipy.optimize import minimize

    columns, widths = seen.columns(), np.append(Priors().widths(PRODUCT), 1.0)
    log_odds = PRODUCT.log_odds(seen.score)
    rng = np.random.default_rng(1)
    began = perf_counter()
    for _ in range(SCIPY_RESAMPLES):
        weights = rng.multinomial(len(seen), np.full(len(seen), 1 / len(seen)))

        def loss(vector: np.ndarray, weights: np.ndarray = weights) -> float:
            compute, data = (vector[part] @ factor.design(columns).T
                             for factor, part in zip(PRODUCT.factors, PRODUCT.slices, strict=True))
            error = log_odds + np.logaddexp(np.logaddexp(-compute, -data), -compute - data)
            squares = (weights * error**2).sum()
            prior = 0.5 * ((vector / widths) ** 2).sum()
            return weights.sum() * vector[-1] + 0.5 * squares * np.exp(-2 * vector[-1]) + prior

        for start in random_starts(rng, PRODUCT, Priors(), starts):
            minimize(loss, np.append(start, -1.0), method="BFGS")
    return (perf_counter() - began) / (SCIPY_RESAMPLES * starts)


def main() -> None:
    """Time both and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", nargs="?", type=Path)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--starts", type=int, default=10)
    asked = parser.parse_args()
    if asked.table is None:
        seen = simulated()
    else:
        preset = ERDIL_BESIROGLU_2022
        seen = observations(preset.records(read_table(asked.table))[0], preset.centre, required=preset.required)
    began = perf_counter()
    fit = fit_frontier(seen, resamples=asked.resamples, starts=asked.starts, seed=1)
    ours = perf_counter() - began
    searches = asked.resamples * asked.starts
    theirs = scipy_seconds(seen, asked.starts) * searches
    doubling = fit.doubling_months()
    print(f"{len(seen)} records, {asked.resamples} resamples x {asked.starts} starts")
    print(f"doubling time {doubling.point:.2f} months [{doubling.low:.2f}, {doubling.high:.2f}]")
    print(f"batched Newton     {ours:8.2f} s    {1e6 * ours / searches:10.1f} us a search")
    print(f"scipy BFGS         {theirs:8.2f} s    {1e6 * theirs / searches:10.1f} us a search "
          f"(measured on {SCIPY_RESAMPLES} resamples)")
    print(f"ratio              {theirs / ours:8.1f}")


if __name__ == "__main__":
    main()
