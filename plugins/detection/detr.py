"""DETR: detection as a set, by a transformer over a ResNet's last map."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, hookimpl
from computeest_plugins.blocks import require_positive
from computeest_plugins.detection.backbones import resnet_maps, sides
from computeest_plugins.encoder_decoder import decoder_layer
from computeest_plugins.transformer_blocks import Block, layer


def detr(
    depth: int = 50,
    image: int = 800,
    image_width: int | None = 1066,
    layers: int = 6,
    decoder_layers: int = 6,
    width: int = 256,
    heads: int = 8,
    feed_forward: int = 2048,
    queries: int = 100,
    classes: int = 91,
    dilated: bool = False,
    frozen_stages: int = 2,
) -> Network:
    """One image through DETR: `queries` boxes, each of one of `classes` or of none; `dilated` is DETR-DC5.

    The usual image is 800 pixels high and 1,066 wide, about the mean of COCO at the scale that DETR is tested at.
    """
    require_positive(queries=queries, classes=classes, width=width, layers=layers, decoder_layers=decoder_layers)
    net = Network()
    x = net.input(3, *sides(image, image_width, 1))
    x = resnet_maps(net, x, depth, frozen_stages, affine=False, dilated=int(dilated))[-1]
    x = net.sequence(net.conv(x, width, 1, name="project"))
    block = Block(heads, None, None, feed_forward, activation="relu")
    with net.repeat(layers, "encoder"):
        x = layer(net, x, block)
    net.parameter(queries * width, "queries")
    y = net.input(width, queries, grad=True)
    with net.repeat(decoder_layers, "decoder"):
        y = decoder_layer(net, y, x, block)
    y = net.layer_norm(y, name="final_norm")
    net.linear(y, classes + 1, name="classes", term="logits")
    box = y
    for _ in range(2):
        box = net.activation(net.linear(box, width, name="boxes.hidden"))
    net.linear(box, 4, name="boxes")
    return net


VARIANTS: dict[str, dict[str, Any]] = {
    "detr-r50": {},
    "detr-r101": {"depth": 101},
    "detr-dc5-r50": {"dilated": True},
    "detr-dc5-r101": {"depth": 101, "dilated": True},
}
#: With the means and variances of its frozen norms, which are no parameters here. The mean FLOP of Carion et al. 2020,
#: Table 1 (86e9 multiply-adds for R50), are of images whose sizes it does not state: 6 % more than for 800 x 1,066.
PUBLISHED: dict[str, Published] = {
    "detr-r50": Published("facebook/detr-resnet-50 on the Hugging Face Hub, 2020", parameters=41_631_008),
}


@hookimpl
def computeest_families() -> list[Family]:
    """DETR."""
    return [
        Family(
            name="detr",
            forward=detr,
            example="image",
            source="Carion et al. 2020, arXiv:2005.12872",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
