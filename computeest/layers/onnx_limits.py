"""How much a graph may hold: what infers its shapes takes time and memory for each part, and unrolls functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from computeest.layers.onnx_weightless import GraphTooLargeError

#: Operators, those of functions as often as they are called.
MOST_NODES: Final = 50_000
#: Extents of a tensor.
_MOST_EXTENTS: Final = 64
#: Names, numbers and texts within operators and tensors.
_MOST_PARTS: Final = 500_000


def check(model: Any) -> None:
    """GraphTooLargeError where there is more in a model than is counted."""
    graphs = [model.graph]
    nodes = [*model.graph.node]
    for function in model.functions:
        nodes += function.node
    parts = 0
    for node in nodes:  # which grows by those of inner graphs
        parts += 1 + len(node.input) + len(node.output)
        for a in node.attribute:
            parts += 1 + len(a.ints) + len(a.floats) + len(a.strings) + len(a.type_protos)
            inner = [*a.graphs, *([a.g] if a.HasField("g") else ())]
            graphs += inner
            nodes += (one for graph in inner for one in graph.node)
            _check_extents(len(tensor.dims) for tensor in (a.t, *a.tensors))
        if parts > _MOST_PARTS:
            raise GraphTooLargeError
    for graph in graphs:
        values = [*graph.input, *graph.output, *graph.value_info]
        parts += 3 * (len(values) + len(graph.initializer))  # each is some parts itself
        if parts > _MOST_PARTS:
            raise GraphTooLargeError
        _check_extents(len(value.type.tensor_type.shape.dim) for value in values)
        _check_extents(len(tensor.dims) for tensor in graph.initializer)
    if _unrolled(model) > MOST_NODES:
        raise GraphTooLargeError


def _check_extents(ranks: Iterable[int]) -> None:
    if max(ranks, default=0) > _MOST_EXTENTS:
        raise GraphTooLargeError


def _unrolled(model: Any) -> int:
    """How many operators there are, those of functions as often as they are called, however deep."""
    functions = {(function.domain, function.name): function for function in model.functions}
    known: dict[tuple[str, str], int] = {}

    def size(nodes: Iterable[Any], depth: int) -> int:
        if depth > 100:
            raise GraphTooLargeError
        total = 0
        for node in _all(nodes):
            key = (node.domain, node.op_type)
            if key in functions and key not in known:
                known[key] = MOST_NODES  # what calls itself has no end
                known[key] = size(functions[key].node, depth + 1)
            total += 1 + known.get(key, 0)
        return total

    return size(model.graph.node, 0)


def _all(nodes: Iterable[Any]) -> Iterator[Any]:
    """Operators, and those of the graphs within them."""
    waiting = [*nodes]
    for node in waiting:
        yield node
        for a in node.attribute:
            waiting += [*a.g.node, *(one for graph in a.graphs for one in graph.node)]
