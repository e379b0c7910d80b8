"""Model types of Hugging Face in small sizes, against what transformers 5.24 builds and PyTorch 2.13 counts of them."""

from __future__ import annotations

from typing import Any

import pytest

from computeest_plugins.huggingface.family import from_config

#: Configuration, parameters, and forward FLOP over 32 tokens (or one image) where PyTorch's counter has the same
#: products: windows, sinks and scans it counts otherwise (docs/layers.md).
CASES: list[tuple[dict[str, Any], int, int | None]] = [
    ({"model_type": "blip", "architectures": ["BlipForConditionalGeneration"], "text_config": {"vocab_size":
     400, "hidden_size": 96, "encoder_hidden_size": 80, "intermediate_size": 200, "num_hidden_layers": 3,
     "num_attention_heads": 6, "max_position_embeddings": 64}, "vision_config": {"hidden_size": 80,
     "intermediate_size": 160, "num_hidden_layers": 2, "num_attention_heads": 4, "image_size": 64, "patch_size":
     16}},
     554_008, 30_042_752),
    ({"model_type": "colqwen2", "architectures": ["ColQwen2ForRetrieval"], "embedding_dim": 16, "vlm_config":
     {"model_type": "qwen2_vl", "text_config": {"vocab_size": 400, "hidden_size": 96, "intermediate_size": 200,
     "num_hidden_layers": 3, "num_attention_heads": 6, "num_key_value_heads": 2}, "vision_config": {"depth": 2,
     "embed_dim": 32, "hidden_size": 96, "num_heads": 4}}},
     379_632, 17_055_744),
    ({"model_type": "omniasr_ctc", "architectures": ["OmniASRForCTC"], "vocab_size": 50, "audio_config":
     {"hidden_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 128, "conv_dim":
     [32, 32, 32, 32, 32, 32, 32]}},
     286_770, None),
    ({"model_type": "hunyuan_vl_vision", "architectures": ["HunYuanVLVisionTransformer"], "hidden_size": 64,
     "intermediate_size": 128, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 4,
     "text_hidden_size": 96, "max_image_size": 256},
     257_376, None),
    ({"model_type": "inkling2_vision", "architectures": ["Inkling2VisionModel"], "hidden_size": 64,
     "intermediate_size": 128, "num_hidden_layers": 3, "num_attention_heads": 4, "projection_hidden_dim": 96,
     "text_hidden_size": 80, "posemb_grid_size": 8},
     214_208, None),
    ({"model_type": "muse_glimmer_vision", "architectures": ["MuseGlimmerVisionModel"], "hidden_size": 64,
     "intermediate_size": 128, "num_hidden_layers": 4, "num_attention_heads": 4, "pos_emb_height": 8,
     "pos_emb_width": 8, "max_position_embeddings": 64, "layer_types": ["window_attention", "window_attention",
     "window_attention", "full_attention"]},
     213_504, None),
    ({"model_type": "videoprism_vision_model", "architectures": ["VideoPrismVisionModel"], "hidden_size": 64,
     "intermediate_size": 128, "num_spatial_layers": 3, "num_temporal_layers": 2, "num_attention_heads": 4,
     "image_size": 72, "num_frames": 4},
     231_168, 29_851_648),
    ({"model_type": "diffllama", "architectures": ["DiffLlamaForCausalLM"], "vocab_size": 500, "hidden_size":
     128, "intermediate_size": 192, "num_hidden_layers": 3, "num_attention_heads": 8, "num_key_value_heads": 4,
     "head_dim": 16},
     497_728, None),
    ({"model_type": "esmc", "architectures": ["EsmcForMaskedLM"], "vocab_size": 64, "hidden_size": 96,
     "intermediate_size": 256, "num_hidden_layers": 3, "num_attention_heads": 6, "num_key_value_heads": 6,
     "head_dim": 16},
     355_456, 23_396_352),
    ({"model_type": "yoso", "architectures": ["YosoForMaskedLM"], "vocab_size": 500, "hidden_size": 96,
     "intermediate_size": 200, "num_hidden_layers": 3, "num_attention_heads": 6, "max_position_embeddings": 64,
     "type_vocab_size": 2},
     293_708, 19_292_160),
    ({"model_type": "flint", "architectures": ["FlintForCausalLM"], "vocab_size": 500, "hidden_size": 128,
     "intermediate_size": 192, "num_hidden_layers": 6, "num_attention_heads": 8, "num_key_value_heads": 4,
     "head_dim": 16, "num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 64,
     "shared_expert_intermediate_size": 96, "sliding_window": 8, "layer_types": ["full_attention",
     "full_attention", "full_attention", "sliding_attention", "sliding_attention", "sliding_attention"],
     "mlp_only_layers": [0]},
     1_671_024, None),
    ({"model_type": "beam", "architectures": ["BeamForCausalLM"], "vocab_size": 500, "hidden_size": 128,
     "intermediate_size": 192, "num_hidden_layers": 4, "num_attention_heads": 8, "num_key_value_heads": 4,
     "head_dim": 16, "num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 64, "sliding_window":
     8, "layer_types": ["sliding_attention", "full_attention", "sliding_attention", "full_attention"],
     "mlp_layer_types": ["dense", "sparse", "sparse", "sparse"]},
     1_059_104, None),
    ({"model_type": "mimo_v2_flash", "architectures": ["MiMoV2FlashForCausalLM"], "vocab_size": 500,
     "hidden_size": 128, "intermediate_size": 192, "num_hidden_layers": 4, "num_attention_heads": 8,
     "num_key_value_heads": 2, "head_dim": 24, "v_head_dim": 16, "n_routed_experts": 8, "num_experts_per_tok":
     2, "moe_intermediate_size": 64, "sliding_window": 8, "layer_types": ["full_attention", "sliding_attention",
     "sliding_attention", "sliding_attention"], "mlp_layer_types": ["dense", "sparse", "sparse", "sparse"]},
     1_031_320, None),
    ({"model_type": "kimi_linear", "architectures": ["KimiLinearForCausalLM"], "vocab_size": 500, "hidden_size":
     128, "intermediate_size": 192, "num_hidden_layers": 4, "num_attention_heads": 8, "num_key_value_heads": 8,
     "kv_lora_rank": 32, "qk_rope_head_dim": 8, "v_head_dim": 16, "qk_nope_head_dim": 16, "num_experts": 8,
     "num_experts_per_token": 2, "moe_intermediate_size": 64, "linear_head_dim": 16, "linear_num_heads": 8,
     "layer_types": ["linear_attention", "linear_attention", "linear_attention", "full_attention"],
     "mlp_layer_types": ["dense", "sparse", "sparse", "sparse"]},
     1_153_128, None),
    ({"model_type": "minimax_m3_vl_text", "architectures": ["MiniMaxM3VLForCausalLM"], "vocab_size": 500,
     "hidden_size": 128, "intermediate_size": 64, "dense_intermediate_size": 200, "shared_intermediate_size":
     48, "num_hidden_layers": 4, "num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 16,
     "num_local_experts": 8, "num_experts_per_tok": 2, "layer_types": ["full_attention", "full_attention",
     "full_attention", "full_attention"], "mlp_layer_types": ["dense", "sparse", "sparse", "sparse"]},
     1_018_112, 34_766_848),
    ({"model_type": "efficientnet", "architectures": ["EfficientNetForImageClassification"],
     "width_coefficient": 1.1, "depth_coefficient": 1.2, "image_size": 96, "num_labels": 10},
     7_715_084, 243_724_000),
    ({"model_type": "regnet", "architectures": ["RegNetForImageClassification"], "hidden_sizes": [48, 96, 192,
     384], "depths": [1, 2, 3, 1], "groups_width": 24, "layer_type": "x", "num_labels": 7},
     829_799, 509_693_184),
    ({"model_type": "regnet", "architectures": ["RegNetForImageClassification"], "hidden_sizes": [48, 96, 192,
     384], "depths": [1, 2, 3, 1], "groups_width": 24, "layer_type": "y", "num_labels": 7, "embedding_size": 16},
     919_447, 474_951_168),
    ({"model_type": "timesfm", "architectures": ["TimesFmModel"], "hidden_size": 64, "intermediate_size": 96,
     "num_hidden_layers": 3, "num_attention_heads": 4, "head_dim": 16, "patch_length": 8, "context_length": 64},
     97_008, None),
]


