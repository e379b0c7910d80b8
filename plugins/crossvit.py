"""CrossViT: two transformers over patches of two sizes, whose class tokens read each other's patches."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, flowing, require_positive, stated
from computeest_plugins.transformer_blocks import Block, stack

#: Width of the branch of small patches (the other's is twice as wide), heads, layers of the other in each stage, and
#: width of the MLPs in widths of their branch (Table 1).
MEMBERS = {
    "crossvit-ti": (96, 3, 4, 4),
    "crossvit-s": (192, 6, 4, 4),
    "crossvit-b": (384, 12, 4, 4),
    "crossvit-9": (128, 4, 3, 3),
    "crossvit-15": (192, 6, 5, 3),
    "crossvit-18": (224, 7, 6, 3),
}


def crossvit(
    width: int = 192,
    heads: int = 6,
    layers: int = 4,
    expansion: int = 4,
    stages: int = 3,
    image: int = 240,
    coarse_image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through a CrossViT: patches of 12 pixels at `width`, and of 16 pixels of a smaller copy at twice that.

    In each of the `stages` the fine branch has one layer and the coarse one `layers`, then their class tokens cross.
    """
    require_positive(width=width, heads=heads, layers=layers, expansion=expansion, stages=stages, classes=classes)
    if image % 12 or coarse_image % 16:
        raise ValueError(f"image: {image} and {coarse_image} pixels do not divide into patches of 12 and of 16")
    net = Network()
    tokens: list[Shape] = []
    for side, patch, channels in ((image, 12, width), (coarse_image, 16, 2 * width)):
        x = net.sequence(net.conv(net.input(3, side, side), channels, patch, patch, name="patches"))
        tokens.append(net.positions(net.append_tokens(x, 1)))
    with net.repeat(stages, "stage"):
        for x, count in zip(tokens, (1, layers), strict=True):
            stack(net, x, count, Block(heads, None, None, expansion * x.channels))
        for x, other in (tokens, tokens[::-1]):
            token = net.layer_norm(flowing(x.channels, 1), name="token_norm")
            token = net.linear(token, other.channels, name="token")
            y = net.layer_norm(other, name="cross_norm")
            token = net.attention(token, heads, context=y, name="cross")
            net.linear(net.layer_norm(token), x.channels, name="token_back")
    for x in tokens:
        net.linear(net.layer_norm(net.select(x), name="final_norm"), classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """CrossViT."""
    names = ("width", "heads", "layers", "expansion")
    return [
        Family(
            name="crossvit",
            forward=crossvit,
            example="image",
            source="Chen et al. 2021, CrossViT, arXiv:2103.14899, Table 1",
            variants={name: dict(zip(names, member, strict=True)) for name, member in MEMBERS.items()},
            published=stated(TIMM, {"crossvit-ti": (7.01e6, None), "crossvit-s": (26.86e6, None),
                                    "crossvit-b": (105.03e6, None), "crossvit-9": (8.55e6, None),
                                    "crossvit-15": (27.53e6, None), "crossvit-18": (43.27e6, None)}),
        )
    ]  # fmt: skip
