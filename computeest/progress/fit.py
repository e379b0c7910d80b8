"""The frontier fit: how fast algorithms make compute and data go further, with what the sample leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log

import numpy as np

from computeest.progress.bootstrap import (
    Bootstrap,
    Summary,
    bootstrap,
    bootstrap_with_errors,
    expanded_level,
    parameter_summary,
    summary,
    unbiased,
    wider,
)
from computeest.progress.errors import (
    Errors,
    balance,
    bias_of,
    calibrate,
    cluster_weights,
    designs_of,
    shared_shifts,
    with_calibrated,
)
from computeest.progress.identify import Identifiability, identify, reduced
from computeest.progress.model import PRODUCT, Array, FrontierModel
from computeest.progress.modes import Mode, find_modes, problem, random_starts
from computeest.progress.posterior import Priors
from computeest.progress.process import factors_per_year
from computeest.progress.records import Centre, Observations, ProgressError
from computeest.text.numbers import NINETY

#: Searches on the full sample for each one on a resample: every mode has to turn up.
_POINT_STARTS = 20
_MONTHS = 12.0
#: A mode of this weight can be reported alone.
_SURE = 0.95


@dataclass(frozen=True, slots=True)
class FrontierFit:
    """A frontier model fitted to records: the mode of highest posterior density, the others, and the bootstrap."""

    model: FrontierModel
    priors: Priors
    centre: Centre
    n: int
    excluded: Mapping[str, int]
    modes: tuple[Mode, ...]
    bootstrap: Bootstrap | None
    starts: int
    seed: int
    level: float
    #: What was carried into the fit beside the records: errors in compute, papers; None where nothing was.
    errors: Errors | None = None
    identifiability: Identifiability | None = None
    notes: tuple[str, ...] = ()
    #: The irreducible error with what the records leave open of it; None where it was not fitted.
    irreducible: Mapping[str, float] | None = None
    #: Who chose the width of the slopes' prior.
    slope_prior_by: str = "default"

    @property
    def parameters(self) -> Mapping[str, float]:
        """The point fit."""
        return self.modes[0].parameters

    @property
    def log_likelihood(self) -> float:
        """Log density of the scores at the point fit."""
        return self.modes[0].log_likelihood

    @property
    def draws(self) -> Array | None:
        """Bootstrap parameter vectors in the point fit's mode."""
        return None if self.bootstrap is None else self.bootstrap.draws

    def vector(self) -> Array:
        """The point fit in the model's order."""
        return self.modes[0].vector()

    def estimates(self) -> dict[str, Summary]:
        """Every parameter with its bootstrap standard error and interval."""
        draws = self.draws
        return {
            name: parameter_summary(name, point, None if draws is None else draws[:, i], self.level)
            for i, (name, point) in enumerate(zip(self.model.parameters, self.vector(), strict=True))
        }

    def doubling_months(self) -> Summary:
        """Months in which better algorithms do as much as doubling the compute: 12 ln 2 a_c / a_y."""
        return self._ratio("a_c", "a_y", _MONTHS * log(2.0))

    def growth(self) -> dict[str, Summary]:
        """Growth of effective compute and of effective data in a year, as a difference of logs."""
        growth = {"effective_compute": self._ratio("a_y", "a_c", 1.0)}
        if "b_y" in self.model.parameters and "b_d" in self.model.parameters:
            growth["effective_data"] = self._ratio("b_y", "b_d", 1.0)
        return growth

    def doubling_in_any_mode(self) -> Summary:
        """The doubling time where each resample may choose another mode than the point fit's."""
        return self._ratio("a_c", "a_y", _MONTHS * log(2.0), any_mode=True)

    def warnings(self) -> list[str]:
        """What the point estimate does not show: a second mode of weight, a rate whose sign is open."""
        found = list(self.notes)
        if self.modes[0].weight < _SURE:
            found.append(f"the point fit holds {self.modes[0].weight:.0%} of the posterior; the rest is in other modes")
        growth = self.growth()["effective_compute"]
        if self.parameters["a_c"] < 0.0:
            found.append("more compute makes scores fall at this fit: the doubling time means nothing (are the scores "
                         "error rates?)")
        elif growth.low is not None and growth.high is not None and growth.low <= 0.0 <= growth.high:
            found.append("growth of effective compute may be zero: the doubling time is not determined")
        elif growth.point < 0.0:
            found.append("effective compute falls: the doubling time is negative, and is a halving time")
        if self.identifiability is not None:
            found += self.identifiability.warnings()
        if self.errors is not None:
            found += self.errors.warnings()
        return found

    def _ratio(self, above: str, below: str, factor: float, *, any_mode: bool = False) -> Summary:
        top, bottom = (self.model.parameters.index(name) for name in (above, below))
        vectors = None if self.bootstrap is None else self.bootstrap.best if any_mode else self.bootstrap.draws
        point = self.vector()
        with np.errstate(divide="ignore", invalid="ignore"):  # a resample of one size tells nothing of sizes
            draws = None if vectors is None else factor * vectors[:, top] / vectors[:, bottom]
        level = self.level
        if self.errors is not None:
            level = expanded_level(level, self.errors.clusters or self.n, len(self.model.parameters))
        found = summary(factor * point[top] / point[bottom], draws, level)
        if self.errors is None:
            return found
        bias = self.errors.bias if {above, below} == {"a_c", "a_y"} else 1.0
        return unbiased(wider(found), bias if above == "a_c" else 1.0 / bias)

    def to_dict(self) -> dict[str, object]:
        """The fit as plain numbers, for JSON."""
        return {
            "model": self.model.name,
            "parameters": dict(self.parameters),
            "log_likelihood": self.log_likelihood,
            "n": self.n,
            "excluded": dict(self.excluded),
            "doubling_months": self.doubling_months().to_dict(),
            "growth_per_year": {name: value.to_dict() for name, value in self.growth().items()},
            "estimates": {name: value.to_dict() for name, value in self.estimates().items()},
            "factor_per_year": factors_per_year(self.doubling_months().to_dict(), "point"),
            "modes": self.modes_dict(),
            "bootstrap": self._bootstrap_dict(),
            "centre": self.centre.to_dict(),
            "priors": {"intercept": self.priors.intercept, "slope": self.priors.slope, "delta": self.priors.delta,
                       "slope_chosen_by": self.slope_prior_by},
            "irreducible_error": 1.0 - self.model.ceiling,
            "irreducible_fit": None if self.irreducible is None else dict(self.irreducible),
            "floor": self.model.floor,
            "scale": None if self.model.bounded else {"middle": self.model.middle, "spread": self.model.spread},
            "errors": None if self.errors is None else self.errors.to_dict(),
            "identifiability": None if self.identifiability is None else self.identifiability.to_dict(),
            "warnings": self.warnings(),
            "starts": self.starts,
            "seed": self.seed,
            "level": self.level,
        }

    def modes_dict(self) -> list[dict[str, object]]:
        """Every mode with its weight and rate."""
        return [{**mode.to_dict(), "doubling_months": doubling_months(mode.parameters),
                 "growth_per_year": mode.parameters["a_y"] / mode.parameters["a_c"]} for mode in self.modes]

    def _bootstrap_dict(self) -> dict[str, object] | None:
        if self.bootstrap is None:
            return None
        return {
            "resamples": self.bootstrap.resamples,
            "in_point_mode": len(self.bootstrap.draws),
            "best_in_mode": list(self.bootstrap.best_in_mode),
            "doubling_months_any_mode": self.doubling_in_any_mode().to_dict(),
        }


