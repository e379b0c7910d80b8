"""`computeest progress`: from records to how fast algorithms improve."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from computeest.cli.output import emit, say

if TYPE_CHECKING:
    from computeest.progress.report import Row
    from computeest.progress.session import Source

Document = Callable[[], Mapping[str, object]]

app = typer.Typer(help="From records to how fast algorithms improve.", no_args_is_help=True)


class Format(StrEnum):
    """What is printed."""

    table = "table"
    json = "json"
    csv = "csv"


class Space(StrEnum):
    """The scale on which a gain is shared out."""

    accuracy = "accuracy"
    log_odds = "log-odds"


class Counts(StrEnum):
    """What the source counts a multiply-add as."""

    flop = "flop"
    mac = "mac"


class Kind(StrEnum):
    """The plots there are."""

    records = "records"
    pareto = "pareto"
    thresholds = "thresholds"
    attribution = "attribution"
    efficiency = "efficiency"
    trend = "trend"


TableArgument = Annotated[Path, typer.Argument(metavar="TABLE", help="Records: .csv, .tsv, .parquet or .jsonl.",
                                               show_default=False)]
KindArgument = Annotated[Kind, typer.Argument(metavar="KIND", help=f"What to plot: {', '.join(Kind)}.")]
RecordsOption = Annotated[Path | None, typer.Option(help="Records to fit; without it the preset's published fit.")]
PresetOption = Annotated[str | None, typer.Option(help="Read the table as its authors do: erdil-besiroglu-2022.")]
BenchmarkOption = Annotated[str | None, typer.Option(help="Take only records of this benchmark.")]
MetricOption = Annotated[str | None, typer.Option(help="Take only records of this metric.")]
DataOption = Annotated[str, typer.Option(help="Column on the data axis.")]
CentreOption = Annotated[str | None, typer.Option(help="YEAR,FLOP,DATA of the intercepts; default: sample minima.")]
ModelOption = Annotated[str, typer.Option(help="product, single, or single-with-size.")]
IrreducibleOption = Annotated[str | None, typer.Option(help="Irreducible error: a fraction, or 'fit'.")]
SlopePriorOption = Annotated[str | None, typer.Option(help="Prior sd of the slopes: a number, or 'loo' to choose it.")]
InterceptPriorOption = Annotated[float | None, typer.Option(help="Prior sd of the intercepts.")]
BootstrapOption = Annotated[int, typer.Option(min=0, help="Resamples; 0 for none.")]
StartsOption = Annotated[int, typer.Option(min=1, help="Starting points of each search.")]
SeedOption = Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")]
LevelOption = Annotated[float, typer.Option(min=0.01, max=0.999, help="Coverage of the intervals.")]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to print.")]
ScoresOption = Annotated[str, typer.Option(help="Scores as fractions, separated by commas.")]
ScoreOption = Annotated[float | None, typer.Option(help="Level to reach, as a fraction.")]
CountsOption = Annotated[Counts, typer.Option(help="mac: the source counts a multiply-add as one.")]
SpaceOption = Annotated[Space, typer.Option(help="Scale on which the gain is shared out.")]
ModelsOption = Annotated[
    str | None, typer.Option(help="Models, by commas: to attribute gains between, or whose level frontiers reach.")
]
SizeOption = Annotated[float | None, typer.Option(help="Size of the training set that thresholds are for.")]
YearsOption = Annotated[str, typer.Option(help="FIRST-LAST year.")]


@app.command()
def fit(table: TableArgument, preset: PresetOption = None, benchmark: BenchmarkOption = None,
        metric: MetricOption = None, data: DataOption = "training_examples", centre: CentreOption = None,
        model: ModelOption = "product", irreducible: IrreducibleOption = None, slope_prior: SlopePriorOption = None,
        intercept_prior: InterceptPriorOption = None, bootstrap: BootstrapOption = 1000, starts: StartsOption = 10,
        seed: SeedOption = 0, level: LevelOption = 0.95, form: FormatOption = Format.table) -> None:
    """Fit the frontier model: parameters, every mode, doubling time, with bootstrap intervals."""
    with _one_line_errors():
        from computeest.progress import report
        from computeest.progress.session import Request, Source, run

        request = Request(model, irreducible, slope_prior, intercept_prior, bootstrap, starts, seed, level)
        fitted, _ = run(Source(table, preset, benchmark, metric, data, centre), request)
        _print(form, fitted.to_dict, report.fit_rows(fitted), report.mode_rows(fitted))
        _excluded(fitted.n, fitted.excluded)
        for warning in fitted.warnings():
            say(warning)


@app.command()
def compare(table: TableArgument, preset: PresetOption = None, benchmark: BenchmarkOption = None,
            metric: MetricOption = None, data: DataOption = "training_examples", centre: CentreOption = None,
            form: FormatOption = Format.table) -> None:
    """Compare the model variants: likelihood, how well each foresees left-out records, doubling time."""
    with _one_line_errors():
        from computeest.progress.leave_one_out import compare_models
        from computeest.progress.session import Source

        source = Source(table, preset, benchmark, metric, data, centre)
        rows = compare_models(source.observations(), source.priors())
        _print(form, lambda: {"models": rows}, rows)


@app.command()
def attribute(before: Annotated[str, typer.Argument(metavar="BEFORE", help="A model's name, or YEAR,DATA,FLOP.")],
              after: Annotated[str, typer.Argument(metavar="AFTER", help="A model's name, or YEAR,DATA,FLOP.")],
              records: RecordsOption = None, preset: PresetOption = None, benchmark: BenchmarkOption = None,
              metric: MetricOption = None, data: DataOption = "training_examples", centre: CentreOption = None,
              space: SpaceOption = Space.accuracy,
              bootstrap: BootstrapOption = 1000, seed: SeedOption = 0, level: LevelOption = 0.95,
              form: FormatOption = Format.table) -> None:
    """Share out the gain from one model to another between algorithms, compute and data (Shapley values)."""
    with _one_line_errors():
        from computeest.progress import report
        from computeest.progress.session import Request, attribution

        source = _source(records, preset, benchmark, metric, data, centre)
        shares = attribution(before, after, source, preset, Request(bootstrap=bootstrap, seed=seed, level=level), space)
        _print(form, shares.to_dict, report.attribution_rows(shares))


@app.command()
def thresholds(records: RecordsOption = None, preset: PresetOption = None, benchmark: BenchmarkOption = None,
               metric: MetricOption = None, data: DataOption = "training_examples", centre: CentreOption = None,
               scores: ScoresOption = "0.6,0.7,0.8,0.84,0.88", years: YearsOption = "2012-2022",
               data_size: SizeOption = None,
               bootstrap: BootstrapOption = 1000, seed: SeedOption = 0, level: LevelOption = 0.95,
               form: FormatOption = Format.table) -> None:
    """Compute needed for each score by year, its halving time, and what is out of reach."""
    with _one_line_errors():
        from computeest.progress import report
        from computeest.progress.session import Request, fixed_scores

        source = _source(records, preset, benchmark, metric, data, centre)
        request = Request(bootstrap=bootstrap, seed=seed, level=level)
        found = fixed_scores(source, preset, request, scores, years, data_size)
        _print(form, lambda: {"thresholds": [item.to_dict() for item in found]}, report.threshold_rows(found))


@app.command()
def efficiency(table: TableArgument, score: ScoreOption = None,
               baseline: Annotated[str | None, typer.Option(help="Model to compare with; default: the first.")] = None,
               compute: Annotated[str, typer.Option(help="Column of the compute.")] = "flop",
               unit: Annotated[str, typer.Option(help="FLOP, TFLOP, PFLOP, TFLOP/s-day, PFLOP/s-day.")] = "FLOP",
               counts: CountsOption = Counts.flop,
               benchmark: BenchmarkOption = None, metric: MetricOption = None, level: LevelOption = 0.95,
               form: FormatOption = Format.table) -> None:
    """How much less compute reaches one level: factors, running best, halving times, Moore's law."""
    with _one_line_errors():
        from computeest.progress import efficiency_gains, report
        from computeest.progress.records import read_table, select

        frame = select(read_table(table), benchmark=benchmark, metric=metric)
        found = efficiency_gains(frame, score, baseline, compute=compute, unit=unit, counts=counts, interval=level)
        _print(form, found.to_dict, report.step_rows(found), report.halving_rows(found))
        gain = f"{found.best_factor:.1f}x less than {found.baseline}; Moore's law alone: {found.moore_factor:.1f}x"
        say(gain)
        _excluded(len(found.steps), found.excluded)


