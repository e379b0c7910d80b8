"""Run by a test: annotates a table in child processes that are killed at random moments, then to the end.

    python killed.py TABLE OUT KILLS JOBS SEED

Prints how many children were killed while they worked. Children share the imports of this process, so that hardly any
is killed before it begins.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import pandas  # noqa: F401  imported here once, for all children

from computeest.pipeline import Options
from computeest.tables import annotator, base_model_pass, outputs, sqlite, work_directory, workbook, workers  # noqa: F401  likewise
from computeest.tables.runner import Request, run


def main(table: str, out: str, kills: int, jobs: int, seed: int) -> None:
    chance = random.Random(seed)
    killed = 0
    for _ in range(kills * 20):
        if killed == kills:
            break
        child = os.fork()
        if child == 0:
            annotate(table, out, jobs)
            os._exit(0)
        time.sleep(chance.uniform(0.05, 0.45) * (4 if jobs > 1 else 1))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            killed += 1
        else:
            Path(out).unlink()  # finished before it was killed: once more from the start
    annotate(table, out, jobs)
    sys.stdout.write(f"{killed}\n")


def annotate(table: str, out: str, jobs: int) -> None:
    request = Request(table, out, Options(), resume=True, jobs=jobs, chunk=200)
    run(request, lambda rows, part: None, lambda text: None)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]))
