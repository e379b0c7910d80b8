"""Judgements that changing the code at random showed no other test to hold (`benchmarks/mutants.py --seed 27`)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from computeest import estimate
from computeest.contract import Method
from computeest.estimation.base_models import Ancestors, _Bases
from computeest.estimation.combine import Grid
from computeest.estimation.core import Core, impossible
from computeest.estimation.readings import doubt
from computeest.estimation.reconcile import _Sources
from computeest.facts.paper import read_paper
from computeest.pipeline import evaluated
from computeest.problems import UsageError
from computeest.records.columns import FIELDS, RECORD, UNITS
from computeest.records.consequences import _ask
from computeest.records.wanted import Wanted
from computeest_plugins.huggingface.family import from_config


@pytest.mark.parametrize(("own", "named", "cycle"), [
    ("A", "B", "B"),  # A is made of B, and B of A
    ("A", "Known", ""),  # A is of that circle, and Known, which it starts from as well, is not
    ("D", "B", ""),  # D starts from a model of the circle, and is of none itself
])
def test_a_base_model_is_of_a_circle_where_both_are(own: str, named: str, cycle: str) -> None:
    found = _Bases.of(own, [named], Ancestors({"known": 1e20, "b": 3e20}, {}, frozenset(("a", "b"))))
    assert found.cycle == cycle
    assert bool(found.parts) == (not cycle)


def test_runs_are_counted_from_one_in_each_paper() -> None:
    """0 is what all runs share, and below is what nothing shares."""
    two = {"model": "two", "runs": [{"parameters": 1e9, "tokens": 1e10}, {"parameters": 1e9, "tokens": 2e10}]}
    one = {"model": "one", "parameters": 1e9, "tokens": 1e10}
    found = evaluated([read_paper(two), read_paper(one)])
    sources = _Sources.of(found.spec, found.evaluation)
    assert sources.number.tolist() == [1, 2, 1]
    assert sources.several.tolist() == [True, True, False]


@pytest.mark.parametrize(("runs", "together"), [(2, "1.2e+20"), (3, "1.8e+20")])
def test_a_derivation_says_what_runs_come_to_together(runs: int, together: str) -> None:
    text = estimate({"parameters": 1e9, "runs": [{"tokens": 1e10}] * runs})["derivation"]
    assert f"together: {together} FLOP (100% operation_counting)" in text


def test_only_a_peak_says_the_number_format_it_is_of() -> None:
    text = estimate({"chip": "TPU v3", "chips": "8 TPU v3 cores", "time": "10 days"})["derivation"]
    assert "0.5 chips/core (Google TPU v3) = 4 chips" in text
    assert "123 TFLOP/s (Google TPU v3, bf16, its usual format)" in text
    stated = estimate({"chip": "TPU v3", "chips": 4, "time": "10 days", "number_format": "bf16"})["derivation"]
    assert "123 TFLOP/s (Google TPU v3, bf16) x" in stated


@pytest.mark.parametrize(("name", "chip", "why", "asked"), [
    ("chip_price", "NVIDIA A100", "no price of it is known", "chip_price (no price of it is known)"),
    ("electricity_price", "", "", "chip and published (or chip_price)"),
    ("chip_power", "NVIDIA A100", "", "power_per_chip (no power of NVIDIA A100 is known)"),
    ("chip_power", "", "", "chip (or power_per_chip)"),
])
def test_what_a_consequence_lacks_is_asked_for_by_what_a_paper_states(name: str, chip: str, why: str,
                                                                     asked: str) -> None:
    assert _ask(name, chip, why) == asked


def test_a_column_that_is_not_there_is_told_beside_eight_that_are() -> None:
    there = [f"column_{letter}" for letter in "abcdefghij"]
    with pytest.raises(UsageError) as error:
        Wanted(names=("zzzzzzzzzzzz",)).check(there)
    assert str(error.value) == (f"no column of the output is called 'zzzzzzzzzzzz'; "
                                f"there are {', '.join(there[:8])}, ...")


@pytest.mark.parametrize("adapters", [{"add_adapter": True}, {"adapter_attn_dim": 16}])
def test_adapters_of_either_kind_are_refused(adapters: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="adapters are not supported"):
        from_config({"model_type": "hubert", **adapters})


def test_layers_of_qwen_slide_where_the_configuration_says_so() -> None:
    silent = {"model_type": "qwen2", "sliding_window": 128, "max_window_layers": 0}
    flop = {said: from_config({**silent, **more}, 4096).forward_flop for said, more in (
        ("nothing", {}), ("no", {"use_sliding_window": False}), ("yes", {"use_sliding_window": True}))}
    assert flop["nothing"] == flop["no"] > flop["yes"]


def test_every_other_of_the_first_layers_of_a_mixture_of_qwen_slides() -> None:
    """Qwen2MoeConfig: layers 0, 2, 4, ... below `max_window_layers` slide."""
    config = {"model_type": "qwen2_moe", "use_sliding_window": True, "sliding_window": 128}
    none, one, two, three = (from_config({**config, "max_window_layers": most}, 4096).forward_flop
                             for most in (0, 1, 2, 3))
    assert one == two
    assert none - one == one - three > 0


@pytest.mark.parametrize("kind", ["led", "fsmt"])
def test_a_translator_reads_and_writes_as_many_tokens(kind: str) -> None:
    assert from_config({"model_type": kind}, 512).tokens == 1024


@pytest.mark.parametrize(("kind", "facts"), [("beit", {"image_size": 224}), ("lfm2", {"num_hidden_layers": 32})])
def test_what_a_configuration_leaves_out_is_the_librarys(kind: str, facts: dict[str, int]) -> None:
    silent, said = (from_config({"model_type": kind, **more}, 512) for more in ({}, facts))
    assert (silent.parameters, silent.forward_flop) == (said.parameters, said.forward_flop)


def test_layers_that_share_keys_and_values_have_none_of_their_own() -> None:
    counts = [from_config({"model_type": "gemma4_text", "num_kv_shared_layers": shared}, 512).parameters
              for shared in (0, 5, 10)]
    assert counts[0] - counts[1] == counts[1] - counts[2] > 0


def test_neighbouring_patches_of_mistral_are_two_by_two_where_it_does_not_say() -> None:
    config = {"model_type": "mistral3",
              "vision_config": {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "image_size": 56,
                                "num_attention_heads": 4, "patch_size": 14, "model_type": "pixtral"},
              "text_config": {"model_type": "mistral", "hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 400,
                              "num_attention_heads": 4, "num_key_value_heads": 4, "intermediate_size": 128}}
    silent, two, three = (from_config({**config, **more}, 512).parameters
                          for more in ({}, {"spatial_merge_size": 2}, {"spatial_merge_size": 3}))
    assert silent == two
    assert three - two == (9 - 4) * 64 * 64


def test_places_that_are_merged_widen_the_matrix_that_reads_them() -> None:
    """Of 3 by 3 places a row of 9 widths goes in, of 2 by 2 one of 4."""
    config = {"model_type": "hunyuan_vl_vision", "architectures": ["HunYuanVLVisionTransformer"], "hidden_size": 64,
              "intermediate_size": 128, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 4,
              "text_hidden_size": 96, "max_image_size": 192}
    two, three = (from_config({**config, "spatial_merge_size": merge}).parameters for merge in (2, 3))
    assert three - two == (9 - 4) * 64 * 2 * 64


def test_a_q_former_has_twelve_layers_where_it_does_not_say() -> None:
    former = {"vocab_size": 30523, "hidden_size": 64, "num_attention_heads": 4, "encoder_hidden_size": 64,
              "intermediate_size": 128, "model_type": "instructblipvideo_qformer"}
    config = {"model_type": "instructblipvideo", "architectures": ["InstructBlipVideoForConditionalGeneration"],
              "text_config": {"model_type": "opt", "vocab_size": 400, "hidden_size": 64, "num_hidden_layers": 2,
                              "ffn_dim": 128, "num_attention_heads": 4, "word_embed_proj_dim": 64},
              "vision_config": {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
                                "num_attention_heads": 4, "image_size": 56, "patch_size": 14,
                                "model_type": "instructblipvideo_vision_model"}}
    silent, said = (from_config({**config, "qformer_config": {**former, **more}}).parameters
                    for more in ({}, {"num_hidden_layers": 12}))
    assert silent == said
    assert np.isfinite(silent)


def test_shares_are_told_from_the_largest() -> None:
    text = estimate({"parameters": "1B", "tokens": "10B", "chip": "A100 SXM 80GB", "number_format": "bf16", "chips": 8,
                     "time": "1 day", "utilization": 0.3})["derivation"]
    assert "(90% gpu_time, 10% operation_counting)" in text


def test_units_are_of_columns_that_have_one() -> None:
    assert UNITS["flop"] == "FLOP"
    assert set(UNITS.values()) & {"", None} == set()
    assert set(UNITS) <= {field.name for field in RECORD if field.column}
    assert set(UNITS) < set(FIELDS)


def test_what_one_row_contradicts_widens_no_other() -> None:
    apart = {"model": "apart", "parameters": 1e9, "tokens": 1e10, "reported_compute": 1e22}
    agreed = {"model": "agreed", "parameters": 1e9, "tokens": 1e10, "reported_compute": 8e19}
    alone, (first, second) = estimate(agreed), estimate([apart, agreed])
    assert "methods-disagree" in {check["code"] for check in first["checks"]}
    for name in ("flop", "flop_low", "flop_high"):
        assert second[name] == pytest.approx(alone[name], rel=1e-12)


def test_each_end_of_a_paper_of_runs_has_its_own_spread() -> None:
    one = np.ones(2)
    core = Core(np.zeros(2), one, 0.1 * one, 0.4 * one, np.full(2, -1), np.full(2, -1), np.array([True, True]))
    total = 0.2  # of the sum
    stages = Grid(np.zeros((1, 1)), np.zeros((0, 1, 1)), np.full((1, 1), total))
    added = core.added(stages, np.zeros(2, dtype=np.intp), 1)
    assert added.low_sigma == pytest.approx([(total**2 + 2 * (0.5 * 0.1) ** 2) ** 0.5])
    assert added.high_sigma == pytest.approx([(total**2 + 2 * (0.5 * 0.4) ** 2) ** 0.5])


@pytest.mark.parametrize(("count", "wrong"), [(1.0, False), (1.001, True)])
def test_chips_may_have_done_all_that_they_can(count: float, wrong: bool) -> None:
    """At a utilization of 1 they did as much as they can, and what was counted may be just that."""
    methods = [Method("a", lambda chip_time: chip_time, 0.1, "epoch2022", rests_on="hardware"),
               Method("b", lambda tokens: tokens, 0.1, "epoch2022", rests_on="counted")]
    grid = Grid(np.log([[1.0, count]]), np.zeros((0, 1, 2)), np.full((1, 2), 0.2))
    assert impossible(grid, np.array([True]), methods, np.array([1.0])).tolist() == [[wrong, wrong]]


def test_a_span_of_readings_is_ninety_per_cent_of_their_doubt() -> None:
    """From one end to the other are twice 1.645 of it, the normal distribution's quantile of 95 %."""
    assert doubt(np.array([-np.log(3)]), np.array([np.log(3)])) == pytest.approx([np.log(3) / 1.6448536269514722])
