"""What is wrong with a request, as the API says it: {problems: [{line, key, what, expected}]}."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from computeest.problems import Problem
from computeest.problems.files import REQUEST_REFUSED
from computeest.text.files import visible

#: HTTP's numbers for what can be wrong.
BAD, FOREIGN, MISSING, METHOD, SLOW, LARGE, NO_JSON, BUSY, FAILED, LATE = (
    400, 403, 404, 405, 408, 413, 415, 429, 500, 503)
_UNKNOWN = re.compile(r"no key is called '(.+)'$")


class RequestError(ValueError):
    """A request that gets no answer: HTTP's number for it, and everything that is wrong."""

    def __init__(self, status: int, problems: Iterable[Problem]) -> None:
        self.status = status
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def refused(status: int, what: str, expected: str = "", key: str = "") -> RequestError:
    """A refusal with one problem."""
    return RequestError(status, [Problem("", 0, key, REQUEST_REFUSED(what=what, expected=expected))])


def as_dict(problem: Problem, text: str = "") -> dict[str, Any]:
    """A problem as JSON has it; `text` is the request, in which the line of a key is looked up that none says."""
    unknown = _UNKNOWN.match(problem.what)  # such a problem is of the mapping that holds the key
    key = ".".join(part for part in (problem.place, unknown[1] if unknown else "") if part)
    return {"line": problem.line or _line(key, text), "key": visible(key), "what": visible(problem.what),
            "expected": visible(problem.expected)}


def body(problems: Iterable[Problem], text: str = "") -> bytes:
    """The answer to a request that is refused."""
    return json.dumps({"problems": [as_dict(problem, text) for problem in problems]},
                      ensure_ascii=False).encode("utf-8", "replace")


def _line(place: str, text: str) -> int:
    """The line on which a key stands in a JSON text, 0 where it stands nowhere or more than once."""
    key = place.rpartition(".")[2].partition("[")[0]
    found = list(re.finditer(rf"{re.escape(json.dumps(key, ensure_ascii=False))}\s*:", text)) if key else []
    return text.count("\n", 0, found[0].start()) + 1 if len(found) == 1 else 0
