"""Clauses on what a plugin adds to reading and writing: columns, checks of quotes, layouts, formats, readers."""

from __future__ import annotations

import math
import re
import tempfile
from functools import partial
from pathlib import Path

from computeest import schema
from computeest.contract import Default, Found, Layout, Reader, TableFormat, TextCheck
from computeest.kit.finding import ClauseError, Clauses
from computeest.problems import CellError, fails, told
from computeest.problems.kind import LEVELS
from computeest.registry import Registry
from computeest.schema import Field, cells
from computeest.text import units


def column(field: Field, default: Default | None) -> Clauses:
    """What a new column is held to."""
    yield "meaning", partial(_meaning, field)
    yield "unit", partial(_unit, field)
    yield "example", partial(_example, field)
    if default is not None:
        yield "default", partial(_default, field, default)


def text_check(check: TextCheck) -> Clauses:
    """What a check of quotes is held to."""
    yield "code", partial(_code, check)
    yield "columns", partial(_columns, check)
    yield "sentence", partial(_sentence, check)


def layout(found: Layout) -> Clauses:
    """What a layout of tables is held to."""
    yield "columns", partial(_layout_columns, found)


def table_format(form: TableFormat) -> Clauses:
    """What a format of tables is held to."""
    yield "suffixes", partial(_suffixes, form)
    yield "round trip", partial(_round_trip, form)


def reader(found: Reader) -> Clauses:
    """What a reader of documents is held to."""
    yield "example", partial(_reads_its_example, found)
    yield "nothing", partial(_reads_nothing, found)


def subjects(registry: Registry) -> dict[str, Clauses]:
    """Everything of these kinds that there is, with the clauses it is held to."""
    own = {name: found for name, found in registry.columns.fields.items() if name not in schema.OWN.fields}
    return {**{f"column {name}": column(found, registry.defaults.get(name)) for name, found in own.items()},
            **{f"text check {check.code}": text_check(check) for check in registry.text_checks},
            **{f"layout {name}": layout(found) for name, found in registry.layouts.items()},
            **{f"format {name}": table_format(form) for name, form in registry.formats.items()},
            **{f"reader {name}": reader(found) for name, found in registry.readers.items()}}


def _meaning(field: Field) -> str:
    if not field.means.endswith("."):
        raise ClauseError("`means` is no sentence, such as 'Audio heard in all, repeats included.'")
    if schema.key(field.name) != field.name:
        raise ClauseError(f"the name '{field.name}' is not lower-case words joined by underscores")
    return field.means


def _unit(field: Field) -> str:
    if not field.numeric:
        return "no number"
    try:
        units.dimension(field.unit or "dimensionless")
    except fails() as error:  # pint raises many kinds
        raise ClauseError(f"the unit '{field.unit}' is none of units.txt: {told(error)}") from None
    if not field.low < field.high:
        raise ClauseError(f"no number lies between {field.low:g} and {field.high:g}")
    return field.unit or "dimensionless"


def _example(field: Field) -> str:
    if not field.example:
        raise ClauseError("there is no example of a good cell")
    try:
        cells.read(field, field.example, field.unit_aliases.get(field.name))
    except CellError as error:
        raise ClauseError(f"its example cannot be read: {error.what}") from None
    return field.example


def _default(field: Field, default: Default) -> str:
    if not (field.low <= default.value <= field.high and math.isfinite(default.value)):
        raise ClauseError(f"the default {default.value:g} is outside the column's bounds")
    if not 0 <= default.sigma <= 5:
        raise ClauseError(f"the spread {default.sigma:g} is none; expected one sigma in natural log, such as 0.3")
    if not default.source.strip() or not default.why.strip():
        raise ClauseError("the default does not say its source and its reason")
    return f"{default.value:g}, within a factor of {math.exp(1.645 * default.sigma):.2f}"


def _code(check: TextCheck) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", check.code) or check.level not in LEVELS:
        raise ClauseError(f"'{check.code}' ({check.level}) is no code and level, such as 'words-for-tokens' (warning)")
    return check.level


def _columns(check: TextCheck) -> str:
    for name in check.columns:
        if name not in schema.FIELDS:
            raise ClauseError(f"'{name}' is no column")
    return ", ".join(check.columns)


def _sentence(check: TextCheck) -> str:
    try:
        return check.sentence.format(column=check.columns[0], text="'12'")
    except (KeyError, IndexError) as error:
        raise ClauseError(f"the sentence cannot be said: {error}") from None


def _layout_columns(found: Layout) -> str:
    """What the columns must be is held when they are loaded."""
    if not found.columns and type(found).columns_of is Layout.columns_of:
        raise ClauseError("it names no column, such as Wanted('model', ('system',))")
    return f"{len(found.columns)} columns"


def _suffixes(form: TableFormat) -> str:
    if not form.suffixes or any(not suffix.startswith(".") for suffix in form.suffixes):
        raise ClauseError("`suffixes` are no endings of files, such as '.ods'")
    return ", ".join(form.suffixes)


def _round_trip(form: TableFormat) -> str:
    """What is written is read again, numbers and texts and what is missing."""
    import pyarrow as pa

    if form.read is None or form.write is None:
        return "read only" if form.write is None else "written only"
    table = pa.table({"model": ["A", None], "flop": [1.5e23, None]})
    with tempfile.TemporaryDirectory(prefix="computeest-") as folder:
        path = Path(folder) / f"table{form.suffixes[0]}"
        form.write(table, path)
        found = form.read(path)
    if not isinstance(found, pa.Table):
        raise ClauseError(f"`read` gives a {type(found).__name__}; expected a pyarrow.Table")
    if found.to_pylist() != table.to_pylist():
        raise ClauseError(f"{table.to_pylist()} was written, and {found.to_pylist()} read")
    return "what is written is read again"


def _reads_its_example(found: Reader) -> str:
    """It finds what it says that it does, in words of the sentence and as values that their columns take."""
    facts = list(found.find(found.example, ()))
    for fact in facts:
        if not isinstance(fact, Found) or fact.column not in schema.FIELDS:
            raise ClauseError(f"{fact!r} is no Found of a column of the schema")
        if not 0 <= fact.begin < fact.end <= len(found.example):
            raise ClauseError(f"{fact.begin} to {fact.end} is no place in its example of {len(found.example)} letters")
        try:
            cells.read(schema.FIELDS[fact.column], fact.value)
        except CellError as error:
            raise ClauseError(f"'{fact.value}' is no {fact.column}: {error.what}") from None
    if not found.finds or {(fact.column, fact.value) for fact in facts} != set(found.finds):
        raise ClauseError(f"it says that it finds {dict(found.finds)} in its example, and finds "
                          f"{ {fact.column: fact.value for fact in facts} }")
    return ", ".join(fact.column for fact in facts)


def _reads_nothing(found: Reader) -> str:
    """A sentence without facts has none."""
    for text in ("", " ", "We thank the reviewers."):
        if facts := list(found.find(text, ("Acknowledgements",))):
            raise ClauseError(f"in '{text}' it finds {facts[0]!r}")
    return "finds nothing where nothing is"
