"""Files that appear whole or not at all, and files of strangers read up to a limit."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterable
from contextvars import ContextVar
from pathlib import Path
from typing import TextIO

#: Whether facts may name files of this machine, such as a config.json; those that strangers send to a server may not.
MAY_BE_NAMED: ContextVar[bool] = ContextVar("may_be_named", default=True)

#: What the names of tables end in, and their formats.
TABLES = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".parquet": "parquet", ".pq": "parquet",
          ".jsonl": "jsonl", ".ndjson": "jsonl"}
#: What the names of documents end in.
DOCUMENTS = (".pdf", ".md", ".markdown", ".rst", ".txt", ".html", ".htm", ".xhtml", ".tex")


class OutputError(ValueError):
    """An output that cannot be written: where, and why."""


class NoPlainFileError(OSError):
    """What a path names is a device, a pipe or a directory, and not a file with an end."""

    def __init__(self) -> None:
        super().__init__(None, "this is no regular file")


def file_bytes(path: Path | str, most: int) -> bytes:
    """The bytes of a regular file, at most `most` and one more; OSError for a pipe or a device, which may not end."""
    # opened without waiting: a pipe that nobody writes to would keep us for ever
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError as error:  # a name that no file can have
        raise OSError(None, str(error)) from None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NoPlainFileError
        return file.read(most + 1)


_HANDED_OVER = re.compile(r"/dev/stdin|/(?:dev|proc/self)/fd/[0-9]+")


def handed_over(path: Path | str) -> bool:
    """Whether a path is a stream that the shell handed over under a number, as `<(zcat x.gz)` does: it is read once."""
    if not _HANDED_OVER.fullmatch(str(path)):
        return False
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISDIR(mode) or stat.S_ISBLK(mode))


def given_bytes(path: Path | str, most: int) -> bytes:
    """The bytes, at most `most` and one more, of a regular file, or of a stream that the shell handed over."""
    if not handed_over(path):
        return file_bytes(path, most)
    with open(path, "rb") as file:  # noqa: PTH123  a path of the system, not one of a person
        return file.read(most + 1)


#: Where data goes while a command runs: plugins may print, and what they print is no data.
_kept: TextIO | None = None


def keep_standard_output(stream: TextIO | None) -> None:
    """From here on data goes to this stream, whatever `sys.stdout` is meanwhile; None: to `sys.stdout` again."""
    global _kept
    _kept = stream


def standard_output() -> TextIO:
    """The stream for data."""
    return sys.stdout if _kept is None else _kept


def visible(text: str) -> str:
    """A text for people, without what would steer a terminal or turn its lines about: a question mark in its place."""
    return _NOT_PLAIN.sub(_visible, text)


_NOT_PLAIN = re.compile(r"[^ -~\n\t]+")


def _visible(found: re.Match[str]) -> str:
    return "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in found[0])


_IN_JSON = re.compile(r"[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def escaped(json: str) -> str:
    """JSON that says the same, with what would steer a terminal or turn its lines about as escapes."""
    return json if json.isascii() else _IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


def steers(text: str) -> bool:
    """Whether a text holds what would steer a terminal or turn its lines about."""
    return not text.isascii() and _IN_JSON.search(text) is not None


def refuse_inputs(output: Path | str, inputs: Iterable[Path | str]) -> None:
    """OutputError where the output is one of the inputs, under whatever name: it would be gone."""
    for one in inputs:
        try:
            same = not handed_over(one) and Path(one).is_file() and Path(one).samefile(output)
        except (OSError, ValueError):  # there is no output yet, or no file can have the name
            continue
        if same:
            raise OutputError(f"{output}: this is the input {one}, which would be overwritten: write to another file")


def encoded(text: str) -> bytes:
    """Text as UTF-8; half a character, as names of files may hold, as JSON and Python escape it."""
    return text.encode("utf-8", "backslashreplace")


def resolved(path: Path) -> Path:
    """The path without links; OutputError where they lead in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise OutputError(f"{path}: cannot be written: {str(error).lower()}") from None


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file that appears whole or not at all; text as UTF-8."""
    raw = encoded(content) if isinstance(content, str) else content
    import tempfile  # 5 ms, and most commands write no file

    try:
        if path.exists() and not path.is_file():
            path.write_bytes(raw)  # a device or a pipe takes what comes and must not be replaced
            return
        target = resolved(path)  # a link goes on leading where it leads
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
            # mkstemp makes private files; this one is as public as any other the user writes
            Path(temporary).chmod(0o666 & ~_umask())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