def doubling_months(parameters: Mapping[str, float]) -> float:
    """Months in which effective compute doubles at given parameters; negative where progress runs backwards."""
    return _MONTHS * log(2.0) * parameters["a_c"] / parameters["a_y"]


def fit_frontier(seen: Observations, model: FrontierModel = PRODUCT, priors: Priors | None = None, *,
                 resamples: int = 0, starts: int = 10, seed: int = 0, level: float = 0.95) -> FrontierFit:
    """Fit a frontier model by maximum a posteriori, find its modes, and bootstrap it."""
    priors = priors or Priors()
    if starts < 1 or resamples < 0 or not 0.0 < level < 1.0:
        raise ProgressError("expected at least one start, no fewer than 0 resamples and a level between 0 and 1")
    model, left_out = reduced(model.scaled_to(seen.score), seen)
    task = problem(seen, model, priors)
    rng = np.random.default_rng(np.random.SeedSequence(seed).spawn(3)[2])
    modes = find_modes(task, seen, random_starts(rng, model, priors, _POINT_STARTS * starts))
    drawn = bootstrap(task, modes, resamples, starts, seed) if resamples else None
    return FrontierFit(model, priors, seen.centre, len(seen), seen.excluded, modes, drawn, starts, seed, level,
                       identifiability=identify(task, modes[0], seen, left_out))


