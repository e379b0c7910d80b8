"""Which column of a table means which column of the schema, in which unit: the column map."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from computeest import schema
from computeest.problems import InputError, Problem
from computeest.problems import facts as wrong
from computeest.schema import header_words
from computeest.schema.column_map import ColumnMap, Source
from computeest.schema.header_words import Said
from computeest.text import dates, units
from computeest.text.files import given_bytes
from computeest.text.suggest import did_you_mean
from computeest.text.yaml_nodes import LARGEST, YamlError, load, plain

#: Columns that a header alone does not mean: a table's roles are mostly people's, or say what a trained model was later
#: used as. A column map says where they are runs'.
_ONLY_MAPPED = frozenset(("role",))


#: The end of the first of two columns, by that of the second: 'tokens_a' beside 'tokens_b'.
_SECOND = {"_b": "a", "_B": "A"}


def named(headers: Iterable[str], decided: Iterable[str] = ()) -> ColumnMap:
    """The map of headers that are the schema's names or aliases, with a unit in brackets where one is said.

    Columns that are `decided` elsewhere are left out.
    """
    columns: dict[str, Source] = {}
    architecture: dict[str, str] = {}
    headers = list(headers)
    # beside `flop_low`, `flop` is what an earlier run estimated, not what the authors state; so is `energy_mwh`
    ours = {name for name in ("flop", "energy_mwh") if f"{name}_low" in headers}
    for header in headers:
        if header in ours:
            continue
        if header.startswith("architecture."):
            architecture[header.partition(".")[2]] = header
            continue
        said = own_name(header)
        if said is None or said.column in decided or said.column in _ONLY_MAPPED:
            continue
        if header[-2:] in _SECOND and f"{header[:-1]}{_SECOND[header[-2:]]}" in headers:
            continue  # the second of two models that are compared, and no billions
        if said.column in columns:
            raise InputError([Problem("", 0, header, wrong.HEADERS_MEAN_ONE_COLUMN(
                first=columns[said.column].header, second=header, column=said.column))])
        columns[said.column] = source_of(header, said)
    return ColumnMap(columns, architecture)


def own_name(header: str) -> Said | None:
    """What a header says that is a column's name or alias, with or without qualifiers; None for all others."""
    said = header_words.read(header)
    return said if said is not None and not said.words else None


def source_of(header: str, said: Said) -> Source:
    """The source that a header is."""
    return Source(header, said.unit, scale=said.scale, order=said.order or by_column(said.column))


def by_column(column: str) -> str:
    """What says the order of a column's dates where nothing else does."""
    return dates.BY_COLUMN if schema.FIELDS[column].kind == "date" else ""


def units_below(columns: ColumnMap, cells: Mapping[str, Any]) -> dict[str, str]:
    """What a row right below its headers says of their units, by header: 'B' of '(B)' below 'Parameters'.

    Nothing where any of its numbers' cells holds a number, as a model's row does, or where the headers say the same.
    """
    found: dict[str, str] = {}
    for column, source in columns.columns.items():
        field, text = schema.FIELDS[column], cells.get(source.header)
        if not field.numeric or text is None or (isinstance(text, str) and not text.strip()):
            continue
        if not isinstance(text, str) or len(text) > header_words.LONGEST or any(map(str.isdigit, text)):
            return {}
        for bare in (*header_words.brackets_of(text), text):
            told = header_words.qualified(Said(column), bare.strip())
            if told is not None and told.column == column and not math.isclose(
                    _counts_in(column, told.unit, told.scale), _counts_in(column, source.unit, source.scale)):
                found.setdefault(source.header, bare.strip())
    return found


def _counts_in(column: str, unit: str | None, scale: float) -> float:
    """What a bare number is of a column's own unit."""
    own = schema.FIELDS[column]
    same = (one for one in (own.unit or "dimensionless", *own.also)
            if unit and units.dimension(one) == units.dimension(unit))
    return scale * (units.factor(unit, next(same, unit)) if unit else 1.0)


