"""The full posterior of a frontier model, by Hamiltonian Monte Carlo: what the point fit and its bootstrap approximate.

An extra (numpyro and arviz), imported where it is used. The true log compute of a record is a parameter: it scatters
around a trend in year and data, and its estimate scatters around it by the record's own error. Records of one paper
share an effect, and all records estimated in one way an error.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest.progress.fit import FrontierFit
from computeest.progress.loss.rates import Rate
from computeest.progress.model import Array
from computeest.progress.records import Observations, ProgressError, centred
from computeest.text.numbers import NINETY

CHAINS, DRAWS = 4, 1000
#: Vehtari et al. 2021 (arXiv:1903.08008): chains agree below this R-hat, and quantiles are steady above this size.
_AGREE, _ENOUGH = 1.01, 400.0
#: Vehtari, Gelman and Gabry 2017 (arXiv:1507.04544): above this shape of its tail a record's share is not foreseen.
_HEAVY = 0.7
#: Scales of the priors that are no part of the model: trends of compute, and of effects of papers in log-odds.
_WIDE, _EFFECT = 10.0, 0.5


@dataclass(frozen=True, slots=True)
class Chains:
    """Draws from the posterior, and how far they can be trusted."""

    #: Parameter -> draws, one row a chain; those of the model first, then of errors and papers.
    draws: Mapping[str, Array]
    r_hat: Mapping[str, float]
    ess_bulk: Mapping[str, float]
    ess_tail: Mapping[str, float]
    divergences: int
    #: Leave-one-out by Pareto-smoothed importance sampling, given each record's own compute and paper.
    loo: Mapping[str, float]
    #: Scores as other runs of the same models may have had them: one row a draw, one column a record.
    replicated: Array
    observed: Array
    level: float
    seed: int

    def flat(self, name: str) -> Array:
        """All draws of a parameter."""
        return np.asarray(self.draws[name]).reshape(-1)

    def growth(self) -> dict[str, Rate]:
        """Growth of effective compute and data in a year, and the doubling times of draws that grow."""
        found = {}
        for name, above, below in (("effective_compute", "a_y", "a_c"), ("effective_data", "b_y", "b_d")):
            if above in self.draws and below in self.draws:
                drawn = self.flat(above) / self.flat(below)
                found[name] = Rate.of(float(np.median(drawn)), drawn, self.level)
        return found

    def within(self) -> float:
        """Share of the records whose score lies within its predictive interval."""
        low, high = self.interval()
        return float(((self.observed >= low) & (self.observed <= high)).mean())

    def interval(self) -> tuple[Array, Array]:
        """Where each record's score is to be expected."""
        tail = 0.5 * (1.0 - self.level)
        low, high = np.quantile(self.replicated, [tail, 1.0 - tail], axis=0)
        return low, high

    def parameters(self) -> dict[str, dict[str, float]]:
        """Every parameter: mean, spread, quantiles, and how far the chains agree."""
        tail = 0.5 * (1.0 - self.level)
        found = {}
        for name in self.draws:
            flat = self.flat(name)
            low, median, high = map(float, np.quantile(flat, [tail, 0.5, 1.0 - tail]))
            found[name] = {"mean": float(flat.mean()), "sd": float(flat.std()), "low": low, "median": median,
                           "high": high, "r_hat": self.r_hat[name], "ess_bulk": self.ess_bulk[name],
                           "ess_tail": self.ess_tail[name]}
        return found

    def to_dict(self) -> dict[str, object]:
        """Plain numbers, the draws left out."""
        growth = self.growth()
        chains, draws = next(iter(self.draws.values())).shape
        return {"parameters": self.parameters(), "doubling_months": growth["effective_compute"].doubling(),
                "growth_per_year": {name: rate.growth() for name, rate in growth.items()}, "loo": dict(self.loo),
                "predictive": {"within_interval": self.within(), "level": self.level},
                "chains": chains, "draws": draws, "divergences": self.divergences, "level": self.level,
                "seed": self.seed, "warnings": self.warnings()}

    def warnings(self) -> list[str]:
        """Where the draws are not what they should be."""
        found = []
        worst = max(self.r_hat, key=lambda name: self.r_hat[name])
        if not self.r_hat[worst] < _AGREE:
            found.append(f"posterior: the chains do not agree (R-hat of {worst} {self.r_hat[worst]:.3f}): they may lie "
                         "in different modes; --draws for longer ones")
        fewest = min(self.ess_tail, key=lambda name: self.ess_tail[name])
        if self.ess_tail[fewest] < _ENOUGH:
            found.append(f"posterior: {fewest} has an effective sample of {self.ess_tail[fewest]:.0f} in its tails: "
                         "its interval is unsteady")
        if self.divergences:
            found.append(f"posterior: {self.divergences} steps diverged: parts of the posterior may be left out")
        if self.loo["heavy_tails"]:
            found.append(f"posterior: leaving out is not foreseen for {self.loo['heavy_tails']:.0f} records (Pareto "
                         f"k above {_HEAVY}): the sum over left-out records is rough")
        growth = self.growth()["effective_compute"]
        if growth.low is not None and growth.low <= 0.0:
            found.append(f"posterior: effective compute does not grow in {growth.without_growth:.0%} of draws; the "
                         "doubling time's interval is over the others")
        return found


