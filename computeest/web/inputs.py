"""What the inputs of a report are: papers, tables, records, and results on progress."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from computeest.facts.paper import Paper, read_paper, read_text
from computeest.pipeline import Options, evaluated
from computeest.problems import InputError, Problem
from computeest.problems.files import RESULT_TOO_LARGE
from computeest.records.columns import FIELDS
from computeest.text.files import given_bytes, handed_over
from computeest.text.yaml_nodes import LARGEST
from computeest.web import progress, rows
from computeest.web.report import Content
from computeest.web.study import studied

#: A JSON document past this is no report's input.
_LARGEST_JSON = 200_000_000
_PAPERS = (".yaml", ".yml")


def read(inputs: Sequence[str], options: Options) -> Content:
    """Everything that the inputs hold; one that is wrong costs itself alone, InputError where none is left."""
    papers: list[tuple[Paper, str]] = []
    content = Content()
    for name in inputs:
        try:
            _add(name, options, content, papers)
        except InputError as error:
            content.problems += error.problems
    kept = [(paper, text) for paper, text in papers if _alone(paper, options, content)]
    if kept:
        content.studies = studied([paper for paper, _ in kept], options, [text for _, text in kept])
    if content.problems and not (content.studies or content.tables or content.progress):
        raise InputError(content.problems)
    return content


def _alone(paper: Paper, options: Options, content: Content) -> bool:
    """Whether a paper can be estimated by itself; what it lacks is noted, and keeps no other from it."""
    try:
        evaluated([paper], options)
    except InputError as error:
        content.problems += error.problems
        return False
    return True


def _add(name: str, options: Options, content: Content, papers: list[tuple[Paper, str]]) -> None:
    path = Path(name)
    if name == "-":
        text = sys.stdin.read(LARGEST + 1)
        papers.append((read_text(text, "standard input"), text))
    elif path.suffix == ".json" and path.is_file():
        _add_json(path, options, content, papers)
    elif path.suffix in _PAPERS or path.is_dir() or not path.suffix:
        papers.append(_paper_and_text(name))
    else:
        content.tables.append((path.name, rows.of_file(path, options)))


def _paper_and_text(name: str) -> tuple[Paper, str]:
    if handed_over(name):  # it is read once
        text = given_bytes(name, 4 * LARGEST).decode("utf-8-sig", "replace")
        return read_text(text, name), text
    path = Path(name)
    return read_paper(name), path.read_text("utf-8-sig") if path.is_file() else ""


def _add_json(path: Path, options: Options, content: Content, papers: list[tuple[Paper, str]]) -> None:
    """A JSON document: a result on progress, records, a configuration, or facts."""
    if path.stat().st_size > _LARGEST_JSON:
        raise InputError([Problem(str(path), 0, "", RESULT_TOO_LARGE(most=_LARGEST_JSON))])
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        papers.append((read_paper(path), ""))  # which says what is wrong with it, and where
        return
    if progress.kind(found):
        content.progress += progress.parts(found, path.stem)
    elif _records(found):
        listed = found if isinstance(found, list) else [found]
        made = [dict.fromkeys((*FIELDS, "problems")) | record | {"row": index} for index, record in
                enumerate(listed, 1)]
        content.tables.append((path.name, rows.Rows(made)))
    elif isinstance(found, list) and all(isinstance(each, dict) for each in found):
        content.tables.append((path.name, rows.of_papers(found, options)))
    else:
        papers.append((read_paper(path), ""))


def _records(found: Any) -> bool:
    """Whether a document holds what `estimate --format json` writes."""
    first = found[0] if isinstance(found, list) and found else found
    return isinstance(first, dict) and {"flop", "flop_low", "methods", "derivation"} <= first.keys()
