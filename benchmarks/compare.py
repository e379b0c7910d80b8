"""Two commits beside one another: what became slower.

    python benchmarks/compare.py A B [--only start,live] [--rounds 5] [--rows 100000]

Each commit is checked out and installed in a folder of its own, with the libraries of this environment, and measured
by this folder's `run.py`, in turns: A, B, A, B. A ratio above 1.1 that both turns show is called slower, and the exit
code is 1.
"""

from __future__ import annotations

import argparse
import json
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


def measured(python: Path, output: Path, more: list[str]) -> dict[str, float]:
    """Ratios of one turn by name."""
    subprocess.run([python, ROOT / "benchmarks" / "run.py", "-o", output, *more], check=True, cwd=output.parent,
                   stdout=subprocess.DEVNULL)
    parts: dict[str, Any] = json.loads(output.read_text("utf-8"))["parts"]
    return {name: figure["seconds"] / figures[figure["baseline"]]["seconds"]
            for part in parts.values() for figures in [part.get("figures", part)] for name, figure in figures.items()
            if name != figure["baseline"]}


def main() -> int:
    """Print a line for each figure; 1 when any became slower."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("a")
    parser.add_argument("b")
    parser.add_argument("--only", default="start,live")
    parser.add_argument("--rounds", default="5")
    parser.add_argument("--rows", default="100000")
    chosen = parser.parse_args()
    more = ["--only", chosen.only, "--rounds", chosen.rounds, "--rows", chosen.rows]
    with tempfile.TemporaryDirectory(prefix="compare-") as name, \
            both(chosen.a, chosen.b, Path(name)) as sides:
        turns = [[measured(python, Path(name) / "figures.json", more) for _, python in sides] for _ in range(2)]
    slower = 0
    print(f"{'':50} {chosen.a[:12]:>12} {chosen.b[:12]:>12}  b / a, in two turns")
    for what in turns[0][0]:
        changes = [b[what] / a[what] for a, b in turns if what in a and what in b]
        slow = bool(changes) and min(changes) > SLOWER
        slower += slow
        print(f"{what:50} {turns[0][0][what]:11.2f}x {turns[0][1].get(what, float('nan')):11.2f}x  "
              + ", ".join(f"{change:.2f}" for change in changes) + ("  slower" if slow else ""))
    return int(slower > 0)


if __name__ == "__main__":
    sys.exit(main())
