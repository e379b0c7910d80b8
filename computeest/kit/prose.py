"""Clauses on words: documented and cited."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from computeest.kit.finding import ClauseError
from computeest.references import references
from computeest.suggest import did_you_mean

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
