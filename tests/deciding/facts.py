"""How cells are understood: what Epoch AI's columns mean, and what a chip's name leaves open."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import pandas as pd

from computeest import annotate, estimate, registry
from computeest.facts import network_defaults
from computeest.hardware import Chip, Database, load
from computeest.text import quotes
from computeest.text.numbers import NINETY
from deciding.kinds import Amount, Limit

QUOTES = "computeest/text/quotes.py"
NETWORKS, DEFAULTS = (f"computeest/facts/{name}.py" for name in ("network_lookup", "network_defaults"))
LAYOUT, CHIPS = "plugins/layouts/epoch.py", "computeest/facts/chip_lookup.py"
HEADERS = {
    "domain": "Domain", "task": "Task", "parameters": "Parameters", "points": "Training dataset size (datapoints)",
    "size_note": "Dataset size notes",
    "epochs": "Epochs", "hours": "Training time (hours)", "chip": "Training hardware", "chips": "Hardware quantity",
    "chip_hours": "Training chip-hours", "published": "Publication date", "utilization": "Hardware utilization (MFU)",
}


def epoch(model: str = "M", **cells: Any) -> Any:
    """The record of one row in Epoch AI's layout."""
    usual = {"domain": "Language", "published": "2022-06-01"} | cells
    row = {"Model": model, **{HEADERS[name]: f"{value:.12g}" if isinstance(value, float) else str(value)
                              for name, value in usual.items()}}
    return annotate(pd.DataFrame([row]), preset="epoch").iloc[0]


def sigma(record: Any) -> float:
    """One-sigma spread in natural log."""
    return math.log(record["flop_high"] / record["flop_low"]) / (2 * NINETY)


def counted(record: Any) -> bool:
    """Whether the row was estimated at all."""
    return bool(pd.notna(record["flop"]))


def share(record: Any, parameters: float, tokens: float) -> float:
    """Which part of all parameters was counted for each token."""
    return float(record["flop"]) / (6 * parameters * tokens)


def beyond(with_it: float, *others: float) -> float:
    """What remains of a spread when others, independent of it, are taken away."""
    return math.sqrt(with_it**2 - sum(other**2 for other in others))


@cache
def usual(**cells: Any) -> float:
    """The spread of a language model's operations, beside that of its tokens."""
    return sigma(epoch(parameters=1e9, points=1e11, **cells))


def of_peak(chip: str, **facts: Any) -> float:
    """What a chip's name leaves open of its peak."""
    base = {"chips": 8, "time": "1 day", "utilization": 0.4, **facts}
    stated, named = ({**base, "chip": chip, "peak": "100 TFLOP/s"}, {**base, "chip": chip})
    # of the method, for the record's interval is widened to hold what single precision would give
    return beyond(*(sigma(estimate(facts)["methods"]["gpu_time"]) for facts in (named, stated)))


def chip_of(name: str) -> Chip:
    """A chip of the database, by any of its names."""
    database: Database = load(())
    return database.chip(database.find(name, None).chip)  # type: ignore[union-attr]


def assumed_gap(name: str) -> float:
    """ln of the rate that is assumed over the single-precision one."""
    chip = chip_of(name)
    assert chip.training_format is not None
    return math.log(chip.peaks[chip.training_format].value / (chip.peaks.get("tf32") or chip.peaks["fp32"]).value)


def spread_of(column: str) -> float:
    """How much wider a cell of Epoch's layout makes an interval than the same cell of our own does."""
    chips = {"chips": 64, "chip": "A100 SXM4 40GB", "utilization": ""}
    if column == "tokens":
        ours, theirs = estimate({"parameters": 1e9, "tokens": 1e11, "epochs": 1}), epoch(
            parameters=1e9, points=1e11, epochs=1)
        return beyond(sigma(theirs), sigma(ours), 0.2)
    if column == "epochs":
        return beyond(sigma(epoch(parameters=1e9, points=1e11, epochs=1)), 0.5,
                      sigma(estimate({"parameters": 1e9, "tokens_seen": 1e11})))
    facts = {"chip": "A100 SXM4 40GB", "published": "2022-06-01"}
    if column == "chip_time":
        return beyond(sigma(epoch(**{**chips, "chips": ""}, chip_hours=1e5)),
                      sigma(estimate({**facts, "chip_time": "1e5 GPU-hours"})))
    both = beyond(sigma(epoch(**chips, hours=240)), sigma(estimate({**facts, "chips": 64, "time": "240 hours"})))
    return beyond(both, 0.15) if column == "time" else beyond(both, 0.35)


def fits(ratio: float) -> bool:
    """Whether a network is counted whose stated parameters are so many times those counted with assumed sizes."""
    sizes = {"layers": 24, "width": 1024, "heads": 16}
    shape = {"family": "decoder", "architecture": sizes, "tokens": 1e10, "epochs": 1}
    counted = estimate(shape)
    found = estimate({**shape, "parameters": counted["parameters"] * ratio})
    return bool(math.isclose(found["flop"], counted["flop"], rel_tol=1e-9))


