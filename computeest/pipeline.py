"""The one way through: facts in, of papers or of a table's rows, and records out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

from computeest import registry, schema
from computeest.estimation import base_models, evaluate, parts, results
from computeest.estimation.assumptions import Assumption
from computeest.estimation.base_models import Ancestors, Known
from computeest.estimation.evaluate import Evaluation
from computeest.estimation.hints import Missing, ways
from computeest.estimation.options import Options as Options  # and of the pipeline, for those who call it
from computeest.estimation.options import assumptions_of
from computeest.estimation.plan import Planner
from computeest.estimation.readings import of_images
from computeest.estimation.reconcile import Reconciled, reconcile
from computeest.estimation.results import Results
from computeest.facts import chip_lookup, model_lookup, network_lookup, roles, set_apart, table_runs
from computeest.facts import spec as specs
from computeest.facts import table as tables
from computeest.facts.paper import Paper, PaperGiven, Run, papers_in, read_paper
from computeest.facts.spec import Spec
from computeest.hardware import load as load_hardware
from computeest.problems import InputError, Problem
from computeest.problems import facts as wrong
from computeest.text.model_names import fold
from computeest.text.numbers import NINETY

if TYPE_CHECKING:  # `records` is imported where records are made: `validate` makes none
    import pyarrow as pa

    from computeest.records.columns import Column, Record, RecordField
    from computeest.records.notebook import ShownRecord

Frame = TypeVar("Frame")


@overload
def estimate(paper: PaperGiven, *, facts: Mapping[str, str] | None = None,
             thresholds: Sequence[str] = (), samples: int = 0, **options: Any) -> ShownRecord: ...
@overload
def estimate(paper: Sequence[PaperGiven], *, facts: Mapping[str, str] | None = None,
             thresholds: Sequence[str] = (), samples: int = 0, **options: Any) -> list[ShownRecord]: ...
def estimate(paper: Any, *, facts: Mapping[str, str] | None = None, thresholds: Sequence[str] = (), samples: int = 0,
             **options: Any) -> ShownRecord | list[ShownRecord]:
    """The record of one paper (a file, or a mapping of the same keys), a dict; `facts` stand in place of its own.

    Of a list of papers it is a list of records, in which each may be the base model of others.
    With `thresholds` (names, numbers of FLOP, or all) the record also says how likely the compute is above each, with
    `samples` what interval so many draws give. `options` are those of `Options.of`: `assume` (column -> value),
    `prefer` (a method), `plugins`, `hardware` (directories of YAML), `reference` (compute in FLOP of base models),
    `consequences` (energy, cost, carbon: then the record says what the run took of each).
    Raises InputError with everything that is wrong with the paper, or with what it lacks.
    """
    from computeest.records.notebook import shown

    chosen = Options.of(**options)  # first, for a plugin may bring the columns that the paper states
    papers, several = papers_in(paper)
    read_ = [read_paper(one, facts) for one in papers]
    made = estimate_together(read_, chosen, thresholds=thresholds, samples=samples)
    found = [shown(record, (one, chosen)) for one, record in zip(read_, made, strict=True)]
    return found if several else found[0]


def annotate(frame: Frame, *, columns: Mapping[str, Any] | Path | str | None = None, **options: Any) -> Frame:
    """The frame with its records beside it: same rows, same order, same index, each with an estimate or a reason.

    A frame is pandas', an Arrow table, or of any library that narwhals knows (Polars, Modin, a DuckDB relation, ...),
    and one of the same kind is returned; of what is not yet collected, an Arrow table.
    Columns are the schema's names or aliases; `columns` maps others (a file, or column -> header or {column, unit}),
    `preset` names a known layout; all other options are those of `estimate`. A record column that the frame already
    has gets the suffix `_estimated`.
    """
    from computeest.records import frames
    from computeest.schema.headers import of_mapping

    chosen = Options.of(**options)  # first, for a plugin may bring the columns that the frame has
    table = frames.arrow(frame)
    if columns is not None:
        base = chosen.layout.columns_of(table.column_names) if chosen.preset else None
        chosen = replace(chosen, columns=of_mapping(columns, table.column_names, "columns", base))
    found: Frame = frames.with_columns(frame, table, estimated(table, chosen).columns)
    return found


def estimate_together(papers: Sequence[Paper], options: Options, *, thresholds: Sequence[str] = (),
                      samples: int = 0) -> list[Record]:
    """A record for each paper, each of which may be the base model of others; what else is asked for beside it."""
    with set_apart.one_paper(papers[0].file if len(papers) == 1 else ""):
        return _together(papers, options, thresholds, samples)


def _together(papers: Sequence[Paper], options: Options, thresholds: Sequence[str], samples: int) -> list[Record]:
    from computeest.records.columns import records

    if thresholds:  # what is asked for is imported, and what there is not is said before anything is estimated
        from computeest.records.thresholds import judgements, named

        wanted = named(thresholds)
    stated = set().union(*(run.cells for paper in papers for run in paper.runs))
    found = with_consequences(_found(papers, options), options, stated)
    made, known = records(found), frozenset[int]()
    if found.consequences is not None:
        from computeest.records.consequences import told

        more = told(found, [paper.stated for paper in papers], options.asked)
        made = [record | beside for record, beside in zip(made, more, strict=True)]
        # the energy of a run is an answer, whether or not its FLOP are known
        known = found.consequences.known(options.asked)
    _raise_lacking(papers, found, known)
    if thresholds:
        made = [record | {"thresholds": judgements(found, index, wanted)} for index, record in enumerate(made)]
    if samples:
        from computeest.estimation.monte_carlo import sampled

        made = [record | {"sampled": asdict(sampled(found, index, samples))} for index, record in enumerate(made)]
    return made


def check(paper: Path | str | Mapping[str, Any], options: Options) -> None:
    """InputError with everything that is wrong with a paper, or with what it lacks; nothing for one that is right."""
    read_ = [read_paper(paper)]
    with set_apart.one_paper(read_[0].file):
        found = with_consequences(_found(read_, options, _collected), options, read_[0].stated)
        _raise_lacking(read_, found, found.consequences.known(options.asked) if found.consequences else frozenset())


def evaluated(papers: Sequence[Paper], options: Options | None = None) -> Results:
    """The results of papers; InputError with what is wrong with them, or with what they lack."""
    results = _found(papers, options or Options())
    _raise_lacking(papers, results)
    return results


def _found(papers: Sequence[Paper], options: Options, collected: Callable[..., Results] | None = None) -> Results:
    """The results of papers, whatever they lack, judged or `collected` alone; InputError with what is wrong."""
    found = specs.of_papers(papers)
    look_up(found, options)
    _raise_problems(papers, found)
    return (collected or _judged)(found, _evaluation(found, options), options)


def _headed(table: pa.Table, options: Options) -> Set[str]:
    """The columns of facts that a table has, whatever is in their cells."""
    # by the header, so that every piece of a table has the same columns, whichever of its rows list runs
    listed = table_runs.RUNS in table.column_names or table_runs.there_are(table)
    if options.columns is None and not options.preset and listed:
        return set()
    return set(options.columns_of(table.column_names).columns)


def with_consequences(results: Results, options: Options, stated: Set[str]) -> Results:
    """The results with what is asked for besides FLOP, or what columns that are stated ask for."""
    by_facts = (name for name, one in results.registry.consequences.items() if not stated.isdisjoint(one.asked_by))
    names = tuple(dict.fromkeys((*options.asked, *by_facts)))
    if not names:
        return results
    from computeest.consequences import added  # and nobody else pays for it

    return added(results, names, partial(load_hardware, options.hardware))


@dataclass(frozen=True, slots=True)
class Estimated:
    """The results of rows, what is wrong with which, and their records as columns."""

    results: Results
    problems: dict[int, str]
    columns: dict[str, Column]


def estimated(table: pa.Table, options: Options, broken: Mapping[int, str] | None = None,
              asked: Callable[[RecordField], bool] = lambda field: True) -> Estimated:
    """The estimates of a table's rows; nothing is read in rows that are `broken`, and why they are is said.

    `asked` says which fields of the record are made.
    """
    stated = _headed(table, options)

    def without(rows: Sequence[int]) -> Estimated:
        apart = {**(broken or {}), **dict.fromkeys(rows, "")}
        spec = read(set_apart.emptied(table, list(apart)), options)
        wrong = {row: f"row: {why}" for row, why in (broken or {}).items()}
        return _with_records(spec, options, wrong, stated, asked)

    def only(rows: Sequence[int]) -> Estimated:
        return _with_records(read(table.take(list(rows)), options), options, {}, stated)

    return _told(*set_apart.tried(table.num_rows, without, only), asked)


def of_sources(sources: Sequence[Path | Mapping[str, Any]], options: Options) -> Estimated:
    """The estimates of paper.yaml files or mappings; a broken one has no facts."""
    _ = options.registry  # whose columns the papers may state

    def without(papers: Sequence[int]) -> Estimated:
        apart = set(papers)
        kept = [{} if place in apart else source for place, source in enumerate(sources)]
        return _with_records(table_runs.of_sources(kept), options, {}, set())

    def only(papers: Sequence[int]) -> Estimated:
        return _with_records(table_runs.of_sources([sources[place] for place in papers]), options, {}, set())

    return _told(*set_apart.tried(len(sources), without, only))


def _with_records(spec: Spec, options: Options, wrong: dict[int, str], stated: Set[str],
                  asked: Callable[[RecordField], bool] = lambda field: True) -> Estimated:
    results = with_consequences(of_spec(spec, options), options, stated)
    problems = specs.problem_texts(spec) | wrong
    return _flat(results, problems, asked)


def _told(found: Estimated, apart: Mapping[int, str],
          asked: Callable[[RecordField], bool] = lambda field: True) -> Estimated:
    """The estimates, with what is said of the rows that were set apart."""
    if not apart:
        return found
    return _flat(found.results, {**found.problems, **apart}, asked)


def _flat(results: Results, problems: dict[int, str], asked: Callable[[RecordField], bool]) -> Estimated:
    from computeest.records.columns import flat

    return Estimated(results, problems, flat(results, problems, asked))


def of_spec(spec: Spec, options: Options) -> Results:
    """The results of facts; what look-ups find wrong is added to the spec's problems."""
    look_up(spec, options)
    return answered(spec, options)


