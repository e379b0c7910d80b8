"""How many small changes of the code the tests notice: a seeded sample, each against the tests that run its line.

    pip install coverage pytest-xdist
    python benchmarks/mutants.py --sample 500 --seed 0 --jobs 16 --minutes 7 -o DIR   # again, to go on where it stopped
    python benchmarks/mutants.py --sample 500 --seed 0 -o DIR --report docs/mutation.json   # what is known so far

First, once, the tests run under coverage and it is kept which of them runs which line (`mutation/cover.py`), for at
most half of the minutes. Then each worker changes one place at a time (`mutation/points.py`) in a copy of the tree of
its own and runs the likeliest tests first, in a fork (`mutation/worker.py`): for some seconds of tests in a first
round, for more in a second one that takes those that survived the first. A test that fails on the unchanged code as
well is no witness: what it noticed is shown the others again. `DIR/results.jsonl` gets a line for each mutant as it
comes; its last one counts.

No installation is needed: each copy has a folder `site` with the three packages and their entry points, and comes first
on PYTHONPATH. `mutants_equivalent.yaml` names those that no test can notice, with the reason. Not for CI.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml
from mutation.cover import Map, suite
from mutation.points import PLACES, Mutant, mutants

ROOT = Path(__file__).parents[1]
#: Seconds of tests that a mutant is given, round by round.
ROUNDS = (8.0, 40.0)
#: The share of the time that the map may take.
FOR_MAP = 0.5
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "build", "dist", "*.egg-info", ".hypothesis", ".*_cache")


class Tree:
    """A copy of the project, with itself first on the path of what runs in it."""

    def __init__(self, folder: Path, source: Path, cache: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder, ignore=LEFT_OUT, symlinks=True)
        self.folder = folder.resolve()
        site = self.folder / "site"
        if not site.exists():
            _install(self.folder, site)
        self.environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (
            str(self.folder), str(site), os.environ.get("PYTHONPATH", "")))), "MUTATION_CACHE": str(cache),
            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _install(folder: Path, site: Path) -> None:
    """What an editable install does, for this folder alone."""
    import tomllib

    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    about = site / "computeest-0.dist-info"
    about.mkdir(parents=True)
    (site / "computeest_plugins").symlink_to("../plugins")
    (site / "computeest_hardware").symlink_to("../hardware_db")
    (site / "mutation").symlink_to("../benchmarks/mutation")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: computeest\nVersion: 0\n", "utf-8")
    groups = {"console_scripts": project["scripts"], **project["entry-points"]}
    (about / "entry_points.txt").write_text("".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
        for group, points in groups.items()), "utf-8")


def write_map(tree: Tree, out: Path, files: Sequence[str], jobs: int, until: float) -> None:
    """Run the tests under coverage, until they end or time is up."""
    out.mkdir(parents=True)
    environment = {**tree.environment, "MUTATION_MAP": str(out), "PYTEST_PLUGINS": "mutation.cover",
                   "XDG_CACHE_HOME": tree.environment["MUTATION_CACHE"], "COVERAGE_CORE": "ctrace"}
    many = ["-n", str(jobs), "--dist", "worksteal"] if jobs > 1 else []
    with (out / "log.txt").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "pytest", "-q", *many, "-p", "no:cacheprovider", *files],
                                   cwd=tree.folder, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            process.wait(max(1.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Worker:
    """A process that answers one question at a time, in its own tree."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.process = subprocess.Popen([sys.executable, "-m", "mutation.worker"], cwd=tree.folder, text=True,
                                        env=tree.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, **asked: Any) -> dict[str, Any]:
        """Which of the tests fail, and how long that took to find out."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the worker in {self.tree.folder} ended")
        return dict(json.loads(answer))

    def end(self) -> None:
        """Let it go."""
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait()


class Study:
    """What is known of each mutant of a sample, kept in a file."""

    def __init__(self, out: Path, sample: Sequence[Mutant]) -> None:
        self.sample = sample
        self.rows: dict[str, dict[str, Any]] = {}
        self.kept, self.trusted_in = out / "results.jsonl", out / "witnesses.json"
        if self.kept.exists():
            for row in map(json.loads, self.kept.read_text("utf-8").splitlines()):
                self.rows[row["key"]] = row
        witnesses = json.loads(self.trusted_in.read_text("utf-8")) if self.trusted_in.exists() else [[], []]
        self.trusted, self.untrusted = set(witnesses[0]), set(witnesses[1])
        self.lock = threading.Lock()

    def note(self, mutant: Mutant, killed: str, *, shown: int, of: int, spent: float, took: float) -> None:
        row = {"key": mutant.key, **asdict(mutant), "killed": killed, "shown": shown, "of": of,
               "spent": round(spent, 2), "took": took}
        row.pop("shown_by")
        with self.lock, self.kept.open("a") as stream:
            self.rows[mutant.key] = row
            stream.write(json.dumps(row) + "\n")

    def left(self, enough: float) -> list[Mutant]:
        """Mutants that no test noticed and that were not shown enough."""
        rows = ((mutant, self.rows.get(mutant.key)) for mutant in self.sample)
        return [mutant for mutant, row in rows if row is None or (
            not row["killed"] and row["spent"] < enough and (row["shown"] < row["of"] or not row["of"]))]

    def judge(self, worker: Worker, mutant: Mutant, tests: Map, enough: float) -> None:
        """Show a mutant more tests."""
        known = self.rows.get(mutant.key, {"shown": 0, "spent": 0.0, "took": 0.0})
        likely, spent, more = tests.of(mutant, self.untrusted), known["spent"], []
        for ran in likely[known["shown"]:]:
            if more and spent > enough:
                break
            spent += max(ran.seconds, 0.01)
            more.append(ran.test)
        answer = {"failed": [], "took": 0.0} if not more else worker.ask(
            path=mutant.path, place=mutant.place, tests=more, seconds=spent - known["spent"])
        self.note(mutant, next(iter(answer["failed"]), ""), shown=known["shown"] + len(more), of=len(likely),
                  spent=spent, took=round(known["took"] + answer["took"], 1))

    def witnesses(self) -> list[str]:
        """Tests that noticed a mutant and of which it is not known that they pass without one."""
        found = {self.rows[mutant.key]["killed"] for mutant in self.sample if mutant.key in self.rows}
        return sorted(test for test in found - self.trusted - self.untrusted if "::" in test)

    def hear(self, worker: Worker, tests: list[str]) -> None:
        """Run some of them on the unchanged code; what those that fail there noticed has to be noticed again."""
        failed = set(worker.ask(tests=tests, seconds=60.0)["failed"])
        with self.lock:
            self.untrusted |= failed
            self.trusted |= set(tests) - failed
            self.trusted_in.write_text(json.dumps([sorted(self.trusted), sorted(self.untrusted)]), "utf-8")
        for mutant in self.sample:
            if self.rows.get(mutant.key, {}).get("killed") in failed:
                self.note(mutant, "", shown=0, of=1, spent=0.0, took=0.0)

    def finish(self, workers: Sequence[Worker], tests: Map, until: float) -> bool:
        """Judge all, round by round; False where time is up before."""
        for enough in ROUNDS:
            while todo := self.left(enough):
                if not _spread(workers, todo, until, lambda w, m, e=enough: self.judge(w, m, tests, e)):
                    return False
                asked = self.witnesses()
                some = [asked[start::len(workers)] for start in range(len(workers))]
                if not _spread(workers, [part for part in some if part], until, self.hear):
                    return False
        return True


def _spread(workers: Sequence[Worker], todo: Sequence[Any], until: float, do: Any) -> bool:
    """Give each free worker the next of what is to be done; False where time is up before all is."""
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for one in todo:
        waiting.put(one)
    failed: list[BaseException] = []

    def work(worker: Worker) -> None:
        while time.monotonic() < until and not failed:
            try:
                one = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                do(worker, one)
            except BaseException as error:
                failed.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return waiting.empty()


def equivalent() -> dict[str, str]:
    """Mutants that no test can notice, each with the reason."""
    return yaml.safe_load(Path(__file__).with_name("mutants_equivalent.yaml").read_text("utf-8")) or {}


def report(rows: Iterable[dict[str, Any]]) -> str:
    """How many were noticed, by place and by operator, and each survivor."""
    reasons, counts, survivors, apart = equivalent(), defaultdict(lambda: [0, 0]), [], 0
    for row in rows:
        name = f"{row['path']}: {row['within']}: {row['before']} -> {row['after']}"
        if not row["killed"] and name in reasons:
            apart += 1
            continue
        for key in (next(place for place in PLACES if row["path"].startswith(place)), row["operator"], "all"):
            counts[key][0] += bool(row["killed"])
            counts[key][1] += 1
        if not row["killed"]:
            survivors.append(f"{row['path']}:{row['line']}: {row['operator']} in {row['within']}: {row['before']} -> "
                             f"{row['after']} ({row['shown']} of {row['of']} tests)\n")
    return "".join(sorted(survivors)) + "".join(
        f"{key:24s} {killed:4d} of {seen:4d} noticed, {killed / seen:.1%}\n"
        for key, (killed, seen) in sorted(counts.items())) + f"{apart} that no test can notice are set aside\n"


def summary(rows: Sequence[dict[str, Any]], given: argparse.Namespace, points: int) -> dict[str, Any]:
    """What docs/mutation.md is written from; what was said of earlier runs stays."""
    kept = json.loads(given.report.read_text("utf-8")) if given.report.exists() else {}
    by: defaultdict[str, dict[str, int]] = defaultdict(lambda: {"killed": 0, "seen": 0})
    survivors = []
    for row in rows:
        row["part"] = next(place for place in PLACES if row["path"].startswith(place))
        for key in ("part", "operator"):
            by[f"{key} {row[key]}"]["seen"] += 1
            by[f"{key} {row[key]}"]["killed"] += bool(row["killed"])
        if not row["killed"]:
            survivors.append({key: row[key] for key in (
                "path", "line", "within", "part", "operator", "before", "after")})
    return {"seed": given.seed, "points": points, "sample": given.sample, "judged": len(rows),
            "killed": sum(bool(row["killed"]) for row in rows), "before": kept.get("before", ""),
            "by": dict(sorted(by.items())), "survivors": sorted(survivors, key=lambda row: (row["path"], row["line"]))}


def drawn(there: Sequence[Mutant], seed: int) -> list[Mutant]:
    """All of them in an order of the seed: what did not change in the code keeps its place among the others."""
    again: Counter[str] = Counter()
    places = {}
    for mutant in there:
        again[mutant.name] += 1
        text = f"{seed}\0{mutant.name}\0{again[mutant.name]}"
        places[mutant.key] = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return sorted(there, key=lambda mutant: places[mutant.key])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=500, help="a larger sample begins with the smaller one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--only", default="", help="part of the path of the code")
    parser.add_argument("--tests", nargs="*", help="test files for the map, instead of all that may notice anything")
    parser.add_argument("--report", type=Path, help="write what is known to this file, and run nothing")
    parser.add_argument("-o", "--out", type=Path, default=ROOT / "build" / "mutants")
    given = parser.parse_args()
    until = time.monotonic() + 60 * given.minutes
    out = given.out.resolve()
    cache = out / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    there = [mutant for mutant in mutants(ROOT) if given.only in mutant.path]
    study = Study(out, drawn(there, given.seed)[:given.sample])
    rows = [study.rows[mutant.key] for mutant in study.sample if mutant.key in study.rows]
    if given.report:
        given.report.write_text(json.dumps(summary(rows, given, len(there)), indent=1) + "\n", "utf-8")
        sys.stdout.write(report(rows))
        return
    base = Tree(out / "trees" / "base", ROOT, cache)
    if not (out / "map").exists():
        write_map(base, out / "map", given.tests or suite(ROOT), given.jobs,
                  time.monotonic() + 60 * given.minutes * FOR_MAP)
    tests = Map(out / "map", study.sample)
    sys.stdout.write(f"{len(tests.tests)} tests, {len(study.sample)} of {len(there)} mutants\n")
    sys.stdout.flush()
    workers = [Worker(Tree(out / "trees" / str(number), base.folder, cache)) for number in range(given.jobs)]
    try:
        done = study.finish(workers, tests, until)
    finally:
        for worker in workers:
            worker.end()
    rows = [study.rows[mutant.key] for mutant in study.sample if mutant.key in study.rows]
    (out / "report.txt").write_text(report(rows), "utf-8")
    sys.stdout.write(report(rows) + ("" if done else "time is up: run it again to go on\n"))
    shutil.rmtree(out / "trees")


if __name__ == "__main__":
    main()
