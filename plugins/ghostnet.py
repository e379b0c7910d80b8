"""GhostNet: half of every map is made of the other half by cheap depthwise convolutions."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_positive, rounded_channels, stated

#: Kernel, hidden channels, channels, whether squeezed, stride (Table 1).
LAYERS = (
    (3, 16, 16, 0, 1), (3, 48, 24, 0, 2), (3, 72, 24, 0, 1), (5, 72, 40, 1, 2), (5, 120, 40, 1, 1),
    (3, 240, 80, 0, 2), (3, 200, 80, 0, 1), (3, 184, 80, 0, 1), (3, 184, 80, 0, 1), (3, 480, 112, 1, 1),
    (3, 672, 112, 1, 1), (5, 672, 160, 1, 2), (5, 960, 160, 0, 1), (5, 960, 160, 1, 1), (5, 960, 160, 0, 1),
    (5, 960, 160, 1, 1),
)  # fmt: skip


def ghostnet(width: float = 1.0, image: int = 224, classes: int = 1000) -> Network:
    """One image through a GhostNet of `width` times the channels."""
    require_positive(width=width, image=image, classes=classes)
    net = Network()

    def scaled(channels: int) -> int:
        return rounded_channels(channels * width, 4)

    def ghost(x: Shape, out: int) -> Shape:
        half = -(-out // 2)
        y = net.batch_norm(net.conv(x, half, 1, bias=False, name="primary"))
        net.batch_norm(net.conv(y, half, 3, padding=1, groups=half, bias=False, name="cheap"))
        return y._replace(channels=out)

    def depthwise(x: Shape, kernel: int, stride: int) -> Shape:
        y = net.conv(x, x.channels, kernel, stride, kernel // 2, groups=x.channels, bias=False, name="depthwise")
        return net.batch_norm(y)

    x = net.batch_norm(net.conv(net.input(3, image, image), scaled(16), 3, 2, 1, bias=False, name="stem"))
    for place, (kernel, hidden, channels, squeezed, stride) in enumerate(LAYERS):
        with net.block(f"layer{place + 1}"):
            inner, out = scaled(hidden), scaled(channels)
            y = ghost(x, inner)
            if stride > 1:
                y = depthwise(y, kernel, stride)
            if squeezed:
                z = net.linear(net.global_pool(y), rounded_channels(inner * 0.25, 4), name="squeeze")
                net.linear(z, inner, name="excite")
            y = ghost(y, out)
            if stride > 1 or x.channels != out:
                net.batch_norm(net.conv(depthwise(x, kernel, stride), out, 1, bias=False, name="shortcut"))
            x = y
    x = net.batch_norm(net.conv(x, scaled(960), 1, bias=False, name="last"))
    net.linear(net.linear(net.global_pool(x), 1280, name="head"), classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """GhostNet."""
    return [
        Family(
            name="ghostnet",
            forward=ghostnet,
            example="image",
            source="Han et al. 2020, GhostNet, arXiv:1911.11907, Table 1",
            variants={f"ghostnet-{width}": {"width": width} for width in (0.5, 1.0, 1.3)},
            published=stated(TIMM, {"ghostnet-0.5": (2.59e6, None), "ghostnet-1.0": (5.18e6, None),
                                    "ghostnet-1.3": (7.36e6, None)}),
        )
    ]  # fmt: skip
