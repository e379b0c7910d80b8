"""A table on disk as a frame of records: read as `annotate` reads, and estimated where it states facts alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from computeest.cli.output import say
from computeest.cli.progress_options import Reading
from computeest.progress.records import ColumnError, ProgressError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: A column of facts -> the column of records that holds the same.
_RECORDED = {"reported_compute": "flop", "examples": "training_examples", "tokens": "training_tokens"}
#: Columns of records that are no facts of a paper: found by their own names, however they are written.
_OWN = ("year", "flop", "flop_low", "flop_high", "training_examples", "training_tokens", "paper", "reference", "loss",
        "perplexity", "log_perplexity", "bits_per_byte", "score", "seconds", "hardware", "hours", "minutes",
        "algorithm", "level")


def frame(table: str, reading: Reading, *, score: str = "score", lowest: bool = False,
          estimate: bool = True) -> pd.DataFrame:
    """The records of a table, those that are asked for; what was read otherwise than it stands is said."""
    from computeest.progress.cells import (
        doubtful_dates,
        doubtful_intervals,
        doubtful_sizes,
        doubtful_years,
        fractions,
        per_paper,
        read_cells,
        since,
        where,
        without_copies,
    )

    rows = _days_first(_rows(table, reading), reading.day_first)
    published = _is_published(reading.preset)
    found = _cleaned(rows.to_pandas()) if published else _records(rows, reading, estimate)
    found = read_cells(found)
    percents: dict[str, str] = {}
    if not published:
        found, percents = fractions(found, reading.percent)
        own = _with_own_dates(found, rows)
        for text in (*percents.values(), *doubtful_dates(own), *doubtful_years(own)):
            say(text)
    found = where(found, reading.where, percents)
    if reading.since is not None or reading.per_paper is not None:
        found = _named(found, reading.preset)
        found = since(found, reading.since)
        scored = score in found and bool(found[score].notna().any())
        found, left = per_paper(found, reading.per_paper, reading.cluster, score if scored else "flop",
                                lowest=lowest and scored)
        if left:
            best = "best" if scored else "largest by compute"
            say(f"{left} records left out: not among the {reading.per_paper} {best} of their paper")
    if not published and not reading.keep_copies:
        found, copies = without_copies(found, [name for name in (score, reading.compute, reading.data) if name])
        if copies:
            say(f"{copies} records are copies of others and count once (--keep-copies)")
        compute = "flop" if reading.compute in ("published", "estimated") else reading.compute
        sizes = (compute, "training_examples", "training_tokens", "parameters")
        for text in (*doubtful_intervals(found, compute), *doubtful_sizes(found, sizes)):
            say(text)
    return found


def _named(found: pd.DataFrame, preset: str | None) -> pd.DataFrame:
    """Published tables under the project's names, where rows are chosen by them."""
    from computeest.progress.loss.presets import LOSS_PRESETS

    return LOSS_PRESETS[preset].records(found) if preset is not None and preset in LOSS_PRESETS else found


def _is_published(preset: str | None) -> bool:
    """Whether a preset is an analysis, which reads its authors' own columns, and no layout."""
    if preset is None:
        return False
    from computeest import registry
    from computeest.progress.presets import known_presets
    from computeest.text.suggest import did_you_mean

    layouts = registry.load().layouts
    if preset not in layouts and preset not in known_presets():
        close = did_you_mean(preset, [*known_presets(), *layouts]) or "expected " + ", ".join(
            [*known_presets(), *layouts])
        raise ProgressError(f"no preset is called {preset!r}; {close}")
    return preset in known_presets()


def _rows(table: str, reading: Reading) -> pa.Table:
    from computeest.problems import InputError, UsageError
    from computeest.tables.inputs import read_whole

    if table != "-" and "://" not in table and not Path(table).exists():
        raise ProgressError(f"{table}: no such file")
    try:
        rows = read_whole(table, reading.input_format)
    except (InputError, UsageError) as error:
        raise ProgressError("; ".join(" ".join(line.split()) for line in f"{error}".splitlines())) from None
    if not rows.num_columns or not rows.num_rows:
        raise ProgressError(f"{table}: has no rows")
    return rows


def _days_first(rows: pa.Table, columns: Sequence[str]) -> pa.Table:
    """The table with the dates of these columns, by header or by what it means, read with the day before the month."""
    import pyarrow as pa

    from computeest.facts.columns import cells_of
    from computeest.schema.headers import meaning
    from computeest.text.suggest import did_you_mean

    for name in columns:
        headers = [header for header in rows.column_names if name in (header, meaning(header)[0])]
        if not headers:
            close = did_you_mean(name, rows.column_names)
            raise ColumnError(f"no column `{name}`" + (f"; {close}" if close else ""))
        for header in headers:
            cells = pa.array([_day_first(cell) for cell in cells_of(rows[header])])
            rows = rows.set_column(rows.column_names.index(header), header, cells)
    return rows


