"""Video Swin: attention within windows of space and time."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import TORCHVISION, require_counts, require_positive
from computeest_plugins.swin import SIZES


def swin3d(
    width: int = 96,
    depths: Sequence[int] = (2, 2, 6, 2),
    frames: int = 32,
    image: int = 224,
    window: Sequence[int] = (8, 7, 7),
    head_dim: int = 32,
    classes: int = 400,
) -> Network:
    """One clip through a Video Swin; `window` is its extent in time, height and width, in patches of 2 x 4 x 4."""
    require_counts("depths", depths)
    require_counts("window", window)
    if len(window) != 3:
        raise ValueError(f"window: {list(window)} must hold its extent in time, height and width")
    require_positive(width=width, head_dim=head_dim, classes=classes)
    net = Network()
    x = net.layer_norm(net.conv(net.input(3, frames, image, image), width, (2, 4, 4), (2, 4, 4), name="patches"))
    for number, count in enumerate(depths, start=1):
        if number > 1:
            time, *space = x.size
            size = (time, *(-(-extent // 2) for extent in space))
            y = net.layer_norm(Shape(4 * x.channels, size, x.grad, prod(size)))
            x = net.linear(y, x.channels * 2, bias=False, name="merge")
        with net.repeat(count, f"stage{number}"):
            x = net.add(x, _windowed(net, net.layer_norm(x), tuple(window), head_dim))
            x = net.add(x, net.mlp(net.layer_norm(x), 4 * x.channels))
    x = net.global_pool(net.layer_norm(x, name="final_norm"))
    net.linear(x, classes, name="classifier", term="logits")
    return net


def _windowed(net: Network, x: Shape, full: tuple[int, ...], head_dim: int) -> Shape:
    window = tuple(min(w, extent) for w, extent in zip(full, x.size, strict=True))
    size = tuple(-(-extent // w) * w for w, extent in zip(window, x.size, strict=True))
    if x.channels % head_dim:
        raise ValueError(f"width: {x.channels} channels do not divide into heads of {head_dim}")
    heads = x.channels // head_dim
    net.parameter(prod(2 * w - 1 for w in full) * heads, "position_bias")
    y = net.attention(x._replace(size=size, positions=prod(size)), heads, window=prod(window))
    return y._replace(size=x.size, positions=x.positions)


#: torchvision counts half of the paper's 32 frames.
VARIANTS: dict[str, dict[str, Any]] = {
    **{f"video-swin-{name}": {"width": SIZES[name][0], "depths": SIZES[name][1]} for name in ("t", "s", "b")},
    **{f"swin3d-{name}": {"width": SIZES[name][0], "depths": SIZES[name][1], "frames": 16} for name in ("t", "s", "b")},
}
_TABLE = "Liu et al. 2022, arXiv:2106.13230, Table 1"
PUBLISHED: dict[str, Published] = {
    "video-swin-t": Published(_TABLE, parameters=28.2e6, forward_macs=88e9),
    "video-swin-s": Published(_TABLE, parameters=49.8e6, forward_macs=166e9),
    "video-swin-b": Published(_TABLE, parameters=88.1e6, forward_macs=282e9),
    "swin3d-t": Published(TORCHVISION, parameters=28_158_070, forward_macs=43.882e9),
    "swin3d-s": Published(TORCHVISION, parameters=49_816_678, forward_macs=82.841e9),
    "swin3d-b": Published(TORCHVISION, parameters=88_048_984, forward_macs=140.667e9),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Video Swin."""
    return [
        Family(
            name="swin3d",
            forward=swin3d,
            example="clip",
            source="Liu et al. 2022, arXiv:2106.13230",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
