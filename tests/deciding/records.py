"""What a record says of its own number, what is worth a question, and what is a change."""

from __future__ import annotations

import math
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from computeest import estimate
from computeest.facts.lookup import Lookup
from computeest.facts.paper import read_paper
from computeest.hardware import load
from computeest.hardware.peak import choose
from computeest.pipeline import evaluated
from computeest.questions.sensitivity import sensitivity
from computeest.records import checks, thresholds
from computeest.tables.diff import diff
from computeest.text.numbers import NINETY
from deciding.kinds import Amount, Limit

CHECKS, THRESHOLDS = (f"computeest/records/{name}.py" for name in ("checks", "thresholds"))
SENSITIVITY = "computeest/questions/sensitivity.py"
#: Of operation counting and of authors' figures, where every fact is certain.
COUNTED, REPORTED = 0.05 * math.log(10), 0.08 * math.log(10)
#: How many times a V100's single-precision rate its usual one is, by NVIDIA's data sheet.
FORMAT_GAP = 125 / 15.7
WORK = {"forward_flop": 1e9, "backward_ratio": 2, "examples_seen": 2e10}  # 6e19 FLOP


def around(value: float, sigma: float) -> str:
    """A range whose middle (in log) and spread are these."""
    reach = math.exp(NINETY * sigma)
    return f"{value / reach:.12g}..{value * reach:.12g}"


def left(whole: float, part: float) -> float:
    """The spread that is missing to the whole."""
    return math.sqrt(whole**2 - part**2)


def codes(facts: dict[str, Any], **options: Any) -> set[str]:
    """The codes of a record's findings."""
    return {check["code"] for check in estimate(facts, **options)["checks"]}


def rests_on_peak(share: float) -> bool:
    """Whether the unstated number format of a chip is spoken of that brings this share of the answer."""
    chip = {"chip": "V100 SXM2 32GB", "chips": 8, "time": "1e6 s", "utilization": 0.06}
    by_chip = estimate(chip)
    found = by_chip["methods"]["gpu_time"]
    # its weight is that of its own spread and of the other reading of its peak, 8 times less
    sigma = math.hypot(math.log(found["flop_high"] / found["flop"]), math.log(FORMAT_GAP) / 2) / NINETY
    said = around(by_chip["flop"], left(sigma * math.sqrt(share / (1 - share)), REPORTED))
    return "number-format-assumed" in codes({**chip, "reported_compute": said})


def told_of_a_gap(gap: float) -> bool:
    """Whether it is said of a format nobody stated that single precision is so many times slower."""
    found = evaluated([read_paper({"chip": "V100 SXM2 32GB", "chips": 8, "time": "1e6 s"})])
    chips = found.spec.chips
    chips = Lookup(chips.codes, tuple(replace(fact, format_gap=gap) for fact in chips.facts))
    findings = checks.by_paper(replace(found, spec=replace(found.spec, chips=chips)))[0]
    return "number-format-assumed" in {finding["code"] for finding in findings}


def named(share: float) -> bool:
    """Whether a method is named that brings this share of the answer."""
    said = around(6e19, left(COUNTED * math.sqrt((1 - share) / share), REPORTED))
    return "reported" in str(estimate({**WORK, "reported_compute": said})["method"])


def margin(reach: float) -> bool:
    """Whether an interval that reaches so far to either side is said to be within the guidelines' margin."""
    examples = around(2e10, left(math.log(reach) / NINETY, COUNTED))
    found = estimate({**WORK, "examples_seen": examples}, thresholds=["eu-gpai"])["thresholds"][0]
    text = next(rule["says"] for rule in found["rules"] if rule["rule"] == "margin")
    exact = estimate(WORK, thresholds=["eu-gpai"])["thresholds"][0]
    return bool(text == next(rule["says"] for rule in exact["rules"] if rule["rule"] == "margin"))


def influences(share: float) -> bool:
    """Whether a fact is listed that brings this share of the variance."""
    found = sensitivity({"reported_compute": around(1e20, REPORTED * math.sqrt(share / (1 - share)))})
    return "reported_compute" in {influence.column for influence in found.influences}


def asked(narrowing: float) -> bool:
    """Whether a fact is asked for that narrows the interval by this share of its width."""
    found = sensitivity({"reported_compute": around(1e20, REPORTED * math.sqrt(1 / (1 - narrowing)**2 - 1))})
    return ("reported_compute",) in {question.columns for question in found.questions}


def changed(by: float) -> bool:
    """Whether an estimate that grew by this share is a change."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / name) for name in ("old.csv", "new.csv")]
        for path, flop in zip(paths, (1e20, 1e20 * (1 + by)), strict=True):
            Path(path).write_text(f"model,flop\nA,{flop!r}\n", "utf-8")
        return bool(diff(*paths)[0])


def reach(facts: dict[str, Any]) -> float:
    """How far the upper end of an interval is above the estimate."""
    record = estimate(facts)
    return float(record["flop_high"] / record["flop"])


def ends_moved(by: float) -> bool:
    """Whether an interval is said to have changed whose upper end moved by this share, seen from the estimate."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / name) for name in ("old.csv", "new.csv")]
        for path, flop, moved in zip(paths, (1e20, 2e20), (1.0, 1.0 + by), strict=True):
            Path(path).write_text(
                f"model,flop,flop_low,flop_high\nA,{flop!r},{flop / 2!r},{flop * 2 * moved!r}\n", "utf-8")
        return any(reason.startswith("interval: ") for reason in diff(*paths)[0][0].why)


