"""`python -m fuzz MINUTES`, in tests/: every kind of input on all cores for so long; prints counts, seeds and faults.

    python -m fuzz 10 [--seed WORD] [--kinds papers,tables] [--report FILE] [--jobs N]
    python -m fuzz papers:0-17        # one input again
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from fuzz.trying import KINDS, faults_of
from fuzz.working import work

#: Shares of the time.
SHARES = {"papers": 4, "strings": 3, "tables": 5, "relations": 1, "configurations": 2, "commands": 3}
_BATCH = 5


def main() -> int:
    """Run, and say what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("minutes", help="how long, or one input: KIND:SEED")
    parser.add_argument("--seed", default=str(int(time.time())))
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--report", type=Path)
    asked = parser.parse_args()
    if ":" in asked.minutes:
        kind, _, seed = asked.minutes.partition(":")
        faults = faults_of(kind, seed)
        sys.stdout.write("\n".join(faults or ["nothing wrong"]) + "\n")
        return bool(faults)
    ends = time.monotonic() + 60 * float(asked.minutes)
    kinds = [kind for kind in asked.kinds.split(",") for _ in range(SHARES[kind])]
    counts: Counter[str] = Counter()
    faults_found: dict[str, str] = {}
    held = 0
    with multiprocessing.get_context("spawn").Pool(asked.jobs, maxtasksperchild=200) as pool:
        number = 0
        waiting: list[Any] = []
        while time.monotonic() < ends:
            while len(waiting) < 2 * asked.jobs:
                waiting.append(pool.apply_async(work,
                                                (kinds[number % len(kinds)], number * _BATCH, _BATCH, asked.seed)))
                number += 1
            if not waiting[0].ready():
                time.sleep(0.01)
                continue
            done = waiting.pop(0).get()
            counts[done["kind"]] += done["count"]
            held = max(held, done["held"])
            for seed, fault in done["faults"]:
                if seed not in faults_found:
                    faults_found[seed] = fault
                    sys.stdout.write(f"{seed}\n    {fault.strip()[-1500:]}\n")
                    sys.stdout.flush()
    report = {"seed": asked.seed, "counts": dict(counts), "faults": faults_found, "held_kb": held}
    if asked.report:
        asked.report.write_text(json.dumps(report, indent=1), "utf-8")
    sys.stdout.write(f"seed {asked.seed}: {', '.join(f'{count:,} {kind}' for kind, count in counts.items())}; "
                     f"{len(faults_found)} faults; at most {held:,} kB held\n")
    return bool(faults_found)


if __name__ == "__main__":
    sys.exit(main())
