"""A plugin that fails costs its own answers, is named once on standard error, and never writes where data goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas
import pytest

from computeest import annotate, estimate, registry
from computeest.problems import InputError, noted

PAPER = "parameters: 7B\ntokens: 1T\nfamily: decoder\narchitecture: {layers: 32, width: 4096, vocab: 32000}\n"
IMPORTS = "from computeest.contract import Check, Family, Layout, Method, Rule, hookimpl\nimport os, subprocess, sys\n"
METHOD = IMPORTS + """
def six(active_parameters, tokens_seen):
    {body}
    return 6 * active_parameters * tokens_seen

@hookimpl
def computeest_methods():
    return [Method("six", six, dex=0.1, source="authors")]
"""


def install(folder: Path, name: str, text: str) -> None:
    """A distribution with one plugin."""
    (folder / f"{name}.py").write_text(text)
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[computeest]\n{name} = {name}\n")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "paper.yaml").write_text(PAPER)
    (folder / "t.csv").write_text("model,parameters,tokens\n" + "a,7B,1T\n" * 30)
    return subprocess.run([sys.executable, "-m", "computeest", *arguments], capture_output=True, text=True, check=False,
                          timeout=120, cwd=folder, env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"})


BROKEN = {
    "raises at import": ("1 / 0\n", "the plugin 'mine' of mine does not load: ZeroDivisionError"),
    "exits at import": ("import sys\nsys.exit(7)\n", "the plugin 'mine' of mine does not load: SystemExit: 7"),
    "lacks a module": ("import no_such_thing\n", "does not load: ModuleNotFoundError"),
    "raises in a hook": (IMPORTS + "@hookimpl\ndef computeest_rules():\n    raise OSError('no')\n",
                         "the plugin mine is left out: mine.computeest_rules fails: OSError: no"),
    "exits in a hook": (IMPORTS + "@hookimpl\ndef computeest_rules():\n    sys.exit()\n",
                        "computeest_rules fails: SystemExit"),
    "returns rubbish": (IMPORTS + "@hookimpl\ndef computeest_families():\n    return [3]\n", "returns a int"),
    "returns half": (IMPORTS + "@hookimpl\ndef computeest_families():\n    return [Family('x', None, 'y', 'z')]\n",
                     "whose forward is a NoneType"),
    "a hook of no name": (IMPORTS + "@hookimpl\ndef computeest_guesses():\n    return []\n", "no hook is called"),
    "takes a name": (METHOD.format(body="pass").replace('"six"', '"reported"'),
                     "two plugins bring a method called 'reported'"),
}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], registry.Registry]]:
    """Loads a plugin as an installed one, in this process."""
    def load(text: str) -> registry.Registry:
        install(tmp_path, "mine", text)
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, "mine", raising=False)
        registry.forget()
        return registry.load()

    yield load
    sys.modules.pop("mine", None)
    registry.forget()


@pytest.mark.parametrize("what", BROKEN)
def test_an_installed_plugin_that_is_broken_is_left_out(what: str,
                                                        installed: Callable[[str], registry.Registry]) -> None:
    text, said = BROKEN[what]
    loaded = installed(text)
    assert len(loaded.broken) == 1
    assert said in loaded.broken[0]
    assert {"gpu_time", "reported", "operation_counting"} == set(loaded.methods)
    assert loaded.modules["method reported"] == "computeest_plugins.methods.reported"
    assert loaded.broken[0] in noted()


def test_every_command_that_uses_plugins_names_the_broken_one(tmp_path: Path) -> None:
    install(tmp_path, "mine", "1 / 0\n")
    for arguments in (("methods",), ("validate", "paper.yaml"),
                      ("annotate", "t.csv", "-o", "out2.csv", "--jobs", "2", "--chunk", "10")):
        ran = run(tmp_path, *arguments)
        assert ran.returncode == 0, ran.stderr
        assert ran.stderr.count("the plugin 'mine' of mine does not load") == 1, (arguments, ran.stderr)


NOISY = 'print("noise"); sys.stdout.flush(); os.system("echo noise"); os.write(1, b"noise")'


def test_standard_output_stays_ours(tmp_path: Path) -> None:
    install(tmp_path, "mine", "print('noise')\n" + METHOD.format(body=NOISY))
    ran = run(tmp_path, "estimate", "paper.yaml", "--format", "json")
    assert json.loads(ran.stdout)["methods"]["six"]["flop"] == pytest.approx(3.95e22, rel=1e-3)
    assert "noise" in ran.stderr
    ran = run(tmp_path, "annotate", "t.csv", "--jobs", "2", "--chunk", "10")
    assert "noise" not in ran.stdout
    assert len(ran.stdout.splitlines()) == 31
    assert run(tmp_path, "estimate", "--help").stdout.startswith("Usage: computeest estimate")


FAILING = ("raise KeyError('k')", "sys.exit(3)", "return 'rubbish'", "return [1, 2, 3]", "raise GeneratorExit",
           "raise type('Panic', (BaseException,), {})('p')",
           "raise type('Mute', (Exception,), {'__str__': lambda self: 1 / 0})")


@pytest.mark.parametrize("hook", [name for name in vars(registry.Hooks) if name.startswith("computeest_")])
@pytest.mark.parametrize("body", [*FAILING, "return 3", "return itertools.repeat(3)", "return None"])
def test_a_hook_that_fails_costs_its_own_plugin(hook: str, body: str,
                                                installed: Callable[[str], registry.Registry]) -> None:
    loaded = installed(f"{IMPORTS}import itertools\n@hookimpl\ndef {hook}():\n    {body}\n")
    assert len(loaded.broken) == 1
    assert f"mine.{hook}" in loaded.broken[0]
    assert set(estimate({"parameters": 7e9, "tokens": 1e12})["methods"]) == {"operation_counting"}


@pytest.mark.parametrize("error", ["KeyboardInterrupt"])
def test_ctrl_c_is_nobodys_answer(error: str, installed: Callable[[str], registry.Registry]) -> None:
    with pytest.raises(KeyboardInterrupt):
        installed(f"{IMPORTS}@hookimpl\ndef computeest_rules():\n    raise {error}\n")


def test_a_formula_cannot_change_others_facts(installed: Callable[[str], registry.Registry]) -> None:
    before = estimate({"parameters": 7e9, "tokens": 1e12})
    installed(METHOD.format(body="active_parameters *= 1000; tokens_seen *= 1000"))
    after = estimate({"parameters": 7e9, "tokens": 1e12})
    assert after["methods"] == before["methods"]
    assert "six fails: ValueError" in " ".join(noted())


def test_a_consequence_in_no_unit_is_left_out(installed: Callable[[str], registry.Registry]) -> None:
    loaded = installed("from computeest.contract import Consequence, hookimpl\ndef one(chips):\n    return chips\n"
                       "@hookimpl\ndef computeest_consequences():\n"
                       "    return [Consequence('water', 'bathtub', 'tubs', {'one': one}, 'authors')]\n")
    assert "whose unit is 'bathtub', which is none" in loaded.broken[0]
    assert estimate({"parameters": 7e9, "tokens": 1e12})["flop"]


@pytest.mark.parametrize("body", FAILING)
def test_a_method_that_fails_costs_its_own_answer(body: str, installed: Callable[[str], registry.Registry]) -> None:
    installed(METHOD.format(body=body))
    record = estimate({"parameters": 7e9, "tokens": 1e12})
    assert set(record["methods"]) == {"operation_counting"}
    assert "six fails" in " ".join(noted())
    assert "method-failed" in {check["code"] for check in record["checks"]}


RULE = IMPORTS + """
def share(chips):
    return {body}

