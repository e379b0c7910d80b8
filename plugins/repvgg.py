"""RepVGG: plain convolutions when it is used, three branches each when it is trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_counts, require_positive, stated

#: Layers of each stage after the first layer, and how much wider than 64, 128, 256 and 512 the stages are.
A, B = (2, 4, 14, 1), (4, 6, 16, 1)
MEMBERS: dict[str, dict[str, Any]] = {
    "repvgg-a0": {"blocks": A, "width": 0.75, "last_width": 2.5},
    "repvgg-a1": {"blocks": A, "width": 1.0, "last_width": 2.5},
    "repvgg-a2": {"blocks": A, "width": 1.5, "last_width": 2.75},
    "repvgg-b0": {"blocks": B, "width": 1.0, "last_width": 2.5},
    **{f"repvgg-b{number}{suffix}": {"blocks": B, "width": width, "last_width": last, "groups": groups}
       for number, width, last in ((1, 2.0, 4.0), (2, 2.5, 5.0), (3, 3.0, 5.0))
       for suffix, groups in (("", 1), ("g4", 4))},
}  # fmt: skip


def repvgg(
    blocks: Sequence[int] = B,
    width: float = 1.0,
    last_width: float = 2.5,
    groups: int = 1,
    deployed: bool = False,
    image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through a RepVGG as it is trained or, `deployed`, with its branches folded into one convolution.

    `width` is how much wider than VGG's the stages are, `last_width` that of the last; every second layer of a stage
    has `groups`.
    """
    require_counts("blocks", blocks)
    require_positive(width=width, last_width=last_width, groups=groups, classes=classes)
    net = Network()

    def layer(x: Shape, out: int, stride: int, parts: int) -> Shape:
        y = net.conv(x, out, 3, stride, 1, groups=parts, bias=deployed, name="conv3x3")
        if not deployed:
            y = net.batch_norm(y)
            net.batch_norm(net.conv(x, out, 1, stride, groups=parts, bias=False, name="conv1x1"))
            if stride == 1 and x.channels == out:
                net.batch_norm(x, name="identity")
        return net.activation(y)

    x = layer(net.input(3, image, image), min(64, round(64 * width)), 2, 1)
    widths = [round(64 * 2**stage * width) for stage in range(len(blocks) - 1)]
    for count, out in zip(blocks, [*widths, round(64 * 2 ** (len(blocks) - 1) * last_width)], strict=True):
        for place in range(count):
            x = layer(x, out, 1 if place else 2, groups if place % 2 else 1)
    net.linear(net.global_pool(x), classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """RepVGG."""
    return [
        Family(
            name="repvgg",
            forward=repvgg,
            example="image",
            source="Ding et al. 2021, RepVGG, arXiv:2101.03697, Tables 2 and 3",
            variants=MEMBERS,
            published=stated(TIMM, {"repvgg-a0": (9.11e6, 1.52e9), "repvgg-a1": (14.09e6, 2.64e9),
                                    "repvgg-a2": (28.21e6, 5.70e9), "repvgg-b0": (15.82e6, 3.41e9),
                                    "repvgg-b1": (57.42e6, 13.16e9), "repvgg-b1g4": (39.97e6, 8.15e9),
                                    "repvgg-b2": (89.02e6, 20.45e9), "repvgg-b2g4": (61.76e6, 12.63e9),
                                    "repvgg-b3": (123.09e6, 29.16e9), "repvgg-b3g4": (83.83e6, 17.89e9)}),
        )
    ]  # fmt: skip
