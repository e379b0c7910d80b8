"""The command line: data on standard output, words on standard error, codes that mean something."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import Cli

from computeest import estimate
from computeest.records.columns import FIELDS

EXAMPLES = Path(__file__).parents[1] / "examples"
GPT3, RESNET = str(EXAMPLES / "gpt3.yaml"), str(EXAMPLES / "resnet-50.yaml")


def test_json_of_one_paper_is_one_object_with_the_records_fields(cli: Cli) -> None:
    ran = cli("estimate", GPT3, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    record = json.loads(ran.out)
    assert {"flop", "flop_low", "flop_high", "method", "methods", "assumed", "checks", "derivation"} <= set(record)
    assert list(record) == list(FIELDS)
    assert record == estimate(GPT3)


def test_json_of_several_papers_is_a_list(cli: Cli) -> None:
    records = json.loads(cli("estimate", GPT3, RESNET, "-f", "json").out)
    assert [record["model"] for record in records] == ["GPT-3 175B", "ResNet-50"]


def test_yaml_and_csv(cli: Cli) -> None:
    assert yaml.safe_load(cli("estimate", GPT3, "-f", "yaml").out) == estimate(GPT3)
    rows = list(csv.DictReader(io.StringIO(cli("estimate", GPT3, RESNET, "-f", "csv").out)))
    assert [row["model"] for row in rows] == ["GPT-3 175B", "ResNet-50"]


@pytest.mark.parametrize("form", ["table", "markdown", "latex"])
def test_tables_show_the_number_and_its_interval(form: str, cli: Cli) -> None:
    ran = cli("estimate", GPT3, "-f", form)
    assert ran.code == 0
    record = estimate(GPT3)
    for name in ("flop", "flop_low", "flop_high"):
        assert f"{record[name]:.2e}" in ran.out


def test_explain_prints_the_derivation_beside_a_table_and_apart_from_data(cli: Cli) -> None:
    derivation = estimate(GPT3)["derivation"]
    assert derivation in cli("estimate", GPT3, "--explain").out
    apart = cli("estimate", GPT3, "--explain", "-f", "csv")
    assert derivation in apart.err
    assert len(list(csv.reader(io.StringIO(apart.out)))) == 2


def test_what_checks_say_is_below_the_table(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "paper.yaml").write_text("model: M\npeak: 1 TFLOP/s\nchips: 1\ntime: 1 day\nreported_compute: 1e20\n")
    assert "M: error: the facts imply a utilization of " in cli("estimate", tmp_path / "paper.yaml").out


def test_assume_and_prefer(cli: Cli, tmp_path: Path) -> None:
    paper = tmp_path / "paper.yaml"
    paper.write_text("peak: 1e14\nchips: 8\ntime: 1 day\nreported_compute: 2e19\n")
    ran = cli("estimate", paper, "-f", "json", "--assume", "utilization=40 %", "--prefer", "gpu_time")
    record = json.loads(ran.out)
    assert record["flop"] == pytest.approx(8 * 86400 * 1e14 * 0.4)
    assert (record["method"], record["assumed"]) == ("gpu_time", {"utilization": 0.4})


def test_a_plugin_file(cli: Cli, tmp_path: Path) -> None:
    plugin = tmp_path / "mine.py"
    plugin.write_text('from computeest.contract import Method, hookimpl\n\n\ndef doubled(reported_compute):\n'
                      '    """Twice what is said."""\n    return 2 * reported_compute\n\n\n@hookimpl\n'
                      'def computeest_methods():\n    return [Method("doubled", doubled, 0.1, "authors")]\n')
    (tmp_path / "paper.yaml").write_text("reported_compute: 1e20\n")
    ran = cli("estimate", tmp_path / "paper.yaml", "-f", "json", "--plugin", plugin, "--prefer", "doubled")
    assert json.loads(ran.out)["flop"] == pytest.approx(2e20)
    assert "doubled" in cli("methods", "--plugin", plugin).out
    assert "doubled" not in cli("methods").out, "a plugin is loaded where it is named and nowhere else"


def test_an_output_file_is_whole_and_standard_output_empty(cli: Cli, tmp_path: Path) -> None:
    ran = cli("estimate", GPT3, "-f", "json", "-o", tmp_path / "out.json")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert json.loads((tmp_path / "out.json").read_text("utf-8")) == estimate(GPT3)
    assert [p.name for p in tmp_path.iterdir()] == ["out.json"]


def test_validate(cli: Cli) -> None:
    ran = cli("validate", GPT3, RESNET)
    assert (ran.code, ran.out, ran.err) == (0, "", "2 checked: 2 right, 0 wrong\n")


def test_validate_for_programs(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("model: M\nparameters: 1.3.3B\nchipss: 8\n", "utf-8")
    ran = cli("validate", GPT3, tmp_path / "bad.yaml", "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, ran.err, found["checked"], found["wrong"]) == (1, "", 2, 1)
    number, key = found["problems"]
    assert (number["file"], number["line"], number["key"]) == (str(tmp_path / "bad.yaml"), 2, "parameters")
    assert number["code"] == "number-goes-on"
    assert (key["line"], key["expected"], key["code"]) == (3, "closest: 'chips'", "key-unknown")


@pytest.mark.parametrize("command", ["methods", "assumptions", "references"])
def test_catalogues_as_table_and_json(command: str, cli: Cli) -> None:
    rows = json.loads(cli(command, "--format", "json").out)
    table = cli(command).out
    for row in rows:
        assert next(iter(row.values()))[:12] in table
    assert {"methods": "gpu_time", "assumptions": "utilization", "references": "kaplan2020"}[command] in table


def test_methods_say_what_they_need(cli: Cli) -> None:
    rows = {row["name"]: row for row in json.loads(cli("methods", "-f", "json").out)}
    assert rows["gpu_time"]["needs"] == "chip_time, peak, utilization"
    assert rows["gpu_time"]["from"] == "computeest_plugins.methods.gpu_time"


def test_schema_as_a_table_for_people(cli: Cli) -> None:
    out = cli("schema", "--format", "table").out
    assert "reported_compute" in out
    assert "petaflop/s-day" in out


def test_help_of_every_command(cli: Cli) -> None:
    assert "estimate" in cli("--help").out
    for command in ("estimate", "validate", "solve", "schema", "methods", "assumptions", "references"):
        ran = cli(command, "--help")
        assert ran.code == 0
        assert ran.out.startswith(f"Usage: computeest {command} ")


def process(*arguments: str, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "computeest", *arguments], text=True,  # type: ignore[call-overload,no-any-return]
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def test_standard_input(tmp_path: Path) -> None:
    run = process("estimate", "-", "-f", "json", stdin=subprocess.PIPE)
    out, err = run.communicate("reported_compute: 1e20\n", timeout=60)
    assert (run.returncode, err) == (0, "")
    assert json.loads(out)["flop"] == pytest.approx(1e20)
    run = process("validate", "-", stdin=subprocess.PIPE)
    assert run.communicate("epoch: 3\n", timeout=60)[1].startswith("standard input:1: no key is called 'epoch'")
    assert run.returncode == 1


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    run = process("schema")
    assert run.stdout is not None
    assert run.stderr is not None
    run.stdout.read(10)
    run.stdout.close()
    assert "Traceback" not in run.stderr.read()
    run.stderr.close()
    assert run.wait(60) in (0, 1)


def test_ctrl_c_ends_quietly(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from computeest import pipeline

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "check", interrupted)
    ran = cli("validate", GPT3)
    assert ran.code in (1, 130)
    assert "Traceback" not in ran.err


def test_a_papers_words_do_not_steer_the_terminal(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "paper.yaml").write_text('model: "\\e[31mA\\e[0m"\nreported_compute: 1e20\n')
    assert "\x1b" not in cli("estimate", tmp_path / "paper.yaml").out
    (tmp_path / "paper.yaml").write_text('"\\e[31mkey": 1\n')
    assert "\x1b" not in cli("estimate", tmp_path / "paper.yaml").err


@pytest.mark.parametrize(("option", "said"), [
    (("--assume", "utilization=0.4"), "--assume utilization=0.4 changes nothing: no estimate rests on an assumed "
                                      "utilization\n"),
    (("--prefer", "gpu_time"), "--prefer gpu_time changes nothing: gpu_time has no answer here\n"),
    (("--assume", "epochs=2"), ""), (("--prefer", "operation_counting"), "")])
def test_an_option_that_applies_to_nothing_says_so(option: tuple[str, str], said: str, cli: Cli,
                                                   tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", str(tmp_path / "o.csv")
    table.write_text("model,parameters,tokens\nA,7B,1T\n", "utf-8")
    paper = tmp_path / "paper.yaml"
    paper.write_text("model: A\nparameters: 7B\ntokens: 1T\n", "utf-8")
    assert cli("estimate", str(paper), "--format", "json", *option).err == said
    lines = cli("annotate", str(table), "-o", out, *option).err
    assert lines.endswith(said if said else "confident\n")
