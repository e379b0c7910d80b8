"""VGG: stacks of 3x3 convolutions between poolings."""

from __future__ import annotations

from computeest.contract import Family, Network, hookimpl
from computeest_plugins.blocks import TORCHVISION, stated, unknown

#: Convolutions of each of the five stages (Table 1: A, B, D, E).
STAGES = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
WIDTHS = (64, 128, 256, 512, 512)


def vgg(
    depth: int = 16, image: int = 224, classes: int = 1000, batch_norm: bool = False, pointwise: bool = False
) -> Network:
    """One image through VGG; `pointwise` is configuration C, whose third convolutions are 1x1.

    Images of another size than 224 are averaged to its 7x7 grid before the linear layers, as torchvision does.
    """
    if depth not in STAGES:
        raise unknown("depth", depth, STAGES)
    if pointwise and depth != 16:
        raise ValueError(f"pointwise: configuration C has 16 layers, not {depth}")
    net = Network()
    x = net.input(3, image, image)
    for stage, (count, width) in enumerate(zip(STAGES[depth], WIDTHS, strict=True), start=1):
        for number in range(1, count + 1):
            kernel = 1 if pointwise and number == 3 else 3
            x = net.conv(x, width, kernel, padding=kernel // 2, name=f"conv{stage}_{number}")
            if batch_norm:
                x = net.batch_norm(x)
            x = net.activation(x)
        x = net.max_pool(x, 2)
    if x.size != (7, 7):
        x = net.adaptive_pool(x, 7)
    x = net.flatten(x)
    for name in ("fc6", "fc7"):
        x = net.activation(net.linear(x, 4096, name=name))
    net.linear(x, classes, name="classifier", term="logits")
    return net


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TORCHVISION,
        {
            "vgg-11": (132_863_336, 7.609e9),
            "vgg-13": (133_047_848, 11.308e9),
            "vgg-16": (138_357_544, 15.47e9),
            "vgg-19": (143_667_240, 19.632e9),
            "vgg-11-bn": (132_868_840, 7.609e9),
            "vgg-13-bn": (133_053_736, 11.308e9),
            "vgg-16-bn": (138_365_992, 15.47e9),
            "vgg-19-bn": (143_678_248, 19.632e9),
        },
    ),
    **stated(
        "Simonyan and Zisserman 2015, arXiv:1409.1556, Table 2",
        {
            "vgg-16-c": (134e6, None),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """VGG."""
    plain = {f"vgg-{depth}": {"depth": depth} for depth in STAGES}
    normed = {f"vgg-{depth}-bn": {"depth": depth, "batch_norm": True} for depth in STAGES}
    return [
        Family(
            name="vgg",
            forward=vgg,
            example="image",
            source="Simonyan and Zisserman 2015, arXiv:1409.1556, Tables 1 and 2",
            variants={**plain, **normed, "vgg-16-c": {"depth": 16, "pointwise": True}},
            published=PUBLISHED,
        )
    ]
