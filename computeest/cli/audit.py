"""`computeest audit`: a dataset's published figures against its own facts and notes."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Annotated

import typer

from computeest.cli.options import Assume, Output, Overlays, Plugins, check_form, pairs
from computeest.cli.output import emit, listed, say

if TYPE_CHECKING:
    from computeest.audit import Finding

_FORMS = ("table", "csv", "markdown", "json")
_SHORT = ("row", "model", "finding", "sure", "factor", "what")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(audit)


def audit(
    source: Annotated[str, typer.Argument(metavar="TABLE", help="A .csv, .tsv, .xlsx, .parquet or .jsonl file.")],
    published: Annotated[str, typer.Option(metavar="COLUMN", help="The column of published training compute.")],
    notes: Annotated[str, typer.Option(metavar="COLUMN", help="The column of notes: their arithmetic is redone.")] = "",
    preset: Annotated[str, typer.Option(help="A known layout: epoch.")] = "",
    reference: Annotated[str, typer.Option(metavar="TABLE", help="Published compute of base models.")] = "",
    least: Annotated[float, typer.Option(min=0, max=1, help="Leave out findings less sure than this.")] = 0.0,
    form: Annotated[str, typer.Option("--format", "-f", help="table, csv, markdown or json.")] = "table",
    assume: Assume = None,
    plugin: Plugins = None,
    hardware: Overlays = None,
    output: Output = None,
) -> None:
    """Hold a dataset's published figures against its own facts and notes; findings come surest and largest first."""
    from computeest.annotation import Options
    from computeest.audit import audit as audited
    from computeest.io.reference import read
    from computeest.io.whole import read_whole

    check_form(form, _FORMS)
    options = Options(None, preset, tuple(pairs(assume).items()), "", tuple(plugin or ()), tuple(hardware or ()),
                      read(reference) if reference else ())
    options.check()
    found = audited(read_whole(source), published, notes, options)
    findings = [finding for finding in found.findings if finding.certainty >= least]
    emit(_written(findings, form), output)
    say(found.summary())


def _written(findings: list[Finding], form: str) -> str:
    from computeest.audit import Finding

    if form == "json":
        return json.dumps([finding.to_dict() for finding in findings], indent=1, allow_nan=False)
    if form == "csv":
        columns = [field.name for field in dataclasses.fields(Finding)]
        return listed(columns, [finding.to_dict() for finding in findings], form)
    rows = [{"row": str(f.row), "model": f.model, "finding": f.code, "sure": f"{f.certainty:.0%}",
             "factor": f"{f.factor:.3g}x", "what": f.says} for f in findings]
    return listed(_SHORT, rows, form)
