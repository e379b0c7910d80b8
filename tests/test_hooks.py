"""What a plugin can add without touching the engine: columns, checks of quotes, layouts and formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from computeest import annotate, estimate, registry, schema
from computeest.cli.app import app
from computeest.contract import Hooks
from computeest.problems import InputError
from computeest.registry import PluginError

ROOT = Path(__file__).parents[1]
PLUGIN = str(ROOT / "examples" / "audio_plugin.py")
#: 960 hours heard 10 times, 50 frames a second, 3 x 2 MFLOP each.
PAPER: dict[str, Any] = {"model": "S", "audio_seen": "9,600 hours", "forward_flop": "2 MFLOP"}
FLOP = 9600 * 3600 * 50 * 2e6 * 3


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_column_of_a_plugins_own_is_a_fact_with_unit_bounds_aliases_and_default() -> None:
    record = estimate(PAPER, plugins=[PLUGIN])
    assert record["flop"] == pytest.approx(FLOP, rel=1e-6)
    assert record["assumed"] == {"backward_ratio": 2.0, "frame_rate": 50.0}
    assert "audio_seen" in record["derivation"]
    for spelled in ({"audio": "9600 h"}, {"audio_hours": 9600}, {"audio_seen": "400 days"}):
        found = estimate({"model": "S", "forward_flop": "2 MFLOP", **spelled}, plugins=[PLUGIN])
        assert found["flop"] == pytest.approx(FLOP, rel=1e-6), spelled
    with pytest.raises(InputError, match="audio_seen"):
        estimate({**PAPER, "audio_seen": "9600 tokens"}, plugins=[PLUGIN])
    told = estimate({**PAPER, "frame_rate": 100}, plugins=[PLUGIN])
    assert told["flop"] == pytest.approx(2 * FLOP, rel=1e-6)
    assert told["assumed"] == {"backward_ratio": 2.0}
    said = estimate(PAPER, plugins=[PLUGIN], assume={"frame_rate": 25})
    assert said["flop"] == pytest.approx(FLOP / 2, rel=1e-6)


def test_it_is_no_column_where_the_plugin_is_not_asked_for() -> None:
    estimate(PAPER, plugins=[PLUGIN])
    with pytest.raises(InputError, match="audio_seen"):
        estimate(PAPER)
    registry.load()
    assert "audio_seen" not in schema.FIELDS
    assert "audio_seen" not in schema.NUMERIC


def test_tables_know_the_column_and_the_layout() -> None:
    plain = annotate(pd.DataFrame([{"audio_hours": 9600, "forward_flop": "2 MFLOP"}]), plugins=[PLUGIN])
    kept = annotate(pd.DataFrame([{"Net": "S", "Heard": 9600, "FLOP a frame": 2e6}]), plugins=[PLUGIN],
                    preset="speech-lab")
    for table in (plain, kept):
        assert table["flop"][0] == pytest.approx(FLOP, rel=1e-6)
    with pytest.raises(ValueError, match="no preset is called 'speech-lab'"):
        annotate(pd.DataFrame([{"Net": "S"}]), preset="speech-lab")


def test_runs_of_a_column_that_adds_up_add_up() -> None:
    halves = {**PAPER, "runs": [{"audio_seen": "4,800 hours"}, {"audio_seen": "4,800 hours"}]}
    del halves["audio_seen"]
    assert estimate(halves, plugins=[PLUGIN])["flop"] == pytest.approx(FLOP, rel=1e-6)


def test_a_check_of_quotes_says_its_sentence() -> None:
    paper = {**PAPER, "audio_seen": {"value": "9,600 hours", "quote": "9,600 GPU hours"}}
    checks = {check["code"]: check for check in estimate(paper, plugins=[PLUGIN])["checks"]}
    assert checks["machine-hours"]["message"] == "audio_seen is '9,600 hours', but the quote speaks of GPUs"
    assert "machine-hours" not in {check["code"] for check in estimate(PAPER, plugins=[PLUGIN])["checks"]}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_format_is_read_and_written(tmp_path: Path, jobs: int) -> None:
    rows = [{"model": f"S{row}", "audio_hours": 9600.0, "forward_flop": "2 MFLOP"} for row in range(5)]
    (tmp_path / "in.rows").write_text(json.dumps({"rows": rows}), "utf-8")
    done = run("annotate", tmp_path / "in.rows", "-o", tmp_path / "out.rows", "--plugin", PLUGIN, "--chunk", 2,
               "--jobs", jobs)
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "out.rows").read_text("utf-8"))["rows"]
    assert [row["model"] for row in found] == [f"S{row}" for row in range(5)]
    assert found[0]["flop"] == pytest.approx(FLOP, rel=1e-6)
    assert run("annotate", tmp_path / "in.rows", "-o", tmp_path / "out.csv").exit_code != 0


def test_a_file_that_a_format_cannot_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.rows").write_text("{", "utf-8")
    done = run("annotate", tmp_path / "bad.rows", "-o", tmp_path / "out.csv", "--plugin", PLUGIN)
    assert done.exit_code != 0
    assert "the format 'rows' does not read it" in str(done.exception) + done.output


@pytest.mark.parametrize(("body", "says"), [
    ("return [NewColumn(Field('chips', 'data', 'x', 'chip'))]", "'chips' is one of the schema's own"),
    ("return [NewColumn(Field('mine', 'data', 'x', 'chip', aliases=('gpus',)))]", "'gpus' is chips already"),
    ("return [Field('mine', 'data', 'x', 'chip')]", "returns a Field; it must return NewColumns"),
])
def test_a_column_that_cannot_be_is_refused_by_name(tmp_path: Path, body: str, says: str) -> None:
    (tmp_path / "p.py").write_text("from computeest.contract import Field, NewColumn, hookimpl\n\n\n"
                                   f"@hookimpl\ndef computeest_columns():\n    {body}\n", "utf-8")
    with pytest.raises(PluginError) as error:
        estimate(PAPER, plugins=[str(tmp_path / "p.py")])
    assert says in str(error.value)


def test_the_built_in_layout_and_quotes_come_by_the_same_hooks() -> None:
    loaded = registry.load()
    assert loaded.modules["layout epoch"] == "computeest_plugins.layouts.epoch"
    assert loaded.modules["text check words-for-tokens"] == "computeest_plugins.checks.quotes"


def test_plugin_check_holds_all_that_it_brings() -> None:
    done = run("plugin", "check", PLUGIN, "--format", "json")
    assert done.exit_code == 0, done.output
    said = {(one["subject"], one["item"]): one["verdict"] for one in json.loads(done.stdout)}
    for subject in ("column audio_seen", "column frame_rate", "text check machine-hours", "layout speech-lab",
                    "format rows", "rule frames"):
        assert any(found == subject for found, _ in said), subject
    assert said["format rows", "round trip"] == "pass"


@pytest.mark.parametrize(("body", "clause"), [
    ("NewColumn(Field('mine', 'data', 'x', 'chip', example='8'))", "meaning"),
    ("NewColumn(Field('mine', 'data', 'X.', 'chip', example='8 tokens'))", "example"),
    ("NewColumn(Field('mine', 'data', 'X.', 'chip', high=9, example='8'), Default(8, 0.1, '', 'w'))", "default"),
])
def test_plugin_check_finds_a_column_that_is_not_right(tmp_path: Path, body: str, clause: str) -> None:
    (tmp_path / "p.py").write_text("from computeest.contract import Default, Field, NewColumn, hookimpl\n\n\n"
                                   f"@hookimpl\ndef computeest_columns():\n    return [{body}]\n", "utf-8")
    done = run("plugin", "check", tmp_path / "p.py", "--failed", "--format", "json")
    assert done.exit_code == 1
    assert clause in {one["item"] for one in json.loads(done.stdout)}


READER = str(Path(__file__).parents[1] / "examples" / "reader_plugin.py")
REPORT = "# Heron-3B\n\nHeron-3B has 3 billion parameters.\n\n## Training\n\nHeron-3B was trained for 300k ticks.\n"


def test_a_reader_finds_facts_in_documents(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text(REPORT, "utf-8")
    found = json.loads(run("draft", report, "--format", "json", "--plugin", READER).stdout)["papers"][0]
    assert (found["steps"]["value"], found["steps"]["line"]) == ("300k", 7)
    assert found["steps"]["quote"] == "Heron-3B was trained for 300k ticks."
    assert "steps" not in json.loads(run("draft", report, "--format", "json").stdout)["papers"][0]
    done = run("draft", tmp_path, "-o", tmp_path / "out.csv", "--plugin", READER)
    assert done.exit_code == 0, done.output
    assert "300k" in (tmp_path / "out.csv").read_text("utf-8")


@pytest.mark.parametrize(("body", "says"), [
    ("raise KeyError(1)", "the reader 'mine' fails: KeyError: 1"),
    ("return [Found('stepz', '3', 0, 1)]", "the reader 'mine' finds '3' for 'stepz', which is of no key"),
    ("return [Found('steps', '3', 5, 5)]", "the reader 'mine' finds '3' for 'steps', which is of no key, or nowhere"),
    ("return [('steps', '3')]", "the reader 'mine' finds a tuple"),
])
def test_a_reader_that_fails_costs_its_own_facts_and_is_named(tmp_path: Path, body: str, says: str) -> None:
    plugin, report = tmp_path / "p.py", tmp_path / "report.md"
    report.write_text(REPORT, "utf-8")
    plugin.write_text("from computeest.contract import Found, Reader, hookimpl\n\n\ndef find(sentence, headings):\n"
                      f"    {body}\n\n\n@hookimpl\ndef computeest_readers():\n"
                      "    return [Reader('mine', find, 'x', (('steps', '3'),))]\n", "utf-8")
    done = run("draft", report, "--format", "json", "--plugin", plugin)
    assert done.exit_code == 0
    assert done.stderr.count("the reader 'mine'") == 1
    assert says in done.stderr
    assert json.loads(done.stdout)["papers"][0]["parameters"]["value"] == "3 billion"
    checked = run("plugin", "check", plugin, "--failed", "--format", "json")
    assert checked.exit_code == 1
    assert {one["item"] for one in json.loads(checked.stdout)} & {"example", "nothing"}


ALIASES = """from computeest.contract import Alias, hookimpl


