"""The 90 % interval: the core, what is undecided, and a margin to either side, of the own runs and with base models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest.estimation.base_models import REPORTED_SIGMA, UNKNOWN_RUN, Lineage
from computeest.estimation.combine import Floats, sigma_of_two
from computeest.estimation.margins import PLACE, Margins
from computeest.estimation.reconcile import Reconciled
from computeest.facts.spec import Spec
from computeest.schema.practice import TUNING
from computeest.text.bounds import VAGUE
from computeest.text.numbers import NINETY

#: One sigma in natural log of a base model's compute that was scaled from another of its series.
SCALED_SIGMA = 0.5

#: One sigma in natural log of a number that leaves out a run, or a base model, of unknown compute.
MISSING_PART = 3.0

#: The same where every run left out tuned the model that the others trained: in seven models whose tuning and base
#: model Epoch AI's data give the compute of, tuning took up to 0.13 of the base (DeepSeek-R1); large runs of
#: reinforcement learning may take more.
MISSING_TUNING = 0.7

Columns = Mapping[str, Floats]


def own(reconciled: Reconciled, margins: Margins, group: NDArray[np.intp]) -> dict[str, Floats]:
    """The own runs' answer, its interval, and the spread that its facts and assumptions alone bring."""
    core = reconciled.core
    with np.errstate(over="ignore"):
        down = up = margins.reach(group, core.low_sigma)
        if core.high_sigma is not core.low_sigma:
            up = margins.reach(group, core.high_sigma)
        low, high = np.exp(core.low - down), np.exp(core.high + up)
    return {"flop": reconciled.flop, "flop_low": low, "flop_high": high, "sigma_propagated": reconciled.sigma,
            "core_low": np.exp(core.low), "core_high": np.exp(core.high), "agreement": reconciled.agreement}


def of_bounds(spec: Spec, reconciled: Reconciled, columns: Columns) -> dict[str, Floats]:
    """The interval that the authors' bound leaves open, where it is all there is of a paper's own compute.

    Their words say how far the number may be: what other authors' figures are off by does not lie beyond it.
    """
    rows = np.array([row for row, column, kind in spec.bounds if column == "reported_compute" and kind != VAGUE],
                    dtype=np.intp)
    single = np.bincount(spec.paper, minlength=len(reconciled.flop)) == 1
    alone = single & ((~np.isnan(reconciled.method_flop)).sum(axis=1) == 1)
    rows = rows[alone[spec.paper[rows]] & ~np.isnan(spec.column("reported_compute")[rows])]
    if not len(rows):
        return {}
    papers, value = spec.paper[rows], spec.column("reported_compute")[rows]
    reach = np.exp(NINETY * spec.sigmas["reported_compute"][rows])
    found = {"flop_low": columns["flop_low"].copy(), "flop_high": columns["flop_high"].copy()}
    found["flop_low"][papers], found["flop_high"][papers] = value / reach, value * reach
    return found


def of_base(spec: Spec, first: NDArray[np.intp], ancestry: Lineage) -> dict[str, Floats]:
    """The base models' compute with its interval."""
    reach = np.exp(NINETY * base_sigma(spec, first, ancestry))
    return {"base_compute": ancestry.base, "base_flop": ancestry.base, "base_flop_low": ancestry.base / reach,
            "base_flop_high": ancestry.base * reach}


def base_sigma(spec: Spec, first: NDArray[np.intp], ancestry: Lineage) -> Floats:
    """One sigma in natural log of each paper's base models' compute."""
    given = spec.sigmas["base_compute"][first] if "base_compute" in spec.sigmas else np.zeros(len(first))
    stated = np.hypot(given, REPORTED_SIGMA)
    for paper, (_, sigma) in ancestry.bundled.items():
        stated[paper] = sigma
    stated[list(ancestry.scaled)] = SCALED_SIGMA
    return stated


