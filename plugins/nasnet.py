"""NASNet-A: two searched cells, stacked."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, classifier, require_positive, separable, stated


def nasnet(cells: int = 6, penultimate: int = 4032, stem: int = 96, image: int = 331, classes: int = 1000) -> Network:
    """One image through NASNet-A (cells @ penultimate): `cells` normal cells in each of the three stages.

    `penultimate` is the number of filters of the last cell, 24 times that of the first stage's convolutions.
    """
    filters = penultimate // 24
    if penultimate % 96 or filters < 4:
        raise ValueError(
            f"penultimate: {penultimate} filters do not divide by 96, which the six-fold cells and stem need"
        )
    require_positive(cells=cells, stem=stem)
    net = Network()
    before = net.batch_norm(net.conv(net.input(3, image, image), stem, 3, 2, bias=False, name="stem"))
    with net.block("stem_cell0"):
        x = _reduction(net, before, before, filters // 4)
    with net.block("stem_cell1"):
        before, x = x, _reduction(net, before, x, filters // 2)
    for stage in range(3):
        if stage:
            with net.block(f"reduction{stage}"):
                before, x = x, _reduction(net, before, x, filters << stage)
        for number in range(cells):
            with net.block(f"stage{stage + 1}.cell{number + 1}"):
                before, x = x, _normal(net, before, x, filters << stage)
    return classifier(net, net.activation(x), classes)


def squeezed(net: Network, x: Shape, filters: int, stride: int = 1, name: str = "squeeze") -> Shape:
    """Activation, 1x1 convolution, batch norm."""
    return net.batch_norm(net.conv(net.activation(x), filters, 1, stride, bias=False, name=name))


def fitted(net: Network, before: Shape, x: Shape, filters: int) -> Shape:
    """The cell before last, brought to the grid of the last by two shifted 1x1 convolutions, and to `filters`."""
    if before.size == x.size:
        return squeezed(net, before, filters, name="squeeze_before")
    y = net.activation(before)
    half = net.conv(y, filters // 2, 1, 2, bias=False, name="path1")
    rest = net.conv(y, filters - filters // 2, 1, 2, bias=False, name="path2")
    return net.batch_norm(net.concat(half, rest))


def twice(net: Network, x: Shape, filters: int, kernel: int, stride: int = 1) -> Shape:
    """A separable convolution applied twice, the stride in the first."""
    for step in (stride, 1):
        x = separable(net, net.activation(x), filters, kernel, step, name=f"separable{kernel}x{kernel}")
    return x


def _normal(net: Network, before: Shape, x: Shape, filters: int) -> Shape:
    left = fitted(net, before, x, filters)
    right = squeezed(net, x, filters)
    sums = (
        net.add(twice(net, right, filters, 5), twice(net, left, filters, 3)),
        net.add(twice(net, left, filters, 5), twice(net, left, filters, 3)),
        net.add(net.avg_pool(right, 3, 1, 1), left),
        net.add(net.avg_pool(left, 3, 1, 1), net.avg_pool(left, 3, 1, 1)),
        net.add(twice(net, right, filters, 3), right),
    )
    return net.concat(left, *sums)


def _reduction(net: Network, before: Shape, x: Shape, filters: int) -> Shape:
    # the first of all cells has nothing before it: the stem stands for both inputs and is not squeezed for the second
    left = x if before is x else fitted(net, before, x, filters)
    right = squeezed(net, x, filters)
    first = net.add(twice(net, right, filters, 5, 2), twice(net, left, filters, 7, 2))
    second = net.add(net.max_pool(right, 3, 2, "same"), twice(net, left, filters, 7, 2))
    third = net.add(net.avg_pool(right, 3, 2, "same"), twice(net, left, filters, 5, 2))
    fourth = net.add(net.avg_pool(first, 3, 1, 1), second)
    fifth = net.add(twice(net, first, filters, 3), net.max_pool(right, 3, 2, "same"))
    return net.concat(second, third, fourth, fifth)


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TIMM,
        {
            "nasnet-a-large": (88.75e6, 23.89e9),
        },
    ),
    **stated(
        "Zoph 2017, TF-Slim nets/nasnet/README.md",
        {
            "nasnet-a-mobile": (5.3e6, 564e6),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """NASNet-A."""
    return [
        Family(
            name="nasnet",
            forward=nasnet,
            example="image",
            source="Zoph, Vasudevan, Shlens and Le 2018, arXiv:1707.07012, Figures 2 and 4, Table 2; "
            "stem filters: the authors' release",
            variants={
                "nasnet-a-large": {},
                "nasnet-a-mobile": {"cells": 4, "penultimate": 1056, "stem": 32, "image": 224},
            },
            published=PUBLISHED,
        )
    ]
