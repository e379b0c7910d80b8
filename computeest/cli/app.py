"""The application: every command group in one place, and the one handler of what goes wrong."""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from typer.core import TyperCommand, TyperGroup

from computeest.cli import help_text, start
from computeest.cli.commands import COMMANDS, GROUPS
from computeest.cli.output import own_output, say, say_failures
from computeest.problems import InputError
from computeest.text.files import OutputError, refuse_inputs
from computeest.version import __version__

#: Forms of an answer, by the name of the file that it is written to.
_FORMS = {".json": "json", ".yaml": "yaml", ".yml": "yaml", ".csv": "csv", ".md": "markdown", ".tex": "latex"}


class Group(TyperGroup):
    """A group of commands whose help is kept for the next time."""

    def get_help(self, ctx: Any) -> str:
        """The help, as it is printed."""
        return help_text.kept_for_next(super().get_help(ctx))

    def invoke(self, ctx: Any) -> Any:
        """Run the group, which may have an answer of its own."""
        _as_the_output_says(ctx)
        return super().invoke(ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first word names; a file in its place lacks the word before it."""
        if ctx.parent is None and self.get_command(ctx, args[0]) is None and Path(args[0]).suffix:
            ctx.fail(f"'{args[0]}' is no command; of a paper: computeest estimate PAPER, of a table: computeest "
                     "annotate TABLE, of a document: computeest draft DOCUMENT")
        return super().resolve_command(ctx, args)


class Command(TyperCommand):
    """A command whose standard output is its own, and that names the plugins that failed while it ran."""

    def get_help(self, ctx: Any) -> str:
        """The help, as it is printed."""
        return help_text.kept_for_next(super().get_help(ctx))

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with own_output():
            try:
                _keep_inputs(ctx.params)
                _as_the_output_says(ctx)
                return super().invoke(ctx)
            finally:
                say_failures()


def _keep_inputs(given: Mapping[str, Any]) -> None:
    """OutputError where a command would write over a file that it was given to read."""
    output = given.get("output") or given.get("out")
    if output and Path(output).is_file():
        beside = (value if isinstance(value, (list, tuple)) else [value] for name, value in given.items()
                  if name not in ("output", "out"))
        refuse_inputs(output, [one for values in beside for one in values if isinstance(one, (str, Path))])


def _as_the_output_says(ctx: Any) -> None:
    """Where the form is not asked for, and would be a table for people, the one that the output's name says."""
    form = next((one for one in ctx.command.params if one.name == "form"), None)
    if form is None or form.default != "table" or not ctx.params.get("output") or "form" not in ctx.params or \
            ctx.get_parameter_source("form").name != "DEFAULT":
        return
    said = _FORMS.get(Path(ctx.params["output"]).suffix.lower())
    if said in re.findall(r"\w+", form.help):
        ctx.params["form"] = said


def application(words: Sequence[str] = ()) -> typer.Typer:
    """The command line: whole, or with the one module alone whose command the first word is.

    To import all modules takes 6 % of `estimate PAPER`.
    """
    made = typer.Typer(
        name="computeest", cls=Group, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
        rich_markup_mode=None,  # plain help: rich takes longer to import than the rest of the command line
        help="Estimate the compute (FLOP) that training a machine-learning model took, from what its paper says.",
    )
    made.callback()(_group)
    first = words[0] if words else ""
    homes = [module for module, names in COMMANDS.items() if first in names]
    groups = [first] if first in GROUPS else []
    if not homes and not groups:
        homes, groups = list(COMMANDS), list(GROUPS)
    for module in homes:
        import_module(f"computeest.cli.{module}").register(made)
    for name in groups:
        module, attribute, help_ = GROUPS[name]
        made.add_typer(getattr(import_module(f"computeest.cli.{module}"), attribute), name=name, help=help_)
    _own(made.registered_commands, made.registered_groups)
    return made


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"computeest {__version__}")
        raise typer.Exit


def _group(version: Annotated[bool, typer.Option(  # also keeps the words of one command those of a command, alone too
        "--version", callback=_version, is_eager=True, help="Show the version and exit.")] = False) -> None:
    pass


def _own(commands: Iterable[Any], groups: Iterable[Any]) -> None:
    """Make every command and group of an application one of ours."""
    for command in commands:
        command.cls = Command
    for group in groups:
        group.cls = Group
        if group.typer_instance is not None:
            _own(group.typer_instance.registered_commands, group.typer_instance.registered_groups)


def __getattr__(name: str) -> Any:
    if name == "app":  # for those who call it without a process of its own
        return application()
    raise AttributeError(f"module 'computeest.cli.app' has no attribute '{name}'")


def _warned(message: Warning | str, category: type[Warning], filename: str, lineno: int,
            file: TextIO | None = None, line: str | None = None) -> None:
    """A warning of a library, which may have an input's words in it."""
    say(f"warning: {message}")


def main() -> None:
    """Run the command line; exit 0 when all went well, 1 when input had problems, 2 for wrong usage."""
    warnings.showwarning = _warned
    words = sys.argv[1:]
    try:
        _open_streams()
        start.sooner(application(words), words)(prog_name="computeest")  # whatever it was started by
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
