"""Model types of Hugging Face that are a language model and a tower beside it, with a projector between the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from computeest.contract import Network
from computeest_plugins.huggingface.config import Config, task
from computeest_plugins.huggingface.stacks import query_transformer

#: Parameters of what stands between a tower and a language model, from the widths of both.
Projector = Callable[[Config, int, int], int]


def _linear(inputs: int, out: int, bias: bool = True) -> int:
    return inputs * out + (out if bias else 0)


def _two(c: Config, vision: int, text: int) -> int:
    """Two layers (LLaVA 1.5); LLaVA-NeXT and OneVision have a vector for the end of a row beside them."""
    layers = c.values.get("vision_feature_layer", -2)
    seen = vision * (len(layers) if isinstance(layers, list) else 1)
    bias = c.flag("multimodal_projector_bias", default=True)
    newline = text if c.kind in ("llava_next", "llava_onevision", "llava_next_video") else 0
    return _linear(seen, text, bias) + _linear(text, text, bias) + newline


def _one(c: Config, vision: int, text: int) -> int:
    return _linear(vision, text)


def _shuffled(c: Config, vision: int, text: int) -> int:
    """Neighbouring patches as one, normed, then two layers (InternVL)."""
    ratio = c.values.get("downsample_ratio", 0.5)
    merged = round(vision / (ratio * ratio)) if isinstance(ratio, (int, float)) and 0 < ratio <= 1 else vision
    return 2 * merged + _linear(merged, text) + _linear(text, text)


def _merged(c: Config, vision: int, text: int) -> int:
    """Neighbouring patches merged to one of the tower's width, normed, then two layers (Mistral 3)."""
    side = c.count("spatial_merge_size", 2)
    bias = c.flag("multimodal_projector_bias", default=False)
    merger = _linear(vision * side * side, vision, bias=False)
    return vision + merger + _linear(vision, text, bias) + _linear(text, text, bias)


def _connector(c: Config, vision: int, text: int) -> int:
    """Neighbouring patches as one, in one matrix (Idefics 3, SmolVLM)."""
    return _linear(vision * c.count("scale_factor", 2) ** 2, text, bias=False)


