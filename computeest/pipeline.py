"""The one way through: papers in, records out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from computeest import assumptions, chips, evaluate, lineage, networks, registry, results, spec
from computeest.hardware import load as load_hardware
from computeest.plan import Planner, ways
from computeest.problems import InputError, Problem, UsageError
from computeest.reader import Paper, read_paper
from computeest.reconcile import reconcile
from computeest.record import Record, records
from computeest.results import Results
from computeest.sampling import sampled
from computeest.thresholds import judgements, named


def estimate(paper: Path | str | Mapping[str, Any], *, facts: Mapping[str, str] | None = None,
             assume: Mapping[str, str | float] | None = None, prefer: str = "", plugins: Sequence[str] = (),
             hardware: Sequence[Path] = (), thresholds: Sequence[str] = (), samples: int = 0,
             reference: Mapping[str, float] | None = None) -> Record:
    """The record of one paper, given as a file or as a mapping of the same keys, with `facts` in place of its own.

    With `thresholds` (names, numbers of FLOP, or all) the record also says how likely the compute is above each, with
    `samples` what interval so many draws give. `reference` holds published compute (FLOP) of base models by name.
    Raises InputError with everything that is wrong with the paper, or with what it lacks.
    """
    return estimate_together([read_paper(paper, facts)], assume=assume, prefer=prefer, plugins=plugins,
                             hardware=hardware, thresholds=thresholds, samples=samples, reference=reference)[0]


def estimate_together(papers: Sequence[Paper], *, thresholds: Sequence[str] = (), samples: int = 0,
                      **options: Any) -> list[Record]:
    """A record for each paper, each of which may be the base model of others; what else is asked for beside it."""
    wanted = named(thresholds)
    found = evaluated(papers, **options)
    made = records(found)
    if thresholds:
        made = [record | {"thresholds": judgements(found, index, wanted)} for index, record in enumerate(made)]
    if samples:
        made = [record | {"sampled": asdict(sampled(found, index, samples))} for index, record in enumerate(made)]
    return made


def evaluated(papers: Sequence[Paper], *, assume: Mapping[str, str | float] | None = None, prefer: str = "",
              plugins: Sequence[str] = (), hardware: Sequence[Path] = (),
              reference: Mapping[str, float] | None = None) -> Results:
    """Everything the pipeline finds about the papers; `reference` holds the compute (FLOP) of base models by name."""
    loaded = registry.load(registry.named(plugins))
    if prefer and prefer not in loaded.methods:
        raise UsageError(f"no method is called '{prefer}'; there are {', '.join(loaded.methods)}")
    assumed = assumptions.with_overrides(assume or {})
    found = spec.of_papers(papers)
    chips.fill(found, partial(load_hardware, tuple(hardware)))
    networks.fill(found, loaded)
    _raise_problems(papers, found)
    planner = Planner(tuple(loaded.methods.values()), loaded.rules, assumed)
    evaluation = evaluate.evaluate(found, planner)
    _raise_lacking(papers, found, evaluation)
    reconciled = reconcile(found, evaluation, planner.methods, prefer)
    known = lineage.ancestors(found, reconciled, reference or {})
    return results.collect(found, evaluation, reconciled, loaded, assumed, known)


def _raise_problems(papers: Sequence[Paper], found: spec.Spec) -> None:
    """Raise what look-ups found wrong, each problem once."""
    if found.problems:
        unique = dict.fromkeys(replace(problem, file=papers[int(found.paper[row])].file)
                               for row, problem in found.problems)
        raise InputError(unique)


def _raise_lacking(papers: Sequence[Paper], found: spec.Spec, evaluation: evaluate.Evaluation) -> None:
    """Raise what the papers lack that no method can estimate."""
    able = {int(found.paper[row]) for c in evaluation.candidates for row in c.rows}
    problems = []
    for rows, missing in evaluation.lacking:
        for row in rows:
            paper = int(found.paper[row])
            if paper not in able:
                place = _place(papers[paper], found, int(row))
                problems.append(lacking(papers[paper].file, missing, place, found.no_peak(int(row))))
    if problems:
        raise InputError(dict.fromkeys(sorted(problems, key=lambda p: (p.file, len(p.place), p.place))))


def _place(paper: Paper, found: spec.Spec, row: int) -> str:
    """Which of a paper's runs a row is, where there are several: 'runs[2]'."""
    first = int(np.searchsorted(found.paper, found.paper[row]))
    return f"runs[{row - first + 1}]" if len(paper.runs) > 1 else ""


def lacking(file: str, missing: Mapping[str, tuple[str, ...]], place: str = "", no_peak: str = "") -> Problem:
    """What a paper without an estimate would need, method by method."""
    return Problem(file, 0, place, "no method can estimate this from the facts given",
                   f"write more facts: {ways(missing, no_peak)}")