@hookimpl
def computeest_rules():
    return [Rule("utilization", share, "authors")]
"""


@pytest.mark.parametrize(("body", "said"), [
    ("6e21 * chips / chips", "6e+21"), ("chips * 0", "0"), ("chips * 0 - 1", "-1"), ("1.0001 + chips * 0", "1"),
    ("chips * float('nan')", "no number"), ("chips * float('inf')", "no number")])
def test_a_rule_that_fills_a_column_with_what_cannot_be_is_left_out(
        body: str, said: str, installed: Callable[[str], registry.Registry]) -> None:
    paper = {"chips": 64, "time": "10 days", "peak": "312 TFLOP/s"}
    before = estimate(paper)
    installed(RULE.format(body=body))
    after = estimate(paper)
    assert (after["flop"], after["assumed"]) == (before["flop"], before["assumed"]), "as without the plugin"
    (found,) = [check["message"] for check in after["checks"] if check["code"] == "method-failed"]
    assert f"share gives {said}" in found
    assert noted().count("share gives what no utilization can be") == 1


def test_a_rule_may_fill_a_column_up_to_its_bounds(installed: Callable[[str], registry.Registry]) -> None:
    installed(RULE.format(body="1.0 + chips * 0"))
    assert "method-failed" not in {check["code"] for check in estimate(
        {"chips": 64, "time": "10 days", "peak": "312 TFLOP/s"})["checks"]}


def test_an_impossible_utilization_of_facts_is_no_utilization() -> None:
    """A rate above the peak is of all chips together, or wrong; nothing rests on it, and no plugin is blamed."""
    paper = {"chips": 64, "time": "10 days", "peak": "312 TFLOP/s"}
    above = estimate({**paper, "achieved_rate": "500 TFLOP/s"})
    assert above["flop"] == estimate(paper)["flop"]
    assert {check["code"] for check in above["checks"]} >= {"achieved-above-peak", "method-failed"}
    assert not any("utilization_of_rate" in sentence for sentence in noted())


@pytest.mark.parametrize("body", FAILING)
def test_the_kit_finds_whatever_a_plugin_ends_with(body: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OTHERS.format(body=body) + METHOD.format(body=body).removeprefix(IMPORTS) + """
@hookimpl
def computeest_consequences():
    from computeest.contract import Consequence
    return [Consequence("steam", "litre", "kL", {"all": six}, "Nobody 2020")]
