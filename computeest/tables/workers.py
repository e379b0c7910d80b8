"""Pieces annotated one after the other, by several processes, or by a Dask cluster; results come in order."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

from computeest.problems import InputError, Problem, UsageError, note_failure, noted
from computeest.tables.annotator import Done, Work
from computeest.tables.processes import context
from computeest.tables.source import Piece
from computeest.text.files import OutputError

#: Pieces under way for each worker of a cluster: one that it works on, one that waits.
_AHEAD = 2
#: How often a cluster tries a piece whose worker was lost.
_RETRIES = 5

_work: Work | None = None
_folder: Path | None = None


def alone(work: Work, pieces: Iterable[Piece]) -> Iterator[Done]:
    """In this process."""
    return map(work.annotate, pieces)


def pool(work: Work, pieces: Iterable[Piece], jobs: int, folder: Path | None = None) -> Iterator[Done]:
    """By several processes on this machine, which leave what they write in the folder."""
    executor, done = ProcessPoolExecutor(jobs, context(), _begin, (work, folder)), False
    try:
        # one piece that waits is enough for all on one machine: 20 MB less than one for each
        for found in _in_order(lambda piece: executor.submit(_one, piece), pieces, jobs):
            yield found if work.form.joined else found.here()
        done = True
    except (BrokenProcessPool, EOFError, ConnectionError):  # or the process that starts them
        raise OutputError("a worker process died, perhaps for lack of memory; --resume continues") from None
    finally:
        # what is done ends before the interpreter does, which would write to pipes that are being closed; what is
        # interrupted waits for nothing
        executor.shutdown(wait=done, cancel_futures=True)


def _begin(work: Work, folder: Path | None) -> None:
    """What a worker does first: leave Ctrl-C to the main process, and end when that ends."""
    global _work, _folder
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.stderr is not None:  # what a plugin prints here is no data
        sys.stdout = sys.stderr
        with contextlib.suppress(OSError):
            os.dup2(2, 1)
    _work, _folder = work, folder
    gc.freeze()  # to look for garbage in what processes share would make it each one's own
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _one(piece: Piece) -> Done | tuple[Problem, ...]:
    if _work is None:
        raise RuntimeError("the worker was not told what to do")
    if _folder is None:
        return attempt(_work, piece)
    done = _tried(_work, piece)
    if not isinstance(done, Done):
        return done
    # through a pipe it is copied three times, and this process waits until the main one has taken it
    part = _folder / f"part-{done.number}-{os.getpid()}"
    with part.open("wb") as file:
        file.writelines(done.blocks())
    return replace(done, content=b"", part=part)


def attempt(work: Work, piece: Piece) -> Done | tuple[Problem, ...]:
    """A piece that is done, with its content at once, or what is wrong with the input."""
    done = _tried(work, piece)
    return replace(done, content=done.whole()) if isinstance(done, Done) else done


def _tried(work: Work, piece: Piece) -> Done | tuple[Problem, ...]:
    try:
        return replace(work.annotate(piece), failed=noted())
    except InputError as error:
        return error.problems


def _in_order(submit: Callable[[Piece], Any], pieces: Iterable[Piece], most: int) -> Iterator[Done]:
    """Results in the order of the pieces, with at most so many under way."""
    waiting: deque[Future[Any]] = deque()
    for piece in pieces:
        waiting.append(submit(piece))
        if len(waiting) > most:
            yield _result(waiting.popleft())
    while waiting:
        yield _result(waiting.popleft())


def _result(future: Any) -> Done:
    found = future.result()
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
