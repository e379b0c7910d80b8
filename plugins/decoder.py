"""Transformer decoders: one token predicted at every position (GPT, PaLM, Llama, Mixtral, DeepSeek)."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.decoder_variants import PUBLISHED, VARIANTS
from computeest_plugins.transformer_blocks import Block, layer, stack

POSITIONS = ("learned", "rotary", "alibi", "relative", "sinusoidal", "none")


def decoder(
    layers: int,
    width: int,
    heads: int | None = None,
    vocabulary: int = 50257,
    sequence_length: int = 2048,
    kv_heads: int | None = None,
    head_dim: int | None = None,
    feed_forward: int | None = None,
    gated: bool = False,
    activation: str = "gelu",
    norm: str = "layer",
    bias: bool = True,
    qkv_bias: bool | None = None,
    output_bias: bool | None = None,
    tied: bool = True,
    logits_bias: bool = False,
    positions: str = "learned",
    position_rows: int | None = None,
    embedding_width: int | None = None,
    embedding_norm: bool = False,
    final_norm: bool = True,
    parallel: int = 0,
    sandwich: bool = False,
    norm_heads: bool = False,
    more_parameters: int = 0,
    window: int | None = None,
    global_every: int = 0,
    global_layers: int = 0,
    causal: str = "full",
    experts: int = 0,
    experts_per_token: int = 2,
    expert_feed_forward: int | None = None,
    expert_gated: bool | None = None,
    shared_feed_forward: int = 0,
    shared_gate: bool = False,
    router_bias: bool = False,
    dense_layers: int = 0,
    expert_every: int = 1,
    q_rank: int | None = None,
    kv_rank: int | None = None,
    rope_dim: int = 0,
    value_dim: int | None = None,
    next_tokens: int = 0,
    classes: int | None = None,
    class_bias: bool = False,
) -> Network:
    """One sequence through a decoder; forward FLOP a token is forward_flop over sequence_length.

    The defaults are GPT-2's: learned positions, biases, feed_forward = 4 width, the embedding reused for the logits.
    causal="full" counts the whole square of scores, the convention of model FLOP (PaLM, appendix B); "half" counts what
    a causal mask leaves (Megatron-LM). `next_tokens` adds DeepSeek-V3's modules that predict further tokens.
    With `classes` every position is scored for so many classes in place of words (a reward model); 0 stops before that.
    """
    if positions not in POSITIONS:
        raise ValueError(f"positions: '{positions}' is not one of {', '.join(POSITIONS)}")
    if heads is None:  # the FLOP do not depend on it where head_dim is width / heads
        heads = width // (head_dim or _usual_head(width))
    block = Block(
        heads,
        kv_heads,
        head_dim,
        4 * width if feed_forward is None else feed_forward,
        gated,
        norm,
        bias,
        (bias and not kv_rank) if qkv_bias is None else qkv_bias,
        bias if output_bias is None else output_bias,
        activation,
        parallel,
        sandwich,
        norm_heads,
        more_parameters,
        window,
        causal,
        positions == "relative",
        experts,
        experts_per_token,
        expert_feed_forward or 0,
        gated if expert_gated is None else expert_gated,
        shared_feed_forward,
        shared_gate,
        router_bias,
        q_rank,
        kv_rank,
        rope_dim,
        value_dim,
    )
    net = Network(tokens=sequence_length)
    x = _embedded(net, sequence_length, vocabulary, width, embedding_width, positions, position_rows)
    if embedding_norm:
        x = net.norm(x, norm, "embedding_norm")
    x = stack(net, x, layers, block, dense_layers, expert_every, global_every, global_layers)
    if final_norm:
        x = net.norm(x, norm, "final_norm")
    y = x
    if embedding_width is not None and embedding_width != width:
        y = net.linear(x, embedding_width, bias=False, name="to_embedding_width")
    if classes is None:
        net.logits(y, vocabulary, logits_bias, tied)
    elif classes:
        net.linear(y, classes, class_bias, "classifier", "logits")
    if next_tokens:
        _next_tokens(net, x, next_tokens, block, vocabulary)
    return net


def _usual_head(width: int) -> int:
    return next((size for size in (128, 64, 32, 16, 8, 4, 2) if width % size == 0), 1)


def _embedded(
    net: Network, length: int, vocabulary: int, width: int, inner: int | None, positions: str, rows: int | None
) -> Shape:
    x = net.embedding(length, vocabulary, width if inner is None else inner)
    if inner is not None and inner != width:
        x = net.linear(x, width, bias=False, name="from_embedding_width")
    if positions == "learned":
        x = net.positions(x, rows)
    return x


def _next_tokens(net: Network, x: Shape, count: int, block: Block, vocabulary: int) -> None:
    """Multi-token prediction (DeepSeek-V3, section 2.2): for each, a layer and a product with the shared logits."""
    with net.repeat(count, "next_token"):
        joined = net.concat(net.norm(x, block.norm, "state_norm"), net.norm(x, block.norm, "embedding_norm"))
        y = net.linear(joined, x.channels, bias=False, name="join")
        y = layer(net, y, block, block.experts > 0, block.window)
        net.logits(net.norm(y, block.norm, "final_norm"), vocabulary, tied=True)


@hookimpl
def computeest_families() -> list[Family]:
    """The transformer decoder."""
    return [
        Family(
            name="decoder",
            forward=decoder,
            example="sequence",
            source="Vaswani et al. 2017, arXiv:1706.03762; Radford et al. 2019, Language models are unsupervised "
            "multitask learners; Chowdhery et al. 2022, arXiv:2204.02311; Touvron et al. 2023, arXiv:2302.13971; "
            "DeepSeek-AI 2024, arXiv:2412.19437",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
