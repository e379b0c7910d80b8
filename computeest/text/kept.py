"""What is compiled once and kept between runs, for one user: whole, private, and tied to what it was compiled from."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

try:  # of the interpreter itself: `hashlib` loads OpenSSL as well, a tenth of what `--help` takes
    from _blake2 import blake2b as blake2b
except ImportError:
    from hashlib import blake2b as blake2b

#: Plain JSON.
Document = dict[str, Any]

#: Many times the size of anything kept; a bigger file is not ours.
_LARGEST: Final = 20_000_000
#: Documents of one kind: those of other versions and of overlays.
_KEPT: Final = 4
#: A time of change without a part of a second is no clock's: tools that unify times wrote it, or a file system that
#: tells no more than seconds apart.
_SECOND: Final = 1_000_000_000

#: What a file is without being read: its name, its size, and when it was changed, or what it holds where that is vague.
Stamp = tuple[str, int, int | str]


def directory() -> Path | None:
    """Where this system keeps a user's caches; None when there is no home."""
    try:
        # a path that is not absolute is to be ignored (specifications.freedesktop.org/basedir-spec)
        if (chosen := os.environ.get("XDG_CACHE_HOME")) and Path(chosen).is_absolute():
            return Path(chosen) / "computeest"
        if sys.platform == "win32":
            local = os.environ.get("LOCALAPPDATA")
            return Path(local) / "computeest" / "Cache" if local else None
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "computeest"
        return Path.home() / ".cache" / "computeest"
    except RuntimeError:  # no home directory
        return None


def digest(*contents: bytes) -> str:
    """Tells apart any two lists of contents."""
    state = blake2b(digest_size=16)
    for content in contents:
        state.update(f"{len(content)}\0".encode())
        state.update(content)
    return state.hexdigest()


def stamps(place: Path | Traversable, endings: str | tuple[str, ...] = ".py") -> Iterator[Stamp]:
    """Tells apart any two states of a file, or of the files so ending below a folder, in the order of their names."""
    if not isinstance(place, Path):
        yield from _read_stamps(place, place.name, endings)
    elif place.is_dir():
        yield from _stamps_below(os.fspath(place), "", endings)
    elif place.exists():
        yield _stamp(os.fspath(place), place.name, place.stat())


def _stamps_below(place: str, before: str, endings: str | tuple[str, ...]) -> Iterator[Stamp]:
    with os.scandir(place) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.name.endswith(endings):
                yield _stamp(entry.path, before + entry.name, entry.stat())
            elif entry.name != "__pycache__" and entry.is_dir():
                yield from _stamps_below(entry.path, f"{before}{entry.name}/", endings)


def _stamp(path: str, name: str, state: os.stat_result) -> Stamp:
    if state.st_mtime_ns % _SECOND:
        return name, state.st_size, state.st_mtime_ns
    return name, state.st_size, digest(Path(path).read_bytes())


def _read_stamps(place: Traversable, name: str, endings: str | tuple[str, ...]) -> Iterator[Stamp]:
    """Of what lies in an archive."""
    if place.is_dir():
        for entry in sorted(place.iterdir(), key=lambda one: one.name):
            if entry.is_dir() or entry.name.endswith(endings):
                yield from _read_stamps(entry, f"{name}/{entry.name}", endings)
    else:
        content = place.read_bytes()
        yield name, len(content), digest(content)


def recall(kind: str, digest: str) -> Document | None:
    """The document of this kind kept for these contents; None when there is none, it is damaged, or not this user's."""
    body = recall_bytes(kind, digest)
    try:
        found = None if body is None else json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def recall_bytes(kind: str, digest: str, *, head: bool = False) -> bytes | None:
    """As `recall`, what was kept as it stands; with `head`, only its first line is known to be undamaged."""
    folder = directory()
    if folder is None:
        return None
    try:
        content = _private_bytes(_path(folder, kind, digest))
    except OSError:
        return None
    if content is None:
        return None
    end = content.find(b"\n")
    seal, body = content[:end], content[end + 1:]
    return body if seal == _seal(digest, body, head=head) else None


def keep(kind: str, digest: str, document: Document) -> None:
    """Keep the document, whole or not at all; a cache that cannot be written is no error."""
    keep_bytes(kind, digest, json.dumps(document, separators=(",", ":")).encode())


def keep_bytes(kind: str, digest: str, body: bytes, *, head: bool = False) -> None:
    """As `keep`, what is no document; with `head`, its first line holds the checksums of the others."""
    folder = directory()
    if folder is None:
        return
    import tempfile  # 5 ms, and only when there is something new to keep

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="writing-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_seal(digest, body, head=head) + b"\n" + body)
            Path(name).replace(_path(folder, kind, digest))
        except OSError:
            Path(name).unlink(missing_ok=True)
            return
        for old in sorted(folder.glob(f"{kind}-*.json"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def _path(folder: Path, kind: str, digest: str) -> Path:
    return folder / f"{kind}-{digest}.json"


def _seal(digest: str, body: bytes, *, head: bool = False) -> bytes:
    """A checksum of the body and of the contents it was compiled from: one cannot pass for the other."""
    checked = body[:body.find(b"\n") + 1] if head else body
    return blake2b(checked, key=digest.encode()[:64], digest_size=32).hexdigest().encode()


def _private_bytes(path: Path) -> bytes | None:
    """The file's bytes, unless somebody else owns it, may write to it, or may put another in its place."""
    if not _private(path.parent.stat()):
        return None
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode) or state.st_size > _LARGEST:
            return None
        return file.read() if _private(state) else None


def _private(state: os.stat_result) -> bool:
    """Whether it is this user's, and nobody else may write there; where systems do not say so, it is."""
    return not hasattr(os, "getuid") or (state.st_uid == os.getuid() and not state.st_mode & 0o022)