def meaning(header: str) -> tuple[str | None, str | None]:
    """The schema column that a header means, and the unit that it says; nothing where it counts in thousands."""
    said = own_name(header)
    return (said.column, said.unit) if said is not None and said.scale == 1.0 else (None, None)


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else "this is not text in UTF-8"


def read(path: Path, headers: Iterable[str], base: ColumnMap | None = None) -> ColumnMap:
    """The map in a YAML file, over the headers' own names or a layout's; InputError says what in it is wrong."""
    try:
        root = load(given_bytes(path, 4 * LARGEST).decode("utf-8"))
    except YamlError as error:
        raise InputError([Problem(str(path), error.line, "", error.fault)]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Problem(str(path), 0, "", wrong.COLUMN_MAP_UNREADABLE(error=_reason(error)))]) from None
    entries = plain(root) if root is not None else {}
    if not isinstance(entries, dict):
        raise InputError([Problem(str(path), 1, "", wrong.COLUMN_MAP_NOT_A_MAPPING())])
    return of_mapping(entries, list(headers), str(path), base)


def of_mapping(entries: Mapping[str, Any] | Path | str, headers: list[str], name: str,
               base: ColumnMap | None = None) -> ColumnMap:
    """A map given as schema column -> header, or -> {column, unit, constant}, or its file; null leaves a column out."""
    if isinstance(entries, (str, Path)):
        return read(Path(entries), headers, base)
    given = {column for key in entries if (column := schema.column(key)) is not None}
    base = base if base is not None else named(headers, given)
    columns, architecture, problems = dict(base.columns), dict(base.architecture), []
    for key, entry in entries.items():
        if key.startswith("architecture."):
            architecture[key.partition(".")[2]] = str(entry)
            continue
        column = schema.column(key)
        if column is None or column not in schema.INPUTS:
            problems.append(Problem(name, 0, key,
                                    wrong.MAPPED_COLUMN_UNKNOWN(key=key, near=did_you_mean(key, schema.INPUTS))))
            continue
        try:
            source = _source(column, entry)
        except ValueError as error:
            problems.append(Problem(name, 0, key, wrong.MAPPED_HEADER_REFUSED(error=str(error))))
            continue
        if source is None:
            columns.pop(column, None)
        elif source.header and source.header not in headers:
            near = did_you_mean(source.header, headers)
            problems.append(Problem(name, 0, key, wrong.MAPPED_HEADER_MISSING(header=source.header, near=near)))
        else:
            columns[column] = source
    if problems:
        raise InputError(problems)
    return ColumnMap(columns, architecture)


_KEYS = ("column", "unit", "constant", "order")


def _source(column: str, entry: Any) -> Source | None:
    if entry is None:
        return None
    if not isinstance(entry, Mapping):
        return Source(str(entry), order=by_column(column))
    unknown = set(entry) - set(_KEYS)
    if unknown:
        raise ValueError(f"'{min(unknown)}' is none of {', '.join(_KEYS)}")
    found = Source(str(entry.get("column", "")), None, str(entry.get("constant", "")), order=by_column(column))
    if (order := entry.get("order")) is not None:
        if schema.FIELDS[column].kind != "date" or order not in dates.ORDERS:
            raise ValueError(f"'{order}' is no order of {column}; dates have {' or '.join(dates.ORDERS)}")
        found = replace(found, order=order)
    unit = entry.get("unit")
    if unit is None:
        return found
    if not schema.FIELDS[column].numeric:
        raise ValueError(f"{column} is no number and has no unit")
    said = header_words.qualified(Said(column), str(unit))
    if said is None or said.column != column:
        units.factor(units.canonical(str(unit)), schema.FIELDS[column].unit or "dimensionless")
        raise ValueError(f"'{unit}' is no unit of {column}")
    return replace(found, unit=said.unit, scale=said.scale)
