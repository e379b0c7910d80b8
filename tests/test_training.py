"""How models are trained beyond one pass forward and one backward, held to published figures or to algebra by hand.

Each figure is of the paper that docs/training.md names for its practice.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from computeest import annotate, estimate, pipeline
from computeest.estimation.parts import hardware_flop
from computeest.facts.paper import read_paper
from computeest.problems import InputError
from computeest_plugins.decoder import VARIANTS, Decoder, decoder
from computeest_plugins.masked_autoencoder import MaskedAutoencoder, masked_autoencoder
from computeest_plugins.retrieval.clip import CLIP, clip

ROOT = Path(__file__).parents[1]
PETAFLOP_S_DAY = 8.64e19


def flop(**facts: Any) -> float:
    return float(estimate(facts)["flop"])


def test_lora_spares_the_gradients_of_the_weights() -> None:
    """Hu et al. 2021: 4.7M of 175B; 43.1 tokens/s a V100 against 32.5 with all trained, so less than half is spared."""
    usual = {"parameters": "175B", "tokens": "100M", "epochs": 1}
    lora = flop(**usual, trainable_parameters="4.7M")
    assert lora / flop(**usual) == pytest.approx(2 / 3, rel=1e-3)
    assert lora / flop(**usual) < 32.5 / 43.1 < 1
    # rank 1 beside the query and value matrices of 96 layers
    of_rank_1 = 96 * 2 * (12288 + 12288)
    assert of_rank_1 == pytest.approx(4.7e6, rel=0.01)
    assert flop(**usual, trainable_share="0.0027 %") == pytest.approx(lora, rel=1e-4)


def test_adapters_of_unknown_size_are_an_assumption() -> None:
    record = estimate({"parameters": "7B", "tokens": "10M", "epochs": 3, "adapters": "QLoRA, rank 64"})
    assert record["flop"] == pytest.approx(2.005 * 2 * 7e9 * 3e7, rel=1e-6)
    assert record["assumed"]["backward_ratio"] == 1.005
    assert "backward_ratio" not in estimate({"parameters": "7B", "tokens": "10M", "epochs": 3, "adapters": "LoRA",
                                             "trainable_parameters": "4.2M"})["assumed"]
    assert flop(parameters="7B", tokens="10M", epochs=3, adapters="none") == pytest.approx(6 * 7e9 * 3e7)


def test_no_gradient_passes_a_frozen_encoder_below_what_is_trained() -> None:
    """BLIP-2 (Li et al. 2023, Table 2): 1.2B and 188M trained; below ViT-g of 1.0B, above a frozen OPT of 6.7B."""
    total, trained, below = 7.8e9, 188e6, 1.0e9
    found = flop(parameters=total, trainable_parameters=trained, frozen_parameters=below, tokens_seen=1e9)
    forward = 2 * total * 1e9
    assert found == pytest.approx(forward + 2 * (total - below + trained) * 1e9, rel=1e-9)
    # a probe on frozen features: a forward pass of all and three of the head
    assert flop(parameters=86e6, frozen_parameters=85e6, tokens_seen=1e9) == pytest.approx(
        (2 * 85e6 + 6 * 1e6) * 1e9, rel=1e-9)


@pytest.mark.parametrize("share", [0.001, 0.3, 1])
def test_what_is_frozen_never_costs_more_than_training_all(share: float) -> None:
    usual: dict[str, Any] = {"parameters": 1e9, "tokens_seen": 1e9}
    assert 2e18 < flop(**usual, trainable_share=share) <= flop(**usual) * (1 + 1e-12)
    assert flop(**usual, frozen_parameters=5e8) == pytest.approx(4e18)


def test_a_teacher_passes_forward() -> None:
    """DistilBERT (Sanh et al. 2019): 66M parameters, a BERT of 110M as teacher."""
    record = estimate({"parameters": "66M", "tokens": "3.3B", "epochs": 3, "teacher_parameters": "110M"})
    assert record["flop"] == pytest.approx((6 * 66e6 + 2 * 110e6) * 9.9e9)
    assert record["parts"] == pytest.approx({"trained": 6 * 66e6 * 9.9e9, "teacher": 2 * 110e6 * 9.9e9})
    as_runs = estimate({"tokens": "3.3B", "epochs": 3, "runs": [{"parameters": "66M"},
                                                                {"role": "teacher", "parameters": "110M"}]})
    assert as_runs["flop"] == pytest.approx(record["flop"])
    assert as_runs["parts"] == pytest.approx(record["parts"])
    assert flop(parameters="66M", tokens="3.3B", epochs=3, teacher_parameters="110M", teacher_tokens="3.3B") == \
        pytest.approx(6 * 66e6 * 9.9e9 + 2 * 110e6 * 3.3e9)


def test_a_teacher_of_images() -> None:
    """DeiT-B (Touvron et al. 2021): 17.6 G multiply-adds, and a RegNetY-16GF of 15.9 as teacher, 300 epochs."""
    seen = 1.281167e6 * 300
    found = flop(forward_macs="17.6 GMAC", examples=1.281167e6, epochs=300, teacher_forward_flop="31.8 GFLOP")
    assert found == pytest.approx((3 * 35.2e9 + 31.8e9) * seen)


def test_time_of_chips_holds_the_teacher_too() -> None:
    """The chips ran both, so their time is held against the sum."""
    record = estimate({"parameters": "66M", "tokens_seen": "9.9B", "teacher_parameters": "110M", "chips": 8,
                       "chip": "V100", "time": "90 hours", "number_format": "fp16"})
    assert record["methods"]["gpu_time"]["flop"] == pytest.approx(8 * 90 * 3600 * 125e12 * 0.3)
    assert sum(record["parts"].values()) == pytest.approx(record["flop"])
    assert record["utilization_implied"] == pytest.approx(616e6 * 9.9e9 / (8 * 90 * 3600 * 125e12), rel=1e-6)


INSTRUCT_GPT = {"parameters": "175B", "rollouts": "256k", "rollout_length": 2048, "rollout_epochs": 1,
                "reference_parameters": "175B", "reward_parameters": "6B", "critic_parameters": "6B"}


def test_ppo_of_instruct_gpt() -> None:
    """Ouyang et al. 2022: 256k episodes of up to 2k tokens and 8 times as many of pretraining; 60 petaflop/s-days."""
    runs = [{"stage": "PPO", **INSTRUCT_GPT}, {"stage": "pretraining mix", "parameters": "175B",
                                               "tokens_seen": 8 * 256e3 * 2048}]
    record = estimate({"runs": runs})
    assert record["flop"] == pytest.approx(60 * PETAFLOP_S_DAY, rel=0.05)
    generated = 256e3 * 2048
    assert record["generated_tokens"] == pytest.approx(generated)
    assert record["training_tokens"] == pytest.approx(9 * generated)
    assert record["parts"]["rollouts"] == pytest.approx(2 * 175e9 * generated)
    assert record["parts"]["critic"] == pytest.approx(8 * 6e9 * generated)
    # the demonstrations: 13k prompts, 16 epochs, 4.9 petaflop/s-days
    assert flop(parameters="175B", examples="13k", epochs=16, sequence_length=2048, flop_per_parameter=2) == \
        pytest.approx(4.9 * PETAFLOP_S_DAY, rel=0.1)


def test_grpo_generates_judges_and_trains() -> None:
    """DeepSeekMath (Shao et al. 2024): 144k questions, 64 answers each of up to 1,024 tokens, one update; 7B."""
    record = estimate({"parameters": "7B", "rollout_prompts": "144k", "samples_per_prompt": 64,
                       "rollout_length": 1024, "reference_parameters": "7B"})
    assert record["flop"] == pytest.approx((6 + 2 + 2) * 7e9 * 144e3 * 64 * 1024)
    assert record["assumed"]["rollout_epochs"] == 1
    twice = estimate({"parameters": "7B", "generated_tokens": "1B", "rollout_epochs": 2})
    assert twice["flop"] == pytest.approx((12 + 2) * 7e9 * 1e9)


def test_dpo_pairs_pass_the_policy_and_the_reference() -> None:
    """Zephyr (Tunstall et al. 2023): 62k pairs; two answers a pair, 6 N of the policy and 2 N of the reference."""
    record = estimate({"parameters": "7B", "preference_pairs": "62k", "epochs": 3, "sequence_length": 1024,
                       "reference_parameters": "7B"})
    assert record["flop"] == pytest.approx(8 * 7e9 * 2 * 62e3 * 3 * 1024)
    assert record["generated_tokens"] is None


def test_self_play_of_alphago_zero() -> None:
    """Silver et al. 2017: 29 million games, 1,600 simulations a move; Epoch AI has 3.17e23."""
    facts = {"forward_flop": "34.1 GFLOP", "steps": "3.1M", "batch_size": "2048 examples", "self_play_games": "29M",
             "moves_per_game": 200, "simulations_per_move": 1600}
    record = estimate(facts)
    assert record["flop"] == pytest.approx(3.17e23, rel=0.02)
    assert record["flop"] == pytest.approx(estimate(ROOT / "examples/alphago-zero.yaml")["flop"], rel=1e-6)
    assert record["parts"]["rollouts"] > 0.99 * record["flop"]
    played = {name: facts.pop(name) for name in ("self_play_games", "moves_per_game", "simulations_per_move")}
    apart = estimate({"forward_flop": facts.pop("forward_flop"), "runs": [{"role": "self-play", **played}, facts]})
    assert apart["flop"] == pytest.approx(record["flop"])
    assert apart["parts"] == pytest.approx(record["parts"])


def test_context_extension_is_a_run_of_its_own_length() -> None:
    """Llama 3.1 405B (Llama team 2024): 15.6T tokens, 800B of them in up to 128k; 3.8e25 FLOP."""
    network = {"family": "llama-3.1-405b"}
    record = estimate({**network, "runs": [
        {"stage": "pretraining", "tokens_seen": 14.8e12, "sequence_length": 8192},
        {"stage": "context extension", "tokens_seen": 8e11, "sequence_length": 131072}]})
    # their figure is 6 N D; the scores of long contexts, all counted at the last length, come on top
    assert record["flop"] == pytest.approx(3.8e25, rel=0.15)
    short = flop(**network, tokens_seen=8e11, sequence_length=8192)
    more = 3 * 4 * 126 * 16384 * (131072 - 8192) * 8e11
    assert flop(**network, tokens_seen=8e11, sequence_length=131072) - short == pytest.approx(more, rel=1e-6)


def test_multi_token_prediction() -> None:
    """DeepSeek-V3: 671B, and 14B of its module on the hub, where embedding and head are stored once more."""
    shape = VARIANTS["deepseek-v3"]
    with_it, without = decoder(Decoder(**shape, next_tokens=1)), decoder(Decoder(**shape))
    assert with_it.parameters - without.parameters + 2 * 129280 * 7168 == pytest.approx(14e9, rel=0.1)
    assert with_it.forward_flop > without.forward_flop * 61 / 60
    assert flop(parameters="671B", active_parameters="37B", tokens_seen="14.8T", prediction_parameters="1.5B") == \
        pytest.approx(6 * 38.5e9 * 14.8e12)


def test_padding_is_computed_like_tokens() -> None:
    """Krell et al. 2021: half of BERT's tokens at length 512 are padding, so packing halves the work."""
    padded = flop(parameters="340M", tokens="3.3B", epochs=40, packing_efficiency="50 %")
    assert padded == pytest.approx(2 * flop(parameters="340M", tokens="3.3B", epochs=40))
    # steps x batch x length are what was computed, padding and all
    steps = {"parameters": "340M", "steps": 1e6, "batch_size": 256, "sequence_length": 512}
    assert flop(**steps, packing_efficiency="50 %") == pytest.approx(flop(**steps))


