"""Cells as people write them, which rows are asked for, and which are told twice: a frame before it becomes records."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from computeest.progress.records import PAPER_COLUMNS, ProgressError, exponents, numbers, paper_column, require
from computeest.progress.years import decimal_year
from computeest.text import dates
from computeest.text import numbers as text_numbers
from computeest.text.suggest import did_you_mean
from computeest.text.units import UnitError, factor

if TYPE_CHECKING:
    import pandas as pd

#: Units of cells whose number is the count that the column holds.
_COUNTED = frozenset(("token", "example", "parameter", "word", "epoch", "dimensionless"))
#: Years by which a record's year and date may differ: a year alone is anywhere in it.
_YEARS_APART = 1.5
#: Powers of ten between two groups of numbers that say that they are in two units: in a sample of two dozen of Epoch
#: AI's models since the 1950s neighbours lie up to 4.1 apart.
_NOTHING_BETWEEN = 5.0
#: Ends of an interval that were rounded still hold their estimate.
_NEARLY = 0.95
#: Columns of text and of dates, whose cells are no numbers.
WORDS = frozenset(("model", "benchmark", "metric", "published", "year", "link", "organization", "domain", "task",
                   "note", "paper", "reference", "method", "confidence", "chip", "hardware", "architecture",
                   "algorithm"))
#: Columns of times, and the seconds in one of each.
TIMES: Mapping[str, float] = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86400.0, "time": 1.0}
#: So many scores above 1, and such a share of them, are no misprints but percents among fractions.
_SOME, _PART = 2, 0.02


def read_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with numbers for texts that are numbers: '85.4 %' is 0.854, '3.6 PFLOP' 3.6e15, '300B tokens' 3e11.

    In a column of times '90 min' is so much of its unit. A column of words, or with cells that are no numbers, keeps
    those cells.
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
        into = ("s", TIMES[name]) if name in TIMES else ("FLOP", 1.0)
        values = {cell: _number(str(cell), *into) for cell in cells[unread].unique()}
        if any(np.isfinite(value) for value in values.values()):
            kept = plain.astype(object)
            kept[unread] = [values[cell] if np.isfinite(values[cell]) else cell for cell in cells[unread]]
            found[name] = kept
    return found


def _number(text: str, unit: str = "FLOP", size: float = 1.0) -> float:
    """What a cell says, in so much of a unit."""
    try:
        found = text_numbers.read(text.strip())
    except UnitError:
        return float("nan")
    if found.unit is None or found.unit in _COUNTED:
        return found.value
    if found.unit == "percent":
        return found.value / 100.0
    try:
        return found.value * factor(found.unit, unit) / size
    except UnitError:
        return float("nan")


def fractions(frame: pd.DataFrame, columns: Sequence[str] = ()) -> tuple[pd.DataFrame, dict[str, str]]:
    """The frame with fractions for percents, by column: those that are named, and `score` where it holds nothing else.

    What is said of each column that was divided stands under its name.

    A column that mixes the two is refused: 0.9 may be 0.9 or 90 %.
    """
    require(frame, columns)
    said = {}
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
        said[column] = f"{column}: read as percents (up to {known.max():.4g})"
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


def doubtful_years(frame: pd.DataFrame) -> list[str]:
    """What is said of records whose year and date contradict each other."""
    if "year" not in frame or "published" not in frame:
        return []
    year, date = (decimal_year(frame[[name]]) for name in ("year", "published"))
    apart = np.flatnonzero(((year - date).abs() >= _YEARS_APART).to_numpy())
    if not len(apart):
        return []
    at = int(apart[0])
    return [f"year and published contradict each other in {len(apart)} records, as {year.iloc[at]:.6g} and "
            f"{frame['published'].iloc[at]} do: the year is used"]


def doubtful_sizes(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """What is said of a column whose numbers fall into two groups with nothing between, as those of two units do."""
    said = []
    for column in columns:
        values = numbers(frame, column).to_numpy() if column in frame else np.empty(0)
        known = np.sort(values[np.isfinite(values) & (values > 0.0)])
        gaps = np.diff(np.log10(known))
        if len(gaps) and gaps.max() >= _NOTHING_BETWEEN and exponents(column, known) is None:
            at = int(gaps.argmax())
            few = f"{at + 1} records up to {known[at]:.4g}" if 2 * (at + 1) <= len(known) else \
                f"{len(known) - at - 1} records from {known[at + 1]:.4g} on"
            said.append(f"{column}: {few} lie {gaps.max():.0f} powers of ten from all others: are they in the same "
                        "unit?")
    return said


def doubtful_intervals(frame: pd.DataFrame, column: str) -> list[str]:
    """What is said of intervals of compute that are none, are missing beside others, or do not hold the estimate."""
    low_name, high_name = f"{column}_low", f"{column}_high"
    if column not in frame or low_name not in frame or high_name not in frame:
        return []
    value, low, high = (numbers(frame, name) for name in (column, low_name, high_name))
    if (low > high).any():  # which is refused where the intervals are used
        return []
    known, said = low.notna() & high.notna() & (value > 0), []
    usable = known & (low > 0) & (high >= low) & np.isfinite(high)
    lacking = int(((value > 0) & ~usable).sum())
    if lacking:
        said.append(f"{lacking} records have no usable {low_name} and {high_name}: " + (
            "they are taken for as uncertain as the others' median" if usable.any() else "compute is taken as exact"))
    outside = int((usable & ~((value >= low * _NEARLY) & (value <= high / _NEARLY))).sum())
    if outside:
        said.append(f"{column} lies outside {low_name} to {high_name} in {outside} records: only how wide they are is "
                    "used")
    return said


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
    if dates.doubtful(text):
        raise ProgressError(f"{option}: {text!r} has two readings: write it as 2019-06-15")
    found = float(decimal_year(pd.DataFrame({"published": [text]})).iloc[0])
    if not np.isfinite(found):
        raise ProgressError(f"{option}: {text!r} is no year and no date")
    return found


_CONDITION = re.compile(r"\s*(?P<column>.+?)\s*(?P<sign>>=|<=|!=|=|>|<)\s*(?P<value>.*?)\s*")


def where(frame: pd.DataFrame, conditions: Sequence[str], percents: Collection[str] = ()) -> pd.DataFrame:
    """Records that meet all conditions: COLUMN=TEXT, COLUMN!=TEXT, or COLUMN>=NUMBER and the like.

    `percents` are columns whose percents are fractions by now: a number above 1 is a percent of theirs too.
    """
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
                same |= np.isclose(numbers(frame, column), _edge(value, column in percents), rtol=1e-12, atol=0.0)
            if not same.any():
                close = did_you_mean(value, sorted(cells.unique()))
                raise ProgressError(f"no record has {column} {value!r}" + (f"; {close}" if close else ""))
            frame = frame[same if sign == "=" else ~same]
        else:
            frame = frame[_compared(frame, column, sign, value, condition, percent=column in percents)]
        if frame.empty:
            raise ProgressError(f"no record meets {condition!r}")
    return frame


def _of_dates(frame: pd.DataFrame, column: str) -> bool:
    """Whether a column that holds no numbers holds dates, under whatever name."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(frame[column]) or numbers(frame, column).notna().any():
        return False
    return bool(decimal_year(frame[[column]].set_axis(["published"], axis=1)).notna().any())


