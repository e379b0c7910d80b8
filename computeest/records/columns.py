"""The record: its fields, each a column of a table and, in JSON, a value that may hold several."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from computeest.estimation import parts
from computeest.estimation.combine import several_of
from computeest.estimation.hints import ways
from computeest.estimation.readings import of_images
from computeest.estimation.results import CONFIDENT, LIKELY, PETAFLOP_S_DAY, Results, candidates_of
from computeest.facts.lookup import Lookup, distinct, nothing
from computeest.records import checks, provenance
from computeest.records.check_columns import decimal_year
from computeest.records.derivation import derivation
from computeest.records.late import Late, Later
from computeest.schema import BESIDE, SCHEMA_VERSION
from computeest.text import dates
from computeest.text.numbers import NINETY
from computeest.version import versions

#: Numbers with NaN where there is none, or texts by distinct value.
Column: TypeAlias = NDArray[np.float64] | Lookup[str]
Record = dict[str, Any]

#: The least share of an answer that makes a method part of it by name.
NAMED_SHARE = 0.005


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field of the record."""

    name: str
    #: The field by paper; None where it has columns of its own (`methods`: flop_by_METHOD).
    column: Callable[[Results], Column] | None
    #: The unit of its numbers, for files that can say it.
    unit: str = ""
    #: What JSON holds of one paper, where that is more than a column's cell can hold.
    nested: Callable[[Results, int], Any] | None = None


def flat(results: Results, problems: Mapping[int, str] | None = None,
         asked: Callable[[RecordField], bool] = lambda field: True) -> dict[str, Column]:
    """The record, by column; `problems` holds by row what was wrong with it, `asked` says which fields are made."""
    columns: dict[str, Column] = {}
    for field in RECORD:
        if field.column is None:
            columns |= {f"flop_by_{name}": _number(results, f"flop_by_{name}") for name in results.reconciled.methods}
        elif asked(field):
            columns[field.name] = field.column(results)
        if field.name == "checks":
            columns["problems"] = _sparse(len(results.first), _problems(results, problems or {}))
    if results.consequences is not None:
        from computeest.records import consequences  # and what it needs, which others do not

        columns |= consequences.columns(results.consequences)
    return columns


def units_of(results: Results) -> Mapping[str, str]:
    """The units of the record's columns, for files that can say them."""
    units = {**UNITS, **{f"flop_by_{name}": "FLOP" for name in results.reconciled.methods}}
    if results.consequences is not None:
        from computeest.records import consequences

        units |= consequences.units_of(results.consequences)
    return units


def records(results: Results) -> list[Record]:
    """One record a paper, as JSON has it; a paper that no method can estimate has none for `flop`."""
    # half of the time is what has more in it than a cell, a tenth the cells; and few of either are looked at
    made = _Made(results, {})
    return [Late(_LATE, of=(made, index)) for index in range(len(results.first))]


@dataclass(frozen=True, slots=True)
class _Made:
    """What records were made of, and the fields that were asked for, of all papers at once."""

    results: Results
    fields: dict[str, Sequence[Any] | Mapping[int, Any]]


def _later(field: RecordField) -> Callable[[tuple[_Made, int]], Any]:
    """How a record makes a field when it is asked for."""
    name, column, nested = field.name, field.column, field.nested
    if name == "checks":
        return lambda of: _known(of[0], name, checks.by_paper).get(of[1], [])
    if nested is not None:
        return lambda of: nested(of[0].results, of[1])
    cells = partial(_cells_of, column)
    return lambda of: _known(of[0], name, cells)[of[1]]


def _known(made: _Made, name: str, make: Callable[[Results], Any]) -> Any:
    if name not in made.fields:
        made.fields[name] = make(made.results)
    return made.fields[name]


def objects(column: Column) -> NDArray[Any]:
    """A column as numbers, or as texts with None where there is none."""
    return column.objects() if isinstance(column, Lookup) else column


def _cells_of(make: Callable[[Results], Column] | None, results: Results) -> list[Any]:
    """Every paper's value, None where there is none: JSON has no NaN."""
    if make is None:
        return []
    column = make(results)
    if isinstance(column, Lookup):
        known = (*column.facts, None)
        return [known[code] for code in column.codes.tolist()]
    return [None if math.isnan(value) else value for value in column.tolist()]


def _number(results: Results, column: str) -> NDArray[np.float64]:
    found = results.columns.get(column)
    return found if found is not None else nothing(len(results.first))


def _words(column: str, results: Results) -> Lookup[Any]:
    """A column of words: what the first run that has any says."""
    kinds = results.spec.kinds(column)
    if results.spec.size == len(results.first):
        return kinds
    codes = np.full(len(results.first), -1, dtype=np.intp)
    for row in np.flatnonzero(kinds.codes >= 0)[::-1].tolist():
        codes[results.spec.paper[row]] = kinds.codes[row]
    return Lookup(codes, kinds.facts)


