"""Decoder model types of Hugging Face after the GPT kind: StarCoder 2, StableLM, MPT, XGLM, BioGPT, Persimmon, DBRX."""

from __future__ import annotations

from collections.abc import Callable

from computeest_plugins.huggingface_config import Config
from computeest_plugins.huggingface_decoders import Facts


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
    width = c.count("d_model", 2048)
    return {
        "layers": c.count("n_layers", 24),
        "width": width,
        "heads": c.count("n_heads", 16),
        "feed_forward": 4 * width,  # whatever expansion_ratio says
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
