"""A frontier fitted with a bootstrap: the records, and what scipy takes for one search of the same posterior.

    python benchmarks/frontier.py

Prints seconds as JSON: the first fit of this process and the next ones, each of 1,000 resamples, and one search by
scipy's BFGS with numerical gradients. Only what version 0.1.0 has too is imported, so that `compare.py` can ask it.
"""

from __future__ import annotations

import json
import statistics
from time import perf_counter

import numpy as np

from computeest.progress import PRODUCT, Observations, Priors, fit_frontier
from computeest.progress.modes import random_starts
from computeest.progress.presets import ERDIL_BESIROGLU_2022
from computeest.progress.records import Centre

SCIPY_RESAMPLES = 5


def simulated(count: int = 97, seed: int = 0) -> Observations:
    """Records drawn from the published fit, over years, compute and data like those of ImageNet models."""
    rng = np.random.default_rng(seed)
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


def fitted(seen: Observations, seed: int) -> float:
    """Seconds of one fit with 1,000 resamples."""
    began = perf_counter()
    fit_frontier(seen, resamples=1000, seed=seed)
    return perf_counter() - began


if __name__ == "__main__":
    records = simulated()
    first = fitted(records, 1)
    later = statistics.median(fitted(records, seed) for seed in (2, 3, 4))
    print(json.dumps({"first": first, "later": later, "scipy": scipy_seconds(records, 2)}))
