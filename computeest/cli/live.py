"""The command that reads the log of a training run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from computeest.cli.output import emit, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(log)


def log(
    path: Annotated[Path, typer.Argument(metavar="LOG", help=(
        "trainer_state.json or its directory, or what Megatron, nanoGPT or torchtitan printed."))],
    chip: Annotated[str, typer.Option(metavar="NAME", help="The accelerator, which most logs do not say.")] = "",
    chips: Annotated[int, typer.Option(metavar="N", help="How many of them, where the log does not say.")] = 0,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to this file.")] = None,
) -> None:
    """Write the paper.yaml of the training run that LOG is of."""
    from computeest.integrations import read_log

    run = read_log(path)
    run.facts |= ({"chip": chip} if chip else {}) | ({"chips": chips} if chips else {})
    for note in run.notes:
        say(f"{path}: {note}")
    emit(run.text(), output)
