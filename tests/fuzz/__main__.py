"""Every kind of input on many cores, for a time or for so many of each; says what was tried and what was wrong.

    python -m tests.fuzz 10                                   # ten minutes of every kind, on all cores
    python -m tests.fuzz --papers 200000 --strings 500000 --files 20000 --rows 300000 --commands 2000 \
                         --jobs 16 --minutes 7 --seed S -o DIR
    python -m tests.fuzz papers:S-17                          # one input again, by its seed
    python -m tests.fuzz DIR/faults.jsonl                     # every input of a list again, as it was

Writes DIR/faults.jsonl (kind, seed, fault and input of each) and DIR/summary.json (counts, seeds, seconds, memory).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .running import Batch, run
from .trying import KINDS, faults_in, faults_of

#: Inputs of each kind in every second that a core has, where no counts are asked for: about as much time for each.
RATES = {
    "papers": 60.0, "strings": 40.0, "tables": 4.0, "files": 4.0, "relations": 0.3, "configurations": 1.5,
    "commands": 3.0,
}
#: How many make a batch: about a second.
BATCHES = {"papers": 200, "strings": 100, "tables": 10, "files": 10, "relations": 2, "configurations": 4, "commands": 8}
#: Faults of one sort that are kept whole.
_KEPT = 20
#: Seconds between two writings of the summary.
_OFTEN = 20.0


def main() -> int:
    """Run, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="", help="minutes, one input KIND:SEED, or a list of faults.jsonl")
    for kind in KINDS:
        if kind not in ("tables", "files"):
            parser.add_argument(f"--{kind}", type=int, default=0, metavar="N")
    parser.add_argument(
        "--files", type=int, default=0, metavar="N", help="files of tables, a tenth of them hostile as files"
    )
    parser.add_argument(
        "--rows", type=int, default=0, metavar="N", help="go on with tables until there are so many rows"
    )
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", default=str(int(time.time())))
    parser.add_argument("-o", "--output", type=Path)
    asked = parser.parse_args()
    if ":" in asked.what:
        return _again([(*asked.what.split(":", 1), None)])
    if asked.what and Path(asked.what).is_file():
        found = map(json.loads, Path(asked.what).read_text("utf-8").splitlines())
        return _again([(one["kind"], one["seed"], one["input"]) for one in found])
    minutes = float(asked.what or asked.minutes or 10)
    counts = {
        "papers": asked.papers, "strings": asked.strings, "tables": asked.files - asked.files // 10,
        "files": asked.files // 10, "relations": asked.relations, "configurations": asked.configurations,
        "commands": asked.commands,
    }
    if not any(counts.values()):
        counts = {kind: int(rate * 60 * minutes * asked.jobs) for kind, rate in RATES.items()}
    report = Report(asked.seed, asked.jobs, asked.output)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        run(report.planned(counts, asked.rows), asked.jobs, time.monotonic() + 60 * minutes, report.hear)
    except (KeyboardInterrupt, SystemExit):
        report.write(ended=False)
        raise
    return report.end()


def _again(inputs: list[tuple[str, str, Any]]) -> int:
    wrong = 0
    for kind, seed, given in inputs:
        faults = faults_of(kind, seed) if given is None else faults_in(kind, given)
        wrong += bool(faults)
        sys.stdout.write(f"{kind}:{seed}\n    " + "\n    ".join(faults or ["nothing wrong"]) + "\n")
    return bool(wrong)


