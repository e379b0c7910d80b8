"""What a model may have taken whose facts allow no method: never the answer, and shown beside it.

A regression over what is known (parameters, date, chips, language) of rows whose compute was published, made by
`benchmarks/prior.py` into `prior.yaml`, with the interval that held nine in ten of the rows that no method could
estimate; of money or energy without a chip, what such chips do for a dollar or a joule.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.facts.spec import Spec
from computeest.text.yaml_nodes import of_package

Floats = NDArray[np.float64]

#: The year that counts as 0.
EPOCH = 2020.0


@lru_cache(maxsize=1)
def fits() -> Mapping[str, Mapping[str, Any]]:
    """The regressions of prior.yaml, by the features that they rest on, joined by '+'."""
    return of_package("prior.yaml")["fits"]  # type: ignore[no-any-return]


@lru_cache(maxsize=65_536)
def _years(day: datetime.date) -> float:
    return day.year + day.timetuple().tm_yday / 366 - EPOCH


def features(spec: Spec, first: NDArray[np.intp]) -> dict[str, Floats]:
    """What is known of each paper, NaN where it is not: natural logs, years from 2020, 1 for language."""
    published, domains = spec.kinds("published"), spec.kinds("domain")
    years = np.array([*map(_years, published.facts), np.nan])
    language = np.array([*(float("language" in str(text).lower()) for text in domains.facts), 0.0])
    with np.errstate(all="ignore"):
        logs = {name: np.log(spec.column(name)[first]) for name in ("parameters", "chips", "cost", "energy")}
    return {**logs, "published": years[published.codes][first], "language": language[domains.codes][first]}


def prior(spec: Spec, first: NDArray[np.intp], lacking: NDArray[np.bool_]) -> dict[str, Floats]:
    """The prior of the papers that are lacking an answer, with its 90 % interval; NaN for all others."""
    rows = np.flatnonzero(lacking)  # few, of most tables
    middle, reach = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    if len(rows):
        known = features(spec, first[rows])
        for name, fit in fits().items():
            used = name.split("+")
            there = np.logical_and.reduce([~np.isnan(known[feature]) for feature in used])
            # the fits come with the best last
            values = sum(fit[feature] * known[feature] for feature in (*used, "language")) + fit["constant"]
            middle[there], reach[there] = values[there], fit["reach"]
    # facts far from those that the fits were made on lead nowhere: no further than any compute can be
    compute = schema.FIELDS["reported_compute"]
    low, high = math.log(compute.low), math.log(compute.high)
    found = {}
    for name, side in (("prior_flop", 0), ("prior_flop_low", -1), ("prior_flop_high", 1)):
        found[name] = np.full(len(first), np.nan)
        found[name][rows] = np.exp(np.clip(middle + side * reach, low, high))
    return found
