"""What is written: each format's pieces, and how they become one file."""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from computeest.files import OutputError
from computeest.io import csvtext, database, workbook
from computeest.io.source import CHUNK
from computeest.io.streams import compressed
from computeest.problems import UsageError
from computeest.schema import SCHEMA_VERSION
from computeest.suggest import did_you_mean

if TYPE_CHECKING:
    import pyarrow as pa

    from computeest.io.annotator import Annotated

SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet",
            ".pq": "parquet", ".xlsx": "xlsx", ".db": "sqlite", ".sqlite": "sqlite", ".sqlite3": "sqlite"}
NAMES = tuple(dict.fromkeys(SUFFIXES.values()))


class Assembly(Protocol):
    """A file that grows by pieces."""

    def add(self, content: bytes) -> None:
        """Put the next piece in."""

    def finish(self) -> None:
        """Make the file whole."""

    def abandon(self) -> None:
        """Let go of a file that will not be whole."""


class Format(Protocol):
    """A format that records are written in."""

    @property
    def joined(self) -> bool:
        """Whether the pieces, one after the other, are the file."""

    def first(self, empty: Annotated) -> bytes:
        """What stands before the first piece."""

    def encoded(self, annotated: Annotated, number: int) -> bytes:
        """A piece."""

    def assembly(self, path: Path, empty: Annotated) -> Assembly:
        """The file that pieces are put into, where they are not just joined."""


def of_name(name: str, wanted: str = "") -> Format:
    """The format that a file's name or the user says."""
    from computeest.io.streams import plain_suffix

    suffix, compression = plain_suffix(name)
    if wanted in ("", "parquet") and (name.endswith("/") or ("://" in name and suffix != ".parquet")):
        return Dataset(name)
    form = wanted or SUFFIXES.get(suffix, "csv" if name == "-" else "")
    if form not in NAMES:
        close = did_you_mean(form, NAMES) if form else ""
        raise UsageError((f"no format is called '{form}'" if form else f"'{name}' does not say its format")
                         + f"; {close or 'there are ' + ', '.join(NAMES)}")
    if form in ("csv", "tsv", "jsonl"):
        return Text(form, compression)
    if compression:
        raise UsageError(f"{form} is not written compressed: leave out '{compression}'")
    if name == "-":
        raise UsageError(f"{form} cannot be written to standard output: name a file with -o")
    binary: dict[str, Format] = {"parquet": ParquetForm(), "xlsx": XlsxForm(), "sqlite": SqliteForm()}
    return binary[form]


@dataclass(frozen=True, slots=True)
class Text:
    """Comma- or tab-separated text, or JSON Lines; compressed piece by piece."""

    form: str
    compression: str = ""
    joined: bool = True

    def first(self, empty: Annotated) -> bytes:
        """The header."""
        header = b"" if self.form == "jsonl" else csvtext.header(empty.table.column_names, self._delimiter)
        return compressed(header, self.compression) if header else b""

    def encoded(self, annotated: Annotated, number: int) -> bytes:
        """The rows, a line each."""
        if self.form == "jsonl":
            text = "".join(f"{json.dumps(row, ensure_ascii=False, default=str)}\n" for row in _objects(annotated.table))
            return compressed(text.encode("utf-8", "replace"), self.compression)
        return compressed(csvtext.lines(annotated.table, self._delimiter), self.compression)

    @property
    def _delimiter(self) -> str:
        return "\t" if self.form == "tsv" else ","

    def assembly(self, path: Path, empty: Annotated) -> Assembly:
        """None is needed."""
        raise UsageError(f"{self.form} is joined, not assembled")


def _objects(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Rows as JSON has them: no NaN."""
    for row in table.to_pylist():
        yield {name: None if isinstance(value, float) and (value != value or value in (float("inf"), -float("inf")))
               else value for name, value in row.items()}


def stream(*tables: pa.Table) -> bytes:
    """Tables as bytes, one after the other."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    for table in tables:
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table.unify_dictionaries().combine_chunks())
    return bytes(sink.getvalue())


def tables(content: bytes) -> list[pa.Table]:
    """The tables in a piece."""
    import pyarrow as pa

    reader = pa.BufferReader(content)
    found = []
    while reader.tell() < len(content):
        with pa.ipc.open_stream(reader) as piece:
            found.append(piece.read_all())
    return found


@dataclass(frozen=True, slots=True)
class ParquetForm:
    """One Parquet file, a row group for each piece."""

    joined: bool = False

    def first(self, empty: Annotated) -> bytes:
        """Nothing."""
        return b""

    def encoded(self, annotated: Annotated, number: int) -> bytes:
        """The rows in Arrow's form."""
        return stream(annotated.table)

    def assembly(self, path: Path, empty: Annotated) -> Assembly:
        """The file, written as pieces come."""
        return ParquetFile(path, empty.table)


