"""`computeest progress efficiency`, `trend` and `split`: records over time, and what they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from computeest.cli.output import say
from computeest.cli.progress_options import Counts, Format, Reading, reads
from computeest.cli.progress_print import excluded, one_line_errors, show, source_of, table_frame

if TYPE_CHECKING:
    import pandas as pd

    from computeest.progress.efficiency import Efficiency

MaybeTable = Annotated[str | None, typer.Argument(metavar="TABLE", help="Records; a preset may bring its own.")]
Table = Annotated[str, typer.Argument(metavar="TABLE", help="Records: .csv, .tsv, .xlsx, .parquet or .jsonl.",
                                      show_default=False)]
Score = Annotated[float | None, typer.Option(help="Level to reach, as a fraction.")]
Method = Annotated[str, typer.Option(
    help="process: records as steps of a random walk; ols: a regression through them, which is too sure.")]
Until = Annotated[str | None, typer.Option(
    metavar="DATE", help="End of the period that was looked at; default: the table's last record.")]
Level = Annotated[float, typer.Option(min=0.01, max=0.999, help="Coverage of the intervals.")]
Form = Annotated[Format, typer.Option("--format", "-f", help="How to print.")]
Errors = Annotated[bool, typer.Option("--errors/--ignore-errors", help="Carry flop_low and flop_high, or not.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (efficiency, trend, split):
        app.command()(reads(command))


def efficiency(reading: Reading, table: MaybeTable = None, score: Score = None,
               baseline: Annotated[str | None, typer.Option(help="Model to compare with; default: the first.")] = None,
               unit: Annotated[str, typer.Option(help="FLOP, TFLOP, PFLOP, TFLOP/s-day, PFLOP/s-day.")] = "FLOP",
               counts: Annotated[Counts, typer.Option(help="mac: the source counts a multiply-add as one.")
                                 ] = Counts.flop,
               method: Method = "process", until: Until = None, errors: Errors = True, level: Level = 0.95,
               form: Form = Format.table) -> None:
    """How much less compute reaches one level: factors, running best, halving time, Moore's law."""
    with one_line_errors(table):
        from computeest.progress import efficiency_gains, report
        from computeest.progress.presets import EFFICIENCY
        from computeest.progress.records import select

        options: dict[str, Any] = {"interval": level, "method": method, "until": _year(until), "errors": errors}
        if reading.preset in EFFICIENCY:
            _of_preset(None if table is None else table_frame(table, reading), reading.preset, baseline, options, form)
            return
        if table is None:
            say("give a TABLE of records, or --preset ai-and-efficiency")
            raise typer.Exit(2)
        frame = select(table_frame(table, reading), benchmark=reading.benchmark, metric=reading.metric)
        found = efficiency_gains(frame, score, baseline, compute=reading.compute, unit=unit, counts=counts, **options)
        show(form, found.to_dict, report.step_rows(found), report.headline_rows(found), report.halving_rows(found),
             found.compared())
        _said(found)


def _of_preset(frame: pd.DataFrame | None, preset: str | None, baseline: str | None, options: dict[str, Any],
               form: Format) -> None:
    from computeest.progress import efficiency_gains, report
    from computeest.progress.efficiency_presets import levels

    listed = levels(preset or "", frame)
    found = [(one, efficiency_gains(one.records, None, baseline, unit=one.unit, counts=one.counts, **options))
             for one in listed]
    if len(found) == 1:
        only = found[0][1]
        show(form, only.to_dict, report.step_rows(only), report.headline_rows(only), report.halving_rows(only),
             only.compared())
        _said(only)
        return
    rows = [{"level": one.name, "counts": one.what, "from": gains.baseline, "factor": gains.best_factor,
             "published": one.published_factor, "moore": gains.moore_factor, "halves every (months)":
             gains.halving["months"], "factor per year": gains.growth["point"],
             "published_months": one.published_months, "records": len(gains.steps)}
            for one, gains in found]
    steps = [{"level": one.name, **row} for one, gains in found for row in report.step_rows(gains)]
    show(form, lambda: {"preset": preset, "levels": [
        {"name": one.name, "counts_of": one.what, "published_factor": one.published_factor,
         "published_months": one.published_months, **gains.to_dict()} for one, gains in found]}, rows, steps)


