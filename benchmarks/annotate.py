"""How long a whole table takes, against bare polars and pandas scripts in the same run, and how that grows.

    python benchmarks/annotate.py [--rows 1000000] [--jobs 2]      against polars and pandas
    python benchmarks/annotate.py --dask [--rows 1000000]          two Dask workers against one
    python benchmarks/annotate.py --scale 1e4,1e5,1e6,1e7 [--plot docs/annotate-scaling.svg]

The bare scripts (here and in polars_floor.py) read the same table, multiply the same columns with chips and networks
already looked up in a dict, and write the table with the result beside it. They read no spelled-out numbers, check
nothing and explain nothing. Every measurement is a process of its own; memory is the largest sum over that process and
its children.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import generated

UTILIZATION = 0.3
#: Seconds between two looks at the memory, but for the first ones.
#: Each keeps the processes waiting: with one every .05 s two of them took 8 % longer.
_LOOK = 0.25


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process took."""

    seconds: float
    #: Largest resident memory of the process and its children together, in MB; NaN where the system does not say.
    memory: float


def measured(command: Sequence[str | Path], *, allowed: tuple[int, ...] = (0,)) -> Measured:
    """Run a command to its end."""
    most = float("nan")
    ended = threading.Event()

    def look() -> None:
        nonlocal most
        pause = 0.04
        while True:
            most = max(resident(process.pid), most)  # in this order, which lets go of NaN
            if ended.wait(pause := min(1.1 * pause, _LOOK)):
                return

    started = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)))
    looking = threading.Thread(target=look)
    looking.start()
    process.wait()
    taken = time.perf_counter() - started
    ended.set()
    looking.join()
    if process.returncode not in allowed:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Measured(taken, most)


def resident(pid: int) -> float:
    """Memory in MB of a process and its children; what they share is counted once (Linux: proportional set size)."""
    total = 0.0
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                total += resident(int(child))
    except (OSError, ValueError, StopIteration):
        pass
    return total


def annotate(table: Path, out: Path | str, *more: str) -> Measured:
    if isinstance(out, Path):
        out.unlink(missing_ok=True)
    command = [sys.executable, "-m", "computeest", "annotate", table, "-o", out, "--quiet", *more]
    return measured(command, allowed=(0, 1))


def lookups(path: Path) -> Path:
    """Peaks and forward FLOP per token by the text of the table, for the bare script."""
    import pandas as pd

    import computeest

    chips = computeest.annotate(pd.DataFrame({"chip": generated.CHIPS, "chips": 1.0, "time": "1 h"}))
    shapes = generated.architectures()
    networks = computeest.annotate(pd.DataFrame({"family": "decoder", "architecture": shapes, "tokens": 1.0,
                                                 "epochs": 1.0}))
    peaks = (chips["flop"] / (3600 * UTILIZATION)).tolist()
    path.write_text(json.dumps({"peak": dict(zip(generated.CHIPS, peaks, strict=True)),
                                "forward": dict(zip(shapes, (networks["flop"] / 3).tolist(), strict=True))}))
    return path


def bare(table: str, resolved: str, out: str) -> None:
    """Read, multiply, write: what anybody would write with pandas."""
    import numpy as np
    import pandas as pd

    known = json.loads(Path(resolved).read_text())
    frame = pd.read_csv(table, low_memory=False)
    number = {name: pd.to_numeric(frame[name], errors="coerce") for name in (
        "reported_compute", "chips", "training_time_hours", "parameters", "tokens", "epochs")}
    by_time = number["chips"] * number["training_time_hours"] * 3600 * frame["chip"].map(known["peak"]) * UTILIZATION
    by_tokens = 6 * number["parameters"] * number["tokens"] * number["epochs"].fillna(1)
    by_family = 3 * frame["architecture"].map(known["forward"]) * number["tokens"]
    frame["flop"] = number["reported_compute"].fillna(by_time).fillna(by_tokens).fillna(by_family)
    frame["flop_low"], frame["flop_high"] = frame["flop"] / 2, frame["flop"] * 2
    frame["method"] = np.select([number["reported_compute"].notna(), by_time.notna(), frame["flop"].notna()],
                                ["reported", "gpu_time", "operation_counting"], "")
    if out.endswith(".csv"):
        frame.to_csv(out, index=False)
    else:
        frame.to_parquet(out, index=False)


