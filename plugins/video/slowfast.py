"""SlowFast: a ResNet that sees few frames, and a thin one that sees many."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import require_positive, unknown
from computeest_plugins.resnet import IMAGENET
from computeest_plugins.video.resnet3d import conv3d


def slowfast(
    depth: int = 50,
    frames: int = 8,
    speed: int = 4,
    thinner: int = 8,
    image: int = 256,
    fusion: int = 7,
    classes: int = 400,
) -> Network:
    """One clip through SlowFast, of which the slow pathway sees `frames` frames; `speed: 0` is that pathway alone.

    The fast one sees `speed` times as many with 1/`thinner` of the channels; a convolution over `fusion` frames brings
    what it sees to the slow one after each stage.
    """
    if depth not in (50, 101, 152):
        raise unknown("depth", depth, (50, 101, 152))
    if speed < 0 or thinner < 1 or 64 % thinner or fusion < 1:
        raise ValueError("speed must be at least 0, thinner a divisor of 64 and fusion at least 1")
    require_positive(classes=classes, frames=frames)
    net = Network()
    slow = _stem(net, frames, image, 64, 1, "slow")
    fast = _stem(net, frames * speed, image, 64 // thinner, 5, "fast") if speed else None
    inner = 64
    for number, count in enumerate(IMAGENET[depth][0], start=1):
        if fast is not None:
            slow = _fused(net, slow, fast, speed, fusion)
        # the slow pathway looks along time in its last two stages only
        slow = _stage(net, slow, inner, count, number > 2, number, "slow")
        if fast is not None:
            fast = _stage(net, fast, inner // thinner, count, number > 0, number, "fast")
        inner *= 2
    x = net.global_pool(slow)
    if fast is not None:
        x = net.concat(x, net.global_pool(fast))
    net.linear(x, classes, name="classifier", term="logits")
    return net


def _stem(net: Network, frames: int, image: int, width: int, taps: int, name: str) -> Shape:
    x = conv3d(net, net.input(3, frames, image, image), width, (taps, 7, 7), (1, 2, 2), name=f"{name}.stem")
    return net.max_pool(x, (1, 3, 3), (1, 2, 2), (0, 1, 1))


def _fused(net: Network, slow: Shape, fast: Shape, speed: int, taps: int) -> Shape:
    return net.concat(slow, conv3d(net, fast, 2 * fast.channels, (taps, 1, 1), (speed, 1, 1), name="lateral"))


def _stage(net: Network, x: Shape, inner: int, count: int, timed: bool, number: int, name: str) -> Shape:
    """One stage; of a deeper network's blocks only as many look along time as ResNet-50 has."""
    looking = min(count, IMAGENET[50][0][number - 1]) if timed else 0
    first = 1 if number == 1 else 2
    x = _block(net, x, inner, 3 if looking else 1, first, f"{name}.stage{number}")
    for taps, repeats in ((3, looking - 1), (1, count - max(looking, 1))):
        if repeats > 0:
            with net.repeat(repeats, ""):
                x = _block(net, x, inner, taps, 1, f"{name}.stage{number}")
    return x


def _block(net: Network, x: Shape, inner: int, taps: int, stride: int, name: str) -> Shape:
    with net.block(name):
        y = conv3d(net, x, inner, (taps, 1, 1), name="reduce")
        y = conv3d(net, y, inner, (1, 3, 3), (1, stride, stride), name="conv3x3")
        y = conv3d(net, y, 4 * inner, (1, 1, 1), active=False, name="expand")
        if x.channels != 4 * inner or stride > 1:
            x = conv3d(net, x, 4 * inner, (1, 1, 1), (1, stride, stride), active=False, name="projection")
        return net.activation(net.add(x, y))


VARIANTS: dict[str, dict[str, Any]] = {
    "slowfast-4x16-r50": {"frames": 4, "speed": 8, "fusion": 5},
    "slowfast-8x8-r50": {},
    "slowfast-8x8-r101": {"depth": 101, "fusion": 5},
    "slowfast-16x8-r101": {"depth": 101, "frames": 16, "fusion": 5},
    "slow-8x8-r50": {"speed": 0},
}
#: Millions of parameters, and FLOPs in billions that are multiply-adds, of crops of 256 pixels.
_ZOO = "Fan et al. 2021, PyTorchVideo, docs/source/model_zoo.md"
PUBLISHED: dict[str, Published] = {
    "slowfast-8x8-r50": Published(_ZOO, parameters=34.57e6, forward_macs=65.71e9),
    "slow-8x8-r50": Published(_ZOO, parameters=32.45e6, forward_macs=54.52e9),
    "slowfast-4x16-r50": Published("Feichtenhofer et al. 2019, arXiv:1812.03982, Table 2", forward_macs=36.1e9),
    "slowfast-8x8-r101": Published("Feichtenhofer et al. 2019, arXiv:1812.03982, Table 2", forward_macs=106e9),
    "slowfast-16x8-r101": Published("Feichtenhofer et al. 2019, arXiv:1812.03982, Table 2", forward_macs=213e9),
}


@hookimpl
def computeest_families() -> list[Family]:
    """SlowFast."""
    return [
        Family(
            name="slowfast",
            forward=slowfast,
            example="clip",
            source="Feichtenhofer et al. 2019, arXiv:1812.03982, Table 1",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
