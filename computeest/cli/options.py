"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Papers = Annotated[list[str], typer.Argument(metavar="PAPER...", help="paper.yaml files; - reads standard input.")]
Paper = Annotated[str, typer.Argument(metavar="PAPER", help="A paper.yaml file; - reads standard input.")]
Plugins = Annotated[list[str] | None, typer.Option("--plugin", metavar="MODULE_OR_FILE",
                                                   help="Also load this plugin: a module, or a Python file.")]
Overlays = Annotated[list[Path] | None, typer.Option("--hardware", metavar="DIR",
                                                     help="Also read the hardware database in this directory.")]
Assume = Annotated[list[str] | None, typer.Option("--assume", metavar="COLUMN=VALUE",
                                                  help="Assume this where the paper is silent: utilization=0.4.")]
Facts = Annotated[list[str] | None, typer.Option("--fact", metavar="COLUMN=VALUE",
                                                 help="A fact in the place of the paper's own: tokens=15T.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE",
                                             help="Write here instead of to standard output; whole or not at all.")]


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
