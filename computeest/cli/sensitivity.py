"""The command that says what an estimate is sensitive to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from computeest.cli.options import Assume, Output, Overlays, Paper, Plugins, Prefer, check_form, pairs
from computeest.cli.output import emit, table

if TYPE_CHECKING:
    from computeest.sensitivity import Influence, Question, Sensitivity

#: A bar of the whole variance is this long.
_BAR = 40


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(sensitivity)


def sensitivity(
    paper: Paper,
    form: Annotated[str, typer.Option("--format", "-f", help="table or json.")] = "table",
    assume: Assume = None,
    prefer: Prefer = "",
    plugin: Plugins = None,
    hardware: Overlays = None,
    output: Output = None,
) -> None:
    """Say which facts move PAPER's estimate most, and what one more fact would narrow its interval to."""
    import json

    from computeest.sensitivity import sensitivity as studied

    check_form(form, ("table", "json"))
    found = studied(Path(paper) if paper != "-" else paper, prefer=prefer, assume=pairs(assume), plugins=plugin or (),
                    hardware=hardware or ())
    emit(json.dumps(found.to_dict(), indent=2, allow_nan=False) if form == "json" else _people(found), output)


def _people(found: Sensitivity) -> str:
    title = found.model or "the paper"
    text = (f"{title}: {found.flop:.3g} FLOP, 90 % between {found.flop_low:.3g} and {found.flop_high:.3g} "
            f"({found.width:.2g}x from low to high)\n\n")
    text += table(("fact", "value", "may be off by", "share of the uncertainty", ""),
                  [_bar(influence) for influence in found.influences])
    if found.best is None:
        return text + "\nno single fact would narrow the interval\n"
    text += "\n" + table(("ask for", "now", "interval then", "from low to high"), [_asked(q) for q in found.questions])
    return text + f"\nmost worth asking the authors: {found.best.ask}\n"


def _bar(influence: Influence) -> dict[str, str]:
    from computeest.wording import amount

    value = amount(influence.column, influence.value) if influence.value is not None else ""
    return {"fact": f"{influence.column} ({influence.kind})" if influence.kind != "methods" else
            "the methods, and where they disagree", "value": value,
            "may be off by": f"{influence.factor:.2f}x" if influence.factor else "",
            "share of the uncertainty": "█" * max(1, round(_BAR * influence.share)), "": f"{influence.share:.0%}"}


def _asked(question: Question) -> dict[str, str]:
    return {"ask for": question.ask + (f" (enables {question.enables})" if question.enables else ""),
            "now": question.now, "interval then": f"{question.flop_low:.2e} to {question.flop_high:.2e}",
            "from low to high": f"{question.width:.2f}x"}
