"""Model types of 2025 and 2026: small ones against what transformers 5.24 builds, released ones against reports."""

from __future__ import annotations

from typing import Any

import pytest

from computeest_plugins.huggingface.family import from_config

WORDS = {"architectures": ["XForCausalLM"]}
#: Small models and the parameters that transformers 5.24 builds on the meta device, without the biases that correct a
#: router's scores, which are buffers there and weights of the checkpoints (the last number).
BUILT: list[tuple[dict[str, Any], int, int]] = [
    ({"model_type": "dots1", "num_hidden_layers": 4, "n_routed_experts": 16, "num_experts_per_tok": 2,
      "n_shared_experts": 2, "first_k_dense_replace": 1, "head_dim": 144, **WORDS}, 2_943_780_480, 3 * 16),
    ({"model_type": "dots1", "num_hidden_layers": 4, "n_routed_experts": 16, "num_experts_per_tok": 2, "head_dim": 128,
      "n_shared_experts": 2, "first_k_dense_replace": 1, "hidden_size": 4096, "num_key_value_heads": 8, **WORDS},
     2_482_476_032, 3 * 16),
    ({"model_type": "solar_open", "num_hidden_layers": 4, **WORDS}, 10_030_714_880, 4 * 128),
    ({"model_type": "solar_open", "num_hidden_layers": 3, "n_shared_experts": 2, "attention_bias": True,
      "moe_intermediate_size": 640, "num_key_value_heads": 4, **WORDS}, 4_893_236_224, 3 * 128),
    ({"model_type": "lfm2_moe", "num_hidden_layers": 6,
      "layer_types": ["conv", "conv", "full_attention", "conv", "conv", "full_attention"], **WORDS},
     1_719_978_240, 4 * 32),
    ({"model_type": "lfm2_moe", "num_hidden_layers": 4, "layer_types": ["conv", "full_attention", "conv", "conv"],
      "num_dense_layers": 1, "num_experts": 8, "conv_bias": True, "tie_word_embeddings": False, "hidden_size": 1024,
      "use_expert_bias": False, **WORDS}, 303_621_184, 0),
    ({"model_type": "step3p5", "architectures": ["Model"], "num_hidden_layers": 5, "sliding_window": 512,
      "layer_types": ["full_attention", *["sliding_attention"] * 3, "full_attention"],
      "num_sliding_attention_heads": 96}, 10_516_276_480, 0),
    ({"model_type": "step3p5", "architectures": ["Model"], "num_hidden_layers": 4, "moe_layers_enum": "2,3",
      "attention_other_setting": {"num_attention_heads": 96, "num_attention_groups": 8, "head_dim": 128},
      "layer_types": ["full_attention", *["sliding_attention"] * 4], "num_nextn_predict_layers": 1,
      "sliding_window": 512}, 10_302_096_384, 0),
    ({"model_type": "hunyuan_v1_moe", "num_hidden_layers": 3, "num_experts": 8, "moe_topk": 2, "head_dim": 128,
      "num_key_value_heads": 8, **WORDS}, 6_161_552_128, 0),
    ({"model_type": "ministral", "num_hidden_layers": 3, "head_dim": 128, **WORDS}, 916_484_096, 0),
    ({"model_type": "longcat_flash", "num_layers": 2, "zero_expert_num": 0, **WORDS}, 41_539_926_016, 0),
    ({"model_type": "gemma3n_text", **WORDS}, 6_835_235_568, 0),
    ({"model_type": "gemma3n_text", "num_hidden_layers": 20, "num_kv_shared_layers": 5, **WORDS}, 4_154_438_208, 0),
    ({"model_type": "gemma3n_text", "num_hidden_layers": 20, "num_kv_shared_layers": 5, "altup_num_inputs": 3,
      "intermediate_size": [8192] * 10 + [16384] * 10, "laurel_rank": 32, "attention_bias": True,
      "hidden_size_per_layer_input": 128, "num_key_value_heads": 4, "vocab_size": 1000, "tie_word_embeddings": False,
      **WORDS}, 2_451_523_152, 0),
]  # fmt: skip


@pytest.mark.parametrize(("config", "parameters", "buffers"), BUILT)
def test_parameters_are_those_that_the_library_builds(config: dict[str, Any], parameters: int, buffers: int) -> None:
    assert from_config(config, 64).parameters == parameters + buffers


_LLAMA4_VISION = {"model_type": "llama4_vision_model", "hidden_size": 1408, "num_hidden_layers": 34,
                  "num_attention_heads": 16, "intermediate_size": 5632, "vision_output_dim": 4096,
                  "projector_input_dim": 4096, "projector_output_dim": 4096, "image_size": 336}  # fmt: skip
