"""Which column of a table means which column of the schema, in which unit: the column map."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from computeest import schema
from computeest.problems import InputError, Problem
from computeest.text import units
from computeest.text.suggest import did_you_mean
from computeest.text.units import UnitError
from computeest.text.yaml_nodes import YamlError, load, plain


@dataclass(frozen=True, slots=True)
class Source:
    """Where a schema column's values come from."""

    #: The table's own column; empty for a constant.
    header: str
    #: Unit of bare numbers, where it is not the schema column's own.
    unit: str | None = None
    #: One value for every row.
    constant: str = ""
    #: What bare numbers are counted in: 1e9 in a column of billions.
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Sources by schema column, and `architecture.*` columns by the family's parameter."""

    columns: Mapping[str, Source]
    architecture: Mapping[str, str] = field(default_factory=dict)

    def headers(self) -> set[str]:
        """The table's columns that mean something."""
        return {source.header for source in self.columns.values() if source.header} | set(self.architecture.values())


#: A unit in a header: `Training time (hours)`, `time_h`, `chip_hours [h]`.
_IN_BRACKETS = re.compile(r"^(?P<name>.*?)\s*[(\[](?P<unit>[^()\[\]]+)[)\]]\s*$")


def named(headers: Iterable[str]) -> ColumnMap:
    """The map of headers that are the schema's names or aliases, with a unit in brackets where one is said."""
    columns: dict[str, Source] = {}
    architecture: dict[str, str] = {}
    headers = list(headers)
    # beside `flop_low`, `flop` is what an earlier run estimated, not what the authors state
    ours = {"flop"} if "flop_low" in headers else set()
    for header in headers:
        if header in ours:
            continue
        if header.startswith("architecture."):
            architecture[header.partition(".")[2]] = header
            continue
        column, scale = _counted(header)
        unit = None
        if column is None:
            column, unit = meaning(header)
        if column is not None and column in schema.INPUTS:
            if column in columns:
                both = f"'{columns[column].header}' and '{header}' both mean {column}"
                raise InputError([Problem("", 0, header, both,
                                          "one column for each fact, or a column map that leaves one out")])
            columns[column] = Source(header, unit, scale=scale)
    return ColumnMap(columns, architecture)


def meaning(header: str) -> tuple[str | None, str | None]:
    """The schema column that a header means, and the unit that it says."""
    column = schema.column(header)
    if column is not None:
        return column, schema.FIELDS[column].unit_aliases.get(schema.key(header))
    match = _IN_BRACKETS.match(header)
    column = schema.column(match["name"]) if match else None
    if match is None or column is None or not schema.FIELDS[column].numeric:
        return None, None
    try:
        unit = units.canonical(match["unit"])
    except UnitError:
        return None, None
    field = schema.FIELDS[column]
    same = any(units.dimension(own) == units.dimension(unit) for own in (field.unit or "dimensionless", *field.also))
    return (column, unit) if same else (None, None)


_SCALES = {"k": 1e3, "thousand": 1e3, "thousands": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "millions": 1e6, "b": 1e9,
           "bn": 1e9, "billion": 1e9, "billions": 1e9, "t": 1e12, "tn": 1e12, "trillion": 1e12, "trillions": 1e12}


def _counted(header: str) -> tuple[str | None, float]:
    """The column of a header such as `Parameters (B)` or `Tokens [billion]`, and what its numbers are counted in."""
    match = _IN_BRACKETS.match(header)
    column = schema.column(match["name"]) if match else None
    scale = magnitude(match["unit"], column) if match and column else None
    return (column, scale) if scale is not None else (None, 1.0)


def magnitude(text: str, column: str) -> float | None:
    """What 'B', 'billions' or 'billion tokens' counts in, in a column of counts; None where it is no such word."""
    word, _, noun = text.strip().lower().partition(" ")
    own = (schema.FIELDS[column].unit or "").partition("/")[0]
    if own not in ("parameter", "token", "example", "word", "step") or word not in _SCALES:
        return None
    return _SCALES[word] if noun.rstrip("s") in ("", own, own[:5]) else None


def read(path: Path, headers: Iterable[str]) -> ColumnMap:
    """The map in a YAML file, over the headers' own names; InputError says what in it is wrong."""
    try:
        root = load(path.read_text("utf-8"))
    except YamlError as error:
        raise InputError([Problem(str(path), error.line, "", error.what, error.expected)]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Problem(str(path), 0, "", f"cannot be read: {error}", "a column map")]) from None
    entries = plain(root) if root is not None else {}
    if not isinstance(entries, dict):
        raise InputError([Problem(str(path), 1, "", "this is no map", "'column: header' lines")])
    return of_mapping(entries, list(headers), str(path))


def of_mapping(entries: Mapping[str, Any], headers: list[str], name: str) -> ColumnMap:
    """A map given as schema column -> header, or -> {column, unit, constant}; null leaves a column out."""
    base = named(headers)
    columns, architecture, problems = dict(base.columns), dict(base.architecture), []
    for key, entry in entries.items():
        if key.startswith("architecture."):
            architecture[key.partition(".")[2]] = str(entry)
            continue
        column = schema.column(key)
        if column is None or column not in schema.INPUTS:
            problems.append(Problem(name, 0, key, f"no column is called '{key}'", did_you_mean(key, schema.INPUTS)))
            continue
        try:
            source = _source(column, entry)
        except ValueError as error:
            problems.append(Problem(name, 0, key, str(error), "a header, or {column: HEADER, unit: UNIT}"))
            continue
        if source is None:
            columns.pop(column, None)
        elif source.header and source.header not in headers:
            problems.append(Problem(name, 0, key, f"the table has no column '{source.header}'",
                                    did_you_mean(source.header, headers)))
        else:
            columns[column] = source
    if problems:
        raise InputError(problems)
    return ColumnMap(columns, architecture)


def _source(column: str, entry: Any) -> Source | None:
    if entry is None:
        return None
    if not isinstance(entry, Mapping):
        return Source(str(entry))
    unknown = set(entry) - {"column", "unit", "constant"}
    if unknown:
        raise ValueError(f"'{min(unknown)}' is none of column, unit, constant")
    unit = entry.get("unit")
    scale = magnitude(str(unit), column) if unit is not None else None
    if scale is not None:
        return Source(str(entry.get("column", "")), None, str(entry.get("constant", "")), scale)
    if unit is not None and not schema.FIELDS[column].numeric:
        raise ValueError(f"{column} is no number and has no unit")
    return Source(str(entry.get("column", "")), units.canonical(str(unit)) if unit is not None else None,
                  str(entry.get("constant", "")))