def group_with_base(group: NDArray[np.intp], columns: Columns) -> NDArray[np.intp]:
    """The groups of papers with what they start from."""
    based = ~np.isnan(columns["base_flop"])
    alone = based & np.isnan(columns["flop"])
    return np.where(alone, PLACE["base-alone"], np.where(based, PLACE["base"], group))


def with_base(columns: Columns, margins: Margins, group: NDArray[np.intp], undecided: bool) -> dict[str, Floats]:
    """The base models' compute added once.

    Where it is `undecided` whether the figures that the table holds count it, the core reaches from the own run alone
    to both together. Elsewhere the ends of the two intervals add up as independent errors do.
    """
    base, low, high = (np.nan_to_num(columns[f"base_flop{end}"]) for end in ("", "_low", "_high"))
    # a run that cannot be estimated is seldom large beside the model it starts from: what is known is the base model's
    there = base > 0
    mine = np.where(there, np.nan_to_num(columns["flop"]), columns["flop"])
    flop, alone = mine + base, there & np.isnan(columns["flop"])
    spread = np.log(np.divide(high, base, out=np.ones_like(base), where=there)) / NINETY
    sigma = sigma_of_two(mine, np.nan_to_num(columns["sigma_propagated"]), base, spread)
    sigma = np.where(alone, np.hypot(sigma, UNKNOWN_RUN), sigma)
    found = {"flop": flop, "sigma_propagated": np.where(there, sigma, columns["sigma_propagated"])}
    if undecided:
        core_low = np.where(alone, base, np.fmin(columns["core_low"], flop))
        core_high = base + np.nan_to_num(columns["core_high"])
        reach = np.exp(margins.reach(group, np.where(there, sigma, np.nan)))
        ends = core_low / reach, core_high * reach
        found |= {"core_low": np.where(there, core_low, columns["core_low"]),
                  "core_high": np.where(there, core_high, columns["core_high"])}
    else:
        down = np.hypot(np.nan_to_num(columns["flop"] - columns["flop_low"]), base - low)
        up = np.hypot(np.nan_to_num(columns["flop_high"] - columns["flop"]), high - base)
        reach = np.exp(margins.reach(group, np.where(alone, sigma, 0.0)))
        ends = np.where(alone, flop, flop - down) / reach, np.where(alone, flop, flop + up) * reach
    return found | {f"flop_{name}": np.where(there, end, columns[f"flop_{name}"])
                    for name, end in zip(("low", "high"), ends, strict=True)}


def of_same_run(columns: Columns, lineage: Lineage) -> dict[str, Floats]:
    """The interval of runs as large as their base model's: a model may be trained on for as long as it was before."""
    high = columns["flop_high"].copy()
    for paper, base in lineage.not_added.items():
        high[paper] += base
    core = np.fmax(columns["core_high"], columns["flop"] * high / columns["flop_high"])
    return {"flop_high": high, "core_high": core}


def of_other_size(columns: Columns, lineage: Lineage) -> dict[str, Floats]:
    """The interval of models that are much smaller or larger than their base model.

    Of a teacher nothing is to be added, and another size of a series was trained in proportion to it.
    """
    low, high = columns["flop_low"].copy(), columns["flop_high"].copy()
    for paper, (_, size, own) in lineage.other_size.items():
        there, ratio = columns["base_flop"][paper], own / size
        if ratio < 1:
            alone = columns["own_flop_low"][paper]
            low[paper] = min(low[paper], columns["base_flop_low"][paper] * ratio if np.isnan(alone) else alone)
        else:
            high[paper] = max(high[paper], np.nan_to_num(columns["own_flop_high"][paper]) + there * ratio)
    return {"flop_low": low, "flop_high": high, "core_low": np.fmin(columns["core_low"], low),
            "core_high": np.fmax(columns["core_high"], np.where(high > columns["flop_high"], high, 0.0))}


