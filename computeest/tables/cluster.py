"""A Dask cluster that annotates a table's pieces; results come in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from computeest.problems import Problem, UsageError
from computeest.tables.annotator import Done, Work
from computeest.tables.memory import keeping
from computeest.tables.parquet import Dataset, Parquet
from computeest.tables.source import Piece
from computeest.tables.workers import attempt, received
from computeest.text.files import OutputError

#: Tasks under way for each worker of a cluster: one that it works on, one that waits.
_AHEAD = 2
#: Pieces of a task at most: client and scheduler took .6 s less for 123 pieces than with one each, of 18 on two cores.
_TOGETHER = 4
#: How often a cluster tries a piece whose worker was lost.
_RETRIES = 5


def cluster(work: Work, pieces: Iterable[Piece], address: str) -> Iterator[Done]:
    """By the workers of a Dask cluster; a piece whose worker is lost is done by another."""
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ModuleNotFoundError:
        raise UsageError("--dask needs Dask: pip install 'computeest[dask]'") from None
    client: Any = Client.__new__(Client)
    try:
        client.__init__(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # the last where an address asks for certificates
        client.status = "closed"  # or it waits for 20 s at its end, and prints what that ends with
        raise UsageError(f"no Dask scheduler answers at '{address}': {str(error)[:200]}") from None
    with client:
        threads = max(1, sum(client.nthreads().values()))
        apart = isinstance(work.source, Parquet) and isinstance(work.form, Dataset)  # no rows pass through here
        tasks = shares(pieces, threads, _TOGETHER if apart else 1)
        try:
            yield from _in_order(lambda task: client.submit(_as_guest, work, task, pure=False, retries=_RETRIES,
                                                            key=f"annotate-{os.getpid()}-{task[0].number}"),
                                 tasks, threads * _AHEAD)
        except KilledWorker:
            raise OutputError("the cluster's workers die at a piece, perhaps for lack of memory; "
                              "--resume continues") from None


def shares(pieces: Iterable[Piece], threads: int, most: int) -> Iterator[list[Piece]]:
    """Pieces that follow each other as one task: fewer where few are left, so that all workers end together."""
    share: list[Piece] = []
    for piece in pieces:
        share.append(piece)
        left = (piece.number + 1) * (1 / piece.done - 1) if piece.done > 0 else 0.0  # NaN where nobody knows
        if len(share) >= min(most, left / (_AHEAD * threads)):
            yield share
            share = []
    if share:
        yield share


def _as_guest(work: Work, pieces: list[Piece]) -> list[Done | tuple[Problem, ...]]:
    """Pieces that are done in a process that others own, up to one with which something is wrong."""
    found: list[Done | tuple[Problem, ...]] = []
    with keeping():
        for piece in pieces:
            found.append(attempt(work, piece))
            if not isinstance(found[-1], Done):
                break
    return found


def _in_order(submit: Callable[[list[Piece]], Any], tasks: Iterable[list[Piece]], most: int) -> Iterator[Done]:
    """Results in the order of the pieces, with at most so many tasks under way."""
    waiting: deque[Any] = deque()
    for task in tasks:
        waiting.append(submit(task))
        if len(waiting) > most:
            yield from map(received, waiting.popleft().result())
    while waiting:
        yield from map(received, waiting.popleft().result())
