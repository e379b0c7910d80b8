"""A table's cells as facts: whole columns at a time, to the same values as cell by cell."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeest import schema
from computeest.facts.table import numbers_of, spec_of
from computeest.problems import CellError
from computeest.schema import cells
from computeest.schema.headers import named
from computeest.text.fold import EMPTY


def spec(**columns: list[Any]) -> Any:
    table = pa.table({name.replace("__", "."): values for name, values in columns.items()})
    return spec_of(table, named(table.column_names))


def test_bare_numbers_and_words_become_the_same_numbers() -> None:
    found = spec(tokens=["3e11", " 300000000000 ", "300B", "0.3T", "+3E11"])
    assert found.numbers["tokens"] == pytest.approx([3e11] * 5)
    assert found.problems == []


@pytest.mark.parametrize("values", [[1, 2, None], [1.0, 2.0, float("nan")], ["1", "2", ""], ["1", "2 ", "n/a"]])
def test_numbers_of_any_type(values: list[Any]) -> None:
    found = spec(epochs=values)
    np.testing.assert_array_equal(found.numbers["epochs"], [1, 2, np.nan])
    assert found.problems == []


@pytest.mark.parametrize("text", sorted(EMPTY))
def test_what_says_that_there_is_nothing(text: str) -> None:
    found = spec(model=["A", text.upper()], epochs=["1", text])
    assert found.words["model"].tolist() == ["A", None]
    assert np.isnan(found.column("epochs")[1])
    assert found.problems == []


@pytest.mark.parametrize("text", ["-5", "0", "a lot", "inf", "1e400", "12 watts", "0x10", "--5", "5-", "nan5"])
def test_what_is_no_number_of_the_column_is_a_problem_of_its_row(text: str) -> None:
    found = spec(epochs=["1", text, "2"])
    assert np.isnan(found.column("epochs")[1])
    assert [row for row, _ in found.problems] == [1]
    with pytest.raises(CellError) as refused:
        cells.number(schema.FIELDS["epochs"], text)
    problem = found.problems[0][1]
    assert problem.place == "epochs"
    assert (problem.what == refused.value.what) or text in ("-5", "0")


def test_the_header_s_unit_is_that_of_bare_numbers_only() -> None:
    found = spec(**{"Training time (hours)": ["2", "3 days"]})
    assert found.numbers["time"].tolist() == [7200.0, 259200.0]


def test_columns_of_billions_hold_bare_numbers_in_billions_only() -> None:
    found = spec(**{"Parameters (B)": ["175", "7B", "1.5"]})
    assert found.numbers["parameters"].tolist() == [175e9, 7e9, 1.5e9]


def test_columns_of_billions_hold_numbers_of_every_spelling_in_billions() -> None:
    found = spec(**{"Tokens (B)": ["5,100", "~400", "300-400", "two", "300M", "7 billion", "90 ± 5"]})
    assert found.column("tokens") == pytest.approx([5.1e12, 4e11, 1e11 * 12**0.5, 2e9, 3e8, 7e9, 9e10])
    assert not found.problems


def test_units_send_values_to_their_own_columns() -> None:
    found = spec(chips=["512 cores", "8"], examples=["3B tokens", "1e6"])
    assert found.column("cores")[0] == 512
    assert found.column("chips")[1] == 8
    assert found.column("tokens")[0] == 3e9


def test_spreads_of_approximate_cells() -> None:
    found = spec(epochs=["90", "~90", "80..100"])
    assert found.sigmas["epochs"][0] == 0
    assert (found.sigmas["epochs"][1:] > 0).all()


def test_words_are_read_once_and_kept_by_row() -> None:
    found = spec(published=["2020-05-28", "2020", None, "soon", "2020-05-28"],
                 number_format=["BF16", "", "fp16", "x", "bf16"])
    days = found.words["published"]
    assert days[0] == days[4]
    assert days[1].toordinal() == date(2020, 7, 1).toordinal()
    assert str(days[1]) == "2020", "a year is no day of it"
    assert days[2] is None
    assert found.words["number_format"].tolist() == ["bf16", None, "fp16", None, "bf16"]
    assert sorted((row, problem.place) for row, problem in found.problems) == [(3, "number_format"), (3, "published")]
    assert found.kinds("published").at(4) == days[0]


def test_architecture_columns_and_json_make_one_mapping() -> None:
    found = spec(family=["resnet", "resnet", None], architecture=['{"depth": 50}', "", ""],
                 architecture__image=["224", "[1, 2]", "9"], architecture__depth=["", "101", ""])
    assert found.words["architecture"].tolist() == [{"depth": 50, "image": 224}, {"image": [1, 2], "depth": 101}, None]


def test_one_column_s_numbers() -> None:
    table = pa.table({"Training compute (FLOP)": ["3e23", "1e99", ""]})
    numbers, unread = numbers_of(table, "Training compute (FLOP)", "reported_compute")
    assert numbers[0] == 3e23
    assert np.isnan(numbers[1:]).all()
    assert list(unread) == [1]


_ODD = st.sampled_from(("", "7B", "x", "-1", " 5e9 "))


@given(st.lists(st.one_of(st.none(), st.floats(1e3, 1e15).map(repr), _ODD), max_size=20))
def test_columns_hold_what_cells_hold(texts: list[str | None]) -> None:
    field = schema.FIELDS["parameters"]
    found = spec_of(pa.table({"parameters": pa.array(texts, pa.string())}), named(["parameters"]))
    for row, text in enumerate(texts):
        value = found.column("parameters")[row]
        try:
            expected = cells.number(field, text).value if text and text.strip() else float("nan")
        except CellError:
            expected = float("nan")
            assert row in {number for number, _ in found.problems}
        assert value == pytest.approx(expected, rel=1e-15, nan_ok=True)
