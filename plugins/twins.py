"""Twins: pyramids of attention, over all positions to a few, or by turns within windows and to a few."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_counts, require_positive, stated

#: Widths, heads, widths of the MLPs in widths of their stage, blocks (Tables 1 and 2), and the window; 0 for none.
MEMBERS = {
    "twins-pcpvt-s": ((64, 128, 320, 512), (1, 2, 5, 8), (8, 8, 4, 4), (3, 4, 6, 3), 0),
    "twins-pcpvt-b": ((64, 128, 320, 512), (1, 2, 5, 8), (8, 8, 4, 4), (3, 4, 18, 3), 0),
    "twins-pcpvt-l": ((64, 128, 320, 512), (1, 2, 5, 8), (8, 8, 4, 4), (3, 8, 27, 3), 0),
    "twins-svt-s": ((64, 128, 256, 512), (2, 4, 8, 16), (4, 4, 4, 4), (2, 2, 10, 4), 7),
    "twins-svt-b": ((96, 192, 384, 768), (3, 6, 12, 24), (4, 4, 4, 4), (2, 2, 18, 2), 7),
    "twins-svt-l": ((128, 256, 512, 1024), (4, 8, 16, 32), (4, 4, 4, 4), (2, 2, 18, 2), 7),
}
#: How many positions one stands for on either side, where all are looked at.
REDUCTIONS = (8, 4, 2, 1)


def twins(
    widths: Sequence[int] = (64, 128, 256, 512),
    heads: Sequence[int] = (2, 4, 8, 16),
    expansions: Sequence[int] = (4, 4, 4, 4),
    depths: Sequence[int] = (2, 2, 10, 4),
    window: int = 7,
    image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through a Twins; with a `window` every other block, from the first, looks no further (SVT)."""
    for name, counts in (("widths", widths), ("heads", heads), ("expansions", expansions), ("depths", depths)):
        require_counts(name, counts)
        if len(counts) != len(REDUCTIONS):
            raise ValueError(f"{name}: {len(counts)} stages; expected {len(REDUCTIONS)}")
    require_positive(image=image, classes=classes)
    if image < 32 or window < 0:
        raise ValueError(f"image, window: {image} and {window}; expected at least 32 pixels, and 0 or more")
    net = Network()
    x = net.input(3, image, image)
    for stage, (width, count, blocks) in enumerate(zip(widths, heads, depths, strict=True)):
        patch = 2 if stage else 4
        x = net.layer_norm(net.conv(x, width, patch, patch, name="patches"))
        near, far = (window, REDUCTIONS[stage]), (0, REDUCTIONS[stage])
        for number, (kind, times) in enumerate(((near, 1), (far, blocks // 2), (near, (blocks - 1) // 2))
                                               if window else ((far, 1), (far, blocks - 1))):
            if times:
                with net.repeat(times, f"stage{stage + 1}"):
                    x = _block(net, x, count, expansions[stage] * width, *kind)
            if not number:
                x = net.add(x, net.depthwise(x, 3, 1, 1, name="positions"))
    net.linear(net.global_pool(net.layer_norm(x, name="final_norm")), classes, name="classifier", term="logits")
    return net


def _block(net: Network, x: Shape, heads: int, hidden: int, window: int, reduction: int) -> Shape:
    if x.channels % heads:
        raise ValueError(f"heads: a width of {x.channels} does not divide into {heads} heads")
    y = net.layer_norm(x)
    y = _windowed(net, y, heads, window) if window else _reduced(net, y, heads, reduction)
    x = net.add(x, y)
    return net.add(x, net.mlp(net.layer_norm(x), hidden))


def _windowed(net: Network, x: Shape, heads: int, window: int) -> Shape:
    """Attention within squares; a grid that they do not fill is padded, and what is padded is computed, too."""
    sides = [-(-side // window) for side in x.size]
    padded = Shape(x.channels, tuple(side * window for side in sides), x.grad, sides[0] * sides[1] * window**2)
    net.linear(padded, 3 * x.channels, name="qkv", term="attention projections")
    channels, batch = x.channels // heads, heads * sides[0] * sides[1]
    y = Shape(x.channels, x.size, grad=True, positions=x.positions)
    net.matmul(y, window**2, channels, window**2, batch, name="scores")
    net.matmul(y, window**2, window**2, channels, batch, name="mix")
    return net.linear(y, x.channels, name="out", term="attention projections")


def _reduced(net: Network, x: Shape, heads: int, reduction: int) -> Shape:
    """Attention of all positions to one of each square of `reduction` pixels."""
    few = x
    if reduction > 1:
        few = net.layer_norm(net.conv(x, x.channels, reduction, reduction, name="reduce"))
    return net.attention(x, heads, context=few)


@hookimpl
def computeest_families() -> list[Family]:
    """Twins."""
    names = ("widths", "heads", "expansions", "depths", "window")
    return [
        Family(
            name="twins",
            forward=twins,
            example="image",
            source="Chu et al. 2021, Twins, arXiv:2104.13840, Tables 1 and 2",
            variants={name: dict(zip(names, member, strict=True)) for name, member in MEMBERS.items()},
            published=stated(TIMM, {"twins-pcpvt-s": (24.11e6, 3.83e9), "twins-pcpvt-b": (43.83e6, 6.68e9),
                                    "twins-pcpvt-l": (60.99e6, 9.84e9), "twins-svt-s": (24.06e6, 2.94e9),
                                    "twins-svt-b": (56.07e6, 8.59e9), "twins-svt-l": (99.27e6, 15.15e9)}),
        )
    ]  # fmt: skip
