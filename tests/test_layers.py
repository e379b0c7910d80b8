"""Each layer's shape, FLOP and parameters, against closed forms and the figures that other counters get wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeest.layers import Network, Shape


def test_convolution_of_sevilla_et_al() -> None:
    """2 Ho Wo Co Ci K^2 / g: their worked layer table, Estimating training compute (Epoch, 2022)."""
    net = Network()
    y = net.conv(net.input(16, 32, 32), 32, 5, stride=2, padding=2, groups=4)
    assert y.size == (16, 16)
    assert net.forward_flop == 2 * 16 * 16 * 32 * (16 // 4) * 25
    assert net.parameters == 32 * 4 * 25 + 32


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "dilation", "expected"),
    [
        ((224, 224), 7, 2, 3, 1, (112, 112)),
        ((32, 48), (3, 5), (1, 2), (1, 2), 1, (32, 24)),
        ((30,), 3, 1, 0, 4, (22,)),
        ((8, 9, 10), 3, 2, 1, 1, (4, 5, 5)),
        ((7, 7), 3, 2, "same", 1, (4, 4)),
        ((7, 7), 3, 2, "valid", 1, (3, 3)),
        ((15, 15), 3, 1, 2, 2, (15, 15)),
    ],
)
def test_convolved_sizes_follow_the_window(
    size: tuple[int, ...],
    kernel: int | tuple[int, ...],
    stride: int | tuple[int, ...],
    padding: int | tuple[int, ...] | str,
    dilation: int,
    expected: tuple[int, ...],
) -> None:
    net = Network()
    assert net.conv(net.input(4, *size), 6, kernel, stride, padding, dilation).size == expected


@pytest.mark.parametrize(
    ("ceil", "padding", "expected"), [(False, 0, (6, 6)), (True, 0, (6, 6)), (False, 1, (7, 7)), (True, 1, (7, 7))]
)
def test_pooled_sizes(ceil: bool, padding: int, expected: tuple[int, int]) -> None:
    """PyTorch's MaxPool2d(3, 2) on 13x13, with and without ceil_mode."""
    net = Network()
    assert net.max_pool(net.input(1, 13, 13), 3, 2, padding, ceil=ceil).size == expected


def test_a_partial_last_window_counts_only_with_ceil() -> None:
    """GoogLeNet's pooling of 112 to 56 (Szegedy et al. 2014, Table 1) needs it: 55 without."""
    net = Network()
    x = net.input(64, 112, 112)
    assert net.max_pool(x, 3, 2).size == (55, 55)
    assert net.max_pool(x, 3, 2, ceil=True).size == (56, 56)


def test_transposed_convolution_follows_its_input() -> None:
    """thop and torchinfo give 4 times this for stride 2."""
    net = Network()
    y = net.conv_transpose(net.input(64, 8, 8), 32, 4, stride=2, padding=1)
    assert y.size == (16, 16)
    assert net.forward_flop == 2 * 8 * 8 * 64 * 32 * 16
    assert net.parameters == 64 * 32 * 16 + 32


def test_grouped_weight_gradient_is_not_multiplied_by_the_groups() -> None:
    """torch 2.13 gives a ratio of 65 for Conv2d(64, 64, 3, groups=64) whose input needs a gradient; it is 2."""
    net = Network()
    net.depthwise(net.input(64, 56, 56, grad=True), 3, padding=1)
    assert net.backward_ratio == 2


def test_one_layer_used_three_times_has_its_parameters_once() -> None:
    """ptflops and calflops count a shared Linear 3 times too often, thop 9 times, torchinfo hardly at all."""
    net = Network()
    x = net.input(128, grad=True)
    for _ in range(3):
        with net.shared("projection"):
            x = net.linear(x, 128)
    assert net.parameters == 128 * 128 + 128
    assert net.forward_flop == 3 * 2 * 128 * 128


def test_sharing_under_one_key_must_be_the_same_layer() -> None:
    net = Network()
    x = net.input(8)
    with net.shared("layer"):
        net.linear(x, 8)
    with (
        pytest.raises(ValueError, match="layer: it was first used with 72 parameters, now with 81"),
        net.shared("layer"),
    ):
        net.linear(x, 9)


def test_albert_shares_one_layer_among_twelve() -> None:
    net = Network()
    x = net.input(64, 10, grad=True)
    with net.repeat(12, "layer"), net.shared("weights"):
        net.linear(x, 64)
    assert net.parameters == 64 * 64 + 64
    assert net.forward_flop == 12 * 2 * 10 * 64 * 64