_LLAMA4 = {"model_type": "llama4_text", "hidden_size": 5120, "intermediate_size": 8192, "intermediate_size_mlp": 16384,
           "num_hidden_layers": 48, "num_attention_heads": 40, "num_key_value_heads": 8, "head_dim": 128,
           "num_local_experts": 16, "num_experts_per_tok": 1, "interleave_moe_layer_step": 1,
           "vocab_size": 202048}  # fmt: skip
#: Released models: billions of parameters and of active ones as published, and what the latter leave out (words in, or
#: in and out).
PUBLISHED: list[tuple[str, dict[str, Any], float, float, float, str]] = [
    ("GLM-5", {"model_type": "glm_moe_dsa"}, 744, 40, 1.9, "Z.ai 2026, arXiv:2602.15763: 744B, 40B active"),
    ("LongCat-Flash", {"model_type": "longcat_flash"}, 560, 27, 0.81,
     "Meituan 2025, arXiv:2509.01322: 560B, 27B active on average"),
    ("MiniMax-Text-01", {
        "model_type": "minimax_text_01", "hidden_size": 6144, "num_hidden_layers": 80, "num_attention_heads": 64,
        "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 9216, "num_local_experts": 32,
        "num_experts_per_tok": 2, "vocab_size": 200064, "attn_type_list": [*[0] * 7, 1] * 10}, 456, 45.9, 2.46,
     "MiniMax 2025, arXiv:2501.08313: 456B, 45.9B active"),
    ("Hunyuan-A13B", {
        "model_type": "hunyuan_v1_moe", "hidden_size": 4096, "intermediate_size": 3072, "num_hidden_layers": 32,
        "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 128167, "num_experts": 64, "moe_topk": [8] * 32,
        "num_shared_expert": [1] * 32, "moe_intermediate_size": [3072] * 32, "tie_word_embeddings": True}, 80, 13, 0,
     "Tencent 2025, Hunyuan-A13B technical report: 80B, 13B active"),
    ("Llama 4 Scout", {"model_type": "llama4", "text_config": _LLAMA4, "vision_config": _LLAMA4_VISION},
     108.641793536, 17, 0, "meta-llama/Llama-4-Scout-17B-16E on the Hugging Face Hub: 109B, 17B active"),
    ("Llama 4 Maverick", {
        "model_type": "llama4", "vision_config": _LLAMA4_VISION,
        "text_config": {**_LLAMA4, "num_local_experts": 128, "interleave_moe_layer_step": 2}}, 401.583781376, 17, 0,
     "meta-llama/Llama-4-Maverick-17B-128E on the Hugging Face Hub: 402B, 17B active"),
    ("Step 3.5 Flash", {
        "model_type": "step3p5", "num_attention_groups": 8, "vocab_size": 128896, "sliding_window": 512,
        "attention_other_setting": {"num_attention_heads": 96, "num_attention_groups": 8, "head_dim": 128},
        "moe_layers_enum": ",".join(map(str, range(3, 45))),
        "layer_types": ["full_attention", *["sliding_attention"] * 3] * 11 + ["full_attention"]}, 196, 11, 1.06,
     "StepFun 2026, arXiv:2602.10604: 196B, 11B active"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "config", "all_of_it", "active", "beside", "source"), PUBLISHED)
def test_released_models_have_the_parameters_published(
    name: str, config: dict[str, Any], all_of_it: float, active: float, beside: float, source: str
) -> None:
    net = from_config(config, 4096)
    assert net.parameters / 1e9 == pytest.approx(all_of_it, rel=0.01), source
    assert net.active_parameters / 1e9 - beside == pytest.approx(active, rel=0.03), source


def test_deepseek_v3_2_is_v3_with_an_indexer() -> None:
    """Of 64 heads of 128 channels (config.json of deepseek-ai/DeepSeek-V3.2-Exp; arXiv:2512.02556).

    It scores all pairs, so attention sees 2,048 positions.
    """
    indexer = 61 * (1536 * 64 * 128 + 7168 * 128 + 2 * 128 + 7168 * 64)
    newer, older = (from_config({"model_type": kind}, 2048) for kind in ("deepseek_v32", "deepseek_v3"))
    assert newer.parameters - older.parameters == indexer
    scores = 61 * 2 * 64 * 128 * 2048**2
    matrices = 61 * 2 * 2048 * (1536 * 64 * 128 + 7168 * 128 + 7168 * 64)
    assert newer.forward_flop - older.forward_flop == scores + matrices
    long, dense = (from_config({"model_type": kind}, 16384).by_term()["attention"] for kind in
                   ("deepseek_v32", "deepseek_v3"))  # fmt: skip
    assert long < 0.3 * dense


