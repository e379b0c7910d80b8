"""What a family's parameter may hold: the kind of value it is annotated with, of a size that networks have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: No width, vocabulary or image is larger.
LARGEST = 1e8
#: Layers are counted one by one, so that a slip of many zeros would take forever.
DEEPEST = 10_000


def check(name: str, value: Any, annotation: Any) -> None:
    """Refuse text where the family counts, one number where it takes a list, and sizes that no network has."""
    kinds = {kind.strip() for kind in str(getattr(annotation, "__name__", annotation)).split("|")}
    listed = isinstance(value, Sequence) and not isinstance(value, str)
    lists = {kind for kind in kinds if kind.startswith(("Sequence", "list", "tuple"))}
    if listed and lists:
        for item in value:
            _check_number(name, item, whole="float" not in str(lists))
    elif lists == kinds - {"None"} and lists and value is not None:
        raise ValueError(f"{name}: '{value}' is not a list of numbers, such as [3, 4, 6, 3]")
    elif kinds - lists <= {"int", "float", "None"} and kinds - lists and value is not None:
        _check_number(name, value, whole="float" not in kinds)


def _check_number(name: str, value: Any, whole: bool) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name}: '{value}' is not a number")
    if not abs(value) <= LARGEST:
        raise ValueError(f"{name}: {value:.4g} is more than any network has; expected at most {LARGEST:g}")
    if whole and value != int(value):
        raise ValueError(f"{name}: {value} is not a whole number")
    if value > DEEPEST and any(word in name.lower() for word in ("depth", "layer", "block")):
        raise ValueError(f"{name}: {value:.4g} is deeper than any network; expected at most {DEEPEST:,}")
