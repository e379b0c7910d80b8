"""Dates of a column: their order, their precision, and how they are written again."""

from __future__ import annotations

import datetime
import pickle
from pathlib import Path

import pytest
from annotating import annotated, read
from conftest import Cli

from computeest.text import dates


@pytest.mark.parametrize(("text", "written", "day"), [
    ("2021", "2021", datetime.date(2021, 7, 1)), ("2021.0", "2021", datetime.date(2021, 7, 1)),
    ("2021-07", "2021-07", datetime.date(2021, 7, 15)),
    ("May 2019", "2019-05", datetime.date(2019, 5, 15)), ("04/2022", "2022-04", datetime.date(2022, 4, 15)),
    ("Q3 2024", "2024-Q3", datetime.date(2024, 8, 15)), ("late 2019", "2019", datetime.date(2019, 11, 1)),
    ("2023年11月", "2023-11", datetime.date(2023, 11, 15)), ("2023年", "2023", datetime.date(2023, 7, 1)),
    ("2023年11月6日", "2023-11-06", datetime.date(2023, 11, 6)),
    ("2021-07-01", "2021-07-01", datetime.date(2021, 7, 1)),
    ("1700000000", "2023-11-14", datetime.date(2023, 11, 14)),
    ("1700000000000", "2023-11-14", datetime.date(2023, 11, 14)),
    ("30.11.2022", "2022-11-30", datetime.date(2022, 11, 30)),
    ("05.06.2022", "2022-06-05", datetime.date(2022, 6, 5)),
    ("14-Mar-23", "2023-03-14", datetime.date(2023, 3, 14)), ("Mar-23", "2023-03", datetime.date(2023, 3, 15)),
    ("14-Mar-98", "1998-03-14", datetime.date(1998, 3, 14)), ("March '23", "2023-03", datetime.date(2023, 3, 15)),
    ("Tuesday, March 14, 2023", "2023-03-14", datetime.date(2023, 3, 14)),
    ("Tue, 14 Mar 2023", "2023-03-14", datetime.date(2023, 3, 14)),
    ("14th of March 2023", "2023-03-14", datetime.date(2023, 3, 14)),
    ("14. März 2023", "2023-03-14", datetime.date(2023, 3, 14)), ("août 2024", "2024-08", datetime.date(2024, 8, 15)),
    ("14 de marzo de 2023", "2023-03-14", datetime.date(2023, 3, 14)),
    # October as a table has it that takes it for a number, or January, or a share of the year
    ("2023.1", "2023", datetime.date(2023, 7, 1)), ("2023.10", "2023-10", datetime.date(2023, 10, 15)),
])
def test_a_date_keeps_its_precision(text: str, written: str, day: datetime.date) -> None:
    found = dates.read(text)
    assert found is not None
    assert (found.isoformat(), f"{found}", found.toordinal()) == (written, written, day.toordinal())


@pytest.mark.parametrize("text", ["Mar 23", "14 Mar 23", "23-Mar", "Mon 2023", "Tuesday", "3/14/23", "14-Mar-23-1"])
def test_what_may_be_a_day_or_a_year_is_no_date(text: str) -> None:
    assert dates.read(text) is None


def test_a_year_is_not_its_middle() -> None:
    year, day = dates.read("2021"), dates.read("2021-07-01")
    assert year != day
    assert len({year, day}) == 2
    assert pickle.loads(pickle.dumps(year)) == year


@pytest.mark.parametrize(("texts", "order"), [
    (["01/02/2020", "25/12/2021"], "day-first"), (["01/02/2020", "12/25/2021"], "month-first"),
    (["01/02/2020", "12/25/2021", "25/12/2021"], "year-only"), (["01/02/2020", "03/04/2020"], "year-only"),
    (["01/02/2020", "01/05/2020", "01/07/2021", "01/11/2021"], "day-first"),
    (["2/1/2020", "5/1/2020", "7/1/2021", "11/1/2021"], "month-first"),
    (["01/02/2020", "01/05/2020", "01/07/2021"], "year-only"), (["2020-01-02", "May 2020"], ""),
    (["05/05/2020"], ""), (["02.03.2020"], ""), (["25/12/2020"], "day-first"),
])
def test_a_column_decides_its_order(texts: list[str], order: str) -> None:
    assert dates.order_of(texts) == order


@pytest.mark.parametrize(("order", "written"), [("day-first", "2020-02-01"), ("month-first", "2020-01-02"),
                                                ("year-only", "2020")])
def test_the_order_is_followed(order: str, written: str) -> None:
    found = dates.read("01/02/2020", order)
    assert found is not None
    assert found.isoformat() == written
    assert dates.read("25/12/2020", order) == datetime.date(2020, 12, 25), "which can be read one way only"


def table(tmp_path: Path, *cells: str) -> list[dict[str, str]]:
    rows = "".join(f'm{i},"{cell}",1e9,2e10\n' for i, cell in enumerate(cells))
    (tmp_path / "t.csv").write_text(f"model,date,parameters,tokens\n{rows}")
    annotated(tmp_path / "t.csv", tmp_path / "o.csv")
    return read(tmp_path / "o.csv")


def test_a_column_of_both_kinds_gives_the_year_and_says_so(tmp_path: Path) -> None:
    first, *_, last = table(tmp_path, "01/11/2010", "11/15/2024", "15/11/2024")
    assert first["published"] == "2010"
    assert "only the year is taken" in first["checks"]
    assert last["published"] == "2024-11-15"
    assert "only the year" not in last["checks"]


def test_a_column_of_one_kind_gives_the_day(tmp_path: Path) -> None:
    first, _ = table(tmp_path, "01/11/2010", "15/11/2024")
    assert first["published"] == "2010-11-01"
    assert "date-order" not in first["checks"]


def test_a_date_in_the_future_is_said(tmp_path: Path) -> None:
    now = datetime.date.today()
    past, this_year, month, later = table(tmp_path, "2021", f"{now.year}", f"{now.year + 1}-03",
                                          f"{now.year + 2}-01-01")
    assert "date-in-future" not in past["checks"] + this_year["checks"]
    assert "date-in-future (warning)" in month["checks"]
    assert "date-in-future (warning)" in later["checks"]


def test_a_paper_keeps_it_too(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("model: x\npublished: 2021\nparameters: 1B\ntokens: 20B\n")
    ran = cli("estimate", tmp_path / "p.yaml", "--format", "json")
    assert '"published": "2021"' in ran.out


def test_records_of_progress_reckon_with_the_middle() -> None:
    pd = pytest.importorskip("pandas")
    from computeest.progress.years import decimal_year

    years = decimal_year(pd.DataFrame({"published": ["2021", "2021-07", "2024-Q3", "2021-01-01", None]}))
    assert years.round(2).tolist()[:4] == [2021.5, 2021.53, 2024.62, 2021.0]
    assert years.isna().tolist() == [False] * 4 + [True]


@pytest.mark.parametrize("text", ["2021-07-15", "0001-01-01", "9999-12-31", "2021-02-30", "2021-W01-1", "~1-12-2020",
                                  "٢٠٢١-٠٧-١٥", "2021-07-1", "2021-07-155", "20210-7-15", "2021-7-015", " 2021-07-1"])
def test_the_usual_way_to_write_a_day_is_read_as_any(text: str) -> None:
    found = dates.plain(text)
    assert found is not None or text[5:] not in ("07-15", "01-01", "12-31") or not text.isascii()
    if found is not None:
        assert found == dates.read(text)
        assert dates.order_of([text, "25/12/2020"]) == "day-first"
