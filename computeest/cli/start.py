"""What makes the command line start sooner, and nothing else."""

from __future__ import annotations

import copy
import gc
from collections.abc import Sequence
from typing import Any, ClassVar

import typer

#: Commands that end soon; one that goes on would fill the memory with garbage that few but large objects make.
_BRIEF = frozenset(("estimate", "validate", "hardware"))


def sooner(app: typer.Typer, words: Sequence[str]) -> typer.Typer:
    """The application without what the command in these words does not need."""
    if words[:1] and words[0] in _BRIEF:
        # nothing that is made while modules load is garbage: looking for it takes 12 % of `estimate PAPER`
        gc.set_threshold(100_000, 50, 50)
    _options_without_pydantic()
    return _one_command(app, words)


def _one_command(app: typer.Typer, words: Sequence[str]) -> typer.Typer:
    """Keeps the one command that is asked for: to build its neighbours, too, takes 3 % of `estimate PAPER`."""
    commands = [one for one in app.registered_commands
                if one.callback is not None and words[:1] == [one.name or one.callback.__name__.replace("_", "-")]]
    if not commands:
        return app
    alone = copy.copy(app)
    alone.registered_commands = commands
    return alone


def _options_without_pydantic() -> None:
    """Take options that are text, or left at their defaults, as they stand.

    Typer imports pydantic and builds a validator for each parameter, given or not: 15 % of `estimate PAPER`. Where
    typer is of another make, it goes its own way.
    """
    try:
        from typer import _coercion, core

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
                if self.annotation is str and isinstance(value, str):
                    return value
                if self.annotation == list[str] and all(isinstance(item, str) for item in value):
                    return list(value)
                if value is param.default:
                    return value
            return build(self.descriptor)._coerce_value(value, param=param, ctx=ctx)

    core.build_runtime_param = AsItStands  # type: ignore[attr-defined]
