"""Llama and its descendants on Hugging Face: RMS norm, gated feed-forward parts, rotary positions, mixtures.

The defaults are those of each type's configuration class in the transformers library.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from computeest_plugins.huggingface.config import Config

#: The decoder family's parameters that a config.json sets.
Facts = dict[str, Any]


def modern(c: Config, width: int, layers: int, heads: int, hidden: int, words: int, *, tied: bool = False) -> Facts:
    """What Llama and its descendants share: RMS norm, a gated feed-forward part, rotary positions, no biases."""
    return {
        "width": c.count("hidden_size", width),
        "layers": c.count("num_hidden_layers", layers),
        "heads": c.count("num_attention_heads", heads),
        "kv_heads": c.optional("num_key_value_heads"),
        "head_dim": c.optional("head_dim"),
        "feed_forward": c.count("intermediate_size", hidden),
        "vocabulary": c.count("vocab_size", words),
        "gated": True,
        "activation": "silu",
        "norm": "rms",
        "bias": False,
        "positions": "rotary",
        "tied": c.flag("tie_word_embeddings", default=tied),
    }


def llama(c: Config) -> Facts:
    """Llama 1 to 3, and models that took its shape over."""
    bias = c.flag("attention_bias", default=False)
    facts = modern(c, 4096, 32, 32, 11008, 32000)
    return {**facts, "bias": c.flag("mlp_bias", default=False), "qkv_bias": bias, "output_bias": bias}


def olmo(c: Config) -> Facts:
    """OLMo 1: norms without weights."""
    bias = c.flag("attention_bias", default=False)
    facts = modern(c, 4096, 32, 32, 11008, 50304)
    return {**facts, "norm": "layer without weights", "qkv_bias": bias, "output_bias": bias}


def mistral(c: Config) -> Facts:
    """Mistral 7B and its kind: grouped queries, a sliding window."""
    facts = modern(c, 4096, 32, 32, 14336, 32000)
    facts["kv_heads"] = c.optional("num_key_value_heads", 8)
    return windowed(c, facts, c.optional("sliding_window", 4096), lambda _: 0)


def mixtral(c: Config) -> Facts:
    """Mixtral: every feed-forward part a mixture."""
    facts = modern(c, 4096, 32, 32, 14336, 32000)
    return {
        **facts,
        "kv_heads": c.optional("num_key_value_heads", 8),
        "window": c.optional("sliding_window"),
        "experts": c.count("num_local_experts", 8),
        "experts_per_token": c.count("num_experts_per_tok", 2),
    }


def windowed(c: Config, facts: Facts, window: int | None, whole_of: Callable[[int], int]) -> Facts:
    """A sliding window on the layers that layer_types names or, without it, on all but `whole_of` so many layers."""
    kinds, layers = c.words("layer_types"), facts["layers"]
    if not kinds:
        whole = 0 if window is None else whole_of(layers)
        return facts if window is None or whole == layers else {**facts, "window": window, "global_layers": whole}
    if len(kinds) != layers:
        raise ValueError(f"config.json of a {c.kind}: layer_types names {len(kinds)} layers, not {layers}")
    whole = kinds.count("full_attention")
    other = set(kinds) - {"full_attention", "sliding_attention", "chunked_attention"}
    if other:
        raise ValueError(f"config.json of a {c.kind}: layers of the type {min(other)!r} are not supported")
    if window is None or whole == layers:
        return facts
    return {**facts, "window": window, "global_layers": whole}  # the order of layers makes no difference


def _qwen_window(c: Config, facts: Facts) -> Facts:
    slides = c.flag("use_sliding_window", default=False)
    seen = c.number("max_window_layers", 28)
    return windowed(c, facts, c.optional("sliding_window", 4096) if slides else None, lambda layers: min(seen, layers))


def qwen2(c: Config) -> Facts:
    """Qwen 1.5, 2 and 2.5: biases of queries, keys and values only."""
    facts = {**modern(c, 4096, 32, 32, 22016, 151936), "qkv_bias": True, "output_bias": False}
    return _qwen_window(c, {**facts, "kv_heads": c.optional("num_key_value_heads", 32)})


def _mixture(c: Config, experts: int, each: int, top: int) -> Facts:
    """Every `decoder_sparse_step`-th layer has experts, except those listed as dense."""
    layers, step = c.count("num_hidden_layers", 24), c.count("decoder_sparse_step", 1)
    dense = c.indices("mlp_only_layers")
    mixtures = layers // step - sum(0 <= i < layers and (i + 1) % step == 0 for i in dense)
    return {
        "experts": c.count("num_experts", experts),
        "experts_per_token": c.count("num_experts_per_tok", top),
        "expert_feed_forward": c.count("moe_intermediate_size", each),
        "dense_layers": layers - mixtures,  # the order of layers makes no difference
    }


def qwen2_moe(c: Config) -> Facts:
    """Qwen 1.5 and 2 mixtures: a shared expert behind a gate."""
    bias = c.flag("qkv_bias", default=True)
    facts = {**modern(c, 2048, 24, 16, 5632, 151936), "qkv_bias": bias, "output_bias": False}
    shared = {"shared_feed_forward": c.number("shared_expert_intermediate_size", 5632), "shared_gate": True}
    kv_heads = {"kv_heads": c.optional("num_key_value_heads", 16)}
    facts |= {**kv_heads, **_mixture(c, 60, 1408, 4), **shared}
    slides, most = c.flag("use_sliding_window", default=False), c.number("max_window_layers", 28)
    window = c.optional("sliding_window", 4096) if slides else None
    return windowed(c, facts, window, lambda layers: layers - (min(most, layers) + 1) // 2)


def qwen3(c: Config) -> Facts:
    """Qwen 3: norms of query and key heads, no biases."""
    bias = c.flag("attention_bias", default=False)
    facts = {**modern(c, 4096, 32, 32, 22016, 151936), "norm_heads": True, "qkv_bias": bias, "output_bias": bias}
    heads = {"kv_heads": c.optional("num_key_value_heads", 32), "head_dim": c.optional("head_dim", 128)}
    return _qwen_window(c, {**facts, **heads})


def qwen3_moe(c: Config) -> Facts:
    """Qwen 3 mixtures: no shared expert."""
    bias = c.flag("attention_bias", default=False)
    facts = {**modern(c, 2048, 24, 32, 6144, 151936), "norm_heads": True, "qkv_bias": bias, "output_bias": bias}
    heads = {"kv_heads": c.optional("num_key_value_heads", 4)}
    facts |= {**heads, **_mixture(c, 128, 768, 8)}
    window = c.optional("sliding_window", 4096) if c.flag("use_sliding_window", default=False) else None
    return windowed(c, facts, window, lambda _: 0)


def gemma(c: Config) -> Facts:
    """Gemma 1: heads of 256 whatever the width."""
    facts = modern(c, 3072, 28, 16, 24576, 256000, tied=True)
    bias = c.flag("attention_bias", default=False)
    return {**facts, "kv_heads": c.optional("num_key_value_heads", 16), "head_dim": c.optional("head_dim", 256),
            "activation": "gelu", "qkv_bias": bias, "output_bias": bias}  # fmt: skip


def gemma2(c: Config, every: int = 2) -> Facts:
    """Gemma 2: norms before and after each part, every second layer a window."""
    facts = modern(c, 2304, 26, 8, 9216, 256000, tied=True)
    bias = c.flag("attention_bias", default=False)
    facts |= {"qkv_bias": bias, "output_bias": bias}
    facts |= {"kv_heads": c.optional("num_key_value_heads", 4), "head_dim": c.optional("head_dim", 256),
              "activation": "gelu", "sandwich": True}  # fmt: skip
    return windowed(c, facts, c.optional("sliding_window", 4096), lambda layers: layers // every)


def gemma3(c: Config) -> Facts:
    """Gemma 3's language model: five windowed layers for each that sees everything, norms of query and key heads."""
    every = c.count("sliding_window_pattern", 6, "_sliding_window_pattern")
    facts = {**gemma2(c, every), "norm_heads": True}
    return {**facts, "vocabulary": c.count("vocab_size", 262208)}


