"""The work directory beside an output: what is done already, so that a crash loses nothing."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from computeest.tables.annotator import Done
from computeest.tables.summary import Summary
from computeest.text.files import OutputError

_MANIFEST, _PIECES, _LOG, _LOCK = "manifest.json", "pieces", "log.jsonl", "lock"
_BLOCK = 1 << 20
#: What other processes leave here, and what of it was taken, which the same process writes again.
_PARTS, _TAKEN = "part-*", "part-taken-"


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece that is done: where it ends among the pieces, and what became of its rows."""

    number: int
    end: int
    summary: Summary


class Place:
    """A work directory that this process alone writes to."""

    def __init__(self, folder: Path, lock: IO[str] | None = None) -> None:
        self.folder, self._lock = folder, lock
        self._pieces: IO[bytes] | None = None
        self._log: IO[str] | None = None

    def begin(self, manifest: Mapping[str, str], first: bytes) -> None:
        """Start with nothing done."""
        for path in (*(self.folder / name for name in (_PIECES, _LOG, _MANIFEST)), *self.folder.glob(_PARTS)):
            path.unlink(missing_ok=True)
        self._open("wb")
        self._write(first)
        (self.folder / "manifest.draft").write_text(json.dumps({**manifest, "first": str(len(first))}), "utf-8")
        (self.folder / "manifest.draft").replace(self.folder / _MANIFEST)

    def manifest(self) -> dict[str, str] | None:
        """What the work was begun with; None where none was."""
        try:
            found = json.loads((self.folder / _MANIFEST).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def go_on(self) -> list[Entry]:
        """What is done already; a piece that was being written when the work stopped is not."""
        begun = self.manifest() or {}
        entries: list[Entry] = []
        end = int(begun.get("first", "0"))
        size = (self.folder / _PIECES).stat().st_size
        log = self.folder / _LOG
        for line in log.read_text("utf-8").splitlines() if log.exists() else ():
            try:
                found = json.loads(line)
                entry = Entry(found["number"], found["end"], Summary.of_dict(found["summary"]))
            except (ValueError, KeyError, TypeError):
                break
            if entry.number != len(entries) or entry.end > size:
                break
            entries.append(entry)
            end = entry.end
        with (self.folder / _PIECES).open("r+b") as pieces:
            pieces.truncate(end)
        log.write_text("".join(_line(entry) for entry in entries), "utf-8")
        self._open("ab")
        return entries

    def _open(self, mode: str) -> None:
        self._pieces = (self.folder / _PIECES).open(mode, buffering=0)
        self._log = (self.folder / _LOG).open("a", encoding="utf-8", buffering=1)

    def _write(self, content: bytes) -> None:
        view = memoryview(content)
        while len(view) and self._pieces is not None:
            view = view[self._pieces.write(view):]

    def add(self, done: Done) -> None:
        """A piece is done: its content first, then the line that says so."""
        if self._pieces is None or self._log is None:
            raise OutputError(f"{self.folder}: the work has not begun")
        if done.part is not None:
            with done.part.open("rb") as part:
                while block := part.read(_BLOCK):
                    self._write(block)
        else:
            for block in done.blocks():
                self._write(block)
        self._log.write(_line(Entry(done.number, self._pieces.tell(), done.summary)))
        if done.part is not None:
            _taken(done.part)

    def contents(self, entries: list[Entry]) -> Iterator[bytes]:
        """The pieces that are done, in order."""
        start = int((self.manifest() or {}).get("first", "0"))
        with (self.folder / _PIECES).open("rb") as pieces:
            pieces.seek(start)
            for entry in entries:
                yield pieces.read(entry.end - start)
                start = entry.end

    @property
    def joined(self) -> Path:
        """The file of all pieces."""
        return self.folder / _PIECES

    def close(self) -> None:
        """Close the files; what is done stays."""
        for file in (self._pieces, self._log):
            if file is not None:
                file.close()
        self._pieces = self._log = None

    def forget(self) -> None:
        """Let go of it in a copy of this process: its lock would be held until the copy ends, too."""
        self.close()
        if self._lock is not None:
            self._lock.close()

    def remove(self) -> None:
        """The work is finished."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def left(folder: Path, done: Done) -> Done:
    """The same, with its content in a file for the process whose work directory this is.

    A file whose content was taken is written again: with a new one for each piece, two processes that write CSV took a
    sixth more of the system's time, which clears and counts each page.
    """
    path = folder / f"part-{done.number}-{os.getpid()}"
    if (again := next(folder.glob(f"{_TAKEN}*-{os.getpid()}"), None)) is not None:
        again.replace(path)
    path.touch()
    with path.open("r+b") as file:
        file.writelines(done.blocks())
        file.truncate()
    return replace(done, content=b"", part=path)


def here(done: Done) -> Done:
    """The same, with its content in memory."""
    if done.part is None:
        return done
    content = done.part.read_bytes()
    _taken(done.part)
    return replace(done, content=content, part=None)


def _taken(part: Path) -> None:
    part.replace(part.with_name(_TAKEN + part.name.removeprefix("part-")))


def _line(entry: Entry) -> str:
    return json.dumps({"number": entry.number, "end": entry.end, "summary": entry.summary.to_dict()}) + "\n"


@contextlib.contextmanager
def opened(out: Path | None) -> Iterator[Place]:
    """The work directory of an output (or a temporary one); OutputError where another process is at it."""
    if out is None:
        with tempfile.TemporaryDirectory(prefix="computeest-") as temporary:
            place = Place(Path(temporary))
            try:
                yield place
            finally:
                place.close()
        return
    folder = out.parent / f".{out.name}.annotate"
    try:
        folder.mkdir(exist_ok=True)
        lock = (folder / _LOCK).open("a+", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{out}: cannot be written: {(error.strerror or str(error)).lower()}") from None
    with lock:
        _take(lock, out)
        place = Place(folder, lock)
        try:
            yield place
        finally:
            place.close()
            if folder.exists() and not (folder / _MANIFEST).exists():
                shutil.rmtree(folder, ignore_errors=True)  # nothing to go on with


def _take(lock: IO[str], out: Path) -> None:
    """Hold the lock until this process ends, however it ends."""
    try:
        import fcntl
    except ImportError:  # where there are no such locks, the user sees to it that one process writes one output
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        raise OutputError(f"{out}: another process ({lock.read().strip() or 'unknown'}) is writing it") from None
    lock.seek(0)
    lock.truncate()
    lock.write(f"process {os.getpid()}")
    lock.flush()


def same(begun: Mapping[str, str], manifest: Mapping[str, Any]) -> str:
    """Which part of what the work was begun with is another now; empty where none is."""
    return next((key for key, value in manifest.items() if begun.get(key) != value), "")
