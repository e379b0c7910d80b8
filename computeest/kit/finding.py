"""What the contract suite found: one clause held against one thing that a plugin brings."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from computeest.problems import fails, told
from computeest.registry import references
from computeest.text.suggest import did_you_mean

#: What a clause does: returns what it saw, or raises ClauseError or UnstatedError.
Clause: TypeAlias = Callable[[], str]
Clauses: TypeAlias = Iterator[tuple[str, Clause]]


class ClauseError(Exception):
    """A clause that is not kept: how."""


class UnstatedError(Exception):
    """A clause that has nothing to be held against: what is not there."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether one thing keeps one clause of the contract, and why."""

    #: The module that brings it.
    plugin: str
    #: Kind and name: "family resnet".
    subject: str
    #: The clause: "units", "cited", ...
    item: str
    #: "none" where there is nothing to hold it against.
    verdict: Literal["pass", "fail", "none"]
    #: What was seen.
    reason: str

    def __str__(self) -> str:
        """One line: what, and what was seen."""
        return f"{self.plugin}: {self.subject}: {self.item}: {self.verdict}: {self.reason}"


def finding(plugin: str, subject: str, item: str, clause: Clause) -> Finding:
    """Hold one clause; whatever the plugin's own code raises fails that clause and nothing else."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Finding(plugin, subject, item, "pass", clause())
    except UnstatedError as reason:
        return Finding(plugin, subject, item, "none", str(reason))
    except ClauseError as reason:
        return Finding(plugin, subject, item, "fail", str(reason))
    except fails() as error:
        # a plugin is somebody else's code and may end with anything
        return Finding(plugin, subject, item, "fail", told(error))


_YEAR = re.compile(r"\b(1[6-9]\d\d|20\d\d)\b")
LONGEST = 120


def first_line(function: Callable[..., Any]) -> str:
    """The first line of a function's docstring, or nothing."""
    return (function.__doc__ or "").strip().partition("\n")[0].strip()


def documented(function: Callable[..., Any]) -> str:
    """The docstring's first line says what the result means."""
    line = first_line(function)
    name = getattr(function, "__name__", "the function")
    if not line:
        raise ClauseError(f"{name} has no docstring; its first line says what the result means")
    if len(line.split()) < 3 or len(line) > LONGEST:
        raise ClauseError(f"'{line[:60]}' is no sentence; the first line of {name}'s docstring is one, of at most"
                          f" {LONGEST} characters")
    return line


def cited(source: object) -> str:
    """The source is a key of references.yaml, or a citation in words with a year."""
    if not isinstance(source, str) or not source.strip():
        raise ClauseError("there is no source; cite where it is from, as in 'He et al. 2015, arXiv:1512.03385'")
    if source in references():
        return references()[source].title
    if " " not in source.strip():
        near = did_you_mean(source, references())
        raise ClauseError(f"'{source}' is no key of references.yaml"
                          + (f"; {near}" if near else ", nor a citation in words with a year"))
    if not _YEAR.search(source):
        raise ClauseError(f"'{source[:80]}' has no year; cite as in 'He et al. 2015, arXiv:1512.03385'")
    return source