@pytest.mark.parametrize(("config", "parameters", "flop"), CASES, ids=[case[0]["architectures"][0] for case in CASES])
def test_parameters_and_products_are_those_built(config: dict[str, Any], parameters: int, flop: int | None) -> None:
    net = from_config(config, 32)
    assert net.parameters == pytest.approx(parameters, rel=1e-3)
    assert flop is None or net.forward_flop == flop


def test_t5gemma_2_attends_to_both_sequences_at_once() -> None:
    """Measured likewise: 255,184 parameters and 16,171,008 FLOP for 32 tokens read and 32 written."""
    half = {"vocab_size": 300, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3,
            "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "sliding_window": 64,
            "layer_types": ["sliding_attention", "sliding_attention", "full_attention"]}
    vision = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
              "image_size": 64, "patch_size": 16}
    net = from_config({"model_type": "t5gemma2", "encoder": {"text_config": half, "vision_config": vision},
                       "decoder": half}, 32)
    assert (net.parameters, net.forward_flop) == (255_184, 16_171_008)
    usual = {"model_type": "t5gemma2", "architectures": ["T5Gemma2ForConditionalGeneration"]}
    assert from_config(usual, 32).parameters == 4_747_846_400


def test_an_encoder_and_a_bert_that_writes() -> None:
    """Measured likewise, with and without a matrix between widths that differ."""
    bert = {"model_type": "bert", "num_attention_heads": 4, "max_position_embeddings": 64}
    encoder = {**bert, "vocab_size": 300, "hidden_size": 96, "num_hidden_layers": 2, "num_attention_heads": 6,
               "intermediate_size": 128}
    for width, parameters, flop in ((96, 476_760, 29_952_000), (64, 329_496, 19_974_144)):
        decoder = {**bert, "vocab_size": 200, "hidden_size": width, "num_hidden_layers": 3, "intermediate_size": 80}
        net = from_config({"model_type": "encoder-decoder", "encoder": encoder, "decoder": decoder}, 32)
        assert (net.parameters, net.forward_flop) == (parameters, flop)
    heard = {"model_type": "wav2vec2", "hidden_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
             "intermediate_size": 128}
    net = from_config({"model_type": "speech-encoder-decoder", "encoder": heard, "decoder": decoder}, 32)
    assert net.parameters == 4_609_816