def tf32(ratio: float) -> bool:
    """Whether TF32 is spoken of on a chip that is so many times faster in it."""
    chip = load(()).chip("nvidia-a100-sxm4-80gb")
    single, other = chip.peaks["fp32"], chip.peaks["tf32"]
    peaks = {**chip.peaks, "tf32": replace(other, value=single.value * ratio)}
    return "TF32" in str(getattr(choose(replace(chip, peaks=peaks), "fp32"), "note", ""))


def word(sigma: float) -> str:
    """What a record calls an estimate of this spread."""
    return str(estimate({"reported_compute": around(1e20, left(sigma, REPORTED))})["confidence"])


HELD: list[Limit | Amount] = [
    *(Limit("computeest/records/columns.py: confidence", math.log(factor) / NINETY, word, below, above,
            "Epoch AI's words: 90 % within 3x, within 10x", (("computeest/estimation/results.py: CONFIDENT", factor),))
      for factor, below, above in ((3, "confident", "likely"), (10, "likely", "speculative"))),
    Limit(f"{CHECKS}: rests_on", 0.5, rests_on_peak, False, True,
          "an answer that mostly rests on a peak is only as right as the peak's number format"),
    Limit(f"{CHECKS}: FORMAT_MATTERS", 4.0, told_of_a_gap, False, True,
          "single precision is 8 times slower on a V100, and with TF32 on an A100 twice"),
    Limit(f"{CHECKS}: _of_lineage", 0.1, lambda x: "base-dominates" in codes(
        {"model": "B", "base_model": "A", "parameters": 1e9, "tokens_seen": 1e22 * x / 6e9}, reference={"A": 1e22}),
        True, False, "a source that counts fine-tuning apart then states a number ten times smaller"),
    Limit("computeest/records/columns.py: NAMED_SHARE", 0.005, named, False, True,
          "a share that rounds to 0 % is none"),
    Limit(f"{THRESHOLDS}: MARGIN", 1.3, margin, True, False,
          "the Commission's guidelines accept an overall error of 30 %", (0.3,)),
    Amount(f"{THRESHOLDS}: probability", 0.5, lambda: 1 - thresholds.probability(1.0, 0.5, 2.0, 1.0),
           "a threshold at the median is exceeded half the time"),
    Limit(f"{THRESHOLDS}: in_words", 0.001, lambda x: thresholds.in_words(x)[:4], "less", "0.00",
          "nothing that rests on estimates is certain"),
    Limit(f"{THRESHOLDS}: in_words", 0.999, lambda x: thresholds.in_words(x)[:4], "0.99", "more", "likewise", by=2e-4),
    Limit("computeest/hardware/peak.py: _single_note", 1.01, tf32, False, True,
          "some cards run TF32 no faster than FP32, their sheets' rounding apart", by=0.002),
    Limit(f"{SENSITIVITY}: LEAST_SHARE", 0.001, influences, False, True, "a share that rounds to 0.0 %"),
    Limit(f"{SENSITIVITY}: _LEAST_NARROWING", 0.01, asked, False, True, "not worth a letter to the authors"),
    Amount("computeest/records/check_columns.py: OFF_BY", 10.5,
           lambda: reach({"parameters": 1e9, "active_parameters": 2e9, "tokens_seen": 1e12}),
           "facts that cannot be leave no more than an order of magnitude, which is speculative"),
    Amount("plugins/checks/plausibility.py: computeest_checks", 100.0,
           lambda: reach({"chip": "A100 SXM 80GB", "number_format": "bf16", "chips": 8, "time": "1 day",
                          "utilization": 0.01}), "a percent sign too many is a factor of a hundred", by=0.02),
    Amount("plugins/checks/plausibility.py: computeest_checks", 3.0,
           lambda: reach({"chip": "A100 SXM 80GB", "number_format": "bf16", "chips": 8, "time": "1 day",
                          "utilization": 0.9}), "chips that are busy all the time do a third of their peak", by=0.05),
    Amount("plugins/checks/plausibility.py: computeest_checks", 30.0,
           lambda: reach({"parameters": 7e9, "tokens_seen": 2e9, "cost": 2e6}),
           "a cost that none of the facts make says that one is off by as much or more", by=0.02),
    Limit("computeest/tables/diff.py: _SAME_END", 1e-3, ends_moved, False, True, "rounding of the texts compared"),
    Limit("computeest/tables/diff.py: SAME", 1e-9, changed, False, True, "the last digits of a float"),
]
