"""What the cells of a column say of its meaning: their kind, their magnitude, and what their bare numbers count in."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from computeest import schema
from computeest.problems import CellError
from computeest.schema import cells, header_words
from computeest.schema.header_words import Said
from computeest.text import dates, numbers, units
from computeest.text.units import UnitError

#: Share of the cells that must look alike for their looks to say what they are.
MOST = 0.7
#: Cells that are looked at.
ENOUGH = 200


@dataclass(frozen=True, slots=True)
class Around:
    """What else the table says: its models' names, row by row."""

    names: Sequence[str | None] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """What a header means in the light of its cells, and what they added."""

    said: Said
    why: str = ""


#: Words of a header that make it another thing than what its cells look like.
_FOREIGN = frozenset((
    "inference", "infer", "test", "eval", "evaluation", "validation", "serving", "deployment", "deployed", "finetune",
    "notes", "note", "comment", "comments", "secondary", "baseline", "teacher", "bound", "lower", "upper", "low",
    "high", "min", "max", "supplier", "vendor", "manufacturer", "source", "equivalent", "equivalents", "forward",
    "largest", "previous", "superseded", "builds", "compared", "dropout", "rate", "share", "quote", "memory", "users"))


def foreign(header: str) -> bool:
    """Whether a header says that its column is not the run's, whatever its cells look like."""
    return bool(header_words.words_of(header) & _FOREIGN)


def kind(header: str, values: Sequence[str]) -> tuple[str, str] | None:
    """The column that cells of their own look alone are, and how they look."""
    if not values:
        return None
    tests: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
        ("link", "the cells are links", lambda t: bool(re.match(r"https?://|arxiv:|doi:|10\.\d{4}", t.lower()))),
        ("number_format", "the cells are number formats",
         lambda t: number(t) is None and _reads(schema.FIELDS["number_format"], t)),
        ("reported_compute", "the cells are FLOP, as many as training takes", _is_training_flop),
        ("chip_time", "the cells are accelerator time", lambda t: _unit_is(t, "chip * second")),
        ("chip", "the cells are chips", is_chip))
    for column, words, test in tests:
        if share(values, test) >= MOST:
            return column, words
    return _of_data(header, values)


#: Headers without a word of what is counted, whose cells may say it.
_OF_DATA = frozenset((frozenset(("training", "data")), frozenset(("data",)), frozenset(("dataset",)),
                      frozenset(("corpus",)), frozenset(("training", "dataset")), frozenset(("pretraining", "data"))))
_OF_SIZE = frozenset((frozenset(("size",)), frozenset(("scale",)), frozenset(("model", "scale"))))
#: Nobody has so many examples of anything but tokens.
_TOKENS_FROM = 1e10


def _of_data(header: str, values: Sequence[str]) -> tuple[str, str] | None:
    """'Training data: 300B tokens' and 'size: 7B parameters': the cells' own units say what is counted."""
    words = header_words.words_of(header)
    if words in _OF_SIZE and share(values, lambda t: _unit_is(t, "parameter")) >= MOST / 2:
        return "parameters", "the cells are parameters"
    if words not in _OF_DATA or not any(_unit_is(text, "token") for text in values[:ENOUGH]):
        return None
    bare = [value for text in values[:ENOUGH] if (value := number(text)) is not None]
    counted = share(values, lambda t: number(t) is not None or any(_unit_is(t, u) for u in (
        "token", "word", "example", "byte")))
    if counted >= MOST and all(value >= _TOKENS_FROM for value in bare):
        return "tokens", "the cells count tokens, or say what else they count"
    return None


def _is_training_flop(text: str) -> bool:
    try:
        found = cells.number(schema.FIELDS["reported_compute"], text)
    except CellError:
        return False
    return "flop" in text.lower() and found.column == "reported_compute" and found.value >= _TRAINING_FROM


@lru_cache(maxsize=4096)
def _unit_is(text: str, unit: str) -> bool:
    try:
        found = numbers.read(text)
    except UnitError:
        return False
    return found.unit is not None and units.dimension(found.unit) == units.dimension(unit)


@lru_cache(maxsize=4096)
def number(text: str) -> float | None:
    """The value of a text that is a number and says no unit, else None."""
    try:
        found = numbers.read(text)
    except UnitError:
        return None
    return found.value if found.unit is None else None


