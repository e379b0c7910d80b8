"""HRNet: branches of several resolutions side by side, each read by all the others."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_counts, require_positive, stated

WIDTHS = (18, 30, 32, 40, 44, 48, 64)


def _conv(net: Network, x: Shape, out: int, kernel: int, stride: int = 1, *, bias: bool = False) -> Shape:
    return net.batch_norm(net.conv(x, out, kernel, stride, kernel // 2, bias=bias))


def _bottleneck(net: Network, x: Shape, inner: int) -> Shape:
    y = _conv(net, _conv(net, _conv(net, x, inner, 1), inner, 3), 4 * inner, 1)
    return net.add(x if x.channels == y.channels else _conv(net, x, 4 * inner, 1), y)


def _module(net: Network, branches: Sequence[Shape], blocks: int) -> None:
    """Residual blocks within each branch; then each reads all others, coarser ones widened, finer ones strided."""
    for branch in branches:
        with net.repeat(blocks, "block"):
            _conv(net, _conv(net, branch, branch.channels, 3), branch.channels, 3)
    for here, to in enumerate(branches):
        for there, source in enumerate(branches):
            y = source
            if there > here:
                _conv(net, y, to.channels, 1)
            for step in range(here - there):
                y = _conv(net, y, to.channels if step == here - there - 1 else source.channels, 3, 2)


def hrnet(
    width: int = 18, modules: Sequence[int] = (1, 4, 3), blocks: int = 4, image: int = 224, classes: int = 1000
) -> Network:
    """One image through an HRNet-C; `width` are the channels of its finest branch, each coarser has twice as many.

    `modules` are how often the branches of each stage are read by one another, `blocks` how many residual blocks a
    branch has in between.
    """
    require_counts("modules", modules)
    require_positive(width=width, blocks=blocks, image=image, classes=classes)
    net = Network()

    x = _conv(net, _conv(net, net.input(3, image, image), 64, 3, 2), 64, 3, 2)
    for _ in range(4):
        x = _bottleneck(net, x, 64)
    branches = [_conv(net, x, width, 3), _conv(net, x, 2 * width, 3, 2)]
    for stage, count in enumerate(modules):
        if stage:
            branches.append(_conv(net, branches[-1], 2 * branches[-1].channels, 3, 2))
        with net.repeat(count, f"stage{stage + 2}"):
            _module(net, branches, blocks)
    with net.block("head"):
        y = _bottleneck(net, branches[0], 32)
        for place, branch in enumerate(branches[1:], 1):
            y = net.add(_bottleneck(net, branch, 32 << place), _conv(net, y, 128 << place, 3, 2, bias=True))
        y = net.global_pool(_conv(net, y, 2048, 1, bias=True))
    net.linear(y, classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """HRNet."""
    printed = {18: (21.30e6, 4.32e9), 30: (37.71e6, 8.15e9), 32: (41.23e6, 8.97e9), 40: (57.56e6, 12.75e9),
               44: (67.06e6, 14.94e9), 48: (77.47e6, 17.34e9), 64: (128.06e6, 28.97e9)}  # fmt: skip
    return [
        Family(
            name="hrnet",
            forward=hrnet,
            example="image",
            source="Wang et al. 2020, Deep high-resolution representation learning, arXiv:1908.07919, section 3 and "
            "appendix (HRNet-W18-C)",
            variants={f"hrnet-w{width}": {"width": width} for width in WIDTHS},
            published=stated(TIMM, {f"hrnet-w{width}": figures for width, figures in printed.items()}),
        )
    ]
