"""Processes that share no threads or locks with this one; it imports little, so that they can start at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

#: What every process needs, imported once for all where the system can; the last five, 80 ms for each of the others.
_SHARED = ["computeest.tables.annotator", "computeest.tables.base_model_pass", "pyarrow.csv", "pyarrow.parquet",
           "pyarrow.compute", "computeest.text.quotes", "computeest.tables.inputs", "computeest.tables.parquet_file",
           "computeest.records.unsure"]


#: How processes that start take memory: what Arrow's own allocators and heaps of threads keep free took 100 MB of two.
_FRUGAL = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}


def context() -> BaseContext:
    """How processes are started; where they share what they import, that begins at once."""
    import multiprocessing

    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(_SHARED)
    _run_server()
    return found


def prepare() -> None:
    """Begin to import what processes share, while this one does other things."""
    context()


def frugal() -> None:
    """Have Arrow, where it is not imported yet, take memory in this process as in the others, unless the user says."""
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", _FRUGAL["ARROW_DEFAULT_MEMORY_POOL"])


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
