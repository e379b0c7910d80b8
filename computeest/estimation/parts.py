"""What the compute is made of, and what stands beside it: parts by role, hardware FLOP, and the search before it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.estimation.combine import by_paper
from computeest.estimation.results import Results, candidates_of

Floats = NDArray[np.float64]

#: The part of the model that is trained.
TRAINED = "trained"
#: Backward FLOP for each forward FLOP of a model that is trained whole, where a run was not counted.
USUAL_RATIO = 2.0


def by_role(results: Results, paper: int) -> dict[str, float]:
    """The parts of one paper's own compute in FLOP, largest first; nothing where it is all the trained model's.

    A run with a role is that part; of other runs it is the shares in what was counted. They add up to the answer.
    """
    runs: dict[str, list[float]] = {}
    for row in results.runs(paper):
        amount = float(np.exp(results.reconciled.of_runs.log[row]))
        amount = amount if math.isfinite(amount) else float(np.nan_to_num(amount))  # which takes 1 % of a whole record
        role = results.spec.word("role", row)
        shares = {role: 1.0} if role in schema.FORWARD_ONLY else _shares(results, row)
        for part, share in shares.items():
            runs.setdefault(part, []).append(share * amount)
    found = {part: math.fsum(amounts) for part, amounts in runs.items()}
    total, own = math.fsum(found.values()), float(results.columns["own_flop"][paper])
    if not total > 0 or np.isnan(own) or found.keys() <= {TRAINED}:
        return {}
    return {part: float(own * amount / total) for part, amount in sorted(found.items(), key=lambda item: -item[1])}


def _shares(results: Results, row: int) -> Mapping[str, float]:
    """The shares of a run's compute that pass beside the trained model, by what passes."""
    counted = _counted(results, row)
    beside = {name: counted[name] for name in schema.BESIDE if name in counted}
    if not beside:
        return {TRAINED: 1.0}
    own = counted["forward_flop_seen"] * (1 + counted["backward_ratio"])
    total = math.fsum((own, *beside.values()))
    shares = {TRAINED: own / total}
    for name, value in beside.items():
        shares[schema.BESIDE[name]] = shares.get(schema.BESIDE[name], 0.0) + value / total
    return shares


def _counted(results: Results, row: int) -> dict[str, float]:
    """The facts that a run was counted with; none where it was not."""
    return next(({name: float(values[at]) for name, values in candidates.values.items()}
                 for candidates, at in candidates_of(results, row) if "forward_flop_seen" in candidates.values), {})


def left_out(results: Results) -> dict[int, list[str]]:
    """Facts of how each run was trained that its count does not hold, by run: others are lacking for them."""
    if results.spec.numbers.keys().isdisjoint(schema.HELD_BY):
        return {}
    stated = [name for name in schema.HELD_BY if name in results.spec.numbers]
    found: dict[int, list[str]] = {}
    for name in stated:
        for row in np.flatnonzero(~np.isnan(results.spec.numbers[name])).tolist():
            counted = _counted(results, row)
            if counted and schema.HELD_BY[name] not in counted:
                found.setdefault(row, []).append(name)
    return found


def hardware_flop(results: Results) -> Floats:
    """FLOP that the hardware did, recomputed activations counted in; NaN where no paper says what was recomputed."""
    count, paper, again = len(results.first), results.spec.paper, results.spec.column("recomputed_share")
    said = np.flatnonzero(~np.isnan(again))
    if not len(said):
        return np.full(count, np.nan)
    more = np.ones(results.spec.size)
    for row in said.tolist():
        counted = _counted(results, row)
        # what passes beside the trained model is not computed again
        trained = _shares(results, row)[TRAINED]
        more[row] = 1 + trained * again[row] / (1 + counted.get("backward_ratio", USUAL_RATIO))
    amount = np.nan_to_num(np.exp(results.reconciled.of_runs.log))
    total = by_paper(amount, paper, count)
    # where all that is known is of the whole paper, its runs share the mean
    mean = by_paper(more, paper, count) / np.bincount(paper, minlength=count)
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(total > 0, by_paper(amount * more, paper, count) / total, mean)
    stated = np.bincount(paper[said], minlength=count) > 0
    return np.where(stated, results.columns["own_flop"] * factor, np.nan)


def with_search(results: Results, flop: Floats) -> Results:
    """The results with the compute of the runs that searched for those that count, which is not in the answer."""
    search = np.full(len(results.first), np.nan)
    search[list(results.spec.apart_of)] = flop
    return replace(results, columns={**results.columns, "search_flop": search,
                                     "total_flop": results.columns["flop"] + search})