def look_up(spec: Spec, options: Options) -> None:
    """Fill what the chips', the networks' and the models' names mean."""
    roles.apply(spec)
    chip_lookup.fill(spec, partial(load_hardware, options.hardware), options.layout.chip)
    if {"train_batch_size", "device_batch_size", "accumulation_steps", "context_window"} & spec.numbers.keys():
        from computeest.facts import trainer_settings  # which few papers state
        trainer_settings.apply(spec, partial(network_lookup.fill, spec, options.registry))
    else:
        network_lookup.fill(spec, options.registry)
    model_lookup.fill(spec)
    if not spec.numbers.keys().isdisjoint(("energy", "emissions", "cost")):
        from computeest.facts import place_lookup  # grids and prices, where something rests on them

        place_lookup.fill(spec, partial(load_hardware, options.hardware), place_lookup.wanted(spec),
                          {schema.column(name) or name for name, _ in options.assume})
    if spec.apart is not None:
        look_up(spec.apart, options)
        first = {paper: row for row, paper in reversed(list(enumerate(spec.paper.tolist())))}
        spec.problems += [(first[spec.apart_of[int(spec.apart.paper[row])]], problem)
                          for row, problem in spec.apart.problems]


def answered(spec: Spec, options: Options, assumed: Mapping[str, Assumption] | None = None) -> Results:
    """The results of facts that are looked up, under the options' assumptions or under others."""
    return _judged(spec, _evaluation(spec, options, assumed), options, assumed)


