"""Decoder model types of Hugging Face that vary Llama: Cohere, OLMo 2, GLM, Phi-MoE, gpt-oss, Llama 4 and others."""

from __future__ import annotations

from collections.abc import Callable

from computeest_plugins.huggingface.config import Config
from computeest_plugins.huggingface.llamas import Facts, deepseek_v2, deepseek_v3, modern, windowed


def _biased(c: Config, facts: Facts, *, default: bool = False, out: bool | None = None) -> Facts:
    """attention_bias for queries, keys and values, and for the output unless `out` says otherwise."""
    bias = c.flag("attention_bias", default=default)
    return {**facts, "qkv_bias": bias, "output_bias": bias if out is None else out}


def _normed(facts: Facts) -> Facts:
    """A scale for every channel of all queries and of all keys, heads told apart."""
    head_dim = facts["head_dim"] or facts["width"] // facts["heads"]
    return {**facts, "more_parameters": (facts["heads"] + (facts["kv_heads"] or facts["heads"])) * head_dim}


def _experts(c: Config, experts: int, top: int) -> Facts:
    """A mixture in every layer, its experts as wide as intermediate_size says."""
    return {"experts": c.count("num_local_experts", experts),
            "experts_per_token": c.count("num_experts_per_tok", top)}  # fmt: skip


