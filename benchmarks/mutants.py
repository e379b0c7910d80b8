"""How many small changes of the code a test notices: mutants of the code that decides, and the tests that cover them.

    pip install coverage
    python benchmarks/mutants.py map                 # once: which test runs which line (most of the suite, slowly)
    python benchmarks/mutants.py map tests/test_constants.py --each  # again for one file, by case
    python benchmarks/mutants.py run --sample 500    # each mutant against the tests that run its line

A mutant is one number made a tenth larger (a count one larger), one comparison, sign or connective turned. Where a
comparison is with a whole number it moves by one; elsewhere it turns round, since no test can meet a float's very edge.
It lives in memory of a forked process only: no file changes, and a subprocess of a test sees the code as it is.
The sample is seeded. `mutants_equivalent.yaml` names those that no test can notice, with the reason. Not for CI.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib.machinery
import json
import os
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build" / "mutants"
PLACES = ("computeest/estimation", "computeest/records", "plugins")
#: Tests of other parts, and tests that run the code in processes of their own, where there is no mutant.
APART = ("hardware", "architecture", "wheel", "dask", "progress", "unit", "reader", "cli", "docs", "layers_torch")
#: Seconds of tests that one mutant is given, those that run the least code first; and until it counts as hanging.
ENOUGH, HANGS = 40.0, 120

SURVIVES = "survives"
#: A line of fewer tests may be one whose result is remembered.
FEW = 3

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
    before: str
    after: str

    @property
    def name(self) -> str:
        return f"{self.path}: {self.within}: {self.before} -> {self.after}"


class Changer(ast.NodeVisitor):
    """Finds every place that can change, in order, and changes the one that is asked for."""

    def __init__(self, wanted: int = -1) -> None:
        self.found: list[tuple[ast.AST, str, str, str]] = []
        self.wanted = wanted
        self.within: list[str] = []

    def change(self, node: ast.AST, field: str, value: Any, place: int | None = None) -> None:
        """Note one change of a field, and make it if it is the one."""
        old = getattr(node, field) if place is None else getattr(node, field)[place]
        before = ast.unparse(node)
        self._set(node, field, place, value)
        after = ast.unparse(node)
        if len(self.found) != self.wanted:
            self._set(node, field, place, old)
        self.found.append((node, ".".join(self.within) or "the module", before, after))

    @staticmethod
    def _set(node: ast.AST, field: str, place: int | None, value: Any) -> None:
        if place is None:
            setattr(node, field, value)
        else:
            getattr(node, field)[place] = value

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.within.append(node.name)
        for part in (*node.args.defaults, *(d for d in node.args.kw_defaults if d), *node.body):
            self.visit(part)  # neither annotations nor decorators
        self.within.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.within.append(node.name)
        for part in node.body:
            self.visit(part)
        self.within.pop()

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = (node.left, *node.comparators)
        for place, operator in enumerate(node.ops):
            whole = any(isinstance(side, ast.Constant) and type(side.value) is int for side in sides[place:place + 2])
            kinds = MOVED if whole and type(operator) in MOVED else TURNED
            self.change(node, "ops", kinds[type(operator)](), place)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in TURNED:
            self.change(node, "op", TURNED[type(node.op)]())
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.change(node, "op", TURNED[type(node.op)]())
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not | ast.USub | ast.Invert):
            self.change(node, "operand", ast.UnaryOp(node.op, node.operand))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.change(node, "value", not node.value)
        elif isinstance(node.value, int):
            self.change(node, "value", node.value + 1)
        elif isinstance(node.value, float):
            self.change(node, "value", node.value * 1.1)


def _changed(path: Path, place: int = -1) -> tuple[ast.Module, Changer]:
    tree, changer = ast.parse(path.read_text("utf-8")), Changer(place)
    changer.visit(tree)
    return tree, changer


def mutants() -> list[Mutant]:
    """Every mutant there is."""
    found = []
    for path in sorted(path for place in PLACES for path in (ROOT / place).rglob("*.py")):
        for place, (node, within, before, after) in enumerate(_changed(path)[1].found):
            if before != after:
                line = getattr(node, "lineno", 0)
                found.append(Mutant(str(path.relative_to(ROOT)), place, line, within, before, after))
    return found


class Durations:
    """A pytest plugin: seconds of each test function, or of each of its cases."""

    def __init__(self, each: bool) -> None:
        self.each = each
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def name(self, nodeid: str) -> str:
        return nodeid if self.each else nodeid.partition("[")[0]

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[self.name(report.nodeid)] += report.duration


def write_map(files: Sequence[str], *, each: bool) -> None:
    """Run tests, and keep which of them runs which line of the code; what is known of other files stays."""
    import coverage
    import pytest

    KEPT.mkdir(parents=True, exist_ok=True)
    watch = coverage.Coverage(data_file=str(KEPT / "coverage"), include=[f"{ROOT / place}/*" for place in PLACES],
                              config_file=False)
    durations = Durations(each=each)

    class Contexts:
        def pytest_runtest_protocol(self, item: Any) -> None:
            watch.switch_context(durations.name(item.nodeid))

    watch.start()
    pytest.main(["-q", "-p", "no:cacheprovider", *files], plugins=[durations, Contexts()])
    watch.stop()
    data, kept = watch.get_data(), KEPT / "map.json"
    known = json.loads(kept.read_text("utf-8")) if kept.exists() else {"lines": {}, "seconds": {}}
    lines = {path: {line: [test for test in tests if test.partition("::")[0] not in files]
                    for line, tests in by_line.items()} for path, by_line in known["lines"].items()}
    for file in data.measured_files():
        for line, tests in data.contexts_by_lineno(file).items():
            here = lines.setdefault(str(Path(file).relative_to(ROOT)), {}).setdefault(str(line), [])
            here.extend(sorted(test for test in tests if "::" in test and test not in here))
    kept.write_text(json.dumps({"lines": lines, "seconds": known["seconds"] | durations.seconds}), "utf-8")


def suite() -> list[str]:
    """The test files that can notice anything."""
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests").glob("test_*.py"))
            if not any(path.stem.startswith(f"test_{part}") for part in APART)]


class Chosen:
    """Which tests a mutant is shown, those that run the fewest lines first."""

    def __init__(self, without: Sequence[str]) -> None:
        kept = json.loads((KEPT / "map.json").read_text("utf-8"))
        self.without = {path if "/" in path else f"tests/{path}" for path in without}
        self.lines: dict[str, dict[str, list[str]]] = kept["lines"]
        self.seconds: dict[str, float] = kept["seconds"]
        self.size: defaultdict[str, int] = defaultdict(int)
        for lines in self.lines.values():
            for tests in lines.values():
                for test in tests:
                    self.size[test] += 1

    def of(self, mutant: Mutant) -> list[str]:
        """Tests that run the mutant's line; of a line that runs at import, those that run its file at all."""
        lines = self.lines.get(mutant.path, {})
        tests = set(lines.get(str(mutant.line), ()))
        # what is cached, as hooks are, runs in the first test that comes to it
        if mutant.within == "the module" or "computeest_" in mutant.within or len(tests) < FEW:
            tests |= {test for some in lines.values() for test in some}
        # the case that is written for a constant may find its value remembered
        written = {test for test in self.seconds if f"[{Path(mutant.path).name} " in test}
        # tests named for the module or its folder; of a module that is only imported they are all there are
        path = Path(mutant.path)
        named = {test for test in (tests or self.seconds)
                 if {path.stem, path.parent.name} & set(_words(test)) and test not in written}
        tests |= written | (named if not tests else set())
        tests = {test for test in tests if test.partition("::")[0] not in self.without}
        spent, chosen = 0.0, []
        for test in sorted(tests, key=lambda test: (test not in written, self.seconds.get(test, 1.0) > 5,
                                                    test not in named, self.size[test], test)):
            spent += self.seconds.get(test, 1.0)
            if chosen and spent > ENOUGH:
                break
            chosen.append(test)
        return chosen


