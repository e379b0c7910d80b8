"""Commands on chips: find, list, show, plot, lint, export."""

from __future__ import annotations

import dataclasses
import datetime
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from computeest.cli.output import Output, Overlays, check_form, emit, listed, say

if TYPE_CHECKING:
    from computeest.hardware import Database

app = typer.Typer(no_args_is_help=True, add_completion=False)

Form = Annotated[str, typer.Option("--format", "-f", help="table, json, csv or markdown.")]
_FORMS = ("table", "json", "csv", "markdown")


@app.command()
def find(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What the paper says, such as '8 x A100-80GB'.")],
    date: Annotated[str, typer.Option("--date", help="When the paper was published, such as 2020-06-01.")] = "",
    form: Form = "table",
    hardware: Overlays = None,
) -> None:
    """Say which chip a paper's words mean, and how many of it; '-' reads a text a line from standard input."""
    from computeest.hardware import Match, Refusal
    from computeest.hardware.show import described, not_understood
    from computeest.text.suggest import closest

    check_form(form, _FORMS)
    database = _database(hardware)
    if text == "-":
        _find_lines(database, _day(date), form)
        return
    match = database.find(text, _day(date))
    cpu = _of_no_model(text, _day(date)) if isinstance(match, Refusal) else None
    if isinstance(match, Refusal) and cpu is None:
        say(match.reason)
        if match.suggestions:
            say(closest(match.suggestions))
        raise typer.Exit(1)
    found = cpu or described(database, match)
    if isinstance(match, Match) and match.unknown:
        say(not_understood(database, text, match))
    if form == "json":
        emit(json.dumps(found, indent=1))
        return
    rows = [{"field": key.replace("_", " "), "value": _words(key, value)}
            for key, value in found.items() if value not in (None, "", [])]
    emit(listed(("field", "value"), rows, form), form=form)


def _find_lines(database: Database, day: datetime.date | None, form: str) -> None:
    """An answer for each line of standard input, JSON lines or a table; exit code 1 where one is refused."""
    from computeest.hardware import show

    def answered(text: str) -> dict[str, Any]:
        found = show.answer(database, text, day)
        cpu = _of_no_model(text, day) if found["chip"] is None else None
        return found if cpu is None else {**found, "problem": None, **{key: cpu[key] for key in found if key in cpu}}

    rows = (answered(line.rstrip("\r\n")) for line in sys.stdin)
    if form == "json":
        refused = 0
        for row in rows:
            refused += row["chip"] is None
            emit(json.dumps(row, ensure_ascii=False), form="json")
    else:
        found = list(rows)
        refused = sum(row["chip"] is None for row in found)
        shown = [{key: "; ".join(value) if isinstance(value, list) else value for key, value in row.items()}
                 for row in found]
        emit(listed(("input", "chip", "chips", "alternatives", "ambiguous", "problem"), shown, form), form=form)
    if refused:
        raise typer.Exit(1)


def _of_no_model(text: str, day: datetime.date | None) -> dict[str, Any] | None:
    """What a text means that describes a CPU of no known model, its peak from cores, clock and width; else None."""
    from computeest.facts import unknown_cpu
    from computeest.text.numbers import NINETY

    fact = unknown_cpu.read(text, None, day) if "hz" in text.lower() else None
    if fact is None:
        return None
    far = math.exp(NINETY * fact.peak_sigma)
    return {"chip": fact.chip, "chips_per_unit": 1.0, "chips": None if math.isnan(fact.chips) else fact.chips,
            "ambiguous": False, "alternatives": [], "why": fact.note, "peak_low": fact.peak / far,
            "peak_high": fact.peak * far, "name": fact.name, "number_format": fact.number_format, "peak": fact.peak,
            "source": fact.source}


