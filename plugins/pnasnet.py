"""PNASNet-5: one searched cell, strided where the grid shrinks."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, classifier, require_positive, stated
from computeest_plugins.nasnet import fitted, squeezed, twice


def pnasnet(cells: int = 4, filters: int = 216, stem: int = 96, image: int = 331, classes: int = 1000) -> Network:
    """One image through PNASNet-5 (cells, filters): `cells` cells in each of three stages, the first `filters` wide.

    The cell that opens the second and third stage is one of them and strides.
    """
    if filters < 4:
        raise ValueError(f"filters: {filters} is too few; the first cell of the stem has a quarter of them")
    require_positive(cells=cells, stem=stem)
    net = Network()
    before = net.batch_norm(net.conv(net.input(3, image, image), stem, 3, 2, bias=False, name="stem"))
    with net.block("stem_cell0"):
        x = _cell(net, before, before, filters // 4, 2)
    with net.block("stem_cell1"):
        before, x = x, _cell(net, before, x, filters // 2, 2)
    for stage in range(3):
        for number in range(cells):
            with net.block(f"stage{stage + 1}.cell{number + 1}"):
                before, x = x, _cell(net, before, x, filters << stage, 2 if stage and not number else 1)
    return classifier(net, net.activation(x), classes)


def _cell(net: Network, before: Shape, x: Shape, filters: int, stride: int) -> Shape:
    first = before is x
    left = x if first else fitted(net, before, x, filters)
    right = squeezed(net, x, filters)
    pooled = net.max_pool(left, 3, stride, "same")
    if first:  # the stem is wider than the cell
        pooled = net.batch_norm(net.conv(pooled, filters, 1, bias=False, name="pool_squeeze"))
    narrow = net.max_pool(right, 3, stride, "same")
    third = net.add(twice(net, right, filters, 5, stride), twice(net, right, filters, 3, stride))
    return net.concat(
        net.add(twice(net, left, filters, 5, stride), pooled),
        net.add(twice(net, right, filters, 7, stride), narrow),
        third,
        net.add(twice(net, third, filters, 3), narrow),
        net.add(
            twice(net, left, filters, 3, stride),
            squeezed(net, right, filters, stride, "shrink") if stride > 1 else right,
        ),
    )


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TIMM,
        {
            "pnasnet-5-large": (86.06e6, 25.04e9),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """PNASNet-5."""
    return [
        Family(
            name="pnasnet",
            forward=pnasnet,
            example="image",
            source="Liu et al. 2018, Progressive Neural Architecture Search, arXiv:1712.00559, Figure 1 and Table 5",
            variants={
                "pnasnet-5-large": {},
                "pnasnet-5-mobile": {"cells": 3, "filters": 54, "stem": 32, "image": 224},
            },
            published=PUBLISHED,
        )
    ]
