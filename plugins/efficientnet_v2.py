"""EfficientNetV2: early stages fuse the expansion and the depthwise convolution into one."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import (
    TIMM,
    TORCHVISION,
    classifier,
    conv_norm,
    inverted_residual,
    rounded_channels,
    stated,
    unknown,
)


class Stage(NamedTuple):
    """One row of Table 4."""

    expansion: int
    stride: int
    channels: int
    repeats: int
    fused: bool


def _stages(fused: tuple[tuple[int, int], ...], plain: tuple[tuple[int, int], ...]) -> tuple[Stage, ...]:
    """All sizes share kinds, expansions and strides; (channels, repeats) differ."""
    early = ((1, 1), (4, 2), (4, 2))
    late = ((4, 2), (6, 1), (6, 2), (6, 1))
    return (
        *(Stage(*kind, *size, fused=True) for kind, size in zip(early, fused, strict=True)),
        *(Stage(*kind, *size, fused=False) for kind, size in zip(late, plain, strict=False)),
    )


class Size(NamedTuple):
    """One network: its stages, the image it is evaluated on, and the channels before and after the stages."""

    stages: tuple[Stage, ...]
    image: int
    stem: int
    last: int = 1280


def _sized(fused: tuple[tuple[int, int], ...], plain: tuple[tuple[int, int], ...], image: int) -> Size:
    """A size whose first stage has the channels of the stem."""
    return Size(_stages(fused, plain), image, fused[0][0])


def _scaled(width: float, depth: float, image: int) -> Size:
    """The base network, wider and deeper as in version 1 except that widths are rounded down further."""

    def wider(channels: int) -> int:
        return rounded_channels(channels * width, least=0)

    base = ((16, 1), (32, 2), (48, 2), (96, 3), (112, 5), (192, 8))
    scaled = tuple((wider(channels), ceil(repeats * depth)) for channels, repeats in base)
    return Size(_stages(scaled[:3], scaled[3:]), image, wider(32), wider(1280))


#: b0 to b3 and xl: the authors' release.
SIZES = {
    "b0": _scaled(1.0, 1.0, 224),
    "b1": _scaled(1.0, 1.1, 240),
    "b2": _scaled(1.1, 1.2, 260),
    "b3": _scaled(1.2, 1.4, 300),
    "s": _sized(((24, 2), (48, 4), (64, 4)), ((128, 6), (160, 9), (256, 15)), 384),
    "m": _sized(((24, 3), (48, 5), (80, 5)), ((160, 7), (176, 14), (304, 18), (512, 5)), 480),
    "l": _sized(((32, 4), (64, 7), (96, 7)), ((192, 10), (224, 19), (384, 25), (640, 7)), 480),
    "xl": _sized(((32, 4), (64, 8), (96, 8)), ((192, 16), (256, 24), (512, 32), (640, 8)), 512),
}


def efficientnet_v2(size: str = "s", image: int | None = None, classes: int = 1000) -> Network:
    """One image through an EfficientNetV2, by default as large as it is evaluated on.

    Training grows the image from 128 to 300 (s), 380 (m, l) or 512 (xl): an `image` of its own for each stage of a run.
    """
    if size not in SIZES:
        raise unknown("size", size, SIZES)
    stages, usual, first, last = SIZES[size]
    side = usual if image is None else image
    net = Network()
    x = conv_norm(net, net.input(3, side, side), first, 3, 2, activation="silu", name="stem")
    for number, stage in enumerate(stages, start=1):
        for times, stride in ((1, stage.stride), (stage.repeats - 1, 1)):
            if times:
                with net.repeat(times, f"stage{number}"):
                    x = _block(net, x, stage, stride)
    return classifier(net, conv_norm(net, x, last, 1, activation="silu", name="last"), classes)


def _block(net: Network, x: Shape, stage: Stage, stride: int) -> Shape:
    expanded = stage.expansion * x.channels
    if not stage.fused:
        return inverted_residual(net, x, expanded, stage.channels, 3, stride, x.channels // 4, "silu", "silu")
    if stage.expansion == 1:
        y = conv_norm(net, x, stage.channels, 3, stride, activation="silu", name="fused")
    else:
        y = conv_norm(net, x, expanded, 3, stride, activation="silu", name="fused")
        y = conv_norm(net, y, stage.channels, 1, activation="", name="project")
    return net.add(x, y) if stride == 1 and x.channels == stage.channels else y


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TORCHVISION,
        {
            "efficientnet-v2-s": (21_458_488, 8.366e9),
            "efficientnet-v2-m": (54_139_356, 24.582e9),
            "efficientnet-v2-l": (118_515_272, 56.08e9),
        },
    ),
    **stated(
        TIMM,
        {
            "efficientnet-v2-b0": (7.14e6, 0.73e9),
            "efficientnet-v2-b1": (8.14e6, 1.21e9),
            "efficientnet-v2-b2": (10.10e6, 1.72e9),
            "efficientnet-v2-b3": (14.36e6, 3.04e9),
            "efficientnet-v2-xl": (208.12e6, 93.85e9),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """EfficientNetV2."""
    return [
        Family(
            name="efficientnet-v2",
            forward=efficientnet_v2,
            example="image",
            source="Tan and Le 2021, arXiv:2104.00298, Table 4; m, l, xl and b0 to b3: the authors' release",
            variants={f"efficientnet-v2-{size}": {"size": size} for size in SIZES},
            published=PUBLISHED,
        )
    ]
