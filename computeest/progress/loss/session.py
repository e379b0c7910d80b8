"""A table of evaluations as a fit of losses: what `progress fit --model loss` does, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from computeest.progress.loss.fit import STARTS, LossFit, fit_loss
from computeest.progress.loss.gain import group_gain
from computeest.progress.loss.model import EVERY, with_group_gain
from computeest.progress.loss.presets import LossPreset, loss_preset
from computeest.progress.loss.rates import months
from computeest.progress.loss.rows import LossRows, Origin, loss_rows
from computeest.progress.loss.shapley import LossPoint, LossShares, point_at, points_of, shapley
from computeest.progress.loss.variants import Row, compare
from computeest.progress.records import ProgressError, named
from computeest.text.suggest import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

_DELTA, _LEVEL, _VARIANT = 0.0025, 0.9, "m7"
#: Budgets and the year at which the authors state a group's compute-equivalent gain.
_BUDGETS, _GAIN_YEAR = (1e22, 1e25), 2023.0


@dataclass(frozen=True, slots=True)
class LossRequest:
    """How losses are fitted; None where the preset, or the usual, is taken."""

    preset: str | None = None
    variant: str | None = None
    delta: float | None = None
    level: float | None = None
    bootstrap: int = 100
    seed: int = 0
    score: str | None = None
    unit: str | None = None
    data: str | None = None
    #: A column of those rows whose common factor on the loss is fitted too.
    group: str | None = None
    cluster: str | None = None
    reference: str | None = None
    without_copied: bool = False
    #: Whether the variants are compared.
    variants: bool = True
    starts: int = STARTS


@dataclass(frozen=True, slots=True)
class LossReport:
    """A fit with what belongs beside it."""

    fit: LossFit
    preset: LossPreset | None
    variants: tuple[Row, ...]
    shapley: tuple[LossShares, ...]
    gains: tuple[dict[str, float | None], ...]

    def to_dict(self) -> dict[str, object]:
        """One object for JSON."""
        fit, rates = self.fit, self.fit.rates()
        return {
            "model": fit.model.name, "says": fit.model.says, "delta": fit.delta, "n": len(fit.rows),
            "objective": fit.modes[0].objective, "parameters": fit.parameters,
            "doubling_months": {name: rate.doubling() for name, rate in rates.items()},
            "growth_per_year": {name: rate.growth() for name, rate in rates.items()},
            "factor_per_year": {name: rate.factor() for name, rate in rates.items()},
            "modes": self.modes(), "variants": list(self.variants),
            "shapley": [shares.to_dict() for shares in self.shapley],
            "group_gain": list(self.gains), "published": self.published(), "warnings": self.warnings(),
            "benchmarks": list(fit.rows.benchmarks), "clusters": fit.rows.clustered_by or None,
            "bootstrap": self._bootstrap(), "excluded": dict(fit.rows.excluded),
            "origin": {name: getattr(fit.origin, name) for name in ("year", "parameters", "data", "compute")},
            "level": fit.level, "seed": fit.seed,
        }

    def modes(self) -> list[dict[str, Any]]:
        """Every minimum: objective, weight, parameters, doubling times."""
        return [{"objective": mode.objective, "mean_squared_error": mode.error, "weight": mode.weight,
                 "starts": mode.starts, "parameters": dict(zip(self.fit.names, map(float, mode.vector), strict=True)),
                 "doubling_months": self.fit.mode_rates(mode),
                 "growth_per_year": {name: rate.point for name, rate in self.fit.rates(mode.vector).items()}}
                for mode in self.fit.modes]

    def _bootstrap(self) -> dict[str, object] | None:
        fit = self.fit
        if fit.draws is None or fit.member is None:
            return None
        nearest = np.bincount(fit.member, minlength=len(fit.modes)) / len(fit.draws)
        return {"resamples": len(fit.draws), "nearest_mode": nearest.tolist()}

    def published(self) -> dict[str, object] | None:
        """What the authors found, read with these rows: the objective there, the rates, the shares."""
        chosen, fit = self.preset, self.fit
        if chosen is None or fit.model.name != chosen.variant:
            return None
        vector = np.array(list(chosen.published.values()))
        return {
            "source": chosen.source, "parameters": dict(chosen.published), "delta": chosen.delta,
            "objective": fit.objective_at(vector) if fit.delta == chosen.delta else None,
            "doubling_months": {name: months(rate.point) for name, rate in fit.rates(vector).items()},
            "doubling_months_bootstrap": dict(chosen.doubling_months),
            "doubling_months_pooled": dict(chosen.pooled_months),
            "shapley": [shapley(fit, a, b, vector).to_dict() for a, b in _pairs(chosen.points)],
        }

    def warnings(self) -> list[str]:
        """What to doubt, the published fit's place among the minima first."""
        found = self.fit.warnings()
        published = self.published()
        at = published["objective"] if published else None
        if isinstance(at, float) and at > self.fit.modes[0].objective + 1e-6:
            better = [mode for mode in self.fit.modes if mode.objective < at]
            found.insert(0, f"at the published parameters the objective is {at:.6f}; {len(better)} minima lie lower, "
                            f"the lowest at {self.fit.modes[0].objective:.6f}: the published fit is not the optimum")
        return found