class ParquetFile:
    """A Parquet file; texts of few kinds stay so on disk, and are texts to who reads them."""

    def __init__(self, path: Path, empty: pa.Table) -> None:
        self._path = path
        self._empty = empty
        self._writer: Any = None
        self._schema: Any = None

    def add(self, content: bytes) -> None:
        """Put a piece in as a row group."""
        self.put(tables(content)[0])

    def put(self, table: pa.Table) -> None:
        """Put rows in as a row group."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._writer is None:
            self._schema = table.schema.remove_metadata()
            self._writer = pq.ParquetWriter(self._path, self._schema, compression="zstd", compression_level=1,
                                            store_schema=False, use_dictionary=_few_kinds(self._schema),
                                            write_statistics=_numbers(self._schema))
            shown = [field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field
                     for field in self._schema]
            version = {"schema_version": str(SCHEMA_VERSION)}
            encoded = base64.b64encode(pa.schema(shown, metadata=version).serialize().to_pybytes()).decode()
            self._writer.add_key_value_metadata({"ARROW:schema": encoded, **version})
        self._writer.write_table(table.cast(self._schema), row_group_size=max(CHUNK, table.num_rows))

    def finish(self) -> None:
        """Write the footer."""
        if self._writer is None:
            self.put(self._empty)
        self._writer.close()

    def abandon(self) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()


def _few_kinds(schema: pa.Schema) -> list[str]:
    import pyarrow as pa

    return [field.name for field in schema if pa.types.is_dictionary(field.type)]


def _numbers(schema: pa.Schema) -> list[str]:
    """Columns worth the cost of a smallest and a largest value: those of texts help nobody."""
    import pyarrow as pa

    return [field.name for field in schema if pa.types.is_floating(field.type) or pa.types.is_integer(field.type)]


@dataclass(frozen=True, slots=True)
class XlsxForm:
    """One workbook with one sheet."""

    joined: bool = False

    def first(self, empty: Annotated) -> bytes:
        """Nothing."""
        return b""

    def encoded(self, annotated: Annotated, number: int) -> bytes:
        """The rows in Arrow's form."""
        return stream(annotated.table)

    def assembly(self, path: Path, empty: Annotated) -> Assembly:
        """The workbook, written at the end."""
        return _Gathered(path, empty)


class _Gathered:
    """Pieces kept until the end."""

    def __init__(self, path: Path, empty: Annotated) -> None:
        self._path = path
        self._columns = empty.table.column_names
        self._pieces: list[bytes] = []
        self._rows = 0

    def add(self, content: bytes) -> None:
        """Keep a piece; more rows than a sheet holds are refused at once."""
        self._rows += tables(content)[0].num_rows
        workbook.check_rows(self._path, self._rows)
        self._pieces.append(content)

    def finish(self) -> None:
        """Write the workbook."""
        workbook.write(self._path, self._columns, self._cells())

    def _cells(self) -> Iterable[list[Any]]:
        for piece in self._pieces:
            table = tables(piece)[0]
            for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
                yield [workbook.number_or_text(cell) for cell in row]

    def abandon(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class SqliteForm:
    """One SQLite database: records, estimates, checks, problems."""

    joined: bool = False

    def first(self, empty: Annotated) -> bytes:
        """Nothing."""
        return b""

    def encoded(self, annotated: Annotated, number: int) -> bytes:
        """The four tables in Arrow's form."""
        return stream(annotated.table, *database.parts(annotated))

    def assembly(self, path: Path, empty: Annotated) -> Assembly:
        """The database, filled as pieces come."""
        return database.Database(path, empty.table)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A directory or URL of Parquet files, each written by the process that estimates it."""

    out: str
    folder: str = ""
    joined: bool = True

    def at(self, folder: Path) -> Dataset:
        """The same, written to a work directory first where it is on this machine."""
        return self if "://" in self.out else Dataset(self.out, str(folder / "dataset"))

    def first(self, empty: Annotated) -> bytes:
        """Nothing, but an empty directory to write to."""
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            Path(self.folder).mkdir()
        return b""

    def encoded(self, annotated: Annotated, number: int) -> bytes:
        """Nothing: the rows are a file of the dataset, which appears whole."""
        from computeest.io.parquet import filesystem

        with tempfile.TemporaryDirectory(prefix="computeest-") as folder:
            draft = Path(folder) / "part.parquet"
            file = ParquetFile(draft, annotated.table)
            file.finish()
            system, path = filesystem(self.folder or self.out.rstrip("/"))
            name = f"{path.rstrip('/')}/part-{number:06d}.parquet"
            if "://" in self.out:
                with draft.open("rb") as source, system.open_output_stream(name) as target:
                    shutil.copyfileobj(source, target, 1 << 20)
            else:
                shutil.copyfile(draft, f"{name}.draft")
                Path(f"{name}.draft").replace(name)
        return b""

    def assembly(self, path: Path, empty: Annotated) -> Assembly:
        """None is needed."""
        raise UsageError("a dataset is written file by file")

    def publish(self, out: Path | None) -> None:
        """Put the finished directory where it belongs."""
        if out is None or not self.folder:
            return
        if out.is_dir() and any(out.iterdir()):
            raise OutputError(f"{out}: the directory is not empty")
        if out.is_dir():
            out.rmdir()
        Path(self.folder).replace(out)
