"""Inputs by the batch, in processes of their own, watched from outside for what ends, hangs or fills a process."""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from .trying import faults_in, made

#: Kilobytes that a process may come to hold; beyond twice as many it is ended.
MOST_MEMORY = 500_000
#: Kilobytes beyond which a process gets no further batch: what allocators keep of ten thousand inputs is no input's.
RENEWED = 300_000
#: Seconds on the clock after which an input that does not end by itself is ended.
MOST_SECONDS = 90.0
#: Seconds between two looks at a process that count at most.
_BETWEEN_LOOKS = 5.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Some inputs of a kind: their seeds are `seed-first`, `seed-(first + 1)`, ..."""

    kind: str
    seed: str
    first: int
    count: int

    def name(self, number: int) -> str:
        """The seed of one of them."""
        return f"{self.seed}-{self.first + number}"


def work(pipe: Connection, at: Any) -> None:
    """What a worker does: answers batches, and says in `at` which input it is at.

    Memory that allocators keep of earlier inputs is no fault of the one that comes on top of it: what goes beyond the
    limit is tried again by another process, as its first.
    """
    import warnings

    warnings.simplefilter("ignore")
    fresh = True
    while (batch := pipe.recv()) is not None:
        found: list[dict[str, Any]] = []
        worst, rows, began, first = (0.0, ""), 0, time.process_time(), at.value
        done = first
        for number in range(first, batch.count):
            at.value, done = number, number + 1
            given = made(batch.kind, batch.name(number))
            started = time.process_time()
            wrong = faults_in(batch.kind, given)
            worst = max(worst, (time.process_time() - started, batch.name(number)))
            rows += len(given.get("rows", ())) if batch.kind == "tables" else 0
            held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            if held > MOST_MEMORY and not fresh:
                done = number
                break
            fresh = False
            if held > MOST_MEMORY:
                wrong.append(f"the process holds {held:,} kB")
            found += [
                {"kind": batch.kind, "seed": batch.name(number), "fault": fault, "input": given} for fault in wrong
            ]
            if held > MOST_MEMORY:
                break
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        pipe.send(
            {
                "done": done, "tried": done - first, "rows": rows, "faults": found, "worst": worst, "held": held,
                "seconds": time.process_time() - began,
            }
        )


class Worker:
    """A process that is given batches, and is replaced where it ends or hangs."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._at = context.Value("i", 0, lock=False)
        self.pipe, other = context.Pipe()
        self._process = context.Process(target=work, args=(other, self._at), daemon=True)
        self._process.start()
        other.close()
        self.batch: Batch | None = None
        self._seen, self._lasted, self._looked = -1, 0.0, 0.0

    def give(self, batch: Batch, first: int = 0) -> None:
        """Let it begin a batch, after so many inputs that another did."""
        self._at.value, self.batch = first, batch
        self._seen, self._lasted, self._looked = -1, 0.0, time.monotonic()
        self.pipe.send(batch)

    def trouble(self) -> str:
        """Why the input that it is at has to be ended, if so."""
        if self.batch is None:
            return ""
        now = time.monotonic()
        # a machine that halts, or whoever halts all of its processes, halts the one that looks as well
        self._lasted, self._looked = self._lasted + min(now - self._looked, _BETWEEN_LOOKS), now
        if self._at.value != self._seen:
            self._seen, self._lasted = self._at.value, 0.0
        if not self._process.is_alive():
            return f"the process ends with {self._process.exitcode}"
        if self._lasted > MOST_SECONDS:
            return f"does not end within {MOST_SECONDS:g} s"
        held = _held(self._process.pid)
        return f"the process holds {held:,} kB" if held > 2 * MOST_MEMORY else ""

    def at(self) -> int:
        """The number of the input in its batch that it is at."""
        return int(self._at.value)

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _held(process: int | None) -> int:
    """Kilobytes that a process holds now, where the system says."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def run(batches: Iterator[Batch], jobs: int, ends: float, told: Callable[[Batch, dict[str, Any]], None]) -> None:
    """Have the batches done by so many processes until they or the time end; `told` hears what each gave."""
    workers = [Worker() for _ in range(jobs)]
    try:
        for worker in workers:
            _next(worker, batches)
        while any(worker.batch is not None for worker in workers) and time.monotonic() < ends + MOST_SECONDS:
            ready = wait([worker.pipe for worker in workers if worker.batch is not None], 0.5)
            for place, worker in enumerate(workers):
                if worker.pipe in ready:
                    workers[place] = _answered(worker, batches, ends, told)
                elif (why := worker.trouble()) and worker.batch is not None:
                    workers[place] = _replaced(worker, why, told)
    finally:
        for worker in workers:
            worker.end()


def _next(worker: Worker, batches: Iterator[Batch]) -> None:
    worker.batch = None
    batch = next(batches, None)
    if batch is not None:
        worker.give(batch)


def _answered(
    worker: Worker, batches: Iterator[Batch], ends: float, told: Callable[[Batch, dict[str, Any]], None]
) -> Worker:
    """The worker with its next batch, or another that goes on where it ended or came to hold too much."""
    batch = worker.batch
    assert batch is not None
    try:
        answer = worker.pipe.recv()
    except (EOFError, OSError):
        return _replaced(worker, worker.trouble() or "the process ends", told)
    told(batch, answer)
    done = answer["done"]
    if answer["held"] > RENEWED:
        worker.end()
        worker = Worker()
        if done < batch.count:
            worker.give(batch, done)
            return worker
    if time.monotonic() < ends:
        _next(worker, batches)
    else:
        worker.batch = None
    return worker


def _replaced(worker: Worker, why: str, told: Callable[[Batch, dict[str, Any]], None]) -> Worker:
    """Another worker for one that ended in the middle: it goes on after the input that was the last."""
    batch, number = worker.batch, worker.at()
    assert batch is not None
    worker.end()
    seed = batch.name(number)
    told(
        batch,
        {
            "tried": 1, "rows": 0, "worst": (0.0, ""), "held": 0, "seconds": 0.0,
            "faults": [{"kind": batch.kind, "seed": seed, "fault": why, "input": made(batch.kind, seed)}],
        },
    )
    other = Worker()
    if number + 1 < batch.count:
        other.give(batch, number + 1)
    else:
        other.give(Batch(batch.kind, batch.seed, 0, 0))
    return other
