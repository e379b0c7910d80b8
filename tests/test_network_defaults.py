"""What a family takes for granted is an assumption: named, with a spread; stated facts that contradict it win."""

from __future__ import annotations

import math
from typing import Any

import pytest

import computeest
from computeest import registry
from computeest.facts import network_defaults

SHAPE = {"layers": 24, "width": 1024, "heads": 16}


def record(**facts: Any) -> dict[str, Any]:
    return dict(computeest.estimate({"model": "x", "published": "2023-01-01", "epochs": 1, **facts}))


def decade(found: dict[str, Any]) -> float:
    return math.log10(found["flop_high"] / found["flop_low"])


def test_sizes_that_nobody_stated_are_assumed() -> None:
    found = record(family="decoder", architecture=SHAPE, tokens="10B")
    assert {key: found["assumed"][key] for key in found["assumed"] if key.startswith("architecture.")} == {
        "architecture.vocabulary": 50257, "architecture.sequence_length": 2048}


def test_a_size_that_is_stated_is_not_assumed_and_narrows_the_interval() -> None:
    open_ = record(family="decoder", architecture=SHAPE, tokens="10B")
    closed = record(family="decoder", architecture={**SHAPE, "vocabulary": 50257}, sequence_length=2048, tokens="10B")
    assert "architecture.vocabulary" not in closed["assumed"]
    assert "architecture.sequence_length" not in closed["assumed"]
    assert closed["flop"] == open_["flop"]
    assert decade(open_) > 1.5 * decade(closed)


def test_a_member_has_sizes_of_its_own() -> None:
    assert not any(key.startswith("architecture.") for key in record(family="gpt2", tokens="10B")["assumed"])


@pytest.mark.parametrize("family", ["LSTM", "unet", "resnet", "vit", "swin", "decoder"])
def test_a_family_alone_is_no_architecture(family: str) -> None:
    with pytest.raises(ValueError, match=r"alone is no architecture; name a member"):
        record(family=family, examples=1e6, tokens="1B")


def test_an_image_is_no_shape_and_a_depth_is() -> None:
    facts = {"family": "resnet", "examples": 1e6}
    with pytest.raises(ValueError, match="alone is no architecture"):
        record(**facts, architecture={"image": 256})
    assert record(**facts, architecture={"depth": 101})["flop"] > 0


@pytest.mark.parametrize(("parameters", "decides"), [(355e6, False), (330e6, False), (500e6, True)])
def test_parameters_that_assumed_sizes_do_not_fit_decide(parameters: float, decides: bool) -> None:
    """24 layers of 1,024 and the usual vocabulary have 355.9M parameters; a tenth more or less is rounding."""
    found = record(family="decoder", architecture=SHAPE, parameters=parameters, tokens="10B")
    counted = record(family="decoder", architecture=SHAPE, tokens="10B")["flop"]
    assert (found["flop"] == pytest.approx(6 * parameters * 10e9)) is decides
    assert (found["flop"] == pytest.approx(counted)) is not decides


def test_an_image_is_widened_by_parameters_that_do_not_fit() -> None:
    facts = {"family": "unet", "architecture": {"width": 128, "image": 64}, "examples": 1e6}
    fits, other = record(**facts), record(**facts, parameters="60M")
    assert decade(other) > decade(fits) + 0.1


def test_the_spread_of_a_default_is_that_among_members_or_a_factor_of_two() -> None:
    families = registry.load(()).families
    assert network_defaults.spread(families["decoder"], "vocabulary", 50257) == pytest.approx(0.66, abs=0.15)
    assert network_defaults.spread(families["vit"], "image", 224) == network_defaults.LEAST
    assert network_defaults.spread(families["onnx"], "anything", 1) == math.log(2)


def test_a_mixture_that_is_trained_whole_has_a_backward_ratio_of_two() -> None:
    """DeepSeek-V3: 37B of 671B parameters active, all trained, 14.8T tokens: 6 x 37e9 x 14.8e12 (arXiv:2412.19437)."""
    found = record(parameters="671B", active_parameters="37B", trainable_parameters="671B", tokens="14.8T")
    assert found["flop"] == pytest.approx(6 * 37e9 * 14.8e12, rel=0.01)


def test_adapters_spare_the_gradients_of_frozen_weights() -> None:
    """Hu et al. 2021: 4.7M of 175B weights trained: one pass forward and one back, not two."""
    found = record(parameters="175B", trainable_parameters="4.7M", tokens="1B")
    assert found["flop"] == pytest.approx(4 * 175e9 * 1e9, rel=0.01)
