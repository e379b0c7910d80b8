"""Switch Transformers: T5 whose feed-forward parts are mixtures of which every word meets one expert."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, hookimpl
from computeest_plugins.blocks import require_positive
from computeest_plugins.huggingface.config import Config
from computeest_plugins.huggingface.stacks import switch as counted


def switch(
    layers: int = 12,
    width: int = 768,
    heads: int = 12,
    head_dim: int = 64,
    feed_forward: int = 3072,
    experts: int = 128,
    every: int = 2,
    vocabulary: int = 32128,
    sequence_length: int = 512,
) -> Network:
    """One pair of sequences of `sequence_length` tokens each; `layers` in the encoder, as many in the decoder.

    Every so many-th feed-forward part (`every`) is a mixture. Gated feed-forward parts, as the paper's Base, Large and
    XXL have, cost what plain ones of 1.5 times the width do, which is what their members state.
    """
    require_positive(layers=layers, every=every)
    sizes = {"num_layers": layers, "num_decoder_layers": layers, "d_model": width, "num_heads": heads, "d_kv": head_dim,
             "d_ff": feed_forward, "num_experts": experts, "vocab_size": vocabulary, "encoder_sparse_step": every,
             "decoder_sparse_step": every}  # fmt: skip
    return counted(Config(sizes, "switch_transformers"), sequence_length)


VARIANTS: dict[str, dict[str, Any]] = {
    **{f"switch-base-{experts}": {"experts": experts} for experts in (8, 16, 32, 64, 128, 256)},
    "switch-large-128": {"layers": 24, "width": 1024, "heads": 16, "feed_forward": 4224},
    "switch-c-2048": {"layers": 15, "width": 2080, "heads": 32, "feed_forward": 6144, "experts": 2048, "every": 1},
}
PUBLISHED: dict[str, Published] = {
    "switch-c-2048": Published("Fedus, Zoph and Shazeer 2022, arXiv:2101.03961, Table 9", parameters=1571e9),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Switch Transformers."""
    return [
        Family(
            name="switch",
            forward=switch,
            example="pair of sequences",
            source="Fedus, Zoph and Shazeer 2022, arXiv:2101.03961, Table 9",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
