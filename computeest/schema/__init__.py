"""The columns: one place that knows their names, units, bounds and aliases, and turns text into their values."""

from computeest.schema.fields import (
    FIELDS,
    INPUTS,
    MOST_RUNS,
    NAMES,
    NUMERIC,
    SCHEMA_VERSION,
    UTILIZATION_KINDS,
    Field,
    column,
    key,
    suggestions,
)

__all__ = [
    "FIELDS", "INPUTS", "MOST_RUNS", "NAMES", "NUMERIC", "SCHEMA_VERSION", "UTILIZATION_KINDS", "Field",
    "column", "key", "suggestions",
]
