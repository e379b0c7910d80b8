"""MobileViT: inverted residuals, and transformers over every fourth position between convolutions."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import (
    TIMM,
    classifier,
    conv_norm,
    inverted_residual,
    require_counts,
    require_positive,
    stated,
)

#: Channels of the five stages, widths of the transformers in the last three, channels at last, and how many times
#: wider inverted residuals are within (Table 4).
MEMBERS = {
    "mobilevit-xxs": ((16, 24, 48, 64, 80), (64, 80, 96), 320, 2),
    "mobilevit-xs": ((32, 48, 64, 80, 96), (96, 120, 144), 384, 4),
    "mobilevit-s": ((32, 64, 96, 128, 160), (144, 192, 240), 640, 4),
}
#: Layers of the transformers.
LAYERS = (2, 4, 3)
HEADS = 4
PATCH = 2


def mobilevit(
    channels: Sequence[int] = (32, 64, 96, 128, 160),
    widths: Sequence[int] = (144, 192, 240),
    features: int = 640,
    expansion: int = 4,
    image: int = 256,
    classes: int = 1000,
) -> Network:
    """One image through a MobileViT; `widths` are those of the transformers of its last three stages."""
    require_counts("channels", channels)
    require_counts("widths", widths)
    require_positive(features=features, expansion=expansion, image=image, classes=classes)
    if (len(channels), len(widths)) != (5, len(LAYERS)):
        raise ValueError(f"channels, widths: {len(channels)} and {len(widths)} stages; expected 5 and {len(LAYERS)}")
    net = Network()
    x = conv_norm(net, net.input(3, image, image), 16, 3, 2, activation="silu", name="stem")
    for stage, out in enumerate(channels):
        stride = 2 if stage else 1
        x = inverted_residual(net, x, expansion * x.channels, out, 3, stride, activation="silu")
        if stage == 1:
            with net.repeat(2, "stage2"):
                x = inverted_residual(net, x, expansion * out, out, activation="silu")
        elif stage > 1:
            with net.block(f"stage{stage + 1}"):
                x = _transformed(net, x, widths[stage - 2], LAYERS[stage - 2])
    return classifier(net, conv_norm(net, x, features, 1, activation="silu", name="final"), classes)


def _transformed(net: Network, x: Shape, width: int, layers: int) -> Shape:
    """What is next by convolutions, what is far by a transformer over the same place of every patch.

    A grid of which patches do not fill a side is interpolated to the next that they do, and back.
    """
    y = conv_norm(net, x, x.channels, 3, activation="silu", name="near")
    y = net.conv(y, width, 1, bias=False, name="wider")
    size = tuple(-(-side // PATCH) * PATCH for side in y.size)
    y = Shape(width, size, grad=y.grad, positions=prod(size))
    patches = y.positions // PATCH**2
    with net.repeat(layers, "layer"):
        z = net.layer_norm(y)
        net.linear(z, 3 * width, name="qkv", term="attention projections")
        net.matmul(z, patches, width // HEADS, patches, HEADS * PATCH**2, name="scores")
        net.matmul(z, patches, patches, width // HEADS, HEADS * PATCH**2, name="mix")
        y = net.add(y, net.linear(z, width, name="out", term="attention projections"))
        y = net.add(y, net.mlp(net.layer_norm(y), 2 * width, activation="silu"))
    y = net.layer_norm(y, name="final_norm")
    y = Shape(width, x.size, grad=y.grad, positions=x.positions)
    y = conv_norm(net, y, x.channels, 1, activation="silu", name="narrower")
    return conv_norm(net, net.concat(x, y), x.channels, 3, activation="silu", name="fusion")


@hookimpl
def computeest_families() -> list[Family]:
    """MobileViT."""
    names = ("channels", "widths", "features", "expansion")
    return [
        Family(
            name="mobilevit",
            forward=mobilevit,
            example="image",
            source="Mehta and Rastegari 2021, MobileViT, arXiv:2110.02178, Table 4",
            variants={name: dict(zip(names, member, strict=True)) for name, member in MEMBERS.items()},
            published=stated(TIMM, {"mobilevit-xxs": (1.27e6, None), "mobilevit-xs": (2.32e6, None),
                                    "mobilevit-s": (5.58e6, 2.03e9)}),
        )
    ]  # fmt: skip
