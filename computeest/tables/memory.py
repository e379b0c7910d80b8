"""Memory that a piece frees, kept for the next one: the system clears each fresh page first."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Callable, Iterator

#: Parameters of glibc's mallopt, as its malloc.h numbers them.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
#: Bytes that are kept at the end of a heap, and from which on a block is one of its own: the most that glibc allows.
_KEPT = 1 << 25
#: What glibc does unless its environment says.
_USUAL = 1 << 17
#: Seconds without a piece after which a process of somebody else has its memory back.
_IDLE = 1.0


def keep_memory() -> None:
    """Have this process keep what it frees; where the C library is not glibc, nothing happens."""
    _set(_KEPT, _KEPT)


def _set(trim: int, block: int) -> None:
    if (mallopt := _of_glibc("mallopt")) is not None:
        mallopt(_TRIM_THRESHOLD, trim)
        mallopt(_MMAP_THRESHOLD, block)


def _of_glibc(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform.startswith("linux") else None


class _Guest:
    """Pieces in a process of somebody else, who wants freed memory back: it is kept while they follow each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way = self._turn = 0

    @contextlib.contextmanager
    def keeping(self) -> Iterator[None]:
        """Keep memory for a piece, where the process was told to give back more of it."""
        if _told("MALLOC_TRIM_THRESHOLD_", _KEPT) >= _KEPT:
            yield  # glibc itself keeps more and more, unless it is told
            return
        with self._lock:
            self._under_way += 1
            self._turn += 1
            keep_memory()
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1
                after = threading.Timer(_IDLE, self._give_back, (self._turn,))
            after.daemon = True
            after.start()

    def _give_back(self, turn: int) -> None:
        """As it was before, unless a piece has begun since."""
        with self._lock:
            if self._under_way or turn != self._turn:
                return
            _set(_told("MALLOC_TRIM_THRESHOLD_", _USUAL), _told("MALLOC_MMAP_THRESHOLD_", _USUAL))
            if (malloc_trim := _of_glibc("malloc_trim")) is not None:
                malloc_trim(0)


def _told(name: str, otherwise: int) -> int:
    try:
        return int(os.environ[name])
    except (KeyError, ValueError):
        return otherwise


#: In a process that others own, such as a worker of a cluster.
keeping = _Guest().keeping
