"""What a config.json may leave out, against the defaults of transformers' own configuration classes.

`golden/huggingface_defaults.jsonl` holds, for each type, what `CONFIG_MAPPING[type]().to_dict()` of transformers 5.24
gives for the keys that are read here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from computeest_plugins.huggingface.family import from_config, model_types
from computeest_plugins.huggingface.type_defaults import DEFAULTS

LINES = (Path(__file__).parent / "golden" / "huggingface_defaults.jsonl").read_text("utf-8").splitlines()
OF_TYPES: dict[str, dict[str, Any]] = {config["model_type"]: config for config in map(json.loads, LINES)}

#: Types of which a configuration without sizes is refused, for its parts are other models.
IN_PARTS = ("text_config or vision_config is missing", "is missing, or no mapping", "layer_types names 0 layers",
            "layer_types is missing", "short_conv_kernel_size is missing",
            "only ViTMAEForPreTraining is counted", "does not divide into")
#: Types that count otherwise than the class's defaults spelled out, each with the reason.
OTHERWISE = {
    "exaone": "the defaults are those of the code that comes with EXAONE 3, which the class of transformers has not",
    "gemma3": "without a vision_config it is the text model alone",
    "mt5": "transformers 5 ties the logits to the embedding, and released weights do not",
    "umt5": "likewise",
}


@pytest.mark.parametrize("kind", sorted(DEFAULTS))
def test_defaults_are_those_of_the_library(kind: str) -> None:
    ours = {name: value for name, value in DEFAULTS[kind].items() if name != "vision_use_head"}  # siglip's, elsewhere
    assert ours == {name: OF_TYPES[kind][name] for name in ours}


@pytest.mark.parametrize("kind", sorted(OF_TYPES.keys() - OTHERWISE.keys()))
def test_a_configuration_of_defaults_counts_as_one_that_spells_them_out(kind: str) -> None:
    spelled = {name: value for name, value in OF_TYPES[kind].items() if value is not None}
    try:
        left_out = from_config({"model_type": kind}, 64)
    except ValueError as error:
        assert any(words in str(error) for words in IN_PARTS), error  # noqa: PT017  refused, and not counted wrong
        return
    spelled_out = from_config({**spelled, "q_lora_rank": None} if kind == "sarvam_mla" else spelled, 64)
    assert (left_out.parameters, left_out.forward_flop) == (spelled_out.parameters, spelled_out.forward_flop)


def test_every_type_of_the_library_is_held() -> None:
    remote = {"baichuan", "chatglm", "deepseek", "internlm", "internlm2", "kimi_k2", "minicpm", "qwen",
              "minimax_m1", "minimax_text_01"}
    assert set(model_types()) - OF_TYPES.keys() <= remote, "types whose code comes with their weights"


@pytest.mark.parametrize(("kind", "image", "patch"), [("owlvit", 768, 32), ("owlv2", 768, 16)])
def test_the_image_of_a_detector_is_its_own_and_not_clips(kind: str, image: int, patch: int) -> None:
    stated = from_config({"model_type": kind, "vision_config": {"image_size": image, "patch_size": patch}}, 16)
    assert from_config({"model_type": kind}, 16).forward_flop == stated.forward_flop
    assert from_config({"model_type": kind, "vision_config": {"hidden_size": 768}}, 16).forward_flop == (
        stated.forward_flop)


#: What is left out follows from what is stated, or is stated by another name of the class (transformers 5.24): the
#: configuration as it may be, and what its class says besides or instead.
FOLLOWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("apertus", {"num_attention_heads": 64}, {"num_key_value_heads": 64}),
    ("flex_olmo", {"num_attention_heads": 64}, {"num_key_value_heads": 64}),
    ("granitemoe_swa", {"num_attention_heads": 64}, {"num_key_value_heads": 64}),
    ("granitemoehybrid", {"layer_types": ["attention"] * 32, "num_attention_heads": 64}, {"num_key_value_heads": 64}),
    ("eurobert", {"num_attention_heads": 24}, {"num_key_value_heads": 24, "head_dim": 32}),
    ("jais2", {"num_attention_heads": 52}, {"num_key_value_heads": 52, "head_dim": 64}),
    ("jamba", {"hidden_size": 8192}, {"mamba_dt_rank": 512}),
    ("recurrent_gemma", {"hidden_size": 5120}, {"lru_width": 5120, "head_dim": 512}),
    ("rwkv", {"hidden_size": 1024}, {"attention_hidden_size": 1024, "intermediate_size": 4096}),
    ("xlnet", {"d_model": 2048}, {"d_head": 128}),
    ("gemma4_text", {"vocab_size": 524288}, {"vocab_size_per_layer_input": 262144}),
    ("gpt-sw3", {"hidden_size": 1536, "num_hidden_layers": 24}, {"n_embd": 1536, "n_layer": 24}),
    ("led", {"hidden_size": 2048, "num_hidden_layers": 6}, {"d_model": 2048, "encoder_layers": 6}),
    ("qwen3_vl_vision", {"num_hidden_layers": 54}, {"depth": 54}),
    ("qwen2_audio_encoder", {"hidden_size": 2560}, {"d_model": 2560}),
    ("voxtral_realtime_encoder", {"d_model": 2560}, {"hidden_size": 2560}),
    ("jamba", {"num_local_experts": 32}, {"num_experts": 32}),
    ("sarvam_moe", {"num_experts": 256, "num_shared_experts": 2}, {"n_routed_experts": 256, "n_shared_experts": 2}),
    ("lfm2", {"block_ff_dim": 6656, "tie_embedding": False}, {"intermediate_size": 6656, "tie_word_embeddings": False}),
    ("lfm2", {"block_ff_dim": 6656, "intermediate_size": 12288}, {"block_ff_dim": 6656}),
    ("nemotron_h", {"hybrid_override_pattern": "M-M*"}, {"layers_block_type": ["linear_attention", "mlp",
                                                                              "linear_attention", "full_attention"]}),
    ("nemotron_h", {"layers_block_type": ["mamba", "attention"]}, {"hybrid_override_pattern": "M*"}),
    ("nemotron_h", {"layers_block_type": ["mamba"], "hybrid_override_pattern": "**"}, {"hybrid_override_pattern": "M"}),
]  # fmt: skip


#: Sizes that those of FOLLOWS have beside what follows from them.
STATED = {"num_attention_heads", "hidden_size", "d_model", "n_embd", "vocab_size", "layer_types"}


@pytest.mark.parametrize(("kind", "short", "more"), FOLLOWS)
def test_what_follows_from_other_sizes_or_has_another_name(
    kind: str, short: dict[str, Any], more: dict[str, Any]
) -> None:
    again = {key: short[key] for key in short.keys() & STATED} if more.keys().isdisjoint(STATED) else {}
    one, other = from_config({"model_type": kind, **short}, 64), from_config({"model_type": kind, **again, **more}, 64)
    assert (one.parameters, one.forward_flop) == (other.parameters, other.forward_flop)


def test_a_window_of_some_layers_counts_in_types_built_as_others() -> None:
    """The layers that layer_types calls sliding see a window; without the list, those of the class's own pattern."""
    sizes = {"hidden_size": 256, "num_hidden_layers": 8, "num_attention_heads": 4, "num_key_value_heads": 2,
             "head_dim": 64, "intermediate_size": 512, "vocab_size": 1000}  # fmt: skip
    for kind, whole in (("cohere2_moe", 2), ("cwm", 2), ("exaone_moe", 2), ("granitemoe_swa", 2), ("laguna", 8),
                        ("vaultgemma", 4)):  # fmt: skip
        config = {**sizes, "model_type": kind, "sliding_window": 64}
        named = ["full_attention"] * whole + ["sliding_attention"] * (8 - whole)
        usual, full = from_config(config, 1024), from_config({**config, "layer_types": ["full_attention"] * 8}, 1024)
        assert usual.forward_flop == from_config({**config, "layer_types": named}, 1024).forward_flop
        assert full.parameters == usual.parameters
        seven = {**config, "layer_types": ["full_attention"] * 7 + ["sliding_attention"]}
        each = full.forward_flop - from_config(seven, 1024).forward_flop
        assert each > 0
        assert full.forward_flop - usual.forward_flop == (8 - whole) * each
        with pytest.raises(ValueError, match="layer_types names 3 layers"):
            from_config({**config, "layer_types": ["full_attention"] * 3}, 64)


@pytest.mark.parametrize("kind", ["exaone_moe", "hy_v3", "laguna"])
def test_dense_layers_that_are_named_are_dense(kind: str) -> None:
    config = {"model_type": kind, "num_hidden_layers": 4}
    first = from_config({**config, "mlp_layer_types": ["dense", "sparse", "sparse", "sparse"]}, 64)
    more = from_config({**config, "mlp_layer_types": ["dense", "dense", "dense", "sparse"]}, 64)
    assert first.parameters == from_config(config, 64).parameters > more.parameters
    with pytest.raises(ValueError, match="mlp_layer_types must name all layers"):
        from_config({**config, "mlp_layer_types": ["sparse", "dense", "sparse", "sparse"]}, 64)
    if kind == "laguna":
        with pytest.raises(ValueError, match="num_attention_heads_per_layer"):
            from_config({**config, "num_attention_heads_per_layer": [48, 64, 64, 64]}, 64)