@pytest.mark.parametrize(("top_k", "flop"), [(1, 1), (2, 2)])
def test_experts_cost_what_a_token_is_routed_to(top_k: int, flop: int) -> None:
    """llm-analysis gives the same FLOP for top-1 and top-2 of a Mixtral layer (d 4096, hidden 14336, 8 experts)."""
    net = Network(tokens=4096)
    net.moe(net.input(4096, 4096, grad=True), 8, top_k, 14336, gated=True)
    assert net.by_term()["experts"] == flop * 4096 * 6 * 4096 * 14336
    assert net.by_term()["router"] == 4096 * 2 * 4096 * 8
    assert net.parameters == 8 * 3 * 4096 * 14336 + 4096 * 8
    assert net.active_parameters == top_k * 3 * 4096 * 14336 + 4096 * 8


def test_shared_experts_run_for_every_token() -> None:
    net = Network()
    net.moe(net.input(64, 10, grad=True), 16, 2, 32, shared=48, gated=True)
    assert net.by_term()["feed-forward"] == 10 * 6 * 64 * 48


def test_grouped_queries_narrow_the_keys_and_values() -> None:
    """8 of 32 heads hold keys and values (Llama 3 8B): calflops fails on it, six other counters give 0."""
    net = Network()
    net.attention(net.input(4096, 512, grad=True), 32, kv_heads=8, bias=False)
    terms = net.by_term()
    assert terms["attention projections"] == 512 * (2 * 4096 * 128 * (32 + 2 * 8) + 2 * 32 * 128 * 4096)
    assert terms["attention"] == 512 * 4 * 32 * 128 * 512


def test_causal_attention_is_full_or_halved_on_request() -> None:
    full, half = Network(), Network()
    for net, causal in ((full, "full"), (half, "half")):
        net.attention_core(net.input(512, 2048, grad=True), 2048, 8, 64, causal=causal)
    assert full.forward_flop == 2 * half.forward_flop == 4 * 2048 * 2048 * 512


def test_a_sliding_window_sees_what_megatron_counts() -> None:
    """Tokens x 4 h d (W - W^2 / 2 T) of a causal window, and 4 h d W with every score counted."""
    length, window = 4096, 1024
    half, full = Network(), Network()
    half.attention_core(half.input(512, length), length, 8, 64, window=window, causal="half")
    full.attention_core(full.input(512, length), length, 8, 64, window=window)
    assert half.forward_flop == length * 4 * 512 * (window - window**2 / (2 * length))
    assert full.forward_flop == length * 4 * 512 * window


def test_a_window_longer_than_the_sequence_is_no_window() -> None:
    net, windowed = Network(), Network()
    net.attention_core(net.input(64, 100), 100, 2, 32, causal="half")
    windowed.attention_core(windowed.input(64, 100), 100, 2, 32, window=4096, causal="half")
    assert net.forward_flop == windowed.forward_flop


def test_cross_attention_reads_keys_from_the_other_sequence() -> None:
    net = Network()
    memory = net.input(48, 77, grad=True)
    net.attention(net.input(64, 10, grad=True), 4, context=memory, bias=False)
    terms = net.by_term()
    assert terms["attention projections"] == 2 * (10 * 64 * 64 * 2 + 77 * 48 * 128)
    assert terms["attention"] == 4 * 10 * 77 * 64


def test_latent_attention_of_deepseek_v3() -> None:
    """The terms of MaxText's and Megatron-LM's FLOP counts for DeepSeek-V3 (arXiv:2412.19437), per token."""
    width, heads, length = 7168, 128, 4096
    net = Network(tokens=length)
    net.mla(net.input(width, length, grad=True), heads, kv_rank=512, q_rank=1536, head_dim=128, rope_dim=64,
            value_dim=128, causal="half")  # fmt: skip
    terms = net.by_term()
    query = 2 * (width * 1536 + 1536 * heads * 192)
    keys_values = 2 * (width * (512 + 64) + 512 * heads * 256)
    assert terms["attention projections"] == length * (query + keys_values + 2 * heads * 128 * width)
    assert terms["attention"] == length * heads * length * (128 + 64 + 128)


@pytest.mark.parametrize(("cell", "gates"), [("rnn", 1), ("gru", 3), ("lstm", 4)])
def test_recurrent_cells_of_sevilla_et_al(cell: str, gates: int) -> None:
    """2 G (N + M) M a step, with the time steps that torchinfo forgets and the fused LSTM that fvcore gives 0."""
    net = Network()
    getattr(net, cell)(net.input(100, 30, grad=True), 200, biases=1)
    assert net.forward_flop == 30 * 2 * gates * (100 + 200) * 200
    assert net.parameters == gates * ((100 + 200) * 200 + 200)


def test_lstm_with_projection() -> None:
    """8 (N + P) M + 2 M P a step (Sak et al. 2014)."""
    net = Network()
    y = net.lstm(net.input(512, 20, grad=True), 2048, projection=512, biases=1)
    assert y.channels == 512
    assert net.forward_flop == 20 * (8 * (512 + 512) * 2048 + 2 * 2048 * 512)
    assert net.parameters == 4 * (512 + 512 + 1) * 2048 + 2048 * 512


