"""What long work must survive: being killed, a full disk, a second process at the same output."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from annotating import annotated, generated, read

from computeest.pipeline import Options
from computeest.tables import runner, work_directory
from computeest.tables.annotator import Done
from computeest.tables.inputs import source
from computeest.tables.summary import Summary
from computeest.text.files import OutputError

HERE = Path(__file__).parent
posix = pytest.mark.skipif(sys.platform == "win32", reason="kills and limits as POSIX has them")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("faults") / "models.csv", 8000)


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "computeest", *map(str, arguments)]


def work_folder(out: Path) -> Path:
    return out.parent / f".{out.name}.annotate"


@posix
@pytest.mark.parametrize(("suffix", "kills", "jobs"), [("csv", 12, 1), ("parquet", 6, 1), ("csv", 2, 2)])
def test_kills_at_random_moments_lose_nothing(table: Path, tmp_path: Path, suffix: str, kills: int, jobs: int) -> None:
    whole, out = tmp_path / f"whole.{suffix}", tmp_path / f"out.{suffix}"
    annotated(table, whole, chunk=200)
    ran = subprocess.run([sys.executable, HERE / "killed.py", table, out, str(kills), str(jobs), "7"],
                         capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) == kills
    assert out.read_bytes() == whole.read_bytes()
    assert not work_folder(out).exists()


class Stopped(BaseException):
    """What stands for a process that ends in the middle."""


def interrupted(table: Path, out: Path, pieces: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that ends when so many pieces are done."""
    add = work_directory.Place.add

    def stopping(self: work_directory.Place, done: Done) -> None:
        if done.number == pieces:
            raise Stopped
        add(self, done)

    with monkeypatch.context() as patch:
        patch.setattr(work_directory.Place, "add", stopping)
        with pytest.raises(Stopped):
            annotated(table, out, chunk=200)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "xlsx", "db", "csv.gz"])
