"""Shapes of an ONNX graph, with what follows from shapes alone computed: old exports reshape by sizes they look up."""

from __future__ import annotations

from math import prod
from typing import Any

from computeest.layers.onnx_weightless import LONGEST

#: Rounds of inference and folding: each resolves what the one before made known, so deep networks need several.
ROUNDS = 60
#: Operators whose shapes are inferred in all rounds together, and those that are computed: each takes time, and so
#: does each so many of their numbers.
_MOST_INFERRED, _MOST_COMPUTED, _NUMBERS = 500_000, 10_000, 64
#: More numbers are no size, nor what is to be cut or added at both ends of each extent.
_LONGEST_SIZE = 64
#: Operators that make sizes and indices; everything else is left as it is.
_FOLDED = frozenset({
    "Shape", "Size", "Gather", "Concat", "Slice", "Unsqueeze", "Squeeze", "Cast", "Mul", "Add", "Sub", "Div",
    "Floor", "Ceil", "ConstantOfShape",
    "Range", "Equal", "Where", "Expand", "Identity", "Reshape", "Mod", "Split", "ReduceProd", "Neg",
    "Max", "Min", "Less", "Greater", "Not", "And", "Or", "Abs", "Transpose", "NonZero", "Tile", "ScatterND",
})  # fmt: skip
#: Those of them that take the numbers of one input with those of another.
_EACH_WITH_EACH = frozenset(("Mul", "Add", "Sub", "Div", "Equal", "Where", "Mod", "Max", "Min", "Less", "Greater",
                             "And", "Or"))  # fmt: skip
#: The fields of a tensor that hold its numbers.
_NUMBERS_IN = ("raw_data", "int64_data", "int32_data", "float_data", "double_data", "uint64_data")
#: What code that is made for the constants of a friend raises at those of a stranger.
_FAILS = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


