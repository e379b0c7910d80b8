"""Every check: facts on which it speaks, what it says, the facts put right on which it is silent, its place in docs."""

from __future__ import annotations

import ast
import csv
import datetime
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pandas as pd
import pytest

from computeest import annotate, estimate, pipeline
from computeest.contract import Check, Column
from computeest.estimation.plan import parameters_of
from computeest.facts.paper import read_paper
from computeest.problems import InputError
from computeest.problems.kind import Code, one_owner
from computeest.problems.register import CODES, OF_AUDITS, OF_INPUTS, OF_RECORDS
from computeest.records.check_columns import Asked, decimal_year
from computeest.registry import load

ROOT = Path(__file__).parents[1]
REGISTRY = load()
A100 = {"chip": "A100 SXM 80GB", "number_format": "bf16"}
#: 64 A100 for 10 days: 1.7e22 FLOP at the peak.
RUN = {**A100, "chips": 64, "time": "10 days"}
GPT = {"parameters": 1e9, "tokens_seen": 1e11}
MOE = {"parameters": 60e9, "tokens_seen": 3e11}
TPU = {"chip": "TPU v3", "chips": 64, "time": "10 days", "utilization": 0.4}

#: code, level, facts on which it speaks, part of its sentence, facts in place of them on which it does not.
CASES: list[tuple[str, str, dict[str, Any], str, dict[str, Any]]] = [
    ("utilization-above-one", "error", {**RUN, "parameters": 1e10, "tokens_seen": 1e12}, "utilization of 3.48",
     {"tokens_seen": 1e11}),
    ("attention-from-size", "warning", {**GPT, "sequence_length": 65536}, "over 65536 tokens",
     {"sequence_length": 4096}),
    ("flop-may-be-mac", "warning", {"forward_flop": 3.8e9, "examples_seen": 1e8, "domain": "Vision"}, "spans 7.6e+09",
     {"domain": "Games"}),
    ("parameters-against-name", "warning", {"model": "M 7B", "parameters": 7e10, "tokens_seen": 1e12}, "name says 7e",
     {"parameters": 6.7e9}),
    ("compute-of-one-example", "warning", {"reported_compute": 7.2e9, "parameters": 4.4e7}, "those of one example",
     {"reported_compute": 3e12}),
    ("less-than-an-epoch", "warning", {"reported_compute": 5e14, "parameters": 4.4e7, "examples": 5e6},
     "fewer than 4.4e+07 parameters take for 5e+06 examples", {"reported_compute": 2e15}),
    ("utilization-unheard-of", "warning", {**RUN, "parameters": 1e10, "tokens_seen": 2.5e11}, "utilization of 0.87",
     {"tokens_seen": 1e11}),
    ("utilization-very-low", "warning", {**RUN, **GPT, "tokens_seen": 1e10}, "utilization of 0.0035",
     {"tokens_seen": 1e12}),
    ("methods-disagree", "warning", {**RUN, **GPT}, "the methods are 8.6x apart", {"tokens_seen": 1e12}),
    ("accelerator-time-mismatch", "warning", {**RUN, "chip_time": "64 * 240 GPU-hours".replace("64 * 240", "3840")},
     "is not the number of chips times the time", {"chip_time": "15360 GPU-hours"}),
    ("total-parameters", "warning", {**MOE, "reported_compute": 8e21}, "state active_parameters",
     {"active_parameters": 4e9}),
    ("words-for-tokens", "warning", {"parameters": 1e9, "tokens": 1e10, "epochs": 1, "reported_compute": 8e19,
                                     "published": "2016-05-01"}, "may be words", {"reported_compute": 6e19}),
    ("words-for-tokens", "warning", {**GPT, "tokens_seen": {"value": "800M tokens", "quote": "800M words of text"}}, "",
     {"tokens_seen": {"value": "800M tokens", "quote": "800M tokens of text"}}),
    ("samples-for-tokens", "warning", {"parameters": 1e9, "tokens_seen": 1e6}, "fewer than its 1e+09 parameters",
     {"tokens_seen": 1e9}),
    ("samples-for-tokens", "warning", {**GPT, "tokens_seen": {"value": 1e9, "quote": "a billion sentences"}},
     "speaks of samples", {"tokens_seen": {"value": 1e9, "quote": "a billion tokens"}}),
    ("batch-of-one-device", "warning", {**GPT, "batch_size": {"value": 8, "quote": "8 per GPU"}}, "of all accumulation",
     {"batch_size": {"value": 512, "quote": "512 in all"}}),
    ("batch-of-one-or-all", "warning", {"parameters": 1e9, "steps": 1e4, "sequence_length": 2048, "chips": 64,
                                        "train_batch_size": 512}, "taken for that of all", {"train_batch_size": None,
                                                                                            "batch_size": 512}),
    ("batch-of-each-pass", "warning", {"parameters": 1e9, "steps": 1e6, "sequence_length": 2048, "batch_size": 512,
                                       "accumulation_steps": 8}, "a step has 4096", {"accumulation_steps": 1}),
    ("batch-of-copies", "info", {"parameters": 16e9, "steps": 1e4, "sequence_length": 2048, "chips": 64,
                                 "device_batch_size": 8}, "8 of them may hold one copy", {"parameters": 2e9}),
    ("context-window", "info", {**GPT, "context_window": 131072}, "8192 are taken", {"context_window": 8192}),
    ("tokens-of-images", "warning", {"domain": "Vision", "parameters": 25.6e6, "tokens": 1.28e6, "epochs": 90},
     "state examples", {"domain": "Language"}),
    ("active-quoted", "info", {**MOE, "parameters": {
        "value": 60e9, "quote": "a MoE with 8B active parameters"}}, "8e+09 active", {"parameters": 60e9}),
    ("experts-in-quote", "info", {**MOE, "parameters": {"value": 60e9, "quote": "our sparsely gated model"}},
     "0.12 of the", {"active_parameters": 8e9}),
    ("experts-doubted", "warning", {**MOE, "note": "a MoE whose first layers are dense"}, "down to 0.03",
     {"note": "a dense model, unlike MoE"}),
    ("time-of-one-step", "warning", {**RUN, "time": {"value": "1 s", "quote": "1 s/step"}}, "write it as time_per_step",
     {"time": {"value": "1 day", "quote": "1 day"}}),
    ("time-of-one-model", "warning", {**RUN, "time": {"value": "1 day", "quote": "a day per fold"}}, "state ensemble",
     {"time": {"value": "1 day", "quote": "a day for all folds"}}),
    ("count-of-one-epoch", "warning", {**GPT, "steps": {"value": 1e3, "quote": "1,000 per epoch"}},
     "what all of them make", {"steps": {"value": 1e3, "quote": "1,000"}}),
    ("time-of-one-epoch", "warning", {
        **RUN, "epochs": 90, "time": {"value": "1 hour", "quote": "Each epoch takes 1 hour"}},
     "write it as time_per_epoch", {"time": {"value": "90 hours", "quote": "Each epoch takes 1 hour, 90 in total"}}),
    ("mac-for-flop", "warning", {"family": "resnet-50", "forward_flop": 4.1e9, "examples_seen": 1e8},
     "multiply-adds", {"forward_flop": 8.2e9}),
    ("mac-for-flop", "warning", {"examples_seen": 1e8, "forward_flop": {
        "value": "1.5 GFLOP", "quote": "1.5G mult-adds"}}, "write it as forward_macs",
     {"forward_flop": {"value": "1.5 GFLOP", "quote": "1.5 GFLOPs"}}),
    ("reported-in-mac", "warning", {**GPT, "reported_compute": 3e20}, "half of the 6e+20", {"reported_compute": 6e20}),
    ("flop-counted-twice", "warning", {"family": "resnet-50", "forward_flop": 16.4e9, "examples_seen": 1e8},
     "twice", {"forward_flop": 8.2e9}),
    ("network-contradicted", "warning", {"family": "resnet-50", "parameters": 60.2e6, "examples_seen": 1e8},
     "6.02e+07 parameters are stated, and the network described has 2.56e+07",
     {"parameters": 25.6e6}),
    ("recomputation-counted", "warning", {**GPT, "reported_compute": 8e20}, "recomputes activations",
     {"reported_compute": 6.4e20}),
    ("peak-with-sparsity", "warning", {**RUN, "peak": "624 TFLOP/s"}, "the one with sparsity", {"peak": "312 TFLOP/s"}),
    ("peak-with-sparsity", "warning", {"chips": 8, "time": "1 day", "peak": {
        "value": "624 TFLOP/s", "quote": "624 TFLOPS with sparsity"}}, "dense peak is half",
     {"peak": {"value": "312 TFLOP/s", "quote": "312 TFLOPS"}}),
    ("peak-contradicts-chip", "warning", {**RUN, "peak": "31 PFLOP/s"}, "3.1e+16", {"peak": "312 TFLOP/s"}),
    ("peak-off-by-thousand", "warning", {**RUN, "peak": "312 GFLOP/s"}, "its unit is probably off",
     {"peak": "312 TFLOP/s"}),
    ("cores-for-chips", "warning", {**TPU, "chip_time": "7680 chip-hours"}, "cores may have been counted as chips",
     {"chip_time": "15360 chip-hours"}),
    ("cores-for-chips", "warning", {**TPU, "chips": {"value": 64, "quote": "64 TPU v3 cores"}}, "speaks of cores",
     {"chips": {"value": 64, "quote": "64 TPU v3 chips"}}),
    ("chip-newer-than-model", "warning", {"chip": "H100 SXM", "chips": 8, "time": "1 day", "published": "2019-01-01"},
     "after the model was published", {"published": "2023-06-01"}),
    ("base-compute-missing", "warning", {**GPT, "base_model": "Nobody's"}, "the number leaves it out",
     {"base_compute": 1e20}),
    ("base-added-twice", "warning", {**GPT, "base_model": "B", "base_compute": 1e23, "reported_compute": 1.006e23},
     "not added again", {"reported_compute": 6e20}),
    ("base-dominates", "warning", {**GPT, "base_model": "B", "base_compute": 1e23}, "counts fine-tuning apart",
     {"base_compute": 1e20}),
    ("step-utilization", "warning", {**A100, "chips": 1024, "time": "10 days", "parameters": 1e10, "utilization": 0.5,
                                     "tokens_seen": 1.6e12}, "within a step", {"tokens_seen": 2.2e12}),
    ("achieved-above-peak", "error", {**A100, "chips": 64, "time": "10 days", "achieved_flops": "9 PFLOP/s"},
     "those of all chips together", {"achieved_flops": "140 TFLOP/s"}),
    ("achieved-rate-recomputes", "warning",
     {**A100, "chips": 992, "time": "33 days", "achieved_flops": "147 TFLOP/s", "goodput": 1, "parameters": 175e9,
      "tokens_seen": 300e9}, "which is utilization_kind: hfu", {"utilization_kind": "hfu"}),
    ("tokens-contradict", "warning",
     {"parameters": 1e9, "tokens": 1e12, "epochs": 2, "steps": 5e5, "batch_tokens": 1e6},
     "one of tokens, epochs, steps and batch is wrong", {"batch_tokens": 4e6}),
    ("examples-contradict", "warning", {"forward_flop": 1e9, "examples_seen": 1.28e6, "examples": 1.28e6, "epochs": 90},
     "1.15e+08", {"examples_seen": 1.152e8}),
    ("forward-contradicts", "warning", {"forward_flop": 4.1e9, "forward_macs": 4.1e9, "examples_seen": 1e8},
     "of two FLOP each", {"forward_flop": 8.2e9}),
    ("time-unheard-of", "warning", {**A100, "chips": 2048, "time": "1,022,362 hours"}, "entered as time",
     {"time": "500 hours"}),
    ("epochs-not-stated", "warning", {"parameters": 1e8, "tokens": 1e8}, "read many times",
     {"epochs": 40}),
    ("ensemble", "info", {**GPT, "ensemble": 5}, "5 models trained alike", {"ensemble": 1}),
    ("reported-contradicted", "warning", {**GPT, "reported_compute": 6e21}, "their facts give 6e+20",
     {"reported_compute": 7e20}),
    ("reported-impossible", "error", {**RUN, "reported_compute": 1e23}, "their chips could have done",
     {"reported_compute": 5e21}),
    ("unit-off-by-thousand", "warning", {**GPT, "reported_compute": 6e17}, "a unit is probably off",
     {"reported_compute": 6e20}),
    ("parameters-without-unit", "warning", {"parameters": 175, "tokens_seen": 3e11}, "such as B",
     {"parameters": "175B"}),
    ("tokens-without-unit", "warning", {"parameters": "7B", "tokens_seen": 15}, "such as B or T",
     {"tokens_seen": "15T"}),
    ("cost-without-unit", "warning", {**A100, "cost": 5.576, "chip_price": 2}, "such as M", {"cost": "5.576M USD"}),
    ("units-missing", "warning", {"parameters": 7, "tokens_seen": 2}, "such as B and T",
     {"parameters": "7B", "tokens_seen": "2T"}),
    ("examples-without-unit", "warning", {"family": "resnet-50", "examples": 1.28, "epochs": 90}, "such as M",
     {"examples": "1.28M"}),
    ("operations-without-unit", "warning", {"forward_macs": 4.1, "examples_seen": "115M"}, "such as GFLOP",
     {"forward_macs": "4.1 GMAC"}),
    ("steps-without-unit", "warning", {"parameters": "7B", "steps": 1.4, "batch_tokens": "4M"}, "such as k or M",
     {"steps": "1.4M"}),
    ("length-without-unit", "warning", {"parameters": "7B", "steps": 5e5, "batch_size": 1024, "sequence_length": 4},
     "such as k", {"sequence_length": "4k"}),
    ("compute-below-any", "warning", {"reported_compute": "21 GFLOP", "published": "2023"}, "one example",
     {"reported_compute": "21 EFLOP"}),
    ("batch-of-tokens", "warning", {"parameters": 1e9, "steps": 5e3, "batch_size": 524288, "sequence_length": 1024},
     "the interval spans both", {"batch_size": 512}),
    ("examples-of-tokens", "warning", {"family": "bloom", "examples": 3.66e11}, "the interval spans both",
     {"examples": 1.8e8}),
    ("compute-without-unit", "error", {"reported_compute": 3640}, "the unit of the figure may be missing",
     {"reported_compute": "3640 petaflop/s-day"}),
    ("utilization-in-percent", "warning", {**A100, "chips": 8, "time": "1 day", "utilization": "0.45 %"}, "below 2 %",
     {"utilization": "45 %"}),
    ("utilization-in-percent", "warning", {**A100, "chips": 8, "time": "1 day", "step_utilization": "0.45 %"},
     "below 2 %", {"step_utilization": "45 %"}),
    ("utilization-in-percent", "warning", {**A100, "chips": 8, "time": "1 day", "hardware_flop_utilization": "0.57 %"},
     "below 2 %", {"hardware_flop_utilization": "57 %"}),
    ("depth-share-in-percent", "warning", {**RUN, "depth_share": "0.56 %"}, "percent sign", {"depth_share": "56 %"}),
    ("packing-in-percent", "warning", {**RUN, "packing_efficiency": "0.9 %"}, "percent sign",
     {"packing_efficiency": 0.9}),
    ("less-than-a-chip", "warning", {**A100, "chips": 0.256, "time": "1 day"}, "in thousands", {"chips": 0.5}),
    ("goodput-in-percent", "warning", {**RUN, "step_utilization": 0.4, "goodput": "0.9 %"},
     "below 2 %", {"goodput": "90 %"}),
    ("cost-against-compute", "warning", {"parameters": 7e9, "tokens": 2e9, "cost": "2M USD"}, "no chips of the time",
     {"tokens": 2e12}),
    ("energy-against-compute", "warning", {"parameters": 175e9, "tokens": 300e9, "energy": "1287 kWh"}, "no chips do",
     {"energy": "1287 MWh"}),
    ("cost-of-hours", "warning", {**A100, "chip_time": "184320 GPU-hours", "cost": "5M USD"}, "none of their price",
     {"cost": "300000 USD"}),
    ("power-of-several", "warning", {"chip": "H100 SXM", "energy": "1 GWh", "power_per_chip": "10.2 kW"},
     "those of a node or a rack", {"power_per_chip": "1.3 kW"}),
    ("total-of-numbers", "warning", {"reported_compute": {"value": "1e18 FLOP", "quote": "total_flos"}},
     "hundreds of times too large", {"reported_compute": "1e18 FLOP"}),
    ("cores-contradict", "warning", {"chip": "TPU v3", "chips": 512, "cores": 512, "time": "1 day"},
     "a chip's share is 0.5", {"cores": 1024}),
    ("core-time-contradicts", "warning", {"chip": "TPU v3", "chip_time": "1000 TPU-hours",
                                          "core_time": "20000 core-hours"}, "not that of the cores",
     {"core_time": "2000 core-hours"}),
    ("backward-of-all", "warning", {**RUN, "backward_ratio": 3}, "it takes twice", {"backward_ratio": 2}),
    ("forward-of-training", "warning", {**RUN, "flop_per_parameter": 6}, "of the forward pass alone they are 2",
     {"flop_per_parameter": 2}),
    ("forward-contradicts-size", "warning", {"parameters": 70e9, "tokens": 1e12,
                                             "forward_flop_per_token": "28 GFLOP"}, "the parameters make 1.4e+11",
     {"active_parameters": 14e9}),
    ("time-contradicts", "warning", {**A100, "chips": 8, "time": "20 days", "steps": 1e5, "time_per_step": "2 s"},
     "steps or epochs of their own time make 2e+05", {"time": "56 hours"}),
    ("utilization-contradicts", "warning", {**A100, "chips": 8, "time": "20 days", "utilization": 0.5,
                                            "achieved_rate": "30 TFLOP/s"}, "makes 0.0962", {"utilization": 0.09}),
    ("peak-contradicts-chip", "warning", {**A100, "chips": 8, "time": "20 days", "peak": "5 PFLOP/s"},
     "has 3.12e+14", {"peak": "312 TFLOP/s"}),
    ("rate-very-low", "warning", {**A100, "chips": 8, "time": "1 day", "achieved_rate": "147 GFLOP/s"}, "G for T",
     {"achieved_rate": "147 TFLOP/s"}),
    ("rate-very-low", "warning", {**A100, "chips": 8, "time": "1 day", "achieved_hardware_rate": "147 GFLOP/s"},
     "G for T", {"achieved_hardware_rate": "147 TFLOP/s"}),
    ("achieved-hardware-above-peak", "error", {**A100, "chips": 8, "time": "1 day", "achieved_hardware_rate": 5e14},
     "of all chips together", {"achieved_hardware_rate": 1.5e14}),
    ("utilization-stated-high", "warning", {**A100, "chips": 8, "time": "1 day", "hardware_flop_utilization": "95 %"},
     "saw the chips busy", {"hardware_flop_utilization": "55 %"}),
    ("utilization-stated-high", "warning", {**A100, "chips": 8, "time": "1 day", "utilization": "95 %"},
     "saw the chips busy", {"utilization": "55 %"}),
    ("fewer-active-than-any", "warning", {"parameters": "7B", "tokens_seen": 1e12, "active_parameters": "7M"},
     "M for B", {"active_parameters": "2B"}),
    ("fewer-active-than-any", "warning", {"parameters": "671B", "tokens_seen": 14.8e12, "active_parameters": "37M"},
     "M for B", {"parameters": "1.6T", "active_parameters": "1.6B"}),
    ("more-active-than-all", "error", {**GPT, "active_parameters": 2e9}, "exchanged", {"active_parameters": 1e8}),
    ("more-trained-than-all", "error", {**GPT, "trainable_parameters": 2e9}, "exchanged",
     {"trainable_parameters": 1e8}),
    ("parameters-before-their-time", "error", {"parameters": 3e11, "tokens_seen": 1e12, "published": "2007-06-01"},
     "tables of n-grams", {"published": "2021-01-01"}),
    ("compute-beyond-size", "warning", {"parameters": 7e9, "reported_compute": 6e25}, "of more tokens than anybody has",
     {"parameters": 7e9, "reported_compute": 6e24}),
    ("compute-beyond-any", "warning", {"reported_compute": 2e28}, "than twenty times those of any training known",
     {"reported_compute": 5e27}),
    ("tokens-beyond-any", "error", {"parameters": 1e9, "tokens_seen": 2e14}, "more than any published model has seen",
     {"tokens_seen": 2e13}),
    ("experts-not-stated", "warning", {"model": "Some-MoE", **GPT}, "looks like a mixture of experts",
     {"active_parameters": 1e8}),
    ("experts-by-size", "warning", {"parameters": 1.8e12, "tokens_seen": 1.3e13}, "down to 3 % of them",
     {"active_parameters": 2.8e11}),
    ("unit-not-stated", "warning", {**A100, "chips": 8, "time": "3600"}, "without a unit", {"time": "3600 s"}),
    ("unit-not-stated", "warning", {**A100, "chips": 8, "time": "240 total"}, "without a unit", {"time": "240 hours"}),
    ("unit-not-stated", "warning", {**A100, "chip_time": "1.46M"}, "taken in chip-seconds",
     {"chip_time": "1.46M GPU-hours"}),
    ("number-format-assumed", "warning", {"chip": "Tesla V100", "chips": 8, "time": "1 day"}, "no number format",
     {"number_format": "fp16"}),
    ("number-format", "info", {"chip": "H100 SXM", "chips": 8, "time": "1 day"}, "", {"number_format": "bf16"}),
    ("chip-ambiguous", "info", {"chip": "V100", "chips": 8, "time": "1 day", "number_format": "fp16"}, "may also be",
     {"chip": "Tesla V100 SXM2 16GB"}),
    ("chip-word-not-understood", "warning", {"chip": "Zorg V100", "chips": 8, "time": "1 day", "number_format": "fp16"},
     "'Zorg' beside the chip's name", {"chip": "V100"}),
    ("chips-per-node", "info", {"chip": "A100 SXM 80GB", "chips": 8, "nodes": 16, "time": "1 day"}, "128 in all",
     {"nodes": 1}),
    ("chips-or-of-each-node", "warning", {"chip": "A100 SXM 80GB", "chips": 8, "nodes": 4, "time": "1 day"},
     "32 in all: the interval spans both", {"chips": 32}),
    ("chips-or-cores-of-slice", "warning", {"chip": "TPU v4-512", "chips": 512, "time": "1 day"},
     "names 512 cores, which are 256 chips", {"chips": 256}),
    ("machines-counted", "warning", {"chip": "DGX A100", "chips": 64, "time": "1 day"}, "taken to be 512 chips in all",
     {"chip": "A100 SXM 80GB"}),
    ("run-not-estimated", "warning", {"parameters": 1e9, "runs": [{"tokens_seen": 1e10}, {"time": "1 day"}]},
     "covers only the others", {"runs": [{"tokens_seen": 1e10}, {"tokens_seen": 1e9}]}),
    ("method-left-out", "info", {"parameters": 1e9, "tokens_seen": 1e11, "reported_compute": 1.2e21},
     "operation_counting gives 6e+20 FLOP, 2x apart", {"reported_compute": 6.1e20}),
]
#: Codes whose speaking another test shows: (test file, what it looks for).
ELSEWHERE = {
    "experts-or-people": "tests/test_experts_said.py",
    **dict.fromkeys(("search-not-estimated", "practice-left-out"), "tests/test_training.py"),
    **dict.fromkeys(("words-in-note", "active-in-note", "each-in-note", "one-in-note", "table-of-n-grams",
                     "size-from-note", "size-and-note", "chip-time-in-note", "passes-in-note"),
                    "tests/test_presets.py"),
    "date-order": "tests/test_dates.py", "date-in-future": "tests/test_dates.py",
    "hours-of-one-or-all": "tests/test_columns.py",
    "stated-contradicts-facts": "tests/test_consequences.py", "bound": "tests/test_reading.py",
    "fraction-under-percent": "tests/test_reading.py",
    "perhaps-in-full": "tests/test_messy_tables.py",
    "fact-under-another-key": "tests/test_reading.py",
    "chips-mixed": "tests/test_chip_mixtures.py",
    "chip-uncertain": "tests/test_checks.py", "chip-without-peak": "tests/test_checks.py",
    "method-failed": "tests/test_registry.py", "base-described-again": "tests/test_lineage.py",
    "experts-in-column": "tests/test_experts_said.py",
    "active-from-table": "tests/test_model_lookup.py", "base-from-table": "tests/test_lineage.py",
    "base-compute-scaled": "tests/test_lineage.py", "base-of-other-size": "tests/test_lineage.py",
    "base-cycle": "tests/test_lineage.py",
}


