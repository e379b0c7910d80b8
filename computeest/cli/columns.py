"""`computeest columns`: guess what a table's columns mean."""

from __future__ import annotations

import typer

from computeest.cli.annotate import InputFormat, Table
from computeest.cli.options import Output
from computeest.cli.output import emit, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(columns)


def columns(table: Table, output: Output = None, input_format: InputFormat = "") -> None:
    """Guess what the columns of TABLE mean, from headers and cells, and write a map to review for --columns."""
    import tempfile
    from pathlib import Path

    from computeest.guess import as_yaml, counts, guesses
    from computeest.io.inputs import source

    with tempfile.TemporaryDirectory(prefix="computeest-") as keep:
        found, unknown = guesses(source(table, input_format, keep=Path(keep)))
    emit(as_yaml(found, unknown, table), output)
    say(", ".join(f"{count} {word}" for word, count in counts(found).items() if count) +
        f"{', ' if found else ''}{len(unknown)} not understood")
