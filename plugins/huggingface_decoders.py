"""Decoder-only model types of Hugging Face: how each config.json spells a decoder, and what it leaves out.

The defaults are those of each type's configuration class in the transformers library.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from computeest_plugins.huggingface_config import Config

#: The decoder family's parameters that a config.json sets.
Facts = dict[str, Any]


def gpt2(c: Config) -> Facts:
    """GPT-2, and GPT (openai-gpt)."""
    width = c.count("n_embd", 768, "hidden_size")
    return {
        "layers": c.count("n_layer", 12, "num_hidden_layers"),
        "width": width,
        "heads": c.count("n_head", 12, "num_attention_heads"),
        "feed_forward": c.optional("n_inner") or 4 * width,
        "vocabulary": c.count("vocab_size", 50257 if c.kind == "gpt2" else 40478),
        "position_rows": c.count("n_positions", 1024 if c.kind == "gpt2" else 512, "n_ctx"),
        "final_norm": c.kind == "gpt2",
        "tied": c.flag("tie_word_embeddings", default=True),
    }


def gpt_neo(c: Config) -> Facts:
    """GPT-Neo: every second layer sees a window; queries, keys and values have no biases."""
    width = c.count("hidden_size", 2048)
    return {
        "layers": c.count("num_layers", 24),
        "width": width,
        "heads": c.count("num_heads", 16),
        "feed_forward": c.optional("intermediate_size") or 4 * width,
        "vocabulary": c.count("vocab_size", 50257),
        "position_rows": c.count("max_position_embeddings", 2048),
        "qkv_bias": False,
        "window": c.count("window_size", 256),
        "global_every": 2,
    }


def gptj(c: Config) -> Facts:
    """GPT-J: one norm for attention and feed-forward, side by side."""
    width = c.count("n_embd", 4096)
    return {
        "layers": c.count("n_layer", 28),
        "width": width,
        "heads": c.count("n_head", 16),
        "feed_forward": c.optional("n_inner") or 4 * width,
        "vocabulary": c.count("vocab_size", 50400),
        "positions": "rotary",
        "parallel": 1,
        "qkv_bias": False,
        "output_bias": False,
        "tied": c.flag("tie_word_embeddings", default=False),
        "logits_bias": True,
    }


def gpt_neox(c: Config) -> Facts:
    """GPT-NeoX and Pythia: two norms side by side."""
    bias = c.flag("attention_bias", default=True)
    return {
        "layers": c.count("num_hidden_layers", 44),
        "width": c.count("hidden_size", 6144),
        "heads": c.count("num_attention_heads", 64),
        "feed_forward": c.count("intermediate_size", 24576),
        "vocabulary": c.count("vocab_size", 50432),
        "positions": "rotary",
        "parallel": 2 if c.flag("use_parallel_residual", default=True) else 0,
        "qkv_bias": bias,
        "output_bias": bias,
        "tied": c.flag("tie_word_embeddings", default=False),
    }


def opt(c: Config) -> Facts:
    """OPT: its position table has two rows more than positions."""
    before = c.flag("do_layer_norm_before", default=True)
    bias = c.flag("enable_bias", default=True)
    return {
        "layers": c.count("num_hidden_layers", 12),
        "width": c.count("hidden_size", 768),
        "heads": c.count("num_attention_heads", 12),
        "feed_forward": c.count("ffn_dim", 3072),
        "vocabulary": c.count("vocab_size", 50272),
        "position_rows": c.count("max_position_embeddings", 2048) + 2,
        "embedding_width": c.optional("word_embed_proj_dim"),
        "bias": bias,
        "final_norm": before and not c.flag("_remove_final_layer_norm", default=False),
        "activation": "relu",
        "tied": c.flag("tie_word_embeddings", default=True),
    }


def bloom(c: Config) -> Facts:
    """BLOOM: linear biases instead of positions, a norm of the embeddings."""
    return {
        "layers": c.count("n_layer", 2, "num_hidden_layers"),
        "width": c.count("hidden_size", 64, "n_embed"),
        "heads": c.count("n_head", 8, "num_attention_heads"),
        "vocabulary": c.count("vocab_size", 250880),
        "positions": "alibi",
        "embedding_norm": True,
        "tied": c.flag("tie_word_embeddings", default=True),
    }


def falcon(c: Config) -> Facts:
    """Falcon: multi-query, or grouped in the new architecture."""
    width, heads = c.count("hidden_size", 4544, "n_embed"), c.count("num_attention_heads", 71, "n_head")
    new = c.flag("new_decoder_architecture", default=False)
    shared = c.flag("multi_query", default=True)
    side = new or c.flag("parallel_attn", default=True)
    norms = c.optional("num_ln_in_parallel_attn") or (2 if new else 1)
    return {
        "layers": c.count("num_hidden_layers", 32, "n_layer"),
        "width": width,
        "heads": heads,
        "kv_heads": (c.optional("num_kv_heads") or heads) if new else (1 if shared else heads),
        "feed_forward": c.optional("ffn_hidden_size") or 4 * width,
        "vocabulary": c.count("vocab_size", 65024),
        "positions": "alibi" if c.flag("alibi", default=False) else "rotary",
        "parallel": norms if side else 0,
        "bias": c.flag("bias", default=False),
        "tied": c.flag("tie_word_embeddings", default=True),
    }


def phi(c: Config) -> Facts:
    """Phi 1, 1.5 and 2: one norm for parallel parts, biases everywhere, the logits too."""
    return {
        "layers": c.count("num_hidden_layers", 24),
        "width": c.count("hidden_size", 2048),
        "heads": c.count("num_attention_heads", 32),
        "kv_heads": c.optional("num_key_value_heads"),
        "feed_forward": c.count("intermediate_size", 8192),
        "vocabulary": c.count("vocab_size", 51200),
        "positions": "rotary",
        "parallel": 1,
        "tied": c.flag("tie_word_embeddings", default=False),
        "logits_bias": True,
    }


def _modern(c: Config, width: int, layers: int, heads: int, hidden: int, words: int, *, tied: bool = False) -> Facts:
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
    facts = _modern(c, 4096, 32, 32, 11008, 32000)
    return {**facts, "bias": c.flag("mlp_bias", default=False), "qkv_bias": bias, "output_bias": bias}


def mistral(c: Config) -> Facts:
    """Mistral 7B and its kind: grouped queries, a sliding window."""
    facts = _modern(c, 4096, 32, 32, 14336, 32000)
    return {**facts, "kv_heads": c.optional("num_key_value_heads", 8), "window": c.optional("sliding_window", 4096)}


def mixtral(c: Config) -> Facts:
    """Mixtral: every feed-forward part a mixture."""
    facts = _modern(c, 4096, 32, 32, 14336, 32000)
    return {
        **facts,
        "kv_heads": c.optional("num_key_value_heads", 8),
        "window": c.optional("sliding_window"),
        "experts": c.count("num_local_experts", 8),
        "experts_per_token": c.count("num_experts_per_tok", 2),
    }


def _qwen_window(c: Config, facts: Facts) -> Facts:
    if not c.flag("use_sliding_window", default=False):
        return facts
    # the first max_window_layers layers see everything; counting them as dense layers only needs their number
    seen = min(c.number("max_window_layers", 28), facts["layers"])
    if seen >= facts["layers"]:
        return facts
    if seen:
        raise ValueError(f"config.json of a {c.kind}: a sliding window on some layers only is not supported")
    return {**facts, "window": c.optional("sliding_window", 4096)}


def qwen2(c: Config) -> Facts:
    """Qwen 1.5, 2 and 2.5: biases of queries, keys and values only."""
    facts = {**_modern(c, 4096, 32, 32, 22016, 151936), "qkv_bias": True, "output_bias": False}
    return _qwen_window(c, {**facts, "kv_heads": c.optional("num_key_value_heads", 32)})


def _mixture(c: Config, experts: int, each: int, top: int) -> Facts:
    """Every `decoder_sparse_step`-th layer has experts, except those listed as dense."""
    return {
        "experts": c.count("num_experts", experts),
        "experts_per_token": c.count("num_experts_per_tok", top),
        "expert_feed_forward": c.count("moe_intermediate_size", each),
        "expert_every": c.count("decoder_sparse_step", 1),
        "dense_layers": c.size("mlp_only_layers"),
    }


def qwen2_moe(c: Config) -> Facts:
    """Qwen 1.5 and 2 mixtures: a shared expert behind a gate."""
    facts = {**_modern(c, 2048, 24, 16, 5632, 151936), "qkv_bias": True, "output_bias": False}
    shared = {"shared_feed_forward": c.number("shared_expert_intermediate_size", 5632), "shared_gate": True}
    kv_heads = {"kv_heads": c.optional("num_key_value_heads", 16)}
    return _qwen_window(c, {**facts, **kv_heads, **_mixture(c, 60, 1408, 4), **shared})


def qwen3(c: Config) -> Facts:
    """Qwen 3: norms of query and key heads, no biases."""
    bias = c.flag("attention_bias", default=False)
    facts = {**_modern(c, 4096, 32, 32, 22016, 151936), "norm_heads": True, "qkv_bias": bias, "output_bias": bias}
    heads = {"kv_heads": c.optional("num_key_value_heads", 32), "head_dim": c.optional("head_dim", 128)}
    return _qwen_window(c, {**facts, **heads})


def qwen3_moe(c: Config) -> Facts:
    """Qwen 3 mixtures: no shared expert."""
    bias = c.flag("attention_bias", default=False)
    facts = {**_modern(c, 2048, 24, 32, 6144, 151936), "norm_heads": True, "qkv_bias": bias, "output_bias": bias}
    heads = {"kv_heads": c.optional("num_key_value_heads", 4)}
    return _qwen_window(c, {**facts, **heads, **_mixture(c, 128, 768, 8)})


def gemma(c: Config) -> Facts:
    """Gemma 1: heads of 256 whatever the width."""
    facts = _modern(c, 3072, 28, 16, 24576, 256000, tied=True)
    return {**facts, "kv_heads": c.optional("num_key_value_heads", 16), "head_dim": c.optional("head_dim", 256),
            "activation": "gelu"}  # fmt: skip


def gemma2(c: Config) -> Facts:
    """Gemma 2: norms before and after each part, every second layer a window."""
    facts = _modern(c, 2304, 26, 8, 9216, 256000, tied=True)
    return {**facts, "kv_heads": c.optional("num_key_value_heads", 4), "head_dim": c.optional("head_dim", 256),
            "activation": "gelu", "sandwich": True, "window": c.optional("sliding_window", 4096),
            "global_every": 2}  # fmt: skip


def gemma3(c: Config) -> Facts:
    """Gemma 3's language model: five windowed layers for each that sees everything, norms of query and key heads."""
    every = c.count("sliding_window_pattern", 6, "_sliding_window_pattern")
    facts = {**gemma2(c), "norm_heads": True, "global_every": every}
    return {**facts, "vocabulary": c.count("vocab_size", 262208)}


