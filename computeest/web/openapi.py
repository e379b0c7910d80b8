"""The description of the JSON API, in OpenAPI 3.1: what each path takes and gives; facts as the schema has them."""

from __future__ import annotations

from typing import Any

from computeest.records.columns import FIELDS
from computeest.schema.json_schema import json_schema
from computeest.version import __version__

_EXAMPLE = {"model": "GPT-3", "parameters": "175B", "tokens": "300B tokens", "chip": "V100", "chips": 10000,
            "time": "14.8 days"}
#: Path, in a line what it does, what the body holds, an example of it.
POSTED: tuple[tuple[str, str, str, Any], ...] = (
    ("/estimate", "The record of a paper, or the records of a list of papers.", "Papers", _EXAMPLE),
    ("/validate", "Whether a paper can be estimated; 400 with every problem where it cannot.", "Paper", _EXAMPLE),
    ("/annotate", "The records of many papers, or of a table's rows, each with an estimate or its problems.", "Papers",
     [_EXAMPLE, {"parameters": "7B", "tokens": "2T"}]),
    ("/hardware/find", "Which chip a text means, and how many of it.", "ChipText", {"text": "8 x A100-80GB"}),
    ("/families", "Every family of networks; with a name, its layers and totals.", "FamilyName",
     {"name": "resnet-50"}),
    ("/draft", "The papers that a document states, with quotes, and the passages they stand in.", "Document",
     {"name": "paper.md", "text": "We train a 7B model on 2T tokens with 1024 A100 GPUs for 21 days."}),
    ("/study", "The record with its thresholds, derivation as a tree, sensitivity, YAML, and all of it as HTML.",
     "Paper", _EXAMPLE),
    ("/overview", "The records of a table, and the overview as HTML.", "Papers",
     {"csv": "model,parameters,tokens\nA,7B,2T\n"}),
    ("/report", "The report of a paper or a table, as one HTML file.", "Paper", _EXAMPLE),
)
_OPTIONS = {
    "assume": "COLUMN=VALUE to take where the paper is silent, such as utilization=0.4; may be repeated.",
    "with": "Also say what the run took besides FLOP: energy, cost, carbon; may be repeated.",
    "prefer": "A method whose answer alone is taken wherever it has one.",
    "threshold": "A threshold by name, a number of FLOP, or all; the record then says how likely it is above.",
    "samples": "Check the interval by so many draws.",
    "format": "json, yaml, csv, markdown or latex.",
    "preset": "A known layout of the table: epoch.",
    "statement": "eu: the report holds the statement that the Commission's guidelines ask for.",
}
_ALWAYS = ("assume", "with", "prefer")
#: What may be asked of each path in its query.
ASKED = {"/estimate": (*_ALWAYS, "threshold", "samples", "format"), "/validate": _ALWAYS,
         "/annotate": (*_ALWAYS, "preset", "format"), "/study": (*_ALWAYS, "statement"),
         "/overview": (*_ALWAYS, "preset"), "/report": (*_ALWAYS, "preset", "statement")}
_REFUSALS = {400: "what is wrong with the body", 403: "the request comes from another site's page",
             408: "the body did not arrive in time", 413: "the body is too large", 415: "the body is not JSON",
             429: "too many requests are waiting", 503: "the answer took too long"}


def document(prefix: str = "") -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, Any] = {path: {"post": _post(path, says, body, example)} for path, says, body, example in POSTED}
    paths["/families"]["get"] = _get("Every family of networks, with parameters and variants.", {"type": "array"})
    paths["/hardware"] = {"get": _get("Every chip, with the peak that an estimate uses.", {"type": "array"})}
    paths["/models"] = {"get": _get("The models that others start from.", {"type": "array"})}
    paths["/health"] = {"get": _get("Whether it answers.", {"type": "object"})}
    return {
        "openapi": "3.1.0",
        "info": {"title": "computeest", "version": __version__, "license": {"name": "Apache-2.0"},
                 "description": "Training compute (FLOP) of machine-learning models, from what their papers say. "
                                "Bodies are the keys of paper.yaml as JSON, or a paper.yaml as a text under 'yaml'."},
        "servers": [{"url": prefix or "/"}], "paths": paths, "components": {"schemas": _schemas()},
    }


def _get(says: str, answer: dict[str, Any]) -> dict[str, Any]:
    return {"summary": says, "responses": {"200": _holding("the answer", answer)}}


def _post(path: str, says: str, body: str, example: Any) -> dict[str, Any]:
    answer = {"$ref": "#/components/schemas/Record"} if path == "/estimate" else {}
    found = {"200": _holding("the answer", answer)} if path != "/report" else \
        {"200": {"description": "the report", "content": {"text/html": {"schema": {"type": "string"}}}}}
    problems = {"$ref": "#/components/schemas/Problems"}
    refusals = {str(status): _holding(why, problems) for status, why in _REFUSALS.items()}
    return {"summary": says, "responses": found | refusals,
            "parameters": [{"name": name, "in": "query", "description": _OPTIONS[name],
                            "schema": {"type": "array", "items": {"type": "string"}}} for name in ASKED.get(path, ())],
            "requestBody": {"required": True, "content": {"application/json": {
                "schema": {"$ref": f"#/components/schemas/{body}"}, "example": example}}}}


def _holding(why: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": why, "content": {"application/json": {"schema": schema}}}


def _schemas() -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string"}
    facts = json_schema()
    fact = facts.pop("$defs")["fact"]
    problem = {"type": "object", "required": ["line", "key", "what", "expected"],
               "properties": {"line": {"type": "integer", "description": "0 where no line is known"}, "key": text,
                              "what": text, "expected": text}}
    return {
        "Fact": fact, "Facts": _moved(facts),
        "Paper": {"anyOf": [{"$ref": "#/components/schemas/Facts"}, _object(("yaml",), yaml=text)]},
        "Papers": {"anyOf": [{"$ref": "#/components/schemas/Paper"},
                             {"type": "array", "items": {"$ref": "#/components/schemas/Facts"}},
                             _object(("csv",), csv=text, preset=text),
                             _object(("rows",), rows={"type": "array", "items": {"type": "object"}}, preset=text)]},
        "ChipText": _object(("text",), text=text, date=text),
        "FamilyName": _object((), name=text, set={"type": "object"}),
        "Document": {"anyOf": [_object(("text",), text=text, name=text, model=text),
                               _object(("base64",), base64=text, name=text, model=text)]},
        "Record": {"type": "object", "properties": {name: {} for name in FIELDS}},
        "Problems": {"type": "object", "required": ["problems"],
                     "properties": {"problems": {"type": "array", "items": problem}}},
    }


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _moved(node: Any) -> Any:
    """The schema of facts with its references where OpenAPI keeps them."""
    if isinstance(node, dict):
        return {key: "#/components/schemas/Fact" if key == "$ref" else _moved(inner) for key, inner in node.items()
                if key != "$schema"}
    return [_moved(inner) for inner in node] if isinstance(node, list) else node
