"""A batch as a product that may be that of sequences and their length: '512 x 1024' beside a length of 1,024."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from computeest.problems import Fault
from computeest.problems import facts as wrong
from computeest.schema.cells import Cell
from computeest.text import numbers

_FACTORS: Final = re.compile(r"\s*(\d[\d,]*)\s*[x×*]\s*(\d[\d,]*)\s*")


def doubt(cells: Mapping[str, Cell]) -> Fault | None:
    """What is wrong with a batch that may be as many sequences, or as many tokens; None where it is neither."""
    batch, length = cells.get("batch_size"), cells.get("sequence_length") or cells.get("context_window")
    match = _FACTORS.fullmatch(batch.text) if batch is not None else None
    if batch is None or length is None or match is None or (
            length.value not in [numbers.to_unit(factor, "token/example") for factor in match.groups()]):
        return None
    return wrong.BATCH_TIMES_LENGTH(text=batch.text, value=batch.value, length=length.value)