def _days(results: Results) -> Lookup[str]:
    days: Lookup[Any] = _words("published", results)
    return Lookup(days.codes, tuple(day.isoformat() for day in days.facts))


def _precision(results: Results) -> Lookup[str]:
    days: Lookup[Any] = _words("published", results)
    return Lookup(days.codes, tuple(dates.precision(day) for day in days.facts))


def _years(results: Results) -> NDArray[np.float64]:
    days: Lookup[Any] = _words("published", results)
    return np.array([*(round(decimal_year(day), 4) for day in days.facts), np.nan])[days.codes]


def _log10(results: Results) -> NDArray[np.float64]:
    with np.errstate(all="ignore"):
        return np.asarray(np.log10(_number(results, "flop")))


def _over(column: str, unit: float, results: Results) -> NDArray[np.float64]:
    return _number(results, column) / unit


def _either(first: str, second: str, results: Results) -> NDArray[np.float64]:
    one = _number(results, first)
    return np.where(np.isnan(one), _number(results, second), one)


def _confidence(results: Results) -> Lookup[str]:
    return confidence(_number(results, "sigma"), _number(results, "flop"))


def confidence(sigma: NDArray[np.float64], flop: NDArray[np.float64]) -> Lookup[str]:
    """The word for each spread; none where there is no answer."""
    codes = np.where(sigma <= CONFIDENT, 0, np.where(sigma <= LIKELY, 1, 2)).astype(np.intp)
    return Lookup(np.where(np.isnan(flop), -1, codes), ("confident", "likely", "speculative"))


def methods_named(results: Results) -> Lookup[str]:
    """The method, or the methods joined by falling weight where several were combined."""
    names, weight = results.reconciled.methods, results.reconciled.weight
    if len(weight) == 1:  # 3 % of a record that is made whole
        shares = weight[0].tolist()
        places = [place for place, share in enumerate(shares) if share >= NAMED_SHARE]
        return Lookup.one("+".join(names[place] for place in sorted(places, key=lambda at: -shares[at])) or None)
    used = weight >= NAMED_SHARE
    ranked = np.full(weight.shape, -1, dtype=np.intp, order="F")
    for place in reversed(range(len(names))):
        ranked[:, 0] = np.where(used[:, place], place, ranked[:, 0])
    several = np.flatnonzero(several_of(used))  # few, and only these are to be put in order
    order = np.argsort(-weight[several], axis=1, kind="stable")
    ranked[several] = np.where(np.take_along_axis(used[several], order, axis=1), order, -1)
    first, inverse = distinct(*ranked.T)
    return _of_kinds(["+".join(names[place] for place in ranked[row] if place >= 0) or None for row in first], inverse)


def _methods(results: Results, index: int) -> Record:
    """What each method says of the whole paper, with its own 90 % interval and what it assumed."""
    reconciled, found = results.reconciled, {}
    for column, name in enumerate(reconciled.methods):
        flop, sigma = float(reconciled.method_flop[index, column]), float(reconciled.method_sigma[index, column])
        if math.isnan(flop):
            continue
        assumed = [provenance.assumed_by(results, row, candidates.plan.assumed) for row in results.runs(index)
                   for candidates, _ in candidates_of(results, row) if candidates.plan.method.name == name]
        found[name] = {"flop": flop, "flop_low": flop * math.exp(-NINETY * sigma),
                       "flop_high": flop * math.exp(NINETY * sigma), "assumed": provenance.together(assumed)}
    return found


def chips(results: Results) -> Lookup[str]:
    """The chips that each paper's texts mean; a text itself where the peak was stated and the chip is unknown."""
    lookup, texts = results.spec.chips, results.spec.kinds("chip")
    first, inverse = distinct(lookup.codes, texts.codes)
    names = [(lookup.facts[lookup.codes[i]].chip if lookup.codes[i] >= 0 else None) or texts.at(i)
             for i in first.tolist()]
    if results.spec.size == len(results.first):
        return _of_kinds(names, inverse)
    of_paper: list[dict[str, None]] = [{} for _ in results.first]
    for paper, kind in zip(results.spec.paper.tolist(), inverse.tolist(), strict=True):
        if (name := names[kind]) is not None:
            of_paper[paper][str(name)] = None
    return Lookup.of(("+".join(sorted(found)) or None for found in of_paper), str)


def _of_kinds(texts: Sequence[str | None], kind: NDArray[np.intp]) -> Lookup[str]:
    """Texts of kinds of rows, and the kind of each row, as one column."""
    found: Lookup[str] = Lookup.of(texts, str)
    return Lookup(found.codes[kind], found.facts)


def _sparse(count: int, texts: Mapping[int, str]) -> Lookup[str]:
    """A column in which few rows have a text."""
    found: Lookup[str] = Lookup.of(texts.values(), str)
    codes = np.full(count, -1, dtype=np.intp)
    codes[list(texts)] = found.codes
    return Lookup(codes, found.facts)


