"""The lint run over the database that comes with computeest, or over a user's files on top of it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from computeest.hardware.documents import overlay_files
from computeest.hardware.lint import Document, Finding, documents, lint
from computeest.problems import InputError, Problem


def check(paths: Sequence[Path]) -> list[Finding]:
    """What the lint finds in these files; in our own, where none are given."""
    ours = documents(files("computeest_hardware"))
    if not paths:
        return lint(ours)
    theirs = [Document(file.name, _text(file.name, file.content), layer)
              for layer, path in enumerate(paths, 1) for file in overlay_files(path)]
    named = {document.name for document in theirs}
    return [finding for finding in lint([*ours, *theirs]) if finding.spot.file in named]


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError([Problem(name, 1, "", "the file is not text in UTF-8")]) from None
