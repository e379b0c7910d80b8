"""Two commits beside one another: what became faster, and what slower.

    python benchmarks/compare.py A B [--only start,live] [--rounds 5] [--rows 100000] [-o docs/compared.json]

Each commit is checked out and installed in a folder of its own, with the libraries of this environment, and measured
by this folder's `run.py`, in turns: A, B, A, B. Figures are medians over the turns: the ratio of each commit to the
baseline of both, and the ratio of B to A within a turn. A median of the latter above 1.1 is called slower, and the exit
code is 1. `docs/performance.md` shows the file that -o names.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SLOWER = 1.1
#: What is measured beside ours, and is not ours to make faster.
OTHERS = ("import numpy, yaml, typer", "pandas", "Arrow alone on the same bytes")


def checked_out(commit: str, folder: Path) -> Path:
    """A Python in which that commit is installed."""
    subprocess.run(["git", "worktree", "add", "--detach", "--quiet", folder, commit], cwd=ROOT, check=True)
    environment = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    site = Path(subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], check=True,
                               capture_output=True, text=True).stdout.strip())
    (site / "zz_libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    subprocess.run([python, "-m", "pip", "install", "-qq", "--no-deps", "--no-build-isolation", "--editable",
                    folder], check=True)
    return python


@contextmanager
def both(a: str, b: str, folder: Path) -> Iterator[list[tuple[Path, Path]]]:
    """For each of two commits its folder and its Python, while they are needed."""
    folders = [folder / side for side in ("a", "b")]
    try:
        yield [(place, checked_out(commit, place)) for commit, place in zip((a, b), folders, strict=True)]
    finally:
        for place in folders:
            subprocess.run(["git", "worktree", "remove", "--force", place], cwd=ROOT, check=False)


def measured(python: Path, output: Path, more: list[str]) -> dict[str, Any]:
    """What `run.py` has measured of a commit so far, with one round more."""
    subprocess.run([python, ROOT / "benchmarks" / "run.py", "-o", output, "--more", "--rounds", "1", *more], check=True,
                   cwd=output.parent, stdout=subprocess.DEVNULL)
    found: dict[str, Any] = json.loads(output.read_text("utf-8"))["parts"]
    return found


def beside(before: dict[str, Any], after: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What both commits have, by name: ratios to the baseline of both, and the ratio of the second to the first."""
    found: dict[str, dict[str, Any]] = {}
    for what, figure in after.items():
        if what not in before or what == figure["baseline"]:
            continue
        baseline = statistics.median(before[figure["baseline"]]["all"] + after[figure["baseline"]]["all"])
        changes = [b / a for a, b in zip(before[what]["all"], figure["all"], strict=True)]
        found[what] = {"baseline": figure["baseline"], "before": before[what]["seconds"] / baseline,
                       "after": figure["seconds"] / baseline, "change": statistics.median(changes),
                       "changes": changes, "rounds": len(changes),
                       **{name: figure[name] for name in ("target", "megabytes") if name in figure}}
    return found


def main() -> int:
    """Print a line for each figure; 1 when any became slower."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("a")
    parser.add_argument("b")
    parser.add_argument("--only", default="start,live")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=100_000)
    parser.add_argument("-o", "--output", type=Path)
    chosen = parser.parse_args()
    more = ["--only", chosen.only, "--rows", str(chosen.rows)]
    with tempfile.TemporaryDirectory(prefix="compare-") as name, \
            both(chosen.a, chosen.b, Path(name)) as sides:
        for _ in range(chosen.rounds):
            before, after = (measured(python, place.with_suffix(".json"), more) for place, python in sides)
    parts = {name: part | {"figures": beside(before[name]["figures"], part["figures"])}
             for name, part in after.items() if name in before}
    if chosen.output:
        commits = {"before": chosen.a, "after": chosen.b}
        chosen.output.write_text(json.dumps({"commits": commits, "parts": parts}, indent=1) + "\n", "utf-8")
    slower = 0
    print(f"{'':56} {chosen.a[:9]:>9} {chosen.b[:9]:>9}  b / a")
    for what, figure in ((what, figure) for part in parts.values() for what, figure in part["figures"].items()):
        slow = figure["change"] > SLOWER and not what.endswith(OTHERS)
        slower += slow
        print(f"{what:56} {figure['before']:8.2f}x {figure['after']:8.2f}x  {figure['change']:.2f} "
              f"({min(figure['changes']):.2f} to {max(figure['changes']):.2f}){'  slower' if slow else ''}")
    return int(slower > 0)


if __name__ == "__main__":
    sys.exit(main())