def test_first_recurrent_step_has_no_gradient_for_a_zero_state() -> None:
    net, carried = Network(), Network()
    net.lstm(net.input(50, 10, grad=True), 60)
    carried.lstm(carried.input(50, 10, grad=True), 60, state=carried.input(60, grad=True))
    assert carried.backward_flop == 2 * carried.forward_flop
    assert carried.backward_flop - net.backward_flop == 2 * 4 * 60 * 60


def test_layers_of_an_lstm_are_counted_one_by_one() -> None:
    deep, chained = Network(), Network()
    deep.lstm(deep.input(30, 7), 40, layers=4, both=True)
    x = chained.input(30, 7)
    for _ in range(4):
        x = chained.lstm(x, 40, both=True)
    assert (deep.forward_flop, deep.backward_flop) == (chained.forward_flop, chained.backward_flop)
    assert deep.parameters == chained.parameters


def test_mamba_layer_of_megatron() -> None:
    """2 d (2 d_in + 2 G S + heads) + 7 d_in S + 2 d_in d a token (num_floating_point_operations), plus convolution."""
    width, inner, state, heads, length = 2560, 5120, 128, 80, 2048
    net = Network(tokens=length)
    net.mamba2(net.input(width, length, grad=True))
    projections = 2 * width * (2 * inner + 2 * state + heads) + 2 * inner * width
    assert net.forward_flop == length * (projections + 2 * 4 * (inner + 2 * state))
    scan = next(layer for layer in net.layers if layer.kind == "scan")
    assert scan.elementwise_flop == length * 7 * inner * state
    assert net.uncounted == ("the selective scan is element-wise: it is in elementwise_flop, not in forward_flop",)


def test_frozen_layers_pass_gradient_on_without_weight_gradients() -> None:
    net = Network()
    with net.frozen():
        x = net.linear(net.input(32), 64)
    assert not x.grad
    assert net.backward_flop == 0
    y = net.linear(x, 64)
    with net.frozen():
        net.linear(y, 10)
    assert net.backward_flop == 2 * 64 * 64 + 2 * 64 * 10
    assert net.trainable_parameters == 64 * 64 + 64
    assert net.frozen_flop == 2 * 32 * 64 + 2 * 64 * 10


def test_gpt2_with_frozen_blocks_has_a_ratio_of_1_404() -> None:
    """Embedding and logits trained, blocks frozen: measured with torch's counter, GPT-2 small at 1,024 tokens."""
    net = Network(tokens=1024)
    x = net.positions(net.embedding(1024, 50257, 768))
    with net.repeat(12, "layer"), net.frozen():
        _gpt2_layer(net, x)
    net.logits(x, 50257, tied=True)
    assert net.backward_ratio == pytest.approx(1.40358, abs=5e-6)


def test_gpt2_checkpointed_by_block_has_a_ratio_of_2_530() -> None:
    """PyTorch's non-reentrant checkpoint stops before the last product of each block; measured as above."""
    net = Network(tokens=1024)
    x = net.positions(net.embedding(1024, 50257, 768))
    with net.repeat(12, "layer"), net.checkpoint(early_stop=True):
        _gpt2_layer(net, x)
    net.logits(x, 50257, tied=True)
    assert net.backward_ratio == pytest.approx(2.53016, abs=5e-6)


def test_full_recomputation_adds_a_forward_pass_of_what_is_recomputed() -> None:
    net = Network()
    with net.checkpoint():
        net.linear(net.input(64, grad=True), 64)
    assert net.backward_ratio == 3
    assert net.recomputed_flop == net.forward_flop


def _gpt2_layer(net: Network, x: Shape) -> None:
    net.attention(net.layer_norm(x), 12)
    net.mlp(net.layer_norm(x), 3072)


def test_embeddings_are_looked_up_not_multiplied() -> None:
    net = Network(tokens=10)
    net.embedding(10, 50000, 512)
    assert (net.forward_flop, net.parameters) == (0, 50000 * 512)


def test_elementwise_work_is_counted_apart() -> None:
    """ELECTRA's flops_computation.py: a layer norm costs 5 FLOP an element, GELU 8."""
    net = Network()
    x = net.activation(net.layer_norm(net.input(768, 128)), "gelu")
    assert net.forward_flop == 0
    assert net.elementwise_flop == (5 + 8) * 768 * 128
    assert net.softmax(x) == x


def test_repeats_and_blocks_name_layers() -> None:
    net = Network()
    with net.block("stage1"), net.repeat(3, "block"):
        net.linear(net.input(4), 4, name="dense")
    [layer] = net.layers
    assert (layer.name, layer.repeat, layer.forward_flop, layer.parameters) == ("stage1/block/dense", 3, 96, 60)


