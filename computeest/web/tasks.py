"""What the API answers: each task takes the query and the body of a request, and gives the answer as JSON or a page."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from computeest.facts.paper import Paper, read_paper, read_text
from computeest.pipeline import Options, estimate_together
from computeest.problems import InputError, Problem, UsageError
from computeest.problems.files import REQUEST_REFUSED
from computeest.records.columns import FIELDS
from computeest.text.listing import as_csv
from computeest.web import problems
from computeest.web.problems import BAD, FAILED, LARGE, refused

Query = Mapping[str, Sequence[str]]
#: What only a fault of ours raises.
_FAULTS = (ArithmeticError, AttributeError, ImportError, LookupError, OSError, RuntimeError, TypeError)
#: Draws of a request are bounded, as all else is.
_MOST_SAMPLES = 100_000
_MOST_ROWS = 20_000
_DEEPEST = 100
#: An escape of JSON that may be half a character.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
#: The key under which a body may hold a paper.yaml as a text, whose lines problems then name.
YAML = "yaml"


def answered(task: str, query: Query, text: str) -> tuple[int, bytes]:
    """HTTP's status and the answer to a request."""
    try:
        answer = TASKS[task](query, text)
        return 200, answer if isinstance(answer, bytes) else _json(answer)
    except problems.RequestError as error:
        return error.status, problems.body(error.problems, text)
    except InputError as error:
        return BAD, problems.body(error.problems, text)
    except MemoryError:
        return LARGE, problems.body(refused(LARGE, "this takes more memory than a request may have").problems)
    except ValueError as error:
        if isinstance(error, UsageError) or type(error).__module__.startswith("computeest"):
            return BAD, problems.body(refused(BAD, str(error)).problems)
        return FAILED, _failed(error)
    except _FAULTS as error:
        return FAILED, _failed(error)


def _failed(error: BaseException) -> bytes:
    """A fault of ours: its kind goes to the log, and nothing of it to the client."""
    import sys
    import traceback

    traceback.print_exception(error, file=sys.stderr)
    return problems.body(refused(FAILED, f"this failed in computeest itself ({type(error).__name__})",
                                 "a report of it, with what was asked").problems)


def warm() -> None:
    """Estimate once, so that the first request finds everything loaded."""
    for task, body in (("estimate", '{"parameters": "1B", "tokens": "1B", "chip": "A100", "chip_time": "9 GPU-hour"}'),
                       ("families", "{}"), ("hardware", "{}")):
        answered(task, {}, body)


def _json(answer: Any) -> bytes:
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str).encode()


def parsed(text: str) -> Any:
    """A JSON text as plain data: no key twice, no number that is none, no depth that fills the stack."""
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        said = REQUEST_REFUSED(what=f"this is not JSON: {error.msg.lower()}",
                               expected='an object of facts, such as {"parameters": "175B"}')
        raise problems.RequestError(BAD, [Problem("", error.lineno, "", said)]) from None
    except (RecursionError, ValueError) as error:
        if isinstance(error, problems.RequestError):
            raise
        raise refused(BAD, "this is not JSON that can be read", "plain values, lists and objects") from None
    _shallow(found)
    if _HALF.search(text):
        _whole(found)
    return found


def _whole(found: Any) -> None:
    """Refuse texts with half a character, which no answer could repeat."""
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise refused(BAD, "a text holds half of a character (an unpaired surrogate)", "whole characters") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for at, (key, _) in enumerate(pairs) if key in [k for k, _ in pairs[:at]])
        raise refused(BAD, f"the key '{twice[:60]}' is given twice", "each key once", key=twice[:60])
    return found


def _constant(name: str) -> float:
    raise refused(BAD, f"{name} is no number", "a number, or nothing")


def _shallow(value: Any) -> None:
    """Refuse values that are nested too deeply."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for one in level if isinstance(one, (dict, list))
                 for inner in (one.values() if isinstance(one, dict) else one)]
        if not level:
            return
    raise refused(BAD, "values are nested too deeply", f"at most {_DEEPEST} levels")


def mapping(text: str) -> dict[str, Any]:
    """The object that a body holds."""
    found = parsed(text or "{}")
    if not isinstance(found, dict):
        raise refused(BAD, "the body is not an object", 'such as {"parameters": "175B", "tokens": "300B"}')
    return found


def paper(text: str) -> Paper:
    """The paper in a body: its keys, or a paper.yaml as a text under 'yaml'."""
    found = mapping(text)
    if set(found) == {YAML}:
        return read_text(str(found[YAML]), "")
    return read_paper(found)


def options(query: Query, preset: str = "") -> Options:
    """The options of a query, by the names that the command line has."""
    assumed = {}
    for text in query.get("assume", ()):
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise refused(BAD, f"'{text[:60]}' is not COLUMN=VALUE", "such as utilization=0.4", key="assume")
        assumed[name.strip()] = value.strip()
    return Options.of(assume=assumed, prefer=one(query, "prefer"), preset=preset,
                      consequences=tuple(query.get("with", ())))


def one(query: Query, name: str) -> str:
    """The last value of a query's name, empty where there is none."""
    return (query.get(name) or ("",))[-1]