def sample(fit: FrontierFit, seen: Observations, *, draws: int = DRAWS, chains: int = CHAINS, seed: int = 0,
           shared: float = 1.0) -> Chains:
    """Draw from the posterior of a fitted model; every chain starts at a draw of its own from the prior."""
    import jax
    import numpyro
    from numpyro.infer import MCMC, NUTS, init_to_sample

    numpyro.enable_x64()
    density = partial(_model, fit, seen, log(shared) / NINETY)
    kernel = NUTS(density, target_accept_prob=0.9, init_strategy=init_to_sample)
    run = MCMC(kernel, num_warmup=draws, num_samples=draws, num_chains=chains, chain_method="vectorized",
               progress_bar=False)
    run.run(jax.random.PRNGKey(seed), extra_fields=("diverging",))
    found = {name: np.asarray(value) for name, value in run.get_samples(group_by_chain=True).items()}
    fitted = found.pop("fitted")
    if not np.isfinite(fitted).all():
        raise ProgressError("the posterior could not be drawn from: are the priors too wide?")
    kept = {name: value for name, value in found.items() if value.ndim == 2}
    diverged = int(np.asarray(run.get_extra_fields()["diverging"]).sum())
    return _judged(fit, seen, kept, fitted, diverged, seed)


def _model(fit: FrontierFit, seen: Observations, shared: float) -> None:
    """The joint density of parameters, true resources, effects and scores."""
    import jax.numpy as jnp
    import numpyro
    from numpyro import distributions as dist

    model = fit.model
    widths = fit.priors.widths(model)
    theta = {name: numpyro.sample(name, dist.Normal(0.0, float(width)))
             for name, width in zip(model.coefficients, widths, strict=True)}
    delta = numpyro.sample("delta", dist.Normal(0.0, fit.priors.delta))
    columns = _resources(fit, seen, shared, "log_data" in model.columns)
    against: Any = None
    for factor in model.factors:
        argument = sum(theta[term.parameter] * _column(columns, term.column) for term in factor.terms)
        against = -argument if against is None else \
            jnp.logaddexp(jnp.logaddexp(against, -argument), against - argument)
    fitted = -against
    if seen.cluster is not None:
        scatter = numpyro.sample("paper_scatter", dist.HalfNormal(_EFFECT))
        effect = numpyro.sample("paper_effect", dist.Normal(0.0, 1.0).expand([int(seen.cluster.max()) + 1]))
        fitted = fitted + scatter * effect[seen.cluster]
    numpyro.deterministic("fitted", fitted)
    numpyro.sample("score", dist.Normal(fitted, jnp.exp(delta)), obs=model.log_odds(seen.score))


