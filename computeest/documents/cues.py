"""The word lists that facts are told by, which are data: cues.yaml and patterns.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from computeest.documents.sieve import Sieve


@lru_cache(maxsize=4)
def data(name: str) -> Mapping[str, Any]:
    """What one of the files holds."""
    found: Mapping[str, Any] = yaml.safe_load(files("computeest.documents").joinpath(name).read_text("utf-8"))
    return found


def text(key: str) -> str:
    """A list of words or a regular expression."""
    return str(data("cues.yaml")[key])


def patterns(key: str) -> dict[str, re.Pattern[str]]:
    """Named regular expressions that mind no case."""
    return {str(name): re.compile(regex, re.IGNORECASE) for name, regex in data("cues.yaml")[key].items()}


def words(key: str) -> Mapping[str, str]:
    """Names and what they mean in words."""
    found: Mapping[str, str] = data("cues.yaml")[key]
    return found


def written_out(regex: str, parts: Mapping[str, str]) -> str:
    """An expression with its named parts, such as <number>, written out."""
    return re.sub(r"(?<!P)<([a-z_]+)>", lambda match: written_out(parts[match[1]], parts), regex)


def parts(key: str = "parts") -> dict[str, str]:
    """The named parts of expressions."""
    found = {str(name): str(regex) for name, regex in data("patterns.yaml")[key].items()}
    return {name: written_out(regex, found) for name, regex in found.items()}


#: As much text beside a number may make it none.
_BESIDE = 80


_PLACES = ("before", "value", "behind")


@lru_cache(maxsize=64)
def _no_facts(column: str) -> Sieve[tuple[re.Pattern[str], ...]]:
    """What makes a number of a column none, by the words that it needs beside it."""
    entries = [[entry.get(part, "") for part in _PLACES] for entry in data("cues.yaml")["no_fact"]
               if column in entry.get("columns", (column,))]
    return Sieve((tuple(re.compile(part, re.IGNORECASE) for part in parts),
                  r"[\s\S]*".join(f"(?:{part})" for part in parts)) for parts in entries)


def no_fact(column: str, text: str, start: int, end: int) -> bool:
    """Whether what stands beside a number in a text makes it no fact: a part of a sum, a factor between units."""
    parts = text[max(0, start - _BESIDE):start], text[start:end], text[end:end + _BESIDE]
    return any(all(pattern.search(part) for pattern, part in zip(patterns, parts, strict=True))
               for patterns in _no_facts(column).through(" ".join(parts)))
