"""Pieces annotated one after the other, and what passes between processes that annotate them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from computeest.problems import InputError, Problem, note_failure, noted
from computeest.tables.annotator import Done, Work
from computeest.tables.source import Piece


def alone(work: Work, pieces: Iterable[Piece]) -> Iterator[Done]:
    """In this process."""
    return map(work.annotate, pieces)


def attempt(work: Work, piece: Piece) -> Done | tuple[Problem, ...]:
    """A piece that is done, with its content at once, or what is wrong with the input."""
    done = tried(work, piece)
    return replace(done, content=done.whole()) if isinstance(done, Done) else done


def tried(work: Work, piece: Piece) -> Done | tuple[Problem, ...]:
    """A piece that is done, or what is wrong with the input."""
    try:
        return replace(work.annotate(piece), failed=noted())
    except InputError as error:
        return error.problems


def received(found: Done | tuple[Problem, ...] | Exception) -> Done:
    """What another process has made of a piece; what was wrong there is raised here."""
    if isinstance(found, Exception):
        raise found
    if isinstance(found, Done):
        for sentence in found.failed:
            note_failure(sentence)
        return found
    raise InputError(found)
