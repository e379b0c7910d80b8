"""What cells state beyond a number: chips and their time, bounds, other keys' facts, two facts at once."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from computeest import annotate, estimate, schema
from computeest.facts.paper import read_paper
from computeest.facts.table import spec_of
from computeest.problems import CellError, InputError
from computeest.schema import cells
from computeest.schema.cells import Cell
from computeest.schema.headers import named
from computeest.text.bounds import LESS_THAN, MORE_THAN, UP_TO, split
from computeest.text.numbers import NINETY

HOUR, DAY = 3600.0, 86400.0


def cell(column: str, text: str) -> Cell:
    return cells.number(schema.FIELDS[column], text)


@pytest.mark.parametrize("under", ["time", "chip_time"])
@pytest.mark.parametrize(("text", "hours", "of"), [
    ("1024 V100s for 10 days", 1024 * 240, "V100s"), ("16 H100 GPUs for 3 days", 16 * 72, "H100"),
    ("64 A100 x 5 days", 64 * 120, "A100"), ("12 x 5 A100 hours", 60, "A100"), ("8 GPUs for 2 weeks", 8 * 336, ""),
    ("10 days on 256 TPUs", 256 * 240, ""), ("four days on eight V100s", 8 * 96, "V100s"),
    ("3 weeks x 512 TPU v4", 512 * 504, "TPU v4"), ("40 hours (cumulative)", 40, ""), ("5 GPU days x 4", 480, ""),
    ("500 DGX-A100 hours", 500, "DGX-A100"), ("20 p4d.24xlarge hours", 20, "p4d.24xlarge"),
    ("6 v3-8 days", 144, "v3-8"), ("500 H100-h", 500, "H100"), ("500 A100 GPUh", 500, "A100"),
    ("500 V100h", 500, "V100"),
    ("39M (H100-80GB) GPU hours", 39e6, "H100-80GB"), ("500 hours on a single A100", 500, "A100"),
    ("700 node-hours", 700, "node"), ("6 hours on p4d.24xlarge", 6, "p4d.24xlarge"),
])
def test_chips_and_the_time_that_they_ran(under: str, text: str, hours: float, of: str) -> None:
    found = cell(under, text)
    assert (found.column, found.of_chip) == ("chip_time", of)
    assert found.value == pytest.approx(hours * HOUR)


@pytest.mark.parametrize(("text", "seconds"), [
    ("72:30:00", 72.5 * HOUR), ("3-04:00:00", 76 * HOUR), ("1 day, 02:00:00", 26 * HOUR), ("1h30m", 1.5 * HOUR),
    ("2d5h", 53 * HOUR), ("2d 5h 30m", 53.5 * HOUR), ("a day and a half", 36 * HOUR),
    ("two and a half days", 60 * HOUR),
    ("a fortnight", 14 * DAY), ("two fortnights", 28 * DAY), ("P3DT4H", 76 * HOUR), ("PT30M", 1800),
    ("14 天", 14 * DAY),
    ("10 jours", 10 * DAY), ("drei Tage", 3 * DAY), ("dos semanas", 14 * DAY), ("36 Stunden", 36 * HOUR),
    ("2½ weeks", 17.5 * DAY), ("3 1/2 days", 3.5 * DAY), ("½ day", 12 * HOUR),
    ("8 小时", 8 * HOUR), ("5~6 hours", math.sqrt(30) * HOUR), ("24 days, according to [[the paper]](link)", 24 * DAY),
])
def test_times_as_people_and_machines_print_them(text: str, seconds: float) -> None:
    found = cell("time", text)
    assert (found.column, found.value) == ("time", pytest.approx(seconds))


@pytest.mark.parametrize(("facts", "said"), [
    ({"chip": "TPU v4", "time": "3 days"}, "gpu_time needs only chips, or cores"),
    ({"parameters": "25M", "examples": "1.28M", "epochs": 90, "domain": "vision"},
     r"operation_counting needs family \(or forward_macs\);"),
    ({"parameters": "25M", "examples": "1.28M", "epochs": 90}, "operation_counting needs sequence_length, or family"),
])
def test_what_is_asked_for_is_near_in_meaning(facts: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        estimate(facts)


def test_a_comma_that_may_be_a_point_parts_no_thousands() -> None:
    for text in ("1,323 Milliarden", "001,024", "7,13B"):
        with pytest.raises(CellError):
            cell("tokens", text)
    assert cell("tokens", "1,323 billion").value == 1.323e12
    assert (cell("tokens", "0.14 billion(s)").column, cell("time", "3 day(s)").value) == ("tokens", 3 * DAY)


@pytest.mark.parametrize(("column", "text"), [
    ("time", "1344 hours x 8"), ("time", "12:30"), ("time", "10 days using 4 nodes"), ("chip_time", "1000 hours"),
    ("parameters", "8x7B"), ("chip_time", "10 GPU days for each of 5 folds"), ("time", "12 hours per GPU"),
    ("tokens", "1.5T (per epoch, 3 epochs)"), ("time", "5 days on ImageNet"), ("tokens", "more than 2-3T"),
])
def test_what_may_mean_two_things_is_refused(column: str, text: str) -> None:
    with pytest.raises(CellError):
        cell(column, text)


@pytest.mark.parametrize(("column", "text", "goes_to", "value"), [
    ("time", "2 hours per epoch", "time_per_epoch", 2 * HOUR), ("time", "30 min/epoch", "time_per_epoch", 1800),
    ("time", "400 ms/step", "time_per_step", 0.4), ("time", "3 s per iteration", "time_per_step", 3),
    ("time_per_step", "250 ms", "time_per_step", 0.25), ("time_per_epoch", "1h30m", "time_per_epoch", 1.5 * HOUR),
    ("chip_time", "180K H800 GPU hours per trillion tokens", "chip_time_per_token", 180e3 * HOUR / 1e12),
    ("chip_time", "90k GPU hours / B tokens", "chip_time_per_token", 90e3 * HOUR / 1e9),
    ("time", "12 GPU-hours per epoch", "chip_time_per_epoch", 12 * HOUR),
    ("chip_time", "10 GPU days per fold", "chip_time_each", 10 * DAY),
    ("chip_time", "10 GPU days per fold x 5", "chip_time", 50 * DAY),
    ("chip_time", "10 GPU-days x 5 folds", "chip_time", 50 * DAY),
    ("chip_time", "5 folds x 10 GPU-days", "chip_time", 50 * DAY),
])
def test_a_time_for_one_of_many_is_a_fact_of_its_own(column: str, text: str, goes_to: str, value: float) -> None:
    found = cell(column, text)
    assert (found.column, found.value) == (goes_to, pytest.approx(value))


@pytest.mark.parametrize(("facts", "hours"), [
    # DeepSeek-V3's technical report, section 1: 180K hours a trillion tokens, 14.8T tokens, 2664K hours of pre-training
    ({"chip": "H800", "chip_time": "180K H800 GPU hours per trillion tokens", "tokens_seen": 14.8e12}, 2664e3),
    ({"chip": "A100", "chips": 8, "time": "2 hours per epoch", "epochs": 90}, 1440),
    ({"chip": "A100", "chips": 8, "time_per_step": "400 ms", "steps": 90e3}, 80),
    ({"chip": "A100", "chip_time": "3 GPU-hours per epoch", "epochs": 90}, 270),
    ({"chip": "A100", "chip_time": "10 GPU-days per fold", "ensemble": 5}, 1200),
    ({"chip": "A100", "chip_time": "10 DGX-A100 hours", "ensemble": 5}, 80),
])
def test_a_time_for_one_of_many_adds_up(facts: dict[str, Any], hours: float) -> None:
    assert estimate(paper(**facts))["chip_hours"] == pytest.approx(hours, rel=1e-3)


@pytest.mark.parametrize(("facts", "lacks"), [
    ({"chip": "A100", "chips": 8, "time": "2 hours per epoch"}, "gpu_time needs only epochs"),
    ({"chip": "A100", "chip_time": "10 GPU-days per fold"}, "gpu_time needs ensemble"),
    ({"chip": "A100", "chips": 8, "time": "2 s per step"}, "gpu_time needs only steps"),
])
def test_how_many_there_were_is_asked_for_and_not_assumed(facts: dict[str, Any], lacks: str) -> None:
    with pytest.raises(InputError, match=lacks):
        estimate(paper(**facts))


def paper(**facts: Any) -> dict[str, Any]:
    return {"model": "X", "published": "2023-02-27", "number_format": "bf16", "utilization": 0.5, **facts}


@pytest.mark.parametrize(("chip", "time", "hours"), [
    ("A100", "1024 A100s for 10 days", 1024 * 240), ("A100", "500 DGX-A100 hours", 4000),
    ("A100", "20 p4d.24xlarge hours", 160), ("TPU v3", "6 v3-8 days", 4 * 144), ("DGX A100", "700 node-hours", 5600),
    ("8 x A100", "10 hours on p4d.24xlarge", 80),
])
def test_a_machines_hours_are_those_of_all_its_chips(chip: str, time: str, hours: float) -> None:
    assert estimate(paper(chip=chip, chip_time=time))["chip_hours"] == pytest.approx(hours)


@pytest.mark.parametrize(("facts", "said"), [
    ({"chip": "V100", "chip_time": "1000 A100-hours"}, "this is the time of NVIDIA A100 SXM4 80GB"),
    ({"chip": "A100", "chip_time": "100 foo12 hours"}, "'foo12' in this time is no chip that is known"),
    ({"chip": "A100", "chip_time": "700 node-hours"}, "nothing says how many chips each has"),
    ({"chip": "A100", "chips": "64 V100s", "time": "1 day"}, "these are NVIDIA Tesla V100 SXM2 16GB"),
    ({"chip_time": "100 foo12 hours"}, "no chip is called 'foo12'"),
    ({"chip": "RTX 3090", "time": "500 H100-h"}, "this is the time of NVIDIA H100 SXM5 80GB"),
    ({"chip": "RTX 3090", "chips": 8, "time": "500 hours (A100)"}, "this is the time of NVIDIA A100 SXM4 80GB"),
    ({"chip": "RTX 3090", "chip_time": "180K H800 GPU hours per trillion tokens", "tokens": "1T"},
     "this is the time of NVIDIA H800"),
    ({"chip": "A100", "chips": "8 A100 and 8 V100", "time": "1 day"}, "these are NVIDIA Tesla V100 SXM2 16GB"),
    ({"chip_time": "512 A100 for 3 days and 64 V100 for 2 days"}, "is the time of several groups of chips"),
    ({"chip": "A100", "chip_time": "512 A100s for 3 days and 64 cores for 2 days"}, "several groups of chips"),
])
def test_a_chip_in_the_time_is_held_against_the_runs(facts: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match="|".join([said.replace("(", r"\(")])):
        estimate(paper(**facts))


def test_a_chip_that_a_time_or_a_count_names_is_the_runs_in_tables_too() -> None:
    table = pd.DataFrame({"model": list("abc"), "time": ["500 A100-hours", "10 hours (A100)", "2 days"],
                          "chips": [None, 8, "64 H100 GPUs"]})
    found = annotate(table)
    assert found["chip"].tolist() == ["nvidia-a100-sxm4-80gb"] * 2 + ["nvidia-h100-sxm"]
    assert found["chip_hours"].tolist() == [500, 80, 64 * 48]
    contradicted = annotate(table.assign(chip="RTX 3090"))
    assert contradicted["flop"].isna().all()
    assert contradicted["problems"].str.contains("but chip is NVIDIA GeForce RTX 3090").all()


def test_a_vague_number_of_chips_is_a_fact_that_widens() -> None:
    record = estimate(paper(chip="several A100s", time="10 hours"))
    assert record["chip_hours"] == pytest.approx(10 * math.sqrt(21))
    assert [check["message"] for check in record["checks"] if check["code"] == "bound"] == [
        "chips is 'several A100s', no more than a bound (vague): 3 to 7 chips are taken"]
    with pytest.raises(InputError, match="gpu_time needs only chips"):
        estimate(paper(chip="several nodes of 8 A100", time="10 hours"))


def test_a_number_said_twice_is_one_where_both_are_the_same() -> None:
    assert cell("time", "504 hours (3 weeks)").value == 504 * HOUR
    assert cell("tokens", "1.4 trillion tokens (1.4T)").value == 1.4e12
    assert cell("utilization", "45% (0.45)").value == 0.45
    for column, text in (("time", "504 hours (20 days)"), ("chips", "128 (64)"), ("time", "1 day (8 GPUs)")):
        with pytest.raises(CellError):
            cell(column, text)


def test_chips_that_may_be_one_do_not_contradict() -> None:
    assert estimate(paper(chip="A100 SXM 80GB", chip_time="1000 A100-hours"))["chip_hours"] == 1000
    assert estimate(paper(chip="NVIDIA A100", chips="64 A100 GPUs", time="10 hours"))["chip_hours"] == 640


@pytest.mark.parametrize(("text", "low", "high", "kind"), [
    ("less than 9T", 3e12, 9e12, "at_most"), ("<9T", 3e12, 9e12, "at_most"), ("up to 2T", 1e12, 2e12, "at_most"),
    ("at most 2T", 1e12, 2e12, "at_most"), ("over 2T", 2e12, 6e12, "at_least"), ("15T+", 15e12, 45e12, "at_least"),
    (">2T", 2e12, 6e12, "at_least"), ("2T+ tokens", 2e12, 6e12, "at_least"), ("mehr als 2T", 2e12, 6e12, "at_least"),
    ("a few trillion", 2e12, 5e12, "vague"), ("several trillion", 3e12, 7e12, "vague"),
    ("hundreds of billions of tokens", 2e11, 1e12, "vague"), ("trillions of tokens", 2e12, 1e13, "vague"),
    ("tens of billions", 2e10, 1e11, "vague"), ("north of 10T", 1e13, 3e13, "at_least"),
    ("超过2万亿 tokens", 2e12, 6e12, "at_least"),
    ("2T tokens or more", 2e12, 6e12, "at_least"), ("2 trillion+", 2e12, 6e12, "at_least"),
])
def test_a_bound_is_a_fact_that_widens(text: str, low: float, high: float, kind: str) -> None:
    found = cell("tokens", text)
    reach = math.exp(NINETY * found.sigma)
    assert (found.value / reach, found.value * reach, found.bound) == (
        pytest.approx(low), pytest.approx(high), kind)


def test_a_bound_reaches_no_further_than_its_column() -> None:
    found = cell("utilization", "more than 50 %")
    assert found.value * math.exp(NINETY * found.sigma) == pytest.approx(1.0)
    assert found.value * math.exp(-NINETY * found.sigma) == pytest.approx(0.5)


@pytest.mark.parametrize(("text", "bound"), [
    ("less than 3", LESS_THAN), ("at most 3", UP_TO), ("at least 3", MORE_THAN), ("3", None), ("3 +/- 1", None),
    ("lessons 3", None), ("overall 3", None), ("unter 3", LESS_THAN), ("超过3", MORE_THAN), ("underwater 3", None),
])
def test_words_of_bounds(text: str, bound: object) -> None:
    assert split(text)[1] == bound


def test_the_record_says_that_a_fact_is_a_bound() -> None:
    record = estimate({"parameters": 7e9, "tokens_seen": "15T+"})
    assert record["flop_high"] / record["flop_low"] > 2.9
    said = next(check for check in record["checks"] if check["code"] == "bound")
    assert said["message"].startswith("tokens_seen is '15T+', no more than a bound (at least): 1.5e+13 to 4.5e+13")
    assert record["bound"] == "at_least"
    assert estimate({"parameters": 7e9, "tokens_seen": "15T"})["bound"] is None


@pytest.mark.parametrize(("under", "text", "column", "value"), [
    ("time", "4108.80 petaflop/s-day", "reported_compute", 4108.8e15 * DAY), ("time", "2 million steps", "steps", 2e6),
    ("epochs", "300k steps", "steps", 3e5), ("steps", "90 epochs", "epochs", 90),
    ("cost", "1000 GPU-hours", "chip_time", 1000 * HOUR),
    ("energy", "3 days", "time", 3 * DAY), ("time", "300B tokens", "tokens_seen", 3e11),
])
def test_a_fact_under_another_key_goes_to_its_own(under: str, text: str, column: str, value: float) -> None:
    found = cell(under, text)
    assert (found.column, found.value, found.under) == (column, pytest.approx(value), under)
    table = pa.table({under: [text]})
    spec = spec_of(table, named([under]))
    assert spec.column(column)[0] == pytest.approx(value)
    assert [finding["code"] for _, finding in spec.readings] == ["fact-under-another-key"]


@pytest.mark.parametrize(("text", "total", "active"), [
    ("61B parameters (sparse); 6.6B active parameters", 61e9, 6.6e9), ("671B (37B active)", 671e9, 37e9),
    ("14B parameters with 2.7B parameters for activation (MoE)", 14e9, 2.7e9),
    ("7B parameters (dense model)", 7e9, None),
    ("235B total, 22B activated", 235e9, 22e9), ("17 billion active, 109 billion total", 109e9, 17e9),
    ("37B activated out of 671B", 671e9, 37e9), ("1.5e9", 1.5e9, None), ("235B-A22B", 235e9, 22e9),
    ("30B-A3B", 30e9, 3e9), ("7 Mrd", 7e9, None), ("1.5 Milliarden", 1.5e9, None), ("7 milliards", 7e9, None),
])
def test_all_and_active_parameters_in_one_cell(text: str, total: float, active: float | None) -> None:
    run = read_paper({"parameters": text, "tokens_seen": "1T"}).runs[0]
    assert run.cells["parameters"].value == pytest.approx(total)
    assert ("active_parameters" in run.cells) is (active is not None)
    if active is not None:
        assert run.cells["active_parameters"].value == pytest.approx(active)
    spec = spec_of(pa.table({"parameters": [text]}), named(["parameters"]))
    assert spec.column("active_parameters")[0] == pytest.approx(active or math.nan, nan_ok=True)


def test_a_fraction_in_a_column_of_percent_is_one_and_says_so() -> None:
    spec = spec_of(pa.table({"MFU (%)": ["0.4", "40", "38%", "1.01"]}), named(["MFU (%)"]))
    assert spec.column("utilization").tolist() == pytest.approx([0.4, 0.4, 0.38, 0.0101])
    assert [(row, finding["code"]) for row, finding in spec.readings] == [(0, "fraction-under-percent")]
    assert spec_of(pa.table({"utilization": ["0.4"]}), named(["utilization"])).readings == []


def column_of(header: str, *cells_: str) -> list[dict[str, float]]:
    """What the cells of one column of a table are read as, column by column."""
    spec = spec_of(pa.table({"model": list("ABCDEFGH"[:len(cells_)]), header: list(cells_)}),
                   named(["model", header]))
    return [{name: float(values[row]) for name, values in spec.numbers.items() if not math.isnan(values[row])}
            for row in range(len(cells_))]


def test_what_stands_beside_a_number_takes_nothing_of_its_headers_scale() -> None:
    read = column_of("Params (bn)", "671 (37 active)", "7 (dense)", "13 parameters", "340M", "1.5", "70B (dense)")
    assert read == [{"parameters": 671e9, "active_parameters": 37e9}, {"parameters": 7e9}, {"parameters": 13e9},
                    {"parameters": 340e6}, {"parameters": 1.5e9}, {"parameters": 70e9}]
    assert column_of("Tokens [in billions]", "300 (web)", "1.4T", "２００") == [
        {"tokens": 300e9}, {"tokens": 1.4e12}, {"tokens": 200e9}]


def test_a_number_of_chips_with_a_point_between_thousands_is_refused_in_tables_of_numbers_too() -> None:
    assert column_of("chips", "1.024", "1024", "0.5") == [{}, {"chips": 1024}, {"chips": 0.5}]
    spec = spec_of(pa.table({"chips": [1.024, 16.0]}), named(["chips"]))
    assert [(row, problem.what) for row, problem in spec.problems] == [(0, "'1.024' may be 1.024 or 1024")]


@pytest.mark.parametrize("column", ["tokens", "examples"])
@pytest.mark.parametrize("text", ["680,000 hours", "680k hours of audio", "960h", "1,000 hours of speech", "30 min",
                                  "39 years of ERA5", "39 years of data", "2.5 years", "4 decades of reanalysis",
                                  "3 days of video", "45k years of play"])
def test_how_long_data_plays_is_no_time_of_training(column: str, text: str) -> None:
    with pytest.raises(CellError, match="is how long something plays"):
        cell(column, text)
