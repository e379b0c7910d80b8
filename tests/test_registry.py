"""Plugins: found, validated, and refused by name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from computeest import estimate, registry
from computeest.registry import PluginError

IMPORTS = "from computeest.contract import Check, Column, Family, Method, Rule, hookimpl\n"
Write = Callable[[str, str], str]

METHOD = IMPORTS + '''
def six_nd(parameters: Column, tokens_seen: Column) -> Column:
    """Six FLOP for each parameter and token."""
    return 6 * parameters * tokens_seen

@hookimpl
def computeest_methods():
    return [Method("six_nd", six_nd, dex=0.1, source="kaplan2020")]
'''


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Write]:
    def plugin(name: str, text: str) -> str:
        path = tmp_path / f"{name}.py"
        path.write_text(text)
        return str(path)

    registry.forget()
    yield plugin
    registry.forget()
    for name in [n for n in sys.modules if n.startswith("computeest_plugin_")]:
        del sys.modules[name]


def refused(*plugins: str) -> str:
    with pytest.raises(PluginError) as caught:
        registry.load(registry.named(plugins))
    return str(caught.value)


def test_built_in_plugins_come_by_the_same_entry_points_as_anybodys() -> None:
    loaded = registry.load()
    assert {"gpu_time", "operation_counting", "reported"} <= set(loaded.methods)
    assert loaded.modules["method gpu_time"] == "computeest_plugins.methods.gpu_time"
    assert loaded.modules["rule chips_times_time"] == "computeest_plugins.rules.implied_facts"
    assert loaded.broken == ()
    assert loaded.versions["computeest"]


def test_order_is_by_name_not_by_load() -> None:
    loaded = registry.load()
    assert list(loaded.methods) == sorted(loaded.methods)
    assert list(loaded.families) == sorted(loaded.families)


def test_a_plugin_in_a_file_estimates(write: Write) -> None:
    record = estimate({"parameters": 1e9, "tokens_seen": 1e10}, plugins=[write("six", METHOD)])
    assert record["methods"]["six_nd"]["flop"] == pytest.approx(6e19)
    assert set(record["methods"]) == {"six_nd", "operation_counting"}
    assert "computeest_plugin_six" in record["versions"]["plugins"]


def test_a_plugin_by_module_name(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("my_plugin", METHOD)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "six_nd" in registry.load(("my_plugin",)).methods
    monkeypatch.delitem(sys.modules, "my_plugin")


def test_the_same_plugin_named_twice_is_loaded_once(write: Write) -> None:
    path = write("six", METHOD)
    assert "six_nd" in registry.load(registry.named((path, path))).methods


@pytest.mark.parametrize(("kind", "name", "hook"), [
    ("method", "gpu_time", 'def computeest_methods():\n    return [Method("gpu_time", f, dex=0.1, source="authors")]'),
    ("rule", "chips_times_time",
     'def computeest_rules():\n    return [Rule("chip_time", chips_times_time, "authors")]'),
    ("family", "resnet", 'def computeest_families():\n    return [Family("resnet", f, "image", "authors")]'),
    ("check", "methods-disagree",
     'def computeest_checks():\n    return [Check("methods-disagree", "info", f, "words")]'),
])
def test_two_of_one_name_are_an_error_that_names_both_modules(kind: str, name: str, hook: str, write: Write) -> None:
    text = IMPORTS + ("def f(chips: Column, time: Column) -> Column:\n    return chips * time\n\n"
                      "def chips_times_time(chips: Column, time: Column) -> Column:\n    return chips * time\n\n"
                      f"@hookimpl\n{hook}\n")
    theirs = registry.load().modules[f"{kind} {name}"]
    said = refused(write("another", text))
    assert said.startswith(f"two plugins bring a {kind} called '{name}': ")
    assert "computeest_plugin_another" in said
    assert theirs in said


RULE = IMPORTS + '''
def guess({parameter}: Column) -> Column:
    """A guess."""
    return {parameter}

@hookimpl
def computeest_rules():
    return [Rule("{target}", guess, "authors")]
'''


@pytest.mark.parametrize(("parameter", "target", "said"), [
    ("chps", "chip_time", "computeest_plugin_p: 'guess' needs 'chps', which is no column; closest: 'chips'"),
    ("chips", "chip_tme", "computeest_plugin_p: the rule 'guess' fills 'chip_tme', which is no column; "
                          "closest: 'chip_time'"),
    ("model", "chips", "computeest_plugin_p: 'guess' needs 'model', which is a column of words"),
])
def test_an_unknown_column_is_refused_at_registration(parameter: str, target: str, said: str, write: Write) -> None:
    assert refused(write("p", RULE.format(parameter=parameter, target=target))).startswith(said)


@pytest.mark.parametrize(("text", "said"), [
    ("import nothing_of_this_name\n",
     "--plugin {path}: does not load: ModuleNotFoundError: No module named 'nothing_of_this_name'"),
    ("def f(:\n", "--plugin {path}: does not load: SyntaxError: invalid syntax (p.py, line 1)"),
    (IMPORTS + "@hookimpl\ndef computeest_methods():\n    return [1 / 0]\n",
     "computeest_plugin_p.computeest_methods fails: ZeroDivisionError: division by zero"),
    (IMPORTS + "@hookimpl\ndef computeest_methods():\n    return ['reported']\n",
     "computeest_plugin_p.computeest_methods returns a str; it must return Methods"),
    (IMPORTS + "@hookimpl\ndef computeest_methods():\n    return None\n",
     "computeest_plugin_p.computeest_methods fails: TypeError: 'NoneType' object is not iterable"),
    (IMPORTS + "@hookimpl\ndef computeest_method():\n    return []\n",
     "computeest_plugin_p: no hook is called 'computeest_method'; "),
])
def test_a_plugin_named_on_the_command_line_must_be_right(text: str, said: str, write: Write) -> None:
    path = write("p", text)
    assert refused(path).startswith(said.format(path=path))


def test_no_such_file() -> None:
    assert refused("/nowhere/plugin.py") == "--plugin /nowhere/plugin.py: there is no such file"


def test_an_installed_plugin_that_does_not_load_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's broken package must not take everybody's estimates away."""
    from computeest import offers

    there = (*offers.installed(), offers.Installed("wreck", "no_such_module_at_all", "unknown", "unknown"))
    monkeypatch.setattr(offers, "installed", lambda: there)
    registry.forget()
    try:
        loaded = registry.load()
    finally:
        registry.forget()
    assert loaded.broken == ("the plugin 'wreck' of unknown does not load: ModuleNotFoundError: "
                             "No module named 'no_such_module_at_all'",)
    assert "gpu_time" in loaded.methods


