"""An ONNX file, counted from its graph: shapes are inferred, weights are only measured, nothing runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from computeest.layers.network import Network
from computeest.layers.shape import Shape, shape
from computeest.text.suggest import did_you_mean

LARGEST_FILE = 2 * 1024**3
_GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
#: Operators that may hide matrix products and have no rule here: said, never counted as nothing in silence.
_OPAQUE = ("Einsum", "Loop", "Scan", "If", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "DeformConv")
#: Operators through which no gradient flows.
_FLAT = ("Shape", "Size", "ConstantOfShape", "ArgMax", "ArgMin", "Equal", "Greater", "Less", "Not", "Round")


class Graph(NamedTuple):
    """What is known of a graph's tensors by name."""

    sizes: dict[str, tuple[int, ...]]
    weights: dict[str, int]
    #: Tensors whose gradient training needs: weights, and what was computed from them.
    needed: set[str]


def from_onnx(path: str | Path, tokens: int | None = None, sizes: Mapping[str, int] | None = None) -> Network:
    """The network of an ONNX file, for one example of `tokens` tokens.

    `sizes` says how large the dimensions are that the file gives a name instead of a size, such as
    {"sequence": 512}. A named first dimension of an input is the batch, and one example; a fixed batch counts as part
    of the example.
    """
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ModuleNotFoundError:
        raise ValueError("ONNX files need onnx: pip install 'computeest[onnx]'") from None

    file = Path(path)
    if not file.is_file():
        raise ValueError(f"{file}: there is no such file")
    if file.stat().st_size > LARGEST_FILE:
        raise ValueError(f"{file}: larger than {LARGEST_FILE // 1024**3} GB; export it with external weights")
    try:
        model = onnx.load(str(file), load_external_data=False)
        _fix_sizes(model.graph, sizes or {})
        model = onnx.shape_inference.infer_shapes(model, data_prop=True)
    except (onnx.shape_inference.InferenceError, onnx.checker.ValidationError) as error:
        raise ValueError(f"{file}: not a readable ONNX file: {error}") from None
    except DecodeError:
        raise ValueError(f"{file}: not an ONNX file") from None
    if not model.graph.node:
        raise ValueError(f"{file}: there is no operator in it")
    return _counted(model.graph, tokens)


def _fix_sizes(graph: Any, sizes: Mapping[str, int]) -> None:
    """Give the named dimensions of the inputs their sizes, and forget what was inferred without them."""
    named = list(_named(graph))
    labels = sorted({label for _, label, _ in named})
    for label in sizes:
        if label not in labels:
            near = did_you_mean(label, labels) or f"it names {', '.join(labels) or 'none'}"
            raise ValueError(f"sizes: the file names no dimension '{label}'; {near}")
    unknown = dict.fromkeys(label for _, label, batch in named if label not in sizes and not batch)
    if unknown:
        example = ", ".join(f"{label}: 128" for label in unknown)
        raise ValueError(f"the size of {', '.join(unknown)} is not fixed; say it, such as sizes: {{{example}}}")
    for dim, label, _ in named:
        dim.dim_value = _extent(label, sizes.get(label, 1))
    if named:
        del graph.value_info[:]
        for value in graph.output:
            value.type.tensor_type.ClearField("shape")


def _named(graph: Any) -> Iterator[tuple[Any, str, bool]]:
    """The dimensions of the inputs that have no size, what each is called, and whether it is the batch."""
    weights = {tensor.name for tensor in graph.initializer}
    for value in graph.input:
        if value.name not in weights:  # older files list them among the inputs
            for position, dim in enumerate(value.type.tensor_type.shape.dim):
                if dim.dim_value < 1:
                    yield dim, dim.dim_param or f"dimension {position} of {value.name}", position == 0


def _extent(label: str, size: Any) -> int:
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 10**9:
        raise ValueError(f"sizes: {label} is {size!r}; expected a whole number from 1 to 1,000,000,000")
    return size