def estimate(query: Query, text: str) -> Any:
    """The record of a paper, or those of a list; with ?threshold= and ?samples= what these add."""
    samples = one(query, "samples") or "0"
    if not samples.isdecimal() or int(samples) > _MOST_SAMPLES:
        raise refused(BAD, f"'{samples[:20]}' is no number of draws", f"0 to {_MOST_SAMPLES:,}", key="samples")
    several = text.lstrip().startswith("[")
    papers = _papers(parsed(text)) if several else [paper(text)]
    found = estimate_together(papers, options(query), thresholds=tuple(query.get("threshold", ())),
                              samples=int(samples))
    return _rendered(found, query, alone=not several) or (found if several else found[0])


def _papers(listed: Any) -> list[Paper]:
    """The papers of a list, each of which may be the base model of others; all that is wrong with any is said."""
    if not listed or not all(isinstance(each, dict) for each in listed):
        raise refused(BAD, "the body is not a list of papers", '[{"parameters": "175B", "tokens": "300B"}]')
    _few(len(listed))
    read, wrong = list[Paper](), list[Problem]()
    for each in listed:
        try:
            read.append(read_paper(each))
        except InputError as error:
            wrong += error.problems
    if wrong:
        raise InputError(wrong)
    return read


def _rendered(found: Sequence[Any], query: Query, *, alone: bool) -> bytes:
    """Records in the form that ?format= asks for; nothing where that is JSON."""
    from computeest.records import formats

    form = one(query, "format") or "json"
    if form not in formats.FORMS:
        raise refused(BAD, f"no format is called '{form[:40]}'", f"one of {', '.join(formats.FORMS)}", key="format")
    if form == "csv" and found and "problems" in found[0]:  # a row's problems are a column of an annotated table
        lines = ({**formats.flat(record), "problems": record["problems"] or ""} for record in found)
        return as_csv((*FIELDS, "problems"), lines).encode()
    return b"" if form == "json" else formats.render(found, form, alone=alone).encode()


def study(query: Query, text: str) -> Any:
    """A paper's page: its record, thresholds, derivation, sensitivity and YAML; and all of it as HTML."""
    from computeest.web import pages
    from computeest.web.study import studied

    yaml = mapping(text).get(YAML, "")
    found = studied([paper(text)], options(query), [str(yaml)])[0]
    return found.to_dict() | {"html": pages.paper(found, one(query, "statement"))}


def validate(query: Query, text: str) -> Any:
    """Nothing to say of a paper that can be estimated; what is wrong with any other is refused with its problems."""
    from computeest.pipeline import evaluated

    evaluated([paper(text)], options(query))
    return {"valid": True, "problems": []}


def annotate(query: Query, text: str) -> Any:
    """The records of many papers or of a table's rows, each with an estimate or its problems."""
    found = rows_of(query, text)
    if one(query, "format") not in ("", "json"):
        return _rendered(found.records, query, alone=False)
    return {"records": found.records, "counts": found.counts(), "unread": list(found.unread), "preset": found.preset,
            "problems": [problems.as_dict(problem) for problem in _wrong(found)]}


def _wrong(found: Any) -> list[Problem]:
    from computeest.web.rows import as_problem

    return [problem for record in found.records if (problem := as_problem(record)) is not None]


def rows_of(query: Query, text: str) -> Any:
    """The rows that a body holds: a list of papers, or an object with `papers`, `rows` or `csv`."""
    from computeest.web import rows

    found = parsed(text)
    held = found if isinstance(found, dict) else {"papers": found}
    preset = str(held.get("preset") or one(query, "preset"))
    chosen = options(query, preset)
    if "csv" in held:
        _few(str(held["csv"]).count("\n"))
        return rows.of_text(str(held["csv"]), chosen)
    listed = held.get("papers", held.get("rows", [held]))
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed) or not listed:
        raise refused(BAD, "this is not a list of papers", '[{"parameters": "175B"}], or {"csv": ...}')
    _few(len(listed))
    if "rows" in held:
        return rows.of_text("\n".join(json.dumps(each, ensure_ascii=False) for each in listed), chosen, suffix=".jsonl")
    return rows.of_papers(listed, chosen)


