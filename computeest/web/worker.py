"""A worker of the web application: a process that answers one request at a time, and can be ended at any.

It reads frames from standard input and writes frames to standard output: four bytes of length, then JSON
`{task, query, text}`, or two bytes of HTTP's status and the answer. It opens no files but its own program's.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

#: What no request has a reason to do.
_NEVER = ("socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork",
          "urllib.Request")
#: Memory of a worker's own data in bytes; a request that needs more is refused.
MEMORY = 3 << 30


def main() -> None:
    """Answer requests until the pipe is closed."""
    import json

    source = os.fdopen(os.dup(0), "rb")
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed goes to the log, not into an answer
    from computeest.text.files import MAY_BE_NAMED
    from computeest.web import tasks

    MAY_BE_NAMED.set(False)
    tasks.warm()
    _bounded()
    sys.addaudithook(_guard(_roots()))
    _send(target, 200, b"ready")
    while frame := _receive(source):
        asked = json.loads(frame)
        status, answer = tasks.answered(asked["task"], asked["query"], asked["text"])
        _send(target, status, answer)


def _receive(source: BinaryIO) -> bytes:
    """The next frame; nothing at the end."""
    size = source.read(4)
    return source.read(int.from_bytes(size, "big")) if len(size) == 4 else b""


def _send(target: BinaryIO, status: int, answer: bytes) -> None:
    target.write((len(answer) + 2).to_bytes(4, "big") + status.to_bytes(2, "big") + answer)
    target.flush()


def _bounded() -> None:
    """Limit the memory, where the system can."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _roots() -> tuple[str, ...]:
    """Folders whose files the program itself reads: Python's, its own, the temporary one, and the cache of chips."""
    from importlib.resources import files

    own = [str(files(package)) for package in ("computeest", "computeest_plugins", "computeest_hardware")]
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folders = [sys.prefix, sys.base_prefix, *(path for path in sys.path if path), *own, tempfile.gettempdir(),
               str(Path(cache) / "computeest")]
    return tuple(dict.fromkeys(f"{os.path.realpath(folder)}{os.sep}" for folder in folders))


def _guard(roots: Sequence[str]) -> Any:
    """Refuses to open any other file, and to reach out; a plugin that names one fails on its own rows."""

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _NEVER:
            raise PermissionError(1, "not done for a request")
        if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if not path.startswith(tuple(roots)) and path != os.devnull:
                raise PermissionError(1, "no file of this machine is opened for a request")

    return refuse


if __name__ == "__main__":
    main()
