"""PVT: a pyramid of transformer stages whose keys and values come from a smaller map."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_counts, require_positive, stated

#: Channels of a head, and of a stage in channels of the first: 32 or 64, by what and to what.
HEADS = (1, 2, 5, 8)
#: Channels of a head, layers of each stage, and width of the MLP in widths of its stage.
MEMBERS = {
    "pvt-v2-b0": (32, (2, 2, 2, 2), (8, 8, 4, 4)),
    "pvt-v2-b1": (64, (2, 2, 2, 2), (8, 8, 4, 4)),
    "pvt-v2-b2": (64, (3, 4, 6, 3), (8, 8, 4, 4)),
    "pvt-v2-b3": (64, (3, 4, 18, 3), (8, 8, 4, 4)),
    "pvt-v2-b4": (64, (3, 8, 27, 3), (8, 8, 4, 4)),
    "pvt-v2-b5": (64, (3, 6, 40, 3), (4, 4, 4, 4)),
}


def _attended(net: Network, x: Shape, heads: int, reduction: int) -> Shape:
    """Attention whose keys and values are of a map that is smaller by the reduction in height and width."""
    y = net.layer_norm(x)
    context = net.sequence(y)
    if reduction > 1:
        small = net.conv(y, y.channels, reduction, reduction, name="attention.reduction")
        context = net.layer_norm(net.sequence(small))
    net.attention(net.sequence(y), heads, context=context)
    return net.add(x, x)


def pvt_v2(
    head_dim: int = 64,
    blocks: Sequence[int] = (2, 2, 2, 2),
    expansions: Sequence[int] = (8, 8, 4, 4),
    image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through a PVT v2; `head_dim` channels make a head, of which the stages have 1, 2, 5 and 8.

    `expansions` are the widths of the MLPs in widths of their stage; each holds a depthwise convolution.
    """
    require_counts("blocks", blocks)
    require_counts("expansions", expansions)
    require_positive(head_dim=head_dim, image=image, classes=classes)
    if not len(blocks) == len(expansions) == len(HEADS):
        raise ValueError(f"blocks: {len(blocks)} stages, expansions of {len(expansions)}; expected {len(HEADS)}")
    net = Network()
    x = net.input(3, image, image)
    for stage, (count, heads, expansion) in enumerate(zip(blocks, HEADS, expansions, strict=True)):
        width, reduction = head_dim * heads, 8 >> stage
        with net.block(f"stage{stage + 1}"):
            kernel, stride = (3, 2) if stage else (7, 4)
            x = net.layer_norm(net.conv(x, width, kernel, stride, kernel // 2, name="patches"))
            with net.repeat(count, "layer"):
                x = _attended(net, x, heads, reduction)
                y = net.conv(net.layer_norm(x), expansion * width, 1, name="mlp.up")
                y = net.conv(y, expansion * width, 3, padding=1, groups=expansion * width, name="mlp.depthwise")
                x = net.add(x, net.conv(net.activation(y, "gelu"), width, 1, name="mlp.down"))
            x = net.layer_norm(x, name="norm")
    net.linear(net.global_pool(x), classes, name="classifier", term="logits")
    return net


def pvt(
    blocks: Sequence[int] = (2, 2, 2, 2),
    widths: Sequence[int] = (64, 128, 320, 512),
    expansions: Sequence[int] = (8, 8, 4, 4),
    image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through a PVT of the first version; its last stage has a class token beside the patches.

    `expansions` are the widths of the MLPs in widths of their stage.
    """
    for key, counts in (("blocks", blocks), ("widths", widths), ("expansions", expansions)):
        require_counts(key, counts)
        if len(counts) != len(HEADS):
            raise ValueError(f"{key}: {len(counts)} stages; expected {len(HEADS)}")
    require_positive(image=image, classes=classes)
    net = Network()
    x = net.input(3, image, image)
    for stage, (count, width, heads, expansion) in enumerate(zip(blocks, widths, HEADS, expansions, strict=True)):
        reduction, side = 8 >> stage, 4 if stage == 0 else 2
        with net.block(f"stage{stage + 1}"):
            x = net.layer_norm(net.conv(x, width, side, side, name="patches"))
            if reduction == 1:
                x = net.append_tokens(net.sequence(x), 1)
            net.parameter(x.positions * width, "positions")
            with net.repeat(count, "layer"):
                x = _attended(net, x, heads, reduction)
                x = net.add(x, net.mlp(net.layer_norm(x), expansion * width))
    net.linear(net.select(net.layer_norm(x, name="norm")), classes, name="classifier", term="logits")
    return net


#: Layers of each stage.
FIRST = {"tiny": (2, 2, 2, 2), "small": (3, 4, 6, 3), "medium": (3, 4, 18, 3), "large": (3, 8, 27, 3)}


@hookimpl
def computeest_families() -> list[Family]:
    """PVT and PVT v2."""
    names = ("head_dim", "blocks", "expansions")
    return [
        Family(
            name="pvt",
            forward=pvt,
            example="image",
            source="Wang et al. 2021, Pyramid vision transformer, arXiv:2102.12122, Tables 1 and 2",
            variants={f"pvt-{size}": {"blocks": blocks} for size, blocks in FIRST.items()},
            published=stated("Wang et al. 2021, arXiv:2102.12122, Table 2", {
                "pvt-tiny": (13.2e6, 1.9e9), "pvt-small": (24.5e6, 3.8e9), "pvt-medium": (44.2e6, 6.7e9),
                "pvt-large": (61.4e6, 9.8e9)}),
        ),
        Family(
            name="pvt_v2",
            forward=pvt_v2,
            example="image",
            source="Wang et al. 2022, PVT v2, arXiv:2106.13797, Table 1",
            variants={name: dict(zip(names, member, strict=True)) for name, member in MEMBERS.items()},
            published=stated(TIMM, {"pvt-v2-b0": (3.67e6, 0.57e9), "pvt-v2-b1": (14.01e6, 2.12e9),
                                    "pvt-v2-b2": (25.36e6, 4.05e9), "pvt-v2-b3": (45.24e6, 6.92e9),
                                    "pvt-v2-b4": (62.56e6, 10.14e9), "pvt-v2-b5": (81.96e6, 11.76e9)}),
        )
    ]  # fmt: skip
