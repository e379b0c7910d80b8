"""One kind of finding or of problem: its code, its level, when it speaks, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from computeest.problems import Fault

LEVELS = ("error", "warning", "info")
#: A finding as records hold it: code, level, message.
Finding = dict[str, str]


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding, or of problem with an input."""

    #: What records call it: words joined by hyphens, which do not change.
    name: str
    level: str
    #: When it speaks, for the pages on checks and on messages.
    title: str
    #: What it says, with what it is told in braces.
    sentence: str
    #: A level that it has instead, where the case is a milder or a worse one.
    or_else: str = ""
    #: What was expected instead, likewise; empty where the sentence says it.
    expected: str = ""

    def says(self, *, level: str = "", **told: Any) -> Finding:
        """The finding on one case."""
        return {"code": self.name, "level": level or self.level, "message": self.sentence.format(**told)}

    def __call__(self, **told: Any) -> Fault:
        """What is wrong with one input, and what was expected."""
        return Fault(self.name, self.sentence.format(**told), self.expected.format(**told))


def wrong(name: str, title: str, sentence: str, expected: str = "") -> Code:
    """A kind of problem, which leaves its input without an answer."""
    return Code(name, "error", title, sentence, expected=expected)


def one_owner(codes: Iterable[Code]) -> Mapping[str, Code]:
    """The codes by name; ValueError where two have one name, or a level that there is not."""
    found: dict[str, Code] = {}
    for code in codes:
        if code.name in found:
            raise ValueError(f"two kinds of findings are called '{code.name}'")
        if {code.level, code.or_else or code.level} - set(LEVELS):
            raise ValueError(f"the level of '{code.name}' is none of {', '.join(LEVELS)}")
        found[code.name] = code
    return found
