"""The four benchmarks of two commits in one run: chips, networks counted, a table, a fit of progress; and one paper.

    python benchmarks/four.py [BEFORE] [AFTER] [--rounds 5] [--rows 50000]

BEFORE is version 0.1.0 and AFTER the last commit, unless others are named. Each is installed as `compare.py` does it,
has a cache of its own, and takes turns with the other. Figures are medians over the rounds of the time that processors
worked, and the ratio of AFTER to BEFORE; a ratio above 1.1 is called slower, and the exit code is 1. Chips are found
in the same strings, though AFTER may know many times as many.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import compare
import generated

#: Version 0.1.0.
FIRST = "389d77875a9e15e4cf083b3a2e59f7973cc06887"
#: Run by the Python of each commit in its own folder: only what both have.
WITHIN = """
import json, sys, time
sys.path.insert(0, "benchmarks")
import computeest
from computeest.hardware import load

def took(run):
    started = time.process_time()
    run()
    return time.process_time() - started

found = {}
database = []
found["chips: load"] = took(lambda: database.append(load()))
known, = database
found["chips: load and find the first"] = found["chips: load"] + took(lambda: known.find("64 A100 GPUs"))
import hardware
texts = [pattern.format(n=8 + number, name=name, nome=name) for number in range(150)
         for name in ("A100", "V100", "TPU v3", "H100 SXM") for pattern in hardware.PATTERNS[:8]]
found["chips: find 4,800 strings"] = took(lambda: [known.find(text) for text in texts])
found["chips: load and build all, each"] = (found["chips: load"] + took(lambda: list(known))) / len(known)
import opcount
for name, network in opcount.NETWORKS.items():
    network().forward_flop
    found[f"count: {name}"] = min(took(lambda: [network().forward_flop for _ in range(20)]) for _ in range(20)) / 20
import progress
from computeest.progress import fit_frontier
seen = progress.simulated()
found["progress: fit_frontier"] = took(lambda: fit_frontier(seen, starts=2))
found["progress: bootstrap of 1,000"] = took(lambda: fit_frontier(seen, resamples=1000, seed=1))
import yaml
papers = {name: yaml.safe_load(open(f"examples/{name}.yaml", encoding="utf-8"))
          for name in ("gpt3", "resnet-50", "llama2-70b")}
papers["six facts"] = {"model": "A", "parameters": 2e9, "tokens": 2e10, "chip": "A100", "chips": 64, "time": "3 days"}
for name, paper in papers.items():  # numbers of its own each time, so that no answer is one remembered
    others = iter([{**paper, "utilization": f"{20 + number / 100:.2f} %", "score": number / 1000}
                   for number in range(420)])
    for _ in range(20):
        computeest.estimate(next(others))
    found[f"one paper: {name}"] = min(took(lambda: [computeest.estimate(next(others)) for _ in range(20)])
                                      for _ in range(20)) / 20
print(json.dumps(found))
"""


def within(place: Path, python: Path, environment: dict[str, str]) -> dict[str, float]:
    """Seconds of what is measured within a process."""
    ran = subprocess.run([python, "-c", WITHIN], cwd=place, env=environment, check=True, capture_output=True, text=True)
    return dict(json.loads(ran.stdout))


def annotated(place: Path, python: Path, environment: dict[str, str], table: Path) -> dict[str, float]:
    """Seconds of whole commands that annotate the table, their start included."""
    found = {}
    for suffix in ("csv", "parquet"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([python, "-P", "-m", "computeest", "annotate", table, "-o", table.with_name(f"out.{suffix}")],
                       cwd=place, env=environment, check=False, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found[f"table: annotate CSV to {suffix}"] = (after.ru_utime + after.ru_stime - before.ru_utime
                                                     - before.ru_stime)
        table.with_name(f"out.{suffix}").unlink()  # which also says that it was written
    return found


def main() -> int:
    """Print a line for each figure; 1 when any became slower."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", nargs="?", default=FIRST)
    parser.add_argument("after", nargs="?", default="HEAD")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=50_000)
    chosen = parser.parse_args()
    turns: list[list[dict[str, float]]] = []
    with tempfile.TemporaryDirectory(prefix="four-") as name, \
            compare.both(chosen.before, chosen.after, Path(name)) as sides:
        table = generated.write(Path(name) / "models.csv", chosen.rows)
        around = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        for number in range(chosen.rounds + 1):
            taken = []
            for place, python in sides:
                cache = place / ".cache"
                cache.mkdir(mode=0o700, exist_ok=True)
                environment = around | {"XDG_CACHE_HOME": str(cache)}
                taken.append(within(place, python, environment) | annotated(place, python, environment, table))
            if number:  # the first round fills the caches
                turns.append(taken)
    slower = 0
    print(f"{'':36} {chosen.before[:10]:>12} {chosen.after[:10]:>12}  after / before")
    for what in turns[0][0]:
        before, after = (statistics.median(turn[side][what] for turn in turns) for side in (0, 1))
        slower += after > compare.SLOWER * before
        print(f"{what:36} {before * 1e3:9.3f} ms {after * 1e3:9.3f} ms  {after / before:.2f}"
              + ("  slower" if after > compare.SLOWER * before else ""))
    return int(slower > 0)


if __name__ == "__main__":
    sys.exit(main())
