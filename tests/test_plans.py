"""Configurations that differ in whole numbers only are planned once, and counted as each of them would be."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from computeest.contract import Network, planned
from computeest.layers.plans import Plans
from computeest_plugins.huggingface import family

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def outcome(config: Mapping[str, Any], length: int | None, *, plan: bool) -> object:
    """Every layer of the network, or what is wrong with the configuration."""
    try:
        if plan:
            net = family.from_config(config, length)
        else:
            net = family._read(config, str(config["model_type"]), length, None)
    except ValueError as error:
        return str(error)
    return net.layers, net.tokens, net.uncounted, net.forward_flop, net.parameters


@pytest.mark.parametrize("kind", family.model_types())
def test_planned_or_read_every_layer_is_the_same(kind: str) -> None:
    draw = random.Random(kind)
    usual = {"hidden_size": 256, "num_hidden_layers": 4, "num_attention_heads": 4, "num_key_value_heads": 2,
             "intermediate_size": 512, "vocab_size": 1000, "max_position_embeddings": 128, "num_experts_per_tok": 2,
             "sliding_window": 64, "d_model": 256, "n_embd": 256, "d_ff": 512}  # fmt: skip
    for _ in range(10):
        odd = {key: draw.choice((value, 2 * value, value // 2, value + 1, 1, 0)) for key, value in usual.items()}
        config = {"model_type": kind, **(odd if draw.random() < 0.5 else {**usual, "vocab_size": odd["vocab_size"]})}
        assert outcome(config, 64, plan=True) == outcome(config, 64, plan=False), config


def test_the_kinds_that_the_hub_has_most_of_are_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from opcount import configurations

    drawn = configurations(600, seed=7)
    for config in drawn:
        assert outcome(config, 2048, plan=True) == outcome(config, 2048, plan=False), config
    read = family._read
    reads = 0

    def counting(*given: Any) -> Network:
        nonlocal reads
        reads += 1
        return read(*given)

    monkeypatch.setattr(family, "_read", counting)
    for config in drawn:
        family.from_config(config, 2048)
    assert reads < 0.05 * len(drawn)


def test_true_is_not_one_and_a_fraction_is_no_whole_number() -> None:
    for value in (1, 2, 3, 4, True, 2.0, 2.5, "2", None):
        config = {"model_type": "llama", "hidden_size": 256, "num_attention_heads": 4, "num_hidden_layers": value}
        for _ in range(3):
            assert outcome(config, 64, plan=True) == outcome(config, 64, plan=False)


def of_width(config: Mapping[str, Any]) -> Network:
    """A network whose reader does with a number what a plan cannot hold: it counts to it."""
    net = Network()
    x = net.input(config["width"])
    for _ in range(config["layers"]):
        x = net.linear(x, config["width"])
    return net


def test_what_is_counted_to_is_not_planned() -> None:
    read = planned(of_width)
    for width in (8, 16, 32, 64, 128):
        for layers in (1, 2, 3):
            config = {"width": width, "layers": layers}
            assert read(config).layers == of_width(config).layers


def test_an_answer_that_differs_is_read_and_planned_apart() -> None:
    calls = 0

    def narrow_or_wide(config: Mapping[str, Any]) -> Network:
        nonlocal calls
        calls += 1
        net = Network()
        net.linear(net.input(config["width"]), 10 if config["width"] > 100 else config["width"] // 3 + 7)
        return net

    read = planned(narrow_or_wide)
    for width in (*range(50, 60), *range(150, 160), *range(60, 70)):
        assert read({"width": width}).forward_flop == 2 * width * (10 if width > 100 else width // 3 + 7)
    assert calls == 2 * (2 + 2)  # narrow, and wide: once read, once traced, twice to check


def test_a_plan_that_reading_contradicts_is_dropped() -> None:
    turns = iter(range(100))

    def forgetful(config: Mapping[str, Any]) -> Network:
        """What it counts is of the configuration, and after some turns of something else."""
        net = Network()
        net.linear(net.input(config["width"]), 3 if next(turns) < 3 else 4)
        return net

    plans = Plans(forgetful)
    found = [plans.network({"width": width}).forward_flop for width in (1, 2, 3, 4, 5, 6)]
    assert found == [2 * width * out for width, out in ((1, 3), (2, 3), (3, 4), (4, 4), (5, 4), (6, 4))]


def test_no_text_of_a_configuration_becomes_code() -> None:
    def named(config: Mapping[str, Any]) -> Network:
        net = Network()
        net.linear(net.input(config["width"]), 4, name=config["name"])
        return net

    hostile = "'''\"), exit(3), ("
    read = planned(named)
    for width in (3, 4, 5, 6, 7):
        net = read({"width": width, "name": hostile})
        assert [layer.name for layer in net.layers] == [hostile]
        assert net.forward_flop == 8 * width
