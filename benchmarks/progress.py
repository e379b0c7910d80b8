"""How fast a bootstrapped frontier fit is, against scipy with numerical gradients in the same run; and studies.

    python benchmarks/progress.py [TABLE] [--resamples 1000] [--starts 10]
    python benchmarks/progress.py --study errors|records|language [--samples 100] [--write]

The studies simulate data of known rates and print how often intervals hold them: `errors` fits records whose compute is
known within a factor, `records` frontiers as processes, with and without noise; `language` runs the bootstrap and the
cross-validation of Ho et al. 2024 on the evaluations in examples/language.

Without a table, 97 records are simulated from the published fit of Erdil and Besiroglu 2022. TABLE is that paper's
dataset. scipy fits a few resamples, one start after the other, and its time is scaled to the whole bootstrap.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from frontier import SCIPY_RESAMPLES, scipy_seconds, simulated

from computeest.progress import fit_frontier
from computeest.progress.fit import fit_with_errors
from computeest.progress.loss.fit import fit_loss
from computeest.progress.loss.gain import group_gain
from computeest.progress.loss.model import VARIANTS, with_group_gain
from computeest.progress.loss.presets import HO_2024
from computeest.progress.loss.session import LossRequest, rows_of
from computeest.progress.loss.variants import compare
from computeest.progress.presets import ERDIL_BESIROGLU_2022
from computeest.progress.process import drift, running_best
from computeest.progress.records import observations, read_table
from computeest.progress.regression import least_squares
from computeest.text.numbers import NINETY


def study_errors(samples: int) -> list[str]:
    """The doubling time where compute is known exactly, within x/3 and within x/10: point, bias, coverage of 90 %."""
    rows = ["| compute known within | months, errors ignored | carried | carried over true | 90 % interval holds |",
            "| --- | --- | --- | --- | --- |"]
    return [*rows, *(errors_row(factor, name, samples) for factor, name in KNOWN)]


KNOWN = ((1.0, "exactly"), (3.0, "x/3"), (10.0, "x/10"))


def errors_row(factor: float, name: str, samples: int) -> str:
    """One line of the study: compute known within a factor."""
    truth = ERDIL_BESIROGLU_2022.published
    rate = truth["a_y"] / truth["a_c"]
    sigma = np.log(factor) / NINETY
    naive, carried, inside = [], [], 0
    for seed in range(samples):
        seen = simulated(seed=seed)
        drawn = np.exp(sigma * np.random.default_rng(10_000 + seed).normal(size=len(seen)))
        noisy = replace(seen, compute=seen.compute * drawn, compute_error=np.full(len(seen), sigma))
        naive.append(fit_frontier(replace(noisy, compute_error=None), starts=1).doubling_months().point)
        fit = fit_with_errors(noisy, resamples=100, starts=1, seed=seed, level=0.9)
        carried.append(fit.doubling_months().point)
        growth = fit.growth()["effective_compute"]
        inside += growth.low <= rate <= growth.high
    ratio = np.array(carried) / (12 * np.log(2) / rate)
    # the error of a median, by resampling the samples
    again = np.random.default_rng(0).integers(0, samples, (1000, samples))
    spread = np.median(ratio[again], axis=1).std()
    row = (f"| {name} | {np.median(naive):.1f} | {np.median(carried):.1f} | {np.median(ratio):.2f} (+- {spread:.2f}) | "
           f"{_share(inside, samples)} |")
    print(row, flush=True)
    return row


def _share(inside: int, samples: int) -> str:
    """A share of samples with its own error."""
    share = inside / samples
    return f"{share:.0%} (+- {100 * (share * (1 - share) / samples) ** 0.5:.0f})"


def study_records(samples: int) -> list[str]:
    """Frontiers that fall by one doubling a year, read as a process: coverage of 90 %, and of a regression."""
    rows = ["| series | records | process holds | regression holds | median rate |", "| --- | --- | --- | --- | --- |"]
    for name, draw in (
            ("exponential steps", lambda rng, count: _steps(rng, count, lambda r, n: r.exponential(8.0 / n[0], n[1]))),
            ("log-normal steps, sigma 1.2", lambda rng, count: _steps(
                rng, count, lambda r, n: 8.0 / n[0] * np.exp(1.2 * r.normal(size=n[1]) - 0.72))),
            ("Brownian motion", _brownian)):
        rows += [_row(name, count, samples, lambda rng, draw=draw, count=count: draw(rng, count))
                 for count in (20, 50, 100)]
    for factor in (3.0, 10.0):
        rows.append(_row(f"all models that reach the level, estimates within x/{factor:g}", 60, samples // 4,
                         lambda rng, factor=factor: _models(rng, 60, factor)))
    return rows


def _steps(rng: np.random.Generator, count: int, jump: Callable[..., np.ndarray]) -> tuple[np.ndarray, ...]:
    steps = int(rng.poisson(count))
    year = np.append(0.0, np.sort(rng.uniform(0.0, 8.0, steps)))
    return year, np.append(0.0, -np.cumsum(jump(rng, (count, steps)))), None


def _brownian(rng: np.random.Generator, count: int) -> tuple[np.ndarray, ...]:
    year = np.append(0.0, np.sort(rng.uniform(0.0, 8.0, count - 1)))
    gaps = np.diff(year)
    return year, np.append(0.0, np.cumsum(-gaps + 0.5 * np.sqrt(gaps) * rng.normal(size=count - 1))), None


def _models(rng: np.random.Generator, count: int, factor: float) -> tuple[np.ndarray, ...]:
    year, best, _ = _steps(rng, count, lambda r, n: r.exponential(8.0 / n[0], n[1]))
    sigma = np.log2(factor) / NINETY
    above = np.append(0.0, rng.exponential(1.0, len(best) - 1))
    return year, best + above + sigma * rng.normal(size=len(best)), np.full(len(best), sigma)


def _row(name: str, count: int, samples: int, draw: Callable[..., tuple[np.ndarray, ...]]) -> str:
    inside = straight = known = 0
    rates = []
    for seed in range(samples):
        year, value, error = draw(np.random.default_rng(seed))
        found = drift(year, value, 8.0, error=error, level=0.9, seed=seed)
        rates.append(found.rate)
        best = running_best(year, value)
        if found.low is None or len(best) < 3:
            continue
        known += 1
        inside += found.low <= 1.0 <= found.high
        line = least_squares(year[best], value[best], 0.9)
        straight += line.low <= -1.0 <= line.high
    row = f"| {name} | {count} | {_share(inside, known)} | {straight / known:.0%} | {np.median(rates):.2f} |"
    print(row, flush=True)
    return row


def study_language(samples: int) -> list[str]:
    """Ho et al. 2024 on examples/language: the bootstrap over every minimum, left-out errors of the best variants."""
    rows = rows_of(pd.read_csv(EVALUATIONS), LossRequest("ho-2024", group="transformer"), HO_2024)
    for delta in (0.001, 0.0025):
        fit = fit_loss(rows, VARIANTS["m7"], delta, resamples=samples, level=0.9)
        rate = fit.rates()["compute"].doubling()
        print(f"m7, delta {delta}: " + ", ".join(
            f"{mode.objective:.6f} at {fit.mode_rates(mode)['compute']:.1f} months (weight {mode.weight:.2f})"
            for mode in fit.modes))
        print(f"  bootstrap of {samples}, 5/50/95 %: " + " / ".join(
            "none" if rate[name] is None else f"{rate[name]:.2f}" for name in ("low", "median", "high")), flush=True)
    gain = fit_loss(rows, with_group_gain(VARIANTS["m7"]), 0.0025, resamples=samples, level=0.95)
    for compute in (1e22, 1e25):
        print("transformer's compute-equivalent gain", group_gain(gain, compute=compute, year=2023.0), flush=True)
    kept = np.sort(np.random.default_rng(1).permutation(len(rows))[: round(0.8 * len(rows))])
    for name, delta in (("m10", 0.001), ("m7", 0.0025), ("m19", 0.02), ("m15", 0.01), ("m8", 0.005)):
        found = compare(rows.take(kept), (delta,), [VARIANTS[name]])[0]
        print(name, delta, f"left-out error {found['left_out_error']:.5f}, objective {found['objective']:.5f}",
              flush=True)
    return []


STUDIES = {"errors": study_errors, "records": study_records, "language": study_language}
PAGE = Path(__file__).parents[1] / "docs" / "progress.md"
EVALUATIONS = Path(__file__).parents[1] / "examples" / "language" / "evaluations.csv"


def write(study: str, rows: list[str]) -> None:
    """Put a study's table into docs/progress.md, between its marks."""
    text = PAGE.read_text("utf-8")
    begin = text.index("\n", text.index(f"<!-- {study}: ")) + 1
    end = text.index("<!-- end -->", begin)
    PAGE.write_text(text[:begin] + "\n".join(rows) + "\n" + text[end:], "utf-8")


def main() -> None:
    """Time both and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", nargs="?", type=Path)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--study", choices=STUDIES)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--write", action="store_true", help="put the study's table into docs/progress.md")
    asked = parser.parse_args()
    if asked.study:
        rows = STUDIES[asked.study](asked.samples)
        if asked.write and rows:
            write(asked.study, rows)
        return
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
