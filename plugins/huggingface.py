"""Hugging Face models, counted from their config.json alone: no weights, no code, no framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from computeest.contract import Family, Network, did_you_mean, hookimpl
from computeest_plugins.decoder import decoder
from computeest_plugins.huggingface_config import Config, read_config, under_own_names
from computeest_plugins.huggingface_decoders import DECODERS
from computeest_plugins.huggingface_encoders import ENCODERS
from computeest_plugins.huggingface_heads import decoder_head, task
from computeest_plugins.huggingface_llamas import LLAMAS
from computeest_plugins.huggingface_pairs import PAIRS
from computeest_plugins.huggingface_relatives import RELATIVES
from computeest_plugins.huggingface_remote import REMOTE
from computeest_plugins.huggingface_speech import SPEECH
from computeest_plugins.huggingface_vision import VISION

#: Where a configuration says how long its sequences may be, in the order they are tried.
LENGTHS = ("max_position_embeddings", "n_positions", "n_ctx", "max_target_positions", "seq_length", "max_seq_len")
#: The sequence length where neither the caller nor the configuration gives a shorter one.
LONGEST_ASSUMED = 4096


def model_types() -> tuple[str, ...]:
    """The model types that can be counted."""
    return tuple(sorted((*DECODERS, *LLAMAS, *RELATIVES, *REMOTE, *ENCODERS, *PAIRS, *SPEECH, *VISION)))


def from_config(config: Mapping[str, Any], sequence_length: int | None = None) -> Network:
    """The network a config.json describes, reading one sequence (or one image, or image and text)."""
    kind = config.get("model_type")
    if not isinstance(kind, str):
        raise ValueError("config.json has no model_type; expected such as 'llama', as transformers writes it")
    facts = Config(under_own_names(config, kind), kind)
    if sequence_length is None:
        sequence_length = next((facts.count(key) for key in LENGTHS if config.get(key)), LONGEST_ASSUMED)
        sequence_length = min(sequence_length, LONGEST_ASSUMED)
    elif not 1 <= sequence_length <= 10**9:
        raise ValueError(f"sequence_length: {sequence_length} is out of range; expected 1 to 1,000,000,000")
    spelled = DECODERS.get(kind) or LLAMAS.get(kind) or RELATIVES.get(kind) or REMOTE.get(kind)
    if spelled is not None:
        net = decoder(**{**spelled(facts), **decoder_head(facts)}, sequence_length=sequence_length)
        return _said(net, facts)
    build = ENCODERS.get(kind) or PAIRS.get(kind) or SPEECH.get(kind) or VISION.get(kind)
    if build is None:
        known = model_types()
        near = did_you_mean(kind, known) or f"known: {', '.join(known)}"
        raise ValueError(f"model_type '{kind[:60]}' is not known; {near}")
    net = build(facts, sequence_length)
    return _said(net, facts) if kind in PAIRS or kind in SPEECH else net


def _said(net: Network, facts: Config) -> Network:
    """The network, with a note where the named class leaves the logits out."""
    if task(facts, "words") == "none":
        net.note("logits, which the class that `architectures` names does not have")
    return net


def huggingface(config: str | Mapping[str, Any], sequence_length: int | None = None) -> Network:
    """One sequence or image through the model of a config.json: `config` is its path or its contents.

    Without `sequence_length` it is the longest the configuration allows, but at most 4,096.
    """
    return from_config(read_config(config), sequence_length)


@hookimpl
def computeest_families() -> list[Family]:
    """Models described by a config.json."""
    return [
        Family(
            name="huggingface",
            forward=huggingface,
            example="sequence or image",
            source="Wolf et al. 2020, Transformers: state-of-the-art natural language processing, arXiv:1910.03771; "
            "the configuration and modeling files of the transformers library",
        )
    ]
