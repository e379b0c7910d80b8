"""Conditions on a row's facts, as data files write them: `tokens: < 1e9`, `published: < 2020-06-01`, `model: /MoE/`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from computeest import cells, quantity, schema

if TYPE_CHECKING:
    from computeest.spec import Spec

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of one column; a missing fact never passes it."""

    column: str
    operator: str
    value: Any

    def holds(self, spec: Spec) -> NDArray[np.bool_]:
        """For each row whether the condition holds."""
        if self.operator in _OPERATORS and schema.FIELDS[self.column].numeric:
            with np.errstate(invalid="ignore"):
                return np.asarray(_OPERATORS[self.operator](spec.column(self.column), self.value), dtype=bool)
        if self.column not in spec.words:
            return np.zeros(spec.size, dtype=bool)
        known: dict[Any, bool] = {None: False}
        return np.array([known[word] if word in known else known.setdefault(word, self._of_word(word))
                         for word in spec.words[self.column].tolist()], dtype=bool)

    def _of_word(self, word: Any) -> bool:
        if self.operator in _OPERATORS:
            return bool(_OPERATORS[self.operator](word, self.value))
        return self.value.search(str(word)) is not None


def condition(column: str, text: str) -> Condition:
    """A condition from its text: `< 1e9`, `>= 2020-06-01`, or `/regular expression/`; ValueError for anything else."""
    field = schema.FIELDS[column]
    match = re.fullmatch(r"\s*(<=|>=|<|>)\s*(.+?)\s*", text)
    if match and field.numeric:
        return Condition(column, match[1], quantity.read(match[2]).value)
    if match and field.kind == "date":
        return Condition(column, match[1], cells.date(match[2]))
    if field.kind == "text" and len(text) > 2 and text[0] == text[-1] == "/":
        return Condition(column, "matches", re.compile(text[1:-1]))
    raise ValueError(f"'{text}' is no condition on '{column}'")
