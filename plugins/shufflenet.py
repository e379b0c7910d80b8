"""ShuffleNet v1 and v2: grouped or halved convolutions whose channels are shuffled."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import (
    TORCHVISION,
    classifier,
    conv_norm,
    require_positive,
    stated,
    unknown,
    version_name,
)

#: v1, Table 1: channels of the second stage by number of groups; later stages double.
GROUPED = {1: 144, 2: 200, 3: 240, 4: 272, 8: 384}
#: v2, Table 5: channels of the three stages and of the last convolution by width.
HALVED = {
    0.5: (48, 96, 192, 1024),
    1.0: (116, 232, 464, 1024),
    1.5: (176, 352, 704, 1024),
    2.0: (244, 488, 976, 2048),
}
#: Units of the three stages, the first of which halves the grid.
UNITS = (4, 8, 4)


def shufflenet(
    version: str | float = 2, width: float = 1, groups: int | None = None, image: int = 224, classes: int = 1000
) -> Network:
    """One image through a ShuffleNet; `width` scales the channels, `groups` is v1's number of groups (usually 3)."""
    require_positive(width=width)
    name = version_name(version)
    if name == "1":
        return _grouped(3 if groups is None else groups, width, image, classes)
    if name != "2":
        raise unknown("version", version, (1, 2))
    if groups is not None:
        raise ValueError(f"groups: version 2 splits channels in two halves; only version 1 has groups, not {groups}")
    if width not in HALVED:
        raise unknown("width", width, HALVED)
    return _halved(width, image, classes)


def _grouped(groups: int, width: float, image: int, classes: int) -> Network:
    if groups not in GROUPED:
        raise unknown("groups", groups, GROUPED)
    net = Network()
    # the authors' release keeps 24 channels at 1.5x, and groups must divide what the first unit adds to its input
    first = 24 if 1 <= width < 2 else -(-round(24 * width) // groups) * groups
    x = conv_norm(net, net.input(3, image, image), first, 3, 2, name="stem")
    x = net.max_pool(x, 3, 2, 1)
    for number, count in enumerate(UNITS):
        out = round(GROUPED[groups] * width) << number
        with net.block(f"stage{number + 2}"):
            x = _grouped_unit(net, x, out, 2, groups, groups if number else 1)
        with net.repeat(count - 1, f"stage{number + 2}"):
            x = _grouped_unit(net, x, out, 1, groups, groups)
    return classifier(net, x, classes)


def _grouped_unit(net: Network, x: Shape, out: int, stride: int, groups: int, first_groups: int) -> Shape:
    inner = out // 4
    y = conv_norm(net, x, inner, 1, groups=first_groups, name="reduce")
    y = conv_norm(net, y, inner, 3, stride, groups=inner, activation="", name="depthwise")
    y = conv_norm(net, y, out if stride == 1 else out - x.channels, 1, groups=groups, activation="", name="expand")
    return net.activation(net.add(x, y) if stride == 1 else net.concat(net.avg_pool(x, 3, 2, 1), y))


def _halved(width: float, image: int, classes: int) -> Network:
    *widths, last = HALVED[width]
    net = Network()
    x = conv_norm(net, net.input(3, image, image), 24, 3, 2, name="stem")
    x = net.max_pool(x, 3, 2, 1)
    for number, (count, out) in enumerate(zip(UNITS, widths, strict=True), start=2):
        with net.block(f"stage{number}"):
            short = conv_norm(net, x, x.channels, 3, 2, groups=x.channels, activation="", name="shortcut_depthwise")
            short = conv_norm(net, short, out // 2, 1, name="shortcut_pointwise")
            x = net.concat(short, _half(net, x, out // 2, 2))
        with net.repeat(count - 1, f"stage{number}"):
            half = net.split(x, 2)
            x = net.concat(half, _half(net, half, out // 2, 1))
    return classifier(net, conv_norm(net, x, last, 1, name="last"), classes)


def _half(net: Network, x: Shape, out: int, stride: int) -> Shape:
    x = conv_norm(net, x, out, 1, name="pointwise1")
    x = conv_norm(net, x, out, 3, stride, groups=out, activation="", name="depthwise")
    return conv_norm(net, x, out, 1, name="pointwise2")


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        "Zhang et al. 2018, README of megvii-model/ShuffleNet-Series/ShuffleNetV1 (5.45M of 2.0-g3 cut to 5.4M)",
        {
            "shufflenet-v1-2.0-g3": (None, 524e6),
            "shufflenet-v1-2.0-g8": (6.5e6, 522e6),
        },
    ),
    **stated(
        "Zhang et al. 2018, arXiv:1707.01083, Table 1",
        {
            "shufflenet-v1-1.0-g1": (None, 143e6),
            "shufflenet-v1-1.0-g2": (None, 140e6),
            "shufflenet-v1-1.0-g4": (None, 133e6),
        },
    ),
    **stated(
        TORCHVISION,
        {
            "shufflenet-v2-0.5": (1_366_792, 0.04e9),
            "shufflenet-v2-1.0": (2_278_604, 0.145e9),
            "shufflenet-v2-1.5": (3_503_624, 0.296e9),
            "shufflenet-v2-2.0": (7_393_996, 0.583e9),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """ShuffleNet v1 and v2."""
    first = {
        f"shufflenet-v1-{width}-g{groups}": {"version": 1, "width": width, "groups": groups}
        for groups in (3, 8)
        for width in (0.5, 1.0, 1.5, 2.0)
    }
    others = {f"shufflenet-v1-1.0-g{groups}": {"version": 1, "groups": groups} for groups in (1, 2, 4)}
    second = {f"shufflenet-v2-{width}": {"version": 2, "width": width} for width in HALVED}
    return [
        Family(
            name="shufflenet",
            forward=shufflenet,
            example="image",
            source="v1: Zhang, Zhou, Lin and Sun 2018, arXiv:1707.01083, Table 1; "
            "v2: Ma, Zhang, Zheng and Sun 2018, arXiv:1807.11164, Table 5",
            variants={**first, **others, **second},
            published=PUBLISHED,
        )
    ]
