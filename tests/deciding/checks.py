"""What the checks of plugins decide by."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from computeest import estimate
from computeest.registry import load
from deciding.kinds import Amount, Limit, Number

Column = dict[str, float]
TESTS = {check.code: check.test for check in load().checks}


def speaks(code: str, **columns: float) -> bool:
    """Whether a check marks one row with these columns."""
    return bool(np.asarray(TESTS[code](**{name: np.array([value]) for name, value in columns.items()}))[0])


def up(where: str, code: str, at: float, columns: Callable[[float], Column], why: str,
       of: tuple[Number, ...] = ()) -> Limit:
    """A check that speaks above a value."""
    return Limit(where, at, lambda x: speaks(code, **columns(x)), False, True, f"{code}: {why}", of)


def down(where: str, code: str, at: float, columns: Callable[[float], Column], why: str,
         of: tuple[Number, ...] = ()) -> Limit:
    """A check that speaks below a value."""
    return Limit(where, at, lambda x: speaks(code, **columns(x)), True, False, f"{code}: {why}", of)


def near(where: str, code: str, at: float, factor: float, columns: Callable[[float], Column], why: str,
         of: tuple[Number, ...] = ()) -> Iterator[Limit]:
    """A check that speaks within a factor of a value."""
    of = of or (at, factor)
    yield up(where, code, at / factor, columns, why, of)
    yield down(where, code, at * factor, columns, why, of)


def reached(doubted: dict[str, Any], plain: dict[str, Any], end: str = "flop_high") -> float:
    """The factor by which an end of the interval reaches further where a check speaks."""
    wide, own = (abs(math.log(record[end] / record["flop"])) for record in (estimate(doubted), estimate(plain)))
    return math.exp(math.sqrt(wide**2 - own**2))


def quoted(column: str, value: Any, quote: str, end: str, **facts: Any) -> float:
    """The same of a quote that speaks against its number."""
    return reached({**facts, column: {"value": value, "quote": quote}}, {**facts, column: value}, end)


def few_tokens(**facts: Any) -> bool:
    """Whether a network with these facts is said to have seen too few tokens."""
    found = estimate({"parameters": 1e9, "tokens": 1e7, **facts})["checks"]
    return "samples-for-tokens" in {check["code"] for check in found}


PLAUSIBLE, MISREAD = "plugins/checks/plausibility.py", "plugins/checks/misreadings.py"
UNITS, FROM_NOTHING = "plugins/checks/missing_units.py", {"flop": 1e20, "own_flop": 1e20}
QUOTED = "plugins/checks/quotes.py: computeest_text_checks"
BOTH = {"parameters": 1e9, "tokens_seen": 1e10}
PAID = {"cost": 1.0, "tunes": 0.0}
ON_TPU = {"chip": "TPU v3", "time": "10 days", "utilization": 0.4}

HELD: list[Limit | Amount] = [
    down(f"{MISREAD}: _FEWEST_FLOP", "compute-without-unit", 1e9,
         lambda x: {"reported_compute": x, "published_year": 2020.0},
         "the least of Epoch AI's database is 40 times that"),
    down(f"{MISREAD}: less_than_any_today", "compute-without-unit", 2000,
         lambda x: {"reported_compute": 1e6, "published_year": 4000 - x}, "networks of 1957 took 1e6 FLOP"),
    up(f"{PLAUSIBLE}: above_one", "utilization-above-one", 1, lambda x: {"utilization_implied": x},
       "more than the chips can do is impossible"),
    down(f"{PLAUSIBLE}: in_percent", "utilization-in-percent", 0.02, lambda x: {"stated_share": x},
         "no run is known that stated less"),
    down(f"{PLAUSIBLE}: goodput_in_percent", "goodput-in-percent", 0.02, lambda x: {"goodput": x},
         "no run is known that stated less"),
    up(f"{PLAUSIBLE}: _MOST_OF_IT", "cost-against-compute", 12 * 3e17,
       lambda x: PAID | {"own_flop": x, "published_year": 2023.0}, "no row has so much for a dollar", (12,)),
    down(f"{PLAUSIBLE}: _MOST_OF_IT", "cost-against-compute", 0.01 * 3e17,
         lambda x: PAID | {"own_flop": x, "published_year": 2023.0}, "no row has so little for a dollar", (0.01,)),
    up(f"{PLAUSIBLE}: _FLOP_OF_A_DOLLAR", "cost-against-compute", 12 * 6e17,
       lambda x: PAID | {"own_flop": x, "published_year": 2025.1}, "an A100 of 2023, doubled in 2.1 years",
       (3e17, 2023, 2.1)),
    down(f"{PLAUSIBLE}: _FIRST_YEAR", "cost-against-compute", 0.01 * 3e17 * 2 ** (-11 / 2.1),
         lambda x: PAID | {"own_flop": x}, "of unknown date, as little as when deep learning began", (2012,)),
    up(f"{PLAUSIBLE}: _FIRST_YEAR", "cost-against-compute", 12 * 3e17 * 2 ** (4 / 2.1),
       lambda x: PAID | {"own_flop": x}, "of unknown date, as much as now", (2027,)),
    up(f"{PLAUSIBLE}: _MOST_OF_A_JOULE", "energy-against-compute", 5e12,
       lambda x: {"own_flop": x, "energy": 1.0, "tunes": 0.0}, "more than twice what a B200 in fp8 may do"),
    down(f"{PLAUSIBLE}: _MOST_OF_A_JOULE", "energy-against-compute", 1e9,
         lambda x: {"own_flop": x, "energy": 1.0, "tunes": 0.0}, "half of a K20 at a tenth of its peak", (1e9,)),
    up(f"{PLAUSIBLE}: _MOST_OF_AN_HOUR", "cost-of-hours", 25.0, lambda x: {"cost": x, "chip_time": 3600.0},
       "twice the list price of an H100 of AWS in 2023"),
    down(f"{PLAUSIBLE}: _MOST_OF_AN_HOUR", "cost-of-hours", 0.01, lambda x: {"cost": x, "chip_time": 3600.0},
         "a desktop's card, owned for three years", (0.01,)),
    down(f"{PLAUSIBLE}: _LEAST_SHARE", "depth-share-in-percent", 0.02, lambda x: {"depth_share": x},
         "mixtures of depths let an eighth of the tokens into every other layer (Raposo et al. 2024)"),
    up(f"{PLAUSIBLE}: _MOST_OF_RATED", "power-of-several", 4.0,
       lambda x: {"power_per_chip": 100 * x, "chip_power": 100.0}, "twice the share of a node"),
    down(f"{PLAUSIBLE}: _HALF_A_CHIP", "less-than-a-chip", 0.5, lambda x: {"chips": x}, "one GPU of a card of two"),
    Amount(f"{PLAUSIBLE}: _HALF_A_CHIP", 1000.0, lambda: reached(
        {"chip": "A100 SXM 80GB", "number_format": "bf16", "time": "1 day", "chips": 0.4},
        {"chip": "A100 SXM 80GB", "number_format": "bf16", "time": "1 day", "chips": 4}),
        "chips in thousands"),
    down(f"{PLAUSIBLE}: rate_of_another_prefix", "rate-very-low", 0.02, lambda x: {"achieved_share": x},
         "no run is known that stated less"),
    up(f"{PLAUSIBLE}: hardware_rate_above_peak", "achieved-hardware-above-peak", 3.12e14,
       lambda x: {"achieved_hardware_rate": x, "peak": 3.12e14}, "no chip does more than its peak", (1,)),
    up(f"{PLAUSIBLE}: busy_share", "utilization-stated-high", 0.75, lambda x: {"stated_share": x},
       "no published run states more, of steps or of all hours"),
    up(f"{PLAUSIBLE}: above_best", "utilization-unheard-of", 0.75, lambda x: {"utilization_implied": x},
       "no published run achieved more over all its time"),
    down(f"{PLAUSIBLE}: above_best", "utilization-unheard-of", 1, lambda x: {"utilization_implied": x},
         "beyond that utilization-above-one speaks"),
    up(f"{PLAUSIBLE}: rate_above_peak", "achieved-above-peak", 3.12e14,
       lambda x: {"achieved_rate": x, "peak": 3.12e14}, "no chip does more than its peak", (1,)),
    down(f"{PLAUSIBLE}: far_below", "utilization-very-low", 0.01, lambda x: {"utilization_implied": x},
         "few runs that were published for themselves use less than a hundredth of their chips"),
    up(f"{PLAUSIBLE}: longer_than_any", "time-unheard-of", 3 * 365.25 * 86400, lambda x: {"time": x},
       "no published run took three years", (3, 365.25, 86400)),
    up(f"{PLAUSIBLE}: methods_disagree", "methods-disagree", 3, lambda x: {"agreement": x},
       "where reconciling stops averaging: combine.APART"),
    up(f"{PLAUSIBLE}: chip_too_new", "chip-newer-than-model", 0.1,
       lambda x: {"announced_year": 2020 + x, "published_year": 2020},
       "five weeks, by which dates of papers and of chips may be off"),
    down(f"{PLAUSIBLE}: fewer_tokens_than_parameters", "samples-for-tokens", 0.1,
         lambda x: {"tokens_seen": x * 1e9, "active_parameters": 1e9, "flop": 1e20, "own_flop": 1e20, "tunes": 0},
         "language models see at least a token for ten parameters, most twenty for one"),
    down(f"{PLAUSIBLE}: _LEAST_TO_TUNE", "samples-for-tokens", 5e-5,
         lambda x: {"tokens_seen": x * 1e9, "active_parameters": 1e9, "flop": 1e20, "own_flop": 1e20, "tunes": 1},
         "LIMA's tuning, on fewer tokens than most, saw one for 6,000 parameters"),
    Limit("computeest/records/check_columns.py: _FEW_TRAINED", 0.5, lambda x: few_tokens(trainable_parameters=x * 1e9),
          False, True, "most of a network is not frozen that starts from nothing", by=1e-3),
    down(f"{PLAUSIBLE}: fewer_tokens_than_parameters", "samples-for-tokens", 1.001,
         lambda x: {"tokens_seen": 1e7, "active_parameters": 1e9, "flop": x * 1e20, "own_flop": 1e20, "tunes": 0},
         "fine-tuning sees little: a base model's compute in the answer excuses it", (1.001,)),
    up(f"{PLAUSIBLE}: before_their_time", "parameters-before-their-time", 1.2e9,
       lambda x: {"parameters": x, "published_year": 2010.0}, "the largest network before 2012 had 1e9 connections"),
    Limit(f"{PLAUSIBLE}: before_their_time", 2012,
          lambda x: speaks("parameters-before-their-time", parameters=1e11, published_year=x), True, False,
          "parameters-before-their-time: n-gram models of that size ended with the networks of 2012", by=1e-4),
    up(f"{PLAUSIBLE}: more_tokens_than_anybody", "tokens-beyond-any", 1e14, lambda x: {"tokens_seen": x},
       "the largest published corpora of 2025 are below 5e13 tokens"),
    up(f"{PLAUSIBLE}: _MOST_PASSES", "compute-beyond-size", 3e14,
       lambda x: {"own_flop": 6e9 * x, "parameters": 1e9}, "three times the most tokens that pass for a corpus",
       (3e14, (f"{PLAUSIBLE}: more_than_any_corpus", 6))),
    up(f"{PLAUSIBLE}: _MOST_PASSES", "compute-beyond-size", 1e9, lambda x: {"own_flop": 1e25, "parameters": x},
       "AlphaGo Zero, of 4.6e7 parameters, took 3e23 FLOP (Epoch AI): small networks see games and images"),
    up(f"{PLAUSIBLE}: more_than_any_training", "compute-beyond-any", 1e28, lambda x: {"own_flop": x},
       "the largest training known took 5e26 FLOP (Grok 4; Epoch AI 2025)"),
    down(f"{PLAUSIBLE}: share_active", "experts-not-stated", 1, lambda x: {"active_share": x},
         "a share of 1 is a dense model"),
    up(f"{PLAUSIBLE}: more_active_than_all", "more-active-than-all", 1.001,
       lambda x: {"active_parameters": x * 1e9, "parameters": 1e9}, "a part is no more than the whole, rounding apart"),
    up(f"{PLAUSIBLE}: more_trained_than_all", "more-trained-than-all", 1.001,
       lambda x: {"trainable_parameters": x * 1e9, "parameters": 1e9}, "likewise"),
    *near(f"{MISREAD}: words_for_tokens", "words-for-tokens", 4 / 3, 1.06,
          lambda x: {"flop_by_reported": x * 1e20, "flop_by_operation_counting": 1e20, "tokens": 1e9,
                     "published_year": 2015.0}, "three words are four tokens; figures are rounded to two digits",
          (4, 3, (f"{MISREAD}: _near", 1.06))),
    Limit(f"{MISREAD}: words_for_tokens", 2018, lambda x: speaks(
        "words-for-tokens", flop_by_reported=4e20, flop_by_operation_counting=3e20, tokens=1e9, published_year=x),
        True, False, "words-for-tokens: since GPT and BERT corpora are counted in subword tokens", by=1e-4),
    *near(f"{MISREAD}: recomputation", "recomputation-counted", 4 / 3, 1.03,
          lambda x: {"flop_by_reported": x * 1e20, "flop_by_operation_counting": 1e20},
          "a forward pass computed again makes 4 passes of 3", (4, 3, 1.03)),
    *near(f"{MISREAD}: reported_macs", "reported-in-mac", 0.5, 1.03,
          lambda x: {"flop_by_reported": x * 1e20, "flop_by_operation_counting": 1e20}, "a multiply-add is two FLOP"),
    *near(f"{MISREAD}: forward_macs_given", "mac-for-flop", 0.5, 1.15,
          lambda x: {"forward_flop": x * 1e9, "counted_forward_flop": 1e9},
          "likewise; counters differ by a tenth over what they leave out"),
    *near(f"{MISREAD}: forward_doubled", "flop-counted-twice", 2.0, 1.15,
          lambda x: {"forward_flop": x * 1e9, "counted_forward_flop": 1e9}, "likewise"),
    up(f"{MISREAD}: other_network", "network-contradicted", 1.5,
       lambda x: {"parameters": x * 1e8, "counted_parameters": 1e8}, "what counts of one network differ by is less"),
    down(f"{MISREAD}: other_network", "network-contradicted", 1 / 1.5,
         lambda x: {"parameters": x * 1e8, "counted_parameters": 1e8}, "likewise", (1.5,)),
    down(f"{MISREAD}: less_than_an_epoch", "less-than-an-epoch", 6,
         lambda x: {"reported_compute": x * 1e14, "parameters": 1e8, "examples": 1e6},
         "two FLOP forward and four backward for each parameter and example"),
    down(f"{PLAUSIBLE}: _LEAST_ACTIVE", "fewer-active-than-any", 0.005,
         lambda x: {"active_parameters": x * 1e10, "parameters": 1e10}, "mixtures use 3 % or more, Switch-C apart"),
    down(f"{PLAUSIBLE}: _LEAST_ACTIVE_OF_LARGEST", "fewer-active-than-any", 3e-4,
         lambda x: {"active_parameters": x * 1.6e12, "parameters": 1.6e12}, "Switch-C uses 0.1 %"),
    up(f"{PLAUSIBLE}: _LARGEST_DENSE", "experts-by-size", 6e11, lambda x: {"parameters": x, "active_share": 1.0},
       "the largest dense network published has 540e9 parameters"),
    down(f"{MISREAD}: _FEWEST_LATELY", "compute-below-any", 1e13,
         lambda x: {"reported_compute": x, "published_year": 2020.0},
         "the least of Epoch AI's notable models since 2010 is 35 times that"),
    down(f"{MISREAD}: _FEWEST_LATELY", "compute-below-any", 2010,
         lambda x: {"reported_compute": 1e12, "published_year": 4020 - x}, "earlier networks took as little"),
    up(f"{MISREAD}: _MOST_SEQUENCES", "batch-of-tokens", 65536.0,
       lambda x: {"batch_size": x, "sequence_length": 512.0}, "the largest batch of texts known is of so many"),
    up(f"{MISREAD}: _MOST_SEQUENCES", "batch-of-tokens", 128.0,
       lambda x: {"batch_size": 1e6, "sequence_length": x * 1.0001}, "captions of CLIP have 77 tokens"),
    up(f"{MISREAD}: _MOST_TEXTS", "examples-of-tokens", 1e9,
       lambda x: {"examples": x, "tokens_of_a_text": 2048.0}, "no corpus that is counted has so many documents"),
    down(f"{MISREAD}: less_than_any_training", "compute-of-one-example", 6e4,
         lambda x: {"reported_compute": x * 1e8, "parameters": 1e8},
         "likewise, and networks are trained on more than ten thousand examples",
         (6, (f"{MISREAD}: _FEWEST_EXAMPLES", 1e4))),
    up(f"{MISREAD}: total_parameters", "total-parameters", 2.5,
       lambda x: {"flop_by_operation_counting": x * 1e24, "own_flop": 1e24, "active_parameters": 1e12,
                  "parameters": 1e12}, "mixtures of experts use 3 to 15 % of their parameters for a token"),
    up(f"{MISREAD}: total_parameters", "total-parameters", 0.999,
       lambda x: {"flop_by_operation_counting": 9e24, "own_flop": 1e24, "active_parameters": x * 1e12,
                  "parameters": 1e12}, "where active parameters are given they are what is counted"),
    up(f"{MISREAD}: total_parameters", "total-parameters", 1e10,
       lambda x: {"flop_by_operation_counting": 9e24, "own_flop": 1e24, "active_parameters": x, "parameters": x},
       "smaller mixtures are rare"),
    *near(f"{MISREAD}: sparse_peak", "peak-with-sparsity", 2.0, 1.06,
          lambda x: {"peak": x * 3e14, "chip_peak": 3e14}, "2:4 sparsity doubles the rate",
          ((f"{MISREAD}: _near", 1.06),)),
    up(f"{MISREAD}: _MOST_BACKWARD", "backward-of-all", 2.05, lambda x: {"backward_ratio": x},
       "two, where all is trained; part of it where some is frozen"),
    Limit(f"{MISREAD}: forward_of_training", 6 * 1.001, lambda x: speaks("forward-of-training", flop_per_parameter=x),
          True, False, "exactly the six of both passes", (6, 1.001), 1e-4),
    Amount(f"{MISREAD}: if_backward_is_twice", 4 / 3, lambda: reached(
        BOTH | {"backward_ratio": 3}, BOTH | {"backward_ratio": 2}, "flop_low"), "three passes in all", (3,)),
    Amount(f"{MISREAD}: if_forward_alone", 3.0, lambda: reached(
        BOTH | {"flop_per_parameter": 6}, BOTH | {"flop_per_parameter": 5}, "flop_low"), "a multiply-add each", (2,)),
    Amount("plugins/checks/quotes.py: _OF_A_NUMBER", 3 * 224 * 224 / 197, lambda: reached(
        {"reported_compute": {"value": "1e20 FLOP", "quote": "total_flos"}}, {"reported_compute": "1e20 FLOP"},
        "flop_low"), "the tokens of an image of ViT-B/16, over its numbers", (197, 3, 224)),
    up(f"{MISREAD}: other_peak", "peak-contradicts-chip", 2.2, lambda x: {"peak": x * 1e13, "chip_peak": 1e13},
       "beyond the peak with sparsity: of a format of fewer bits, with sparsity, or of a node of several chips"),
    down(f"{MISREAD}: other_peak", "peak-contradicts-chip", 300, lambda x: {"peak": x * 1e13, "chip_peak": 1e13},
         "beyond that peak-off-by-thousand speaks"),
    down(f"{MISREAD}: other_peak", "peak-contradicts-chip", 1 / 70, lambda x: {"peak": x * 1e15, "chip_peak": 1e15},
         "slower than any format that anybody trains in", (70,)),
    up(f"{MISREAD}: other_peak", "peak-contradicts-chip", 1 / 300, lambda x: {"peak": x * 1e15, "chip_peak": 1e15},
       "beyond that peak-off-by-thousand speaks", (300,)),
    up(f"{MISREAD}: peak_unit", "peak-off-by-thousand", 300, lambda x: {"peak": x * 1e13, "chip_peak": 1e13},
       "a thousand, and what formats differ by"),
    down(f"{MISREAD}: peak_unit", "peak-off-by-thousand", 1 / 300, lambda x: {"peak": x * 1e15, "chip_peak": 1e15},
         "likewise", (300,)),
    *near(f"{MISREAD}: cores_for_chips", "cores-for-chips", 1.0, 1.25,
          lambda x: {"wall_chip_time": 1e6, "chip_time": x * 5e5, "chips_per_core": 0.5},
          "hours are rounded, and some are lost"),
    down(f"{MISREAD}: cores_for_chips", "cores-for-chips", 1,
         lambda x: {"wall_chip_time": 1e6, "chip_time": x * 1e6, "chips_per_core": x}, "a chip of one core is a chip"),
    up(f"{MISREAD}: accelerator_time", "accelerator-time-mismatch", 1.2,
       lambda x: {"wall_chip_time": 1e6, "chip_time": x * 1e6}, "chips cannot work for longer than the run took"),
    down(f"{MISREAD}: accelerator_time", "accelerator-time-mismatch", 0.6,
         lambda x: {"wall_chip_time": 1e6, "chip_time": x * 1e6}, "time that is in no chip-hours is seldom two fifths"),
    *(limit for code, used, otherwise in (
        ("tokens-contradict", "tokens_seen", "tokens_seen_otherwise"),
        ("examples-contradict", "examples_seen", "examples_seen_otherwise")) for limit in (
        up(f"{MISREAD}: _far", code, 1.5, lambda x, u=used, o=otherwise: {u: 1e9, o: x * 1e9},
           "rounded counts of one run differ by less"),
        down(f"{MISREAD}: _far", code, 1 / 1.5, lambda x, u=used, o=otherwise: {u: 1e9, o: x * 1e9}, "likewise",
             (1.5,)))),
    up(f"{MISREAD}: _far", "forward-contradicts", 1.5, lambda x: {"forward_flop": 2e9, "forward_macs": x * 1e9},
       "two FLOP for each multiply-add"),
    down(f"{MISREAD}: _far", "forward-contradicts", 1 / 1.5, lambda x: {"forward_flop": 2e9, "forward_macs": x * 1e9},
         "likewise", (1.5,)),
    *(limit for low, high, code, more in (
        (0.5, 0.82, "step-utilization", {"stated_utilization": 0.4, "chip_time": 1e9}),
        (0.5, 0.9, "achieved-rate-recomputes", {"achieved_rate": 1e14})) for limit in (
        up(f"{MISREAD}: {'step_utilization' if high == 0.82 else 'recomputed'}", code, low,
           lambda x, m=more: {"flop_by_operation_counting": x * 1e22, "flop_by_gpu_time": 1e22, **m},
           "less than half has another cause"),
        down(f"{MISREAD}: {'step_utilization' if high == 0.82 else 'recomputed'}", code, high,
             lambda x, m=more: {"flop_by_operation_counting": x * 1e22, "flop_by_gpu_time": 1e22, **m},
             "stated step utilization is 1.33 times the run's, quartiles 1.24 to 1.42" if high == 0.82 else
             "a forward pass computed again makes 4 passes of 3; rounding hides less than a tenth"))),
    up(f"{MISREAD}: _LARGE_RUN", "step-utilization", 256 * 10 * 86400.0,
       lambda x: {"flop_by_operation_counting": 7e21, "flop_by_gpu_time": 1e22, "stated_utilization": 0.4,
                  "chip_time": x}, "restarts of fewer chips are no noticeable part", (256, 10, 86400.0)),
    up(f"{MISREAD}: step_utilization", "step-utilization", 0.25,
       lambda x: {"flop_by_operation_counting": 7e21, "flop_by_gpu_time": 1e22, "stated_utilization": x,
                  "chip_time": 1e9},
                  "averages over whole runs have a median of 0.26, so a higher one is mostly of a step"),
    up(f"{MISREAD}: attention_from_size", "attention-from-size", 16383.5,
       lambda x: {"sequence_length": round(x), "flop_per_parameter": 3.4},
       "from there on attention is a third and more of a model of 7e9 parameters", (16384,)),
    up(f"{MISREAD}: attention_from_size", "attention-from-size", 2,
       lambda x: {"sequence_length": 65536, "flop_per_parameter": x}, "without attention a parameter has two"),
    up(f"{MISREAD}: other_name", "parameters-against-name", 1.5,
       lambda x: {"parameters": x * 1e9, "active_parameters": x * 1e9, "named_parameters": 1e9},
       "names are rounded: readings.OTHER_SIZE"),
    down(f"{MISREAD}: other_name", "parameters-against-name", 1 / 1.5,
         lambda x: {"parameters": x * 1e9, "active_parameters": x * 1e9, "named_parameters": 1e9}, "likewise", (1.5,)),
    up(f"{MISREAD}: other_name", "parameters-against-name", 0.999,
       lambda x: {"parameters": 1e10, "active_parameters": x * 1e10, "named_parameters": 1e9},
       "a mixture of experts may be called by the size of one"),
    up(f"{MISREAD}: epochs_blank", "epochs-not-stated", 10,
       lambda x: {"assumed_epochs": 1, "assumed_epochs_high": x},
       "small and early corpora may have 25 to 60 passes, others 4"),
    up(f"{MISREAD}: ensemble_counted", "ensemble", 1, lambda x: {"ensemble": x}, "one model is no ensemble"),
    up(f"{MISREAD}: reported_contradicted", "reported-contradicted", 3,
       lambda x: {"flop_by_reported": x * 1e20, "flop_of_facts": 1e20}, "where averaging stops: combine.APART"),
    down(f"{MISREAD}: reported_contradicted", "reported-contradicted", 1 / 3,
         lambda x: {"flop_by_reported": x * 1e20, "flop_of_facts": 1e20}, "likewise", (3,)),
    up(f"{MISREAD}: reported_impossible", "reported-impossible", 1e22,
       lambda x: {"flop_by_reported": x, "capacity": 1e22}, "more than the chips can do is impossible", (1,)),
    *(limit for low, high in ((500, 2000), (5e5, 2e6)) for limit in (
        up(f"{MISREAD}: a_thousand_apart", "unit-off-by-thousand", low, lambda x: {"agreement": x},
           "a thousand (a million), and a factor of two"),
        down(f"{MISREAD}: a_thousand_apart", "unit-off-by-thousand", high, lambda x: {"agreement": x}, "likewise"))),
    down(f"{UNITS}: _FEWEST_PARAMETERS", "parameters-without-unit", 2000,
         lambda x: {"active_parameters": x, "tokens_seen": 1e9}, "no network that reads so much has so few, and few "
         "have more than 2,000e9"),
    up(f"{UNITS}: _A_CORPUS", "parameters-without-unit", 1e8,
       lambda x: {"active_parameters": 175, "tokens_seen": x}, "a toy may have a handful of parameters"),
    down(f"{UNITS}: both_units", "units-missing", 2000,
         lambda x: {"active_parameters": 17, "tokens_seen": 100, "published_year": 4000 - x}, "ADALINE had 17 weights"),
    down(f"{UNITS}: _FEWEST_TOKENS", "tokens-without-unit", 1e5,
         lambda x: {"tokens_seen": x, "active_parameters": 7e9, **FROM_NOTHING}, "1,000 conversations have 750,000"),
    up(f"{UNITS}: _PARAMETERS_OF_A_NETWORK", "tokens-without-unit", 1e6,
       lambda x: {"tokens_seen": 15, "active_parameters": x, **FROM_NOTHING}, "a toy may read a page"),
    down(f"{UNITS}: _from_nothing", "tokens-without-unit", 1.001,
         lambda x: {"tokens_seen": 15, "active_parameters": 7e9, "flop": x * 1e20, "own_flop": 1e20},
         "what starts from other weights may read little"),
    down(f"{UNITS}: _FEWEST_EXAMPLES", "examples-without-unit", 1e4,
         lambda x: {"examples_seen": x, "forward_flop": 1e9, **FROM_NOTHING}, "17,000 are seen 850 times"),
    up(f"{UNITS}: _OF_A_NETWORK", "examples-without-unit", 1e7,
       lambda x: {"examples_seen": 115, "forward_flop": x, **FROM_NOTHING}, "LeNet-5 takes 7e5"),
    down(f"{UNITS}: _FEWEST_OPERATIONS", "operations-without-unit", 2000,
         lambda x: {"forward_flop": x, "examples_seen": 1e8, "published_year": 2020}, "LeNet-5 takes 7e5"),
    up(f"{UNITS}: _MANY_EXAMPLES", "operations-without-unit", 1e5,
       lambda x: {"forward_flop": 8.2, "examples_seen": x, "published_year": 2020}, "a toy sees few"),
    down(f"{UNITS}: operations_unit", "operations-without-unit", 2000,
         lambda x: {"forward_flop": 32, "examples_seen": 5e5, "published_year": 4000 - x}, "ADALINE had 17 weights"),
    down(f"{UNITS}: _FEWEST_STEPS", "steps-without-unit", 100,
         lambda x: {"steps": x, "active_parameters": 7e9, **FROM_NOTHING}, "the largest batches took 3,500"),
    down(f"{UNITS}: _LEAST_COST", "cost-without-unit", 500,
         lambda x: {"cost": x, "tunes": 0, "parameters": 7e9, **FROM_NOTHING}, "GPT-2 took 672 dollars"),
    Amount(f"{UNITS}: _MILLIONS", 1e6, lambda: reached({**ON_TPU, "time": None, "chip_price": 2, "cost": 5}, {
        **ON_TPU, "time": None, "chip_price": 2, "cost": 5e6}), "costs are stated in millions"),
    down(f"{UNITS}: _SHORTEST_TEXT", "length-without-unit", 32,
         lambda x: {"sequence_length": x, "active_parameters": 7e9, "batch_size": 1, "steps": 1, "tokens_seen": x},
         "the first had 35"),
    up(f"{UNITS}: _A_LANGUAGE_MODEL", "length-without-unit", 1e9,
       lambda x: {"sequence_length": 4, "active_parameters": x, "batch_size": 1, "steps": 1, "tokens_seen": 4},
       "smaller networks may read series of a few values"),
    *(limit for limit in (
        up(f"{UNITS}: length_unit", "length-without-unit", 0.99,
           lambda x: {"sequence_length": 4, "active_parameters": 7e9, "batch_size": 1, "steps": 1,
                      "tokens_seen": 4 * x},
           "tokens that are stated do not hang on the length", (0.99, 1.01)),
        down(f"{UNITS}: length_unit", "length-without-unit", 1.01,
             lambda x: {"sequence_length": 4, "active_parameters": 7e9, "batch_size": 1, "steps": 1,
                        "tokens_seen": 4 * x}, "likewise", (0.99, 1.01)))),
    Amount(f"{PLAUSIBLE}: _OF_A_SAMPLE", 1000.0, lambda: reached({"parameters": 1e9, "tokens_seen": 0.99e8},
                                                                {"parameters": 1e9, "tokens_seen": 1.01e8}),
           "a sample of text is a sequence of up to 512 to 2,048 tokens"),
    Amount(f"{PLAUSIBLE}: _PASSES_OF_AN_IMAGE", 3400.0, lambda: reached(
        {"domain": "Vision", "parameters": 1e6, "tokens_seen": 0.99e10},
        {"domain": "Vision", "parameters": 1e6, "tokens_seen": 1.01e10}),
           "one network of images in twenty has more FLOP for each two of its parameters"),
    up(f"{PLAUSIBLE}: _MOST_IMAGES", "tokens-of-images", 1e10, lambda x: {"tokens_of_maps": 2e10 - x},
       "no data set has so many images"),
    Amount(QUOTED, 1000.0, lambda: quoted("tokens_seen", 1e9, "a billion documents", "flop_high", parameters=1e9),
           "likewise"),
    Amount(QUOTED, 4 / 3, lambda: quoted("tokens_seen", 1e9, "a billion words", "flop_high", parameters=1e9),
           "four tokens make three words", (4, 3)),
    Amount(QUOTED, 2.0, lambda: quoted("forward_flop", 1e9, "1G mult-adds", "flop_high", examples_seen=1e8),
           "a multiply-add is two FLOP"),
    Amount(QUOTED, 1 / 0.5, lambda: quoted("chips", 64, "64 TPU cores", "flop_low", **ON_TPU),
           "a chip has two cores, of those that are counted so", (0.5,)),
    *(Amount(f"plugins/checks/quotes.py: {name}", value,
             partial(quoted, column, said, quote, "flop_high", **facts), why)
      for name, value, column, said, quote, facts, why in (
        ("_DEVICES", 5000.0, "batch_size", 8, "8 per GPU", {"parameters": 1e9, "steps": 1e6, "sequence_length": 2048},
         "one run of twenty has more chips"),
        ("_EPOCHS", 1000.0, "steps", 1e5, "1e5 steps per epoch", {"parameters": 1e9, "batch_tokens": 1e6},
         "one run of twenty has more epochs"),
        ("_STEPS", 3e6, "time", "1 s", "1 s per step", {"chip": "TPU v4", "chips": 8, "utilization": 0.4},
         "one run of twenty takes more steps"),
        ("_FOLDS", 10.0, "time", "1 day", "1 day per fold", {"chip": "TPU v4", "chips": 8, "utilization": 0.4},
         "cross-validation has five or ten"))),
    Amount(QUOTED, 1 / 0.5, lambda: quoted("peak", 6.24e14, "with sparsity", "flop_low", chips=8, time="1 day"),
           "structured sparsity doubles a peak", (0.5,)),
]
