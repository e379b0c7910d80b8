"""What flows between layers: channels over a grid of positions."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import NamedTuple


class Shape(NamedTuple):
    """One example's activations: `channels` values at each of `positions` places."""

    #: Values at one position: image channels, or the width of a token.
    channels: int
    #: Extent of the grid: (height, width) of an image, (length,) of a sequence, () of a vector.
    size: tuple[int, ...]
    #: Whether training needs the gradient that flows back into it.
    grad: bool
    #: Product of `size`: how many positions a layer works at.
    positions: int

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        return self.channels * self.positions

    def __str__(self) -> str:
        """Channels first, as papers write it: 64x56x56."""
        return "x".join(str(extent) for extent in (self.channels, *self.size))


#: Makes a Shape of its four fields, in half the time of calling it: layers are recorded by the million.
new_shape: Callable[[type[Shape], tuple[int, tuple[int, ...], bool, int]], Shape] = tuple.__new__


def shape(channels: int, size: tuple[int, ...] = (), *, grad: bool = False) -> Shape:
    """Channels over a grid, with its positions multiplied out."""
    return Shape(channels, size, grad, prod(size))
