"""Hugging Face models, counted from their config.json alone: no weights, no code, no framework."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from computeest.contract import Family, Network, did_you_mean, hookimpl, planned
from computeest_plugins.decoder import Decoder, decoder
from computeest_plugins.huggingface.composites import PROJECTORS, composite
from computeest_plugins.huggingface.config import TASKS, Config, decoder_head, read_config, task, under_own_names
from computeest_plugins.huggingface.couples import COUPLES
from computeest_plugins.huggingface.cousins import COUSINS, FIXED, Cousin
from computeest_plugins.huggingface.decoders import DECODERS, NEWER_DECODERS
from computeest_plugins.huggingface.delta_rules import DELTA_RULES
from computeest_plugins.huggingface.encoders import ENCODERS
from computeest_plugins.huggingface.generic import EXPERTS, generic
from computeest_plugins.huggingface.hybrids import HYBRIDS
from computeest_plugins.huggingface.llamas import LLAMAS, Facts, windowed
from computeest_plugins.huggingface.mixtures import MIXTURES
from computeest_plugins.huggingface.multimodal import MULTIMODAL
from computeest_plugins.huggingface.newcomers import NEWCOMERS, SILENT, SPELLED_NEWLY
from computeest_plugins.huggingface.pairs import PAIRS
from computeest_plugins.huggingface.relatives import RELATIVES, REMOTE
from computeest_plugins.huggingface.singles import SINGLES
from computeest_plugins.huggingface.stacks import READING, SEEING
from computeest_plugins.huggingface.towers import TOWERS
from computeest_plugins.huggingface.type_defaults import DEFAULTS
from computeest_plugins.huggingface.variants import ENCODING, WRITING
from computeest_plugins.huggingface.vision import VISION

#: Where a configuration says how long its sequences may be, in the order they are tried.
LENGTHS = ("max_position_embeddings", "n_positions", "n_ctx", "max_target_positions", "seq_length", "max_seq_len")
#: The sequence length where neither the caller nor the configuration gives a shorter one.
LONGEST_ASSUMED = 4096
#: Types that spell the decoder family's parameters, and types that build their network.
SPELLED = {**DECODERS, **NEWER_DECODERS, **LLAMAS, **RELATIVES, **REMOTE, **SPELLED_NEWLY}
BUILT = {**ENCODERS, **PAIRS, **MULTIMODAL, **VISION, **HYBRIDS, **TOWERS, **READING, **SEEING, **WRITING,
         **ENCODING, **SINGLES, **NEWCOMERS, **MIXTURES, **DELTA_RULES}  # fmt: skip
#: Types that need not score words.
WORDLESS = {*ENCODERS, *VISION, *TOWERS, *SEEING, *ENCODING, *SILENT, "convbert", "mobilebert"}
KNOWN = frozenset({*SPELLED, *BUILT, *COUSINS, *PROJECTORS, *COUPLES})
#: Types whose logits have weights of their own, whatever tie_word_embeddings says (transformers 5.24).
NEVER_TIED = frozenset({"bailing_hybrid", "kimi_linear", "moshi", "nemotron_h", "mllama", "mllama_text_model", "xlstm"})
_UNTIED: Mapping[str, Any] = {"tie_word_embeddings": False}
#: Heads of classes that are counted: those of all types, and those that a type's own reader counts or refuses.
HEADS = (*(ending for ending, _ in TASKS if ending.startswith("For")), "ForCTC", "ForRetrieval", "ForTextToText",
         "ForCausalImageModeling", "ForPrediction", "ForAudioClassification")  # fmt: skip


def model_types() -> tuple[str, ...]:
    """The model types that can be counted."""
    return tuple(sorted(KNOWN))


def from_config(
    config: Mapping[str, Any], sequence_length: int | None = None, parameters: float | None = None
) -> Network:
    """The network a config.json describes, reading one sequence (or one image, or image and text)."""
    kind = config.get("model_type")
    if not isinstance(kind, str):
        return from_config(_of_no_type(config), sequence_length, parameters)
    if kind in SPELLED or kind in BUILT:
        structure = _structure(config, sequence_length)
        if (plan := _PLANNED.get(structure)) is not None:  # in one step, for other threads may clear it
            return plan(config)
        _remember(structure, sequence_length)
    return _read(config, kind, sequence_length, parameters)


#: How configurations of a structure are read, once there were two of it; and the structures that were met once.
_PLANNED: dict[tuple[Any, ...], Callable[[Mapping[str, Any]], Network]] = {}
_MET: set[tuple[Any, ...]] = set()
#: Structures remembered, and characters of what a configuration that is planned may hold beside whole numbers.
MOST_STRUCTURES, LONGEST_STRUCTURE = 256, 4000


def _structure(config: Mapping[str, Any], sequence_length: int | None) -> tuple[Any, ...]:
    """All of a configuration but its whole numbers."""
    others = [int if type(value) is int else value if value is None or type(value) in (str, bool) else (repr(value),)
              for value in config.values()]  # fmt: skip
    return sequence_length, tuple(config), tuple(others)


def _remember(structure: tuple[Any, ...], sequence_length: int | None) -> None:
    """Remember that a structure was met; plan how it is read where it was met before."""
    if structure in _MET:
        _PLANNED[structure] = planned(lambda config: _read(config, str(config["model_type"]), sequence_length, None))
    elif len(str(structure)) <= LONGEST_STRUCTURE:
        if len(_MET) >= MOST_STRUCTURES:
            _MET.clear()
            _PLANNED.clear()
        _MET.add(structure)


def _read(config: Mapping[str, Any], kind: str, sequence_length: int | None, parameters: float | None) -> Network:
    """The network of a configuration, as its type is read."""
    if kind in KNOWN:
        _known_head(kind, config)
        _whole(kind, config)
        if config.get("add_cross_attention") is True:
            raise ValueError(f"config.json of a {kind}: add_cross_attention is true; attention to an encoder is "
                             "counted where the encoder is part of the model, as in encoder-decoder")  # fmt: skip
    config = {**DEFAULTS.get(kind, {}), **under_own_names(config, kind), **(_UNTIED if kind in NEVER_TIED else {})}
    cousin = COUSINS.get(kind)
    if kind in FIXED:
        _as_its_like(kind, config, FIXED[kind])
    if cousin is not None:
        config = _dense_first(kind, _within(cousin.usual, config))
        _of_classes(kind, config, cousin.classes)
        _as_its_like(kind, config, cousin.only)
        kind = cousin.built_as
    if kind in COUPLES:
        return COUPLES[kind](Config(config, kind), sequence_length, from_config)
    if kind in PROJECTORS:
        return composite(Config(config, kind), _length(Config(config, kind), sequence_length), from_config)
    if kind not in SPELLED and kind not in BUILT:
        known = model_types()
        near = did_you_mean(kind, known) or f"docs/families.md names the {len(known)} that are"
        unknown = f"model_type '{kind[:60]}' is not known; {near}"
        return generic(config, parameters, unknown, lambda reading: from_config(reading, sequence_length))
    facts = Config(under_own_names(config, kind), kind)
    length = _length(facts, sequence_length)
    if kind in SPELLED:
        spelled = _spelled(kind, facts, cousin)
        net = decoder(Decoder(**{**spelled, **decoder_head(facts)}, sequence_length=length))
        _perhaps_a_draft(net, spelled)
    else:
        net = BUILT[kind](facts, length)
    _predicting_further(facts, net)
    if kind not in WORDLESS and task(facts, "words") == "none":
        net.note("logits, which the class that `architectures` names does not have")
    return net


def _spelled(kind: str, c: Config, cousin: Cousin | None) -> Facts:
    """The decoder's parameters, with the windows that a type has which is built as one without or with others."""
    spelled = SPELLED[kind](c)
    if "experts" not in spelled:
        _without_experts(c)
    if cousin is None or (whole := cousin.whole) is None:
        return spelled
    spelled = {**spelled, "window": None, "global_layers": 0}
    return windowed(c, spelled, c.optional("sliding_window"), lambda layers: whole(c, layers))


