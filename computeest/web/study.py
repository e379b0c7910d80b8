"""Everything that a page on a paper says: its record, how it was derived, what moves it, and the file to copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from computeest.facts.paper import Paper, Run
from computeest.pipeline import Options, estimate_together, evaluated
from computeest.problems import InputError
from computeest.questions.sensitivity import of_paper
from computeest.records.columns import Record
from computeest.records.thresholds import judgements, named
from computeest.records.tree import Node, tree


@dataclass(frozen=True, slots=True)
class Study:
    """One paper as its page shows it."""

    record: Record
    thresholds: Sequence[Mapping[str, Any]]
    derivation: Sequence[Node]
    #: influences and questions of the analysis of sensitivity; None where there is none to be had.
    sensitivity: Mapping[str, Any] | None
    #: paper.yaml, to copy.
    yaml: str
    facts: Sequence[Mapping[str, Any]] = field(default=())
    #: What the methods that were taken rest on, in their order: counted, hardware, stated.
    rests_on: Sequence[str] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"record": self.record, "thresholds": list(self.thresholds), "derivation": list(self.derivation),
                "sensitivity": self.sensitivity, "yaml": self.yaml, "facts": list(self.facts)}


def studied(papers: Sequence[Paper], options: Options, texts: Sequence[str] = ()) -> list[Study]:
    """The papers, each of which may be the base model of others; InputError with what is wrong with any of them."""
    results = evaluated(papers, options)
    wanted, made = named(("all",)), estimate_together(papers, options)
    return [Study(record, judgements(results, index, wanted), tree(results, index), _moved(paper, options),
                  texts[index] if index < len(texts) and texts[index] else as_yaml(paper), facts(paper),
                  [options.registry.methods[name].rests_on for name in (record["method"] or "").split("+") if name])
            for index, (paper, record) in enumerate(zip(papers, made, strict=True))]


def _moved(paper: Paper, options: Options) -> Mapping[str, Any] | None:
    """What moves a paper's estimate; None for one that has an estimate only beside its base model."""
    try:
        found = of_paper(paper, options).to_dict()
    except InputError:
        return None
    return {name: found[name] for name in ("influences", "questions", "width")}


def facts(paper: Paper) -> list[dict[str, Any]]:
    """Every fact that the paper states, with its words, quote and source."""
    several = len(paper.runs) > 1
    found = [_fact("", column, cell) for column, cell in paper.top.items()]
    for run in paper.runs:
        found += [_fact(f"run {run.number}" if several else "", column, cell) for column, cell in _own(run).items()]
    return found


def _own(run: Run) -> dict[str, Any]:
    return {column: run.cells[column] for column in run.cells if column in run.own}


def _fact(run: str, column: str, cell: Any) -> dict[str, Any]:
    return {"run": run, "column": column, "text": cell.text, "quote": cell.quote, "source": cell.source,
            "line": cell.line}


def as_yaml(paper: Paper) -> str:
    """A paper that was no file as the paper.yaml that says the same."""
    import yaml

    content: dict[str, Any] = {column: _value(cell) for column, cell in paper.top.items()}
    if any(run.own for run in paper.runs):
        content["runs"] = [{column: _value(cell) for column, cell in _own(run).items()} for run in paper.runs]
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)


def _value(cell: Any) -> Any:
    """A cell as paper.yaml has it, with its source and quote where it has any."""
    value = cell.value if isinstance(cell.value, (dict, list)) else cell.text or str(cell.value)
    beside = {name: text for name, text in (("source", cell.source), ("quote", cell.quote)) if text}
    return {"value": value, **beside} if beside and not isinstance(value, (dict, list)) else value
