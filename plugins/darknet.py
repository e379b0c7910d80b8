"""Darknet-53: the backbone of YOLOv3, residual blocks of a narrow and a wide convolution."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_counts, require_positive, stated


def darknet(
    blocks: Sequence[int] = (1, 2, 8, 8, 4), width: int = 32, image: int = 256, classes: int = 1000
) -> Network:
    """One image through a Darknet; each stage is twice as wide as the last, from twice `width`."""
    require_counts("blocks", blocks)
    require_positive(width=width, image=image, classes=classes)
    net = Network()

    def conv(x: Shape, out: int, kernel: int, stride: int = 1) -> Shape:
        return net.activation(net.batch_norm(net.conv(x, out, kernel, stride, kernel // 2, bias=False)))

    x = conv(net.input(3, image, image), width, 3)
    for count in blocks:
        width *= 2
        x = conv(x, width, 3, 2)
        with net.repeat(count, "block"):
            x = net.add(x, conv(conv(x, width // 2, 1), width, 3))
    net.linear(net.global_pool(x), classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """Darknet."""
    return [
        Family(
            name="darknet",
            forward=darknet,
            example="image",
            source="Redmon and Farhadi 2018, YOLOv3, arXiv:1804.02767, Table 1",
            variants={"darknet-53": {}},
            published=stated(TIMM, {"darknet-53": (41.61e6, 9.31e9)}),
        )
    ]
