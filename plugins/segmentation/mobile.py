"""MobileNet v3 that keeps its resolution, under DeepLabv3 or under LR-ASPP."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import (
    TORCHVISION,
    conv_norm,
    inverted_residual,
    require_positive,
    rounded_channels,
    unknown,
)
from computeest_plugins.detection.backbones import sides
from computeest_plugins.mobilenet import HS, LAYERS
from computeest_plugins.segmentation.dilated import BRANCH, branches, plain

HEADS = ("lraspp", "deeplab")
#: The map at an eighth of the image is that of the fourth layer (large); strides of the last stage are spared.
FINE, SPARED = 4, 13


def mobile_segmenter(
    head: str = "lraspp",
    image: int = 520,
    image_width: int | None = None,
    classes: int = 21,
    inner: int = 128,
    auxiliary: bool = False,
) -> Network:
    """One image through MobileNet v3 large with a head: `inner` channels of LR-ASPP, or DeepLab's branches.

    The `auxiliary` head on the finer map serves training (DeepLab in torchvision).
    """
    if head not in HEADS:
        raise unknown("head", head, HEADS)
    require_positive(classes=classes, inner=inner)
    net = Network()
    fine, coarse = _maps(net, net.input(3, *sides(image, image_width, 1)))
    with net.block("head"):
        if head == "deeplab":
            net.conv(conv_norm(net, branches(net, coarse), BRANCH, 3), classes, 1, name="classifier")
        else:
            y = conv_norm(net, coarse, inner, 1, name="near")
            whole = net.conv(net.adaptive_pool(coarse, 1), inner, 1, bias=False, name="whole")
            y = net.multiply(y, net.activation(whole, "sigmoid"))
            net.conv(fine, classes, 1, name="fine")
            net.conv(y._replace(size=fine.size, positions=fine.positions), classes, 1, name="coarse")
    if auxiliary:
        with net.block("auxiliary"):
            plain(net, fine, classes)
    return net


def _maps(net: Network, x: Shape) -> tuple[Shape, Shape]:
    """The maps at an eighth and, where the usual network has a 32nd, at a sixteenth of the image."""
    x = conv_norm(net, x, 16, 3, 2, activation=HS, name="stem")
    fine = x
    for number, (kernel, expanded, out, squeezed, activation, stride) in enumerate(LAYERS["large"], start=1):
        step = 1 if number >= SPARED else stride
        squeeze = rounded_channels(expanded // 4) if squeezed else 0
        with net.block(f"bneck{number}"):
            x = inverted_residual(net, x, expanded, out, kernel, step, squeeze, activation, gate="hard_sigmoid")
        fine = x if number == FINE else fine
    return fine, conv_norm(net, x, 6 * x.channels, 1, activation=HS, name="last")


VARIANTS: dict[str, dict[str, Any]] = {
    "lraspp-mobilenet-v3-large": {},
    "deeplabv3-mobilenet-v3-large": {"head": "deeplab", "auxiliary": True},
}
PUBLISHED: dict[str, Published] = {
    "lraspp-mobilenet-v3-large": Published(TORCHVISION, parameters=3_221_538, forward_macs=2.086e9),
    "deeplabv3-mobilenet-v3-large": Published(TORCHVISION, parameters=11_029_328, forward_macs=10.452e9),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Segmenters on MobileNet v3."""
    return [
        Family(
            name="mobile-segmenter",
            forward=mobile_segmenter,
            example="image",
            source="Howard et al. 2019, arXiv:1905.02244, section 6.4; Chen et al. 2017, arXiv:1706.05587",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
