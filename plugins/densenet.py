"""DenseNet: every convolution sees the outputs of all before it in its block."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import IMGCLSMOB, TORCHVISION, classifier, require_positive, stated, unknown

#: Layers of each dense block on ImageNet (Table 1; 264 is in the text below it).
IMAGENET = {
    121: (6, 12, 24, 16),
    161: (6, 12, 36, 24),
    169: (6, 12, 32, 32),
    201: (6, 12, 48, 32),
    264: (6, 12, 64, 48),
}


def densenet(
    depth: int = 121,
    growth: int | None = None,
    image: int | None = None,
    classes: int | None = None,
    bottleneck: bool = True,
    compression: float = 0.5,
) -> Network:
    """One image through a DenseNet: each layer adds `growth` channels, transitions keep `compression` of them.

    `bottleneck` puts a 1x1 convolution to 4 x growth before each 3x3. Depths 6n + 4 with bottlenecks, or 3n + 4 without
    (40, 100, 190, 250, ...), are the CIFAR networks of three blocks on 32-pixel images.
    """
    require_positive(growth=12 if growth is None else growth, compression=compression)
    if depth in IMAGENET:
        return _imagenet(depth, growth, 224 if image is None else image, 1000 if classes is None else classes)
    count, rest = divmod(depth - 4, 6 if bottleneck else 3)
    if rest or count < 1:
        raise unknown("depth", depth, (*IMAGENET, f"on CIFAR {6 if bottleneck else 3}n + 4, such as 40, 100, 190"))
    growth, side = 12 if growth is None else growth, 32 if image is None else image
    net = Network()
    first = 2 * growth if bottleneck and compression < 1 else 16
    x = net.conv(net.input(3, side, side), first, 3, padding=1, bias=False, name="stem")
    x = _blocks(net, x, (count,) * 3, growth, bottleneck, compression)
    return classifier(net, x, 10 if classes is None else classes)


def _imagenet(depth: int, growth: int | None, image: int, classes: int) -> Network:
    if growth is None:
        growth = 48 if depth == 161 else 32
    net = Network()
    x = net.conv(net.input(3, image, image), 2 * growth, 7, 2, 3, bias=False, name="stem")
    x = net.max_pool(net.activation(net.batch_norm(x)), 3, 2, 1)
    return classifier(net, _blocks(net, x, IMAGENET[depth], growth), classes)


def _blocks(
    net: Network, x: Shape, counts: tuple[int, ...], growth: int, bottleneck: bool = True, compression: float = 0.5
) -> Shape:
    for number, count in enumerate(counts, start=1):
        if number > 1:
            with net.block(f"transition{number - 1}"):
                x = net.activation(net.batch_norm(x))
                x = net.conv(x, int(x.channels * compression), 1, bias=False)
                x = net.avg_pool(x, 2)
        with net.block(f"dense{number}"):
            for _ in range(count):
                x = _layer(net, x, growth, bottleneck)
    return net.activation(net.batch_norm(x))


def _layer(net: Network, x: Shape, growth: int, bottleneck: bool) -> Shape:
    y = net.activation(net.batch_norm(x))
    if bottleneck:
        y = net.conv(y, 4 * growth, 1, bias=False, name="reduce")
        y = net.activation(net.batch_norm(y))
    return net.concat(x, net.conv(y, growth, 3, 1, 1, bias=False, name="conv3x3"))


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TORCHVISION,
        {
            "densenet-121": (7_978_856, 2.834e9),
            "densenet-161": (28_681_000, 7.728e9),
            "densenet-169": (14_149_480, 3.36e9),
            "densenet-201": (20_013_928, 4.291e9),
        },
    ),
    **stated(
        "Huang et al. 2017, README of liuzhuang13/DenseNet, Results on CIFAR",
        {
            "densenet-100-k12": (7.0e6, None),
            "densenet-100-k24": (27.2e6, None),
        },
    ),
    **stated(
        IMGCLSMOB,
        {
            "densenet-bc-100-k12": (769_162, None),
            "densenet-bc-250-k24": (15_324_406, 5519.54e6),
            "densenet-bc-190-k40": (25_624_430, 9400.45e6),
        },
    ),
    **stated(
        "PaddlePaddle 2021, PaddleClas docs/en/models/DPN_DenseNet_en.md (11.54 G FLOP, two for a multiply-add)",
        {
            "densenet-264": (33.37e6, 5.77e9),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """DenseNet."""
    imagenet = {f"densenet-{depth}": {"depth": depth} for depth in IMAGENET}
    basic = {
        f"densenet-{depth}-k{growth}": {"depth": depth, "growth": growth, "bottleneck": False, "compression": 1}
        for depth, growth in ((40, 12), (100, 12), (100, 24))
    }
    compressed = {
        f"densenet-bc-{depth}-k{growth}": {"depth": depth, "growth": growth}
        for depth, growth in ((100, 12), (250, 24), (190, 40))
    }
    return [
        Family(
            name="densenet",
            forward=densenet,
            example="image",
            source="Huang, Liu, van der Maaten and Weinberger 2017, arXiv:1608.06993, Tables 1 and 2",
            variants={**imagenet, **basic, **compressed},
            published=PUBLISHED,
        )
    ]
