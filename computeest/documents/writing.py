"""A draft as YAML that a person goes on with, and what it lacks for each way of estimating; and as JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import yaml

from computeest.documents.draft import Draft, Fact, Paper, Reading, Run
from computeest.text.files import visible

_DOUBTFUL = 0.8
#: The facts that each method needs, each as columns any of which will do, and where papers state them.
_NEEDS = (
    ("operation counting", (
        (("active_parameters", "forward_flop", "family", "parameters"), "the abstract or a table of sizes"),
        (("words", "text_size", "steps", "examples", "examples_seen", "tokens_seen", "tokens"),
         "the section on data or training"))),
    ("GPU time", (
        (("peak", "chip"), "the section on infrastructure, or a model card's 'Hardware'"),
        (("chip_time", "hours_used", "time"), "the section on infrastructure or on emissions"),
        (("chip_time", "hours_used", "nodes", "chips"), "the section on infrastructure"))),
    ("reported compute", ((("reported_compute",), "a table of training cost, or the section on emissions"),)),
)


def as_yaml(draft: Draft) -> str:
    """The papers of a draft, each a YAML document."""
    where = draft.document.counts
    return "---\n".join(_paper(paper, where, draft) for paper in draft.papers)


def as_mappings(draft: Draft) -> list[dict[str, Any]]:
    """The papers as mappings of the keys that paper.yaml has."""
    return [_mapping(paper, draft.document.counts) for paper in draft.papers]


def as_json(draft: Draft) -> str:
    """The papers as JSON."""
    return json.dumps({"document": draft.document.name, "papers": as_mappings(draft),
                       "notes": list(draft.document.notes)}, indent=1, ensure_ascii=False)


def _mapping(paper: Paper, where: str) -> dict[str, Any]:
    found: dict[str, Any] = {"model": visible(paper.model)} if paper.model else {}
    found |= _facts(paper.facts, where)
    if paper.experts is not None:
        found["parameters"]["note"] = f"a mixture of experts ({where} {paper.experts.place})"
    if paper.shape is not None:
        found |= {"family": "decoder", "architecture": dict(paper.shape.architecture)}
    if paper.runs:
        found["runs"] = [{"stage": run.stage} | _facts(run.facts, where) for run in paper.runs]
    if paper.not_used:
        found["not_used"] = [{"column": r.column} | _said(r, where) | {"why": r.why or "too doubtful"}
                             for r in paper.not_used]
    return found


def _facts(facts: Iterable[Fact], where: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for fact in facts:
        found |= dict(fact.reading.beside)
        found[fact.reading.column] = _said(fact.reading, where) | (
            {"alternatives": [_said(other, where) for other in fact.alternatives]} if fact.alternatives else {})
    return found


def _said(reading: Reading, where: str) -> dict[str, Any]:
    value = visible(reading.value) if isinstance(reading.value, str) else reading.value
    return {"value": value, "quote": visible(reading.quote), where: reading.place, "probability": reading.probability}


def _paper(paper: Paper, where: str, draft: Draft) -> str:
    lines = [f"# Drafted from {_shown(draft.document.name)}: read every quote before you rely on it."]
    lines += [f"# {_shown(note)}" for note in draft.document.notes]
    if draft.others and paper is draft.papers[0] and len(draft.papers) == 1:
        lines.append(f"# Also in the document: {_shown(', '.join(draft.others))}; --model NAME or --model all.")
    if not paper.model:
        lines.append("# The document's model has no name that was found: write it under 'model'.")
    facts = _mapping(paper, where)
    left_out = facts.pop("not_used", None)
    lines += [f"# {fact.reading.column}: in doubt: {fact.reading.why}" for fact in paper.everything
              if fact.reading.probability < _DOUBTFUL and fact.reading.why]
    for key, value in facts.items():
        if key == "family" and paper.shape is not None:
            lines.append("# The shape, with the conventions that give it the parameters stated, from:")
            lines += [f"#   {where} {place}: {_shown(quote)}" for quote, place in paper.shape.quotes]
        if key == "parameters" and paper.experts is not None:
            lines.append("# A mixture of experts, of which no active parameters were found: state active_parameters. "
                         f"From {where} {paper.experts.place}: {_shown(paper.experts.quote)}")
        lines.append(_dumped({key: value}))
    lines += [f"# {said}." for said in _lacking(paper)]
    if left_out:
        lines += ["# Numbers that look like facts of this model's training and were left out:",
                  _dumped({"not_used": left_out})]
    return "\n".join(lines) + "\n"


def _dumped(entry: Any) -> str:
    return str(yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=110)).rstrip()


def _lacking(paper: Paper) -> Iterator[str]:
    """What each method lacks, of the paper or of each of its runs."""
    shared = {fact.reading.column for fact in paper.facts}
    for run in paper.runs or (Run("", ()),):
        for said in missing(shared | {fact.reading.column for fact in run.facts}):
            yield f"{run.stage}: {said}" if run.stage else said


def missing(columns: Collection[str]) -> Iterator[str]:
    """A sentence for each method that cannot answer from these columns."""
    for method, needs in _NEEDS:
        lacking = list(dict.fromkeys((options[-1], where) for options, where in needs
                                     if not any(option in columns for option in options)))
        if lacking:
            yield f"{method} lacks " + " and ".join(f"{column} (usually in {where})" for column, where in lacking)


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:200]


def doubts(paper: Paper, where: str) -> list[str]:
    """A sentence for every fact that rests on a doubtful reading."""
    return [f"{fact.reading.column}: {fact.reading.value} ({where} {fact.reading.place}) is a reading of probability "
            f"{fact.reading.probability:g}" + (f": {fact.reading.why}" if fact.reading.why else "")
            for fact in paper.everything if fact.reading.probability < _DOUBTFUL]
