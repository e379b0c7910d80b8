"""Blocks that the transformer families are built of."""

from __future__ import annotations

from typing import NamedTuple

from computeest.contract import Network, Shape


class Block(NamedTuple):
    """What one transformer layer is made of; widths in channels, lengths in tokens."""

    heads: int
    kv_heads: int | None
    head_dim: int | None
    #: Hidden channels of the feed-forward part.
    feed_forward: int
    gated: bool = False
    norm: str = "layer"
    #: Biases: of the feed-forward matrices, of queries, keys and values, of the attention's output.
    bias: bool = True
    qkv_bias: bool = True
    output_bias: bool = True
    activation: str = "gelu"
    #: Attention and feed-forward side by side, on one norm or (`parallel: 2`) on one each.
    parallel: int = 0
    #: Norms after attention and after the feed-forward part, beside those before (Gemma 2).
    sandwich: bool = False
    #: Norm of each query and key head (Qwen 3, Gemma 3).
    norm_heads: bool = False
    #: Weights of a layer beside its matrices and usual norms: other norms of queries and keys, attention sinks.
    more_parameters: int = 0
    window: int | None = None
    causal: str = "full"
    #: Relative position terms inside attention (Transformer-XL), which need a matrix of their own.
    relative: bool = False
    experts: int = 0
    experts_per_token: int = 1
    expert_feed_forward: int = 0
    expert_gated: bool = False
    shared_feed_forward: int = 0
    shared_gate: bool = False
    router_bias: bool = False
    #: Latent attention (DeepSeek): ranks of queries and of keys and values, rotary and value channels of a head.
    q_rank: int | None = None
    kv_rank: int | None = None
    rope_dim: int = 0
    value_dim: int | None = None


def self_attention(net: Network, x: Shape, block: Block, window: int | None = None) -> Shape:
    """Attention of a sequence to itself, as the block has it."""
    if block.kv_rank:
        if block.head_dim is None or block.value_dim is None:
            raise ValueError("latent attention (kv_rank) needs head_dim and value_dim")
        return net.mla(
            x,
            block.heads,
            kv_rank=block.kv_rank,
            q_rank=block.q_rank,
            head_dim=block.head_dim,
            rope_dim=block.rope_dim,
            value_dim=block.value_dim,
            bias=block.qkv_bias,
            window=window,
            causal=block.causal,
            name="attention",
        )
    y = net.attention(
        x,
        block.heads,
        kv_heads=block.kv_heads,
        head_dim=block.head_dim,
        window=window,
        causal=block.causal,
        bias=block.qkv_bias,
        output_bias=block.output_bias,
        norm_heads=block.norm_heads,
    )
    if block.relative:
        width, length = block.heads * (block.head_dim or x.channels // block.heads), x.positions
        # sinusoids of the distances, projected, and a second score for each pair; two learned offsets (Dai et al. 2019)
        distances = Shape(x.channels, (length,), grad=False, positions=length)
        projected = net.linear(distances, width, bias=False, name="attention.relative", term="attention projections")
        net.matmul(projected, length, width // block.heads, length, block.heads, "attention.relative_scores")
        net.parameter(2 * width, "attention.relative_offsets")
    return y


def feed_forward(net: Network, x: Shape, block: Block, mixture: bool) -> Shape:
    """The part that treats each position on its own: one MLP, or a mixture of them."""
    if not mixture:
        return net.mlp(
            x, block.feed_forward, gated=block.gated, bias=block.bias, activation=block.activation, name="feed_forward"
        )
    return net.moe(
        x,
        block.experts,
        block.experts_per_token,
        block.expert_feed_forward or block.feed_forward,
        shared=block.shared_feed_forward,
        gated=block.expert_gated,
        bias=block.bias,
        shared_gate=block.shared_gate,
        router_bias=block.router_bias,
        activation=block.activation,
    )


def layer(net: Network, x: Shape, block: Block, mixture: bool = False, window: int | None = None) -> Shape:
    """One transformer layer, its norms before each part (pre-norm)."""
    if block.more_parameters:
        net.parameter(block.more_parameters, "norms_and_sinks")
    y = net.norm(x, block.norm, "attention_norm")
    a = self_attention(net, y, block, window)
    if block.parallel:
        if block.parallel == 2:
            y = net.norm(x, block.norm, "feed_forward_norm")
        return net.add(x, a, feed_forward(net, y, block, mixture))
    if block.sandwich:
        a = net.norm(a, block.norm, "after_attention_norm")
    x = net.add(x, a)
    y = feed_forward(net, net.norm(x, block.norm, "feed_forward_norm"), block, mixture)
    if block.sandwich:
        y = net.norm(y, block.norm, "after_feed_forward_norm")
    return net.add(x, y)


def stack(
    net: Network,
    x: Shape,
    layers: int,
    block: Block,
    dense_layers: int = 0,
    expert_every: int = 1,
    global_every: int = 0,
    global_layers: int = 0,
) -> Shape:
    """`layers` layers: the first `dense_layers` without experts, then every `expert_every`-th with them.

    With a window, the first `global_layers` and every `global_every`-th layer see the whole sequence (0: none does).
    """
    kinds = kinds_of(layers, block, dense_layers, expert_every, global_every, global_layers)
    for (mixture, windowed), count in kinds.items():
        label = ("mixture" if mixture else "dense") if block.experts else "layer"
        if block.window is not None and (global_every or global_layers):
            label += ", windowed" if windowed else ", global"
        with net.repeat(count, label):
            y = layer(net, x, block, mixture, block.window if windowed else None)
        x = y
    return x


def kinds_of(
    layers: int, block: Block, dense_layers: int, expert_every: int, global_every: int, global_layers: int = 0
) -> dict[tuple[bool, bool], int]:
    """How many layers there are of each kind: (with experts, windowed)."""
    windowed = block.window is not None
    if not 1 <= layers <= 10_000:
        raise ValueError(f"layers: {layers} is out of range; expected between 1 and 10,000")
    if expert_every < 1 or global_every < 0 or not 0 <= dense_layers <= layers:
        raise ValueError("expert_every must be at least 1, global_every at least 0, dense_layers at most layers")
    if not 0 <= global_layers <= layers:
        raise ValueError("global_layers must be at least 0 and at most layers")
    if not windowed or not (global_every or global_layers):
        if not block.experts:
            return {(False, windowed): layers}
        mixtures = (layers - dense_layers) // expert_every
        counts = {(False, windowed): layers - mixtures, (True, windowed): mixtures}
        return {kind: count for kind, count in counts.items() if count}
    if not block.experts and not global_every:
        counts = {(False, False): global_layers, (False, True): layers - global_layers}
        return {kind: count for kind, count in counts.items() if count}
    found: dict[tuple[bool, bool], int] = {}
    for index in range(layers):
        mixture = bool(block.experts) and index >= dense_layers and (index - dense_layers + 1) % expert_every == 0
        whole = index < global_layers or (global_every and (index + 1) % global_every == 0)
        kind = mixture, not whole
        found[kind] = found.get(kind, 0) + 1
    return found
