"""Options that progress commands share: how a table is read, and which of its rows count."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer


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


class Unit(StrEnum):
    """What a loss is in."""

    nats = "nats"
    bits = "bits"
    perplexity = "perplexity"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table is read."""

    preset: str | None
    columns: Path | None
    input_format: str
    benchmark: str | None
    metric: str | None
    data: str | None
    compute: str
    centre: str | None
    since: str | None
    where: tuple[str, ...]
    per_paper: int | None
    cluster: str | None
    percent: tuple[str, ...]
    day_first: tuple[str, ...]
    keep_copies: bool


def _options(
    preset: Annotated[str | None, typer.Option(
        help="Read the table as its authors do: erdil-besiroglu-2022, ho-2024, hernandez-brown-2020, "
             "ai-and-efficiency; or a layout that annotate knows: epoch.")] = None,
    columns: Annotated[Path | None, typer.Option(
        metavar="MAP.yaml", help="What the columns mean, as for annotate.")] = None,
    input_format: Annotated[str, typer.Option(
        help="csv, tsv, xlsx, parquet or jsonl, where the name does not say it.")] = "",
    benchmark: Annotated[str | None, typer.Option(help="Take only records of this benchmark.")] = None,
    metric: Annotated[str | None, typer.Option(help="Take only records of this metric.")] = None,
    data: Annotated[str | None, typer.Option(
        help="Column on the data axis; default: training_examples, else training_tokens.")] = None,
    compute: Annotated[str, typer.Option(
        help="Column of the compute; published or estimated where a table has both.")] = "flop",
    centre: Annotated[str | None, typer.Option(help="YEAR,FLOP,DATA of the intercepts; else sample minima.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only records of this year or day on.")] = None,
    where: Annotated[list[str] | None, typer.Option(
        metavar="CONDITION", help="Only records with COLUMN=VALUE, COLUMN!=VALUE or COLUMN>=NUMBER.")] = None,
    per_paper: Annotated[int | None, typer.Option(min=1, metavar="N", help="At most the N best of each paper.")] = None,
    cluster: Annotated[str | None, typer.Option(
        metavar="COLUMN", help="Records that are alike are drawn together: a column, none, or the first of paper, "
                               "reference and link that there is.")] = None,
    percent: Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="This column is in percent.")] = None,
    day_first: Annotated[list[str] | None, typer.Option(
        metavar="COLUMN", help="03/04/2019 in this column is in April.")] = None,
    keep_copies: Annotated[bool, typer.Option("--keep-copies", help="Count records as often as they stand.")] = False,
) -> None:
    """The options; nothing calls it."""


def reads(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of how a table is read, which it gets together as `reading`."""
    shared = inspect.signature(_options, eval_str=True).parameters
    own = inspect.signature(command, eval_str=True).parameters

    @wraps(command)
    def run(**given: Any) -> None:
        taken = {name: given.pop(name) for name in shared}
        taken |= {name: tuple(taken[name] or ()) for name in ("where", "percent", "day_first")}
        command(**given, reading=Reading(**taken))

    parameters = [*(one for name, one in own.items() if name != "reading"), *shared.values()]
    parameters.sort(key=lambda one: one.default is not inspect.Parameter.empty)
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters])
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run
