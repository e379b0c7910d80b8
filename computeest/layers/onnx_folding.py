"""Shapes of an ONNX graph, with what follows from shapes alone computed: old exports reshape by sizes they look up."""

from __future__ import annotations

from math import prod
from typing import Any

#: Sizes and indices are short; longer constants are weights, and are left alone.
LONGEST = 4096
#: Rounds of inference and folding: each resolves what the one before made known, so deep networks need several.
ROUNDS = 60
#: Operators that make sizes and indices; everything else is left as it is.
_FOLDED = frozenset({
    "Shape", "Size", "Gather", "Concat", "Slice", "Unsqueeze", "Squeeze", "Cast", "Mul", "Add", "Sub", "Div",
    "Floor", "Ceil", "ConstantOfShape",
    "Range", "Equal", "Where", "Expand", "Identity", "Reshape", "Mod", "Split", "ReduceProd", "Neg",
    "Max", "Min", "Less", "Greater", "Not", "And", "Or", "Abs", "Transpose", "NonZero", "Tile", "ScatterND",
})  # fmt: skip


def inferred(model: Any) -> tuple[Any, frozenset[str]]:
    """The model with its shapes, constants of nodes as initializers, sizes that follow computed, no weights' values.

    Beside it the names of constants that are masks, which only their values can tell.
    """
    import onnx

    _constants(model.graph)
    masks = frozenset(tensor.name for tensor in model.graph.initializer if _is_mask(tensor))
    for tensor in model.graph.initializer:
        if prod(tensor.dims) > LONGEST:
            for part in ("raw_data", "float_data", "double_data", "int32_data", "int64_data"):
                tensor.ClearField(part)
    for _ in range(ROUNDS):
        model = onnx.shape_inference.infer_shapes(model, data_prop=True)
        if not _fold(model):
            break
    return model, masks


def _is_mask(tensor: Any) -> bool:
    """Whether a constant of two or more extents holds zeros and one large negative number only."""
    if len(tensor.dims) < 2 or not tensor.raw_data or tensor.data_type != 1:
        return False
    from onnx import numpy_helper

    values = numpy_helper.to_array(tensor)
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


def _fold(model: Any) -> bool:
    """Compute what rests on shapes and short constants; whether anything was."""
    from onnx import numpy_helper

    graph = model.graph
    short = (t for t in graph.initializer if prod(t.dims) <= LONGEST)
    known = {t.name: t for t in short if t.raw_data or _listed(t) or 0 in t.dims}
    shapes = _shapes(graph)
    kept, folded = [], 0
    for node in graph.node:
        values = _evaluated(node, known, shapes) if node.op_type in _FOLDED else None
        if values is None:
            kept.append(node)
            continue
        for name, value in zip(node.output, values, strict=False):
            tensor = numpy_helper.from_array(value, name)
            known[name] = tensor
            graph.initializer.append(tensor)
        folded += 1
    if folded:
        del graph.node[:]
        graph.node.extend(kept)
        _forget_shapes(graph)
    return bool(folded)


def _listed(tensor: Any) -> bool:
    return any(len(getattr(tensor, part)) for part in ("int64_data", "int32_data", "float_data", "double_data"))


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
    if any(name and name not in known for name in node.input):
        return None
    inputs = {name: numpy_helper.to_array(known[name]) for name in node.input if name}
    try:
        values = list(ReferenceEvaluator(node).run(None, inputs))
    except (ValueError, TypeError, IndexError, RuntimeError, NotImplementedError, KeyError):
        return None
    return values if all(isinstance(v, np.ndarray) and v.size <= LONGEST for v in values) else None


def _forget_shapes(graph: Any) -> None:
    """Let the next inference say anew what folding has settled."""
    del graph.value_info[:]
    for value in graph.output:
        value.type.tensor_type.ClearField("shape")
