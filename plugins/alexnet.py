"""AlexNet: five convolutions and three linear layers."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import IMGCLSMOB, TORCHVISION, stated, unknown


def alexnet(image: int = 227, classes: int = 1000, version: str = "paper", towers: int = 2) -> Network:
    """One image through AlexNet: `version` is the network of the paper, or torchvision's single-column one.

    The paper splits the second, fourth and fifth convolution over two GPUs; `towers: 1` joins them. It prints an input
    of 224, from which its 55 x 55 first layer cannot be made without padding; 227 is what its released code used.
    """
    net = Network()
    x = net.input(3, image, image)
    if version == "paper":
        x = _paper(net, x, towers)
    elif version == "torchvision":
        x = _torchvision(net, x)
    else:
        raise unknown("version", version, ("paper", "torchvision"))
    x = net.flatten(x)
    for name in ("fc6", "fc7"):
        x = net.activation(net.linear(x, 4096, name=name))
    net.linear(x, classes, name="classifier", term="logits")
    return net


def _paper(net: Network, x: Shape, towers: int) -> Shape:
    if towers not in (1, 2):
        raise unknown("towers", towers, (1, 2))
    x = net.activation(net.conv(x, 96, 11, 4, name="conv1"))
    x = net.max_pool(x, 3, 2)
    x = net.activation(net.conv(x, 256, 5, padding=2, groups=towers, name="conv2"))
    x = net.max_pool(x, 3, 2)
    x = net.activation(net.conv(x, 384, 3, padding=1, name="conv3"))
    x = net.activation(net.conv(x, 384, 3, padding=1, groups=towers, name="conv4"))
    x = net.activation(net.conv(x, 256, 3, padding=1, groups=towers, name="conv5"))
    return net.max_pool(x, 3, 2)


def _torchvision(net: Network, x: Shape) -> Shape:
    x = net.activation(net.conv(x, 64, 11, 4, 2, name="conv1"))
    x = net.max_pool(x, 3, 2)
    x = net.activation(net.conv(x, 192, 5, padding=2, name="conv2"))
    x = net.max_pool(x, 3, 2)
    x = net.activation(net.conv(x, 384, 3, padding=1, name="conv3"))
    x = net.activation(net.conv(x, 256, 3, padding=1, name="conv4"))
    x = net.activation(net.conv(x, 256, 3, padding=1, name="conv5"))
    return net.adaptive_pool(net.max_pool(x, 3, 2), 6)


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        "Hewlett Packard 2018, dlcookbook-dlbs/docs/models/models.md (bvlc_alexnet); 720 M: arXiv:1707.01083, Table 6",
        {
            "alexnet": (60_965_224, 0.72e9),
        },
    ),
    **stated(
        IMGCLSMOB,
        {
            "alexnet-single-tower": (62_378_344, 1132.33e6),
        },
    ),
    **stated(
        TORCHVISION,
        {
            "alexnet-torchvision": (61_100_840, 0.714e9),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """AlexNet."""
    return [
        Family(
            name="alexnet",
            forward=alexnet,
            example="image",
            source="Krizhevsky, Sutskever and Hinton 2012, ImageNet Classification with Deep Convolutional Neural "
            "Networks; single column: Krizhevsky 2014, arXiv:1404.5997",
            variants={
                "alexnet": {},
                "alexnet-single-tower": {"towers": 1},
                "alexnet-torchvision": {"version": "torchvision", "image": 224},
            },
            published=PUBLISHED,
        )
    ]