@pytest.mark.parametrize(("facts", "apart"), [
    ({}, False), ({"packing_efficiency": "50 %"}, False),
    ({"packing_efficiency": "50 %", "examples_seen": "1M", "sequence_length": 2000}, False),
    ({"examples_seen": "1M", "sequence_length": 1000}, False),
    ({"examples": "1.5M", "sequence_length": 2000}, True),
    ({"examples_seen": "1M", "sequence_length": 100}, True),
    ({"packing_efficiency": "50 %", "tokens_seen": "1B"}, True),
])
def test_tokens_and_examples_that_are_apart_are_spanned(facts: dict[str, Any], apart: bool) -> None:
    """Tokens in a pass hold the padding, where the share of it is stated."""
    record = estimate({"parameters": "1B", "tokens": "1B", "epochs": 1, "backward_ratio": 2, **facts})
    assert ("tokens-contradict" in {check["code"] for check in record["checks"]}) == apart
    if "sequence_length" in facts:
        examples = 1e6 if "examples_seen" in facts else 1.5e6
        assert record["flop_low"] <= 6e9 * examples * facts["sequence_length"] <= record["flop_high"]
    if apart:
        assert record["flop_low"] < 6e18 < record["flop_high"]


def test_a_curriculum_of_resolutions_is_runs() -> None:
    """CLIP ViT-L/14 at 336 pixels (Radford et al. 2021): 32 epochs at 224, then one at 336."""
    epoch = 4e8
    found = estimate({"examples": epoch, "runs": [
        {"family": "clip-vit-l/14", "epochs": 32}, {"family": "clip-vit-l/14-336", "epochs": 1}]})
    # forward FLOP as open_clip's profile prints them
    assert found["flop"] == pytest.approx(3 * epoch * (32 * 175.33e9 + 395.22e9), rel=0.01)


