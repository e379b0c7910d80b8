"""Frontier models: accuracy as a product of sigmoids, each linear in time and in the logs of the resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Log-odds past this size are beyond anything a score can show; bounding them keeps exp() finite.
_STEEPEST = 300.0


@dataclass(frozen=True, slots=True)
class Term:
    """One coefficient of a sigmoid's argument, and the column it multiplies."""

    parameter: str
    column: str

    @property
    def intercept(self) -> bool:
        """Whether the coefficient is a constant rather than a slope: the two have different priors."""
        return self.column == "constant"


@dataclass(frozen=True, slots=True)
class Factor:
    """One sigmoid of the product."""

    name: str
    terms: tuple[Term, ...]

    def design(self, columns: Mapping[str, Array]) -> Array:
        """One row an observation, one column a term."""
        return np.stack([np.asarray(columns[term.column], dtype=np.float64) for term in self.terms], axis=-1)


@dataclass(frozen=True, slots=True)
class FrontierModel:
    """How a score depends on when a model was made, and on the compute and data it was trained with."""

    name: str
    factors: tuple[Factor, ...]
    #: The score at unlimited resources: 1 minus the irreducible error.
    ceiling: float = 1.0
    #: The score of chance alone.
    floor: float = 0.0
    #: False for scores without bounds (Elo, an index of capability): then they are linear in the one factor's argument,
    #: `middle` + `spread` x argument.
    bounded: bool = True
    middle: float = 0.0
    spread: float = 1.0

    @property
    def coefficients(self) -> tuple[str, ...]:
        """Names of the coefficients, in the order of a coefficient vector."""
        return tuple(term.parameter for factor in self.factors for term in factor.terms)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of all parameters: the coefficients, then the log standard deviation of the errors."""
        return (*self.coefficients, "delta")

    @property
    def ends(self) -> dict[str, float]:
        """The scores of chance alone and at unlimited resources, as `thresholds` has them."""
        return {"floor": self.floor, "ceiling": self.ceiling}

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns the model reads, `constant` apart."""
        seen = dict.fromkeys(term.column for factor in self.factors for term in factor.terms)
        return tuple(column for column in seen if column != "constant")

    @property
    def slices(self) -> tuple[slice, ...]:
        """Where each factor's coefficients lie in a coefficient vector."""
        sizes = [len(factor.terms) for factor in self.factors]
        return tuple(slice(end - size, end) for end, size in zip(accumulate(sizes), sizes, strict=True))

    def accuracy(self, coefficients: Array, columns: Mapping[str, Array]) -> Array:
        """Expected score with the errors at zero: one row a coefficient vector, one column an observation."""
        against = np.zeros(1)
        for factor, part in zip(self.factors, self.slices, strict=True):
            argument = coefficients[..., part] @ factor.design(columns).T
            if not self.bounded:
                return np.asarray(self.middle + self.spread * argument)
            odds = np.exp(-np.clip(argument, -_STEEPEST, _STEEPEST))
            against = against + odds + against * odds
        return np.asarray(self.floor + (self.ceiling - self.floor) / (1.0 + against))

    def log_odds(self, score: Array) -> Array:
        """Scores on the scale where the model's errors are normal."""
        if not self.bounded:
            return (score - self.middle) / self.spread
        share = (score - self.floor) / (self.ceiling - self.floor)
        return np.log(share) - np.log1p(-share)

    def scores(self, log_odds: Array) -> Array:
        """The scores at log-odds."""
        if not self.bounded:
            return self.middle + self.spread * log_odds
        odds = np.exp(-np.clip(log_odds, -_STEEPEST, _STEEPEST))
        return np.asarray(self.floor + (self.ceiling - self.floor) / (1.0 + odds))

    def log_jacobian(self, score: Array) -> Array:
        """What the density of the log-odds is multiplied by (in logs) to give the density of the score itself."""
        if not self.bounded:
            return np.full_like(score, -np.log(self.spread))
        share = (score - self.floor) / (self.ceiling - self.floor)
        return -np.log(score - self.floor) - np.log1p(-share)

    def with_ceiling(self, ceiling: float) -> FrontierModel:
        """The same model with an irreducible error of 1 - `ceiling`."""
        return replace(self, ceiling=ceiling)

    def without(self, column: str) -> FrontierModel:
        """The same model without the terms of a column."""
        return replace(self, factors=tuple(
            Factor(factor.name, tuple(
                term for term in factor.terms if column not in (term.column, *term.column.split("_x_"))))
            for factor in self.factors))

    def scaled_to(self, score: Array) -> FrontierModel:
        """A model of unbounded scores, read in the standard deviations of these."""
        if self.bounded:
            return self
        return replace(self, middle=float(score.mean()), spread=float(score.std()) or 1.0)


#: Erdil and Besiroglu 2022 (arXiv:2212.05153): one sigmoid for compute and one for data, each with its own progress.
PRODUCT = FrontierModel("product", (
    Factor("compute", (Term("a1", "constant"), Term("a_y", "year"), Term("a_c", "log_compute"))),
    Factor("data", (Term("b1", "constant"), Term("b_y", "year"), Term("b_d", "log_data"))),
))

#: The same paper's first model: everything in one sigmoid, which is linear regression in log-odds.
SINGLE = FrontierModel("single", (
    Factor("compute", (
        Term("a1", "constant"), Term("a_y", "year"), Term("a_c", "log_compute"), Term("b_d", "log_data"),
    )),
))

#: The single sigmoid with the parameter count beside compute, as the paper's code regresses it.
SINGLE_WITH_SIZE = FrontierModel("single-with-size", (
    Factor("compute", (*SINGLE.factors[0].terms, Term("a_n", "log_parameters"))),
))

#: A score without bounds, linear in time and in the logs of the resources.
LINEAR = FrontierModel("linear", SINGLE.factors, bounded=False)

MODELS: Mapping[str, FrontierModel] = {model.name: model for model in (PRODUCT, SINGLE, SINGLE_WITH_SIZE, LINEAR)}
