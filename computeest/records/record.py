"""Records: one row a paper, normalized, with the names that do not change from version to version."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from computeest.estimation.results import PETAFLOP_S_DAY, Results, candidates_of, confidence, taken, worth_naming
from computeest.records.check_columns import decimal_year
from computeest.records.checks import findings
from computeest.records.derivation import derivation
from computeest.schema import SCHEMA_VERSION
from computeest.text.numbers import NINETY
from computeest.version import versions

Record = dict[str, Any]

#: The record's fields, in order. A test holds this against what `records` writes.
FIELDS = (
    "model", "published", "year", "link", "organization", "domain", "task", "benchmark", "metric", "score", "flop",
    "flop_low", "flop_high", "log10_flop", "petaflop_s_days", "confidence", "method", "methods", "agreement",
    "training_examples", "training_tokens", "parameters", "chip", "chip_hours", "utilization", "utilization_implied",
    "base_model", "base_flop", "assumed", "checks", "derivation", "sources", "versions",
)
_WORDS = ("model", "link", "organization", "domain", "task", "benchmark", "metric")


def records(results: Results) -> list[Record]:
    """One record a paper; a paper that no method can estimate has none for `flop`."""
    said = findings(results)
    return [_record(results, index, said[index]) for index in range(len(results.first))]


def _record(results: Results, index: int, checks: list[dict[str, str]]) -> Record:
    row = int(results.first[index])
    spec = results.spec
    published = spec.word("published", row)
    flop = _number(results, "flop", index)
    record: Record = {name: spec.word(name, row) for name in _WORDS}
    record |= {
        "published": published.isoformat() if published else None,
        "year": round(decimal_year(published), 4) if published else None,
        "score": _number(results, "score", index),
        "flop": flop,
        "flop_low": _number(results, "flop_low", index),
        "flop_high": _number(results, "flop_high", index),
        "log10_flop": math.log10(flop) if flop else None,
        "petaflop_s_days": flop / PETAFLOP_S_DAY if flop else None,
        "confidence": confidence(float(results.columns["sigma"][index])) if flop else None,
        "method": _method(results, index),
        "methods": _methods(results, index),
        "agreement": _number(results, "agreement", index),
        "training_examples": _number(results, "examples", index) or _number(results, "examples_seen", index),
        "training_tokens": _number(results, "tokens", index) or _number(results, "tokens_seen", index),
        "parameters": _number(results, "parameters", index),
        "chip": _chip(results, row),
        "chip_hours": _scaled(_number(results, "chip_time", index), 3600.0),
        "utilization": _utilization(results, row),
        "utilization_implied": _number(results, "utilization_implied", index),
        "base_model": spec.word("base_model", row),
        "base_flop": _number(results, "base_compute", index),
        "assumed": _assumed(results, index),
        "checks": checks,
        "derivation": derivation(results, index),
        "sources": _sources(results, index),
        "versions": versions(results.registry) | {"schema": SCHEMA_VERSION},
    }
    return {name: record[name] for name in FIELDS}


def _number(results: Results, column: str, index: int) -> float | None:
    """A number by paper, None where it is missing: JSON has no NaN."""
    values = results.columns.get(column)
    value = float(values[index]) if values is not None else math.nan
    return None if math.isnan(value) else value


def _scaled(value: float | None, unit: float) -> float | None:
    return None if value is None else value / unit


def _method(results: Results, index: int) -> str | None:
    """The method, or the methods joined by their weight where several were combined."""
    weights = results.reconciled.weight[index]
    used = sorted(((-float(w), n) for w, n in zip(weights, results.reconciled.methods, strict=True) if w >= 0.005))
    return "+".join(name for _, name in used) or None


def _methods(results: Results, index: int) -> Record:
    """What each method says of the whole paper, with its own 90 % interval and what it assumed."""
    reconciled, found = results.reconciled, {}
    rows = np.flatnonzero(results.spec.paper == index)
    for column, name in enumerate(reconciled.methods):
        flop, sigma = float(reconciled.method_flop[index, column]), float(reconciled.method_sigma[index, column])
        if math.isnan(flop):
            continue
        assumed: dict[str, float] = {}
        for row in rows:
            for candidates, _ in candidates_of(results, int(row)):
                if candidates.plan.method.name == name:
                    assumed |= _shown(results, int(row), candidates.plan.assumed)
        found[name] = {"flop": flop, "flop_low": flop * math.exp(-NINETY * sigma),
                       "flop_high": flop * math.exp(NINETY * sigma), "assumed": assumed}
    return found


def _shown(results: Results, row: int, columns: tuple[str, ...]) -> dict[str, float]:
    return {name: taken(results, row, name).value for name in columns if worth_naming(results, row, name)}


def _assumed(results: Results, index: int) -> Record:
    """Every assumption that any method rests on, and the number format where the chip's usual one was taken."""
    found: Record = {}
    for row in np.flatnonzero(results.spec.paper == index):
        chip = results.spec.chips.at(int(row))
        for candidates, _ in candidates_of(results, int(row)):
            found |= _shown(results, int(row), candidates.plan.assumed)
            if chip is not None and chip.format_assumed and "peak" in candidates.plan.given:
                found["number_format"] = chip.number_format
    return dict(sorted(found.items()))


def _chip(results: Results, row: int) -> str | None:
    fact = results.spec.chips.at(row)
    if fact is not None and fact.chip:
        return fact.chip
    word = results.spec.word("chip", row)
    return str(word) if word else None


def _utilization(results: Results, row: int) -> float | None:
    for candidates, at in candidates_of(results, row):
        if "utilization" in candidates.values:
            return float(candidates.values["utilization"][at])
    return None


def _sources(results: Results, index: int) -> list[str]:
    """Where everything is from: the paper, its tables, the chip's data sheet, the rules' citations."""
    found: dict[str, None] = {}
    spec = results.spec
    for row in np.flatnonzero(spec.paper == index):
        link = spec.word("link", int(row))
        if link:
            found[str(link)] = None
        if spec.runs:
            found |= dict.fromkeys(c.source for c in spec.runs[int(row)].cells.values() if c.source)
        chip = spec.chips.at(int(row))
        network = spec.networks.at(int(row))
        for candidates, _ in candidates_of(results, int(row)):
            if chip is not None and chip.source and "peak" in candidates.plan.given:
                found[chip.source] = None
            if network is not None and network.source:
                found[network.source] = None
            found |= dict.fromkeys(step.source for step in candidates.plan.steps)
            found |= dict.fromkeys(taken(results, int(row), n).source for n in candidates.plan.assumed)
    return [source for source in found if source]


