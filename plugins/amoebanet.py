"""AmoebaNet-A: two cells that evolution found, stacked as NASNet's."""

from __future__ import annotations

from typing import NamedTuple

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import classifier, conv_norm, require_positive
from computeest_plugins.nasnet import fitted, squeezed, twice


class Cell(NamedTuple):
    """Five sums: which two states each adds, and through what; and the states that are joined in the end."""

    sums: tuple[tuple[tuple[int, str], tuple[int, str]], ...]
    joined: tuple[int, ...]


#: State 0 is the last cell's output, 1 that of the one before, the sums are states 2 to 6 (Real et al. 2019, Figure 3).
NORMAL = Cell((((0, "avg"), (0, "max")), ((1, "sep3"), (1, "none")), ((0, "none"), (1, "avg")),
               ((0, "sep3"), (2, "sep5")), ((5, "avg"), (0, "sep3"))), (1, 3, 4, 6))  # fmt: skip
REDUCTION = Cell((((1, "sep3"), (0, "avg")), ((0, "max"), (2, "sep7")), ((1, "max"), (0, "max")),
                  ((4, "sep3"), (0, "rows")), ((1, "avg"), (0, "sep7"))), (2, 3, 4, 5, 6))  # fmt: skip


def amoebanet(cells: int = 6, filters: int = 190, stem: int = 32, image: int = 331, classes: int = 1000) -> Network:
    """One image through AmoebaNet-A (cells, filters): `cells` normal cells in each of the three stages."""
    require_positive(cells=cells, stem=stem, classes=classes)
    if filters < 8 or filters % 2:
        raise ValueError(f"filters: {filters}; expected an even number of at least 8")
    net = Network()
    before = net.batch_norm(net.conv(net.input(3, image, image), stem, 3, 2, bias=False, name="stem"))
    with net.block("stem_cell0"):
        x = _cell(net, before, before, filters // 4, REDUCTION)
    with net.block("stem_cell1"):
        before, x = x, _cell(net, before, x, filters // 2, REDUCTION)
    for stage in range(3):
        if stage:
            with net.block(f"reduction{stage}"):
                before, x = x, _cell(net, before, x, filters << stage, REDUCTION)
        for number in range(cells):
            with net.block(f"stage{stage + 1}.cell{number + 1}"):
                before, x = x, _cell(net, before, x, filters << stage, NORMAL)
    return classifier(net, net.activation(x), classes)


def _cell(net: Network, before: Shape, x: Shape, filters: int, cell: Cell) -> Shape:
    older = x if before is x else before if _fits(before, x, filters) else fitted(net, before, x, filters)
    states, stride = [squeezed(net, x, filters), older], 2 if cell is REDUCTION else 1
    for sums in cell.sums:
        parts = [_applied(net, states[place], kind, filters, stride if place < 2 else 1) for place, kind in sums]
        states.append(net.add(*parts))
    return net.concat(*(states[place] for place in cell.joined))


def _fits(before: Shape, x: Shape, filters: int) -> bool:
    return before.size == x.size and before.channels == filters


def _applied(net: Network, x: Shape, kind: str, filters: int, stride: int) -> Shape:
    if kind.startswith("sep"):
        return twice(net, x, filters, int(kind[3:]), stride)
    if kind == "rows":
        y = conv_norm(net, net.activation(x), filters // 4, 1, name="rows.reduce")
        y = conv_norm(net, y, filters // 4, (1, 7), (1, stride), name="rows.1x7")
        y = conv_norm(net, y, filters // 4, (7, 1), (stride, 1), name="rows.7x1")
        return conv_norm(net, y, filters, 1, activation="", name="rows.expand")
    if kind == "none":
        return x
    y = net.avg_pool(x, 3, stride, 1) if kind == "avg" else net.max_pool(x, 3, stride, 1)
    return y if y.channels == filters else squeezed(net, y, filters, name="pool.project")


@hookimpl
def computeest_families() -> list[Family]:
    """AmoebaNet-A."""
    source = "Real et al. 2019, arXiv:1802.01548, Table 2"
    return [
        Family(
            name="amoebanet",
            forward=amoebanet,
            example="image",
            source="Real, Aggarwal, Huang and Le 2019, arXiv:1802.01548, Figure 3 and Table 2; states that are joined, "
            "and stem: the authors' release",
            variants={
                "amoebanet-a-190": {},
                # whose multiply-adds in the table are those of 299 pixels
                "amoebanet-a-448": {"filters": 448, "image": 299},
            },
            published={
                "amoebanet-a-190": Published(source, parameters=86.7e6, forward_macs=23.1e9),
                "amoebanet-a-448": Published(source, parameters=469e6, forward_macs=104e9),
            },
        )
    ]