def said(facts: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {check["code"]: check for check in estimate(facts)["checks"]}


@pytest.mark.parametrize(("code", "level", "facts", "words", "right"), CASES,
                         ids=[f"{case[0]}-{place}" for place, case in enumerate(CASES)])
def test_speaks_where_it_must_and_only_there(code: str, level: str, facts: dict[str, Any], words: str,
                                             right: dict[str, Any]) -> None:
    found = said(facts)
    assert code in found
    assert found[code]["level"] == level
    assert words in found[code]["message"]
    assert code not in said(facts | right)


def test_every_check_is_tested() -> None:
    of_layouts = {code.name for layout in REGISTRY.layouts.values() for code in layout.codes}
    known = {check.code for check in REGISTRY.checks} | OF_RECORDS.keys() | of_layouts
    assert known == {case[0] for case in CASES} | ELSEWHERE.keys()
    for code, file in ELSEWHERE.items():
        assert code in (ROOT / file).read_text("utf-8")


def test_a_quote_speaks_under_a_code_that_is_known() -> None:
    known = {check.code for check in REGISTRY.checks} | OF_RECORDS.keys()
    assert {check.code for check in REGISTRY.text_checks} <= known


def test_a_code_has_one_owner() -> None:
    assert {check.code for check in REGISTRY.checks}.isdisjoint(CODES)
    known = next(iter(CODES.values()))
    with pytest.raises(ValueError, match="two kinds of findings are called 'unit-not-stated'"):
        one_owner([known, *CODES.values()])
    with pytest.raises(ValueError, match="the level of 'x' is none of error, warning, info"):
        one_owner([Code("x", "fatal", "", "")])


@pytest.mark.parametrize("code", CODES.values(), ids=CODES.keys())
def test_a_code_is_words_joined_by_hyphens_and_its_sentence_names_what_it_is_told(code: Code) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code.name)
    assert re.fullmatch(r"[A-Z].*[^.]", code.title)
    given = {name: 65 if spec == "04X" else 1.5
            for text in (code.sentence, code.expected) for _, name, spec, _ in Formatter().parse(text) if name}
    finding, fault = code.says(**given), code(**given)
    assert (finding["code"], finding["level"]) == (code.name, code.level)
    assert (fault.code, fault.what) == (code.name, finding["message"])
    assert "{}" not in fault.what + fault.expected
    if code.name in OF_RECORDS or code.name in OF_AUDITS:
        assert given
        assert finding["message"] != code.sentence


