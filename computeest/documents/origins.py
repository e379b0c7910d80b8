"""When a model was published and which model it began as: facts in words rather than numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from computeest.documents import cues
from computeest.documents.document import Passage
from computeest.documents.grammar import Said
from computeest.documents.sieve import Sieve

#: Kinds of networks and what runs them, which are no trained models.
_KIND = re.compile(cues.text("no_base_model"), re.IGNORECASE)
_PARTS = cues.parts("in_words")
_STAMP, _ANY = re.compile(_PARTS["stamp"]), re.compile(_PARTS["any"])
_SAYS = re.compile(_PARTS["says"], re.IGNORECASE)
_FROM, _USED_AS, _BUILT_ON = (re.compile(_PARTS[name]) for name in ("from", "used_as", "built_on"))
#: What says so in as many words: whose weights a training began with, what a model is a tuned version of.
_BEGAN = tuple(re.compile(_PARTS[name]) for name in (
    "version_of_repository", "begun", "started_with", "adapted_from", "tuned_from", "version_of"))
#: What is said to begin as another model where it is a part of one.
_OF_PART = re.compile(cues.text("part_of_model"), re.IGNORECASE)
_NEAR = 60
#: Every way of saying so that a sentence is looked through for: its name, the column and the expression.
_SAID = Sieve((one, one[2].pattern) for one in (
    ("released", "published", _SAYS), *(("began as", "base_model", pattern) for pattern in _BEGAN),
    ("from", "base_model", _FROM), ("built on", "base_model", _BUILT_ON), ("used as base", "base_model", _USED_AS)))


def stamp(passage: Passage) -> Iterator[Said]:
    """arXiv's stamp on a first page."""
    yield from _found("stamp", "published", _STAMP, passage.plain)


def dates(plain: str, pattern: str) -> Iterator[Said]:
    """Any date; the pattern says why it was looked for."""
    yield from _found(pattern, "published", _ANY, plain)


def said(plain: str) -> Iterator[Said]:
    """Dates of release and base models that a sentence names."""
    for name, column, pattern in _SAID.through(plain):
        yield from _found(name, column, pattern, plain)


def _found(name: str, column: str, pattern: re.Pattern[str], plain: str) -> Iterator[Said]:
    for match in pattern.finditer(plain):
        text = " ".join(match["value"].split()).strip("`., ")
        named = column != "base_model" or (re.search(r"[A-Z\d]", text) and not _KIND.fullmatch(text)
                                           and not _OF_PART.search(plain, max(0, match.start() - _NEAR), match.start()))
        if text and named:
            yield Said(name, column, text, *match.span("value"), *match.span())
