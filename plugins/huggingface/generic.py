"""Decoders of a type that is not known, read as one that is where their parameters confirm it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from computeest.contract import Network

#: How far the parameters of a reading may be from those the model is stated to have.
CONFIRMED = 0.01
#: Names that decoders give the sizes that any of them has.
USUAL = {
    "hidden_size": ("hidden_size", "n_embd", "d_model", "dim"),
    "num_hidden_layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "num_attention_heads": ("num_attention_heads", "n_head", "n_heads", "num_heads"),
    "intermediate_size": ("intermediate_size", "n_inner", "d_ff", "ffn_dim", "ffn_hidden_size", "hidden_dim",
                          "moe_intermediate_size"),
    "vocab_size": ("vocab_size", "padded_vocab_size"),
}  # fmt: skip
#: Types whose layers stand for those of a kind, the most common first.
DENSE = ("llama", "qwen2", "qwen3", "olmo2", "gemma2", "starcoder2", "phi", "gpt_neox", "gpt2")
MIXTURES = ("mixtral", "qwen3_moe", "qwen2_moe", "glm4_moe", "olmoe", "gpt_oss", "ernie4_5_moe")
LATENT = ("deepseek_v3", "deepseek_v2")
EXPERTS = ("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts")
#: Words in the names of keys of networks that are more than attention and feed-forward parts.
OTHER = ("mamba", "ssm", "conv", "linear_", "rwkv", "lru", "lstm", "vision_config", "audio_config", "text_config",
         "encoder", "cross_attention", "altup", "laurel", "per_layer")  # fmt: skip


def generic(
    config: Mapping[str, Any], stated: float | None, unknown: str, count: Callable[[Mapping[str, Any]], Network]
) -> Network:
    """The reading of an unknown type whose parameters are those stated; `unknown` says why the type is not known."""
    sizes = {name: next((config[key] for key in keys if config.get(key)), None) for name, keys in USUAL.items()}
    lacking = [name for name, value in sizes.items() if not value]
    other = [key for key, value in config.items() if value and any(word in key for word in OTHER)]
    other += sorted({*(config.get("layer_types") or ())} - {"full_attention", "sliding_attention"})
    if lacking or other:
        raise ValueError(unknown)
    kind = str(config["model_type"])[:60]
    if not stated or not stated > 0:
        raise ValueError(
            f"{unknown}; it looks like a decoder: state its `parameters`, and it is read as one where they confirm it"
        )
    kinds = LATENT if config.get("kv_lora_rank") else MIXTURES if any(config.get(key) for key in EXPERTS) else DENSE
    experts = next((config[key] for key in EXPERTS if config.get(key)), None)
    same = {**config, **sizes, **({} if experts is None else dict.fromkeys(EXPERTS, experts))}
    found: list[tuple[float, str, Network]] = []
    for name in kinds:
        for tied in (True, False) if "tie_word_embeddings" not in config else (config["tie_word_embeddings"],):
            reading = {**same, "model_type": name, "tie_word_embeddings": tied, "architectures": ["LlamaForCausalLM"]}
            try:
                net = count(reading)
            except ValueError:
                continue
            found.append((abs(net.parameters / stated - 1), name, net))
    nearest = min(found, key=lambda reading: reading[0], default=None)
    if nearest is None or nearest[0] > CONFIRMED:
        near = f"; nearest: {nearest[1]} with {nearest[2].parameters:,}" if nearest else ""
        raise ValueError(f"{unknown}; no usual decoder of its sizes has the {stated:,.0f} parameters stated{near}")
    # the first of those that fit as well as any, for a reading that fits by chance is rarely a common one
    apart, name, net = next(reading for reading in found if reading[0] <= nearest[0] + 1e-3)
    net.note(f"what sets the unknown type '{kind}' apart from '{name}', as which it is read: its parameters are within "
             f"{max(apart, 1e-4):.2%} of those stated")  # fmt: skip
    return net
