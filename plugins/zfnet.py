"""ZFNet: AlexNet with a smaller, denser first layer."""

from __future__ import annotations

from computeest.contract import Family, Network, hookimpl
from computeest_plugins.blocks import IMGCLSMOB, stated


def zfnet(image: int = 224, classes: int = 1000) -> Network:
    """One image through the network of Figure 3, whose feature maps are 110, 55, 26, 13 and 6 wide.

    The paper does not print its paddings; one pixel around the first convolution and two poolings gives those sizes.
    """
    net = Network()
    x = net.input(3, image, image)
    x = net.activation(net.conv(x, 96, 7, 2, 1, name="conv1"))
    x = net.max_pool(x, 3, 2, 1)
    x = net.activation(net.conv(x, 256, 5, 2, name="conv2"))
    x = net.max_pool(x, 3, 2, 1)
    x = net.activation(net.conv(x, 384, 3, padding=1, name="conv3"))
    x = net.activation(net.conv(x, 384, 3, padding=1, name="conv4"))
    x = net.activation(net.conv(x, 256, 3, padding=1, name="conv5"))
    x = net.flatten(net.max_pool(x, 3, 2))
    for name in ("fc6", "fc7"):
        x = net.activation(net.linear(x, 4096, name=name))
    net.linear(x, classes, name="classifier", term="logits")
    return net


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        IMGCLSMOB,
        {
            "zfnet": (62_357_608, 1170.33e6),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """ZFNet."""
    return [
        Family(
            name="zfnet",
            forward=zfnet,
            example="image",
            source="Zeiler and Fergus 2014, Visualizing and Understanding Convolutional Networks, arXiv:1311.2901, "
            "Figure 3",
            variants={"zfnet": {}},
            published=PUBLISHED,
        )
    ]
