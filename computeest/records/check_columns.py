"""What checks may ask, run by run: facts, results, and what was looked up or assumed beside them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping, Sequence, Set
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.contract import Check
from computeest.estimation.plan import parameters_of
from computeest.estimation.readings import ROUTES, named_parameters, possible, published_macs, stated, tokens_of_maps
from computeest.estimation.results import Results
from computeest.facts.lookup import nothing
from computeest.facts.spec import Spec
from computeest.problems import fails, note_failure, told
from computeest.registry import Registry, optional
from computeest.text.suggest import did_you_mean

Floats = NDArray[np.float64]

#: What an example of a network of texts is called.
_TEXTS = frozenset(("sequence", "sentence pair", "pair of sequences"))

#: What a check may ask beside the columns of the schema and `flop_by_METHOD`, and what each is.
RESULTS: Mapping[str, str] = {
    "flop": "the answer, with base models", "flop_low": "5 % are below", "flop_high": "5 % are above",
    "sigma": "one-sigma spread of ln flop, of the wider side of its interval",
    "sigma_propagated": "what the spreads of facts and assumptions alone bring to it",
    "core_low": "the lower end of what is undecided", "core_high": "its upper end",
    "known_high": "5 % are above, of the part that is known", "group": "whose margin it has, by place",
    "at_least": "1 where a run, or a base model, of unknown compute is left out, else 0",
    "own_flop": "the answer without base models",
    "own_flop_low": "5 % of it are below", "own_flop_high": "5 % of it are above",
    "flop_of_facts": "what all methods but `reported` say, by their certainty",
    "agreement": "largest over smallest answer of the methods",
    "utilization_implied": "what the other methods say over what the chips could have done",
    "capacity": "chip time x peak", "wall_chip_time": "chips x time",
    "stated_utilization": "utilization, where it is stated and not assumed",
    "assumed_epochs": "epochs, where they are assumed",
    "assumed_epochs_high": "epochs that there may be instead, where they are assumed and nothing decides",
    "tokens_of_maps": "tokens stated of images, video or sound, where no network is described",
    "forward_flop_doubled": "twice the forward FLOP stated of images, which may be multiply-adds",
    "named_parameters": "parameters that the model's name says",
    "chip_peak": "the dense peak of the chip that was named",
    "counted_forward_flop": "forward FLOP of the network that was described",
    "counted_parameters": "parameters of the network that was described",
    "tokens_of_a_text": "tokens of one example of the network that was described, where that is a text",
    "tokens_seen_otherwise": "tokens seen, by those other stated facts that are furthest from the number used",
    "examples_seen_otherwise": "examples seen, likewise",
    "published_year": "date as a decimal year", "announced_year": "when the chip was announced, as a decimal year",
}


def columns(results: Results, asked: Set[str] = frozenset(RESULTS)) -> dict[str, Floats]:
    """Every number that a check may ask, by run: what adds up and the answers are those of the run's paper.

    Of those that are made for checks alone, the ones that are `asked`.
    """
    spec = results.spec
    several = spec.size != len(results.first)
    of_paper = dict(results.columns)
    if not asked.isdisjoint(("tokens_seen_otherwise", "examples_seen_otherwise")):
        of_paper |= _otherwise(results)
    if "flop_of_facts" in asked:
        of_paper["flop_of_facts"] = _of_facts(results)
    found = {name: column[spec.paper] for name, column in of_paper.items()} if several else of_paper
    if several:
        found |= {name: np.where(np.isnan(column), found[name], column) for name, column in results.by_run.items()}
    epochs = found.get("epochs", nothing(spec.size))
    made: dict[str, Callable[[], Floats]] = {
        "published_year": lambda: published_year(spec),
        "announced_year": lambda: _announced_year(spec),
        "stated_utilization": lambda: spec.column("utilization"),
        "assumed_epochs": lambda: np.where(np.isnan(spec.column("epochs")), epochs, np.nan),
        "assumed_epochs_high": lambda: _epochs_high(results, epochs),
        "chip_peak": lambda: spec.chips.column("peak"),
        "named_parameters": lambda: named_parameters(spec),
        "tokens_of_maps": lambda: tokens_of_maps(spec),
        "forward_flop_doubled": lambda: 2 * published_macs(spec),
        "counted_forward_flop": lambda: spec.networks.column("forward_flop"),
        "counted_parameters": lambda: spec.networks.column("parameters"),
        "tokens_of_a_text": lambda: _tokens_of_a_text(spec),
    }
    return found | {name: make() for name, make in made.items() if name in asked}


def _otherwise(results: Results) -> dict[str, Floats]:
    """What other stated facts of a single run say of a number that was used: the furthest from it, or NaN."""
    spec, count = results.spec, len(results.first)
    single = np.bincount(spec.paper, minlength=count) == 1
    found = {}
    for name in ("tokens_seen", "examples_seen"):
        used, routes = results.columns.get(name), list(possible(spec, ROUTES[name]))
        if used is None or not routes:
            found[f"{name}_otherwise"] = nothing(count)
            continue
        # of several runs the number used is a total, and a stated fact may be of one of them
        values = np.array([stated(spec, route) for route in routes])
        values = np.where(single, values[:, results.first], np.nan)
        with np.errstate(all="ignore"):
            apart = np.nan_to_num(np.abs(np.log(values / used)), nan=-1.0)
        furthest = apart.argmax(axis=0)
        column = np.arange(count)
        found[f"{name}_otherwise"] = np.where(apart[furthest, column] >= 0, values[furthest, column], np.nan)
    return found


def _of_facts(results: Results) -> Floats:
    """What the methods that rest on facts say together."""
    reconciled = results.reconciled
    others = [place for place, method in enumerate(reconciled.offered) if method.rests_on != "stated"]
    with np.errstate(all="ignore"):
        logs = np.log(reconciled.method_flop[:, others])
        weight = np.where(np.isnan(logs), 0.0, 1 / np.maximum(reconciled.method_sigma[:, others], 1e-6) ** 2)
        total = (np.where(np.isnan(logs), 0.0, logs) * weight).sum(axis=1)
        return np.asarray(np.exp(total / weight.sum(axis=1)), dtype=np.float64)


def _epochs_high(results: Results, epochs: Floats) -> Floats:
    """The epochs that there may be instead of those assumed, NaN where they are stated."""
    highest = np.array([variant.high for variant in results.assumptions["epochs"].variants()])
    cases = results.evaluation.cases.get("epochs", np.zeros(results.spec.size, dtype=np.intp))
    return np.where(np.isnan(results.spec.column("epochs")) & ~np.isnan(epochs), highest[cases], np.nan)


def published_year(spec: Spec) -> Floats:
    """When each run's model was published, as a decimal year; NaN where nobody says."""
    published = spec.kinds("published")
    return np.array([*map(decimal_year, published.facts), np.nan])[published.codes]