def cohere(c: Config) -> Facts:
    """Command R and Aya: attention and feed-forward side by side on one norm, which has no bias."""
    facts = _biased(c, modern(c, 8192, 40, 64, 22528, 256000, tied=True))
    facts |= {"parallel": 1, "norm": "layer without bias"}
    if c.kind == "cohere":
        return _normed(facts) if c.flag("use_qk_norm", default=False) else facts
    every = c.count("sliding_window_pattern", 4)
    return windowed(c, facts, c.optional("sliding_window", 4096), lambda layers: layers // every)


def olmo2(c: Config) -> Facts:
    """OLMo 2 and 3: norms after each part instead of before, norms of queries and keys."""
    facts = _normed(_biased(c, modern(c, 4096, 32, 32, 11008, 50304)))
    if c.kind == "olmo2":
        return facts
    return windowed(c, facts, c.optional("sliding_window", 4096), lambda layers: layers // 4)


def olmoe(c: Config) -> Facts:
    """OLMoE: 64 small experts in every layer, norms of queries and keys."""
    facts = _normed(_biased(c, modern(c, 2048, 16, 16, 2048, 50304)))
    return {**facts, **_experts(c, 64, 8)}


def glm(c: Config) -> Facts:
    """GLM 4: two heads of keys and values; glm4 has norms after each part too."""
    facts = _biased(c, modern(c, 4096, 40, 32, 13696, 151552), default=True, out=False)
    facts |= {"kv_heads": c.optional("num_key_value_heads", 2), "head_dim": c.optional("head_dim", 128)}
    return {**facts, "sandwich": c.kind == "glm4"}


def glm4_moe(c: Config) -> Facts:
    """GLM 4.5 and 4.6: DeepSeek's mixture with grouped queries."""
    facts = _biased(c, modern(c, 4096, 46, 96, 10944, 151552), out=False)
    facts |= {"kv_heads": c.optional("num_key_value_heads", 8), "norm_heads": c.flag("use_qk_norm", default=False),
              # its heads need not make up its width
              "head_dim": c.optional("head_dim", facts["width"] // facts["heads"])}  # fmt: skip
    each, first = c.count("moe_intermediate_size", 1408), c.number("first_k_dense_replace", 1)
    return {
        **facts,
        "experts": c.count("n_routed_experts", 128),
        "experts_per_token": c.count("num_experts_per_tok", 8),
        "expert_feed_forward": each,
        "shared_feed_forward": c.number("shared_expert_intermediate_size", each * c.number("n_shared_experts", 1)),
        "dense_layers": min(first, facts["layers"]),
        "router_bias": True,
    }


def phimoe(c: Config) -> Facts:
    """Phi 3.5 MoE: layer norms, 2 of 16 experts: its router takes two, whatever num_experts_per_tok says."""
    facts = _biased(c, modern(c, 4096, 32, 32, 6400, 32064))
    facts |= {"kv_heads": c.optional("num_key_value_heads", 8), "norm": "layer", "window": c.optional("sliding_window")}
    return {**facts, **_experts(c, 16, 2), "experts_per_token": 2, "logits_bias": c.flag("lm_head_bias", default=False)}


def granitemoe(c: Config) -> Facts:
    """Granite's mixtures."""
    facts = {**_biased(c, modern(c, 4096, 32, 32, 11008, 32000)), **_experts(c, 8, 2)}
    return {**facts, "shared_feed_forward": c.number("shared_intermediate_size", 0)}


def gpt_oss(c: Config) -> Facts:
    """gpt-oss: biases everywhere but in the logits, a learned sink for each head, every second layer a window."""
    facts = _biased(c, modern(c, 2880, 36, 64, 2880, 201088), default=True)
    facts |= {"kv_heads": c.optional("num_key_value_heads", 8), "head_dim": c.optional("head_dim", 64), "bias": True,
              "router_bias": True, "more_parameters": facts["heads"], **_experts(c, 128, 4)}  # fmt: skip
    return windowed(c, facts, c.optional("sliding_window", 128), lambda layers: layers // 2)


def minimax_m2(c: Config) -> Facts:
    """MiniMax M2: many small experts, norms of all queries and keys."""
    facts = modern(c, 3072, 62, 48, 1536, 200064)
    facts |= {"kv_heads": c.optional("num_key_value_heads", 8), "head_dim": c.optional("head_dim", 128)}
    return {**_normed(facts), **_experts(c, 256, 8), "router_bias": True}


def llama4(c: Config) -> Facts:
    """Llama 4's language model: a shared expert beside one routed, three layers of four in chunks."""
    facts = _biased(c, modern(c, 5120, 48, 40, 8192, 202048))
    facts |= {"kv_heads": c.optional("num_key_value_heads", 8), "head_dim": c.optional("head_dim", 128)}
    layers, every = facts["layers"], c.count("interleave_moe_layer_step", 1)
    places = c.values.get("moe_layers")
    mixtures = sum(place < layers for place in c.indices("moe_layers")) if places is not None else layers // every
    each = facts["feed_forward"]
    facts |= {"feed_forward": c.count("intermediate_size_mlp", 16384), "expert_feed_forward": each,
              "shared_feed_forward": each, "dense_layers": layers - mixtures, **_experts(c, 16, 1)}  # fmt: skip
    return windowed(c, facts, c.optional("attention_chunk_size", 8192), lambda layers: layers // 4)


def ernie4_5(c: Config) -> Facts:
    """ERNIE 4.5, dense."""
    facts, bias = modern(c, 1024, 18, 16, 3072, 103424, tied=True), c.flag("use_bias", default=False)
    heads = {"kv_heads": c.optional("num_key_value_heads", 2), "head_dim": c.optional("head_dim", 128)}
    return {**facts, **heads, "bias": bias}


def ernie4_5_moe(c: Config) -> Facts:
    """ERNIE 4.5's mixtures of text: two shared experts, dense layers before and, if any, after."""
    facts = modern(c, 2560, 28, 20, 12288, 103424, tied=True)
    if c.flag("use_bias", default=False):
        raise ValueError("config.json of an ernie4_5_moe: use_bias is not supported")
    layers, each = facts["layers"], c.count("moe_intermediate_size", 1536)
    first, every = c.number("moe_layer_start_index", 1), c.count("moe_layer_interval", 1)
    last = layers - 1 if c.values.get("moe_layer_end_index", -1) in (-1, None) else c.number("moe_layer_end_index", 0)
    mixtures = sum(first <= layer <= last and (layer + 1) % every == 0 for layer in range(layers))
    return {
        **facts,
        "kv_heads": c.optional("num_key_value_heads", 4),
        "experts": c.count("moe_num_experts", 64),
        "experts_per_token": c.count("moe_k", 6),
        "expert_feed_forward": each,
        "shared_feed_forward": each * c.number("moe_num_shared_experts", 2),
        "dense_layers": layers - mixtures,
        "router_bias": True,
    }


def nemotron(c: Config) -> Facts:
    """Nemotron 3 and 4, Minitron: layer norms, no gate."""
    facts = _biased(c, modern(c, 6144, 32, 48, 24576, 256000))
    return {**facts, "gated": False, "activation": "relu", "norm": "layer", "bias": c.flag("mlp_bias", default=False)}


def arcee(c: Config) -> Facts:
    """AFM: a Llama without the gate; Apertus 1.5 may score fewer words than it reads."""
    facts = _biased(c, modern(c, 2560, 32, 32, 18432, 32000))
    facts |= {"gated": False, "activation": "relu", "bias": c.flag("mlp_bias", default=False)}
    words, scored = facts["vocabulary"], c.optional("output_vocab_size")
    if scored is None or scored == words:
        return facts
    if scored > words or facts["tied"]:
        tied = "words and logits are tied" if facts["tied"] else f"vocab_size is {words}"
        raise ValueError(f"config.json of an apertus1p5_text: output_vocab_size is {scored}, but {tied}")
    return {**facts, "classes": scored}


def minicpm3(c: Config) -> Facts:
    """MiniCPM 3: the latent attention of DeepSeek-V2, no mixture, its embedding reused."""
    facts = modern(c, 2560, 62, 40, 6400, 73448, tied=True)
    usual = {"q_lora_rank": 768, "kv_lora_rank": 256, "qk_nope_head_dim": 64, "qk_rope_head_dim": 32}
    value_dim = c.optional("v_head_dim") or facts["width"] // facts["heads"]
    latent = deepseek_v2(Config({**usual, **c.values, "v_head_dim": value_dim, "n_routed_experts": None}, c.kind))
    sizes = ("q_rank", "kv_rank", "head_dim", "rope_dim", "value_dim", "qkv_bias", "output_bias")
    return {**facts, "kv_heads": None, "bias": c.flag("mlp_bias", default=False), **{key: latent[key] for key in sizes}}


def exaone4(c: Config) -> Facts:
    """EXAONE 4: norms after each part, norms of query and key heads, a pattern such as LLLG of windows."""
    facts = {**modern(c, 4096, 32, 32, 16384, 102400), "norm_heads": True}
    facts["kv_heads"] = c.optional("num_key_value_heads", 32)
    pattern = c.values.get("sliding_window_pattern", 4)
    every = len(pattern) if isinstance(pattern, str) else c.number("sliding_window_pattern", 4)
    window = c.optional("sliding_window", 4096)
    return windowed(c, facts, window, lambda layers: layers // every if every else layers)


def seed_oss(c: Config) -> Facts:
    """Seed-OSS: biases of queries, keys and values."""
    out = c.flag("attention_out_bias", default=False)
    facts = _biased(c, modern(c, 4096, 64, 80, 27648, 155136), default=True, out=out)
    heads = {"kv_heads": c.optional("num_key_value_heads", 8), "head_dim": c.optional("head_dim", 128)}
    return {**facts, **heads, "bias": c.flag("mlp_bias", default=False)}


def smollm3(c: Config) -> Facts:
    """SmolLM 3: a Llama whose every fourth layer has no positions."""
    facts = _biased(c, modern(c, 2048, 36, 16, 11008, 128256, tied=True))
    facts |= {"kv_heads": c.optional("num_key_value_heads", 4), "bias": c.flag("mlp_bias", default=False)}
    window = c.optional("sliding_window") if c.flag("use_sliding_window", default=False) else None
    return windowed(c, facts, window, lambda layers: layers)


def hunyuan(c: Config) -> Facts:
    """Hunyuan's dense models: norms of query and key heads."""
    return {**_biased(c, modern(c, 4096, 32, 32, 11008, 290943)), "norm_heads": True}


RELATIVES: dict[str, Callable[[Config], Facts]] = {
    "cohere": cohere,
    "cohere2": cohere,
    "olmo2": olmo2,
    "olmo3": olmo2,
    "olmoe": olmoe,
    "glm": glm,
    "glm4": glm,
    "glm4_moe": glm4_moe,
    "phimoe": phimoe,
    "granitemoe": granitemoe,
    "gpt_oss": gpt_oss,
    "minimax_m2": minimax_m2,
    "llama4_text": llama4,
    "ernie4_5": ernie4_5,
    "ernie4_5_moe": ernie4_5_moe,
    "nemotron": nemotron,
    "arcee": arcee,
    "exaone4": exaone4,
    "minicpm3": minicpm3,
    "seed_oss": seed_oss,
    "smollm3": smollm3,
    "hunyuan_v1_dense": hunyuan,
}


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
