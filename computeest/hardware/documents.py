"""The files of a hardware database, and the one document that they are compiled into."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

#: Everything the files say, as plain JSON: see `compiled`, which makes it.
Document = dict[str, Any]


class File(NamedTuple):
    """One YAML file of the database or of an overlay."""

    name: str
    content: bytes


def overlay_files(path: Path) -> list[File]:
    """The YAML files of a user's directory, or the one file."""
    from computeest.problems import InputError, Problem

    if not path.exists():
        raise InputError([Problem(str(path), 0, "", "no such file or directory", "a directory with YAML files")])
    paths = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not paths:
        raise InputError([Problem(str(path), 0, "", "holds no YAML file", "files named *.yaml")])
    return [File(str(found), found.read_bytes()) for found in paths]