@app.command()
def trend(table: TableArgument, preset: PresetOption = None, benchmark: BenchmarkOption = None,
          level: LevelOption = 0.95, form: FormatOption = Format.table) -> None:
    """Growth of training compute over time, with and without the estimates' own errors, and of the largest models."""
    with _one_line_errors():
        from computeest.progress import report
        from computeest.progress.session import Source
        from computeest.progress.trend import compute_trend

        found = compute_trend(Source(table, preset, benchmark).frame(), level)
        _print(form, found.to_dict, report.trend_rows(found))
        _excluded(found.ignoring_errors.line.n, found.excluded)


@app.command()
def plot(kind: KindArgument, table: TableArgument,
         out: Annotated[Path, typer.Option("--out", "-o", help="A .png or .svg file.")],
         preset: PresetOption = None, benchmark: BenchmarkOption = None, metric: MetricOption = None,
         data: DataOption = "training_examples", centre: CentreOption = None,
         scores: ScoresOption = "0.7,0.8,0.84", years: YearsOption = "2012-2022",
         data_size: SizeOption = None,
         models: ModelsOption = None,
         space: SpaceOption = Space.accuracy, score: ScoreOption = None, counts: CountsOption = Counts.flop,
         bootstrap: BootstrapOption = 200, seed: SeedOption = 0, level: LevelOption = 0.95) -> None:
    """Draw one figure as PNG or SVG."""
    with _one_line_errors():
        from computeest.progress.drawing import Drawing, draw
        from computeest.progress.session import Request, Source

        drawing = Drawing(scores, years, data_size, models, space, score, counts)
        draw(kind, Source(table, preset, benchmark, metric, data, centre),
             Request(bootstrap=bootstrap, seed=seed, level=level), drawing, out)
        say(f"wrote {out}")