def again(table: str, made: str, out: str) -> None:
    """The limit of what computeest does: Arrow reads the table, and reads and writes the very output."""
    import pyarrow.csv
    import pyarrow.parquet as pq

    pyarrow.csv.read_csv(table)
    if out.endswith(".csv"):
        pyarrow.csv.write_csv(pyarrow.csv.read_csv(made), out)
    else:
        pq.write_table(pq.read_table(made), out, compression="zstd", compression_level=1)


def compared(rows: int, jobs: Sequence[int], repeats: int, folder: Path,
             suffixes: Sequence[str] = ("csv", "parquet")) -> dict[str, list[Measured]]:
    """The same table by the bare scripts and by computeest, one after the other in each round.

    polars has as many threads as computeest has processes; pandas has one.
    """
    table, resolved = generated.write(folder / "models.csv", rows), lookups(folder / "lookups.json")
    polars = str(Path(__file__).with_name("polars_floor.py"))
    found: dict[str, list[Measured]] = {}
    for _ in range(repeats):
        for suffix in suffixes:
            out = folder / f"out.{suffix}"
            scripts = {floor_of(count): [polars, table, resolved, folder / f"floor.{suffix}", str(count)]
                       for count in jobs}
            scripts["pandas"] = [__file__, "--bare", table, resolved, folder / f"bare.{suffix}"]
            for name, script in scripts.items():
                for floor in ("floor", "bare"):  # to replace a file takes longer than to write one
                    (folder / f"{floor}.{suffix}").unlink(missing_ok=True)
                found.setdefault(f"CSV to {suffix}, {name}", []).append(measured([sys.executable, *script]))
            for count, more in itertools.product(jobs, kinds()):
                name = " ".join((f"CSV to {suffix}, computeest --jobs {count}", *more))
                found.setdefault(name, []).append(annotate(table, out, "--jobs", str(count), *more))
            annotate(table, out)
            (folder / f"again.{suffix}").unlink(missing_ok=True)
            found.setdefault(f"CSV to {suffix}, Arrow alone on the same bytes", []).append(
                measured([sys.executable, __file__, "--again", table, out, folder / f"again.{suffix}"]))
    return found


def kinds() -> list[tuple[str, ...]]:
    """The options of each kind of record that this version writes."""
    try:
        from computeest.records import wanted
    except ImportError:  # a version before there were several
        return [()]
    return [(), *(("--records", kind) for kind in wanted.KINDS[1:])]


def floor_of(threads: int) -> str:
    """What polars with so many threads is called."""
    return f"polars with {threads} thread{'s' * (threads > 1)}"


def against_others(rows: int, jobs: int, repeats: int, folder: Path) -> None:
    found = compared(rows, (jobs,), repeats, folder)
    print(f"{rows:,} rows, {(folder / 'models.csv').stat().st_size / 1e6:.0f} MB; the fastest of {repeats}")
    fastest = {name: min(runs, key=lambda m: m.seconds) for name, runs in found.items()}
    for name, best in fastest.items():
        floor = fastest[f"{name.partition(',')[0]}, {floor_of(jobs)}"].seconds
        print(f"{name:32} {best.seconds:7.2f} s {best.memory:6.0f} MB {best.seconds / floor:6.2f}x polars", flush=True)


def scale(sizes: Sequence[int], jobs: int, plot: str, folder: Path) -> None:
    import numpy as np

    seconds, memory = [], []
    for rows in sizes:
        table = generated.write(folder / "models.csv", rows)
        found = annotate(table, folder / "out.parquet", "--jobs", str(jobs))
        (folder / "out.parquet").unlink()
        seconds.append(found.seconds)
        memory.append(found.memory)
        print(f"{rows:>12,} rows: {found.seconds:8.1f} s, {found.memory:6.0f} MB", flush=True)
    slope, fixed = np.polyfit(np.array(sizes, dtype=float), seconds, 1, w=1 / np.array(seconds))
    print(f"fit: {fixed:.1f} s + {slope * 1e6:.2f} s per million rows")
    if plot:
        draw(sizes, seconds, memory, plot)


