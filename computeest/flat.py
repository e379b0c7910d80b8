"""Records as columns: the flat form that tables hold, made whole columns at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest.checks import decimal_year, findings
from computeest.plan import Plan, ways
from computeest.results import CONFIDENT, LIKELY, PETAFLOP_S_DAY, Results, candidates_of, taken, worth_naming
from computeest.schema import SCHEMA_VERSION
from computeest.symbols import Symbol
from computeest.version import versions

Column = NDArray[Any]

#: Units of the flat record's numbers, for files that can say them.
UNITS = {
    "year": "year", "score": "dimensionless", "flop": "FLOP", "flop_low": "FLOP", "flop_high": "FLOP",
    "log10_flop": "log10 FLOP", "petaflop_s_days": "petaFLOP/s-day", "agreement": "dimensionless",
    "training_examples": "example", "training_tokens": "token", "parameters": "parameter", "chip_hours": "chip hour",
    "utilization": "dimensionless", "utilization_implied": "dimensionless", "base_flop": "FLOP",
}
#: The least share of an answer that makes a method part of it by name.
NAMED_SHARE = 0.005


def flat(results: Results, problems: dict[int, str] | None = None) -> dict[str, Column]:
    """The flat record, by column; `problems` holds by row what was wrong with it."""
    columns: dict[str, Column] = {name: _words(results, name) for name in (
        "model", "published", "link", "organization", "domain", "task", "benchmark", "metric")}
    columns["year"] = _years(columns["published"])
    columns["published"] = _texts(columns["published"], lambda day: day.isoformat())
    columns["score"] = _number(results, "score")
    for name in ("flop", "flop_low", "flop_high"):
        columns[name] = _number(results, name)
    with np.errstate(all="ignore"):
        columns["log10_flop"] = np.log10(columns["flop"])
    columns["petaflop_s_days"] = columns["flop"] / PETAFLOP_S_DAY
    columns["confidence"] = confidence(_number(results, "sigma"), columns["flop"])
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
    columns["assumed"] = _by_plan(results, _assumed_text)
    columns["checks"] = np.array(["; ".join(f"{c['code']}: {c['message']}" for c in found) or None
                                  for found in findings(results)], dtype=object)
    columns["problems"] = _problems(results, problems or {})
    columns["derivation"] = _by_plan(results, _derivation_text)
    columns["sources"] = _by_plan(results, _sources_text)
    columns["versions"] = np.full(len(results.first), versions_text(results), dtype=object)
    return columns


def versions_text(results: Results) -> str:
    """The versions in one line."""
    found = versions(results.registry)
    plugins = "".join(f"; {name} {version}" for name, version in found["plugins"].items())
    return f"computeest {found['computeest']}; schema {SCHEMA_VERSION}; hardware_db {found['hardware_db']}{plugins}"


def confidence(sigma: NDArray[np.float64], flop: NDArray[np.float64]) -> Column:
    """The word for each spread; None where there is no answer."""
    words = np.where(sigma <= CONFIDENT, "confident", np.where(sigma <= LIKELY, "likely", "speculative")).astype(object)
    words[np.isnan(flop)] = None
    return words


def methods_named(results: Results) -> Column:
    """The method, or the methods joined by falling weight where several were combined; None where there is no answer."""
    names, weight = results.reconciled.methods, results.reconciled.weight
    order = np.argsort(-weight, axis=1, kind="stable")
    used = np.take_along_axis(weight, order, axis=1) >= NAMED_SHARE
    code = np.zeros(len(weight), dtype=np.int64)
    for rank in range(len(names)):
        code = code * (len(names) + 1) + np.where(used[:, rank], order[:, rank] + 1, 0)
    unique, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    texts = np.array(["+".join(names[order[i, rank]] for rank in range(len(names)) if used[i, rank]) or None
                      for i in first] + [None], dtype=object)[: len(unique)]
    return texts[inverse]


def chips(results: Results) -> Column:
    """The chip that each row's text means; the text itself where the peak was stated and the chip is unknown."""
    lookup = results.spec.chips
    ids = np.array([fact.chip or None for fact in lookup.facts] + [None], dtype=object)
    found = ids[lookup.codes[results.first]]
    texts = _words(results, "chip")
    return np.where(found == None, texts, found)  # noqa: E711  an elementwise comparison


def _words(results: Results, column: str) -> Column:
    words = results.spec.words.get(column)
    return words[results.first] if words is not None else np.full(len(results.first), None, dtype=object)


def _number(results: Results, column: str) -> NDArray[np.float64]:
    found = results.columns.get(column)
    return found if found is not None else np.full(len(results.first), np.nan)


def _either(results: Results, first: str, second: str) -> NDArray[np.float64]:
    one = _number(results, first)
    return np.where(np.isnan(one), _number(results, second), one)


def _texts(values: Column, text: Callable[[Any], str]) -> Column:
    known = {value: text(value) for value in set(values.tolist()) if value is not None}
    return np.array([known.get(value) for value in values.tolist()], dtype=object)


def _years(dates: Column) -> NDArray[np.float64]:
    known = {day: round(decimal_year(day), 4) for day in set(dates.tolist()) if day is not None}
    return np.array([known.get(day, np.nan) for day in dates.tolist()], dtype=np.float64)


def _problems(results: Results, problems: dict[int, str]) -> Column:
    """What was wrong with each row; for a row without an estimate at least what it lacks."""
    found = np.full(len(results.first), None, dtype=object)
    for rows, missing in results.evaluation.lacking:
        found[results.spec.paper[rows]] = f"not estimated: {ways(missing)}"
    for index, text in problems.items():
        found[index] = f"{text}; {found[index]}" if found[index] else text
    return found


def _by_plan(results: Results, text: Callable[[Results, int], str | None]) -> Column:
    """A text that depends on a row's plans, its chip and its network only, made once for each such kind of row."""
    spec, group, cases = results.spec, results.evaluation.group, list(results.evaluation.cases.values())
    known: dict[Hashable, str | None] = {}
    found = np.full(len(results.first), None, dtype=object)
    ends = np.append(results.first[1:], spec.size)
    for index, (start, end) in enumerate(zip(results.first.tolist(), ends.tolist(), strict=True)):
        key = tuple((int(group[r]), int(spec.chips.codes[r]), int(spec.networks.codes[r]),
                     *(int(codes[r]) for codes in cases)) for r in range(start, end))
        if key not in known:
            known[key] = "; ".join(dict.fromkeys(t for r in range(start, end) if (t := text(results, r)))) or None
        found[index] = known[key]
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
    return "; ".join(f"{step.target if step.target != 'flop' else plan.method.name} = {_formula(step)}"
                     for plan in _plans(results, row) for step in plan.steps) or None


def _formula(step: Any) -> str:
    try:
        written = step.formula(**{name: Symbol(name) for name in step.inputs})
    except Exception:  # a plugin's formula need not take symbols; its inputs are listed instead
        return f"{step.name}({', '.join(step.inputs)})"
    return written.text if isinstance(written, Symbol) else str(written)


def _sources_text(results: Results, row: int) -> str | None:
    found = dict.fromkeys(step.source for plan in _plans(results, row) for step in plan.steps)
    found |= dict.fromkeys(taken(results, row, n).source for plan in _plans(results, row) for n in plan.assumed)
    chip, network = results.spec.chips.at(row), results.spec.networks.at(row)
    if chip is not None and any("peak" in plan.given for plan in _plans(results, row)):
        found[chip.source] = None
    if network is not None:
        found[network.source] = None
    return "; ".join(source for source in found if source) or None
