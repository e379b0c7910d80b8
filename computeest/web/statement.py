"""The statement on training compute that the Commission's guidelines ask of providers, in words of ours.

What they want said is of C(2025) 5045, Annex: which approach was taken, from which facts and assumptions, with which
error margin, and what the figure includes. What is counted comes from the rules of thresholds.yaml.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from computeest.problems import UsageError
from computeest.records.thresholds import MARGIN
from computeest.web.study import Study

#: The forms of statement there are.
FORMS = ("eu",)
#: By what methods rest on.
_APPROACHES = {"hardware": "hardware-based: the time of the chips, their peak, and the share of it that was used",
               "counted": "architecture-based: the operations of the network over the data that it saw",
               "stated": "as the developers state it"}
_THRESHOLDS = ("eu-gpai", "eu-systemic-risk", "eu-downstream-gpai", "eu-downstream-systemic-risk")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a provider would say, section by section."""

    model: str
    figure: str
    interval: str
    margin: str
    approaches: Sequence[str]
    facts: Sequence[Mapping[str, Any]]
    assumptions: Sequence[str]
    #: What is counted and what is not: {says, source}.
    included: Sequence[Mapping[str, str]]
    #: How it stands to each threshold of the Union.
    thresholds: Sequence[str]


def statement(study: Study, form: str) -> Statement | None:
    """The statement of that form; None where none is asked for; UsageError for a form there is not."""
    if not form:
        return None
    if form not in FORMS:
        raise UsageError(f"no form of statement is called '{form}'; there is {', '.join(FORMS)}")
    record, union = study.record, [each for each in study.thresholds if each["threshold"] in _THRESHOLDS]
    rules: dict[str, Mapping[str, str]] = {}
    for rule in (rule for each in union for rule in each["rules"] if rule["rule"] != "margin"):
        rules.setdefault(rule["says"], rule)
    return Statement(
        str(record["model"] or "the model"), f"{record['flop']:.1e} FLOP",
        f"{record['flop_low']:.1e} and {record['flop_high']:.1e} FLOP", _margin(record),
        [_APPROACHES[kind] for kind in study.rests_on],
        study.facts, [f"{name.replace('_', ' ')} = {_value(value)}" for name, value in record["assumed"].items()],
        list(rules.values()), [str(each["sentence"]) for each in union])


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _margin(record: Mapping[str, Any]) -> str:
    """The half width of the 90 % interval as a share, against what the guidelines accept."""
    wide = math.sqrt(record["flop_high"] / record["flop_low"]) - 1
    side = "within" if wide <= MARGIN else "beyond"
    return f"{wide:.0%} either way with a probability of 90 %, {side} the overall margin of {MARGIN:.0%} accepted"
