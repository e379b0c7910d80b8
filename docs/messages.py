"""What the code can say is wrong with an input, read from the code itself: `docs/errors.md` is written from it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
#: What refuses, and which of its arguments say what is wrong and what was expected.
SAYS = {"Problem": 3, "CellError": 0, "YamlError": 1, "UnitError": 0, "UsageError": 0, "PluginError": 0,
        "unreadable": 1, "problem": 2, "add": 2, "refuse": 1, "_refuse": 1}
#: Parts of the engine, in the order of the page: folder or module, and what they read.
PARTS = {
    "text/yaml_nodes.py": "A file that should be YAML", "text": "A number with its unit", "schema": "A cell",
    "facts/paper.py": "A paper.yaml", "facts": "A paper's or a row's facts, and the headers of a table",
    "layers": "A list of layers, or a network's parameters", "hardware": "A directory of hardware", "tables": "A table",
    "documents": "A document", "models": "A table of models", "questions": "What is asked of an estimate",
    "audit": "An audit", "estimation": "An option", "records": "An option",
    "pipeline.py": "A paper that cannot be estimated",
    "registry.py": "A plugin",
}


class Message(NamedTuple):
    """A message with `...` where it names what it is about."""

    part: str
    what: str
    expected: str


def messages() -> list[Message]:
    """Every message whose words stand in the code, once, by part."""
    found = dict.fromkeys(message for path in sorted((ROOT / "computeest").rglob("*.py")) for message in _of(path))
    order = list(dict.fromkeys(PARTS.values()))
    return sorted(found, key=lambda message: (order.index(message.part), message.what))


def _of(path: Path) -> Iterator[Message]:
    inside = path.relative_to(ROOT / "computeest").as_posix()
    part = PARTS.get(inside) or PARTS.get(inside.partition("/")[0])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))) if part else ():
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        place = SAYS.get(name)
        if place is None or len(node.args) <= place:
            continue
        what = _words(node.args[place])
        if set(re.findall(r"[A-Za-z]+", what)) - {"is", "not", "or", "and", "be", "may"}:
            yield Message(part or "", what, _words(node.args[place + 1]) if len(node.args) > place + 1 else "")


def _words(node: ast.expr) -> str:
    """The words of a text, of one filled in, or of the first of several; nothing of what is computed."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "..." for part in node.values)
    if isinstance(node, ast.BinOp):
        return _words(node.left) + _words(node.right)
    if isinstance(node, ast.IfExp):
        return _words(node.body) or _words(node.orelse)
    if isinstance(node, ast.BoolOp):
        return next(filter(None, map(_words, node.values)), "")
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "did_you_mean":
        return "the nearest right words"
    return ""