def read(table: pa.Table, options: Options) -> Spec:
    """The facts in a table's rows, under the schema's names and those of plugins."""
    layout = options.layout
    if options.columns is None and not options.preset and table_runs.there_are(table):
        spec = table_runs.of_sources(table_runs.papers(table))
    else:
        spec = tables.spec_of(table, options.columns_of(table.column_names))
        layout.adjust(spec, table)
        from computeest.facts import experts_said  # of tables alone

        experts_said.fill(spec, table)
    if not options.allow_files:
        table_runs.refuse_files(spec)  # papers may name files
    return spec


def ancestors(table: pa.Table, options: Options, wanted: tuple[Set[str], Set[str]]) -> Ancestors:
    """What a table's rows say of the base models that are `wanted` by a larger table."""
    spec = read(table, options)
    look_up(spec, options)
    reconciled = _reconciled(spec, _evaluation(spec, options), options)
    return base_models.ancestors(spec, reconciled, dict(options.reference), wanted, bundled)


def _evaluation(spec: Spec, options: Options, assumed: Mapping[str, Assumption] | None = None) -> Evaluation:
    planner = _planner(options.registry, options.assume, options.preset) if assumed is None else \
        _planner_of(options.registry, assumed)
    return evaluate.evaluate(spec, planner)


def _reconciled(spec: Spec, evaluation: Evaluation, options: Options,
                assumed: Mapping[str, Assumption] | None = None) -> Reconciled:
    return reconcile(spec, evaluation, tuple(options.registry.methods.values()), assumed or options.assumptions,
                     options.prefer)


