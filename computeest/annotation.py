"""A table's rows in, the same rows with their records out: the pipeline, whole columns at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest import assumptions, chips, evaluate, lineage, networks, registry, results, tables
from computeest.columns import ColumnMap, named
from computeest.evaluate import Evaluation
from computeest.flat import flat, objects
from computeest.hardware import load as load_hardware
from computeest.lineage import Ancestors
from computeest.plan import Planner
from computeest.presets import Preset, preset
from computeest.problems import UsageError
from computeest.reconcile import Reconciled, reconcile
from computeest.results import Results
from computeest.spec import Spec

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


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
    from computeest.columns import of_mapping

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
    known = options.ancestors or lineage.ancestors(spec, reconciled, dict(options.reference))
    assumed = assumptions.with_overrides(dict(options.assume), options.preset)
    return results.collect(spec, evaluation, reconciled, loaded, assumed, known)


def ancestors(table: pa.Table, options: Options, wanted: tuple[Set[str], Set[str]]) -> Ancestors:
    """What a table's rows say of the base models that are `wanted` by a larger table."""
    spec = read(table, options)
    return lineage.ancestors(spec, _answers(spec, options)[1], dict(options.reference), wanted)


def _answers(spec: Spec, options: Options) -> tuple[Evaluation, Reconciled]:
    chips.fill(spec, partial(load_hardware, options.hardware), layout_of(options).chip, mixed=True)
    networks.fill(spec, registry.load(registry.named(options.plugins)))
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
