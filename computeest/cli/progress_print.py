"""What progress commands share: reading a table as a source, printing, and problems in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from computeest.cli.output import emit, say
from computeest.cli.progress_options import Format, Reading

if TYPE_CHECKING:
    import pandas as pd

    from computeest.progress.report import Row
    from computeest.progress.session import Source

#: What the full posterior needs, and nothing else.
_SAMPLERS = ("numpyro", "jax", "jaxlib", "arviz")
Document = Callable[[], Mapping[str, object]]


def table_frame(table: str, reading: Reading, *, estimate: bool = True) -> pd.DataFrame:
    """The records of a table, read as asked."""
    from computeest.cli.progress_tables import frame

    return frame(table, reading, estimate=estimate)


def source_of(table: str, reading: Reading) -> Source:
    """A table as a source of observations."""
    from computeest.progress.session import Source

    return Source(table_frame(table, reading), reading.preset, reading.benchmark, reading.metric, reading.data,
                  reading.centre, "flop" if reading.compute in ("published", "estimated") else reading.compute,
                  reading.cluster)


def show(form: Format, document: Document, *tables: Sequence[Row]) -> None:
    """Print as asked; CSV has room for the first table only."""
    from computeest.progress import report
    from computeest.text import listing

    if form is Format.json:
        emit(report.as_json(document()))
    elif form is Format.csv:
        emit(listing.as_csv(list(tables[0][0]), tables[0]), form="csv")
    else:
        emit("\n\n".join(report.as_table(rows) for rows in tables if rows))


def excluded(used: int, reasons: Mapping[str, int]) -> None:
    """Say how many records counted, and why the others did not."""
    left = ", ".join(f"{reason} in {count}" for reason, count in reasons.items())
    say(f"{used} records used" + (f"; left out: {left}" if left else ""))


@contextmanager
def one_line_errors(table: str | None = None) -> Iterator[None]:
    """A problem with the input is one line on standard error, with the table that lacks a column, and exit code 1."""
    from computeest.progress.records import ColumnError, ProgressError

    try:
        yield
    except ProgressError as error:
        of = f"{'standard input' if table == '-' else table}: " if table and isinstance(error, ColumnError) else ""
        say(f"{of}{error}")
        raise typer.Exit(1) from None
    except ModuleNotFoundError as error:
        extra = "posterior" if str(error.name).partition(".")[0] in _SAMPLERS else "progress,tables"
        say(f"{error.name} is not installed: pip install 'computeest[{extra}]'")
        raise typer.Exit(1) from None
