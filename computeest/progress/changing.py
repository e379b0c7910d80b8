"""A rate that changes, and resources that are more than the sum: terms added to a model, with what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import erf, log, sqrt

import numpy as np

from computeest.progress.bootstrap import Summary, summary
from computeest.progress.fit import FrontierFit
from computeest.progress.model import Array, Factor, FrontierModel, Term
from computeest.progress.records import ProgressError

RATES = ("constant", "piecewise", "spline", "years")
_KNOTS = 3
_MONTHS = 12.0
INTERACTION = "a_cd"


def with_rate(model: FrontierModel, rate: str, knots: Sequence[float], year: Array) -> FrontierModel:
    """The model with a rate of compute-augmenting progress that changes; each change has the slopes' prior.

    `piecewise`: another slope after each knot (one in the middle of the records, unless given). `spline`: the same with
    knots at the quartiles, which the prior bends softly. `years`: a step for each year but the first.
    """
    if rate not in RATES:
        raise ProgressError(f"no rate is called {rate!r}; expected one of {', '.join(RATES)}")
    if rate == "constant":
        return model
    if rate == "years":
        columns = [f"in_{whole:.0f}" for whole in np.unique(np.floor(year))[1:]]
    else:
        shares = (0.5,) if rate == "piecewise" else tuple(np.arange(1, _KNOTS + 1) / (_KNOTS + 1))
        at = list(knots) or [round(float(one), 1) for one in np.quantile(year, shares)]
        inside = [one for one in at if year.min() < one < year.max()]
        if len(inside) < len(at):
            raise ProgressError(f"knots: expected years between {year.min():.1f} and {year.max():.1f}")
        columns = [f"after_{one:g}" for one in sorted(set(at))]
    first = model.factors[0]
    terms = tuple(Term(f"a_y_{column}", column) for column in columns)
    return replace(model, factors=(Factor(first.name, (*first.terms, *terms)), *model.factors[1:]))


def with_interaction(model: FrontierModel) -> FrontierModel:
    """The model with a product of log compute and log data in its compute factor: do they make more of each other?"""
    first = model.factors[0]
    term = Term(INTERACTION, "log_compute_x_log_data")
    return replace(model, factors=(Factor(first.name, (*first.terms, term)), *model.factors[1:]))


def with_transfer(model: FrontierModel) -> FrontierModel:
    """The model with a term for data of another task: ln((own + pre-training) / own) in its data factor."""
    last = model.factors[-1]
    term = Term("b_t", "log_transfer")
    return replace(model, factors=(*model.factors[:-1], Factor(last.name, (*last.terms, term))))


def transfer_exponent(fit: FrontierFit) -> Summary:
    """b_t / b_d: 1 where data of another task are worth as much as own data, 0 where they are worth nothing."""
    if not {"b_t", "b_d"} <= set(fit.model.parameters):
        raise ProgressError("a transfer exponent needs sizes of training sets that differ")
    top, bottom = (fit.model.parameters.index(name) for name in ("b_t", "b_d"))
    drawn = None if fit.draws is None else fit.draws[:, top] / fit.draws[:, bottom]
    return summary(float(fit.vector()[top] / fit.vector()[bottom]), drawn, fit.level)


def extras(fit: FrontierFit, year: Array) -> dict[str, object]:
    """What the added terms say."""
    names = fit.model.parameters
    found: dict[str, object] = {}
    if any(name.startswith(("a_y_after_", "a_y_in_")) for name in names):
        found["rates"] = rates_over_time(fit, year)
    if INTERACTION in names:
        found["interaction"] = dict(interaction_test(fit))
    if "b_t" in names:
        found["transfer_exponent"] = transfer_exponent(fit).to_dict()
    return found


def rates_over_time(fit: FrontierFit, year: Array) -> list[dict[str, object]]:
    """Growth of effective compute and its doubling time, between one change of the rate and the next."""
    names = fit.model.parameters
    knots = sorted(float(term.column.removeprefix("after_")) for term in fit.model.factors[0].terms
                   if term.column.startswith("after_"))
    if knots:
        edges = [float(year.min()), *knots, float(year.max())]
        return [_period(fit, edges[i], edges[i + 1], ["a_y", *(f"a_y_after_{one:g}" for one in knots[:i])])
                for i in range(len(edges) - 1)]
    steps = [name for name in names if name.startswith("a_y_in_")]
    return [_step(fit, steps, i) for i in range(len(steps))]


def _period(fit: FrontierFit, begin: float, end: float, parts: Sequence[str]) -> dict[str, object]:
    at = [fit.model.parameters.index(name) for name in parts]
    below = fit.model.parameters.index("a_c")
    vector = fit.vector()
    drawn = None if fit.draws is None else fit.draws[:, at].sum(axis=1) / fit.draws[:, below]
    return _row(begin, end, summary(float(vector[at].sum() / vector[below]), drawn, fit.level))


def _step(fit: FrontierFit, steps: Sequence[str], number: int) -> dict[str, object]:
    """From one year's mean to the next: the common slope and the difference of the two years' steps."""
    names = fit.model.parameters
    below, slope, here = names.index("a_c"), names.index("a_y"), names.index(steps[number])

    year = float(steps[number].removeprefix("a_y_in_"))
    begin = float(steps[number - 1].removeprefix("a_y_in_")) if number else year - 1.0

    def growth(vectors: Array) -> Array:
        before = vectors[:, names.index(steps[number - 1])] if number else 0.0
        rate = vectors[:, slope] + (vectors[:, here] - before) / (year - begin)
        return np.asarray(rate / vectors[:, below])

    drawn = None if fit.draws is None else growth(fit.draws)
    return _row(begin, year, summary(float(growth(fit.vector()[None])[0]), drawn, fit.level))


def _row(begin: float, end: float, growth: Summary) -> dict[str, object]:
    return {"from": begin, "to": end, "growth_per_year": growth.point, "low": growth.low, "high": growth.high,
            "doubling_months": _MONTHS * log(2.0) / growth.point if growth.point else None}


def interaction_test(fit: FrontierFit) -> Mapping[str, float | None]:
    """Whether compute and data make more of each other: the estimate, its error, and how likely so much is by chance.

    The error is the bootstrap's; without one it is the posterior's.
    """
    at = fit.model.parameters.index(INTERACTION)
    estimate = float(fit.vector()[at])
    share = None if fit.identifiability is None else fit.identifiability.prior_share[INTERACTION] * fit.priors.slope
    error = share if fit.draws is None else float(fit.draws[:, at].std())
    z = None if not error else estimate / error
    return {"estimate": estimate, "standard_error": error, "z": z,
            "p_value": None if z is None else 1.0 - erf(abs(z) / sqrt(2.0))}
