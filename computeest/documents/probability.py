"""How likely each candidate is the fact of its column and stage: one of its values is right, or none is.

The score of a candidate is the sum of the weights of what was told of it; the values of a column and 'none of them'
share the probability as in a conditional logit. `benchmarks/fit_draft.py` writes the weights.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from computeest.documents.candidates import Candidate

#: Numbers no further apart are one, rounded: 4K and 4096 are 2.4 % apart.
_ALIKE = 1.025


@lru_cache(maxsize=1)
def weights() -> Mapping[str, float]:
    """What each thing told of a candidate adds to its score."""
    import yaml

    found = yaml.safe_load(files("computeest.documents").joinpath("weights.yaml").read_text("utf-8"))["weights"]
    return {str(name): float(weight) for name, weight in found.items()}


def score(features: Iterable[str], by: Mapping[str, float]) -> float:
    """The score of a candidate; 0 is as likely as that the document does not say."""
    return math.fsum((by.get("always", 0.0), *(by.get(name, 0.0) for name in features)))  # in whatever order


def same_values(found: Sequence[Candidate]) -> list[tuple[str, str, str]]:
    """Column, stage and value, the value alike where they say the same: 4K and 4096, 1.46M and 1,456K."""
    keys: list[tuple[str, str, str]] = [(one.column, one.stage, _text(one)) for one in found]
    numbers = sorted((at for at, one in enumerate(found) if isinstance(one.value, float)),
                     key=lambda at: (*keys[at][:2], found[at].value))
    first = None
    for at in numbers:
        if first is None or keys[at][:2] != keys[first][:2] or found[at].value > _ALIKE * found[first].value:
            first = at
        keys[at] = (*keys[at][:2], f"{found[first].value:.6g}")
    return keys


def _text(one: Candidate) -> str:
    """A value as its words; a base model without whose it is: 'meta-llama/Llama-2-7b-hf'."""
    text = str(one.value).lower()
    return text.rpartition("/")[2].replace(" ", "-") if one.column == "base_model" else text


def rated(found: Sequence[Candidate], by: Mapping[str, float] | None = None) -> list[tuple[Candidate, float]]:
    """Every candidate with the probability of its value, the likeliest first."""
    by = weights() if by is None else by
    scores = [score(candidate.features, by) for candidate in found]
    keys = same_values(found)
    best: dict[tuple[str, str, str], float] = {}
    for key, points in zip(keys, scores, strict=True):
        best[key] = max(points, best.get(key, -math.inf))
    totals: dict[tuple[str, str], float] = defaultdict(lambda: 1.0)
    for (column, stage, _), points in best.items():
        totals[column, stage] += math.exp(min(points, 50.0))
    pairs = [(candidate, points, math.exp(min(best[key], 50.0)) / totals[key[:2]])
             for candidate, points, key in zip(found, scores, keys, strict=True)]
    pairs.sort(key=lambda pair: (-pair[2], -pair[1], pair[0].place, pair[0].text))
    return [(candidate, chance) for candidate, _, chance in pairs]


def reasons(candidate: Candidate, by: Mapping[str, float] | None = None, most: int = 3) -> list[tuple[str, float]]:
    """What speaks most for and against a candidate."""
    by = weights() if by is None else by
    told = {name.partition(" @ ")[0]: 0.0 for name in candidate.features}
    for name in candidate.features:
        told[name.partition(" @ ")[0]] += by.get(name, 0.0)
    return sorted(told.items(), key=lambda item: (-abs(item[1]), item[0]))[:most]
