"""What a table's headers and texts say, before any of its figures is compared."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Set
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.facts.columns import cells_of
from computeest.problems import InputError, Problem
from computeest.problems import facts as of_facts
from computeest.problems import files as wrong
from computeest.schema import cells, header_words
from computeest.text import fold, numbers, units
from computeest.text.suggest import did_you_mean
from computeest.text.units import UnitError

if TYPE_CHECKING:
    import pyarrow as pa

#: What a row's other words (its title, its abstract) say of a mixture of experts.
_SPEAKS_OF_EXPERTS = re.compile(
    r"\bMoEs?\b|mixtures?[ -]of[ -]experts|sparsely[ -](?:gated|activated)|conditional comput", re.IGNORECASE)
#: So many notes of the very same, greatest length were cut off there by whoever wrote the table.
_CUT_OFF_ALIKE = 3


def speak_of_experts(table: pa.Table, columns: list[str]) -> Set[int]:
    """Rows of which any text of the table says that they are mixtures of experts."""
    texts = [name for name in columns if str(table.schema.field(name).type) in ("string", "large_string")]
    return {row for name in texts for row, cell in enumerate(cells_of(table.column(name)))
            if cell and _SPEAKS_OF_EXPERTS.search(str(cell)[:cells.LONGEST_WORDS])}


def few(table: pa.Table, published: str, unread: Mapping[int, str]) -> Set[int]:
    """Of the rows whose figure cannot be read, those that give fewer FLOP than a column of them holds."""
    texts = cells_of(table.column(published))
    return {row for row in unread if _number(str(texts[row])) < (schema.FIELDS["reported_compute"].low or 0.0)}


def _number(text: str) -> float:
    try:
        return numbers.to_unit(text, "FLOP")
    except UnitError:
        return math.inf


#: 'unknown (likely >10^25)': a remark on a figure that there is not.
_ASIDE = re.compile(r"\s*\([^()]*\)\s*\Z")


def without_figure(table: pa.Table, published: str, unread: Mapping[int, str]) -> dict[int, str]:
    """Of the rows whose figure cannot be read, those that do not merely say in other words that they have none."""
    texts = cells_of(table.column(published))
    return {row: why for row, why in unread.items() if not fold.no_value(_ASIDE.sub("", str(texts[row])))}


def cut_off_at(texts: list[str]) -> int:
    """The length at which a column's texts were cut off; 0 where they are whole."""
    longest = max(map(len, texts), default=0)
    return longest if sum(len(text) == longest for text in texts) >= _CUT_OFF_ALIKE else 0


def check(table: pa.Table, published: str, notes: str) -> None:
    """InputError where the table has no such columns."""
    for name in (published, notes):
        if name and name not in table.column_names:
            near = did_you_mean(name, table.column_names) or "one of its columns"
            raise InputError([Problem("", 0, name, wrong.AUDITED_COLUMN_MISSING(name=name, near=near))])


#: Tokens that a model was trained with, however often any of them was read, as in Table D.1 of Brown et al. 2020 and
#: Table 1 of Hoffmann et al. 2022; a size of data is another thing.
_TRAINED_WITH = re.compile(r"\b(?:pre-?)?train(?:ing|ed)?[ _-]tokens\b|\btokens[ _-](?:used[ _-](?:in|for)[ _-])?"
                           r"(?:pre-?)?train(?:ing|ed)\b", re.IGNORECASE)
_OF_DATA = re.compile(r"data|corpus|corpora|size|unique", re.IGNORECASE)


def trained_with(header: str) -> bool:
    """Whether a column's tokens are by its header those that a model was trained with, each pass counted."""
    return _TRAINED_WITH.search(header) is not None and _OF_DATA.search(header) is None


#: Half of the figures of a table of training compute are above that, whatever its age, where they are FLOP.
_FLOP_FROM = 1e12
_OF_TRAINING = re.compile(r"(?=.*flop)(?:.*train|.*total|.*compute|.*budget|.*published)", re.IGNORECASE)
_PREFIXED = re.compile(r"(?<![^\W_])(?:kilo|mega|giga|tera|peta|exa|zetta|yotta|[kmgtpezy])flop", re.IGNORECASE)


def no_other_unit(published: str, figures: NDArray[np.float64]) -> None:
    """InputError where a column's numbers are too small for FLOP and its header says nothing of what they count.

    Nor may a header that is not understood name a unit: the figures of `throughput/total_gflops` are no FLOP.
    """
    said = header_words.read(published)
    known = figures[figures > 0]
    if (said is not None and said.unit) or not len(known):
        return
    if said is None and not header_words.brackets_of(published) and _PREFIXED.search(published):
        raise InputError([Problem("", 0, published, of_facts.HEADER_UNIT_UNKNOWN(
            unit=published, wanted=units.describe("FLOP")))])
    # so few FLOP are those of one image or token, unless the header says that they are a training's
    if not _OF_TRAINING.search(published) and float(np.median(known)) < _FLOP_FROM:
        raise InputError([Problem("", 0, published, wrong.PUBLISHED_TOO_SMALL(column=published, least=_FLOP_FROM))])
