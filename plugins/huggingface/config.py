"""One config.json as checked facts: whole numbers in range, flags, words; it is data and is never run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from computeest.contract import Network, file_bytes

#: Larger than any size a real model has, and than any config.json.
LARGEST_COUNT = 10**9
LARGEST_FILE = 4 * 1024 * 1024

_GPT = {"hidden_size": "n_embd", "num_hidden_layers": "n_layer", "num_attention_heads": "n_head",
        "max_position_embeddings": "n_positions"}  # fmt: skip
_T5 = {"hidden_size": "d_model", "num_hidden_layers": "num_layers", "num_attention_heads": "num_heads",
       "head_dim": "d_kv"}  # fmt: skip
_BART = {"hidden_size": "d_model", "num_hidden_layers": "encoder_layers",
         "num_attention_heads": "encoder_attention_heads"}  # fmt: skip
_HEARING = {**_BART, "intermediate_size": "encoder_ffn_dim"}
_MPT = {"hidden_size": "d_model", "num_hidden_layers": "n_layers", "num_attention_heads": "n_heads",
        "max_position_embeddings": "max_seq_len"}  # fmt: skip
_LOCAL, _EXPERTS = {"num_experts": "num_local_experts"}, {"num_local_experts": "num_experts"}
_DEPTH = {"num_hidden_layers": "depth", "num_attention_heads": "num_heads"}
_ROUTED = {"num_experts": "n_routed_experts", "num_local_experts": "n_routed_experts",
           "num_shared_experts": "n_shared_experts"}  # fmt: skip
#: Where a type calls a size by a name of its own, the usual name means the same (attribute_map of its class).
OWN_NAMES: dict[str, dict[str, str]] = {
    **dict.fromkeys(("gpt2", "openai-gpt", "gptj", "codegen", "gpt_bigcode", "gpt-sw3", "imagegpt"), _GPT),
    **dict.fromkeys(("t5", "mt5", "umt5", "switch_transformers", "pop2piano"), _T5),
    **dict.fromkeys(("bart", "mbart", "m2m_100", "pegasus", "marian", "whisper", "blenderbot",
                    "blenderbot-small", "bigbird_pegasus", "led", "plbart", "nllb-moe", "speech_to_text"), _BART),
    "fsmt": {**_BART, "vocab_size": "tgt_vocab_size"},
    **dict.fromkeys(("mpt", "dbrx"), _MPT),
    "gpt_neo": {"num_hidden_layers": "num_layers", "num_attention_heads": "num_heads"},
    "bloom": {"num_hidden_layers": "n_layer", "num_attention_heads": "n_head", "hidden_size": "n_embed"},
    "falcon": {"n_layer": "num_hidden_layers", "n_head": "num_attention_heads", "hidden_size": "n_embed"},
    "distilbert": {"hidden_size": "dim", "num_hidden_layers": "n_layers", "num_attention_heads": "n_heads"},
    "xglm": {"hidden_size": "d_model", "num_hidden_layers": "num_layers", "num_attention_heads": "attention_heads"},
    **dict.fromkeys(("mixtral", "olmoe", "phimoe", "granitemoe", "gpt_oss", "minimax_m2"), _LOCAL),
    **dict.fromkeys(("qwen2_moe", "qwen3_moe", "flex_olmo", "hy_v3", "jamba", "mellum"), _EXPERTS),
    **dict.fromkeys(("deepseek", "deepseek_v2", "deepseek_v3", "kimi_k2", "glm4_moe", "mimo_v2_flash", "mistral4",
                    "sarvam_moe", "sarvam_mla", "deepseek_v32", "glm_moe_dsa", "dots1", "solar_open"), _ROUTED),
    "glm4_moe_lite": {**_ROUTED, "head_dim": "qk_rope_head_dim"},
    **dict.fromkeys(("openai_privacy_filter", "minimax_m3_vl_text", "minimax"), _LOCAL),
    "hunyuan_v1_moe": {"num_experts_per_tok": "moe_topk", "num_local_experts": "num_experts"},
    "longcat_flash": {"num_experts_per_tok": "moe_topk", "num_local_experts": "n_routed_experts",
                      "intermediate_size": "ffn_hidden_size", "moe_intermediate_size": "expert_ffn_hidden_size"},
    "kimi_linear": {"num_experts_per_tok": "num_experts_per_token", "num_local_experts": "num_experts",
                    "n_shared_experts": "num_shared_experts"},
    "bailing_hybrid": {"num_experts_per_tok": "num_experts_per_token", "num_local_experts": "num_experts",
                       "n_shared_experts": "num_shared_experts", "num_mtp_layers": "num_nextn_predict_layers"},
    "nemotron_h": {"layer_types": "layers_block_type", "num_local_experts": "n_routed_experts",
                   "mamba_n_groups": "n_groups", "mamba_d_conv": "conv_kernel", "mamba_conv_bias": "use_conv_bias"},
    "lfm2": {"tie_embedding": "tie_word_embeddings"},
    "xlnet": {"hidden_size": "d_model", "num_attention_heads": "n_head", "num_hidden_layers": "n_layer",
              "n_token": "vocab_size"},
    "step3p5": {"num_attention_groups": "num_key_value_heads", "moe_num_experts": "n_routed_experts",
                "moe_top_k": "num_experts_per_tok", "share_expert_dims": "share_expert_dim",
                "num_mtp_layers": "num_nextn_predict_layers"},
    "lfm2_moe": {"tie_embedding": "tie_word_embeddings"},
    "granitemoehybrid": {"layers_block_type": "layer_types"},
    "recurrent_gemma": {"sliding_window": "attention_window_size", "layers_block_type": "layer_types"},
    "bamba": {"layers_block_type": "layer_types"},
    "falcon_h1": {"layers_block_type": "layer_types"},
    "zamba2": {"layer_types": "layers_block_type", "head_dim": "attention_head_dim"},
    "jetmoe": {"head_dim": "kv_channels"},
    **dict.fromkeys(("qwen2_5_vl_vision", "qwen3_vl_vision", "qwen3_vl_moe_vision", "qwen3_5_vision",
                    "qwen3_5_moe_vision", "glm4v_vision", "glm4v_moe_vision", "glm_ocr_vision",
                    "exaone4_5_vision"), _DEPTH),
    "seamless_m4t": {"num_hidden_layers": "decoder_layers"},
    "seamless_m4t_v2": {"num_hidden_layers": "decoder_layers"},
    "hunyuan_vl_vision": {"attention_heads": "num_attention_heads"},
    "inkling2_vision": {"native_patch_size": "patch_size", "adapter_merge_size": "spatial_merge_size"},
    "voxtral_realtime_encoder": {own: usual for usual, own in _HEARING.items()},
    **dict.fromkeys(("qwen2_audio_encoder", "voxtral_encoder", "audioflamingo3_encoder"), _HEARING),
    "ernie4_5_moe": {"num_experts": "moe_num_experts", "num_experts_per_tok": "moe_k"},
    "mamba": {"d_model": "hidden_size", "n_layer": "num_hidden_layers"},
}  # fmt: skip


def under_own_names(values: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """The configuration with sizes under the names its type gives them; of two, its own name counts."""
    own = OWN_NAMES.get(kind)
    if own is None or own.keys().isdisjoint(values):
        return values
    return {own.get(key, key): value for key, value in values.items()} | {
        key: value for key, value in values.items() if key not in own
    }


class Config:
    """The keys of a config.json, each read as what it must be."""

    __slots__ = ("kind", "values")

    def __init__(self, values: Mapping[str, Any], kind: str) -> None:
        self.values = values
        #: The model type, for error messages.
        self.kind = kind

    def count(self, key: str, default: int | None = None, *aliases: str) -> int:
        """A whole number of at least 1."""
        value = self.values.get(key)
        if value is None:
            for alias in aliases:
                value = self.values.get(alias)
                if value is not None:
                    break
            else:
                if default is None:
                    raise ValueError(f"config.json of a {self.kind}: {key} is missing")
                return default
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"config.json of a {self.kind}: {key} is {_shown(value)}, not a whole number")
        if not 1 <= value <= LARGEST_COUNT:
            raise ValueError(f"config.json of a {self.kind}: {key} is {_shown(value)}; expected 1 to {LARGEST_COUNT:,}")
        return value

    def optional(self, key: str, default: int | None = None) -> int | None:
        """A whole number of at least 1, or None where the key is null or 0 or, without a default, missing."""
        value = self.values.get(key, default)
        return None if value is None or value == 0 else self.count(key, default)

    def number(self, key: str, default: int) -> int:
        """A whole number that may be 0."""
        value = self.values.get(key, default)
        return 0 if value == 0 else self.count(key, default)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false; null is false, as it is to the library."""
        value = self.values.get(key, default)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise ValueError(f"config.json of a {self.kind}: {key} is {_shown(value)}, not true or false")
        return value

    def word(self, key: str, default: str) -> str:
        """Some text."""
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            raise ValueError(f"config.json of a {self.kind}: {key} is {_shown(value)}, not text")
        return value

    def size(self, key: str) -> int:
        """How many entries a list or mapping has; 0 where it is missing."""
        value = self.values.get(key)
        return len(value) if isinstance(value, (list, Mapping)) else 0

    def indices(self, key: str) -> frozenset[int]:
        """The layers that a list names; none where it is missing."""
        value = self.values.get(key) or []
        if not isinstance(value, list) or not all(type(item) is int for item in value):
            raise ValueError(f"config.json of a {self.kind}: {key} is {_shown(value)}, not a list of layers")
        return frozenset(value)

    def pair(self, key: str, default: int) -> tuple[int, int]:
        """Height and width, given as one number or two."""
        value = self.values.get(key, default)
        if not isinstance(value, list):
            return self.count(key, default), self.count(key, default)
        if len(value) != 2:
            raise ValueError(f"config.json of a {self.kind}: {key} is {_shown(value)}, not a height and a width")
        height, width = (Config({key: item}, self.kind).count(key) for item in value)
        return height, width

    def words(self, key: str) -> tuple[str, ...]:
        """A list of words, one for each layer; none where it is missing."""
        value = self.values.get(key) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValueError(f"config.json of a {self.kind}: {key} is {_shown(value)}, not a list of words")
        return tuple(value)

    def part(self, key: str, kind: str) -> Config:
        """A nested configuration, such as text_config; where it is missing all of it is as usual."""
        value = self.values.get(key)
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            raise ValueError(f"config.json of a {self.kind}: {key} is not a mapping")
        return Config(value, f"{self.kind}'s {kind}")

    def built_for(self, *words: str) -> bool:
        """Whether `architectures` names a model for one of these tasks, such as ForMaskedLM."""
        names = self.values.get("architectures")
        return isinstance(names, list) and any(word in str(name) for name in names for word in words)


