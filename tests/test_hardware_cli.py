"""The hardware commands as a person runs them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Cli

from computeest.hardware import load
from computeest.hardware.show import frontier, points


def test_find_as_json(cli: Cli) -> None:
    ran = cli("hardware", "find", "8 x A100-80GB", "--format", "json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert list(found)[:5] == ["chip", "chips_per_unit", "chips", "ambiguous", "alternatives"]
    assert found["chip"] == "nvidia-a100-sxm4-80gb"
    assert (found["chips_per_unit"], found["chips"], found["count"]) == (1, 8, 8)
    assert (found["ambiguous"], found["alternatives"]) == (False, [])
    assert (found["peak_low"], found["peak_high"], found["peak"]) == (312e12, 312e12, 312e12)


def test_find_without_a_number_has_null(cli: Cli) -> None:
    found = json.loads(cli("hardware", "find", "TPU v1", "-f", "json").out)
    assert (found["count"], found["peak"], found["peak_low"], found["number_format"]) == (None, None, None, None)


def test_find_a_cpu_of_no_known_model(cli: Cli) -> None:
    """20 cores x 2.4 GHz x 32 FLOP (two units of eight that multiply and add)."""
    said = "2 x 20-core processors at 2.4 GHz with AVX2"
    found = json.loads(cli("hardware", "find", said, "-f", "json").out)
    assert (found["chip"], found["chips"], found["number_format"]) == ("unknown-cpu", 2, "fp32")
    assert found["peak"] == pytest.approx(20 * 2.4e9 * 32)
    assert found["peak_low"] < found["peak"] < found["peak_high"]


def test_find_on_a_date(cli: Cli) -> None:
    early = json.loads(cli("hardware", "find", "Titan X", "--date", "2016-03-01", "-f", "json").out)
    late = json.loads(cli("hardware", "find", "Titan X", "--date", "2017-03-01", "-f", "json").out)
    assert (early["chip"], late["chip"]) == ("nvidia-gtx-titan-x", "nvidia-titan-x-pascal")
    assert cli("hardware", "find", "Titan X", "--date", "March").code == 2


@pytest.mark.parametrize("form", ["table", "csv", "markdown"])
def test_find_for_people(cli: Cli, form: str) -> None:
    ran = cli("hardware", "find", "128 TPUv3 cores", "--format", form)
    assert ran.code == 0
    for said in ("google-tpu-v3", "0.5", "64", "123 TFLOP/s"):
        assert said in ran.out


def test_refusal_goes_to_standard_error(cli: Cli) -> None:
    ran = cli("hardware", "find", "GTX 1040")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == ("no chip is called 'GTX 1040'\nclosest: 'NVIDIA GeForce GTX 1050', "
                       "'NVIDIA GeForce GTX 1060 6GB', 'NVIDIA GeForce GTX 1070', 'NVIDIA GeForce GTX 1080'\n")
    ran = cli("hardware", "find", "8 GPUs")
    assert (ran.code, ran.err) == (1, "'8 GPUs' names no chip\n")


def test_unknown_output_format(cli: Cli) -> None:
    ran = cli("hardware", "find", "A100", "--format", "xml")
    assert ran.code == 2
    assert "'xml' is none of table, json, csv, markdown" in ran.err


def test_list_as_csv_holds_all_chips(cli: Cli) -> None:
    ran = cli("hardware", "list", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["id"] for row in rows] == list(load().ids)
    a100 = next(row for row in rows if row["id"] == "nvidia-a100-sxm4-80gb")
    assert float(a100["peak"]) == 312e12
    assert (a100["number_format"], a100["vendor"], float(a100["memory"])) == ("bf16-tensor", "NVIDIA", 80)
    assert ran.err == f"{len(rows)} chips\n"


@pytest.mark.parametrize("sort", ["peak", "-peak", "memory", "-tdp", "released", "name", "-bandwidth", "confidence"])
def test_list_sorts_by_any_column(cli: Cli, sort: str) -> None:
    rows = json.loads(cli("hardware", "list", "--sort", sort, "--format", "json").out)
    values = [row[sort.removeprefix("-")] for row in rows]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=sort.startswith("-"))
    assert values == known + [None] * (len(values) - len(known))


def test_list_filters(cli: Cli) -> None:
    rows = json.loads(cli("hardware", "list", "--vendor", "amd", "--year", "2020..2023", "--number-format", "fp8",
                          "--format", "json").out)
    assert [row["id"] for row in rows] == [
        chip.id for chip in load() if chip.vendor == "AMD" and "fp8" in chip.peaks and chip.released is not None
        and 2020 <= chip.released.year <= 2023]
    assert rows
    assert {row["number_format"] for row in rows} == {"fp8"}
    tpus = json.loads(cli("hardware", "list", "--kind", "tpu", "-f", "json").out)
    assert {row["vendor"] for row in tpus} == {"Google"}
    year = json.loads(cli("hardware", "list", "--year", "2017", "-f", "json").out)
    assert year
    assert {row["released"][:4] for row in year} == {"2017"}


@pytest.mark.parametrize(("arguments", "message"), [
    (("--vendor", "NVIDA"), "no vendor is called 'NVIDA'; closest: 'NVIDIA'"),
    (("--sort", "peek"), "no column is called 'peek'; closest: 'peak'"),
    (("--number-format", "bf61"), "no number format is called 'bf61'; closest: 'bf16'"),
    (("--year", "then"), "'then' is no year; a year such as 2022, or 2020..2022"),
])
def test_list_says_what_it_does_not_know(cli: Cli, arguments: tuple[str, str], message: str) -> None:
    ran = cli("hardware", "list", *arguments)
    assert ran.code == 2
    assert ran.err.startswith(message)


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_list_for_people(cli: Cli, form: str) -> None:
    ran = cli("hardware", "list", "--vendor", "Google", "--format", form)
    assert "google-tpu-v4" in ran.out
    assert "275" in ran.out
    assert "TFLOP/s" in ran.out


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_show_has_every_value_with_its_source(cli: Cli, form: str) -> None:
    ran = cli("hardware", "show", "A100-SXM4-80GB", "--format", form)
    chip = load().chip("nvidia-a100-sxm4-80gb")
    assert ran.code == 0
    text = " ".join(ran.out.replace("│", " ").split())
    for rate in chip.peaks.values():
        assert chip.facts["peak"][rate.key]["value"] in text
        assert rate.source.title in text or form == "table"
    assert "80 GB" in text


def test_show_says_what_is_in_dispute(cli: Cli) -> None:
    ran = cli("hardware", "show", "nvidia-k80", "--format", "csv")
    chip = load().chip("nvidia-k80")
    assert chip.disputed
    for dispute in chip.disputed:
        assert f"{dispute['value']} by {dispute['by']}" in ran.out
    assert cli("hardware", "show", "K81").code == 1


def test_show_warns_of_low_confidence(cli: Cli) -> None:
    low = next(chip for chip in load() if chip.confidence == "low")
    assert f"low confidence in what is known of {low.name}" in cli("hardware", "show", low.id, "-f", "csv").out


@pytest.mark.parametrize(("name", "start"), [("peaks.png", b"\x89PNG"), ("peaks.svg", b"<?xml")])
def test_plot(cli: Cli, tmp_path: Path, name: str, start: bytes) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / name
    assert cli("hardware", "plot", "-o", path).code == 0
    content = path.read_bytes()
    assert content.startswith(start)
    assert len(content) > 10_000
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    if name.endswith("svg"):
        assert b"FP16/BF16 matrix" in content


def test_plot_needs_a_picture_file(cli: Cli, tmp_path: Path) -> None:
    ran = cli("hardware", "plot", "-o", tmp_path / "peaks.doc")
    assert ran.code == 2
    assert "'peaks.doc' is neither .png nor .svg" in ran.err
    ran = cli("hardware", "plot", "-o", tmp_path / "nowhere" / "peaks.png")
    assert ran.code == 1
    assert "cannot be written: no such file or directory" in ran.err


def test_plotted_frontier_is_what_was_fastest() -> None:
    series = points(load())["FP32 vector"]
    best = frontier(series)
    assert [value for _, value, _ in best] == sorted({value for _, value, _ in best})
    for day, value, _ in series:
        assert value <= max(peak for when, peak, _ in best if when <= day)


def test_lint_of_our_own_is_clean(cli: Cli) -> None:
    ran = cli("hardware", "lint", "--strict")
    assert (ran.code, ran.out, ran.err) == (0, "", "0 errors, 0 warnings\n")


WRONG = """
schema: 1
vendor: Example
sources:
  sheet: {title: "Example data sheet", url: "https://example.com/one", kind: datasheet, accessed: "2026-11-21"}