def _aligned(c: Config, vision: int, text: int) -> int:
    """A gated layer over neighbouring patches (Cohere's Command A Vision)."""
    side, hidden = c.count("downsample_factor", 2), c.count("alignment_intermediate_size", 36864)
    return _linear(vision * side * side, hidden) + _linear(hidden // 2, text)


def _tiles(c: Config, vision: int, text: int) -> int:
    """The outputs of several layers side by side (Llama 3.2 Vision)."""
    seen = c.part("vision_config", "vision part").count("vision_output_dim", 7680)
    return _linear(seen, c.part("text_config", "text part").count("hidden_size", 4096))


def _queried(c: Config, vision: int, text: int) -> int:
    """A transformer whose queries read the tower, and one matrix (BLIP-2)."""
    part, tower = c.part("qformer_config", "Q-Former"), c.part("vision_config", "vision part")
    if c.kind == "blip-2" and part.flag("use_qformer_text_input", default=False):
        raise ValueError("config.json of a blip-2: use_qformer_text_input is true, which is not supported")
    patches = (tower.count("image_size", 224) // tower.count("patch_size", 14)) ** 2 + 1
    queries = query_transformer(part, c.count("num_query_tokens", 32), vision, patches)
    return queries.parameters + _linear(part.count("hidden_size", 768), text)


def _neighbours(c: Config) -> int:
    """How many patches are merged to one, as the vision part says."""
    part = c.part("vision_config", "vision part")
    if "merge_kernel_size" in part.values:
        down, right = part.pair("merge_kernel_size", 2)
        return down * right
    return part.count("spatial_merge_size", 2) ** 2


def _normed(c: Config, vision: int, text: int) -> int:
    """A norm, neighbouring patches as one, two layers of their width (Kimi K2.5, PaddleOCR-VL)."""
    merged = _neighbours(c) * vision
    return 2 * vision + _linear(merged, merged) + _linear(merged, text)


def _normed_after(c: Config, vision: int, text: int) -> int:
    """Neighbouring patches as one, normed where so said, two layers (LFM 2 VL)."""
    merged, hidden = vision * c.count("downsample_factor", 2) ** 2, c.count("projector_hidden_size", 2560)
    bias, norm = c.flag("projector_bias", default=True), c.flag("projector_use_layernorm", default=True)
    return (2 * merged if norm else 0) + _linear(merged, hidden, bias) + _linear(hidden, text, bias)


def _wide(c: Config, vision: int, text: int) -> int:
    """A norm, neighbouring patches as one, a wide layer between (Cosmos 3 Edge)."""
    hidden = c.count("projector_hidden_size", 11520)
    return 2 * vision + _linear(_neighbours(c) * vision, hidden) + _linear(hidden, text)


def _heard(c: Config, audio: int, text: int) -> int:
    """Neighbouring frames as one, two layers (GLM-ASR)."""
    merged = c.part("audio_config", "audio part").count("intermediate_size", 5120)
    return _linear(merged, 2 * text) + _linear(2 * text, text)


def _queried_with_text(c: Config, vision: int, text: int) -> int:
    """A Q-Former that reads the instruction too (InstructBLIP)."""
    part = c.part("qformer_config", "Q-Former")
    width, hidden = part.count("hidden_size", 768), part.count("intermediate_size", 3072)
    rows = part.count("vocab_size", 30522) + part.count("max_position_embeddings", 512)
    reading = part.count("num_hidden_layers", 12) * (_linear(width, hidden) + _linear(hidden, width) + 2 * width)
    return _queried(c, vision, text) + rows * width + reading


def _outputs(c: Config, vision: int, text: int) -> int:
    """One matrix from what the tower ends in (Llama 4)."""
    return _linear(c.part("vision_config", "vision part").count("vision_output_dim", 7680), text, bias=False)


def _none(c: Config, vision: int, text: int) -> int:
    """What stands between is part of the tower (Qwen's merger)."""
    return 0


PROJECTORS: dict[str, Projector] = {
    **dict.fromkeys(("llava", "llava_next", "llava_next_video", "llava_onevision"), _two),
    **dict.fromkeys(("paligemma", "hyperclovax_vision_v2", "omniasr"), _one),
    **dict.fromkeys(("kimi_k25", "paddleocr_vl"), _normed),
    "lfm2_vl": _normed_after,
    "cosmos3_edge": _wide,
    "glmasr": _heard,
    "instructblipvideo": _queried_with_text,
    "mllama": _tiles,
    "llama4": _outputs,
    "blip-2": _queried,
    "gemma4": _none,
    "internvl": _shuffled,
    "mistral3": _merged,
    **dict.fromkeys(("idefics3", "smolvlm"), _connector),
    "cohere2_vision": _aligned,
    **dict.fromkeys(("qwen3_vl", "qwen3_vl_moe", "qwen3_5", "qwen3_5_moe", "cosmos3_omni", "glm46v",
                     "glmga", "glm4v", "glm4v_moe", "glm_ocr"), _none),
}


#: Types whose parts are of one class each, whatever their files call them: the released ones of Qwen 3 VL and 3.5 call
#: the vision part as the whole, those of Kimi K2.5 not at all.
OF_ONE_CLASS = ("qwen3_vl", "qwen3_vl_moe", "qwen3_5", "qwen3_5_moe", "paddleocr_vl", "cosmos3_edge", "kimi_k25",
                "internvl", "idefics3", "smolvlm", "glm4v", "glm4v_moe", "glm_ocr")  # fmt: skip


#: Types whose language model ties its words where its part says so, though the whole, as its class has it, says no; and
#: types of which the part alone says it (transformers 5.24).
TIED_WITHIN = frozenset({"glm4v", "glm4v_moe", "glm_ocr", "llava", "llava_next_video", "llava_onevision"})
TIED_BY_TEXT = frozenset({"blip-2", "instructblipvideo"})
#: What the language model's part may leave out where it is not as its own class has it (transformers 5.24).
USUAL_TEXT: dict[str, dict[str, Any]] = {
    "glmasr": {"vocab_size": 59264, "hidden_size": 2048, "intermediate_size": 6144, "num_hidden_layers": 28,
               "num_attention_heads": 16, "num_key_value_heads": 4, "max_position_embeddings": 8192},
}  # fmt: skip


def _part_of(kind: str, part: str, config: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part's configuration under the type of its class, where it has none of its own."""
    if kind not in OF_ONE_CLASS or config.get("model_type") not in (None, "", kind):
        return config
    if part == "text" and kind in ("kimi_k25", "internvl", "idefics3", "smolvlm"):  # any language model
        return config
    return {**config, "model_type": f"{kind}_{part}"}


def composite(c: Config, length: int, count: Callable[[Mapping[str, Any], int | None], Network]) -> Network:
    """A language model reading text; the tower beside it is part of the model, and what it may see is not counted."""
    text, vision = c.values.get("text_config"), c.values.get("vision_config", c.values.get("audio_config"))
    alone = vision is None and "vision_config" in c.values and c.values.get("audio_config") is None
    text = {**USUAL_TEXT.get(c.kind, {}), **text} if isinstance(text, Mapping) else text
    if not isinstance(text, Mapping) or not (isinstance(vision, Mapping) or alone):
        raise ValueError(f"config.json of a {c.kind}: text_config or vision_config is missing (or audio_config)")
    words = ["ForCausalLM"] if task(c, "words") == "words" else ["Model"]
    tied = {"tie_word_embeddings": c.values["tie_word_embeddings"]} if "tie_word_embeddings" in c.values else {}
    if c.kind == "qwen3_vl_moe":  # what is not stated is as the whole has it, not the part
        tied = {"tie_word_embeddings": False, **tied}
    if (c.kind in TIED_WITHIN and text.get("tie_word_embeddings") is True) or c.kind in TIED_BY_TEXT:
        tied = {}
    if c.kind in ("cosmos3_edge", "omniasr"):  # its logits have weights of their own, whatever is said
        tied = {"tie_word_embeddings": False}
    net = count({**_part_of(c.kind, "text", text), **tied, "architectures": words}, length)
    if not isinstance(vision, Mapping) or c.built_for("MllamaForCausalLM"):
        return net
    tower = count({**_part_of(c.kind, "vision", vision), "architectures": ["Model"]}, None)
    # both begin with what makes their tokens: an embedding, patches
    widths = [part.layers[0].output.channels for part in (tower, net)]
    if c.kind == "omniasr":  # waves are convolved first, in fewer channels
        widths[0] = tower.layers[-1].output.channels
    net.parameter(tower.parameters, "vision_tower", active=False)
    net.parameter(PROJECTORS[c.kind](c, *widths), "projector", active=False)
    net.note("the vision tower runs once for each image; only text is counted")
    return net