def told() -> Iterator[tuple[str, str, set[str]]]:
    """Where the code tells a kind of problem something: the place, the kind's name, and what it is told."""
    for path in sorted((ROOT / "computeest").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and re.fullmatch(r"[A-Z][A-Z0-9_]+", name):
                words = {word.arg or "" for word in node.keywords}
                yield f"{path}:{node.lineno}", name.lower().replace("_", "-"), words


def test_each_kind_of_problem_is_used_and_told_what_it_says() -> None:
    kinds = {name: code for codes in OF_INPUTS.values() for name, code in codes.items()}
    used = set()
    for place, name, words in told():
        if name in kinds:
            used.add(name)
            texts = (kinds[name].sentence, kinds[name].expected)
            assert words == {field for text in texts for _, field, _, _ in Formatter().parse(text) if field}, place
    assert kinds.keys() - used == set()


def test_problems_with_papers_carry_the_code_of_their_kind(tmp_path: Path) -> None:
    paper = tmp_path / "p.yaml"
    paper.write_text("model: x\nparametres: 1e9\nchip: A1000000\ntime: 3..2 days\nepochs: [1]\n")
    with pytest.raises(InputError) as refused:
        estimate(paper)
    assert [(one.place, one.code) for one in refused.value.problems] == [
        ("", "key-unknown"), ("time", "range-reversed"), ("epochs", "cell-not-one-value")]
    for text, code in (("chip: A1000000\nchips: 8\ntime: 1 day\nnumber_format: bf16\n", "chip-unknown"),
                       ("layers: [{conv: 1}]\nexamples: 1e6\nepochs: 1\n", "layer-needs-keys"),
                       ("family: resnett\nexamples: 1e6\nepochs: 1\n", "network-name-unknown"),
                       ("epochs: 3\n", "facts-lacking"), ("a: &b 1\n", "yaml-anchor")):
        paper.write_text(text)
        with pytest.raises(InputError) as refused:
            estimate(paper)
        assert [one.code for one in refused.value.problems] == [code]


def test_a_chip_that_cannot_train_or_is_little_known_is_said() -> None:
    facts = {"parameters": 1e9, "tokens_seen": 1e10, "chips": 8, "time": "1 day"}
    assert said({**facts, "chip": "TPU v1"})["chip-without-peak"]["level"] == "warning"
    assert said({**facts, "chip": "AMD Instinct MI455X"})["chip-uncertain"]["level"] == "warning"


def test_no_example_contradicts_itself_and_few_are_warned_of() -> None:
    papers = sorted((ROOT / "examples").glob("*.yaml"))
    true = {"base-dominates"}  # of what is tuned it says what is so
    warned = {path.stem: {c["code"] for c in estimate(path)["checks"] if c["level"] != "info"} - true
              for path in papers}
    assert sum(map(bool, warned.values())) <= len(papers) / 10, {name: codes for name, codes in warned.items() if codes}


def test_checks_run_over_columns_exactly_as_over_single_rows() -> None:
    pd = pytest.importorskip("pandas")
    rows = [facts for _, _, facts, _, _ in CASES if not any(isinstance(v, dict | list) for v in facts.values())
            and not facts.keys() & {"family", "time", "chip_time"}]
    table = annotate(pd.DataFrame(rows))
    for facts, text in zip(rows, table["checks"], strict=True):
        alone = {f"{c['code']} ({c['level']}): {c['message'].replace('; ', ', ')}" for c in estimate(facts)["checks"]}
        together = set(text.split("; ")) if isinstance(text, str) else set()
        assert together == alone


def test_a_plugin_adds_a_check(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text('''
from computeest.contract import Check, hookimpl


def huge(flop, published_year):
    """More compute than there was."""
    return (flop > 1e25) & (published_year < 2020)


@hookimpl
def computeest_checks():
    return [Check("before-its-time", "error", huge, "{flop:.0e} FLOP in {published_year:.0f}")]
''')
    paper = {"reported_compute": 2e25, "published": "2019-07-01"}
    found = pipeline.estimate(paper, plugins=[str(path)])["checks"]
    assert {"code": "before-its-time", "level": "error", "message": "2e+25 FLOP in 2019"} in found


def test_a_missing_fact_says_nothing() -> None:
    asked = Asked(pipeline.evaluated([read_paper(GPT)]))

    def speaks(check: Check) -> bool:
        names = check.test.__code__.co_varnames[:check.test.__code__.co_argcount]
        none = np.array([np.nan])
        values: dict[str, Column] = {
            name: none if (column := asked.column(name)) is None else column for name in names}
        missing = any(np.isnan(value).all() for value in values.values())
        return not missing and bool(np.any(check.test(**values)))

    assert {check.code for check in REGISTRY.checks if speaks(check)} == {
        check["code"] for check in estimate(GPT)["checks"]}


def test_an_error_leaves_no_more_than_an_order_of_magnitude() -> None:
    right = estimate({"parameters": 37e9, "active_parameters": 37e9, "tokens_seen": 1e12})
    wrong = estimate({"parameters": 37e9, "active_parameters": 38e9, "tokens_seen": 1e12})
    assert right["confidence"] != "speculative"
    assert wrong["confidence"] == "speculative"
    assert wrong["flop_low"] < wrong["flop"] / 10
    assert wrong["flop_high"] > 10 * wrong["flop"]


@pytest.mark.parametrize(("facts", "code", "factor"), [
    ({"chip": "DGX A100", "chips": 512, "time": "3 days"}, "machines-counted", 8),
    ({"chip": "V100 SXM2 32GB", "chips": 64, "time": "3 days"}, "number-format-assumed", 125 / 15.7),
    ({"chip": "MI250X", "chips": 64, "time": "3 days"}, "number-format-assumed", 383 / 47.9),
])
def test_an_interval_holds_what_its_warning_says_may_be_meant(facts: dict[str, Any], code: str, factor: float) -> None:
    record = estimate(facts)
    assert code in {check["code"] for check in record["checks"]}
    assert record["flop_low"] <= record["flop"] / factor * 1.01
    assert record["confidence"] != "confident"
    certain = estimate({**facts, "chip": "A100 SXM4 40GB", "number_format": "bf16"})
    assert certain["flop_low"] > certain["flop"] / 4


ON_A100 = {**RUN, "utilization": 0.4}


@pytest.mark.parametrize(("facts", "code", "meant"), [
    ({"parameters": 1e9, "tokens_seen": 1e6}, "samples-for-tokens", {"tokens_seen": 5.12e8}),
    ({"parameters": 1e9, "tokens": 3e6, "epochs": 10}, "samples-for-tokens", {"tokens": 1.5e9}),
    ({**GPT, "tokens_seen": {"value": 1e9, "quote": "a billion sentences"}}, "samples-for-tokens",
     {"tokens_seen": 2.5e10}),
    ({"parameters": 1e8, "epochs": 3, "tokens": {"value": "800M tokens", "quote": "800M words of text"}},
     "words-for-tokens", {"tokens": "800M words"}),
    ({"examples_seen": 1e8, "forward_flop": {"value": "1.5 GFLOP", "quote": "1.5G mult-adds"}}, "mac-for-flop",
     {"forward_flop": "3 GFLOP"}),
    ({"family": "resnet-50", "forward_flop": 4.1e9, "examples_seen": 1e8}, "mac-for-flop", {"forward_flop": 8.18e9}),
    ({"family": "resnet-50", "forward_flop": 16.4e9, "examples_seen": 1e8}, "flop-counted-twice",
     {"forward_flop": 8.18e9}),
    ({"forward_flop": 4.1e9, "forward_macs": 4.1e9, "examples_seen": 1e8}, "forward-contradicts",
     {"forward_flop": 8.2e9}),
    ({**ON_A100, "peak": "624 TFLOP/s"}, "peak-with-sparsity", {"peak": "312 TFLOP/s"}),
    ({**ON_A100, "peak": "31.2 PFLOP/s"}, "peak-contradicts-chip", {"peak": "312 TFLOP/s"}),
    ({**ON_A100, "peak": "312 GFLOP/s"}, "peak-off-by-thousand", {"peak": "312 TFLOP/s"}),
    ({"chips": 8, "time": "1 day", "utilization": 0.4, "peak": {"value": "624 TFLOP/s", "quote": "624, with sparsity"}},
     "peak-with-sparsity", {"peak": "312 TFLOP/s"}),
    ({**TPU, "chips": {"value": 64, "quote": "64 TPU v3 cores"}}, "cores-for-chips", {"chips": 32}),
    ({**ON_A100, "chips": 2048, "time": "1,022,362 hours"}, "time-unheard-of", {"time": "499 hours"}),
    ({**ON_A100, "epochs": 90, "time": {"value": "1 hour", "quote": "Each epoch takes 1 hour"}}, "time-of-one-epoch",
     {"time": "89 hours"}),
    ({**ON_A100, "ensemble": 5, "parameters": 1e8, "time": {"value": "9 hours", "quote": "9 hours per model"}},
     "time-of-one-model", {"time": "44 hours"}),
    ({"chips": 64, "parameters": 1e9, "steps": 1e5, "sequence_length": 2048, "batch_size": {
        "value": 8, "quote": "8 sequences per GPU"}}, "batch-of-one-device", {"batch_size": 504}),
    ({"chips": 64, "parameters": 1e9, "steps": 1e5, "sequence_length": 2048, "batch_size": {
        "value": 8, "quote": "a per-device batch of 8"}}, "batch-of-one-device", {"batch_size": 504}),
    ({"parameters": 1e9, "epochs": 10, "batch_tokens": 1e6, "steps": {
        "value": 1000, "quote": "1,000 steps in each epoch"}},
     "count-of-one-epoch", {"steps": 9900}),
])
def test_an_interval_reaches_what_its_check_says_is_meant(facts: dict[str, Any], code: str,
                                                          meant: dict[str, Any]) -> None:
    record, right = estimate(facts), estimate({**facts, **meant})
    assert code in {check["code"] for check in record["checks"]}
    assert record["flop_low"] < right["flop"] < record["flop_high"]
    if not 1 / 3 < right["flop"] / record["flop"] < 3:
        assert record["confidence"] != "confident"
    side, other = ("flop_high", "flop_low") if right["flop"] > record["flop"] else ("flop_low", "flop_high")
    assert abs(math.log(record[side] / record["flop"])) > abs(math.log(record[other] / record["flop"])), "one end only"
    beside = estimate({**facts, "reported_compute": right["flop"]}, prefer="reported")
    cannot_be = any(check["level"] == "error" for check in beside["checks"])
    assert cannot_be or beside["flop_high"] < 3 * beside["flop"], "nothing widens what does not rest on the fact"


@pytest.mark.parametrize("facts", [
    {"cost": "5.576M USD"}, {"cost": "672 USD"}, {"cost": "20 USD", "parameters": "124M"},
    {"cost": "100 USD", "stage": "fine-tuning", "parameters": "7B"},
    {"cost": "140 USD", "base_model": "LLaMA 7B", "parameters": "7B"},
])
def test_what_a_small_run_cost_is_not_doubted(facts: dict[str, Any]) -> None:
    record = estimate({**A100, "number_format": "bf16", "chip_price": 2, **facts})
    assert "cost-without-unit" not in {check["code"] for check in record["checks"]}


@pytest.mark.parametrize("facts", [
    {"published": 2020, "parameters": 175e9, "tokens": 300e9, "cost": "4.6M USD"},  # GPT-3, as Lambda has it
    {"published": 2022, "parameters": 176e9, "tokens": 366e9, "cost": "5M USD", "energy": "433 MWh"},  # BLOOM
    {"published": 2018, "parameters": 340e6, "tokens": 137e9, "cost": "6912 USD"},  # BERT-Large, Synced 2019
    {"published": 2025, "parameters": 671e9, "active_parameters": 37e9, "tokens": 14.8e12, "cost": "5.576M USD"},
    {"parameters": 65e9, "tokens": 1.4e12, "energy": "449 MWh"},  # LLaMA 65B, table 15
    {"published": 2023, "parameters": 7e9, "tokens": 2e7, "base_model": "LLaMA 7B", "cost": "100 USD"},  # Alpaca
    {"published": 1998, "parameters": 6e4, "tokens": 1e6, "cost": "5000 USD"},
])
def test_what_published_runs_cost_and_drew_is_not_doubted(facts: dict[str, Any]) -> None:
    assert not {"cost-against-compute", "energy-against-compute", "cost-of-hours"} & said(facts).keys()


def test_an_answer_of_which_its_cost_speaks_is_as_wide_as_it_may_be_off() -> None:
    record = estimate({"parameters": 7e9, "tokens": 2e9, "cost": "2M USD"})
    assert record["confidence"] == "speculative"
    assert record["flop_high"] > 30 * record["flop"]


def test_a_cost_in_millions_is_held() -> None:
    facts = {**A100, "number_format": "bf16", "chip_price": 2}
    bare, meant = (estimate({**facts, "cost": cost}) for cost in (5.576, "5.576M USD"))
    assert bare["flop_low"] < bare["flop"] < meant["flop"] < bare["flop_high"]


@pytest.mark.parametrize("facts", [
    {"adapters": "LoRA"}, {"trainable_parameters": "4.2M"}, {"stage": "SFT"}, {"stage": "DPO"},
    {"base_model": "Nobody's 7B"},
])
def test_tuning_sees_few_tokens_and_is_doubted_where_they_are_samples(facts: dict[str, Any]) -> None:
    """Of 52,000 examples, three times, and no base model of known compute: they were widened a thousandfold."""
    tuned = {"parameters": "6.7B", **facts}
    found = estimate({**tuned, "examples": "52k", "epochs": 3, "sequence_length": 512})
    assert "samples-for-tokens" not in {check["code"] for check in found["checks"]}
    entered = estimate({**tuned, "tokens": 52_000, "epochs": 3})
    assert "samples-for-tokens" in {check["code"] for check in entered["checks"]}
    assert entered["flop_high"] > found["flop"]
    trained = estimate({"parameters": "6.7B", "examples": "52k", "epochs": 3, "sequence_length": 512})
    assert "samples-for-tokens" in {check["code"] for check in trained["checks"]}


def test_a_doubted_number_of_a_small_run_is_no_doubt_of_the_whole() -> None:
    small = {"tokens_seen": {"value": 1e9, "quote": "a billion sentences"}}
    record = estimate({"parameters": 1e9, "runs": [{"tokens_seen": 1e12}, small]})
    assert "samples-for-tokens" in {check["code"] for check in record["checks"]}
    assert record["flop_high"] == pytest.approx(2 * record["flop"], rel=0.1), "a thousandth, a thousand times"


@pytest.mark.parametrize("quote", ["the sequence length is set to 32K", "for example, 800 billion of them"])
def test_a_quote_that_only_names_samples_says_nothing(quote: str) -> None:
    record = estimate({**GPT, "tokens_seen": {"value": 1e11, "quote": quote}})
    assert record["checks"] == []
    assert record["confidence"] == "confident"


def test_a_check_whose_other_answer_fails_says_so_and_widens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(tokens_seen: Any) -> Any:
        raise ValueError(tokens_seen.shape)

    failures: list[str] = []
    monkeypatch.setattr("computeest.records.check_columns.note_failure", failures.append)
    asked = Asked(pipeline.evaluated([read_paper({"tokens_seen": 1e9, "parameters": 1e9}),
                                      read_paper({"reported_compute": 1e20})]))
    assert not len(asked.answers(broken)[0])
    assert "the check by broken fails: ValueError: (1,)" in failures[0], "of the run that has the fact"
    rows, said = asked.answers(lambda tokens_seen: 2 * tokens_seen)
    assert (rows.tolist(), said.tolist()) == ([0], [2e9])
    assert not len(asked.answers(lambda examples: examples)[0]), "a column that is not there"


@pytest.mark.parametrize("function", [function for check in load().checks for function in (check.test, check.instead)
                                      if function is not None], ids=lambda function: str(function.__name__))
def test_our_checks_say_of_numbers_what_they_say_of_columns(function: Any) -> None:
    names = parameters_of(function)
    columns = 10.0 ** np.random.default_rng(0).uniform(-4, 26, (len(names), 500))
    columns[:, 250:] = columns[:1, 250:] * 10.0 ** np.random.default_rng(1).uniform(-1, 1, (len(names), 250))
    columns[:, ::50] = np.nan
    years = [place for place, name in enumerate(names) if name.endswith("year")]
    columns[years] = 1990 + columns[years] % 40
    with np.errstate(all="ignore"):
        of_columns = np.asarray(function(**dict(zip(names, columns, strict=True))), dtype=float)
        of_numbers = [float(function(**dict(zip(names, each, strict=True)))) for each in columns.T]
    assert of_columns.tolist() == pytest.approx(of_numbers, rel=0, abs=0, nan_ok=True)


@pytest.mark.parametrize(("sentence", "says"), [
    ("{flop:.1e} of {parameters:g}, {{flop}} {{{flop:.0e}}}", "2.0e+20 of 1e+09, {flop} {2e+20}"),
    ("{flop!s:.3}", "2.0"), ("{} parameters", None), ("{0:g} parameters", None),
    ("{tokens:g} tokens", None), ("{flop:d}", None), ("{flop", None), ("{flop.real:g}", "2e+20"),
])
def test_a_sentence_is_filled_in_by_the_names_of_its_columns(sentence: str, says: str | None,
                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    def about(flop: Any, parameters: Any) -> Any:
        return (flop > 0) & (parameters > 0)

    failures: list[str] = []
    monkeypatch.setattr("computeest.records.check_columns.note_failure", failures.append)
    asked = Asked(pipeline.evaluated([read_paper({"reported_compute": 2e20, "parameters": 1e9})]))
    check = Check("about", "info", about, sentence)
    assert asked.sentences(check, asked.marked(about)) == [sentence if says is None else says]
    assert [f"the sentence '{sentence}' of a check fails" in failure for failure in failures] == [True] * (says is None)


def test_what_checks_were_asked_holds_after_widening_of_what_is_the_same() -> None:
    results = pipeline.evaluated([read_paper({"reported_compute": 1e12, "published": "2020-01-01"})])
    before: Asked = results.asked
    assert results.columns["flop_high"] is not before.results.columns["flop_high"], "a check widens it"
    asked = Asked.of(results)
    assert asked.column("published_year") is before.column("published_year")
    for name in ("flop_high", "flop_low", "sigma"):
        assert asked.column(name) is results.columns[name]

    def wide(flop_high: Any) -> Any:
        return flop_high > 1e17

    assert not len(before.marked(wide))
    assert asked.marked(wide).tolist() == [0]
    assert Asked.of(results).marked(wide).tolist() == [0], "what was said of the narrower one does not hold"
    tokens = results.columns | {"tokens_seen": np.array([5.0])}
    others = Asked.of(replace(results, columns=tokens))
    assert others.marked(lambda tokens_seen: tokens_seen == 5).tolist() == [0]
    assert others.column("published_year") is not before.column("published_year"), "others' facts are asked again"


def test_a_factor_does_not_widen_what_rests_on_something_else() -> None:
    counted = {"parameters": 1e9, "tokens_seen": 1e11, "utilization": 0.3}
    with_chip = estimate({**counted, "reported_compute": 6e20, "chip": "DGX A100", "chips": 2, "time": "10 days"})
    assert with_chip["flop_high"] / with_chip["flop"] < 3


def test_only_what_the_answer_rests_on_is_listed_as_assumed() -> None:
    apart = {**GPT, "chip": "A100 SXM4 40GB", "chips": 1000, "time": "40 days"}
    record = estimate(apart)
    assert record["method"] == "operation_counting"
    assert "utilization" not in record["assumed"]
    assert "number_format" not in record["assumed"]
    assert record["methods"]["gpu_time"]["assumed"]["utilization"] == 0.3
    other = estimate(apart, prefer="gpu_time")
    assert set(other["assumed"]) == {"number_format", "utilization"}
    rows = annotate(pd.DataFrame([apart, {**apart, "time": "4 hours"}]))["assumed"]
    assert "utilization" not in rows[0]
    assert "utilization=0.3" in rows[1], "the same facts, and both methods taken"


def test_a_warning_that_names_a_factor_widens_by_it() -> None:
    facts = {**A100, "chips": 8, "time": "1 day"}
    above, below = (estimate({**facts, "utilization": share}) for share in (0.0201, 0.0199))
    assert above["confidence"] == "confident"
    assert below["confidence"] == "speculative"
    assert below["flop_high"] > 99 * below["flop"]


@pytest.mark.parametrize(("day", "year"), [
    ("2020-01-01", 2020.0), ("2020-07-02", 2020.5), ("2021-07-02", 2021 + 182 / 365), ("2023-12-31", 2024 - 1 / 365),
])
def test_a_day_as_a_year_with_its_fraction(day: str, year: float) -> None:
    assert decimal_year(datetime.date.fromisoformat(day)) == pytest.approx(year, abs=1e-9)


def test_a_number_that_is_only_the_base_models_says_so_and_no_number_says_nothing() -> None:
    pd = pytest.importorskip("pandas")
    found = annotate(pd.DataFrame([{"model": "A", "base_compute": "1e22"}, {"model": "B"},
                                   {"model": "C", "parameters": 1e9, "tokens": 1e10}]))
    assert ["run-not-estimated" in str(said) for said in found["checks"]] == [True, False, False]


def test_a_rounded_total_contradicts_no_count() -> None:
    """138M is what papers print of VGG-16's 138.4M, 25M of ResNet-50's 25.6M."""
    for paper in ({"family": "vgg", "architecture": {"depth": 16}, "parameters": "138M"},
                  {"family": "resnet", "architecture": {"depth": 50}, "parameters": "25M"}):
        record = estimate({"model": "N", "examples": 1.28e6, "epochs": 90, **paper})
        assert [check for check in record["checks"] if check["level"] == "error"] == []
        assert record["confidence"] == "confident"


def test_where_checks_of_misreadings_begin() -> None:
    """A chip of one core has as many cores as chips; methods exactly 500 times apart are not yet a thousand."""
    misreadings = pytest.importorskip("computeest_plugins.checks.misreadings")
    assert misreadings.cores_for_chips(2.0, 1.0, 0.5)
    assert not misreadings.cores_for_chips(1.0, 1.0, 1.0)
    assert not misreadings.a_thousand_apart(500.0)
    assert misreadings.a_thousand_apart(501.0)


def _marks(code: str, quote: str) -> bool:
    check = next(check for check in load().text_checks if check.code == code)
    return bool(check.says.search(quote)) and not (check.unless and check.unless.search(quote))


@pytest.mark.parametrize(("code", "quote"), [
    ("time-of-one-epoch", "one epoch takes about 40 minutes"), ("time-of-one-epoch", "40 min/epoch"),
    ("time-of-one-epoch", "the per-epoch time is 40 min"), ("time-of-one-epoch", "a single pass takes 2 hours"),
    ("time-of-one-epoch", "it takes 40 minutes to complete an epoch"), ("time-of-one-epoch", "40 minutes an epoch"),
    ("time-of-one-epoch", "an epoch over the entire training set takes 3 h"),
    ("time-of-one-epoch", "Epoch time: 40 min"), ("time-of-one-step", "an iteration takes 0.3 s"),
    ("time-of-one-step", "step time of 0.3 s"), ("time-of-one-model", "one fold takes 2 hours"),
])
def test_a_quote_of_one_is_seen_however_it_is_said(code: str, quote: str) -> None:
    assert _marks(code, quote)


@pytest.mark.parametrize(("code", "quote"), [
    ("time-of-one-epoch", "we trained for one epoch, which took 40 hours"),
    ("time-of-one-epoch", "We train for one epoch (40 hours) on 8 GPUs"),
    ("time-of-one-epoch", "90 epochs take 3 days in total"), ("time-of-one-epoch", "a full training run took 3 days"),
    ("time-of-one-step", "300K steps (3.5 days)"), ("time-of-one-model", "One model was trained for 3 days"),
])
def test_a_quote_of_the_whole_is_none_of_one(code: str, quote: str) -> None:
    assert not _marks(code, quote)


def test_what_one_is_multiplied_by_is_what_one_run_of_twenty_exceeds() -> None:
    """The reach of a quote of one device or epoch, held against the runs that state how many they had."""
    from computeest_plugins.checks import quotes

    with (Path(__file__).parent / "golden" / "epoch_2025.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    chips = [float(row["chips"]) for row in rows if row["chips"] and float(row["chips"]) > 1]
    epochs = [float(row["epochs"]) for row in rows if row["epochs"]]
    assert np.quantile(chips, 0.95) == pytest.approx(quotes._DEVICES, rel=0.1)
    assert np.quantile(epochs, 0.95) == pytest.approx(quotes._EPOCHS, rel=0.1)


def test_a_pass_of_a_network_of_images_is_doubted_by_its_name_as_by_its_field() -> None:
    record = estimate({"model": "ResNet-50", "forward_flop": "3.8 GFLOP", "examples": "1.28M", "epochs": 90})
    assert "flop-may-be-mac" in {check["code"] for check in record["checks"]}
    assert record["flop_high"] > 2.8e18
    for name in ("BERT", "Restless", "Digital Net"):
        said_ = said({"model": name, "forward_flop": "3.8 GFLOP", "examples": "1.28M", "epochs": 90})
        assert "flop-may-be-mac" not in said_