def draw(sizes: Sequence[int], seconds: Sequence[float], memory: Sequence[float], out: str) -> None:
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "computeest"
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    left.loglog(sizes, seconds, "o-", color="tab:blue", label="measured")
    left.loglog(sizes, [seconds[-1] * rows / sizes[-1] for rows in sizes], "--", color="grey", label="in proportion")
    left.set(xlabel="rows", ylabel="seconds, CSV to Parquet")
    left.legend()
    right.semilogx(sizes, memory, "o-", color="tab:red")
    right.set(xlabel="rows", ylabel="peak memory, MB", ylim=(0, 1.2 * max(memory)))
    figure.savefig(out, metadata={"Date": None} if out.endswith(".svg") else None)


#: Workers that keep memory of themselves, which others do for our pieces alone; see docs/scaling.md.
KEEPING = {"MALLOC_TRIM_THRESHOLD_": str(1 << 27), "MALLOC_MMAP_THRESHOLD_": str(1 << 25)}


def against_dask(rows: int, repeats: int, folder: Path) -> None:
    """One and two workers that read parts and write parts, with what Dask sets and with what it should."""
    import pyarrow.csv
    import pyarrow.parquet as pq

    table = pyarrow.csv.read_csv(generated.write(folder / "models.csv", rows))
    for name, most in (("parts", rows), ("few", 8 * 65_536)):
        (folder / name).mkdir()
        for number, start in enumerate(range(0, most, 65_536)):
            pq.write_table(table.slice(start, 65_536), folder / name / f"{number:04d}.parquet")
    alone = annotate(folder / "parts", folder / "one.parquet")
    pool = annotate(folder / "parts", folder / "pool.parquet", "--jobs", "2")
    print(f"{rows:,} rows, Parquet to Parquet: one process {alone.seconds:.1f} s, --jobs 2 {pool.seconds:.1f} s")
    for said, environment in (("as it is", {}), ("keeping memory", KEEPING)):
        seconds: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(repeats):
            for workers in seconds:  # in turns, a cluster of its own each
                seconds[workers].append(_by_workers(workers, environment, folder))
        one, two = (statistics.median(taken) for taken in seconds.values())
        print(f"Dask {said}: one worker {one:.1f} s, two {two:.1f} s, {one / two:.2f}x (medians of {repeats})")
    same = pq.read_table(folder / "one.parquet").equals(pq.read_table(folder / "dask"))
    print("the same rows" if same else "THE ROWS DIFFER")


def _by_workers(workers: int, environment: Mapping[str, str], folder: Path) -> float:
    """Seconds for a directory of parts to another, by so many workers that have done some before."""
    from distributed import LocalCluster

    with (mock.patch.dict(os.environ, environment),
          LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster):
        for name in ("few", "parts"):
            shutil.rmtree(folder / "dask", ignore_errors=True)
            taken = annotate(folder / name, f"{folder / 'dask'}/", "--dask", str(cluster.scheduler_address))
    return taken.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=1_000_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--scale", default="", help="sizes, separated by commas")
    parser.add_argument("--plot", default="")
    parser.add_argument("--dask", action="store_true")
    parser.add_argument("--bare", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--again", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.again:
        again(*chosen.again)
        return
    if chosen.bare:
        bare(*chosen.bare)
        return
    with tempfile.TemporaryDirectory(prefix="annotate-") as name:
        folder = Path(name)
        if chosen.scale:
            scale([int(float(size)) for size in chosen.scale.split(",")], chosen.jobs, chosen.plot, folder)
        elif chosen.dask:
            against_dask(chosen.rows, chosen.repeats, folder)
        else:
            against_others(chosen.rows, chosen.jobs, chosen.repeats, folder)


if __name__ == "__main__":
    main()
