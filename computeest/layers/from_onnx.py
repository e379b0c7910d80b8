"""An ONNX file, counted from its graph: shapes are inferred, weights are only measured, nothing runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from computeest.layers.network import Network
from computeest.layers.shape import Shape, shape
from computeest.problems import NetworkError
from computeest.problems import networks as wrong
from computeest.text.suggest import did_you_mean

LARGEST_FILE = 2 * 1024**3
_FREE = """
    Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Bernoulli BitCast
    BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Cast CastLike Ceil Celu CenterCropPad Clip
    Col2Im Compress Concat Constant ConstantOfShape Cos Cosh CumProd CumSum DepthToSpace DequantizeLinear Div
    Dropout DynamicQuantizeLinear Elu Equal Erf Exp Expand EyeLike Flatten Floor Gather GatherElements GatherND Gelu
    GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GridSample GroupNormalization HammingWindow
    HannWindow HardSigmoid HardSwish Hardmax Identity InstanceNormalization IsInf IsNaN LRN LayerNormalization
    LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization LpPool Max MaxPool MaxRoiPool MaxUnpool Mean
    MeanVarianceNormalization MelWeightMatrix Min Mish Mod Mul Multinomial Neg NegativeLogLikelihoodLoss
    NonMaxSuppression NonZero Not OneHot Or PRelu Pad Pow QuantizeLinear RMSNormalization RandomNormal
    RandomNormalLike RandomUniform RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp
    ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize ReverseSequence RoiAlign
    RotaryEmbedding Round Scatter ScatterElements ScatterND Selu Shape Shrink Sigmoid Sign Sin Sinh Size Slice
    Softmax SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum Swish Tan Tanh
    ThresholdedRelu Tile TopK Transpose Trilu Unique Unsqueeze Upsample Where Xor
