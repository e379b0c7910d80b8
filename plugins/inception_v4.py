"""Inception v4: more, and more uniform, Inception modules."""

from __future__ import annotations

from computeest.contract import Network, Shape
from computeest_plugins.blocks import branch, classifier

ROW, COLUMN = (1, 7), (7, 1)


def inception_v4(image: int = 299, classes: int = 1000) -> Network:
    """One image through Inception v4."""
    net = Network()
    x = _stem(net, net.input(3, image, image))
    with net.repeat(4, "inception-a"):
        x = net.concat(
            branch(net, x, (96, 1)),
            branch(net, x, (64, 1), (96, 3)),
            branch(net, x, (64, 1), (96, 3), (96, 3)),
            branch(net, net.avg_pool(x, 3, 1, 1), (96, 1)),
        )
    with net.block("reduction-a"):
        x = net.concat(
            branch(net, x, (384, 3, 2, 0)), branch(net, x, (192, 1), (224, 3), (256, 3, 2, 0)), net.max_pool(x, 3, 2)
        )
    with net.repeat(7, "inception-b"):
        x = net.concat(
            branch(net, x, (384, 1)),
            branch(net, x, (192, 1), (224, ROW), (256, COLUMN)),
            branch(net, x, (192, 1), (192, COLUMN), (224, ROW), (224, COLUMN), (256, ROW)),
            branch(net, net.avg_pool(x, 3, 1, 1), (128, 1)),
        )
    with net.block("reduction-b"):
        x = net.concat(
            branch(net, x, (192, 1), (192, 3, 2, 0)),
            branch(net, x, (256, 1), (256, ROW), (320, COLUMN), (320, 3, 2, 0)),
            net.max_pool(x, 3, 2),
        )
    with net.repeat(3, "inception-c"):
        x = _grid8(net, x)
    return classifier(net, x, classes)


def _stem(net: Network, x: Shape) -> Shape:
    with net.block("stem"):
        x = branch(net, x, (32, 3, 2, 0), (32, 3, 1, 0), (64, 3))
        x = net.concat(net.max_pool(x, 3, 2), branch(net, x, (96, 3, 2, 0)))
        x = net.concat(
            branch(net, x, (64, 1), (96, 3, 1, 0)), branch(net, x, (64, 1), (64, ROW), (64, COLUMN), (96, 3, 1, 0))
        )
        return net.concat(branch(net, x, (192, 3, 2, 0)), net.max_pool(x, 3, 2))


def _grid8(net: Network, x: Shape) -> Shape:
    middle = branch(net, x, (384, 1))
    deep = branch(net, x, (384, 1), (448, (3, 1)), (512, (1, 3)))
    return net.concat(
        branch(net, x, (256, 1)),
        *(branch(net, y, (256, kernel)) for y in (middle, deep) for kernel in ((1, 3), (3, 1))),
        branch(net, net.avg_pool(x, 3, 1, 1), (256, 1)),
    )
