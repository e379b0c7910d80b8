"""Hiera: a plain pyramid of transformer stages that look at their mask unit first, and at everything later."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import TIMM_LATER, flowing, require_counts, require_positive, stated

#: Tokens along each side of a mask unit before any pooling, and how many stages look at their units alone.
UNIT, LOCAL = 8, 2


def hiera(
    width: int = 96,
    heads: int = 1,
    depths: Sequence[int] = (2, 3, 16, 3),
    image: int = 224,
    frames: int | None = None,
    classes: int = 1000,
) -> Network:
    """One image, or one clip of so many `frames`, through a Hiera; `width` and `heads` double from stage to stage.

    The first block of a stage keeps the largest of four queries, and looks where the stage before it looked.
    """
    require_counts("depths", depths)
    require_positive(width=width, heads=heads, classes=classes)
    multiple = 4 * UNIT
    if image < multiple or image % multiple:
        raise ValueError(f"image: {image} pixels do not divide into mask units of {multiple}")
    net = Network()
    if frames is not None:
        require_positive(frames=frames)
        x = net.conv(net.input(3, frames, image, image), width, (3, 7, 7), (2, 4, 4), (1, 3, 3), name="patches")
        net.parameter((prod(x.size[1:]) + x.size[0]) * width, "positions")
    else:
        x = net.positions(net.conv(net.input(3, image, image), width, 7, 4, 3, name="patches"))
    x, unit = net.sequence(x), UNIT * UNIT
    for stage, count in enumerate(depths):
        out = width << stage
        with net.block(f"stage{stage + 1}"):
            if stage:
                x = _block(net, x, out, heads << stage, unit if stage <= LOCAL else None)
                unit, count = max(1, unit // 4), count - 1
            with net.repeat(count, "block"):
                x = _block(net, x, out, heads << stage, unit if stage < LOCAL else None)
    net.linear(net.layer_norm(net.global_pool(x)), classes, name="classifier", term="logits")
    return net


def _block(net: Network, x: Shape, out: int, heads: int, unit: int | None) -> Shape:
    """Attention among `unit` tokens (all where None), with a quarter of the queries where it widens; then an MLP."""
    if out % heads:
        raise ValueError(f"width: {out} channels do not divide into {heads} heads")
    y, keys = net.layer_norm(x), x.positions
    queries = x.positions if out == x.channels else x.positions // 4
    if out != x.channels:
        net.linear(y, out, name="shortcut")
    net.linear(y, 3 * out, name="attention.qkv", term="attention projections")
    y = net.attention_core(flowing(out, queries), keys, heads, out // heads, window=unit)
    y = net.linear(y, out, name="attention.out", term="attention projections")
    return net.add(y, net.mlp(net.layer_norm(net.add(y, y)), 4 * out))


VARIANTS: dict[str, dict[str, Any]] = {
    f"hiera-{name}": {"width": width, "heads": heads, "depths": depths}
    for name, width, heads, depths in (
        ("tiny", 96, 1, (1, 2, 7, 2)), ("small", 96, 1, (1, 2, 11, 2)), ("base", 96, 1, (2, 3, 16, 3)),
        ("base-plus", 112, 2, (2, 3, 16, 3)), ("large", 144, 2, (2, 6, 36, 4)), ("huge", 256, 4, (2, 6, 36, 4)))
}  # fmt: skip
VARIANTS |= {f"{name}-16x224": {**VARIANTS[name], "frames": 16, "classes": 400}
             for name in ("hiera-base", "hiera-base-plus", "hiera-large", "hiera-huge")}  # fmt: skip
_SOURCE = "Ryali et al. 2023, README of facebookresearch/hiera, models of Kinetics-400"
PUBLISHED: dict[str, Published] = {
    **stated(TIMM_LATER, {
        "hiera-tiny": (27.91e6, 4.91e9), "hiera-small": (35.01e6, 6.42e9), "hiera-base": (51.52e6, 9.4e9),
        "hiera-base-plus": (69.90e6, 12.67e9), "hiera-large": (213.74e6, 40.34e9), "hiera-huge": (672.78e6, 124.85e9)}),
    **stated(_SOURCE, {
        "hiera-base-16x224": (51e6, 102e9), "hiera-base-plus-16x224": (None, 133e9),
        "hiera-large-16x224": (213e6, 413e9), "hiera-huge-16x224": (672e6, 1159e9)}),
}  # fmt: skip


@hookimpl
def computeest_families() -> list[Family]:
    """Hiera, of images and of clips."""
    return [
        Family(
            name="hiera",
            forward=hiera,
            example="image or clip",
            source="Ryali et al. 2023, arXiv:2306.00989, section 3 and Table 2",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
