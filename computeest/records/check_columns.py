"""What checks may ask, run by run: facts, results, and what was looked up or assumed beside them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.contract import Check
from computeest.estimation import readings
from computeest.estimation.plan import parameters_of
from computeest.estimation.results import Results, mean_of
from computeest.facts.lookup import nothing
from computeest.facts.spec import Spec
from computeest.offers import OURS
from computeest.problems import fails, note_failure, told
from computeest.registry import Registry, optional
from computeest.schema.practice import TUNING
from computeest.text.suggest import did_you_mean

Floats = NDArray[np.float64]

#: What an example of a network of texts is called.
_TEXTS = frozenset(("sequence", "sentence pair", "pair of sequences"))

#: Shares of the peak, and rates of one chip, that papers state.
_SHARES = ("utilization", "step_utilization", "hardware_flop_utilization")
_RATES = ("achieved_rate", "achieved_hardware_rate")

#: A part of the parameters that is no more is trained on top of the others, which were trained before.
_FEW_TRAINED = 0.5

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
    "stated_share": "the first stated of utilization, step_utilization and hardware_flop_utilization",
    "achieved_share": "stated FLOP/s of one chip, recomputed ones counted in or not, over its peak",
    "assumed_epochs": "epochs, where they are assumed",
    "assumed_epochs_high": "epochs that there may be instead, where they are assumed and nothing decides",
    "tunes": "1 where a base model, adapters, a stage or few trained parameters say that a model is tuned, else 0",
    "tokens_of_maps": "tokens stated of images, video or sound, where no network is described",
    "forward_flop_doubled": "twice the forward FLOP stated of images, which may be multiply-adds",
    "named_parameters": "parameters that the model's name says",
    "chip_peak": "the dense peak of the chip that was named",
    "counted_forward_flop": "forward FLOP of the network that was described",
    "counted_parameters": "parameters of the network that was described",
    "tokens_of_a_text": "tokens of one example of the network that was described, where that is a text",
    "tokens_seen_otherwise": "tokens seen, by those other stated facts that are furthest from the number used",
    "forward_flop_by_size": "two FLOP for each parameter, where the forward FLOP stated of a token are far from them",
    "examples_seen_otherwise": "examples seen, likewise", "time_otherwise": "time, likewise",
    "utilization_otherwise": "utilization, by shares and rates within steps that are too far from it",
    "published_year": "date as a decimal year", "announced_year": "when the chip was announced, as a decimal year",
}


class Asked:
    """What checks ask of results, by run: each column is made, and held against NaN, when it is first asked for."""

    __slots__ = ("_columns", "_marked", "_rows", "_there", "results")

    def __init__(self, results: Results) -> None:
        self.results = results
        self._columns: dict[str, Floats | None] = {}
        #: Where a column has numbers; None where it has none at all.
        self._there: dict[str, NDArray[np.bool_] | None] = {}
        self._rows: dict[tuple[str, ...], NDArray[np.intp]] = {}
        self._marked: dict[Callable[..., Any], NDArray[np.intp]] = {}

    @classmethod
    def of(cls, results: Results) -> Asked:
        """With what was asked before the results were widened, as far as it holds: half of what checks cost."""
        before, found = results.asked, cls(results)
        if before is None or any(getattr(before.results, part) is not getattr(results, part) for part in _WHOSE):
            return found
        old, new = before.results.columns, results.columns
        if old is new:  # as of most, which no check widens
            return cast(Asked, before)
        changed = frozenset(name for name in old.keys() | new.keys() if old.get(name) is not new.get(name))
        if not changed.isdisjoint(_READ):
            return found
        for part in ("_columns", "_there"):
            setattr(found, part, {name: one for name, one in getattr(before, part).items() if name not in changed})
        found._rows = {names: rows for names, rows in before._rows.items() if changed.isdisjoint(names)}
        found._marked = {test: rows for test, rows in before._marked.items()
                         if changed.isdisjoint(parameters_of(test))}
        return found

    def column(self, name: str) -> Floats | None:
        """A column, what adds up and the answers those of the run's paper; None where there is none."""
        if name not in self._columns:
            self._columns[name] = self._found(name)
        return self._columns[name]

    def _found(self, name: str) -> Floats | None:
        results, make, of_paper = self.results, MADE.get(name), OF_PAPERS.get(name)
        if make is not None:
            return make(self)
        column = results.columns.get(name) if of_paper is None else of_paper(results)
        if column is None or results.spec.size == len(results.first):
            return column
        column, own = column[results.spec.paper], results.by_run.get(name)
        return column if own is None else np.where(np.isnan(own), column, own)

    def rows(self, names: tuple[str, ...]) -> NDArray[np.intp]:
        """The runs that have a number in each of these columns."""
        if names not in self._rows:
            self._rows[names] = self._complete(names)
        return self._rows[names]

    def _complete(self, names: tuple[str, ...]) -> NDArray[np.intp]:
        complete = None
        for name in names:
            if (there := self._has(name)) is None:
                return _NOBODY
            complete = there if complete is None else complete & there
        return np.arange(self.results.spec.size) if complete is None else np.flatnonzero(complete)

    def _has(self, name: str) -> NDArray[np.bool_] | None:
        if name not in self._there:
            column = self.column(name)
            there = column == column if column is not None else None
            self._there[name] = there if there is not None and there.any() else None
        return self._there[name]

    def answers(self, test: Callable[..., Any]) -> tuple[NDArray[np.intp], Any]:
        """The runs that have every fact that a plugin's function needs, and what it says of each."""
        alone = self.results.spec.size == 1 and _ours(test)
        given = self._numbers(test) if alone else {}
        rows = self.rows(needed(test)) if not alone else _NOBODY if given is None else _FIRST
        if given is None or not len(rows):
            return _NOBODY, _NOTHING
        try:
            # a copy of each, for a plugin may write into what it is given
            said = test(**(given or {name: column[rows] for name in parameters_of(test)
                                     if (column := self.column(name)) is not None}))
            if not isinstance(said, np.generic):
                said = np.asarray(said)
            if said.shape != (() if alone else rows.shape) or said.dtype.kind not in "bif":
                raise TypeError(f"{said.dtype} of shape {said.shape} out, of one number for each row")
            return rows, said
        except fails() as error:  # a plugin's function may raise anything, and then says nothing
            _note(test, told(error))
            return _NOBODY, _NOTHING

    def _numbers(self, test: Callable[..., Any]) -> dict[str, Any] | None:
        """What a function is told of the only run, None where it lacks a fact that it needs.

        Ours compute with numbers as with columns, and a fifth of the time: 6 % of an estimate.
        """
        given: dict[str, Any] = {}
        for name in needed(test):
            if (column := self.column(name)) is None or (one := column[0]) != one:
                return None
            given[name] = one
        return given | {name: column[0] for name in parameters_of(test)
                        if name not in given and (column := self.column(name)) is not None}

    def marked(self, test: Callable[..., Any]) -> NDArray[np.intp]:
        """The runs of which a check has something to say."""
        if test not in self._marked:
            rows, said = self.answers(test)
            if len(rows) < 2:
                self._marked[test] = rows if len(rows) and said and said == said else _NOBODY
            else:
                self._marked[test] = rows[(said != 0) & (said == said)] if said.any() else _NOBODY
        return self._marked[test]

    def sentences(self, check: Check, rows: NDArray[np.intp]) -> list[str]:
        """What a check says of each of some runs."""
        names = parameters_of(check.test)
        columns = (self.column(name) for name in names)
        values = zip(*([np.nan] * len(rows) if one is None else one[rows].tolist() for one in columns), strict=True)
        template, found = _by_place(check.sentence, names), list[str]()
        for each in values:
            try:
                found.append(template.format(*each))
            except fails():  # as it says then, by the names
                found.append(said(check.sentence, dict(zip(names, each, strict=True))))
        return found

    def speaking(self, of_reach: bool = False) -> list[tuple[Check, NDArray[np.intp]]]:
        """The checks that have something to say, all or those `of_reach`, and the runs of which they have."""
        asked = _askable(self.results.registry, frozenset(self.results.columns), of_reach)
        with np.errstate(all="ignore"):
            return [(check, rows) for check in asked if len(rows := self.marked(check.test))]


