"""Model types of Hugging Face by their defaults, against what transformers 5.24 builds of them.

Each configuration holds its type and class only: what is left out are the defaults of its configuration class.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from computeest_plugins.huggingface.cousins import COUSINS
from computeest_plugins.huggingface.family import from_config, model_types

#: Type, class and parameters, equal to the last one.
EXACT = [
    ("convbert", "ConvBertForMaskedLM", 106_303_170),
    ("hiera", "HieraForImageClassification", 50_757_506),
    ("mobilebert", "MobileBertForSequenceClassification", 24_845_570),
    ("fsmt", "FSMTForConditionalGeneration", 483_913_728),
    ("jetmoe", "JetMoeForCausalLM", 4_293_888_000),
    ("led", "LEDForConditionalGeneration", 459_801_600),
    ("mobilebert", "MobileBertForMaskedLM", 36_596_538),
    ("nllb-moe", "NllbMoeForConditionalGeneration", 6_880_712_704),
    ("pop2piano", "Pop2PianoForConditionalGeneration", 59_108_352),
    ("speech_to_text", "Speech2TextForConditionalGeneration", 29_536_256),
    ("glm4v_text", "Glm4vTextModel", 8_779_522_048),
    ("siglip2_vision_model", "Siglip2VisionModel", 92_930_304),
    ("cosmos3_edge_vision", "Cosmos3EdgeVisionModel", 412_649_712),
    ("kimi_k25_vision", "Kimi_K25VisionModel", 416_866_032),
    ("bert-generation", "BertGenerationDecoder", 354_452_662),
    ("bitnet", "BitNetForCausalLM", 2_741_155_840),
    ("blenderbot", "BlenderbotForCausalLM", 2_538_583_040),
    ("blenderbot-small", "BlenderbotSmallForCausalLM", 59_631_104),
    ("cpmant", "CpmAntForCausalLM", 9_517_453_312),
    ("dinov2_with_registers", "Dinov2WithRegistersForImageClassification", 85_824_002),
    ("exaone4_5_vision", "Exaone4_5_VisionModel", 2_671_868_672),
    ("glm4v_vision", "Glm4vVisionModel", 892_498_432),
    ("glm_ocr_vision", "GlmOcrVisionModel", 434_120_192),
    ("glmasr_encoder", "GlmAsrEncoder", 635_048_960),
    ("gte", "GteForMaskedLM", 306_210_496),
    ("helium", "HeliumForCausalLM", 2_172_643_840),
    ("ijepa", "IJepaForImageClassification", 85_798_658),
    ("jina_embeddings_v3", "JinaEmbeddingsV3ForMaskedLM", 559_616_146),
    ("luke", "LukeForMaskedLM", 314_445_435),
    ("markuplm", "MarkupLMModel", 120_038_144),
    ("mlcd_vision_model", "MLCDVisionModel", 1_842_349_748),
    ("moshi", "MoshiForCausalLM", 6_839_083_008),
    ("plbart", "PLBartForCausalLM", 95_904_000),
    ("poolformer", "PoolFormerForImageClassification", 11_403_202),
    ("qwen2_5_vl_vision", "Qwen2_5_VisionTransformerPretrainedModel", 3_083_025_152),
    ("resnet", "ResNetForImageClassification", 23_512_130),
    ("seamless_m4t_v2", "SeamlessM4Tv2ForTextToText", 1_370_531_840),
    ("splinter", "SplinterForPreTraining", 112_439_808),
    ("tipsv2_vision_model", "Tipsv2VisionModel", 86_316_288),
    ("vitdet", "VitDetModel", 85_796_352),
    ("voxtral_realtime_encoder", "VoxtralRealtimeEncoder", 970_395_392),
    ("beit", "BeitForImageClassification", 85_658_114),
    ("gemma4_text", "Gemma4ForCausalLM", 5_077_177_856),
    ("longformer", "LongformerForMaskedLM", 130_775_610),
    ("switch_transformers", "SwitchTransformersForConditionalGeneration", 317_312_256),
    ("xlstm", "xLSTMForCausalLM", 6_865_424_896),
    ("zamba2", "Zamba2ForCausalLM", 2_481_848_336),
    ("audioflamingo3_encoder", "AudioFlamingo3Encoder", 636_968_960),
    ("bamba", "BambaForCausalLM", 9_992_765_440),
    ("bart", "BartForCausalLM", 254_084_096),
    ("clip", "CLIPForImageClassification", 87_457_538),
    ("clipseg", "CLIPSegModel", 151_277_313),
    ("convnext", "ConvNextForImageClassification", 27_821_666),
    ("convnextv2", "ConvNextV2ForImageClassification", 27_868_034),
    ("cosmos3_edge_text", "Cosmos3EdgeTextModel", 1_677_838_336),
    ("cwm", "CwmForCausalLM", 32_581_097_472),
    ("data2vec-text", "Data2VecTextForCausalLM", 109_514_298),
    ("dinov3_vit", "DINOv3ViTModel", 21_595_008),
    ("dpt", "DPTModel", 86_681_088),
    ("ernie", "ErnieForCausalLM", 109_514_298),
    ("eurobert", "EuroBertForMaskedLM", 310_266_624),
    ("falcon_h1", "FalconH1ForCausalLM", 8_514_961_408),
    ("flex_olmo", "FlexOlmoForCausalLM", 33_270_665_216),
    ("glm_image_text", "GlmImageTextModel", 8_847_155_200),
    ("glm_ocr_text", "GlmOcrTextModel", 312_542_208),
    ("gpt-sw3", "GPT2LMHeadModel", 124_439_808),
    ("granite_docling_text", "GraniteDoclingTextModel", 386_630_656),
    ("granitemoehybrid", "GraniteMoeHybridForCausalLM", 38_601_064_448),
    ("hubert", "HubertForCTC", 94_396_320),
    ("hyperclovax", "HyperCLOVAXForCausalLM", 6_738_677_760),
    ("ibert", "IBertForMaskedLM", 109_514_298),
    ("idefics3_vision", "Idefics3VisionTransformer", 152_395_776),
    ("internlm3", "LlamaForCausalLM", 8_804_241_408),
    ("iquestcoder", "LlamaForCausalLM", 39_794_283_520),
    ("jais2", "Jais2ForCausalLM", 8_090_401_280),
    ("jamba", "JambaForCausalLM", 51_570_323_328),
    ("lfm2", "Lfm2ForCausalLM", 2_705_497_600),
    ("marian", "MarianForCausalLM", 262_104_064),
    ("mbart", "MBartForCausalLM", 254_086_144),
    ("megatron-bert", "MegatronBertForCausalLM", 333_671_808),
    ("metaclip_2", "MetaClip2ForImageClassification", 87_457_538),
    ("ministral3", "Ministral3ForCausalLM", 8_489_553_920),
    ("mistral4", "Mistral4ForCausalLM", 118_972_826_624),
    ("modernbert-decoder", "ModernBertDecoderForCausalLM", 149_655_232),
    ("nemotron_h", "NemotronHForCausalLM", 1_968_355_712),
    ("openai_privacy_filter", "OpenAIPrivacyFilterModel", 1_399_465_712),
    ("pegasus", "PegasusForCausalLM", 254_082_048),
    ("pixtral", "PixtralVisionModel", 403_489_792),
    ("qwen2_audio_encoder", "Qwen2AudioEncoder", 636_968_960),
    ("qwen3_5_moe_text", "Qwen3_5MoeForCausalLM", 34_660_610_688),
    ("qwen3_5_moe_vision", "Qwen3_5MoeVisionModel", 453_650_672),
    ("qwen3_5_text", "Qwen3_5ForCausalLM", 8_953_803_264),
    ("qwen3_5_vision", "Qwen3_5VisionModel", 453_650_672),
    ("qwen3_next", "Qwen3NextForCausalLM", 79_674_391_296),
    ("qwen3_vl_moe_text", "Qwen3VLMoeTextModel", 13_173_956_608),
    ("qwen3_vl_moe_vision", "Qwen3VLMoeVisionModel", 566_949_104),
    ("qwen3_vl_text", "Qwen3VLTextModel", 11_427_131_392),
    ("qwen3_vl_vision", "Qwen3VLVisionModel", 566_949_104),
    ("recurrent_gemma", "RecurrentGemmaForCausalLM", 2_010_263_040),
    ("rwkv", "RwkvForCausalLM", 7_392_649_216),
    ("sam_vision_model", "SamVisionModel", 89_670_912),
    ("seamless_m4t", "SeamlessM4TForTextToText", 1_370_531_840),
    ("siglip", "SiglipForImageClassification", 92_885_762),
    ("smolvlm_vision", "SmolVLMVisionTransformer", 152_395_776),
    ("swin", "SwinForImageClassification", 27_520_892),
    ("unispeech", "UniSpeechForCTC", 94_396_320),
    ("vaultgemma", "VaultGemmaForCausalLM", 2_614_222_080),
    ("vit_msn", "ViTMSNForImageClassification", 85_800_194),
    ("voxtral_encoder", "VoxtralEncoder", 636_968_960),
    ("wav2vec2", "Wav2Vec2ForPreTraining", 95_044_608),
    ("wavlm", "WavLMForCTC", 94_406_544),
    ("xlm-roberta-xl", "XLMRobertaXLForCausalLM", 3_482_741_760),
    ("xlnet", "XLNetLMHeadModel", 360_300_800),
]
#: The same, and by how much ours may be off: weights that are buffers or norms of few channels are left out.
NEAR = [
    ("glm4_moe", "Glm4MoeForCausalLM", 103_481_200_640, 1e-05),
    ("glm4_moe_lite", "Glm4MoeLiteForCausalLM", 29_943_390_976, 1e-05),
    ("omniasr_audio", "OmniASRAudioModel", 315_437_568, 1e-05),
    ("apertus", "ApertusForCausalLM", 6_979_596_352, 1e-05),
    ("big_bird", "BigBirdForCausalLM", 128_111_286, 0.005),
    ("bigbird_pegasus", "BigBirdPegasusModel", 576_891_904, 0.001),
    ("bros", "BrosModel", 109_494_528, 0.0002),
    ("cohere2_moe", "Cohere2MoeForCausalLM", 190_004_928_512, 1e-05),
    ("dinov3_convnext", "DINOv3ConvNextModel", 27_820_128, 0.0002),
    ("donut-swin", "DonutSwinForImageClassification", 27_519_356, 0.0002),
    ("exaone_moe", "ExaoneMoeForCausalLM", 28_550_639_616, 1e-05),
    ("fuyu", "FuyuForCausalLM", 9_408_238_592, 0.003),
    ("granitemoe_swa", "GraniteMoeSWAForCausalLM", 37_039_117_312, 1e-05),
    ("hy_v3", "HYV3ForCausalLM", 295_033_528_320, 1e-05),
    ("imagegpt", "ImageGPTForImageClassification", 76_421_120, 0.005),
    ("laguna", "LagunaForCausalLM", 33_189_975_808, 0.0002),
    ("nanochat", "NanoChatForCausalLM", 256_573_440, 0.0002),
    ("owlv2", "Owlv2Model", 151_208_449, 0.001),
    ("owlvit", "OwlViTModel", 151_650_817, 0.003),
    ("pixio", "PixioModel", 631_013_120, 0.0002),
    ("roberta-prelayernorm", "RobertaPreLayerNormForCausalLM", 124_698_201, 0.0002),
    ("sarvam_moe", "Glm4MoeForCausalLM", 32_152_648_064, 1e-05),
    ("siglip2", "Siglip2ForImageClassification", 92_931_842, 0.001),
    ("swinv2", "Swinv2ForImageClassification", 27_579_692, 0.0002),
    ("vit_mae", "ViTMAEForPreTraining", 111_907_840, 0.003),
]


@pytest.mark.parametrize(("kind", "name", "parameters"), EXACT, ids=[row[1] for row in EXACT])
def test_defaults_of_a_type_are_those_of_the_library(kind: str, name: str, parameters: int) -> None:
    assert from_config({"model_type": kind, "architectures": [name]}, 16).parameters == parameters


@pytest.mark.parametrize(("kind", "name", "parameters", "near"), NEAR, ids=[row[1] for row in NEAR])
def test_defaults_of_a_type_are_near_those_of_the_library(kind: str, name: str, parameters: int, near: float) -> None:
    net = from_config({"model_type": kind, "architectures": [name]}, 16)
    assert net.parameters == pytest.approx(parameters, rel=near)


@pytest.mark.parametrize(("kind", "name"), [
    # heads of several per cent of the parameters (transformers 5.24 builds 111,727,812 of the first)
    ("dpt", "DPTForSemanticSegmentation"), ("dpt", "DPTForDepthEstimation"), ("owlv2", "Owlv2ForObjectDetection"),
    ("blip-2", "Blip2ForImageTextRetrieval"), ("swin", "SwinForMaskedImageModeling"), ("wavlm", "WavLMForXVector"),
    ("big_bird", "BigBirdForQuestionAnswering"), ("qwen2", "JevForDecision"),
])
def test_a_class_whose_head_is_not_known_is_not_counted_without_it(kind: str, name: str) -> None:
    with pytest.raises(ValueError, match=r"architectures: .* not counted"):
        from_config({"model_type": kind, "architectures": [name]}, 16)


@pytest.mark.parametrize(("config", "parameters"), [
    # one field changed from its default, and what transformers 5.24 builds of two layers
    ({"model_type": "audioflamingo3_encoder", "num_hidden_layers": 2, "hidden_size": 2560}, 129_402_880),
    ({"model_type": "audioflamingo3_encoder", "num_hidden_layers": 2, "intermediate_size": 10240}, 72_908_800),
    ({"model_type": "big_bird", "architectures": ["BigBirdForCausalLM"], "num_hidden_layers": 2, "hidden_size": 1536},
     126_205_110),
    ({"model_type": "exaone_moe", "num_hidden_layers": 2, "num_shared_experts": 2, "architectures":
      ["ExaoneMoeForCausalLM"]}, 2_005_160_448),
    ({"model_type": "fuyu", "num_hidden_layers": 36, "patch_size": 60}, 9_441_416_192),
    ({"model_type": "glm_image_text", "architectures": ["GlmImageTextModel"], "num_hidden_layers": 2,
      "hidden_size": 8192}, 2_335_270_912),
    ({"model_type": "imagegpt", "architectures": ["ImageGPTForImageClassification"], "n_layer": 2, "n_embd": 1024},
     26_765_312),
    ({"model_type": "moshi", "architectures": ["MoshiForCausalLM"], "num_hidden_layers": 2, "tie_word_embeddings":
      True}, 673_210_368),
])
def test_a_field_that_differs_from_the_default_counts(config: dict[str, Any], parameters: int) -> None:
    assert from_config(config, 16).parameters == pytest.approx(parameters, rel=0.001)


@pytest.mark.parametrize("config", [
    {"model_type": "cohere2_moe", "num_shared_experts": 1}, {"model_type": "dpt", "is_hybrid": True},
    {"model_type": "internvl_vision", "use_absolute_position_embeddings": False},
    {"model_type": "glmasr_encoder", "num_key_value_heads": 10}, {"model_type": "luke", "tie_word_embeddings": False},
    {"model_type": "sam_vision_model", "use_abs_pos": False}, {"model_type": "rwkv", "tie_word_embeddings": True},
    {"model_type": "laguna", "gating": False}, {"model_type": "mobilebert", "true_hidden_size": 256},
])
def test_a_field_that_is_not_counted_is_refused_where_it_differs(config: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"config.json of an? {config['model_type']}: "):
        from_config(config, 16)


def test_a_letter_head_is_counted_where_the_class_has_one() -> None:
    parts = {"model_type": "omniasr_ctc", "audio_config": {"hidden_size": 1024}, "vocab_size": 10288}
    bare, lettered = (from_config({**parts, "architectures": [name]}, 16).parameters
                      for name in ("OmniASRCTCModel", "OmniASRForCTC"))
    assert lettered - bare == 1024 * 10288 + 10288


def test_every_cousin_is_held_to_the_library() -> None:
    held = {row[0] for row in EXACT} | {row[0] for row in NEAR}
    # towers that differ by their image, and a mixture whose layers are listed one by one
    held |= {part["model_type"] for row in OF_PARTS for part in row[0].values() if isinstance(part, dict) and part}
    varied = (Path(__file__).parent / "golden" / "huggingface_varied.jsonl").read_text("utf-8").splitlines()
    held |= {json.loads(line)["model_type"] for line in varied}
    assert set(COUSINS) - held <= {"dots1", "solar_open", "ministral"}, "those are in test_huggingface_current.py"


#: Models of two parts, with the sizes that differ from their parts' own defaults: what transformers 5.24 builds.
OF_PARTS: list[tuple[dict[str, Any], int]] = [
    ({"model_type": "cosmos3_edge", "architectures": ["Cosmos3EdgeForConditionalGeneration"], "tie_word_embeddings":
      False, "text_config": {"vocab_size": 131072, "hidden_size": 2048, "intermediate_size": 9216,
      "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128, "model_type":
      "cosmos3_edge_text"}, "vision_config": {"hidden_size": 1152, "intermediate_size": 4304, "num_hidden_layers": 27,
      "num_attention_heads": 16, "patch_size": 16, "model_type": "cosmos3_edge_vision"}}, 2_435_616_496),
    ({"model_type": "cosmos3_omni", "architectures": ["Cosmos3OmniForConditionalGeneration"], "tie_word_embeddings":
      False, "text_config": {"vocab_size": 151936, "hidden_size": 4096, "intermediate_size": 22016,
      "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32, "head_dim": 128, "model_type":
      "qwen3_vl_text"}, "vision_config": {"depth": 27, "hidden_size": 1152, "intermediate_size": 4304, "num_heads":
      16, "patch_size": 16, "out_hidden_size": 3584, "model_type": "qwen3_vl_vision"}}, 12_616_410_352),
    ({"model_type": "glm46v", "architectures": ["Glm46VForConditionalGeneration"], "tie_word_embeddings": False,
      "text_config": {"vocab_size": 151552, "hidden_size": 4096, "intermediate_size": 13696, "num_hidden_layers": 40,
      "num_attention_heads": 32, "num_key_value_heads": 2, "model_type": "glm4v_text"}, "vision_config": {"depth": 24,
      "hidden_size": 1536, "num_heads": 12, "image_size": 336, "patch_size": 14, "out_hidden_size": 4096,
      "intermediate_size": 13696, "model_type": "glm4v_vision"}}, 10_292_777_472),
    ({"model_type": "glmasr", "architectures": ["GlmAsrForConditionalGeneration"], "tie_word_embeddings": True,
      "text_config": {"vocab_size": 59264, "hidden_size": 2048, "intermediate_size": 6144, "num_hidden_layers": 28,
      "num_attention_heads": 16, "num_key_value_heads": 4, "head_dim": 128, "model_type": "llama"}, "audio_config":
      {"hidden_size": 1280, "intermediate_size": 5120, "num_hidden_layers": 32, "num_attention_heads": 20,
      "num_key_value_heads": 20, "model_type": "glmasr_encoder"}}, 2_136_470_528),
    ({"model_type": "glmga", "architectures": ["Glm46VForConditionalGeneration"], "tie_word_embeddings": False,
      "text_config": {"vocab_size": 151552, "hidden_size": 4096, "intermediate_size": 13696, "num_hidden_layers": 40,
      "num_attention_heads": 32, "num_key_value_heads": 2, "model_type": "glm4v_text"}, "vision_config": {"depth": 24,
      "hidden_size": 1536, "num_heads": 12, "image_size": 336, "patch_size": 14, "out_hidden_size": 4096,
      "intermediate_size": 13696, "model_type": "glm4v_vision"}}, 10_292_777_472),
    ({"model_type": "hyperclovax_vision_v2", "architectures": ["HyperCLOVAXVisionV2ForConditionalGeneration"],
      "tie_word_embeddings": True, "text_config": {"vocab_size": 32000, "hidden_size": 4096, "intermediate_size":
      11008, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32, "head_dim": 128,
      "model_type": "hyperclovax"}, "vision_config": {"depth": 32, "hidden_size": 3584, "intermediate_size": 3420,
      "num_heads": 16, "patch_size": 14, "out_hidden_size": 3584, "model_type": "qwen2_5_vl_vision"}}, 9_705_315_072),
    ({"model_type": "instructblipvideo", "architectures": ["InstructBlipVideoForConditionalGeneration"],
      "text_config": {"vocab_size": 50272, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
      "model_type": "opt"}, "vision_config": {"hidden_size": 1408, "intermediate_size": 6144, "num_hidden_layers": 39,
      "num_attention_heads": 16, "image_size": 224, "patch_size": 14, "model_type": "instructblipvideo_vision_model"},
      "qformer_config": {"vocab_size": 30522, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
      "intermediate_size": 3072, "model_type": "instructblipvideo_qformer"}}, 1_297_466_112),
    ({"model_type": "kimi_k25", "architectures": ["Kimi_K25ForConditionalGeneration"], "tie_word_embeddings": True,
      "text_config": {"vocab_size": 129280, "hidden_size": 7168, "intermediate_size": 18432, "num_hidden_layers": 61,
      "num_attention_heads": 128, "num_key_value_heads": 128, "head_dim": 64, "model_type": "deepseek_v3"},
      "vision_config": {"patch_size": 14, "num_attention_heads": 16, "num_hidden_layers": 27, "hidden_size": 1152,
      "intermediate_size": 4304, "model_type": "kimi_k25_vision"}}, 670_570_869_232),
    ({"model_type": "lfm2_vl", "architectures": ["Lfm2VlForConditionalGeneration"], "tie_word_embeddings": True,
      "text_config": {"vocab_size": 65536, "hidden_size": 2560, "intermediate_size": 12288, "num_hidden_layers": 32,
      "num_attention_heads": 32, "num_key_value_heads": 8, "model_type": "lfm2"}, "vision_config": {"hidden_size":
      768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12, "patch_size": 16,
      "model_type": "siglip2_vision_model"}}, 2_812_857_088),
    ({"model_type": "omniasr", "architectures": ["OmniASRForConditionalGeneration"], "text_config": {"vocab_size":
      11984, "hidden_size": 4096, "intermediate_size": 2816, "num_hidden_layers": 12, "num_attention_heads": 8,
      "num_key_value_heads": 8, "head_dim": 512, "model_type": "llama"}, "audio_config": {"hidden_size": 1024,
      "num_attention_heads": 16, "num_hidden_layers": 24, "intermediate_size": 4096, "model_type": "omniasr_audio"}},
      1_638_453_760),
    ({"model_type": "paddleocr_vl", "architectures": ["PaddleOCRVLForConditionalGeneration"], "tie_word_embeddings":
      True, "text_config": {"vocab_size": 103424, "hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers":
      18, "num_attention_heads": 16, "num_key_value_heads": 2, "head_dim": 128, "model_type": "paddleocr_vl_text"},
      "vision_config": {"hidden_size": 1152, "intermediate_size": 4304, "num_hidden_layers": 27,
      "num_attention_heads": 16, "image_size": 384, "patch_size": 14, "model_type": "paddleocr_vl_vision"}},
      799_695_472),
    ({"model_type": "blip-2", "architectures": ["Blip2ForConditionalGeneration"], "text_config": {"model_type": "opt"},
      "vision_config": {"model_type": "blip_2_vision_model"}, "qformer_config": {}}, 1_216_944_384),
    ({"model_type": "mllama", "architectures": ["MllamaForConditionalGeneration"], "text_config": {"model_type":
      "mllama_text_model"}, "vision_config": {"model_type": "mllama_vision_model"}}, 10_642_941_475),
    ({"model_type": "cohere2_vision", "architectures": ["Cohere2VisionForConditionalGeneration"],
      "tie_word_embeddings": True, "downsample_factor": 2, "alignment_intermediate_size": 36864, "text_config":
      {"model_type": "cohere2"}, "vision_config": {"model_type": "siglip_vision_model"}}, 35_651_000_064),
    ({"model_type": "idefics3", "architectures": ["Idefics3ForConditionalGeneration"], "tie_word_embeddings":
      False, "scale_factor": 2, "text_config": {"model_type": "llama"}, "vision_config": {"model_type":
      "idefics3_vision"}}, 6_909_685_760),
    ({"model_type": "internvl", "architectures": ["InternVLForConditionalGeneration"], "tie_word_embeddings":
      True, "vision_feature_layer": -1, "text_config": {"model_type": "qwen2"}, "vision_config": {"model_type":
      "internvl_vision"}}, 11_765_025_792),
    ({"model_type": "llava", "architectures": ["LlavaForConditionalGeneration"], "tie_word_embeddings": False,
      "multimodal_projector_bias": True, "vision_feature_layer": -2, "text_config": {"vocab_size": 32000,
      "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32,
      "num_key_value_heads": 32, "max_position_embeddings": 2048, "head_dim": 128, "model_type": "llama"},
      "vision_config": {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24,
      "num_attention_heads": 16, "image_size": 336, "patch_size": 14, "vocab_size": 32000, "model_type":
      "clip_vision_model"}}, 7_062_902_784),
    ({"model_type": "llava_next", "architectures": ["LlavaNextForConditionalGeneration"], "tie_word_embeddings":
      False, "multimodal_projector_bias": True, "vision_feature_layer": -2, "text_config": {"vocab_size": 32000,
      "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32,
      "num_key_value_heads": 32, "max_position_embeddings": 2048, "head_dim": 128, "model_type": "llama"},
      "vision_config": {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24,
      "num_attention_heads": 16, "image_size": 336, "patch_size": 14, "vocab_size": 32000, "model_type":
      "clip_vision_model"}}, 7_062_906_880),
    ({"model_type": "llava_next_video", "architectures": ["LlavaNextVideoForConditionalGeneration"],
      "tie_word_embeddings": False, "multimodal_projector_bias": True, "vision_feature_layer": -2,
      "text_config": {"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers":
      32, "num_attention_heads": 32, "num_key_value_heads": 32, "max_position_embeddings": 2048, "head_dim":
      128, "model_type": "llama"}, "vision_config": {"hidden_size": 1024, "intermediate_size": 4096,
      "num_hidden_layers": 24, "num_attention_heads": 16, "image_size": 336, "patch_size": 14, "vocab_size":
      32000, "model_type": "clip_vision_model"}}, 7_062_906_880),
    ({"model_type": "llava_onevision", "architectures": ["LlavaOnevisionForConditionalGeneration"],
      "tie_word_embeddings": False, "multimodal_projector_bias": True, "vision_feature_layer": -1,
      "text_config": {"vocab_size": 151936, "hidden_size": 4096, "intermediate_size": 22016,
      "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32, "max_position_embeddings":
      32768, "model_type": "qwen2"}, "vision_config": {"hidden_size": 1152, "intermediate_size": 4304,
      "num_hidden_layers": 26, "num_attention_heads": 16, "image_size": 384, "patch_size": 14,
      "vision_use_head": False, "model_type": "siglip_vision_model"}}, 12_469_102_112),
    ({"model_type": "mistral3", "architectures": ["Mistral3ForConditionalGeneration"], "tie_word_embeddings":
      True, "multimodal_projector_bias": False, "spatial_merge_size": 2, "vision_feature_layer": -1,
      "text_config": {"vocab_size": 131072, "hidden_size": 5120, "intermediate_size": 32768,
      "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
      "max_position_embeddings": 131072, "model_type": "mistral"}, "vision_config": {"hidden_size": 1024,
      "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16, "image_size": 1540,
      "patch_size": 14, "head_dim": 64, "vocab_size": 32000, "model_type": "pixtral"}}, 23_340_272_640),
    ({"model_type": "paligemma", "architectures": ["PaliGemmaForConditionalGeneration"], "tie_word_embeddings":
      True, "text_config": {"vocab_size": 257152, "hidden_size": 2048, "intermediate_size": 16384,
      "num_hidden_layers": 18, "num_attention_heads": 8, "num_key_value_heads": 1, "head_dim": 256,
      "max_position_embeddings": 8192, "model_type": "gemma"}, "vision_config": {"hidden_size": 1152,
      "intermediate_size": 4096, "num_hidden_layers": 27, "num_attention_heads": 16, "image_size": 224,
      "patch_size": 14, "vision_use_head": False, "vocab_size": 257152, "model_type": "siglip_vision_model"}},
     2_910_390_528),
    ({"model_type": "qwen3_5", "architectures": ["Qwen3_5ForConditionalGeneration"], "tie_word_embeddings":
      False, "text_config": {"model_type": "qwen3_5_text"}, "vision_config": {"model_type": "qwen3_5_vision"}},
     9_407_453_936),
    ({"model_type": "qwen3_5_moe", "architectures": ["Qwen3_5MoeForConditionalGeneration"],
      "tie_word_embeddings": False, "text_config": {"model_type": "qwen3_5_moe_text"}, "vision_config":
      {"model_type": "qwen3_5_moe_vision"}}, 35_114_261_360),
    ({"model_type": "qwen3_vl", "architectures": ["Qwen3VLForConditionalGeneration"], "tie_word_embeddings":
      False, "text_config": {"model_type": "qwen3_vl_text"}, "vision_config": {"model_type": "qwen3_vl_vision"}},
     12_616_410_352),
    ({"model_type": "qwen3_vl_moe", "architectures": ["Qwen3VLMoeForConditionalGeneration"],
      "tie_word_embeddings": False, "text_config": {"model_type": "qwen3_vl_moe_text"}, "vision_config":
      {"model_type": "qwen3_vl_moe_vision"}}, 14_052_070_640),
    ({"model_type": "smolvlm", "architectures": ["SmolVLMForConditionalGeneration"], "tie_word_embeddings":
      False, "scale_factor": 2, "text_config": {"model_type": "llama"}, "vision_config": {"model_type":
      "smolvlm_vision"}}, 6_909_685_760),
]  # fmt: skip


@pytest.mark.parametrize(("config", "parameters"), OF_PARTS, ids=[row[0]["model_type"] for row in OF_PARTS])
def test_a_tower_beside_a_language_model(config: dict[str, Any], parameters: int) -> None:
    net = from_config(config, 16)
    assert net.parameters == pytest.approx(parameters, rel=0.01)
    assert net.active_parameters < net.parameters


@pytest.mark.parametrize(("config", "parameters"), [
    # LlavaForConditionalGeneration of transformers: CLIP-L/14 at 336 pixels, Llama 2 7B, two layers between
    ({"model_type": "llava", "architectures": ["LlavaForConditionalGeneration"], "tie_word_embeddings": False,
      "vision_config": {"model_type": "clip_vision_model", "hidden_size": 1024, "intermediate_size": 4096,
                        "num_hidden_layers": 24, "num_attention_heads": 16, "image_size": 336, "patch_size": 14},
      "text_config": {"model_type": "llama", "vocab_size": 32064}}, 7_063_427_072),
    # Qwen3NextForCausalLM and its mixtures of 512 experts: 80B by its card
    ({"model_type": "qwen3_next", "architectures": ["Qwen3NextForCausalLM"]}, 79_674_391_296),
    ({"model_type": "gemma4", "architectures": ["Gemma4ForConditionalGeneration"], "text_config":
      {"model_type": "gemma4_text"}, "vision_config": None, "audio_config": None}, 5_077_177_856),
])  # fmt: skip
def test_models_of_several_parts(config: dict[str, Any], parameters: int) -> None:
    assert from_config(config, 128).parameters == pytest.approx(parameters, rel=1e-3)


def test_a_delta_rule_does_not_grow_with_the_square_of_length() -> None:
    config = {"model_type": "qwen3_next", "architectures": ["Qwen3NextForCausalLM"]}
    terms = [from_config(config, length).by_term() for length in (512, 1024)]
    assert terms[1]["state space"] == 2 * terms[0]["state space"]
    assert terms[1]["attention"] == 4 * terms[0]["attention"]


@pytest.mark.parametrize(("kind", "name", "said"), [
    ("whisper", "WhisperForCausalLM", "half a whisper is not counted"),
    ("whisper", "WhisperForAudioClassification", "half a whisper is not counted"),
    ("m2m_100", "M2M100ForCausalLM", "a decoder alone of a m2m_100 is not counted"),
    ("seamless_m4t", "SeamlessM4TForSpeechToText", "the head of SeamlessM4TForSpeechToText is not counted"),
    ("unispeech", "UniSpeechForPreTraining", "UniSpeechForPreTraining of a unispeech is not counted"),
    ("xlnet", "XLNetForSequenceClassification", "only XLNetLMHeadModel is counted"),
    ("llava", "LlavaForConditionalGeneration", "text_config or vision_config is missing"),
    ("nemotron_h", "NemotronHForCausalLM", ""),
])  # fmt: skip
def test_a_class_that_is_not_counted_is_refused(kind: str, name: str, said: str) -> None:
    config = {"model_type": kind, "architectures": [name]}
    if not said:
        assert from_config(config, 16).parameters > 0
        return
    with pytest.raises(ValueError, match=said):
        from_config(config, 16)


def test_the_defaults_of_the_oracle_are_met_or_refused() -> None:
    oracle = Path(__file__).parents[2] / "shared" / "oracle" / "hf_real_models.jsonl"
    if not oracle.is_file():
        pytest.skip("the oracle does not lie beside this repository")
    off = []
    for line in oracle.read_text("utf-8").splitlines():
        model = json.loads(line)
        if model.get("hf_params") and model["type"] in model_types():
            ours = from_config(model["config"], 128).parameters
            if abs(ours / model["hf_params"] - 1) > 1e-3:
                off.append((model["model"], ours, model["hf_params"]))
    assert off == []