def _edge(value: str, percent: bool) -> float:
    """A number to compare with, as a fraction where the column held percents."""
    edge = float(value)
    return edge / 100.0 if percent and edge > 1.0 else edge


def _compared(frame: pd.DataFrame, column: str, sign: str, value: str, condition: str, *, percent: bool) -> pd.Series:
    if column == "published" or _of_dates(frame, column):
        held, edge = decimal_year(frame[[column]].set_axis(["published"], axis=1)), year_of(value, "--where")
        if re.fullmatch(r"\d{4}", value):  # of 2019 is what is of any day of it
            held = np.floor(held)
    else:
        held, edge = numbers(frame, column), _number(value)
        if not np.isfinite(edge):
            raise ProgressError(f"--where: {value!r} in {condition!r} is no number")
        if percent and edge > 1.0:
            edge /= 100.0
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


#: What tells one record from another: who, when, at what, with which resources, and how well.
RECORD = ("model", "year", "published", "benchmark", "metric", "score", "flop", "training_examples", "training_tokens",
          "parameters", "chip", "chips", "algorithm", "hardware", "level", *TIMES)


def without_copies(frame: pd.DataFrame, columns: Sequence[str] = ()) -> tuple[pd.DataFrame, int]:
    """Each record once, records being the same where what tells them apart and these columns are; and the copies."""
    known = [column for column in dict.fromkeys((*RECORD, *columns)) if column in frame]
    copies = frame.duplicated(subset=known, keep="first") if "model" in known else frame.duplicated(keep="first")
    return frame[~copies], int(copies.sum())
