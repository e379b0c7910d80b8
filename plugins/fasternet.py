"""FasterNet: convolutions over a quarter of the channels, then an MLP over all of them."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, hookimpl
from computeest_plugins.blocks import require_counts, require_positive, stated

#: Channels of the first stage and blocks of the four.
MEMBERS = {
    "fasternet-t0": (40, (1, 2, 8, 2)),
    "fasternet-t1": (64, (1, 2, 8, 2)),
    "fasternet-t2": (96, (1, 2, 8, 2)),
    "fasternet-s": (128, (1, 2, 13, 2)),
    "fasternet-m": (144, (3, 4, 18, 3)),
    "fasternet-l": (192, (3, 4, 18, 3)),
}


def fasternet(
    width: int = 128,
    blocks: Sequence[int] = (1, 2, 13, 2),
    expansion: int = 2,
    head: int = 1280,
    image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through a FasterNet; a quarter of a block's channels, at first of `width`, see their neighbours."""
    require_counts("blocks", blocks)
    require_positive(width=width, expansion=expansion, head=head, image=image, classes=classes)
    if width % 4:
        raise ValueError(f"width: {width} channels have no whole quarter")
    net = Network()
    x = net.batch_norm(net.conv(net.input(3, image, image), width, 4, 4, bias=False, name="patches"))
    for stage, count in enumerate(blocks):
        if stage:
            x = net.batch_norm(net.conv(x, 2 * x.channels, 2, 2, bias=False, name="merge"))
        channels = x.channels
        with net.repeat(count, "block"):
            quarter = x._replace(channels=channels // 4)
            net.conv(quarter, channels // 4, 3, padding=1, bias=False, name="partial")
            y = net.activation(net.batch_norm(net.conv(x, expansion * channels, 1, bias=False, name="up")))
            x = net.add(x, net.conv(y, channels, 1, bias=False, name="down"))
    x = net.linear(net.global_pool(x), head, bias=False, name="head")
    net.linear(x, classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """FasterNet."""
    return [
        Family(
            name="fasternet",
            forward=fasternet,
            example="image",
            source="Chen et al. 2023, Run, don't walk: chasing higher FLOPS for faster neural networks, "
            "arXiv:2303.03667, Table 9",
            variants={name: {"width": width, "blocks": blocks} for name, (width, blocks) in MEMBERS.items()},
            published=stated("Chen et al. 2023, arXiv:2303.03667, Table 3", {
                "fasternet-t0": (3.9e6, None), "fasternet-t1": (7.6e6, 0.85e9), "fasternet-t2": (15.0e6, 1.91e9),
                "fasternet-s": (31.1e6, 4.56e9), "fasternet-m": (53.5e6, 8.74e9), "fasternet-l": (93.5e6, 15.52e9)}),
        )
    ]  # fmt: skip
