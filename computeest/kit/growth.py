"""The clause that a larger network never costs less."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from computeest.contract import Family, Network
from computeest.kit.finding import ClauseError, UnstatedError

Architecture = Mapping[str, Any]

#: Parameters that make a network larger in every family that has them.
DEPTHS = ("depth", "layers")
SIZES = ("width", "image", "sequence_length", "hidden", "feed_forward")


def monotone(family: Family, base: Architecture, members: Sequence[Architecture]) -> str:
    """More depth, width, image or text never costs fewer FLOP."""
    compared = []
    for name in (*DEPTHS, *SIZES):
        if name not in inspect.signature(family.forward).parameters:
            continue
        for first, second in _steps(family, name, base, members):
            small, large = _flop(family, first, name), _flop(family, second, name)
            if small is None or large is None or small[1] != large[1]:
                continue
            if large[0] < small[0]:
                raise ClauseError(f"{name} {first[name]} costs {small[0]:.4g} FLOP and"
                                  f" {name} {second[name]} only {large[0]:.4g}")
            compared.append(f"{name} {first[name]} to {second[name]}")
    if not compared:
        raise UnstatedError("it has no depth, width or extent that can be changed on its own")
    return ", ".join(dict.fromkeys(compared))


def _steps(
    family: Family, name: str, base: Architecture, members: Sequence[Architecture]
) -> list[tuple[Architecture, Architecture]]:
    """Pairs of architectures that differ in one parameter only, the smaller one first."""
    default = inspect.signature(family.forward).parameters[name].default
    value = base.get(name, default)
    pairs: list[tuple[Architecture, Architecture]] = []
    if _is_count(value):
        pairs = [({**base, name: value}, {**base, name: larger}) for larger in (value + 1, 2 * value)]
    if name in DEPTHS:  # many depths are defined by a paper's table, which the variants list
        alike: dict[str, dict[int, Architecture]] = {}
        for member in members:
            given = member.get(name, default)
            if _is_count(given):
                rest = repr(sorted((key, cell) for key, cell in member.items() if key != name))
                alike.setdefault(rest, {})[given] = {**member, name: given}
        for group in alike.values():
            ordered = [group[depth] for depth in sorted(group)]
            pairs.extend(pairwise(ordered))
    return pairs


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _flop(family: Family, architecture: Architecture, name: str) -> tuple[float, object] | None:
    """FLOP, and what must be alike for two depths to be compared: how the networks begin."""
    try:
        counted = family.forward(**architecture)
    except ValueError:
        return None  # not every value is defined, and a family says so
    if not isinstance(counted, Network):
        return float(counted), None
    layers = counted.layers
    # a depth may stand for another network altogether, as ResNet-20 (32 pixels) beside ResNet-18 (224 pixels)
    return float(counted.forward_flop), layers[0].output if layers and name in DEPTHS else None