def _collected(spec: Spec, evaluation: Evaluation, options: Options,
               assumed: Mapping[str, Assumption] | None = None) -> Results:
    reconciled = _reconciled(spec, evaluation, options, assumed)
    known = options.ancestors or base_models.ancestors(spec, reconciled, dict(options.reference), table=bundled)
    found = results.collect(spec, evaluation, reconciled, options.registry, assumed or options.assumptions, known,
                            options.layout)
    if spec.apart is not None:
        apart = _reconciled(spec.apart, _evaluation(spec.apart, options, assumed), options, assumed)
        found = parts.with_search(found, apart.flop)
    return found


def _judged(spec: Spec, evaluation: Evaluation, options: Options,
            assumed: Mapping[str, Assumption] | None = None) -> Results:
    """What is collected, with intervals as wide as checks of it say: the same answers, none more nor less."""
    from computeest.records.checks import widened

    found = widened(_collected(spec, evaluation, options, assumed))
    if not (spec.bounds or spec.problems or "context_window" in spec.numbers
            or any(chip.unknown or not math.isnan(chip.slice) for chip in spec.chips.facts)):
        return found
    # imported here: few papers state a mere bound, lose a fact, or name a chip with words that nobody understands
    from computeest.records.unsure import unsure

    return unsure(found)


def bundled(names: Set[str]) -> dict[str, Known]:
    """What the bundled table knows of base models by these names: its entries, estimated under the usual options."""
    from computeest.models import table as models  # only where a base model is named that nobody at hand knows

    asked = {name: entry for name in sorted(names) if (entry := models.find(name)) is not None}
    known = _of_entries(tuple(models.with_bases(asked.values()))) if asked else {}
    return {name: base_models.tuned(known[entry.id]) if models.is_tuned(name) else known[entry.id]
            for name, entry in asked.items()}


@lru_cache(maxsize=64)
def _of_entries(ids: tuple[str, ...]) -> Mapping[str, Known]:
    """Entries of the bundled table as base models; what they start from in turn is among them."""
    from computeest.models import table as models

    entries = [models.entries()[key] for key in ids]
    found = evaluated([read_paper(entry.paper()) for entry in entries])
    own = dict(zip(ids, found.reconciled.flop.tolist(), strict=True))
    parts = {entry.id: {fold(link.name): own[link.id] for link in models.lineage(entry)} for entry in entries}
    unknown = [math.nan] * len(entries)  # of a fact that none of them has
    columns = (found.columns.get(name, unknown) for name in ("flop_low", "flop_high", "parameters", "tokens_seen"))
    return {entry.id: Known(entry.name, parts[entry.id], math.log(high / low) / (2 * NINETY), parameters, tokens)
            for entry, low, high, parameters, tokens in zip(entries, *columns, strict=True)}


@lru_cache(maxsize=8)
def _planner(loaded: registry.Registry, assume: tuple[tuple[str, str], ...], layout: str) -> Planner:
    """The planner of these options, which remembers its plans from one chunk of a table to the next."""
    return _planner_of(loaded, assumptions_of(loaded, assume, layout))


def _planner_of(loaded: registry.Registry, assumed: Mapping[str, Assumption]) -> Planner:
    return Planner(tuple(loaded.methods.values()), loaded.rules, assumed)


def _raise_problems(papers: Sequence[Paper], found: Spec) -> None:
    """Raise what look-ups found wrong, each problem once."""
    if found.problems:
        unique = dict.fromkeys(replace(problem, file=papers[int(found.paper[row])].file)
                               for row, problem in found.problems)
        raise InputError(unique)


def _raise_lacking(papers: Sequence[Paper], results: Results, known: Set[int] = frozenset()) -> None:
    """Raise what the papers lack that there is no number for, of their own runs or of their base models.

    Papers of which something else is `known` that was asked for lack nothing.
    """
    found, problems = results.spec, []
    for rows, missing in results.evaluation.lacking:
        for row in rows:
            paper = int(found.paper[row])
            if math.isnan(results.columns["flop"][paper]) and paper not in known:
                place, at = _place(papers[paper], found.runs[int(row)]), int(row)
                problems.append(lacking(papers[paper].file, missing, place, found.no_peak(at),
                                        bool(of_images(found)[at]), found.machine(at)))
    if problems:
        raise InputError(dict.fromkeys(sorted(problems, key=lambda p: (p.file, len(p.place), p.place))))


def _place(paper: Paper, run: Run) -> str:
    """Which of a paper's runs one is, where there are several: 'runs[2]'."""
    return f"runs[{run.number}]" if len(paper.runs) > 1 else ""


def lacking(file: str, missing: Missing, place: str = "", no_peak: str = "", images: bool = False,
            machine: str = "") -> Problem:
    """What a paper without an estimate would need, method by method."""
    return Problem(file, 0, place, wrong.FACTS_LACKING(ways=ways(missing, no_peak, images, machine)))
