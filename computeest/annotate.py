"""A table's rows in, the same rows with their records out: the pipeline, whole columns at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest import assumptions, chips, evaluate, networks, registry, results, tables
from computeest.columns import ColumnMap, named
from computeest.flat import flat, objects
from computeest.hardware import load as load_hardware
from computeest.plan import Planner
from computeest.presets import Preset, preset
from computeest.reconcile import reconcile
from computeest.results import Results

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


def annotate(frame: pd.DataFrame, *, preset: str = "", columns: Mapping[str, Any] | None = None,
             assume: Mapping[str, str | float] | None = None, prefer: str = "", plugins: Sequence[str] = (),
             hardware: Sequence[Path] = (), reference: Mapping[str, float] | None = None) -> pd.DataFrame:
    """The frame with its records beside it: same rows, same order, each with an estimate or a reason.

    Columns are the schema's names or aliases; `columns` maps others (schema column -> header, or -> {column, unit}),
    `preset` names a known layout. A record column that the frame already has gets the suffix `_estimated`.
    """
    import pyarrow as pa

    from computeest.columns import of_mapping

    table = pa.Table.from_pandas(frame, preserve_index=False)
    mapped = of_mapping(columns, table.column_names, "columns") if columns is not None else None
    options = Options(mapped, preset, tuple((assume or {}).items()), prefer, tuple(plugins),  # type: ignore[arg-type]
                      tuple(hardware), tuple((reference or {}).items()))
    found = flat(*estimated(table, options))
    annotated = frame.copy()
    for name, values in found.items():
        annotated[name if name not in frame.columns else f"{name}_estimated"] = objects(values)
    return annotated


def estimated(table: pa.Table, options: Options) -> tuple[Results, dict[int, str]]:
    """The results of a table's rows, and what was wrong with each row."""
    layout = preset(options.preset) if options.preset else Preset()
    loaded = registry.load(registry.named(options.plugins))
    assumed = assumptions.with_overrides(dict(options.assume))
    table = layout.prepare(table)
    spec = tables.spec_of(table, options.columns or layout.columns or named(table.column_names))
    layout.adjust(spec, table)
    chips.fill(spec, partial(load_hardware, options.hardware))
    networks.fill(spec, loaded)
    planner = _planner(options.plugins, options.assume)
    evaluation = evaluate.evaluate(spec, planner)
    reconciled = reconcile(spec, evaluation, planner.methods, options.prefer)
    found = results.collect(spec, evaluation, reconciled, loaded, assumed, dict(options.reference))
    problems: dict[int, str] = {}
    for row, problem in spec.problems:
        text = f"{problem.place}: {problem.what}" + (f" ({problem.expected})" if problem.expected else "")
        problems[row] = f"{problems[row]}; {text}" if row in problems else text
    return found, problems


@lru_cache(maxsize=8)
def _planner(plugins: tuple[str, ...], assume: tuple[tuple[str, str], ...]) -> Planner:
    """The planner of these options, which remembers its plans from one chunk of a table to the next."""
    loaded = registry.load(registry.named(plugins))
    return Planner(tuple(loaded.methods.values()), loaded.rules, assumptions.with_overrides(dict(assume)))
