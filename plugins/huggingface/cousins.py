"""Model types of Hugging Face that are built as another type is.

Each was held to what transformers 5.24 builds: its default configuration and two with other widths, layers and words.
"""

from __future__ import annotations

from typing import NamedTuple


class Cousin(NamedTuple):
    """The type that a type is built as, and the classes this holds for where not for all."""

    built_as: str
    classes: tuple[str, ...] = ()


COUSINS: dict[str, Cousin] = {
    "apertus": Cousin("arcee"),
    "big_bird": Cousin("bert"),
    "bigbird_pegasus": Cousin("pegasus", ("BigBirdPegasusModel",)),
    "bros": Cousin("bert"),
    "clipseg": Cousin("clip"),
    "cohere2_moe": Cousin("mixtral"),
    "cosmos3_edge_text": Cousin("arcee"),
    "cwm": Cousin("llama"),
    "data2vec-text": Cousin("roberta"),
    "dpt": Cousin("vit"),
    "ernie": Cousin("bert"),
    "eurobert": Cousin("llama"),
    "exaone_moe": Cousin("glm4_moe"),
    "flex_olmo": Cousin("olmoe"),
    "fuyu": Cousin("persimmon"),
    "glm_image_text": Cousin("glm4"),
    "glm_ocr_text": Cousin("qwen2"),
    "gpt-sw3": Cousin("gpt2"),
    "granite_docling_text": Cousin("llama"),
    "granitemoe_swa": Cousin("granitemoe"),
    "hy_v3": Cousin("glm4_moe"),
    "hyperclovax": Cousin("glm4"),
    "ibert": Cousin("roberta"),
    "idefics3_vision": Cousin("siglip_vision_model"),
    "imagegpt": Cousin("gpt2"),
    "internlm3": Cousin("llama"),
    "internvl_vision": Cousin("clip_vision_model"),
    "iquestcoder": Cousin("llama"),
    "jais2": Cousin("nemotron"),
    "laguna": Cousin("glm4_moe"),
    "megatron-bert": Cousin("bert"),
    "metaclip_2": Cousin("clip"),
    "ministral3": Cousin("llama"),
    "mistral4": Cousin("deepseek_v2"),
    "modernbert-decoder": Cousin("modernbert"),
    "nanochat": Cousin("arcee"),
    "openai_privacy_filter": Cousin("gpt_oss"),
    "owlv2": Cousin("clip"),
    "owlvit": Cousin("clip"),
    "pixio": Cousin("dinov2"),
    "qianfan_ocr_vision": Cousin("clip_vision_model"),
    "qwen3_vl_moe_text": Cousin("qwen3_moe"),
    "qwen3_vl_text": Cousin("qwen3"),
    "roberta-prelayernorm": Cousin("roberta"),
    "sarvam_mla": Cousin("deepseek_v3"),
    "sarvam_moe": Cousin("glm4_moe"),
    "seamless_m4t": Cousin("m2m_100", ("SeamlessM4TForTextToText",)),
    "siglip2": Cousin("siglip"),
    "smolvlm_vision": Cousin("siglip_vision_model"),
    "vaultgemma": Cousin("gemma"),
    "vit_msn": Cousin("vit"),
    "xlm-roberta-xl": Cousin("roberta"),
}
