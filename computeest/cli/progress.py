"""`computeest progress`: from records to how fast algorithms improve."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from computeest.cli import progress_records
from computeest.cli.output import say
from computeest.cli.progress_options import Counts, Format, Reading, Space, Unit, reads
from computeest.cli.progress_print import excluded, one_line_errors, show, source_of

if TYPE_CHECKING:
    import pandas as pd

    from computeest.progress.fit import FrontierFit
    from computeest.progress.loss.session import LossRequest
    from computeest.progress.records import Observations
    from computeest.progress.session import Source

app = typer.Typer(help="From records to how fast algorithms improve.", no_args_is_help=True)


class Kind(StrEnum):
    """The plots there are."""

    records = "records"
    pareto = "pareto"
    thresholds = "thresholds"
    attribution = "attribution"
    budgets = "budgets"
    violins = "violins"
    efficiency = "efficiency"
    trend = "trend"
    modes = "modes"
    predictive = "predictive"


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
RateOption = Annotated[str, typer.Option(help="How the rate changes: constant, piecewise, spline or years.")]
KnotsOption = Annotated[str | None, typer.Option(help="Years in which the rate changes, by commas.")]
InteractionOption = Annotated[bool, typer.Option("--interaction", help="Test whether compute and data interact.")]
PretrainingOption = Annotated[str | None, typer.Option(
    metavar="COLUMN", help="Size of pre-training data: the transfer exponent is fitted.")]
VariantOption = Annotated[str | None, typer.Option(help="Of losses: m1 to m20; default: the preset's, or m7.")]
DeltaOption = Annotated[float | None, typer.Option(min=0.0, help="Of losses: weight of the L1 penalty.")]
LossColumnOption = Annotated[str | None, typer.Option(help="Of losses: the column that holds them.")]
UnitOption = Annotated[Unit | None, typer.Option(help="Of losses: what that column is in.")]
GroupOption = Annotated[str | None, typer.Option(
    metavar="COLUMN", help="Of losses: a yes-or-no column (transformer) whose compute-equivalent gain is asked for.")]
ReferenceOption = Annotated[str | None, typer.Option(help="Of losses: the benchmark that others are offset from.")]
CopiedOption = Annotated[bool, typer.Option(
    "--without-copied-scores", help="Of losses: leave out scores that repeat another benchmark's.")]
PosteriorOption = Annotated[bool, typer.Option(
    "--posterior", help="Also draw from the full posterior (extra posterior: numpyro and arviz).")]
DrawsOption = Annotated[int, typer.Option(min=50, help="Of the posterior: draws of each of four chains.")]
CeilingOption = Annotated[float | None, typer.Option(
    help="The best score that can be reached: 1 less the irreducible error.")]
VariantsOption = Annotated[bool, typer.Option("--variants/--no-variants", help="Of losses: compare the variants.")]


@app.command()
@reads
def fit(table: TableArgument, reading: Reading, model: ModelOption = "product", irreducible: IrreducibleOption = None,
        slope_prior: SlopePriorOption = None, intercept_prior: InterceptPriorOption = None, floor: FloorOption = 0.0,
        errors: ErrorsOption = True, shared_error: SharedOption = 1.0, variant: VariantOption = None,
        delta: DeltaOption = None, score_column: LossColumnOption = None, unit: UnitOption = None,
        rate: RateOption = "constant", knots: KnotsOption = None, interaction: InteractionOption = False,
        pretraining: PretrainingOption = None, posterior: PosteriorOption = False, draws: DrawsOption = 1000,
        ceiling: CeilingOption = None, group: GroupOption = None, reference: ReferenceOption = None,
        without_copied_scores: CopiedOption = False,
        variants: VariantsOption = True, bootstrap: ManyOption = None, starts: StartsOption = 10, seed: SeedOption = 0,
        level: MaybeLevelOption = None, form: FormatOption = Format.table) -> None:
    """Fit how scores depend on time, compute and data: parameters, every mode, doubling times, intervals."""
    with one_line_errors(table):
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
        from computeest.progress.changing import extras
        from computeest.progress.session import Request, parse_numbers, run

        asked = Request(model, _irreducible(irreducible, ceiling), slope_prior, intercept_prior,
                        1000 if bootstrap is None else bootstrap, starts, seed, level or 0.95, floor, errors,
                        shared_error, rate, tuple(parse_numbers(knots, "knots")) if knots else (), interaction,
                        pretraining)
        source = source_of(table, reading)
        fitted, seen = run(source, asked)
        _say_clusters(source, seen)
        _say_sizes(source, seen)
        more = extras(fitted, seen.year)
        warnings = fitted.warnings()
        if posterior:
            from computeest.progress.chains import sample

            drawn = sample(fitted, seen, draws=draws, seed=seed, shared=shared_error)
            more["posterior"] = drawn.to_dict()
            warnings += drawn.warnings()
        show(form, lambda: {**fitted.to_dict(), **more}, report.fit_rows(fitted), report.mode_rows(fitted),
             report.prior_rows(fitted), *report.extra_tables(more))
        excluded(fitted.n, fitted.excluded)
        for warning in warnings:
            say(warning)


def _say_clusters(source: Source, seen: Observations) -> None:
    """Which column made records count together, where nobody asked for it."""
    from computeest.progress.records import FEW_PAPERS, paper_column

    if seen.cluster is None and source.cluster is None and source.named_preset() is None:
        column = paper_column(source.table, None)
        if column is not None and source.table[column].nunique() < len(source.table):
            say(f"column `{column}` names {source.table[column].nunique()} only: every record counts alone, and the "
                f"intervals are too narrow where those of one are alike (--cluster {column})")
    if seen.cluster is not None and source.cluster is None:
        column = paper_column(source.table, None, FEW_PAPERS)
        say(f"records of one {column} are drawn together: {int(seen.cluster.max()) + 1} of them (--cluster none: every "
            "record alone)")


def _say_sizes(source: Source, seen: Observations) -> None:
    """Which column may hold the sizes of training sets that no column is known to."""
    import numpy as np

    if not np.isnan(seen.data).all():
        return
    from computeest.schema import header_words

    for header in map(str, source.table.columns):
        said = header_words.read(header)
        if said is not None and said.column in ("examples", "tokens") and source.table[header].notna().any():
            say(f"column {header!r} may be the size of the training sets: --data {header!r} takes it as such")


def _irreducible(irreducible: str | None, ceiling: float | None) -> str | None:
    """The irreducible error, by either name."""
    from computeest.progress.records import ProgressError

    if ceiling is None:
        return irreducible
    if irreducible is not None or not 0.0 < ceiling <= 1.0:
        raise ProgressError("ceiling: expected a fraction up to 1, and no --irreducible beside it")
    return repr(1.0 - ceiling)


@app.command()
@reads
def compare(table: TableArgument, reading: Reading, model: Annotated[str, typer.Option(
                help="product: the frontier's variants; loss: the 20 of losses.")] = "product",
            deltas: Annotated[str | None, typer.Option(help="Of losses: weights of the penalty, by commas.")] = None,
            group: GroupOption = None, seed: SeedOption = 0, form: FormatOption = Format.table) -> None:
    """Compare the model variants: likelihood or objective, how well each foresees left-out records, doubling time."""
    with one_line_errors(table):
        if model == "loss":
            from computeest.progress.loss.presets import loss_preset
            from computeest.progress.loss.session import LossRequest, beside_published, rows_of
            from computeest.progress.loss.variants import compare as compare_losses
            from computeest.progress.session import parse_numbers

            request = LossRequest(reading.preset, data=reading.data, cluster=reading.cluster, group=group)
            chosen = None if reading.preset is None else loss_preset(reading.preset)
            rows = beside_published(compare_losses(
                rows_of(_loss_frame(table, reading, None), request, chosen),
                parse_numbers(deltas or "0.0025", "deltas"), seed=seed), chosen)
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
              factor: Annotated[float | None, typer.Option(
                  help="A whole gain, of which each share is also given as a factor: 65 % of 23x is 7.7x.")] = None,
              bootstrap: BootstrapOption = 1000, seed: SeedOption = 0, level: LevelOption = 0.95,
              form: FormatOption = Format.table) -> None:
    """Share out the gain from one model to another between algorithms, compute and data (Shapley values)."""
    with one_line_errors(records):
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
        shares, fitted = attribution(before, after, source, reading.preset, asked, space)
        if factor is not None:
            from computeest.progress.attribution import with_multipliers

            shares = with_multipliers(shares, factor)
        show(form, lambda: {**shares.to_dict(), **_modes(fitted)}, report.attribution_rows(shares),
             [] if fitted is None else report.mode_rows(fitted))


@app.command()
@reads
def thresholds(reading: Reading, records: RecordsOption = None,
               scores: ScoresOption = "0.6,0.7,0.8,0.84,0.88", years: YearsOption = "2012-2022",
               data_size: SizeOption = None,
               bootstrap: BootstrapOption = 1000, seed: SeedOption = 0, level: LevelOption = 0.95,
               form: FormatOption = Format.table) -> None:
    """Compute needed for each score by year, its halving time, and what is out of reach."""
    with one_line_errors(records):
        from computeest.progress import report
        from computeest.progress.session import Request, fixed_scores
        from computeest.progress.thresholds import beyond

        source = _maybe_source(records, reading)
        request = Request(bootstrap=bootstrap, seed=seed, level=level)
        found, fitted = fixed_scores(source, reading.preset, request, scores, years, data_size)
        show(form, lambda: {"thresholds": [item.to_dict() for item in found], **_modes(fitted)},
             report.threshold_rows(found), [] if fitted is None else report.mode_rows(fitted))
        for words in beyond(found):
            say(words)


@app.command()
@reads
def predict(table: TableArgument, reading: Reading,
            year: Annotated[float | None, typer.Option(help="The year of the algorithms.")] = None,
            flop: Annotated[float | None, typer.Option(help="Training compute: what score is to be expected?")] = None,
            score: Annotated[float | None, typer.Option(help="A score: what compute does it take?")] = None,
            data_size: SizeOption = None,
            name: Annotated[str | None, typer.Option("--name", help="A record: what is its effective compute?")] = None,
            reference_year: Annotated[float | None, typer.Option(
                help="Year in whose algorithms effective compute is counted; default: the centre's.")] = None,
            model: ModelOption = "product", floor: FloorOption = 0.0, errors: ErrorsOption = True,
            slope_prior: SlopePriorOption = None, bootstrap: BootstrapOption = 500, seed: SeedOption = 0,
            level: LevelOption = 0.95, form: FormatOption = Format.table) -> None:
    """Say what a fit expects: the score for a year, compute and data; compute for a score; a model's effective compute.
    """
    with one_line_errors(table):
        from computeest.progress import report
        from computeest.progress.predict import answers
        from computeest.progress.session import Request, run

        if (year is None or (flop is None and score is None)) and name is None:
            say("ask for --year with --flop or --score, or for --name MODEL")
            raise typer.Exit(2)
        request = Request(model, slope_prior=slope_prior, bootstrap=bootstrap, seed=seed, level=level, floor=floor,
                          errors=errors)
        fitted, seen = run(source_of(table, reading), request)
        found = answers(fitted, seen, year=year, compute=flop, score=score, data=data_size, name=name,
                        reference=reference_year)
        show(form, lambda: {**found, **_modes(fitted)}, report.answer_rows(found), report.mode_rows(fitted))
        for warning in fitted.warnings():
            say(warning)


@app.command()
@reads
def plot(kind: KindArgument, table: TableArgument, reading: Reading,
         out: Annotated[Path, typer.Option("--out", "-o", help="A .png, .svg or .pdf file.")],
         scores: ScoresOption = "0.7,0.8,0.84", years: YearsOption = "2012-2022",
         data_size: SizeOption = None, models: ModelsOption = None, space: SpaceOption = Space.accuracy,
         score: ScoreOption = None, counts: CountsOption = Counts.flop, model: ModelOption = "product",
         variant: VariantOption = None, group: GroupOption = None,
         bootstrap: Annotated[int | None, typer.Option(
             min=0, help="Resamples, 0 for none; default: 200, for losses 100.")] = None,
         seed: SeedOption = 0, level: MaybeLevelOption = None,
         width: Annotated[float | None, typer.Option(help="Inches; default: the plot's own.")] = None,
         style: Annotated[str, typer.Option(help="screen, print or slides.")] = "screen",
         title: Annotated[str | None, typer.Option(help="In the place of the plot's own; '' for none.")] = None,
         alt: Annotated[str, typer.Option(help="Words for readers who do not see it, kept in the file.")] = "",
         slope_prior: SlopePriorOption = None) -> None:
    """Draw one figure as PNG, SVG or PDF, with words for readers who do not see it."""
    with one_line_errors(table):
        from computeest.progress.drawing import Drawing, draw, draw_losses
        from computeest.progress.plots import Look
        from computeest.progress.session import Request

        drawing = Drawing(scores, years, data_size, models, space, score, counts, Look(style, width, title), alt)
        if model == "loss":
            losses = _loss_request(reading, variant, None, level, 100 if bootstrap is None else bootstrap, seed,
                                   group=group, variants=False)
            words = draw_losses(kind, _loss_frame(table, reading, None), losses, drawing, out)
            say(f"wrote {out}: {words}")
            return
        request = Request(model, bootstrap=200 if bootstrap is None else bootstrap, seed=seed, level=level or 0.95,
                          slope_prior=slope_prior)
        words = draw(kind, source_of(table, reading), request, drawing, out)
        say(f"wrote {out}: {words}")


def _modes(fitted: FrontierFit | None) -> dict[str, object]:
    """Every mode of what was fitted; nothing where a published fit was taken."""
    return {} if fitted is None else {"modes": fitted.modes_dict()}


def _maybe_source(records: str | None, reading: Reading) -> Source | None:
    if records is None and reading.preset is None:
        say("give --records TABLE to fit, or --preset NAME to use its published fit")
        raise typer.Exit(2)
    return None if records is None else source_of(records, reading)


def _loss_frame(table: str, reading: Reading, score: str | None) -> pd.DataFrame:
    from computeest.cli.progress_tables import frame

    return frame(table, reading, score=score or "loss", lowest=True, estimate=False)


def _loss_request(reading: Reading, variant: str | None, delta: float | None, level: float | None, bootstrap: int,
                  seed: int, **more: Any) -> LossRequest:
    from computeest.progress.loss.session import LossRequest

    return LossRequest(reading.preset, variant, delta, level, bootstrap, seed, data=reading.data,
                       cluster=reading.cluster, **more)


progress_records.register(app)