def test_two_families_may_not_claim_one_variant(write: Write) -> None:
    text = IMPORTS + '''
@hookimpl
def computeest_families():
    return [Family("mine", lambda depth: 1e9 * depth, "image", "authors", variants={"ResNet-50": {"depth": 3}})]
'''
    said = refused(write("p", text))
    assert "variant" in said
    assert "computeest_plugin_p" in said
    assert "computeest_plugins.resnet" in said


def test_a_failing_method_is_said_in_the_record_by_name(write: Write) -> None:
    text = METHOD.replace("return 6 *", "return oops *")
    record = estimate({"parameters": 1e9, "tokens_seen": 1e10}, plugins=[write("p", text)])
    assert record["method"] == "operation_counting"
    assert {"code": "method-failed", "level": "warning",
            "message": "six_nd: fails: NameError: name 'oops' is not defined"} in record["checks"]


def test_a_check_under_a_code_of_the_engine_is_refused(write: Write) -> None:
    said = refused(write("mine", '''
from computeest.contract import Check, hookimpl

@hookimpl
def computeest_checks():
    return [Check("base-cycle", "error", lambda flop: flop > 0, "no")]
'''))
    assert "the check 'base-cycle' has a code of the engine's own: The model starts from one" in said


def test_an_installation_older_than_the_code_is_said(monkeypatch: pytest.MonkeyPatch, write: Write) -> None:
    """Its entry points name modules that have moved: without a method nothing could be said but a traceback."""
    monkeypatch.setattr(registry, "_installed", lambda *given: ({}, ["the plugin 'gpu_time' does not load"]))
    with pytest.raises(PluginError, match=r"no plugin with a method loads.*\n  the plugin 'gpu_time' does not load"):
        registry.load()
