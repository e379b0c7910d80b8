"""The derivation as a tree: from each method's answer down to the facts, in the paper's words, that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from computeest import schema
from computeest.estimation.plan import Step
from computeest.estimation.results import Results, candidates_of, taken
from computeest.records import wording
from computeest.records.derivation import Place, looked_up, said, written
from computeest.registry import references

#: name, kind (computed, stated, looked up or assumed), value, text, and what else is known: formula, words, source,
#: quote, why; children are the inputs of a formula.
Node = dict[str, Any]


def tree(results: Results, paper: int) -> list[Node]:
    """A node for each method's answer of each of a paper's runs, in the order in which they are written."""
    rows = results.as_written(paper)
    return [node for row in rows for node in _of_run(results, int(row), several=len(rows) > 1)]


def _of_run(results: Results, row: int, *, several: bool) -> Iterator[Node]:
    spec = results.spec
    stage = str(spec.word("stage", row) or "")
    run = f"run {spec.runs[row].number if spec.runs else 1}" + (f", {stage}" if stage else "")
    for candidates, at in candidates_of(results, row):
        place, plan = Place(results, candidates, at), candidates.plan
        found = _node("flop", place, {step.target: step for step in plan.steps})
        yield {**found, "name": plan.method.name, "run": run if several else ""}


def _node(name: str, place: Place, steps: Mapping[str, Step]) -> Node:
    step = steps.get(name)
    if step is None:
        return _leaf(name, place)
    candidates = place.candidates
    value = float(candidates.flop[place.at] if name == "flop" else candidates.values[name][place.at])
    return {"name": name, "kind": "computed", "value": value, "text": wording.amount(name, value),
            "formula": written(step.formula, {column: column for column in step.inputs}),
            "numbers": written(step.formula, {column: said(column, place) for column in step.inputs}),
            "means": _means(name), **_cited(step.source),
            "children": [_node(column, place, steps) for column in step.inputs]}


def _leaf(name: str, place: Place) -> Node:
    """A fact: the paper's words and quote, what was looked up, or an assumption with its reason."""
    candidates, spec = place.candidates, place.results.spec
    value = float(candidates.values[name][place.at])
    node: Node = {"name": name, "value": value, "text": wording.amount(name, value), "means": _means(name)}
    if name in candidates.plan.assumed:
        assumption = taken(place.results, place.row, name)
        return node | {"kind": "assumed", "why": assumption.why, **_cited(assumption.source)}
    cell = spec.runs[place.row].cells.get(name) if spec.runs else None
    if cell is not None and cell.text and float(cell.value) == value:
        return node | {"kind": "stated", "words": cell.text, "quote": cell.quote, "source": cell.source,
                       "line": cell.line}
    return node | {"kind": "looked up", "source": looked_up(name, place)}


def _means(name: str) -> str:
    return schema.FIELDS[name].means if name in schema.FIELDS else ""


def _cited(source: str) -> Node:
    """A source with the address of the work that its key names."""
    entry = references().get(source)
    return {"source": source} if entry is None else {"source": entry.title, "key": source, "link": entry.url}