def test_glm_5_2_shares_what_indexers_chose() -> None:
    config = {"model_type": "glm_moe_dsa", "num_hidden_layers": 8}
    every = from_config(config, 64).parameters
    one = 2048 * 32 * 128 + 6144 * 128 + 2 * 128 + 6144 * 32
    for shares in ({"indexer_types": ["full", "shared"] * 4}, {"index_topk_pattern": "FSFSFSFS"}):
        assert every - from_config({**config, **shares}, 64).parameters == 4 * one
    with pytest.raises(ValueError, match="indexer_types must name 8 layers"):
        from_config({**config, "indexer_types": ["full"]}, 64)


def test_lightning_attention_grows_with_the_length_and_not_its_square() -> None:
    config = {"model_type": "minimax", "num_hidden_layers": 4, "layer_types": ["linear_attention"] * 4}
    short, long = (from_config(config, length).forward_flop for length in (4096, 8192))
    assert long == 2 * short


def test_fewer_words_may_be_scored_than_are_read() -> None:
    apertus: dict[str, Any] = {"model_type": "apertus1p5_text"}
    whole, fewer = from_config(apertus), from_config({**apertus, "output_vocab_size": 131072})
    same = from_config({**apertus, "output_vocab_size": 266752})
    bare = from_config({**apertus, "output_vocab_size": 131072, "architectures": ["Apertus1p5TextModel"]})
    assert (same.parameters, same.forward_flop) == (whole.parameters, whole.forward_flop)
    assert whole.parameters - fewer.parameters == (266752 - 131072) * 4096
    assert whole.forward_flop - fewer.forward_flop == 2 * (266752 - 131072) * 4096 * fewer.tokens
    assert fewer.parameters - bare.parameters == 131072 * 4096


@pytest.mark.parametrize(("config", "words"), [
    ({"model_type": "hunyuan_v1_moe", "use_cla": True}, "use_cla is True; only False is supported"),
    ({"model_type": "apertus1p5_text", "output_vocab_size": 266753}, "is 266753, but vocab_size is 266752"),
    ({"model_type": "apertus1p5_text", "output_vocab_size": 131072, "tie_word_embeddings": True},
     "output_vocab_size is 131072, but words and logits are tied"),
    ({"model_type": "hunyuan_v1_moe", "moe_topk": [1, 2]}, "moe_topk differs from layer to layer"),
    ({"model_type": "bailing_hybrid", "num_hidden_layers": 6}, "short_conv_kernel_size is missing; lightning"),
    ({"model_type": "bailing_hybrid", "short_conv_kernel_size": 4, "no_kda_lora": False}, "only True is supported"),
    ({"model_type": "bailing_hybrid", "short_conv_kernel_size": 4, "gated_attention_proj_granularity_type":
     "element_wise"}, "is element_wise; only head_wise"),
    ({"model_type": "bailing_hybrid", "short_conv_kernel_size": 4, "moe_shared_expert_intermediate_size": 100},
     "moe_shared_expert_intermediate_size is not an expert's"),
    ({"model_type": "afmoe", "layer_types": ["full_attention"]}, "layer_types names 1 layers, not 32"),
    ({"model_type": "olmo_hybrid", "layer_types": ["mamba2"] * 32}, "layers of the type 'mamba2'"),
    ({"model_type": "minimax_m1", "attn_type_list": [0, 1]}, "attn_type_list names 2 layers, not 32"),
    ({"model_type": "minimax_m1", "shared_intermediate_size": 8}, "shared_intermediate_size is not supported"),
    ({"model_type": "lfm2_moe"}, "layer_types is missing"),
    ({"model_type": "llama4_vision_model", "pixel_shuffle_ratio": 1.0}, "only 0.5 is supported"),
    ({"model_type": "step3p5", "attention_other_setting": {"num_attention_groups": 4}}, "not supported"),
    ({"model_type": "gemma3n_text", "intermediate_size": [8192]}, "are not of 35 layers"),
    ({"model_type": "mellum", "mlp_layer_types": ["dense"] + ["sparse"] * 27, "num_hidden_layers": 28},
     "first_k_dense_replace is 1; only 0 is supported"),
])  # fmt: skip
def test_what_is_not_counted_is_refused(config: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        from_config(config, 64)
