"""Blocks that several vision families are built of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from typing import Any

from computeest.contract import Network, Published, Shape

#: Parameters exactly, and "GFLOPS" that are multiply-adds of matrix products and convolutions, to three digits.
TORCHVISION = "torchvision contributors 2023, documentation of torchvision.models"
#: Millions of parameters and GMACs, norms and pooling included, to two digits.
TIMM = "Wightman 2022, timm results/benchmark-infer-amp-nhwc-pt113-cu117-rtx3090.csv"
#: The same of networks that came later.
TIMM_LATER = "Wightman 2024, timm results/benchmark-infer-amp-nchw-pt240-cu124-rtx3090.csv"
#: Parameters exactly, and half of all floating-point operations, element-wise ones included, as "FLOPs/2".
IMGCLSMOB = "Semery 2020, README of osmr/imgclsmob/pytorch"


def stated(source: str, members: Mapping[str, tuple[float | None, float | None]]) -> dict[str, Published]:
    """What a source prints of each variant: parameters and multiply-adds, None where it prints none."""
    return {
        name: Published(source, parameters=parameters, forward_macs=macs)
        for name, (parameters, macs) in members.items()
    }


def unknown(key: str, value: object, allowed: Iterable[object]) -> ValueError:
    """The refusal of a value the family's paper does not define, saying which it does."""
    return ValueError(f"{key}: {value!r} is not defined; expected one of {', '.join(str(a) for a in allowed)}")


def require_positive(**values: float) -> None:
    """Refuse a width, a count or a multiplier of nothing, naming its key."""
    for key, value in values.items():
        if value <= 0:
            raise ValueError(f"{key}: {value} must be above 0")


def require_counts(key: str, counts: object) -> None:
    """Refuse anything but one number of blocks for each stage."""
    if isinstance(counts, str) or not isinstance(counts, Sequence) or not counts or min(counts) < 1:
        raise ValueError(f"{key}: {counts!r} is no list of how many blocks, at least 1, each stage has")


def flowing(channels: int, *size: int) -> Shape:
    """Activations within a trained network, such as a part of a joint product: their gradient is needed."""
    return Shape(channels, size, grad=True, positions=prod(size))


def version_name(version: str | float) -> str:
    """A version as papers and people write it (`v2`, `2`, `V2`), without its v."""
    return str(version).lower().removeprefix("v")


def rounded_channels(channels: float, divisor: int = 8, least: float = 0.9) -> int:
    """The multiple of `divisor` nearest to `channels`, at least `least` of it (MobileNets, EfficientNets)."""
    nearest = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return nearest + divisor if nearest < least * channels else nearest


def conv_norm(
    net: Network,
    x: Shape,
    out: int,
    kernel: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] | None = None,
    groups: int = 1,
    activation: str = "relu",
    name: str = "conv",
    affine: bool = True,
) -> Shape:
    """Convolution without bias, batch norm and, unless `activation` is empty, an activation; padded to keep sizes.

    Not `affine` is a norm whose scales are constants, as detectors freeze those of their backbone.
    """
    if padding is None:
        padding = kernel // 2 if isinstance(kernel, int) else (kernel[0] // 2, kernel[1] // 2)
    x = net.conv(x, out, kernel, stride, padding, groups=groups, bias=False, name=name)
    x = net.batch_norm(x, affine=affine)
    return net.activation(x, activation) if activation else x


def separable(net: Network, x: Shape, out: int, kernel: int = 3, stride: int = 1, name: str = "separable") -> Shape:
    """A convolution of each channel on its own, then one across channels, then batch norm (Xception)."""
    x = net.depthwise(x, kernel, stride, kernel // 2, bias=False, name=f"{name}.depthwise")
    return conv_norm(net, x, out, 1, activation="", name=f"{name}.pointwise")


def squeeze_excite(
    net: Network, x: Shape, hidden: int, activation: str = "relu", gate: str = "sigmoid", name: str = "squeeze_excite"
) -> Shape:
    """Channels weighted by a two-layer function of their means (Hu et al. 2018, arXiv:1709.01507)."""
    y = net.linear(net.global_pool(x), hidden, name=f"{name}.reduce")
    y = net.linear(net.activation(y, activation), x.channels, name=f"{name}.expand")
    return net.multiply(x, net.activation(y, gate))


def classifier(net: Network, x: Shape, classes: int, bias: bool = True) -> Network:
    """The mean over positions and one score for each class; the network is then complete."""
    net.linear(net.global_pool(x), classes, bias, "classifier", "logits")
    return net


def standing(net: Network, name: str, build: Callable[[Network], object]) -> None:
    """A part that has parameters and does not run: `build` counts it on a network of its own."""
    beside = Network()
    build(beside)
    net.parameter(int(beside.parameters), name)


def inverted_residual(
    net: Network,
    x: Shape,
    expanded: int,
    out: int,
    kernel: int = 3,
    stride: int = 1,
    squeeze: int = 0,
    activation: str = "relu6",
    squeeze_activation: str = "relu",
    gate: str = "sigmoid",
    affine: bool = True,
) -> Shape:
    """Widen by a 1x1 convolution, convolve each channel, narrow again; `squeeze` channels of squeeze-and-excitation."""
    y = x
    if expanded != x.channels:
        y = conv_norm(net, x, expanded, 1, activation=activation, name="expand", affine=affine)
    y = conv_norm(net, y, expanded, kernel, stride, None, expanded, activation, "depthwise", affine)
    if squeeze:
        y = squeeze_excite(net, y, squeeze, squeeze_activation, gate)
    y = conv_norm(net, y, out, 1, activation="", name="project", affine=affine)
    return net.add(x, y) if stride == 1 and x.channels == out else y


def branch(net: Network, x: Shape, *layers: tuple[Any, ...]) -> Shape:
    """Convolutions one after another: (channels, kernel), and (stride, padding) where they differ from the usual."""
    for layer in layers:
        x = conv_norm(net, x, *layer)
    return x
