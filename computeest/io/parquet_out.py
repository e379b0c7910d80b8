"""Records as Parquet: one file, or a directory of files that each process writes its own of."""

from __future__ import annotations

import base64
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest.files import OutputError
from computeest.io.ipc import stream, tables
from computeest.io.source import CHUNK
from computeest.problems import UsageError
from computeest.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    import pyarrow as pa

    from computeest.io.annotator import Annotated
    from computeest.io.formats import Assembly


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