def _words(test: str) -> Iterator[str]:
    """The names that a test's file may be of: 'huggingface' and 'huggingface_defaults' of the latter's."""
    parts = Path(test.partition("::")[0]).stem.removeprefix("test_").split("_")
    yield from ("_".join(parts[:end]) for end in range(1, len(parts) + 1))


def killed(mutant: Mutant, tests: Sequence[str]) -> str:
    """Which test notices the mutant, 'hangs' where it does not end, '' where nobody does."""
    if not tests:
        return ""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        try:
            said = _first_failure(mutant, tests) or SURVIVES
        except BaseException as error:
            said = f"the runner fails: {error!r}"
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    found = _within(reader, HANGS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reader)
    if found is not None and (not found or found.startswith("the runner fails")):
        raise RuntimeError(f"{mutant.name}: {found or 'the process ended'}")
    return "hangs" if found is None else found.removeprefix(SURVIVES)


def _within(reader: int, seconds: float) -> str | None:
    import select

    ready, _, _ = select.select([reader], [], [], seconds)
    return os.read(reader, 4096).decode() if ready else None


def _first_failure(mutant: Mutant, tests: Sequence[str]) -> str:
    """Run the tests in this process with the mutant in place of its module."""
    import pytest

    path = ROOT / mutant.path
    tree = _changed(path, mutant.place)[0]
    original = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: importlib.machinery.SourceFileLoader, name: str) -> Any:
        if Path(self.path).resolve() == path:
            return compile(ast.fix_missing_locations(tree), self.path, "exec", dont_inherit=True)
        return original(self, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    failed: list[str] = []

    class Watch:
        def pytest_runtest_logreport(self, report: Any) -> None:
            if report.failed:
                failed.append(report.nodeid)

    code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *(str(ROOT / t) for t in tests)],
                       plugins=[Watch()])
    return failed[0] if failed else "" if code == 0 else f"pytest ends with {int(code)}"


