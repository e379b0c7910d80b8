"""Attribution: what share of the gain between two models came from algorithms, from compute and from data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from math import log

import numpy as np

from computeest.progress.bootstrap import Summary, summary
from computeest.progress.fit import FrontierFit
from computeest.progress.model import PRODUCT, Array, FrontierModel
from computeest.progress.records import Centre, ProgressError, centred

#: What a player is called: the factor whose argument it moves and the column it moves.
PLAYERS: Mapping[tuple[str, str], str] = {
    ("data", "year"): "data_augmenting",
    ("compute", "year"): "compute_augmenting",
    ("data", "log_data"): "data",
    ("compute", "log_compute"): "compute",
    ("compute", "log_data"): "data",
    ("compute", "log_parameters"): "parameters",
}
#: Past this a factor is beyond what doubles hold.
_LARGEST_LOG = 700.0
ALGORITHMS = ("data_augmenting", "compute_augmenting")
SPACES = ("accuracy", "log-odds")


@dataclass(frozen=True, slots=True)
class Point:
    """A model as the attribution sees it: when it came, and what it was trained with."""

    name: str
    year: float
    data: float
    compute: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """Shapley shares of the predicted gain from one model to another."""

    before: str
    after: str
    space: str
    #: Predicted scores of the two models.
    score_before: float
    score_after: float
    #: Share of the gain by player, and `algorithmic`, the sum over both kinds of algorithmic progress.
    shares: Mapping[str, Summary]
    #: How much more compute the earlier algorithms would need for the compute-augmenting part of the gain.
    compute_equivalent_gain: float | None
    #: The whole gain as compute: what of compute alone would have done all of it; None where compute gave no part.
    effective_gain: float | None = None
    #: Each share as a factor of that gain, with its interval.
    multipliers: Mapping[str, Mapping[str, float | None]] | None = None

    def to_dict(self) -> dict[str, object]:
        """The attribution as plain numbers."""
        return {"before": self.before, "after": self.after, "space": self.space, "score_before": self.score_before,
                "score_after": self.score_after,
                "shares": {name: share.to_dict() for name, share in self.shares.items()},
                "compute_equivalent_gain": self.compute_equivalent_gain, "effective_gain": self.effective_gain,
                "multipliers": None if self.multipliers is None else
                {name: dict(value) for name, value in self.multipliers.items()}}


def attribute(fit: FrontierFit, before: Point, after: Point, space: str = "accuracy") -> Attribution:
    """Attribute the gain between two points under a fit, with bootstrap intervals where it has them."""
    return attribute_at(fit.vector(), fit.centre, before, after, space, model=fit.model, draws=fit.draws,
                        level=fit.level)


def attribute_at(vector: Array, centre: Centre, before: Point, after: Point, space: str = "accuracy", *,
                 model: FrontierModel = PRODUCT, draws: Array | None = None, level: float = 0.95) -> Attribution:
    """Attribute the gain between two points at given parameters."""
    if space not in SPACES:
        raise ProgressError(f"no space is called {space!r}; expected one of {', '.join(SPACES)}")
    players = _players(model)
    values = _coalitions(model, centre, before, after, players, np.atleast_2d(vector))
    shares = _shares(values, len(players), space)[0]
    drawn = None
    if draws is not None:
        drawn = _shares(_coalitions(model, centre, before, after, players, draws), len(players), space)
    named = {name: summary(shares[i], None if drawn is None else drawn[:, i], level)
             for i, name in enumerate(players.values())}
    algorithmic = [i for i, name in enumerate(players.values()) if name in ALGORITHMS]
    total = None if drawn is None else drawn[:, algorithmic].sum(axis=1)
    named = {"algorithmic": summary(float(shares[algorithmic].sum()), total, level), **named}
    found = Attribution(before.name, after.name, space, float(values[0, 0]), float(values[0, -1]), named,
                        _compute_equivalent(named, before, after))
    whole = effective_gain(found, before, after)
    return found if whole is None else with_multipliers(found, whole)


def share_draws(fit: FrontierFit, before: Point, after: Point, space: str = "accuracy") -> dict[str, Array]:
    """Each player's share in every resample."""
    if fit.draws is None:
        raise ProgressError("shares of resamples need a bootstrap")
    players = _players(fit.model)
    drawn = _shares(_coalitions(fit.model, fit.centre, before, after, players, fit.draws), len(players), space)
    return {name: drawn[:, i] for i, name in enumerate(players.values())}


