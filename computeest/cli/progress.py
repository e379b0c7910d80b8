"""`computeest progress`: from records to how fast algorithms improve."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from computeest.cli.output import emit, say
from computeest.cli.progress_options import Counts, Format, Reading, Space, Unit, reads

if TYPE_CHECKING:
    import pandas as pd

    from computeest.progress.loss.session import LossRequest
    from computeest.progress.report import Row
    from computeest.progress.session import Source

Document = Callable[[], Mapping[str, object]]

app = typer.Typer(help="From records to how fast algorithms improve.", no_args_is_help=True)


class Kind(StrEnum):
    """The plots there are."""

    records = "records"
    pareto = "pareto"
    thresholds = "thresholds"
    attribution = "attribution"
    efficiency = "efficiency"
    trend = "trend"


TableArgument = Annotated[str, typer.Argument(
    metavar="TABLE", help="Records: .csv, .tsv, .xlsx, .parquet or .jsonl, plain or compressed; - is standard input.",
    show_default=False)]
KindArgument = Annotated[Kind, typer.Argument(metavar="KIND", help=f"What to plot: {', '.join(Kind)}.")]
RecordsOption = Annotated[str | None, typer.Option(
    metavar="TABLE", help="Records to fit; without it the preset's published fit.")]
ModelOption = Annotated[str, typer.Option(
    help="product, single, single-with-size, linear (scores without bounds), or loss (losses, perplexities, bits).")]
IrreducibleOption = Annotated[str | None, typer.Option(help="Irreducible error: a fraction, or 'fit'.")]
SlopePriorOption = Annotated[str | None, typer.Option(
    help="Prior sd of the slopes: a number, or 'loo' to choose it by leaving records out, as without a preset.")]
InterceptPriorOption = Annotated[float | None, typer.Option(help="Prior sd of the intercepts.")]
FloorOption = Annotated[float, typer.Option(help="The score of chance alone: 0.25 of four choices.")]
ErrorsOption = Annotated[bool, typer.Option(
    "--errors/--ignore-errors", help="Carry flop_low and flop_high into the fit, or take compute as exact.")]
SharedOption = Annotated[float, typer.Option(
    metavar="FACTOR", help="Compute estimated in one way (column method) may be off together by this factor.")]
BootstrapOption = Annotated[int, typer.Option(min=0, help="Resamples; 0 for none.")]
ManyOption = Annotated[int | None, typer.Option(min=0, help="Resamples, 0 for none; default: 1000, for losses 100.")]
StartsOption = Annotated[int, typer.Option(min=1, help="Starting points of each search.")]
SeedOption = Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")]
LevelOption = Annotated[float, typer.Option(min=0.01, max=0.999, help="Coverage of the intervals.")]
MaybeLevelOption = Annotated[float | None, typer.Option(
    min=0.01, max=0.999, help="Coverage of the intervals; default: 0.95, for losses 0.9.")]
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
VariantOption = Annotated[str | None, typer.Option(help="Of losses: m1 to m20; default: the preset's, or m7.")]
DeltaOption = Annotated[float | None, typer.Option(min=0.0, help="Of losses: weight of the L1 penalty.")]
LossColumnOption = Annotated[str | None, typer.Option(help="Of losses: the column that holds them.")]
UnitOption = Annotated[Unit | None, typer.Option(help="Of losses: what that column is in.")]
GroupOption = Annotated[str | None, typer.Option(
    metavar="COLUMN", help="Of losses: a yes-or-no column (transformer) whose compute-equivalent gain is asked for.")]
ReferenceOption = Annotated[str | None, typer.Option(help="Of losses: the benchmark that others are offset from.")]
CopiedOption = Annotated[bool, typer.Option(
    "--without-copied-scores", help="Of losses: leave out scores that repeat another benchmark's.")]
VariantsOption = Annotated[bool, typer.Option("--variants/--no-variants", help="Of losses: compare the variants.")]


@app.command()
@reads
def fit(table: TableArgument, reading: Reading, model: ModelOption = "product", irreducible: IrreducibleOption = None,
        slope_prior: SlopePriorOption = None, intercept_prior: InterceptPriorOption = None, floor: FloorOption = 0.0,
        errors: ErrorsOption = True, shared_error: SharedOption = 1.0, variant: VariantOption = None,
        delta: DeltaOption = None, score_column: LossColumnOption = None, unit: UnitOption = None,
        group: GroupOption = None, reference: ReferenceOption = None, without_copied_scores: CopiedOption = False,
        variants: VariantsOption = True, bootstrap: ManyOption = None, starts: StartsOption = 10, seed: SeedOption = 0,
        level: MaybeLevelOption = None, form: FormatOption = Format.table) -> None:
    """Fit how scores depend on time, compute and data: parameters, every mode, doubling times, intervals."""
    with one_line_errors():
        from computeest.progress import report

        if model == "loss":
            from computeest.progress.loss import report as losses
            from computeest.progress.loss.session import run as run_loss

            request = _loss_request(reading, variant, delta, level, 100 if bootstrap is None else bootstrap, seed,
                                    score=score_column, unit=unit, group=group, reference=reference,
                                    without_copied=without_copied_scores, variants=variants, starts=24 * starts)
            found = run_loss(_loss_frame(table, reading, score_column), request)
            show(form, found.to_dict, *losses.tables(found))
            excluded(len(found.fit.rows), found.fit.rows.excluded)
            for warning in found.warnings():
                say(warning)
            return
        from computeest.progress.session import Request, run

        asked = Request(model, irreducible, slope_prior, intercept_prior, 1000 if bootstrap is None else bootstrap,
                        starts, seed, level or 0.95, floor, errors, shared_error)
        fitted, _ = run(source_of(table, reading), asked)
        show(form, fitted.to_dict, report.fit_rows(fitted), report.mode_rows(fitted), report.prior_rows(fitted))
        excluded(fitted.n, fitted.excluded)
        for warning in fitted.warnings():
            say(warning)


@app.command()
@reads
def compare(table: TableArgument, reading: Reading, model: Annotated[str, typer.Option(
                help="product: the frontier's variants; loss: the 20 of losses.")] = "product",
            deltas: Annotated[str | None, typer.Option(help="Of losses: weights of the penalty, by commas.")] = None,
            seed: SeedOption = 0, form: FormatOption = Format.table) -> None:
    """Compare the model variants: likelihood or objective, how well each foresees left-out records, doubling time."""
    with one_line_errors():
        if model == "loss":
            from computeest.progress.loss.presets import loss_preset
            from computeest.progress.loss.session import LossRequest, rows_of
            from computeest.progress.loss.variants import compare as compare_losses
            from computeest.progress.session import parse_numbers

            request = LossRequest(reading.preset, data=reading.data, cluster=reading.cluster)
            chosen = None if reading.preset is None else loss_preset(reading.preset)
            rows = compare_losses(rows_of(_loss_frame(table, reading, None), request, chosen),
                                  parse_numbers(deltas or "0.0025", "deltas"), seed=seed)
        else:
            from computeest.progress.leave_one_out import compare_models

            source = source_of(table, reading)
            rows = compare_models(source.observations(), source.priors())
        show(form, lambda: {"models": rows}, rows)


@app.command()
@reads
def attribute(before: Annotated[str, typer.Argument(metavar="BEFORE", help="A model's name, or YEAR,DATA,FLOP.")],
              after: Annotated[str, typer.Argument(metavar="AFTER", help="A model's name, or YEAR,DATA,FLOP.")],
              reading: Reading, records: RecordsOption = None, space: SpaceOption = Space.accuracy,
              bootstrap: BootstrapOption = 1000, seed: SeedOption = 0, level: LevelOption = 0.95,
              form: FormatOption = Format.table) -> None:
    """Share out the gain from one model to another between algorithms, compute and data (Shapley values)."""
    with one_line_errors():
        from computeest.progress import report
        from computeest.progress.loss.presets import LOSS_PRESETS
        from computeest.progress.session import Request, attribution

        if reading.preset in LOSS_PRESETS:
            from computeest.progress.loss import report as losses
            from computeest.progress.loss.session import attribution as loss_attribution

            request = _loss_request(reading, None, None, level, min(bootstrap, 100), seed)
            frame = None if records is None else _loss_frame(records, reading, None)
            fall = loss_attribution(before, after, frame, request)
            show(form, fall.to_dict, losses.share_rows([fall]))
            return
        source = _maybe_source(records, reading)
        asked = Request(bootstrap=bootstrap, seed=seed, level=level)
        shares = attribution(before, after, source, reading.preset, asked, space)
        show(form, shares.to_dict, report.attribution_rows(shares))


@app.command()
@reads
def thresholds(reading: Reading, records: RecordsOption = None,
               scores: ScoresOption = "0.6,0.7,0.8,0.84,0.88", years: YearsOption = "2012-2022",
               data_size: SizeOption = None,
               bootstrap: BootstrapOption = 1000, seed: SeedOption = 0, level: LevelOption = 0.95,
               form: FormatOption = Format.table) -> None:
    """Compute needed for each score by year, its halving time, and what is out of reach."""
    with one_line_errors():
        from computeest.progress import report
        from computeest.progress.session import Request, fixed_scores

        source = _maybe_source(records, reading)
        request = Request(bootstrap=bootstrap, seed=seed, level=level)
        found = fixed_scores(source, reading.preset, request, scores, years, data_size)
        show(form, lambda: {"thresholds": [item.to_dict() for item in found]}, report.threshold_rows(found))


@app.command()
@reads
def efficiency(table: TableArgument, reading: Reading, score: ScoreOption = None,
               baseline: Annotated[str | None, typer.Option(help="Model to compare with; default: the first.")] = None,
               unit: Annotated[str, typer.Option(help="FLOP, TFLOP, PFLOP, TFLOP/s-day, PFLOP/s-day.")] = "FLOP",
               counts: CountsOption = Counts.flop, level: LevelOption = 0.95,
               form: FormatOption = Format.table) -> None:
    """How much less compute reaches one level: factors, running best, halving times, Moore's law."""
    with one_line_errors():
        from computeest.progress import efficiency_gains, report
        from computeest.progress.records import select

        frame = select(table_frame(table, reading), benchmark=reading.benchmark, metric=reading.metric)
        found = efficiency_gains(frame, score, baseline, compute=reading.compute, unit=unit, counts=counts,
                                 interval=level)
        show(form, found.to_dict, report.step_rows(found), report.halving_rows(found))
        gain = f"{found.best_factor:.1f}x less than {found.baseline}; Moore's law alone: {found.moore_factor:.1f}x"
        say(gain)
        excluded(len(found.steps), found.excluded)


