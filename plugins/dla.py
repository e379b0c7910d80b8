"""DLA: deep layer aggregation, blocks as the leaves of trees whose roots join them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_counts, require_positive, stated

SMALL, FULL = (16, 32, 64, 64, 128, 256), (16, 32, 128, 256, 512, 1024)
MEMBERS: dict[str, dict[str, Any]] = {
    "dla-34": {"levels": (1, 2, 2, 1), "widths": (16, 32, 64, 128, 256, 512), "bottleneck": False},
    "dla-46-c": {"levels": (1, 2, 2, 1), "widths": SMALL},
    "dla-46x-c": {"levels": (1, 2, 2, 1), "widths": SMALL, "groups": 32, "group_width": 4},
    "dla-60x-c": {"levels": (1, 2, 3, 1), "widths": SMALL, "groups": 32, "group_width": 4},
    "dla-60": {"levels": (1, 2, 3, 1), "widths": FULL},
    "dla-60x": {"levels": (1, 2, 3, 1), "widths": FULL, "groups": 32, "group_width": 4},
    "dla-102": {"levels": (1, 3, 4, 1), "widths": FULL},
    "dla-102x": {"levels": (1, 3, 4, 1), "widths": FULL, "groups": 32, "group_width": 4},
    "dla-102x2": {"levels": (1, 3, 4, 1), "widths": FULL, "groups": 64, "group_width": 4},
    "dla-169": {"levels": (2, 3, 5, 1), "widths": FULL},
}


def dla(
    levels: Sequence[int] = (1, 2, 2, 1),
    widths: Sequence[int] = (16, 32, 64, 128, 256, 512),
    bottleneck: bool = True,
    groups: int = 1,
    group_width: int = 64,
    image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through a DLA: `levels` are how deep the trees of the last four stages are, each with 2^levels blocks.

    `widths` are the channels of the two first stages, which are one convolution each, and of the trees. Bottlenecks of
    `groups` have as many channels as so many groups of `group_width` have, halved.
    """
    require_counts("levels", levels)
    require_counts("widths", widths)
    require_positive(groups=groups, group_width=group_width, image=image, classes=classes)
    if len(widths) != len(levels) + 2:
        raise ValueError(f"widths: {len(widths)} for {len(levels)} trees; expected two more")
    net = Network()

    def conv(x: Shape, out: int, kernel: int, stride: int = 1, parts: int = 1) -> Shape:
        return net.batch_norm(net.conv(x, out, kernel, stride, kernel // 2, groups=parts, bias=False))

    def block(x: Shape, out: int, stride: int) -> Shape:
        if not bottleneck:
            return net.activation(conv(net.activation(conv(x, out, 3, stride)), out, 3))
        inner = int(out * group_width // 64 * groups) // 2
        y = net.activation(conv(x, inner, 1))
        y = net.activation(conv(y, inner, 3, stride, groups))
        return net.activation(conv(y, out, 1))

    def tree(x: Shape, out: int, level: int, stride: int, joined: int) -> Shape:
        """`joined` are the channels that the root reads beside those of its last two blocks."""
        if level > 1:
            y = tree(x, out, level - 1, stride, 0)
            return tree(y, out, level - 1, 1, joined + out)
        if x.channels != out:
            conv(net.max_pool(x, stride) if stride > 1 else x, out, 1)
        y = block(block(x, out, stride), out, 1)
        return net.activation(conv(y._replace(channels=2 * out + joined), out, 1))

    x = net.activation(conv(net.input(3, image, image), widths[0], 7))
    x = net.activation(conv(x, widths[0], 3))
    x = net.activation(conv(x, widths[1], 3, 2))
    for place, (level, out) in enumerate(zip(levels, widths[2:], strict=True)):
        with net.block(f"tree{place + 1}"):
            x = tree(x, out, level, 2, x.channels if place else 0)
    net.linear(net.global_pool(x), classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """DLA."""
    return [
        Family(
            name="dla",
            forward=dla,
            example="image",
            source="Yu et al. 2018, Deep layer aggregation, arXiv:1707.06484, Table 1",
            variants=MEMBERS,
            published=stated(TIMM, {"dla-46-c": (1.30e6, None), "dla-46x-c": (1.07e6, None),
                                    "dla-60x-c": (1.32e6, None), "dla-34": (15.74e6, 3.07e9),
                                    "dla-60": (22.04e6, 4.26e9),
                                    "dla-60x": (17.35e6, 3.54e9), "dla-102": (33.27e6, 7.19e9),
                                    "dla-102x": (26.31e6, 5.89e9), "dla-102x2": (41.28e6, 9.34e9),
                                    "dla-169": (53.39e6, 11.60e9)}),
        )
    ]  # fmt: skip
