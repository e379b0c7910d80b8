"""Printing: data to standard output or a file, words for people to standard error."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from computeest.problems import Problem


def emit(text: str, output: Path | None = None) -> None:
    """Data, to a file that appears whole or not at all, or to standard output."""
    from computeest.text.files import OutputError, write_whole

    if output is None:
        try:
            typer.echo(text, nl=not text.endswith("\n"))
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"standard output: cannot be written: {(error.strerror or str(error)).lower()}") from None
        return

    write_whole(output, text if text.endswith("\n") else text + "\n")


def say(text: str) -> None:
    """Words for people, on standard error."""
    # words of a file may be in it, and must not steer the terminal
    typer.echo("".join(c if c.isprintable() or c == "\n" else "?" for c in text), err=True)


def say_problems(problems: Sequence[Problem]) -> None:
    """Everything that is wrong, one after the other."""
    for problem in problems:
        say(str(problem))


def table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a table for people, as wide as the terminal."""
    import io
    import shutil

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(header_style="bold")
    for name in columns:
        right = all(_numeric(row.get(name)) for row in rows) and bool(rows)
        shown.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(str(row.get(name) or "")) for name in columns))
    buffer = io.StringIO()
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 160
    Console(file=buffer, width=width, highlight=False).print(shown)
    return buffer.getvalue()


def listed(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], form: str) -> str:
    """Rows as table, json, csv or markdown."""
    import json

    from computeest.text import listing

    if form == "json":
        return json.dumps(list(rows), indent=1)
    if form == "table":
        return table(columns, rows)
    return listing.as_csv(columns, rows) if form == "csv" else listing.as_markdown(columns, rows)


def _numeric(value: Any) -> bool:
    try:
        float(str(value or 0).replace(",", ""))
    except ValueError:
        return False
    return True


Papers = Annotated[list[str], typer.Argument(metavar="PAPER", help="paper.yaml files; - reads standard input.")]
Paper = Annotated[str, typer.Argument(metavar="PAPER", help="A paper.yaml file; - reads standard input.")]
Plugins = Annotated[list[str] | None, typer.Option("--plugin", metavar="MODULE_OR_FILE",
                                                   help="Also load this plugin: a module, or a Python file.")]
Overlays = Annotated[list[Path] | None, typer.Option("--hardware", metavar="DIR",
                                                     help="Also read the hardware database in this directory.")]
Assume = Annotated[list[str] | None, typer.Option("--assume", metavar="COLUMN=VALUE",
                                                  help="Assume this where the paper is silent: utilization=0.4.")]
Facts = Annotated[list[str] | None, typer.Option("--fact", metavar="COLUMN=VALUE",
                                                 help="A fact in the place of the paper's own: tokens=15T.")]
Prefer = Annotated[str, typer.Option("--prefer", help="Take this method's answer alone wherever it has one.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE",
                                             help="Write here instead of to standard output; whole or not at all.")]


def check_form(form: str, forms: Sequence[str]) -> None:
    """Wrong usage when the form asked for is none of those that a command has."""
    if form not in forms:
        known = f"neither {forms[0]} nor {forms[1]}" if len(forms) == 2 else f"none of {', '.join(forms)}"
        raise typer.BadParameter(f"'{form}' is {known}", param_hint="--format")


def pairs(options: list[str] | None, option_name: str = "--assume",
          example: str = "utilization=0.4") -> dict[str, str]:
    """`COLUMN=VALUE` options as a mapping."""
    found: dict[str, str] = {}
    for option in options or ():
        name, equals, value = option.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise typer.BadParameter(f"'{option}' is not COLUMN=VALUE, such as {example}", param_hint=option_name)
        found[name.strip()] = value.strip()
    return found
