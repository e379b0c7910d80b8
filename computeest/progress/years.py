"""When a record was published: a column of years or of dates as decimal years, and what is no year."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import numpy as np

from computeest.text import dates

if TYPE_CHECKING:
    import pandas as pd

#: Numbers outside these are no years: 20190615 is a date without its hyphens, 19 beside 2018 lacks its century.
FIRST_YEAR, LAST_YEAR = 1900.0, 2200.0
NO_YEAR = "year is none, such as 2019.5 or 2019-06-15"
NO_DATE = "published is no date, such as 2019-06-15"


def decimal_year(frame: pd.DataFrame) -> pd.Series:
    """When each model was published, as a decimal calendar year, from `year` or else from `published`.

    What is no year is missing.
    """
    import pandas as pd

    year = pd.Series(np.nan, index=frame.index)
    if "year" in frame:
        given = _years(frame["year"])
        year = given.mask(_no_years(given))
    if "published" not in frame:
        return year
    date = _dates(frame["published"])
    length = np.where(date.dt.is_leap_year, 366.0, 365.0)
    return year.fillna(date.dt.year + (date.dt.day_of_year - 1) / length)


def failures_of_year(frame: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    """Which records have no date, by reason."""
    missing = decimal_year(frame).isna()
    none = missing & _no_years(_years(frame["year"])) if "year" in frame else missing & False
    undated = missing & frame["published"].notna() if "published" in frame else missing & False
    return [(NO_YEAR, none), (NO_DATE, undated), ("year is missing", missing)]


def _no_years(year: pd.Series) -> pd.Series:
    """Numbers that are no years; years counted from another one are such only beside years of the calendar."""
    early = year < FIRST_YEAR
    return (year > LAST_YEAR) | (year < 0.0) | (early & bool((~early & (year <= LAST_YEAR)).any()))


def _years(cells: pd.Series) -> pd.Series:
    """Decimal years; of words such as 'c. 2015' or '2015-06' what they say."""
    import pandas as pd

    year = pd.to_numeric(cells, errors="coerce").astype("float64")
    for at in np.flatnonzero((year.isna() & cells.notna()).to_numpy()).tolist():
        day = _day(cells.iloc[at], "")
        if isinstance(day, datetime.date):
            whole = isinstance(day, dates.Rough) and day.said == str(day.year)
            year.iloc[at] = day.year + (0.0 if whole else (day.timetuple().tm_yday - 1) / 365.0)
    return year


def _dates(cells: pd.Series) -> pd.Series:
    """Each cell's day; which number of 03/01/2019 is the day is told by the column's other dates, or by none."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(cells):
        return cells.dt.tz_localize(None) if getattr(cells.dtype, "tz", None) else cells
    order = dates.order_of(str(cell) for cell in cells.dropna())
    days = [_day(cell, order) for cell in cells]
    return pd.to_datetime(pd.Series([None if day is None else datetime.datetime(day.year, day.month, day.day)
                                     for day in days], index=cells.index, dtype=object), errors="coerce")


def _day(cell: object, order: str) -> datetime.date | None:
    """The day of a cell, of '2021' or '2024-Q3' the one in its middle; None for what is no date."""
    if isinstance(cell, datetime.date):
        return cell
    try:
        text = f"{cell:.0f}" if isinstance(cell, float) and np.isfinite(cell) else str(cell)
        return dates.read(text.strip(), order)
    except ValueError:
        return None
