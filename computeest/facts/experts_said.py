"""Mixtures of experts that other words name beside parameters of which no active ones are stated.

Such words are a table's other columns ('Arch: MoE'), the authors' that a paper quotes, and its note.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import numpy as np

from computeest.facts.columns import cells_of
from computeest.facts.spec import Spec
from computeest.problems.records import (
    ACTIVE_QUOTED,
    EXPERTS_DOUBTED,
    EXPERTS_IN_COLUMN,
    EXPERTS_IN_QUOTE,
    EXPERTS_OR_PEOPLE,
)
from computeest.text import fold, quotes
from computeest.text.numbers import NINETY
from computeest.text.remembered import remembered

if TYPE_CHECKING:
    import pyarrow as pa

#: Headers under which tables say of what kind a network is, folded.
_KINDS = re.compile(r"(?:model |network )?(?:arch|architecture|class|kind|type)(?: type)?|approach"
                    r"|(?:architecture |model )?"
                    r"(?P<sparse>sparsity|sparse|dense(?:(?: or| vs)? (?:sparse|moe))?(?: model)?)"
                    r"|(?P<flag>(?:is |uses )?(?:an? )?(?:moe|mixture of experts|sparse))"
                    r"|(?P<count>(?:moe |num |number of |n )?experts)")
#: A number of experts, and what papers add to it: '8 (2 active)', '8 x 7B', '64 routed + 2 shared', '16, top-2'.
_NUMBER_OF = re.compile(
    r"(?P<count>\d{1,5})(?:\.0)?\s*(?:(?:experts?|total|routed|shared)\b|[(,;+/x×@-]|top\b|$)"
    r"(?!.*\b(?:annotat|human|people|rater|judge|domain|clinic|physic|doctor|medic|linguist|label))", re.IGNORECASE)
#: So many are networks: a power of two, or more than the people that anybody asks. The others may be people.
_FEW: Final = 30
_YES = frozenset(("yes", "true", "y", "t", "1", "x", "moe"))
#: What else authors call one, and a network that is none whatever else is said beside it.
_EXPERTS = re.compile(r"\bMoE\b|\bmixtures?[\s-]+of[\s-]+experts\b|\bsparsely[\s-]+(?:activated|gated)\b"
                      r"|\b(?:routed|shared)\s+experts\b"
                      r"|\bexperts?,?\s+(?:are\s+)?(?:per|for\s+each|of\s+which|top-?\d)", re.IGNORECASE)
_DENSE = re.compile(r"\bdense\s+(?:\w+\s+)?(?:model|network|transformer|decoder|language|architecture)s?\b"
                    r"|\b(?:no|not|non|without)[\s-]+(?:an?\s+)?(?:MoE|mixtures?|experts)\b", re.IGNORECASE)
#: The least share of its parameters that a published mixture uses: where nothing says whether it is one, it may be.
LEAST_SHARE = 0.03
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
    import pyarrow as pa

    silent = (~np.isnan(spec.column("parameters")) & np.isnan(spec.column("active_parameters"))
              & np.isnan(spec.column("active_share")))
    for header in asked:
        column = table.column(header)
        kinds = cells_of(column if pa.types.is_nested(column.type) else column.unique())  # 2 % of a table's time
        mixtures = {text for cell in set(map(str, kinds))
                    if (text := cell.strip()) and len(text) <= _LONGEST and says(header, text)}
        if not mixtures:
            continue
        people = _may_be_people(header, mixtures)
        for row, cell in enumerate(cells_of(column)):
            if silent[row] and (text := str(cell).strip()) in mixtures and not quotes.SIZES.search(
                    str(spec.word("model", row) or "")):
                silent[row] = False
                if people:
                    least = 1 / _count(text)
                    spec.set("active_share", row, math.sqrt(least), -math.log(least) / (2 * NINETY))
                    spec.readings.append((row, EXPERTS_OR_PEOPLE.says(header=header, text=text, least=least)))
                    continue
                spec.set("active_share", row, quotes.SHARE_OF_EXPERTS, quotes.SHARE_SIGMA)
                spec.readings.append((row, EXPERTS_IN_COLUMN.says(
                    header=header, text=text, share=quotes.SHARE_OF_EXPERTS)))


def _count(text: str) -> int:
    match = _NUMBER_OF.match(text)
    return int(match["count"]) if match else 0


def _may_be_people(header: str, texts: Iterable[str]) -> bool:
    """Whether a column counts experts of which no number looks like one of networks: 'Experts: 3, 5, 12'."""
    kind = _kind(header)
    return bool(kind and kind["count"]) and not any(
        count >= _FEW or count.bit_count() == 1 for count in map(_count, texts))


#: In a sentence with one of these words the mixture may be another model.
_COMPARES = re.compile(r"\b(?:than|outperform\w*|compar\w*|beats?|surpass\w*|versus|vs|like|similar\w*|match\w*"
                       r"|rival\w*|exceed\w*|upcycl\w*|teachers?|distill\w*)\b", re.IGNORECASE)


def fill_quoted(spec: Spec) -> None:
    """The active parameters, or their share, of mixtures that a paper's quotes speak of; what a note leaves open."""
    if "parameters" not in spec.numbers:
        return
    silent = np.logical_and.reduce([np.isnan(spec.column("active_parameters")), np.isnan(spec.column("active_share")),
                                    np.isnan(spec.networks.column("active_parameters"))])
    for row in np.flatnonzero(silent & ~np.isnan(spec.column("parameters"))).tolist():
        if quotes.SIZES.search(str(spec.word("model", row) or "")):
            continue
        cells = spec.runs[row].cells if spec.runs else {}
        quoted = sorted(cell.quote for cell in cells.values() if cell.quote)
        beside = cells["parameters"].note if "parameters" in cells else ""
        text = " ".join((*quoted, beside))[:quotes.LONGEST]
        everything = f"{text} {spec.word('note', row) or ''}"[:2 * quotes.LONGEST]
        if quotes.of_experts(beside) or any(map(_is_one, quoted)):
            # numbers alone: a percentage may be of the experts, or of the weights without those that all tokens share
            _of_quotes(spec, row, quotes.active_parameters(text.replace("%", ""), spec.get("parameters", row)))
        elif _EXPERTS.search(everything) and not _DENSE.search(everything):
            low, high = spec.alternatives.setdefault("active_share", (
                np.full(spec.size, np.nan), np.full(spec.size, np.nan)))
            low[row], high[row] = LEAST_SHARE, 1.0
            spec.readings.append((row, EXPERTS_DOUBTED.says(least=LEAST_SHARE)))


def _is_one(quote: str) -> bool:
    """Whether a quote says that the model itself is a mixture."""
    return bool(_EXPERTS.search(quote)) and not (quotes.doubts_experts(quote) or _COMPARES.search(quote))


def _of_quotes(spec: Spec, row: int, active: float) -> None:
    if math.isnan(active):
        spec.set("active_share", row, quotes.SHARE_OF_EXPERTS, quotes.SHARE_SIGMA)
        spec.readings.append((row, EXPERTS_IN_QUOTE.says(share=quotes.SHARE_OF_EXPERTS)))
    else:
        spec.set("active_parameters", row, active)
        spec.readings.append((row, ACTIVE_QUOTED.says(active=active, total=spec.get("parameters", row))))


def says(header: str, text: str) -> bool:
    """Whether a cell under one of `headers` says that the model is a mixture of experts."""
    kind = _kind(header)
    if kind is None:
        return False
    if kind["count"]:
        return _count(text) > 1
    said = fold.words(text)
    return quotes.of_experts(text) or bool(kind["flag"] and said in _YES) or bool(
        (kind["sparse"] or kind["flag"]) and said.startswith("sparse"))