def _problems(results: Results, problems: Mapping[int, str]) -> dict[int, str]:
    """What was wrong with each row; for a row without an estimate at least what it lacks."""
    missing = np.isnan(_number(results, "flop"))
    found: dict[int, str] = dict.fromkeys(np.flatnonzero(missing).tolist(),
                                          "not estimated: its methods failed, see checks")
    chips_ = results.spec.chips
    reasons = np.array([*(fact.no_peak for fact in chips_.facts), ""], dtype=object)[chips_.codes]
    images = of_images(results.spec)
    for rows, lacks in results.evaluation.lacking:
        papers = results.spec.paper[rows]
        for why, pictures in product(set(reasons[rows].tolist()), set(images[rows].tolist())):
            here = papers[missing[papers] & (reasons[rows] == why) & (images[rows] == pictures)]
            if len(here):
                found |= dict.fromkeys(here.tolist(), f"not estimated: {ways(lacks, why, pictures)}")
    for index, text in problems.items():
        found[index] = f"{text}; {found[index]}" if index in found else text
    return found


def _parts(results: Results, index: int) -> Record | None:
    """The model's own compute by who passes, where that is not the trained model alone."""
    return parts.by_role(results, index) or None


def _part_texts(results: Results) -> Lookup[str]:
    spec = results.spec
    passing = ("role" in spec.words, *(name in c.values for c in results.evaluation.candidates for name in BESIDE))
    papers = range(len(results.first)) if any(passing) else ()
    found = {index: parts.by_role(results, index) for index in papers}
    return _sparse(len(results.first), {index: "; ".join(f"{part} {flop:.4g}" for part, flop in one.items())
                                        for index, one in found.items() if one})


def _versions_column(results: Results) -> Lookup[str]:
    return Lookup(np.zeros(len(results.first), dtype=np.intp), (versions_text(results),))


def versions_text(results: Results) -> str:
    """The versions in one line."""
    found = versions(results.registry)
    plugins = "".join(f"; {name} {version}" for name, version in found["plugins"].items())
    return f"computeest {found['computeest']}; schema {SCHEMA_VERSION}; hardware_db {found['hardware_db']}{plugins}"


def _versions(results: Results, _index: int) -> Record:
    return versions(results.registry) | {"schema": SCHEMA_VERSION}


def _of_words(name: str) -> RecordField:
    return RecordField(name, partial(_words, name))


def _of_numbers(name: str, unit: str, column: str = "") -> RecordField:
    found = column or name
    return RecordField(name, lambda results: _number(results, found), unit)


#: Every field of the record, in order: the one place that knows them.
RECORD: tuple[RecordField, ...] = (
    _of_words("model"), RecordField("published", _days), RecordField("published_precision", _precision),
    RecordField("year", _years, "year"),
    *map(_of_words, ("link", "organization", "domain", "task", "benchmark", "metric")),
    _of_numbers("score", "dimensionless"),
    *(_of_numbers(name, "FLOP") for name in ("flop", "flop_low", "flop_high")),
    RecordField("log10_flop", _log10, "log10 FLOP"),
    RecordField("petaflop_s_days", partial(_over, "flop", PETAFLOP_S_DAY), "petaFLOP/s-day"),
    RecordField("confidence", _confidence), RecordField("method", methods_named),
    RecordField("methods", None, "FLOP", _methods),
    _of_numbers("agreement", "dimensionless"),
    RecordField("training_examples", partial(_either, "examples", "examples_seen"), "example"),
    RecordField("training_tokens", partial(_either, "tokens", "tokens_seen"), "token"),
    _of_numbers("parameters", "parameter"), RecordField("chip", chips),
    RecordField("chip_hours", partial(_over, "chip_time", 3600.0), "chip hour"),
    _of_numbers("utilization", "dimensionless"), _of_numbers("utilization_implied", "dimensionless"),
    _of_words("base_model"),
    *(_of_numbers(name, "FLOP") for name in ("base_flop", "base_flop_low", "base_flop_high",
                                             "own_flop", "own_flop_low", "own_flop_high")),
    RecordField("parts", _part_texts, nested=_parts),
    _of_numbers("generated_tokens", "token"),
    RecordField("hardware_flop", parts.hardware_flop, "FLOP"),
    *(_of_numbers(name, "FLOP") for name in ("search_flop", "total_flop")),
    *(_of_numbers(name, "FLOP") for name in ("prior_flop", "prior_flop_low", "prior_flop_high")),
    RecordField("assumed", provenance.assumed_texts, nested=provenance.assumed),
    RecordField("bound", provenance.bounds),
    RecordField("checks", checks.texts),
    RecordField("derivation", provenance.formulas, nested=derivation),
    RecordField("sources", provenance.source_texts, nested=provenance.sources),
    RecordField("versions", _versions_column, nested=_versions),
)
FIELDS: tuple[str, ...] = tuple(field.name for field in RECORD)
_LATE = {field.name: Later(_later(field)) for field in RECORD}
#: Units of the record's numbers, for files that can say them.
UNITS: Mapping[str, str] = {field.name: field.unit for field in RECORD if field.unit and field.column}