def _resources(fit: FrontierFit, seen: Observations, shared: float, with_data: bool) -> dict[str, Any]:
    """The model's columns, log compute and log data as they truly are."""
    import numpyro
    from numpyro import distributions as dist

    columns: dict[str, Any] = centred(fit.centre, seen.year, seen.compute, seen.data, seen.parameters)
    if seen.pretraining is not None:
        columns["log_transfer"] = np.log1p(seen.pretraining / seen.data)
    year = columns["year"] - columns["year"].mean()
    beside: list[Any] = [year]
    if with_data:
        if seen.data_error is not None:
            columns["log_data"] = _true("data", columns["log_data"], seen.data_error, beside)
        beside.append(columns["log_data"] - columns["log_data"].mean())
    if seen.compute_error is not None:
        estimate = columns["log_compute"]
        if shared > 0.0 and seen.method is not None:
            moved = numpyro.sample("shared_error", dist.Normal(0.0, 1.0).expand([int(seen.method.max()) + 1]))
            estimate = estimate - shared * moved[seen.method]
        columns["log_compute"] = _true("compute", estimate, seen.compute_error, beside)
    return columns


def _true(name: str, estimate: Any, error: Array, beside: list[Any]) -> Any:
    """The true log of a resource, given its estimate: both scatter around a trend in what stands beside.

    The trend's density is that of the estimate, the truth's is normal given both (no centring: the same posterior,
    which is easier to walk through).
    """
    import jax.numpy as jnp
    import numpyro
    from numpyro import distributions as dist

    level = numpyro.sample(f"{name}_level", dist.Normal(0.0, _WIDE))
    slopes = [numpyro.sample(f"{name}_slope_{number}", dist.Normal(0.0, _WIDE)) for number in range(len(beside))]
    scatter = numpyro.sample(f"{name}_scatter", dist.HalfNormal(_WIDE))
    trend = level + sum(slope * one for slope, one in zip(slopes, beside, strict=True))
    numpyro.factor(f"{name}_seen", dist.Normal(trend, jnp.sqrt(scatter**2 + error**2)).log_prob(estimate).sum())
    share = scatter**2 / (scatter**2 + error**2)
    apart = numpyro.sample(f"{name}_apart", dist.Normal(0.0, 1.0).expand([len(error)]))
    return trend + share * (estimate - trend) + jnp.sqrt(share) * error * apart


def _column(columns: Mapping[str, Any], name: str) -> Any:
    """A column, or the product of two; products hold true resources, which numpy cannot multiply."""
    first, times, second = name.partition("_x_")
    return columns[first] * columns[second] if times else columns[name]


def _judged(fit: FrontierFit, seen: Observations, draws: Mapping[str, Array], fitted: Array, divergences: int,
            seed: int) -> Chains:
    """The draws with R-hat, effective sample sizes, leave-one-out and replicated scores."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # arviz announces its next version at import, and low sizes in words of its own
        import arviz

        aim = fit.model.log_odds(seen.score)
        width = np.exp(draws["delta"])[:, :, None]
        density = -0.5 * ((aim - fitted) / width) ** 2 - np.log(width) - 0.5 * log(2.0 * np.pi)
        density = density + fit.model.log_jacobian(seen.score)
        data = arviz.from_dict(posterior=dict(draws), log_likelihood={"score": density})
        r_hat, bulk, tail = (_by_name(found) for found in (
            arviz.rhat(data), arviz.ess(data, method="bulk"), arviz.ess(data, method="tail")))
        left = arviz.loo(data, pointwise=True)
    shapes = np.asarray(left.pareto_k)
    rng = np.random.default_rng(seed)
    moved = fitted + width * rng.normal(size=fitted.shape)
    return Chains(
        {name: draws[name] for name in (*fit.model.parameters, *(one for one in draws if one not in
                                                                  fit.model.parameters))},
        r_hat, bulk, tail, divergences,
        {"elpd": float(left.elpd_loo), "standard_error": float(left.se), "effective_parameters": float(left.p_loo),
         "log_density_per_record": float(left.elpd_loo) / len(seen), "largest_pareto_k": float(shapes.max()),
         "heavy_tails": int((shapes > _HEAVY).sum())},
        fit.model.scores(moved.reshape(-1, len(seen))), seen.score, fit.level, seed)


def _by_name(found: Any) -> dict[str, float]:
    return {str(name): float(found[name]) for name in found.data_vars}


def predictive_cover(found: Chains, levels: NDArray[np.float64]) -> Array:
    """Share of the records within predictive intervals of each level."""
    ranks = np.mean(found.replicated < found.observed, axis=0)
    return np.array([(np.abs(ranks - 0.5) <= 0.5 * level).mean() for level in levels])
