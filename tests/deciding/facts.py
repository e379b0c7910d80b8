"""How cells are understood: what Epoch AI's columns mean, and what a chip's name leaves open."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from computeest import annotate, estimate, pipeline, registry
from computeest.documents import density
from computeest.facts import experts_said, network_defaults
from computeest.facts.frame import of_frame
from computeest.facts.paper import read_paper
from computeest.hardware import Chip, Database, load
from computeest.pipeline import Options, estimated
from computeest.text import quotes
from computeest.text.numbers import NINETY
from deciding.kinds import Amount, Limit

QUOTES = "computeest/text/quotes.py"
NETWORKS, DEFAULTS = (f"computeest/facts/{name}.py" for name in ("network_lookup", "network_defaults"))
LAYOUT, CHIPS = "plugins/layouts/epoch.py", "computeest/facts/chip_lookup.py"
DENSITY = "computeest/documents/density.py"
SETTINGS = "computeest/facts/trainer_settings.py"
HEADERS = {
    "domain": "Domain", "task": "Task", "parameters": "Parameters", "points": "Training dataset size (datapoints)",
    "size_note": "Dataset size notes", "parameters_note": "Parameters notes",
    "epochs": "Epochs", "hours": "Training time (hours)", "chip": "Training hardware", "chips": "Hardware quantity",
    "chip_hours": "Training chip-hours", "published": "Publication date", "utilization": "Hardware utilization (MFU)",
}


def rows(model: str = "M", **cells: Any) -> pd.DataFrame:
    """One row in Epoch AI's layout."""
    usual = {"domain": "Language", "published": "2022-06-01"} | cells
    row = {"Model": model, **{HEADERS[name]: f"{value:.12g}" if isinstance(value, float) else str(value)
                              for name, value in usual.items()}}
    return pd.DataFrame([row])


def epoch(model: str = "M", **cells: Any) -> Any:
    """The record of one row in Epoch AI's layout."""
    return annotate(rows(model, **cells), preset="epoch").iloc[0]


def sigma(record: Any) -> float:
    """One-sigma spread in natural log."""
    return math.log(record["flop_high"] / record["flop_low"]) / (2 * NINETY)


def counted(record: Any) -> bool:
    """Whether the row was estimated at all."""
    return bool(pd.notna(record["flop"]))


def share(record: Any, parameters: float, tokens: float) -> float:
    """Which part of all parameters was counted for each token."""
    return float(record["flop"]) / (6 * parameters * tokens)


def trained_at(window: int) -> float:
    """The length that is taken of a context window."""
    facts = {"parameters": 1e9, "steps": 1000, "batch_size": 8, "context_window": window}
    return float(estimate(facts)["training_tokens"]) / 8000


def doubted_share() -> float:
    """How far below the dense answer the interval reaches where a note leaves open whether there are experts."""
    facts = {"parameters": 1e9, "tokens": 1e11, "epochs": 1}
    open_, plain = (pipeline.evaluated([read_paper({**facts, "note": note})]) for note in ("a MoE", "a model"))
    return float(open_.columns["core_low"][0] / plain.columns["core_low"][0])


def copies(parameters: float) -> bool:
    """Whether several devices may hold one copy of a model of this size."""
    record = estimate({"parameters": parameters, "steps": 1000, "sequence_length": 512, "chips": 64,
                       "device_batch_size": 8})
    return "batch-of-copies" in {check["code"] for check in record["checks"]}


def beyond(with_it: float, *others: float) -> float:
    """What remains of a spread when others, independent of it, are taken away."""
    return math.sqrt(with_it**2 - sum(other**2 for other in others))


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


def spanned(**cells: Any) -> tuple[float, float]:
    """The ends of what is undecided of a row of Epoch's layout, over the number taken."""
    found = estimated(of_frame(rows(**cells)), Options.of(preset="epoch")).results
    low, high = (float(found.columns[name][0] / found.columns["flop"][0]) for name in ("core_low", "core_high"))
    return low, high


