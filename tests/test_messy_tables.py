"""Tables as people keep them: units in a second row, totals below, numbers of another country, numbers in full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from annotating import annotated, read

import computeest
from computeest.problems import InputError


def of(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """The records of a table whose headers are no identifiers."""
    return computeest.annotate(pd.DataFrame(columns)).to_dict("records")


@pytest.mark.parametrize("first", [
    {"Model": "", "Parameters": "(B)", "Tokens": "(T)"}, {"Model": "name", "Parameters": "billion", "Tokens": "-"},
    {"Model": "", "Parameters": "count", "Tokens": "[in trillions]"},
    {"Model": "", "Parameters": "Total (B)", "Tokens": "all"}])
def test_a_row_of_units_is_no_row_without_which_numbers_mean_others(first: dict[str, str]) -> None:
    table = {name: [cell, "LLaMA-7B" if name == "Model" else "7", ""] for name, cell in first.items()}
    with pytest.raises(InputError, match="the row below it says units and no facts"):
        of(table)


def test_a_row_of_units_that_the_headers_say_too_costs_itself_alone() -> None:
    table = {"Model": ["", "LLaMA-7B"], "Parameters (B)": ["(B)", "7"], "Tokens (T)": ["T", "1"],
             "Hardware": ["", "A100"]}
    units, model = of(table)
    assert units["flop"] != units["flop"]
    assert model["flop"] == pytest.approx(4.2e22, rel=0.02)



@pytest.mark.parametrize("cell", ["", "  "])
def test_a_first_row_of_empty_cells_says_no_units(cell: str) -> None:
    """They say nothing of hours, nor of any unit that a header has."""
    found = of({"model": ["X", "Y"], "training_time_hours": [cell, "3"], "reported_compute": [cell, "1e21"]})
    assert found[1]["flop"] == pytest.approx(1e21)


@pytest.mark.parametrize("cell", ["7B", "7", "~7 billion", "n/a", "unknown", "large", "7 (active)"])
def test_a_models_row_says_no_units(cell: str) -> None:
    assert len(of({"Model": ["A", "B"], "Parameters": [cell, "7B"], "Tokens": ["1T", "1T"]})) == 2


@pytest.mark.parametrize("name", ["Total", "TOTAL", "total:", "Average", "Mean", "Sum", "Grand Total", "Summe",
                                  "All models", "Overall", "Σ", "∑", "TOTAL (ALL)"])
def test_a_total_is_no_model(name: str) -> None:
    first, total, last = of({"Model": ["LLaMA-7B", name, "LLaMA-13B"], "GPU hours": [82432, 217600, 135168],
                             "Hardware": ["A100"] * 3})
    assert total["flop"] != total["flop"]
    assert f"'{name}' is no model" in total["problems"]
    assert first["flop"] > 0 < last["flop"]


@pytest.mark.parametrize("name", ["TotalSegmentator", "Mean Teacher", "Total-7B", "SumFormer", "averaged", "ALL"])
def test_a_model_may_have_such_a_word_in_its_name(name: str) -> None:
    assert of({"Model": [name], "GPU hours": [82432], "Hardware": ["A100"]})[0]["flop"] > 0


def test_points_that_part_thousands_in_one_cell_may_in_all() -> None:
    table = {"Model": ["a", "b"], "GPU hours": ["82.432", "1.022.362"], "Hardware": ["A100"] * 2}
    assert "'82.432' may be 82.432 or 82432" in of(table)[0]["problems"]
    table["GPU hours"][1] = "1,022.362"
    assert of(table)[0]["flop"] == pytest.approx(82.432 * 3600 * 312e12 * 0.3, rel=1e-3)


@pytest.mark.parametrize(("column", "cells", "other", "doubted"), [
    ("GPU hours", ["82.432", "135.168"], {"MFU (%)": ["45,5", "38"]}, [True, True]),
    ("GPU hours", ["82.432", "135.168"], {"MFU (%)": ["45.5", "38"]}, [False, False]),
    ("GPU hours", ["82.432", "7.25"], {"MFU (%)": ["45,5", "38"]}, [False, False]),  # a point that is one
    ("GPU hours", ["82.432", "2,5"], {}, [True, False]), ("GPU hours", ["82.432 h", "2,5 h"], {}, [True, False]),
    ("Tokens (B)", ["1.400", "300"], {"Parameters (B)": ["7,5", "13"]}, [True, False]),
    ("Tokens", ["1.400 B", "300 B"], {"Parameters": ["7,5 B", "13 B"]}, [True, False]),
    ("Parameters", ["1,281 M", "6,7 M"], {}, [True, False]), ("Parameters", ["1,281 M", "6.7 M"], {}, [False, False]),
    ("Steps", ["1,281", "1,000,000"], {"Parameters": ["7,5 B", "13 B"]}, [False, False]),
    ("Steps", ["1,281", "7"], {"Parameters": ["1.022.362", "13 B"]}, [True, False]),
    ("GPUs", ["1,024", "512"], {"Parameters": ["7.5 B", "13 B"]}, [False, False])])
def test_numbers_of_another_country_in_any_column_speak_of_all(
        column: str, cells: list[str], other: dict[str, list[str]], doubted: list[bool]) -> None:
    found = of({"Model": ["a", "b"], column: cells, **other})
    said = [str(record["problems"]) for record in found]
    assert [f"'{cell}' may be" in problems for cell, problems in zip(cells, said, strict=True)] == doubted


@pytest.mark.parametrize(("cell", "flop"), [("3,140E+23", None), ("3,14E+23", 3.14e23), ("3,140 × 10^23", None),
                                            ("3.140E+23", 3.14e23), ("314,000,000E+15", 3.14e23)])
def test_nobody_parts_thousands_before_a_power_of_ten(cell: str, flop: float | None) -> None:
    record = of({"Model": ["a"], "Training compute (FLOP)": [cell]})[0]
    if flop is None:
        assert f"'{cell}' may be 3.140 or 3140" in record["problems"]
    else:
        assert record["flop"] == pytest.approx(flop)


def test_a_comma_that_is_a_point_in_one_cell_may_be_in_all() -> None:
    table = {"Model": ["a", "b"], "Parameters (M)": ["13,016", "6,7"], "Tokens (B)": ["1", "1"]}
    assert "'13,016' may be 13.016 or 13016" in of(table)[0]["problems"]
    table["Parameters (M)"][1] = "6.7"
    assert of(table)[0]["parameters"] == 13016e6


@pytest.mark.parametrize(("header", "cells", "doubted"), [
    ("GPU hours (k)", ["184,320", "1,720,320", "82.4"], [True, True, False]),
    ("GPU hours (k)", [184320, 1720320, 82.4], [True, True, False]),
    ("GPU hours (k)", ["30,840", "1460", "7000"], [False, False, False]),  # Llama 3.1 (Meta 2024)
    ("GPU hours (k)", ["184,320 GPU hours", "1,720,320 GPU hours", "82.4"], [False, False, False]),
    ("Parameters (M)", [25600000, 1500000000, 110], [True, True, False]),
    ("Parameters (M)", [1040000, 671000, 110], [False, False, False]),
])
def test_numbers_in_full_under_a_header_in_thousands(header: str, cells: list[Any], doubted: list[bool]) -> None:
    found = of({"Model": ["a", "b", "c"], header: cells})
    assert ["may be in full" in (record["problems"] or "") for record in found] == doubted


def test_a_cost_in_full_under_a_header_in_millions() -> None:
    assert "may be in full" in of({"Model": ["a"], "Cost ($M)": [4600000]})[0]["problems"]
    assert "in full" not in of({"Model": ["a"], "Cost ($M)": [490]})[0]["problems"]


@pytest.mark.parametrize(("cell", "share"), [("~0.45", 0.45), ("0.4-0.5", 0.447), ("0.45", 0.45), ("45", 0.45),
                                             ("~45", 0.45), ("0.45 %", 0.0045)])
def test_a_fraction_under_percent_is_one_however_it_is_written(cell: str, share: float) -> None:
    record = of({"Model": ["a"], "GPU hours": ["82432"], "Hardware": ["A100"], "MFU (%)": [cell]})[0]
    assert record["utilization"] == pytest.approx(share, rel=0.01)


@pytest.mark.parametrize(("cell", "parameters"), [
    ("1.300M", None), ("25.600 M", None), ("~1.300M params", None), ("1.300 million", 1.3e6), ("25.557M", 25.557e6),
    ("1.30M", 1.3e6), ("1,300M", 1.3e9), ("1300M", 1.3e9), ("0.500M", 5e5), ("1.300B", 1.3e9)])
def test_a_point_before_three_figures_of_millions_may_part_thousands(cell: str, parameters: float | None) -> None:
    record = of({"Model": ["a"], "Parameters": [cell], "Tokens": ["1B"]})[0]
    if parameters is None:
        assert "no point between thousands" in record["problems"]
    else:
        assert record["parameters"] == pytest.approx(parameters)


@pytest.mark.parametrize(("header", "cell", "hours"), [
    ("GPU hours", "2,5", 2.5), ("Training time (GPU days)", "~1,5", 36.0), ("GPU hours", "2,500", 2500.0),
    ("GPU hours", "2.5", 2.5)])
def test_a_comma_of_a_header_in_hours_is_a_point_as_with_hours_behind_it(header: str, cell: str, hours: float) -> None:
    record = of({"Model": ["a"], header: [cell], "Hardware": ["A100"]})[0]
    assert record["chip_hours"] == pytest.approx(hours)


def test_a_comma_of_whole_things_stays_in_doubt() -> None:
    assert "'8,16'" in of({"Model": ["a"], "GPUs": ["8,16"], "Days": ["3"], "Hardware": ["A100"]})[0]["problems"]


def test_hours_in_full_of_a_small_model_are_no_confident_number() -> None:
    """LLaMA 2 7B took 184,320 GPU-hours (Touvron et al. 2023), not as many thousands: one row does not show it."""
    record = of({"Model": ["a"], "Parameters": ["7B"], "GPU hours (k)": ["184,320"], "Hardware": ["A100"]})[0]
    assert "compute-beyond-size" in record["checks"]
    assert record["flop_low"] < 184320 * 3600 * 312e12 * 0.3 < record["flop_high"]
    assert record["confidence"] == "speculative"


@pytest.mark.parametrize(("cells", "doubted"), [
    (["82432"], [True]), (["82,432", "1,460"], [True, False]), (["7000"], [False]), ([30840.0], [True]),
    (["82,432 thousand hours"], [False])])
def test_hours_that_may_be_in_full_under_a_header_in_thousands_reach_down_to_that(
        cells: list[Any], doubted: list[bool]) -> None:
    """LLaMA 7B took 82,432 GPU-hours (Touvron et al. 2023), and Llama 3.1 405B 30,840 thousand (Meta 2024)."""
    found = of({"Model": list("ab")[:len(cells)], "GPU hours (k)": cells, "Hardware": ["A100"] * len(cells)})
    assert ["perhaps-in-full" in (record["checks"] or "") for record in found] == doubted
    if isinstance(cells[0], str) and doubted[0]:
        assert found[0]["flop_low"] < 82432 * 3600 * 312e12 * 0.3 < found[0]["flop_high"]
        assert found[0]["confidence"] == "speculative"


def test_more_compute_than_any_training_is_no_confident_number() -> None:
    record = of({"Model": ["a"], "GPU hours (M)": ["82432"], "Hardware": ["A100"]})[0]
    assert "compute-beyond-any" in record["checks"]
    assert record["flop_low"] < 82432 * 3600 * 312e12 * 0.3


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("title", [["Table 1: models", None, None], ["", "Our models", ""], ["", "", ""]])
def test_a_title_above_the_headers_is_said_to_be_one(title: list[Any], suffix: str, tmp_path: Path) -> None:
    table = pd.DataFrame([title, ["Model", "Parameters", "Tokens"], ["a", "7B", "1T"]])
    path = tmp_path / f"t{suffix}"
    (table.to_csv if suffix == ".csv" else table.to_excel)(path, header=False, index=False)
    if suffix == ".xlsx" and not any(title):
        return  # what holds nothing is no row of a sheet
    with pytest.raises(InputError, match="the first row is no header: those of columns stand in the row below it"):
        annotated(path, tmp_path / "out.csv")


def test_a_title_without_commas_is_one(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Models of 2024\nModel,Parameters,Tokens\na,7B,1T\n", "utf-8")
    with pytest.raises(InputError, match="stand in the row below it, from 'Model' on"):
        annotated(tmp_path / "t.csv", tmp_path / "out.csv")


@pytest.mark.parametrize("text", [
    ",model,\n0,a,tokens\n", "name\nmodel\n", "Model,Parameters,Tokens\nModel,Parameters,Tokens\n",
    "notes,,\nof the model,of tokens,7\n"])
def test_what_else_may_look_like_a_title(text: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(text, "utf-8")
    assert annotated(tmp_path / "t.csv", tmp_path / "out.csv").rows == 1


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_letters_of_two_bytes_are_read_without_a_mark_too(encoding: str, jobs: int, tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", tmp_path / "out.csv"
    table.write_bytes(("Model,Parameters (B),Tokens (T)\n" + "Größe β,7,1\n" * 5).encode(encoding))
    annotated(table, out, jobs=jobs, chunk=2)
    assert [(row["Model"], float(row["flop"])) for row in read(out)] == [("Größe β", pytest.approx(4.2e22))] * 5


def test_a_byte_that_is_nothing_makes_no_letters_of_two(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"Model,Parameters (B),Tokens (T)\na\0,7,1\n")
    annotated(tmp_path / "t.csv", tmp_path / "out.csv")
    assert float(read(tmp_path / "out.csv")[0]["flop"]) == pytest.approx(4.2e22)


def test_a_spreadsheets_number_of_a_day_is_said_to_be_one() -> None:
    first, other = of({"Model": ["a", "b"], "Published": ["45000", "20230503"], "Compute": ["1e21"] * 2})
    assert "number of a day, that is 2023-03-15, or four years and a day later" in first["problems"]
    assert "spreadsheet" not in other["problems"]


@pytest.mark.parametrize("first", ["sep=;\n", '"sep=;"\r\n', "\ufeffsep=;\n\n"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_excels_line_on_what_parts_the_cells_is_no_header(first: str, jobs: int, tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", tmp_path / "out.csv"
    table.write_text(f"{first}Model;Parameters (B);Tokens (T)\n" + "a;7;1\n" * 5, "utf-8")
    annotated(table, out, jobs=jobs, chunk=2)
    assert [float(row["flop"]) for row in read(out)] == pytest.approx([4.2e22] * 5)
