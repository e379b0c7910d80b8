"""Decoder model types whose code comes with their checkpoints: InternLM, Baichuan, ChatGLM, Qwen 1, MiniCPM, EXAONE 3.

The transformers library does not define them; sizes and defaults are those of the checkpoints' configuration files.
"""

from __future__ import annotations

from collections.abc import Callable

from computeest_plugins.huggingface_config import Config
from computeest_plugins.huggingface_llamas import Facts, deepseek_v2, deepseek_v3, modern


def internlm(c: Config) -> Facts:
    """InternLM 1 and 2: Llamas, the first with biases of attention."""
    first = c.kind == "internlm"
    bias = c.flag("bias", default=first)
    facts = modern(c, 4096, 32, 32, 11008, 103168)
    return {**facts, "qkv_bias": bias, "output_bias": bias}


def baichuan(c: Config) -> Facts:
    """Baichuan 1 and 2: Llamas, the larger with linear biases instead of rotary positions."""
    return modern(c, 4096, 32, 32, 11008, 125696)


def minicpm(c: Config) -> Facts:
    """MiniCPM 1: a Llama that reuses its embedding."""
    return modern(c, 4096, 32, 32, 11008, 32000, tied=True)


def exaone(c: Config) -> Facts:
    """EXAONE 3 and 3.5: Llamas that call their layers num_layers."""
    return modern(
        Config({"num_hidden_layers": c.values.get("num_layers"), **c.values}, c.kind), 2048, 32, 32, 8192, 102400
    )


def qwen(c: Config) -> Facts:
    """Qwen 1: intermediate_size is that of both halves of the gated part together."""
    facts = modern(c, 4096, 32, 32, 22016, 151936)
    bias = not c.flag("no_bias", default=True)
    return {**facts, "feed_forward": facts["feed_forward"] // 2, "bias": bias, "qkv_bias": True}


def chatglm(c: Config) -> Facts:
    """ChatGLM 2 and 3, GLM 4 9B: groups of queries, biases of queries, keys and values."""
    if "padded_vocab_size" not in c.values:
        raise ValueError("config.json of a chatglm: padded_vocab_size is missing; the first ChatGLM is not supported")
    heads = c.count("num_attention_heads", 32)
    groups = c.count("multi_query_group_num", 1) if c.flag("multi_query_attention", default=False) else heads
    return {
        "layers": c.count("num_layers", 28),
        "width": c.count("hidden_size", 4096),
        "heads": heads,
        "kv_heads": groups,
        "head_dim": c.optional("kv_channels", 128),
        "feed_forward": c.count("ffn_hidden_size", 13696),
        "vocabulary": c.count("padded_vocab_size"),
        "gated": True,
        "activation": "silu",
        "norm": "rms" if c.flag("rmsnorm", default=True) else "layer",
        "bias": c.flag("add_bias_linear", default=False),
        "qkv_bias": c.flag("add_qkv_bias", default=False) or c.flag("add_bias_linear", default=False),
        "positions": "rotary",
        "tied": c.flag("tie_word_embeddings", default=False),
    }


def deepseek(c: Config) -> Facts:
    """DeepSeek-MoE, the first of its mixtures: the attention of Llama."""
    facts = modern(c, 4096, 30, 32, 11008, 102400)
    latent = deepseek_v2(Config({"n_routed_experts": None, "n_shared_experts": 0, **c.values}, c.kind))
    mixture = ("experts", "experts_per_token", "expert_feed_forward", "shared_feed_forward", "dense_layers")
    return {**facts, **{key: latent[key] for key in mixture if key in latent}}


REMOTE: dict[str, Callable[[Config], Facts]] = {
    "internlm": internlm,
    "internlm2": internlm,
    "baichuan": baichuan,
    "minicpm": minicpm,
    "exaone": exaone,
    "qwen": qwen,
    "chatglm": chatglm,
    "deepseek": deepseek,
    "kimi_k2": deepseek_v3,
}
