"""Reported compute: the number that the authors state."""

from __future__ import annotations

from computeest.contract import Column, Method, hookimpl


def reported(reported_compute: Column) -> Column:
    """Training compute as the authors state it, in any unit of compute."""
    return reported_compute


@hookimpl
def computeest_methods() -> list[Method]:
    """The authors know what they ran; what they counted is not always said."""
    return [Method("reported", reported, dex=0.08, source="authors", reliability=3, rests_on="stated")]