@hookimpl
def computeest_aliases() -> list[Alias]:
    return [Alias("our_r50_320", {member!r}, "ours", {{"image": 320}})]
"""


def test_a_name_of_a_plugins_own_is_the_network_that_it_says(tmp_path: Path) -> None:
    plugin = tmp_path / "names_of_ours.py"
    plugin.write_text(ALIASES.format(member="resnet-50"), "utf-8")
    facts = {"model": "M", "examples": "1M", "epochs": 1}
    named = estimate({**facts, "family": "our_r50_320"}, plugins=[str(plugin)])
    spelled = estimate({**facts, "family": "resnet-50", "architecture": {"image": 320}})
    assert named["flop"] == spelled["flop"] > estimate({**facts, "family": "resnet-50"})["flop"]
    with pytest.raises(InputError, match="no family is called 'our_r50_320'"):
        estimate({**facts, "family": "our_r50_320"})
    assert run("plugin", "check", plugin).exit_code == 0


def test_a_name_of_no_network_is_refused_by_name(tmp_path: Path) -> None:
    plugin = tmp_path / "names_of_none.py"
    plugin.write_text(ALIASES.format(member="resnet-51"), "utf-8")
    with pytest.raises(PluginError, match="'our_r50_320' is of 'resnet-51', which no family has; closest: 'resnet_18'"):
        estimate({"model": "M", "family": "our_r50_320", "examples": "1M"}, plugins=[str(plugin)])


def test_plugin_check_holds_readers() -> None:
    done = run("plugin", "check", READER, "--format", "json")
    assert done.exit_code == 0, done.output
    said = {one["item"]: one["verdict"] for one in json.loads(done.stdout)}
    assert said == {"example": "pass", "nothing": "pass"}


@pytest.mark.parametrize("hook", sorted(name for name in vars(Hooks) if name.startswith("computeest_")))
def test_every_hook_is_on_the_page_and_brought_by_some_test(hook: str) -> None:
    assert f"`{hook}`" in (ROOT / "docs" / "plugins.md").read_text("utf-8")
    defined = f"def {hook}("
    own = [path for path in (ROOT / "tests").rglob("*.py") if defined in path.read_text("utf-8")]
    assert own or defined in Path(PLUGIN).read_text("utf-8")


def test_every_list_of_keys_and_defaults_knows_those_of_a_plugin_that_is_asked_for(tmp_path: Path) -> None:
    table = tmp_path / "heard.csv"
    table.write_text("net,audio_hours\nS,960\n")
    for said, command in (("audio_seen", ["columns", table]), ("frame_rate", ["assumptions", "--format", "json"]),
                          ("audio_seen", ["schema"]), ("audio_seen", ["schema", "--format", "table"])):
        asked = run(*command, "--plugin", PLUGIN)
        assert (asked.exit_code, said in asked.stdout) == (0, True), command
        registry.load()
        assert said not in run(*command).stdout


def test_a_plugins_file_runs_once(tmp_path: Path) -> None:
    (tmp_path / "once.py").write_text("from pathlib import Path\n"
                                      "with Path(__file__).with_suffix('.txt').open('a') as ran:\n"
                                      "    ran.write('ran ')\n")
    assert run("methods", "--plugin", tmp_path / "once.py").exit_code == 0
    assert (tmp_path / "once.txt").read_text() == "ran "
