"""A Dask cluster that annotates a table's pieces; results come in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from computeest.problems import Problem, UsageError
from computeest.tables.annotator import Done, Work
from computeest.tables.memory import keeping
from computeest.tables.source import Piece
from computeest.tables.workers import attempt, received
from computeest.text.files import OutputError

#: Pieces under way for each worker of a cluster: one that it works on, one that waits.
_AHEAD = 2
#: How often a cluster tries a piece whose worker was lost.
_RETRIES = 5


def cluster(work: Work, pieces: Iterable[Piece], address: str) -> Iterator[Done]:
    """By the workers of a Dask cluster; a piece whose worker is lost is done by another."""
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ModuleNotFoundError:
        raise UsageError("--dask needs Dask: pip install 'computeest[dask]'") from None
    try:
        client: Any = Client(address, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UsageError(f"no Dask scheduler answers at '{address}': {str(error)[:200]}") from None
    with client:
        threads = sum(client.nthreads().values())
        try:
            yield from _in_order(lambda piece: client.submit(_as_guest, work, piece, pure=False, retries=_RETRIES,
                                                             key=f"annotate-{os.getpid()}-{piece.number}"),
                                 pieces, max(1, threads) * _AHEAD)
        except KilledWorker:
            raise OutputError("the cluster's workers die at a piece, perhaps for lack of memory; "
                              "--resume continues") from None


def _as_guest(work: Work, piece: Piece) -> Done | tuple[Problem, ...]:
    """A piece that is done in a process that others own."""
    with keeping():
        return attempt(work, piece)


def _in_order(submit: Callable[[Piece], Any], pieces: Iterable[Piece], most: int) -> Iterator[Done]:
    """Results in the order of the pieces, with at most so many under way."""
    waiting: deque[Any] = deque()
    for piece in pieces:
        waiting.append(submit(piece))
        if len(waiting) > most:
            yield received(waiting.popleft().result())
    while waiting:
        yield received(waiting.popleft().result())
