"""Faster and Mask R-CNN: proposals over a feature pyramid, and a head that looks at each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import TORCHVISION, flowing, require_positive, standing, unknown
from computeest_plugins.detection.backbones import mobilenet_maps, pyramid, resnet_maps, sides

#: Side of the map that is cut out for each proposal, for boxes and for masks.
BOX_ROI, MASK_ROI = 7, 14
BACKBONES = ("resnet", "mobilenet-v3")


@dataclass(frozen=True, slots=True)
class RCNN:
    """What `architecture:` may state of an R-CNN."""

    depth: int = 50
    image: int = 800
    image_width: int | None = None
    proposals: int = 512
    classes: int = 91
    anchors: int = 3
    rpn_layers: int = 1
    box_convolutions: int = 0
    box_width: int = 1024
    normed: bool = False
    affine: bool = False
    masks: int = 0
    masks_run: bool = True
    keypoints: int = 0
    keypoint_proposals: int = 128
    frozen_stages: int = 2
    backbone: str = "resnet"


def rcnn(p: RCNN) -> Network:
    """One image through an R-CNN with a feature pyramid; its head looks at so many `proposals`.

    512 proposals are sampled in training, 1,000 kept in a test; with 0, which some publish (of `keypoint_proposals`
    too), nothing of the head is counted but its parameters. `masks` of them also get a mask (128 in training, for
    those sampled that hold an object; 0 is Faster R-CNN; where `masks_run` is false only its head's parameters are
    counted), `keypoint_proposals` a map for each of so many `keypoints`.
    `classes` counts the background. `normed` is torchvision's version 2, with batch norm in pyramid and heads; the
    other has frozen norms in its backbone unless they are `affine`, as an untrained backbone's are.
    `backbone: mobilenet-v3` looks at the two coarsest maps of a MobileNet v3,
    large, whose six stages `frozen_stages` counts, in place of a ResNet of that `depth`.
    """
    if p.backbone not in BACKBONES:
        raise unknown("backbone", p.backbone, BACKBONES)
    require_positive(classes=p.classes, anchors=p.anchors, rpn_layers=p.rpn_layers, box_width=p.box_width)
    for key in ("proposals", "masks", "keypoint_proposals", "box_convolutions"):
        if (value := getattr(p, key)) < 0:
            raise ValueError(f"{key}: {value} must be at least 0")
    affine = p.normed or p.affine
    net = Network()
    x = net.input(3, *sides(p.image, p.image_width))
    if p.backbone == "resnet":
        maps = resnet_maps(net, x, p.depth, p.frozen_stages, affine=affine)
    else:
        maps, _ = mobilenet_maps(net, x, p.frozen_stages, affine=affine)
    levels = pyramid(net, maps, normed=p.normed)
    coarser = net.max_pool(levels[-1], 1, 2)
    _proposed(net, [*levels, coarser], p.anchors, p.rpn_layers)
    found = levels[0].channels
    with net.block("box_head"):
        _boxes(net, flowing(found, p.proposals, BOX_ROI, BOX_ROI), p.classes, p.box_convolutions, p.box_width)
    if p.masks:
        cut = flowing(found, p.masks, MASK_ROI, MASK_ROI)
        if p.masks_run:
            with net.block("mask_head"):
                _mask(net, cut, p.classes, p.normed)
        else:
            standing(net, "mask_head", lambda beside: _mask(beside, cut, p.classes, p.normed))
            net.note("what the head makes of masks; 128 are in training")
    if p.keypoints and not p.keypoint_proposals:
        one = flowing(found, 1, MASK_ROI, MASK_ROI)
        standing(net, "keypoint_head", lambda beside: _points(beside, one, p.keypoints))
        net.note("what the head makes of keypoints, of which no proposal is asked; 128 are in training")
    elif p.keypoints:
        with net.block("keypoint_head"):
            _points(net, flowing(found, p.keypoint_proposals, MASK_ROI, MASK_ROI), p.keypoints)
    if not p.proposals:
        net.note("what the head makes of proposals, of which there are 0; 512 in training")
    net.note("cutting proposals out of the maps, sorting and suppressing them (no matrix products)")
    return net


def _proposed(net: Network, levels: Sequence[Shape], anchors: int, layers: int) -> None:
    """The region proposal network: at every place of every level, whether there is something, and how far its box."""
    for x in levels:
        with net.shared("proposals"):
            for _ in range(layers):
                x = net.activation(net.conv(x, x.channels, 3, padding=1, name="conv"))
            net.conv(x, anchors, 1, name="objectness")
            net.conv(x, 4 * anchors, 1, name="boxes")


def _each(net: Network, x: Shape, out: int, bias: bool = True) -> Shape:
    """A 3x3 convolution of each proposal's map."""
    return net.conv(x, out, (1, 3, 3), padding=(0, 1, 1), bias=bias, name="conv")


