"""MobileOne: depthwise and pointwise convolutions, each of several branches while it is trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import TIMM_LATER, require_positive, rounded_channels, squeeze_excite, stated, unknown

#: Channels, and pairs of depthwise and pointwise blocks, of the four stages at width 1.
WIDTHS, DEPTHS = (64, 128, 256, 512), (2, 8, 10, 1)


def mobileone(
    widths: Sequence[float] = (1.5, 1.5, 2.0, 2.5),
    branches: int = 1,
    squeezed: Sequence[int] = (0, 0, 0, 0),
    deployed: bool = False,
    image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through a MobileOne as it is trained or, `deployed`, with its branches folded into one convolution.

    `widths` multiply the four stages, `branches` are how many equal convolutions a block adds up (k in the paper), and
    the last `squeezed` pairs of a stage end in squeeze-and-excitation.
    """
    for key, values in (("widths", widths), ("squeezed", squeezed)):
        if len(values) != len(WIDTHS):
            raise unknown(key, list(values), (f"{len(WIDTHS)} numbers, one for each stage",))
    require_positive(widths=min(widths), branches=branches, classes=classes)
    net = Network()
    x = _block(net, net.input(3, image, image), min(64, int(64 * widths[0])), 2, (1, deployed))
    for stage, (base, width, pairs, last) in enumerate(zip(WIDTHS, widths, DEPTHS, squeezed, strict=True), start=1):
        for place in range(pairs):
            with net.block(f"stage{stage}"):
                folded, squeeze = (branches, deployed), place >= pairs - last
                x = _block(net, x, x.channels, 1 if place else 2, folded, depthwise=True, squeeze=squeeze)
                x = _block(net, x, int(base * width), 1, folded, kernel=1, squeeze=squeeze)
    net.linear(net.global_pool(x), classes, name="classifier", term="logits")
    return net


def _block(net: Network, x: Shape, out: int, stride: int, folded: tuple[int, bool], kernel: int = 3,
           depthwise: bool = False, squeeze: bool = False) -> Shape:  # fmt: skip
    """`branches` convolutions, one of 1x1 beside those of 3x3, and a norm of the input where nothing changes shape."""
    (branches, deployed), groups = folded, x.channels if depthwise else 1
    y = x
    for _ in range(1 if deployed else branches):
        y = net.conv(x, out, kernel, stride, kernel // 2, groups=groups, bias=deployed, name=f"conv{kernel}x{kernel}")
        y = y if deployed else net.batch_norm(y)
    if not deployed:
        if kernel > 1:
            net.batch_norm(net.conv(x, out, 1, stride, groups=groups, bias=False, name="conv1x1"))
        if stride == 1 and out == x.channels:
            net.batch_norm(x, name="identity")
    if squeeze:
        y = squeeze_excite(net, y, rounded_channels(out / 16, 8, 0))
    return net.activation(y)


VARIANTS: dict[str, dict[str, Any]] = {
    "mobileone-s0": {"widths": (0.75, 1.0, 1.0, 2.0), "branches": 4},
    "mobileone-s1": {"widths": (1.5, 1.5, 2.0, 2.5)},
    "mobileone-s2": {"widths": (1.5, 2.0, 2.5, 4.0)},
    "mobileone-s3": {"widths": (2.0, 2.5, 3.0, 4.0)},
    "mobileone-s4": {"widths": (3.0, 3.5, 3.5, 4.0), "squeezed": (0, 0, 5, 1)},
}
PUBLISHED: dict[str, Published] = stated(TIMM_LATER, {
    "mobileone-s0": (5.29e6, None), "mobileone-s1": (4.83e6, None), "mobileone-s2": (7.88e6, None),
    "mobileone-s3": (10.17e6, None), "mobileone-s4": (14.95e6, 3.04e9)})  # fmt: skip


@hookimpl
def computeest_families() -> list[Family]:
    """MobileOne."""
    return [
        Family(
            name="mobileone",
            forward=mobileone,
            example="image",
            source="Vasu et al. 2023, arXiv:2206.04040, Table 2 and section 3.3",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
