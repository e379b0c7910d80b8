"""What an answer rests on, run by run: assumptions, formulas and sources; as texts of columns and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.estimation.plan import Plan
from computeest.estimation.results import Results, assumed_sizes, candidates_of, taken, worth_naming
from computeest.facts.lookup import Lookup, coded, distinct
from computeest.records.derivation import written

Said = TypeVar("Said")

AT_LEAST, AT_MOST = "at_least", "at_most"


def assumed(results: Results, paper: int) -> dict[str, Any]:
    """Every assumption that the answer rests on, and the number format where the chip's usual one was taken.

    What a method rests on that is left out is named with that method, in `methods`.
    """
    return together([_assumed_of(results, row) for row in results.runs(paper)])


def sources(results: Results, paper: int) -> list[str]:
    """Where everything is from: the paper, its tables, the chip's data sheet, the rules' citations."""
    links = [str(link) for row in results.runs(paper) if (link := results.spec.word("link", row))]
    return _joined([links, *(_sources_of(results, row) for row in results.runs(paper))])


def assumed_texts(results: Results) -> Lookup[str]:
    """What was assumed, in one line a paper."""
    chips = results.spec.chips
    formats = _alike(chips, lambda chip: (chip.format_assumed, chip.number_format))
    sizes = _alike(results.spec.networks, lambda network: tuple(network.assumed.items()))
    return _by_kind(results, _assumed_of, together, _assumed_text, formats, sizes, _taken_from(results),
                    *results.evaluation.cases.values())


def bounds(results: Results) -> Lookup[str]:
    """at_least or at_most where an answer is no more than that; of papers that bound one fact either way nothing.

    A part that is missing makes any answer a least one. Which facts are bounds is said by the check of that name.
    """
    said: dict[int, set[str]] = {}
    for row, _, kind in results.spec.bounds:
        said.setdefault(int(results.spec.paper[row]), set()).add(kind)
    texts = {paper: kinds.pop() for paper, kinds in said.items() if len(kinds) == 1 and kinds <= {AT_LEAST, AT_MOST}}
    codes = np.where(results.columns["at_least"] > 0, 0, -1)
    for paper, text in texts.items():
        codes[paper] = 0 if codes[paper] == 0 or text == AT_LEAST else 1
    return Lookup(np.where(np.isnan(results.columns["flop"]), -1, codes), (AT_LEAST, AT_MOST))


def formulas(results: Results) -> Lookup[str]:
    """The formulas of each paper's plans, by the names of its columns, whose values stand beside them."""
    return _by_kind(results, _formulas_of, _joined, "; ".join)


def source_texts(results: Results) -> Lookup[str]:
    """Where everything is from, in one line a paper."""
    places = (_alike(results.spec.chips, lambda chip: chip.source),
              _alike(results.spec.networks, lambda network: network.source))
    cited = [np.arange(results.spec.size)] if _cites(results) else []
    found = _by_kind(results, _sources_of, _joined, "; ".join, *places, *results.evaluation.cases.values(), *cited)
    links = results.spec.kinds("link")
    if not links.facts:
        return found
    # texts of few kinds before links, of which every row may have its own
    codes = links.codes[results.first]
    first, inverse = distinct(codes, found.codes)
    texts = ["; ".join(str(part) for part in (links.facts[codes[i]] if codes[i] >= 0 else None, found.at(i)) if part)
             for i in first.tolist()]
    return Lookup(inverse, tuple(texts)) if all(texts) else Lookup.of((texts[i] or None for i in inverse), str)


def assumed_by(results: Results, row: int, columns: Sequence[str]) -> dict[str, Any]:
    """The values taken in one run for columns that are assumed and worth a name."""
    return {name: taken(results, row, name).value for name in columns if worth_naming(results, row, name)}


def _plans(results: Results, row: int) -> list[Plan]:
    return [candidates.plan for candidates, _ in candidates_of(results, row)]


def _taken_from(results: Results) -> NDArray[np.intp]:
    """For each run, which methods its paper's answer takes anything of: a bit for each."""
    bits = np.zeros(len(results.first), dtype=np.intp)
    for place, column in enumerate(results.reconciled.weight.T):
        bits |= (column > 0).astype(np.intp) << place
    return bits[results.spec.paper]


