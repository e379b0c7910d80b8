"""A table of published compute, for base models."""

from __future__ import annotations

from computeest.columns import meaning
from computeest.io.inputs import source as source_of
from computeest.io.streams import unreadable
from computeest.tables import numbers_of


def read(table: str) -> tuple[tuple[str, float], ...]:
    """Compute (FLOP) by model, from a table's columns of those meanings; the first row of each name counts."""
    source = source_of(table)
    meant = {meaning(header)[0]: header for header in reversed(source.columns)}
    model, compute = meant.get("model"), meant.get("reported_compute")
    if model is None or compute is None:
        lacks = "model" if model is None else "compute"
        raise unreadable(table, f"no column says the {lacks}", "columns 'model' and 'compute', or 'Model' and "
                         "'Training compute (FLOP)'")
    found: dict[str, float] = {}
    for piece in source.pieces():
        rows = source.read(piece, (model, compute)).table
        flops = numbers_of(rows, compute, "reported_compute").tolist()
        for name, flop in zip(rows.column(model).to_pylist(), flops, strict=True):
            if name and flop == flop:
                found.setdefault(str(name), float(flop))
    return tuple(found.items())
