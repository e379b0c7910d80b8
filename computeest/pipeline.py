"""The one way through: papers in, records out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from computeest import registry
from computeest.estimation import assumptions, base_models, evaluate, results
from computeest.estimation.base_models import Ancestors
from computeest.estimation.evaluate import Evaluation
from computeest.estimation.monte_carlo import sampled
from computeest.estimation.plan import Planner, ways
from computeest.estimation.reconcile import Reconciled, reconcile
from computeest.estimation.results import Results
from computeest.facts import chip_lookup, network_lookup, spec
from computeest.facts import table as tables
from computeest.facts.headers import ColumnMap, named
from computeest.facts.layouts import Preset, preset
from computeest.facts.paper import Paper, read_paper
from computeest.facts.spec import Spec
from computeest.hardware import load as load_hardware
from computeest.problems import InputError, Problem, UsageError
from computeest.records.columns import flat, objects
from computeest.records.notebook import ShownRecord
from computeest.records.record import Record, records
from computeest.records.thresholds import judgements
from computeest.records.thresholds import named as named_thresholds

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def estimate(paper: Path | str | Mapping[str, Any], *, facts: Mapping[str, str] | None = None,
             assume: Mapping[str, str | float] | None = None, prefer: str = "", plugins: Sequence[str] = (),
             hardware: Sequence[Path] = (), thresholds: Sequence[str] = (), samples: int = 0,
             reference: Mapping[str, float] | None = None) -> ShownRecord:
    """The record of one paper (a file, or a mapping of the same keys), a dict; `facts` stand in place of its own.

    With `thresholds` (names, numbers of FLOP, or all) the record also says how likely the compute is above each, with
    `samples` what interval so many draws give. `reference` holds published compute (FLOP) of base models by name.
    Raises InputError with everything that is wrong with the paper, or with what it lacks.
    """
    return ShownRecord(estimate_together([read_paper(paper, facts)], assume=assume, prefer=prefer, plugins=plugins,
                                         hardware=hardware, thresholds=thresholds, samples=samples,
                                         reference=reference)[0])


def estimate_together(papers: Sequence[Paper], *, thresholds: Sequence[str] = (), samples: int = 0,
                      **options: Any) -> list[Record]:
    """A record for each paper, each of which may be the base model of others; what else is asked for beside it."""
    wanted = named_thresholds(thresholds)
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
    chip_lookup.fill(found, partial(load_hardware, tuple(hardware)))
    network_lookup.fill(found, loaded)
    _raise_problems(papers, found)
    planner = Planner(tuple(loaded.methods.values()), loaded.rules, assumed)
    evaluation = evaluate.evaluate(found, planner)
    _raise_lacking(papers, found, evaluation)
    reconciled = reconcile(found, evaluation, planner.methods, prefer)
    known = base_models.ancestors(found, reconciled, reference or {})
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


@dataclass(frozen=True, slots=True)
class Options:
    """How rows are estimated; the same options, input and versions give the same bytes out."""

    columns: ColumnMap | None = None
    preset: str = ""
    assume: tuple[tuple[str, str], ...] = ()
    prefer: str = ""
    plugins: tuple[str, ...] = ()
    hardware: tuple[Path, ...] = ()
    #: Published compute by model name, for base models that are not among the rows.
    reference: tuple[tuple[str, float], ...] = ()
    #: What is known of base models, where the rows are part of a larger table.
    ancestors: Ancestors | None = None

    def check(self) -> None:
        """UsageError for a preset, a method, an assumption or a plugin that there is not."""
        if self.preset:
            preset(self.preset)
        methods = registry.load(registry.named(self.plugins)).methods
        if self.prefer and self.prefer not in methods:
            raise UsageError(f"no method is called '{self.prefer}'; there are {', '.join(methods)}")
        assumptions.with_overrides(dict(self.assume))
        load_hardware(self.hardware)


def annotate(frame: pd.DataFrame, *, preset: str = "", columns: Mapping[str, Any] | None = None,
             assume: Mapping[str, str | float] | None = None, prefer: str = "", plugins: Sequence[str] = (),
             hardware: Sequence[Path] = (), reference: Mapping[str, float] | None = None) -> pd.DataFrame:
    """The frame with its records beside it: same rows, same order, same index, each with an estimate or a reason.

    Columns are the schema's names or aliases; `columns` maps others (schema column -> header, or -> {column, unit}),
    `preset` names a known layout. A record column that the frame already has gets the suffix `_estimated`.
    `reference` holds published compute (FLOP) of base models by name.
    """
    from computeest.facts.headers import of_mapping

    table = tables.of_frame(frame)
    mapped = of_mapping(columns, table.column_names, "columns") if columns is not None else None
    options = Options(mapped, preset, tuple((name, str(value)) for name, value in (assume or {}).items()), prefer,
                      tuple(plugins), tuple(hardware), tuple((reference or {}).items()))
    options.check()
    found = flat(*estimated(table, options))
    annotated = frame.copy()
    for name, values in found.items():
        annotated[beside(name, frame.columns)] = objects(values)
    return annotated


def beside(name: str, taken: Any) -> str:
    """What a record's column is called beside columns that are `taken`."""
    while name in taken:
        name = f"{name}_estimated"
    return name


