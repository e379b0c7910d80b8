"""Documented defaults for facts that papers leave out: value, spread and source of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from computeest import cells, schema
from computeest.cells import CellError
from computeest.strict_yaml import load as load_yaml
from computeest.strict_yaml import plain
from computeest.suggest import did_you_mean


class AssumptionError(ValueError):
    """An `--assume` that cannot be followed."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is taken for a fact that is not given."""

    column: str
    value: float
    #: One-sigma spread in natural log.
    sigma: float
    source: str
    why: str
    #: True by definition: it is not named among what a record assumed.
    definition: bool = False


@lru_cache(maxsize=1)
def defaults() -> Mapping[str, Assumption]:
    """The assumptions of assumptions.yaml, by column."""
    root = load_yaml(files("computeest").joinpath("assumptions.yaml").read_text("utf-8"))
    entries = plain(root) if root is not None else {}
    return MappingProxyType({
        column: Assumption(column, float(e["value"]), float(e["sigma"]), e["source"], " ".join(e["why"].split()),
                           bool(e.get("definition", False)))
        for column, e in entries.items()
    })


def with_overrides(overrides: Mapping[str, str | float]) -> Mapping[str, Assumption]:
    """The defaults with the user's own in their place; a range such as '0.3..0.5' also sets the spread."""
    found = dict(defaults())
    for name, text in overrides.items():
        column = schema.column(name) or name
        if column not in found:
            raise AssumptionError(f"nothing is assumed about '{name}'; {did_you_mean(name, found)}".rstrip("; "))
        try:
            cell = cells.number(schema.FIELDS[column], str(text))
        except CellError as error:
            raise AssumptionError(f"{name}: {error.what}; {error.expected}".rstrip("; ")) from None
        found[column] = replace(found[column], value=float(cell.value), sigma=cell.sigma or found[column].sigma,
                                source="user", why="set by the user")
    return MappingProxyType(found)
