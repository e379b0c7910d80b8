"""Commands on the models that others start from: list, show, lint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from computeest.cli.output import Output, check_form, emit, listed, say, width

app = typer.Typer(no_args_is_help=True, add_completion=False)

Form = Annotated[str, typer.Option("--format", "-f", help="table, json, csv or markdown.")]
_FORMS = ("table", "json", "csv", "markdown")


#: What a table of them has, and how wide a terminal must be for each.
_COLUMNS = (("model", 0), ("date", 100), ("params", 0), ("active", 110), ("tokens", 0), ("FLOP", 0),
            ("90 % interval", 0), ("id", 150))


@app.command("list")
def list_models(form: Form = "table", output: Output = None) -> None:
    """List the models, with the training compute that their facts give."""
    from computeest.questions import known_models

    check_form(form, _FORMS)
    rows = known_models.rows()
    people = form in ("table", "markdown")
    if form == "table":
        columns: tuple[str, ...] = tuple(name for name, least in _COLUMNS if least <= width())
    else:
        columns = tuple(name for name in known_models.COLUMNS if name != "sources" or not people)
    emit(listed(columns, [known_models.for_people(row) for row in rows] if people else rows, form), output, form)
    say(f"{len(rows)} models")


@app.command()
def show(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model's id, or any of its names.")],
    form: Form = "table",
    output: Output = None,
) -> None:
    """Show what is known of one model, each value with its source, and its record."""
    from computeest.models import table as models
    from computeest.questions import known_models
    from computeest.text.suggest import closest

    check_form(form, _FORMS)
    entry = models.find(model)
    if entry is None:
        near = known_models.alike(model)
        say(f"no model of the table is called '{model}'" + (f"; {closest(near)}" if near else ""))
        raise typer.Exit(1)
    if models.is_tuned(model):
        say(f"{model} was tuned from {entry.name}; what the tuning took is not published")
    if form == "json":
        emit(json.dumps(known_models.shown(entry), indent=1), output)
    else:
        emit(listed(("field", "value", "source"), known_models.card(entry), form), output, form)


@app.command()
def lint(
    directory: Annotated[Path | None, typer.Argument(metavar="DIR", help="A directory with such files; without one, "
                                                     "the table that comes with computeest.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
) -> None:
    """Check files of models: sources, sizes against names, counts against stated compute, dates, names."""
    from computeest.models import lint as linting
    from computeest.models.table import read_all

    entries, findings = read_all(directory)
    findings = [*findings, *linting.lint(entries)]
    for finding in findings:
        emit(str(finding))
    errors = sum(finding.level == "error" for finding in findings)
    say(f"{len(entries)} models: {errors} errors, {len(findings) - errors} warnings")
    if errors or (strict and findings):
        raise typer.Exit(1)
