"""Files that a table's cells name: none is opened unless the user allows it, for a stranger wrote the table."""

from __future__ import annotations

from typing import Any

import numpy as np

from computeest import schema
from computeest.facts.keys import FILES
from computeest.facts.lookup import Lookup
from computeest.facts.spec import Spec
from computeest.problems import facts as wrong


def refuse(spec: Spec) -> None:
    """Take away each architecture that names a file, with a problem of its rows."""
    architectures = spec.kinds("architecture")
    stated = set().union(*(fact for fact in architectures.facts if isinstance(fact, dict)))
    if not any(schema.key(str(key)) in FILES for key in stated):  # as in most tables: 0.5 % of their time
        return
    named = [_file(fact) for fact in architectures.facts]
    if not any(named):
        return
    for row in np.flatnonzero(np.array([*map(bool, named), False])[architectures.codes]).tolist():
        spec.problem(row, "architecture", wrong.FILE_NAMED_IN_CELL(file=named[architectures.codes[row]][:60]))
    kept = [place for place, file in enumerate(named) if not file]
    place = np.full(len(named) + 1, -1, dtype=np.intp)
    place[kept] = np.arange(len(kept))
    spec.coded["architecture"] = Lookup(place[architectures.codes], tuple(architectures.facts[at] for at in kept))
    spec.words["architecture"] = spec.coded["architecture"].objects()


def _file(architecture: Any) -> str:
    """The file that an architecture names; '' for none."""
    if not isinstance(architecture, dict):
        return ""
    return next((str(value) for key, value in architecture.items()
                 if schema.key(str(key)) in FILES and value is not None and not isinstance(value, dict)), "")