def of_missing(spec: Spec, reconciled: Reconciled, lineage: Lineage) -> Floats:
    """One sigma in natural log of what each paper's number leaves out: a base model, or runs of unknown compute.

    Tuning of unknown compute is held against what it tunes: a base model, or a run that is no tuning itself.
    """
    sigma = np.full(len(reconciled.flop), MISSING_PART)
    for paper in set(np.flatnonzero(reconciled.partial).tolist()) - set(lineage.missing):
        rows = np.arange(*np.searchsorted(spec.paper, (paper, paper + 1)))
        tuning = np.array([TUNING.search(str(spec.word("stage", row) or "")) is not None for row in rows.tolist()])
        lacks = reconciled.run_method[rows] < 0
        based = not np.isnan(lineage.base[paper])
        if tuning[lacks].all() and (based or not tuning[~lacks].all()):
            sigma[paper] = MISSING_TUNING
    return sigma


def at_least(columns: Columns, missing: Floats, lacking: NDArray[np.bool_]) -> dict[str, Floats]:
    """A number that leaves out a base model or a run of unknown size is a lower end: the part that is known.

    The upper end and the label are those of what is missing; `known_high` keeps the upper end of the known part.
    """
    rows, high = lacking.nonzero()[0], columns["flop_high"]
    if len(rows):
        sigma, high = np.hypot(columns["sigma_propagated"][rows], missing[rows]), high.copy()
        high[rows] = np.maximum(columns["flop"][rows] * np.exp(NINETY * sigma), high[rows])
    return {"flop_high": high, "known_high": columns["flop_high"], "at_least": np.where(lacking, 1.0, 0.0),
            "sigma": spread(columns["flop"], columns["flop_low"], high)}


def reaching(columns: Columns, prior: Columns, lacking: NDArray[np.bool_]) -> dict[str, Floats]:
    """An open upper end that is no lower than that of what models of the stated size and date took at most."""
    high = np.where(lacking, np.fmax(columns["flop_high"], prior["prior_flop_high"]), columns["flop_high"])
    return {"flop_high": high, "sigma": spread(columns["flop"], columns["flop_low"], high)}


def spread(flop: Floats, low: Floats, high: Floats) -> Floats:
    """The spread (one sigma, natural log) of which the wider side of an interval is 90 %: what its label follows."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.fmax(np.log(high / flop), np.log(flop / low)) / NINETY, dtype=np.float64)


class Reach:
    """How far intervals are to reach down and up, as factors; made where anything reaches: 1 % of an estimate."""

    __slots__ = ("count", "sides")

    def __init__(self, count: int) -> None:
        self.count = count
        self.sides: tuple[Floats, ...] = ()

    def add(self, papers: Any, factor: Any, both: bool = True) -> None:
        """Let intervals reach as far as a factor: to both sides, or to the one that it is on."""
        self.sides = self.sides or (np.ones(self.count), np.ones(self.count))
        for side, own in zip(self.sides, (factor if both else 1 / np.asarray(factor), factor), strict=True):
            np.maximum.at(side, papers, own)

    def ends(self, columns: Columns) -> dict[str, Floats]:
        """The intervals' ends and their spread where any are wider, nothing where none is."""
        if all((side == 1).all() for side in self.sides):
            return {}
        # few rows are widened: to look at all of them took 2 % of a table's time
        wide = np.flatnonzero((self.sides[0] > 1) | (self.sides[1] > 1))
        (down, up), flop = (side[wide] for side in self.sides), columns["flop"][wide]
        found = {name: columns[name].copy() for name in ("flop_low", "flop_high", "known_high", "sigma")}
        for name in ("flop_low", "flop_high", "known_high"):
            with np.errstate(all="ignore"):
                side = np.log(columns[name][wide] / flop)
                factor = np.where(side < 0, down, up)
                wider = flop * np.exp(np.where(side < 0, -1.0, 1.0) * np.hypot(side, np.log(factor)))
            found[name][wide] = np.where(factor > 1, wider, columns[name][wide])
        found["sigma"][wide] = spread(flop, found["flop_low"][wide], found["flop_high"][wide])
        return found