def phi3(c: Config) -> Facts:
    """Phi 3."""
    return {**_modern(c, 3072, 32, 32, 8192, 32064), "window": c.optional("sliding_window")}


def _latent(c: Config, rank: int) -> Facts:
    """Latent attention and the mixture, as DeepSeek's configurations spell them."""
    experts = c.optional("n_routed_experts")
    each = c.count("moe_intermediate_size", 2048)
    facts: Facts = {
        "q_rank": c.optional("q_lora_rank", rank),
        "kv_rank": c.count("kv_lora_rank", 512),
        "head_dim": c.count("qk_nope_head_dim", 128),
        "rope_dim": c.count("qk_rope_head_dim", 64),
        "value_dim": c.count("v_head_dim", 128),
    }
    if experts is None:
        return facts
    return {
        **facts,
        "experts": experts,
        "experts_per_token": c.count("num_experts_per_tok", 8),
        "expert_feed_forward": each,
        "shared_feed_forward": each * c.number("n_shared_experts", 1),
        "dense_layers": c.number("first_k_dense_replace", 0),
        "expert_every": c.count("moe_layer_freq", 1),
    }


def deepseek_v2(c: Config) -> Facts:
    """DeepSeek-V2 and its Lite, which has no query rank."""
    return {**_modern(c, 4096, 30, 32, 11008, 102400), **_latent(c, 1536)}


def deepseek_v3(c: Config) -> Facts:
    """DeepSeek-V3 and R1; the module that predicts further tokens is not part of the loaded model."""
    usual = {"n_routed_experts": 256, "n_shared_experts": 1, "first_k_dense_replace": 3, **c.values}
    facts = {**_modern(c, 7168, 61, 128, 18432, 129280), **_latent(Config(usual, c.kind), 1536)}
    return {**facts, "router_bias": True}


DECODERS: dict[str, Callable[[Config], Facts]] = {
    "gpt2": gpt2,
    "openai-gpt": gpt2,
    "gpt_neo": gpt_neo,
    "gptj": gptj,
    "gpt_neox": gpt_neox,
    "opt": opt,
    "bloom": bloom,
    "falcon": falcon,
    "phi": phi,
    "phi3": phi3,
    "llama": llama,
    "mistral": mistral,
    "mixtral": mixtral,
    "qwen2": qwen2,
    "qwen2_moe": qwen2_moe,
    "qwen3": qwen3,
    "qwen3_moe": qwen3_moe,
    "gemma": gemma,
    "gemma2": gemma2,
    "gemma3_text": gemma3,
    "deepseek_v2": deepseek_v2,
    "deepseek_v3": deepseek_v3,
}
