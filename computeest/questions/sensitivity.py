"""What moves an estimate most, and what one more known fact would narrow it to.

Every number here comes from estimating again: with a fact nudged, with a spread taken away, or with a fact added that
says what the answer already is. So it holds however methods are combined.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from computeest import schema
from computeest.estimation import results
from computeest.estimation.assumptions import Assumption, Case
from computeest.estimation.base_models import REPORTED_SIGMA
from computeest.estimation.intervals import MISSING_PART
from computeest.estimation.plan import Planner
from computeest.estimation.readings import of_facts
from computeest.estimation.results import Results
from computeest.facts.paper import Paper, read_paper
from computeest.facts.spec import Spec
from computeest.pipeline import Options, answered, evaluated
from computeest.text.numbers import NINETY


def scaled(spec: Spec, column: str, factor: float) -> Spec:
    """The facts with one column multiplied."""
    return replace(spec, numbers={**spec.numbers, column: spec.numbers[column] * factor})


def with_facts(spec: Spec, values: Mapping[str, float]) -> Spec:
    """The facts with some columns the same in every run."""
    filled = {name: np.full(spec.size, value) for name, value in values.items()}
    return replace(spec, numbers={**spec.numbers, **filled})


def times(assumption: Assumption, factor: float) -> Assumption:
    """An assumption, and all its cases, multiplied."""
    cases = tuple(replace(case, value=case.value * factor, low=case.low * factor, high=case.high * factor)
                  for case in assumption.cases)
    return replace(assumption, value=assumption.value * factor, low=assumption.low * factor,
                   high=assumption.high * factor, cases=cases)


def exactly(assumption: Assumption) -> Assumption:
    """An assumption that is certain."""
    cases = tuple(replace(case, sigma=0.0, low=math.nan, high=math.nan) for case in assumption.cases)
    return replace(assumption, sigma=0.0, low=math.nan, high=math.nan, cases=cases)


def start(column: str) -> float:
    """A first guess within a column's bounds."""
    field = schema.FIELDS[column]
    return 0.5 if field.high <= 1 else max(1.0, field.low * 2)


_NUDGE = 1e-3
#: Less of the variance than this is not worth a line.
LEAST_SHARE = 0.001
#: A fact that narrows the interval by less than this, of its width in powers of ten, is not worth asking for.
_LEAST_NARROWING = 0.01
_ROUNDS = 20
#: What authors would be asked for where a number is looked up, or follows from other facts.
_ASKED_FOR = {"flop_per_parameter": "the architecture, or FLOP of one pass", "chip_time": "chips and time",
              "forward_flop": "the architecture, or FLOP of one pass", "examples_seen": "examples and epochs",
              "reported_compute": "training compute as the authors counted it"}
REST = "methods"


@dataclass(frozen=True, slots=True)
class Influence:
    """How much one fact or assumption brings to the uncertainty of an estimate."""

    column: str
    #: fact, assumed, base or methods.
    kind: str
    means: str
    value: float | None
    #: By what factor it may be off to either side, 90 % of the time.
    factor: float | None
    #: d ln FLOP / d ln value.
    elasticity: float | None
    #: Its share of the variance of ln FLOP.
    share: float


@dataclass(frozen=True, slots=True)
class Question:
    """What the 90 % interval would be if one more thing were known; the number itself is taken as it is."""

    columns: tuple[str, ...]
    #: What to ask the authors for, in words.
    ask: str
    #: assumed, uncertain or absent: what it is now.
    now: str
    #: The method that it makes possible, where it does.
    enables: str
    flop_low: float
    flop_high: float
    #: The width of the interval then, high over low.
    width: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """An estimate, what its uncertainty consists of, and what would narrow it, best first."""

    model: str
    flop: float
    flop_low: float
    flop_high: float
    width: float
    influences: tuple[Influence, ...]
    questions: tuple[Question, ...]

    @property
    def best(self) -> Question | None:
        """The one thing most worth asking the authors; several together only where no single one would help."""
        return min(self.questions, key=lambda q: (len(q.columns), q.width), default=None)

    def to_dict(self) -> dict[str, Any]:
        """The analysis as JSON has it."""
        found = asdict(self)
        return found | {"influences": list(found["influences"]),
                        "questions": [{**q, "columns": list(q["columns"])} for q in found["questions"]]}


