"""Facts and assumptions with something changed, to be estimated again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from computeest import schema
from computeest.assumptions import Assumption
from computeest.spec import Spec


def scaled(spec: Spec, column: str, factor: float) -> Spec:
    """The facts with one column multiplied."""
    return replace(spec, numbers={**spec.numbers, column: spec.numbers[column] * factor})


def with_facts(spec: Spec, values: Mapping[str, float]) -> Spec:
    """The facts with some columns the same in every run."""
    filled = {name: np.full(spec.size, value) for name, value in values.items()}
    return replace(spec, numbers={**spec.numbers, **filled})


def times(assumption: Assumption, factor: float) -> Assumption:
    """An assumption, and all its cases, multiplied."""
    cases = tuple(replace(case, value=case.value * factor) for case in assumption.cases)
    return replace(assumption, value=assumption.value * factor, cases=cases)


def exactly(assumption: Assumption) -> Assumption:
    """An assumption that is certain."""
    return replace(assumption, sigma=0.0, cases=tuple(replace(case, sigma=0.0) for case in assumption.cases))


def start(column: str) -> float:
    """A first guess within a column's bounds."""
    field = schema.FIELDS[column]
    return 0.5 if field.high <= 1 else max(1.0, field.low * 2)