@app.command()
@reads
def trend(table: TableArgument, reading: Reading, level: LevelOption = 0.95,
          form: FormatOption = Format.table) -> None:
    """Growth of training compute over time, with and without the estimates' own errors, and of the largest models."""
    with one_line_errors():
        from computeest.progress import report
        from computeest.progress.trend import compute_trend

        found = compute_trend(source_of(table, reading).frame(), level)
        show(form, found.to_dict, report.trend_rows(found))
        excluded(found.ignoring_errors.line.n, found.excluded)


@app.command()
@reads
def plot(kind: KindArgument, table: TableArgument, reading: Reading,
         out: Annotated[Path, typer.Option("--out", "-o", help="A .png, .svg or .pdf file.")],
         scores: ScoresOption = "0.7,0.8,0.84", years: YearsOption = "2012-2022",
         data_size: SizeOption = None, models: ModelsOption = None, space: SpaceOption = Space.accuracy,
         score: ScoreOption = None, counts: CountsOption = Counts.flop, bootstrap: BootstrapOption = 200,
         seed: SeedOption = 0, level: LevelOption = 0.95) -> None:
    """Draw one figure as PNG, SVG or PDF."""
    with one_line_errors():
        from computeest.progress.drawing import Drawing, draw
        from computeest.progress.session import Request

        drawing = Drawing(scores, years, data_size, models, space, score, counts)
        draw(kind, source_of(table, reading), Request(bootstrap=bootstrap, seed=seed, level=level), drawing, out)
        say(f"wrote {out}")


