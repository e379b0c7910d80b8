"""Hybrids of ResNet and ViT: the map of a convolutional network as a sequence of patches."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_counts, require_positive, stated
from computeest_plugins.vit import encoder

#: Blocks of the ResNet's stages; width, layers and heads of the transformer.
MEMBERS = {
    "vit-r26-s/32": ((2, 2, 2, 2), 384, 12, 6),
    "vit-r50-l/32": ((3, 4, 6, 3), 1024, 24, 16),
}


def vit_hybrid(
    blocks: Sequence[int] = (2, 2, 2, 2),
    width: int = 384,
    layers: int = 12,
    heads: int = 6,
    image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through a ResNet of bottlenecks with group norms, whose last map a ViT reads point by point."""
    require_counts("blocks", blocks)
    require_positive(width=width, layers=layers, heads=heads, image=image, classes=classes)
    net = Network()

    def conv(x: Shape, out: int, kernel: int, stride: int = 1) -> Shape:
        return net.group_norm(net.conv(x, out, kernel, stride, kernel // 2, bias=False))

    x = net.max_pool(conv(net.input(3, image, image), 64, 7, 2), 3, 2, 1)
    for stage, count in enumerate(blocks):
        inner = 64 << stage
        for place in range(count):
            stride = 2 if stage and not place else 1
            y = conv(conv(conv(x, inner, 1), inner, 3, stride), 4 * inner, 1)
            x = net.add(x if place else conv(x, 4 * inner, 1, stride), y)
    x = net.sequence(net.conv(x, width, 1, name="patch_embedding"))
    x = net.positions(net.append_tokens(x, 1))
    x = net.select(encoder(net, x, layers, heads, 4 * width))
    net.linear(x, classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """ViT hybrids."""
    names = ("blocks", "width", "layers", "heads")
    return [
        Family(
            name="vit-hybrid",
            forward=vit_hybrid,
            example="image",
            source="Steiner et al. 2021, How to train your ViT?, arXiv:2106.10270, Table 1",
            variants={name: dict(zip(names, member, strict=True)) for name, member in MEMBERS.items()},
            published=stated(TIMM, {"vit-r26-s/32": (36.43e6, None), "vit-r50-l/32": (328.99e6, 19.58e9)}),
        )
    ]
