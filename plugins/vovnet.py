"""VoVNet 2: stages that join all their convolutions once, weighed by squeezed channels."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_counts, require_positive, stated


def vovnet(
    blocks: Sequence[int] = (1, 1, 2, 2),
    inner: Sequence[int] = (128, 160, 192, 224),
    widths: Sequence[int] = (256, 512, 768, 1024),
    convolutions: int = 5,
    image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through a VoVNet 2: `convolutions` of `inner` channels, joined to `widths`, make a block.

    The last block of a stage weighs its channels.
    """
    for key, counts in (("blocks", blocks), ("inner", inner), ("widths", widths)):
        require_counts(key, counts)
    require_positive(convolutions=convolutions, image=image, classes=classes)
    if not len(blocks) == len(inner) == len(widths):
        raise ValueError(f"blocks: {len(blocks)} stages, but {len(inner)} and {len(widths)} widths")
    net = Network()

    def conv(x: Shape, out: int, kernel: int, stride: int = 1) -> Shape:
        return net.activation(net.batch_norm(net.conv(x, out, kernel, stride, kernel // 2, bias=False)))

    x = conv(conv(conv(net.input(3, image, image), 64, 3, 2), 64, 3), 128, 3, 2)
    for place, (count, narrow, out) in enumerate(zip(blocks, inner, widths, strict=True)):
        if place:
            x = net.max_pool(x, 3, 2, 1)
        for _ in range(count):
            y, joined = x, x.channels + convolutions * narrow
            for _ in range(convolutions):
                y = conv(y, narrow, 3)
            x = conv(y._replace(channels=joined), out, 1)
        net.linear(net.global_pool(x), out, name="squeeze")
    net.linear(net.global_pool(x), classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """VoVNet 2."""
    return [
        Family(
            name="vovnet",
            forward=vovnet,
            example="image",
            source="Lee and Park 2020, CenterMask, arXiv:1911.06667, section 3.3; VoVNet: arXiv:1904.09730, Table 1",
            variants={"vovnet-v2-39": {}},
            published=stated(TIMM, {"vovnet-v2-39": (24.57e6, 7.09e9)}),
        )
    ]
