"""Inception-ResNet-v2: Inception modules that add to their input."""

from __future__ import annotations

from computeest.contract import Network, Shape
from computeest_plugins.blocks import branch, classifier

ROW, COLUMN = (1, 7), (7, 1)


def inception_resnet_v2(image: int = 299, classes: int = 1000) -> Network:
    """One image through Inception-ResNet-v2, with the stem and widths of the authors' TF-Slim release.

    The paper's own figures have the stem of Inception v4 and slightly other widths; the released network is what is
    reported and used.
    """
    net = Network()
    x = branch(net, net.input(3, image, image), (32, 3, 2, 0), (32, 3, 1, 0), (64, 3))
    x = branch(net, net.max_pool(x, 3, 2), (80, 1), (192, 3, 1, 0))
    x = net.max_pool(x, 3, 2)
    with net.block("5b"):
        x = net.concat(
            branch(net, x, (96, 1)),
            branch(net, x, (48, 1), (64, 5)),
            branch(net, x, (64, 1), (96, 3), (96, 3)),
            branch(net, net.avg_pool(x, 3, 1, 1), (64, 1)),
        )
    with net.repeat(10, "block35"):
        wide = net.concat(
            branch(net, x, (32, 1)), branch(net, x, (32, 1), (32, 3)), branch(net, x, (32, 1), (48, 3), (64, 3))
        )
        x = _added(net, x, wide)
    with net.block("6a"):
        x = net.concat(
            branch(net, x, (384, 3, 2, 0)), branch(net, x, (256, 1), (256, 3), (384, 3, 2, 0)), net.max_pool(x, 3, 2)
        )
    with net.repeat(20, "block17"):
        wide = net.concat(branch(net, x, (192, 1)), branch(net, x, (128, 1), (160, ROW), (192, COLUMN)))
        x = _added(net, x, wide)
    with net.block("7a"):
        x = net.concat(
            branch(net, x, (256, 1), (384, 3, 2, 0)),
            branch(net, x, (256, 1), (288, 3, 2, 0)),
            branch(net, x, (256, 1), (288, 3), (320, 3, 2, 0)),
            net.max_pool(x, 3, 2),
        )
    with net.repeat(10, "block8"):
        wide = net.concat(branch(net, x, (192, 1)), branch(net, x, (192, 1), (224, (1, 3)), (256, (3, 1))))
        x = _added(net, x, wide)
    return classifier(net, branch(net, x, (1536, 1)), classes)


def _added(net: Network, x: Shape, wide: Shape) -> Shape:
    return net.activation(net.add(x, net.conv(wide, x.channels, 1, name="expand")))