def is_chip(text: str) -> bool:
    """Whether a text names a chip, alone or with a count."""
    from computeest.hardware import Refusal, load

    return number(text) is None and len(text) <= header_words.LONGEST and not isinstance(load(()).find(text), Refusal)


def share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    """The share of the cells that pass."""
    some = values[:ENOUGH]
    known: dict[str, bool] = {}
    return sum(known[t] if t in known else known.setdefault(t, bool(test(t))) for t in some) / max(1, len(some))


def settled(said: Said, cells_: Sequence[str | None], table: Around) -> Settled | str:
    """What a header means with these cells below it, or why it cannot mean that."""
    values = [cell for cell in cells_ if cell is not None]
    if not values:
        return Settled(said)
    if said.column in ("chips", "chip"):
        return _chips(said, values)
    field = schema.FIELDS[said.column]
    if field.kind == "date":
        return _dates(said, values)
    if field.kind == "mapping":
        return Settled(said) if share(values, lambda t: t.startswith("{")) >= MOST else "the cells are no JSON objects"
    if said.column == "model" and share(values, is_chip) >= MOST:
        return Settled(replace(said, column="chip"), "the cells are chips")
    if not field.numeric:
        reads = field.kind == "text" or share(values, lambda t: _reads(field, t)) >= MOST / 2
        return Settled(said) if reads else f"few of its cells are a {said.column.replace('_', ' ')}"
    least = MOST / 2 if said.words or share(values, lambda t: number(t) is not None) else 1e-9
    if share(values, lambda t: _reads(field, t)) < least:
        return f"few of its cells are {units.describe(field.unit or 'dimensionless')}"
    return _magnitude(said, field, cells_, table)


def _reads(field: schema.Field, text: str) -> bool:
    try:
        cells.read(field, text)
    except CellError as error:
        # too much or too little in the column's own unit is a number all the same, and so is '70.554' of billions: the
        # header's unit may be another
        return field.numeric and number(text) is not None and (" is " in error.what or " may be " in error.what)
    return True


def _chips(said: Said, values: Sequence[str]) -> Settled | str:
    """A column of counts or of names, whichever its cells are: '8x A100' under 'GPUs', 8 under 'GPU'."""
    counted = share(values, lambda t: number(t) is not None or (_unit_is(t, "chip") and not is_chip(t)))
    if said.column == "chip":
        if counted >= MOST:
            return Settled(replace(said, column="chips"), "the cells are numbers")
        return Settled(said)
    if counted >= MOST / 2:
        return Settled(said)
    if share(values, is_chip) >= MOST:
        return Settled(replace(said, column="chip"), "the cells are chips")
    return "its cells are neither numbers nor chips"


def _dates(said: Said, values: Sequence[str]) -> Settled | str:
    if share(values, lambda t: _reads(schema.FIELDS[said.column], t) or dates.doubtful(t)) < MOST / 2:
        return "few of its cells are dates"
    order = said.order or dates.order_of(values)
    return Settled(replace(said, order=order), f"its dates are {order}" if order else "")


#: Below these all bare numbers of a column are counted in thousands, millions or billions, and must say in which.
_PLAIN_FROM = {"parameters": 1e4, "active_parameters": 1e4, "trainable_parameters": 1e4, "tokens": 1e5, "words": 1e5,
               "tokens_seen": 1e5, "examples": 500.0, "examples_seen": 500.0, "cost": 1e3, "forward_flop": 1e4,
               "forward_flop_per_token": 1e4, "forward_macs": 1e4}
#: Training takes more FLOP than that since there are networks to train on images or text, and one example less.
_TRAINING_FROM = 1e15
_HINTS = {"parameters": "million", "active_parameters": "million", "tokens": "billion", "tokens_seen": "billion",
          "words": "million", "cost": "million USD", "forward_flop": "billion", "forward_flop_per_token": "billion",
          "forward_macs": "billion"}
#: The largest data sets of anything else have 1e10 images with their texts (WebLI, Chen et al. 2022).
_TOKENS_ONLY = 1e11
_OF_TOKENS = {"examples": "tokens", "examples_seen": "tokens_seen"}
_OF_TRAINING = frozenset(("training", "total", "budget"))