chips:
  example-one:
    name: Example One
    kind: gpu
    architecture: ga100
    status: released
    released: {value: "2022-01-01", source: sheet}
    peak:
      fp32: {value: "19.5 TFLOP/s", unit-kind: vector, source: nowhere}
    training-format: fp32
    confidence: high
"""


def test_lint_of_others_points_at_the_line(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(WRONG, "utf-8")
    ran = cli("hardware", "lint", tmp_path)
    assert ran.code == 1
    assert f"{path}:14: " in ran.out
    assert "nowhere" in ran.out
    assert all(line.startswith(str(path)) for line in ran.out.splitlines())
    rows = json.loads(cli("hardware", "lint", path, "--format", "json").out)
    assert {row["level"] for row in rows} <= {"error", "warning"}
    assert cli("hardware", "lint", "--hardware", tmp_path).out == ran.out
    assert cli("hardware", "lint", tmp_path / "nothing").code == 1


def test_overlay_on_every_command(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(WRONG.replace("nowhere", "sheet"), "utf-8")
    for command in (("find", "8 Example Ones"), ("show", "example-one"), ("list", "--vendor", "Example")):
        ran = cli("hardware", *command, "--hardware", tmp_path, "--format", "json")
        assert ran.code == 0, ran.err
        assert "example-one" in ran.out
    path.write_text(WRONG, "utf-8")
    ran = cli("hardware", "find", "Example One", "--hardware", tmp_path)
    assert ran.code == 1
    assert ran.err == f"{path}:14: example-one.peak.fp32: 'nowhere' is no key of this file's sources [source-unknown]\n"


def test_overlay_that_replaces_is_said(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(WRONG.replace("nowhere", "sheet").replace("example-one", "nvidia-t4"), "utf-8")
    ran = cli("hardware", "show", "nvidia-t4", "--hardware", tmp_path, "-f", "csv")
    assert "warning: " in ran.err
    assert "nvidia-t4: replaces the entry of nvidia-turing.yaml" in ran.err
    assert "Example One" in ran.out


def test_a_card_says_who_bears_a_value_out_and_what_nobody_opened(cli: Cli) -> None:
    def card(chip: str) -> dict[str, dict[str, str]]:
        shown = csv.DictReader(io.StringIO(cli("hardware", "show", chip, "-f", "csv").out))
        return {row["field"]: row for row in shown}

    rows = card("nvidia-t4")
    assert rows["released"]["value"] == "2018-09-13; 2018-09-13 by TechPowerUp GPU database"
    assert rows["bandwidth"]["value"].endswith("bus by TechPowerUp GPU database")
    rows = card("nvidia-b200")
    assert rows["announced"]["source"].endswith("(not opened)")
    assert "; confirmed by " in rows["announced"]["value"]


def test_help_loads_nothing_heavy() -> None:
    code = ("import sys; from computeest.cli import hardware; "
            "print([name for name in ('yaml', 'pint', 'pandas', 'numpy', 'rich', 'matplotlib', 'computeest.hardware') "
            "if name in sys.modules])")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_find_answers_every_line_of_standard_input(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("8 x V100 SXM2 32GB\nquantum brick\n"))
    ran = cli("hardware", "find", "-", "--format", "json")
    right, refused = map(json.loads, ran.out.splitlines())
    assert list(right) == ["input", "chip", "chips", "alternatives", "ambiguous", "problem"]
    assert (right["chip"], right["chips"], right["problem"]) == ("nvidia-v100-sxm2-32gb", 8.0, None)
    assert (refused["input"], refused["chip"], refused["problem"]) == (
        "quantum brick", None, "no chip is called 'quantum brick'")
    assert ran.code == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("T4\n"))
    assert cli("hardware", "find", "-", "--format", "json").code == 0
