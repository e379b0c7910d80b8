"""PointNet: each point on its own, and the largest of what they say."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import require_positive

#: Widths after each point's first matrix, after the maximum, and of the networks that straighten the input (Figure 2).
SHARED, JOINED, STRAIGHT, STRAIGHT_JOINED = (64, 64, 64, 128, 1024), (512, 256), (64, 128, 1024), (512, 256)


def pointnet(points: int = 1024, classes: int = 40, transforms: bool = True) -> Network:
    """One cloud of `points` through PointNet; without `transforms` it is the paper's vanilla network."""
    require_positive(points=points, classes=classes)
    net = Network()
    x = net.input(3, points)
    if transforms:
        _straightened(net, x, 3, "input")
    for number, width in enumerate(SHARED, start=1):
        x = _mixed(net, x, width, f"shared{number}")
        if transforms and number == 2:
            _straightened(net, x, x.channels, "features")
    x = net.max_pool(x, points)
    x = x._replace(size=(), positions=1)
    for width in JOINED:
        x = net.activation(net.batch_norm(net.linear(x, width, name="joined")))
    net.linear(x, classes, name="classifier", term="logits")
    return net


def _mixed(net: Network, x: Shape, out: int, name: str) -> Shape:
    return net.activation(net.batch_norm(net.linear(x, out, name=name)))


def _straightened(net: Network, x: Shape, side: int, name: str) -> None:
    """A matrix made of all points, by which each is multiplied."""
    with net.block(f"straighten {name}"):
        y = x
        for width in STRAIGHT:
            y = _mixed(net, y, width, "shared")
        y = y._replace(size=(), positions=1)
        for width in STRAIGHT_JOINED:
            y = _mixed(net, y, width, "joined")
        net.linear(y, side * side, name="matrix")
        net.matmul(y, x.positions, side, side, name="product", term="linear")


VARIANTS: dict[str, dict[str, Any]] = {"pointnet": {}, "pointnet-vanilla": {"transforms": False}}
#: Table 6 also prints 148M for the vanilla network, which it has with 1,000 points rather than 1,024.
PUBLISHED: dict[str, Published] = {
    "pointnet": Published("Qi et al. 2017, arXiv:1612.00593, Table 6", forward_macs=440e6),
}


@hookimpl
def computeest_families() -> list[Family]:
    """PointNet."""
    return [
        Family(
            name="pointnet",
            forward=pointnet,
            example="point cloud",
            source="Qi et al. 2017, arXiv:1612.00593",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