def _counted(graph: Any, tokens: int | None) -> Network:
    weights = {tensor.name: prod(tensor.dims) for tensor in graph.initializer}
    sizes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        dims = value.type.tensor_type.shape.dim
        sizes[value.name] = tuple(int(d.dim_value) for d in dims)
    known = Graph(sizes, weights, {t.name for t in graph.initializer if t.data_type in (1, 10, 11, 16)})
    net = Network(tokens)
    counted: set[str] = set()
    for node in graph.node:
        rule = _RULES.get(node.op_type)
        name = node.name or node.output[0]
        parameters = sum(weights[i] for i in node.input if i in known.needed and i in weights and i not in counted)
        counted.update(i for i in node.input if i in weights)
        if node.op_type not in _FLAT and any(i in known.needed for i in node.input):
            known.needed.update(node.output)
        if node.op_type in _OPAQUE or (node.domain not in ("", "ai.onnx") and rule is None):
            net.note(f"{node.domain or 'ONNX'} operator {node.op_type}: no rule counts it")
        forward, backward = rule(node, known) if rule else (0, 0)
        y = _output(known, node)
        term = "convolution" if node.op_type.startswith("Conv") else "linear"
        work = y.elements if not rule else 0
        net.counted(y, forward, backward, parameters, work, node.op_type, term, name)
    return net


def _output(known: Graph, node: Any) -> Shape:
    return shape(1, _size(known, node.output[0], node, required=False), grad=node.output[0] in known.needed)


def _size(known: Graph, name: str, node: Any, required: bool = True) -> tuple[int, ...]:
    size = known.sizes.get(name, ())
    if required and (not size or min(size) < 1):
        label = node.name or node.op_type
        raise ValueError(f"{label}: the shape of '{name}' does not follow; export the model with fixed input sizes")
    return tuple(max(extent, 1) for extent in size)


def _product(forward: int, node: Any, known: Graph) -> tuple[int, int]:
    """A product and its gradients: one as large as itself for each of its two factors that needs one."""
    return forward, forward * sum(name in known.needed for name in node.input[:2])


def _convolution(node: Any, known: Graph) -> tuple[int, int]:
    weight = _size(known, node.input[1], node)
    output = _size(known, node.output[0], node)
    return _product(2 * prod(output) * prod(weight[1:]), node, known)


def _transposed(node: Any, known: Graph) -> tuple[int, int]:
    weight, x = _size(known, node.input[1], node), _size(known, node.input[0], node)
    return _product(2 * prod(x) * prod(weight[1:]), node, known)


def _matmul(node: Any, known: Graph) -> tuple[int, int]:
    return _product(2 * prod(_size(known, node.output[0], node)) * _size(known, node.input[0], node)[-1], node, known)


def _gemm(node: Any, known: Graph) -> tuple[int, int]:
    transposed = any(a.name == "transA" and a.i for a in node.attribute)
    inner = _size(known, node.input[0], node)[0 if transposed else 1]
    return _product(2 * prod(_size(known, node.output[0], node)) * inner, node, known)


def _recurrent(node: Any, known: Graph) -> tuple[int, int]:
    steps, batch, _ = _size(known, node.input[0], node)
    ways, rows, inputs = _size(known, node.input[1], node)
    hidden = rows // _GATES[node.op_type]
    of_inputs, of_state = 2 * steps * batch * ways * rows * inputs, 2 * batch * ways * rows * hidden
    forward = of_inputs + steps * of_state
    carried = len(node.input) > 5 and node.input[5] in known.needed
    backward = forward + (of_inputs if node.input[0] in known.needed else 0)
    return forward, backward + (steps if carried else steps - 1) * of_state


_RULES: dict[str, Callable[[Any, Graph], tuple[int, int]]] = {
    "Conv": _convolution,
    "ConvTranspose": _transposed,
    "MatMul": _matmul,
    "Gemm": _gemm,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "RNN": _recurrent,
}
