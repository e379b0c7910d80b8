"""Every constant that decides has a case on either side, and none is missing from the list of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from deciding import ELSEWHERE, HELD, Amount, Limit

ROOT = Path(__file__).parents[1]
#: Where constants decide.
PLACES = ("computeest/estimation", "computeest/records", "computeest/questions", "computeest/audit", "plugins/checks",
          "plugins/methods", "plugins/rules", "computeest/hardware/peak.py", "plugins/layouts",
          "computeest/tables/diff.py", "computeest/text/quotes.py", "computeest/documents/density.py",
          *(f"computeest/facts/{name}.py" for name in ("chip_lookup", "network_lookup", "network_defaults",
                                                       "trainer_settings", "experts_said")))
#: Numbers that are part of a formula rather than a judgement: nothing, one of something, both sides, half.
PLAIN = {0, 1, 2, -1}

LIMITS = [entry for entry in HELD if isinstance(entry, Limit)]
AMOUNTS = [entry for entry in HELD if isinstance(entry, Amount)]


def name(entry: Limit | Amount) -> str:
    return f"{entry.where.rpartition('/')[2]} {entry.at if isinstance(entry, Limit) else entry.value:.6g}"


@pytest.mark.parametrize("limit", LIMITS, ids=map(name, LIMITS))
def test_just_below_it_is_otherwise_than_just_above(limit: Limit) -> None:
    assert limit.below != limit.above
    assert limit.ask(limit.at * (1 - limit.by)) == limit.below, f"just below: {limit.why}"
    assert limit.ask(limit.at * (1 + limit.by)) == limit.above, f"just above: {limit.why}"


@pytest.mark.parametrize("amount", AMOUNTS, ids=map(name, AMOUNTS))
def test_an_amount_shows_in_what_comes_out(amount: Amount) -> None:
    shown = amount.ask()
    assert amount.value * (1 - amount.by) < shown < amount.value * (1 + amount.by), amount.why


def numbers(tree: ast.AST, within: str = "") -> Iterator[tuple[str, float]]:
    """Each number of a module that is not plain, and the function or the name that holds it."""
    for node in ast.iter_child_nodes(tree):
        own = within
        if isinstance(node, ast.FunctionDef) or (isinstance(node, ast.ClassDef) and not within):
            own = node.name
        elif not within and isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            own = ast.unparse(target).strip("()").split(",")[0]
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value not in PLAIN:
            yield own, node.value
        if not isinstance(node, ast.Slice):
            yield from numbers(node, own)


def in_code() -> Iterator[tuple[str, float]]:
    for place in PLACES:
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            for own, value in numbers(ast.parse(file.read_text("utf-8"))):
                yield f"{file.relative_to(ROOT)}: {own}", value


def behind(entry: Limit | Amount) -> list[tuple[str, float]]:
    """The numbers of the code that an entry holds."""
    of = entry.of or (entry.at if isinstance(entry, Limit) else entry.value,)
    return [number if isinstance(number, tuple) else (entry.where, number) for number in of]


def test_every_number_that_decides_is_held() -> None:
    held = {pair for entry in HELD for pair in behind(entry)}
    missing = [f"{where} {value:g}" for where, value in in_code()
               if (where, value) not in held and (where, value) not in ELSEWHERE and (where, None) not in ELSEWHERE]
    assert missing == [], "add each to tests/deciding.py, with its reason and what shows it"


def test_the_list_names_only_what_is_there() -> None:
    there = set(in_code())
    scopes = {where for where, _ in there}
    gone = [f"{where} {number}" for where, number in ELSEWHERE if (where, number) not in there and
            (number is not None or where not in scopes)]
    gone += [f"{where} {number:g}" for entry in HELD for where, number in behind(entry)
             if number not in PLAIN and (where, number) not in there]
    assert gone == []
