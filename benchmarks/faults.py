"""`make faults`: whatever happens to a long run, its answer is the same bytes in the end, and nothing is left behind.

    python benchmarks/faults.py [--count 200] [--seed 0] [--rows 1200] [--kinds kill,full,...]

Each fault is one run of `annotate` in a process of its own, ended or hindered at a random moment, then resumed. Every
kind of fault meets every format before any meets it again, in an order that the seed draws.
Children share this process's imports, so that hardly any is hindered before it begins.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import generated  # noqa: E402
import pandas  # noqa: E402, F401  imported here once, for all children

from computeest.pipeline import Options  # noqa: E402
from computeest.problems import InputError  # noqa: E402
from computeest.tables import base_model_pass, outputs, sqlite, workbook, workers  # noqa: E402, F401  likewise
from computeest.tables.runner import Request, run  # noqa: E402
from computeest.text.files import OutputError  # noqa: E402

FORMATS = ("csv", "tsv", "jsonl", "csv.gz", "jsonl.zst", "parquet", "xlsx", "db")
CHUNK = 100
#: How a child says how it ended: done, refused in words, or anything else, which is a fault of ours.
DONE, REFUSED, BROKEN = 0, 3, 4


def annotate(table: Path, out: Path, resume: bool = True, jobs: int = 1) -> None:
    """One run, in this process."""
    run(Request(str(table), str(out), Options(), resume=resume, jobs=jobs, chunk=CHUNK), lambda rows, part: None,
        lambda text: None)


def child(work: Callable[[], None]) -> int:
    """A process of its own that does the work, and says how it ended by its exit code."""
    process = os.fork()
    if process:
        return process
    try:
        work()
        code = DONE
    except (OutputError, InputError):
        code = REFUSED
    except KeyboardInterrupt:
        code = 130
    except BaseException:
        import traceback

        traceback.print_exc()
        code = BROKEN
    os._exit(code)


def ended(process: int) -> int:
    """How a child ended: its exit code, or the signal as a negative number."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


