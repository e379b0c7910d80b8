"""3D ResNets: convolutions over time too (R3D), over time in the first stage only (MC3), or after space (R(2+1)D)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import TORCHVISION, classifier, require_counts, require_positive, unknown

KINDS = ("r3d", "mc3", "r2plus1d")
#: Basic blocks of the four stages, by depth (Tran et al. 2018, Table 1).
DEPTHS = {10: (1, 1, 1, 1), 18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}


def conv3d(
    net: Network, x: Shape, out: int, kernel: tuple[int, int, int], stride: tuple[int, int, int] = (1, 1, 1),
    active: bool = True, name: str = "conv",
) -> Shape:  # fmt: skip
    """A convolution over time, height and width that keeps sizes, batch norm and, where `active`, a ReLU."""
    padding = (kernel[0] // 2, kernel[1] // 2, kernel[2] // 2)
    x = net.batch_norm(net.conv(x, out, kernel, stride, padding, bias=False, name=name))
    return net.activation(x) if active else x


def resnet3d(
    kind: str = "r3d",
    depth: int = 18,
    frames: int = 16,
    image: int = 112,
    width: int = 64,
    classes: int = 400,
    blocks: Sequence[int] | None = None,
) -> Network:
    """One clip of `frames` frames through a 3D ResNet of basic blocks; `blocks` gives the stages of another depth."""
    if kind not in KINDS:
        raise unknown("kind", kind, KINDS)
    if blocks is None and depth not in DEPTHS:
        raise unknown("depth", depth, (*DEPTHS, "another with its blocks"))
    counts = DEPTHS[depth] if blocks is None else blocks
    require_counts("blocks", counts)
    if 2 * sum(counts) + 2 != depth:
        raise ValueError(f"blocks: {list(counts)} make {2 * sum(counts) + 2} layers, but depth is {depth}")
    require_positive(width=width, classes=classes)
    net = Network()
    x = net.input(3, frames, image, image)
    if kind == "r2plus1d":
        x = conv3d(net, x, 45, (1, 7, 7), (1, 2, 2), name="stem.space")
        x = conv3d(net, x, width, (3, 1, 1), name="stem.time")
    else:
        x = conv3d(net, x, width, (3, 7, 7), (1, 2, 2), name="stem")
    for number, count in enumerate(counts, start=1):
        timed = kind != "mc3" or number == 1
        for place in range(min(count, 2)):
            repeats = count - 1 if place else 1
            with net.repeat(repeats, f"stage{number}"):
                x = _block(net, x, width, 2 if number > 1 and not place else 1, kind, timed)
        width *= 2
    return classifier(net, x, classes)


def _block(net: Network, x: Shape, out: int, stride: int, kind: str, timed: bool) -> Shape:
    strides = (stride if timed else 1, stride, stride)
    middle = x.channels * out * 27 // (x.channels * 9 + 3 * out)  # as many weights as a 3x3x3 convolution has
    y = x
    for number in (1, 2):
        step = strides if number == 1 else (1, 1, 1)
        if kind == "r2plus1d":
            y = conv3d(net, y, middle, (1, 3, 3), (1, *step[1:]), name=f"conv{number}.space")
            y = conv3d(net, y, out, (3, 1, 1), (step[0], 1, 1), number == 1, f"conv{number}.time")
        else:
            y = conv3d(net, y, out, (3 if timed else 1, 3, 3), step, number == 1, f"conv{number}")
    if x.channels != out or stride > 1:
        x = conv3d(net, x, out, (1, 1, 1), strides, active=False, name="projection")
    return net.activation(net.add(x, y))


VARIANTS: dict[str, dict[str, Any]] = {
    "r3d-18": {},
    "mc3-18": {"kind": "mc3"},
    "r2plus1d-18": {"kind": "r2plus1d"},
    "r3d-34": {"depth": 34},
    "r2plus1d-34": {"kind": "r2plus1d", "depth": 34, "frames": 32},
}
PUBLISHED: dict[str, Published] = {
    "r3d-18": Published(TORCHVISION, parameters=33_371_472, forward_macs=40.697e9),
    "mc3-18": Published(TORCHVISION, parameters=11_695_440, forward_macs=43.343e9),
    "r2plus1d-18": Published(TORCHVISION, parameters=31_505_325, forward_macs=40.519e9),
}


@hookimpl
def computeest_families() -> list[Family]:
    """R3D, MC3 and R(2+1)D."""
    return [
        Family(
            name="resnet3d",
            forward=resnet3d,
            example="clip",
            source="Tran et al. 2018, arXiv:1711.11248, Table 1",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