def test_resuming_gives_the_bytes_of_an_uninterrupted_run(tmp_path: Path, suffix: str,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    small = generated(tmp_path / "small.csv", 900)
    whole, out = tmp_path / f"whole.{suffix}", tmp_path / f"out.{suffix}"
    expected = annotated(small, whole, chunk=200)
    interrupted(small, out, 3, monkeypatch)
    assert not out.exists()
    assert work_folder(out).exists()
    done: list[int] = []
    patch_annotate = runner.Work.annotate

    def counting(self: runner.Work, piece: runner.Piece) -> Done:
        done.append(piece.number)
        return patch_annotate(self, piece)

    monkeypatch.setattr(runner.Work, "annotate", counting)
    summary = annotated(small, out, chunk=200, resume=True)
    assert done == [3, 4], "what was done before is not done again"
    assert out.read_bytes() == whole.read_bytes()
    assert summary.lines() == expected.lines()


def test_a_half_written_piece_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = generated(tmp_path / "small.csv", 900)
    whole, out = tmp_path / "whole.csv", tmp_path / "out.csv"
    annotated(small, whole, chunk=200)
    interrupted(small, out, 3, monkeypatch)
    folder = work_folder(out)
    with (folder / "pieces").open("ab") as pieces:
        pieces.write(b"half a pie")
    with (folder / "log.jsonl").open("a") as log:
        log.write('{"number": 3, "en')
    annotated(small, out, chunk=200, resume=True)
    assert out.read_bytes() == whole.read_bytes()


def test_resume_refuses_what_was_begun_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small, out = generated(tmp_path / "small.csv", 900), tmp_path / "out.csv"
    interrupted(small, out, 2, monkeypatch)
    with pytest.raises(OutputError, match="cannot resume: the options changed"):
        annotated(small, out, chunk=200, resume=True, options=Options(assume=(("utilization", "0.4"),)))
    small.write_text(small.read_text().replace("Model 7,", "Model seven,"))
    with pytest.raises(OutputError, match="cannot resume: the input changed"):
        annotated(small, out, chunk=200, resume=True)
    said: list[str] = []
    runner.run(runner.Request(str(small), str(out), Options()), lambda rows, part: None, said.append)
    assert said == ["an earlier run of this was not finished; --resume would have gone on with it: "
                    "starting from the first row"]
    assert len(read(out)) == 900


LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.argv = ["computeest", *sys.argv[2:]]
runpy.run_module("computeest", run_name="__main__")
"""


@posix
@pytest.mark.parametrize("suffix", ["csv", "parquet", "db"])
def test_a_disk_that_fills_is_one_error_and_nothing_half_written(table: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out.{suffix}"
    out.write_text("what was there before")
    arguments = ["annotate", table, "-o", out, "--chunk", "1000", "--quiet"]
    ran = subprocess.run([sys.executable, "-c", LIMITED, "600000", *map(str, arguments)], capture_output=True,
                         text=True, check=False, timeout=60)
    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1, ran.stderr
    assert f"{out}: cannot be written: " in ran.stderr
    assert out.read_text() == "what was there before"


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_device_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("model,parameters,tokens\nA,1e9,2e10\n")
    ran = subprocess.run(command("annotate", tmp_path / "t.csv", "-o", "/dev/full", "--format", "csv", "--quiet"),
                         capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
    assert (ran.returncode, len(ran.stderr.splitlines())) == (1, 1), ran.stderr
    assert "cannot be written: no space left on device" in ran.stderr
    assert Path("/dev/full").is_char_device()


def test_two_processes_cannot_write_one_output(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    with work_directory.opened(out):
        ran = subprocess.run(command("annotate", table, "-o", out), capture_output=True, text=True, check=False,
                             timeout=60)
        assert ran.returncode == 1
        assert ran.stderr.strip() == f"{out}: another process (process {os.getpid()}) is writing it"
    assert not out.exists()
    annotated(table, out)
    assert len(read(out)) == 8000


def test_the_lock_of_a_dead_process_is_taken_over(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    work_folder(out).mkdir()
    (work_folder(out) / "lock").write_text("process 1")
    annotated(table, out)
    assert len(read(out)) == 8000


@posix
def test_ctrl_c_ends_it_and_resume_goes_on(table: Path, tmp_path: Path) -> None:
    import signal
    import time

    whole, out = tmp_path / "whole.csv", tmp_path / "out.csv"
    annotated(table, whole, chunk=50)
    process = subprocess.Popen(command("annotate", table, "-o", out, "--chunk", "50"), stderr=subprocess.PIPE,
                               text=True)
    log = work_folder(out) / "log.jsonl"
    for _ in range(600):
        if log.exists() and log.stat().st_size:
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in said
    annotated(table, out, chunk=50, resume=True)
    assert out.read_bytes() == whole.read_bytes()


@posix
def test_no_ctrl_c_is_lost_while_a_table_is_read(tmp_path: Path) -> None:
    """The reader of CSV that is used has a handler of its own, which now and then swallows the signal."""
    import signal
    import threading
    import time
    from random import Random

    (tmp_path / "t.csv").write_text("a,b,c\n" + "1,2,x\n" * 3000)
    found = source(str(tmp_path / "t.csv"))
    piece = next(iter(found.pieces()))
    chance = Random(0)

    def interrupted() -> None:
        late = threading.Timer(chance.uniform(0.0005, 0.004), os.kill, (os.getpid(), signal.SIGINT))
        ends = time.monotonic() + 20
        late.start()
        while time.monotonic() < ends:
            found.read(piece)

    for _ in range(300):
        with pytest.raises(KeyboardInterrupt):
            interrupted()


def test_a_summary_survives_its_file() -> None:
    import numpy as np

    summary = Summary()
    estimated = np.array([True, False, False])
    summary.count({"reported": 1}, {"likely": 1}, estimated, {1: "chip: no 'x'; row: y"}, {2: "lacks"})
    later = Summary.of_dict(summary.to_dict())
    assert later == summary
    summary.add(later)
    assert summary.rows == 6
    assert summary.examples["chip: no …"] == [2, 5]
    assert (summary.estimated, summary.rejected, summary.lacking) == (2, 2, 2)


@posix
def test_faults_meet_every_format_before_any_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from random import Random

    monkeypatch.syspath_prepend(HERE.parent / "benchmarks")
    import faults  # type: ignore[import-not-found]

    every = {(kind, form) for kind in faults.KINDS for form in faults.FORMATS if kind != "pipe"} | {("pipe", "csv")}
    drawn = faults.pairs(faults.KINDS, 2 * len(every) + 1, Random(3))
    assert set(drawn[:len(every)]) == set(drawn[len(every):-1]) == every
    assert drawn != faults.pairs(faults.KINDS, 2 * len(every) + 1, Random(4))