#: What must be the same in results for what was asked of the one to hold of the other.
_WHOSE = ("spec", "evaluation", "reconciled", "registry", "assumptions", "by_run", "first")
#: Columns of results that others are made of.
_READ = ("tokens_seen", "examples_seen", "epochs")


def _assumed_epochs(asked: Asked) -> Floats:
    """The epochs that were assumed, NaN where they are stated."""
    epochs = asked.column("epochs")
    spec = asked.results.spec
    return nothing(spec.size) if epochs is None else np.where(np.isnan(spec.column("epochs")), epochs, np.nan)


#: Results that checks alone ask for: those of papers, and those of runs.
OF_PAPERS: Mapping[str, Callable[[Results], Floats]] = {
    **{f"{name}_otherwise": partial(lambda name, results: _otherwise(results, name), name)
       for name in ("tokens_seen", "examples_seen", "time", "utilization")},
    "flop_of_facts": lambda results: _of_facts(results),
}
MADE: Mapping[str, Callable[[Asked], Floats]] = {
    "published_year": lambda asked: published_year(asked.results.spec),
    "announced_year": lambda asked: _announced_year(asked.results.spec),
    "stated_utilization": lambda asked: asked.results.spec.column("utilization"),
    "stated_share": lambda asked: _first(asked.results.spec, _SHARES),
    "achieved_share": lambda asked: _achieved_share(asked),
    "assumed_epochs": _assumed_epochs,
    "assumed_epochs_high": lambda asked: _epochs_high(asked.results, asked.column("epochs")),
    "tunes": lambda asked: _tunes(asked.results.spec),
    **{name: partial(lambda reading, asked: reading(asked.results.spec), reading) for name, reading in (
        ("chip_peak", readings.named_peak), ("named_parameters", readings.named_parameters),
        ("forward_flop_by_size", readings.forward_by_size), ("tokens_of_maps", readings.tokens_of_maps))},
    "forward_flop_doubled": lambda asked: 2 * readings.published_macs(asked.results.spec),
    "counted_forward_flop": lambda asked: asked.results.spec.networks.column("forward_flop"),
    "counted_parameters": lambda asked: asked.results.spec.networks.column("parameters"),
    "tokens_of_a_text": lambda asked: _tokens_of_a_text(asked.results.spec),
}


