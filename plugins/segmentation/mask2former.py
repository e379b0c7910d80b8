"""Mask2Former: queries that look at what their own masks show of a pyramid, each a class and a mask in the end."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import require_positive
from computeest_plugins.detection.backbones import resnet_maps, sides

#: Levels of the pyramid that queries look at, and places that an element of it looks at on each.
LEVELS, POINTS = 3, 4


def mask2former(
    depth: int = 50,
    image: int = 1024,
    image_width: int | None = None,
    layers: int = 6,
    decoder_layers: int = 9,
    width: int = 256,
    heads: int = 8,
    feed_forward: int = 1024,
    decoder_feed_forward: int = 2048,
    queries: int = 100,
    classes: int = 133,
    affine: bool = False,
) -> Network:
    """One image through a Mask2Former on a ResNet; after every layer its `queries` are classified and drawn as masks.

    `classes` are without that of no object; norms of the backbone that are not `affine` are frozen.
    """
    require_positive(queries=queries, classes=classes, width=width, layers=layers, decoder_layers=decoder_layers)
    net = Network()
    maps = resnet_maps(net, net.input(3, *sides(image, image_width)), depth, affine=affine)
    with net.block("pixels"):
        levels, fine = _pixels(net, maps, layers, width, heads, feed_forward)
    net.parameter(2 * queries * width, "queries")
    net.parameter(LEVELS * width, "levels")
    y = net.input(width, queries, grad=True)
    _drawn(net, y, fine, classes, width)
    for number in range(decoder_layers):
        with net.block(f"decoder{number + 1}"):
            y = net.layer_norm(net.add(y, net.attention(y, heads, context=levels[number % LEVELS], name="cross")))
            y = net.layer_norm(net.add(y, net.attention(y, heads, name="self")))
            y = net.layer_norm(net.add(y, net.mlp(y, decoder_feed_forward)))
        _drawn(net, y, fine, classes, width)
    net.note("samples of the pyramid between its places (element-wise), and matching queries with objects")
    return net


def _pixels(net: Network, maps: list[Shape], layers: int, width: int, heads: int,
            feed_forward: int) -> tuple[list[Shape], Shape]:  # fmt: skip
    """The coarse levels as sequences, the coarsest first, and the finest map, of which masks are drawn."""
    levels = [net.sequence(net.norm(net.conv(x, width, 1, name="project"), "group")) for x in reversed(maps[1:])]
    net.parameter(LEVELS * width, "levels")
    x = net.concat(*levels, along="positions")
    with net.repeat(layers, "layer"):
        net.linear(x, heads * LEVELS * POINTS * 2, name="offsets", term="attention projections")
        net.linear(x, heads * LEVELS * POINTS, name="weights", term="attention projections")
        for name in ("values", "out"):
            x = net.linear(x, width, name=name, term="attention projections")
        x = net.layer_norm(net.add(x, x))
        x = net.layer_norm(net.add(x, net.mlp(x, feed_forward)))
    fine = net.norm(net.conv(maps[0], width, 1, bias=False, name="lateral"), "group")
    fine = net.activation(net.norm(net.conv(fine, width, 3, padding=1, bias=False, name="smooth"), "group"))
    return levels, net.conv(fine, width, 1, name="masks")


def _drawn(net: Network, y: Shape, fine: Shape, classes: int, width: int) -> None:
    """Classes and masks of all queries, by one head after each layer."""
    with net.shared("drawn"):
        y = net.layer_norm(y)
        net.linear(y, classes + 1, name="classes", term="logits")
        for place in range(3):
            y = net.linear(y, width, name=f"mask{place + 1}")
    net.matmul(y, y.positions, width, fine.positions, name="masks", term="logits")


VARIANTS: dict[str, dict[str, Any]] = {"mask2former-r50": {}, "mask2former-r101": {"depth": 101}}
_PAPER = "Cheng et al. 2022, arXiv:2112.01527, Table 1"
PUBLISHED: dict[str, Published] = {
    "mask2former-r50": Published(_PAPER, parameters=44e6),
    "mask2former-r101": Published(_PAPER, parameters=63e6),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Mask2Former."""
    return [
        Family(
            name="mask2former",
            forward=mask2former,
            example="image",
            source="Cheng et al. 2022, arXiv:2112.01527, section 3 and appendix",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
