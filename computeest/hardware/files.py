"""The files of a hardware database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from computeest.text.package_data import files

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

from computeest.problems import chips as wrong

ENDINGS = (".yaml", ".yml")


class File(NamedTuple):
    """One YAML file of the database or of an overlay."""

    name: str
    content: bytes
    #: 0 for the database itself; entries of a higher layer replace those of lower ones.
    layer: int = 0


def yaml_files(folder: Path | Traversable) -> list[File]:
    """The YAML files of a directory, by name."""
    return [File(entry.name, entry.read_bytes()) for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
            if entry.name.endswith(ENDINGS)]


def overlay_files(path: Path, layer: int = 1) -> list[File]:
    """The YAML files of a user's directory, or the one file."""
    from computeest.problems import InputError, Problem

    if not path.exists():
        raise InputError([Problem(str(path), 0, "", wrong.HARDWARE_MISSING())])
    paths = sorted((*path.glob("*.yaml"), *path.glob("*.yml"))) if path.is_dir() else [path]
    if not paths:
        raise InputError([Problem(str(path), 0, "", wrong.HARDWARE_EMPTY())])
    return [File(str(found), found.read_bytes(), layer) for found in paths]


def all_overlays(paths: Sequence[Path]) -> tuple[File, ...]:
    """The files of the user's own directories, each directory over those before it."""
    return tuple(file for layer, path in enumerate(paths, 1) for file in overlay_files(Path(path), layer))


def package_folder() -> Path | Traversable:
    """Where the database lies that comes with computeest."""
    return files("computeest_hardware")


def package_files() -> tuple[File, ...]:
    """The files of the database that comes with computeest."""
    return tuple(yaml_files(package_folder()))
