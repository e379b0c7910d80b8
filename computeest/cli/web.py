"""Commands for the browser: serve, report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from computeest.cli.output import Assume, Overlays, Plugins, Prefer, With, pairs, say, say_problems


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)
    app.command()(report)
    app.command()(plot)


def serve(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen: this machine alone by default.")] =
    "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any that is free.")] = 8765,
    root_path: Annotated[str, typer.Option(metavar="PREFIX", help="The path under which a proxy shows it: /x.")] = "",
    allow_host: Annotated[list[str] | None, typer.Option(metavar="NAME", help=(
        "Also answer to this name; by default on this machine only to its own."))] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that estimate.")] = 2,
    time_limit: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="What a request may take.")] = 30.0,
    waiting: Annotated[int, typer.Option(min=1, metavar="N", help="Requests that may wait; more are refused.")] = 64,
) -> None:
    """Serve the calculator and the JSON API to browsers: http://127.0.0.1:8765/, described at /openapi.json."""
    try:
        import uvicorn

        from computeest.web.app import application
    except ModuleNotFoundError as error:
        say(f"{error.name} is not installed: pip install 'computeest[web]'")
        raise typer.Exit(1) from None
    from computeest.web.crew import Limits

    limits = Limits(workers=workers, seconds=time_limit, waiting=waiting)
    app = application(host, root_path, tuple(allow_host or ()), limits)
    prefix = app.prefix
    say(f"computeest listens on http://{f'[{host}]' if ':' in host else host}:{port}{prefix}/ (stop it with Ctrl-C)")
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, server_header=False,
                timeout_keep_alive=10, timeout_graceful_shutdown=3, lifespan="on")


def report(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT", help=(
        "paper.yaml files, tables (.csv .tsv .xlsx .parquet .jsonl, annotated or of facts), records as JSON, results "
        "of `progress ... --format json`; - reads a paper from standard input."))],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The HTML file to write.")] =
    Path("report.html"),
    statement: Annotated[str, typer.Option(metavar="FORM", help=(
        "Add the statement that rules ask of providers: eu."))] = "",
    title: Annotated[str, typer.Option(metavar="TEXT", help="The report's title.")] = "",
    preset: Annotated[str, typer.Option(metavar="NAME", help="A known layout of the tables: epoch.")] = "",
    assume: Assume = None,
    prefer: Prefer = "",
    consequence: With = None,
    plugin: Plugins = None,
    hardware: Overlays = None,
) -> None:
    """Write one HTML file that shows everything about the INPUTs, and needs nothing but a browser."""
    from computeest.pipeline import Options
    from computeest.text.files import write_whole

    options = Options.of(preset=preset, assume=pairs(assume), prefer=prefer, plugins=plugin or (),
                         hardware=hardware or (), consequences=consequence or ())
    try:
        from computeest.web import inputs as readable
        from computeest.web.report import page

        content = readable.read(inputs, options)
        text = page(content, statement, title)
    except ModuleNotFoundError as error:
        say(f"{error.name} is not installed: pip install 'computeest[web]'")
        raise typer.Exit(1) from None
    write_whole(output, text)
    say_problems(content.problems)
    lacking = sum(record["flop"] is None for record in content.records)
    say(f"{output}: {output.stat().st_size:,} bytes; {len(content.records):,} records, {lacking:,} without an estimate")
    if lacking or content.problems:
        raise typer.Exit(1)


def plot(
    records: Annotated[list[str], typer.Argument(metavar="RECORDS", help=(
        "Records as JSON, annotated tables, tables of facts or paper.yaml files."))],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="A .png or .svg file.")] =
    Path("records.svg"),
    kind: Annotated[str, typer.Option("--kind", help=(
        "interval, methods, time or distribution; by default time of many records, and interval of few."))] = "",
    preset: Annotated[str, typer.Option(metavar="NAME", help="A known layout of the tables: epoch.")] = "",
    assume: Assume = None,
    plugin: Plugins = None,
    hardware: Overlays = None,
) -> None:
    """Draw RECORDS as PNG or SVG: intervals, methods side by side, compute over time, their distribution."""
    from computeest.pipeline import Options

    options = Options.of(preset=preset, assume=pairs(assume), plugins=plugin or (), hardware=hardware or ())
    try:
        from computeest.progress.records import ProgressError
        from computeest.web import inputs as readable
        from computeest.web import plots

        content = readable.read(records, options)
        found = content.records
        say_problems(content.problems)
        dated = sum(bool(record.get("flop") and record.get("year")) for record in found)
        try:
            plots.write(found, kind or ("time" if dated > _FEW else "interval"), output)
        except ProgressError as error:  # a name that says no format, a folder that is not there
            say(str(error))
            raise typer.Exit(1) from None
    except ModuleNotFoundError as error:
        say(f"{error.name} is not installed: pip install 'computeest[web,progress]'")
        raise typer.Exit(1) from None
    lacking = sum(not record.get("flop") for record in found)
    say(f"wrote {output}: {len(found):,} record{'s' * (len(found) != 1)}" +
        (f", {lacking:,} without an estimate, which no plot shows" if lacking else ""))
    if content.problems or lacking:
        raise typer.Exit(1)


#: So many records fit a plot with a line for each.
_FEW = 12
