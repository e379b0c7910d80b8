"""Cells as people write them, which rows are asked for, and which are told twice: a frame before it becomes records."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from computeest.progress.records import PAPER_COLUMNS, ProgressError, decimal_year, numbers, paper_column, require
from computeest.text import dates
from computeest.text import numbers as text_numbers
from computeest.text.suggest import did_you_mean
from computeest.text.units import UnitError, factor

if TYPE_CHECKING:
    import pandas as pd

#: Units of cells whose number is the count that the column holds.
_COUNTED = frozenset(("token", "example", "parameter", "word", "epoch", "dimensionless"))
#: Columns of text and of dates, whose cells are no numbers.
WORDS = frozenset(("model", "benchmark", "metric", "published", "year", "link", "organization", "domain", "task",
                   "note", "paper", "reference", "method", "confidence", "chip", "hardware", "architecture",
                   "algorithm"))
#: So many scores above 1, and such a share of them, are no misprints but percents among fractions.
_SOME, _PART = 2, 0.02


def read_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with numbers for texts that are numbers: '85.4 %' is 0.854, '3.6 PFLOP' 3.6e15, '300B tokens' 3e11.

    A column of words, or with cells that are no numbers, keeps those cells.
    """
    import pandas as pd

    found = frame.copy()
    for name in frame.columns:
        cells = frame[name]
        if name in WORDS or not (pd.api.types.is_object_dtype(cells) or pd.api.types.is_string_dtype(cells)):
            continue
        plain = pd.to_numeric(cells, errors="coerce").astype("float64")
        unread = (plain.isna() & cells.notna()).to_numpy()
        if not unread.any():
            found[name] = plain
            continue
        values = {cell: _number(str(cell)) for cell in cells[unread].unique()}
        if any(np.isfinite(value) for value in values.values()):
            kept = plain.astype(object)
            kept[unread] = [values[cell] if np.isfinite(values[cell]) else cell for cell in cells[unread]]
            found[name] = kept
    return found


def _number(text: str) -> float:
    try:
        found = text_numbers.read(text.strip())
    except UnitError:
        return float("nan")
    if found.unit is None or found.unit in _COUNTED:
        return found.value
    if found.unit == "percent":
        return found.value / 100.0
    try:
        return found.value * factor(found.unit, "FLOP")
    except UnitError:
        return float("nan")


def fractions(frame: pd.DataFrame, columns: Sequence[str] = ()) -> tuple[pd.DataFrame, list[str]]:
    """The frame with fractions for percents, by column: those that are named, and `score` where it holds nothing else.

    A column that mixes the two is refused: 0.9 may be 0.9 or 90 %.
    """
    require(frame, columns)
    said = []
    for column in dict.fromkeys((*columns, "score")):
        if column not in frame:
            continue
        values = numbers(frame, column)
        known = values[np.isfinite(values) & (values > 0)]
        above = int((known > 1.0).sum())
        asked = column in columns
        if not asked and (not above or (known > 100.0).any() or above < _SOME or above < _PART * len(known)):
            continue
        if not asked and above < len(known):
            raise ProgressError(f"{column}: {above} records are above 1, as percents are, and {len(known) - above} are "
                                f"not, as fractions are; write all in one unit, or say --percent {column} if all are "
                                "percents")
        frame = frame.assign(**{column: values / 100.0})
        said.append(f"{column}: read as percents (up to {known.max():.4g})")
    return frame, said


def doubtful_dates(frame: pd.DataFrame) -> list[str]:
    """What is said of dates that can be read with the day or with the month first."""
    if "published" not in frame or ("year" in frame and decimal_year(frame[["year"]]).notna().all()):
        return []
    texts = [cell for cell in frame["published"].dropna() if isinstance(cell, str)]
    doubt = [text for text in texts if dates.doubtful(text)]
    if not doubt or dates.order_of(texts) != dates.YEAR_ONLY:
        return []
    return [f"published: {len(doubt)} dates such as {doubt[0]} have two readings, and the others do not tell which: "
            "only their year is used (--day-first published)"]


def since(frame: pd.DataFrame, begin: str | None) -> pd.DataFrame:
    """Records of this year or day and later."""
    if begin is None:
        return frame
    kept = frame[decimal_year(frame) >= year_of(begin, "--since")]
    if kept.empty:
        raise ProgressError(f"no record is of {begin} or later")
    return kept


def year_of(text: str, option: str) -> float:
    """A year or a day of an option as a decimal year."""
    import pandas as pd

    if re.fullmatch(r"\d{4}(\.\d+)?", text):
        return float(text)
    found = float(decimal_year(pd.DataFrame({"published": [text]})).iloc[0])
    if not np.isfinite(found):
        raise ProgressError(f"{option}: {text!r} is no year and no date")
    return found


_CONDITION = re.compile(r"\s*(?P<column>.+?)\s*(?P<sign>>=|<=|!=|=|>|<)\s*(?P<value>.*?)\s*")


def where(frame: pd.DataFrame, conditions: Sequence[str]) -> pd.DataFrame:
    """Records that meet all conditions: COLUMN=TEXT, COLUMN!=TEXT, or COLUMN>=NUMBER and the like."""
    for condition in conditions:
        match = _CONDITION.fullmatch(condition)
        if match is None:
            raise ProgressError(f"--where: expected COLUMN=VALUE, COLUMN!=VALUE or COLUMN>=NUMBER, not {condition!r}")
        column, sign, value = match["column"], match["sign"], match["value"]
        require(frame, (column,))
        if sign in ("=", "!="):
            cells = frame[column].astype(str).str.strip()
            same = cells.str.casefold() == value.casefold()
            with contextlib.suppress(ValueError):  # 0.9 is 0.90
                same |= numbers(frame, column) == float(value)
            if not same.any():
                close = did_you_mean(value, sorted(cells.unique()))
                raise ProgressError(f"no record has {column} {value!r}" + (f"; {close}" if close else ""))
            frame = frame[same if sign == "=" else ~same]
        else:
            frame = frame[_compared(frame, column, sign, value, condition)]
        if frame.empty:
            raise ProgressError(f"no record meets {condition!r}")
    return frame


def _compared(frame: pd.DataFrame, column: str, sign: str, value: str, condition: str) -> pd.Series:
    edge = _number(value)
    if not np.isfinite(edge):
        raise ProgressError(f"--where: {value!r} in {condition!r} is no number")
    held = numbers(frame, column)
    return {">=": held >= edge, "<=": held <= edge, ">": held > edge, "<": held < edge}[sign]


def per_paper(frame: pd.DataFrame, most: int | None, paper: str | None, score: str, *,
              lowest: bool = False) -> tuple[pd.DataFrame, int]:
    """At most so many records of each paper, those of the best scores; and how many were left out."""
    if most is None:
        return frame, 0
    column = paper_column(frame, paper)
    if column is None:
        raise ProgressError(f"--per-paper needs a column that says the paper: {', '.join(PAPER_COLUMNS)}, or --cluster")
    require(frame, (column, score))
    names = frame[column].astype(str).where(frame[column].notna(), "\0" + frame.index.to_series().astype(str))
    values = numbers(frame, score)
    rank = (values if lowest else -values).groupby(names).rank(method="first", na_option="bottom")
    kept = frame[(rank <= most).to_numpy()]
    return kept, len(frame) - len(kept)


def without_copies(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[pd.DataFrame, int]:
    """Each record once, records being the same where these columns are; and how many copies there were."""
    known = [column for column in columns if column in frame]
    copies = frame.duplicated(subset=known, keep="first") if "model" in known else frame.duplicated(keep="first")
    return frame[~copies], int(copies.sum())
