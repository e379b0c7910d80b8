"""A Dask cluster does what one process does, and loses nothing with a worker."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from annotating import annotated, generated

from computeest.pipeline import Options
from computeest.problems import InputError, UsageError
from computeest.tables.cluster import shares
from computeest.tables.format import Annotated
from computeest.tables.inputs import source
from computeest.tables.parquet import Dataset
from computeest.tables.source import Piece
from computeest.text.files import OutputError

pytest.importorskip("distributed", reason="Dask is not installed: pip install 'computeest[dask]'")

pytestmark = [pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX has them"),
              # the client's own connections are closed by its thread, some after the test
              pytest.mark.filterwarnings("ignore::ResourceWarning"),
              pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


class Cluster:
    """A scheduler and two workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        self.processes = [self._start("scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1")]
        self.address = self._address()
        for _ in range(2):
            self.add_worker()

    def _start(self, role: str, *arguments: str) -> subprocess.Popen[bytes]:
        more = ("--scheduler-file", str(self._file)) if role == "scheduler" else ()
        log = (self._folder / f"{role}.log").open("ab")
        with log:
            command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *arguments, *more]
            return subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder)

    def _address(self) -> str:
        for _ in range(600):
            if self._file.exists() and self._file.read_text():
                return str(json.loads(self._file.read_text())["address"])
            time.sleep(0.05)
        raise RuntimeError("the scheduler did not start")

    def add_worker(self) -> None:
        self.processes.append(self._start("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                                          "--local-directory", str(self._folder)))

    def kill_worker(self) -> None:
        """As the machine would take it: at once."""
        self.processes[1].send_signal(signal.SIGKILL)
        self.processes[1].wait()

    def close(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    running = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table as a directory of Parquet files."""
    folder = tmp_path_factory.mktemp("dask")
    table = pyarrow.csv.read_csv(generated(folder / "t.csv", 6000))
    (folder / "parts").mkdir()
    for number in range(6):
        pq.write_table(table.slice(number * 1000, 1000), folder / "parts" / f"{number}.parquet")
    return folder / "parts"


@pytest.fixture(scope="module")
def expected(parts: Path) -> bytes:
    annotated(parts, parts.parent / "one.csv", chunk=250)
    return (parts.parent / "one.csv").read_bytes()


def test_a_cluster_writes_what_one_process_writes(cluster: Cluster, parts: Path, expected: bytes,
                                                  tmp_path: Path) -> None:
    annotated(parts, tmp_path / "out.csv", cluster=cluster.address, chunk=250)
    assert (tmp_path / "out.csv").read_bytes() == expected


def test_a_url_in_and_a_dataset_out(cluster: Cluster, parts: Path, tmp_path: Path) -> None:
    annotated(f"file://{parts}", f"{tmp_path}/out/", cluster=cluster.address)
    one = pd.read_csv(parts.parent / "one.csv") if (parts.parent / "one.csv").exists() else None
    found = pd.read_parquet(tmp_path / "out")
    assert len(list((tmp_path / "out").iterdir())) == 6
    assert len(found) == 6000
    assert one is None or found["flop"].to_numpy() == pytest.approx(one["flop"].to_numpy(), rel=1e-12, nan_ok=True)


def test_tasks_are_of_several_pieces_and_at_the_end_of_one() -> None:
    for count, threads in ((40, 2), (41, 3), (3, 1), (1, 8), (0, 2)):
        pieces = [Piece(number, None, (number + 1) / count) for number in range(count)]
        tasks = list(shares(pieces, threads, 4))
        assert [piece for task in tasks for piece in task] == pieces
        sizes = [len(task) for task in tasks]
        assert sizes == sorted(sizes, reverse=True)
        assert sizes[-1:] == [1] * bool(count)
        assert max(sizes, default=0) == (4 if count >= 40 else min(1, count))
        assert [len(task) for task in shares(pieces, threads, 1)] == [1] * count


@pytest.mark.parametrize("done", [0.0, float("nan")])
def test_where_nobody_knows_how_many_are_left_tasks_are_of_several_or_of_one(done: float) -> None:
    pieces = [Piece(number, None, done) for number in range(10)]
    tasks = list(shares(pieces, 2, 4))
    assert [piece for task in tasks for piece in task] == pieces


def test_what_is_wrong_with_a_piece_of_a_task_takes_nothing_from_those_before(cluster: Cluster, tmp_path: Path) -> None:
    """The third of its task."""
    (tmp_path / "parts").mkdir()
    for number in range(40):
        name = "model" if number != 10 else "modell"
        pq.write_table(pa.table({name: ["a"], "tokens": ["1e9"]}), tmp_path / "parts" / f"{number:02d}.parquet")
    with pytest.raises(InputError, match="model"):
        annotated(tmp_path / "parts", f"{tmp_path}/out/", cluster=cluster.address)
    log = (tmp_path / ".out.annotate" / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["number"] for line in log] == list(range(10))
    assert not (tmp_path / "out").exists()
    (tmp_path / "parts" / "10.parquet").unlink()
    annotated(tmp_path / "parts", f"{tmp_path}/out/", cluster=cluster.address)
    assert len(pq.read_table(tmp_path / "out")) == 39


def test_what_a_worker_still_writes_of_a_run_that_failed_is_in_no_other(tmp_path: Path) -> None:
    """A worker ends the piece that it is at, whoever has gone meanwhile."""
    pq.write_table(pa.table({"model": ["a"], "parameters": ["1e9"], "tokens": ["1e9"]}), tmp_path / "in.parquet")
    work_folder = tmp_path / ".out.annotate"
    places: list[Path] = []
    original = Dataset.encoded

    def failing(form: Dataset, rows: Annotated, number: int) -> bytes:
        places.append(Path(form.folder))
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Dataset, "encoded", failing)
        with pytest.raises(OutputError):
            annotated(tmp_path / "in.parquet", f"{tmp_path}/out/")
    assert places[0].parent == work_folder

    def with_one_of_before(form: Dataset, rows: Annotated, number: int) -> bytes:
        (places[0] / "part-000001.parquet").parent.mkdir(exist_ok=True)
        (places[0] / "part-000001.parquet").write_bytes(b"of before")
        return original(form, rows, number)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Dataset, "encoded", with_one_of_before)
        annotated(tmp_path / "in.parquet", f"{tmp_path}/out/", options=Options.of(assume={"utilization": "0.4"}))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["part-000000.parquet"]
    assert not work_folder.exists()


def test_a_lost_worker_loses_nothing(cluster: Cluster, parts: Path, expected: bytes, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    log = tmp_path / ".out.csv.annotate" / "log.jsonl"
    at: list[int] = []

    def kill() -> None:
        for _ in range(2000):
            if log.exists() and log.read_text().count("\n") >= 4:
                break
            time.sleep(0.005)
        at.append(log.read_text().count("\n") if log.exists() else -1)
        cluster.kill_worker()

    killer = threading.Thread(target=kill)
    killer.start()
    annotated(parts, out, cluster=cluster.address, chunk=250)
    killer.join()
    assert 4 <= at[0] < 24, "the worker was killed in the middle"
    assert out.read_bytes() == expected


def test_no_scheduler_is_one_error(parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    def unanswered(*_: object, **__: object) -> None:
        raise OSError("timed out")

    monkeypatch.setattr(distributed.Client, "__init__", unanswered)
    with pytest.raises(UsageError, match="no Dask scheduler answers at 'tcp:"):
        annotated(parts, tmp_path / "out.csv", cluster="tcp://127.0.0.1:1")


@pytest.mark.parametrize("address", ["nowhere", "tls://127.0.0.1:1", "http://nowhere:8786", "inproc://x"])
def test_an_address_that_is_none_is_one_line(address: str, parts: Path, tmp_path: Path) -> None:
    """Nothing is said, or waited for, by what Dask had begun; TLS is refused where nobody gave certificates."""
    ran = subprocess.run([sys.executable, "-m", "computeest", "annotate", str(parts), "-o", str(tmp_path / "out.csv"),
                          "--quiet", "--dask", address], capture_output=True, text=True, timeout=120, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"no Dask scheduler answers at '{address}': ")
    assert "Traceback" not in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_urls_are_read_where_fsspec_is(parts: Path) -> None:
    found = source(f"file://{parts}")
    assert sum(found.read(piece).table.num_rows for piece in found.pieces()) == 6000


def test_an_object_store_in_and_out(parts: Path, tmp_path: Path) -> None:
    """fsspec's memory stands for the cloud: files are read where they lie, and each part is written whole."""
    import fsspec

    store = fsspec.filesystem("memory")
    for number, part in enumerate(sorted(parts.iterdir())[:2]):
        store.pipe_file(f"/models/{number}.parquet", part.read_bytes())
    annotated("memory://models", "memory://annotated/")
    annotated("memory://models", tmp_path / "out.parquet")
    written = sorted(store.ls("/annotated", detail=False))
    assert [name.rpartition("/")[2] for name in written] == ["part-000000.parquet", "part-000001.parquet"]
    found = pa.concat_tables([pq.read_table(pa.BufferReader(store.cat_file(name))) for name in written])
    assert found.equals(pq.read_table(tmp_path / "out.parquet"))
