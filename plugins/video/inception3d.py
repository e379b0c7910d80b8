"""I3D and S3D: GoogLeNet's modules over time as well as space, S3D's in two steps."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import TORCHVISION, require_positive
from computeest_plugins.googlenet import MODULES
from computeest_plugins.video.resnet3d import conv3d


def inception3d(
    frames: int = 64, image: int = 224, channels: int = 3, classes: int = 400, separable: bool = False
) -> Network:
    """One clip through I3D (3x3x3 convolutions) or, where `separable`, S3D; optical flow has 2 `channels`.

    Two-stream I3D is one network of 3 channels and one of 2, counted one by one.
    """
    require_positive(classes=classes)
    net = Network()
    x = _conv(net, net.input(channels, frames, image, image), 64, 7, separable, 2, "conv1")
    x = net.max_pool(x, (1, 3, 3), (1, 2, 2), (0, 1, 1))
    x = conv3d(net, x, 64, (1, 1, 1), name="conv2_reduce")
    x = _conv(net, x, 192, 3, separable, name="conv2")
    for pool, group in zip(((1, 3, 3), (3, 3, 3), (2, 2, 2)), MODULES, strict=True):
        x = net.max_pool(x, pool, (pool[0] if pool[0] < 3 else 2, 2, 2), tuple(extent // 3 for extent in pool))
        for name, widths in group.items():
            with net.block(name):
                x = _module(net, x, widths, separable)
    net.linear(net.global_pool(x), classes, name="classifier", term="logits")
    return net


def _conv(net: Network, x: Shape, out: int, kernel: int, separable: bool, stride: int = 1, name: str = "conv") -> Shape:
    if not separable:
        return conv3d(net, x, out, (kernel,) * 3, (stride,) * 3, name=name)
    x = conv3d(net, x, out, (1, kernel, kernel), (1, stride, stride), name=f"{name}.space")
    return conv3d(net, x, out, (kernel, 1, 1), (stride, 1, 1), name=f"{name}.time")


def _module(net: Network, x: Shape, widths: tuple[int, ...], separable: bool) -> Shape:
    single, reduce3, wide3, reduce5, wide5, pooled = widths
    one = conv3d(net, x, single, (1, 1, 1), name="1x1")
    three = _conv(net, conv3d(net, x, reduce3, (1, 1, 1), name="3x3_reduce"), wide3, 3, separable, name="3x3")
    five = _conv(net, conv3d(net, x, reduce5, (1, 1, 1), name="5x5_reduce"), wide5, 3, separable, name="5x5")
    pool = conv3d(net, net.max_pool(x, 3, 1, 1), pooled, (1, 1, 1), name="pool_project")
    return net.concat(one, three, five, pool)


VARIANTS: dict[str, dict[str, Any]] = {
    "i3d": {},
    "i3d-flow": {"channels": 2},
    "s3d": {"separable": True},
    "s3d-torchvision": {"separable": True, "frames": 16},
}
#: Xie et al. 2018, Tables 2 and 3, print 107.89 G multiply-adds of I3D and 66.38 G of S3D at 64 frames, 3 and 8 % fewer
#: than these layers have; what else they did is not said, and torchvision's S3D is met exactly.
PUBLISHED: dict[str, Published] = {
    "s3d-torchvision": Published(TORCHVISION, parameters=8_320_048, forward_macs=17.979e9),
}


@hookimpl
def computeest_families() -> list[Family]:
    """I3D and S3D."""
    return [
        Family(
            name="i3d",
            forward=inception3d,
            example="clip",
            source="Carreira and Zisserman 2017, arXiv:1705.07750; S3D: Xie et al. 2018, arXiv:1712.04851",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