def test_moonshots_own_file_of_kimi_linear() -> None:
    """moonshotai/Kimi-Linear-48B-A3B-Instruct on the Hugging Face Hub, 2025: 49.1B parameters, 3B active."""
    net = from_config({
        "model_type": "kimi_linear", "hidden_size": 2304, "num_hidden_layers": 27, "intermediate_size": 9216,
        "first_k_dense_replace": 1, "num_experts": 256, "num_experts_per_token": 8, "num_shared_experts": 1,
        "moe_intermediate_size": 1024, "kv_lora_rank": 512, "q_lora_rank": None, "qk_nope_head_dim": 128,
        "qk_rope_head_dim": 64, "v_head_dim": 128, "num_attention_heads": 32, "vocab_size": 163840,
        "tie_word_embeddings": False, "linear_attn_config": {
            "full_attn_layers": [4, 8, 12, 16, 20, 24, 27], "num_heads": 32, "head_dim": 128,
            "short_conv_kernel_size": 4}}, 4096)
    assert net.parameters == pytest.approx(49.1e9, rel=0.005)
    assert net.active_parameters == pytest.approx(3e9, rel=0.2)


def test_phi_moe_sends_each_token_to_two_experts_whatever_is_written() -> None:
    """Its router takes the best and the next: as PyTorch counts the model that transformers 5.24 builds."""
    shape = {"model_type": "phimoe", "architectures": ["PhimoeForCausalLM"], "vocab_size": 849, "hidden_size": 128,
             "intermediate_size": 69, "num_hidden_layers": 4, "num_attention_heads": 8, "num_key_value_heads": 4,
             "num_local_experts": 8, "sliding_window": None, "tie_word_embeddings": False}
    counts = {from_config({**shape, "num_experts_per_tok": top}, 40).forward_flop for top in (1, 2, 4)}
    assert len(counts) == 1


@pytest.mark.parametrize("config", [
    {"model_type": "kimi_linear", "num_hidden_layers": 2, "layer_types": ["linear_attention", "sparse_attention"]},
    {"model_type": "mimo_v2_flash", "num_hidden_layers": 2, "layer_types": ["full_attention"]},
    {"model_type": "mimo_v2_flash", "num_hidden_layers": 2, "hybrid_layer_pattern": [1, 1]},
    {"model_type": "mimo_v2_flash", "num_hidden_layers": 2, "moe_layer_freq": [1, 1]},
    {"model_type": "blip", "architectures": ["BlipForQuestionAnswering"]},
    {"model_type": "yoso", "use_expectation": False},
    {"model_type": "efficientnet", "kernel_sizes": [3, 3, 3, 3, 5, 5, 3]},
    {"model_type": "encoder-decoder", "encoder": {"model_type": "bert"}, "decoder": {"model_type": "gpt2"}},
    {"model_type": "colqwen2"},
])
def test_what_differs_in_a_way_that_is_not_known_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"config\.json of|architectures"):
        from_config(config, 32)