def sensitivity(paper: Path | str | Mapping[str, Any], **options: Any) -> Sensitivity:
    """What moves one paper's estimate, under the options of `Options.of`; InputError where it has none."""
    chosen = Options.of(**options)
    return of_paper(read_paper(paper), chosen)


def of_paper(paper: Paper, chosen: Options) -> Sensitivity:
    """The same of a paper that is read already."""
    found = evaluated([paper], chosen)
    study = _Study(found, chosen)
    flop, _ = study.answer(found)
    questions = sorted(study.questions(), key=lambda q: (q.width, q.columns))
    low, high = study.ends(found)
    return Sensitivity(str(found.spec.word("model", 0) or ""), flop, low, high, high / low, tuple(study.influences()),
                       tuple(questions))


@dataclass(frozen=True, slots=True)
class _Study:
    """One paper's results, estimated again and again with something changed."""

    results: Results
    options: Options

    def answer(self, found: Results) -> tuple[float, float]:
        """FLOP and spread of the paper: half the width of its interval, which need not lie evenly about the number."""
        low, high = self.ends(found)
        return float(found.columns["flop"][0]), math.log(high / low) / (2 * NINETY)

    def ends(self, found: Results) -> tuple[float, float]:
        """The ends of the interval."""
        return float(found.columns["flop_low"][0]), float(found.columns["flop_high"][0])

    def again(self, spec: Spec | None = None, assumed: Mapping[str, Assumption] | None = None) -> Results:
        """The results with other facts or assumptions."""
        return answered(spec or self.results.spec, self.options, assumed)

    def influences(self) -> list[Influence]:
        """Each uncertain thing's share of the variance, largest first, and what is left for the methods."""
        variance = self.answer(self.results)[1] ** 2
        parts = [*self._facts(), *self._assumptions(), *self._base()]
        explained = sum(part.share for part in parts)
        rest = max(0.0, variance - explained)
        whole = max(explained + rest, 1e-300)
        shares = [replace(part, share=part.share / whole) for part in parts]
        shares.append(Influence(REST, "methods", "The methods themselves, and where they disagree.", None, None, None,
                                rest / whole))
        worth = [part for part in shares if part.share >= LEAST_SHARE]
        return sorted(worth, key=lambda part: (-part.share, part.column))

    def _facts(self) -> Iterator[Influence]:
        spec = self.results.spec
        readings = of_facts(spec)
        for column in dict.fromkeys((*spec.sigmas, *readings)):
            sigma = float(np.max(spec.sigmas[column])) if column in spec.sigmas else 0.0
            if column in readings:
                low, high = readings[column]
                sigma += float(np.nan_to_num(np.log(high / low)).max()) / (2 * NINETY)
            if sigma > 0 and not np.isnan(spec.column(column)).all():
                slope = self._slope(*(self.again(scaled(spec, column, factor)) for factor in _EITHER_SIDE))
                yield _influence(column, "fact", float(np.nanmax(spec.column(column))), sigma, slope)

    def _assumptions(self) -> Iterator[Influence]:
        assumed = self.results.assumptions
        for column in sorted({name for c in self.results.evaluation.candidates for name in c.plan.assumed}):
            taken = self._taken(column)
            if taken[1] > 0:
                slope = self._slope(*(self.again(assumed={**assumed, column: times(assumed[column], factor)})
                                      for factor in _EITHER_SIDE))
                yield _influence(column, "assumed", taken[0], taken[1], slope)

    def _taken(self, column: str) -> tuple[float, float]:
        """The value and spread assumed, of the run where it is the most uncertain."""
        variants = [results.taken(self.results, int(row), column)
                    for c in self.results.evaluation.candidates if column in c.plan.assumed for row in c.rows]
        return max(((variant.value, _spread(variant)) for variant in variants), key=lambda pair: pair[1])

    def _base(self) -> Iterator[Influence]:
        """The base model's compute, whose spread is that of a figure that authors state."""
        base = self.results.columns.get("base_compute")
        value = float(base[0]) if base is not None else math.nan
        if value > 0:
            slope = value / self.answer(self.results)[0]
            yield _influence("base_compute", "base", value, REPORTED_SIGMA, slope)
        elif 0 in self.results.lineage.missing:
            yield replace(_influence("base_compute", "base", math.nan, MISSING_PART, 1.0), value=None, elasticity=None)

    def _slope(self, down: Results, up: Results) -> float:
        return math.log(self.answer(up)[0] / self.answer(down)[0]) / (2 * _NUDGE)

    def questions(self) -> Iterator[Question]:
        """What would narrow the interval: facts that are uncertain or assumed now, and absent ones."""
        spec, assumed = self.results.spec, self.results.assumptions
        for influence in self.influences():
            column = influence.column
            if influence.kind == "fact":
                sigmas = {name: sigma for name, sigma in spec.sigmas.items() if name != column}
                alternatives = {name: ends for name, ends in spec.alternatives.items() if name != column}
                known = self.again(replace(spec, sigmas=sigmas, alternatives=alternatives))
                yield from self._asked((column,), "uncertain", "", known)
            elif influence.kind == "assumed":
                yield from self._asked((column,), "assumed", "", self.again(
                    assumed={**assumed, column: exactly(assumed[column])}))
            elif influence.kind == "base" and influence.value is None:
                # the interval of the model's own run: with the base model's compute known and added it is no wider
                yield from self._asked((column,), "absent", "", self.again(with_facts(spec, {column: 1.0})))
        if spec.size == 1:
            for method, columns in self._absent().items():
                yield from self._enabled(method, columns)

    def _absent(self) -> Mapping[str, tuple[str, ...]]:
        """For each method that the facts do not allow, what it lacks."""
        registry, spec = self.results.registry, self.results.spec
        present = frozenset(name for name in spec.numbers if not np.isnan(spec.numbers[name][0]))
        planner = Planner(tuple(registry.methods.values()), registry.rules, self.results.assumptions)
        return {method: found[0] for method, found in planner.missing(present).items() if found}

    def _enabled(self, method: str, columns: tuple[str, ...]) -> Iterator[Question]:
        """The interval if a method became possible that gives the same answer: its facts chosen so that it does."""
        target = self.answer(self.results)[0]
        values = {column: start(column) for column in columns}
        last = max(columns, key=lambda column: schema.FIELDS[column].high)
        for _ in range(_ROUNDS):
            found = self.again(with_facts(self.results.spec, values))
            place = found.reconciled.methods.index(method)
            flop = float(found.reconciled.method_flop[0, place])
            if not flop > 0:
                return
            if abs(math.log(target / flop)) < 1e-6:
                yield from self._asked(columns, "absent", method, found)
                return
            slope = self._elasticity(found, method, last)
            if abs(slope) < 1e-6:
                return
            values[last] *= math.exp(max(-200.0, min(200.0, math.log(target / flop) / slope)))

    def _elasticity(self, found: Results, method: str, column: str) -> float:
        return next((float(np.ravel(c.elasticity.get(column, 0.0))[0]) for c in found.evaluation.candidates
                     if c.plan.method.name == method), 0.0)

    def _asked(self, columns: tuple[str, ...], now: str, method: str, found: Results) -> Iterator[Question]:
        """The question, where its answer would narrow the interval at all."""
        flop, before = self.answer(self.results)
        sigma = self.answer(found)[1]
        if sigma < before * (1 - _LEAST_NARROWING):
            low, high = (end * flop / self.answer(found)[0] for end in self.ends(found))
            of_peak = "the chip" if now == "absent" else "the number format"
            ask = " and ".join(of_peak if c == "peak" else _ASKED_FOR.get(c, c.replace("_", " ")) for c in columns)
            yield Question(columns, ask, now, method, low, high, high / low)


def _spread(variant: Assumption | Case) -> float:
    """One sigma of what is assumed, with what nothing decides about it: the interval spans that, and reaches beyond."""
    low, high = (variant.value if math.isnan(end) else end for end in (variant.low, variant.high))
    return variant.sigma + math.log(high / low) / (2 * NINETY)


_EITHER_SIDE = (math.exp(-_NUDGE), math.exp(_NUDGE))


def _influence(column: str, kind: str, value: float, sigma: float, slope: float) -> Influence:
    """Its share is still a variance here, of which the whole is not known yet."""
    share = (slope * sigma) ** 2
    return Influence(column, kind, schema.FIELDS[column].means, value, math.exp(NINETY * sigma), slope, share)