def equivalent() -> dict[str, str]:
    """Mutants that no test can notice, each with the reason."""
    path = Path(__file__).with_name("mutants_equivalent.yaml")
    return yaml.safe_load(path.read_text("utf-8")) or {} if path.exists() else {}


def results(sample: Iterable[Mutant], out: Path, chosen: Chosen) -> Iterator[dict[str, Any]]:
    """What became of each mutant, kept in a file as it comes."""
    done = {row["name"] + str(row["place"]): row for row in map(json.loads, out.open())} if out.exists() else {}
    for name in ("numpy", "pandas", "pint", "pyarrow", "typer", "rich"):  # once for all; pytest rewrites the others
        __import__(name)
    for mutant in sample:
        row = done.get(mutant.name + str(mutant.place))
        if row is None:
            tests, start = chosen.of(mutant), time.perf_counter()
            row = {**asdict(mutant), "name": mutant.name, "tests": len(tests), "killed": killed(mutant, tests),
                   "seconds": round(time.perf_counter() - start, 1)}
            with out.open("a") as stream:
                stream.write(json.dumps(row) + "\n")
        yield row


def report(rows: Iterable[dict[str, Any]], reasons: dict[str, str]) -> None:
    """Say of each survivor what it is, then how many were noticed."""
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    set_aside = 0
    for row in rows:
        if row["name"] in reasons and not row["killed"]:
            set_aside += 1
            continue
        place = next(place for place in PLACES if row["path"].startswith(place))
        for key in (place, "all"):
            counts[key][0] += bool(row["killed"])
            counts[key][1] += 1
        if not row["killed"]:
            print(f"survives  {row['path']}:{row['line']}: {row['within']}: {row['before']} -> {row['after']} "
                  f"({row['tests']} tests)", flush=True)
    for place, (dead, seen) in counts.items():
        print(f"{place:24s} {dead} of {seen} noticed, {dead / seen:.1%}")
    print(f"{set_aside} set aside as equivalent")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("do", choices=("map", "run", "count"))
    parser.add_argument("files", nargs="*", help="for map: test files")
    parser.add_argument("--each", action="store_true", help="for map: each case of a test by itself")
    parser.add_argument("--without", action="append", default=[], help="tests of these files are left out")
    parser.add_argument("--sample", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="part of the path")
    parser.add_argument("--out", type=Path, default=KEPT / "results.jsonl")
    arguments = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT / "tests"))
    if arguments.do == "map":
        write_map(arguments.files or suite(), each=arguments.each)
        return
    there = [mutant for mutant in mutants() if arguments.only in mutant.path]
    if arguments.do == "count":
        print(len(there))
        return
    random.Random(arguments.seed).shuffle(there)
    sample = there[:arguments.sample]  # a larger sample begins with the smaller one
    report(results(sample, arguments.out, Chosen(arguments.without)), equivalent())


if __name__ == "__main__":
    main()
