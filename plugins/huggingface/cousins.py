"""Model types of Hugging Face that are built as another type is.

Each was held to what transformers 5.24 builds: its default configuration and two with other widths, layers and words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from computeest_plugins.huggingface.config import Config


class Cousin(NamedTuple):
    """The type that a type is built as, the classes this holds for where not for all, and sizes that are its own."""

    built_as: str
    classes: tuple[str, ...] = ()
    usual: Mapping[str, Any] = {}
    #: What its own fields must be, because the other type has no such field.
    only: Mapping[str, Any] = {}
    #: How many of so many layers see all positions where layer_types is left out; the others see a sliding_window.
    whole: Callable[[Config, int], int] | None = None


def _of_pattern(c: Config, layers: int) -> int:
    """The last of each so many layers sees all; a pattern of letters, LLLG, says which."""
    pattern = c.values.get("sliding_window_pattern", 4)
    if isinstance(pattern, str):
        return "".join(pattern[place % len(pattern)] for place in range(layers)).count("G") if pattern else layers
    return layers // c.count("sliding_window_pattern", 4)


COUSINS: dict[str, Cousin] = {
    "apertus": Cousin("arcee"),
    "apertus1p5_text": Cousin("arcee", (), {
        "hidden_size": 4096, "num_attention_heads": 32, "intermediate_size": 14336, "vocab_size": 266752}),
    # its answers to questions have a feed-forward part of their own
    "big_bird": Cousin("bert", tuple(f"BigBird{name}" for name in (
        "Model", "ForMaskedLM", "ForCausalLM", "ForPreTraining", "ForSequenceClassification", "ForMultipleChoice",
        "ForTokenClassification")), {"add_pooling_layer": True}),
    "bigbird_pegasus": Cousin("pegasus", ("BigBirdPegasusModel",)),
    "blenderbot": Cousin("blenderbot", (), {
        "d_model": 2560, "encoder_layers": 2, "decoder_layers": 24, "encoder_attention_heads": 32,
        "decoder_attention_heads": 32, "encoder_ffn_dim": 10240, "decoder_ffn_dim": 10240, "vocab_size": 8008,
        "max_position_embeddings": 128}),
    "blenderbot-small": Cousin("blenderbot-small", (), {
        "d_model": 512, "encoder_layers": 8, "decoder_layers": 8, "encoder_ffn_dim": 2048, "decoder_ffn_dim": 2048,
        "max_position_embeddings": 512}),
    "clipseg": Cousin("clip"),
    "cohere2_moe": Cousin("mixtral", (), {"num_key_value_heads": 0},
                          {"num_shared_experts": 0, "first_k_dense_replace": 0}, _of_pattern),
    "cosmos3_edge_text": Cousin("arcee"),
    "cosmos3_edge_vision": Cousin("cosmos3_edge_vision", (), {
        "hidden_size": 1152, "num_hidden_layers": 27, "num_attention_heads": 16, "intermediate_size": 4304}),
    "cwm": Cousin("llama", (), {"sliding_window": 8192}, whole=lambda _, layers: -(-layers // 4)),
    "data2vec-text": Cousin("roberta"),
    "dinov2_with_registers": Cousin("dinov2", (), {"patch_size": 16, "num_register_tokens": 4}),
    "dpt": Cousin("vit", only={"is_hybrid": False}),
    "ernie": Cousin("bert"),
    "dots1": Cousin("glm4_moe", (), {
        "hidden_size": 4608, "num_hidden_layers": 62, "num_attention_heads": 32, "num_key_value_heads": 32,
        "vocab_size": 152064, "head_dim": 0, "n_shared_experts": 0, "first_k_dense_replace": 0, "sliding_window": 4096,
        "use_qk_norm": True}, whole=lambda c, layers: min(c.number("max_window_layers", 62), layers)),
    "eurobert": Cousin("llama"),
    "exaone_moe": Cousin("glm4_moe", whole=_of_pattern),
    "flex_olmo": Cousin("olmoe"),
    "glm4v_text": Cousin("glm4", (), {"head_dim": 0}),
    "glm4v_moe_text": Cousin("glm4_moe", (), {"vocab_size": 151424, "attention_bias": True}),
    "glm_image_text": Cousin("glm4", (), {"head_dim": 0}),
    "glm_ocr_text": Cousin("qwen2"),
    "gpt-sw3": Cousin("gpt2"),
    "granite_docling_text": Cousin("llama"),
    "granitemoe_swa": Cousin("granitemoe", whole=lambda _, layers: -(-layers // 4)),
    "granitemoeshared": Cousin("granitemoe"),
    "hy_v3": Cousin("glm4_moe"),
    "hyperclovax": Cousin("glm4", (), {"head_dim": 0, "num_key_value_heads": 0},
                          only={"mlp_bias": False, "use_post_norm": True}),
    "ibert": Cousin("roberta"),
    "idefics3_vision": Cousin("siglip_vision_model"),
    "imagegpt": Cousin("gpt2"),
    "internlm3": Cousin("llama"),
    "internvl_vision": Cousin("clip_vision_model", only={"use_absolute_position_embeddings": True}),
    "iquestcoder": Cousin("llama"),
    "jais2": Cousin("nemotron"),
    "kimi_k25_vision": Cousin("kimi_k25_vision", (), {
        "hidden_size": 1152, "num_hidden_layers": 27, "num_attention_heads": 16, "intermediate_size": 4304}),
    "laguna": Cousin("glm4_moe", only={"gating": True}, whole=lambda _, layers: layers),
    "megatron-bert": Cousin("bert"),
    "metaclip_2": Cousin("clip"),
    "mellum": Cousin("qwen3_moe", (), {
        "hidden_size": 2304, "num_hidden_layers": 28, "head_dim": 128, "vocab_size": 98304, "num_experts": 64,
        "moe_intermediate_size": 896, "sliding_window": 1024}, {"first_k_dense_replace": 0}, lambda _, layers: layers),
    "ministral": Cousin("mistral"),
    "ministral3": Cousin("llama", whole=lambda _, layers: 0),
    "mistral4": Cousin("deepseek_v2"),
    "modernbert-decoder": Cousin("modernbert"),
    "nanochat": Cousin("arcee"),
    "omniasr_audio": Cousin("hubert", ("OmniASRAudioModel",), {
        "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096,
        "feat_extract_norm": "layer", "conv_bias": True}),
    "openai_privacy_filter": Cousin("gpt_oss"),
    "owlv2": Cousin("clip", (), {"text_config": {"max_position_embeddings": 16},
                                 "vision_config": {"image_size": 768, "patch_size": 16}}),
    "owlvit": Cousin("clip", (), {"text_config": {"max_position_embeddings": 16},
                                  "vision_config": {"image_size": 768, "patch_size": 32}}),
    "paddleocr_vl_vision": Cousin("paddleocr_vl_vision", (), {
        "hidden_size": 1152, "num_hidden_layers": 27, "num_attention_heads": 16, "intermediate_size": 4304}),
    "paddleocr_vl_text": Cousin("ernie4_5", (), {"num_hidden_layers": 18, "num_attention_heads": 16,
        "num_key_value_heads": 2, "intermediate_size": 3072, "hidden_size": 1024, "head_dim": 128}),
    "pixio": Cousin("dinov2", (), {"n_cls_tokens": 8, "use_mask_token": False}),
    "plbart": Cousin("bart", (), {
        "d_model": 768, "encoder_layers": 6, "decoder_layers": 6, "encoder_attention_heads": 12,
        "decoder_attention_heads": 12, "encoder_ffn_dim": 3072, "decoder_ffn_dim": 3072, "vocab_size": 50005}),
    "qianfan_ocr_vision": Cousin("clip_vision_model", only={"use_absolute_position_embeddings": True}),
    **dict.fromkeys(("qwen2_vl_text", "qwen2_5_vl_text"), Cousin("qwen2", (), {
        "hidden_size": 8192, "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
        "intermediate_size": 29568, "vocab_size": 152064, "max_window_layers": 80})),
    "qwen3_vl_moe_text": Cousin("qwen3_moe"),
    "qwen3_vl_text": Cousin("qwen3"),
    "roberta-prelayernorm": Cousin("roberta"),
    "sarvam_mla": Cousin("deepseek_v3", (), {"q_lora_rank": None}),
    "sarvam_moe": Cousin("glm4_moe"),
    "seamless_m4t": Cousin("m2m_100", ("SeamlessM4TForTextToText",)),
    "seamless_m4t_v2": Cousin("m2m_100", ("SeamlessM4Tv2ForTextToText",), {
        "hidden_size": 1024, "encoder_layers": 24, "decoder_layers": 24, "encoder_ffn_dim": 8192,
        "decoder_ffn_dim": 8192, "vocab_size": 256102}),
    "smolvlm_vision": Cousin("siglip_vision_model"),
    "solar_open": Cousin("glm4_moe", (), {
        "num_hidden_layers": 48, "num_attention_heads": 64, "vocab_size": 196608, "moe_intermediate_size": 1280,
        "head_dim": 128, "first_k_dense_replace": 0}, {"first_k_dense_replace": 0, "use_qk_norm": False}),
    "tipsv2_vision_model": Cousin("dinov2", (), {"image_size": 448, "num_register_tokens": 1}),
    "vaultgemma": Cousin("gemma", (), {"sliding_window": 4096}, whole=lambda _, layers: layers // 2),
    "vit_msn": Cousin("vit"),
    "xlm-roberta-xl": Cousin("roberta"),
}

_STAGES: dict[str, Any] = {"num_channels": 3, "patch_size": 4, "num_stages": 4}
_SWIN: dict[str, Any] = {"num_channels": 3, "mlp_ratio": 4.0, "qkv_bias": True}
#: Sizes that a type has and its reader does not vary: what they must be where they are stated (transformers 5.24).
FIXED: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("convnext", "convnextv2", "dinov3_convnext"), _STAGES),
    **dict.fromkeys(("swin", "swinv2", "donut-swin"), _SWIN),
    "hiera": {"num_channels": 3},
    "efficientnet": {"num_channels": 3, "in_channels": [32, 16, 24, 40, 80, 112, 192]},
    "ernie": {"use_task_id": False},
    "inkling2_vision": {"mlp_ratio": 4.0},
    "poolformer": {"num_encoder_blocks": 4},
}