def _predicting_further(c: Config, net: Network) -> None:
    """Say what else was perhaps trained: modules for further tokens, of which the class that is loaded has none."""
    further = next((key for key in FURTHER if c.values.get(key)), None)
    if further is not None:
        net.note(f"the modules that predict further tokens ({further})")


def _perhaps_a_draft(net: Network, spelled: Facts) -> None:
    """Say what a file of one wide layer may leave out: EAGLE's first heads go by their target's class."""
    if spelled["layers"] == 1 and spelled["width"] >= 1024:
        net.note("what a draft head has beside its one layer, if it is one (EAGLE): a matrix that joins two states")


def _within(usual: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration in which what is left out is as usual, in the towers within it too."""
    towers = {name: {**own, **config[name]} for name, own in usual.items()
              if isinstance(own, Mapping) and isinstance(config.get(name), Mapping)}
    return {**usual, **config, **towers}


def _dense_first(kind: str, config: dict[str, Any]) -> dict[str, Any]:
    """A configuration that names each layer's part as one that says how many are dense; others are refused.

    Refused too are layers of different heads (Laguna).
    """
    heads = config.get("num_attention_heads_per_layer")
    if isinstance(heads, list) and any(each != config.get("num_attention_heads") for each in heads):
        raise ValueError(f"config.json of a {kind}: num_attention_heads_per_layer differs from num_attention_heads")
    named = config.get("mlp_layer_types")
    if not isinstance(named, list):
        return config
    dense = next((place for place, part in enumerate(named) if part != "dense"), len(named))
    if len(named) != config.get("num_hidden_layers") or any(part != "sparse" for part in named[dense:]):
        raise ValueError(f"config.json of a {kind}: mlp_layer_types must name all layers, the first dense, then sparse")
    return {**config, "first_k_dense_replace": dense}


def _as_its_like(kind: str, config: Mapping[str, Any], only: Mapping[str, Any]) -> None:
    """Refuse a configuration that sets what the type that it is built as cannot be."""
    for key, value in only.items():
        if config.get(key, value) != value:
            raise ValueError(f"config.json of a {kind}: {key} is {str(config[key])[:40]}; only {value} is supported")


def _of_classes(kind: str, config: Mapping[str, Any], classes: tuple[str, ...]) -> None:
    """Refuse a class of a type of which only others are known."""
    named = config.get("architectures")
    unknown = [name for name in named if name not in (*classes, "Model")] if classes and isinstance(named, list) else []
    if unknown:
        raise ValueError(f"architectures: {unknown[0]} of a {kind} is not counted; expected {' or '.join(classes)}")


def _without_experts(c: Config) -> None:
    """Refuse experts of a type that has none: of a network of its own that goes by the type's name (MiniCPM-MoE)."""
    for key in EXPERTS:
        if (c.optional(key) or 1) > 1:
            raise ValueError(f"config.json of a {c.kind}: {key} is {c.values[key]}; the layers of a {c.kind} have none")


#: Where a configuration says how many modules predict further tokens, of which the class that is loaded has none.
FURTHER = ("num_nextn_predict_layers", "num_mtp_layers", "mtp_num_hidden_layers")
#: Names of classes that guess the next tokens of another model, whose states they read (EAGLE, Medusa, DeepSeek's MTP).
_DRAFT = re.compile("Eagle|Medusa|MTP|NextN|DFlash|Draft")
#: Names of classes that see or hear, which types of text alone do not (LLaVA's first files go by their text model's).
_SEES = re.compile("Ll?ava|VL(?:Chat|For)|XComposer|Vision|Audio|Omni")
#: What only a file of a network that is more, or less, than its type holds, and what that is.
_OTHER_WHOLE = {
    "draft_vocab_size": "a draft head, which reads the states of another model (EAGLE)",
    "eagle_config": "a draft head, which reads the states of another model (EAGLE)",
    "dflash_config": "a draft head, which reads the states of another model (DFlash)",
    "pruned_heads": "heads that were removed from layers",
    "block_configs": "layers of sizes of their own",
}
#: Towers beside a language model, by the keys of files that go by the type of the language model alone.
_TOWERS = ("vision_config", "visual", "audio_config", "audio", "img_processor", "mm_vision_tower", "vision_tower",
           "pre_seq_len")  # fmt: skip
#: Names that Meta's and Mistral's own files give sizes, and GPT-2's; what a type that has not them calls them.
_FOREIGN = {"dim": "hidden_size", "n_embd": "hidden_size", "d_model": "hidden_size", "n_layers": "num_hidden_layers",
            "n_layer": "num_hidden_layers", "num_layers": "num_hidden_layers", "n_heads": "num_attention_heads",
            "n_head": "num_attention_heads", "n_kv_heads": "num_key_value_heads", "hidden_dim": "intermediate_size",
            "d_ff": "intermediate_size"}  # fmt: skip
#: Types of text whose sizes go by the usual names alone.
_USUALLY_NAMED = frozenset({*LLAMAS, *RELATIVES, *REMOTE, *SPELLED_NEWLY} - {"chatglm", "exaone", "qwen"})


def _whole(kind: str, config: Mapping[str, Any]) -> None:
    """Refuse a file of a network that is more, or less, than its type, or that names its sizes as others do."""
    for key, what in _OTHER_WHOLE.items():
        if config.get(key):
            raise ValueError(f"config.json of a {kind}: {key} is of {what}; it is not counted")
    named = config.get("architectures")
    names = [str(name) for name in named] if isinstance(named, list) else []
    draft = next((name for name in names if _DRAFT.search(name)), None)
    if draft is not None:
        raise ValueError(f"architectures: {draft[:60]} is a draft head, which reads the states of a {kind}; it is not "
                         "counted")  # fmt: skip
    if kind not in SPELLED and getattr(COUSINS.get(kind), "built_as", None) not in SPELLED:
        return
    beside = [key for key in _TOWERS if config.get(key)]
    beside += [name for name in names if _SEES.search(name) and not re.search("vl|ocr|vision|omni|docling", kind)]
    if beside:
        raise ValueError(f"config.json of a {kind}: {beside[0][:60]} is of more than the language model that a {kind} "
                         "is; it is not counted")  # fmt: skip
    if kind in _USUALLY_NAMED and (foreign := next((key for key, own in _FOREIGN.items() if config.get(key) is not None
                                                    and own not in config), None)):  # fmt: skip
        raise ValueError(f"config.json of a {kind}: {foreign} is not among its sizes; write {_FOREIGN[foreign]}")


#: Sizes in params.json, and what else it may hold that makes no difference to a count.
_PARAMS = {"dim": "hidden_size", "n_layers": "num_hidden_layers", "n_heads": "num_attention_heads",
           "n_kv_heads": "num_key_value_heads", "vocab_size": "vocab_size", "hidden_dim": "intermediate_size",
           "head_dim": "head_dim", "sliding_window": "sliding_window", "tied_embeddings": "tie_word_embeddings"}
_INDIFFERENT = ("norm_eps", "rope_theta", "use_scaled_rope", "max_seq_len", "max_seqlen", "max_batch_size",
                "model_parallel_size", "use_biases", "causal", "yarn", "rope_scaling", "max_position_embeddings",
                "llama_4_scaling", "quantization", "multiple_of", "ffn_dim_multiplier", "moe")  # fmt: skip


def _of_no_type(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The params.json of Meta's Llama and of Mistral as transformers spells it; other files are refused."""
    if "peft_type" in config:
        raise ValueError("this is the adapter_config.json of PEFT, beside the model that it adapts; give the "
                         f"config.json of {str(config.get('base_model_name_or_path') or 'its base model')[:60]}")
    if not {"dim", "n_layers", "n_heads"} <= config.keys():
        raise ValueError("config.json has no model_type; expected such as 'llama', as transformers writes it")
    other = [key for key in config if key not in _PARAMS and key not in _INDIFFERENT] + (
        ["use_biases"] if config.get("use_biases") else [])  # fmt: skip
    if other:
        raise ValueError(f"params.json: {other[0][:60]} is not supported; give the config.json of transformers")
    if config.get("vocab_size") in (None, -1):
        raise ValueError("params.json: vocab_size is the tokenizer's; write it (Llama 1 and 2: 32000)")
    own = {new: config[key] for key, new in _PARAMS.items() if config.get(key) is not None}
    c = Config(config, "params.json")
    if config.get("hidden_dim") is None:  # as Meta's FeedForward computes it
        hidden, factor, step = 8 * c.count("dim") // 3, config.get("ffn_dim_multiplier"), c.count("multiple_of", 256)
        if factor is not None and not (isinstance(factor, (int, float)) and 0 < factor < 100):
            raise ValueError(f"params.json: ffn_dim_multiplier is {str(factor)[:40]}, not a number above 0")
        own["intermediate_size"] = -(-int(hidden * (factor or 1)) // step) * step
    moe = c.part("moe", "experts")
    kind = "mistral" if config.get("hidden_dim") is not None else "llama"
    if moe.values:
        own |= {"num_local_experts": moe.count("num_experts"), "num_experts_per_tok": moe.count("num_experts_per_tok")}
        kind = "mixtral"
        if set(moe.values) - {"num_experts", "num_experts_per_tok"}:
            raise ValueError("params.json: moe has more than num_experts and num_experts_per_tok; give the config.json")
    return {"sliding_window": None, "num_key_value_heads": own["num_attention_heads"], **own, "model_type": kind}


def _known_head(kind: str, config: Mapping[str, Any]) -> None:
    """Refuse a class whose head is of a task that nothing here counts, such as ...ForDepthEstimation."""
    named = config.get("architectures")
    for name in named if isinstance(named, list) else ():
        found = re.search(r"For[A-Z]\w*$", str(name))
        if found and not any(head in found[0] for head in HEADS):
            raise ValueError(f"architectures: the head of {str(name)[:60]} is not counted; without it a {kind} is")


def _length(facts: Config, given: int | None) -> int:
    """The sequence length given or, without one, the longest the configuration allows, within reason."""
    if given is None:
        allowed = next((facts.count(key) for key in LENGTHS if facts.values.get(key)), LONGEST_ASSUMED)
        return min(allowed, LONGEST_ASSUMED)
    if not 1 <= given <= 10**9:
        raise ValueError(f"sequence_length: {given} is out of range; expected 1 to 1,000,000,000")
    return given


def huggingface(
    config: str | Mapping[str, Any], sequence_length: int | None = None, parameters: float | None = None
) -> Network:
    """One sequence or image through the model of a config.json: `config` is its path or its contents.

    The params.json of Llama's and Mistral's original files is read too.

    Without `sequence_length` it is the longest the configuration allows, but at most 4,096. Counted is the class that
    `architectures` names (words, classes, or neither); where it names none, decoders score words and encoders nothing.
    Modules that predict further tokens (DeepSeek-V3) are not part of that class. A decoder of a type that is not known
    is read as a known one of its sizes where the `parameters` that it is stated to have confirm that within 1 %.
    """
    return from_config(read_config(config), sequence_length, parameters)


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
