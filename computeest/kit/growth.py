"""Whether a family's networks grow: more depth or width costs more, a larger input never less."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from computeest.contract import Family, Network
from computeest.kit.effects import Architecture, numbers
from computeest.kit.finding import ClauseError, UnstatedError

#: Parameters that make a network larger in every family that has them.
DEPTHS = ("depth", "layers", "blocks")
SIZES = ("width", "hidden", "feed_forward", "filters", "image", "board", "sequence_length")

#: A size, and a multiplier of sizes, that nearly every network can have.
_USUAL = (128, 1.0)


def grows(family: Family, members: Sequence[Architecture]) -> str:
    """A deeper network costs more FLOP, and so does one twice as wide, or with twice the image or text."""
    compared = []
    for name in (*DEPTHS, *SIZES):
        for first, second in _steps(family, name, members) if name in family.parameters else ():
            small, large = _flop(family, first, name), _flop(family, second, name)
            if small is None or large is None or small[1] != large[1]:
                continue
            strict = name in DEPTHS or second[name] >= 2 * first[name]
            if large[0] < small[0] or (strict and large[0] == small[0]):
                much = "as much" if large[0] == small[0] else f"only {large[0]:.4g}"
                raise ClauseError(f"{name} {first[name]} costs {small[0]:.4g} FLOP and {name} {second[name]} {much}")
            compared.append(f"{name} {first[name]} to {second[name]}")
    if not compared:
        raise UnstatedError("it has no depth, width or extent that can be changed on its own")
    return ", ".join(dict.fromkeys(compared))


def _steps(family: Family, name: str, members: Sequence[Architecture]) -> list[tuple[Architecture, Architecture]]:
    """Pairs of architectures that differ in one parameter only, the smaller one first."""
    default, base = family.parameters[name].default, members[0]
    value = base.get(name, default)
    if value is None:  # the family has a usual one, which need not be known to be changed
        kind = str(family.parameters[name].annotation)
        value = _USUAL[0] if "int" in kind else _USUAL[1] if "float" in kind else None
    pairs: list[tuple[Architecture, Architecture]] = []
    if _is_size(value):
        larger = (value + 1, 2 * value) if isinstance(value, int) else (2 * value,)
        pairs = [({**base, name: value}, {**base, name: one}) for one in larger]
    if name in DEPTHS:
        pairs.extend(_depths(family, name, members))
    return pairs


def _depths(family: Family, name: str, members: Sequence[Architecture]) -> list[tuple[Architecture, Architecture]]:
    """Depths side by side: many are defined by a paper's table, which variants and refusals list."""
    default, alike = family.parameters[name].default, dict[str, dict[int, Architecture]]()
    known = [{**members[0], name: value} for value in numbers(family, name, members[0])]
    for member in (*known, *members):
        given = member.get(name, default)
        # a multiplier of depths is rounded, so that only twice as much is more for sure
        if isinstance(given, int) and _is_size(given) and _flop(family, {**member, name: given}, name):
            rest = repr(sorted((key, cell) for key, cell in member.items() if key != name))
            alike.setdefault(rest, {})[given] = {**member, name: given}
    return [pair for group in alike.values() for pair in pairwise([group[depth] for depth in sorted(group)])]


def _is_size(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0


def _flop(family: Family, architecture: Architecture, name: str) -> tuple[float, object] | None:
    """FLOP, and what must be alike for two depths to be compared: how the networks begin."""
    try:
        counted = family.count(**architecture)
    except ValueError:
        return None  # not every value is defined, and a family says so
    if not isinstance(counted, Network):
        return float(counted), None
    layers = counted.layers
    # a depth may stand for another network altogether, as ResNet-20 (32 pixels) beside ResNet-18 (224 pixels)
    alike = (layers[0].output, layers[0].parameters) if layers and name in DEPTHS else None
    return float(counted.forward_flop), alike
