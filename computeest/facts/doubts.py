"""Cells that others of their column speak against: a point or a comma before three figures, and numbers in full.

What others say is asked of the whole table where the rows are a piece of it: how it is cut decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from computeest.facts import columns as arrow
from computeest.facts.spec import Spec
from computeest.problems import Fault
from computeest.problems import facts as wrong
from computeest.problems import texts as wrong_texts
from computeest.schema import Field, cells
from computeest.schema.column_map import SCALES, Source, Whole
from computeest.text import numbers as quantity

if TYPE_CHECKING:
    import pyarrow as pa

Floats = NDArray[np.float64]

#: More than any training is known to have taken, in the column's own unit: four times the 246 million H100-hours and
#: the 490 million dollars of Grok 4 (Epoch AI 2025); ten times BaGuaLu's 14.5 trillion parameters (Ma et al. 2022);
#: more tokens than the check `tokens-beyond-any` lets pass; the window of LTM-2-mini (Magic 2024).
_MOST = {"chip_time": 3.6e12, "cost": 2e9, "tokens": 1e14, "tokens_seen": 1e14, "context_window": 1e8,
         "sequence_length": 1e8, **dict.fromkeys(("parameters", "active_parameters", "trainable_parameters"), 1.5e14)}
#: More than all but the largest trainings took, 10 million GPU-hours: of those published only Llama 3.1 405B's 30.84
#: million (Meta 2024) are more. Of one such cell nobody knows whether it is in full.
_SELDOM = {"chip_time": 3.6e10}

#: '1.022.362', '135.168,5' and '6,7': where points part thousands, or a comma stands for one.
_POINTS_PART = re.compile(r"\s*\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?\s*|\s*\d{1,3}\.\d{3},\d+\s*")
_COMMA_DECIMAL = re.compile(r"\s*\d{1,3},\d{1,2}\s*|\s*\d{1,3}(?:\.\d{3})+,\d+\s*")
_MAY_PART = re.compile(r"\s*[1-9]\d{0,2}[.,]\d{3}\s*")
_SEPARATED = re.compile(r"\s*\d{1,3}(?:,\d{3})+(?:\.\d+)?\s*")


class Signs(NamedTuple):
    """What cells of a column show of the points and the commas of others."""

    #: A point parts thousands in one of them: '1.022.362'.
    points: bool
    #: A comma is a point in one: '6,7'.
    commas: bool
    #: One has three decimals: '1281167.000'.
    three: bool


def signs(column: pa.ChunkedArray, odd: Mapping[int, str] | None = None) -> Signs:
    """What a column's cells show; `odd` are those that are no bare numbers."""
    import pyarrow.compute as pc

    odd = arrow.parsed(column)[1] if odd is None else odd
    marked = {text for text in odd.values() if "," in text or text.count(".") > 1}
    points, commas = (any(map(one.fullmatch, marked)) for one in (_POINTS_PART, _COMMA_DECIMAL))
    three = arrow.of_texts(column.type) and pc.any(
        pc.match_substring_regex(arrow.texts(column), r"^\s*\d{4,}\.\d{3}\s*$")).as_py()
    return Signs(points, commas, bool(three))


@dataclass(frozen=True, slots=True)
class _BeyondAny:
    """Whether a number of a column would be more than any, and in full is not."""

    scale: float
    most: float

    def __call__(self, column: pa.ChunkedArray) -> bool:
        return self.of(*arrow.parsed(column))

    def of(self, values: Floats, odd: Mapping[int, str]) -> bool:
        bare = _bare(values, odd)
        with np.errstate(all="ignore"):
            return bool(((bare >= self.scale) & (bare * self.scale > self.most) & (bare <= self.most)).any())


def _bare(values: Floats, odd: Mapping[int, str]) -> Floats:
    """A column's numbers with those whose thousands are parted."""
    bare = values.copy()
    for row, text in odd.items():
        if "," in text and _SEPARATED.fullmatch(text):
            bare[row] = float(text.replace(",", ""))
    return bare


def judge(spec: Spec, field: Field, source: Source, scale: float, column: pa.ChunkedArray,
          read: tuple[Floats, dict[int, str]], pointed: dict[int, str], whole: Whole | None) -> None:
    """Take the cells of a column that others speak against out of what is `read` of it: numbers, and other texts.

    Those of its numbers that are `pointed` have a point that may part thousands: '143.000' under steps is left to the
    reader of texts, where none of the column shows that it is no thousand.
    """
    values, odd = read
    commas = {row: text for row, text in odd.items() if "," in text and _MAY_PART.fullmatch(text)}
    faults: dict[int, Fault] = {}
    if pointed or commas:
        shown = signs(column, odd)
        if whole is not None:
            shown = Signs(*map(any, zip(shown, *whole.each(source.header, signs), strict=True)))
        if scale == 1.0 and field.unit in cells.WHOLE and not shown.three:
            odd |= {row: text for row, text in pointed.items() if quantity.points_thousands(text, values[row])}
        doubt = (pointed if shown.points else {}) | ({
            row: text for row, text in odd.items() if _MAY_PART.fullmatch(text)} if shown.commas else {})
        values[[*doubt, *(odd.keys() & pointed.keys())]] = np.nan
        faults = {row: wrong_texts.POINT_OR_THOUSANDS(
            text=text.strip(), point=text.strip().replace(",", "."), thousands=re.sub("[,.]", "", text.strip()))
            for row, text in doubt.items()}
    if source.scale > 1.0 and (most := _MOST.get(field.name, 0.0)):
        faults |= _in_full(field, source, most, scale / source.scale, read, whole)
    for row, fault in faults.items():
        spec.problem(row, field.name, fault)
        odd.pop(row, None)
    if source.scale > 1.0 and (seldom := _SELDOM.get(field.name, 0.0)):
        bare = _bare(values, odd)
        with np.errstate(all="ignore"):
            large = (bare >= source.scale) & (bare * scale > seldom)
        if large.any():
            spec.in_full[field.name] = large, source.scale


def _in_full(field: Field, source: Source, most: float, factor: float, read: tuple[Floats, dict[int, str]],
             whole: Whole | None) -> dict[int, Fault]:
    """Bare cells that may be in full though their header counts in thousands or more: one of the column shows it."""
    values, odd = read
    bare = _bare(values, odd)
    with np.errstate(all="ignore"):
        rows = np.flatnonzero((bare >= source.scale) & (bare * source.scale <= field.high / factor)).tolist()
    look = _BeyondAny(source.scale, most / factor)
    if not rows or not (look.of(values, odd) or (whole is not None and any(whole.each(source.header, look)))):
        return {}
    texts = {row: odd.get(row, f"{bare[row]:.15g}").strip() for row in rows}
    values[rows] = np.nan
    return {row: wrong.IN_FULL_UNDER_A_SCALE(text=text, scale=SCALES[source.scale]) for row, text in texts.items()}
