"""What a family's parameter may hold: the kind of value it is annotated with, of a size that networks have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

#: Other names that papers and configurations use for a family's parameters.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "layers": ("n_layers", "num_layers", "n_layer", "num_hidden_layers", "blocks", "depth"),
    "width": ("d_model", "hidden_size", "n_embd", "hidden", "model_width", "embedding_width", "embed_dim", "dim",
              "d", "width_multiplier", "width_mult"),
    "heads": ("n_heads", "num_heads", "n_head", "num_attention_heads", "attention_heads"),
    "kv_heads": ("n_kv_heads", "num_kv_heads", "num_key_value_heads", "key_value_heads"),
    "head_dim": ("d_head", "head_size", "d_kv"),
    "feed_forward": ("d_ff", "ffn", "ffn_size", "intermediate_size", "mlp_width", "ff", "n_inner", "mlp_dim"),
    "vocabulary": ("vocab", "vocab_size", "n_vocab"),
    "sequence_length": ("context", "context_length", "seq_len", "n_ctx", "max_position_embeddings"),
    "image": ("image_size", "resolution", "input_size", "img_size"),
    "patch": ("patch_size",),
    "classes": ("num_classes", "n_classes"),
    "experts": ("num_experts", "n_experts", "num_local_experts", "n_routed_experts"),
    "experts_per_token": ("top_k", "num_experts_per_tok", "active_experts"),
    "depth": ("layers", "n_layers", "num_layers"),
    "depths": ("blocks", "layers", "num_layers"),
    "window": ("window_size",),
    "growth": ("growth_rate", "k"),
    "widening": ("widen_factor", "widening_factor", "width_factor", "k"),
    "group_width": ("base_width", "width_per_group"),
}

#: No width, vocabulary or image is larger.
LARGEST = 1e8
#: Layers are counted one by one, so that a slip of many zeros would take forever.
DEEPEST = 10_000


@cache
def names_of_parameters() -> frozenset[str]:
    """What papers and configurations call the parameters of networks."""
    return frozenset(SYNONYMS) | {name for names in SYNONYMS.values() for name in names}


def check(name: str, value: Any, annotation: Any) -> None:
    """Refuse text where the family counts, one number where it takes a list, and sizes that no network has."""
    kinds = {kind.strip() for kind in str(getattr(annotation, "__name__", annotation)).split("|")}
    listed = isinstance(value, Sequence) and not isinstance(value, str)
    lists = {kind for kind in kinds if kind.startswith(("Sequence", "list", "tuple"))}
    if listed and lists:
        for item in value:
            _check_number(name, item, whole="float" not in str(lists))
    elif lists == kinds - {"None"} and lists and value is not None:
        raise ValueError(f"{name}: '{value}' is not a list of numbers, such as [3, 4, 6, 3]")
    elif kinds - lists <= {"int", "float", "None"} and kinds - lists and value is not None:
        _check_number(name, value, whole="float" not in kinds)


def _check_number(name: str, value: Any, whole: bool) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name}: '{value}' is not a number")
    if not abs(value) <= LARGEST:
        raise ValueError(f"{name}: {value:.4g} is more than any network has; expected at most {LARGEST:g}")
    if whole and value != int(value):
        raise ValueError(f"{name}: {value} is not a whole number")
    if value > DEEPEST and any(word in name.lower() for word in ("depth", "layer", "block")):
        raise ValueError(f"{name}: {value:.4g} is deeper than any network; expected at most {DEEPEST:,}")