def estimated(table: pa.Table, options: Options) -> tuple[Results, dict[int, str]]:
    """The results of a table's rows, and what was wrong with each row."""
    spec = read(table, options)
    return of_spec(spec, options), problem_texts(spec)


def layout_of(options: Options) -> Preset:
    """The conventions of the table's layout."""
    return preset(options.preset) if options.preset else Preset()


def read(table: pa.Table, options: Options) -> Spec:
    """The facts in a table's rows, under the schema's names."""
    layout = layout_of(options)
    table = layout.prepare(table)
    spec = tables.spec_of(table, options.columns or layout.columns or named(table.column_names))
    layout.adjust(spec, table)
    return spec


def of_spec(spec: Spec, options: Options) -> Results:
    """The results of facts; what look-ups find wrong is added to the spec's problems."""
    loaded = registry.load(registry.named(options.plugins))
    evaluation, reconciled = _answers(spec, options)
    known = options.ancestors or base_models.ancestors(spec, reconciled, dict(options.reference))
    assumed = assumptions.with_overrides(dict(options.assume), options.preset)
    return results.collect(spec, evaluation, reconciled, loaded, assumed, known)


def ancestors(table: pa.Table, options: Options, wanted: tuple[Set[str], Set[str]]) -> Ancestors:
    """What a table's rows say of the base models that are `wanted` by a larger table."""
    spec = read(table, options)
    return base_models.ancestors(spec, _answers(spec, options)[1], dict(options.reference), wanted)


def _answers(spec: Spec, options: Options) -> tuple[Evaluation, Reconciled]:
    chip_lookup.fill(spec, partial(load_hardware, options.hardware), layout_of(options).chip, mixed=True)
    network_lookup.fill(spec, registry.load(registry.named(options.plugins)))
    planner = _planner(options.plugins, options.assume, options.preset)
    evaluation = evaluate.evaluate(spec, planner)
    return evaluation, reconcile(spec, evaluation, planner.methods, options.prefer)


@lru_cache(maxsize=8)
def _planner(plugins: tuple[str, ...], assume: tuple[tuple[str, str], ...], layout: str) -> Planner:
    """The planner of these options, which remembers its plans from one chunk of a table to the next."""
    loaded = registry.load(registry.named(plugins))
    return Planner(tuple(loaded.methods.values()), loaded.rules, assumptions.with_overrides(dict(assume), layout))


def problem_texts(spec: Spec) -> dict[int, str]:
    """What is wrong with each row, in one line."""
    problems: dict[int, str] = {}
    for row, problem in spec.problems:
        text = f"{problem.place}: {problem.what}" + (f" ({problem.expected})" if problem.expected else "")
        problems[row] = f"{problems[row]}; {text}" if row in problems else text
    return problems
