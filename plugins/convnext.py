"""ConvNeXt: a ResNet modernized towards a transformer."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, TORCHVISION, require_counts, require_positive, stated, unknown, version_name

#: Width of the first stage and blocks of the four stages (v1: section 3; v2: its Table 9; atto to nano of v1, small of
#: v2 and xxl: timm).
SIZES = {
    "convnext-atto": (40, (2, 2, 6, 2)),
    "convnext-femto": (48, (2, 2, 6, 2)),
    "convnext-pico": (64, (2, 2, 6, 2)),
    "convnext-nano": (80, (2, 2, 8, 2)),
    "convnext-t": (96, (3, 3, 9, 3)),
    "convnext-s": (96, (3, 3, 27, 3)),
    "convnext-b": (128, (3, 3, 27, 3)),
    "convnext-l": (192, (3, 3, 27, 3)),
    "convnext-xl": (256, (3, 3, 27, 3)),
    "convnext-xxl": (384, (3, 4, 30, 3)),
}
SIZES_V2 = {
    "convnext-v2-atto": (40, (2, 2, 6, 2)),
    "convnext-v2-femto": (48, (2, 2, 6, 2)),
    "convnext-v2-pico": (64, (2, 2, 6, 2)),
    "convnext-v2-nano": (80, (2, 2, 8, 2)),
    "convnext-v2-tiny": (96, (3, 3, 9, 3)),
    "convnext-v2-small": (96, (3, 3, 27, 3)),
    "convnext-v2-base": (128, (3, 3, 27, 3)),
    "convnext-v2-large": (192, (3, 3, 27, 3)),
    "convnext-v2-huge": (352, (3, 3, 27, 3)),
}


def convnext(
    width: int = 96,
    depths: Sequence[int] = (3, 3, 9, 3),
    image: int = 224,
    classes: int = 1000,
    version: str | float = 1,
) -> Network:
    """One image through a ConvNeXt: `width` channels in the first stage, doubled in each later one.

    Version 2 replaces the layer scale by global response normalization.
    """
    name = version_name(version)
    if name not in ("1", "2"):
        raise unknown("version", version, (1, 2))
    require_counts("depths", depths)
    require_positive(width=width)
    net = Network()
    x = net.input(3, image, image)
    x = net.layer_norm(net.conv(x, width, 4, 4, name="stem"))
    for number, count in enumerate(depths, start=1):
        if number > 1:
            x = net.conv(net.layer_norm(x), 2 * x.channels, 2, 2, name=f"downsample{number}")
        with net.repeat(count, f"stage{number}"):
            x = _block(net, x, name)
    x = net.layer_norm(net.global_pool(x))
    net.linear(x, classes, name="classifier", term="logits")
    return net


def _block(net: Network, x: Shape, version: str) -> Shape:
    width = x.channels
    y = net.layer_norm(net.depthwise(x, 7, padding=3))
    y = net.activation(net.linear(y, 4 * width, name="expand", term="feed-forward"), "gelu")
    if version == "2":
        net.parameter(8 * width, "response_norm")
    y = net.linear(y, width, name="project", term="feed-forward")
    if version == "1":
        net.parameter(width, "layer_scale")
    return net.add(x, y)


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TORCHVISION,
        {
            "convnext-t": (28_589_128, 4.456e9),
            "convnext-s": (50_223_688, 8.684e9),
            "convnext-b": (88_591_464, 15.355e9),
            "convnext-l": (197_767_336, 34.361e9),
        },
    ),
    **stated(
        "Liu et al. 2022, README of facebookresearch/ConvNeXt",
        {
            "convnext-xl": (350e6, 60.9e9),
        },
    ),
    **stated(
        "Wightman 2024, timm results/benchmark-infer-amp-nchw-pt240-cu124-rtx4090.csv",
        {
            "convnext-atto": (3.7e6, 0.55e9),
            "convnext-femto": (5.22e6, 0.79e9),
            "convnext-pico": (9.05e6, 1.37e9),
            "convnext-nano": (15.59e6, 2.46e9),
        },
    ),
    **stated(
        TIMM,
        {
            "convnext-xxl": (846.47e6, 151.66e9),
            "convnext-v2-small": (50.32e6, 8.71e9),
        },
    ),
    **stated(
        "Woo et al. 2023, README of facebookresearch/ConvNeXt-V2",
        {
            "convnext-v2-atto": (3.7e6, 0.55e9),
            "convnext-v2-pico": (9.1e6, 1.37e9),
            "convnext-v2-nano": (15.6e6, 2.45e9),
            "convnext-v2-tiny": (28.6e6, 4.47e9),
            "convnext-v2-base": (89e6, 15.4e9),
            "convnext-v2-large": (198e6, 34.4e9),
            "convnext-v2-huge": (660e6, 115e9),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """ConvNeXt."""
    first = {name: {"width": width, "depths": depths} for name, (width, depths) in SIZES.items()}
    second = {name: {"width": width, "depths": depths, "version": 2} for name, (width, depths) in SIZES_V2.items()}
    return [
        Family(
            name="convnext",
            forward=convnext,
            example="image",
            source="Liu et al. 2022, arXiv:2201.03545, section 3; v2: Woo et al. 2023, arXiv:2301.00808, Table 9",
            variants={**first, **second},
            published=PUBLISHED,
        )
    ]
