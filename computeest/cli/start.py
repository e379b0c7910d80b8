"""What makes the command line start sooner, and nothing else."""

from __future__ import annotations

import copy
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import typer

from computeest.cli import commands

if TYPE_CHECKING:
    from computeest.tables.bar import Progress

#: Whole numbers of fewer digits than this are read here.
_DIGITS = 10


def sooner(app: typer.Typer, words: Sequence[str]) -> typer.Typer:
    """The application without what the command in these words does not need."""
    if commands.are_brief(words):
        gc.set_threshold(*commands.SELDOM)
        if hasattr(os, "register_at_fork"):  # a copy of this process works on for long
            os.register_at_fork(after_in_child=_look_as_usual)
        # none of these multiplies matrices: the threads that stand ready for it took 9 ms, and 50 ms of the other core
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _options_without_pydantic()
    return _one_command(app, words)


def as_usual(progress: Progress) -> Progress:
    """The same progress; when it is told of a first piece, garbage is looked for as often as Python does by itself."""
    def told(rows: int, part: float) -> None:
        _look_as_usual()
        progress(rows, part)

    return told


def _look_as_usual() -> None:
    gc.set_threshold(*commands.USUAL)


def _one_command(app: typer.Typer, words: Sequence[str]) -> typer.Typer:
    """Keeps the one command that is asked for: to build its neighbours, too, takes 3 % of `estimate PAPER`."""
    registered = [one for one in app.registered_commands
                  if one.callback is not None and words[:1] == [one.name or one.callback.__name__.replace("_", "-")]]
    if not registered:
        return app
    alone = copy.copy(app)
    alone.registered_commands = registered
    return alone


def _options_without_pydantic() -> None:
    """Take options that are text, paths, flags or plain numbers, or left at their defaults, as they stand.

    Typer imports pydantic and builds a validator for each parameter, given or not: 15 % of `estimate PAPER`, and of
    `annotate` with a thousand rows. Where typer is of another make, it goes its own way.
    """
    try:
        from typer import _coercion, core
        from typer._param_types import coerce_cli_path

        build = core.build_runtime_param  # type: ignore[attr-defined]
        base: Any = _coercion.RuntimeParam
    except (ImportError, AttributeError):
        return
    if getattr(build, "_as_it_stands", False):
        return  # who calls `main` more than once would have each asked through all before it

    class AsItStands(base):  # type: ignore[misc]
        """One parameter, whose validator is built when a value asks for it."""

        _as_it_stands: ClassVar[bool] = True

        def __init__(self, descriptor: Any) -> None:
            super().__init__(parameter_info=descriptor.parameter_info, annotation=descriptor.annotation)
            object.__setattr__(self, "descriptor", descriptor)

        def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:
            if self.parameter_info.parser is None:
                if value is param.default or (self.annotation in (str, bool) and isinstance(value, self.annotation)):
                    return value
                if self.annotation == list[str] and all(isinstance(item, str) for item in value):
                    return list(value)
                if self.annotation is Path and isinstance(value, str):
                    return coerce_cli_path(Path(value), self.parameter_info, path_type=Path, param=param, ctx=ctx)
                if self.annotation is int and _is_plain(value, self.parameter_info):
                    return int(value)
            return build(self.descriptor)._coerce_value(value, param=param, ctx=ctx)

    core.build_runtime_param = AsItStands  # type: ignore[attr-defined]


def arrow_functions_when_asked() -> None:
    """Have Arrow make its functions when they are asked for: to make all 286, with their help, takes 5 % of `annotate`.

    Where pyarrow is of another make, or made them already, they are there as ever.
    """
    if "pyarrow.compute" in sys.modules:
        return
    from pyarrow import _compute

    there = _compute.function_registry

    class Few:
        """A registry that lists the one function that the module itself uses while it is imported."""

        def list_functions(self) -> list[str]:
            return ["utf8_zero_fill"]

        def get_function(self, name: str) -> Any:
            return there().get_function(name)

    _compute.function_registry = Few
    try:
        import pyarrow.compute as made

        made.function_registry, wrapped = there, made._wrap_function
    except (AttributeError, KeyError, TypeError, AssertionError):
        sys.modules.pop("pyarrow.compute", None)
        return
    finally:
        _compute.function_registry = there

    def asked(name: str) -> Any:
        try:
            found = there().get_function({"and_": "and", "or_": "or"}.get(name, name))
        except KeyError:
            raise AttributeError(f"module 'pyarrow.compute' has no attribute '{name}'") from None
        if found.kind == "hash_aggregate" or (found.kind == "scalar_aggregate" and found.arity == 0):
            raise AttributeError(f"module 'pyarrow.compute' has no attribute '{name}'")  # not to be called by itself
        function = wrapped(name, found)
        setattr(made, name, function)
        return function

    made.__getattr__ = asked


def _is_plain(value: Any, info: Any) -> bool:
    """Whether a value is a number of few digits, and within its bounds."""
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < _DIGITS) or info.clamp:
        return False
    return (info.min is None or int(value) >= info.min) and (info.max is None or int(value) <= info.max)
