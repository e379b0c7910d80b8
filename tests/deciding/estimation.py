"""What one number is made of and how sure it is: spreads of methods and base models, who leads, who is left out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from computeest import annotate, estimate
from computeest.estimation import combine, margins, results
from computeest.estimation.combine import Grid
from computeest.facts.paper import read_paper
from computeest.pipeline import evaluated
from computeest.problems import UsageError
from computeest.registry import load
from computeest.text.numbers import NINETY
from deciding.kinds import Amount, Limit

COMBINE, BASES, RESULTS, INTERVALS, MARGINS, READINGS, CORE = (
    f"computeest/estimation/{name}.py" for name in ("combine", "base_models", "results", "intervals", "margins",
                                                    "readings", "core"))
COUNTED = {"parameters": 1e9, "tokens_seen": 1e10}  # 6e19 FLOP
Record = dict[str, Any]


def sigma(facts: Record, **options: Any) -> float:
    """One-sigma spread in natural log of an estimate."""
    record = estimate(facts, **options)
    return math.log(record["flop_high"] / record["flop_low"]) / (2 * NINETY)


def row_sigma(facts: dict[str, str]) -> float:
    """The same of a table's row, which may rest on the base model alone."""
    found = annotate(pd.DataFrame([facts])).iloc[0]
    return math.log(found["flop_high"] / found["flop_low"]) / (2 * NINETY)


def combined(logs: list[float], sigmas: list[float], reliability: tuple[int, ...] = (3, 2)) -> combine.Combined:
    """Methods of one paper as one."""
    grid = Grid(np.array([logs]), np.zeros((0, 1, len(logs))), np.array([sigmas]))
    return combine.combine(grid, np.array([reliability]))


def undecided(facts: Record) -> bool:
    """Whether the core of an interval has two ends."""
    columns = evaluated([read_paper(facts)]).columns
    return float(columns["core_high"][0] / columns["core_low"][0]) > 1.001


def of_group(facts: Record) -> str:
    """Whose margin a paper has."""
    return list(margins.GROUPS)[int(evaluated([read_paper(facts)]).columns["group"][0])]


def shared_group(share: float) -> str:
    """The group of a paper whose count brings this share of the answer beside the authors' figure."""
    counted_, stated = 0.05 * math.log(10), 0.08 * math.log(10)
    spread = math.sqrt(stated**2 * (1 - share) / share - counted_**2)
    reach = math.exp(NINETY * spread)
    return of_group({"forward_flop": 1e9, "backward_ratio": 2, "reported_compute": 6e19,
                     "examples_seen": f"{2e10 / reach:.12g}..{2e10 * reach:.12g}"})


def of_base(own: float, base: float, reported: float | None = None) -> Record:
    """A model whose own run is `own` FLOP by its facts, and that starts from one of `base` FLOP."""
    said = {} if reported is None else {"reported_compute": reported}
    return estimate({"model": "B", "base_model": "A", "parameters": 1e9, "tokens_seen": own / 6e9, **said},
                    reference={"A": base})


def of_size(own: float, base: float) -> Record:
    """A model of `own` parameters that starts from one whose name says `base`."""
    return estimate({"model": "B", "base_model": f"Tower {base / 1e6:.9g}M", "parameters": own, "tokens_seen": 1e10},
                    reference={f"Tower {base / 1e6:.9g}M": 1e21})


def achieving(run: float, step: float) -> Record:
    """A run that says what share of the peak it achieved as a whole and within its steps."""
    return estimate({"chip": "A100 SXM 80GB", "chips": 8, "time": "1 day", "utilization": run,
                     "step_utilization": step})


def has(code: str, record: Record) -> bool:
    """Whether the record has a finding of that code."""
    return code in {check["code"] for check in record["checks"]}


def too_few(samples: float) -> bool:
    """Whether so many draws are refused."""
    try:
        estimate(COUNTED, samples=round(samples))
    except UsageError:
        return True
    return False


def dex(method: str, facts: Record) -> float:
    """A method's own spread in powers of ten, where everything else is certain."""
    found = estimate(facts)["methods"][method]
    return math.log10(found["flop_high"] / found["flop_low"]) / (2 * NINETY)


def _reliability(method: str) -> float:
    """How far a method is believed before its spread is looked at."""
    return float(load().methods[method].reliability)


def _sure() -> float:
    """The spread of a count of which everything is certain."""
    return sigma({"forward_flop_per_token": 2e9, "tokens_seen": 1e10})


