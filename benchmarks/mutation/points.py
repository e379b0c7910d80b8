"""Every place where the code can be changed a little, and its text with one of them changed.

A mutant is one number made a tenth larger (a count one larger), one truth, comparison, sign or connective turned. Where
a comparison is with a whole number it moves by one; elsewhere it turns round, since no test can meet a float's very
edge. Annotations and decorators stay as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: What a mutant may be of: the code that decides, and everything that plugins count.
PLACES = ("computeest/estimation", "computeest/records", "plugins")

TURNED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.And: ast.Or, ast.Or: ast.And,
}
MOVED: dict[type[ast.AST], type[ast.AST]] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}


@dataclass(frozen=True)
class Mutant:
    """One change: the number of its place in the file's tree, and what is there before and after."""

    path: str
    place: int
    line: int
    within: str
    operator: str
    before: str
    after: str
    #: Lines of the file that show it when they run; none where any line may.
    shown_by: tuple[int, ...]

    @property
    def name(self) -> str:
        """What it is called wherever it stands in the file."""
        return f"{self.path}: {self.within}: {self.before} -> {self.after}"

    @property
    def key(self) -> str:
        """Tells it from one of the same name in the same function."""
        return f"{self.name} #{self.place}"


@dataclass(frozen=True)
class Found:
    """A place that the visitor came by."""

    node: ast.expr
    within: str
    operator: str
    before: str
    after: str
    shown_by: tuple[int, ...]


class Changer(ast.NodeVisitor):
    """Finds every place that can change, in order, and changes the one that is asked for."""

    def __init__(self, tree: ast.Module, wanted: int = -1) -> None:
        self.found: list[Found] = []
        self.wanted = wanted
        self.within: list[str] = []
        self.shown_by: list[tuple[int, ...]] = []
        self.using = _using(tree)
        self.visit(tree)

    def change(self, node: ast.expr, operator: str, field: str, value: Any, place: int | None = None) -> None:
        """Note one change of a field, and make it if it is the one."""
        old = getattr(node, field) if place is None else getattr(node, field)[place]
        before = ast.unparse(node)
        self._set(node, field, place, value)
        after = ast.unparse(node)
        if len(self.found) != self.wanted:
            self._set(node, field, place, old)
        lines = self.shown_by[-1] if self.shown_by else ()
        if lines and lines[0] == 0:  # within a function: its own line and its statement's
            lines = (node.lineno, *lines[1:])
        self.found.append(Found(node, ".".join(self.within) or "the module", operator, before, after, lines))

    @staticmethod
    def _set(node: ast.AST, field: str, place: int | None, value: Any) -> None:
        if place is None:
            setattr(node, field, value)
        else:
            getattr(node, field)[place] = value

    def _shown(self, part: ast.AST, lines: tuple[int, ...]) -> None:
        self.shown_by.append(lines)
        self.visit(part)
        self.shown_by.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.within.append(node.name)
        body = tuple(statement.lineno for statement in node.body)
        for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d)):
            self._shown(default, body)
        for statement in node.body:
            self._shown(statement, (0, statement.lineno))
        self.within.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.within.append(node.name)
        inside = tuple(line for part in node.body if isinstance(part, ast.FunctionDef) for line in _body(part))
        for part in node.body:
            self._shown(part, inside + self.using.get(node.name, ()))
        self.within.pop()

    def visit_Assign(self, node: ast.Assign) -> None:
        self._at_module(node, node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._at_module(node, [node.target])

    def _at_module(self, node: ast.Assign | ast.AnnAssign, targets: list[ast.expr]) -> None:
        if self.within or node.value is None:
            self._statement(node)
            return
        names = {inner.id for target in targets for inner in ast.walk(target) if isinstance(inner, ast.Name)}
        self._shown(node.value, tuple(sorted({line for name in names for line in self.using.get(name, ())})))

    def _statement(self, node: ast.Assign | ast.AnnAssign) -> None:
        if isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self.visit(node.value)
        else:
            self.generic_visit(node)

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.stmt) and self.shown_by and self.shown_by[-1][:1] == (0,) \
                and not isinstance(node, ast.FunctionDef | ast.ClassDef):
            self.shown_by.append((0, node.lineno))
            found = super().visit(node)
            self.shown_by.pop()
            return found
        return super().visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = (node.left, *node.comparators)
        for place, operator in enumerate(node.ops):
            whole = any(isinstance(side, ast.Constant) and type(side.value) is int for side in sides[place:place + 2])
            kinds = MOVED if whole and type(operator) in MOVED else TURNED
            self.change(node, "comparison", "ops", kinds[type(operator)](), place)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in TURNED:
            self.change(node, "arithmetic", "op", TURNED[type(node.op)]())
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.change(node, "connective", "op", TURNED[type(node.op)]())
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not | ast.USub | ast.Invert):
            again = ast.UnaryOp(node.op, node.operand)
            self.change(node, "sign", "operand", ast.copy_location(again, node))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.change(node, "truth", "value", not node.value)
        elif isinstance(node.value, int):
            self.change(node, "number", "value", node.value + 1)
        elif isinstance(node.value, float):
            self.change(node, "number", "value", node.value * 1.1)


def _body(node: ast.FunctionDef) -> tuple[int, ...]:
    return tuple(statement.lineno for statement in node.body)


def _using(tree: ast.Module) -> dict[str, tuple[int, ...]]:
    """Lines within functions that use each name of the module."""
    found: dict[str, set[int]] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    found.setdefault(node.id, set()).add(node.lineno)
    return {name: tuple(sorted(lines)) for name, lines in found.items()}


def mutants(root: Path) -> Iterator[Mutant]:
    """Every mutant there is of the code below a root."""
    for path in sorted(path for place in PLACES for path in (root / place).rglob("*.py")):
        for place, found in enumerate(Changer(ast.parse(path.read_text("utf-8"))).found):
            if found.before != found.after:
                yield Mutant(str(path.relative_to(root)), place, found.node.lineno, found.within, found.operator,
                             found.before, found.after, found.shown_by)


def changed(text: str, place: int) -> str:
    """A module's text with one place changed: every other character and every line's number as it was."""
    tree = ast.parse(text)
    found = Changer(tree, place).found[place]
    node = found.node
    new = f"({found.after}" + "\n" * ((node.end_lineno or node.lineno) - node.lineno) + ")"
    lines = text.encode().splitlines(keepends=True)
    start = sum(map(len, lines[:node.lineno - 1])) + node.col_offset
    end = sum(map(len, lines[:(node.end_lineno or node.lineno) - 1])) + (node.end_col_offset or 0)
    tried = (text.encode()[:start] + new.encode() + text.encode()[end:]).decode()
    whole = ast.unparse(tree)
    try:
        if ast.unparse(ast.parse(tried)) == whole:
            return tried
    except SyntaxError:
        pass  # within a text in braces, whose places Python 3.11 does not know
    return whole
