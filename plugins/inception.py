"""Inception v3: large convolutions split into rows and columns."""

from __future__ import annotations

from collections.abc import Callable

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, TORCHVISION, branch, classifier, standing, stated, unknown, version_name

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
        x = _grid8_v4(net, x)
    return classifier(net, x, classes)


def _stem(net: Network, x: Shape) -> Shape:
    with net.block("stem"):
        x = branch(net, x, (32, 3, 2, 0), (32, 3, 1, 0), (64, 3))
        x = net.concat(net.max_pool(x, 3, 2), branch(net, x, (96, 3, 2, 0)))
        x = net.concat(
            branch(net, x, (64, 1), (96, 3, 1, 0)), branch(net, x, (64, 1), (64, ROW), (64, COLUMN), (96, 3, 1, 0))
        )
        return net.concat(branch(net, x, (192, 3, 2, 0)), net.max_pool(x, 3, 2))


def _grid8_v4(net: Network, x: Shape) -> Shape:
    middle = branch(net, x, (384, 1))
    deep = branch(net, x, (384, 1), (448, (3, 1)), (512, (1, 3)))
    return net.concat(
        branch(net, x, (256, 1)),
        *(branch(net, y, (256, kernel)) for y in (middle, deep) for kernel in ((1, 3), (3, 1))),
        branch(net, net.avg_pool(x, 3, 1, 1), (256, 1)),
    )


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


def inception_v3(
    image: int = 299, classes: int = 1000, auxiliary: bool = False, auxiliary_runs: bool = True
) -> Network:
    """One image through Inception v3."""
    net = Network()
    x = branch(net, net.input(3, image, image), (32, 3, 2, 0), (32, 3, 1, 0), (64, 3))
    x = branch(net, net.max_pool(x, 3, 2), (80, 1), (192, 3, 1, 0))
    x = net.max_pool(x, 3, 2)
    for name, pooled in (("5b", 32), ("5c", 64), ("5d", 64)):
        with net.block(name):
            x = _grid35(net, x, pooled)
    with net.block("6a"):
        x = net.concat(
            branch(net, x, (384, 3, 2, 0)), branch(net, x, (64, 1), (96, 3), (96, 3, 2, 0)), net.max_pool(x, 3, 2)
        )
    for name, inner in (("6b", 128), ("6c", 160), ("6d", 160), ("6e", 192)):
        with net.block(name):
            x = _grid17(net, x, inner)
    if auxiliary:
        seen = x
        if auxiliary_runs:
            _auxiliary(net, seen, classes)
        else:
            standing(net, "auxiliary", lambda beside: _auxiliary(beside, seen, classes))
            net.note("the auxiliary classifier, which runs in training only")
    with net.block("7a"):
        x = net.concat(
            branch(net, x, (192, 1), (320, 3, 2, 0)),
            branch(net, x, (192, 1), (192, (1, 7)), (192, (7, 1)), (192, 3, 2, 0)),
            net.max_pool(x, 3, 2),
        )
    for name in ("7b", "7c"):
        with net.block(name):
            x = _grid8(net, x)
    return classifier(net, x, classes)


def _grid35(net: Network, x: Shape, pooled: int) -> Shape:
    return net.concat(
        branch(net, x, (64, 1)),
        branch(net, x, (48, 1), (64, 5)),
        branch(net, x, (64, 1), (96, 3), (96, 3)),
        branch(net, net.avg_pool(x, 3, 1, 1), (pooled, 1)),
    )


def _grid17(net: Network, x: Shape, inner: int) -> Shape:
    row, column = (1, 7), (7, 1)
    return net.concat(
        branch(net, x, (192, 1)),
        branch(net, x, (inner, 1), (inner, row), (192, column)),
        branch(net, x, (inner, 1), (inner, column), (inner, row), (inner, column), (192, row)),
        branch(net, net.avg_pool(x, 3, 1, 1), (192, 1)),
    )


def _grid8(net: Network, x: Shape) -> Shape:
    middle = branch(net, x, (384, 1))
    deep = branch(net, x, (448, 1), (384, 3))
    return net.concat(
        branch(net, x, (320, 1)),
        *(branch(net, y, (384, kernel)) for y in (middle, deep) for kernel in ((1, 3), (3, 1))),
        branch(net, net.avg_pool(x, 3, 1, 1), (192, 1)),
    )


def _auxiliary(net: Network, x: Shape, classes: int) -> None:
    with net.block("auxiliary"):
        classifier(net, branch(net, net.avg_pool(x, 5, 3), (128, 1), (768, 5, 1, 0)), classes)


VERSIONS: dict[str, Callable[..., Network]] = {
    "3": inception_v3,
    "4": inception_v4,
    "resnet-v2": inception_resnet_v2,
}


def inception(
    version: str | float = 3,
    image: int = 299,
    classes: int = 1000,
    auxiliary: bool = False,
    auxiliary_runs: bool = True,
) -> Network:
    """One image through Inception v3, v4 or Inception-ResNet-v2; v1 is the family googlenet.

    `auxiliary` adds the classifier that v3 trains along and then drops; where `auxiliary_runs` is false, as in a test,
    only its parameters.
    """
    build = VERSIONS.get(version_name(version))
    if build is None:
        raise unknown("version", version, VERSIONS)
    if not auxiliary:
        return build(image, classes)
    if build is not inception_v3:
        raise ValueError(f"auxiliary: only version 3 is described with an auxiliary classifier here, not {version}")
    return inception_v3(image, classes, auxiliary, auxiliary_runs)


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TIMM,
        {
            "inception-v3": (23.83e6, 5.73e9),
            "inception-v4": (42.68e6, 12.28e9),
            "inception-resnet-v2": (55.84e6, 13.18e9),
        },
    ),
    **stated(
        TORCHVISION,
        {
            "inception-v3-auxiliary": (27_161_264, None),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Inception v3, v4 and Inception-ResNet-v2."""
    return [
        Family(
            name="inception",
            forward=inception,
            example="image",
            source="v3: Szegedy et al. 2016, arXiv:1512.00567, Table 1; "
            "v4 and Inception-ResNet-v2: Szegedy et al. 2017, arXiv:1602.07261, Figures 3 to 9 and 15 to 19",
            variants={
                "inception-v3": {"version": 3},
                "inception-v3-auxiliary": {"version": 3, "auxiliary": True},
                "inception-v4": {"version": 4},
                "inception-resnet-v2": {"version": "resnet-v2"},
            },
            published=PUBLISHED,
        )
    ]
