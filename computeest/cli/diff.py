"""`computeest diff`: what changed between two annotated tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from computeest.cli.options import Output, check_form
from computeest.cli.output import emit, listed, say

if TYPE_CHECKING:
    from computeest.diff import Change

_COLUMNS = ("model", "change", "old", "new", "factor", "why")
_FORMS = ("table", "csv", "json", "markdown")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(diff)


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="An annotated table.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same, annotated later or otherwise.")],
    key: Annotated[str, typer.Option("--key", help="Column that tells rows apart.")] = "model",
    form: Annotated[str, typer.Option("--format", "-f", help="table, csv, json or markdown.")] = "table",
    output: Output = None,
) -> None:
    """Say what changed from OLD to NEW, model by model: the factor, and whether input, chip, assumption or version."""
    from computeest.diff import diff as changes_of

    check_form(form, _FORMS)
    changes, same = changes_of(old, new, key)
    emit(_rendered(changes, form), output)
    say(f"{len(changes):,} changed, {same:,} the same")


def _rendered(changes: Sequence[Change], form: str) -> str:
    if form == "json":
        return json.dumps([change.to_dict() for change in changes], indent=1, ensure_ascii=False)
    return listed(_COLUMNS, [_row(change) for change in changes], form)


def _row(change: Change) -> dict[str, str]:
    return {"model": change.model, "change": change.change,
            "old": "" if change.old is None else f"{change.old:.4g}",
            "new": "" if change.new is None else f"{change.new:.4g}",
            "factor": "" if change.factor is None else f"{change.factor:.4g}", "why": "; ".join(change.why)}
