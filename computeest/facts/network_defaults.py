"""What a family takes for granted where a paper is silent, and how uncertain that makes its counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from computeest.contract import Family, Network

#: One sigma of ln of a default on which all members of a family agree: papers differ from their own family by less than
#: members do, but half of those that state an image or a length state another.
LEAST = 0.2
#: One sigma where there are no members to compare with: a factor of two.
USUAL = math.log(2)
#: A default that moves a count by less is not named: classes of a classifier, groups of a norm.
WORTH_NAMING = 0.01
#: Parameters that say nothing of how large a network is: with these alone it has no shape.
EXTENTS = frozenset({"image", "image_width", "classes", "outputs", "sequence_length", "target_length", "frames",
                     "seconds", "vocabulary", "cell", "causal"})  # fmt: skip


class Taken(NamedTuple):
    """Defaults that a count rests on, and one sigma of ln that they bring to it."""

    values: Mapping[str, float]
    forward: float
    a_token: float
    parameters: float


NOTHING = Taken({}, 0.0, 0.0, 0.0)


def taken(family: Family, given: Mapping[str, Any], counted: Network) -> Taken:
    """The defaults that the count of an architecture rests on, and the spread of each among the family's members."""
    found: dict[str, float] = {}
    squares = [0.0, 0.0, 0.0]
    sizes = _sizes(counted)
    for name, usual in _defaults(family):
        default = usual or float(counted.tokens or 0)
        if name in given or not default:
            continue
        sigma = spread(family, name, default)
        slopes = _slopes(family.count, given, name, default, sizes, sigma)
        if slopes is None or max(map(abs, slopes)) * sigma < WORTH_NAMING:
            continue
        found[name] = default
        squares = [square + (slope * sigma) ** 2 for square, slope in zip(squares, slopes, strict=True)]
    return Taken(found, *(math.sqrt(square) for square in squares)) if found else NOTHING


def shapeless(family: Family, given: Mapping[str, Any]) -> str:
    """Why a family's name is no architecture, as a sentence; empty where a shape is stated or there is only one."""
    members = [name for name, architecture in family.variants.items() if architecture]
    if not members or not set(given) <= EXTENTS:
        return ""
    named = ", ".join(members[:4]) + (", ..." if len(members) > 4 else "")
    own = [name for name in family.parameters if name not in EXTENTS]
    return f"the family '{family.name}' alone is no architecture; name a member ({named}) or its {', '.join(own[:3])}"


def spread(family: Family, name: str, default: float) -> float:
    """One sigma of ln of a parameter among the members of its family."""
    key = id(family.variants), name, default
    known = _SPREADS.get(key)
    if known is None:
        if len(_SPREADS) >= _MOST_SPREADS:
            _SPREADS.clear()
        known = _SPREADS[key] = family.variants, _spread(family, name, default)
    return known[1]


#: Spreads that were found before, a fifth of what a network takes; the members are kept beside each, for others may get
#: the number of those that are gone.
_SPREADS: dict[tuple[int, str, float], tuple[Mapping[str, Any], float]] = {}
_MOST_SPREADS = 5_000


def _spread(family: Family, name: str, default: float) -> float:
    values = [math.log(value) for architecture in family.variants.values()
              if _is_size(value := architecture.get(name, default))]
    if len(values) < 2:
        return USUAL
    mean = sum(values) / len(values)
    return max(LEAST, math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1)))


def _is_size(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0


#: By the function that counts a family.
_DEFAULTS: dict[Callable[..., Any], list[tuple[str, float | None]]] = {}


def _defaults(family: Family) -> list[tuple[str, float | None]]:
    """The numbers that are taken where nothing is stated; None for a length that follows from a configuration."""
    found = _DEFAULTS.get(family.forward)
    if found is None:
        usual = {name: parameter.default for name, parameter in family.parameters.items()}
        found = _DEFAULTS[family.forward] = [
            (name, default) for name, default in usual.items()
            if _is_size(default) or (name == "sequence_length" and default is None)]
    return found


def _sizes(network: Network) -> tuple[float, float, float]:
    forward = float(network.forward_flop)
    return forward, forward / (network.tokens or 1), float(network.parameters)


def _slopes(count: Callable[..., Any], given: Mapping[str, Any], name: str, default: float,
            sizes: tuple[float, float, float], sigma: float) -> list[float] | None:
    """d ln of forward FLOP, FLOP a token and parameters for d ln of a parameter; None where no other value builds."""
    whole = isinstance(default, int) or name == "sequence_length"
    for factor in (math.exp(sigma), 2.0, 0.5):
        other = round(default * factor) if whole else default * factor
        if other < 1 or other == default:
            continue
        try:
            network = count(**{**given, name: other})
        except ValueError:
            continue
        step = math.log(other / default)
        return [math.log(new / old) / step if new > 0 and old > 0 else 0.0
                for new, old in zip(_sizes(network), sizes, strict=True)]
    return None
