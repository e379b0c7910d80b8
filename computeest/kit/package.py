"""A new plugin's package: one family with its tests, complete, to change into one's own."""

from __future__ import annotations

import keyword
import re
import tempfile
from importlib.resources import files
from pathlib import Path
from string import Template

from computeest import registry, schema
from computeest.problems import UsageError
from computeest.text.files import OutputError

LONGEST = 40
#: File of the package -> the template it is written from; `$module` and `$name` in a path are filled in too.
FILES = {
    "pyproject.toml": "pyproject.txt",
    "README.md": "readme.txt",
    "src/$module/__init__.py": "family.txt",
    "src/$module/py.typed": "",
    "tests/test_$name.py": "tests.txt",
}


class PackageError(UsageError):
    """A package that cannot be made: why, and what to do instead."""


def write_package(name: str, parent: Path) -> list[Path]:
    """Write the package `name` into a new folder of `parent`; the folder appears whole or not at all."""
    check_name(name)
    folder = parent / name
    if folder.exists() or folder.is_symlink():
        raise PackageError(f"{folder} exists already; choose another name, or another --directory")
    if not parent.is_dir():
        raise PackageError(f"{parent} is no folder")
    try:
        with tempfile.TemporaryDirectory(dir=parent, prefix=f".{name}.") as temporary:
            whole = Path(temporary) / name
            for path, text in contents(name).items():
                file = whole / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8", newline="\n")
            whole.rename(folder)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {(error.strerror or str(error)).lower()}") from None
    return [folder / path for path in contents(name)]


def contents(name: str) -> dict[str, str]:
    """The package's files: path -> text."""
    words = {"name": name, "module": f"computeest_{name}", "distribution": f"computeest-{name.replace('_', '-')}",
             "title": name.replace("_", " ")}
    root = files("computeest.kit").joinpath("template")
    return {Template(path).substitute(words):
            Template(root.joinpath(template).read_text("utf-8")).substitute(words) if template else ""
            for path, template in FILES.items()}


def check_name(name: str) -> None:
    """Refuse a name that is no Python name, or that a family already has."""
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise PackageError(f"'{name}' is a word of the Python language; choose another, such as '{name}_network'")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise PackageError(f"'{name}' is no name for a plugin; write lower-case letters, digits and underscores,"
                           f" beginning with a letter, such as '{_proposed(name)}'")
    if len(name) > LONGEST:
        raise PackageError(f"'{name}' has {len(name)} characters; a name has at most {LONGEST}")
    loaded = registry.load(())
    for family in loaded.families:
        if schema.key(family) == name:
            raise PackageError(f"a family is already called '{family}': {loaded.modules[f'family {family}']}")
    if name in loaded.variants:
        raise PackageError(f"'{name}' is already a variant of the family '{loaded.variants[name][0]}'")


def _proposed(name: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_").lstrip("0123456789_")
    return words[:LONGEST] if words and not keyword.iskeyword(words) else "my_family"