def _few(count: int) -> None:
    if count > _MOST_ROWS:
        raise refused(LARGE, f"there are {count:,} rows", f"at most {_MOST_ROWS:,}; `computeest annotate` takes any")


def overview(query: Query, text: str) -> Any:
    """A table's page: the records, and the overview as HTML."""
    from computeest.web import pages

    found = rows_of(query, text)
    return {"records": found.records, "html": pages.overview(found)}


def report(query: Query, text: str) -> Any:
    """The report on a paper, or on the rows of a table, as one HTML file."""
    from computeest.web import report as reports
    from computeest.web.study import studied

    held = parsed(text)
    statement = one(query, "statement")
    if isinstance(held, list) or {"csv", "rows", "papers"} & set(held):
        return reports.page(reports.Content(tables=[("table", rows_of(query, text))]), statement).encode()
    yaml = str(held.get(YAML, "")) if isinstance(held, dict) else ""
    return reports.page(reports.Content(studied([paper(text)], options(query), [yaml])), statement).encode()


def find(_query: Query, text: str) -> Any:
    """Which chip a text means, and how many of it, in the words of `computeest hardware find --format json`."""
    from computeest.hardware import Refusal, load
    from computeest.hardware.show import described
    from computeest.schema import cells

    asked = mapping(text)
    words = next((asked[key] for key in ("text", "chip", "query") if key in asked), None)
    if not isinstance(words, str) or not words.strip():
        raise refused(BAD, "there is no text to look up", '{"text": "8 x A100-80GB"}', key="text")
    day = str(asked.get("date") or asked.get("published") or "")
    database = load(())
    match = database.find(words[:500], cells.date(day) if day else None)
    if isinstance(match, Refusal):
        raise refused(BAD, str(match), "a chip of `computeest hardware list`", key="text")
    return described(database, match)


def hardware(_query: Query, _text: str) -> Any:
    """Every chip, in the words of `computeest hardware list --format json`."""
    from computeest.hardware import load, show

    return show.rows(load(()))


def models(_query: Query, _text: str) -> Any:
    """The models that others start from, by name."""
    from computeest.models import table

    return [{"id": key, "name": entry.name} for key, entry in table.entries().items()]


def families(_query: Query, text: str) -> Any:
    """Every family with its parameters and variants; of the one under `name`, its layers and totals."""
    from computeest import registry
    from computeest.family_pages import layer_table, page

    asked = mapping(text)
    if "name" in asked:
        given = asked.get("set") or {}
        if not isinstance(given, dict):
            raise refused(BAD, "'set' is not an object", '{"depth": 101}', key="set")
        return layer_table.counted(registry.load(), str(asked["name"])[:200], given)
    return page.families(registry.load())


def draft(_query: Query, text: str) -> Any:
    """The papers that a document states, with its passages and the facts marked in them."""
    from computeest.documents.document import DocumentError
    from computeest.web import marked

    asked = mapping(text)
    name = str(asked.get("name") or "document.txt")[:200]
    try:
        return marked.drafted(_document(asked, name), str(asked.get("model") or ""))
    except DocumentError as error:
        raise refused(BAD, error.what, error.expected) from None


def _document(asked: Mapping[str, Any], name: str) -> Any:
    from computeest.documents import read

    if "base64" in asked:
        try:
            return read.from_bytes(base64.b64decode(str(asked["base64"]), validate=True), name)
        except binascii.Error:
            raise refused(BAD, "'base64' is not base64", "the document's bytes in base64", key="base64") from None
    if not isinstance(asked.get("text"), str) or not str(asked["text"]).strip():
        raise refused(BAD, "there is no document", '{"text": "We trained ...", "name": "paper.md"}', key="text")
    return read.from_text(str(asked["text"]).replace("\r\n", "\n"), name)


TASKS: Mapping[str, Callable[[Query, str], Any]] = {
    "estimate": estimate, "study": study, "validate": validate, "annotate": annotate, "overview": overview,
    "report": report, "find": find, "hardware": hardware, "models": models, "families": families, "draft": draft,
}
