"""EfficientFormerV2: MLPs with a depthwise convolution, and attention on small maps in its last two stages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import TIMM_LATER, flowing, require_counts, require_positive, stated, unknown

#: Heads of attention; channels of a query or key in a layer and in what halves the map, values having four times that.
HEADS, KEY, HALVING_KEY, VALUES = 8, 32, 16, 4
#: The stage whose attention looks at a map of half the sides.
HALVED = 3


def efficientformer_v2(
    widths: Sequence[int] = (32, 48, 96, 176),
    depths: Sequence[int] = (2, 2, 6, 4),
    attending: int = 2,
    narrow: Sequence[int] = (0, 0, 3, 2),
    distilled: bool = True,
    image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through an EfficientFormerV2; the last `attending` blocks of its stages 3 and 4 have attention.

    So many blocks of a stage as `narrow` says have MLPs three times as wide as the stage, the others four times.
    `distilled` has a second classifier, which learns from a teacher.
    """
    _check(widths, depths, attending, narrow)
    require_positive(image=image, classes=classes)
    net = Network()
    x = net.input(3, image, image)
    for name, out in (("stem1", widths[0] // 2), ("stem2", widths[0])):
        x = net.activation(_normed(net, x, out, 3, 2, name=name), "gelu")
    for stage, (width, count, some) in enumerate(zip(widths, depths, narrow, strict=True), start=1):
        with net.block(f"stage{stage}"):
            if stage > 1:
                y = _normed(net, x, width, 3, 2, name="halve")
                x = net.add(y, _halving(net, x, width)) if stage > HALVED else y
            x = net.stack(some, x, lambda x: _mlp(net, x, 3), "mlp3")
            x = net.stack(count - some, x, lambda x: _mlp(net, x, 4), "mlp4")
            if stage >= HALVED and attending:
                with net.repeat(attending, "attending"):
                    x = _attending(net, x, 2 if stage == HALVED else 1)
    x = net.global_pool(net.batch_norm(x))
    for name in ("classifier", "classifier.distilled")[: 1 + distilled]:
        net.linear(x, classes, name=name, term="logits")
    return net


def _check(widths: Sequence[int], depths: Sequence[int], attending: int, narrow: Sequence[int]) -> None:
    """Refuse stages that are not four, and more blocks of a kind than a stage has."""
    for key, counts in (("widths", widths), ("depths", depths)):
        require_counts(key, counts)
    if not len(widths) == len(depths) == len(narrow) == HALVED + 1:
        raise unknown("widths", list(widths), (f"{HALVED + 1} numbers, one for each stage, as of depths and narrow",))
    if not 0 <= attending <= min(depths[-2:]):
        raise ValueError(f"attending: {attending} of the {min(depths[-2:])} blocks of a stage")
    if any(not 0 <= some <= count for some, count in zip(narrow, depths, strict=True)):
        raise ValueError(f"narrow: {list(narrow)} of {list(depths)} blocks")


def _normed(net: Network, x: Shape, out: int, kernel: int = 1, stride: int = 1, groups: int = 1,
            name: str = "conv") -> Shape:  # fmt: skip
    return net.batch_norm(net.conv(x, out, kernel, stride, kernel // 2, groups=groups, name=name))


def _mlp(net: Network, x: Shape, ratio: int) -> Shape:
    net.parameter(x.channels, "mlp.scale")
    y = net.activation(_normed(net, x, ratio * x.channels, name="mlp.up"), "gelu")
    y = net.activation(_normed(net, y, y.channels, 3, groups=y.channels, name="mlp.depthwise"), "gelu")
    return net.add(x, _normed(net, y, x.channels, name="mlp.down"))


def _attending(net: Network, x: Shape, stride: int) -> Shape:
    """Attention whose heads are mixed before and after the softmax, beside a depthwise convolution of its values."""
    net.parameter(x.channels, "attention.scale")
    y = _normed(net, x, x.channels, 3, stride, x.channels, "attention.halve") if stride > 1 else x
    places, inner = y.positions, HEADS * KEY
    for name in ("attention.q", "attention.k"):
        _normed(net, y, inner, name=name)
    values = _normed(net, y, VALUES * inner, name="attention.v")
    _normed(net, values, values.channels, 3, groups=values.channels, name="attention.local")
    net.parameter(HEADS * places, "attention.bias")
    net.attention_core(flowing(inner, places), places, HEADS, KEY, VALUES * KEY)
    for name in ("attention.mix_scores", "attention.mix_weights"):
        net.conv(flowing(HEADS, places, places), HEADS, 1, name=name)
    values = net.upsample(values, stride) if stride > 1 else values
    _normed(net, net.activation(values, "gelu"), x.channels, name="attention.out")
    return net.add(x, x)


def _halving(net: Network, x: Shape, out: int) -> Shape:
    """Attention of half the sides' queries over all places."""
    inner = HEADS * HALVING_KEY
    with net.block("attention"):
        local = net.conv(x, x.channels, 3, 2, 1, groups=x.channels, name="q.local")
        queries = _normed(net, net.add(local, local), inner, name="q")
        _normed(net, x, inner, name="k")
        values = _normed(net, x, VALUES * inner, name="v")
        y = _normed(net, values, values.channels, 3, 2, values.channels, "local")
        net.parameter(HEADS * x.positions, "bias")
        net.attention_core(flowing(inner, queries.positions), x.positions, HEADS, HALVING_KEY, VALUES * HALVING_KEY)
        return _normed(net, net.activation(y, "gelu"), out, name="out")


VARIANTS: dict[str, dict[str, Any]] = {
    "efficientformer-v2-s0": {},
    "efficientformer-v2-s1": {"widths": (32, 48, 120, 224), "depths": (3, 3, 9, 6), "narrow": (0, 0, 4, 2)},
    "efficientformer-v2-s2": {"widths": (32, 64, 144, 288), "depths": (4, 4, 12, 8), "attending": 4,
                              "narrow": (0, 0, 6, 4)},
    "efficientformer-v2-l": {"widths": (40, 80, 192, 384), "depths": (5, 5, 15, 10), "attending": 6,
                             "narrow": (0, 0, 7, 4)},
}  # fmt: skip
#: Its multiply-adds hold the enlarging of maps, 3 % of the smaller two.
PUBLISHED: dict[str, Published] = stated(TIMM_LATER, {
    "efficientformer-v2-s0": (3.6e6, None), "efficientformer-v2-s1": (6.19e6, None),
    "efficientformer-v2-s2": (12.71e6, 1.27e9), "efficientformer-v2-l": (26.32e6, 2.59e9)})  # fmt: skip


@hookimpl
def computeest_families() -> list[Family]:
    """EfficientFormerV2."""
    return [
        Family(
            name="efficientformer-v2",
            forward=efficientformer_v2,
            example="image",
            source="Li et al. 2023, Rethinking vision transformers for MobileNet size and speed, arXiv:2212.08059",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
