"""Networks from a config.json: published sizes, FLOP in closed form, and what is refused.

golden/huggingface_built.csv was counted by transformers on the meta device. The sizes in huggingface_published.csv are
those of released weights and model cards as they are remembered; they were not looked up again when the table was made.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from computeest_plugins.huggingface.family import from_config, huggingface, model_types

GOLDEN = Path(__file__).parent / "golden"
CASES = yaml.safe_load((GOLDEN / "huggingface.yaml").read_text(encoding="utf-8"))
COUNTED = yaml.safe_load((GOLDEN / "huggingface_flop.yaml").read_text(encoding="utf-8"))


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a table under tests/golden."""
    with (GOLDEN / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


BY_MODEL = {case["model"]: case["config"] for case in CASES}

REQUIRED = {
    *("gpt2", "opt", "bloom", "llama", "mistral", "mixtral", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe", "phi", "phi3"),
    *("gemma", "gemma2", "gemma3", "gemma3_text", "falcon", "deepseek_v2", "deepseek_v3", "mamba", "bert", "roberta"),
    *("deberta", "deberta-v2", "t5", "mt5", "bart", "vit", "clip", "whisper"),
}


@pytest.mark.parametrize("case", CASES, ids=[case["model"] for case in CASES])
def test_parameters_equal_those_of_the_released_weights(case: dict[str, Any]) -> None:
    assert from_config(case["config"], 512).parameters == case["parameters"]


def test_every_promised_model_type_is_known_and_tested() -> None:
    assert set(model_types()) >= REQUIRED
    assert {case["config"]["model_type"] for case in CASES} >= REQUIRED


@pytest.mark.parametrize(
    ("model", "active", "citation"),
    [
        ("mistralai/Mixtral-8x7B-v0.1", 12.9e9, "Jiang et al. 2024, arXiv:2401.04088"),
        ("Qwen/Qwen1.5-MoE-A2.7B", 2.7e9, "Qwen team 2024, Qwen1.5-MoE: 2.7B activated"),
        ("Qwen/Qwen3-30B-A3B", 3.35e9, "Yang et al. 2025, arXiv:2505.09388: 3.3B activated"),
        ("Qwen/Qwen3-235B-A22B", 22.2e9, "Yang et al. 2025, arXiv:2505.09388: 22B activated"),
        ("deepseek-ai/DeepSeek-V2", 21.4e9, "DeepSeek-AI 2024, arXiv:2405.04434: 21B activated"),
        ("deepseek-ai/DeepSeek-V3", 37.5e9, "DeepSeek-AI 2024, arXiv:2412.19437: 37B activated"),
    ],
)
def test_active_parameters_are_the_published_ones(model: str, active: float, citation: str) -> None:
    assert from_config(BY_MODEL[model], 4096).active_parameters == pytest.approx(active, rel=0.005), citation


@pytest.mark.parametrize("case", COUNTED, ids=[case["model"] for case in COUNTED])
def test_flop_equal_those_of_the_library_s_own_modules(case: dict[str, Any]) -> None:
    net = from_config(case["config"], 256)
    assert net.forward_flop == case["forward"]
    assert net.backward_flop == case.get("backward", net.backward_flop)


def test_gpt2_forward_flop_at_two_lengths() -> None:
    """Twice the length is twice the work of the matrices, and four times that of the scores."""
    short, long = (from_config({"model_type": "gpt2"}, length).by_term() for length in (512, 1024))
    assert long["attention"] == 4 * short["attention"]
    assert long["logits"] == 2 * short["logits"] == 2 * 1024 * 768 * 50257


def test_moe_with_dense_layers_between() -> None:
    config = {**BY_MODEL["Qwen/Qwen3-30B-A3B"], "decoder_sparse_step": 2}
    terms = from_config(config, 128).by_term()
    assert terms["experts"] == 24 * 128 * 8 * 6 * 2048 * 768
    assert terms["feed-forward"] == 24 * 128 * 6 * 2048 * 6144


def test_gemma_3_sees_everything_in_every_sixth_layer() -> None:
    net = from_config(BY_MODEL["google/gemma-3-1b-pt"], 8192)
    assert net.by_term()["attention"] == 8192 * 4 * 4 * 256 * (4 * 8192 + 22 * 512)


def test_gemma_3_says_that_images_are_not_counted() -> None:
    net = from_config(BY_MODEL["google/gemma-3-4b-pt"], 128)
    assert net.uncounted == ("the vision tower runs once for each image; only text is counted",)
    assert net.active_parameters == 3_880_263_168


def test_clip_counts_an_image_and_a_text() -> None:
    net = from_config(BY_MODEL["openai/clip-vit-base-patch32"])
    image = 12 * 50 * (8 * 768**2 + 4 * 50 * 768 + 4 * 768 * 3072) + 2 * 49 * 3072 * 768 + 2 * 768 * 512
    text = 12 * 77 * (8 * 512**2 + 4 * 77 * 512 + 4 * 512 * 2048) + 2 * 512 * 512
    assert net.forward_flop == image + text + 2 * 512


def test_whisper_encodes_thirty_seconds_whatever_it_writes() -> None:
    short, long = (from_config(BY_MODEL["openai/whisper-tiny"], length) for length in (1, 448))
    encoder = 2 * (3000 * 80 * 3 + 1500 * 384 * 3) * 384 + 4 * (24 * 1500 * 384**2 + 4 * 1500**2 * 384)
    assert encoder < short.forward_flop < 1.2 * encoder < long.forward_flop


LLAMA = {"model_type": "llama", "num_hidden_layers": 2}


def test_a_reward_model_scores_classes_in_place_of_words() -> None:
    words = from_config({**LLAMA, "architectures": ["LlamaForCausalLM"]}, 16)
    reward = from_config({**LLAMA, "architectures": ["LlamaForSequenceClassification"], "num_labels": 3}, 16)
    bare = from_config({**LLAMA, "architectures": ["LlamaModel"]}, 16)
    assert words.parameters - reward.parameters == 4096 * (32000 - 3)
    assert bare.by_term().get("logits", 0) == 0
    assert bare.uncounted == ("logits, which the class that `architectures` names does not have",)
    assert words.parameters == from_config(LLAMA, 16).parameters


def test_an_encoder_without_its_decoder() -> None:
    """The text encoder of image generators: 4.76 billion of T5 1.1 XXL's weights."""
    net = from_config({"model_type": "t5", "architectures": ["T5EncoderModel"]}, 64)
    assert net.tokens == 64
    assert net.forward_flop == 6 * 64 * (8 * 512**2 + 4 * 64 * 512 + 4 * 512 * 2048)


def test_windows_of_some_layers_are_counted_in_those_alone() -> None:
    qwen = {"model_type": "qwen2", "num_hidden_layers": 4, "use_sliding_window": True, "sliding_window": 10}
    by_number = from_config({**qwen, "max_window_layers": 3}, 100)
    by_name = from_config(
        {**qwen, "layer_types": ["full_attention", "sliding_attention", *2 * ["full_attention"]]}, 100
    )
    assert by_number.by_term()["attention"] == by_name.by_term()["attention"] == 4 * 4096 * 100 * (3 * 100 + 10)


@pytest.mark.parametrize(
    ("own", "usual"),
    [
        ({"model_type": "gpt2", "n_embd": 64, "n_layer": 2, "n_head": 4}, {"hidden_size": 64, "num_hidden_layers": 2}),
        ({"model_type": "bloom", "hidden_size": 64, "n_layer": 3}, {"n_embed": 64, "num_hidden_layers": 3}),
        ({"model_type": "falcon", "hidden_size": 71, "num_hidden_layers": 2}, {"n_embed": 71, "n_layer": 2}),
        ({"model_type": "gpt_neo", "num_layers": 2, "num_heads": 8}, {"num_hidden_layers": 2, "num_heads": 8}),
        ({"model_type": "t5", "d_model": 64, "d_kv": 16, "num_layers": 2}, {"hidden_size": 64, "head_dim": 16,
                                                                            "num_hidden_layers": 2}),
        ({"model_type": "mixtral", "num_local_experts": 4}, {"num_experts": 4}),
        ({"model_type": "deepseek_v3", "n_routed_experts": 16}, {"num_experts": 16}),
    ],
)  # fmt: skip
def test_sizes_have_the_usual_names_or_the_type_s_own(own: dict[str, Any], usual: dict[str, Any]) -> None:
    renamed = {"model_type": own["model_type"], **{k: v for k, v in own.items() if k == "n_head"}, **usual}
    assert from_config(renamed, 16).parameters == from_config(own, 16).parameters


def test_null_is_false_or_the_usual() -> None:
    nothing = dict.fromkeys(
        ("attention_bias", "num_key_value_heads", "head_dim", "tie_word_embeddings", "rope_scaling")
    )
    nothing |= {"quantization_config": {"bits": 4}, "auto_map": {}, "torch_dtype": "float16"}
    assert from_config({**LLAMA, **nothing}, 16).parameters == from_config(LLAMA, 16).parameters


def test_length_defaults_to_what_the_configuration_allows() -> None:
    assert from_config(BY_MODEL["openai-community/gpt2"] | {"n_positions": 1024}).tokens == 1024
    assert from_config({**BY_MODEL["Qwen/Qwen3-8B"], "max_position_embeddings": 40960}).tokens == 4096


def test_a_file_a_folder_or_the_contents(tmp_path: Path) -> None:
    config = {"model_type": "gpt2"}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    counted = from_config(config, 64).forward_flop
    for given_as in (tmp_path, tmp_path / "config.json", str(tmp_path / "config.json"), config):
        assert huggingface(given_as, 64).forward_flop == counted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"model_type": "llamma"}, "model_type 'llamma' is not known; closest: 'llama'"),
        ({}, "config.json has no model_type"),
        ({"model_type": 5}, "config.json has no model_type"),
        (
            {"model_type": "llama", "hidden_size": "wide"},
            "of a llama: hidden_size is 'wide', not a whole number",
        ),
        ({"model_type": "llama", "hidden_size": "1" * 5000}, f"hidden_size is '{'1' * 59}..., not a whole number"),
        ({"model_type": "llama", "hidden_size": -4}, "config.json of a llama: hidden_size is -4; expected 1 to"),
        ({"model_type": "llama", "hidden_size": 10**12}, "hidden_size is 1000000000000; expected 1 to 1,000,000,000"),
        pytest.param({"model_type": "llama", "hidden_size": 10**5000},
                     "hidden_size is a number of thousands of digits; expected 1 to", id="digits"),
        ({"model_type": "llama", "hidden_size": True}, "hidden_size is True, not a whole number"),
        ({"model_type": "llama", "num_hidden_layers": 10**8}, "layers: 100000000 is out of range"),
        ({"model_type": "llama", "attention_bias": 1}, "attention_bias is 1, not true or false"),
        ({"model_type": "clip", "vision_config": 5}, "config.json of a clip: vision_config is not a mapping"),
        ({"model_type": "vit", "image_size": [224]}, "image_size is [224], not a height and a width"),
        (
            {"model_type": "vit", "patch_size": 500},
            "patches: a window of (500, 500) with stride (500, 500) does not fit",
        ),
        ({"model_type": "qwen2", "layer_types": ["full_attention"]}, "layer_types names 1 layers, not 32"),
        ({"model_type": "gemma2", "layer_types": 26 * ["linear"]}, "layers of the type 'linear' are not supported"),
        ({"model_type": "gpt_neo", "attention_types": [["global"]]}, "attention_types is [['global']], not patterns"),
        ({"model_type": "albert", "num_hidden_groups": 2}, "num_hidden_groups is 2; only 1 is supported"),
    ],
)
def test_what_cannot_be_is_refused(config: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011  the message is compared below
        from_config(config, 16)
    assert message in str(error.value)


def test_files_that_are_no_config_are_refused(tmp_path: Path) -> None:
    broken = tmp_path / "config.json"
    for text, message in (("{", "is not JSON"), ("[]", "holds a list"), ("[" * 100_000, "is not JSON")):
        broken.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=message):
            huggingface(str(broken))
    broken.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="is not JSON"):
        huggingface(str(broken))
    with pytest.raises(ValueError, match="cannot be read: No such file"):
        huggingface(str(tmp_path / "none.json"))
    with pytest.raises(ValueError, match="neither a path"):
        huggingface(5)  # type: ignore[arg-type]