def _tokens_of_a_text(spec: Spec) -> Floats:
    """Tokens of one sequence of the network described; NaN where its examples are something else."""
    networks = spec.networks
    texts = np.array([fact.example in _TEXTS for fact in networks.facts] + [False])[networks.codes]
    return np.where(texts, networks.column("forward_flop") / networks.column("forward_flop_per_token"), np.nan)


def _announced_year(spec: Spec) -> Floats:
    announced = [decimal_year(chip.announced) if chip.announced else np.nan for chip in spec.chips.facts]
    return np.array([*announced, np.nan])[spec.chips.codes]


@lru_cache(maxsize=65_536)
def decimal_year(day: datetime.date) -> float:
    """A date as a year with its fraction."""
    year = min(day.year, datetime.MAXYEAR - 1)  # the calendar's last year is as long as the one before
    length = datetime.date(year + 1, 1, 1).toordinal() - datetime.date(year, 1, 1).toordinal()
    return day.year + (day.toordinal() - datetime.date(day.year, 1, 1).toordinal()) / length


@lru_cache(maxsize=1024)
def needed(test: Callable[..., Any]) -> frozenset[str]:
    """The facts without which a plugin's function is not asked."""
    return frozenset(parameters_of(test)) - optional(test)


def there(known: Mapping[str, Floats]) -> frozenset[str]:
    """The columns in which any run has a number."""
    # as Python's numbers where there is one run: a tenth of what numpy takes
    one = len(next(iter(known.values()), ())) == 1
    return frozenset([name for name, column in known.items() if not (
        math.isnan(column.item()) if one else np.isnan(column).all())])


