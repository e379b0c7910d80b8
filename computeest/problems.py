"""What is wrong with an input: where, what, what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: How an expectation may begin that is a sentence already.
_SENTENCES = ("closest:", "write ", "see ", "such as ", "if ")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input, in words a person can act on."""

    #: The file (or table) it is in.
    file: str
    #: Its line, or a table's row; 0 where there is none.
    line: int
    #: The key or column, with its place: `runs[2].chip`; empty where it is the whole file.
    place: str
    what: str
    expected: str = ""

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


class CellError(ValueError):
    """A text that is no value of its column: what is wrong, and what was expected."""

    def __init__(self, what: str, expected: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.expected = expected


#: What a plugin's code may end with that must cost its own answers only.
FAILS: tuple[type[BaseException], ...] = (Exception, SystemExit)
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
