"""The files of a hardware database, and the one document that they are compiled into."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, NamedTuple

#: Everything the files say, as plain JSON: see `compile.document`, which makes it.
Document = dict[str, Any]


class File(NamedTuple):
    """One YAML file of the database or of an overlay."""

    name: str
    content: bytes
    #: 0 for the database itself; entries of a higher layer replace those of lower ones.
    layer: int = 0


def yaml_files(folder: Path | Traversable) -> list[File]:
    """The YAML files of a directory, by name."""
    return [File(entry.name, entry.read_bytes()) for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
            if entry.name.endswith((".yaml", ".yml"))]


def overlay_files(path: Path, layer: int = 1) -> list[File]:
    """The YAML files of a user's directory, or the one file."""
    from computeest.problems import InputError, Problem

    if not path.exists():
        raise InputError([Problem(str(path), 0, "", "no such file or directory", "a directory with YAML files")])
    paths = sorted((*path.glob("*.yaml"), *path.glob("*.yml"))) if path.is_dir() else [path]
    if not paths:
        raise InputError([Problem(str(path), 0, "", "holds no YAML file", "files named *.yaml")])
    return [File(str(found), found.read_bytes(), layer) for found in paths]


def all_overlays(paths: Sequence[Path]) -> tuple[File, ...]:
    """The files of the user's own directories, each directory over those before it."""
    return tuple(file for layer, path in enumerate(paths, 1) for file in overlay_files(Path(path), layer))


@cache
def package_files() -> tuple[File, ...]:
    """The files of the database that comes with computeest."""
    return tuple(yaml_files(files("computeest_hardware")))


#: Many times the size of the database; a bigger file is not ours.
_LARGEST: Final = 20_000_000
_KEPT: Final = 4


def directory() -> Path | None:
    """Where this system keeps a user's caches; None when there is no home."""
    try:
        if chosen := os.environ.get("XDG_CACHE_HOME"):
            return Path(chosen) / "computeest"
        if sys.platform == "win32":
            local = os.environ.get("LOCALAPPDATA")
            return Path(local) / "computeest" / "Cache" if local else None
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "computeest"
        return Path.home() / ".cache" / "computeest"
    except RuntimeError:  # no home directory
        return None


def recall(digest: str) -> Document | None:
    """The document kept for these contents; None when there is none, or it is damaged, or not this user's."""
    folder = directory()
    if folder is None:
        return None
    try:
        content = _private_bytes(_path(folder, digest))
    except OSError:
        return None
    if content is None:
        return None
    seal, _, body = content.partition(b"\n")
    if seal != _seal(digest, body):
        return None
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def keep(digest: str, document: Document) -> None:
    """Keep the document, whole or not at all; a cache that cannot be written is no error."""
    folder = directory()
    if folder is None:
        return
    import tempfile  # 5 ms, and only when there is something new to keep

    body = json.dumps(document, separators=(",", ":")).encode()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="writing-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_seal(digest, body) + b"\n" + body)
            Path(name).replace(_path(folder, digest))
        except OSError:
            Path(name).unlink(missing_ok=True)
            return
        for old in sorted(folder.glob("hardware-*.json"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def _path(folder: Path, digest: str) -> Path:
    return folder / f"hardware-{digest}.json"


def _seal(digest: str, body: bytes) -> bytes:
    """A checksum of the body and of the contents it was compiled from: one cannot pass for the other."""
    return hashlib.blake2b(body, key=digest.encode()[:64], digest_size=32).hexdigest().encode()


def _private_bytes(path: Path) -> bytes | None:
    """The file's bytes, unless somebody else owns it or may write to it."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode) or state.st_size > _LARGEST:
            return None
        if hasattr(os, "getuid") and (state.st_uid != os.getuid() or state.st_mode & 0o022):
            return None
        return file.read()
