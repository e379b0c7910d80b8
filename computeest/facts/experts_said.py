"""Mixtures of experts, active parameters unsaid, that a table's other columns or a paper's quotes name: 'Arch: MoE'."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from computeest.facts.columns import cells_of
from computeest.facts.spec import Spec
from computeest.problems.records import EXPERTS_IN_COLUMN, EXPERTS_IN_QUOTE
from computeest.text import fold, quotes
from computeest.text.remembered import remembered

if TYPE_CHECKING:
    import pyarrow as pa

#: Headers under which tables say of what kind a network is, folded.
_KINDS = re.compile(r"(?:model |network )?(?:arch|architecture|class|kind|type)(?: type)?|approach"
                    r"|(?:architecture |model )?"
                    r"(?P<sparse>sparsity|sparse|dense(?:(?: or| vs)? (?:sparse|moe))?(?: model)?)"
                    r"|(?P<flag>(?:is |uses )?(?:an? )?(?:moe|mixture of experts|sparse))"
                    r"|(?P<count>(?:moe |num |number of |n )?experts)")
_YES = frozenset(("yes", "true", "y", "t", "1", "x", "moe"))
#: Beyond this a cell tells something else than a kind.
_LONGEST = 60


@remembered(4096)
def _kind(header: str) -> re.Match[str] | None:
    return _KINDS.fullmatch(fold.words(header))


def headers(names: Iterable[str]) -> list[str]:
    """The headers whose cells may say that a model is a mixture of experts."""
    return [name for name in names if _kind(name)]


def fill(spec: Spec, table: pa.Table) -> None:
    """The share of its parameters that a mixture uses, where a cell says that it is one and nothing says how many."""
    asked = headers(table.column_names)
    if not asked or "parameters" not in spec.numbers:
        return
    silent = (~np.isnan(spec.column("parameters")) & np.isnan(spec.column("active_parameters"))
              & np.isnan(spec.column("active_share")))
    for header in asked:
        column = cells_of(table.column(header))
        mixtures = {text for cell in set(map(str, column))
                    if (text := cell.strip()) and len(text) <= _LONGEST and says(header, text)}
        if not mixtures:
            continue
        for row, cell in enumerate(column):
            if silent[row] and (text := str(cell).strip()) in mixtures and not quotes.SIZES.search(
                    str(spec.word("model", row) or "")):
                silent[row] = False
                spec.set("active_share", row, quotes.SHARE_OF_EXPERTS, quotes.SHARE_SIGMA)
                spec.readings.append((row, EXPERTS_IN_COLUMN.says(
                    header=header, text=text, share=quotes.SHARE_OF_EXPERTS)))


#: In a sentence with one of these words the mixture may be another model.
_COMPARES = re.compile(r"\b(?:than|outperform\w*|compar\w*|beats?|surpass\w*|versus|vs|like|similar\w*|match\w*"
                       r"|rival\w*|exceed\w*|upcycl\w*|teachers?|distill\w*)\b", re.IGNORECASE)


def fill_quoted(spec: Spec) -> None:
    """The share of its parameters that a mixture uses, where the quote of them says that it is one, not how many."""
    for row, run in enumerate(spec.runs):
        cell = run.cells.get("parameters")
        if cell is None or quotes.SIZES.search(str(spec.word("model", row) or "")):
            continue
        says = quotes.of_experts(cell.note) or (quotes.of_experts(cell.quote) and not _COMPARES.search(cell.quote))
        if says and math.isnan(spec.get("active_parameters", row)):
            spec.set("active_share", row, quotes.SHARE_OF_EXPERTS, quotes.SHARE_SIGMA)
            spec.readings.append((row, EXPERTS_IN_QUOTE.says(share=quotes.SHARE_OF_EXPERTS)))


def says(header: str, text: str) -> bool:
    """Whether a cell under one of `headers` says that the model is a mixture of experts."""
    kind = _kind(header)
    if kind is None:
        return False
    if kind["count"]:
        return text.replace(".0", "", 1).isdecimal() and float(text) > 1
    said = fold.words(text)
    return quotes.of_experts(text) or bool(kind["flag"] and said in _YES) or bool(
        (kind["sparse"] or kind["flag"]) and said.startswith("sparse"))