def test_contrastive_views_each_pass() -> None:
    """SimCLR (Chen et al. 2020): two views of each image."""
    usual = {"family": "resnet-50", "examples": 1.28e6, "epochs": 1000}
    assert flop(**usual, views_per_example=2) == pytest.approx(2 * flop(**usual))


def test_frozen_encoders_pass_each_time_and_stored_latents_once() -> None:
    """Latent diffusion (Rombach et al. 2022): an encoder that is frozen runs each epoch, unless latents are stored."""
    usual: dict[str, Any] = {"forward_flop": "800 GFLOP", "examples": 1e6, "epochs": 10}
    alone = flop(**usual)
    assert flop(**usual, frozen_forward_flop="1.1 TFLOP") == pytest.approx(alone + 1.1e12 * 1e7)
    assert flop(**usual, precomputed_forward_flop="1.1 TFLOP") == pytest.approx(alone + 1.1e12 * 1e6)
    assert estimate({**usual, "frozen_forward_flop": "1.1 TFLOP"})["parts"]["encoder"] == pytest.approx(1.1e19)


def test_upcycling_adds_to_the_dense_model_it_grew_from() -> None:
    """Sparse upcycling (Komatsuzaki et al. 2022): about half of the dense model's compute once more."""
    record = estimate({"base_model": "dense", "base_compute": 1e21, "parameters": "2B", "active_parameters": "300M",
                       "tokens_seen": 2.8e11})
    assert record["own_flop"] == pytest.approx(6 * 3e8 * 2.8e11)
    assert record["flop"] == pytest.approx(1e21 + 6 * 3e8 * 2.8e11)