class Trial:
    """One output, and what is done to the run that writes it."""

    def __init__(self, chance: Random, folder: Path, form: str, table: Path, lasts: float) -> None:
        self.chance, self.folder, self.table, self.lasts = chance, folder, table, lasts
        self.out = folder / f"out.{form}"

    def moment(self) -> None:
        """Wait until some moment of a run."""
        time.sleep(self.chance.uniform(0.0, 1.1) * self.lasts)

    def signalled(self, which: int, expected: tuple[int, ...]) -> str:
        """A run that gets a signal at some moment."""
        process = child(lambda: annotate(self.table, self.out))
        self.moment()
        os.kill(process, which)
        code = ended(process)
        return "" if code in (DONE, -which, *expected) else f"ends with {code}"

    def kill(self) -> str:
        """kill -9."""
        return self.signalled(signal.SIGKILL, ())

    def interrupt(self) -> str:
        """Ctrl-C."""
        return self.signalled(signal.SIGINT, (130,))

    def terminate(self) -> str:
        """What a scheduler sends."""
        return self.signalled(signal.SIGTERM, ())

    def full(self) -> str:
        """A disk that fills: no file may grow beyond some size."""
        room = self.chance.randint(1, 400_000)

        def work() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
            annotate(self.table, self.out)

        code = ended(child(work))
        return "" if code in (DONE, REFUSED) else f"ends with {code}"

    def read_only(self) -> str:
        """A folder in which nothing can be written, for who may not write everywhere."""
        self.folder.chmod(0o500)

        def work() -> None:
            if os.getuid() == 0:
                os.setuid(65534)
            annotate(self.table, self.out)

        code = ended(child(work))
        self.folder.chmod(0o700)
        return "" if code == REFUSED else f"ends with {code}"

    def two_writers(self) -> str:
        """A second process at the same output."""
        first = child(lambda: annotate(self.table, self.out))
        self.moment()
        second = ended(child(lambda: annotate(self.table, self.out)))
        codes = (ended(first), second)
        return "" if set(codes) <= {DONE, REFUSED} and DONE in codes else f"end with {codes}"

    def changed(self) -> str:
        """An input that is another while it is read: a resumed run refuses what was begun with the one before."""
        moved = self.folder / "changing.csv"
        text = self.table.read_bytes()
        moved.write_bytes(text)
        process = child(lambda: annotate(moved, self.out))
        self.moment()
        moved.write_bytes(text[:len(text) // 2])
        code = ended(process)
        moved.unlink()
        return "" if code in (DONE, REFUSED) else f"ends with {code}"

    def pipe(self) -> str:
        """A reader of standard output that goes away."""
        process = subprocess.Popen([sys.executable, "-m", "computeest", "annotate", str(self.table), "--chunk",
                                    str(CHUNK), "-q"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(self.chance.randint(1, 5000))
        process.stdout.close()
        said = process.stderr.read()
        process.wait()
        fine = process.returncode in (0, 1) and b"Traceback" not in said
        return "" if fine else f"ends with {process.returncode}: {said[-300:]!r}"

    def worker_killed(self) -> str:
        """One of two worker processes dies."""
        process = child(lambda: annotate(self.table, self.out, jobs=2))
        time.sleep(self.chance.uniform(0.3, 1.5) * self.lasts)
        for below in children(process):
            with suppress(OSError):
                os.kill(below, signal.SIGKILL)
                break
        code = ended(process)
        return "" if code in (DONE, REFUSED) else f"ends with {code}"


def children(process: int) -> list[int]:
    """Processes that a process and its own started."""
    found, waiting = [], [process]
    while waiting:
        some = waiting.pop()
        with suppress(OSError):
            below = [int(word) for word in Path(f"/proc/{some}/task/{some}/children").read_text().split()]
            found += below
            waiting += below
    return list(reversed(found))


def dask_worker_lost(chance: Random, out: Path, table: Path) -> str:
    """A worker of a Dask cluster lost while the rest goes on."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
        process = child(lambda: run(Request(str(table), str(out), Options(), resume=True, chunk=CHUNK,
                                            cluster=cluster.scheduler_address),
                                    lambda rows, part: None, lambda text: None))
        time.sleep(chance.uniform(0.5, 3))
        below = children(os.getpid())
        victims = [pid for pid in below if pid != process
                   and b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        if victims:
            with suppress(OSError):
                os.kill(chance.choice(victims), signal.SIGKILL)
        code = ended(process)
    return "" if code in (DONE, REFUSED) else f"ends with {code}"


KINDS = ("kill", "interrupt", "terminate", "full", "read_only", "two_writers", "changed", "pipe", "worker_killed")
#: What a reader that goes away reads is standard output, of which there is one format.
OF_ONE_FORMAT = ("pipe",)


def pairs(kinds: Sequence[str], count: int, chance: Random) -> list[tuple[str, str]]:
    """So many faults: every kind with every format that it can have before any comes again, in a drawn order."""
    every = [(kind, form) for kind in kinds for form in (FORMATS[:1] if kind in OF_ONE_FORMAT else FORMATS)]
    found: list[tuple[str, str]] = []
    while len(found) < count and every:
        found += chance.sample(every, len(every))
    return found[:count]


def faulted(number: int, kind: str, form: str, chance: Random, root: Path, table: Path,
            lasts: float) -> tuple[Path, str]:
    """One fault in a folder of its own: the output, and what was wrong with how the run ended."""
    folder = root / f"trial-{number}"
    folder.mkdir()
    if kind == "dask_worker_lost":
        return folder / f"out.{form}", dask_worker_lost(chance, folder / f"out.{form}", table)
    trial = Trial(chance, folder, form, table, lasts)
    return trial.out, getattr(trial, kind)()


def resumed(out: Path, table: Path, whole: bytes, resume: bool) -> str:
    """What is wrong with the output once the run is resumed."""
    left = {path.name for path in out.parent.iterdir()} - {out.name, f".{out.name}.annotate"}
    try:
        annotate(table, out, resume=resume)
    except (OutputError, InputError) as error:
        return f"cannot be resumed: {error}"
    left |= {path.name for path in out.parent.iterdir()} - {out.name}
    return "not the same bytes" if out.read_bytes() != whole else f"leaves {sorted(left)}" if left else ""


def main() -> int:
    """Inject faults, and say how it went."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rows", type=int, default=1200)
    parser.add_argument("--kinds", default="")
    parser.add_argument("--dask", type=int, default=len(FORMATS), help="workers of a cluster that are lost")
    parser.add_argument("--report", type=Path)
    asked = parser.parse_args()
    chance = Random(asked.seed)
    kinds = tuple(asked.kinds.split(",")) if asked.kinds else KINDS
    counts: Counter[str] = Counter()
    formats: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="faults-") as temporary:
        root = Path(temporary)
        root.chmod(0o755)
        table = generated.write(root / "models.csv", asked.rows)
        whole, started = {}, time.monotonic()
        for form in FORMATS:
            annotate(table, root / f"whole.{form}", resume=False)
            whole[form] = (root / f"whole.{form}").read_bytes()
        lasts = (time.monotonic() - started) / len(FORMATS)
        drawn = [*pairs(kinds, asked.count, chance), *pairs(("dask_worker_lost",), asked.dask, chance)]
        for number, (kind, form) in enumerate(drawn):
            out, fault = faulted(number, kind, form, chance, root, table, lasts)
            counts[kind] += 1
            formats[form] += 1
            fault = fault or resumed(out, table, whole[form], kind != "changed")
            if fault:
                wrong.append(f"{number}: {kind}, {form}: {fault}")
                sys.stdout.write(f"{wrong[-1]}\n")
            shutil.rmtree(out.parent)
    total = sum(counts.values())
    each = ", ".join(f"{count} {name}" for counted in (counts, formats) for name, count in sorted(counted.items()))
    sys.stdout.write(f"seed {asked.seed}: {total} faults ({each}): {total - len(wrong)} resumed byte-identical, "
                     f"nothing left behind; {len(wrong)} not\n")
    if asked.report:
        report = {"seed": asked.seed, "counts": counts, "formats": formats, "wrong": wrong}
        asked.report.write_text(json.dumps(report, indent=1), "utf-8")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