""")
    done = run(tmp_path, "plugin", "check", str(file), "--format", "json")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    failed = {row["subject"] for row in json.loads(done.stdout) if row["verdict"] == "fail"}
    assert failed >= {"method six", "family myfamily", "check my-check", "consequence steam"}, failed


def test_what_fails_in_another_process_is_named_here(tmp_path: Path) -> None:
    install(tmp_path, "mine", METHOD.format(body="sys.exit(3)"))
    ran = run(tmp_path, "annotate", "t.csv", "-o", "out.csv", "--jobs", "2", "--chunk", "10")
    assert "30 estimated" in ran.stderr, ran.stderr
    assert ran.stderr.count("six fails: SystemExit: 3") == 1, ran.stderr


OTHERS = IMPORTS + """
class Mine(Layout):
    def fits(self, headers):
        raise TypeError("no fit")

def judged(flop):
    {body}

def forward(size):
    {body}

@hookimpl
def computeest_layouts():
    return [Mine(name="mine")]

@hookimpl
def computeest_checks():
    return [Check("my-check", "warning", judged, "{{flop}} and {{nothing}}")]

@hookimpl
def computeest_families():
    return [Family("myfamily", forward, "image", "authors")]
"""


@pytest.mark.parametrize("body", [*FAILING, "return None", "return -1.0"])
def test_checks_families_and_layouts_that_fail_cost_their_own_answers(
        body: str, installed: Callable[[str], registry.Registry]) -> None:
    loaded = installed(OTHERS.format(body=body))
    assert loaded.fitting(["Model"]) == []
    assert "the layout 'mine' fails: TypeError: no fit" in " ".join(noted())
    assert estimate({"parameters": 7e9, "tokens": 1e12})["flop"]
    with pytest.raises(InputError, match="family"):
        estimate({"family": "myfamily", "architecture": {"size": 3}, "examples": 100})
    frame = pandas.DataFrame({"family": ["myfamily", None], "architecture.size": [3, None], "examples": [100, None],
                              "parameters": [None, 7e9], "tokens": [None, 1e12]})
    assert annotate(frame)["flop"].notna().tolist() == [False, True]


def test_the_schema_lists_the_columns_of_a_plugin_that_is_installed(tmp_path: Path) -> None:
    water = (Path(__file__).parents[1] / "examples" / "water_plugin.py").read_text("utf-8")
    install(tmp_path, "mine", water)
    table, keys = run(tmp_path, "schema", "--format", "table"), run(tmp_path, "schema")
    assert "site_water" in table.stdout
    assert "site_water" in json.loads(keys.stdout)["properties"]
    (tmp_path / "mine.py").write_text("1 / 0\n")
    broken = run(tmp_path, "schema", "--format", "table")
    assert (broken.returncode, "parameters" in broken.stdout, "site_water" in broken.stdout) == (0, True, False)
