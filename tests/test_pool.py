"""Several processes at one table: copies of the main one where it has one thread, and what must not be copied."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from annotating import annotated, generated

from computeest.tables import pool, work_directory

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="copies are made on Linux alone")

#: One table annotated by two processes, in a program of one thread that may change something before.
PROGRAM = """
import os, signal, sys, threading, time
from computeest.pipeline import Options
from computeest.tables import pool, processes, workers
from computeest.tables.runner import Request, run

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it starts in the background ignore it
table, out, chunk = sys.argv[1:]
{before}
run(Request(table, out, Options(), jobs=2, chunk=int(chunk), resume=True), lambda rows, part: None, lambda text: None)
"""
KIND = """
def said(context=pool.context):
    found = context()
    print(found.get_start_method())
    return found
pool.context = said
"""
SLOW = "tried = pool.tried\npool.tried = lambda work, piece: (time.sleep(0.2), tried(work, piece))[1]\n"
THREAD = "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
ENVIRONMENT = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}


def work_folder(out: Path) -> Path:
    return out.parent / f".{out.name}.annotate"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return generated(tmp_path / "t.csv", 1000)


def started(table: Path, out: Path, before: str, chunk: int = 50) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM.format(before=before), table, out, str(chunk)],
                            env=ENVIRONMENT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            start_new_session=True)


def workers_of(process: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def until_two_work(process: subprocess.Popen[str]) -> list[int]:
    for _ in range(1000):
        if len(found := workers_of(process.pid)) == 2:
            return found
        time.sleep(0.01)
    raise AssertionError("no workers")


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def until_gone(pids: list[int]) -> None:
    for _ in range(500):
        if all(map(gone, pids)):
            return
        time.sleep(0.01)
    raise AssertionError("workers outlive what they work for")


@pytest.mark.parametrize(("before", "kind"), [("", "fork"), (THREAD, "forkserver")])
def test_a_process_is_copied_where_it_has_one_thread(table: Path, tmp_path: Path, before: str, kind: str) -> None:
    whole, out = tmp_path / "whole.parquet", tmp_path / "out.parquet"
    annotated(table, whole, chunk=50)
    process = started(table, out, KIND + before)
    said, wrong = process.communicate(timeout=60)
    assert said.split() == [kind], wrong
    assert out.read_bytes() == whole.read_bytes()


def test_one_piece_is_not_shared(table: Path, tmp_path: Path) -> None:
    process = started(table, tmp_path / "out.csv", KIND, chunk=1000)
    said, wrong = process.communicate(timeout=60)
    assert (said, wrong) == ("", "")
    assert (tmp_path / "out.csv").exists()


def test_no_worker_holds_the_lock_of_a_killed_process(table: Path, tmp_path: Path) -> None:
    """As soon as it is dead, another may go on, whatever the workers still do."""
    out = tmp_path / "out.csv"
    process = started(table, out, SLOW + "pool._end_with = lambda parent: time.sleep(60)\n")
    left = until_two_work(process)
    time.sleep(0.1)
    process.kill()
    process.wait()
    try:
        with work_directory.opened(out):
            assert not any(map(gone, left))
    finally:
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        process.communicate(timeout=30)


@pytest.mark.parametrize("ended", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_what_they_work_for_and_nothing_is_lost(table: Path, tmp_path: Path, ended: int) -> None:
    whole, out = tmp_path / "whole.csv", tmp_path / "out.csv"
    annotated(table, whole, chunk=50)
    process = started(table, out, SLOW)
    left = until_two_work(process)
    if ended == signal.SIGINT:
        os.killpg(process.pid, ended)  # as a terminal does
    else:
        process.send_signal(ended)
    _, said = process.communicate(timeout=30)
    until_gone(left)
    assert said.count("Traceback") == (ended == signal.SIGINT)  # this program's own
    assert process.returncode == -ended
    assert work_folder(out).exists()
    ran = started(table, out, "")
    assert ran.communicate(timeout=60) == ("", "")
    assert out.read_bytes() == whole.read_bytes()
    assert not work_folder(out).exists()


def test_a_worker_that_dies_is_one_error(table: Path, tmp_path: Path) -> None:
    dies = "pool._one = lambda work, folder, piece: os._exit(9)\n"
    process = started(table, tmp_path / "out.csv", "sys.tracebacklimit = 0\n" + dies)
    _, said = process.communicate(timeout=60)
    assert said.splitlines()[-1].endswith("a worker process died, perhaps for lack of memory; --resume continues")


def test_what_keeps_a_worker_from_writing_is_said_here(table: Path, tmp_path: Path) -> None:
    full = "def full(work, piece):\n    raise OSError(28, 'No space left on device')\npool.tried = full\n"
    process = started(table, tmp_path / "out.csv", "sys.tracebacklimit = 0\n" + full)
    _, said = process.communicate(timeout=60)
    assert "out.csv: cannot be written: no space left on device" in said.splitlines()[-1]


READS = """
import os, sys
from computeest.tables import parquet
opened = parquet.Parquet(sys.argv[1], 10)
opened.read(next(opened.pieces()))
print(parquet._here.batches.cache_info().currsize, flush=True)
if os.fork() == 0:
    print(parquet._here.batches.cache_info().currsize, flush=True)
    os._exit(0)
os.wait()
"""


def test_a_copy_does_not_read_on_in_an_open_file(tmp_path: Path) -> None:
    """Where a file stands is shared by all that have it open."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"model": [f"m{i}" for i in range(100)]}), tmp_path / "t.parquet")
    ran = subprocess.run([sys.executable, "-c", READS, tmp_path / "t.parquet"], env=ENVIRONMENT, capture_output=True,
                         text=True, check=False)
    assert ran.stdout.split() == ["1", "0"], ran.stderr


def test_threads_read_a_row_group_each_by_itself(tmp_path: Path) -> None:
    """A worker of a Dask cluster has several."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from computeest.tables import parquet

    pq.write_table(pa.table({"tokens": range(20_000)}), tmp_path / "t.parquet")
    source = parquet.Parquet(str(tmp_path / "t.parquet"), 100)
    pieces = list(source.pieces())
    with ThreadPoolExecutor(4) as threads:
        read = [found.table.column("tokens").to_pylist() for found in threads.map(source.read, pieces)]
    assert read == [list(range(at, at + 100)) for at in range(0, 20_000, 100)]


def test_ctrl_c_while_it_is_put_off_leaves_it_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that came just before is raised by the very call that puts off those to come."""
    own = signal.pthread_sigmask

    def interrupted(how: int, mask: Iterable[int]) -> set[int]:
        before = own(how, mask)
        if how == signal.SIG_BLOCK and mask:
            raise KeyboardInterrupt
        return before

    monkeypatch.setattr(signal, "pthread_sigmask", interrupted)
    before = own(signal.SIG_BLOCK, ())
    try:
        with pytest.raises(KeyboardInterrupt), pool._undisturbed():
            pass
        assert own(signal.SIG_BLOCK, ()) == before
    finally:
        own(signal.SIG_SETMASK, before)


def test_a_process_that_may_have_none_of_its_own_annotates_alone(
        table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such are those of multiprocessing.Pool, and Dask's."""
    annotated(table, tmp_path / "whole.csv", chunk=50)
    monkeypatch.setitem(vars(multiprocessing.current_process())["_config"], "daemon", value=True)
    annotated(table, tmp_path / "out.csv", chunk=50, jobs=2)
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
