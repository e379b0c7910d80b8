"""Files that go by a type and are of more, or less, than it: refused by name, or read as what they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from computeest_plugins.huggingface.family import from_config, huggingface

LLAMA: dict[str, Any] = {"model_type": "llama", "hidden_size": 256, "intermediate_size": 512, "num_hidden_layers": 2,
                         "num_attention_heads": 4, "vocab_size": 1000}  # fmt: skip
CHATGLM: dict[str, Any] = {"model_type": "chatglm", "padded_vocab_size": 65024, "architectures": ["ChatGLMModel"]}

#: What a real file has that is not of its type, and a word of what is said.
ALIEN = [
    # SpecForge, SGLang and vLLM write EAGLE 3's heads under the type of their layers
    ({**LLAMA, "architectures": ["LlamaForCausalLMEagle3"]}, "LlamaForCausalLMEagle3 is a draft head"),
    ({**LLAMA, "draft_vocab_size": 32000}, "draft_vocab_size is of a draft head"),
    ({"model_type": "deepseek_v3", "architectures": ["DeepSeekMTPModel"]}, "DeepSeekMTPModel is a draft head"),
    ({"model_type": "bert", "pruned_heads": {"0": [0, 1]}}, "pruned_heads is of heads that were removed"),
    ({**LLAMA, "block_configs": [{"ffn": {}}]}, "block_configs is of layers of sizes of their own"),
    # GLM-4V 9B and Qwen-VL go by the types of their language models
    ({**CHATGLM, "vision_config": {"hidden_size": 1792}}, "vision_config is of more than the language model"),
    ({"model_type": "qwen", "visual": {"layers": 48}}, "visual is of more than the language model"),
    ({**CHATGLM, "pre_seq_len": 128}, "pre_seq_len is of more than the language model"),
    ({**LLAMA, "mm_vision_tower": "openai/clip-vit-large-patch14"}, "mm_vision_tower is of more than"),
    ({**LLAMA, "architectures": ["LlavaLlamaForCausalLM"]}, "LlavaLlamaForCausalLM is of more than"),
    ({"model_type": "mistral", "dim": 4096, "n_layers": 32}, "dim is not among its sizes; write hidden_size"),
    ({"model_type": "mpt", "no_bias": False}, "no_bias is False; only True is supported"),
    ({"model_type": "mpt", "attn_config": {"qk_ln": True}}, "qk_ln is True; only False is supported"),
    ({"model_type": "mpt", "expansion_ratio": 2}, "expansion_ratio is 2; only 4 is supported"),
    ({"peft_type": "LORA", "base_model_name_or_path": "meta-llama/Llama-2-7b-hf"},
     "adapter_config.json of PEFT.*give the config.json of meta-llama/Llama-2-7b-hf"),
]  # fmt: skip


@pytest.mark.parametrize(("config", "words"), ALIEN)
def test_what_is_not_of_its_type_is_refused(config: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        from_config(config, 64)


@pytest.mark.parametrize("beside", [
    {"pruned_heads": {}}, {"vision_config": None}, {"visual": {}}, {"num_layers": 2, "n_embd": None},
    {"architectures": ["LlamaForCausalLM"]}, {"architectures": ["YiForCausalLM"]}, {"auto_map": {"AutoModel": "x"}},
    {"quantization_config": {"quant_method": "awq", "bits": 4}},
])  # fmt: skip
def test_what_makes_no_difference_is_not(beside: dict[str, Any]) -> None:
    assert from_config({**LLAMA, **beside}, 64).parameters == from_config(LLAMA, 64).parameters


@pytest.mark.parametrize("kind", ["ministral3", "minimax", "mistral", "mixtral", "phi3", "starcoder2"])
def test_a_window_that_is_stated_is_seen_through(kind: str) -> None:
    """Where a class masks by sliding_window whenever it is not null (transformers 5.24)."""
    config = {"model_type": kind, "num_hidden_layers": 2}
    narrow, whole = (from_config({**config, "sliding_window": one}, 4096) for one in (512, None))
    assert narrow.parameters == whole.parameters
    assert narrow.by_term()["attention"] < whole.by_term()["attention"]


@pytest.mark.parametrize("kind", ["wav2vec2", "hubert", "wavlm", "unispeech"])
def test_other_strides_of_an_extractor_are_refused(kind: str) -> None:
    """They change how many frames there are, and no weight."""
    usual = [5, 2, 2, 2, 2, 2, 2]
    assert from_config({"model_type": kind, "conv_stride": usual}, 64).forward_flop > 0
    with pytest.raises(ValueError, match="conv_stride is not the usual one"):
        from_config({"model_type": kind, "conv_stride": [5, 2, 2, 2, 2, 2, 1]}, 64)


@pytest.mark.parametrize(("kind", "key"), [
    ("deepseek_v3", "num_nextn_predict_layers"), ("deepseek_v32", "num_nextn_predict_layers"),
    ("glm_moe_dsa", "num_nextn_predict_layers"), ("glm4_moe", "num_nextn_predict_layers"),
    ("mellum", "num_mtp_layers"), ("qwen3_5_moe_text", "mtp_num_hidden_layers"),
])  # fmt: skip
def test_modules_for_further_tokens_are_named(kind: str, key: str) -> None:
    for count, named in ((1, True), (0, False), (None, False)):
        uncounted = " ".join(from_config({"model_type": kind, key: count}, 64).uncounted)
        assert (f"the modules that predict further tokens ({key})" in uncounted) == named


def test_one_wide_layer_may_be_a_draft_head() -> None:
    """EAGLE's first heads go by their target's class: nothing but their one layer tells them."""
    head = {**LLAMA, "num_hidden_layers": 1, "hidden_size": 4096}
    assert "EAGLE" in " ".join(from_config(head, 64).uncounted)
    for other in ({**head, "num_hidden_layers": 2}, {**head, "hidden_size": 256}):
        assert "EAGLE" not in " ".join(from_config(other, 64).uncounted)


def test_mpt_counts_its_groups_of_queries() -> None:
    """Replit Code 1.5 has 3.3 billion parameters (replit/replit-code-v1_5-3b on the Hugging Face Hub)."""
    replit = {"model_type": "mpt", "d_model": 3072, "n_heads": 24, "n_layers": 32, "vocab_size": 32768}
    grouped = {**replit, "attn_config": {"attn_type": "grouped_query_attention", "kv_n_heads": 8}}
    assert from_config(grouped, 64).parameters == pytest.approx(3.3e9, rel=0.01)
    every = {**replit, "attn_config": {"attn_type": "multihead_attention"}}
    assert from_config(every, 64).parameters == from_config(replit, 64).parameters


#: params.json as Meta and Mistral published them, and the parameters of the same model's config.json.
PARAMS = [
    ({"dim": 4096, "n_layers": 32, "n_heads": 32, "multiple_of": 256, "norm_eps": 1e-5, "vocab_size": 32000},
     6_738_415_616),
    ({"dim": 8192, "n_layers": 80, "n_heads": 64, "n_kv_heads": 8, "multiple_of": 4096, "ffn_dim_multiplier": 1.3,
      "norm_eps": 1e-5, "vocab_size": 32000}, 68_976_648_192),
    ({"dim": 4096, "n_layers": 32, "n_heads": 32, "n_kv_heads": 8, "multiple_of": 1024, "ffn_dim_multiplier": 1.3,
      "norm_eps": 1e-5, "rope_theta": 500000.0, "vocab_size": 128256}, 8_030_261_248),
    ({"dim": 4096, "n_layers": 32, "n_heads": 32, "n_kv_heads": 8, "head_dim": 128, "hidden_dim": 14336,
      "norm_eps": 1e-5, "sliding_window": 4096, "vocab_size": 32000}, 7_241_732_096),
    ({"dim": 4096, "n_layers": 32, "n_heads": 32, "n_kv_heads": 8, "head_dim": 128, "hidden_dim": 14336,
      "norm_eps": 1e-5, "vocab_size": 32000, "moe": {"num_experts_per_tok": 2, "num_experts": 8}}, 46_702_792_704),
]  # fmt: skip


@pytest.mark.parametrize(("params", "parameters"), PARAMS)
def test_original_files_of_llama_and_mistral(params: dict[str, Any], parameters: int, tmp_path: Path) -> None:
    (tmp_path / "params.json").write_text(json.dumps(params), "utf-8")
    assert huggingface(str(tmp_path / "params.json"), 64).parameters == parameters


@pytest.mark.parametrize(("more", "words"), [
    ({"vocab_size": -1}, "vocab_size is the tokenizer's"),
    ({"vision_encoder": {"hidden_size": 1024}}, "vision_encoder is not supported"),
    ({"q_lora_rank": 1536}, "q_lora_rank is not supported"),
    ({"moe": {"num_experts": 8, "num_experts_per_tok": 2, "num_shared_experts": 1}}, "moe has more than"),
    ({"hidden_dim": None, "ffn_dim_multiplier": "1.3"}, "intermediate_size|ffn_dim_multiplier"),
])  # fmt: skip
def test_original_files_of_others_are_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        from_config({**PARAMS[3][0], **more}, 64)


TINY = {"model_type": "llama", "num_hidden_layers": 2, "vocab_size": 1000, "hidden_size": 128, "num_attention_heads": 4}


@pytest.mark.parametrize(("kind", "flags", "tied"), [
    ("llava_onevision", (False, True), True), ("llava_onevision", (None, True), True),
    ("llava_onevision", (True, None), True), ("llava_onevision", (None, None), False),
    ("llava_next", (False, True), False), ("internvl", (False, True), False), ("blip-2", (False, True), True),
    ("blip-2", (True, False), False), ("qwen2_5_vl", (None, True), True), ("qwen2_5_vl", (False, True), True),
    ("qwen2_5_vl", (None, None), False),
])  # fmt: skip
def test_which_flag_ties_words_of_a_composite(kind: str, flags: tuple[bool | None, bool | None], tied: bool) -> None:
    """The whole's and its language model's, as transformers 5.24 takes them."""
    own = {"model_type": "opt"} if kind == "blip-2" else {"num_key_value_heads": 4}

    def parameters(*flags: bool | None) -> int:
        whole, part = ({} if flag is None else {"tie_word_embeddings": flag} for flag in flags)
        text, vision = {**TINY, **own, **part}, {"model_type": "clip_vision_model"}
        return from_config({"model_type": kind, "text_config": text, "vision_config": vision, **whole}).parameters

    assert parameters(*[False] * 2) - parameters(*[True] * 2) == 128 * 1000
    assert parameters(*flags) == parameters(*[tied] * 2)
