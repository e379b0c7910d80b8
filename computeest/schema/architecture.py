"""What a family's parameter may hold: the kind of value it is annotated with, of a size that networks have."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from computeest.problems import NetworkError
from computeest.problems import networks as wrong

#: Other names that papers and configurations use for a family's parameters.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "layers": ("n_layers", "num_layers", "n_layer", "num_hidden_layers", "blocks", "depth"),
    "width": ("d_model", "hidden_size", "n_embd", "hidden", "model_width", "model_dim", "embedding_width", "embed_dim",
              "embedding_dim", "dim", "d"),
    "hidden": ("hidden_size", "hidden_dim", "hidden_units", "n_hidden", "num_units", "units", "lstm_size", "d_model",
               "hidden_sizes", "hidden_layers", "width"),
    "both": ("bidirectional",),
    "cell": ("cell_type", "rnn_type"),
    "projection": ("proj_size", "projection_size", "projection_dim"),
    "embedding_width": ("embedding_size", "embed_size", "emb_size", "embed_dim", "embedding_dim"),
    "inputs": ("input_size", "in_features", "input_dim", "n_inputs"),
    "tied": ("tie_word_embeddings", "tie_embeddings", "tied_embeddings", "share_embeddings", "weight_tying"),
    "decoder_layers": ("num_decoder_layers", "n_decoder_layers", "dec_layers"),
    "target_length": ("decoder_length", "max_target_length", "tgt_len", "output_length"),
    "expert_feed_forward": ("moe_intermediate_size", "expert_hidden_size", "d_expert"),
    "shared_feed_forward": ("shared_expert_intermediate_size",),
    "channels": ("in_channels", "latent_channels"),
    "multipliers": ("channel_mult", "ch_mult", "channel_multipliers"),
    "context_width": ("cross_attention_dim", "context_dim"),
    "filters": ("n_filters", "num_filters"),
    "heads": ("n_heads", "num_heads", "n_head", "num_attention_heads", "attention_heads"),
    "kv_heads": ("n_kv_heads", "num_kv_heads", "num_key_value_heads", "key_value_heads"),
    "head_dim": ("d_head", "head_size", "d_kv"),
    "feed_forward": ("d_ff", "ffn", "ffn_size", "intermediate_size", "mlp_width", "ff", "n_inner", "mlp_dim",
                     "d_ffn", "ffn_dim", "ffn_hidden_size", "dim_feedforward"),
    "vocabulary": ("vocab", "vocab_size", "n_vocab"),
    "sequence_length": ("context", "context_length", "seq_len", "n_ctx", "max_position_embeddings", "seq_length",
                        "max_seq_len", "max_seq_length", "max_sequence_length", "max_len", "max_length", "block_size",
                        "n_positions", "context_window", "source_length", "src_len", "encoder_length", "bptt"),
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
    "outputs": ("output_size", "out_features", "output_dim", "num_classes", "classes", "n_classes", "out_channels"),
}

#: Annotations of parameters that are true or false.
_FLAGGED = ("bool", "bool | None")
#: No width, vocabulary or image is larger.
LARGEST = 1e8
#: Layers are counted one by one, so that a slip of many zeros would take forever.
DEEPEST = 10_000


#: Names that only a parameter understands which multiplies, as MobileNet's width does.
MULTIPLIERS: Mapping[str, tuple[str, ...]] = {
    "width": ("width_multiplier", "width_mult", "alpha"),
}

#: How people write a flag: YAML 1.2 reads `no` and `off` as text, which Python would take for true.
FLAGS: Mapping[str, bool] = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}

#: What kinds of networks are called in papers: the family, and its parameters that the name says.
FAMILY_WORDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    **dict.fromkeys(("decoderonly", "decoderonlytransformer", "transformerdecoder", "transformerdecoderonly", "gptlike",
                     "autoregressivetransformer", "causallm"), ("decoder", {})),
    **dict.fromkeys(("encoderonly", "encoderonlytransformer", "transformerencoder", "maskedlm"), ("encoder", {})),
    **dict.fromkeys(("transformerencoderdecoder", "encoderdecodertransformer", "seq2seqtransformer"),
                    ("encoder-decoder", {})),
    **dict.fromkeys(("lstm", "lstmlm", "bilstm"), ("recurrent", {"cell": "lstm"})),
    **dict.fromkeys(("gru", "bigru"), ("recurrent", {"cell": "gru"})), "rnn": ("recurrent", {"cell": "rnn"}),
    "visiontransformer": ("vit", {}), "mlpmixer": ("mixer", {}), "diffusiontransformer": ("dit", {}),
    **dict.fromkeys(("gnn", "graphneuralnetwork", "graphneuralnet", "graphnetwork", "messagepassingnetwork", "mpnn"),
                    ("graph", {})),
    **dict.fromkeys(("vae", "variationalautoencoder"), ("autoencoder", {})),
    "resnetd": ("resnet-relative", {}), "wrn": ("wide-resnet", {}), "swintransformer": ("swin", {}),
    "multilayerperceptron": ("mlp", {}),
}

#: Names that leave open which family is meant, and what to say instead.
OPEN_WORDS: Mapping[str, str] = {
    "transformer": "decoder (as GPT), encoder (as BERT) or encoder-decoder (as T5)",
    **dict.fromkeys(("cnn", "convnet"), "resnet, vgg, ..., or the network's own `layers`"),
    "gan": "the generator's and the discriminator's own `layers`, one run each",
    "diffusion": "unet or dit",
}

#: Names of a series that its first member has as well: who writes no more than the name may mean any of them.
SERIES = frozenset(("gpt",))


@cache
def names_of_parameters() -> frozenset[str]:
    """What papers and configurations call the parameters of networks."""
    return frozenset(SYNONYMS) | {name for names in SYNONYMS.values() for name in names}


def flag(name: str, value: Any, annotation: Any) -> Any:
    """True or false where the family takes that, however it is written; anything else there is refused."""
    if type(value) is bool or value is None or str(getattr(annotation, "__name__", annotation)) not in _FLAGGED:
        return value
    said = FLAGS.get(value.strip().lower()) if isinstance(value, str) else None
    if said is None and value in (0, 1):
        said = bool(value)
    if said is None:
        raise NetworkError(wrong.PARAMETER_NOT_A_FLAG(name=name, value=value))
    return said


def check(name: str, value: Any, annotation: Any) -> None:
    """Refuse text where the family counts, one number where it takes a list, and sizes that no network has."""
    listed, only, alone = _takes(str(getattr(annotation, "__name__", annotation)))
    if listed is not None and isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            _check_number(name, item, whole=listed)
    elif value is None:
        return
    elif only:
        raise NetworkError(wrong.PARAMETER_NOT_A_LIST(name=name, value=value))
    elif alone is not None:
        _check_number(name, value, whole=alone)


@lru_cache(maxsize=4096)  # families annotate alike: a third of what a check takes
def _takes(annotation: str) -> tuple[bool | None, bool, bool | None]:
    """Whether lists are of whole numbers, whether nothing else will do, and whether a number alone is whole.

    None for what the family counts nothing with: no lists, or no number.
    """
    kinds = {kind.strip() for kind in annotation.split("|")}
    lists = {kind for kind in kinds if kind.startswith(("Sequence", "list", "tuple"))}
    others = kinds - lists
    counts = bool(others) and others <= {"int", "float", "None"}
    return ("float" not in str(lists) if lists else None, bool(lists) and others <= {"None"},
            "float" not in kinds if counts else None)


def _check_number(name: str, value: Any, whole: bool) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise NetworkError(wrong.PARAMETER_NOT_A_NUMBER(name=name, value=value))
    if not abs(value) <= LARGEST:
        shown = float(max(min(value, sys.float_info.max), -sys.float_info.max))  # a whole number may be larger
        raise NetworkError(wrong.PARAMETER_TOO_LARGE(name=name, value=shown, most=LARGEST))
    if whole and value != int(value):
        raise NetworkError(wrong.PARAMETER_NOT_WHOLE(name=name, value=value))
    if value > DEEPEST and any(word in name.lower() for word in ("depth", "layer", "block")):
        raise NetworkError(wrong.PARAMETER_TOO_DEEP(name=name, value=value, most=DEEPEST))
