"""The model variants side by side, on the same records."""

from __future__ import annotations

import numpy as np

from computeest.progress.fit import doubling_months, fit_frontier, fit_irreducible
from computeest.progress.leave_one_out import foresight
from computeest.progress.model import PRODUCT, SINGLE, SINGLE_WITH_SIZE, FrontierModel
from computeest.progress.posterior import Priors
from computeest.progress.records import Observations


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
            "modes": len(fit.modes), "doubling_months": doubling_months(fit.parameters)}
