"""Relatives of ResNet: other stems and shortcuts (D, RS), blocks that weigh channels (ECA, SK, ResNeSt, Res2Net)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import (
    classifier,
    conv_norm,
    require_counts,
    require_positive,
    rounded_channels,
    squeeze_excite,
    unknown,
)

STEMS = ("plain", "deep", "tiered")
BLOCKS = ("basic", "bottleneck", "selective", "split", "scales")
ATTENTIONS = ("none", "se", "eca")


class Kind(NamedTuple):
    """What all blocks of one network have in common."""

    block: str
    attention: str
    #: Share of squeeze-and-excitation.
    squeeze: float
    groups: int
    #: Channels of a group, of 64 in the first stage.
    group_width: int
    scales: int
    #: Whether a shortcut that strides pools first (ResNet-D).
    pooled: bool


@dataclass(frozen=True, slots=True)
class Relative:
    """What `architecture:` may state of a relative of ResNet."""

    depth: int = 50
    blocks: Sequence[int] = (3, 4, 6, 3)
    block: str = "bottleneck"
    stem: str = "deep"
    stem_width: int = 32
    stem_pool: bool = True
    pooled_shortcut: bool = True
    attention: str = "none"
    squeeze: float = 1 / 16
    groups: int = 1
    group_width: int = 64
    scales: int = 4
    image: int = 224
    classes: int = 1000


def resnet_relative(p: Relative) -> Network:
    """One image through a relative of ResNet; the defaults are ResNet-50-D (He et al. 2019, arXiv:1812.01187).

    `stem` is one convolution of 7x7 or three of 3x3 (tiered: growing), halved by pooling or, not `stem_pool`, by one
    more convolution. `block` looks at two kernels and selects (selective), splits its convolution and weighs its parts
    (split: ResNeSt), or convolves `scales` shares of its channels one after another (scales: Res2Net).
    """
    for key, value, allowed in (
        ("block", p.block, BLOCKS),
        ("stem", p.stem, STEMS),
        ("attention", p.attention, ATTENTIONS),
    ):
        if value not in allowed:
            raise unknown(key, value, allowed)
    require_counts("blocks", p.blocks)
    require_positive(
        stem_width=p.stem_width, groups=p.groups, group_width=p.group_width, scales=p.scales, squeeze=p.squeeze
    )
    layers = (2 if p.block == "basic" else 3) * sum(p.blocks) + 2
    if p.depth != layers:
        raise ValueError(f"blocks: {list(p.blocks)} make {layers} layers of '{p.block}' blocks, but depth is {p.depth}")
    net, kind = Network(), Kind(p.block, p.attention, p.squeeze, p.groups, p.group_width, p.scales, p.pooled_shortcut)
    x = _stem(net, net.input(3, p.image, p.image), p.stem, p.stem_width, p.stem_pool)
    planes = 64
    for number, count in enumerate(p.blocks, start=1):
        with net.block(f"stage{number}"):
            x = _block(net, x, planes, 1 if number == 1 else 2, kind, first=True)
        if count > 1:
            with net.repeat(count - 1, f"stage{number}"):
                x = _block(net, x, planes, 1, kind)
        planes *= 2
    return classifier(net, x, p.classes)


def _stem(net: Network, x: Shape, stem: str, width: int, pool: bool) -> Shape:
    if stem == "plain":
        x = conv_norm(net, x, 64, 7, 2, name="stem")
    else:
        first = width if stem == "deep" else 3 * (width // 4)
        for number, out in enumerate((first, width, 2 * width), start=1):
            x = conv_norm(net, x, out, 3, 2 if number == 1 else 1, name=f"stem{number}")
    return net.max_pool(x, 3, 2, 1) if pool else conv_norm(net, x, x.channels, 3, 2, name="stem.halve")


def _block(net: Network, x: Shape, planes: int, stride: int, kind: Kind, first: bool = False) -> Shape:
    width = planes * kind.group_width // 64 * kind.groups
    out = planes if kind.block == "basic" else 4 * planes
    if kind.block == "basic":
        y = conv_norm(net, x, planes, 3, stride, name="conv1")
        y = conv_norm(net, y, out, 3, activation="", name="conv2")
    else:
        y = _middle(net, x, width, stride, kind, first)
        y = conv_norm(net, y, out, 1, activation="", name="expand")
    if kind.attention == "se":
        y = squeeze_excite(net, y, rounded_channels(out * kind.squeeze, 8, 0))
    elif kind.attention == "eca":
        _weighed(net, y)
    return net.activation(net.add(y, _shortcut(net, x, out, stride, kind)))


def _middle(net: Network, x: Shape, width: int, stride: int, kind: Kind, first: bool) -> Shape:
    """What stands between the 1x1 convolutions of a bottleneck, and the first of those."""
    y = conv_norm(net, x, width * kind.scales if kind.block == "scales" else width, 1, name="reduce")
    if kind.block == "selective":
        return _selected(net, y, width, stride, kind.groups)
    if kind.block == "split":
        y = _split(net, y, width, kind.groups)
        return net.avg_pool(y, 3, stride, 1) if first else y
    if kind.block == "scales":
        share = y._replace(channels=width)
        with net.repeat(max(1, kind.scales - 1), "scale"):
            z = conv_norm(net, share, width, 3, stride, groups=kind.groups, name="conv3x3")
        return z._replace(channels=width * kind.scales)
    return conv_norm(net, y, width, 3, stride, groups=kind.groups, name="conv3x3")


def _shortcut(net: Network, x: Shape, out: int, stride: int, kind: Kind) -> Shape:
    if x.channels == out and stride == 1:
        return x
    if kind.pooled and stride > 1:
        x, stride = net.avg_pool(x, 2, 2, ceil=True), 1
    return conv_norm(net, x, out, 1, stride, activation="", name="projection")


def _weighed(net: Network, x: Shape) -> None:
    """Each channel weighed by its neighbours' means (Wang et al. 2020, arXiv:1910.03151)."""
    taps = int(abs(math.log2(x.channels) + 1) / 2)
    row = Shape(1, (x.channels,), x.grad, x.channels)
    net.conv(row, 1, (taps + 1 - taps % 2,), padding="same", bias=False, name="neighbours")


