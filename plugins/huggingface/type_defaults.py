"""What a config.json of these types may leave out: the defaults of their configuration classes (transformers 5.24).

Not here is what a class takes from other sizes, such as num_key_value_heads: the reader of the type does.
"""

from __future__ import annotations

from typing import Any

DEFAULTS: dict[str, dict[str, Any]] = {
    "apertus": {
        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "intermediate_size": 14336,
        "vocab_size": 131072, "tie_word_embeddings": False, "max_position_embeddings": 65536, "attention_bias": False,
    },
    "audioflamingo3_encoder": {"max_source_positions": 1500, "num_mel_bins": 128},
    "bamba": {
        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
        "intermediate_size": 14336, "vocab_size": 128000, "tie_word_embeddings": False, "attention_bias": False,
        "mamba_conv_bias": True, "mamba_d_conv": 4, "mamba_d_head": 64, "mamba_d_state": 256, "mamba_expand": 2,
        "mamba_n_groups": 1, "mamba_n_heads": 128, "mamba_proj_bias": False, "mlp_bias": False,
    },
    "big_bird": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "vocab_size": 50358, "tie_word_embeddings": True, "max_position_embeddings": 4096, "type_vocab_size": 2,
    },
    "bigbird_pegasus": {
        "vocab_size": 96103, "tie_word_embeddings": True, "max_position_embeddings": 4096, "d_model": 1024,
        "decoder_attention_heads": 16, "decoder_ffn_dim": 4096, "decoder_layers": 16, "encoder_attention_heads": 16,
        "encoder_ffn_dim": 4096, "encoder_layers": 16,
    },
    "bros": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "vocab_size": 30522, "max_position_embeddings": 512, "type_vocab_size": 2,
    },
    "clipseg": {"projection_dim": 512},
    "cohere2_moe": {
        "hidden_size": 8192, "num_hidden_layers": 40, "num_attention_heads": 64, "head_dim": 128,
        "intermediate_size": 22528, "vocab_size": 256000, "tie_word_embeddings": True,
        "max_position_embeddings": 8192, "num_experts_per_tok": 2, "sliding_window": 4096, "attention_bias": False,
        "num_experts": 8, "num_shared_experts": 0, "prefix_dense_sliding_window_pattern": 1, "sliding_window_pattern":
        4,
    },
    "convnext": {"depths": [3, 3, 9, 3], "hidden_sizes": [96, 192, 384, 768], "image_size": 224},
    "convnextv2": {"depths": [3, 3, 9, 3], "hidden_sizes": [96, 192, 384, 768], "image_size": 224},
    "cosmos3_edge_text": {
        "hidden_size": 2048, "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim":
        128, "intermediate_size": 9216, "vocab_size": 131072, "tie_word_embeddings": False, "max_position_embeddings":
        131072, "attention_bias": False, "mlp_bias": False,
    },
    "cwm": {
        "hidden_size": 6144, "num_hidden_layers": 64, "num_attention_heads": 48, "num_key_value_heads": 8, "head_dim":
        128, "intermediate_size": 21504, "vocab_size": 128256, "tie_word_embeddings": False,
        "max_position_embeddings": 131072, "mlp_bias": False,
    },
    "data2vec-text": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "vocab_size": 30522, "tie_word_embeddings": True, "max_position_embeddings": 512, "type_vocab_size": 2,
    },
    "dinov3_convnext": {"depths": [3, 3, 9, 3], "hidden_sizes": [96, 192, 384, 768], "image_size": 224},
    "dinov3_vit": {
        "hidden_size": 384, "num_hidden_layers": 12, "num_attention_heads": 6, "intermediate_size": 1536,
        "image_size": 224, "key_bias": False, "mlp_bias": True, "num_channels": 3, "num_register_tokens": 0,
        "patch_size": 16, "proj_bias": True, "query_bias": True, "use_gated_mlp": False, "value_bias": True,
    },
    "donut-swin": {
        "depths": [2, 2, 6, 2], "embed_dim": 96, "image_size": 224, "num_heads": [3, 6, 12, 24], "patch_size": 4,
        "window_size": 7,
    },
    "dpt": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072, "image_size":
        384, "num_channels": 3, "patch_size": 16, "qkv_bias": True,
    },
    "ernie": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "vocab_size": 30522, "tie_word_embeddings": True, "max_position_embeddings": 512, "type_vocab_size": 2,
    },
    "eurobert": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072, "vocab_size":
        128256, "tie_word_embeddings": False, "max_position_embeddings": 8192, "attention_bias": False, "mlp_bias":
        False,
    },
    "exaone_moe": {
        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
        "intermediate_size": 16384, "vocab_size": 102400, "tie_word_embeddings": False, "max_position_embeddings":
        2048, "first_k_dense_replace": 1, "moe_intermediate_size": 1024, "num_experts_per_tok": 8, "sliding_window":
        4096, "sliding_window_pattern": 4, "num_experts": 64, "num_shared_experts": 1,
    },
    "falcon_h1": {
        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
        "intermediate_size": 14336, "vocab_size": 128000, "tie_word_embeddings": False, "attention_bias": False,
        "mamba_conv_bias": True, "mamba_d_conv": 4, "mamba_d_head": 8, "mamba_d_ssm": 1024, "mamba_d_state": 256,
        "mamba_n_groups": 1, "mamba_n_heads": 128, "mamba_proj_bias": False, "mamba_rms_norm": False, "mlp_bias":
        False,
    },
    "flex_olmo": {
        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "intermediate_size": 11008,
        "vocab_size": 100352, "tie_word_embeddings": False, "max_position_embeddings": 4096, "attention_bias": False,
        "num_experts_per_tok": 5, "num_experts": 7,
    },
    "fuyu": {"tie_word_embeddings": False},
    "glm_image_text": {
        "hidden_size": 4096, "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 2,
        "intermediate_size": 13696, "vocab_size": 168064, "max_position_embeddings": 131072, "attention_bias": True,
    },
    "glm_ocr_text": {
        "hidden_size": 1024, "num_hidden_layers": 16, "num_attention_heads": 16, "num_key_value_heads": 8,
        "intermediate_size": 4096, "vocab_size": 59392, "max_position_embeddings": 131072,
    },
    "gpt-sw3": {
        "vocab_size": 50257, "tie_word_embeddings": True, "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions":
        1024,
    },
    "granite_docling_text": {
        "hidden_size": 1024, "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 4,
        "intermediate_size": 2048, "vocab_size": 133800, "tie_word_embeddings": True, "max_position_embeddings":
        32768, "attention_bias": False, "mlp_bias": False,
    },
    "granitemoe_swa": {
        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "intermediate_size": 11008,
        "vocab_size": 32000, "tie_word_embeddings": False, "max_position_embeddings": 2048, "attention_bias": False,
        "num_experts_per_tok": 2, "num_local_experts": 8, "shared_intermediate_size": 0, "sliding_window": 128,
    },
    "granitemoehybrid": {
        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "intermediate_size": 11008,
        "vocab_size": 32000, "tie_word_embeddings": False, "attention_bias": False, "mamba_conv_bias": True,
        "mamba_d_conv": 4, "mamba_d_head": 64, "mamba_d_state": 256, "mamba_expand": 2, "mamba_n_groups": 1,
        "mamba_n_heads": 128, "mamba_proj_bias": False, "num_experts_per_tok": 2, "num_local_experts": 8,
        "shared_intermediate_size": 1024,
    },
    "hubert": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "vocab_size": 32, "conv_bias": False, "conv_dim": [512, 512, 512, 512, 512, 512, 512], "conv_kernel": [10, 3,
        3, 3, 3, 2, 2], "feat_extract_norm": "group", "num_conv_pos_embedding_groups": 16, "num_conv_pos_embeddings":
        128,
    },
    "hy_v3": {
        "hidden_size": 4096, "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim":
        128, "intermediate_size": 13312, "vocab_size": 120832, "tie_word_embeddings": False,
        "max_position_embeddings": 131072, "attention_bias": False, "moe_intermediate_size": 1536,
        "num_experts_per_tok": 8, "mlp_bias": False, "num_experts": 192, "num_shared_experts": 1,
        "enable_moe_fp32_combine": True,
    },
    "hyperclovax": {
        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "intermediate_size": 11008,
        "vocab_size": 32000, "tie_word_embeddings": False, "max_position_embeddings": 2048, "attention_bias": False,
    },
    "ibert": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "vocab_size": 30522, "tie_word_embeddings": True, "max_position_embeddings": 512, "type_vocab_size": 2,
    },
    "idefics3_vision": {
        "vision_use_head": False, "hidden_size": 1152, "num_hidden_layers": 12, "num_attention_heads": 16,
        "intermediate_size": 3072,
        "image_size": 224, "num_channels": 3, "patch_size": 32,
    },
    "imagegpt": {
        "vocab_size": 513, "tie_word_embeddings": False, "n_embd": 512, "n_head": 8, "n_layer": 24, "n_positions":
        1024,
    },
    "internlm3": {
        "hidden_size": 4096, "num_hidden_layers": 48, "num_attention_heads": 32, "num_key_value_heads": 2, "head_dim":
        128, "intermediate_size": 10240, "vocab_size": 128512, "tie_word_embeddings": False,
        "max_position_embeddings": 32768, "attention_bias": False, "mlp_bias": False,
    },
    "internvl_vision": {
        "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096,
        "image_size": [448, 448], "patch_size": [14, 14],
    },
    "iquestcoder": {
        "hidden_size": 5120, "num_hidden_layers": 80, "num_attention_heads": 40, "num_key_value_heads": 8, "head_dim":
        128, "intermediate_size": 27648, "vocab_size": 76800, "tie_word_embeddings": False, "max_position_embeddings":
        131072, "attention_bias": False, "mlp_bias": False,
    },
    "jais2": {
        "hidden_size": 3328, "num_hidden_layers": 32, "num_attention_heads": 26, "intermediate_size": 26624,
        "vocab_size": 150272, "tie_word_embeddings": False, "max_position_embeddings": 8192, "attention_bias": True,
        "mlp_bias": True,
    },
    "jamba": {
        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
        "intermediate_size": 14336, "vocab_size": 65536, "tie_word_embeddings": False, "attn_layer_offset": 4,
        "attn_layer_period": 8, "expert_layer_offset": 1, "expert_layer_period": 2, "mamba_conv_bias": True,
        "mamba_d_conv": 4, "mamba_d_state": 16, "mamba_expand": 2, "mamba_proj_bias": False, "num_experts": 16,
        "num_experts_per_tok": 2,
    },
    "laguna": {
        "hidden_size": 2048, "num_hidden_layers": 40, "num_attention_heads": 48, "num_key_value_heads": 8, "head_dim":
        128, "intermediate_size": 8192, "vocab_size": 100352, "tie_word_embeddings": False, "max_position_embeddings":
        131072, "attention_bias": False, "moe_intermediate_size": 512, "num_experts_per_tok": 8, "sliding_window":
        512, "shared_expert_intermediate_size": 512, "num_experts": 256, "gating": True,
        "moe_apply_router_weight_on_input": False,
    },
    "lfm2": {
        "hidden_size": 2560, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
        "intermediate_size": 12288, "vocab_size": 65536, "tie_word_embeddings": True, "block_auto_adjust_ff_dim":
        True, "block_ffn_dim_multiplier": 1.0, "block_multiple_of": 256, "conv_L_cache": 3, "conv_bias": False,
    },
    "megatron-bert": {
        "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096,
        "vocab_size": 29056, "tie_word_embeddings": True, "max_position_embeddings": 512, "type_vocab_size": 2,
    },
    "metaclip_2": {"projection_dim": 512},
    "ministral3": {
        "hidden_size": 4096, "num_hidden_layers": 34, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim":
        128, "intermediate_size": 14336, "vocab_size": 131072, "tie_word_embeddings": False,
        "max_position_embeddings": 262144,
    },
    "mistral4": {
        "hidden_size": 4096, "num_hidden_layers": 36, "num_attention_heads": 32, "num_key_value_heads": 32,
        "head_dim": 128, "intermediate_size": 12288, "vocab_size": 131072, "tie_word_embeddings": False,
        "max_position_embeddings": 1048576, "moe_intermediate_size": 2048, "n_shared_experts": 1, "n_routed_experts":
        128, "kv_lora_rank": 256, "q_lora_rank": 1024, "qk_rope_head_dim": 64, "v_head_dim": 128, "qk_nope_head_dim":
        64, "num_experts_per_tok": 4, "first_k_dense_replace": 0, "attention_bias": False, "qk_head_dim": 128,
    },
    "modernbert-decoder": {
        "hidden_size": 768, "num_hidden_layers": 22, "num_attention_heads": 12, "intermediate_size": 1152,
        "vocab_size": 50368, "tie_word_embeddings": True, "attention_bias": False, "classifier_bias": False,
        "decoder_bias": True, "local_attention": 128, "mlp_bias": False, "norm_bias": False,
    },
    "nanochat": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 6, "num_key_value_heads": 6,
        "intermediate_size": 8192, "vocab_size": 50304, "tie_word_embeddings": False, "max_position_embeddings": 2048,
        "attention_bias": False,
    },
    "nemotron_h": {
        "hidden_size": 4096, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "intermediate_size":
        21504, "vocab_size": 131072, "tie_word_embeddings": False, "attention_bias": False, "conv_kernel": 4,
        "mamba_head_dim": 64, "mamba_num_heads": 128, "mamba_proj_bias": False, "mlp_bias": False,
        "moe_intermediate_size": 7688, "moe_shared_expert_intermediate_size": 7688, "n_groups": 8, "n_routed_experts":
        8, "n_shared_experts": 1, "num_experts_per_tok": 2, "ssm_state_size": 128, "use_conv_bias": True,
    },
    "openai_privacy_filter": {
        "hidden_size": 640, "num_hidden_layers": 8, "num_attention_heads": 14, "num_key_value_heads": 2, "head_dim":
        64, "intermediate_size": 640, "vocab_size": 200064, "tie_word_embeddings": False, "max_position_embeddings":
        131072, "attention_bias": True, "num_experts_per_tok": 4, "num_local_experts": 128, "sliding_window": 128,
    },
    "owlv2": {"projection_dim": 512},
    "owlvit": {"projection_dim": 512},
    "pixio": {
        "hidden_size": 1280, "num_hidden_layers": 32, "num_attention_heads": 16, "image_size": 256, "mlp_ratio": 4,
        "num_channels": 3, "patch_size": 16, "qkv_bias": True,
    },
    "pixtral": {
        "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096,
        "image_size": 1024, "num_channels": 3, "patch_size": 16,
    },
    "qianfan_ocr_vision": {
        "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096,
        "image_size": [448, 448], "patch_size": [14, 14],
    },
    "qwen2_audio_encoder": {
        "d_model": 1280, "encoder_attention_heads": 20, "encoder_ffn_dim": 5120, "encoder_layers": 32,
        "max_source_positions": 1500, "num_mel_bins": 128,
    },
    "qwen3_5_moe_text": {
        "hidden_size": 2048, "num_hidden_layers": 40, "num_attention_heads": 16, "num_key_value_heads": 2, "head_dim":
        256, "vocab_size": 248320, "tie_word_embeddings": False, "attention_bias": False, "linear_conv_kernel_dim": 4,
        "linear_key_head_dim": 128, "linear_num_key_heads": 16, "linear_num_value_heads": 32, "linear_value_head_dim":
        128, "moe_intermediate_size": 512, "num_experts": 256, "num_experts_per_tok": 8,
        "shared_expert_intermediate_size": 512,
    },
    "qwen3_5_moe_vision": {
        "hidden_size": 1152, "intermediate_size": 4304, "depth": 27, "in_channels": 3, "num_heads": 16,
        "num_position_embeddings": 2304, "out_hidden_size": 3584, "patch_size": 16, "spatial_merge_size": 2,
        "temporal_patch_size": 2,
    },
    "qwen3_5_text": {
        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 16, "num_key_value_heads": 4, "head_dim":
        256, "intermediate_size": 12288, "vocab_size": 248320, "tie_word_embeddings": False, "attention_bias": False,
        "linear_conv_kernel_dim": 4, "linear_key_head_dim": 128, "linear_num_key_heads": 16, "linear_num_value_heads":
        32, "linear_value_head_dim": 128,
    },
    "qwen3_5_vision": {
        "hidden_size": 1152, "intermediate_size": 4304, "depth": 27, "in_channels": 3, "num_heads": 16,
        "num_position_embeddings": 2304, "out_hidden_size": 3584, "patch_size": 16, "spatial_merge_size": 2,
        "temporal_patch_size": 2,
    },
    "qwen3_next": {
        "hidden_size": 2048, "num_hidden_layers": 48, "num_attention_heads": 16, "num_key_value_heads": 2, "head_dim":
        256, "vocab_size": 151936, "tie_word_embeddings": False, "attention_bias": False, "decoder_sparse_step": 1,
        "linear_conv_kernel_dim": 4, "linear_key_head_dim": 128, "linear_num_key_heads": 16, "linear_num_value_heads":
        32, "linear_value_head_dim": 128, "mlp_only_layers": [], "moe_intermediate_size": 512, "num_experts": 512,
        "num_experts_per_tok": 10, "shared_expert_intermediate_size": 512,
    },
    "qwen3_vl_moe_text": {
        "hidden_size": 2048, "num_hidden_layers": 24, "num_attention_heads": 16, "num_key_value_heads": 16,
        "intermediate_size": 5632, "vocab_size": 151936, "tie_word_embeddings": True, "max_position_embeddings": 128000,
        "attention_bias": False, "decoder_sparse_step": 1, "mlp_only_layers": [], "moe_intermediate_size": 1408,
        "num_experts_per_tok": 4, "num_local_experts": 60,
    },
    "qwen3_vl_moe_vision": {
        "hidden_size": 1152, "intermediate_size": 4304, "deepstack_visual_indexes": [8, 16, 24], "depth": 27,
        "in_channels": 3, "num_heads": 16, "num_position_embeddings": 2304, "out_hidden_size": 3584, "patch_size": 16,
        "spatial_merge_size": 2, "temporal_patch_size": 2,
    },
    "qwen3_vl_text": {
        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
        "head_dim": 128, "intermediate_size": 22016, "vocab_size": 151936, "max_position_embeddings": 128000,
        "attention_bias": False,
    },
    "qwen3_vl_vision": {
        "hidden_size": 1152, "intermediate_size": 4304, "deepstack_visual_indexes": [8, 16, 24], "depth": 27,
        "in_channels": 3, "num_heads": 16, "num_position_embeddings": 2304, "out_hidden_size": 3584, "patch_size": 16,
        "spatial_merge_size": 2, "temporal_patch_size": 2,
    },
    "recurrent_gemma": {
        "hidden_size": 2560, "num_hidden_layers": 26, "num_attention_heads": 10, "intermediate_size": 7680,
        "vocab_size": 256000, "tie_word_embeddings": True, "attention_bias": False, "attention_window_size": 2048,
        "block_types": ["recurrent", "recurrent", "attention"], "conv1d_width": 4,
    },
    "roberta-prelayernorm": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "vocab_size": 50265, "tie_word_embeddings": True, "max_position_embeddings": 512, "type_vocab_size": 2,
    },
    "rwkv": {
        "hidden_size": 4096, "num_hidden_layers": 32, "vocab_size": 50277,
    },
    "sam_vision_model": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "global_attn_indexes": [2, 5, 8, 11],
        "image_size": 1024, "mlp_dim": 3072, "output_channels": 256, "patch_size": 16, "window_size": 14,
    },
    "sarvam_mla": {
        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 64, "num_key_value_heads": 64,
        "head_dim": 64, "intermediate_size": 16384, "vocab_size": 262144, "tie_word_embeddings": False,
        "max_position_embeddings": 4096, "moe_intermediate_size": 2048, "n_shared_experts": 1, "n_routed_experts":
        128, "kv_lora_rank": 512, "qk_rope_head_dim": 64, "v_head_dim": 128, "qk_nope_head_dim": 128,
        "num_experts_per_tok": 8, "first_k_dense_replace": 1, "attention_bias": False, "num_nextn_predict_layers": 0,
        "qk_head_dim": 192,
    },
    "sarvam_moe": {
        "hidden_size": 4096, "num_hidden_layers": 19, "num_attention_heads": 64, "num_key_value_heads": 4, "head_dim":
        64, "intermediate_size": 8192, "vocab_size": 262144, "tie_word_embeddings": False, "max_position_embeddings":
        131072, "attention_bias": False, "first_k_dense_replace": 1, "moe_intermediate_size": 1024,
        "n_routed_experts": 128, "n_shared_experts": 1, "num_experts_per_tok": 6, "use_qk_norm": True,
        "num_nextn_predict_layers": 0,
    },
    "seamless_m4t": {
        "vocab_size": 256102, "tie_word_embeddings": True, "max_position_embeddings": 1024, "decoder_attention_heads":
        16, "decoder_ffn_dim": 8192, "decoder_layers": 24, "encoder_attention_heads": 16, "encoder_ffn_dim": 8192,
        "encoder_layers": 24,
    },
    "siglip2": {},
    "smolvlm_vision": {
        "vision_use_head": False, "hidden_size": 1152, "num_hidden_layers": 12, "num_attention_heads": 16,
        "intermediate_size": 3072,
        "image_size": 224, "num_channels": 3, "patch_size": 32,
    },
    "swin": {
        "depths": [2, 2, 6, 2], "embed_dim": 96, "image_size": 224, "num_heads": [3, 6, 12, 24], "patch_size": 4,
        "window_size": 7,
    },
    "swinv2": {
        "depths": [2, 2, 6, 2], "embed_dim": 96, "image_size": 224, "num_heads": [3, 6, 12, 24], "patch_size": 4,
        "window_size": 7,
    },
    "unispeech": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "vocab_size": 32, "codevector_dim": 256, "conv_bias": False, "conv_dim": [512, 512, 512, 512, 512, 512, 512],
        "conv_kernel": [10, 3, 3, 3, 3, 2, 2], "feat_extract_norm": "group", "num_codevectors_per_group": 320,
        "num_conv_pos_embedding_groups": 16, "num_conv_pos_embeddings": 128,
    },
    "vaultgemma": {
        "hidden_size": 2304, "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim":
        256, "intermediate_size": 9216, "vocab_size": 256000, "tie_word_embeddings": True, "max_position_embeddings":
        8192, "attention_bias": False,
    },
    "vit_mae": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "decoder_hidden_size": 512, "decoder_num_attention_heads": 16, "decoder_num_hidden_layers": 8, "image_size":
        224, "patch_size": 16,
    },
    "vit_msn": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "image_size": 224, "num_channels": 3, "patch_size": 16, "qkv_bias": True,
    },
    "voxtral_encoder": {"max_source_positions": 1500, "num_mel_bins": 128},
    "wav2vec2": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "vocab_size": 32, "add_adapter": False, "codevector_dim": 256, "conv_bias": False, "conv_dim": [512, 512, 512,
        512, 512, 512, 512], "conv_kernel": [10, 3, 3, 3, 3, 2, 2], "feat_extract_norm": "group",
        "num_codevectors_per_group": 320, "num_conv_pos_embedding_groups": 16, "num_conv_pos_embeddings": 128,
    },
    "wavlm": {
        "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
        "vocab_size": 32, "add_adapter": False, "codevector_dim": 256, "conv_bias": False, "conv_dim": [512, 512, 512,
        512, 512, 512, 512], "conv_kernel": [10, 3, 3, 3, 3, 2, 2], "feat_extract_norm": "group", "num_buckets": 320,
        "num_codevectors_per_group": 320, "num_conv_pos_embedding_groups": 16, "num_conv_pos_embeddings": 128,
    },
    "xlm-roberta-xl": {
        "hidden_size": 2560, "num_hidden_layers": 36, "num_attention_heads": 32, "intermediate_size": 10240,
        "vocab_size": 250880, "tie_word_embeddings": True, "max_position_embeddings": 514, "type_vocab_size": 1,
    },
    "xlnet": {
        "vocab_size": 32000, "tie_word_embeddings": True, "d_inner": 4096, "d_model": 1024, "n_head": 16, "n_layer": 24,
    },
}  # fmt: skip
