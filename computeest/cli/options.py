"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

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