"""
#: Operators without matrix products. Any other that has no rule is said, whichever it is: a new operator may hold
#: nearly all the work there is (Attention, of opset 23).
FREE = frozenset(_FREE.split())
#: Which inputs of an operator are weights, where not all are: the rest are statistics, bounds and sizes.
WEIGHTS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("Clip", "Range", "OneHot"), ()),
    **dict.fromkeys(("Resize", "Upsample", "Pad", "Slice", "Pow", "Reshape", "Expand", "Dropout"), (0,)),
    **dict.fromkeys(("DequantizeLinear", "QuantizeLinear"), (0,)),
    "BatchNormalization": (1, 2),
    "QLinearConv": (3, 8),
    "QLinearMatMul": (0, 3),
    "ConvInteger": (1,),
    "MatMulInteger": (0, 1),
}
#: The input of a quantized operator that a weight may be, in whole numbers.
QUANTIZED = {"DequantizeLinear": 0, "QLinearConv": 3, "QLinearMatMul": 3, "ConvInteger": 1, "MatMulInteger": 1}
#: Operators through which no gradient flows.
FLAT = ("Shape", "Size", "ConstantOfShape", "ArgMax", "ArgMin", "Equal", "Greater", "Less", "Not", "Round")
#: Gates of a recurrent operator.
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


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
        raise NetworkError(wrong.ONNX_NOT_INSTALLED()) from None
    from computeest.layers import onnx_weightless
    from computeest.layers.onnx_folding import inferred
    from computeest.layers.onnx_limits import MOST_NODES, check

    file = Path(path)
    if not file.is_file():
        raise NetworkError(wrong.ONNX_MISSING(file=file))
    if file.stat().st_size > LARGEST_FILE:
        raise NetworkError(wrong.ONNX_TOO_LARGE(file=file, most=LARGEST_FILE // 1024 ** 3))
    try:
        model = onnx.load_model_from_string(onnx_weightless.read(file))
        check(model)
        _fix_sizes(model.graph, sizes or {})
        model, masks = inferred(model)
    except (onnx.shape_inference.InferenceError, onnx.checker.ValidationError) as error:
        raise NetworkError(wrong.ONNX_UNREADABLE(file=file, error=error)) from None
    except onnx_weightless.GraphTooLargeError:
        raise NetworkError(wrong.ONNX_GRAPH_TOO_LARGE(file=file, most=onnx_weightless.MOST_KEPT // 1024 ** 2,
                                                      nodes=MOST_NODES)) from None
    except OSError as error:
        raise NetworkError(wrong.ONNX_UNREADABLE(file=file, error=error.strerror)) from None
    except (DecodeError, onnx_weightless.NoMessageError):
        raise NetworkError(wrong.NOT_ONNX(file=file)) from None
    if not model.graph.node:
        raise NetworkError(wrong.ONNX_EMPTY(file=file))
    return _counted(model.graph, tokens, masks)


def _fix_sizes(graph: Any, sizes: Mapping[str, int]) -> None:
    """Give the named dimensions of the inputs their sizes, and forget what was inferred without them."""
    named = list(_named(graph))
    labels = sorted({label for _, label, _ in named})
    for label in sizes:
        if label not in labels:
            near = did_you_mean(label, labels) or f"it names {', '.join(labels) or 'none'}"
            raise NetworkError(wrong.ONNX_DIMENSION_UNKNOWN(name=label, near=near))
    unknown = dict.fromkeys(label for _, label, batch in named if label not in sizes and not batch)
    if unknown:
        example = ", ".join(f"{label}: 128" for label in unknown)
        raise NetworkError(wrong.ONNX_SIZE_OPEN(names=", ".join(unknown), example=example))
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
        raise NetworkError(wrong.ONNX_SIZE_NOT_WHOLE(name=label, size=size))
    return size


def _counted(graph: Any, tokens: int | None, masks: frozenset[str]) -> Network:
    weights = {tensor.name: prod(tensor.dims) for tensor in graph.initializer}
    sizes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        dims = value.type.tensor_type.shape.dim
        sizes[value.name] = tuple(int(d.dim_value) for d in dims)
    known = Graph(sizes, weights, _trained(graph) - masks)
    net = Network(tokens)
    counted: set[str] = set()
    for node in graph.node:
        rule = _rule(node)
        name = node.name or node.output[0]
        own = [i for i in _weights_of(node) if i in known.needed and i in weights and i not in counted]
        counted.update(own)
        if node.op_type not in FLAT and any(i in known.needed for i in node.input):
            known.needed.update(node.output)
        if rule is None and (node.op_type not in FREE or node.domain not in ("", "ai.onnx")):
            net.note(f"{node.domain or 'ONNX'} operator {node.op_type}: no rule counts it")
        forward, backward = rule(node, known) if rule else (0, 0)
        y = _output(known, node)
        term = "attention" if node.op_type == "Attention" else "convolution" if "Conv" in node.op_type else "linear"
        work = y.elements if not rule else 0
        net.counted(y, forward, backward, sum(weights[i] for i in own), work, node.op_type, term, name)
    return net


def _weights_of(node: Any) -> list[str]:
    """The inputs of a node that may be weights."""
    places = WEIGHTS.get(node.op_type)
    return [name for place, name in enumerate(node.input) if places is None or place in places]


def _trained(graph: Any) -> set[str]:
    """Constants that training changes: floats, and whole numbers that a quantized operator takes for them.

    A single number is a constant of a formula.
    """
    quantized = {node.input[place] for node in graph.node if (place := QUANTIZED.get(node.op_type)) is not None}
    scales = {name for node in graph.node if node.op_type in QUANTIZED
              for place, name in enumerate(node.input) if place not in WEIGHTS[node.op_type]}
    return {t.name for t in graph.initializer if t.name in quantized or (
        t.data_type in (1, 10, 11, 16) and prod(t.dims) > 1 and t.name not in scales)}


def _output(known: Graph, node: Any) -> Shape:
    return shape(1, _size(known, node.output[0], node, required=False), grad=node.output[0] in known.needed)


def _size(known: Graph, name: str, node: Any, required: bool = True) -> tuple[int, ...]:
    size = known.sizes.get(name, ())
    if required and (not size or min(size) < 1):
        label = node.name or node.op_type
        raise NetworkError(wrong.ONNX_SHAPE_OPEN(layer=label, name=name))
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
    hidden = rows // GATES[node.op_type]
    of_inputs, of_state = 2 * steps * batch * ways * rows * inputs, 2 * batch * ways * rows * hidden
    forward = of_inputs + steps * of_state
    carried = len(node.input) > 5 and node.input[5] in known.needed
    backward = forward + (of_inputs if node.input[0] in known.needed else 0)
    return forward, backward + (steps if carried else steps - 1) * of_state


def _attention(node: Any, known: Graph) -> tuple[int, int]:
    """Scores and weighted values, every score counted; heads are a dimension, or attributes say how many there are."""
    given = {a.name: a.i for a in node.attribute}
    q, k, v = (_size(known, name, node) for name in node.input[:3])
    if len(q) == 4:
        batch, heads, queries, dims = q
        keys, values = k[2], v[3]
    else:
        heads, shared = given["q_num_heads"], given["kv_num_heads"]
        batch, queries, keys = q[0], q[1], k[1]
        dims, values = q[2] // heads, v[2] // shared
    if len(node.input) > 4 and node.input[4]:  # keys and values of what came before
        keys += _size(known, node.input[4], node)[2]
    forward = 2 * batch * heads * queries * keys * (dims + values)
    return forward, 2 * forward if any(name in known.needed for name in node.input[:3]) else 0


def _einsum(node: Any, known: Graph) -> tuple[int, int]:
    """A product over every index that two tensors have."""
    extents: dict[str, int] = {}
    for letters, name in zip(_letters(node), node.input, strict=True):
        extents |= dict(zip(letters, _size(known, name, node), strict=True))
    return _product(2 * prod(extents.values()), node, known)


def _letters(node: Any) -> list[str]:
    """The indices of what an Einsum multiplies; empty where they are not written out, or there are not two."""
    equation = next((a.s.decode() for a in node.attribute if a.name == "equation"), "").replace(" ", "")
    sides = equation.partition("->")[0].split(",")
    return sides if len(node.input) == len(sides) == 2 and "." not in equation else []


def _rule(node: Any) -> Callable[[Any, Graph], tuple[int, int]] | None:
    if node.domain not in ("", "ai.onnx") or (node.op_type == "Einsum" and not _letters(node)):
        return None
    return _RULES.get(node.op_type)


def _quantized(node: Any, known: Graph) -> tuple[int, int]:
    """A product of whole numbers, counted as that of any others."""
    weight = _size(known, node.input[QUANTIZED[node.op_type]], node)
    output = prod(_size(known, node.output[0], node))
    inner = prod(weight[1:]) if "Conv" in node.op_type else weight[-2]
    factors = (node.input[0], node.input[QUANTIZED[node.op_type]])
    forward = 2 * output * inner
    return forward, forward * sum(name in known.needed for name in factors)


_RULES: dict[str, Callable[[Any, Graph], tuple[int, int]]] = {
    "Conv": _convolution,
    "ConvTranspose": _transposed,
    "MatMul": _matmul,
    "Gemm": _gemm,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "RNN": _recurrent,
    "Attention": _attention,
    "Einsum": _einsum,
    "QLinearConv": _quantized,
    "QLinearMatMul": _quantized,
    "ConvInteger": _quantized,
    "MatMulInteger": _quantized,
}
