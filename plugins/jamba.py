"""Jamba: state spaces with a layer of attention now and then, and every second feed-forward part a mixture."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, hookimpl
from computeest_plugins.blocks import require_positive
from computeest_plugins.huggingface.config import Config
from computeest_plugins.huggingface.hybrids import jamba as counted


def jamba(
    layers: int = 32,
    width: int = 4096,
    heads: int = 32,
    kv_heads: int = 8,
    feed_forward: int = 14336,
    experts: int = 16,
    experts_per_token: int = 2,
    state: int = 16,
    vocabulary: int = 65536,
    sequence_length: int = 4096,
) -> Network:
    """One sequence through a Jamba; of eight layers one attends and seven have a state of `state` numbers a channel."""
    require_positive(layers=layers, width=width, state=state, sequence_length=sequence_length)
    sizes = {"num_hidden_layers": layers, "hidden_size": width, "num_attention_heads": heads, "vocab_size": vocabulary,
             "num_key_value_heads": kv_heads, "intermediate_size": feed_forward, "num_experts": experts,
             "num_experts_per_tok": experts_per_token, "mamba_d_state": state}  # fmt: skip
    return counted(Config(sizes, "jamba"), sequence_length)


_LARGE: dict[str, Any] = {"layers": 72, "width": 8192, "heads": 64, "feed_forward": 24576}
VARIANTS: dict[str, dict[str, Any]] = {
    "jamba-v0.1": {},
    "jamba-1.5-mini": {},
    "jamba-1.5-large": _LARGE,
}
PUBLISHED: dict[str, Published] = {
    "jamba-v0.1": Published("ai21labs/Jamba-v0.1 on the Hugging Face Hub, 2024", parameters=51.6e9),
    "jamba-1.5-mini": Published("ai21labs/AI21-Jamba-Mini-1.5 on the Hugging Face Hub, 2024", parameters=51.6e9),
    "jamba-1.5-large": Published("Jamba team 2024, arXiv:2408.12570, section 2", parameters=398e9),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Jamba."""
    return [
        Family(
            name="jamba",
            forward=jamba,
            example="sequence",
            source="Lieber et al. 2024, arXiv:2403.19887, section 3; Jamba team 2024, arXiv:2408.12570",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
