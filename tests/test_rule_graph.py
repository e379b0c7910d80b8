"""`computeest methods --graph`: the drawing has every rule and method, with what each takes and fills, and no more."""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from computeest import registry
from computeest.cli.app import app
from computeest.estimation import graph
from computeest.estimation.assumptions import defaults

LABEL = {"dot": r'^  (\w+) \[.*?label="([^"]+)"', "mermaid": r'^  (\w+)[(\[]+"([^"]+)"'}
ARROW = {"dot": "->", "mermaid": "-->"}
DRAW = {"dot": graph.dot, "mermaid": graph.mermaid}


def drawn(text: str, form: str) -> set[tuple[str, frozenset[str], str]]:
    """Each formula of a drawing: its name, what points to it, and what it points to."""
    label = dict(re.findall(LABEL[form], text, re.MULTILINE))
    arrows = re.findall(rf"^  (\w+) {ARROW[form]} (\w+)$", text, re.MULTILINE)
    formulas = {key for key in label if re.fullmatch(r"f\d+", key)}
    assert {end for arrow in arrows for end in arrow} == set(label), "nothing stands alone, nothing is unnamed"
    return {(label[key], frozenset(label[a] for a, b in arrows if b == key),
             *(label[b] for a, b in arrows if a == key)) for key in formulas}


@pytest.mark.parametrize("form", ["dot", "mermaid"])
def test_every_rule_and_method_is_drawn_with_what_it_takes_and_fills(form: str) -> None:
    loaded = registry.load(())
    expected = {(rule.formula.__name__, frozenset(inspect.signature(rule.formula).parameters), rule.target)
                for rule in loaded.rules}
    expected |= {(name, frozenset(inspect.signature(method.formula).parameters), "flop")
                 for name, method in loaded.methods.items()}
    assert drawn(DRAW[form](loaded), form) == expected
    assert len(expected) >= 25


def test_what_is_assumed_where_nothing_is_stated_is_dashed() -> None:
    text = graph.dot(registry.load(()))
    dashed = set(re.findall(r"c_(\w+) \[.*dashed", text))
    assert "utilization" in dashed
    assert "tokens" not in dashed
    assert dashed <= set(defaults())
    assert set(re.findall(r"c_(\w+)\(.*:::assumed", graph.mermaid(registry.load(())))) == dashed


PLUGIN = '''
"""A method whose name has what drawings give a meaning to."""
from computeest.contract import Method, hookimpl

def doubled(reported_compute):
    """Twice what was reported."""
    return 2 * reported_compute

@hookimpl
def computeest_methods():
    return [Method("twice", doubled, 0.1, "kaplan2020")]
'''


def test_the_command_draws_what_plugins_bring(tmp_path: Path) -> None:
    plugin = tmp_path / "twice.py"
    plugin.write_text(PLUGIN, "utf-8")
    ran = CliRunner().invoke(app, ["methods", "--graph", "--plugin", str(plugin)])
    assert ran.exit_code == 0
    assert ("twice", frozenset({"reported_compute"}), "flop") in drawn(ran.stdout, "dot")
    file = tmp_path / "rules.mmd"
    assert CliRunner().invoke(app, ["methods", "--graph", "-f", "mermaid", "-o", str(file)]).exit_code == 0
    assert file.read_text("utf-8") == graph.mermaid(registry.load(()))
    wrong = CliRunner().invoke(app, ["methods", "--graph", "--format", "json"])
    assert wrong.exit_code == 2
    assert "neither dot nor mermaid" in wrong.output


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_draws_it() -> None:
    done = subprocess.run(["dot", "-Tsvg"], input=graph.dot(registry.load(())), capture_output=True, text=True,
                          check=True, timeout=60)
    assert "gpu_time" in done.stdout
