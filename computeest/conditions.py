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

    def holds(self, spec: Spec, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """For each of the rows whether the condition holds."""
        if self.operator in _OPERATORS and schema.FIELDS[self.column].numeric:
            with np.errstate(invalid="ignore"):
                return np.asarray(_OPERATORS[self.operator](spec.column(self.column)[rows], self.value), dtype=bool)
        words = spec.kinds(self.column)
        kinds, inverse = np.unique(words.codes[rows], return_inverse=True)
        passing = [code >= 0 and self._of_word(words.facts[code]) for code in kinds.tolist()]
        return np.array(passing, dtype=bool)[inverse]

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