def test_mixture_of_depths() -> None:
    """Raposo et al. 2024: an eighth of the tokens pass every other block, for up to half fewer FLOP a forward pass."""
    usual = {"parameters": "1B", "tokens_seen": "10B"}
    share = (1 + 0.125) / 2
    assert flop(**usual, depth_share=share) == pytest.approx(share * flop(**usual))
    assert 0.5 <= share < 0.6


def test_flip_drops_patches() -> None:
    """Li et al. 2022, Table 1a: 0.52 of the FLOP with half of the patches, 0.28 with a quarter; ViT-L/16, 32 tokens."""
    whole = {"layers": 24, "width": 1024, "heads": 16, "patch": 16, "text_width": 768, "text_heads": 12,
             "embedding_width": 768, "sequence_length": 32}

    def cost(masked: float) -> int:
        return clip(CLIP(**whole, masked=masked)).forward_flop  # type: ignore[arg-type]

    assert cost(0.5) / cost(0) == pytest.approx(0.52, abs=0.02)
    assert cost(0.75) / cost(0) == pytest.approx(0.28, abs=0.02)


def test_a_masked_autoencoder_encodes_what_is_visible() -> None:
    """He et al. 2021, Table 1c: 3.3 times the FLOP with mask tokens in the encoder; ViT-L, 8 decoder blocks."""
    large: dict[str, Any] = {"layers": 24, "width": 1024, "heads": 16}
    visible = masked_autoencoder(MaskedAutoencoder(**large)).forward_flop
    whole = masked_autoencoder(MaskedAutoencoder(**large, masked=0)).forward_flop
    assert whole / visible == pytest.approx(3.3, rel=0.03)


