"""The rules and methods drawn: which columns each takes, and which it fills; `computeest methods --graph` prints it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from computeest.estimation.assumptions import defaults
from computeest.registry import Registry, parameters

#: What every method reaches.
ANSWER = "flop"


class Formula(NamedTuple):
    """One formula of the graph."""

    name: str
    inputs: tuple[str, ...]
    target: str
    #: Methods reach the answer; rules fill what papers leave out.
    method: bool


def formulas(registry: Registry) -> list[Formula]:
    """Every rule and every method, in the order of their names."""
    found = [Formula(rule.name, parameters(rule.formula), rule.target, method=False) for rule in registry.rules]
    found += [Formula(name, parameters(method.formula), ANSWER, method=True)
              for name, method in registry.methods.items()]
    return sorted(found, key=lambda formula: (formula.method, formula.target, formula.name, formula.inputs))


def dot(registry: Registry) -> str:
    """The graph in the language of Graphviz: columns are ellipses, dashed where a default is known, formulas boxes."""
    return _drawn(formulas(registry), "digraph computeest {\n  rankdir=LR;\n", "}\n", _dot_column, _dot_formula, "->")


def mermaid(registry: Registry) -> str:
    """The graph as Mermaid, which code forges draw: columns are round, formulas boxes."""
    return _drawn(formulas(registry), "flowchart LR\n  classDef assumed stroke-dasharray: 4\n", "", _mermaid_column,
                  _mermaid_formula, "-->")


def _drawn(found: list[Formula], head: str, tail: str, column: Callable[[str, bool], str],
           formula: Callable[[str, Formula], str], arrow: str) -> str:
    assumed = defaults()
    columns = sorted({name for one in found for name in (*one.inputs, one.target)})
    lines = [column(name, name in assumed) for name in columns]
    for number, one in enumerate(found):
        lines.append(formula(f"f{number}", one))
        lines += [f"c_{name} {arrow} f{number}" for name in one.inputs]
        lines.append(f"f{number} {arrow} c_{one.target}")
    return head + "".join(f"  {line}\n" for line in lines) + tail


def _dot_column(name: str, assumed: bool) -> str:
    return f'c_{name} [label={json.dumps(name)}{", style=dashed" if assumed else ""}];'


def _dot_formula(key: str, one: Formula) -> str:
    return f'{key} [shape=box, label={json.dumps(one.name)}{", style=bold" if one.method else ""}];'


def _mermaid_column(name: str, assumed: bool) -> str:
    return f"c_{name}([{json.dumps(name)}]){':::assumed' if assumed else ''}"


def _mermaid_formula(key: str, one: Formula) -> str:
    return f"{key}[[{json.dumps(one.name)}]]" if one.method else f"{key}[{json.dumps(one.name)}]"
