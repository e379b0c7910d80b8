"""Graph networks: messages along edges, added up at nodes (GCN, GraphSAGE, GIN, GAT)."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import require_positive, unknown

KINDS = ("gcn", "sage", "gin", "gat")


def graph(
    kind: str = "gcn",
    nodes: int = 2708,
    edges: int = 10556,
    features: int = 1433,
    width: int = 16,
    layers: int = 2,
    heads: int = 1,
    outputs: int = 7,
    readout: str = "nodes",
) -> Network:
    """One graph of `nodes` and `edges` (each direction counted) through `layers` of messages, the last for `outputs`.

    `width` is that of the hidden layers, of each head where there are several. `readout: graph` sums all nodes before a
    classifier. Adding up what comes along edges is a sum, counted among element-wise work.
    """
    if kind not in KINDS:
        raise unknown("kind", kind, KINDS)
    if readout not in ("nodes", "graph"):
        raise unknown("readout", readout, ("nodes", "graph"))
    if heads != 1 and kind != "gat":
        raise ValueError(f"heads: only kind 'gat' has them, not '{kind}'")
    require_positive(nodes=nodes, edges=edges, features=features, width=width, layers=layers, heads=heads)
    require_positive(outputs=outputs)
    net = Network()
    x = net.input(features, nodes)
    hidden = layers if readout == "graph" else layers - 1
    for number in range(1, hidden + 1):
        with net.block(f"layer{number}"):
            x = net.activation(_messages(net, x, kind, edges, width, heads))
    if readout == "graph":
        net.linear(net.global_pool(x), outputs, name="classifier", term="logits")
        return net
    with net.block(f"layer{layers}"):
        _messages(net, x, kind, edges, outputs, 1)
    return net


def _messages(net: Network, x: Shape, kind: str, edges: int, out: int, heads: int) -> Shape:
    if kind == "sage":
        own = net.linear(x, out, bias=False, name="own")
        y = net.linear(_added(net, x, edges), out, name="neighbours")
        return net.add(own, y)
    if kind == "gin":
        net.parameter(1, "epsilon")
        y = net.activation(net.linear(_added(net, x, edges), out, name="mlp.1"))
        return net.linear(y, out, name="mlp.2")
    y = net.linear(x, heads * out, bias=False, name="transform")
    if kind == "gat":  # how much a node listens is the sum of a number of its own and one of the neighbour
        net.parameter(2 * heads * out, "attention")
        ends = Shape(heads * out, (2 * x.positions,), y.grad, 2 * x.positions)
        net.matmul(ends, 2 * x.positions * heads, out, 1, name="attention.scores")
    net.parameter(heads * out, "bias")
    return _added(net, y, edges)


def _added(net: Network, x: Shape, edges: int) -> Shape:
    """What each node hears: a multiplication and a sum for each edge and channel."""
    net.counted(x, 0, 0, elementwise=2 * edges * x.channels, kind="sum over edges", name="gather")
    return x


VARIANTS: dict[str, dict[str, Any]] = {
    "gcn-cora": {},
    "gat-cora": {"kind": "gat", "width": 8, "heads": 8},
    "graphsage-cora": {"kind": "sage"},
}
#: Closed form of each paper's Cora network, biases included: 1433 x 16 + 16 + 16 x 7 + 7; 8 heads of 8 channels.
PUBLISHED: dict[str, Published] = {
    "gcn-cora": Published("Shchur et al. 2018, arXiv:1811.05868; tkipf/gcn: 23,063 weights", parameters=23_063),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Graph networks."""
    return [
        Family(
            name="graph",
            forward=graph,
            example="graph",
            source="Kipf and Welling 2017, arXiv:1609.02907; Velickovic et al. 2018, arXiv:1710.10903; Hamilton et al. "
            "2017, arXiv:1706.02216; Xu et al. 2019, arXiv:1810.00826",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
