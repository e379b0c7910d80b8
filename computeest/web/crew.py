"""The workers: each answers one request at a time; one that takes too long is ended, and another takes its place."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from computeest.web.problems import BUSY, LATE, SLOW, refused

#: How long a worker may take to be ready.
_START = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server does not exceed."""

    workers: int = 2
    #: Seconds that one request may take.
    seconds: float = 30.0
    #: Requests that wait for a worker; further ones are refused.
    waiting: int = 64
    #: Bytes of a paper, of a table, and of a document.
    paper: int = 1_000_000
    table: int = 20_000_000
    #: Bytes of all bodies that are read or wait at once.
    held: int = 200_000_000


@dataclass(slots=True)
class Crew:
    """Processes that answer requests."""

    limits: Limits
    _free: asyncio.Queue[asyncio.subprocess.Process | None] = field(default_factory=asyncio.Queue)
    _all: set[asyncio.subprocess.Process] = field(default_factory=set)
    #: Requests that were let in and have no answer yet, and the bytes of their bodies.
    _inside: int = 0
    _held: int = 0

    async def start(self) -> None:
        """Start every worker; the first request need not wait for any."""
        started = await asyncio.gather(*(_started() for _ in range(self.limits.workers)))
        for process in started:
            self._all.add(process)
            self._free.put_nowait(process)

    async def stop(self) -> None:
        """End every worker."""
        for process in self._all:
            await _ended(process)
        self._all.clear()

    @contextmanager
    def admitted(self) -> Iterator[Callable[[int], None]]:
        """Let a request in, from its first byte to its answer; what it gives takes room for so many bytes of a body.

        RequestError where as many as may wait are inside already, or hold all the room: those that are slow to send
        what they ask take no more memory than those that wait.
        """
        if self._inside >= self.limits.workers + self.limits.waiting:
            raise refused(BUSY, "too many requests are waiting", "another try in a second")
        mine = 0

        def take(size: int) -> None:
            nonlocal mine
            if self._held + size > self.limits.held:
                raise refused(BUSY, "too much is being read at once", "another try in a second")
            self._held += size
            mine += size

        self._inside += 1
        try:
            yield take
        finally:
            self._inside -= 1
            self._held -= mine

    async def ask(self, task: str, query: Mapping[str, Sequence[str]], text: str,
                  gone: Callable[[], Awaitable[bool]] | None = None) -> tuple[int, bytes]:
        """HTTP's status and the answer, once a worker is free; RequestError where it takes too long.

        `gone` says whether whoever asks has gone meanwhile: then no worker is troubled with it.
        """
        try:
            process = await asyncio.wait_for(self._free.get(), self.limits.seconds)
        except TimeoutError:
            raise refused(BUSY, "too many requests are waiting", "another try in a second") from None
        if gone is not None and await gone():
            self._free.put_nowait(process)
            raise refused(SLOW, "the client went away")
        done = False
        try:
            if process is None or process.returncode is not None:
                process = await self._another(process)
            frame = json.dumps({"task": task, "query": dict(query), "text": text}).encode()
            answer = await asyncio.wait_for(_asked(process, frame), self.limits.seconds)
            done = True
        except TimeoutError:
            raise refused(LATE, f"this takes longer than {self.limits.seconds:g} seconds",
                          "less of it at once, or the command line, which has no such limit") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise refused(LATE, "this ended the process that answered it: it takes more memory than a request may have",
                          "less of it at once, or the command line") from None
        finally:
            if not done and process is not None:  # also where the client went away: what is half read is of no use
                self._all.discard(process)
                if process.returncode is None:
                    process.kill()
                process = None
            self._free.put_nowait(process)
        return answer

    async def _another(self, gone: asyncio.subprocess.Process | None) -> asyncio.subprocess.Process:
        if gone is not None:
            self._all.discard(gone)
        process = await _started()
        self._all.add(process)
        return process

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that answer, for those who measure them."""
        return tuple(process.pid for process in self._all)


async def _started() -> asyncio.subprocess.Process:
    # one thread each: the workers are as many as the processors
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "computeest.web.worker", stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, env=environment)
    await asyncio.wait_for(_read(process), _START)
    return process


async def _asked(process: asyncio.subprocess.Process, frame: bytes) -> tuple[int, bytes]:
    if process.stdin is None:
        raise ConnectionError
    process.stdin.write(len(frame).to_bytes(4, "big") + frame)
    await process.stdin.drain()
    return await _read(process)


async def _read(process: asyncio.subprocess.Process) -> tuple[int, bytes]:
    if process.stdout is None:
        raise ConnectionError
    size = int.from_bytes(await process.stdout.readexactly(4), "big")
    answer = await process.stdout.readexactly(size)
    return int.from_bytes(answer[:2], "big"), answer[2:]


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
