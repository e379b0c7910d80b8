"""Decoder model types of Hugging Face of the GPT kind: how config.json spells them, and what it leaves out.

The defaults are those of each type's configuration class in the transformers library.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from computeest_plugins.huggingface.config import Config

#: The decoder family's parameters that a config.json sets.
Facts = dict[str, Any]


def gpt2(c: Config) -> Facts:
    """GPT-2, and GPT (openai-gpt)."""
    width = c.count("n_embd", 768)
    return {
        "layers": c.count("n_layer", 12),
        "width": width,
        "heads": c.count("n_head", 12),
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
        "tied": c.flag("tie_word_embeddings", default=True),
        **_neo_layers(c),
    }


def _neo_layers(c: Config) -> Facts:
    """Which layers see everything: attention_types repeats patterns, attention_layers names one for each layer."""
    kinds = list(c.words("attention_layers"))
    groups = c.values.get("attention_types")
    if not kinds and groups is not None:
        try:
            kinds = [str(kind) for pattern, times in groups for _ in range(int(times)) for kind in pattern]
        except (TypeError, ValueError):
            raise ValueError(f"config.json of a gpt_neo: attention_types is {groups!r}, not patterns") from None
    return {"global_layers": kinds.count("global")} if kinds else {"global_every": 2}


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
        "norm": "layer" if c.flag("layer_norm_elementwise_affine", default=True) else "layer without weights",
        "tied": c.flag("tie_word_embeddings", default=True),
    }


def bloom(c: Config) -> Facts:
    """BLOOM: linear biases instead of positions, a norm of the embeddings."""
    return {
        "layers": c.count("n_layer", 2),
        "width": c.count("n_embed", 64),
        "heads": c.count("n_head", 8),
        "vocabulary": c.count("vocab_size", 250880),
        "positions": "alibi",
        "embedding_norm": True,
        "tied": c.flag("tie_word_embeddings", default=True),
    }


def falcon(c: Config) -> Facts:
    """Falcon: multi-query, or grouped in the new architecture."""
    width, heads = c.count("n_embed", 4544), c.count("num_attention_heads", 71)
    new = c.flag("new_decoder_architecture", default=False)
    shared = c.flag("multi_query", default=True)
    norms = c.optional("num_ln_in_parallel_attn") or (2 if new else 1)
    side = c.flag("parallel_attn", default=True)
    return {
        "layers": c.count("num_hidden_layers", 32),
        "width": width,
        "heads": heads,
        "kv_heads": (c.optional("num_kv_heads") or heads) if new else (1 if shared else heads),
        "feed_forward": c.optional("ffn_hidden_size") or 4 * width,
        "vocabulary": c.count("vocab_size", 65024),
        "positions": "alibi" if c.flag("alibi", default=False) else "rotary",
        "parallel": min(norms, 2) if side else 0,
        "bias": c.flag("bias", default=False),
        "tied": c.flag("tie_word_embeddings", default=True),
    }


def phi(c: Config) -> Facts:
    """Phi 1, 1.5 and 2: one norm for parallel parts, biases everywhere, the logits too."""
    width, heads = c.count("hidden_size", 2048), c.count("num_attention_heads", 32)
    return {
        "layers": c.count("num_hidden_layers", 24),
        "width": width,
        "heads": heads,
        "kv_heads": c.optional("num_key_value_heads"),
        "feed_forward": c.count("intermediate_size", 8192),
        "vocabulary": c.count("vocab_size", 51200),
        "positions": "rotary",
        "parallel": 1,
        "more_parameters": 4 * (width // heads) if c.flag("qk_layernorm", default=False) else 0,
        "tied": c.flag("tie_word_embeddings", default=False),
        "logits_bias": True,
    }


def gpt_bigcode(c: Config) -> Facts:
    """GPT-BigCode (SantaCoder, StarCoder): a GPT-2 whose heads share one key and value."""
    usual = Config({"vocab_size": 50257, "n_positions": 1024, **c.values}, "gpt2")
    return {**gpt2(usual), "kv_heads": 1 if c.flag("multi_query", default=True) else None}


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
    "gpt_bigcode": gpt_bigcode,
    "codegen": gptj,
}


def starcoder2(c: Config) -> Facts:
    """StarCoder 2: grouped queries, rotary positions and biases everywhere."""
    bias = c.flag("use_bias", default=True)
    return {
        "layers": c.count("num_hidden_layers", 30),
        "width": c.count("hidden_size", 3072),
        "heads": c.count("num_attention_heads", 24),
        "kv_heads": c.optional("num_key_value_heads", 2),
        "feed_forward": c.count("intermediate_size", 12288),
        "vocabulary": c.count("vocab_size", 49152),
        "positions": "rotary",
        "bias": bias,
        "window": c.optional("sliding_window"),
        "tied": c.flag("tie_word_embeddings", default=True),
    }


def stablelm(c: Config) -> Facts:
    """StableLM: a Llama with layer norms."""
    width, heads = c.count("hidden_size", 2560), c.count("num_attention_heads", 32)
    kv_heads = c.optional("num_key_value_heads", 32) or heads
    # a norm of its own for each head of queries and keys
    norms = (heads + kv_heads) * (width // heads) if c.flag("qk_layernorm", default=False) else 0
    return {
        "layers": c.count("num_hidden_layers", 32),
        "width": width,
        "heads": heads,
        "kv_heads": kv_heads,
        "more_parameters": norms,
        "feed_forward": c.count("intermediate_size", 6912),
        "vocabulary": c.count("vocab_size", 50304),
        "gated": True,
        "activation": "silu",
        "positions": "rotary",
        "parallel": 1 if c.flag("use_parallel_residual", default=False) else 0,
        "bias": False,
        "qkv_bias": c.flag("use_qkv_bias", default=False),
        "tied": c.flag("tie_word_embeddings", default=False),
    }


def mpt(c: Config) -> Facts:
    """MPT: linear biases instead of positions, no biases anywhere."""
    width, heads, own = c.count("d_model", 2048), c.count("n_heads", 16), c.part("attn_config", "attention")
    usual = {"expansion_ratio": 4, "no_bias": True, "qk_ln": False, "qk_gn": False}
    said = {**own.values, **c.values}  # MosaicML's own code reads these, the class of transformers does not
    if other := [key for key, value in usual.items() if said.get(key, value) not in (value, None)]:
        raise ValueError(f"config.json of an mpt: {other[0]} is {said[other[0]]}; only {usual[other[0]]} is supported")
    shared = {"multiquery_attention": 1, "grouped_query_attention": own.optional("kv_n_heads")}
    return {
        "layers": c.count("n_layers", 24),
        "width": width,
        "heads": heads,
        "kv_heads": shared.get(own.word("attn_type", ""), heads),
        "feed_forward": 4 * width,
        "vocabulary": c.count("vocab_size", 50368),
        "positions": "alibi",
        "norm": "layer without bias",
        "bias": False,
        "tied": c.flag("tie_word_embeddings", default=True),
    }


def xglm(c: Config) -> Facts:
    """XGLM: sinusoids for positions, else a GPT-2."""
    return {
        "layers": c.count("num_layers", 24),
        "width": c.count("d_model", 1024),
        "heads": c.count("attention_heads", 16),
        "feed_forward": c.count("ffn_dim", 4096),
        "vocabulary": c.count("vocab_size", 256008),
        "positions": "sinusoidal",
        "tied": c.flag("tie_word_embeddings", default=True),
    }


def biogpt(c: Config) -> Facts:
    """BioGPT: a GPT-2 whose position table has two rows more than positions."""
    return {
        "layers": c.count("num_hidden_layers", 24),
        "width": c.count("hidden_size", 1024),
        "heads": c.count("num_attention_heads", 16),
        "feed_forward": c.count("intermediate_size", 4096),
        "vocabulary": c.count("vocab_size", 42384),
        "position_rows": c.count("max_position_embeddings", 1024) + 2,
        "tied": c.flag("tie_word_embeddings", default=True),
    }


def persimmon(c: Config) -> Facts:
    """Persimmon and Fuyu's language model: norms of query and key heads, biases but in the logits."""
    width, heads = c.count("hidden_size", 4096), c.count("num_attention_heads", 64)
    return {
        "layers": c.count("num_hidden_layers", 36),
        "width": width,
        "heads": heads,
        "feed_forward": c.count("intermediate_size", 16384),
        "vocabulary": c.count("vocab_size", 262144),
        "positions": "rotary",
        "activation": "relu",
        "more_parameters": 4 * (width // heads) if c.flag("qk_layernorm", default=True) else 0,
        "tied": c.flag("tie_word_embeddings", default=False),
    }


def dbrx(c: Config) -> Facts:
    """DBRX: a mixture in every layer, norms without biases."""
    attention, experts = c.part("attn_config", "attention"), c.part("ffn_config", "experts")
    return {
        "layers": c.count("n_layers", 24),
        "width": c.count("d_model", 2048),
        "heads": c.count("n_heads", 16),
        "kv_heads": attention.count("kv_n_heads", 1),
        "feed_forward": experts.count("ffn_hidden_size", 3584),
        "gated": True,
        "activation": "silu",
        "vocabulary": c.count("vocab_size", 32000),
        "positions": "rotary",
        "norm": "layer without bias",
        "bias": False,
        "experts": experts.count("moe_num_experts", 4),
        "experts_per_token": experts.count("moe_top_k", 1),
        "tied": False,
    }


NEWER_DECODERS: dict[str, Callable[[Config], Facts]] = {
    "starcoder2": starcoder2,
    "stablelm": stablelm,
    "mpt": mpt,
    "xglm": xglm,
    "biogpt": biogpt,
    "persimmon": persimmon,
    "dbrx": dbrx,
}
