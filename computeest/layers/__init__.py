"""Layer algebra: shapes in; shapes, FLOP and parameters out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from computeest.layers.network import Network
from computeest.layers.record import TERMS, Layer
from computeest.layers.shape import Shape

__all__ = ["TERMS", "Layer", "Network", "Shape", "planned", "read"]


def read(layers: Sequence[object], input: Sequence[int] | None = None, tokens: int | None = None) -> Network:  # noqa: A002
    """The network that a list of layers describes, counted: see docs/layers.md.

    `input` is (channels, height, width), and `tokens` how many tokens one example is, where the list does not say so.
    """
    from computeest.layers.reading import read as read_layers  # only a paper that writes its layers out needs it

    return read_layers(layers, input, tokens)


def planned(read: Callable[[Mapping[str, Any]], Network]) -> Callable[[Mapping[str, Any]], Network]:
    """`read`, which makes a network of a mapping, of many that differ in whole numbers only: faster, the same.

    All else that they hold, and the order of their keys, must be the same for every mapping that it is called with.
    """
    from computeest.layers.plans import Plans  # only where there are many

    return Plans(read).network
