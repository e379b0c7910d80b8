"""The JSON Schema of paper.yaml, for editors: generated from the schema, so that it cannot drift from it."""

from __future__ import annotations

from typing import Any

from computeest import schema
from computeest.schema import MOST_RUNS, Field


def json_schema() -> dict[str, Any]:
    """What paper.yaml may hold, as JSON Schema (draft 2020-12)."""
    columns = {name: _field(schema.FIELDS[column], name)
               for name, column in schema.NAMES.items() if column in schema.INPUTS}
    runs = {"type": "array", "minItems": 1, "maxItems": MOST_RUNS,
            "description": "Stages, or groups of hardware: each entry inherits the keys at the top.",
            "items": {"type": "object", "properties": columns, "additionalProperties": False}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "computeest: what a paper says of a training run",
        "type": "object",
        "properties": {**columns, "runs": runs, "not_used": _not_used()},
        "additionalProperties": False,
        "minProperties": 1,
        "$defs": {"fact": _fact()},
    }


def _fact() -> dict[str, Any]:
    """A value, alone or with where it is from."""
    value: dict[str, Any] = {"type": ["string", "number", "null"]}
    annotated = {
        "type": "object", "required": ["value"], "additionalProperties": False,
        "properties": {"value": value, "unit": {"type": "string"}, "source": {"type": "string"},
                       "quote": {"type": "string"}, "note": {"type": "string"}, **_place(),
                       "alternatives": {"type": "array", "items": _alternative(value)}},
    }
    return {"anyOf": [value, annotated]}


def _place() -> dict[str, Any]:
    """Where in a document a fact stands, and how sure its reader was."""
    return {"page": {"type": ["integer", "string"], "description": "Page of the document, counted from 1."},
            "line": {"type": ["integer", "string"], "description": "Line of the document, counted from 1."},
            "probability": {"type": "number", "minimum": 0, "maximum": 1,
                            "description": "How likely the reading is right."}}


def _alternative(value: dict[str, Any]) -> dict[str, Any]:
    """Another reading of a fact, which no number is made of."""
    return {"anyOf": [value, {"type": "object", "required": ["value"],
                              "properties": {"value": value, "quote": {"type": "string"}, **_place()}}]}


def _not_used() -> dict[str, Any]:
    """Readings that a draft left out, with why."""
    return {"type": "array", "description": "What was read and left out; no number is made of it.",
            "items": {"type": "object", "required": ["column"],
                      "properties": {"column": {"type": "string"}, "value": {"type": ["string", "number", "null"]},
                                     "quote": {"type": "string"}, "why": {"type": "string"}, **_place()}}}


def _field(field: Field, name: str) -> dict[str, Any]:
    about = field.means if name == field.name else f"Another name of '{field.name}'. {field.means}"
    unit = f" Unit: {field.unit}." if field.unit and field.unit != "dimensionless" else ""
    found: dict[str, Any] = {"description": about + unit}
    if field.example:
        found["examples"] = [field.example]
    if field.kind == "mapping":
        return found | {"type": ["object", "string"]}  # a text is the name of a variant
    if field.kind == "list":
        return found | {"type": "array", "items": {"type": "object"}}
    return found | {"$ref": "#/$defs/fact"}
