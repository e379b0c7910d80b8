"""Pieces annotated one after the other, or by a Dask cluster; results come in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from computeest.problems import InputError, Problem, UsageError, note_failure, noted
from computeest.tables.annotator import Done, Work
from computeest.tables.source import Piece
from computeest.text.files import OutputError

#: Pieces under way for each worker of a cluster: one that it works on, one that waits.
_AHEAD = 2
#: How often a cluster tries a piece whose worker was lost.
_RETRIES = 5


def alone(work: Work, pieces: Iterable[Piece]) -> Iterator[Done]:
    """In this process."""
    return map(work.annotate, pieces)


def attempt(work: Work, piece: Piece) -> Done | tuple[Problem, ...]:
    """A piece that is done, with its content at once, or what is wrong with the input."""
    done = tried(work, piece)
    return replace(done, content=done.whole()) if isinstance(done, Done) else done


def tried(work: Work, piece: Piece) -> Done | tuple[Problem, ...]:
    """A piece that is done, or what is wrong with the input."""
    try:
        return replace(work.annotate(piece), failed=noted())
    except InputError as error:
        return error.problems


def _in_order(submit: Callable[[Piece], Any], pieces: Iterable[Piece], most: int) -> Iterator[Done]:
    """Results in the order of the pieces, with at most so many under way."""
    waiting: deque[Any] = deque()
    for piece in pieces:
        waiting.append(submit(piece))
        if len(waiting) > most:
            yield received(waiting.popleft().result())
    while waiting:
        yield received(waiting.popleft().result())


def received(found: Done | tuple[Problem, ...] | Exception) -> Done:
    """What another process has made of a piece; what was wrong there is raised here."""
    if isinstance(found, Exception):
        raise found
    if isinstance(found, Done):
        for sentence in found.failed:
            note_failure(sentence)
        return found
    raise InputError(found)


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
            yield from _in_order(lambda piece: client.submit(attempt, work, piece, pure=False, retries=_RETRIES,
                                                             key=f"annotate-{os.getpid()}-{piece.number}"),
                                 pieces, max(1, threads) * _AHEAD)
        except KilledWorker:
            raise OutputError("the cluster's workers die at a piece, perhaps for lack of memory; "
                              "--resume continues") from None
