"""EfficientFormer: blocks that pool on a grid, then blocks that attend, at the speed of a phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_counts, require_positive, stated, unknown

#: Heads of attention, channels of a query or key, and of a value.
HEADS, KEY, VALUE = 8, 32, 128


def efficientformer(
    widths: Sequence[int] = (48, 96, 224, 448),
    depths: Sequence[int] = (3, 2, 6, 4),
    attending: int = 1,
    distilled: bool = True,
    image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through an EfficientFormer; the last `attending` blocks of its last stage have attention.

    `distilled` has a second classifier, which learns from a teacher.
    """
    require_counts("depths", depths)
    require_counts("widths", widths)
    if len(depths) != len(widths):
        raise unknown("widths", list(widths), (f"{len(depths)} numbers, one for each stage",))
    require_positive(image=image, classes=classes)
    if not 0 <= attending <= depths[-1]:
        raise ValueError(f"attending: {attending} of the {depths[-1]} blocks of the last stage")
    net = Network()
    x = net.input(3, image, image)
    for name, out in (("stem1", widths[0] // 2), ("stem2", widths[0])):
        x = _halved(net, x, out, name)
        x = net.activation(x)
    for stage, (width, count) in enumerate(zip(widths, depths, strict=True), start=1):
        last = attending if stage == len(depths) else 0
        with net.block(f"stage{stage}"):
            if stage > 1:
                x = _halved(net, x, width, "halve")
            with net.repeat(count - last, "pooling"):
                x = _pooling(net, x)
            if last:
                with net.repeat(last, "attending"):
                    x = _attending(net, x)
    x = net.global_pool(net.layer_norm(x))
    for name in ("classifier", "classifier.distilled")[: 1 + distilled]:
        net.linear(x, classes, name=name, term="logits")
    return net


def _halved(net: Network, x: Shape, out: int, name: str) -> Shape:
    return net.batch_norm(net.conv(x, out, 3, 2, 1, name=name))


def _pooling(net: Network, x: Shape) -> Shape:
    """The mean of a place's surroundings less itself, then an MLP with norms."""
    net.parameter(2 * x.channels, "layer_scale")
    x = net.add(x, net.avg_pool(x, 3, 1, 1))
    y = net.activation(net.batch_norm(net.conv(x, 4 * x.channels, 1, name="mlp.up")), "gelu")
    return net.add(x, net.batch_norm(net.conv(y, x.channels, 1, name="mlp.down")))


def _attending(net: Network, x: Shape) -> Shape:
    """Attention whose values are four times as wide as its keys, with a bias for each distance; then an MLP."""
    net.parameter(2 * x.channels, "layer_scale")
    y = net.linear(net.layer_norm(x), HEADS * (2 * KEY + VALUE), name="attention.qkv", term="attention projections")
    net.parameter(HEADS * x.positions, "attention.bias")
    y = net.attention_core(y, x.positions, HEADS, KEY, VALUE)
    x = net.add(x, net.linear(y, x.channels, name="attention.out", term="attention projections"))
    return net.add(x, net.mlp(net.layer_norm(x), 4 * x.channels))


VARIANTS: dict[str, dict[str, Any]] = {
    "efficientformer-l1": {},
    "efficientformer-l3": {"widths": (64, 128, 320, 512), "depths": (4, 4, 12, 6), "attending": 4},
    "efficientformer-l7": {"widths": (96, 192, 384, 768), "depths": (6, 6, 18, 8), "attending": 8},
}
PUBLISHED: dict[str, Published] = stated(TIMM, {
    "efficientformer-l1": (12.29e6, 1.3e9), "efficientformer-l3": (31.41e6, 3.93e9),
    "efficientformer-l7": (82.23e6, 10.17e9)})  # fmt: skip


@hookimpl
def computeest_families() -> list[Family]:
    """EfficientFormer."""
    return [
        Family(
            name="efficientformer",
            forward=efficientformer,
            example="image",
            source="Li et al. 2022, arXiv:2206.01191, section 4 and Table 7",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