def _selected(net: Network, x: Shape, width: int, stride: int, groups: int) -> Shape:
    """Two kernels, each on half of the channels (on all where they are in groups), and a choice (Li et al. 2019)."""
    part = x if groups > 1 else net.split(x, 2)
    with net.repeat(2, "kernel"):
        y = conv_norm(net, part, width, 3, stride, groups=groups, name="conv3x3")
    hidden = rounded_channels(width / 16, 32 if groups > 1 else 8, 0)
    z = net.linear(net.global_pool(y), hidden, bias=False, name="select.reduce")
    net.linear(net.activation(net.batch_norm(z)), 2 * width, bias=False, name="select.expand")
    return y


def _split(net: Network, x: Shape, width: int, groups: int) -> Shape:
    """Two splits of each group, weighed by what both hold (Zhang et al. 2020, Figure 2)."""
    y = conv_norm(net, x, 2 * width, 3, groups=2 * groups, name="conv3x3")
    half = y._replace(channels=width)
    hidden = max(32, rounded_channels(width / 2, 8))
    z = net.linear(net.global_pool(half), hidden, name="split.reduce")
    net.linear(net.activation(net.batch_norm(z)), 2 * width, name="split.expand")
    return half


_DEPTHS = {26: (2, 2, 2, 2), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3), 200: (3, 24, 36, 3),
           269: (3, 30, 48, 8), 270: (4, 29, 53, 4), 350: (4, 36, 72, 4), 420: (4, 44, 87, 4)}  # fmt: skip


def _of(name: int, **more: Any) -> dict[str, Any]:
    """A network of bottlenecks that is called by that many layers."""
    blocks = _DEPTHS[name]
    return {"depth": 3 * sum(blocks) + 2, "blocks": blocks, **more}


_PLAIN: dict[str, Any] = {"stem": "plain", "pooled_shortcut": False}
_RS: dict[str, Any] = {"stem_pool": False, "attention": "se", "squeeze": 0.25}
_NEST: dict[str, Any] = {"block": "split"}
VARIANTS: dict[str, dict[str, Any]] = {
    "resnet-18-d": {"depth": 18, "blocks": (2, 2, 2, 2), "block": "basic"},
    "resnet-34-d": {"depth": 34, "blocks": (3, 4, 6, 3), "block": "basic"},
    **{f"resnet-{depth}-d": _of(depth) for depth in (26, 50, 101, 152, 200)},
    **{f"eca-resnet-{depth}-d": _of(depth, attention="eca") for depth in (50, 101)},
    **{f"resnet-rs-{name}": _of(name, image=image, **_RS) for name, image in
       {50: 160, 101: 192, 152: 256, 200: 256, 270: 256, 350: 288, 420: 320}.items()},
    "sknet-50": _of(50, block="selective", groups=32, group_width=4, **_PLAIN),
    "resnest-50": _of(50, **_NEST),
    "resnest-101": _of(101, stem_width=64, image=256, **_NEST),
    "resnest-200": _of(200, stem_width=64, image=320, **_NEST),
    "resnest-269": _of(269, stem_width=64, image=416, **_NEST),
    **{f"res2net-{depth}-{width}w-{scales}s": _of(depth, block="scales", group_width=width, scales=scales, **_PLAIN)
       for depth, width, scales in ((50, 26, 4), (50, 26, 6), (50, 26, 8), (50, 48, 2), (50, 14, 8), (101, 26, 4))},
}  # fmt: skip
PUBLISHED: dict[str, Published] = {
    "resnet-50-d": Published("He et al. 2019, arXiv:1812.01187, Table 5", forward_macs=4.3e9),
    "sknet-50": Published("Li et al. 2019, arXiv:1903.06586, Table 2", parameters=27.5e6, forward_macs=4.47e9),
    "resnest-50": Published("Zhang et al. 2020, arXiv:2004.08955, Table 3", parameters=27.5e6),
    "resnest-200": Published("Zhang et al. 2020, arXiv:2004.08955, Table 4", parameters=70.2e6),
}


@hookimpl
def computeest_families() -> list[Family]:
    """ResNet-D, ResNet-RS, ECA-ResNet, SKNet, ResNeSt and Res2Net."""
    return [
        Family(
            name="resnet-relative",
            forward=resnet_relative,
            example="image",
            source="He et al. 2019, arXiv:1812.01187; Bello et al. 2021, arXiv:2103.07579; Li et al. 2019, "
            "arXiv:1903.06586; Zhang et al. 2020, arXiv:2004.08955; Gao et al. 2019, arXiv:1904.01169",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