def _said(found: Efficiency) -> None:
    say(f"{found.best_factor:.1f}x less than {found.baseline}; Moore's law alone: {found.moore_factor:.1f}x")
    excluded(len(found.steps), found.excluded)
    for warning in found.warnings:
        say(warning)


def trend(table: Table, reading: Reading, method: Method = "process", until: Until = None, level: Level = 0.95,
          form: Form = Format.table) -> None:
    """Growth of training compute over time, with and without the estimates' own errors, and of the largest models."""
    with one_line_errors(table):
        from computeest.progress import report
        from computeest.progress.trend import compute_trend

        source = source_of(table, reading)
        found = compute_trend(source.frame(), level, compute=source.compute, until=_year(until), method=method)
        show(form, found.to_dict, report.trend_rows(found))
        excluded(found.ignoring_errors.line.n, found.excluded)
        for warning in found.warnings():
            say(warning)


def split(table: Table, reading: Reading, until: Until = None, level: Level = 0.95, form: Form = Format.table) -> None:
    """Tell hardware and algorithms apart: records of time to a level, or old and new algorithms on old and new chips.

    Records have a date, seconds (minutes, hours), `chip` and `chips`, whose peak our chip table gives. A table of old
    and new has columns algorithm and hardware (old or new) and what each took: seconds, flop, error, elo, solved.
    """
    with one_line_errors(table):
        from computeest.progress import report
        from computeest.progress.split import cross, split_times

        frame = table_frame(table, reading, estimate=False)
        if "algorithm" in frame and "hardware" in frame:
            crossings = cross(frame)
            show(form, lambda: {"tables": [one.to_dict() for one in crossings]}, [one.to_dict() for one in crossings])
            return
        found = split_times(_with_peaks(frame), until=_year(until), level=level)
        show(form, found.to_dict, *report.split_tables(found))
        excluded(found.n, found.excluded)


def _with_peaks(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with the dense peak of each row's chips, from our chip table, where it does not state it."""
    import datetime

    import numpy as np

    from computeest.hardware import Refusal, load
    from computeest.progress.records import ColumnError, numbers
    from computeest.progress.years import decimal_year

    if "peak" in frame:
        return frame
    if "chip" not in frame:
        raise ColumnError("no column says what the runs used: expected `chip` (and `chips`), or `peak` in FLOP/s")
    database = load()
    years = decimal_year(frame)
    formats = frame["number_format"] if "number_format" in frame else frame["chip"].map(lambda cell: None)
    stated = numbers(frame, "chips") if "chips" in frame else frame["chip"].map(lambda cell: np.nan)
    peaks, counts, refused = [], [], {}
    for text, year, said, chips in zip(frame["chip"], years, formats, stated, strict=True):
        day = datetime.date(int(year), 7, 1) if np.isfinite(year) else None
        match = database.find(str(text), day) if isinstance(text, str) else None
        peak = None if match is None or isinstance(match, Refusal) else database.peak(
            match.chip, said if isinstance(said, str) else None)
        if match is None or isinstance(match, Refusal) or peak is None or isinstance(peak, Refusal):
            if match is not None:  # of a row that names none, what is left out is counted
                refused[str(text)] = match.reason if isinstance(match, Refusal) else "no peak to train with"
            peaks.append(float("nan"))
            counts.append(float("nan"))
            continue
        peaks.append(peak.value * match.chips_per_unit)
        counts.append(chips if np.isfinite(chips) else match.count or np.nan)
        if np.isfinite(chips) and match.count not in (None, chips):
            refused[str(text)] = f"says {match.count:g}, and chips says {chips:g}: it is left out"
            counts[-1] = np.nan
        elif not np.isfinite(counts[-1]):
            refused[str(text)] = "nothing says how many in some rows: they are left out"
    for text, reason in refused.items():
        say(f"chip {text!r}: {reason}")
    return frame.assign(peak=peaks, chips=counts)


def _year(text: str | None) -> float | None:
    if text is None:
        return None
    from computeest.progress.cells import year_of

    return year_of(text, "--until")
