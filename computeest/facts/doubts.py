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

from computeest import schema
from computeest.facts import columns as arrow
from computeest.facts.spec import Spec
from computeest.problems import Fault
from computeest.problems import facts as wrong
from computeest.problems import texts as wrong_texts
from computeest.schema import Field, cells
from computeest.schema.column_map import SCALES, ColumnMap, Source, Whole
from computeest.text import numbers as quantity

if TYPE_CHECKING:
    import pyarrow as pa

Floats = NDArray[np.float64]

#: More than any training is known to have taken, in the column's own unit: four times the 246 million H100-hours and
#: the 490 million dollars that Epoch AI (2025) estimates for Grok 4; ten times the 14.5 trillion parameters that were
#: trained on BaGuaLu (Ma et al. 2022);
#: more tokens than the check `tokens-beyond-any` lets pass; the window of LTM-2-mini (Magic 2024).
_MOST = {"chip_time": 3.6e12, "cost": 2e9, "tokens": 1e14, "tokens_seen": 1e14, "context_window": 1e8,
         "sequence_length": 1e8, **dict.fromkeys(("parameters", "active_parameters", "trainable_parameters"), 1.5e14)}
#: More than all but the largest trainings took, 10 million GPU-hours: Llama 3.1 405B took 30.84 million (Meta 2024),
#: and Nemotron-4 340B some 13 million (6,144 H100 for 2,200 hours in Epoch AI's table). Of one such cell nobody knows
#: whether it is in full.
_SELDOM = {"chip_time": 3.6e10}

#: '1.022.362', '135.168,5' and '6,7': where points part thousands, or a comma stands for one; a unit may follow.
_POINTS_PART = re.compile(r"\s*\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?(?![\d.,])|\s*\d{1,3}\.\d{3},\d+(?![\d.,])")
_COMMA_DECIMAL = re.compile(r"\s*\d{1,3},\d{1,2}(?![\d.,]|\s*[,;/&])|\s*\d{1,3}(?:\.\d{3})+,\d+(?![\d.,])")
_SEPARATED = re.compile(r"\s*\d{1,3}(?:,\d{3})+(?:\.\d+)?\s*")
#: '7.24', '0.125' and '1.22514', whose point parts no thousands; '1,022,362' and '1,500.5', whose commas do.
_POINT_DECIMAL = r"(?:^|[^\d.,])(?:0\.\d+|\d+\.(?:\d{1,2}|\d{4,}))(?:[^\d.,]|$)"
_COMMAS_PART = r"(?:^|[^\d.,])\d{1,3}(?:(?:,\d{3}){2,}|(?:,\d{3})+\.\d)"


class Signs(NamedTuple):
    """What cells of a column show of the points and the commas of others."""

    #: A point parts thousands in one of them: '1.022.362'.
    points: bool
    #: A comma is a point in one: '6,7'.
    commas: bool
    #: One has three decimals: '1281167.000'.
    three: bool
    #: One has a point, or commas, as they are in English: '7.24', '1,022,362'.
    point_decimal: bool
    commas_part: bool


def signs(column: pa.ChunkedArray) -> Signs:
    """What a column's cells show."""
    import pyarrow.compute as pc

    if not arrow.of_texts(column.type):
        return Signs(*[False] * 5)
    texts = arrow.texts(column)
    marked = {text for text in arrow.parsed(column)[1].values() if "," in text or text.count(".") > 1}
    points, commas = (any(map(one.match, marked)) for one in (_POINTS_PART, _COMMA_DECIMAL))
    return Signs(points, commas, *(bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py()) for pattern in (
        r"^\s*\d{4,}\.\d{3}\s*$", _POINT_DECIMAL, _COMMAS_PART)))


def _shown(table: pa.Table, columns: ColumnMap) -> dict[str, Signs]:
    """What the columns of numbers show, each in all of the table, by header."""
    headers = tuple(dict.fromkeys(source.header for name, source in columns.columns.items()
                                  if source.header and schema.FIELDS[name].numeric))
    found = columns.whole.each(headers, signs) if columns.whole is not None else (
        tuple(signs(table.column(header)) for header in headers),)
    return {header: Signs(*map(any, zip(*of_pieces, strict=True)))
            for header, of_pieces in zip(headers, zip(*found, strict=True), strict=True)}


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


def judge(spec: Spec, field: Field, source: Source, scale: float, read: tuple[Floats, dict[int, str]],
          pointed: dict[int, str], table: pa.Table, columns: ColumnMap) -> None:
    """Take the cells of a column that others speak against out of what is `read` of it: numbers, and other texts.

    Those of its numbers that are `pointed` have a point that may part thousands: '143.000' under steps is left to the
    reader of texts, where none of the column shows that it is no thousand.
    """
    values, odd = read
    marked = any(map(arrow.begins_in_doubt, odd.values()))
    faults: dict[int, Fault] = {}
    if pointed or marked:
        all_of_them = _shown(table, columns)
        shown = all_of_them[source.header]
        if scale == 1.0 and field.unit in cells.WHOLE and not shown.three:
            odd |= {row: text for row, text in pointed.items() if quantity.points_thousands(text, values[row])}
        foreign = any(one.points or one.commas for one in all_of_them.values())
        point = shown.points or (foreign and not shown.point_decimal)
        comma = shown.commas or (foreign and not shown.commas_part)
        doubt = (pointed if point else {}) | {row: text for row, text in odd.items() if _in_doubt(text, point, comma)}
        values[[*doubt, *(odd.keys() & pointed.keys())]] = np.nan
        faults = {row: _either(text) for row, text in doubt.items()}
    if source.scale > 1.0 and (most := _MOST.get(field.name, 0.0)):
        faults |= _in_full(field, source, most, scale / source.scale, read, columns.whole)
    for row, fault in faults.items():
        spec.problem(row, field.name, fault)
        odd.pop(row, None)
    if source.scale > 1.0 and (seldom := _SELDOM.get(field.name, 0.0)):
        bare = _bare(values, odd)
        with np.errstate(all="ignore"):
            large = (bare >= source.scale) & (bare * scale > seldom)
        if large.any():
            spec.in_full[field.name] = large, source.scale


def _in_doubt(text: str, point: bool, comma: bool) -> bool:
    """Whether a text begins with a number whose point, or whose comma, is in doubt."""
    match = arrow.begins_in_doubt(text)
    return match is not None and (comma if "," in match["number"] else point)


def _either(text: str) -> Fault:
    match = arrow.begins_in_doubt(text)
    number = match["number"] if match is not None else text.strip()
    return wrong_texts.POINT_OR_THOUSANDS(text=text.strip(), point=number.replace(",", "."),
                                          thousands=re.sub("[,.]", "", number))


def _in_full(field: Field, source: Source, most: float, factor: float, read: tuple[Floats, dict[int, str]],
             whole: Whole | None) -> dict[int, Fault]:
    """Bare cells that may be in full though their header counts in thousands or more: one of the column shows it."""
    values, odd = read
    bare = _bare(values, odd)
    with np.errstate(all="ignore"):
        rows = np.flatnonzero((bare >= source.scale) & (bare * source.scale <= field.high / factor)).tolist()
    look = _BeyondAny(source.scale, most / factor)
    if not rows or not (look.of(values, odd) or (
            whole is not None and any(seen for (seen,) in whole.each((source.header,), look)))):
        return {}
    texts = {row: odd.get(row, f"{bare[row]:.15g}").strip() for row in rows}
    values[rows] = np.nan
    return {row: wrong.IN_FULL_UNDER_A_SCALE(text=text, scale=SCALES[source.scale]) for row, text in texts.items()}
