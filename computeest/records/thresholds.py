"""How likely a model is above a threshold of training compute, and what was counted: never legal advice."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from computeest.problems import UsageError
from computeest.text.numbers import NINETY, to_unit
from computeest.text.suggest import did_you_mean
from computeest.text.units import UnitError
from computeest.text.yaml_nodes import of_package

if TYPE_CHECKING:
    from computeest.estimation.results import Results

#: The error that the guidelines accept of a provider's estimate.
MARGIN = 0.3
_NOT_ADVICE = "An estimate from published facts, not legal advice."
#: Words in the name of a run that makes data instead of learning from it.
_MAKES_DATA = ("synthetic", "generation of data", "data generation", "distillation data", "sampling")


@dataclass(frozen=True, slots=True)
class Threshold:
    """An amount of training compute that a rule attaches something to."""

    key: str
    name: str
    flop: float
    #: whole, or modification: the model's own run against a share of its base model's compute.
    counts: str
    says: str = ""
    where: str = ""
    source: str = ""
    adopted: str = ""
    applies: str = ""
    ended: str = ""
    status: str = ""
    rules: tuple[str, ...] = ()
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """How an estimate stands to a threshold; numbers in FLOP."""

    threshold: str
    name: str
    threshold_flop: float
    #: What was held against it, with its 90 % interval.
    flop: float
    flop_low: float
    flop_high: float
    #: That the true figure is above, with two significant figures (of its complement where that is smaller).
    probability_above: float
    status: str
    applies: str
    ended: str
    where: str
    source: str
    #: What was counted and what not: rule, sentence, source.
    rules: list[dict[str, str]]
    sentence: str
    #: at_least where a run or a base model of unknown compute is left out: the probability is at least that then.
    bound: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The judgement as JSON has it."""
        return asdict(self)


@lru_cache(maxsize=1)
def known() -> Mapping[str, Threshold]:
    """The thresholds of thresholds.yaml, by key."""
    return {key: _threshold(key, entry) for key, entry in _entries()["thresholds"].items()}


def _threshold(key: str, entry: Mapping[str, Any]) -> Threshold:
    texts = {name: str(entry.get(name, "")) for name in ("where", "source", "adopted", "applies", "ended", "status")}
    return Threshold(key, entry["name"], float(entry["flop"]), entry["counts"], " ".join(entry["says"].split()),
                     rules=tuple(entry["rules"]), share=float(entry.get("share", 1.0)), **texts)


@lru_cache(maxsize=1)
def _entries() -> Mapping[str, Any]:
    return of_package("thresholds.yaml")  # type: ignore[no-any-return]


def named(wanted: Iterable[str | float] | str | float) -> list[Threshold]:
    """The thresholds that names, numbers such as 1e25, or `all` ask for; UsageError for anything else."""
    found: dict[str, Threshold] = {}
    for name in map(str, [wanted] if isinstance(wanted, str | float | int) else wanted):
        asked = name.strip().lower()
        several = known().values() if asked == "all" else [known()[asked]] if asked in known() else [_number(name)]
        found |= {threshold.key: threshold for threshold in several}
    return list(found.values())


def _number(text: str) -> Threshold:
    """A threshold given as a number of FLOP."""
    try:
        flop = to_unit(text, "FLOP")
    except UnitError:
        close = did_you_mean(text, (*known(), "all"))
        raise UsageError(f"no threshold is called '{text}'; {close or 'there are ' + ', '.join(known())}, 'all', or a "
                         "number such as 1e25") from None
    if not (math.isfinite(flop) and flop > 0):
        raise UsageError(f"a threshold is a positive number of FLOP, and '{text}' is none")
    rules = ("base-run", "own-recomputation")
    return Threshold(f"{flop:g}", f"a threshold of {flop:g} FLOP", flop, "whole", rules=rules)


def judgements(results: Results, index: int, wanted: Iterable[Threshold]) -> list[dict[str, Any]]:
    """How a paper's estimate stands to each threshold that can be held against it."""
    return [judgement.to_dict() for threshold in wanted if (judgement := judge(results, index, threshold)) is not None]


def judge(results: Results, index: int, threshold: Threshold) -> Judgement | None:
    """How a paper's estimate stands to the threshold; None for a modification of nothing, or by nothing known."""
    base, lacking = _base(results, index)
    modified = threshold.counts == "modification"
    if modified and not (base or lacking):
        return None
    flop, low, high = _held(results, index, threshold)
    if modified and not flop > 0:
        return None
    limit = threshold.flop * threshold.share
    if modified and base:
        # the base model's compute is not certain either
        from computeest.estimation.base_models import REPORTED_SIGMA

        limit = base * threshold.share
        low, high = (flop * math.exp(side * math.hypot(math.log(end / flop), NINETY * REPORTED_SIGMA))
                     for side, end in ((-1, low), (1, high)))
    reach = max(flop / low, high / flop)
    chance = probability(flop, low, high, limit)
    facts = {"base": str(results.spec.word("base_model", int(results.first[index])) or lacking),
             "base_flop": f"{base:.2g} FLOP", "stages": ", ".join(_making_data(results, index)),
             "figures": f"{flop:.1e}"}
    rules = [{"rule": rule, "says": text, "source": _entries()["rules"][rule]["source"]}
             for rule in threshold.rules if (text := _rule(rule, facts, _cases(results, index, base, lacking, reach)))]
    at_least = not modified and bool(results.columns["at_least"][index])
    shown = float(results.columns["flop_high"][index]) if at_least else high
    return Judgement(threshold.key, threshold.name, limit, flop, low, shown, chance, threshold.status,
                     threshold.applies, threshold.ended, threshold.where, threshold.source, rules,
                     _sentence(threshold, limit, flop, low, high, chance, at_least), "at_least" if at_least else "")


