"""GoogLeNet (Inception v1): parallel convolutions of several sizes."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TORCHVISION, classifier, conv_norm, stated, unknown

#: 1x1, 3x3 reduction, 3x3, 5x5 reduction, 5x5, pool projection (Table 1); a pooling stands between the groups.
MODULES = (
    {"3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64)},
    {
        "4a": (192, 96, 208, 16, 48, 64),
        "4b": (160, 112, 224, 24, 64, 64),
        "4c": (128, 128, 256, 24, 64, 64),
        "4d": (112, 144, 288, 32, 64, 64),
        "4e": (256, 160, 320, 32, 128, 128),
    },
    {"5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128)},
)


def googlenet(image: int = 224, classes: int = 1000, version: str = "paper", auxiliary: bool = False) -> Network:
    """One image through GoogLeNet.

    Table 1 adds up to 1.50 G multiply-adds because its first row says 34M; that layer has 118M, so the network has
    1.58 G. `version: torchvision` has 3x3 convolutions where the paper has 5x5, and batch norm: 1.50 G.
    `auxiliary` adds the two classifiers that are trained along and then dropped.
    """
    if version not in ("paper", "torchvision"):
        raise unknown("version", version, ("paper", "torchvision"))
    net, normed = Network(), version == "torchvision"
    x = _conv(net, net.input(3, image, image), 64, 7, normed, 2, "conv1")
    x = net.max_pool(x, 3, 2, ceil=True)
    x = _conv(net, x, 64, 1, normed, name="conv2_reduce")
    x = _conv(net, x, 192, 3, normed, name="conv2")
    for group in MODULES:
        # torchvision narrows the last pooling to 2x2, as its batch-normalized original does
        x = net.max_pool(x, 2 if normed and "5a" in group else 3, 2, ceil=True)
        for name, widths in group.items():
            with net.block(name):
                x = _module(net, x, widths, normed)
            if auxiliary and name in ("4a", "4d"):
                _auxiliary(net, x, classes, normed, name)
    return classifier(net, x, classes)


def _conv(net: Network, x: Shape, out: int, kernel: int, normed: bool, stride: int = 1, name: str = "conv") -> Shape:
    if normed:
        return conv_norm(net, x, out, kernel, stride, name=name)
    return net.activation(net.conv(x, out, kernel, stride, kernel // 2, name=name))


def _module(net: Network, x: Shape, widths: tuple[int, ...], normed: bool) -> Shape:
    single, reduce3, wide3, reduce5, wide5, pooled = widths
    one = _conv(net, x, single, 1, normed, name="1x1")
    three = _conv(net, x, reduce3, 1, normed, name="3x3_reduce")
    three = _conv(net, three, wide3, 3, normed, name="3x3")
    five = _conv(net, x, reduce5, 1, normed, name="5x5_reduce")
    five = _conv(net, five, wide5, 3 if normed else 5, normed, name="5x5")
    pool = _conv(net, net.max_pool(x, 3, 1, 1), pooled, 1, normed, name="pool_project")
    return net.concat(one, three, five, pool)


def _auxiliary(net: Network, x: Shape, classes: int, normed: bool, name: str) -> None:
    with net.block(f"auxiliary{name}"):
        y = net.adaptive_pool(x, 4) if normed else net.avg_pool(x, 5, 3)
        y = net.flatten(_conv(net, y, 128, 1, normed))
        y = net.activation(net.linear(y, 1024))
        net.linear(y, classes, name="classifier", term="logits")


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        "Hewlett Packard 2018, dlcookbook-dlbs/docs/models/models.md (bvlc_googlenet)",
        {
            "googlenet": (6_998_552, None),
        },
    ),
    **stated(
        "Jia et al. 2014, Caffe's bvlc_googlenet with its auxiliary classifiers",
        {
            "googlenet-auxiliary": (13_378_280, None),
        },
    ),
    **stated(
        TORCHVISION,
        {
            "googlenet-torchvision": (6_624_904, 1.498e9),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """GoogLeNet."""
    return [
        Family(
            name="googlenet",
            forward=googlenet,
            example="image",
            source="Szegedy et al. 2015, Going Deeper with Convolutions, arXiv:1409.4842, Table 1",
            variants={
                "googlenet": {},
                "googlenet-auxiliary": {"auxiliary": True},
                "googlenet-torchvision": {"version": "torchvision"},
            },
            published=PUBLISHED,
        )
    ]
