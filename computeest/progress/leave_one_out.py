"""Leave-one-out: how well a fit without a record foresees that record, to choose priors and compare models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from computeest.progress.fit import doubling_months, fit_frontier, fit_irreducible
from computeest.progress.identify import reduced
from computeest.progress.model import PRODUCT, SINGLE, SINGLE_WITH_SIZE, FrontierModel
from computeest.progress.modes import find_modes, maximize, problem, random_starts
from computeest.progress.posterior import Priors
from computeest.progress.process import factor_per_year
from computeest.progress.records import Observations

#: Prior widths tried for the slopes, per year and per factor e.
WIDTHS = (0.01, 0.02, 0.03, 0.045, 0.06, 0.09, 0.13, 0.2, 0.3, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Foresight:
    """How well records are foreseen by fits to all the others."""

    slope_prior: float
    #: Mean log density of a left-out score; higher is better.
    log_density: float
    #: Root mean square error of a left-out score, as a fraction.
    rms_error: float

    def to_dict(self) -> dict[str, float]:
        """The three numbers by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def foresight(seen: Observations, model: FrontierModel = PRODUCT, priors: Priors | None = None, *,
              starts: int = 4, seed: int = 0) -> Foresight:
    """Leave each record out in turn; the fits climb from the full sample's modes, and the best one counts."""
    priors = priors or Priors()
    model, _ = reduced(model.scaled_to(seen.score), seen)
    full = problem(seen, model, priors)
    rng = np.random.default_rng(seed)
    modes = find_modes(full, seen, random_starts(rng, model, priors, 10 * starts))
    begin = np.array([mode.vector()[:-1] for mode in modes])
    count = len(seen)
    weights = np.repeat(1.0 - np.eye(count), len(begin), axis=0)
    optima = maximize(problem(seen, model, priors, weights), np.tile(begin, (count, 1)))
    best = optima.objective.reshape(count, -1).argmin(axis=1) + np.arange(count) * len(begin)
    chosen = optima.take(best)
    predicted = np.diagonal(model.accuracy(chosen.coefficients, seen.columns()))
    error = model.log_odds(seen.score) - model.log_odds(predicted)
    density = -0.5 * (error * np.exp(-chosen.delta)) ** 2 - chosen.delta - 0.5 * np.log(2 * np.pi)
    density = density + model.log_jacobian(seen.score)
    return Foresight(priors.slope, float(density.mean()), float(np.sqrt(((seen.score - predicted) ** 2).mean())))


def choose_slope_prior(seen: Observations, model: FrontierModel = PRODUCT, priors: Priors | None = None,
                       widths: Sequence[float] = WIDTHS) -> tuple[Priors, list[Foresight]]:
    """The slope prior that foresees left-out records best, and how each one tried did."""
    priors = priors or Priors()
    tried = [foresight(seen, model, replace(priors, slope=width)) for width in widths]
    best = max(tried, key=lambda row: row.log_density)
    return replace(priors, slope=best.slope_prior), tried


def compare_models(seen: Observations, priors: Priors | None = None) -> list[dict[str, object]]:
    """One row a variant: likelihood, foresight of left-out records, doubling time, and what an error floor changes."""
    variants: list[FrontierModel] = [PRODUCT, SINGLE]
    if np.isfinite(seen.parameters).all():
        variants.append(SINGLE_WITH_SIZE)
    variants.append(fit_irreducible(seen, PRODUCT, priors)[0])
    return [_row(seen, model, priors) for model in variants]


def _row(seen: Observations, model: FrontierModel, priors: Priors | None) -> dict[str, object]:
    fit = fit_frontier(seen, model, priors)
    ahead = foresight(seen, model, priors)
    floor = 1.0 - model.ceiling
    return {"model": model.name + (" with irreducible error" if floor else ""), "irreducible_error": floor,
            "parameters": len(model.parameters) + bool(floor), "log_likelihood": fit.log_likelihood,
            "left_out_log_density": ahead.log_density, "left_out_rms_error": ahead.rms_error,
            "doubling_months": doubling_months(fit.parameters),
            "factor_per_year": factor_per_year(doubling_months(fit.parameters)), "modes": len(fit.modes),
            "other_modes": "; ".join(f"{mode.weight:.2g}: {doubling_months(mode.parameters):.3g} months"
                                     for mode in fit.modes[1:]) or None}
