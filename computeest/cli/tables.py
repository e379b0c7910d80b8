"""`computeest annotate`: a whole table, every row with its record."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from computeest.cli.output import Assume, Output, Overlays, Plugins, Prefer, With, check_form, emit, listed, pairs, say

if TYPE_CHECKING:
    from computeest.audit.audit import Finding
    from computeest.tables.diff import Change


Table = Annotated[str, typer.Argument(metavar="TABLE", help="A .csv, .tsv, .xlsx, .parquet or .jsonl file, plain or "
                                      "compressed (.gz .bz2 .xz .zst); a directory or URL of .parquet files; a quoted "
                                      "pattern of paper.yaml files; - reads standard input.")]
Out = Annotated[str, typer.Option("--output", "-o", metavar="OUT", help="Write here, whole or not at all: .csv .tsv "
                                  ".jsonl .parquet .xlsx .db (SQLite), or a directory (DIR/) of .parquet files; "
                                  "- is standard output.")]
Preset = Annotated[str, typer.Option("--preset", help="A known layout: epoch.")]
Columns = Annotated[Path | None, typer.Option("--columns", metavar="MAP.yaml",
                                              help="What the columns mean; `computeest columns` writes one.")]
InputFormat = Annotated[str, typer.Option("--input-format", help="csv, tsv, xlsx, parquet or jsonl, where the name "
                                          "does not say it; standard input is csv.")]
AllowFiles = Annotated[bool, typer.Option("--allow-files", help="Read the files that TABLE's cells name, such as a "
                                          "config.json: only for tables that you trust.")]
RecordsOnly = Annotated[bool, typer.Option("--records-only", help="Write the records without TABLE's columns.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(annotate)
    app.command()(columns)
    app.command()(diff)
    app.command()(audit)


def annotate(
    table: Table,
    out: Out = "-",
    preset: Preset = "",
    columns: Columns = None,
    records_only: RecordsOnly = False,
    records: Annotated[str, typer.Option("--records", help="full, or slim: numbers with the "
                                         "least words.")] = "full",
    columns_out: Annotated[str, typer.Option("--columns-out", metavar="NAMES", help="Write only these columns, of "
                                             "TABLE's and of the records, separated by commas.")] = "",
    reference: Annotated[str, typer.Option("--reference", metavar="TABLE", help="Published compute of base models: "
                                           "columns model and compute.")] = "",
    form: Annotated[str, typer.Option("--format", "-f", help="csv, tsv, jsonl, parquet, xlsx or sqlite, where OUT does "
                                      "not say it.")] = "",
    input_format: InputFormat = "",
    assume: Assume = None,
    prefer: Prefer = "",
    consequence: With = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes to estimate with.")] = 1,
    dask: Annotated[str, typer.Option("--dask", metavar="ADDRESS", help="Estimate on this Dask cluster.")] = "",
    allow_files: AllowFiles = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what an interrupted run has done.")] = False,
    chunk: Annotated[int, typer.Option("--chunk", min=1, help="Rows that are read at once.")] = 36_864,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    plugin: Plugins = None,
    hardware: Overlays = None,
) -> None:
    """Estimate the training compute of every row of TABLE: the same rows, each with an estimate or a reason.

    Exits with 0 when every row has an estimate and nothing wrong, with 1 when some have not; the rest is written.
    """
    from computeest.cli import start
    from computeest.tables import processes

    processes.frugal()
    if jobs > 1:
        processes.prepare()
    from computeest.pipeline import Options
    from computeest.records.wanted import Wanted
    from computeest.tables import bar
    from computeest.tables.inputs import published_compute
    from computeest.tables.runner import Request, run

    start.arrow_functions_when_asked()
    options = Options.of(preset=preset, assume=pairs(assume), prefer=prefer, plugins=plugin or (),
                         hardware=hardware or (), reference=dict(published_compute(reference)) if reference else None,
                         consequences=consequence or (), allow_files=allow_files)
    request = Request(table, out, options, columns, input_format, form, records_only, resume, jobs, dask, chunk,
                      Wanted.of(records, columns_out))
    with bar.progress(quiet) as progress:
        summary = run(request, start.as_usual(progress), (lambda text: None) if quiet else say)
    if not quiet:
        for line in (*summary.lines(), *options.unheeded(summary.assumed.keys(), summary.methods.keys())):
            say(line)
    if not summary.flawless:
        raise typer.Exit(1)


def columns(table: Table, output: Output = None, input_format: InputFormat = "", plugin: Plugins = None) -> None:
    """Guess what the columns of TABLE mean, from headers and cells, and write a map to review for --columns."""
    import tempfile
    from pathlib import Path

    from computeest import registry
    from computeest.tables.header_guess import as_yaml, counts, guesses
    from computeest.tables.inputs import source

    plugins = registry.named(plugin or ())
    loaded = registry.load(plugins)
    with tempfile.TemporaryDirectory(prefix="computeest-") as keep:
        opened = source(table, input_format, keep=Path(keep), plugins=plugins)
        found, unknown = guesses(opened)
    emit(as_yaml(found, unknown, table), output)
    say(", ".join(f"{count} {word}" for word, count in counts(found).items() if count) +
        f"{', ' if found else ''}{len(unknown)} not understood")
    for name in loaded.fitting(opened.columns):
        say(f"the table is of the layout that --preset {name} reads")


_CHANGE = ("model", "change", "old", "new", "factor", "why")
_DIFF_FORMS = ("table", "csv", "json", "markdown")


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="An annotated table.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same, annotated later or otherwise.")],
    key: Annotated[str, typer.Option("--key", help="Column that tells rows apart.")] = "model",
    form: Annotated[str, typer.Option("--format", "-f", help="table, csv, json or markdown.")] = "table",
    output: Output = None,
) -> None:
    """Say what changed from OLD to NEW, model by model: the factor, and whether input, chip, assumption or version."""
    from computeest.tables.diff import diff as changes_of

    check_form(form, _DIFF_FORMS)
    changes, same = changes_of(old, new, key)
    emit(_changes_as(changes, form), output, form)
    say(f"{len(changes):,} changed, {same:,} the same")


def _changes_as(changes: Sequence[Change], form: str) -> str:
    if form == "json":
        return json.dumps([change.to_dict() for change in changes], indent=1, ensure_ascii=False)
    return listed(_CHANGE, [_row(change) for change in changes], form)


def _row(change: Change) -> dict[str, str]:
    return {"model": change.model, "change": change.change,
            "old": "" if change.old is None else f"{change.old:.4g}",
            "new": "" if change.new is None else f"{change.new:.4g}",
            "factor": "" if change.factor is None else f"{change.factor:.4g}", "why": "; ".join(change.why)}


_AUDIT_FORMS = ("table", "csv", "markdown", "json")
_FINDING = ("row", "model", "finding", "sure", "factor", "what")


def audit(
    source: Annotated[str, typer.Argument(metavar="TABLE", help="A .csv, .tsv, .xlsx, .parquet or .jsonl file.")],
    published: Annotated[str, typer.Option(metavar="COLUMN", help="The column of published training compute.")],
    notes: Annotated[str, typer.Option(metavar="COLUMN", help="The column of notes: their arithmetic is redone.")] = "",
    preset: Annotated[str, typer.Option(help="A known layout: epoch.")] = "",
    columns: Columns = None,
    reference: Annotated[str, typer.Option(metavar="TABLE", help="Published compute of base models.")] = "",
    allow_files: AllowFiles = False,
    least: Annotated[float, typer.Option(min=0, max=1, help="List findings at least so sure; of those below, which "
                                           "are mostly facts that are too few, 0 lists all.")] = 0.3,
    form: Annotated[str, typer.Option("--format", "-f", help="table, csv, markdown or json.")] = "table",
    assume: Assume = None,
    plugin: Plugins = None,
    hardware: Overlays = None,
    output: Output = None,
) -> None:
    """Hold a dataset's published figures against its own facts and notes; findings come surest and largest first."""
    from computeest.audit.audit import audit as audited
    from computeest.pipeline import Options
    from computeest.tables.inputs import published_compute, read_whole

    check_form(form, _AUDIT_FORMS)
    options = Options.of(preset=preset, assume=pairs(assume), plugins=plugin or (), hardware=hardware or (),
                         reference=dict(published_compute(reference)) if reference else None, allow_files=allow_files)
    rows = read_whole(source)
    if columns is not None:
        options = dataclasses.replace(options, columns=options.map_in(columns, rows.column_names))
    found = audited(rows, published, notes, options)
    emit(_findings_as(list(found.surer(least)), form), output, form)
    say(found.summary(least))


def _findings_as(findings: list[Finding], form: str) -> str:
    from computeest.audit.audit import Finding

    if form == "json":
        return json.dumps([finding.to_dict() for finding in findings], indent=1, allow_nan=False)
    if form == "csv":
        columns = [field.name for field in dataclasses.fields(Finding)]
        return listed(columns, [finding.to_dict() for finding in findings], form)
    rows = [{"row": str(f.row), "model": f.model, "finding": f.code, "sure": f"{f.certainty:.0%}",
             "factor": f"{f.factor:.3g}x", "what": f.says} for f in findings]
    return listed(_FINDING, rows, form)
