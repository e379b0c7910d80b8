"""Networks written as data: what they count, and what each mistake is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeest.layers import Network, read
from computeest.layers.arguments import arguments_of
from computeest.layers.reading import OPERATIONS

IMAGE = {"input": [3, 8, 8]}


def flop(*layers: object) -> int:
    return read([IMAGE, *layers]).forward_flop


def test_a_layer_is_a_word_a_value_or_a_mapping() -> None:
    net = read([IMAGE, {"conv": {"out": 4, "kernel": 3}}, "relu", {"max_pool": 2}, {"flatten": None}, {"linear": 10}])
    assert [layer.kind for layer in net.layers] == ["convolution", "activation", "max pool", "linear"]
    assert net.forward_flop == 2 * 36 * 4 * 27 + 2 * 4 * 9 * 10


def test_type_beside_its_keys_is_the_same_layer() -> None:
    nested = {"conv": {"out": 4, "kernel": 3, "stride": 2}}
    assert flop({"type": "conv", "out": 4, "kernel": 3, "stride": 2}) == flop(nested)


def test_keys_of_other_libraries_are_understood() -> None:
    theirs = {"conv": {"filters": 4, "kernel_size": [3, 1], "strides": 2, "use_bias": False}}
    assert flop(theirs) == flop({"conv": {"out": 4, "kernel": [3, 1], "stride": 2, "bias": False}})


def test_input_and_tokens_may_come_from_outside() -> None:
    assert read([{"linear": 10}], input=[20]).forward_flop == 400
    assert read([{"linear": 10}], input=[20, 5], tokens=5).forward_flop_per_token == 400


def test_a_residual_adds_to_its_input_or_to_a_shortcut() -> None:
    conv = {"conv": {"out": 6, "kernel": 3, "padding": 1}}
    assert flop({"residual": [conv], "shortcut": [{"conv": {"out": 6, "kernel": 1}}]}) == 2 * 64 * 6 * (27 + 3)
    with pytest.raises(ValueError, match=r"layers\[1\].residual: add: cannot add 6x8x8 and 3x8x8: the channels differ"):
        flop({"residual": [conv]})


def test_branches_join_by_concatenation_addition_or_product() -> None:
    branch = [{"conv": {"out": 4, "kernel": 1}}]
    final = {"conv": {"out": 1, "kernel": 1, "bias": False}}
    joined = {"branches": [branch, branch, ["relu"]]}
    assert flop(joined, final) == 2 * 64 * (2 * 4 * 3 + (4 + 4 + 3))
    assert flop({"branches": [branch, branch], "join": "add"}, final) == 2 * 64 * (2 * 4 * 3 + 4)


def test_saved_outputs_are_used_later() -> None:
    net = read(
        [
            {**IMAGE, "as": "image"},
            {"conv": {"out": 3, "kernel": 3, "stride": 2, "padding": 1}},
            {"upsample": 2},
            {"concat": "image"},
            {"conv": {"out": 2, "kernel": 1}},
            {"from": "image", "linear": 7},
        ]
    )
    assert net.layers[-1].forward_flop == 2 * 64 * 3 * 7
    assert net.layers[-2].forward_flop == 2 * 64 * 6 * 2


def test_repeat_counts_turns_that_differ_one_by_one() -> None:
    """The first of three strided convolutions needs no input gradient, and each works on a smaller grid."""
    net = read([{"input": [4, 16, 16]}, {"conv": {"out": 4, "kernel": 2, "stride": 2, "bias": False}, "repeat": 3}])
    sizes = [64, 16, 4]
    assert net.forward_flop == sum(2 * positions * 4 * 4 * 4 for positions in sizes)
    assert net.backward_flop == 2 * net.forward_flop - 2 * 64 * 4 * 4 * 4


def test_repeat_of_equal_turns_is_counted_once() -> None:
    net = read([{"input": [4]}, {"layers": [{"linear": 4}, "relu"], "repeat": 10**6, "name": "deep"}])
    assert net.forward_flop == 32 * 10**6
    assert len(net.layers) == 4
    assert net.layers[-1].name == "deep/relu"


def test_named_blocks_are_used_with_their_own_values() -> None:
    block = {"define": "widen", "with": {"out": 4}, "layers": [{"conv": {"out": "$out", "kernel": 1}}, "relu"]}
    assert flop(block, {"use": "widen"}, {"use": "widen", "with": {"out": 5}}) == 2 * 64 * (3 * 4 + 4 * 5)


def test_frozen_shared_and_checkpointed_layers() -> None:
    net = read(
        [
            {"input": [8]},
            {"linear": 8, "frozen": True},
            {"linear": 8, "shared": "one"},
            {"linear": 8, "shared": "one"},
            {"layers": [{"linear": 8}], "checkpoint": True},
        ]
    )
    assert net.trainable_parameters == 2 * 72
    assert net.backward_flop == 128 * (0 + 1 + 2 + 3)


def test_every_operation_can_be_written() -> None:
    """Each name is a method of Network whose keys the reader derives from its signature."""
    for operation in OPERATIONS:
        assert callable(getattr(Network, operation))
        assert all(argument.kind for argument in arguments_of(operation))


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([IMAGE, "rulu"], "layers[1]: no layer is called 'rulu'; closest: 'relu', 'prelu', 'relu6'"),
        ([{"linear": 3}], "layers[0].linear: nothing flows into it; begin with {input: [3, 224, 224]}"),
        ([IMAGE, {"conv": {"out": 4, "kernal": 3}}], "layers[1].conv: it has no 'kernal'; closest: 'kernel'"),
        ([IMAGE, {"conv": {"out": 4}}], "layers[1].conv: it lacks kernel"),
        ([IMAGE, {"conv": 4}], "layers[1].conv: one value is not enough; write {out: ..., kernel: ...}"),
        ([IMAGE, {"conv": {"out": "4x", "kernel": 3}}], "layers[1].conv.out: '4x' is not a whole number"),
        ([IMAGE, {"conv": {"out": -4, "kernel": 3}}], "layers[1].conv.out: -4 is out of range"),
        ([IMAGE, {"conv": {"out": 4, "kernel": 9}}],
         "layers[1].conv: conv: a window of 9 with stride 1 does not fit an input of 3x8x8"),
        ([IMAGE, {"linear": 3.5}], "layers[1].linear.out: 3.5 is not a whole number"),
        ([IMAGE, {"linear": {"out": 3, "bias": "no"}}], "layers[1].linear.bias: 'no' is not true or false"),
        ([IMAGE, {"linear": 10**12}], "layers[1].linear.out: 1000000000000 is out of range"),
        ([IMAGE, {"add": "start"}], "layers[1].add: no output is saved as 'start'; save one before with 'as: name'"),
        ([IMAGE, {"linear": 3, "conv": 3}],
         "layers[1]: a layer has one operation, such as conv or linear; here there are 2 (linear, conv)"),
        ([IMAGE, 5], "layers[1]: 5 is not a layer; write a word such as 'relu', or a mapping such as linear: 10"),
        ([IMAGE, {"use": "blok"}], "layers[1].use: no block is defined as 'blok'; defined so far: none"),
        ([IMAGE, {"define": "a", "layers": []}, {"use": "a", "with": {"b": 1}}],
         "layers[2].use.with: block 'a' has no 'b'; it has none"),
        ([IMAGE, {"define": "a", "layers": [{"linear": "$b"}]}, {"use": "a"}],
         "layers[2].use: '$b' has no value; the block has none"),
        ([IMAGE, {"branches": 5}], "layers[1].branches: 5 is not a list of branches, each a list of layers"),
        ([IMAGE, {"branches": [["relu"]], "join": "sum"}],
         "layers[1].branches.join: 'sum' is no way to join branches; expected concat, add or multiply"),
        ([IMAGE, {"relu": None, "repeat": -1}], "layers[1].repeat: -1 is out of range"),
        ([IMAGE, {"relu": None, "frozen": 1}], "layers[1].frozen: 1 is not true or false"),
        ([{"input": []}], "layers[0].input: 0 extents; expected channels and up to three more, such as [3, 224, 224]"),
        ([{"input": [3, 0]}], "layers[0].input: 0 is too few; expected at least 1"),
        ([IMAGE, {"layers": "relu"}], "layers[1].layers: 'relu' is not a list of layers"),
        ([IMAGE, {"from": "x", "linear": 3}], "layers[1].from: no output is saved as 'x'"),
        ([{"as": "x", "parameter": 3}], "layers[0]: there is nothing to save here"),
        ([IMAGE, {"flatten": 3}], "layers[1].flatten: it takes no value, but is given 3"),
        ([IMAGE, {"residual": ["relu"], "conv": 3}], "layers[1]: 'conv' does not go with 'residual'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_and_what(layers: list[Any], message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011  the whole message is compared below
        read(layers)
    assert message in str(error.value)


@pytest.mark.parametrize(
    "layers",
    [
        [IMAGE, {"upsample": 2, "repeat": 10**9}],
        [IMAGE, {"conv": {"out": 10**9, "kernel": 1}}, {"linear": 10**9}, {"reshape": [1, 10**9, 10**9]}],
        [IMAGE, {"define": "a", "layers": [{"use": "a"}]}, {"use": "a"}],
        [{"input": [1, 10**9, 10**9]}],
        [{**IMAGE, "as": "x"}, {"concat": "x", "repeat": 10**9}],
    ],
)
def test_no_network_of_any_size_takes_long(layers: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"larger than any|nested more|one by one|values, |out of range"):
        read(layers)


def test_nested_repeats_that_never_settle_are_stopped() -> None:
    layers: list[Any] = [{"concat": "x"}]
    for _ in range(20):
        layers = [{"layers": layers, "repeat": 1000}]
    with pytest.raises(ValueError, match="counted one by one"):
        read([{**IMAGE, "as": "x"}, *layers])


_words = st.sampled_from(
    [*OPERATIONS, "relu", "input", "tokens", "residual", "layers", "repeat", "use", "define", "as"]
)
_leaves = st.none() | st.booleans() | st.integers(-2, 40) | st.floats() | st.text(max_size=4) | _words
_values = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=3), max_leaves=8
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(_words | st.text(max_size=5), _values, max_size=3) | _values, max_size=5))
def test_any_data_is_counted_or_refused_in_words(layers: list[Any]) -> None:
    try:
        net = read([IMAGE, *layers])
    except ValueError as error:
        if not str(error).startswith("layers["):
            raise
    else:
        assert net.forward_flop >= 0


@pytest.mark.parametrize(("theirs", "ours"), [
    ([{"Conv2d": {"in_channels": 3, "out_channels": 8, "kernel_size": 3, "padding": 1}}, "ReLU", {"MaxPool2d": 2}],
     [{"conv": {"out": 8, "kernel": 3, "padding": 1}}, "relu", {"max_pool": 2}]),
    ([{"Conv2D": {"filters": 8, "kernel_size": [3, 3], "strides": 2}}, "BatchNormalization", "GlobalAveragePooling2D",
      {"Dense": {"units": 10}}],
     [{"conv": {"out": 8, "kernel": 3, "stride": 2}}, "batch_norm", "global_pool", {"linear": 10}]),
    ([{"conv": {"out": 8, "kernel": "3x5"}}, "Flatten", {"fc": 10}],
     [{"conv": {"out": 8, "kernel": [3, 5]}}, "flatten", {"linear": 10}]),
    ([{"conv": {"out": 8, "kernel": 3}}, {"pool": 2}, {"pooling": {"kernel": 3, "stride": 2}}, {"fc": 10}],
     [{"conv": {"out": 8, "kernel": 3}}, {"max_pool": 2}, {"max_pool": {"kernel": 3, "stride": 2}}, {"linear": 10}]),
    ([{"ConvTranspose2d": {"out_channels": 8, "kernel_size": 2, "stride": 2}}, {"deconv": {"out": 4, "kernel": 2}}],
     [{"conv_transpose": {"out": 8, "kernel": 2, "stride": 2}}, {"conv_transpose": {"out": 4, "kernel": 2}}]),
    ([{"reshape": [16, 48]}, {"LSTM": {"hidden_size": 20, "num_layers": 2, "bidirectional": True}},
      {"GRU": {"units": 8}}],
     [{"reshape": [16, 48]}, {"lstm": {"hidden": 20, "layers": 2, "both": True}},
      {"gru": 8}]),
    (["sequence", {"linear": 32}, {"MultiheadAttention": {"num_heads": 4, "num_key_value_heads": 2}}, "LayerNorm",
      {"ffn": {"d_ff": 64}}, {"moe": {"num_experts": 4, "num_experts_per_tok": 2, "intermediate_size": 16}}],
     ["sequence", {"linear": 32}, {"attention": {"heads": 4, "kv_heads": 2}}, "layer_norm", {"mlp": 64},
      {"moe": {"experts": 4, "top_k": 2, "hidden": 16}}]),
])
def test_layers_of_other_libraries_are_the_same_layers(theirs: list[object], ours: list[object]) -> None:
    one, other = (read([{"input": [3, 16, 16]}, *layers]) for layers in (theirs, ours))
    assert (one.parameters, one.forward_flop, one.backward_flop) == (
        other.parameters, other.forward_flop, other.backward_flop)
    assert one.forward_flop > 0


@pytest.mark.parametrize(("layers", "said"), [
    ([{"input": [3, 16, 16]}, {"Conv1d": {"out": 8, "kernel": 3}}],
     "layers[1]: 'Conv1d' has 1 extents, but what comes in has 2"),
    ([{"input": [3, 16, 16]}, {"conv": {"in_channels": 4, "out": 8, "kernel": 3}}],
     "layers[1].conv.in_channels: 4 come in, but the layer before gives 3"),
    ([{"input": [3, 16, 16]}, {"SeparableConv2D": {"filters": 8, "kernel_size": 3}}],
     "layers[1]: no layer is called 'SeparableConv2D'; see docs/layers.md"),
])
def test_what_other_libraries_say_must_fit(layers: list[object], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        read(layers)