def test_recomputing_of_runs_of_which_only_the_sum_is_stated() -> None:
    """A third of six passes' two is computed again, in each of the runs and so in their sum."""
    runs = [{"stage": "first", "parameters": "7B"}, {"stage": "second", "parameters": "7B"}]
    found = estimate({"model": "M", "published": "2024-01-01", "reported_compute": "1e24 FLOP",
                      "gradient_checkpointing": "full", "runs": runs})
    assert found["hardware_flop"] == pytest.approx(4 / 3 * 1e24)


def test_recomputing_is_hardware_flop_and_no_training_compute() -> None:
    """Chowdhery et al. 2022, appendix B: 46.2 % of the model's, 57.8 % of the hardware's FLOP."""
    usual: dict[str, Any] = {"parameters": "1B", "tokens_seen": "10B"}
    full = estimate({**usual, "gradient_checkpointing": True})
    assert full["flop"] == pytest.approx(6e19)
    assert full["hardware_flop"] == pytest.approx(8e19)
    assert estimate(usual)["hardware_flop"] is None
    assert estimate({**usual, "recomputation": "none"})["hardware_flop"] == pytest.approx(6e19)
    part = (57.8 / 46.2 - 1) * 3
    chips = {"chip": "TPU v4", "chips": 6144, "time": "1000 hours", "hardware_flop_utilization": 0.578}
    found = estimate({**chips, "recomputed_share": part, "goodput": 1})
    assert found["utilization"] == pytest.approx(0.462, rel=1e-3)
    with pytest.raises(InputError, match="selective"):
        estimate({**usual, "recomputation": "selective"})


@pytest.mark.parametrize("role", ["search", "architecture search", "hyperparameter sweep", "ablations"])
def test_what_searched_stands_beside_the_run_that_counts(role: str) -> None:
    """NASNet (Zoph et al. 2018): 500 GPUs for 4 days searched the network that was then trained."""
    search = {"role": role, "chip": "P100", "chips": 500, "time": "4 days"}
    record = estimate({"runs": [{"parameters": "1B", "tokens_seen": "10B"}, search]})
    alone = estimate({"chip": "P100", "chips": 500, "time": "4 days"})
    assert record["flop"] == pytest.approx(6e19)
    assert record["search_flop"] == pytest.approx(alone["flop"])
    assert record["total_flop"] == pytest.approx(6e19 + alone["flop"])
    assert estimate(search)["flop"] == pytest.approx(alone["flop"]), "alone it is what is asked for"