_cells = st.none() | st.booleans() | st.integers(-5, 10**10) | st.floats() | st.text(max_size=5) | st.just([1])


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from(model_types()), data=st.data())
def test_any_configuration_is_counted_or_refused_in_words(kind: str, data: st.DataObject) -> None:
    known = next((case["config"] for case in CASES if case["config"]["model_type"] == kind), {})
    keys = st.sampled_from(sorted({*known, "hidden_size", "num_attention_heads", "id2label", "architectures"}))
    changed = data.draw(st.dictionaries(keys, _cells, max_size=3))
    changed.pop("model_type", None)
    try:
        net = from_config({**known, **changed, "model_type": kind}, 32)
    except ValueError as error:
        assert str(error)  # noqa: PT017  either outcome is right, anything but a ValueError is not
    else:
        assert net.forward_flop > 0


#: Small models of every type with options turned at random: parameters as transformers 5.23 builds them, forward FLOP
#: of 32 tokens (an image, where there is one) as torch 2.13's flop_counter counts them; null for mixtures, whose
#: routing it cannot follow, and for Mamba, whose scan it counts as matrix products.
BUILT = json.loads((Path(__file__).parent / "data" / "transformers_counts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", BUILT, ids=[f"{c['config']['model_type']}-{c['parameters']}" for c in BUILT])
def test_options_count_as_the_library_builds_them(case: dict[str, Any]) -> None:
    net = from_config(case["config"], 32)
    assert net.parameters == case["parameters"]
    assert case["forward_flop"] in (None, net.forward_flop)


#: The same of every type, at 24 tokens; where transformers 5 disagrees with released weights (it ties the logits of mT5
#: and T5 1.1 to the embedding) or computes what a token does not meet (all experts of Llama 4), no row or no FLOP.
ALL_BUILT = rows("huggingface_built.csv")


@pytest.mark.parametrize("row", ALL_BUILT, ids=[f"{row['model_type']}-{row['parameters']}" for row in ALL_BUILT])
def test_every_type_counts_as_the_library_builds_it(row: dict[str, str]) -> None:
    net = from_config(json.loads(row["config"]), 24)
    assert net.parameters == int(row["parameters"]), row["source"]
    assert row["forward_flop"] in ("", str(net.forward_flop)), row["source"]


PUBLISHED = rows("huggingface_published.csv")


@pytest.mark.parametrize("row", PUBLISHED, ids=[row["model"] for row in PUBLISHED])
def test_parameters_are_the_published_ones(row: dict[str, str]) -> None:
    net = from_config(json.loads(row["config"]), 512)
    exact = row["source"].startswith("released weights")
    assert net.parameters == pytest.approx(int(row["parameters"]), rel=0 if exact else 0.015), row["source"]
    if row["active_parameters"]:
        assert net.active_parameters == pytest.approx(int(row["active_parameters"]), rel=0.02), row["source"]


def test_every_type_is_built_or_published() -> None:
    built = {case["config"]["model_type"] for case in (*CASES, *BUILT)} | {row["model_type"] for row in ALL_BUILT}
    built |= {json.loads(row["config"])["model_type"] for row in PUBLISHED}
    newer = ("test_huggingface_types.py", "test_huggingface_newcomers.py", "test_huggingface_current.py",
             "golden/huggingface_varied.jsonl")  # fmt: skip
    for name in newer:
        built |= set(re.findall(r'"([\w.-]+)"', (Path(__file__).parent / name).read_text("utf-8")))
    assert built >= set(model_types())


def test_nearly_every_type_is_built() -> None:
    untested = REQUIRED - {case["config"]["model_type"] for case in BUILT}
    # a bias that corrects the router's scores is a weight of the checkpoint and a buffer of the module
    assert untested == {"deepseek_v3", "gemma3"}


def test_experts_may_be_called_local_and_sit_in_every_second_layer() -> None:
    config = next(c["config"] for c in BUILT if c["config"]["model_type"] == "qwen3_moe")
    each = config.get("num_experts") or config["num_local_experts"]
    rest = {k: v for k, v in config.items() if k not in ("num_experts", "num_local_experts")}
    rest |= {"num_hidden_layers": 4, "mlp_only_layers": [1]}
    counts = [
        from_config({**rest, key: each, "decoder_sparse_step": step}, 32).parameters
        for key in ("num_experts", "num_local_experts")
        for step in (1, 2)
    ]
    assert counts[:2] == counts[2:]
    experts = each * 3 * config["hidden_size"] * config["moe_intermediate_size"] + each * config["hidden_size"]
    dense = 3 * config["hidden_size"] * config["intermediate_size"]
    assert counts[0] - counts[1] == 2 * (experts - dense), "layers 0, 2, 3 against layer 3 alone"


def test_a_type_without_experts_or_an_encoder_does_not_drop_those_of_a_file() -> None:
    """MiniCPM-MoE-8x2B goes by the type minicpm; a GPT-2 may attend to an encoder that the file has not."""
    mini = {"model_type": "minicpm", "hidden_size": 2304, "intermediate_size": 5760, "num_attention_heads": 36,
            "num_key_value_heads": 36, "num_hidden_layers": 40, "vocab_size": 122753}  # fmt: skip
    dense = from_config(mini, 64).parameters
    for none in (0, 1, None, 1):  # of one structure too, which is planned
        assert from_config({**mini, "num_experts": none}, 64).parameters == dense
    with pytest.raises(ValueError, match="num_experts is 8; the layers of a minicpm have none"):
        from_config({**mini, "num_experts": 8, "num_experts_per_tok": 2}, 64)
    with pytest.raises(ValueError, match="num_experts is 8; the layers of a minicpm have none"):
        from_config({**mini, "num_experts": 8}, 64)
    with pytest.raises(ValueError, match="add_cross_attention is true"):
        from_config({"model_type": "gpt2", "add_cross_attention": True}, 64)
    assert from_config({"model_type": "gpt2", "add_cross_attention": False}, 64).parameters == 124_439_808


@pytest.mark.parametrize("kind", ["qwen3_vl", "qwen3_vl_moe", "qwen3_5", "qwen3_5_moe"])
def test_a_part_may_go_by_the_name_of_the_whole(kind: str) -> None:
    tower = {"depth": 2, "hidden_size": 96, "num_heads": 4}

    def count(**parts: dict[str, Any]) -> int:
        return from_config({"model_type": kind, **parts}, 64).parameters

    text = {"model_type": f"{kind}_text", "num_hidden_layers": 4}
    usual = count(text_config=text, vision_config={**tower, "model_type": f"{kind}_vision"})
    assert usual == count(text_config=text, vision_config={**tower, "model_type": kind})
    assert usual == count(text_config={"num_hidden_layers": 4}, vision_config=tower)
    with pytest.raises(ValueError, match="not known"):
        count(text_config=text, vision_config={**tower, "model_type": "other_vision"})