def askable(checks: Sequence[Check], stated: Set[str]) -> list[Check]:
    """The checks that can say something where only these columns have numbers: of one paper about a fifth of all."""
    return [check for check in checks if _can_be_asked(check.test) and needed(check.test) <= stated]


#: What cannot be makes an answer worth no more than its order of magnitude.
OFF_BY = 10.5


def widens(check: Check) -> float:
    """By how much an answer may be off of which a check has something to say."""
    return max(check.widens, OFF_BY if check.level == "error" else 1.0)


@lru_cache(maxsize=8)
def widening(registry: Registry) -> tuple[tuple[Check, ...], Set[str]]:
    """The checks that say how far answers may be off, and what they ask."""
    found = tuple(check for check in registry.checks if widens(check) > 1 or check.instead)
    tests = (each for check in found for each in (check.test, check.instead) if each is not None)
    return found, frozenset(name for test in tests for name in parameters_of(test))


#: The row of a single run.
_FIRST = np.zeros(1, dtype=np.intp)
_NOBODY = np.zeros(0, dtype=np.intp), np.zeros(0)


def answers(test: Any, known: Mapping[str, Floats], count: int) -> tuple[NDArray[np.intp], Floats]:
    """The runs that have every fact that a plugin's function needs, and what it says of each."""
    if not needed(test) <= known.keys():
        return _NOBODY
    if count == 1:  # without masks, which one row needs not: a tenth of an estimate
        rows = _NOBODY[0] if any(math.isnan(known[name].item()) for name in needed(test)) else _FIRST
    else:
        complete = np.ones(count, dtype=bool)
        for name in needed(test):
            complete &= ~np.isnan(known[name])
        rows = np.flatnonzero(complete)
    if not len(rows):
        return _NOBODY
    try:
        with np.errstate(all="ignore"):
            asked = {name: known[name] for name in parameters_of(test) if name in known}
            found = np.asarray(test(**{name: one[rows] if count > 1 else one.copy() for name, one in asked.items()}))
            if found.shape != rows.shape or found.dtype.kind not in "bif":
                raise TypeError(f"{found.dtype} of shape {found.shape} out, of one number for each row")
            return rows, found.astype(np.float64)
    except fails() as error:  # a plugin's function may raise anything, and then says nothing
        _note(test, told(error))
        return _NOBODY


@lru_cache(maxsize=1024)
def _can_be_asked(test: Callable[..., Any]) -> bool:
    """Whether there are such facts as a plugin's function needs; one that there is not is named, with the nearest."""
    unknown = sorted(name for name in needed(test)
                     if not (name in RESULTS or name in schema.NUMERIC or name.startswith("flop_by_")))
    if unknown:
        near = did_you_mean(unknown[0], (*schema.NUMERIC, *RESULTS))
        _note(test, "; ".join(filter(None, (f"'{unknown[0]}' is no column and no result", near))))
    return not unknown


def _note(test: Any, why: str) -> None:
    name, module = getattr(test, "__name__", "a check"), getattr(test, "__module__", "a plugin")
    note_failure(f"{module}: the check by {name} fails: {why}")
