"""Which test runs which line, as a pytest plugin notes it; and the tests that a mutant is shown.

The plugin runs in every process of pytest-xdist and writes as it goes: a run that is cut short leaves what it has.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mutation.points import PLACES, Mutant

#: Test files that do not run the code that is mutated, run it in other processes, or need what is not always there.
APART = ("architecture", "browser", "dask", "docs", "faults", "fuzz_harness", "hardware", "layers_torch", "progress",
         "serve", "site", "start", "tutorials", "wheel")
#: Tests that read the code rather than run it.
READING = ("test_every_number_that_decides_is_held", "test_the_list_names_only_what_is_there")
#: Cases of one test function that a mutant is shown before cases of the next come up again.
IN_TURN = 4


class Watch:
    """Notes of each test what it runs, whether it passes, and how long it takes."""

    def __init__(self, folder: Path, root: Path) -> None:
        import coverage

        who = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.coverage = coverage.Coverage(data_file=str(folder / f"lines.{who}"), config_file=False,
                                          include=[f"{root / place}/*" for place in PLACES])
        self.outcomes = (folder / f"tests.{who}.jsonl").open("a", buffering=1)
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.failed: set[str] = set()
        self.coverage.start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.coverage.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.outcome != "passed":
            self.failed.add(report.nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.coverage.switch_context("between")
        self.outcomes.write(json.dumps({"test": nodeid, "seconds": round(self.seconds.pop(nodeid, 0.0), 4),
                                        "passed": nodeid not in self.failed}) + "\n")

    def pytest_unconfigure(self) -> None:
        self.coverage.stop()
        self.coverage.save()


def pytest_configure(config: pytest.Config) -> None:
    """Watch, in processes that run tests: not in the one that hands them out."""
    folder = os.environ.get("MUTATION_MAP")
    if folder and (os.environ.get("PYTEST_XDIST_WORKER") or not getattr(config.option, "numprocesses", None)):
        config.pluginmanager.register(Watch(Path(folder), Path.cwd()), "mutation-watch")


def suite(root: Path) -> list[str]:
    """The test files that can notice anything."""
    return [str(path.relative_to(root)) for path in sorted((root / "tests").glob("test_*.py"))
            if not any(path.stem.startswith(f"test_{part}") for part in APART)]


@dataclass(slots=True)
class Ran:
    """One test, as the map has it."""

    test: str
    seconds: float
    #: Lines of the mutated code that it runs: the fewer, the more it is about them.
    lines: int = 0
    #: The files of that code.
    files: set[str] = field(default_factory=set)


class Map:
    """What was noted of every test that passes, and who runs the lines that are asked for."""

    def __init__(self, folder: Path, mutants: Iterable[Mutant]) -> None:
        self.tests: dict[str, Ran] = {}
        for kept in sorted(folder.glob("tests.*.jsonl")):
            for row in map(json.loads, kept.read_text("utf-8").splitlines()):
                if row["passed"] and not any(name in row["test"] for name in READING):
                    self.tests[row["test"]] = Ran(row["test"], row["seconds"])
        wanted: defaultdict[str, set[int]] = defaultdict(set)
        for mutant in mutants:
            wanted[mutant.path].update(mutant.shown_by)
        self.running: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
        for kept in sorted(folder.glob("lines.*")):
            if kept.suffix not in (".db-journal",) and not kept.name.endswith("-journal"):
                self._read(kept, wanted)

    def _read(self, kept: Path, wanted: dict[str, set[int]]) -> None:
        found = sqlite3.connect(f"file:{kept}?mode=ro", uri=True)
        rows = found.execute("select file.path, context.context, line_bits.numbits from line_bits join file on "
                             "file.id = line_bits.file_id join context on context.id = line_bits.context_id")
        for path, test, bits in rows:
            ran = self.tests.get(test)
            if ran is None:
                continue
            inside = _inside(path)
            ran.lines += int.from_bytes(bits, "little").bit_count()
            ran.files.add(inside)
            for line in wanted.get(inside, ()):
                if line // 8 < len(bits) and bits[line // 8] & (1 << line % 8):
                    self.running[inside, line].add(test)
        found.close()

    def of(self, mutant: Mutant, without: set[str]) -> list[Ran]:
        """Tests that may notice a mutant, the likeliest first.

        First the case that is written for the constant and cases named like the module, then tests that run its line:
        those of the module's own file of tests, then those that run the least code. What runs at import, or is
        remembered from the first test that comes to it, every test of the file may notice; of a module of data, all
        cases of the tests that import it come first.
        """
        running = {test for line in mutant.shown_by for test in self.running.get((mutant.path, line), ())}
        module = Path(mutant.path)
        written, named = f"[{module.name} ", {module.stem, module.parent.name}
        there = [ran for ran in self.tests.values()
                 if ran.test in running or mutant.path in ran.files or written in ran.test]
        # what a module of data holds is read when it is imported, for the most part before any test runs
        of_data = not there or mutant.within == "the module"
        importing = _importing(module) if of_data else set()
        if of_data:
            known = {ran.test for ran in there}
            there += [ran for ran in self.tests.values() if ran.test not in known and (
                ran.test.partition("::")[0] in importing or ran.files & importing or named & set(_words(ran.test)))]
        keyed = sorted((ran for ran in there if ran.test not in without), key=lambda ran: (
            written not in ran.test, ran.test not in running, ran.seconds > 5,
            not named & set(_words(ran.test)), ran.lines, ran.test))
        about = {ran.test for ran in keyed
                 if ran.test.partition("::")[0] in importing or module.stem in _case(ran.test)}
        return [ran for ran in keyed if ran.test in about] + [ran for ran in _in_turn(keyed, running)
                                                              if ran.test not in about]


def _inside(path: str) -> str:
    """The path of a file below the project's folder, wherever that was when the map was made."""
    return next(path[path.rindex(f"/{place}/") + 1:] for place in PLACES if f"/{place}/" in path)


def _importing(module: Path) -> set[str]:
    """The files of the mutated code, and of tests, that import a module of it."""
    root = Path(__file__).parents[2]
    found = re.compile(rf"\b{module.stem} import\b|\bimport\b[^\n]*\b{module.stem}\b")
    return {str(path.relative_to(root)) for place in (*PLACES, "tests") for path in (root / place).rglob("*.py")
            if found.search(path.read_text("utf-8"))}


def _in_turn(tests: list[Ran], running: set[str]) -> Iterator[Ran]:
    """A few cases of each function, then a few more of each; those that do not run the line come last."""
    seen: defaultdict[str, int] = defaultdict(int)
    turn = {}
    for ran in tests:
        function = ran.test.partition("[")[0]
        turn[ran.test] = seen[function] // IN_TURN
        seen[function] += 1
    yield from sorted(tests, key=lambda ran: (ran.test not in running, turn[ran.test]))


def _case(test: str) -> Iterator[str]:
    """The names in the case of a test: 'convnext' and 'convnext_v2' of `test_members[convnext-v2]`."""
    for part in re.split(r"[^\w-]", test.partition("[")[2]):
        words = part.replace("-", "_").split("_")
        yield from ("_".join(words[:end]) for end in range(1, len(words) + 1))


def _words(test: str) -> Iterator[str]:
    """The names that a test's file may be of: 'huggingface' and 'huggingface_defaults' of the latter's."""
    parts = Path(test.partition("::")[0]).stem.removeprefix("test_").split("_")
    yield from ("_".join(parts[:end]) for end in range(1, len(parts) + 1))
