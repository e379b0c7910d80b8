"""How long the command line takes to start: whole processes, interleaved, against the bare interpreter.

    python benchmarks/cold_start.py [ROUNDS]

Each round runs every command once, so that a busy moment of the machine falls on all of them alike. Printed are medians
and their ratios to `python -c pass`; the targets are 0.25 s for --help and 0.8 s for one paper, where the bare
interpreter takes 0.02 s, that is 12.5 and 40 times.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMANDS: dict[str, tuple[list[str], float | None]] = {
    "python -c pass": (["-c", "pass"], None),
    "computeest --help": (["-m", "computeest", "--help"], 12.5),
    "computeest estimate examples/gpt3.yaml": (["-m", "computeest", "estimate", "examples/gpt3.yaml"], 40.0),
    "computeest estimate ... --format json": (["-m", "computeest", "estimate", "examples/gpt3.yaml", "-fjson"], 40.0),
    "computeest estimate examples/resnet-50.yaml": (["-m", "computeest", "estimate", "examples/resnet-50.yaml"], 40.0),
    "computeest validate examples/gpt3.yaml": (["-m", "computeest", "validate", "examples/gpt3.yaml"], 40.0),
}


def seconds(arguments: list[str]) -> float:
    """Wall-clock time of one whole process."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=True)
    return time.perf_counter() - started


def main(rounds: int) -> None:
    """Run all commands `rounds` times and print a line for each."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for arguments, _ in COMMANDS.values():
        seconds(arguments)  # caches of the file system, and compiled modules
    for _ in range(rounds):
        for name, (arguments, _) in COMMANDS.items():
            taken[name].append(seconds(arguments))
    bare = statistics.median(taken["python -c pass"])
    print(f"{rounds} rounds, Python {sys.version.split()[0]}")
    print(f"{'command':46} {'median':>8} {'fastest':>8} {'ratio':>7} {'target':>7}")
    for name, times in taken.items():
        median, target = statistics.median(times), COMMANDS[name][1]
        shown = f"{target:6.1f}x" if target else ""
        print(f"{name:46} {median:7.3f}s {min(times):7.3f}s {median / bare:6.1f}x {shown:>7}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
