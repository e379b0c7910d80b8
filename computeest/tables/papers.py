"""A glob of paper.yaml files: a row for each paper."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from computeest.problems import files as wrong
from computeest.tables.source import Piece, Rows, file_fingerprint
from computeest.tables.streams import unreadable


@dataclass(frozen=True)
class Papers:
    """The paper.yaml files that a pattern matches, by name."""

    pattern: str

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.pattern

    @property
    def columns(self) -> tuple[str, ...]:
        """One: which file a row is from."""
        return ("file",)

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files."""
        matching = glob.glob(self.pattern, recursive=True)  # noqa: PTH207  patterns may be absolute
        found = tuple(sorted(path for path in matching if path.endswith((".yaml", ".yml"))))
        if not found:
            raise unreadable(self.pattern, wrong.NO_PAPER_MATCHES())
        return found

    def fingerprint(self) -> str:
        """Tells apart inputs that differ."""
        return hashlib.blake2b("\0".join(f"{path} {_fingerprint(Path(path))}" for path in self.files).encode(
            "utf-8", "surrogateescape"), digest_size=16).hexdigest()

    def pieces(self) -> Iterator[Piece]:
        """All of them together, so that papers find the papers they start from."""
        yield Piece(0, self.files, 1.0)

    def read(self, piece: Piece, columns: tuple[str, ...] | None = None) -> Rows:
        """The names of the files."""
        import pyarrow as pa

        # names of files may hold bytes that are no text
        shown = [str(file).encode("utf-8", "backslashreplace").decode() for file in piece.content]
        return Rows(pa.table({"file": pa.array(shown, pa.string())}))


def _fingerprint(path: Path) -> str:
    """A file's fingerprint; nothing of one that cannot be read, which is a problem of its row."""
    try:
        return file_fingerprint(path) if path.is_file() else ""
    except OSError:
        return ""