def _otherwise(results: Results, name: str) -> Floats:
    """What other stated facts of a single run say of a number that was used: the furthest from it, or NaN."""
    spec, count = results.spec, len(results.first)
    used, there = results.columns.get(name), readings.every_way(spec, name)
    if used is None or not there:
        return nothing(count)
    # of several runs the number used is a total, and a stated fact may be of one of them
    single = np.flatnonzero(~np.isnan(used) if spec.size == count else
                            (np.bincount(spec.paper, minlength=count) == 1) & ~np.isnan(used))
    if not len(single):
        return nothing(count)
    values = np.array([each[results.first[single]] for each in there])
    with np.errstate(all="ignore"):
        apart = np.abs(np.log(values / used[single]))
        apart = np.where(np.isnan(apart), -1.0, apart)
    furthest = apart.argmax(axis=0)
    column, found = np.arange(len(single)), np.full(count, np.nan)
    found[single] = np.where(apart[furthest, column] >= 0, values[furthest, column], np.nan)
    return found


def _of_facts(results: Results) -> Floats:
    """What the methods that rest on facts say together."""
    return mean_of(results.reconciled, "stated", np.arange(len(results.first)))


def _epochs_high(results: Results, epochs: Floats | None) -> Floats:
    """The epochs that there may be instead of those assumed, NaN where they are stated."""
    if epochs is None:
        return nothing(results.spec.size)
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


def _first(spec: Spec, names: tuple[str, ...]) -> Floats:
    """The first of some facts that a row states."""
    found = spec.column(names[0])
    for name in names[1:]:
        if name in spec.numbers:
            found = np.where(np.isnan(found), spec.numbers[name], found)
    return found