def test_stack_counts_the_first_turn_apart_where_it_needs_no_gradient() -> None:
    stacked, written = Network(), Network()
    stacked.stack(5, stacked.input(16), lambda x: stacked.linear(x, 16))
    x = written.input(16)
    for _ in range(5):
        x = written.linear(x, 16)
    assert stacked.backward_flop == written.backward_flop == 2 * 5 * 512 - 512
    assert stacked.parameters == written.parameters
    assert len(stacked.layers) == 2


def test_counts_are_whole_numbers_beyond_64_bits() -> None:
    net = Network()
    net.linear(net.input(10**9, 10**9), 10**9)
    assert net.forward_flop == 2 * 10**27


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda n: n.conv(n.input(3, 8, 8), 4, 9), "conv: a window of 9 with stride 1 does not fit an input of 3x8x8"),
        (
            lambda n: n.conv(n.input(3, 8, 8), 4, 3, groups=2),
            "conv: 3 input and 4 output channels do not divide into 2",
        ),
        (lambda n: n.conv(n.input(3, 8, 8), 4, (3, 3, 3)), r"conv: \(3, 3, 3\) gives 3 extents; expected 2"),
        (lambda n: n.conv(n.input(3, 8, 8), 4, 3, padding="half"), "no padding is called 'half'"),
        (lambda n: n.linear(n.input(3), 0), "linear: 0 output channels; expected at least 1"),
        (lambda n: n.attention(n.input(10, 4), 3), "a width of 10 does not divide into 3 heads; give head_dim"),
        (lambda n: n.attention(n.input(12, 4), 3, kv_heads=2), "3 heads do not divide into 2 key-value heads"),
        (lambda n: n.attention(n.input(12, 4), 3, causal="both"), "causal is 'both'; expected 'full'"),
        (lambda n: n.add(n.input(3, 4, 4), n.input(4, 4, 4)), "add: cannot add 3x4x4 and 4x4x4: the channels differ"),
        (lambda n: n.concat(n.input(3, 4, 4), n.input(3, 2, 2)), "the extents differ"),
        (lambda n: n.moe(n.input(4, 2), 4, 5, 8), "moe: 5 of 4 experts; expected between 1 and 4"),
        (lambda n: n.activation(n.input(4), "rulu"), "no activation is called 'rulu'"),
        (lambda n: n.norm(n.input(4), "lair"), "no norm is called 'lair'"),
        (lambda n: n.input(3, 0), "is empty"),
        (lambda n: n.repeat(-1), "a block cannot be repeated -1 times"),
        (lambda n: n.max_pool(n.input(3, 2, 2), 5), "max_pool: a window of 5 does not fit an input of 3x2x2"),
        (lambda n: n.mamba2(n.input(10, 4), head_dim=64), "20 inner channels do not divide into heads of 64"),
    ],
)
def test_what_cannot_be_is_refused(build: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(Network())  # type: ignore[operator]


@given(
    channels=st.integers(1, 8),
    out=st.integers(1, 8),
    groups=st.integers(1, 3),
    size=st.lists(st.integers(5, 20), min_size=1, max_size=3),
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    grad=st.booleans(),
)
def test_a_convolution_counts_every_tap_of_every_output(
    channels: int, out: int, groups: int, size: list[int], kernel: int, stride: int, padding: int, grad: bool
) -> None:
    """Windows counted one by one, in any rank, are the FLOP; the backward pass is as large again for each gradient."""
    net = Network()
    y = net.conv(net.input(channels * groups, *size, grad=grad), out * groups, kernel, stride, padding, groups=groups)
    starts = [len(range(-padding, extent + padding - kernel + 1, stride)) for extent in size]
    assert y.size == tuple(starts)
    taps = kernel ** len(size)
    windows = 1
    for count in starts:
        windows *= count
    assert net.forward_flop == 2 * windows * out * groups * channels * taps
    assert net.backward_flop == net.forward_flop * (1 + grad)


@given(count=st.integers(1, 6), width=st.integers(1, 9), trained=st.booleans(), grad=st.booleans())
def test_repeat_is_the_same_as_writing_it_out(count: int, width: int, trained: bool, grad: bool) -> None:
    repeated, written = Network(), Network()
    x = repeated.input(width, 3, grad=grad)
    scope = repeated.block("all") if trained else repeated.frozen()
    with scope, repeated.repeat(count):
        repeated.mlp(x, 5)
    y = written.input(width, 3, grad=grad)
    for _ in range(count):
        with written.block("one") if trained else written.frozen():
            written.mlp(y, 5)
    for total in ("forward_flop", "backward_flop", "elementwise_flop", "parameters", "trainable_parameters"):
        assert getattr(repeated, total) == getattr(written, total)
