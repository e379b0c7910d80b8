"""What people see at the terminal: within its width, with whole numbers, in colour where it is wanted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from computeest.cli import output, people

EXAMPLES = Path(__file__).parents[1] / "examples"
SEVERAL = [str(EXAMPLES / f"{name}.yaml") for name in ("gpt3", "flan-palm-540b", "stable-diffusion-v1", "alphago-zero")]


def run(*words: str, columns: int) -> str:
    done = subprocess.run([sys.executable, "-m", "computeest", *words], env={**os.environ, "COLUMNS": str(columns)},
                          capture_output=True, text=True, check=False, encoding="utf-8")
    return done.stdout


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("words", [("estimate", SEVERAL[0]), ("estimate", *SEVERAL), ("methods",),
                                   ("schema", "--format", "table")], ids=["one", "several", "methods", "schema"])
def test_lines_are_no_longer_than_columns_says(words: tuple[str, ...], columns: int) -> None:
    text = run(*words, columns=columns)
    links = [word for word in text.split() if len(word) > columns - 30]
    assert max(len(line) for line in text.splitlines() if not any(link in line for link in links)) <= columns


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_numbers_of_several_records_are_whole(columns: int) -> None:
    text = run("estimate", *SEVERAL, columns=columns)
    for figure in ("3.14e+23", "2.71e+23", "3.65e+23", "2020-05-28", "2.51e+24"):
        assert re.search(rf"(?<![\w.]){re.escape(figure)}(?![\w.])", text), figure
    header = text.splitlines()[1]
    assert "FLOP" in header
    assert "flop_low" not in header


def test_one_record_is_a_card() -> None:
    lines = run("estimate", SEVERAL[0], columns=80).splitlines()
    assert lines[0].split() == ["model", "GPT-3", "175B"]
    assert lines[2].split("  ")[-1].strip() == "3.14e+23 FLOP"
    assert "2.71e+23 to 3.65e+23 FLOP" in lines[3]
    assert any(line.strip().startswith("reported ") and "3.14e+23 FLOP" in line for line in lines)


def test_a_table_too_wide_for_its_numbers_is_a_card_for_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"first": "1234567890123456", "second": "1.23456789e+30", "third": "9876543210987654"} for _ in range(2)]
    monkeypatch.setenv("COLUMNS", "60")
    assert "┃" in output.table(("first", "second", "third"), rows)
    monkeypatch.setenv("COLUMNS", "50")
    narrow = output.table(("first", "second", "third"), rows)
    assert "┃" not in narrow
    assert narrow.count("1234567890123456") == narrow.count("1.23456789e+30") == 2


@pytest.mark.parametrize(("terminal", "no_colour", "coloured"), [(True, "", True), (True, "1", False),
                                                                 (False, "", False)])
def test_colour_is_for_terminals_without_no_color(terminal: bool, no_colour: str, coloured: bool,
                                                  monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NO_COLOR", no_colour)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    text = output.card([("confidence", "speculative")])
    assert (f"{output._OURS}[" in text) is coloured  # until it goes out, where no file can have written it
    output.emit(text, tmp_path / "out.txt")
    written = (tmp_path / "out.txt").read_text()
    assert "\x1b" not in written
    assert output._OURS not in written


def test_texts_steer_no_terminal() -> None:
    assert "\x1b" not in output.card([("model", "\x1b]0;title\x07x"), ("checks", "\x1b[31mred")])
    assert "\x1b" not in output.table(("a",), [{"a": "\x1b[2Jx"}])


@pytest.mark.parametrize(("value", "text"), [(3.14159e23, "3.14e+23"), (0.3, "0.3"), (2.0, "2"), (1024, "1,020"),
                                             (0.00012, "1.20e-04"), (None, ""), (0.0, "0"), (12.345, "12.3")])
def test_figures_are_rounded(value: float | None, text: str) -> None:
    assert people.figure(value) == text


@pytest.mark.parametrize("wide", [60, 90, 160])
def test_plain_tables_and_cards_are_as_rich_draws_them(wide: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(wide))
    rows = [{"name": "a model of several words", "value": "1,234", "why": f"because {'it is so, ' * times}indeed"}
            for times in (0, 3, 12)] + [{"name": "", "value": "7", "why": ""}]
    lines = [("name", "a model"), ("a long name", "words that go on and on " * 8), ("none", "x")]
    for draw in (lambda: output.table(["name", "value", "why"], rows), lambda: output.card(lines),
                 lambda: output.table(["name", "value"], [])):
        plain = draw()
        with monkeypatch.context() as patched:
            patched.setattr(output, "_plain", lambda *_: False)
            assert draw() == plain
