"""Facts that mean another thing than their key asks for are refused or spanned, and never read in silence."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import computeest
from computeest import estimate
from computeest.problems import InputError

STEPS: dict[str, Any] = {"parameters": 1e9, "steps": 1e5, "sequence_length": 2048}


@pytest.mark.parametrize("family", ["resnet-50", "stable-diffusion", "vit-b/16", "swin-t", "dit-xl/2", "alphafold2"])
@pytest.mark.parametrize("key", ["tokens", "tokens_seen", "words", "text_size"])
def test_tokens_of_a_network_without_tokens_are_refused(family: str, key: str) -> None:
    with pytest.raises(InputError, match="and none of tokens\n  expected: examples"):
        estimate({"family": family, key: "100 GB" if key == "text_size" else "1.28M", "epochs": 90})


@pytest.mark.parametrize(("facts", "flop"), [
    ({"family": "resnet-50", "tokens": "1.28M images", "epochs": 90}, 3 * 8.178e9 * 1.28e6 * 90),
    ({"family": "llama-7b", "tokens": "1T"}, 4.29e22),
])
def test_tokens_of_networks_that_have_them_and_examples_are_counted(facts: dict[str, Any], flop: float) -> None:
    assert estimate(facts)["flop"] == pytest.approx(flop, rel=0.01)


def test_a_row_of_such_tokens_keeps_what_else_it_says() -> None:
    [row] = computeest.annotate(pd.DataFrame([{"family": "resnet-50", "tokens": "1.28M", "chip": "8 V100",
                                               "time": "29 hours"}])).to_dict("records")
    assert row["method"] == "gpu_time"
    assert "none of tokens" in row["problems"]


@pytest.mark.parametrize("chip", ["K80", "MI250X", "GTX 690", "Titan Z", "GTX 590", "Tesla M60", "Tesla K10"])
def test_a_card_of_two_processors_may_be_counted_as_either(chip: str) -> None:
    facts = {"chip": chip, "chips": 8, "time": "1 day", "utilization": 0.3}
    record = estimate(facts)
    assert "chip-ambiguous" in {check["code"] for check in record["checks"]}
    assert record["flop_low"] < record["flop"] / 2 < 0.51 * record["flop"] < record["flop_high"]


@pytest.mark.parametrize(("text", "halved"), [("8 K80 cards", False), ("8 TPU v3 chips", False), ("8 P100", False)])
def test_a_card_that_is_said_to_be_one_is_one(text: str, halved: bool) -> None:
    record = estimate({"chip": text, "time": "1 day", "utilization": 0.3, "number_format": "fp32"} | (
        {"number_format": "bf16"} if "TPU" in text else {}))
    assert (record["flop_low"] < record["flop"] / 2) is halved


@pytest.mark.parametrize(("text", "low", "high"), [
    ("< 10^25 FLOP", 1 / 3 * 1e25, 1e25), ("up to 1e25 FLOP", 5e24, 1e25), ("more than 1e25 FLOP", 1e25, 3e25),
])
def test_a_bound_alone_leaves_open_what_it_says_and_is_not_confident(text: str, low: float, high: float) -> None:
    record = estimate({"reported_compute": text})
    assert (record["flop_low"], record["flop_high"]) == (pytest.approx(low), pytest.approx(high))
    assert record["confidence"] == "likely"
    assert estimate({"reported_compute": "1e25 FLOP"})["confidence"] == "confident"


def test_a_bound_that_another_method_contradicts_leaves_both_open() -> None:
    record = estimate({"reported_compute": "< 1e22 FLOP", "parameters": "7B", "tokens": "1T"})
    assert record["flop_low"] <= 1e22 / 3
    assert record["flop_high"] >= 6 * 7e9 * 1e12


def test_a_bound_on_the_own_run_is_added_to_its_base_model() -> None:
    alone = estimate({"reported_compute": "< 1e22 FLOP"})
    record = estimate({"reported_compute": "< 1e22 FLOP", "base_model": "X", "base_compute": "1e21 FLOP"})
    assert alone["flop_high"] == pytest.approx(1e22)
    assert record["flop_high"] == pytest.approx(1e22 + 1e21, rel=0.1)
    assert 1e22 / 3 < record["flop_low"] < record["flop"]


def test_bounds_are_asked_for_by_column_and_not_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    from computeest.records import unsure

    asked: list[str] = []
    true = unsure.rests_on
    monkeypatch.setattr(unsure, "rests_on", lambda results, column: asked.append(column) or true(results, column))
    rows = pd.DataFrame([{"parameters": "7B", "tokens": f"> {1 + row}T"} for row in range(50)])
    assert set(computeest.annotate(rows)["confidence"]) == {"likely"}
    assert asked == ["tokens"]


def test_an_answer_that_rests_on_a_bound_is_not_confident() -> None:
    facts = {"chip": "8 V100", "utilization": 0.3, "number_format": "fp16"}
    assert estimate({**facts, "time": "less than 2 days"})["confidence"] == "likely"
    assert estimate({**facts, "time": "2 days"})["confidence"] == "confident"


@pytest.mark.parametrize(("lost", "label"), [("5-fold", "likely"), ("5", "confident"), (None, "confident")])
def test_a_row_without_a_factor_that_was_stated_is_not_confident(lost: str | None, label: str) -> None:
    rows = pd.DataFrame([{"parameters": "7B", "tokens": "1T", "ensemble": lost}])
    [row] = computeest.annotate(rows).to_dict("records")
    assert row["confidence"] == label


@pytest.mark.parametrize("quote", [
    "a batch size of 8 per GPU, 512 in total", "a global batch of 512", "eight GPUs and a batch of 512",
])
def test_a_quote_of_all_devices_is_no_quote_of_one(quote: str) -> None:
    record = estimate({**STEPS, "chips": 64, "batch_size": {"value": 512, "quote": quote}})
    assert record["confidence"] == "confident"
    assert not record["checks"]


@pytest.mark.parametrize(("size", "tokens", "window", "published"), [
    ("8B", "15T", "128K", 7.2e23), ("7.6B", "18T", "32K", 8.2e23), ("70B", "15T", "128K", 6.4e24),
])
def test_a_long_context_window_leaves_training_without_attention_open(size: str, tokens: str, window: str,
                                                                     published: float) -> None:
    record = estimate({"parameters": size, "tokens": tokens, "context_length": window})
    assert record["flop_low"] < published < record["flop_high"]
    assert record["confidence"] != "confident"
    assert "attention-from-size" in {check["code"] for check in record["checks"]}


STEPS = {"parameters": "1B", "steps": 1000, "sequence_length": 2048}


@pytest.mark.parametrize(("facts", "batch"), [
    ({"total_train_batch_size": 512, "train_batch_size": 8, "gradient_accumulation_steps": 16}, 512),  # a model card
    ({"train_batch_size": 512, "train_micro_batch_size_per_gpu": 8}, 512),  # a configuration of DeepSpeed
    ({"per_device_train_batch_size": 8, "gradient_accumulation_steps": 4, "chips": 16}, 512),
    ({"batch_size": "8 per GPU", "chips": 64}, 512), ({"batch_size": "8 sequences/GPU", "chip": "64 A100"}, 512),
    ({"micro_batch_size": 8, "chip": "A100", "nodes": 8, "gpus_per_node": 8}, 512),
    ({"train_batch_size": 8, "chips": 64}, 512), ({"train_batch_size": 512, "chips": 1}, 512),
    ({"train_batch_size": 8, "per_device_train_batch_size": 8, "chips": 64}, 512),  # no more than that of one device
    ({"train_batch_size": 512, "train_micro_batch_size_per_gpu": 512, "chips": 1}, 512),
])
def test_a_batch_of_one_device_is_that_of_a_step_times_devices_and_passes(facts: dict[str, Any], batch: float) -> None:
    record, row = estimate({**STEPS, **facts}), computeest.annotate(pd.DataFrame([{**STEPS, **facts}])).iloc[0]
    assert record["flop"] == pytest.approx(6e9 * 1000 * batch * 2048, rel=0.01)
    assert row["flop"] == record["flop"]


def test_a_batch_that_may_be_of_one_or_of_all_spans_both() -> None:
    record = estimate({**STEPS, "train_batch_size": 512, "chips": 64, "gradient_accumulation_steps": 2})
    assert record["flop_low"] < 6e9 * 1000 * 512 * 2048 < 64 * 2 * 6e9 * 1000 * 512 * 2048 < record["flop_high"]


def test_a_batch_beside_accumulation_may_be_of_each_pass() -> None:
    record = estimate({**STEPS, "steps": 1e6, "batch_size": 512, "gradient_accumulation_steps": 8})
    assert record["flop_low"] < 6e9 * 1e6 * 512 * 2048 < 8 * 6e9 * 1e6 * 512 * 2048 < record["flop_high"]
    assert record["confidence"] != "confident"
    assert "batch-of-each-pass" in {check["code"] for check in record["checks"]}
    once = estimate({**STEPS, "steps": 1e6, "batch_size": 512, "gradient_accumulation_steps": 1})
    assert (once["confidence"], once["checks"]) == ("confident", [])


@pytest.mark.parametrize("facts", [{"train_batch_size": 8}, {"per_device_train_batch_size": 8},
                                   {"batch_size": "8 per GPU"}])
def test_a_batch_of_one_of_unknown_devices_asks_for_them(facts: dict[str, Any]) -> None:
    with pytest.raises(computeest.InputError, match="operation_counting needs only chips, or batch_size"):
        estimate({**STEPS, **facts})


def test_copies_of_a_large_model_may_share_a_batch() -> None:
    """39.1e9 parameters on 16 GPUs a copy (Narayanan et al. 2021, table 1): 32 copies of 512 GPUs."""
    facts = {"parameters": 39.1e9, "steps": 1000, "sequence_length": 2048, "chips": 512}
    record = estimate({**facts, "micro_batch_size": 4})
    assert record["flop_low"] < estimate({**facts, "batch_size": 4 * 512 / 16})["flop"] < record["flop"]


def test_a_run_does_not_take_another_batch_of_its_paper() -> None:
    record = estimate({"parameters": "1B", "batch_size": 512, "sequence_length": 2048, "chips": 64, "runs": [
        {"steps": 1000}, {"steps": 1000, "device_batch_size": 1}]})
    assert record["flop"] == pytest.approx(6e9 * 1000 * (512 + 64) * 2048, rel=0.01)


@pytest.mark.parametrize(("parameters", "tokens", "window", "published"), [
    # Grattafiori et al. 2024: 3.8e25 for 405B over 15.6T is 6ND; the same for 8B
    ("8B", "15T", "128K", 6 * 8e9 * 15e12), ("7.6B", "18T", "32K", 6 * 7.6e9 * 18e12),
    ("405B", "15.6T", 131072, 3.8e25),
])
def test_a_context_window_is_no_length_trained_on(parameters: str, tokens: str, window: Any, published: float) -> None:
    facts = {"parameters": parameters, "tokens": tokens}
    record = estimate({**facts, "context_length": window})
    assert 1 <= record["flop"] / published < 1.5
    assert record["flop_high"] > estimate({**facts, "sequence_length": window})["flop"]
    assert record["flop_low"] < published


@pytest.mark.parametrize("window", [512, 2048, 8192])
def test_a_usual_window_is_the_length_trained_on(window: int) -> None:
    facts = {"parameters": "1B", "steps": 1000, "batch_size": 512}
    windowed, stated = (estimate({**facts, key: window}) for key in ("context_length", "sequence_length"))
    assert windowed["flop"] == stated["flop"]


def test_a_window_reaches_to_its_length_in_a_network_that_is_counted() -> None:
    windowed, whole = (estimate({"family": "llama-7b", "tokens": "1T", key: 131072})
                       for key in ("context_length", "sequence_length"))
    assert windowed["flop"] == pytest.approx(estimate(
        {"family": "llama-7b", "tokens": "1T", "sequence_length": 8192})["flop"])
    assert windowed["flop_high"] > whole["flop"]


@pytest.mark.parametrize(("facts", "low", "high"), [
    # ResNet-50: 8.2e9 FLOP a forward pass (torchvision), 1.28e6 images, 90 epochs
    ({"domain": "Vision", "parameters": "25.6M", "tokens": "1.28M", "epochs": 90}, 1, 3 * 8.2e9 * 1.28e6 * 90),
    ({"domain": "Speech", "parameters": "1.55B", "tokens": "680K", "epochs": 3}, 1, 1e19),
])
def test_tokens_that_may_be_images_reach_to_a_pass_over_each(facts: dict[str, Any], low: float, high: float) -> None:
    record = estimate(facts)
    assert low < record["flop_low"] < high < record["flop_high"]
    assert record["confidence"] == "speculative"


@pytest.mark.parametrize("more", [{"domain": "Vision, Language"}, {"domain": "Language"}, {"tokens": "2T"},
                                  {"sequence_length": 1024}])
def test_tokens_that_are_none_of_images_are_not_doubted(more: dict[str, Any]) -> None:
    record = estimate({"domain": "Vision", "parameters": "8B", "tokens": "5B", **more})
    assert "tokens-of-images" not in {check["code"] for check in record["checks"]}


@pytest.mark.parametrize("family", ["whisper-large", "clip-vit-l/14"])
def test_tokens_of_what_has_frames_or_patches_too_are_refused(family: str) -> None:
    with pytest.raises(InputError, match=r"none of tokens(.|\n)*examples: how many"):
        estimate({"family": family, "tokens": "1T"})
    assert estimate({"family": family, "examples": "400M", "epochs": 1})["flop"] > 0


@pytest.mark.parametrize(("quote", "share"), [
    # Sun et al. 2024, arXiv:2411.02265: 389 billion parameters, 52 billion of them activated
    ("an open-source Transformer-based mixture of experts model, with a total of 389 billion parameters and 52 billion"
     " activation parameters", 52 / 389), ("a sparsely activated model of 389B parameters", 0.12),
    ("a dense model, unlike mixtures of experts", 1.0), ("labelled by 10 experts", 1.0),
])
@pytest.mark.parametrize("where", ["parameters", "tokens", "note"])
def test_a_mixture_that_only_a_quote_or_a_note_knows_is_not_dense(quote: str, share: float, where: str) -> None:
    facts: dict[str, Any] = {"parameters": "389B", "tokens": "7T"}
    if where == "note":  # whoever wrote it may speak of another model: both are left open
        record, dense = estimate({**facts, "note": quote}), estimate(facts)
        assert record["flop"] == dense["flop"]
        assert (record["flop_low"] < 0.1 * dense["flop"]) is (share < 1)
    else:
        record = estimate({**facts, where: {"value": facts[where], "quote": quote}})
        assert record["flop"] == pytest.approx(6 * 389e9 * share * 7e12, rel=0.01)


def test_experts_that_may_be_in_some_layers_are_spanned() -> None:
    record = estimate({"parameters": "100B", "tokens": "7T", "note": "a MoE, the first 3 layers are dense"})
    assert record["flop_low"] < 0.03 * 6 * 1e11 * 7e12 < record["flop"]


@pytest.mark.parametrize("name", ["gpt", "GPT"])
def test_the_name_of_a_series_is_no_network(name: str) -> None:
    with pytest.raises(InputError, match=r"alone; name a member \(gpt2, .*gpt3-small"):
        estimate({"family": name, "tokens": "1T"})
    # Radford et al. 2018: 117M parameters
    assert estimate({"family": "GPT-1", "tokens": "1T"})["parameters"] == pytest.approx(117e6, rel=0.01)


@pytest.mark.parametrize(("facts", "leads"), [
    ({"parameters": "6,75B", "tokens": "1T"}, "a decimal point: '6.75B'"),
    ({"parameters": "7B", "tokens": "1,45 T"}, "a decimal point: '1.45 T'"),
    ({"reported_compute": "10^24.6"}, "the number itself: '3.98e\\+24'"),
    ({"reported_compute": "1e21 MACs"}, "a multiply-add is two FLOP: write twice as many"),
    ({"chip": "A100", "time": "1 day", "chips": "8 GPUs x 2 nodes"}, "'2 nodes x 8 GPUs', or nodes and chips_per_node"),
    ({"chip": "A100", "time": "1 day", "chips": "8 per node"}, "chips_per_node: 8, beside nodes"),
    ({"chip": "DGX-1", "time": "1 day"}, "needs only chips \\(one 'DGX-1' is 8\\)"),
    ({"chip": "512 NVIDIA Hopper GPUs", "time": "1 day"}, "closest: .*'NVIDIA H100 SXM5 80GB'"),
    ({"chip": "Ampere GPUs", "chips": 8, "time": "1 day"}, "closest: .*'NVIDIA A100"),
])
def test_what_is_refused_leads_on(facts: dict[str, Any], leads: str) -> None:
    with pytest.raises(InputError, match=leads):
        estimate(facts)


@pytest.mark.parametrize("base", ["https://huggingface.co/meta-llama/Llama-2-7b-hf", "meta-llama/Llama-2-7b-hf",
                                  "hf.co/meta-llama/Llama-2-7b-hf/tree/main"])
def test_an_address_of_a_base_model_is_its_name(base: str) -> None:
    record = estimate({"parameters": "7B", "tokens": "20B", "base_model": base})
    # Touvron et al. 2023: 6.74e9 parameters, 2e12 tokens
    assert record["base_flop"] == pytest.approx(6 * 6.74e9 * 2e12, rel=0.15)


def test_a_base_model_of_nearly_a_known_name_is_led_to_it() -> None:
    [said] = [check["message"] for check in estimate({"parameters": "7B", "tokens": "20B", "base_model": "Lama 2 7B"})[
        "checks"] if check["code"] == "base-compute-missing"]
    assert "closest: 'Llama 2 7B'" in said


def test_a_network_that_is_named_says_how_many_devices_share_its_batch() -> None:
    small = estimate({"family": "resnet-50", "batch_size": "32 images per GPU", "chip": "8 V100", "steps": "450k"})
    # 8.2e9 FLOP a forward pass of ResNet-50 (torchvision)
    assert small["flop"] == pytest.approx(3 * 8.2e9 * 8 * 32 * 450e3, rel=0.02)
    assert small["confidence"] == "confident"
    large = estimate({"family": "llama-7b", "micro_batch_size": 8, "chips": 64, "steps": 1000, "sequence_length": 512})
    assert "batch-of-copies" in {check["code"] for check in large["checks"]}


def test_tokens_of_a_configuration_that_may_be_of_any_network_are_tokens() -> None:
    config = {"model_type": "gpt2", "n_layer": 12, "n_embd": 768, "n_head": 12, "vocab_size": 50257,
              "n_positions": 1024}
    # 124M parameters (Radford et al. 2019)
    assert estimate({"family": "huggingface", "architecture": {"config": config}, "tokens": "100B"})["flop"] == \
        pytest.approx(6 * 124e6 * 1e11, rel=0.2)
