"""Records as json, yaml, csv, markdown and latex: the same record, harmless and whole."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from computeest import estimate
from computeest.records.columns import FIELDS, Record
from computeest.records.formats import FORMS, SHORT, FormatError, flat, render
from computeest.text.files import OutputError, write_whole
from computeest.text.listing import harmless

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="module")
def gpt3() -> Record:
    return estimate(EXAMPLES / "gpt3.yaml")


@pytest.fixture(scope="module")
def resnet() -> Record:
    return estimate(EXAMPLES / "resnet-50.yaml")


@pytest.mark.parametrize(("form", "read"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_one_record_is_an_object_and_several_are_a_list(form: str, read: Any, gpt3: Record, resnet: Record) -> None:
    assert read(render([gpt3], form)) == gpt3
    assert read(render([gpt3, resnet], form)) == [gpt3, resnet]
    assert read(render([gpt3], form, alone=False)) == [gpt3], "one of several that could be estimated"


def test_csv_is_flat_with_every_field(gpt3: Record, resnet: Record) -> None:
    rows = list(csv.DictReader(io.StringIO(render([gpt3, resnet], "csv"))))
    assert list(rows[0]) == list(FIELDS)
    assert [float(row["flop"]) for row in rows] == [gpt3["flop"], resnet["flop"]], "to the last digit"
    assert rows[0]["methods"].startswith("gpu_time=3.14")
    assert rows[1]["chip_hours"] == ""


def test_markdown_and_latex_have_a_row_each(gpt3: Record, resnet: Record) -> None:
    markdown = render([gpt3, resnet], "markdown").splitlines()
    assert len(markdown) == 4
    assert {line.replace("\\|", "").count("|") for line in markdown} == {len(SHORT) + 1}
    assert "3.14e+23" in markdown[2]
    latex = render([gpt3, resnet], "latex")
    assert latex.count(r"\\") == 3
    assert r"flop\_low" in latex
    assert r"gpu\_time" in latex


def test_words_of_a_paper_cannot_break_a_table_out() -> None:
    record = estimate({"model": "A | B & C_1 $x$ \\input{y} 100 %\nnext", "reported_compute": 1e20})
    row = render([record], "markdown").splitlines()
    assert len(row) == 3
    assert r"A \| B" in row[2]
    latex = render([record], "latex")
    assert r"A | B \& C\_1 \$x\$ \textbackslash{}input\{y\} 100 \%" in latex
    assert latex.count("\n") == 7


def test_a_spreadsheet_runs_no_cell() -> None:
    """A text that starts like a formula is marked as text; a number stays a number."""
    record = estimate({"model": "=HYPERLINK(\"x\")", "organization": "@SUM(1)", "task": "-2+3", "benchmark": "+cmd",
                       "metric": "\tx", "link": "plain", "reported_compute": 1e20})
    (row,) = csv.DictReader(io.StringIO(render([record], "csv")))
    assert row["model"] == "'=HYPERLINK(\"x\")"
    assert row["organization"] == "'@SUM(1)"
    assert row["task"] == "'-2+3"
    assert row["benchmark"] == "'+cmd"
    assert row["link"] == "plain"
    assert float(row["flop"]) == pytest.approx(1e20)


@given(st.text(max_size=20))
def test_no_cell_starts_like_a_formula(text: str) -> None:
    cell = harmless(text)
    assert cell.endswith(text)
    if cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        float(cell)


def test_numbers_stay_numbers() -> None:
    assert [harmless(text) for text in ("-1.5", "+3", "1e20", "")] == ["-1.5", "+3", "1e20", ""]


def test_every_form_writes_every_example() -> None:
    records = [estimate(path) for path in sorted(EXAMPLES.glob("*.yaml"))]
    for form in FORMS:
        text = render(records, form)
        assert text.endswith("\n")
        assert "NaN" not in text
    assert all(set(flat(record)) == set(FIELDS) for record in records)


def test_unknown_form() -> None:
    with pytest.raises(FormatError, match="no format is called 'jason'; closest: 'json'"):
        render([], "jason")


def test_a_file_appears_whole_with_the_usual_rights(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("")
    write_whole(tmp_path / "out", "text\n")
    assert (tmp_path / "out").read_text() == "text\n"
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="out: cannot be written: no space left on device"):
        write_whole(tmp_path / "out", "new")
    assert (tmp_path / "out").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_link_goes_on_leading_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_whole(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_device_is_written_to_not_replaced() -> None:
    write_whole(Path("/dev/null"), "text")
    assert Path("/dev/null").is_char_device()
    with pytest.raises(OutputError, match="no space left on device"):
        write_whole(Path("/dev/full"), "text")
    assert Path("/dev/full").is_char_device()
