"""What the contract suite found: one clause held against one thing that a plugin brings."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

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
    except Exception as error:
        # a plugin is somebody else's code and may raise anything
        return Finding(plugin, subject, item, "fail", f"{type(error).__name__}: {error}")
