"""A process that runs tests against mutants, each in a fork of it, in a tree of its own: `python -m mutation.worker`.

Lines of JSON come in, one a mutant with its tests, and one goes out for each. The mutant's file is changed on disk, so
that processes which a test starts see it too, and is put back after.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from mutation.points import changed

HANGS = "it hangs"
#: Imported once for all; pytest rewrites the others.
ONCE = ("numpy", "pandas", "pint", "pyarrow", "typer", "rich")
#: A fork may take that long beside what its tests took when the map was made, times that many.
SLACK, TIMES = 40.0, 5.0


def main() -> None:
    sys.dont_write_bytecode = True
    for name in ONCE:
        with contextlib.suppress(ImportError):
            __import__(name)
    for line in sys.stdin:
        asked = json.loads(line)
        start = time.perf_counter()
        sys.stdout.write(json.dumps({"failed": _failed(asked), "took": round(time.perf_counter() - start, 1)}) + "\n")
        sys.stdout.flush()


def _failed(asked: dict[str, Any]) -> list[str]:
    """The tests that fail: the first with a mutant, all of them without one."""
    if not asked.get("path"):
        return _in_a_fork(asked["tests"], asked["seconds"], first=False)
    path = Path(asked["path"])
    text, state = path.read_text("utf-8"), path.stat()
    try:
        path.write_text(changed(text, asked["place"]), "utf-8")
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 2_000_000_000))  # no compiled file is of that time
        return _in_a_fork(asked["tests"], asked["seconds"], first=True)
    finally:
        path.write_text(text, "utf-8")
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def _in_a_fork(tests: list[str], seconds: float, *, first: bool) -> list[str]:
    scratch = tempfile.mkdtemp(prefix="mutant-")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.close(reader)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(0, 1)
        os.dup2(0, 2)
        os.environ["TMPDIR"] = tempfile.tempdir = scratch
        if "MUTATION_CACHE" in os.environ:  # a cache that a mutant has filled is nobody else's
            os.environ["XDG_CACHE_HOME"] = shutil.copytree(os.environ["MUTATION_CACHE"], f"{scratch}/cache")
        try:
            said: Any = _run(tests, first=first)
        except BaseException as error:
            said = {"error": repr(error)}
        with os.fdopen(writer, "w") as stream:
            json.dump(said, stream)
        os._exit(0)
    os.close(writer)
    said = _within(reader, SLACK + TIMES * seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reader)
    shutil.rmtree(scratch, ignore_errors=True)
    if said is None:
        return [HANGS]
    found = json.loads(said) if said else {"error": "the process ended"}
    if isinstance(found, dict):
        return [f"pytest fails: {found['error']}"]
    return list(found)


def _within(reader: int, seconds: float) -> str | None:
    """All that is written within so many seconds; None if it goes on longer."""
    until, found = time.monotonic() + seconds, b""
    while True:
        ready, _, _ = select.select([reader], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            return None
        block = os.read(reader, 65536)
        if not block:
            return found.decode()
        found += block


class Chosen:
    """Runs the tests that are asked for, file by file, in their order; does not look for the smallest failure."""

    def __init__(self, tests: list[str]) -> None:
        self.place = {test: place for place, test in enumerate(tests)}
        self.failed: list[str] = []

    def pytest_sessionstart(self) -> None:
        with contextlib.suppress(ImportError, KeyError):
            from hypothesis import Phase, settings

            quick = settings(settings.get_profile("computeest"), phases=(Phase.explicit, Phase.generate), database=None)
            settings.register_profile("mutants", quick)
            settings.load_profile("mutants")

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = [item for item in items if item.nodeid in self.place]
        of_file: defaultdict[str, int] = defaultdict(lambda: len(self.place))
        for item in items:
            file = item.nodeid.partition("::")[0]
            of_file[file] = min(of_file[file], self.place[item.nodeid])
        items.sort(key=lambda item: (of_file[item.nodeid.partition("::")[0]], self.place[item.nodeid]))

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and report.nodeid not in self.failed:
            self.failed.append(report.nodeid)


def _run(tests: list[str], *, first: bool) -> list[str]:
    import pytest

    chosen = Chosen(tests)
    files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
    code = int(pytest.main([*(["-x"] if first else []), "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *files],
                           plugins=[chosen]))
    # where collecting fails no test does
    return chosen.failed or ([] if code in (0, 5) else [f"pytest ends with {code}"])


if __name__ == "__main__":
    main()