def _source(records: Path | None, preset: str | None, benchmark: str | None, metric: str | None, data: str,
            centre: str | None) -> Source | None:
    from computeest.progress.session import Source

    if records is None and preset is None:
        say("give --records TABLE to fit, or --preset NAME to use its published fit")
        raise typer.Exit(2)
    return None if records is None else Source(records, preset, benchmark, metric, data, centre)


def _print(form: Format, document: Document, *tables: Sequence[Row]) -> None:
    """Print as asked; CSV has room for the first table only."""
    from computeest.progress import report
    from computeest.text import listing

    if form is Format.json:
        emit(report.as_json(document()))
    elif form is Format.csv:
        emit(listing.as_csv(list(tables[0][0]), tables[0]))
    else:
        emit("\n\n".join(report.as_table(rows) for rows in tables if rows))


def _excluded(used: int, reasons: Mapping[str, int]) -> None:
    left = ", ".join(f"{reason} in {count}" for reason, count in reasons.items())
    say(f"{used} records used" + (f"; left out: {left}" if left else ""))


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """A problem with the input is one line on standard error and exit code 1."""
    from computeest.progress.records import ProgressError

    try:
        yield
    except ProgressError as error:
        say(str(error))
        raise typer.Exit(1) from None
    except ModuleNotFoundError as error:
        say(f"{error.name} is not installed: pip install 'computeest[progress,tables]'")
        raise typer.Exit(1) from None
