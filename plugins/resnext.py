"""ResNeXt: residual blocks whose 3x3 convolution is split into groups."""

from __future__ import annotations

from computeest.contract import Family, Network, hookimpl
from computeest_plugins.blocks import (
    IMGCLSMOB,
    TIMM,
    TORCHVISION,
    classifier,
    conv_norm,
    require_positive,
    stated,
    unknown,
)
from computeest_plugins.resnet import IMAGENET, Residual, stages, stem


def resnext(
    depth: int = 50,
    cardinality: int = 32,
    group_width: int = 4,
    image: int | None = None,
    classes: int | None = None,
) -> Network:
    """One image through a ResNeXt: `cardinality` groups, each `group_width` channels wide in the first stage.

    Depth 29 is the paper's CIFAR network of three stages on 32-pixel images.
    """
    require_positive(cardinality=cardinality, group_width=group_width)
    net, kind = Network(), Residual(groups=cardinality)
    if depth == 29:
        side = 32 if image is None else image
        x = conv_norm(net, net.input(3, side, side), 64, 3, name="stem")
        x = stages(net, x, (3, 3, 3), cardinality * group_width, 256, kind)
        return classifier(net, x, 10 if classes is None else classes)
    bottlenecks = {deep: counts for deep, (counts, bottleneck) in IMAGENET.items() if bottleneck}
    if depth not in bottlenecks:
        raise unknown("depth", depth, (29, *bottlenecks))
    x = stem(net, 224 if image is None else image, 64)
    x = stages(net, x, bottlenecks[depth], cardinality * group_width, 256, kind)
    return classifier(net, x, 1000 if classes is None else classes)


def _variant(depth: int, cardinality: int, group_width: int) -> tuple[str, dict[str, int]]:
    keys = {"depth": depth, "cardinality": cardinality, "group_width": group_width}
    return f"resnext-{depth}-{cardinality}x{group_width}d", keys


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TORCHVISION,
        {
            "resnext-50-32x4d": (25_028_904, 4.23e9),
            "resnext-101-64x4d": (83_455_272, 15.46e9),
            "resnext-101-32x8d": (88_791_336, 16.414e9),
        },
    ),
    **stated(
        TIMM,
        {
            "resnext-101-32x4d": (44.18e6, 8.01e9),
            "resnext-101-32x16d": (194.03e6, 36.27e9),
            "resnext-101-32x32d": (468.53e6, 87.29e9),
            "resnext-101-32x48d": (828.41e6, 153.57e9),
        },
    ),
    **stated(
        "Xie et al. 2017, arXiv:1611.05431, Table 7",
        {
            "resnext-29-8x64d": (34.4e6, None),
        },
    ),
    **stated(
        IMGCLSMOB,
        {
            "resnext-29-32x4d": (4_775_754, None),
            "resnext-29-16x64d": (68_155_210, 10709.34e6),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """ResNeXt."""
    imagenet = [(50, 32, 4), (101, 32, 4), (101, 64, 4)]
    instagram = [(101, 32, 8), (101, 32, 16), (101, 32, 32), (101, 32, 48)]
    cifar = [(29, 32, 4), (29, 8, 64), (29, 16, 64)]
    return [
        Family(
            name="resnext",
            forward=resnext,
            example="image",
            source="Xie, Girshick, Dollar, Tu and He 2017, arXiv:1611.05431, Tables 1 and 7; "
            "32x8d to 32x48d: Mahajan et al. 2018, arXiv:1805.00932",
            variants=dict(_variant(*member) for member in (*imagenet, *instagram, *cifar)),
            published=PUBLISHED,
        )
    ]
