"""Aligned Xception: the backbone of DeepLab v3+, strided separable convolutions in the place of pooling."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_positive, stated

#: Channels and stride of the modules before the middle, and how many are in the middle.
ENTRY = ((128, 2), (256, 2), (728, 2))
MEMBERS = {
    "aligned-xception-41": (ENTRY, 8),
    "aligned-xception-65": (ENTRY, 16),
    "aligned-xception-71": (((128, 2), (256, 1), (256, 2), (728, 1), (728, 2)), 16),
}


def aligned_xception(
    entry: Sequence[Sequence[int]] = ENTRY, middle: int = 8, image: int = 299, classes: int = 1000
) -> Network:
    """One image through an aligned Xception: `entry` are channels and stride of each module before the `middle`."""
    require_positive(middle=middle, image=image, classes=classes)
    if not entry or any(len(module) != 2 or min(module) < 1 for module in entry):
        raise ValueError(f"entry: {entry!r} is no list of channels and strides")
    net = Network()

    def module(x: Shape, widths: Sequence[int], stride: int, *, skip: bool = True) -> Shape:
        y = x
        for place, out in enumerate(widths):
            step = stride if place == 2 else 1
            y = net.conv(y, y.channels, 3, step, 1, groups=y.channels, bias=False, name="depthwise")
            y = net.batch_norm(net.conv(net.batch_norm(y), out, 1, bias=False, name="pointwise"))
        if skip and (stride > 1 or x.channels != widths[-1]):
            net.batch_norm(net.conv(x, widths[-1], 1, stride, bias=False, name="shortcut"))
        return y

    x = net.input(3, image, image)
    for out, stride in ((32, 2), (64, 1)):
        x = net.batch_norm(net.conv(x, out, 3, stride, 1, bias=False, name="stem"))
    for out, stride in entry:
        x = module(x, (out, out, out), stride)
    channels = x.channels
    with net.repeat(middle, "middle"):
        x = module(x, (channels, channels, channels), 1)
    x = module(x, (channels, 1024, 1024), 2)
    x = module(x, (1536, 1536, 2048), 1, skip=False)
    net.linear(net.global_pool(x), classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """Aligned Xception."""
    return [
        Family(
            name="aligned-xception",
            forward=aligned_xception,
            example="image",
            source="Chen et al. 2018, Encoder-decoder with atrous separable convolution, arXiv:1802.02611, Figure 4",
            variants={name: {"entry": entry, "middle": middle} for name, (entry, middle) in MEMBERS.items()},
            published=stated(TIMM, {"aligned-xception-41": (26.97e6, 9.28e9),
                                    "aligned-xception-65": (39.92e6, 13.96e9),
                                    "aligned-xception-71": (42.34e6, 18.09e9)}),
        )
    ]  # fmt: skip
