"""Freed memory is kept where pieces follow each other, and given back to who owns the process."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux") or not hasattr(ctypes.CDLL(None), "mallopt"),
                                reason="only glibc is told what to keep")

#: What Dask has its workers give back.
_TOLD = {"MALLOC_TRIM_THRESHOLD_": "65536"}


def _faults(before: str, environment: dict[str, str]) -> list[int]:
    """Fresh pages for each of the numbers that a program prints, in a process of its own."""
    program = """
    import resource, time
    from computeest.tables import memory
    def pieces():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(10):
            blocks = [bytearray(1 << 20) for _ in range(16)]
            del blocks
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    """
    result = subprocess.run([sys.executable, "-c", textwrap.dedent(program) + textwrap.dedent(before)], text=True,
                            capture_output=True, env={**os.environ, **environment}, check=True, timeout=600)
    return [int(word) for word in result.stdout.split()]


def test_what_is_freed_is_kept() -> None:
    fresh, kept = _faults("print(pieces()); memory.keep_memory(); print(pieces())", _TOLD)
    assert fresh > 10 * 4000
    assert kept < 2 * 4200, "the first of ten takes its pages, the others have them"


def test_a_process_of_others_keeps_while_pieces_follow_each_other_and_gives_back_after() -> None:
    kept, later, after = _faults("""
    memory._IDLE = 0.2
    with memory.keeping():
        a = pieces()
        with memory.keeping():
            pass
        time.sleep(0.4)
        b = pieces()
    with memory.keeping():
        pass
    deadline = time.monotonic() + 20
    while pieces() < 40_000 and time.monotonic() < deadline:
        time.sleep(0.05)
    print(a, b, pieces())
    """, _TOLD)
    assert kept < 2 * 4200
    assert later < 2 * 4200, "a piece is under way: another's end gives nothing back"
    assert after > 10 * 4000


@pytest.mark.parametrize("told", [{"MALLOC_TRIM_THRESHOLD_": str(1 << 27)}, {"MALLOC_TRIM_THRESHOLD_": ""}])
def test_a_process_that_keeps_enough_is_left_alone(told: dict[str, str]) -> None:
    begun, = _faults("""
    memory.keep_memory = None
    with memory.keeping():
        print(1)
    """, told)
    assert begun == 1
