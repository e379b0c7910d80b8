"""Processes that share no threads or locks with this one; it imports little, so that they can start at once."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import BaseContext

#: What every process needs, imported once for all where the system can.
_SHARED = ["computeest.tables.annotator", "computeest.tables.base_model_pass", "pyarrow.csv", "pyarrow.parquet"]


def context() -> BaseContext:
    """How processes are started."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(_SHARED)
    return found


def prepare() -> None:
    """Begin to import what processes share, while this one does other things."""
    if context().get_start_method() == "forkserver":
        from multiprocessing import forkserver

        forkserver.ensure_running()
