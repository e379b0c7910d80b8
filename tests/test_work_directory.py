"""What a process leaves in a file for another is that piece and nothing of one before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from computeest.tables import work_directory
from computeest.tables.annotator import Done
from computeest.tables.summary import Summary


def _done(number: int, *blocks: bytes) -> Done:
    return Done(number, list(blocks), Summary(), number / 4)


@pytest.mark.parametrize("second", [b"", b"short", b"longer than what stood there before it"])
def test_a_file_is_written_again_once_its_content_was_taken(tmp_path: Path, second: bytes) -> None:
    first = work_directory.left(tmp_path, _done(0, b"what the first piece ", b"became"))
    assert work_directory.here(first).content == b"what the first piece became"
    again = work_directory.left(tmp_path, _done(1, second))
    assert again.content == b""
    assert again.part is not None
    assert again.part.read_bytes() == second
    assert list(tmp_path.iterdir()) == [again.part]
    assert work_directory.here(again).content == second


def test_a_file_is_not_touched_before_its_content_was_taken(tmp_path: Path) -> None:
    one, two = (work_directory.left(tmp_path, _done(number, b"%d" % number)) for number in (0, 1))
    assert one.part != two.part
    assert [work_directory.here(done).content for done in (two, one)] == [b"1", b"0"]
    work_directory.left(tmp_path, _done(2, b"2"))
    assert len(list(tmp_path.iterdir())) == 2, "a file that is free is used before another one is made"


def test_another_process_keeps_its_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = work_directory.left(tmp_path, _done(0, b"theirs"))
    assert theirs.part is not None
    work_directory.here(theirs)
    monkeypatch.setattr("os.getpid", lambda: -1)
    ours = work_directory.left(tmp_path, _done(1, b"ours"))
    assert len(list(tmp_path.iterdir())) == 2
    assert ours.part is not None
    assert ours.part.read_bytes() == b"ours"


def test_what_is_in_memory_stays_as_it_is() -> None:
    done = _done(0, b"one")
    assert work_directory.here(done) is done
