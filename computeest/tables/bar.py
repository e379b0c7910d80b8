"""How far a long work is, on standard error: a bar in a terminal, now and then a line elsewhere."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

#: Seconds between two lines.
_EVERY = 10.0


class Progress(Protocol):
    """Is told how many rows are done, and which part of all that is."""

    def __call__(self, rows: int, part: float) -> None:
        """Take it in."""


@contextmanager
def progress(quiet: bool = False) -> Iterator[Progress]:
    """Where progress is told."""
    if quiet:
        yield lambda rows, part: None
    elif sys.stderr.isatty():
        with _bar() as told:
            yield told
    else:
        yield _Lines()


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    with Bar(TextColumn("annotating"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
             TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f} a second"), TimeRemainingColumn(),
             console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("annotating", total=1.0, rows=0, rate=0.0)
        started = time.monotonic()
        before = -1

        def told(rows: int, part: float) -> None:
            nonlocal before
            before = rows if before < 0 else before
            rate = (rows - before) / max(1e-9, time.monotonic() - started)
            bar.update(task, completed=None if math.isnan(part) else part, total=None if math.isnan(part) else 1.0,
                       rows=rows, rate=rate, refresh=True)  # a thread to do it would keep processes from being copied

        yield told


class _Lines:
    def __init__(self) -> None:
        self._started = self._said = time.monotonic()
        self._first: tuple[int, float] | None = None

    def __call__(self, rows: int, part: float) -> None:
        now = time.monotonic()
        if self._first is None:
            self._first = rows, part
        if now - self._said < _EVERY:
            return
        self._said = now
        passed = now - self._started
        rate = (rows - self._first[0]) / passed
        left = ""
        if part > self._first[1]:
            seconds = passed * (1 - part) / (part - self._first[1])
            left = f", {part:.0%} done, {seconds:,.0f} s left"
        sys.stderr.write(f"{rows:,} rows, {rate:,.0f} a second{left}\n")