def run(frame: pd.DataFrame, request: LossRequest) -> LossReport:
    """Fit losses as asked."""
    chosen = None if request.preset is None else loss_preset(request.preset)
    rows = rows_of(frame, request, chosen)
    name = request.variant or (chosen.variant if chosen else _fitting(rows))
    model = named(name, EVERY, "variant")
    if request.group is not None and "group" not in model.columns:
        model = with_group_gain(model)
    delta = request.delta if request.delta is not None else chosen.delta if chosen else _DELTA
    level = request.level or (chosen.level if chosen else _LEVEL)
    fit = fit_loss(rows, model, delta, resamples=request.bootstrap, starts=request.starts, seed=request.seed,
                   level=level)
    variants = tuple(beside_published(compare(rows, (delta,), seed=request.seed, exact=False), chosen)) \
        if request.variants else ()
    gains = tuple(group_gain(fit, compute=compute, year=_GAIN_YEAR) for compute in _BUDGETS) \
        if "group_gain" in fit.names else ()
    return LossReport(fit, chosen, variants, _shares(fit, chosen), gains)


def beside_published(rows: Sequence[Row], chosen: LossPreset | None) -> list[Row]:
    """The variants, each with the left-out error that the preset's authors print."""
    if chosen is None:
        return list(rows)
    return [{**row, "published_left_out_error": chosen.left_out.get((str(row["model"]), float(str(row["delta"]))))}
            for row in rows]


def rows_of(frame: pd.DataFrame, request: LossRequest, chosen: LossPreset | None) -> LossRows:
    """The evaluations of a table."""
    return loss_rows(frame if chosen is None else chosen.records(frame), score=request.score, unit=request.unit,
                     data=request.data, group=request.group, cluster=request.cluster,
                     reference=request.reference or (chosen.reference if chosen else None),
                     drop_copied=request.without_copied)


def _fitting(rows: LossRows) -> str:
    """The main model, or compute alone where parameters and data are not told apart."""
    return _VARIANT if np.isfinite(rows.parameters).all() and np.isfinite(rows.data).all() else "m18"


def _shares(fit: LossFit, chosen: LossPreset | None) -> tuple[LossShares, ...]:
    if len(fit.model.terms) < 2 or "group" in fit.model.columns:
        return ()
    if chosen is not None:
        return tuple(shapley(fit, a, b) for a, b in _pairs(chosen.points))
    return (shapley(fit, *points_of(fit.rows)),)


def _pairs(points: tuple[LossPoint, ...]) -> list[tuple[LossPoint, LossPoint]]:
    return [(a, b) for i, a in enumerate(points) for b in points[i + 1:]]


def shares_between(found: LossReport, names: Sequence[str]) -> tuple[LossShares, ...]:
    """Shares of the falls between models named in the preset or the table, each earlier one with each later."""
    points = sorted((named_point(name, found.fit.rows, found.preset) for name in names), key=lambda point: point.year)
    return tuple(shapley(found.fit, a, b) for a, b in _pairs(tuple(points)))


def named_point(text: str, rows: LossRows | None, chosen: LossPreset | None) -> LossPoint:
    """A model by its name in the preset or the table, or 'YEAR,PARAMETERS,TOKENS'."""
    if text.count(",") == 2:
        try:
            year, parameters, data = map(float, text.split(","))
        except ValueError:
            raise ProgressError(f"point: expected YEAR,PARAMETERS,TOKENS, not {text!r}") from None
        return LossPoint(text, year, parameters, data)
    named = {point.name: point for point in (chosen.points if chosen else ())}
    if text in named:
        return named[text]
    listed = {} if rows is None else {name: at for at, name in reversed(list(enumerate(rows.model)))}
    if rows is None or text not in listed:
        close = did_you_mean(text, [*named, *listed])
        raise ProgressError(f"no model is called {text!r}" + (f"; {close}" if close else
                                                             "; or give YEAR,PARAMETERS,TOKENS"))
    return point_at(rows, listed[text])


def attribution(before: str, after: str, frame: pd.DataFrame | None, request: LossRequest) -> LossShares:
    """The fall in loss between two models: by a fit of the table, or by the preset's published parameters."""
    chosen = None if request.preset is None else loss_preset(request.preset)
    if frame is None:
        if chosen is None:
            raise ProgressError("there is nothing to fit and no preset whose published fit could be used")
        return _published_shares(chosen, named_point(before, None, chosen), named_point(after, None, chosen))
    rows = rows_of(frame, request, chosen)
    ends = named_point(before, rows, chosen), named_point(after, rows, chosen)
    fit = fit_loss(rows, EVERY[request.variant or _VARIANT],
                   _DELTA if request.delta is None else request.delta, resamples=request.bootstrap, seed=request.seed,
                   level=request.level or _LEVEL)
    return shapley(fit, *ends)


#: Where the authors' sample begins: the year, parameters and tokens that resources count from.
_HO_ORIGIN = Origin(2012.4877, 2.0e6, 8.88e5, 6.0 * 2.0e6 * 8.88e5)


def _published_shares(chosen: LossPreset, before: LossPoint, after: LossPoint) -> LossShares:
    from computeest.progress.loss.shapley import shares_at

    vector = np.array(list(chosen.published.values()))
    return shares_at(EVERY[chosen.variant], _HO_ORIGIN, tuple(chosen.vocabulary), before, after, vector)