def test_a_search_that_cannot_be_estimated_is_said() -> None:
    record = estimate({"runs": [{"parameters": "1B", "tokens_seen": "10B"}, {"role": "search", "chips": 500}]})
    assert record["flop"] == pytest.approx(6e19)
    assert record["search_flop"] is None
    assert "search-not-estimated" in {check["code"] for check in record["checks"]}


def test_a_role_of_no_kind_is_refused() -> None:
    with pytest.raises(InputError, match="teacher"):
        estimate({"role": "teachr", "parameters": "1B", "tokens_seen": "10B"})


def test_rows_of_a_table_mean_the_same() -> None:
    rows = [{"parameters": 7e9, "tokens_seen": 1e9, "role": None, "teacher_parameters": None},
            {"parameters": 7e9, "tokens_seen": 1e9, "role": "teacher", "teacher_parameters": None},
            {"parameters": 7e9, "tokens_seen": 1e9, "role": None, "teacher_parameters": 1e9}]
    found = annotate(pd.DataFrame(rows), columns={name: name for name in rows[0]})
    assert found["flop"].tolist() == pytest.approx([42e18, 14e18, 44e18])
    # a header alone is no run's role: it may be somebody's, or what a trained model was used as
    assert annotate(pd.DataFrame(rows))["flop"].tolist() == pytest.approx([42e18, 42e18, 44e18])
    assert found["parts"].tolist()[2] == "trained 4.2e+19; teacher 2e+18"


@pytest.mark.parametrize(("facts", "named"), [
    ({"self_play_games": "29M", "moves_per_game": 200}, "moves_per_game and self_play_games"),
    ({"frozen_forward_flop": "1 TFLOP"}, "frozen_forward_flop"),
    ({"views_per_example": 2}, "views_per_example"),
    ({"samples_per_prompt": 64, "rollout_length": 1024}, "rollout_length and samples_per_prompt"),
])
def test_a_practice_that_the_count_leaves_out_is_said(facts: dict[str, Any], named: str) -> None:
    usual = {"parameters": "1B", "tokens_seen": "10B"}
    record, without = estimate({**usual, **facts}), estimate(usual)
    [said] = [check["message"] for check in record["checks"] if check["code"] == "practice-left-out"]
    assert sorted(said.partition(" is stated")[0].split(" and ")) == named.split(" and ")
    assert record["flop"] == without["flop"]
    # a factor of three to each side, beside what was there
    for end in ("flop_low", "flop_high"):
        wide, usual_width = (np.log(one[end] / one["flop"]) for one in (record, without))
        assert np.sqrt(wide**2 - usual_width**2) == pytest.approx(np.log(3))
    assert estimate({**usual, "views_per_example": 2, "chip": "A100", "chips": 8, "time": "1 day"})["flop"]


def test_a_practice_that_the_count_holds_is_not() -> None:
    held: tuple[dict[str, Any], ...] = ({"generated_tokens": "1B", "rollout_length": 1024}, {"depth_share": 0.5},
                                        {"teacher_parameters": "2B"})
    for facts in held:
        record = estimate({"parameters": "1B", "tokens_seen": "10B", **facts})
        assert "practice-left-out" not in {check["code"] for check in record["checks"]}
    by_time = estimate({"chip": "A100", "chips": 8, "time": "1 day", "self_play_games": "1M"})
    assert "practice-left-out" not in {check["code"] for check in by_time["checks"]}


def test_what_one_paper_says_of_recomputing_says_nothing_of_another() -> None:
    runs = [{"parameters": "1B", "tokens_seen": "10B"}, {"parameters": "1B", "tokens_seen": "5B"}]
    again = [{**run, "recomputation": "full"} for run in runs]
    results = pipeline.evaluated([read_paper({"model": "A", "runs": again}), read_paper({"model": "B", "runs": runs})])
    found = hardware_flop(results)
    assert found[0] == pytest.approx(8e19 * 1.5)
    assert math.isnan(found[1])
