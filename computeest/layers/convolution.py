"""Convolutions in one, two and three dimensions, and where their windows fall."""

from __future__ import annotations

from functools import lru_cache
from math import prod

from computeest.layers.record import Recorder
from computeest.layers.shape import Shape, new_shape
from computeest.problems import NetworkError
from computeest.problems import networks as wrong

Extent = int | tuple[int, ...]


def spread(value: Extent, rank: int) -> tuple[int, ...]:
    """One number for every extent, or the numbers given."""
    values = (value,) * rank if isinstance(value, int) else tuple(value)
    if len(values) != rank:
        raise NetworkError(wrong.EXTENTS_GIVEN(value=value, count=len(values), rank=rank))
    return values


@lru_cache(maxsize=4096)
def convolved_size(
    size: tuple[int, ...], kernel: Extent, stride: Extent, padding: Extent | str, dilation: Extent
) -> tuple[tuple[int, ...], int]:
    """The grid after a convolution, and how many weights its window has."""
    rank = len(size)
    kernels, strides, dilations = spread(kernel, rank), spread(stride, rank), spread(dilation, rank)
    if min(kernels, default=1) < 1 or min(strides, default=1) < 1 or min(dilations, default=1) < 1:
        raise NetworkError(wrong.KERNEL_BELOW_ONE(kernel=kernel, stride=stride, dilation=dilation))
    if padding == "same":
        return tuple(-(-n // s) for n, s in zip(size, strides, strict=True)), prod(kernels)
    if isinstance(padding, str) and padding != "valid":
        raise NetworkError(wrong.PADDING_UNKNOWN(padding=padding))
    pads = spread(0 if isinstance(padding, str) else padding, rank)
    axes = zip(size, kernels, strides, pads, dilations, strict=True)
    return tuple((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in axes), prod(kernels)


@lru_cache(maxsize=1024)
def pooled_size(
    size: tuple[int, ...], kernel: Extent, stride: Extent, padding: Extent | str, ceil: bool
) -> tuple[tuple[int, ...], int]:
    """The grid after pooling; with `ceil` a last, partial window counts if it starts inside the input (PyTorch)."""
    floored, taps = convolved_size(size, kernel, stride, padding, 1)
    if not ceil or isinstance(padding, str):
        return floored, taps
    rank = len(size)
    axes = zip(size, floored, spread(kernel, rank), spread(stride, rank), spread(padding, rank), strict=True)
    grown = []
    for n, low, k, s, p in axes:
        high = -(-(n + 2 * p - k) // s) + 1
        grown.append(high if (high - 1) * s < n + p else low)
    return tuple(grown), taps


class Convolution(Recorder):
    """Operations that slide a window over a grid."""

    __slots__ = ()

    def conv(
        self,
        x: Shape,
        out: int,
        kernel: Extent,
        stride: Extent = 1,
        padding: Extent | str = 0,
        dilation: Extent = 1,
        groups: int = 1,
        bias: bool = True,
        name: str = "conv",
    ) -> Shape:
        """`out` channels, each a weighted sum over a window of its group's input channels; rank follows the input."""
        channels, size, grad, _ = x
        if type(kernel) is int is type(stride) is type(padding) is type(dilation) and len(size) == 2 and stride > 0:
            # nearly every convolution is of this kind, so its arithmetic is written out
            height, width = size
            reach = 2 * padding - dilation * (kernel - 1) - 1
            height, width = (height + reach) // stride + 1, (width + reach) // stride + 1
            size, positions, taps = (height, width), height * width, kernel * kernel
            fits = height > 0 and width > 0
        else:
            size, taps = self._window(name, size, kernel, stride, padding, dilation)
            positions, fits = prod(size), min(size, default=1) > 0
        if not fits or out < 1 or taps < 1:
            self._refuse(name, wrong.WINDOW_WITH_STRIDE(kernel=kernel, stride=stride, shape=x))
        if groups != 1:
            if groups < 1 or channels % groups or out % groups:
                self._refuse(name, wrong.GROUPS_OF_CONVOLUTION(channels=channels, out=out, groups=groups))
            channels //= groups
        weights = out * channels * taps
        forward = 2 * positions * weights
        scope = self._scope
        trained = scope[3]
        y = new_shape(Shape, (out, size, grad or trained, positions))
        parameters = weights + out if bias else weights
        self._add(
            (
                scope,
                name,
                "convolution",
                "convolution" if grad or not trained else "first layer",
                y,
                parameters,
                parameters,
                forward,
                forward * (trained + grad),
                out * positions if bias else 0,
            )
        )
        return y

    def depthwise(
        self,
        x: Shape,
        kernel: Extent,
        stride: Extent = 1,
        padding: Extent | str = 0,
        dilation: Extent = 1,
        multiplier: int = 1,
        bias: bool = True,
        name: str = "depthwise",
    ) -> Shape:
        """Every channel convolved on its own."""
        return self.conv(x, x[0] * multiplier, kernel, stride, padding, dilation, x[0], bias, name)

    def conv_transpose(
        self,
        x: Shape,
        out: int,
        kernel: Extent,
        stride: Extent = 1,
        padding: Extent = 0,
        output_padding: Extent = 0,
        dilation: Extent = 1,
        groups: int = 1,
        bias: bool = True,
        name: str = "conv_transpose",
    ) -> Shape:
        """Every input position spread over a window of the output: the work follows the input grid."""
        channels, size, grad, positions = x
        rank = len(size)
        if groups < 1 or channels % groups or out % groups or out < 1:
            self._refuse(name, wrong.GROUPS_OF_CONVOLUTION(channels=channels, out=out, groups=groups))
        axes = zip(size, *(spread(v, rank) for v in (kernel, stride, padding, output_padding, dilation)), strict=True)
        grown = tuple((n - 1) * s - 2 * p + d * (k - 1) + o + 1 for n, k, s, p, o, d in axes)
        taps = prod(spread(kernel, rank))
        if taps < 1 or min(grown, default=1) < 1:
            self._refuse(name, wrong.WINDOW_WITH_STRIDE(kernel=kernel, stride=stride, shape=x))
        weights = channels * (out // groups) * taps
        forward = 2 * positions * weights
        scope = self._scope
        trained = scope[3]
        y = Shape(out, grown, grad or trained, prod(grown))
        parameters = weights + (out if bias else 0)
        term = "convolution" if grad or not trained else "first layer"
        extra = y.elements if bias else 0
        record = (scope, name, "transposed convolution", term, y, parameters, parameters, forward)
        self._add((*record, forward * (trained + grad), extra))
        return y

    def _window(
        self,
        name: str,
        size: tuple[int, ...],
        kernel: Extent,
        stride: Extent,
        padding: Extent | str,
        dilation: Extent,
    ) -> tuple[tuple[int, ...], int]:
        try:
            return convolved_size(size, kernel, stride, padding, dilation)
        except NetworkError as problem:
            self._refuse(name, problem.fault)
