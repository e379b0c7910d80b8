"""FastViT: mixers of one depthwise convolution, then attention, each of several branches while it is trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import TIMM_LATER, require_counts, require_positive, squeeze_excite, stated, unknown

#: Channels of a head of attention, and side of the convolution that places its positions.
HEAD, PLACES = 32, 7


def fastvit(
    widths: Sequence[int] = (64, 128, 256, 512),
    depths: Sequence[int] = (2, 2, 6, 2),
    expansion: int = 4,
    attending: int = 0,
    deployed: bool = False,
    image: int = 256,
    classes: int = 1000,
) -> Network:
    """One image through a FastViT as it is trained or, `deployed`, with its branches folded into one convolution.

    The last `attending` stages have attention, the others mix positions by a depthwise convolution; `expansion` is the
    width of an MLP in widths of its stage.
    """
    for key, counts in (("widths", widths), ("depths", depths)):
        require_counts(key, counts)
    if len(depths) != len(widths):
        raise unknown("widths", list(widths), (f"{len(depths)} numbers, one for each stage",))
    require_positive(expansion=expansion, image=image, classes=classes)
    if not 0 <= attending <= len(depths):
        raise ValueError(f"attending: {attending} of {len(depths)} stages")
    net = Network()
    x = net.input(3, image, image)
    with net.block("stem"):
        x = net.activation(_branches(net, x, widths[0], 3, 2, deployed=deployed), "gelu")
        x = net.activation(_branches(net, x, widths[0], 3, 2, widths[0], deployed=deployed), "gelu")
        x = net.activation(_branches(net, x, widths[0], 1, deployed=deployed), "gelu")
    for stage, (width, count) in enumerate(zip(widths, depths, strict=True), start=1):
        with net.block(f"stage{stage}"):
            if stage > 1:
                x = _halved(net, x, width, deployed)
            if last := stage > len(depths) - attending:
                x = net.add(x, net.conv(x, width, PLACES, 1, PLACES // 2, groups=width, name="places"))
            with net.repeat(count, "attending" if last else "mixing"):
                x = _attending(net, x) if last else _mixing(net, x, deployed)
                x = _mlp(net, x, expansion)
    x = _branches(net, x, 2 * x.channels, 3, groups=x.channels, deployed=deployed)
    x = net.activation(squeeze_excite(net, x, x.channels // 16), "gelu")
    net.linear(net.global_pool(x), classes, name="classifier", term="logits")
    return net


def _branches(net: Network, x: Shape, out: int, kernel: int, stride: int = 1, groups: int = 1, *,
              deployed: bool) -> Shape:  # fmt: skip
    """MobileOne's: a convolution, one of 1x1 beside a larger one, and a norm of the input where no shape changes."""
    name = f"conv{kernel}x{kernel}"
    if deployed:
        return net.conv(x, out, kernel, stride, kernel // 2, groups=groups, name=name)
    y = net.batch_norm(net.conv(x, out, kernel, stride, kernel // 2, groups=groups, bias=False, name=name))
    if kernel > 1:
        net.batch_norm(net.conv(x, out, 1, stride, groups=groups, bias=False, name="conv1x1"))
    if stride == 1 and out == x.channels:
        net.batch_norm(x, name="identity")
    return y


def _halved(net: Network, x: Shape, out: int, deployed: bool) -> Shape:
    """A large depthwise convolution and, while it is trained, a small one, of twice the channels and half the sides."""
    if deployed:
        y = net.conv(x, out, 7, 2, 3, groups=x.channels, name="halve")
    else:
        y = net.batch_norm(net.conv(x, out, 7, 2, 3, groups=x.channels, bias=False, name="halve"))
        net.batch_norm(net.conv(x, out, 3, 2, 1, groups=x.channels, bias=False, name="halve.small"))
    return net.activation(_branches(net, y, out, 1, deployed=deployed), "gelu")


def _mixing(net: Network, x: Shape, deployed: bool) -> Shape:
    if not deployed:
        net.batch_norm(x, name="mixer.norm")
        net.parameter(x.channels, "mixer.scale")
    return net.add(x, _branches(net, x, x.channels, 3, groups=x.channels, deployed=deployed))


def _attending(net: Network, x: Shape) -> Shape:
    net.parameter(x.channels, "attention.scale")
    y = net.sequence(net.batch_norm(x))
    net.attention(y, x.channels // HEAD, bias=False, output_bias=True)
    return net.add(x, x)


def _mlp(net: Network, x: Shape, expansion: int) -> Shape:
    """A large depthwise convolution with its norm, then the two products."""
    net.parameter(x.channels, "mlp.scale")
    y = net.batch_norm(net.conv(x, x.channels, 7, padding=3, groups=x.channels, bias=False, name="mlp.depthwise"))
    y = net.activation(net.conv(y, expansion * x.channels, 1, name="mlp.up"), "gelu")
    return net.add(x, net.conv(y, x.channels, 1, name="mlp.down"))


_TINY: dict[str, Any] = {"expansion": 3}
_24, _36 = (4, 4, 12, 4), (6, 6, 18, 6)
VARIANTS: dict[str, dict[str, Any]] = {
    "fastvit-t8": {"widths": (48, 96, 192, 384), "depths": (2, 2, 4, 2), **_TINY},
    "fastvit-t12": {"depths": (2, 2, 6, 2), **_TINY},
    "fastvit-s12": {},
    "fastvit-sa12": {"attending": 1},
    "fastvit-sa24": {"depths": _24, "attending": 1},
    "fastvit-sa36": {"depths": _36, "attending": 1},
    "fastvit-ma36": {"widths": (76, 152, 304, 608), "depths": _36, "attending": 1},
}
#: With their branches, as they are trained.
PUBLISHED: dict[str, Published] = stated(TIMM_LATER, {
    "fastvit-t8": (4.03e6, 0.7e9), "fastvit-t12": (7.55e6, 1.42e9), "fastvit-s12": (9.47e6, 1.82e9),
    "fastvit-sa12": (11.58e6, 1.96e9), "fastvit-sa24": (21.55e6, 3.8e9), "fastvit-sa36": (31.53e6, 5.64e9),
    "fastvit-ma36": (44.07e6, 7.88e9)})  # fmt: skip


@hookimpl
def computeest_families() -> list[Family]:
    """FastViT."""
    return [
        Family(
            name="fastvit",
            forward=fastvit,
            example="image",
            source="Vasu et al. 2023, FastViT, arXiv:2303.14189, Table 2",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
