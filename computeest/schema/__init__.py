"""The columns: one place that knows their names, units, bounds and aliases, and turns text into their values."""

from computeest.schema.field import Field
from computeest.schema.fields import (
    FIELDS,
    INPUTS,
    MOST_RUNS,
    NAMES,
    NUMERIC,
    ONE_OF,
    OWN,
    SCHEMA_VERSION,
    UTILIZATION_KINDS,
    Columns,
    column,
    in_use,
    key,
    use,
)
from computeest.schema.practice import APART, BESIDE, FORWARD_ONLY, HELD_BY
from computeest.schema.suggestions import suggestions

__all__ = [
    "APART", "BESIDE", "FIELDS", "FORWARD_ONLY", "HELD_BY", "INPUTS", "MOST_RUNS", "NAMES", "NUMERIC", "ONE_OF",
    "OWN", "SCHEMA_VERSION", "UTILIZATION_KINDS", "Columns", "Field", "column", "in_use", "key", "suggestions",
    "use",
]
