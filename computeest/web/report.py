"""The report: one HTML file that opens from disk, with nothing to load."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from computeest.problems import Problem
from computeest.records.columns import Record
from computeest.text.files import visible
from computeest.version import __version__
from computeest.web import numbers, pages
from computeest.web.overview import Overview
from computeest.web.progress import Part
from computeest.web.rows import Rows
from computeest.web.statement import Statement, statement
from computeest.web.study import Study

#: Styles and scripts that a report holds, in order.
STYLES = ("app.css",)
SCRIPTS = ("numbers.js", "charts.js", "rows.js", "table.js", "page.js")


@dataclass(slots=True)
class Content:
    """What a report is of."""

    studies: Sequence[Study] = ()
    #: Tables by name.
    tables: list[tuple[str, Rows]] = field(default_factory=list)
    progress: list[Part] = field(default_factory=list)
    #: What is wrong with papers and files that are left out.
    problems: list[Problem] = field(default_factory=list)

    @property
    def records(self) -> list[Record]:
        """All records, those of papers first."""
        return [study.record for study in self.studies] + [record for _, rows in self.tables for record in rows.records]

    def overviews(self) -> list[Overview]:
        """The tables, each with where its records begin."""
        start, found = len(self.studies), []
        for name, rows in self.tables:
            found.append(Overview(name, rows, start))
            start += len(rows.records)
        return found


def page(content: Content, form: str = "", title: str = "") -> str:
    """The whole file; `form` asks for a statement, such as eu."""
    style, script = _joined(STYLES), _joined(SCRIPTS)
    policy = (f"default-src 'none'; script-src 'sha256-{_hash(script)}'; style-src 'sha256-{_hash(style)}'; "
              "img-src data:; base-uri 'none'; form-action 'none'")
    statements = [statement(study, form) for study in content.studies]
    template = pages.environment().get_template("report.html")
    return template.render(
        title=title or _title(content), studies=_with(content.studies, statements), overviews=content.overviews(),
        parts=content.progress, records=as_script(content.records), planes=as_script(planes(content.progress)),
        style=style, script=script, policy=policy, version=__version__)


def _with(studies: Sequence[Study], statements: Sequence[Statement | None]) -> list[tuple[Study, Statement | None]]:
    return list(zip(studies, statements, strict=True))


def _title(content: Content) -> str:
    if len(content.studies) == 1 and not content.tables:
        return f"Training compute of {content.studies[0].record['model'] or 'a model'}"
    return "Training compute"


def planes(parts: Iterable[Part]) -> list[Any]:
    """Everything that a script draws, in the order in which the page has the places for it."""
    return [plane for part in parts for plane in part.planes]


def as_script(value: Any) -> str:
    """JSON that can stand within a script element: nothing in it ends the element."""
    text = json.dumps(numbers.finite(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str)
    return visible(text).replace("<", "\\u003c")


def _joined(names: Sequence[str]) -> str:
    folder = files("computeest.web").joinpath("static")
    return "\n".join(folder.joinpath(name).read_text("utf-8") for name in names)


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