def inferred(model: Any) -> tuple[Any, frozenset[str]]:
    """The model with its shapes, constants of nodes as initializers, sizes that follow computed.

    Beside it the names of constants that are masks, which only their values can tell.
    """
    import onnx

    _constants(model.graph)
    masks = frozenset(tensor.name for tensor in model.graph.initializer if _is_mask(tensor))
    left, aside = _MOST_COMPUTED, dict[str, Any]()
    for _ in range(min(ROUNDS, max(2, _MOST_INFERRED // (len(model.graph.node) + 1)))):
        _set_aside(model.graph, aside)
        model = onnx.shape_inference.infer_shapes(model, data_prop=True)
        before, left = left, _fold(model, left, aside)
        if left == before:
            break
    else:
        model = onnx.shape_inference.infer_shapes(model, data_prop=True)
    return model, masks


def _set_aside(graph: Any, aside: dict[str, Any]) -> None:
    """Take their numbers from constants that are no sizes: inference would carry them along from node to node."""
    for tensor in graph.initializer:
        length = prod(tensor.dims)
        if length > _LONGEST_SIZE:
            if length <= LONGEST and _has_numbers(tensor):
                aside[tensor.name] = type(tensor)()
                aside[tensor.name].CopyFrom(tensor)
            for part in _NUMBERS_IN:
                tensor.ClearField(part)


def _is_mask(tensor: Any) -> bool:
    """Whether a constant of two or more extents holds zeros and one large negative number only.

    Of a long one at most two numbers are there, which are all that it holds.
    """
    if len(tensor.dims) < 2 or not tensor.raw_data or tensor.data_type != 1:
        return False
    import numpy as np

    values = np.frombuffer(tensor.raw_data[: len(tensor.raw_data) // 4 * 4], "<f4")
    if not values.size:
        return False
    lowest = values.min()
    return bool(lowest <= -10 and ((values == 0) | (values == lowest)).all())


def _constants(graph: Any) -> None:
    """What Constant nodes hold, kept as initializers are: some exporters write weights so."""
    import onnx

    kept = []
    for node in graph.node:
        value = next((a.t for a in node.attribute if a.name == "value"), None) if node.op_type == "Constant" else None
        if value is None and node.op_type == "Constant":
            value = _plain(node)
        if value is None:
            kept.append(node)
            continue
        tensor = onnx.TensorProto()
        tensor.CopyFrom(value)
        tensor.name = node.output[0]
        graph.initializer.append(tensor)
    del graph.node[:]
    graph.node.extend(kept)


def _plain(node: Any) -> Any:
    """The tensor of a Constant that holds a number or a list of them."""
    from onnx import TensorProto, helper

    for attribute in node.attribute:
        if attribute.name in ("value_int", "value_ints"):
            found = list(attribute.ints) or [attribute.i]
            size = [] if attribute.name == "value_int" else [len(found)]
            return helper.make_tensor("", TensorProto.INT64, size, found)
        if attribute.name in ("value_float", "value_floats"):
            numbers = list(attribute.floats) or [attribute.f]
            size = [] if attribute.name == "value_float" else [len(numbers)]
            return helper.make_tensor("", TensorProto.FLOAT, size, numbers)
    return None


def _fold(model: Any, left: int, aside: dict[str, Any]) -> int:
    """Compute what rests on shapes and short constants, at most so many operators; how many may yet be."""
    from onnx import numpy_helper

    graph = model.graph
    short = (t for t in graph.initializer if prod(t.dims) <= _LONGEST_SIZE)
    known = {t.name: t for t in short if _has_numbers(t) or 0 in t.dims} | aside
    shapes = _shapes(graph)
    kept, before = [], left
    for node in graph.node:
        values = _evaluated(node, known, shapes) if node.op_type in _FOLDED and left > 0 else None
        if values is None:
            kept.append(node)
            continue
        for name, value in zip(node.output, values, strict=False):
            tensor = numpy_helper.from_array(value, name)
            known[name] = tensor
            graph.initializer.append(tensor)
            left -= value.size // _NUMBERS
        left -= 1
    if left < before:
        del graph.node[:]
        graph.node.extend(kept)
        _forget_shapes(graph)
    return left


def _has_numbers(tensor: Any) -> bool:
    return any(len(getattr(tensor, part)) for part in _NUMBERS_IN)


def _shapes(graph: Any) -> dict[str, tuple[int, ...]]:
    found = {t.name: tuple(t.dims) for t in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        if value.type.tensor_type.HasField("shape"):
            dims = value.type.tensor_type.shape.dim
            if all(dim.HasField("dim_value") for dim in dims):
                found[value.name] = tuple(int(dim.dim_value) for dim in dims)
    return found


def _evaluated(node: Any, known: dict[str, Any], shapes: dict[str, tuple[int, ...]]) -> list[Any] | None:
    """What a node gives, where all it reads is known and short; None where it is not."""
    import numpy as np
    from onnx import numpy_helper
    from onnx.reference import ReferenceEvaluator

    if node.op_type in ("Shape", "Size") and not node.attribute:
        shape = shapes.get(node.input[0])
        if shape is None:
            return None
        return [np.array(prod(shape) if node.op_type == "Size" else shape, dtype=np.int64)]
    if len(node.input) > LONGEST or any(name and name not in known for name in node.input):
        return None
    try:
        inputs = {name: numpy_helper.to_array(known[name]) for name in node.input if name}
        if _elements(node, [inputs[name] for name in node.input if name]) > LONGEST:
            return None
        values = list(ReferenceEvaluator(node).run(None, inputs))
    except _FAILS:
        return None
    return values if all(isinstance(v, np.ndarray) and v.size <= LONGEST for v in values) else None


def _elements(node: Any, inputs: list[Any]) -> float:
    """How many numbers a node gives at most: one of a hundred bytes may ask for more than any memory holds."""
    import numpy as np

    match node.op_type, inputs:
        case "Range", [start, limit, delta]:
            return float((limit.item() - start.item()) / delta.item())
        case "ConstantOfShape", [size]:
            return float(prod(size.ravel().tolist()))
        case "Expand", [values, size]:
            return float(prod(np.broadcast_shapes(values.shape, tuple(size.ravel().tolist()))))
        case "Tile", [values, times]:
            return float(values.size * prod(times.ravel().tolist()))
        case "Gather", [values, places]:
            axis = next((a.i for a in node.attribute if a.name == "axis"), 0)
            return float(places.size * values.size // max(values.shape[axis], 1))
        case "Concat", _:
            return float(sum(one.size for one in inputs))
        case kind, _ if kind in _EACH_WITH_EACH:
            return float(prod(np.broadcast_shapes(*(one.shape for one in inputs))))
    return 0  # no more than it is given


def _forget_shapes(graph: Any) -> None:
    """Let the next inference say anew what folding has settled."""
    del graph.value_info[:]
    for value in graph.output:
        value.type.tensor_type.ClearField("shape")