def highest(base: str) -> float:
    """The upper end with a base model of unknown compute, or without one: the lower end is the same."""
    facts = {"forward_flop_per_token": 2e9, "tokens_seen": 1e10}  # no size to reckon what is missing from
    return float(estimate({**facts, "base_model": base} if base else facts)["flop_high"])


def beside_nothing_known_of(stage: str) -> float:
    """The spread that a run of unknown compute leaves beside a pretraining of which everything is certain."""
    known = {"stage": "pretraining", "forward_flop_per_token": 2e9, "tokens_seen": 1e10}
    found = estimate({"runs": [known, {"stage": stage, "time": "1 day"}]})
    return math.sqrt((math.log(found["flop_high"] / found["flop"]) / NINETY)**2 - _sure()**2)


HELD: list[Limit | Amount] = [
    Amount("plugins/methods/reported.py: computeest_methods", 0.08, lambda: dex("reported", {"reported_compute": 1e20}),
           "authors round, and count a little more or less than the run"),
    Amount("plugins/methods/operation_counting.py: computeest_methods", 0.05,
           lambda: dex("operation_counting", {"forward_flop": 1e9, "examples_seen": 1e9, "backward_ratio": 2}),
           "what a count of matrix products leaves out"),
    Amount("plugins/methods/gpu_time.py: computeest_methods", 0.08,
           lambda: dex("gpu_time", {"chip_time": "1e6 chip * hour", "peak": "100 TFLOP/s", "utilization": 0.4}),
           "hours that were no training, and training that is in no hours"),
    Amount("plugins/methods/reported.py: computeest_methods", 3, lambda: _reliability("reported"),
           "the authors know what they did: docs/reconcile.md"),
    Amount(f"{COMBINE}: _WIDEST", 15.0,
           lambda: float(combine.sigma_of_two(np.ones(1), np.full(1, 40.0), np.zeros(1), np.full(1, 0.1))[0]),
           "beyond it nothing is known, and exp of its square is beyond what a float holds"),
    Limit(f"{COMBINE}: PREFERENCE", 0.1, lambda x: int(combined([0.0, 5.0], [0.2 + x, 0.2]).leader[0]),
          0, 1, "one step of reliability makes up for so much spread: docs/reconcile.md"),
    Limit(f"{COMBINE}: APART", 3.0, lambda x: bool(combined([0.0, math.log(x)], [1.0, 1.0]).weight[0, 1] > 0),
          True, False,
          "analysts average what is within 3x; of rows further apart one method is wrong: docs/reconcile.md"),
    Limit(f"{COMBINE}: combine", 0.2 * NINETY * math.sqrt(2),
          lambda x: bool(combined([0.0, x], [0.2, 0.2]).weight[0, 1] > 0),
          True, False, "methods agree where each lies in the 90 % interval of their difference", (2,)),
    Limit(f"{READINGS}: OTHER_SIZE", 1.5,
          lambda x: undecided({"model": "M 1B", "parameters": 1e9 * x, "tokens_seen": 1e10}),
          False, True, "names are rounded, and leave out parts of the network"),
    Limit(f"{READINGS}: _MOST_ABOVE_RUN", 2.0, lambda x: has("utilization-contradicts", achieving(0.2, 0.2 * x)),
          False, True, "stalls take less than half of a run's time, and recomputation adds a third"),
    Limit(f"{READINGS}: _MOST_ABOVE_RUN", 1 / 1.2, lambda x: has("utilization-contradicts", achieving(0.4, 0.4 * x)),
          True, False, "a run achieves no more than its steps; figures are rounded", (1.2,)),
    Limit(f"{READINGS}: _MOST_BY_SIZE", 6.0, lambda x: has("forward-contradicts-size", estimate(
        {**COUNTED, "forward_flop_per_token": 2e9 * x})), False, True, "attention over 131,072 tokens makes 5.3 of it"),
    Limit(f"{READINGS}: _MOST_PASSES", 6.0,
          lambda x: has("tokens-contradict", estimate({**COUNTED, "tokens_seen": None, "tokens": 2e11, "steps": x * 1e5,
                                                       "batch_tokens": 2e6})),
          False, True, "StarCoder 2 passed its corpora 4.5 to 5.3 times (Lozhkov et al. 2024)"),
    Limit(f"{READINGS}: _MOST_PASSES", 1e11,
          lambda x: has("tokens-contradict", estimate({**COUNTED, "tokens_seen": None, "tokens": x, "steps": x * 5e-6,
                                                       "batch_tokens": 2e6})),
          False, True, "smaller corpora are read many times: BERT's forty times"),
    Limit(f"{MARGINS}: DOUBTFUL", math.exp(0.4),
          lambda x: of_group({"parameters": 1e9, "tokens_seen": 1e10, "steps": 1e4, "batch_tokens": x * 1e6}),
          "counted", "doubtful", "the margin of counts from sound facts: what is undecided by less is held by it",
          (0.4,)),
    Limit(f"{MARGINS}: PART", 0.005, shared_group, "stated", "agree", "a share that rounds to 0 % is none"),
    Limit(f"{BASES}: SAME_RUN", 1.1, lambda x: has("base-described-again", of_base(1e21 * x, 1e21)),
          True, False, "rows that repeat the base model's facts give its compute within 10 %: docs/reconcile.md"),
    Limit(f"{BASES}: SAME_RUN", 1 / 1.1, lambda x: has("base-described-again", of_base(1e21 * x, 1e21)),
          False, True, "likewise", (1.1,)),
    Limit(f"{BASES}: SHRUNK", 1.5, lambda x: has("base-of-other-size", of_size(1e9, x * 1e9)),
          False, True, "names are rounded, and leave out parts of the network"),
    Limit(f"{BASES}: SHRUNK", 4.0, lambda x: has("base-of-other-size", of_size(x * 1e9, 1e9)),
          False, True, "FLM-101B grew 3.2 times at once (Li et al. 2023)"),
    Limit(f"{BASES}: COUNTED_IN", 3.0, lambda x: has("base-added-twice", of_base(1e21, 2e21, 1e21 * x)),
          False, True, "authors' figures and counts of the same run are within 3x"),
    Limit(f"{BASES}: COUNTED_IN", 1.5, lambda x: has("base-added-twice", of_base(1e21, 1e22, 1.1e22 * x)),
          True, False, "the figure has to be that of base and run together"),
    Limit(f"{BASES}: _holding", 1.0, lambda x: has("base-added-twice", of_base(1e20, 1e22, 1e22 * x)),
          False, True, "a figure below the base model's cannot hold it", (1,)),
    Amount(f"{BASES}: REPORTED_SIGMA", 0.2,
           lambda: sigma({**COUNTED, "base_model": "A", "base_compute": 1e26}),
           "a compute figure that authors or databases state: docs/reconcile.md"),
    Amount(f"{INTERVALS}: SCALED_SIGMA", 0.5,
           lambda: sigma({**COUNTED, "base_model": "Tower 1B"}, reference={"Tower 2B": 2e25}),
           "models of a series see about the same data, not the same"),
    Amount(f"{INTERVALS}: MISSING_PART", 3.0,
           lambda: math.sqrt((math.log(highest("A") / highest("")) / NINETY + _sure())**2 - _sure()**2),
           "90 % within 140x: nothing is known of its size"),
    Amount(f"{INTERVALS}: MISSING_TUNING", 0.7, lambda: beside_nothing_known_of("fine-tuning"),
           "90 % within 3.2x: tuning took at most 0.13 of seven base models: docs/reconcile.md"),
    Amount(f"{BASES}: UNKNOWN_RUN", 0.3,
           lambda: math.sqrt(row_sigma({"model": "B", "base_compute": "1e24"})**2 - 0.2**2),
           "a run that cannot be estimated is seldom large beside the model it starts from"),
    Limit(f"{RESULTS}: CONFIDENT", math.log(3) / NINETY, results.confidence, "confident", "likely",
          "Epoch AI's words: 90 % within 3x", (3,)),
    Limit(f"{RESULTS}: CONFIDENT", math.log(10) / NINETY, results.confidence,
          "likely", "speculative", "Epoch AI's words: 90 % within 10x", (10,)),
    Amount(f"{RESULTS}: PETAFLOP_S_DAY", 8.64e19,
          lambda: 1e20 / estimate({"reported_compute": 1e20})["petaflop_s_days"],
           "1e15 FLOP/s for 86,400 s", by=1e-6),
    Limit("computeest/estimation/monte_carlo.py: FEWEST", 1000, too_few,
          True, False, "of fewer draws less than 50 lie beyond an end of the interval"),
]