def propagated(**cells: Any) -> float:
    """What the spreads of a row's facts and assumptions alone bring, one sigma."""
    found = estimated(of_frame(rows(**cells)), Options.of(preset="epoch")).results
    return float(found.columns["sigma_propagated"][0])


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
    Amount(f"{LAYOUT}: _TEXT", 0.7,
           lambda: beyond(*(propagated(domain=domain, parameters=1e9, points=1e11, epochs=1)
                            for domain in ("Language,Vision", "Language"))),
           "beside images, even so many data points may be something else: docs/reconcile.md"),
    Limit(f"{LAYOUT}: _LABELLED", 1e9,
          lambda x: counted(epoch(task="Text classification", parameters=1e8, points=x)),
          False, True, "nobody has labelled so many examples: docs/reconcile.md"),
    Limit(f"{LAYOUT}: _MOST_TOKENS", 1e14,
          lambda x: spanned(parameters=1e9, points=1e12, epochs=x / 1e12)[0] < 0.5,
          False, True, "more than any model has been published to have seen; the largest runs of 2025 saw 4e13"),
    Limit(f"{LAYOUT}: _LARGEST_BEFORE_2012", 1.2e9,
          lambda x: bool(epoch(parameters=x, points=1e9, published="2010-01-01")["problems"]),
          False, True, "entries of n-gram tables; the largest network had 1e9 connections"),
    Limit(f"{LAYOUT}: _refuse_tables", 2011.5,
          lambda x: bool(epoch(parameters=1e10, points=1e9, published=f"{x:.0f}-01-01")["problems"]),
          True, False, "networks of that size came after", (2012,), 0.5 / 2011.5),
    Limit(f"{LAYOUT}: _EXPERTS_SINCE", 2023.5,
          lambda x: spanned(parameters=2e11, points=1e13, published=f"{x:.0f}-06-01", epochs=1)[0] < 0.5,
          False, True, "since then most models of that size are mixtures of experts", (2024,), 0.5 / 2023.5),
    Limit(f"{LAYOUT}: _EXPERTS_SINCE", 1e11,
          lambda x: spanned(parameters=x, points=1e13, published="2025-06-01", epochs=1)[0] < 0.5,
          False, True, "below it dense models are as common"),
    Amount(f"{LAYOUT}: _EXPERTS_SINCE", 0.03,
           lambda: spanned(parameters=2e11, points=1e13, published="2025-06-01", epochs=1)[0],
           "Kimi K2 3.2 %, Arctic 3.5 %, DeepSeek-V3 5.5 %, GLaM 8 %"),
    Amount(f"{LAYOUT}: _undecided_epochs", 1, lambda: 0.5 * spanned(parameters=1e9, points=1e12, epochs=0.5)[1],
           "the unique points of a run that ended within its first epoch are those that it read"),
    Amount(f"{LAYOUT}: _named_active", 3e9,
           lambda: share(epoch("Qwen3-30B-A3B", parameters=3e10, points=1e12, epochs=1), 1, 1e12),
           "a B in a model's name is 1e9 parameters", (1e9,)),
    Amount(f"{LAYOUT}: _TOKENS_OF_A_WORD", 4 / 3,
           lambda: share(epoch(parameters=1e9, points=3e9, size_note="3 billion words", epochs=1), 1e9, 3e9),
           "as the database's own notes reckon: 0.75 words a token", (4, 3)),
    Amount(f"{QUOTES}: SHARE_OF_EXPERTS", 0.12,
           lambda: share(epoch(parameters=1e9, points=1e12, parameters_note="MoE", epochs=1), 1e9, 1e12),
           "published mixtures use between 3 and 30 % of their parameters for a token, as for names that say as much"),
    Amount(f"{QUOTES}: SHARE_OF_EXPERTS", 1.0,
           lambda: beyond(*(propagated(parameters=1e9, points=1e12, parameters_note=note, epochs=1)
                            for note in ("MoE", "1B"))), "likewise: a factor of 5 to either side"),
    Limit(f"{LAYOUT}: _OTHER_SIZE", 3.0,
          lambda x: spanned(parameters=1e9, points=1e11, size_note=f"trained on {x:.6g}e11 tokens", epochs=1)[1] > 1.5,
          False, True, "corpora are counted in words and by other tokenizers: up to 2x apart is the same corpus"),
    Amount("computeest/facts/experts_said.py: LEAST_SHARE", 0.03, doubted_share,
           "the least share of its parameters that a published mixture uses"),
    Limit("computeest/facts/experts_said.py: _FEW", 29.5,
          lambda x: experts_said._may_be_people("Experts", [f"{x:.0f}"]), True, False,
          "nobody asks so many experts to judge answers, and mixtures have 60, 66 and 160", (30,), 0.5 / 29.5),
    Limit(f"{QUOTES}: _FEWEST", 1e9, lambda x: quotes.trained_on(f"trained on {x:.12g} tokens") > 0, False, True,
          "batches, lengths and vocabularies have fewer tokens"),
    Limit(f"{QUOTES}: _ROUNDED", 1.05, lambda x: quotes.passes(f"4 epochs, {4e9 * x:.12g} tokens", 1e9) > 0,
          True, False, "tokens seen and passes are each rounded: 5 trillion are 1.2 passes over 4", (0.05,), 0.002),
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
    Amount(f"{SETTINGS}: USUAL_LENGTH", 8192.0, lambda: trained_at(131072), "Llama 3.1 read 8,192 all along"),
    Limit(f"{SETTINGS}: USUAL_LENGTH", 8192.0, lambda x: trained_at(round(x)) < round(x), False, True, "likewise"),
    Limit(f"{SETTINGS}: OF_A_DEVICE", 2e9, lambda x: copies(x), False, True,
          "a copy of 1.7e9 parameters has a GPU, one of 3.6e9 two"),
    Amount(f"{CHIPS}: OTHER_UNIT", 0.2, lambda: of_peak("TPU v3") / (math.log(2) / (2 * NINETY)),
           "a bare name is the chip's, and only seldom that of one of its two cores"),
    *(Amount(f"{DENSITY}: BOUNDS", float(always), lambda what=what: float(density.BOUNDS[what].of(1)), why)
      for what, always, why in (
          ("blocks", 1500, "a list of functions has 659 in 21,000 letters, one of settings 955 in 47,000"),
          ("cells", 6000, "a page of measured speeds has 4,420 in 27,000 letters"),
          ("known cells", 4000, "the same page has 2,176"),
          ("numbers", 600, "the densest report of 21,000 letters has 369"),
          ("readings", 1600, "a page of measured speeds has 1,527 in 27,000 letters"))),
    *(Amount(f"{DENSITY}: BOUNDS", float(letters), lambda what=what: 4e5 / density.BOUNDS[what].of(400_000), why)
      for what, letters, why in (
          ("sentences", 60, "a manual of 179,000 letters has one in 82; a list of 47,000 has 1,056"),
          ("cells", 12, "the densest of them has 11,610 in 311,000 characters, one in 27"),
          ("known cells", 25, "likewise 3,034 in 80,000 letters, one in 26"),
          ("numbers", 150, "likewise 660 in 121,000 letters, one in 183"),
          ("readings", 65, "likewise one in 65, and one in 78 where they are 1,535"))),
    Amount(f"{DENSITY}: BOUNDS", 10_000.0, lambda: float(density.BOUNDS["readings"].of(10**7)),
           "as many as 650,000 letters may have; the longest report has 418"),
]

