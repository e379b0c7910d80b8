"""How other processes start: as copies of this one where that is safe; it imports little, so that it can begin at once.

A copy has all that is loaded and looked up here, which takes others half a second each.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

#: What every process needs, imported once for all where the system can; the last five, 80 ms for each of the others.
_SHARED = ["computeest.tables.annotator", "computeest.tables.base_model_pass", "pyarrow.csv", "pyarrow.parquet",
           "pyarrow.compute", "computeest.text.quotes", "computeest.tables.inputs", "computeest.tables.parquet_file",
           "computeest.records.unsure"]


#: How processes that start take memory: what Arrow's own allocators and heaps of threads keep free took 100 MB of two.
_FRUGAL = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}


#: A thread of Arrow's allocator, which sees to it itself that a process can be copied.
_HARMLESS = "jemalloc_bg_thd"


def context() -> BaseContext:
    """How processes are started."""
    import multiprocessing

    if _single():
        return multiprocessing.get_context("fork")
    return _served()


def prepare() -> None:
    """Begin to import what processes share, where they will be no copies, while this one does other things."""
    if not sys.platform.startswith("linux"):
        _served()


def _single() -> bool:
    """Whether there is but one thread: locks that others hold stay held in a copy, where nobody lets go of them."""
    if not sys.platform.startswith("linux"):  # the libraries of macOS have threads that nobody is told of
        return False
    try:
        threads = [(task / "comm").read_text().strip() for task in Path("/proc/self/task").iterdir()]
    except OSError:
        return False
    return len(threads) - threads.count(_HARMLESS) == 1


def _served() -> BaseContext:
    """By a process that does nothing else; where they share what they import, that begins at once."""
    import multiprocessing

    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(_SHARED)
    _run_server()
    return found


def frugal() -> None:
    """Have libraries that are not imported yet take little in this process, unless the user says.

    Arrow takes memory as in the others; numpy has no threads, which took .06 to .1 s by waiting for work.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", _FRUGAL["ARROW_DEFAULT_MEMORY_POOL"])
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _run_server() -> None:
    """Start the process that starts the others."""
    from multiprocessing import forkserver

    ours = {name: value for name, value in _FRUGAL.items() if name not in os.environ}
    os.environ.update(ours)
    try:
        forkserver.ensure_running()
    finally:
        for name in ours:
            del os.environ[name]
