"""What a table can tell: which columns vary, how far what is asked hangs together, and how much the prior says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from computeest.progress.model import Array, FrontierModel
from computeest.progress.modes import Mode
from computeest.progress.posterior import Problem, evaluate
from computeest.progress.records import Observations, ProgressError

#: A column whose values differ by less than this, relative to their size, is one value.
_SAME = 1e-9
#: Columns of a higher correlation than this tell the effects of one of them from the other's by little.
_CLOSE = 0.98
#: Smallest singular value over the largest, columns standardized, below which there is one column less.
_RANK = 1e-6
#: An estimate so many prior standard deviations from zero is pulled by the prior.
_PULLED = 2.0
#: A posterior spread of such a share of the prior's says that the data said nothing.
_UNTOLD = 0.9


@dataclass(frozen=True, slots=True)
class Identifiability:
    """How well a table determines what is fitted to it."""

    #: Number of independent columns, the constant among them, and of all.
    rank: int
    columns: int
    #: Ratio of the largest to the smallest singular value of the standardized columns.
    condition: float
    #: Correlation of each pair of columns, and of each pair of estimates at the point fit.
    column_correlation: Mapping[str, float]
    estimate_correlation: Mapping[str, float]
    #: Distance of each coefficient from zero in prior standard deviations, and posterior over prior spread.
    prior_distance: Mapping[str, float]
    prior_share: Mapping[str, float]
    #: Parameters that the table says nothing of, and why.
    left_out: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """Plain numbers."""
        return {name: dict(value) if isinstance(value := getattr(self, name), Mapping) else value
                for name in self.__slots__}

    def warnings(self) -> list[str]:
        """What a reader of the rates should know."""
        found = [f"{name} is left out: {why}" for name, why in self.left_out.items()]
        if self.rank < self.columns:
            found.append(f"of {self.columns} columns {self.rank} are independent: what each adds is the prior's choice")
        found += [f"{pair.replace('~', ' and ')} go together (correlation {value:.3f}): what each adds is hardly told"
                  for pair, value in self.column_correlation.items() if abs(value) > _CLOSE]
        for name, distance in self.prior_distance.items():
            if abs(distance) > _PULLED:
                found.append(f"{name} lies {abs(distance):.1f} prior standard deviations from zero: the prior pulls it "
                             "in, and the rates with it (--slope-prior, --intercept-prior)")
        untold = [name for name, share in self.prior_share.items() if share > _UNTOLD]
        if untold:
            found.append(f"the records say next to nothing of {', '.join(untold)}: what is known of it is the prior")
        return found


def reduced(model: FrontierModel, seen: Observations) -> tuple[FrontierModel, dict[str, str]]:
    """The model without what the records cannot tell, and why; ProgressError where nothing could be said at all."""
    if not _varies(seen.year):
        raise ProgressError(f"every record is of {seen.year[0]:.6g}: nothing tells how fast algorithms improve")
    if not _varies(np.log(seen.compute)):
        raise ProgressError(f"every record took {seen.compute[0]:.4g} FLOP: nothing tells what compute adds")
    if not _varies(seen.score):
        raise ProgressError(f"every record scores {seen.score[0]:.4g}: nothing tells what adds to it")
    if {"year", "log_compute"} <= set(model.columns) and _together(seen.year, np.log(seen.compute)):
        raise ProgressError("compute grows with the years alike in every record: nothing tells the two apart")
    left: dict[str, str] = {}
    if "log_data" in model.columns and not _varies(np.log(seen.data)):
        names = [term.parameter for factor in model.factors for term in factor.terms if term.column == "log_data"]
        why = "no record says the size of its training set" if np.isnan(seen.data).all() else \
            f"every record has {seen.data[0]:.4g} training examples"
        model = model.without("log_data")
        left = dict.fromkeys(names, why)
    return model, left


def _varies(values: Array) -> bool:
    if np.isnan(values).all():
        return False
    return bool(np.ptp(values) > _SAME * max(1.0, float(np.abs(values).max())))


def _together(first: Array, second: Array) -> bool:
    """Whether one column is the other in another unit."""
    return bool(1.0 - abs(np.corrcoef(first, second)[0, 1]) < _SAME)


def identify(task: Problem, mode: Mode, seen: Observations, left_out: Mapping[str, str]) -> Identifiability:
    """How well the records determine the model, at its point fit."""
    columns = seen.columns()
    names = task.model.columns
    values = np.column_stack([columns[name] for name in names])
    standard = (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-300)
    sizes = np.linalg.svd(standard / np.sqrt(len(standard)), compute_uv=False)
    correlation = np.corrcoef(standard, rowvar=False).reshape(len(names), len(names))
    at = evaluate(task, mode.vector()[None, :-1])
    covariance = np.linalg.pinv(at.hessian[:, :, 0])
    spread = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    widths = task.priors.widths(task.model)
    own = task.model.coefficients
    return Identifiability(
        1 + int((sizes > _RANK * sizes[0]).sum()), 1 + len(names), float(sizes[0] / max(sizes[-1], 1e-300)),
        _pairs(names, correlation), _pairs(own, covariance / np.maximum(np.outer(spread, spread), 1e-300)),
        dict(zip(own, map(float, mode.vector()[:-1] / widths), strict=True)),
        dict(zip(own, map(float, spread / widths), strict=True)), dict(left_out))


def _pairs(names: tuple[str, ...], matrix: Array) -> dict[str, float]:
    return {f"{a}~{b}": float(matrix[i, j]) for i, a in enumerate(names) for j, b in enumerate(names) if i < j}
