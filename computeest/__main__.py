"""`python -m computeest` is the command line, and so is the command `computeest`."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress


def main() -> None:
    """Run the command line; Ctrl-C ends it without a traceback while it is still being loaded, too."""
    try:
        from computeest.cli import help_text

        words = sys.argv[1:]
        if help_text.recalled(words):
            return
        from computeest.cli import commands

        if commands.are_brief(words):
            gc.set_threshold(*commands.SELDOM)
        from computeest.cli import compiled

        command = words[0] if words and words[0] in commands.NAMES else "none"
        before = compiled.recall(command)
        from computeest.cli.app import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    try:
        run()
    finally:
        compiled.keep(command, before)


#: Frames above `run` where a process was started for it: those of `python -m`, or the script of an installation.
_OF_A_PROCESS = 3


def run() -> None:
    """Run the command line as the process that it is, and end that.

    What was loaded is not taken apart first: a sixth of `validate PAPER`. Where anything else is in the process,
    such as a profiler, a debugger or a thread, it ends as ever.
    """
    try:
        main()
    except SystemExit as asked:
        if not isinstance(asked.code, int | None) or not _alone():
            raise
        _end(asked.code or 0)


def _alone() -> bool:
    """Whether nobody waits for what comes after, and nothing else runs."""
    try:
        sys._getframe(_OF_A_PROCESS + 2)
    except ValueError:
        threading = sys.modules.get("threading")
        return threading is None or threading.active_count() == 1
    return False


def _end(code: int) -> None:
    """End at once, with all written that was to be: what is done at exit is done, and files left open are flushed."""
    import atexit
    import io
    import os

    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):  # the interpreter says so
        sys.exit(code)
    atexit._run_exitfuncs()
    kinds = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)
    for one in gc.get_objects() if _files_are_open() else ():
        if isinstance(one, kinds) and not one.closed:
            with suppress(OSError, ValueError):
                one.flush()
    os._exit(code)


def _files_are_open() -> bool:
    """Whether a file may be open besides the three streams, or a plugin write to these in a way of its own.

    To look at all objects for files takes a tenth of `validate PAPER`.
    """
    import os

    try:
        numbers = [int(name) for name in os.listdir("/dev/fd")]  # noqa: PTH208  names alone
    except (OSError, ValueError):  # a system that does not say
        return True
    for number in numbers:
        with suppress(OSError):  # what the folder itself was read by
            if number > 2 and os.fstat(number):
                return True
    return any(word.startswith("--plugin") for word in sys.argv)


if __name__ == "__main__":
    run()
