"""RetinaNet, FCOS, SSD and SSDLite: detectors that classify every place of their maps, without proposals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import TORCHVISION, conv_norm, require_positive, unknown
from computeest_plugins.detection.backbones import mobilenet_maps, pyramid, resnet_maps, sides

#: Convolutions of the head's towers, for classes and for boxes alike.
TOWER = 4


def retinanet(
    depth: int = 50,
    image: int = 800,
    image_width: int | None = None,
    classes: int = 91,
    anchors: int = 9,
    centerness: bool = False,
    norm: str = "none",
    coarse_from: str = "pyramid",
    affine: bool = False,
    frozen_stages: int = 2,
) -> Network:
    """One image through a RetinaNet; with `centerness` and one anchor it is FCOS.

    Two convolutions more halve the coarsest map of the pyramid twice; `coarse_from: backbone` takes the backbone's
    instead. `norm` is that of the towers; norms of the backbone that are not `affine` are frozen.
    """
    if coarse_from not in ("pyramid", "backbone"):
        raise unknown("coarse_from", coarse_from, ("pyramid", "backbone"))
    require_positive(classes=classes, anchors=anchors)
    net = Network()
    maps = resnet_maps(net, net.input(3, *sides(image, image_width)), depth, frozen_stages, affine)
    levels = pyramid(net, maps[1:])
    x = levels[-1] if coarse_from == "pyramid" else maps[-1]
    for name in ("coarser", "coarsest"):
        x = net.conv(x, levels[0].channels, 3, 2, 1, name=name)
        levels.append(x)
    _heads(net, levels, classes * anchors, 4 * anchors + centerness, norm, norm == "none" or centerness)
    net.note("sorting and suppressing boxes (no matrix products)")
    return net


def _heads(net: Network, levels: Sequence[Shape], scores: int, boxes: int, norm: str, bias: bool) -> None:
    for x in levels:
        for name, out in (("scores", scores), ("boxes", boxes)):
            with net.shared(name):
                y = x
                for _ in range(TOWER):
                    y = net.conv(y, x.channels, 3, padding=1, bias=bias, name="tower")
                    y = net.activation(net.norm(y, norm))
                net.conv(y, out, 3, padding=1, name="out")


#: Channels of VGG-16's convolutions up to the first map of SSD, and after it; "M" halves the map.
_VGG: tuple[tuple[int | str, ...], ...] = (
    (64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512),
    ("M", 512, 512, 512),
)
#: (channels of the 1x1, of the 3x3, stride, padding) of the layers added after VGG-16, for 300 and 512 pixels.
_EXTRAS: dict[int, tuple[tuple[int, int, int, int], ...]] = {
    300: ((256, 512, 2, 1), (128, 256, 2, 1), (128, 256, 1, 0), (128, 256, 1, 0)),
    512: ((256, 512, 2, 1), (128, 256, 2, 1), (128, 256, 2, 1), (128, 256, 2, 1)),
}
#: Boxes at each place of each map (Liu et al. 2016, section 3.1), for 300 and 512 pixels.
_BOXES = {300: (4, 6, 6, 6, 4, 4), 512: (4, 6, 6, 6, 6, 4, 4)}


def ssd(image: int = 300, classes: int = 91) -> Network:
    """One image of 300 or 512 pixels through SSD on VGG-16; `classes` counts the background."""
    if image not in _BOXES:
        raise unknown("image", image, _BOXES)
    require_positive(classes=classes)
    net = Network()
    x = _vgg(net, net.input(3, image, image), _VGG[0])
    net.parameter(512, "scale")
    maps = [x]
    x = net.max_pool(_vgg(net, x, _VGG[1]), 3, 1, 1)
    x = net.activation(net.conv(x, 1024, 3, padding=6, dilation=6, name="fc6"))
    x = net.activation(net.conv(x, 1024, 1, name="fc7"))
    maps.append(x)
    for inner, out, stride, padding in _EXTRAS[image]:
        y = net.activation(net.conv(x, inner, 1, name="extra.reduce"))
        x = net.activation(net.conv(y, out, 3, stride, padding, name="extra"))
        maps.append(x)
    if image == 512:
        y = net.activation(net.conv(x, 128, 1, name="extra.reduce"))
        maps.append(net.activation(net.conv(y, 256, 4, padding=1, name="extra")))
    for x, boxes in zip(maps, _BOXES[image], strict=True):
        net.conv(x, boxes * classes, 3, padding=1, name="scores")
        net.conv(x, boxes * 4, 3, padding=1, name="boxes")
    return net


#: Channels of the layers that SSDLite adds after its backbone, each half of the map before, and boxes at each place.
_LITE_EXTRAS, _LITE_BOXES = (512, 256, 256, 128), 6


def ssdlite(image: int = 320, classes: int = 91) -> Network:
    """One image through SSDLite on a MobileNet v3, large, of a narrow tail; `classes` counts the background.

    Each convolution of the head and of the added layers is one of each channel, then one across them.
    """
    require_positive(classes=classes)
    net = Network()
    (_, x), widened = mobilenet_maps(net, net.input(3, image, image), narrow=True)
    maps = [widened, x]
    for out in _LITE_EXTRAS:
        y = conv_norm(net, x, out // 2, 1, activation="relu6", name="extra.reduce")
        y = conv_norm(net, y, out // 2, 3, 2, groups=out // 2, activation="relu6", name="extra.depthwise")
        x = conv_norm(net, y, out, 1, activation="relu6", name="extra")
        maps.append(x)
    for x in maps:
        for name, outputs in (("scores", classes), ("boxes", 4)):
            y = conv_norm(net, x, x.channels, 3, groups=x.channels, activation="relu6", name=f"{name}.depthwise")
            net.conv(y, _LITE_BOXES * outputs, 1, name=name)
    return net


def _vgg(net: Network, x: Shape, layers: Sequence[int | str]) -> Shape:
    for width in layers:
        if isinstance(width, str):
            x = net.max_pool(x, 2, ceil=True)
        else:
            x = net.activation(net.conv(x, width, 3, padding=1))
    return x


VARIANTS: dict[str, dict[str, Any]] = {
    "retinanet-resnet50-fpn": {},
    "retinanet-resnet50-fpn-v2": {"coarse_from": "backbone", "norm": "group", "affine": True},
    "retinanet-r101-fpn": {"depth": 101, "coarse_from": "backbone"},
    "fcos-resnet50-fpn": {"anchors": 1, "centerness": True, "norm": "group"},
}
PUBLISHED: dict[str, Published] = {
    "retinanet-resnet50-fpn": Published(TORCHVISION, parameters=34_014_999, forward_macs=151.54e9),
    "retinanet-resnet50-fpn-v2": Published(TORCHVISION, parameters=38_198_935, forward_macs=152.238e9),
    "fcos-resnet50-fpn": Published(TORCHVISION, parameters=32_269_600, forward_macs=128.207e9),
}
SSDLITE_PUBLISHED = {
    "ssdlite320-mobilenet-v3-large": Published(TORCHVISION, parameters=3_440_060, forward_macs=0.583e9)
}
SSD_PUBLISHED = {"ssd300-vgg16": Published(TORCHVISION, parameters=35_641_826, forward_macs=34.858e9)}


@hookimpl
def computeest_families() -> list[Family]:
    """RetinaNet, FCOS, SSD and SSDLite."""
    return [
        Family(
            name="retinanet",
            forward=retinanet,
            example="image",
            source="Lin et al. 2017, arXiv:1708.02002; FCOS: Tian et al. 2019, arXiv:1904.01355",
            variants=VARIANTS,
            published=PUBLISHED,
        ),
        Family(
            name="ssd",
            forward=ssd,
            example="image",
            source="Liu et al. 2016, arXiv:1512.02325",
            variants={"ssd300-vgg16": {}, "ssd512-vgg16": {"image": 512}},
            published=SSD_PUBLISHED,
        ),
        Family(
            name="ssdlite",
            forward=ssdlite,
            example="image",
            source="Sandler et al. 2018, arXiv:1801.04381, section 6.2; Howard et al. 2019, arXiv:1905.02244, "
            "section 6.3",
            variants={"ssdlite320-mobilenet-v3-large": {}},
            published=SSDLITE_PUBLISHED,
        ),
    ]
