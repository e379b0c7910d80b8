"""`computeest annotate`: a whole table, every row with its record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from computeest.cli.options import Assume, Overlays, Plugins, Prefer, pairs
from computeest.cli.output import say

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
RecordsOnly = Annotated[bool, typer.Option("--records-only", help="Write the records without TABLE's columns.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(annotate)


def annotate(
    table: Table,
    out: Out = "-",
    preset: Preset = "",
    columns: Columns = None,
    records_only: RecordsOnly = False,
    reference: Annotated[str, typer.Option("--reference", metavar="TABLE", help="Published compute of base models: "
                                           "columns model and compute.")] = "",
    form: Annotated[str, typer.Option("--format", "-f", help="csv, tsv, jsonl, parquet, xlsx or sqlite, where OUT does "
                                      "not say it.")] = "",
    input_format: InputFormat = "",
    assume: Assume = None,
    prefer: Prefer = "",
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes to estimate with.")] = 1,
    dask: Annotated[str, typer.Option("--dask", metavar="ADDRESS", help="Estimate on this Dask cluster.")] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what an interrupted run has done.")] = False,
    chunk: Annotated[int, typer.Option("--chunk", min=1, help="Rows that are read at once.")] = 32_768,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    plugin: Plugins = None,
    hardware: Overlays = None,
) -> None:
    """Estimate the training compute of every row of TABLE: the same rows, each with an estimate or a reason.

    Exits with 0 when every row has an estimate and nothing wrong, with 1 when some have not; the rest is written.
    """
    if jobs > 1:
        from computeest.io.processes import prepare

        prepare()
    from computeest.annotation import Options
    from computeest.io import bar
    from computeest.io.reference import read
    from computeest.io.runner import Request, run

    options = Options(None, preset, tuple(pairs(assume).items()), prefer, tuple(plugin or ()), tuple(hardware or ()),
                      read(reference) if reference else ())
    request = Request(table, out, options, columns, input_format, form, records_only, resume, jobs, dask, chunk)
    with bar.progress(quiet) as progress:
        summary = run(request, progress, (lambda text: None) if quiet else say)
    if not quiet:
        for line in summary.lines():
            say(line)
    if not summary.flawless:
        raise typer.Exit(1)