def fit_with_errors(seen: Observations, model: FrontierModel = PRODUCT, priors: Priors | None = None, *,
                    resamples: int = 0, starts: int = 10, seed: int = 0, level: float = 0.95,
                    shared: float = 1.0) -> FrontierFit:
    """Fit with the records' own errors in compute and data, and with papers whose records are alike.

    `shared` is a factor (of a 90 % interval) by which all compute estimated in one way may be off together. Without
    any of these this is `fit_frontier`.
    """
    if shared > 1.0 and seen.method is None:
        raise ProgressError("an error that compute estimated in one way shares needs a column `method` that says which")
    if shared <= 1.0 and seen.compute_error is None and seen.data_error is None and seen.cluster is None:
        return fit_frontier(seen, model, priors, resamples=resamples, starts=starts, seed=seed, level=level)
    priors = priors or Priors()
    model, left_out = reduced(model.scaled_to(seen.score), seen)
    found = calibrate(seen, np.ones((1, len(seen))))
    own = with_calibrated(seen, found)
    rng = np.random.default_rng(np.random.SeedSequence(seed).spawn(3)[2])
    begin = random_starts(rng, model, priors, _POINT_STARTS * starts)
    modes = find_modes(problem(own, model, priors), own, begin)
    weights, correlation = balance(seen, model, modes, found)
    task = problem(own, model, priors, weights[None, :])
    modes = find_modes(task, own, np.concatenate([[mode.vector()[:-1] for mode in modes], begin]))
    drawn = None
    sigma = log(shared) / NINETY
    if resamples:
        drawing = np.random.default_rng(np.random.SeedSequence(seed).spawn(5)[4])
        counts = cluster_weights(drawing, seen, resamples)
        shift = shared_shifts(drawing, seen, resamples, sigma)
        designs = designs_of(model, seen, calibrate(seen, counts, shift))
        drawn = bootstrap_with_errors(task, modes, counts * weights, designs, seed)
    biased = seen.compute_error is not None and {"a_c", "a_y"} <= set(model.parameters)
    bias = bias_of(seen, model, priors, modes[0].vector(), weights, seed) if biased else 1.0
    errors = Errors(
        None if seen.compute_error is None else float(np.median(seen.compute_error)),
        None if seen.data_error is None else float(np.median(seen.data_error)),
        None if seen.compute_error is None else float(found.reliability[0]),
        None if seen.cluster is None else len(np.unique(seen.cluster)), correlation, sigma, bias)
    return FrontierFit(model, priors, seen.centre, len(seen), seen.excluded, modes, drawn, starts, seed, level, errors,
                       identify(task, modes[0], own, left_out))


def irreducible_interval(profile: Sequence[Mapping[str, float]], level: float) -> dict[str, float]:
    """What a profile leaves open of the irreducible error, and of the doubling time with it: both prior flat."""
    mass = np.array([row["log_posterior"] for row in profile])
    weight = np.cumsum(np.exp(mass - mass.max()))
    tail = 0.5 * (1.0 - level)
    at = [int(np.searchsorted(weight / weight[-1], share)) for share in (tail, 0.5, 1.0 - tail)]
    low, median, high = (profile[min(i, len(profile) - 1)] for i in at)
    months = [row["doubling_months"] for row in profile[at[0]:at[2] + 1]]
    return {"low": low["irreducible_error"], "median": median["irreducible_error"], "high": high["irreducible_error"],
            "doubling_months_lowest": min(months), "doubling_months_highest": max(months)}


def fit_irreducible(seen: Observations, model: FrontierModel = PRODUCT, priors: Priors | None = None, *,
                    starts: int = 2, seed: int = 0, grid: int = 40) -> tuple[FrontierModel, list[dict[str, float]]]:
    """The irreducible error of highest posterior density, and the profile over all that were tried."""
    largest = float(1.0 - seen.score.max())
    profile = []
    for error in np.linspace(0.0, 0.98 * largest, grid):
        tried = fit_frontier(seen, model.with_ceiling(1.0 - float(error)), priors, starts=starts, seed=seed)
        mode = tried.modes[0]
        profile.append({"irreducible_error": float(error), "log_likelihood": mode.log_likelihood,
                        "log_posterior": mode.log_posterior, "doubling_months": doubling_months(mode.parameters)})
    best = max(profile, key=lambda row: row["log_posterior"])
    return replace(model, ceiling=1.0 - best["irreducible_error"]), profile
