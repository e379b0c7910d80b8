"""Several processes on this machine that annotate a table's pieces; results come in order.

Each worker has a pipe of its own, so that one that dies, at whatever moment, keeps nothing that the others wait for.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess, current_process, parent_process
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

from computeest.problems import Problem, UsageError
from computeest.tables import work_directory
from computeest.tables.annotator import Done, Work
from computeest.tables.memory import keep_memory
from computeest.tables.processes import context
from computeest.tables.source import Piece
from computeest.tables.workers import alone, attempt, received, tried
from computeest.text.files import OutputError

#: Bytes that a pipe takes, on any system, though nobody reads it yet: so long a piece may wait at a worker that works.
_LIGHT = 1 << 12
#: Pieces at a worker: one that it works on, and a light one that waits.
_AHEAD = 2


def pool(work: Work, pieces: Iterable[Piece], jobs: int, folder: Path | None = None,
         forget: Callable[[], None] | None = None) -> Iterator[Done]:
    """By several processes, which leave what they write in the folder; a copy of this process forgets first."""
    pieces = iter(pieces)
    first = list(islice(pieces, 2))
    if len(first) < 2 or current_process().daemon:  # to share it would take longer; or this may have no processes
        yield from alone(work, chain(first, pieces))
        return
    crew = _Crew(work, jobs, folder, forget)
    try:
        for found in crew.annotated(chain(first, pieces)):
            yield found if work.form.joined else work_directory.here(found)
        crew.finish()
    except (EOFError, ConnectionError):  # a worker's, or of the process that starts them
        raise OutputError("a worker process died, perhaps for lack of memory; --resume continues") from None
    finally:
        crew.end()


class _Crew:
    """The workers that there are so far."""

    def __init__(self, work: Work, jobs: int, folder: Path | None, forget: Callable[[], None] | None) -> None:
        self._work, self._jobs, self._folder, self._forget = work, jobs, folder, forget
        self._context = context()
        self._workers: list[_Worker] = []
        #: Pieces under way, or done before their turn: text through a pipe is in memory, a part of the folder is not.
        self._most = jobs + 1 if folder is None else (_AHEAD + 1) * jobs

    def annotated(self, pieces: Iterator[Piece]) -> Iterator[Done]:
        """Results in the order of the pieces."""
        done: dict[int, Done] = {}
        sent = given = 0
        piece = _packed(next(pieces, None))
        while piece is not None or given < sent:
            while piece is not None and sent - given < self._most and (worker := self._free(len(piece))) is not None:
                worker.give(sent, piece)
                sent += 1
                piece = _packed(next(pieces, None))
            if piece is None:
                self._let_go()
            for worker in self._ready():
                place, found = worker.take()
                done[place] = received(found)
            while given in done:
                yield done.pop(given)
                given += 1

    def _free(self, size: int) -> _Worker | None:
        """Who can take a piece of so many bytes without keeping this process waiting."""
        idlest = min(self._workers, key=_Worker.load, default=None)
        if (idlest is None or idlest.load()) and len(self._workers) < self._jobs:
            return self._started()
        most = _AHEAD if size <= _LIGHT else 1
        return idlest if idlest is not None and idlest.load() < most else None

    def _started(self) -> _Worker:
        pipe, theirs = self._context.Pipe()
        private = None
        if self._context.get_start_method() == "fork":
            private = partial(_forgotten, [pipe, *(worker.pipe for worker in self._workers)], self._forget)
        with _undisturbed(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python counts threads that are made for it, too
            process = self._context.Process(target=_serve, args=(theirs, self._work, self._folder, private))  # type: ignore[attr-defined]
            process.start()
            self._workers.append(worker := _Worker(pipe, process))
        theirs.close()  # so that its end is that of the pipe
        return worker

    def _ready(self) -> list[_Worker]:
        """Workers that have done a piece, or have died."""
        ready = wait([worker.pipe for worker in self._workers if worker.load()])
        return [worker for worker in self._workers if worker.pipe in ready]

    def _let_go(self) -> None:
        """Let workers who will have nothing more to do end, while others work."""
        for worker in self._workers:
            if not worker.load():
                worker.pipe.close()

    def finish(self) -> None:
        """Let the workers end as processes do, while this one goes on: when that ends, Python waits for them."""
        self._let_go()
        self._workers = []

    def end(self) -> None:
        """End those who are there: what is interrupted waits for nothing."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.pipe.close()


class _Worker:
    """One process, as the main one sees it."""

    def __init__(self, pipe: Connection, process: BaseProcess) -> None:
        self.pipe, self.process = pipe, process
        self._at: deque[int] = deque()

    def load(self) -> int:
        """How many pieces it has."""
        return len(self._at)

    def give(self, place: int, piece: bytes) -> None:
        """Hand it a piece."""
        self.pipe.send_bytes(piece)
        self._at.append(place)

    def take(self) -> tuple[int, Any]:
        """What it has done, and which of the pieces that is."""
        found = self.pipe.recv()
        return self._at.popleft(), found


def _packed(piece: Piece | None) -> Any:
    return None if piece is None else ForkingPickler.dumps(piece)


def _forgotten(others: list[Connection], forget: Callable[[], None] | None) -> None:
    """Let go, in a copy of the main process, of what is that one's alone: what shows others that it has ended."""
    for pipe in others:
        pipe.close()
    if forget is not None:
        forget()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """With Ctrl-C put off, where it can be: a copy of this process must not begin with it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # may itself raise one that came just before
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection, work: Work, folder: Path | None, private: Callable[[], None] | None) -> None:
    """A worker's life: it leaves Ctrl-C to the main process, and ends when that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if private is not None:
        private()
    if sys.stderr is not None:  # what a plugin prints here is no data
        sys.stdout = sys.stderr
        with contextlib.suppress(OSError):
            os.dup2(2, 1)
    keep_memory()  # half as many page faults
    gc.freeze()  # to look for garbage in what processes share would make it each one's own
    threading.Thread(target=_end_with, args=(parent_process(),), daemon=True).start()
    with contextlib.suppress(EOFError, ConnectionError):  # the main process needs nothing more, or is gone
        while True:
            piece = pipe.recv()
            pipe.send_bytes(_sent(partial(_one, work, folder, piece)))


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _sent(made: Callable[[], Any]) -> Any:
    """What is made, or what keeps it from being written, as it goes through a pipe; any other error ends the worker."""
    import pyarrow as pa

    try:
        found = made()
    except (OSError, pa.ArrowException, OutputError, UsageError) as error:
        found = error
    return ForkingPickler.dumps(found)


def _one(work: Work, folder: Path | None, piece: Piece) -> Done | tuple[Problem, ...]:
    if folder is None:
        return attempt(work, piece)
    done = tried(work, piece)
    if not isinstance(done, Done):
        return done
    # through a pipe it is copied three times, and this process waits until the main one has taken it
    return work_directory.left(folder, done)
