"""How a table is cut, and in what order its rows stand, decides nothing of what a row says."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from annotating import annotated

from computeest.facts import doubts
from computeest.pipeline import Options
from computeest.problems import InputError

#: Columns of which one cell says what others mean, and another one is in doubt.
TABLES: dict[str, dict[str, list[str]]] = {
    "points part thousands": {"GPU hours": ["82.432", "1.022.362", "12", "3.5", ""], "Hardware": ["A100"] * 5},
    "commas are points": {"Parameters (M)": ["13,016", "6,7", "350", "1,300", "7"], "Tokens (B)": ["1"] * 5},
    "another column": {"GPU hours": ["82.432", "135.168", "12", "", ""], "Hardware": ["A100"] * 5,
                       "MFU (%)": ["40", "", "45,5", "", ""]},
    "a point that is one": {"GPU hours": ["82.432", "135.168", "12", "7.25", ""], "Hardware": ["A100"] * 5,
                            "MFU (%)": ["40", "", "45,5", "", ""]},
    "three decimals": {"steps": ["143.000", "1281167.000", "100", "5", "6"], "batch_size": ["256"] * 5,
                       "parameters": ["1e9"] * 5, "sequence_length": ["2048"] * 5},
    "in full": {"GPU hours (k)": ["184,320", "1,720,320", "82.4", "990", ""], "Hardware": ["A100"] * 5},
    "in full, plain": {"Parameters (M)": ["25600000", "1500000000", "110", "7000", "13"], "Tokens (B)": ["1"] * 5},
    "the day is first": {"published": ["01/02/2020", "25/12/2020", "03/04/2021", "2020", "2021-05"],
                         "reported_compute": ["1e21"] * 5},
    "the month is first": {"published": ["01/02/2020", "12/25/2020", "03.04.2021", "2020", "2021-05"],
                           "reported_compute": ["1e21"] * 5},
    "dates of both kinds": {"published": ["01/02/2020", "12/25/2020", "25/12/2021", "2020", "2021-05"],
                            "reported_compute": ["1e21"] * 5},
    "first days of months": {"published": ["01/02/2020", "01/03/2020", "01/04/2021", "01/07/2020", "2021-05"],
                             "reported_compute": ["1e21"] * 5},
    "a total shows nothing": {"GPU hours (k)": ["184,320", "990", "1.5", "7", "1,720,320"], "Hardware": ["A100"] * 5,
                              "model": ["a", "b", "c", "d", "Total"]},
    "a base model's cells": {"parameters": ["7e9", "13e9", "7e9", "7e9", "7e9"],
                             "tokens": ["13,016M", "1e12", "", "", ""],
                             "base_model": ["", "", "a", "b", "a"], "steps": ["143.000", "1281167.000", "", "", ""],
                             "batch_size": ["256"] * 5, "sequence_length": ["2048"] * 5},
    "units in the middle": {"Parameters": ["7B", "(B)", "13B", "70B", "1B"], "Tokens": ["1T", "(T)", "1T", "1T", "1T"]},
    "fractions under percent": {"MFU (%)": ["0.4", "45", "1", "0.9", "30"], "GPU hours": ["82432"] * 5,
                                "Hardware": ["A100"] * 5},
}
COLUMNS = ("flop", "flop_low", "flop_high", "confidence", "problems", "checks", "published")


def records(path: Path, out: Path, **more: Any) -> dict[str, tuple[Any, ...]]:
    """What is said of each model."""
    annotated(path, out, **more)
    rows = map(json.loads, out.read_text("utf-8").splitlines())
    return {row["model"]: tuple(row.get(f"{name}_estimated", row.get(name)) for name in COLUMNS) for row in rows}


def written(path: Path, table: dict[str, list[str]], order: list[int]) -> Path:
    frame = pd.DataFrame({"model": list("abcde"), **table}).iloc[order]
    if path.suffix == ".jsonl":
        frame.to_json(path, orient="records", lines=True)
    elif path.suffix == ".csv":
        frame.to_csv(path, index=False, quoting=csv.QUOTE_ALL)
    else:
        getattr(frame, {".xlsx": "to_excel", ".parquet": "to_parquet"}[path.suffix])(path, index=False)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".xlsx", ".parquet"])
@pytest.mark.parametrize("name", TABLES)
def test_no_cut_and_no_order_decides_what_a_row_says(name: str, suffix: str, tmp_path: Path) -> None:
    whole = records(written(tmp_path / f"t{suffix}", TABLES[name], [*range(5)]), tmp_path / "out.jsonl")
    for turn in range(3 if suffix == ".csv" else 2):
        order = random.Random(turn).sample(range(5), 5) if turn else [*range(5)]
        if name == "units in the middle" and order[0] == 1:
            continue  # right below the headers it says the units of all, and the table is refused
        path = written(tmp_path / f"t{turn}{suffix}", TABLES[name], order)
        for chunk in (1, 2) if suffix == ".csv" else (1,):
            assert records(path, tmp_path / "out.jsonl", chunk=chunk) == whole, (order, chunk)


def test_processes_decide_nothing_either(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", TABLES["in full"], [2, 3, 0, 4, 1])
    one = records(path, tmp_path / "out.jsonl")
    assert "may be in full" in one["a"][4]
    assert records(path, tmp_path / "out.jsonl", chunk=1, jobs=2) == one


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_a_row_of_units_is_right_below_the_headers(chunk: int, tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", TABLES["units in the middle"], [1, 0, 2, 3, 4])
    with pytest.raises(InputError, match="the row below it says units"):
        annotated(path, tmp_path / "out.csv", chunk=chunk)


def test_a_broken_row_shows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('model,GPU hours (k),Hardware\na,184320,A100\nb,1720320,A100,too,many\n', "utf-8")
    for chunk in (1, 100):
        assert "in full" not in (records(path, tmp_path / "out.jsonl", chunk=chunk)["a"][4] or "")


def test_a_table_without_doubt_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million rows as programs write them are not looked through for what people's cells show."""
    monkeypatch.setattr(doubts, "judge", lambda *_: pytest.fail("nothing is in doubt"))
    path = written(tmp_path / "t.csv", {
        "chips": ["8", "1024", "16", "3", "4"], "chip": ["A100"] * 5,
        "training_time_hours": ["12.34", "123.4", "1234", "0.5", "10.25"]}, [*range(5)])
    assert records(path, tmp_path / "out.jsonl", chunk=2, options=Options())["a"][0] > 0
