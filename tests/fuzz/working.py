"""Inputs by the batch, in a process of its own."""

from __future__ import annotations

import resource
from typing import Any

from fuzz.trying import faults_of

#: Kilobytes that a process may come to hold.
MOST_MEMORY = 500_000


def work(kind: str, first: int, count: int, seed: str) -> dict[str, Any]:
    """Some inputs of a kind: how many, and what was wrong."""
    found = []
    for number in range(first, first + count):
        found += [(f"{kind}:{seed}-{number}", fault) for fault in faults_of(kind, f"{seed}-{number}")]
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if held > MOST_MEMORY:
        found.append((f"{kind}:{seed}-{first}", f"the process holds {held:,} kB"))
    return {"kind": kind, "count": count, "faults": found, "held": held}
