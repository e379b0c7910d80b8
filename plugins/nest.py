"""NesT: transformer layers within the blocks of an image, which merge by convolutions."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, hookimpl
from computeest_plugins.blocks import TIMM, require_counts, require_positive, stated
from computeest_plugins.transformer_blocks import Block, stack

MEMBERS = {"nest-t": (96, (2, 2, 8)), "nest-s": (96, (2, 2, 20)), "nest-b": (128, (2, 2, 20))}


def nest(
    width: int = 96, layers: Sequence[int] = (2, 2, 8), patch: int = 4, image: int = 224, classes: int = 1000
) -> Network:
    """One image through a NesT of heads of 32 channels; each level has a quarter of the blocks and twice the `width`.

    `layers` are those of each level, the last of which is one block.
    """
    require_counts("layers", layers)
    require_positive(width=width, patch=patch, image=image, classes=classes)
    side = 2 ** (len(layers) - 1)
    if width % 32 or image % (patch * side):
        raise ValueError(f"image: {image} pixels do not make {side} x {side} blocks, or {width} channels heads of 32")
    net, tokens = Network(), (image // patch // side) ** 2
    x = net.conv(net.input(3, image, image), width, patch, patch, name="patches")
    for level, count in enumerate(layers):
        with net.block(f"level{level + 1}"):
            if level:
                width *= 2
                x = net.max_pool(net.layer_norm(net.conv(x, width, 3, padding=1, name="merge")), 3, 2, 1)
            y = net.positions(net.sequence(x))
            block = Block(width // 32, None, None, 4 * width)
            stack(net, y, count, block._replace(window=tokens if y.positions > tokens else None))
    net.linear(net.global_pool(net.layer_norm(x, name="final_norm")), classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """NesT."""
    return [
        Family(
            name="nest",
            forward=nest,
            example="image",
            source="Zhang et al. 2022, Nested hierarchical transformer, arXiv:2105.12723, Table A1",
            variants={name: {"width": width, "layers": layers} for name, (width, layers) in MEMBERS.items()},
            published=stated(TIMM, {"nest-t": (17.06e6, 5.83e9), "nest-s": (38.35e6, 10.35e9),
                                    "nest-b": (67.72e6, 17.96e9)}),
        )
    ]  # fmt: skip