def _shown(value: object) -> str:
    """A value for an error message, of a long one the beginning."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:60]}..."


def read_config(source: object) -> Mapping[str, Any]:
    """The mapping itself, or the JSON file that a path names."""
    if isinstance(source, Mapping):
        return source
    if not isinstance(source, (str, Path)):
        raise ValueError(f"config: {source!r} is neither a path to a config.json nor its contents")
    path = Path(source)
    try:
        if path.is_dir():
            path = path / "config.json"
        content = file_bytes(path, LARGEST_FILE)
        if len(content) > LARGEST_FILE:
            raise ValueError(f"config: {path} is larger than {LARGEST_FILE // 1024} KB; it is no config.json")
    except OSError as error:
        raise ValueError(f"config: {path} cannot be read: {error.strerror}") from None
    try:
        found = json.loads(content.decode("utf-8"))
    except (RecursionError, ValueError) as error:
        raise ValueError(f"config: {path} is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"config: {path} holds a {type(found).__name__}; expected an object with model_type")
    return found


#: Endings of a class's name and what such a class scores, in the order they are tried.
TASKS = (
    ("ForMaskedLM", "words"),
    ("ForCausalLM", "words"),
    ("ForConditionalGeneration", "words"),
    ("LMHeadModel", "words"),
    ("DoubleHeadsModel", "words"),
    ("ForPreTraining", "pretraining"),
    ("ForSequenceClassification", "sequence"),
    ("ForMultipleChoice", "choice"),
    ("ForNextSentencePrediction", "next sentence"),
    ("ForTokenClassification", "tokens"),
    ("ForQuestionAnswering", "answers"),
    ("ForImageClassification", "image"),
    ("ForMaskedImageModeling", "pixels"),
    ("ChatGLMModel", "words"),
    ("MarianMTModel", "words"),
    ("Model", "none"),
)


def task(c: Config, usual: str) -> str:
    """What the model scores; `usual` where `architectures` is missing or names no class known here."""
    names = c.values.get("architectures")
    for name in names if isinstance(names, list) else ():
        for ending, scored in TASKS:
            if str(name).endswith(ending) or (ending != "Model" and ending in str(name)):
                return scored
    return usual


def labels(c: Config) -> int:
    """Classes of a classifier: the length of id2label, or num_labels."""
    return c.size("id2label") or c.count("num_labels", 2)


def decoder_head(c: Config) -> dict[str, Any]:
    """The decoder's parameters for a head that scores no words: classes of a reward model, none of a bare model."""
    scored = task(c, "words")
    if scored == "none":
        return {"classes": 0}
    if scored in ("sequence", "image"):
        return {"classes": labels(c)}
    if scored in ("tokens", "answers"):
        return {"classes": labels(c) if scored == "tokens" else 2, "class_bias": True}
    return {}


def classified(c: Config, net: Network, width: int, length: int, dense: tuple[str, ...] = ()) -> None:
    """An encoder's classifier, if it has one; for tasks in `dense`, a layer of the model's width comes before it."""
    scored = task(c, "none")
    x = net.input(width, *([length] if scored in ("tokens", "answers") else []), grad=True)
    if scored in dense:
        x = net.linear(x, width, name="classifier.dense")
    classes = {"sequence": labels, "tokens": labels, "answers": _two, "choice": _one, "next sentence": _two}.get(scored)
    if classes is not None:
        net.linear(x, classes(c), name="classifier", term="logits")


def _one(_: Config) -> int:
    return 1


def _two(_: Config) -> int:
    return 2