def _day_first(cell: object) -> object:
    from computeest.text import dates

    if not isinstance(cell, str):
        return cell
    try:
        day = dates.read(cell.strip(), dates.DAY_FIRST)
    except ValueError:
        return cell
    return cell if day is None or isinstance(day, dates.Rough) else day.isoformat()


def _with_own_dates(found: pd.DataFrame, rows: pa.Table) -> pd.DataFrame:
    """The records with dates as the table writes them: an estimated record has read them already."""
    from computeest.facts.columns import cells_of
    from computeest.schema.headers import meaning

    header = next((name for name in rows.column_names if meaning(name)[0] == "published"), None)
    if header is None:
        return found
    own = found if "year" in rows.column_names else found.drop(columns="year", errors="ignore")
    return own.assign(published=cells_of(rows[header]))


def _cleaned(found: pd.DataFrame) -> pd.DataFrame:
    """Cells that say that there is nothing are empty."""
    import pandas as pd

    from computeest.text.fold import EMPTY, no_value

    for name in found.columns:
        cells = found[name]
        if isinstance(cells.dtype, pd.CategoricalDtype):
            cells = found[name] = cells.astype(object)
        if pd.api.types.is_object_dtype(cells) or pd.api.types.is_string_dtype(cells):
            texts = (cell for cell in cells.dropna().unique() if isinstance(cell, str))
            empty = {cell for cell in texts if no_value(cell.strip(), EMPTY)}
            cells = cells.astype(object)
            found[name] = cells.where(~cells.isin(empty) & cells.notna(), None)
    return found


def _records(rows: pa.Table, reading: Reading, estimate: bool) -> pd.DataFrame:
    """Records under their names: the table's own where it has them, facts by their aliases, estimates where asked."""
    if reading.preset is not None or reading.columns is not None:
        return _estimated(rows, reading)
    found = _aliased(_cleaned(rows.to_pandas()), rows)
    if estimate and reading.compute == "flop" and "flop" not in found and "flop_estimated" not in found:
        estimated = _estimated(rows, reading)
        if estimated["flop"].notna().any():
            say(f"no column of compute: estimated from facts in {int(estimated['flop'].notna().sum())} of "
                f"{len(estimated)} rows")
            return estimated.assign(**{name: found[name] for name in found.columns if name not in estimated})
    return found


def _aliased(found: pd.DataFrame, rows: pa.Table) -> pd.DataFrame:
    from computeest import schema
    from computeest.facts.table import numbers_of
    from computeest.problems import InputError
    from computeest.schema.headers import own_name

    folded = {re.sub(r"[\s_-]+", "_", name.strip().lower()): name for name in found.columns}
    for name in _OWN:
        if name not in found and name in folded:
            found = found.rename(columns={folded[name]: name})
    for header in list(found.columns):
        said = own_name(header) if header not in _OWN else None
        if said is None or said.column is None:
            continue
        name = _RECORDED.get(said.column, said.column)
        if name in found:
            continue
        if schema.FIELDS[said.column].numeric and header in rows.column_names and said.column != "score":
            try:
                found[name] = numbers_of(rows, header, said.column)[0]
            except InputError as error:
                raise ProgressError(" ".join(f"{error}".split())) from None
        else:
            found[name] = found[header]
    return found


def _estimated(rows: pa.Table, reading: Reading) -> pd.DataFrame:
    """The table's facts as a layout or a map has them, estimated; `--compute published` takes what it states."""
    import pandas as pd

    from computeest import pipeline
    from computeest.problems import InputError, UsageError
    from computeest.records.columns import objects

    try:
        options = pipeline.Options.of(preset=reading.preset or "")
        if reading.columns is not None:
            options = replace(options, columns=options.map_in(reading.columns, rows.column_names))
        records = pipeline.estimated(rows, options).columns
    except (InputError, UsageError) as error:
        raise ProgressError(" ".join(f"{error}".split())) from None
    raw = _cleaned(rows.to_pandas())
    told = {name: pd.Series(objects(values), index=raw.index) for name, values in records.items()}
    # what a layout does not read, such as a score that was added to it, is the table's own
    found = raw.assign(**{name: values for name, values in told.items()
                          if name not in raw or name.startswith("flop") or values.notna().any()})
    if reading.compute == "published":
        found = found.assign(flop=_published(rows)).drop(columns=["flop_low", "flop_high"])
    return found


def _published(rows: pa.Table) -> Sequence[float]:
    from computeest.facts.table import numbers_of
    from computeest.schema.headers import meaning

    header = next((name for name in rows.column_names if meaning(name)[0] == "reported_compute"), None)
    if header is None:
        raise ProgressError("--compute published: no column states training compute, such as 'Training compute (FLOP)'")
    values: Sequence[float] = numbers_of(rows, header, "reported_compute")[0].tolist()
    return values