def table_frame(table: str, reading: Reading, score: str = "score") -> pd.DataFrame:
    """The records of a table, read as asked."""
    from computeest.cli.progress_tables import frame

    return frame(table, reading, score=score)


def source_of(table: str, reading: Reading) -> Source:
    """A table as a source of observations."""
    from computeest.progress.session import Source

    return Source(table_frame(table, reading), reading.preset, reading.benchmark, reading.metric, reading.data,
                  reading.centre, "flop" if reading.compute in ("published", "estimated") else reading.compute,
                  reading.cluster)


def _maybe_source(records: str | None, reading: Reading) -> Source | None:
    if records is None and reading.preset is None:
        say("give --records TABLE to fit, or --preset NAME to use its published fit")
        raise typer.Exit(2)
    return None if records is None else source_of(records, reading)


def _loss_frame(table: str, reading: Reading, score: str | None) -> pd.DataFrame:
    from computeest.cli.progress_tables import frame

    return frame(table, reading, score=score or "loss", lowest=True)


def _loss_request(reading: Reading, variant: str | None, delta: float | None, level: float | None, bootstrap: int,
                  seed: int, **more: Any) -> LossRequest:
    from computeest.progress.loss.session import LossRequest

    return LossRequest(reading.preset, variant, delta, level, bootstrap, seed, data=reading.data,
                       cluster=reading.cluster, **more)


def show(form: Format, document: Document, *tables: Sequence[Row]) -> None:
    """Print as asked; CSV has room for the first table only."""
    from computeest.progress import report
    from computeest.text import listing

    if form is Format.json:
        emit(report.as_json(document()))
    elif form is Format.csv:
        emit(listing.as_csv(list(tables[0][0]), tables[0]))
    else:
        emit("\n\n".join(report.as_table(rows) for rows in tables if rows))


def excluded(used: int, reasons: Mapping[str, int]) -> None:
    """Say how many records counted, and why the others did not."""
    left = ", ".join(f"{reason} in {count}" for reason, count in reasons.items())
    say(f"{used} records used" + (f"; left out: {left}" if left else ""))


@contextmanager
def one_line_errors() -> Iterator[None]:
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
