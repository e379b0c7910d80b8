"""What is wrong with what a plugin returns, beyond its type: said when it is loaded, before anything rests on it.

A descriptor is judged here, not trusted, whatever its annotations say.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from computeest import schema
from computeest.problems import fails
from computeest.problems.kind import LEVELS, Code
from computeest.schema import Field
from computeest.schema.layout import Layout, Wanted
from computeest.text import units
from computeest.text.suggest import did_you_mean
from computeest.text.units import UnitError


def wrong(item: Any) -> str:
    """The first part of a descriptor that cannot be right, and what was expected, to follow 'whose'; '' for none."""
    for name in ("name", "code"):
        if getattr(item, name, "x") in ("", None):
            return f"{name} is empty; expected a word, by which it is asked for"
    of = _layout if isinstance(item, Layout) else _OF.get(type(item).__name__)
    return "" if of is None else next(of(item), "")


def unknown(name: str, needed: Iterable[str], fills: str) -> str:
    """Which column a formula needs, or a rule fills, that there is not, or that holds words."""
    if fills and fills not in schema.NUMERIC:
        return f"the rule '{name}' fills {_no_column(fills, schema.NUMERIC)}"
    lacking = next(one for one in needed if one not in schema.NUMERIC)
    return f"'{name}' needs {_no_column(lacking, schema.NUMERIC)}"


def _no_column(name: Any, among: Iterable[str]) -> str:
    """A name that is no column, with the nearest that are; a column of words is called so."""
    if name in schema.FIELDS and name not in among:
        return f"'{name}', which is a column of words; expected one of numbers"
    near = did_you_mean(str(name), among)
    return f"'{name}', which is no column" + (f"; {near}" if near else "")


def _method(item: Any) -> Iterator[str]:
    if schema.key(item.name) != item.name:
        yield f"name is '{item.name}'; expected lower-case words joined by underscores, such as 'gpu_time'"
    if not _number(item.dex) or item.dex < 0:
        yield f"dex is {item.dex}; expected the one-sigma error in powers of ten, such as 0.1"
    if not _number(item.reliability):
        yield f"reliability is {item.reliability!r}; expected a number: of two methods, the higher is believed"


def _said(code: object, level: object) -> Iterator[str]:
    if not isinstance(code, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code):
        yield f"code is '{code}'; expected lower-case words joined by hyphens, such as 'chip-too-new'"
    if level not in LEVELS:
        yield f"level is '{level}'; expected one of {', '.join(reversed(LEVELS))}"


def _check(item: Any) -> Iterator[str]:
    yield from _said(item.code, item.level)
    if not _number(item.widens) or item.widens < 1:
        yield f"widens is {item.widens}; expected a factor of at least 1, by which the answer may be off"
    if item.instead is not None and not callable(item.instead):
        yield (f"instead is {item.instead!r}; expected a function of columns, such as "
               "`def instead(chip_peak, peak): return chip_peak / peak`; a fixed factor either way is `widens`")


def _text_check(item: Any) -> Iterator[str]:
    yield from _said(item.code, item.level)
    yield from _columns("columns", item.columns)
    for part in ("says", "unless"):
        pattern = getattr(item, part)
        if not isinstance(pattern, re.Pattern) and (part == "says" or pattern is not None):
            yield f"{part} is {_kind(pattern)}; expected a pattern, such as re.compile(r'\\bnodes?\\b')"
    if isinstance(item.says, re.Pattern) and item.says.search(""):
        yield f"says is {item.says.pattern!r}, which every quote says; expected a pattern that an empty one does not"
    for name, word in item.unless_in.items():
        if name not in schema.FIELDS:
            yield f"unless_in names {_no_column(name, schema.FIELDS)}"
        if not isinstance(word, str) or word != word.lower() or not word:
            yield f"unless_in of '{name}' is {word!r}; expected a word in lower case, such as 'core'"
    if not _number(item.instead) or item.instead <= 0:
        yield f"instead is {item.instead}; expected what the number would be, as a multiple of it, such as 8"
    if item.times and item.times not in schema.NUMERIC:
        yield f"times names {_no_column(item.times, schema.NUMERIC)}"
    try:
        item.sentence.format(column="tokens", text="'12'")
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        yield f"sentence is {item.sentence!r}, in which {error} is unknown; it may hold {{column}} and {{text}}"


def _new_column(item: Any) -> Iterator[str]:
    field, default = item.field, item.default
    if not isinstance(field, Field):
        yield f"field is {_kind(field)}; expected Field(name, group, meaning, unit, ...)"
        return
    if schema.key(str(field.name)) != field.name:
        yield f"name is '{field.name}'; expected lower-case words joined by underscores, as '{schema.key(field.name)}'"
    yield from _names_of(field)
    if not field.numeric:
        if default is not None:
            yield f"default of '{field.name}' is none, since it is no column of numbers"
        return
    for name, unit in {"": field.unit, **field.unit_aliases}.items():
        yield from _unit(f"unit of '{name or field.name}'", field, unit)
    if not (_bound(field.low) and _bound(field.high)) or not field.low < field.high:
        yield f"bounds are {field.low} to {field.high}; expected the lower one first, as numbers"
    if default is not None:
        yield from _default(field, default)


def _names_of(field: Any) -> Iterator[str]:
    if isinstance(field.aliases, str) or not all(isinstance(one, str) for one in field.aliases):
        yield f"aliases are {field.aliases!r}; expected a tuple of names, such as ('audio',)"
    for name in (*field.aliases, *field.unit_aliases):
        if schema.key(name) != name:
            yield f"alias '{name}' is never looked up; write it as '{schema.key(name)}', which any spelling of it means"


def _default(field: Any, default: Any) -> Iterator[str]:
    if type(default).__name__ != "Default":
        yield f"default is {default!r}; expected Default(value, spread, source, reason)"
        return
    unit = field.unit or "no unit"
    if not _number(default.value):
        yield f"default is {default.value!r}; expected a number in {unit}"
    elif not field.low <= default.value <= field.high or (default.value == field.low and not field.low_included):
        yield f"default {default.value:g} is outside the column's bounds, {field.low:g} to {field.high:g} {unit}"
    if not _number(default.sigma) or not 0 <= default.sigma <= 5:
        yield f"default has the spread {default.sigma}; expected one sigma in natural log, such as 0.3"


def _unit(what: str, field: Any, unit: str | None) -> Iterator[str]:
    """A unit that there is, and of what the column holds."""
    if unit is None:
        return
    try:
        found = units.dimension(unit)
    except fails() as error:  # of pint's, and of ours
        yield f"{what} is '{unit}', which is none: {error}"
        return
    own = [one or "dimensionless" for one in (field.unit, *field.also)]
    try:
        fitting = found in {units.dimension(one) for one in own}
    except fails():  # the column's own unit is what is wrong, and said
        return
    if not fitting:
        yield f"{what} is '{unit}', {_described(unit)}; expected {_described(own[0])}, such as '{own[0]}'"


def _described(unit: str) -> str:
    try:
        return units.describe(unit)
    except UnitError:
        return unit


def _layout(item: Any) -> Iterator[str]:
    if not isinstance(item.columns, tuple | list) or not all(isinstance(one, Wanted) for one in item.columns):
        yield "columns are not all Wanted; expected a tuple such as (Wanted('model', ('system',)),)"
        return
    seen: dict[tuple[str, frozenset[str]], str] = {}
    for place, one in enumerate(item.columns):
        if one.column not in schema.FIELDS:
            yield f"columns hold {_no_column(one.column, schema.FIELDS)}"
            return
        if one.column in [other.column for other in item.columns[:place]]:
            yield f"columns hold '{one.column}' twice; name all its headers in one Wanted, the usual one first"
        if not one.names or isinstance(one.names, str) or not all(isinstance(name, str) and name for name in one.names):
            yield f"names of '{one.column}' are {one.names!r}; expected a tuple of headers, such as ('system',)"
            return
        for name in one.names:
            other = seen.setdefault((name, one.brackets if one.bracketed else frozenset()), one.column)
            if other != one.column:
                yield f"columns '{other}' and '{one.column}' both take the header '{name}'"
        if schema.FIELDS[one.column].numeric:
            yield from _unit(f"unit of '{one.column}'", schema.FIELDS[one.column], one.unit)
    if not all(isinstance(code, Code) for code in item.codes):
        yield "codes are not all Code"


def _format(item: Any) -> Iterator[str]:
    if isinstance(item.suffixes, str) or not item.suffixes or not all(
            re.fullmatch(r"\.[a-z0-9_-]+", str(one)) for one in item.suffixes):
        yield f"suffixes are {item.suffixes!r}; expected a tuple of endings in lower case, such as ('.ods',)"
    for part in ("read", "write"):
        if getattr(item, part) is not None and not callable(getattr(item, part)):
            yield f"{part} is {_kind(getattr(item, part))}; expected a function"
    if item.read is None and item.write is None:
        yield "read and write are both left out; expected at least one"


def _consequence(item: Any) -> Iterator[str]:
    formulas = item.formulas
    if not isinstance(formulas, Mapping) or not formulas or not all(callable(one) for one in formulas.values()):
        yield f"formulas are {formulas!r}; expected functions by name, the one preferred first: {{'all': formula}}"
    try:
        units.dimension(item.unit)
    except fails() as error:  # of pint's, and of ours
        yield f"unit is '{item.unit}', which is none: {error}"
    if not _number(item.sigma) or item.sigma < 0:
        yield f"sigma is {item.sigma}; expected one sigma in natural log, such as 0.2"
    for part in ("chosen_by", "stated"):
        if (name := getattr(item, part)) and name not in schema.FIELDS:
            yield f"{part} names {_no_column(name, schema.FIELDS)}"
    if item.asked_by:
        yield from _columns("asked_by", item.asked_by)


def _reader(item: Any) -> Iterator[str]:
    if not callable(item.find):
        yield f"find is {_kind(item.find)}; expected a function of a sentence and the headings above it"
    try:
        [(str(column), str(value)) for column, value in item.finds]
    except (TypeError, ValueError):
        yield f"finds are {item.finds!r}; expected pairs of column and value, such as (('steps', '300k'),)"


def _columns(part: str, names: object) -> Iterator[str]:
    if isinstance(names, str) or not isinstance(names, Iterable) or not (names := tuple(names)):
        yield f"{part} are {names!r}; expected a tuple of columns, such as ('tokens',)"
        return
    for name in names:
        if name not in schema.FIELDS:
            yield f"{part} hold {_no_column(name, schema.FIELDS)}"


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _bound(value: object) -> bool:
    return isinstance(value, int | float) and not math.isnan(value)


def _kind(value: object) -> str:
    return f"the text {value!r}" if isinstance(value, str) else f"of the type {type(value).__name__}"


#: By the names of the contract's descriptors, which rests on the schema and not the other way.
_OF: Mapping[str, Callable[[Any], Iterator[str]]] = MappingProxyType({
    "Method": _method, "Check": _check, "TextCheck": _text_check, "NewColumn": _new_column, "TableFormat": _format,
    "Consequence": _consequence, "Reader": _reader})