@app.command("list")
def list_chips(
    vendor: Annotated[str, typer.Option("--vendor", help="Only this vendor's chips.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="gpu, tpu, asic, cpu, soc or wafer.")] = "",
    year: Annotated[str, typer.Option("--year", help="Released in 2022, or in 2020..2022.")] = "",
    number_format: Annotated[str, typer.Option("--number-format", help="Only chips with this format: bf16.")] = "",
    sort: Annotated[str, typer.Option("--sort", help="Any column; -peak puts the largest first.")] = "",
    form: Form = "table",
    output: Output = None,
    hardware: Overlays = None,
) -> None:
    """List the chips, with the peak that an estimate uses, memory, power and release."""
    from computeest.hardware import show as cards

    check_form(form, _FORMS)
    found = cards.rows(_database(hardware), vendor, kind, year, number_format, sort)
    people = form in ("table", "markdown")
    emit(listed(*cards.shown(found), form) if people else listed(tuple(cards.COLUMNS), found, form), output, form)
    say(f"{len(found)} chips")


@app.command()
def show(
    chip: Annotated[str, typer.Argument(metavar="CHIP", help="A chip's id, or what a paper calls it.")],
    form: Form = "table",
    output: Output = None,
    hardware: Overlays = None,
) -> None:
    """Show everything known of one chip, each value with its source."""
    from computeest.hardware import Refusal
    from computeest.hardware import show as cards

    check_form(form, _FORMS)
    database = _database(hardware)
    match = database.find(chip)
    if isinstance(match, Refusal):
        say(str(match))
        raise typer.Exit(1)
    found = database.chip(match.chip)
    if match.why:
        say(match.why)
    if form == "json":
        sources = {key: dataclasses.asdict(source) for key, source in found.sources.items()}
        emit(json.dumps({"id": found.id, "vendor": found.vendor, **found.facts, "sources": sources}, indent=1), output)
        return
    columns = ("field", "value", "source") if form == "table" else ("field", "value", "source", "url")
    emit(listed(columns, cards.card(found), form), output, form)


@app.command()
def plot(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="A .png or .svg file.")],
    hardware: Overlays = None,
) -> None:
    """Plot peak FLOP/s over time by number format."""
    if output.suffix.lower() not in (".png", ".svg"):
        raise typer.BadParameter(f"'{output.name}' is neither .png nor .svg", param_hint="--output")
    from computeest.hardware import show as drawing

    drawing.plot(list(_database(hardware)), output)
    say(f"wrote {output}")


@app.command()
def lint(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="DIR", help="Directories with hardware files; "
                                                       "without one, the database that comes with computeest.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    form: Form = "table",
    hardware: Overlays = None,
) -> None:
    """Check hardware files: schema, sources, formulas, order of rates, dates, names."""
    from computeest.hardware.compile import check
    from computeest.hardware.lint import lint as linting

    check_form(form, _FORMS)
    findings = check((*(hardware or ()), *(paths or ())))
    rows = [{"level": finding.level, "code": finding.code, "where": finding.where, "message": finding.message}
            for finding in findings]
    if form == "table":
        for finding in findings:
            emit(f"{finding.where}: {finding.level}: {finding.message} [{finding.code}]")
    else:
        emit(listed(("level", "code", "where", "message"), rows, form), form=form)
    errors = sum(finding.level == "error" for finding in findings)
    say(f"{errors} errors, {len(findings) - errors} warnings")
    if linting.fails(findings, strict):
        raise typer.Exit(1)


@app.command()
def export(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The directory to write into.")],
    form: Annotated[str, typer.Option("--format", "-f", help="csv, parquet, sqlite, json or markdown.")] = "csv",
    hardware: Overlays = None,
) -> None:
    """Write everything the database says as tables with a Frictionless data package, or as a page a chip."""
    from computeest.hardware import export as writing
    from computeest.hardware.files import all_overlays, package_files
    from computeest.hardware.lint.lint import read
    from computeest.hardware.pages import pages
    from computeest.hardware.tables import tables
    from computeest.version import __version__, hardware_db

    check_form(form, (*writing.FORMS, "markdown"))
    database = _database(hardware)  # refuses what is wrong
    if form == "markdown":
        written = writing.write(dict(pages(database)), output)
    else:
        found = tables(read((*package_files(), *all_overlays(hardware or ())))[0])
        written = writing.export(found, output, form, f"{__version__}+{hardware_db()}")
    say(f"wrote {len(written)} files into {output}")


def _database(overlays: Sequence[Path] | None) -> Any:
    from computeest.hardware import load

    database = load(tuple(overlays or ()))
    for warning in database.warnings:
        say(f"warning: {warning}")
    return database


def _day(text: str) -> Any:
    import datetime

    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no day, such as 2020-06-01", param_hint="--date") from None


def _words(key: str, value: Any) -> str:
    if key in ("peak", "peak_low", "peak_high"):
        return f"{value / 1e12:.4g} TFLOP/s"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
