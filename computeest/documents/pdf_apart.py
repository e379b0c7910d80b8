"""A PDF read by a process of its own: PDFium cannot be told to stop, and a small file can ask for gigabytes or years.

`pages` is what the blocks are made of; `main` is the process, which reads a PDF from standard input and writes a line
of JSON for each page. Where none can be started, the PDF is read in this one.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from computeest.documents import pdf
from computeest.documents.document import DocumentError
from computeest.documents.pdf import Line, Segment
from computeest.problems import files as wrong

#: How long a document may take to be opened, and each page to be read; how long the whole.
STALLED, SECONDS = 5.0, 30.0
#: Bytes of memory that reading may take beside the file's own.
MEMORY = 300 << 20
#: Characters of all pages: 400 pages of small print have as many.
MOST_LETTERS = 3_000_000
_PROGRAM = "from computeest.documents.pdf_apart import main; main()"


def pages(data: bytes) -> tuple[list[list[Line]], list[str]]:
    """The lines of each page, and what was left out of a document that is too large or too slow."""
    try:
        process = _started()
    except OSError:  # a place where no process may be started, which has limits of its own
        return _here(data)
    answers: queue.Queue[Any] = queue.Queue()
    threads = (threading.Thread(target=_give, args=(process.stdin, data), daemon=True),
               threading.Thread(target=_take, args=(process.stdout, answers), daemon=True))
    try:
        for thread in threads:
            thread.start()
        if _answer(answers, SECONDS) == "ready":
            return _told(answers)
    finally:
        process.kill()
        process.wait()
        for thread in threads:
            thread.join()
    return _here(data)


def _here(data: bytes) -> tuple[list[list[Line]], list[str]]:
    """The same in this process, in which nothing stops a page."""
    document = pdf.opened(data)
    began, found, notes = time.monotonic(), list[list[Line]](), list[str]()
    for number in range(min(len(document), pdf.MOST_PAGES)):
        if time.monotonic() - began > SECONDS:
            notes.append(_left_out(f"read for {SECONDS:g} seconds", number))
            break
        found.append(_page(pdf.lines(document, number), number, notes))
    return found, [*notes, *_more(len(document))]


def _started() -> subprocess.Popen[bytes]:
    paths = (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", ""))
    return subprocess.Popen(  # noqa: S603 - our own program, and nothing of the document in its arguments
        [sys.executable, "-P", "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))})


def _told(answers: queue.Queue[Any]) -> tuple[list[list[Line]], list[str]]:
    """What the process tells of the pages; where it ends or is slow, what it told before."""
    began = time.monotonic()
    count = _answer(answers, STALLED)
    if isinstance(count, str):
        raise DocumentError(wrong.PDF_UNREADABLE(error=f"it {_why(count)}"))
    if isinstance(count, list):
        code, what = count
        raise DocumentError(wrong.PDF_NOT_INSTALLED() if code == wrong.PDF_NOT_INSTALLED.name else
                            wrong.PDF_UNREADABLE(error=what.partition(": ")[2]))
    found, notes, letters = list[list[Line]](), list[str](), 0
    for number in range(min(count, pdf.MOST_PAGES)):
        answer = _answer(answers, min(STALLED, began + SECONDS - time.monotonic()))
        if isinstance(answer, str):
            whole = time.monotonic() - began >= SECONDS
            notes.append(_left_out(f"read for {SECONDS:g} seconds" if whole else f"page {number + 1} {_why(answer)}",
                                   number))
            break
        found.append(_page(answer, number, notes))
        letters += sum(len(line.text) for line in found[-1])
        if letters > MOST_LETTERS and number + 1 < count:
            notes.append(_left_out(f"more than {MOST_LETTERS:,} characters", number + 1))
            break
    return found, [*notes, *_more(count)]


def _why(answer: str) -> str:
    return f"takes more than {STALLED:g} seconds" if answer == "slow" else (
        f"takes more than {MEMORY >> 20} MB of memory or breaks its reader")


def _answer(answers: queue.Queue[Any], seconds: float) -> Any:
    """What the process tells next: 'ended' where it tells nothing more, 'slow' where it is."""
    try:
        return answers.get(timeout=max(0.0, seconds))
    except queue.Empty:
        return "slow"


def _give(pipe: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError), pipe:  # it ended before it had read all of it
        pipe.write(data)


def _take(pipe: IO[bytes], answers: queue.Queue[Any]) -> None:
    with pipe:
        for line in pipe:
            answers.put(json.loads(line) if line.endswith(b"\n") else "ended")
    answers.put("ended")


def _left_out(why: str, read: int) -> str:
    return f"{why}: pages from {read + 1} on are left out"


def _more(count: int) -> Iterator[str]:
    if count > pdf.MOST_PAGES:
        yield f"only the first {pdf.MOST_PAGES} of {count} pages are read"


def _page(told: list[Any] | None, number: int, notes: list[str]) -> list[Line]:
    """A page's lines as they were told; none, and a note, of one that cannot be read."""
    if told is None:
        notes.append(f"page {number + 1} cannot be read")
    return [Line(text, plain, number + 1, tuple(Segment(*segment) for segment in segments))
            for text, plain, segments in told or ()]


def main() -> None:
    """Read the PDF of standard input: tell its number of pages, or why it has none, and each of them."""
    _tell("ready")
    data = sys.stdin.buffer.read()
    _bounded(len(data))
    try:
        document = pdf.opened(data)
    except DocumentError as error:
        _tell([error.fault.code, error.fault.what])
        return
    _tell(len(document))
    for number in range(min(len(document), pdf.MOST_PAGES)):
        _tell(pdf.lines(document, number))


def _tell(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _bounded(length: int) -> None:
    """Limit the memory, where the system can."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY + length, MEMORY + length))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
