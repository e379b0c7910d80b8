"""Processes that share no threads or locks with this one; it imports little, so that they can start at once."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.context import BaseContext

#: What every process needs, imported once for all where the system can.
_SHARED = ["computeest.tables.annotator", "computeest.tables.base_model_pass", "pyarrow.csv", "pyarrow.parquet"]


#: How many heaps the C library's allocator keeps for a process's threads.
_HEAPS = "MALLOC_ARENA_MAX"


def context() -> BaseContext:
    """How processes are started; where they share what they import, that begins at once."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(_SHARED)
    _run_server()
    return found


def prepare() -> None:
    """Begin to import what processes share, while this one does other things."""
    context()


def _run_server() -> None:
    """Start the process that starts the others, with one heap each: two that write CSV need 30 MB less in all."""
    from multiprocessing import forkserver

    own = os.environ.get(_HEAPS)
    os.environ[_HEAPS] = own or "1"
    try:
        forkserver.ensure_running()
    finally:
        if own is None:
            del os.environ[_HEAPS]