def families() -> Any:
    """The families that are registered."""
    return registry.load(()).families


HELD: list[Limit | Amount] = [
    Limit(f"{LAYOUT}: _TOKENS_FROM", 1e10,
          lambda x: counted(epoch(domain="Multimodal,Language,Vision", parameters=1e9, points=x)),
          False, True, "nobody has so many pairs of images and texts: docs/reconcile.md"),
    Limit(f"{LAYOUT}: _LABELLED", 1e9,
          lambda x: counted(epoch(task="Text classification", parameters=1e8, points=x)),
          False, True, "nobody has labelled so many examples: docs/reconcile.md"),
    Limit(f"{LAYOUT}: _MOST_TOKENS", 1e14,
          lambda x: bool(epoch(parameters=1e9, points=1e12, epochs=x / 1e12)["problems"]),
          False, True, "more than any model has been published to have seen; the largest runs of 2025 saw 4e13"),
    Limit(f"{LAYOUT}: _LARGEST_BEFORE_2012", 1.2e9,
          lambda x: bool(epoch(parameters=x, points=1e9, published="2010-01-01")["problems"]),
          False, True, "entries of n-gram tables; the largest network had 1e9 connections"),
    Limit(f"{LAYOUT}: _refuse_tables", 2011.5,
          lambda x: bool(epoch(parameters=1e10, points=1e9, published=f"{x:.0f}-01-01")["problems"]),
          True, False, "networks of that size came after", (2012,), 0.5 / 2011.5),
    Limit(f"{LAYOUT}: _LARGEST_DENSE", 6e11,
          lambda x: share(epoch(parameters=x, points=1e12, published="2021-06-01", epochs=1), x, 1e12) < 0.5,
          False, True, "no dense model above 600e9 has been published"),
    Limit(f"{LAYOUT}: _LARGEST_DENSE", 4.1e11,
          lambda x: share(epoch(parameters=x, points=1e12, published="2023-06-01", epochs=1), x, 1e12) < 0.5,
          False, True, "since 2023 no dense model above Llama 3.1's 405e9"),
    Limit(f"{LAYOUT}: _LARGEST_DENSE", 2022.5,
          lambda x: share(epoch(parameters=5e11, points=1e12, published=f"{x:.0f}-06-01", epochs=1), 5e11, 1e12) < 0.5,
          False, True, "likewise: PaLM of 2022 had 540e9", (2023,), 0.5 / 2022.5),
    Amount(f"{LAYOUT}: _LARGEST_DENSE", 0.08,
           lambda: share(epoch(parameters=2e12, points=1e12, published="2021-06-01", epochs=1), 2e12, 1e12),
           "DeepSeek-V3 5.5 %, GLaM 8 %, Arctic 3.5 %"),
    Limit(f"{LAYOUT}: _EXPERTS_SINCE", 2024.5,
          lambda x: share(epoch(parameters=2e11, points=1e13, published=f"{x:.0f}-06-01", epochs=1), 2e11, 1e13) < 0.5,
          False, True, "since then nearly all models of that size are mixtures of experts", (2025,), 0.5 / 2024.5),
    Limit(f"{LAYOUT}: _EXPERTS_SINCE", 1e11,
          lambda x: share(epoch(parameters=x, points=1e13, published="2025-06-01", epochs=1), x, 1e13) < 0.5,
          False, True, "below it dense models are as common"),
    Amount(f"{LAYOUT}: _EXPERTS_SINCE", 36e9,
           lambda: 2e11 * share(epoch(parameters=2e11, points=1e13, published="2025-06-01", epochs=1), 2e11, 1e13),
           "Llama 4 17e9, DBRX, MiniMax-01, GLM-4.5, ERNIE 4.5 and DeepSeek-V3 32e9 to 47e9, Jamba 1.5 94e9"),
    Amount(f"{LAYOUT}: _experts_by_size", 0.7,
           lambda: beyond(sigma(epoch(parameters=2e11, points=1e13, published="2025-06-01", epochs=1)),
                          sigma(epoch(parameters=9e10, points=1e13, published="2025-06-01", epochs=1))),
           "the scatter of those"),
    Limit(f"{LAYOUT}: _experts_by_size", 1e11,
          lambda x: sigma(epoch(parameters=x, points=1e13, published="2024-06-01", epochs=1)) > 0.9,
          False, True, "some of 2024's models of that size are mixtures of experts and do not say so"),
    Limit(f"{LAYOUT}: _experts_by_size", 2023.5,
          lambda x: sigma(epoch(parameters=2e11, points=1e13, published=f"{x:.0f}-06-01", epochs=1)) > 0.9,
          False, True, "before, hardly any", (2024,), 0.5 / 2023.5),
    Amount(f"{LAYOUT}: _experts_by_size", 0.8,
           lambda: beyond(sigma(epoch(parameters=2e11, points=1e13, published="2024-06-01", epochs=1)),
                          sigma(epoch(parameters=9e10, points=1e13, published="2024-06-01", epochs=1))),
           "all of the parameters or a twelfth of them"),
    Amount(f"{LAYOUT}: _named_active", 3e9,
           lambda: share(epoch("Qwen3-30B-A3B", parameters=3e10, points=1e12, epochs=1), 1, 1e12),
           "a B in a model's name is 1e9 parameters", (1e9,)),
    Amount(f"{LAYOUT}: _DESKTOP", 0.5,
           lambda: math.log(_rate("RTX 3090", "A100 SXM4 40GB")) / assumed_gap("RTX 3090"),
           "half way (in log): small groups' code runs in single precision as often as not", by=0.02),
    Amount(f"{LAYOUT}: _TOKENS_OF_A_WORD", 4 / 3,
           lambda: share(epoch(parameters=1e9, points=3e9, size_note="3 billion words", epochs=1), 1e9, 3e9),
           "as the database's own notes reckon: 0.75 words a token", (4, 3)),
    *(Amount(f"{LAYOUT}: _EPOCH_SPREADS", value, lambda column=column: spread_of(column),
             "measured: how far the database's cells are from the published figures", by=0.02)
      for column, value in (("tokens", 0.5), ("epochs", 0.2), ("chip_time", 0.4), ("time", 0.35), ("chips", 0.15))),
    Limit(f"{QUOTES}: _SAME", 1.02, lambda x: quotes.counted(f"{x * 1e9:.12g} words, {3e12:g} tokens", 1e9), "words",
          "", "a note's figure is the cell's, rounded to two digits", (0.02,), 0.002),
    Limit(f"{QUOTES}: counted", 0.75 / 1.02,
          lambda x: quotes.counted(f"1e12 tokens, in words {x * 1e12:.12g}", x * 1e12),
          "", "words", "three words are four tokens", (0.75, (f"{QUOTES}: _SAME", 0.02)), 0.002),
    Limit(f"{QUOTES}: _ALONE", 60.5, lambda x: quotes.counted("tokens".rjust(round(x), "."), 1e9), "tokens", "",
          "a longer note may speak of other numbers than this one", (60,), 0.5 / 60.5),
    Limit(f"{QUOTES}: active_parameters", 1e6,
          lambda x: quotes.active_parameters(f"{x:.9g} active parameters", 1e9) > 0,
          False, True, "fewer are no active part of a network, but a layer, a number of experts or a year"),
    Limit(f"{QUOTES}: active_parameters", 0.9,
          lambda x: quotes.active_parameters(f"{x * 1e11:.9g} active parameters", 1e11) > 0,
          True, False, "a part that is nearly the whole is the whole, rounded"),
    Limit(f"{NETWORKS}: FITTING", math.exp(0.1), lambda x: fits(x), True, False,
          "papers round parameters, and leave embeddings out", (0.1,)),
    Limit(f"{NETWORKS}: FITTING", math.exp(-0.1), lambda x: fits(x), False, True, "likewise", (0.1,)),
    Amount(f"{DEFAULTS}: LEAST", 0.2, lambda: network_defaults.spread(families()["vit"], "image", 224),
           "half of the papers that state an image or a length state another than their family's"),
    Amount(f"{CHIPS}: SINGLE_PRECISION_SHARE", 0.4, lambda: of_peak("V100 SXM2 32GB") / assumed_gap("V100 SXM2 32GB"),
           "an unstated format is mostly the usual one: one sigma goes two fifths of the way to single precision"),
    Amount(f"{CHIPS}: SINGLE_PRECISION_SHARE", 0.2, lambda: of_peak("A100 SXM4 40GB") / assumed_gap("A100 SXM4 40GB"),
           "half of it where single precision runs as TF32 by default", (0.4, 2)),
    Amount(f"{CHIPS}: OTHER_UNIT", 0.2, lambda: of_peak("K80") / (math.log(2) / (2 * NINETY)),
           "a bare name is the card's, and only seldom that of one of its two dies"),
]


def _rate(desktop: str, other: str) -> float:
    """How many times less a desktop card is taken to do in Epoch's layout than its usual format's peak."""
    rows = {chip: epoch(chip=chip, chips=8, hours=100)["flop"] for chip in (desktop, other)}
    peaks = {}
    for chip in rows:
        known = chip_of(chip)
        assert known.training_format is not None
        peaks[chip] = known.peaks[known.training_format].value
    return float(rows[other] / rows[desktop] * peaks[desktop] / peaks[other])
