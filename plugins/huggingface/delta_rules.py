"""Model types of Hugging Face most of whose layers rewrite a state by the delta rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from computeest.contract import Network, Shape
from computeest_plugins.huggingface.config import Config
from computeest_plugins.huggingface.hybrids import Part, attention_part, kinds_of, mlp_part, model_of
from computeest_plugins.huggingface.mixtures import feed_forward_parts, listed_kinds, parts_of


def delta_rule(net: Network, x: Shape, heads: int, key_dim: int, value_dim: int, name: str = "delta") -> None:
    """A state of key_dim x value_dim for each head, read and rewritten at each position: three products with it."""
    forward = 3 * 2 * x.positions * heads * key_dim * value_dim
    y = x._replace(channels=heads * value_dim)
    net.counted(y, forward, 2 * forward, kind="delta rule", term="state space", name=name,
                elementwise=x.positions * heads * key_dim * value_dim)  # fmt: skip


def _delta_net(c: Config) -> Part:
    """The gated delta rule of Qwen 3 Next (Yang et al. 2024, arXiv:2412.06464)."""
    keys, values = c.count("linear_num_key_heads", 16), c.count("linear_num_value_heads", 32)
    key_dim, value_dim = c.count("linear_key_head_dim", 128), c.count("linear_value_head_dim", 128)
    taps = c.count("linear_conv_kernel_dim", 4)

    def part(net: Network, x: Shape) -> Shape:
        mixed = 2 * keys * key_dim + values * value_dim
        net.linear(x, mixed + values * value_dim + 2 * values, bias=False, name="delta.in", term="state space")
        y = x._replace(channels=mixed, grad=True)
        net.conv(y, mixed, (taps,), padding="same", groups=mixed, bias=False, name="delta.conv")
        net.parameter(2 * values + value_dim, "delta.decay_and_norm")
        delta_rule(net, y, values, key_dim, value_dim)
        return net.linear(y._replace(channels=values * value_dim), x.channels, bias=False, name="delta.out",
                          term="state space")  # fmt: skip

    return part


def qwen3_next(c: Config, length: int) -> Network:
    """Qwen 3 Next and Qwen 3.5: three delta rules for each layer of gated attention; a mixture, or one MLP."""
    count = c.count("num_hidden_layers", 48)
    experts = c.optional("num_experts", 512 if c.kind == "qwen3_next" else None)
    dense, step = c.indices("mlp_only_layers"), c.count("decoder_sparse_step", 1)

    def mixture(net: Network, x: Shape) -> Shape:
        shared = c.number("shared_expert_intermediate_size", 512)
        return net.moe(x, experts or 1, c.count("num_experts_per_tok", 10), c.count("moe_intermediate_size", 512),
                       shared=shared, gated=True, shared_gate=True)  # fmt: skip

    every = c.count("full_attention_interval", 4)
    attends = kinds_of(c, count, lambda place: (place + 1) % every == 0)
    hidden = c.count("intermediate_size", 5632) if not experts or dense or step > 1 else 1
    parts: dict[str, Part] = {
        "attention": attention_part(c, kv_heads=2, head_dim=256, gate=True, norms=True),
        "delta": _delta_net(c), "mixture": mixture, "mlp": mlp_part(c, hidden),
    }  # fmt: skip
    layers = [("attention" if one else "delta",
               "mixture" if experts and place not in dense and (place + 1) % step == 0 else "mlp")
              for place, one in enumerate(attends)]  # fmt: skip
    return model_of(c, length, layers, parts)


def olmo_hybrid(c: Config, length: int) -> Network:
    """OLMo Hybrid: three gated delta rules for each layer of attention, whose queries and keys are normed whole."""
    count, width = c.count("num_hidden_layers", 32), c.count("hidden_size", 3840)
    heads = c.count("num_attention_heads", 30)
    keys = c.optional("linear_num_key_heads") or heads
    key_dim = c.optional("linear_key_head_dim") or 3 * width // (4 * keys)
    usual = {"hidden_size": width, "num_attention_heads": heads, "linear_num_key_heads": keys,
             "linear_num_value_heads": heads, "linear_key_head_dim": key_dim, "linear_value_head_dim": 2 * key_dim,
             "vocab_size": 100352}  # fmt: skip
    c = Config({**usual, **{key: value for key, value in c.values.items() if value is not None}}, c.kind)
    attention, both = attention_part(c), heads + (c.optional("num_key_value_heads") or heads)

    def normed(net: Network, x: Shape) -> Shape:
        net.parameter(both * (width // heads), "attention.norms")
        return attention(net, x)

    hidden = c.count("intermediate_size", 11008)
    parts: dict[str, Part] = {"attention": normed, "delta": _delta_net(c), "mlp": mlp_part(c, hidden)}
    attends = kinds_of(c, count, lambda place: place % 4 == 3 or (count < 4 and place == count - 1))
    return model_of(c, length, [("attention" if one else "delta", "mlp") for one in attends], parts)


#: Sizes of Ling 3 Flash's class (bailing_hybrid), and what its files must say of it: Ling 2.5's go by the same type.
_LING: dict[str, Any] = {
    "hidden_size": 2560, "vocab_size": 157184, "intermediate_size": 6144, "moe_intermediate_size": 768,
    "num_experts": 512, "num_hidden_layers": 42, "first_k_dense_replace": 2,
}
_LING_ONLY = {"no_kda_lora": True, "gated_attention_proj_granularity_type": "head_wise"}


def _ling(c: Config) -> Config:
    """A file of Ling 3 with what its class has where it says nothing; Ling 2.5's, and other gates, are refused."""
    c = Config({**_LING, **c.values}, c.kind)
    if not {"short_conv_kernel_size", "linear_conv_kernel_dim"} & c.values.keys():
        raise ValueError("config.json of a bailing_hybrid: short_conv_kernel_size is missing; lightning attention "
                         "(Ling 2.5) is not supported")  # fmt: skip
    for key, value in _LING_ONLY.items():
        if c.values.get(key, value) != value:
            raise ValueError(f"config.json of a bailing_hybrid: {key} is {c.values[key]}; only {value} is supported")
    each = c.count("moe_intermediate_size")
    beside = each * c.number("num_shared_experts", 1)
    if c.number("moe_shared_expert_intermediate_size", each) not in (each, beside):
        raise ValueError("config.json of a bailing_hybrid: moe_shared_expert_intermediate_size is not an expert's")
    return c


