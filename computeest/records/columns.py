"""Records as columns: the flat form that tables hold, made whole columns at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from computeest.estimation.plan import Plan, ways
from computeest.estimation.results import CONFIDENT, LIKELY, PETAFLOP_S_DAY, Results, candidates_of, taken, worth_naming
from computeest.facts.lookup import Lookup, coded, distinct
from computeest.records.check_columns import decimal_year
from computeest.records.checks import Finding, by_paper
from computeest.records.derivation import written
from computeest.schema import SCHEMA_VERSION
from computeest.version import versions

#: Numbers with NaN where there is none, or texts by distinct value.
Column: TypeAlias = NDArray[np.float64] | Lookup[str]

#: Units of the flat record's numbers, for files that can say them.
UNITS = {
    "year": "year", "score": "dimensionless", "flop": "FLOP", "flop_low": "FLOP", "flop_high": "FLOP",
    "log10_flop": "log10 FLOP", "petaflop_s_days": "petaFLOP/s-day", "agreement": "dimensionless",
    "training_examples": "example", "training_tokens": "token", "parameters": "parameter", "chip_hours": "chip hour",
    "utilization": "dimensionless", "utilization_implied": "dimensionless", "base_flop": "FLOP",
}
#: The least share of an answer that makes a method part of it by name.
NAMED_SHARE = 0.005


def flat(results: Results, problems: Mapping[int, str] | None = None) -> dict[str, Column]:
    """The flat record, by column; `problems` holds by row what was wrong with it."""
    columns: dict[str, Column] = {name: _words(results, name) for name in (
        "model", "published", "link", "organization", "domain", "task", "benchmark", "metric")}
    days: Lookup[Any] = _words(results, "published")
    columns["published"] = Lookup(days.codes, tuple(day.isoformat() for day in days.facts))
    columns["year"] = np.array([*(round(decimal_year(day), 4) for day in days.facts), np.nan])[days.codes]
    columns["score"] = _number(results, "score")
    for name in ("flop", "flop_low", "flop_high"):
        columns[name] = _number(results, name)
    with np.errstate(all="ignore"):
        columns["log10_flop"] = np.log10(_number(results, "flop"))
    columns["petaflop_s_days"] = _number(results, "flop") / PETAFLOP_S_DAY
    columns["confidence"] = confidence(_number(results, "sigma"), _number(results, "flop"))
    columns["method"] = methods_named(results)
    for name in results.reconciled.methods:
        columns[f"flop_by_{name}"] = _number(results, f"flop_by_{name}")
    columns["agreement"] = _number(results, "agreement")
    columns["training_examples"] = _either(results, "examples", "examples_seen")
    columns["training_tokens"] = _either(results, "tokens", "tokens_seen")
    columns["parameters"] = _number(results, "parameters")
    columns["chip"] = chips(results)
    columns["chip_hours"] = _number(results, "chip_time") / 3600.0
    columns["utilization"] = _number(results, "utilization")
    columns["utilization_implied"] = _number(results, "utilization_implied")
    columns["base_model"] = _words(results, "base_model")
    columns["base_flop"] = _number(results, "base_compute")
    columns |= _explanations(results, problems or {})
    return columns


def objects(column: Column) -> NDArray[Any]:
    """A column as numbers, or as texts with None where there is none."""
    return column.objects() if isinstance(column, Lookup) else column


def _explanations(results: Results, problems: Mapping[int, str]) -> dict[str, Column]:
    chosen = list(results.evaluation.cases.values())
    chips_, networks = results.spec.chips, results.spec.networks
    formats = _alike(chips_, lambda chip: (chip.format_assumed, chip.number_format))
    places = _alike(chips_, lambda chip: chip.source), _alike(networks, lambda network: network.source)
    return {
        "assumed": _by_plan(results, _assumed_text, formats, *chosen),
        "checks": _sparse(len(results.first), _check_texts(by_paper(results))),
        "problems": _sparse(len(results.first), _problems(results, problems)),
        "derivation": _by_plan(results, _derivation_text),
        "sources": _by_plan(results, _sources_text, *places, *chosen),
        "versions": Lookup(np.zeros(len(results.first), dtype=np.intp), (versions_text(results),)),
    }


def versions_text(results: Results) -> str:
    """The versions in one line."""
    found = versions(results.registry)
    plugins = "".join(f"; {name} {version}" for name, version in found["plugins"].items())
    return f"computeest {found['computeest']}; schema {SCHEMA_VERSION}; hardware_db {found['hardware_db']}{plugins}"


def confidence(sigma: NDArray[np.float64], flop: NDArray[np.float64]) -> Lookup[str]:
    """The word for each spread; none where there is no answer."""
    codes = np.where(sigma <= CONFIDENT, 0, np.where(sigma <= LIKELY, 1, 2)).astype(np.intp)
    return Lookup(np.where(np.isnan(flop), -1, codes), ("confident", "likely", "speculative"))


def methods_named(results: Results) -> Lookup[str]:
    """The method, or the methods joined by falling weight where several were combined."""
    names, weight = results.reconciled.methods, results.reconciled.weight
    order = np.argsort(-weight, axis=1, kind="stable")
    used = np.take_along_axis(weight, order, axis=1) >= NAMED_SHARE
    first, inverse = distinct(*(np.where(used[:, rank], order[:, rank], -1) for rank in range(len(names))))
    texts = ["+".join(names[order[i, rank]] for rank in range(len(names)) if used[i, rank]) or None for i in first]
    return _of_kinds(texts, inverse)


def chips(results: Results) -> Lookup[str]:
    """The chip that each row's text means; the text itself where the peak was stated and the chip is unknown."""
    lookup, texts = results.spec.chips, _words(results, "chip")
    codes = lookup.codes[results.first]
    first, inverse = distinct(codes, texts.codes)
    return _of_kinds([(lookup.facts[codes[i]].chip if codes[i] >= 0 else None) or texts.at(i) for i in first.tolist()],
                     inverse)


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