def _achieved_share(asked: Asked) -> Floats:
    """What a chip is said to have done over what it can do, NaN where nothing is said."""
    spec, peak = asked.results.spec, None
    if not spec.numbers.keys().isdisjoint(_RATES):
        peak = asked.column("peak")
    return nothing(spec.size) if peak is None else _first(spec, _RATES) / peak


def _tunes(spec: Spec) -> Floats:
    """1 where the facts say that a model that was trained before is tuned, else 0."""
    found = np.zeros(spec.size)
    if "trainable_parameters" in spec.numbers:
        found[spec.numbers["trainable_parameters"] < _FEW_TRAINED * spec.column("parameters")] = 1.0
    if not spec.words.keys().isdisjoint(("base_model", "adapters")):
        found[(spec.kinds("base_model").codes >= 0) | (spec.kinds("adapters").codes >= 0)] = 1.0
    if "stage" in spec.words:
        found[spec.kinds("stage").marked(lambda text: TUNING.search(str(text)))] = 1.0
    return found


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
def needed(test: Callable[..., Any]) -> tuple[str, ...]:
    """The facts without which a plugin's function is not asked; those last that are made for checks alone."""
    return tuple(sorted(set(parameters_of(test)) - optional(test), key=lambda name: (name in RESULTS, name)))


#: What cannot be makes an answer worth no more than its order of magnitude.
OFF_BY = 10.5


def widens(check: Check) -> float:
    """By how much an answer may be off of which a check has something to say."""
    return max(check.widens, OFF_BY if check.level == "error" else 1.0)


@lru_cache(maxsize=512)  # most papers have the same columns: 2 % of an estimate
def _askable(registry: Registry, columns: frozenset[str], of_reach: bool) -> tuple[Check, ...]:
    """The checks that results of these columns may set off; `of_reach`, those that say how far answers may be off."""
    made = columns.union(MADE, OF_PAPERS)
    return tuple(check for check in registry.checks if _can_be_asked(check.test) and made.issuperset(needed(check.test))
                 and (not of_reach or widens(check) > 1 or check.instead))


@lru_cache(maxsize=1024)
def _ours(test: Callable[..., Any]) -> bool:
    """Whether a function is one that comes with the package."""
    return str(getattr(test, "__module__", "")).startswith(OURS)


#: The row of a single run.
_FIRST = np.zeros(1, dtype=np.intp)
_NOBODY, _NOTHING = np.zeros(0, dtype=np.intp), np.zeros(0)


@lru_cache(maxsize=1024)
def _can_be_asked(test: Callable[..., Any]) -> bool:
    """Whether there are such facts as a plugin's function needs; one that there is not is named, with the nearest."""
    unknown = [name for name in sorted(needed(test))
               if not (name in RESULTS or name in schema.NUMERIC or name.startswith("flop_by_"))]
    if unknown:
        near = did_you_mean(unknown[0], (*schema.NUMERIC, *RESULTS))
        _note(test, "; ".join(filter(None, (f"'{unknown[0]}' is no column and no result", near))))
    return not unknown


@lru_cache(maxsize=1024)
def _by_place(sentence: str, names: tuple[str, ...]) -> str:
    """The sentence with places for the names of its columns: half of what it takes to fill it in."""
    return _FIELD.sub(lambda field: f"{{{names.index(field[1])}" if field[1] in names else "{_", sentence)


#: Where a column stands in a sentence, or a place, which none has.
_FIELD = re.compile(r"(?<!\{)\{(\w*)(?=[:}!.\[])")


def said(sentence: str, values: Mapping[str, Any]) -> str:
    """A plugin's sentence with its numbers; as it stands where they do not fit in."""
    try:
        return sentence.format(**values)
    except fails() as error:
        note_failure(f"the sentence '{sentence[:60]}' of a check fails: {told(error)}")
        return sentence


def _note(test: Any, why: str) -> None:
    name, module = getattr(test, "__name__", "a check"), getattr(test, "__module__", "a plugin")
    note_failure(f"{module}: the check by {name} fails: {why}")
