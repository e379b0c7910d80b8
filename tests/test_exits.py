"""What an input says reaches people in pages, drafts, figures and JSON, and steers nothing there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from conftest import Cli

from computeest.schema import cell_times
from computeest.text import files, listing

STEERS = "\x1b[31m\u202e\u2066\x9b2J\u200e\u2028"
_FOUND = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
PAPER = {"model": f"m{STEERS}x", "parameters": {"value": 7e9, "source": f"s{STEERS}", "quote": f"q{STEERS}"},
         "tokens": 1e12, "organization": f"o{STEERS}"}


def test_a_report_holds_nothing_that_turns_its_lines_about(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "p.yaml").write_text(json.dumps(PAPER), "utf-8")
    (tmp_path / "t.csv").write_text(f"model,parameters,tokens\na\u202eb,7e9,1e12\n{STEERS[5:]},7e9,1e12\n", "utf-8")
    for name in ("p.yaml", "t.csv"):
        assert cli("report", str(tmp_path / name), "-o", str(tmp_path / "r.html")).code == 0
        assert not _FOUND.findall((tmp_path / "r.html").read_text("utf-8").replace("\n", " "))


def test_a_draft_quotes_without_what_turns_a_line_about(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "d.md").write_text(f"# M\nWe train M with 7B{STEERS} parameters on 1T tokens{STEERS}.\n", "utf-8")
    for form in ("yaml", "json"):
        said = cli("draft", str(tmp_path / "d.md"), "--format", form).out
        assert "7B" in said
        assert not _FOUND.findall(said)


def test_json_says_the_same_with_escapes(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "p.yaml").write_text(json.dumps({"model": "a\u202eb", "parameters": 7e9, "tokens": 1e12}), "utf-8")
    said = cli("estimate", str(tmp_path / "p.yaml"), "--format", "json").out
    assert "\\u202e" in said
    assert json.loads(said)["model"] == "a\u202eb"
    assert files.escaped('{"é": "\x9b\u2028"}') == '{"é": "\\u009b\\u2028"}'


def test_markdown_holds_no_html() -> None:
    assert listing.cell("<img src=x onerror=1> | a < b") == "&lt;img src=x onerror=1> \\| a < b"


@pytest.mark.parametrize("name", ["$$", "$\\frac{1", "$x$", "5$", "\u202e$"])
def test_a_name_in_a_figure_is_no_formula(tmp_path: Path, cli: Cli, name: str) -> None:
    (tmp_path / "p.yaml").write_text(json.dumps({"model": name, "parameters": 7e9, "tokens": 1e12}), "utf-8")
    done = cli("plot", str(tmp_path / "p.yaml"), "--kind", "interval", "-o", str(tmp_path / "x.svg"))
    assert done.code == 0, done.err
    assert "\u202e" not in (tmp_path / "x.svg").read_text("utf-8")


def test_times_within_times_are_read_two_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(cell_times, "in_digits", lambda text: (calls.append(text), text)[1])
    with pytest.raises(ValueError, match="days"):
        cell_times.read("0x5A days" * 44)
    assert len(calls) < 1_200  # it was 2,319 for 30 of them, and grew with their square


def test_yaml_says_the_same_with_escapes(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "p.yaml").write_text(json.dumps({"model": f"a\u202eb \u00e9{STEERS}", "parameters": 7e9,
                                                 "tokens": 1e12, "organization": "Universit\u00e9"}), "utf-8")
    said = cli("estimate", str(tmp_path / "p.yaml"), "--format", "yaml").out
    assert not _FOUND.findall(said)
    assert yaml.safe_load(said)["model"].startswith("a\u202eb \u00e9")
    assert "Universit\u00e9" in said


@pytest.mark.parametrize("kind", ["same", "symbolic", "hard"])
@pytest.mark.parametrize("command", ["annotate", "columns", "estimate", "report"])
def test_no_command_writes_over_its_own_input(tmp_path: Path, cli: Cli, command: str, kind: str) -> None:
    paper = command in ("estimate", "report")
    given = tmp_path / ("p.yaml" if paper else "t.csv")
    given.write_text("parameters: 7B\ntokens: 1T\n" if paper else "parameters,tokens\n7e9,1e12\n", "utf-8")
    other = given if kind == "same" else tmp_path / f"other{given.suffix}"
    if kind != "same":
        (other.symlink_to if kind == "symbolic" else other.hardlink_to)(given)
    before = given.read_bytes()
    found = cli(command, str(given), "-o", str(other))
    assert found.code == 1
    assert "which would be overwritten: write to another file" in found.err
    assert given.read_bytes() == other.read_bytes() == before


def test_an_output_that_is_no_input_is_written_again(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "t.csv").write_text("parameters,tokens\n7e9,1e12\n", "utf-8")
    for _ in range(2):
        assert cli("annotate", str(tmp_path / "t.csv"), "-o", str(tmp_path / "o.csv")).code == 0
