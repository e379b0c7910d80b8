"""The database's tables as files: CSV, Parquet, SQLite or JSON, with a Frictionless data package."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from computeest.hardware.table import Column, Table
from computeest.text import listing
from computeest.text.files import OutputError, write_whole

DATABASE: Final = "hardware.sqlite"
_SQL: Final = {"string": "TEXT", "date": "DATE", "number": "REAL", "integer": "INTEGER", "boolean": "BOOLEAN"}


def export(tables: Sequence[Table], folder: Path, form: str, version: str) -> list[Path]:
    """The files written: the tables in one form, and datapackage.json, which says what their columns mean."""
    return write({**dict(FORMS[form](tables)), "datapackage.json": _text(package(tables, form, version))}, folder)


def write(contents: Mapping[str, str | bytes], folder: Path) -> list[Path]:
    """The files written into the folder, which is made if it is not there, as are folders in it."""
    paths = {folder / name: content for name, content in contents.items()}
    for place in dict.fromkeys([folder, *(path.parent for path in paths)]):
        try:
            place.mkdir(exist_ok=True)
        except OSError as error:
            raise OutputError(f"{place}: cannot be made: {(error.strerror or str(error)).lower()}") from None
    for path, content in paths.items():
        write_whole(path, content)
    return list(paths)


def package(tables: Sequence[Table], form: str, version: str) -> dict[str, Any]:
    """The Frictionless data package of the tables in that form."""
    return {
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json", "name": "computeest-hardware",
        "title": "Chips: peaks by number format, memory, power and dates, each with its source",
        "version": version, "licenses": [{"name": "Apache-2.0"}],
        "resources": [_resource(table, form) for table in tables],
    }


def _resource(table: Table, form: str) -> dict[str, Any]:
    if form == "sqlite":
        dialect = {"sql": {"table": table.name}}
        where: dict[str, Any] = {"path": f"sqlite:///{DATABASE}", "format": "sql", "dialect": dialect}
    else:
        where = {"path": f"{table.name}.{form}", "format": form, "encoding": "utf-8"}
    return {"name": table.name.replace("_", "-"), "type": "table", "title": table.title, **where,
            "schema": _schema(table, form)}


def _schema(table: Table, form: str) -> dict[str, Any]:
    fields = [{"name": column.name, "type": _kind(table, column, form), "description": column.means}
              for column in table.columns]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = [table.key]
    if table.refers:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": other.replace("_", "-"), "fields": ["id"]}}
            for column, other in table.refers]
    return schema


def _kind(table: Table, column: Column, form: str) -> str:
    """What a column holds in that form: readers of Parquet, Frictionless too, make floats of integers with gaps."""
    gaps = form == "parquet" and column.kind == "integer" and any(row[column.name] is None for row in table.rows)
    return "number" if gaps else column.kind


def _csv(tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    for table in tables:
        yield f"{table.name}.csv", listing.as_csv([column.name for column in table.columns], table.rows)


def _json(tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    for table in tables:
        names = [column.name for column in table.columns]
        yield f"{table.name}.json", _text([{name: row[name] for name in names} for row in table.rows])


def _parquet(tables: Sequence[Table]) -> Iterator[tuple[str, bytes]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"string": pa.string(), "date": pa.date32(), "number": pa.float64(), "integer": pa.int64(),
             "boolean": pa.bool_()}
    for table in tables:
        arrays = {column.name: pa.array([row[column.name] for row in table.rows], pa.string()).cast(pa.date32())
                  if column.kind == "date" else pa.array([row[column.name] for row in table.rows],
                                                                 kinds[_kind(table, column, "parquet")])
                  for column in table.columns}
        written = io.BytesIO()
        pq.write_table(pa.table(arrays), written)
        yield f"{table.name}.parquet", written.getvalue()


def _sqlite(tables: Sequence[Table]) -> Iterator[tuple[str, bytes]]:
    """One database whose tables know their keys."""
    with closing(sqlite3.connect(":memory:")) as database:
        for table in tables:
            database.execute(_create(table))
        for table in tables:
            names = [column.name for column in table.columns]
            marks = ", ".join("?" * len(names))
            database.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})',  # noqa: S608  # a name of ours
                                 ([row[name] for name in names] for row in table.rows))
        database.commit()
        yield DATABASE, database.serialize()


def _create(table: Table) -> str:
    lines = [f'"{column.name}" {_SQL[column.kind]}' + (" PRIMARY KEY" if column.name == table.key else "")
             for column in table.columns]
    lines += [f'FOREIGN KEY ("{column}") REFERENCES "{other}" ("id")' for column, other in table.refers]
    return f'CREATE TABLE "{table.name}" ({", ".join(lines)})'


def _text(document: Any) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


#: The files of each form, by name.
FORMS: Final[Mapping[str, Callable[[Sequence[Table]], Iterator[tuple[str, str | bytes]]]]] = {
    "csv": _csv, "parquet": _parquet, "sqlite": _sqlite, "json": _json,
}
