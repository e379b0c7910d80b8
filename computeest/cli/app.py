"""The application: every command group in one place, and the one handler of what goes wrong."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer
from typer.core import TyperCommand

from computeest.cli import (
    catalogue,
    draft,
    hardware,
    live,
    models,
    papers,
    plugin,
    progress,
    start,
    tables,
    web,
)
from computeest.cli.output import own_output, say, say_failures
from computeest.problems import InputError
from computeest.text.files import OutputError

app = typer.Typer(
    name="computeest", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich takes longer to import than the rest of the command line
    help="Estimate the compute (FLOP) that training a machine-learning model took, from what its paper says.",
)


@app.callback()
def _group() -> None:
    """Keeps the words of one command those of a command, also where no other is there."""


papers.register(app)
tables.register(app)
draft.register(app)
web.register(app)
live.register(app)
catalogue.register(app)
app.add_typer(catalogue.families_app, name="families", help="Families of networks: list them, show one's layers.")
app.add_typer(hardware.app, name="hardware", help="Chips: find, show, list, plot, lint.")
app.add_typer(models.app, name="models", help="Models that others start from: list, show, lint.")
app.add_typer(plugin.app, name="plugin", help="Write a plugin of your own, and hold any to the contract.")
app.add_typer(progress.app, name="progress", help="From records to how fast algorithms improve.")


class Command(TyperCommand):
    """A command whose standard output is its own, and that names the plugins that failed while it ran."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with own_output():
            try:
                return super().invoke(ctx)
            finally:
                say_failures()


def _own(of: typer.Typer) -> None:
    """Make every command of an application one of ours."""
    for command in of.registered_commands:
        command.cls = Command
    for group in of.registered_groups:
        if group.typer_instance is not None:
            _own(group.typer_instance)


_own(app)


def main() -> None:
    """Run the command line; exit 0 when all went well, 1 when input had problems, 2 for wrong usage."""
    try:
        _open_streams()
        start.sooner(app, sys.argv[1:])(prog_name="computeest")  # whatever it was started by
    except BrokenPipeError:
        # the reader of our output, such as `head`, has seen enough
        _let_go()
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.filename is None:
            raise
        # a name that no file can have, a folder that may not be entered: whatever keeps a file from being reached
        say(f"{os.fsdecode(error.filename)[:200]}: {(error.strerror or str(error)).lower()}")
        sys.exit(1)
    except ValueError as error:
        if not type(error).__module__.startswith("computeest"):
            raise
        say(str(error))
        sys.exit(1 if isinstance(error, (InputError, OutputError)) else 2)


def _open_streams() -> None:
    """Streams that were closed before we began: nothing is read or said there, and data for it is an error."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115  open as long as the process
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  likewise
    if sys.stdout is None:
        sys.stdout = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115  to be read, so that writing is refused


def _let_go() -> None:
    """Let what is still to be written to a reader that is gone go nowhere."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return
