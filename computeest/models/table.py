"""The bundled table: read once, refused when the lint finds an error, and asked for a model by any of its names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from computeest.hardware.lint.shapes import Finding
from computeest.models.entry import Entry
from computeest.models.reading import read
from computeest.problems import InputError, Problem
from computeest.problems import facts as wrong
from computeest.text.model_names import fold, split
from computeest.text.package_data import files

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def read_all(directory: Path | Traversable | None = None) -> tuple[list[Entry], list[Finding]]:
    """The entries of every file of a directory, or of our own, and what is wrong with their form."""
    folder = files("computeest.models") if directory is None else directory
    found: list[Entry] = []
    findings: list[Finding] = []
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            here, wrong = read(file.name, file.read_text("utf-8"))
            found += here
            findings += wrong
    return found, findings


@cache
def entries() -> Mapping[str, Entry]:
    """Every model by id; InputError with all that is wrong when a file is not as it should be."""
    found, findings = read_all()
    if refused := [finding for finding in findings if finding.level == "error"]:
        raise InputError(Problem(f.spot.file, f.spot.line, f.spot.path, wrong.MODELS_REFUSED(message=f.message))
                         for f in refused)
    return {entry.id: entry for entry in found}


@cache
def _spellings() -> Mapping[str, tuple[str, bool]]:
    """Every folded name: the id it means, and whether it is that of a release tuned from the model."""
    found: dict[str, tuple[str, bool]] = {}
    for entry in entries().values():
        for name in entry.names:
            found.setdefault(fold(name), (entry.id, name in entry.tuned))
    return found


def find(name: str) -> Entry | None:
    """The model that a name means, or that the release of this name was tuned from; None when nobody knows."""
    known = _known(name)
    return entries()[known[0]] if known else None


def is_tuned(name: str) -> bool:
    """Whether a name is that of a release tuned from a model of the table, by an unknown amount."""
    known = _known(name)
    return known is not None and known[1]


def with_bases(asked: Iterable[Entry]) -> dict[str, Entry]:
    """The entries and what they start from, each once, by id."""
    found: dict[str, Entry] = {}
    for entry in asked:
        for link in lineage(entry):
            found.setdefault(link.id, link)
    return found


def lineage(entry: Entry) -> list[Entry]:
    """The entry, what it starts from, what those start from, ..., each once."""
    line = [entry]
    for link in line:
        bases = (find(name) for name in split(link.text("base_model")))
        line += [base for base in bases if base is not None and base not in line]
    return line


def _known(name: str) -> tuple[str, bool] | None:
    return next((found for reading in _readings(name) if (found := _spellings().get(fold(reading)))), None)


def _readings(name: str) -> Sequence[str]:
    """The name as it stands, and without the account that hosts it: 'meta-llama/Llama-2-7b-hf'."""
    account, slash, rest = name.strip().partition("/")
    hosted = slash and rest and " " not in name.strip() and "/" not in rest and rest[0].isalpha()
    return (name, rest) if hosted and account else (name,)
