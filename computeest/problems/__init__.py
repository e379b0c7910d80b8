"""What is wrong with an input: where, what, what was expected; and every kind of thing that the engine says of one.

A kind has a code, a title, a level and the words (`kind`). They stand in a module for each part of the engine, those of
records and audits too, and all of them in `register`, which refuses two of one code: docs/checks.md and docs/errors.md
are written from it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

#: How an expectation may begin that is a sentence already.
_SENTENCES = ("closest:", "write ", "see ", "such as ", "if ")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, wherever it is, and what was expected: the words of one of the kinds."""

    #: Which kind.
    code: str
    what: str
    expected: str = ""

    def __str__(self) -> str:
        return self.what

    def expecting(self, expected: str) -> Fault:
        """The same, with what was expected where nothing of it is said."""
        return self if self.expected else Fault(self.code, self.what, expected)


class _Worded:
    """What has a fault is of its kind and says its words."""

    __slots__ = ()
    fault: Fault

    @property
    def code(self) -> str:
        """The kind of problem, which does not change with its words."""
        return self.fault.code

    @property
    def what(self) -> str:
        """What is wrong."""
        return self.fault.what

    @property
    def expected(self) -> str:
        """What was expected, or the nearest right thing; may be empty."""
        return self.fault.expected


@dataclass(frozen=True, slots=True)
class Problem(_Worded):
    """One thing wrong with an input, in words a person can act on."""

    #: The file (or table) it is in.
    file: str
    #: Its line, or a table's row; 0 where there is none.
    line: int
    #: The key or column, with its place: `runs[2].chip`; empty where it is the whole file.
    place: str
    fault: Fault

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        place = f"{self.place}: " if self.place else ""
        lead = "" if self.expected.startswith(_SENTENCES) else "expected: "
        return f"{where}{place}{self.what}" + (f"\n  {lead}{self.expected}" if self.expected else "")


class UsageError(ValueError):
    """A call that asks for something there is not: a method, a format, an assumption, a plugin."""


class InputError(ValueError):
    """An input that cannot be estimated, with everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class FaultError(_Worded, ValueError):
    """Something that cannot be read, wherever it stands: what is wrong, and what was expected."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.what)
        self.fault = fault

    def __reduce__(self) -> tuple[type[FaultError], tuple[Fault]]:
        return type(self), (self.fault,)


class NetworkError(FaultError):
    """A network that cannot be counted: its family, its parameters or its layers."""

    def within(self, where: str) -> NetworkError:
        """The same, with the place in the list of layers."""
        return NetworkError(Fault(self.fault.code, f"{where}: {self.what}", self.expected))


class CellError(FaultError):
    """A text that is no value of its column."""


def fails() -> tuple[type[BaseException], ...]:
    """What a plugin's code ended with, for `except`: whatever it is, it must cost the plugin's own answers only.

    Libraries in other languages raise what is no `Exception`. Ctrl-C is nobody's answer.
    """
    raised = sys.exc_info()[1]
    return () if raised is None or isinstance(raised, KeyboardInterrupt) else (type(raised),)


def told(error: BaseException) -> str:
    """The kind and the words of what a plugin's code ended with; of some the words cannot be had."""
    try:
        return f"{type(error).__name__}: {error}"
    except fails():
        return type(error).__name__


#: More failures are one failure many times.
MOST_FAILURES = 20
_failed: dict[str, None] = {}
_said: set[str] = set()


def note_failure(sentence: str) -> None:
    """Keep that a plugin failed while it was used, to be said at the end."""
    if len(_failed) < MOST_FAILURES:
        _failed[sentence] = None


def noted() -> tuple[str, ...]:
    """What was kept so far, for a process that cannot say it itself."""
    return tuple(_failed)


def failures() -> list[str]:
    """What is to be said of plugins that failed, each sentence once in a process."""
    found = [sentence for sentence in _failed if sentence not in _said]
    _said.update(found)
    return found
