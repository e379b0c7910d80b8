"""FCN and DeepLabv3: a ResNet that keeps its resolution, and a head that labels every place of its last map."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import TORCHVISION, conv_norm, require_positive, unknown
from computeest_plugins.detection.backbones import resnet_maps, sides

HEADS = ("fcn", "deeplab")
#: Channels of DeepLab's branches; the widened convolutions reach 12, 24 and 36 places (Chen et al. 2017, section 3.3).
BRANCH, RATES = 256, (12, 24, 36)


def dilated_segmenter(
    head: str = "deeplab",
    depth: int = 50,
    image: int = 520,
    image_width: int | None = None,
    classes: int = 21,
    auxiliary: bool = True,
    frozen_stages: int = 0,
) -> Network:
    """One image through an FCN or DeepLabv3 on a ResNet; the `auxiliary` head on the third stage serves training."""
    if head not in HEADS:
        raise unknown("head", head, HEADS)
    require_positive(classes=classes)
    net = Network()
    maps = resnet_maps(net, net.input(3, *sides(image, image_width, 1)), depth, frozen_stages, dilated=2)
    with net.block("head"):
        if head == "fcn":
            plain(net, maps[-1], classes)
        else:
            net.conv(conv_norm(net, branches(net, maps[-1]), BRANCH, 3), classes, 1, name="classifier")
    if auxiliary:
        with net.block("auxiliary"):
            plain(net, maps[-2], classes)
    return net


def plain(net: Network, x: Shape, classes: int) -> None:
    """One convolution to a quarter of the channels, and one that labels."""
    net.conv(conv_norm(net, x, x.channels // 4, 3), classes, 1, name="classifier")


def branches(net: Network, x: Shape) -> Shape:
    """Atrous spatial pyramid pooling: places near and far, and the whole image, side by side."""
    found = [conv_norm(net, x, BRANCH, 1, name="near")]
    for rate in RATES:
        y = net.conv(x, BRANCH, 3, padding=rate, dilation=rate, bias=False, name=f"rate{rate}")
        found.append(net.activation(net.batch_norm(y)))
    pooled = net.adaptive_pool(x, 1)
    pooled = conv_norm(net, pooled, BRANCH, 1, name="whole")
    found.append(pooled._replace(size=x.size, positions=x.positions))
    return conv_norm(net, net.concat(*found), BRANCH, 1, name="join")


VARIANTS: dict[str, dict[str, Any]] = {
    "fcn-resnet50": {"head": "fcn"},
    "fcn-resnet101": {"head": "fcn", "depth": 101},
    "deeplabv3-resnet50": {"head": "deeplab"},
    "deeplabv3-resnet101": {"head": "deeplab", "depth": 101},
}
PUBLISHED: dict[str, Published] = {
    "fcn-resnet50": Published(TORCHVISION, parameters=35_322_218, forward_macs=152.717e9),
    "fcn-resnet101": Published(TORCHVISION, parameters=54_314_346, forward_macs=232.738e9),
    "deeplabv3-resnet50": Published(TORCHVISION, parameters=42_004_074, forward_macs=178.722e9),
    "deeplabv3-resnet101": Published(TORCHVISION, parameters=60_996_202, forward_macs=258.743e9),
}


@hookimpl
def computeest_families() -> list[Family]:
    """FCN and DeepLabv3."""
    return [
        Family(
            name="dilated-segmenter",
            forward=dilated_segmenter,
            example="image",
            source="Long et al. 2015, arXiv:1411.4038; Chen et al. 2017, arXiv:1706.05587",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
