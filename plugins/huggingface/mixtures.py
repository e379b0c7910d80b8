"""Mixtures of Hugging Face whose layers are of several kinds, each named by the configuration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from computeest.contract import Network, Shape
from computeest_plugins.huggingface.config import Config, task
from computeest_plugins.huggingface.hybrids import Part, delta_rule, model_of


def _parts_of(c: Config, layers: int, first_dense: int) -> tuple[str, ...]:
    """Which layers are dense and which sparse: as mlp_layer_types says or, without it, the first so many dense."""
    named = c.words("mlp_layer_types")
    if not named:
        return tuple("dense" if place < first_dense else "sparse" for place in range(layers))
    if len(named) != layers or set(named) - {"dense", "sparse"}:
        raise ValueError(f"config.json of a {c.kind}: mlp_layer_types must name {layers} layers, dense or sparse")
    return named


def _kinds_of(c: Config, layers: int, known: tuple[str, ...]) -> tuple[str, ...]:
    """What each layer attends to, which must be of the kinds known."""
    named = c.words("layer_types")
    if len(named) != layers:
        raise ValueError(f"config.json of a {c.kind}: layer_types names {len(named)} layers, not {layers}")
    if other := set(named) - set(known):
        raise ValueError(f"config.json of a {c.kind}: layers of the type {min(other)!r} are not supported")
    return named


def beam(c: Config, length: int) -> Network:
    """Beam: gated attention, norms before and after each part, a mixture but in the first layers."""
    net, width, words = Network(tokens=length), c.count("hidden_size", 5120), c.count("vocab_size", 151936)
    heads, layers = c.count("num_attention_heads", 48), c.count("num_hidden_layers", 52)
    dims, shared = c.count("head_dim", 128), c.count("num_key_value_heads", 8)
    kinds, parts = _kinds_of(c, layers, ("sliding_attention", "full_attention")), _parts_of(c, layers, 3)
    bias = c.flag("attention_bias", default=False)
    x = net.embedding(length, words, width)
    for (kind, part), count in Counter(zip(kinds, parts, strict=True)).items():
        window = c.count("sliding_window", 512) if kind == "sliding_attention" else None
        with net.repeat(count, f"{kind}, {part}"):
            y = net.rms_norm(x)
            net.linear(y, heads * dims, bias=False, name="attention.gate", term="attention projections")
            net.parameter(heads, "attention.gate_bias")
            y = net.attention(y, heads, kv_heads=shared, head_dim=dims, window=window, bias=bias, norm_heads=True)
            x = net.add(x, net.rms_norm(y))
            y = net.rms_norm(x)
            if part == "dense":
                y = net.mlp(y, c.count("intermediate_size", 20480), gated=True, bias=False, activation="silu")
            else:
                y = net.moe(y, c.count("num_experts", 256), c.count("num_experts_per_tok", 8),
                            c.count("moe_intermediate_size", 2560), gated=True)  # fmt: skip
            x = net.add(x, net.rms_norm(y))
    x = net.rms_norm(x, name="final_norm")
    if task(c, "words") == "words":
        net.logits(x, words, tied=c.flag("tie_word_embeddings", default=False))
    return net


def mimo(c: Config, length: int) -> Network:
    """MiMo V2 Flash: values narrower than keys; windows have twice the heads of keys, and a sink for each head.

    The first layer and each sixth see all positions, as its own file's `hybrid_layer_pattern` has it too.
    """
    c = Config({"vocab_size": 152576, **c.values}, c.kind)
    layers, bias = c.count("num_hidden_layers", 48), c.flag("attention_bias", default=False)
    heads, shared = c.count("num_attention_heads", 64), c.count("num_key_value_heads", 4)
    key_dim, value_dim = c.count("head_dim", 192), c.count("v_head_dim", 128)
    slides = [int(place > 0 and (place + 1) % 6 > 0) for place in range(layers)]
    usual = {"hybrid_layer_pattern": slides, "moe_layer_freq": [0] + [1] * (layers - 1),
             "swa_num_key_value_heads": 2 * shared, "swa_num_attention_heads": heads}  # fmt: skip
    if other := [key for key, value in usual.items() if c.values.get(key) not in (None, value)]:
        raise ValueError(f"config.json of a {c.kind}: {other[0]} is not that of MiMo V2 Flash; no other is supported")
    kinds = tuple("sliding_attention" if one else "full_attention" for one in slides)
    if c.words("layer_types"):
        kinds = _kinds_of(c, layers, ("sliding_attention", "full_attention"))

    def attention(groups: int, window: int | None) -> Part:
        def part(net: Network, x: Shape) -> Shape:
            seen = x.positions if window is None else min(window, x.positions)
            term = "attention projections"
            net.linear(x, heads * key_dim + groups * (key_dim + value_dim), bias, "attention.qkv", term)
            net.matmul(x._replace(grad=True), x.positions, key_dim, seen, heads, "attention.scores")
            y = net.matmul(x._replace(grad=True), x.positions, seen, value_dim, heads, "attention.values")
            if window is not None:
                net.parameter(heads, "attention.sinks")
            return net.linear(y, x.channels, bias=False, name="attention.out", term=term)

        return part

    parts: dict[str, Part] = {
        "full_attention": attention(shared, None),
        "sliding_attention": attention(2 * shared, c.count("sliding_window", 129)),
        **_feed_forward(c, 16384, 256, 8, 2048),
    }
    return model_of(c, length, zip(kinds, _parts_of(c, layers, 1), strict=True), parts)


def _feed_forward(c: Config, hidden: int, experts: int, top: int, each: int, shared: int = 0,
                  keys: Mapping[str, str] | None = None) -> dict[str, Part]:  # fmt: skip
    """A dense part and a mixture; `keys` are what the type calls its sizes, where not as most do."""
    names = {"hidden": "intermediate_size", "experts": "n_routed_experts", "top": "num_experts_per_tok",
             "each": "moe_intermediate_size", **(keys or {})}  # fmt: skip

    def dense(net: Network, x: Shape) -> Shape:
        return net.mlp(x, c.count(names["hidden"], hidden), gated=True, bias=False, activation="silu",
                       name="feed_forward")  # fmt: skip

    def sparse(net: Network, x: Shape) -> Shape:
        return net.moe(x, c.count(names["experts"], experts), c.count(names["top"], top), c.count(names["each"], each),
                       shared=shared, gated=True)  # fmt: skip

    return {"dense": dense, "sparse": sparse}


def kimi_linear(c: Config, length: int) -> Network:
    """Kimi Linear: three delta rules whose decay is each channel's own for each layer of latent attention.

    Moonshot's own file names the layers in `linear_attn_config`, counted from one.
    """
    c = Config({"hidden_size": 2304, "vocab_size": 163840, **c.values}, c.kind)
    layers, width = c.count("num_hidden_layers", 27), c.count("hidden_size")
    own = c.part("linear_attn_config", "linear attention")
    if "full_attn_layers" in own.values:
        full = own.indices("full_attn_layers")
        kinds = tuple("full_attention" if place + 1 in full else "linear_attention" for place in range(layers))
    else:
        kinds = _kinds_of(c, layers, ("linear_attention", "full_attention"))
    heads = own.count("num_heads", c.count("linear_num_heads", 32))
    dims = own.count("head_dim", c.count("linear_head_dim", 128))
    taps = own.count("short_conv_kernel_size", c.count("linear_conv_kernel_dim", 4))
    inner = heads * dims

    def delta(net: Network, x: Shape) -> Shape:
        net.linear(x, 3 * inner + heads, bias=False, name="delta.in", term="state space")
        y = x._replace(channels=3 * inner, grad=True)
        net.conv(y, 3 * inner, (taps,), padding="same", groups=3 * inner, bias=False, name="delta.conv")
        for gate in ("forget", "output"):
            narrow = net.linear(x, dims, bias=False, name=f"delta.{gate}_down", term="state space")
            net.linear(narrow, inner, bias=False, name=f"delta.{gate}_up", term="state space")
        net.parameter(inner + heads + dims, "delta.decay_and_norm")
        delta_rule(net, y, heads, dims, dims)
        return net.linear(y._replace(channels=inner), width, bias=False, name="delta.out", term="state space")

    def latent(net: Network, x: Shape) -> Shape:
        return net.mla(x, c.count("num_attention_heads", 32), kv_rank=c.count("kv_lora_rank", 512),
                       q_rank=c.optional("q_lora_rank"), head_dim=c.count("qk_nope_head_dim", 128),
                       rope_dim=c.number("qk_rope_head_dim", 64), value_dim=c.count("v_head_dim", 128),
                       name="attention")  # fmt: skip

    each = c.count("moe_intermediate_size", 1024)
    names = {"experts": "num_experts", "top": "num_experts_per_token"}
    parts: dict[str, Part] = {"linear_attention": delta, "full_attention": latent,
                              **_feed_forward(c, 9216, 256, 8, 1024, c.number("num_shared_experts", 1) * each, names)}
    first = c.number("first_k_dense_replace", 1)
    return model_of(c, length, zip(kinds, _parts_of(c, layers, first), strict=True), parts)


def minimax_m3(c: Config, length: int) -> Network:
    """MiniMax M3's language model where all layers see everything: a mixture with a shared expert, normed heads.

    MiniMax's own file says in `moe_layer_freq` which layers are dense, and in `sparse_attention_config` which sparse.
    """
    usual: dict[str, Any] = {"hidden_size": 6144, "vocab_size": 200064, "head_dim": 128}
    often = c.values.get("moe_layer_freq")
    if isinstance(often, list):
        usual = {"mlp_layer_types": ["sparse" if one else "dense" for one in often], **usual}
    sparse = c.part("sparse_attention_config", "sparse attention").values.get("sparse_attention_freq")
    if isinstance(sparse, list) and any(sparse):
        raise ValueError(f"config.json of a {c.kind}: layers of sparse attention are not supported")
    c = Config({**usual, **c.values}, c.kind)
    layers, width = c.count("num_hidden_layers", 60), c.count("hidden_size", 6144)
    heads, shared = c.count("num_attention_heads", 64), c.count("num_key_value_heads", 4)
    dims = c.optional("head_dim") or width // heads
    kinds = _kinds_of(c, layers, ("full_attention",))

    def attention(net: Network, x: Shape) -> Shape:
        return net.attention(x, heads, kv_heads=shared, head_dim=dims, bias=False, norm_heads=True)

    names = {"hidden": "dense_intermediate_size", "experts": "num_local_experts", "each": "intermediate_size"}
    beside = c.number("shared_intermediate_size", 3072)
    parts: dict[str, Part] = {"full_attention": attention, **_feed_forward(c, 12288, 128, 4, 3072, beside, names)}
    return model_of(c, length, zip(kinds, _parts_of(c, layers, 0), strict=True), parts)


MIXTURES: dict[str, Callable[[Config, int], Network]] = {
    "beam": beam,
    "kimi_linear": kimi_linear,
    "mimo_v2_flash": mimo,
    "minimax_m3_vl_text": minimax_m3,
}
