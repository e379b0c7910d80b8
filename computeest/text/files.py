"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextvars import ContextVar
from pathlib import Path

#: Whether facts may name files of this machine, such as a config.json; those that strangers send to a server may not.
MAY_BE_NAMED: ContextVar[bool] = ContextVar("may_be_named", default=True)


class OutputError(ValueError):
    """An output that cannot be written: where, and why."""


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file that appears whole or not at all; text as UTF-8."""
    raw = content.encode("utf-8") if isinstance(content, str) else content
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(raw)  # a device or a pipe takes what comes and must not be replaced
            return
        target = path.resolve()  # a link goes on leading where it leads
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