def phi3(c: Config) -> Facts:
    """Phi 3."""
    return {**modern(c, 3072, 32, 32, 8192, 32064), "window": c.optional("sliding_window")}


def _latent(c: Config, rank: int, layers: int) -> Facts:
    """Latent attention and the mixture, as DeepSeek's configurations spell them."""
    experts = c.optional("n_routed_experts")
    layers, first = c.count("num_hidden_layers", layers), c.number("first_k_dense_replace", 0)
    every = c.count("moe_layer_freq", 1)
    each = c.count("moe_intermediate_size", 2048)
    bias = c.flag("attention_bias", default=False)
    facts: Facts = {
        "q_rank": c.optional("q_lora_rank", rank),
        "kv_rank": c.count("kv_lora_rank", 512),
        "head_dim": c.count("qk_nope_head_dim", 128),
        "rope_dim": c.count("qk_rope_head_dim", 64),
        "value_dim": c.count("v_head_dim", 128),
        "qkv_bias": bias,
        "output_bias": bias,
    }
    if experts is None:
        return facts
    return {
        **facts,
        "experts": experts,
        "experts_per_token": c.count("num_experts_per_tok", 8),
        "expert_feed_forward": each,
        "shared_feed_forward": each * c.number("n_shared_experts", 1),
        "dense_layers": layers - sum(i >= first and i % every == 0 for i in range(layers)),
    }


def deepseek_v2(c: Config) -> Facts:
    """DeepSeek-V2 and its Lite, which has no query rank."""
    usual = {"n_routed_experts": 64, "n_shared_experts": 2, "moe_intermediate_size": 1407, **c.values}
    return {**modern(c, 4096, 32, 32, 11008, 102400), **_latent(Config(usual, c.kind), 1536, 32)}


def deepseek_v3(c: Config) -> Facts:
    """DeepSeek-V3 and R1; the module that predicts further tokens is not part of the loaded model."""
    usual = {"n_routed_experts": 256, "n_shared_experts": 1, "first_k_dense_replace": 3, **c.values}
    facts = {**modern(c, 7168, 61, 128, 18432, 129280), **_latent(Config(usual, c.kind), 1536, 61)}
    return {**facts, "router_bias": True}


LLAMAS: dict[str, Callable[[Config], Facts]] = {
    "llama": llama,
    "granite": llama,
    "olmo": olmo,
    "mistral": mistral,
    "mixtral": mixtral,
    "qwen2": qwen2,
    "qwen2_moe": qwen2_moe,
    "qwen3": qwen3,
    "qwen3_moe": qwen3_moe,
    "gemma": gemma,
    "gemma2": gemma2,
    "gemma3_text": gemma3,
    "deepseek_v3": deepseek_v3,
    "phi3": phi3,
}
