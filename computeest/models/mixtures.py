"""The small file of mixtures of experts, written from the table by `make docs`.

Every paper that names its model asks for its active parameters (`facts.model_lookup`), and the whole table takes longer
to read than a paper to estimate.
"""

from __future__ import annotations

import json

from computeest.models.table import entries
from computeest.text import numbers
from computeest.text.model_names import fold


def as_json() -> str:
    """What `mixtures.json` must hold: every entry with one number of active parameters and one of all."""
    found = []
    for entry in entries().values():
        every, active = (numbers.read(entry.text(column)) if entry.text(column) else None
                         for column in ("parameters", "active_parameters"))
        if every is not None and active is not None and not active.sigma:
            found.append({"name": entry.name, "parameters": every.value, "active": active.value,
                          "names": sorted({fold(name) for name in entry.names})})
    return json.dumps(found, indent=1) + "\n"