def _magnitude(said: Said, field: schema.Field, cells_: Sequence[str | None], table: Around) -> Settled | str:
    """What bare numbers count in, by their size: said by the header, by the models' names, or not at all."""
    bare = [value for cell in cells_[:] if cell is not None and (value := number(cell)) is not None]
    if not bare:
        return Settled(said)
    if field.unit == "dimensionless" and field.high == 1.0:
        return _percent(said, bare)
    if said.column in _OF_TOKENS and _says_no_example(said, cells_) and _middle(said, field, cells_) >= _TOKENS_ONLY:
        return Settled(replace(said, column=_OF_TOKENS[said.column]), "nothing but tokens is counted in so many")
    stated = said.unit is not None or said.scale != 1.0
    if not stated and cells.without_unit(field, "1"):
        return f"neither the header nor its cells say a unit: {said.column}: {{column: ..., unit: {_unit_for(field)}}}"
    if not stated and said.column in _PLAIN_FROM and max(bare) < _PLAIN_FROM[said.column]:
        return _counted(said, bare, cells_, table)
    if said.column == "reported_compute" and _middle(said, field, cells_) < _TRAINING_FROM and not (
            header_words.words_of(said.words) & _OF_TRAINING):
        return ("so few FLOP are those of one example, or of one step: forward_flop, or forward_macs where a "
                "multiply-add counts once")
    if said.column in ("chips", "steps", "batch_size", "nodes", "chips_per_node") and any(v % 1 for v in bare) and (
            said.scale == 1.0 and max(bare) < 1e3):
        return "numbers with fractions are no counts"
    return Settled(said)


def _says_no_example(said: Said, cells_: Sequence[str | None]) -> bool:
    """Whether a size of data says neither in its header nor in its cells what is counted."""
    return bool(header_words.words_of(said.words) & {"data", "dataset", "corpus", "set"}) and said.unit is None and all(
        number(cell) is not None for cell in cells_[:ENOUGH] if cell is not None)


#: Letters of a scale or a unit, and no exponent's: a cell of '4.1G' counts in no header's billions.
_SCALED = re.compile(r"[A-DF-Za-df-z]")


def _middle(said: Said, field: schema.Field, cells_: Sequence[str | None]) -> float:
    """The middle of a column's numbers in its own unit, which the header says for cells without one."""
    factor = said.scale * _factor(said, field)
    return median([value * (1.0 if _SCALED.search(cell) else factor)
                   for cell in cells_ if cell is not None and (value := number(cell)) is not None])


def median(values: Sequence[float]) -> float:
    """The middle value, the upper of two."""
    return sorted(values)[len(values) // 2]


def _factor(said: Said, field: schema.Field) -> float:
    return units.factor(said.unit, field.unit or "dimensionless") if said.unit else 1.0


def _unit_for(field: schema.Field) -> str:
    return {"second": "hour", "chip * second": "GPU-hour", "core * second": "core-hour"}.get(str(field.unit), "MWh")


def _percent(said: Said, bare: Sequence[float]) -> Settled | str:
    """Shares above 1 are percent; where all are below, they are what they are."""
    if said.unit is not None or max(bare) <= 1.0:
        return Settled(said)
    if max(bare) <= 100.0:
        return Settled(replace(said, unit="percent"), "its numbers are percent")
    return f"numbers such as {max(bare):g} are no share"


def _counted(said: Said, bare: Sequence[float], cells_: Sequence[str | None], table: Around) -> Settled | str:
    if said.column in ("parameters", "active_parameters"):
        scale, why = _by_names(cells_, table.names)
        if scale != 1.0:
            return Settled(replace(said, scale=scale), why)
    hint = _HINTS.get(said.column, "thousand")
    return (f"numbers such as {median(bare):g} say nothing of what they are counted in: {said.column}: "
            f"{{column: ..., unit: {hint}}}")


_IN_NAME = re.compile(r"(?<![A-Za-z\d.])(\d+(?:\.\d+)?)\s?([MB])(?![A-Za-z\d])", re.IGNORECASE)


def _by_names(cells_: Sequence[str | None], names: Sequence[str | None]) -> tuple[float, str]:
    """Millions or billions where models are named by their size: 7 of 'Llama-7B'; 1.0 where names do not say it."""
    seen: list[float] = []
    for cell, name in zip(cells_, names, strict=False):
        value = number(cell) if cell is not None else None
        if value:
            seen += [{"M": 1e6, "B": 1e9}[match[2].upper()] for match in _IN_NAME.finditer(name or "")
                     if abs(math.log(float(match[1]) / value)) < 0.1]
    if seen and min(seen) == max(seen):
        word = "millions" if seen[0] == 1e6 else "billions"
        return seen[0], f"the models' names say that it counts in {word}"
    return 1.0, ""