def multipliers(shares: Attribution, factor: float) -> dict[str, dict[str, float | None]]:
    """Each share as a factor of a whole gain: 65 % of 23x is 23^0.65 = 7.7x."""
    if factor <= 0.0:
        raise ProgressError(f"factor: expected more than 0, not {factor:g}")

    def power(share: float | None) -> float | None:
        return None if share is None else float(factor**share)

    return {name: {"point": power(share.point), "low": power(share.low), "high": power(share.high)}
            for name, share in shares.shares.items()}


def with_multipliers(shares: Attribution, factor: float) -> Attribution:
    """The shares as factors of a whole gain, one's own or a published one."""
    return replace(shares, effective_gain=factor, multipliers=multipliers(shares, factor))


def effective_gain(shares: Attribution, before: Point, after: Point) -> float | None:
    """The whole gain as compute: what of compute alone would have done all of it, by compute's share of it."""
    share = shares.shares["compute"].point
    if after.compute == before.compute or share <= 0.0:
        return None
    exponent = log(after.compute / before.compute) / share
    return float(np.exp(exponent)) if abs(exponent) < _LARGEST_LOG else None


def pairs(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    """Every earlier point with every later one."""
    ordered = sorted(points, key=lambda point: point.year)
    return [(a, b) for i, a in enumerate(ordered) for b in ordered[i + 1:]]


def _players(model: FrontierModel) -> dict[tuple[str, str], str]:
    keys = [(factor.name, term.column) for factor in model.factors for term in factor.terms if not term.intercept]
    if ("compute", "log_parameters") in keys:
        raise ProgressError("attribution needs a model of year, compute and data alone")
    return {key: PLAYERS[key] for key in PLAYERS if key in keys}


def _coalitions(model: FrontierModel, centre: Centre, before: Point, after: Point,
                players: Mapping[tuple[str, str], str], vectors: Array) -> Array:
    """Predicted score for every set of players moved to `after`: bit i of the column number is player i."""
    start = centred(centre, before.year, before.compute, before.data)
    end = centred(centre, after.year, after.compute, after.data)
    sets = np.arange(2 ** len(players))
    against = np.zeros(1)
    for factor, part in zip(model.factors, model.slices, strict=True):
        columns = {"constant": np.ones(len(sets))}
        for bit, (name, column) in enumerate(players):
            if name == factor.name:
                columns[column] = np.where(sets >> bit & 1, end[column], start[column])
        odds = np.exp(-(vectors[:, part] @ factor.design(columns).T))
        against = against + odds + against * odds
    return np.asarray(model.ceiling / (1.0 + against))


def _shares(values: Array, players: int, space: str) -> Array:
    """Average marginal contribution over all orders of the players, as shares of the whole gain."""
    if space == "log-odds":
        values = np.log(values) - np.log1p(-values)
    orders = list(permutations(range(players)))
    shares = np.zeros((len(values), players))
    for order in orders:
        moved = 0
        for player in order:
            joined = moved | 1 << player
            shares[:, player] += values[:, joined] - values[:, moved]
            moved = joined
    gain = values[:, -1] - values[:, 0]
    if np.any(gain == 0.0):
        raise ProgressError("the two models are predicted to score alike: there is no gain to attribute")
    return np.asarray(shares / (len(orders) * gain[:, None]))


def _compute_equivalent(shares: Mapping[str, Summary], before: Point, after: Point) -> float | None:
    """(C2/C1) ** (compute-augmenting share / compute share), as the authors' notebook has it."""
    if after.compute == before.compute or shares["compute"].point == 0.0:
        return None
    exponent = shares["compute_augmenting"].point / shares["compute"].point
    return float(np.exp(exponent * log(after.compute / before.compute)))