class Report:
    """What was tried, and what was wrong."""

    def __init__(self, seed: str, jobs: int, folder: Path | None) -> None:
        self.seed, self.jobs, self.folder = seed, jobs, folder
        self.tried: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()
        self.worst: dict[str, tuple[float, str]] = {}
        self.rows, self.held, self.began = 0, 0, time.monotonic()
        self.asked: dict[str, int] = {}
        self._written = self.began
        self.sorts: Counter[str] = Counter()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "faults.jsonl").write_text("", "utf-8")

    def planned(self, counts: dict[str, int], rows: int) -> Iterator[Batch]:
        """Batches of all kinds in turn, so that each has had its share whenever the time ends."""
        self.asked = counts
        drawn = [
            ((first + BATCHES[kind] / 2) / count, kind, first, min(BATCHES[kind], count - first))
            for kind, count in counts.items()
            for first in range(0, count, BATCHES[kind])
        ]
        for _, kind, first, count in sorted(drawn):
            yield Batch(kind, self.seed, first, count)
        first = counts["tables"]
        while self.rows < rows:  # what is under way will make it some more
            yield Batch("tables", self.seed, first, BATCHES["tables"])
            first += BATCHES["tables"]

    def hear(self, batch: Batch, answer: dict[str, Any]) -> None:
        """Count a batch, and write what was wrong in it."""
        self.tried[batch.kind] += answer["tried"]
        self.seconds[batch.kind] += answer["seconds"]
        self.rows += answer["rows"]
        self.held = max(self.held, answer["held"])
        self.worst[batch.kind] = max(self.worst.get(batch.kind, (0.0, "")), answer["worst"])
        for fault in answer["faults"]:
            sort = f"{fault['kind']}: {_sort(fault['fault'])}"
            self.sorts[sort] += 1
            if self.sorts[sort] > _KEPT:
                continue
            if self.sorts[sort] <= 2:
                sys.stdout.write(f"{fault['kind']}:{fault['seed']}\n    {fault['fault'].strip()[-1500:]}\n")
                sys.stdout.flush()
            if self.folder is not None:
                with (self.folder / "faults.jsonl").open("a", encoding="utf-8") as file:
                    file.write(f"{json.dumps(fault)}\n")
        if time.monotonic() - self._written > _OFTEN:
            self.write(ended=False)

    def write(self, ended: bool) -> None:
        """Write the summary: now and then, so that a run that is ended from outside leaves what it did."""
        self._written = time.monotonic()
        if self.folder is None:
            return
        lasted = self._written - self.began
        summary = {
            "seed": self.seed, "ended": ended, "asked": self.asked, "tried": dict(self.tried), "rows": self.rows,
            "tables_and_files": self.tried["tables"] + self.tried["files"], "faults": sum(self.sorts.values()),
            "sorts": dict(self.sorts.most_common()), "jobs": self.jobs, "seconds": round(lasted, 1),
            "cpu_seconds": {kind: round(seconds, 1) for kind, seconds in self.seconds.items()},
            "slowest": {
                kind: {"seconds": round(seconds, 3), "seed": seed} for kind, (seconds, seed) in self.worst.items()
            },
            "most_held_kb": self.held, "python": platform.python_version(), "machine": platform.platform(),
            "cores": os.cpu_count(),
        }
        draft = self.folder / "summary.draft"
        draft.write_text(f"{json.dumps(summary, indent=1)}\n", "utf-8")
        draft.replace(self.folder / "summary.json")

    def end(self) -> int:
        """Write the summary, and say it; 1 where anything was wrong."""
        self.write(ended=True)
        lasted = time.monotonic() - self.began
        tried = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.tried.items()))
        slowest = max(self.worst.values(), default=(0.0, ""))
        sys.stdout.write(
            f"seed {self.seed}: {tried}, {self.rows:,} rows in {lasted:.0f} s; {sum(self.sorts.values())} "
            f"faults of {len(self.sorts)} sorts; at most {slowest[0]:.2f} s ({slowest[1]}) and "
            f"{self.held:,} kB\n"
        )
        return bool(self.sorts)


def _sort(fault: str) -> str:
    """What faults of one sort have in common: the last place and line of a traceback, without numbers and names."""
    lines = [line.strip() for line in fault.strip().splitlines()]
    places = [line for line in lines if line.startswith('File "')]
    last = lines[-1][:60] if lines else ""
    where = re.sub(r'.*?([^/"]+)", line (\d+).*', r"\1:\2 ", places[-1]) if places else ""
    return where + re.sub(r"\d+|'[^']*'?|\[.*", "#", last)


if __name__ == "__main__":
    sys.exit(main())
