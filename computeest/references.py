"""What citation keys stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from computeest.strict_yaml import load, plain


@dataclass(frozen=True, slots=True)
class Reference:
    """A work that a rule, a method or an assumption cites."""

    key: str
    title: str
    url: str


@lru_cache(maxsize=1)
def references() -> Mapping[str, Reference]:
    """The works of references.yaml, by key."""
    root = load(files("computeest").joinpath("references.yaml").read_text("utf-8"))
    return {key: Reference(key, entry["title"], entry["url"]) for key, entry in plain(root).items()} if root else {}