def probability(flop: float, low: float, high: float, limit: float) -> float:
    """The chance that a figure is above the limit, with two significant figures of the smaller side.

    Each side of the figure is half a lognormal whose 90 % interval ends at `low` or `high`.
    """
    reach = math.log(high / flop) if limit > flop else math.log(flop / low)
    deviations = math.log(flop / limit) / max(reach / NINETY, 1e-9)
    smaller = 0.5 * math.erfc(abs(deviations) / math.sqrt(2))
    rounded = float(f"{smaller:.1e}")
    return rounded if deviations < 0 else 1 - rounded


def _held(results: Results, index: int, threshold: Threshold) -> tuple[float, float, float]:
    """What is held against the threshold, with its interval: the whole, or the model's own run.

    Of what is not all known it is the part that is, so that the chance is at least that.
    """
    names = ("own_flop", "own_flop_low", "own_flop_high") if threshold.counts == "modification" else \
        ("flop", "flop_low", "known_high")
    flop, low, high = (float(results.columns[name][index]) for name in names)
    return flop, low, high


def _base(results: Results, index: int) -> tuple[float, str]:
    """The base model's compute that the estimate holds, 0 without; and the base model whose compute is missing."""
    column = results.columns.get("base_compute")
    base = float(column[index]) if column is not None else math.nan
    return (0.0 if math.isnan(base) else base), results.lineage.missing.get(index, "")


def _cases(results: Results, index: int, base: float, lacking: str, reach: float) -> Mapping[str, str]:
    """Which of each rule's sentences the facts call for."""
    of_base = "included" if base else "missing" if lacking else "none"
    column = results.columns.get("hardware_flop_utilization")
    hardware = column is not None and not math.isnan(float(column[index]))
    recomputed = "hardware" if hardware else "model"
    return {"base-model": of_base, "base-run": of_base, "modification": of_base,
            "synthetic-data": "listed" if _making_data(results, index) else "none",
            "recomputation": recomputed, "own-recomputation": recomputed,
            "margin": "within" if reach <= 1 + MARGIN else "beyond"}


def _making_data(results: Results, index: int) -> Sequence[str]:
    """The runs whose names say that they make data."""
    stages = results.spec.words.get("stage")
    if stages is None:
        return []
    named = [str(stages[row]) for row in range(results.spec.size) if results.spec.paper[row] == index and stages[row]]
    return [stage for stage in named if any(word in stage.lower() for word in _MAKES_DATA)]


def _rule(rule: str, facts: Mapping[str, str], cases: Mapping[str, str]) -> str:
    sentences = _entries()["rules"][rule]
    sentence = sentences.get(cases.get(rule, "always"))
    return " ".join(str(sentence).format(**facts).split()) if sentence else ""


def _sentence(threshold: Threshold, limit: float, flop: float, low: float, high: float, chance: float,
              at_least: bool = False) -> str:
    """What an analyst may paste."""
    counted = "of the run by itself" if threshold.counts == "modification" else "of training"
    dates = f"; {threshold.status}" if threshold.status else ""
    dates += f", from {threshold.applies}" if threshold.applies else ""
    dates += f" to {threshold.ended}" if threshold.ended else ""
    where = f" ({threshold.where}{dates})" if threshold.where else ""
    if at_least:
        told = f"is at least {in_words(chance).removeprefix('more than ')}" if chance > 0.5 else \
            f"cannot be told: what is known exceeds it with a probability of {in_words(chance)}"
        return (f"The compute {counted} is {flop:.2g} FLOP or more, with 95 % above {low:.2g}, for a part of "
                f"it is not known. The probability that it exceeds {limit:.2g} FLOP, {threshold.name}{where}, {told}. "
                f"{_NOT_ADVICE}")
    return (f"The compute {counted} is estimated at {flop:.2g} FLOP, with 90 % between {low:.2g} and "
            f"{high:.2g}. The probability that it exceeds {limit:.2g} FLOP, {threshold.name}{where}, is "
            f"{in_words(chance)}. {_NOT_ADVICE}")


def in_words(chance: float) -> str:
    """A probability as it is said: nothing that rests on estimates is certain."""
    if chance < 0.001:
        return "less than 0.001"
    if chance > 0.999:
        return "more than 0.999"
    return f"{chance:.2g}" if chance < 0.5 else f"{1 - float(f'{1 - chance:.2g}'):g}"
