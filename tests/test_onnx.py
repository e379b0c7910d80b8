"""ONNX files, written here operator by operator, against the same networks counted from their layers."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

import computeest
from computeest.contract import Network
from computeest.layers.from_onnx import from_onnx
from computeest.problems import NetworkError


def weight(name: str, *shape: int) -> Any:
    """A weight whose values are never read: only its shape is stored."""
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT)
    tensor.dims.extend(shape)
    return tensor


def write(path: Path, nodes: Sequence[Any], inputs: dict[str, Sequence[int | str]], weights: Sequence[Any]) -> Path:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, size) for name, size in inputs.items()]
    result = helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)
    graph = helper.make_graph(list(nodes), "network", values, [result], initializer=list(weights))
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), str(path))
    return path


def lenet(path: Path, batch: int | str = "batch") -> Path:
    """LeNet-5 on images of 32 pixels."""
    node = helper.make_node
    return write(
        path,
        [
            node("Conv", ["image", "w1", "b1"], ["c1"], kernel_shape=[5, 5]),
            node("Relu", ["c1"], ["r1"]),
            node("MaxPool", ["r1"], ["p1"], kernel_shape=[2, 2], strides=[2, 2]),
            node("Conv", ["p1", "w2", "b2"], ["c2"], kernel_shape=[5, 5]),
            node("MaxPool", ["c2"], ["p2"], kernel_shape=[2, 2], strides=[2, 2]),
            node("Flatten", ["p2"], ["f"]),
            node("Gemm", ["f", "w3", "b3"], ["g1"], transB=1),
            node("Gemm", ["g1", "w4", "b4"], ["g2"], transB=1),
            node("Gemm", ["g2", "w5", "b5"], ["g3"], transB=1),
        ],
        {"image": [batch, 1, 32, 32]},
        [
            weight("w1", 6, 1, 5, 5), weight("b1", 6), weight("w2", 16, 6, 5, 5), weight("b2", 16),
            weight("w3", 120, 400), weight("b3", 120), weight("w4", 84, 120), weight("b4", 84),
            weight("w5", 10, 84), weight("b5", 10),
        ],
    )


def attention(path: Path) -> Path:
    """One head of width 64 over a sequence of any length."""
    node = helper.make_node
    nodes = [node("MatMul", ["x", w], [y]) for w, y in (("wq", "q"), ("wk", "k"), ("wv", "v"))]
    nodes += [
        node("Transpose", ["k"], ["kt"], perm=[0, 2, 1]),
        node("MatMul", ["q", "kt"], ["scores"]),
        node("Softmax", ["scores"], ["shares"], axis=-1),
        node("MatMul", ["shares", "v"], ["read"]),
        node("MatMul", ["read", "wo"], ["y"]),
    ]
    return write(path, nodes, {"x": ["batch", "sequence", 64]}, [weight(w, 64, 64) for w in ("wq", "wk", "wv", "wo")])


def test_lenet_equals_its_layers(tmp_path: Path) -> None:
    """LeCun et al. 1998, section II.B, with every map connected: 61,706 parameters, 416,520 multiply-adds."""
    net = from_onnx(lenet(tmp_path / "lenet.onnx"))
    same = Network()
    x = same.conv(same.input(1, 32, 32), 6, 5)
    x = same.conv(same.max_pool(x, 2), 16, 5)
    x = same.flatten(same.max_pool(x, 2))
    for width in (120, 84, 10):
        x = same.linear(x, width)
    assert (net.parameters, net.forward_flop) == (61_706, 2 * 416_520)
    assert (same.parameters, same.forward_flop) == (net.parameters, net.forward_flop)
    assert same.backward_flop == net.backward_flop


def test_a_batch_without_a_size_is_one_example(tmp_path: Path) -> None:
    one, two = (from_onnx(lenet(tmp_path / f"{batch}.onnx", batch)) for batch in ("N", 2))
    assert two.forward_flop == 2 * one.forward_flop
    assert two.parameters == one.parameters


@pytest.mark.parametrize("length", [1, 7, 300])
def test_attention_grows_with_the_length_that_is_said(tmp_path: Path, length: int) -> None:
    net = from_onnx(attention(tmp_path / "attention.onnx"), sizes={"sequence": length})
    same = Network()
    same.attention(same.input(64, length), 1, bias=False)
    assert net.forward_flop == same.forward_flop == 2 * (4 * length * 64 * 64 + 2 * length * length * 64)
    assert net.parameters == same.parameters


def test_a_shared_weight_is_a_parameter_once(tmp_path: Path) -> None:
    twice = [helper.make_node("MatMul", ["x", "w"], ["y"]), helper.make_node("MatMul", ["y", "w"], ["z"])]
    net = from_onnx(write(tmp_path / "tied.onnx", twice, {"x": [1, 8]}, [weight("w", 8, 8)]))
    assert (net.parameters, net.forward_flop) == (64, 2 * 2 * 64)


@pytest.mark.parametrize(("kind", "keys"), [
    ("Einsum", {"equation": "bi,ij,jk->bk"}), ("DFT", {}), ("LinearAttention", {}), ("NoSuchOperatorYet", {}),
    ("Loop", {}),
])
def test_what_no_rule_counts_is_said(tmp_path: Path, kind: str, keys: dict[str, str]) -> None:
    """Whichever operator it is, a known one without a rule or one of a later opset."""
    inputs = ["x", "w", "v"] if kind == "Einsum" else ["x", "w"]
    nodes = [helper.make_node("MatMul", ["x", "w"], ["z"]), helper.make_node(kind, inputs, ["y"], **keys)]
    net = from_onnx(write(tmp_path / "one.onnx", nodes, {"x": [1, 8]}, [weight("w", 8, 8), weight("v", 8, 8)]))
    assert net.forward_flop == 2 * 8 * 8
    assert net.uncounted == (f"ONNX operator {kind}: no rule counts it",)


def test_an_einsum_of_two_tensors_is_their_product(tmp_path: Path) -> None:
    node = helper.make_node("Einsum", ["x", "w"], ["y"], equation="bi,ij->bj")
    net = from_onnx(write(tmp_path / "einsum.onnx", [node], {"x": [1, 8]}, [weight("w", 8, 16)]))
    assert (net.forward_flop, net.parameters) == (2 * 8 * 16, 128)


@pytest.mark.parametrize(("size", "keys"), [
    ([2, 100, 64], {"q_num_heads": 4, "kv_num_heads": 4}), ([2, 4, 100, 16], {}),
])
def test_attention_counts_every_score(tmp_path: Path, size: list[int], keys: dict[str, int]) -> None:
    """Two sequences of 100 in four heads of 16 channels: scores and values, 2 x 100 x 100 x 16 each."""
    node = helper.make_node("Attention", ["q", "k", "v"], ["y"], **keys)
    path = write(tmp_path / "attention.onnx", [node], dict.fromkeys("qkv", size), [])
    assert from_onnx(path).forward_flop == 2 * 4 * 2 * 2 * 100 * 100 * 16


def test_quantized_weights_are_weights_and_their_scales_are_not(tmp_path: Path) -> None:
    whole = TensorProto(name="w", data_type=TensorProto.INT8)
    whole.dims.extend([8, 16])
    nodes = [helper.make_node("DequantizeLinear", ["w", "scale"], ["real"], axis=1),
             helper.make_node("MatMul", ["x", "real"], ["y"])]
    net = from_onnx(write(tmp_path / "qdq.onnx", nodes, {"x": [1, 8]}, [whole, weight("scale", 16)]))
    assert (net.parameters, net.forward_flop, net.backward_flop) == (128, 256, 256)


def test_weights_may_be_constants(tmp_path: Path) -> None:
    value = helper.make_tensor("w", TensorProto.FLOAT, [8, 16], [0.5] * 128)
    nodes = [helper.make_node("Constant", [], ["w"], value=value),
             helper.make_node("MatMul", ["x", "w"], ["y"])]
    net = from_onnx(write(tmp_path / "constant.onnx", nodes, {"x": [1, 8]}, []))
    assert (net.parameters, net.forward_flop) == (128, 256)


def test_statistics_bounds_numbers_and_masks_are_no_parameters(tmp_path: Path) -> None:
    mask = helper.make_tensor("mask", TensorProto.FLOAT, [4, 4], [0.0, -100.0] * 8)
    mask = onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(mask), "mask")
    nodes = [
        helper.make_node("BatchNormalization", ["x", "scale", "shift", "mean", "variance"], ["n"]),
        helper.make_node("Mul", ["n", "half"], ["h"]), helper.make_node("Clip", ["h", "low", "high"], ["c"]),
        helper.make_node("Add", ["c", "mask"], ["m"]), helper.make_node("MatMul", ["m", "w"], ["y"]),
    ]
    named = [weight(name, 4) for name in ("scale", "shift", "mean", "variance")]
    named += [weight("half"), weight("low"), weight("high"), mask, weight("w", 4, 4)]
    net = from_onnx(write(tmp_path / "buffers.onnx", nodes, {"x": [1, 4, 4, 4]}, named))
    assert net.parameters == 4 + 4 + 16


def test_sizes_that_follow_from_shapes_are_computed(tmp_path: Path) -> None:
    """As older exports reshape: half of the channels, by a size that is looked up, divided and joined to another."""
    constant = onnx.numpy_helper.from_array
    sizes = [constant(np.array(value), name) for name, value in
             (("one", 1), ("two", 2), ("axis", [0]), ("rest", [1, -1, 16]), ("last", [16]))]
    node = helper.make_node
    nodes = [
        node("Shape", ["x"], ["shape"]), node("Gather", ["shape", "one"], ["channels"], axis=0),
        node("Div", ["channels", "two"], ["half"]), node("Unsqueeze", ["half", "axis"], ["row"]),
        node("Concat", ["axis_one", "row", "last"], ["target"], axis=0), node("Reshape", ["x", "target"], ["y"]),
        node("MatMul", ["y", "w"], ["z"]),
    ]
    sizes.append(constant(np.array([2]), "axis_one"))
    path = write(tmp_path / "sizes.onnx", nodes, {"x": [1, 8, 16]}, [*sizes, weight("w", 16, 5)])
    assert from_onnx(path).forward_flop == 2 * 2 * 4 * 16 * 5


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        (None, r"the size of sequence is not fixed; say it, such as sizes: \{sequence: 128\}"),
        ({"sequnce": 5}, "the file names no dimension 'sequnce'; closest: 'sequence'"),
        ({"sequence": 0}, "sequence is 0; expected a whole number from 1"),
        ({"sequence": "long"}, "sequence is 'long'; expected a whole number"),
    ],
)
def test_sizes_that_are_missing_or_wrong(tmp_path: Path, sizes: dict[str, Any] | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_onnx(attention(tmp_path / "attention.onnx"), sizes=sizes)


def test_what_is_no_onnx_file(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    for content, message in ((b"no graph", "not an ONNX file"), (b"", "no operator in it")):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=message):
            from_onnx(path)
    with pytest.raises(ValueError, match=r"gone\.onnx: there is no such file"):
        from_onnx(tmp_path / "gone.onnx")


def test_without_the_extra_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ValueError, match=r"pip install 'computeest\[onnx\]'"):
        from_onnx(tmp_path / "model.onnx")


def test_a_paper_names_the_file_beside_it(tmp_path: Path) -> None:
    lenet(tmp_path / "lenet.onnx")
    paper = tmp_path / "paper.yaml"
    paper.write_text(
        "model: LeNet-5\nfamily: onnx\narchitecture: {onnx: lenet.onnx}\nexamples: 60000\nepochs: 20\n", "utf-8"
    )
    record = computeest.estimate(paper)
    assert record["flop"] == pytest.approx(2 * 416_520 * 3 * 60_000 * 20)
    assert record["parameters"] == 61_706


def big(path: Path, rows: int, value: bytes = b"") -> Path:
    """A file of one product by a matrix of so many rows of 1,024 floats, all zeros but one; most of it is a hole."""
    weights = TensorProto(name="w", dims=[rows, 1024], data_type=TensorProto.FLOAT)
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    values = [helper.make_tensor_value_info(*one) for one in (("x", 1, [1, rows]), ("y", 1, None))]
    graph = helper.make_graph([node], "g", values[:1], values[1:])
    start = onnx.ModelProto(ir_version=8, opset_import=[helper.make_opsetid("", 17)]).SerializeToString()
    length = rows * 4096
    tensor = weights.SerializeToString() + b"\x4a" + varint(length)
    inner = graph.SerializeToString() + b"\x2a" + varint(len(tensor) + length) + tensor
    with path.open("wb") as file:
        file.write(start + b"\x3a" + varint(len(inner) + length) + inner + value)
        file.truncate(file.tell() - len(value) + length)
    return path


def varint(value: int) -> bytes:
    found = b""
    while value > 127:
        found, value = found + bytes([value & 127 | 128]), value >> 7
    return found + bytes([value])


def test_weights_of_gigabytes_are_not_read(tmp_path: Path) -> None:
    path = big(tmp_path / "big.onnx", 400_000, value=b"\x01\x02\x03\x04" * 9)
    assert path.stat().st_size > 1.6e9
    tracemalloc.start()
    net = from_onnx(path)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert net.forward_flop == 2 * 400_000 * 1024
    assert net.parameters == 400_000 * 1024
    assert held < 20e6
    with pytest.raises(NetworkError, match=r"big\.onnx: larger than 2 GB; export it with external weights"):
        from_onnx(big(tmp_path / "big.onnx", 600_000))


def test_a_long_mask_is_told_by_the_two_numbers_that_it_holds(tmp_path: Path) -> None:
    mask = np.triu(np.full((128, 128), -1e4, np.float32), 1)
    nodes = [helper.make_node("MatMul", ["x", "w"], ["a"]), helper.make_node("Add", ["a", "m"], ["y"])]
    for holds, parameters in ((mask, 128 * 128), (mask + np.eye(128, dtype=np.float32), 2 * 128 * 128)):
        named = [weight("w", 128, 128), onnx.numpy_helper.from_array(holds, "m")]
        net = from_onnx(write(tmp_path / "mask.onnx", nodes, {"x": [128, 128]}, named))
        assert net.parameters == parameters


def constant(name: str, values: list[int], *size: int) -> TensorProto:
    return helper.make_tensor(name, TensorProto.INT64, size, values)


@pytest.mark.parametrize(("kind", "inputs"), [
    ("Range", [constant("a", [0]), constant("b", [10**9]), constant("c", [1])]),
    ("ConstantOfShape", [constant("a", [100_000, 5_000], 2)]),
    ("Expand", [constant("a", [1], 1), constant("b", [2**40, 2**20], 2)]),
    ("Tile", [constant("a", [1] * 4096, 4096), constant("b", [10**6], 1)]),
    ("Concat", [constant("a", [1] * 4096, 4096)] * 3000),
    ("Gather", [constant("a", [1] * 4096, 1, 4096), constant("b", [0] * 4096, 4096)]),
    ("Add", [constant("a", [1] * 4096, 4096, 1), constant("b", [1] * 4096, 1, 4096)]),
])  # fmt: skip
def test_a_small_file_asks_for_no_memory(tmp_path: Path, kind: str, inputs: list[TensorProto]) -> None:
    attributes = {"axis": 0} if kind in ("Concat", "Gather") else {}
    nodes = [helper.make_node(kind, [one.name for one in inputs], ["z"], **attributes),
             helper.make_node("Relu", ["x"], ["y"])]
    path = write(tmp_path / "bomb.onnx", nodes, {"x": [1, 8]}, list({one.name: one for one in inputs}.values()))
    tracemalloc.start()
    from_onnx(path)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert held < 30e6


def test_a_graph_that_unrolls_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "functions.onnx"
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    call = [[helper.make_node(f"F{depth + 1}", [a], [b], domain="own") for a, b in (("a", "c"), ("c", "b"))]
            for depth in range(40)]
    call.append([helper.make_node("Relu", ["a"], ["b"])])
    for bodies, refused in ((call, True), (call[-4:], False), ([call[0], [*call[0][:1]]], True)):
        first = len(call) - len(bodies) if not refused else 0
        functions = [helper.make_function("own", f"F{first + at}", ["a"], ["b"], body, opsets)
                     for at, body in enumerate(bodies)]
        node = helper.make_node(f"F{first}", ["x"], ["y"], domain="own")
        values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 8]) for name in "xy"]
        graph = helper.make_graph([node], "g", values[:1], values[1:])
        path.write_bytes(helper.make_model(graph, opset_imports=opsets, functions=functions).SerializeToString())
        if refused:
            with pytest.raises(NetworkError, match=r"functions\.onnx: its graph alone, without weights, is larger"):
                from_onnx(path)
        else:
            assert from_onnx(path).uncounted


@pytest.mark.parametrize("content", [
    helper.make_node("Concat", ["a"] * 1_000_000, ["y"], axis=0),
    helper.make_node("Reshape", ["x", "a"], ["y"], many=[1] * 600_000),
    helper.make_tensor_value_info("x", TensorProto.FLOAT, [1] * 65),
])  # fmt: skip
def test_a_graph_of_too_many_parts_is_refused(tmp_path: Path, content: onnx.NodeProto | onnx.ValueInfoProto) -> None:
    node = content if isinstance(content, onnx.NodeProto) else helper.make_node("Relu", ["x"], ["y"])
    values = [content] if isinstance(content, onnx.ValueInfoProto) else []
    path = tmp_path / "parts.onnx"
    path.write_bytes(helper.make_model(helper.make_graph([node], "g", values, [])).SerializeToString())
    with pytest.raises(NetworkError, match=r"parts\.onnx: its graph alone, without weights, is larger than 8 MB"):
        from_onnx(path)


@pytest.mark.parametrize("end", [1, 40, 200, 2300])
def test_a_file_that_ends_too_soon_is_no_onnx_file(tmp_path: Path, end: int) -> None:
    path = lenet(tmp_path / "lenet.onnx")
    path.write_bytes(path.read_bytes()[:-end])
    with pytest.raises(NetworkError, match=r"not an ONNX file|no operator in it"):
        from_onnx(path)