def _words(results: Results, column: str) -> Lookup[Any]:
    kinds = results.spec.kinds(column)
    return kinds if results.spec.size == len(results.first) else Lookup(kinds.codes[results.first], kinds.facts)


def _number(results: Results, column: str) -> NDArray[np.float64]:
    found = results.columns.get(column)
    return found if found is not None else np.full(len(results.first), np.nan)


def _either(results: Results, first: str, second: str) -> NDArray[np.float64]:
    one = _number(results, first)
    return np.where(np.isnan(one), _number(results, second), one)


def _check_texts(found: Mapping[int, list[Finding]]) -> dict[int, str]:
    """What the checks say, in one line a row; findings that many rows share are written once."""
    known: dict[int, str] = {}
    texts = {}
    for index, findings in found.items():
        parts = [known.get(id(f)) or known.setdefault(id(f), _text(f))
                 for f in findings]
        texts[index] = parts[0] if len(parts) == 1 else "; ".join(parts)
    return texts


def _text(finding: Finding) -> str:
    """A finding as one part of a line that semicolons separate."""
    return f"{finding['code']} ({finding['level']}): {finding['message'].replace('; ', ', ')}"


def _problems(results: Results, problems: Mapping[int, str]) -> dict[int, str]:
    """What was wrong with each row; for a row without an estimate at least what it lacks."""
    missing = np.isnan(_number(results, "flop"))
    found: dict[int, str] = dict.fromkeys(np.flatnonzero(missing).tolist(),
                                          "not estimated: its methods failed, see checks")
    chips = results.spec.chips
    reasons = np.array([*(fact.no_peak for fact in chips.facts), ""], dtype=object)[chips.codes]
    for rows, lacks in results.evaluation.lacking:
        papers = results.spec.paper[rows]
        for why in set(reasons[rows].tolist()):
            here = papers[missing[papers] & (reasons[rows] == why)]
            found |= dict.fromkeys(here.tolist(), f"not estimated: {ways(lacks, why)}")
    for index, text in problems.items():
        found[index] = f"{text}; {found[index]}" if index in found else text
    return found


def _alike(lookup: Lookup[Any], part: Callable[[Any], Hashable]) -> NDArray[np.intp]:
    """A code for each row by one part of its fact, -1 where it has none."""
    return np.append(coded(part(fact) for fact in lookup.facts), -1)[lookup.codes]


def _by_plan(results: Results, text: Callable[[Results, int], str | None], *codes: NDArray[np.intp]) -> Lookup[str]:
    """A text that depends on a run's plans and on `codes` only, made once for each such kind of run."""
    first, kind = distinct(results.evaluation.group, _failed(results), *codes)
    texts = [text(results, row) for row in first.tolist()]
    if results.spec.size == len(results.first):
        return _of_kinds(texts, kind)
    joined: list[dict[str, None]] = [{} for _ in results.first]
    for paper, each in zip(results.spec.paper.tolist(), kind.tolist(), strict=True):
        if found := texts[each]:
            joined[paper][found] = None
    return Lookup.of(("; ".join(found) or None for found in joined), str)


def _failed(results: Results) -> NDArray[np.intp]:
    """Tells apart runs of one group that failed in different methods."""
    found = np.zeros(results.spec.size, dtype=np.intp)
    for rows, _, _ in results.evaluation.failures:
        change = np.zeros(results.spec.size, dtype=np.intp)
        change[rows] = 1
        found = distinct(found, change)[1]
    return found


def _plans(results: Results, row: int) -> list[Plan]:
    return [candidates.plan for candidates, _ in candidates_of(results, row)]


def _assumed_text(results: Results, row: int) -> str | None:
    names = sorted({n for plan in _plans(results, row) for n in plan.assumed if worth_naming(results, row, n)})
    parts = [f"{name}={taken(results, row, name).value:g}" for name in names]
    chip = results.spec.chips.at(row)
    if chip is not None and chip.format_assumed and any("peak" in plan.given for plan in _plans(results, row)):
        parts.append(f"number_format={chip.number_format}")
    return ", ".join(parts) or None


def _derivation_text(results: Results, row: int) -> str | None:
    """The formulas of a row's plans, by the names of its columns, whose values stand beside it."""
    lines = [(plan.method.name if step.target == "flop" else step.target,
              written(step.formula, {name: name for name in step.inputs}))
             for plan in _plans(results, row) for step in plan.steps]
    return "; ".join(f"{target} = {formula}" for target, formula in lines) or None


def _sources_text(results: Results, row: int) -> str | None:
    found = dict.fromkeys(step.source for plan in _plans(results, row) for step in plan.steps)
    found |= dict.fromkeys(taken(results, row, n).source for plan in _plans(results, row) for n in plan.assumed)
    chip, network = results.spec.chips.at(row), results.spec.networks.at(row)
    if chip is not None and any("peak" in plan.given for plan in _plans(results, row)):
        found[chip.source] = None
    if network is not None:
        found[network.source] = None
    return "; ".join(source for source in found if source) or None