def _assumed_of(results: Results, row: int) -> dict[str, Any]:
    weight = results.reconciled.weight[results.spec.paper[row]]
    within = {name for name, share in zip(results.reconciled.methods, weight.tolist(), strict=True) if share > 0}
    plans = [plan for plan in _plans(results, row) if plan.method.name in within]
    found = assumed_by(results, row, sorted({name for plan in plans for name in plan.assumed}))
    chip = results.spec.chips.at(row)
    if chip is not None and chip.format_assumed and any("peak" in plan.given for plan in plans):
        found["number_format"] = chip.number_format
    for plan in plans:
        found |= assumed_sizes(results, row, plan)
    return dict(sorted(found.items()))


def _formulas_of(results: Results, row: int) -> list[str]:
    return [f"{plan.method.name if step.target == 'flop' else step.target} = "
            f"{written(step.formula, {name: name for name in step.inputs})}"
            for plan in _plans(results, row) for step in plan.steps]


def _cites(results: Results) -> bool:
    return any(cell.source for run in results.spec.runs for cell in run.cells.values())


def _sources_of(results: Results, row: int) -> list[str]:
    spec, plans = results.spec, _plans(results, row)
    cited = {name: cell.source for name, cell in spec.runs[row].cells.items() if cell.source} if spec.runs else {}
    found = [*cited.values()] if len(cited) < 2 else [cited[name] for name in schema.FIELDS if name in cited]
    chip, network = spec.chips.at(row), spec.networks.at(row)
    if chip is not None and any("peak" in plan.given for plan in plans):
        found.append(chip.source)
    if network is not None:
        found.append(network.source)
    found += [step.source for plan in plans for step in plan.steps]
    found += [taken(results, row, name).source for plan in plans for name in plan.assumed]
    return [source for source in dict.fromkeys(found) if source]


def _joined(found: Sequence[Sequence[str]]) -> list[str]:
    """What several runs say, each thing once."""
    return list(dict.fromkeys(text for texts in found for text in texts))


def together(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What several runs assume: one value where they agree, else the list of them."""
    values: dict[str, list[Any]] = {}
    for mapping in found:
        for name, value in mapping.items():
            values.setdefault(name, [])
            if value not in values[name]:
                values[name].append(value)
    return {name: values[name][0] if len(values[name]) == 1 else sorted(values[name], key=str)
            for name in sorted(values)}


def _assumed_text(found: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={'|'.join(map(_shown, value)) if isinstance(value, list) else _shown(value)}"
                     for name, value in found.items())


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _alike(lookup: Lookup[Any], part: Callable[[Any], Hashable]) -> NDArray[np.intp]:
    """A code for each row by one part of its fact, -1 where it has none."""
    return np.append(coded(part(fact) for fact in lookup.facts), -1)[lookup.codes]


def _by_kind(results: Results, of_run: Callable[[Results, int], Said], merged: Callable[[list[Said]], Said],
             text: Callable[[Said], str], *codes: NDArray[np.intp]) -> Lookup[str]:
    """A text that depends on a run's plans and on `codes` only, made once for each such kind of run."""
    first, kind = distinct(results.evaluation.group, _failed(results), *codes)
    said = [of_run(results, row) for row in first.tolist()]
    if results.spec.size == len(results.first):
        found = Lookup.of((text(each) or None for each in said), str)
        return Lookup(found.codes[kind], found.facts)
    papers = (merged([said[kind[row]] for row in results.runs(paper)]) for paper in range(len(results.first)))
    return Lookup.of((text(each) or None for each in papers), str)


def _failed(results: Results) -> NDArray[np.intp]:
    """Tells apart runs of one group that failed in different methods."""
    found = np.zeros(results.spec.size, dtype=np.intp)
    for rows, _, _ in results.evaluation.failures:
        change = np.zeros(results.spec.size, dtype=np.intp)
        change[rows] = 1
        found = distinct(found, change)[1]
    return found
