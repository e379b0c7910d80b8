"""The columns: one place that knows their names, units, bounds and aliases, and turns text into their values."""

from computeest.schema.fields import (
    FIELDS,
    INPUTS,
    MOST_RUNS,
    NAMES,
    NUMERIC,
    OWN,
    SCHEMA_VERSION,
    UTILIZATION_KINDS,
    Columns,
    Field,
    column,
    key,
    suggestions,
    use,
)

__all__ = [
    "FIELDS", "INPUTS", "MOST_RUNS", "NAMES", "NUMERIC", "OWN", "SCHEMA_VERSION", "UTILIZATION_KINDS", "Columns",
    "Field", "column", "key", "suggestions", "use",
]