def _boxes(net: Network, x: Shape, classes: int, convolutions: int, width: int) -> None:
    for _ in range(convolutions):
        x = net.activation(net.batch_norm(_each(net, x, x.channels, bias=False)))
    x = net.reshape(x, x.channels * BOX_ROI**2, x.size[0])
    x = net.activation(net.linear(x, width, name="hidden.1"))
    if not convolutions:
        x = net.activation(net.linear(x, width, name="hidden.2"))
    net.linear(x, classes, name="classes", term="logits")
    net.linear(x, 4 * classes, name="boxes")


def _mask(net: Network, x: Shape, classes: int, normed: bool) -> None:
    for _ in range(4):
        x = _each(net, x, x.channels, bias=not normed)
        x = net.activation(net.batch_norm(x) if normed else x)
    x = net.activation(net.conv_transpose(x, x.channels, (1, 2, 2), (1, 2, 2), name="enlarge"))
    net.conv(x, classes, 1, name="masks")


def _points(net: Network, x: Shape, keypoints: int) -> None:
    for _ in range(8):
        x = net.activation(_each(net, x, 512))
    net.conv_transpose(x, keypoints, (1, 4, 4), (1, 2, 2), (0, 1, 1), name="maps")


#: torchvision's second versions: norms in pyramid and heads, two layers of proposals, four convolutions for each box.
_SECOND: dict[str, Any] = {"normed": True, "rpn_layers": 2, "box_convolutions": 4}
#: What torchvision counts: a square image of 800 pixels, and all proposals that a test keeps.
_TESTED: dict[str, Any] = {"proposals": 1000}
#: Five sizes of three shapes at each place of each map; three stages of six are not trained (torchvision).
_MOBILE: dict[str, Any] = {"backbone": "mobilenet-v3", "anchors": 15, "frozen_stages": 3}
VARIANTS: dict[str, dict[str, Any]] = {
    "faster-rcnn-r50-fpn": {},
    "faster-rcnn-r101-fpn": {"depth": 101},
    "mask-rcnn-r50-fpn": {"masks": 128},
    "mask-rcnn-r101-fpn": {"depth": 101, "masks": 128},
    "keypoint-rcnn-r50-fpn": {"classes": 2, "keypoints": 17},
    "fasterrcnn-resnet50-fpn": _TESTED,
    "fasterrcnn-resnet50-fpn-v2": {**_TESTED, **_SECOND},
    "fasterrcnn-mobilenet-v3-large-fpn": _MOBILE,
    "fasterrcnn-mobilenet-v3-large-320-fpn": {**_MOBILE, "image": 320},
    "maskrcnn-resnet50-fpn": {**_TESTED, "masks": 100},
    "maskrcnn-resnet50-fpn-v2": {**_TESTED, **_SECOND, "masks": 100},
    # whose one person torchvision counts
    "keypointrcnn-resnet50-fpn": {**_TESTED, "classes": 2, "keypoints": 17, "keypoint_proposals": 1},
}
PUBLISHED: dict[str, Published] = {
    "fasterrcnn-resnet50-fpn": Published(TORCHVISION, parameters=41_755_286, forward_macs=134.38e9),
    "fasterrcnn-resnet50-fpn-v2": Published(TORCHVISION, parameters=43_712_278, forward_macs=280.371e9),
    "fasterrcnn-mobilenet-v3-large-fpn": Published(TORCHVISION, parameters=19_386_354),
    "fasterrcnn-mobilenet-v3-large-320-fpn": Published(TORCHVISION, parameters=19_386_354),
    "maskrcnn-resnet50-fpn": Published(TORCHVISION, parameters=44_401_393),
    "maskrcnn-resnet50-fpn-v2": Published(TORCHVISION, parameters=46_359_409, forward_macs=333.577e9),
    "keypointrcnn-resnet50-fpn": Published(TORCHVISION, parameters=59_137_258, forward_macs=137.42e9),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Faster, Mask and Keypoint R-CNN."""
    return [
        Family(
            name="rcnn",
            forward=rcnn,
            example="image",
            source="Ren et al. 2015, arXiv:1506.01497; Lin et al. 2017, arXiv:1612.03144; He et al. 2017, "
            "arXiv:1703.06870",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