def kimi_linear(c: Config, length: int) -> Network:
    """Kimi Linear: three delta rules whose decay is each channel's own for each layer of latent attention.

    Moonshot's own file names the layers in `linear_attn_config`, counted from one. Ling 3 has five to one, gates of all
    channels, and of each head's answer.
    """
    ling = c.kind == "bailing_hybrid"
    c = _ling(c) if ling else Config({"hidden_size": 2304, "vocab_size": 163840, **c.values}, c.kind)
    layers, width = c.count("num_hidden_layers", 27), c.count("hidden_size")
    own = c.part("linear_attn_config", "linear attention")
    if "full_attn_layers" in own.values:
        full = own.indices("full_attn_layers")
        kinds = tuple("full_attention" if place + 1 in full else "linear_attention" for place in range(layers))
    elif ling and not c.words("layer_types"):
        every = c.count("layer_group_size", 6)
        kinds = tuple("linear_attention" if (place + 1) % every else "full_attention" for place in range(layers))
    else:
        kinds = listed_kinds(c, layers, ("linear_attention", "full_attention"))
    heads = own.count("num_heads", c.count("linear_num_heads", 32, *(("num_attention_heads",) if ling else ())))
    dims = own.count("head_dim", c.count("linear_head_dim", 128, *(("head_dim",) if ling else ())))
    taps = own.count("short_conv_kernel_size", c.count("linear_conv_kernel_dim", 4, "short_conv_kernel_size"))
    inner = heads * dims

    def delta(net: Network, x: Shape) -> Shape:
        net.linear(x, 3 * inner + heads, bias=False, name="delta.in", term="state space")
        y = x._replace(channels=3 * inner, grad=True)
        net.conv(y, 3 * inner, (taps,), padding="same", groups=3 * inner, bias=False, name="delta.conv")
        for gate in ("forget", "output"):
            narrow = x if ling else net.linear(x, dims, bias=False, name=f"delta.{gate}_down", term="state space")
            net.linear(narrow, inner, bias=False, name=f"delta.{gate}_up", term="state space")
        net.parameter(inner + heads + dims, "delta.decay_and_norm")
        delta_rule(net, y, heads, dims, dims)
        return net.linear(y._replace(channels=inner), width, bias=False, name="delta.out", term="state space")

    def latent(net: Network, x: Shape) -> Shape:
        attending = c.count("num_attention_heads", 32)
        if ling:
            net.linear(x, attending, bias=False, name="attention.gate", term="attention projections")
        return net.mla(x, attending, kv_rank=c.count("kv_lora_rank", 512), bias=c.flag("attention_bias", default=False),
                       q_rank=c.optional("q_lora_rank"), head_dim=c.count("qk_nope_head_dim", 128),
                       rope_dim=c.number("qk_rope_head_dim", 64), value_dim=c.count("v_head_dim", 128),
                       name="attention")  # fmt: skip

    each = c.count("moe_intermediate_size", 1024)
    names = {"experts": "num_experts", "top": "num_experts_per_token"}
    shared = c.number("num_shared_experts", 1) * each
    parts: dict[str, Part] = {"linear_attention": delta, "full_attention": latent,
                              **feed_forward_parts(c, 9216, 256, 8, 1024, shared, names)}  # fmt: skip
    first = c.number("first_k_dense_replace", 1)
    return model_of(c, length, zip(kinds, parts_of(c, layers, first), strict=True), parts)


DELTA_RULES: dict[str, Callable[[Config, int], Network]] = {
    **dict.fromkeys(("qwen3_next", "qwen3_5_text", "qwen3_5_moe_text"), qwen3_next),
    "olmo_hybrid": olmo_hybrid,
    **dict.fromkeys(("kimi_linear", "bailing_hybrid"), kimi_linear),
}
