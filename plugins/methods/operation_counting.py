"""Operation counting: the FLOP of one pass, times the passes."""

from __future__ import annotations

from computeest.contract import Column, Method, hookimpl


def operation_counting(forward_flop_seen: Column, backward_ratio: Column, ensemble: Column) -> Column:
    """Forward and backward FLOP of everything the model saw (Erdil and Besiroglu 2022, eq. 10 and 11)."""
    return forward_flop_seen * (1 + backward_ratio) * ensemble


@hookimpl
def computeest_methods() -> list[Method]:
    """Operation counting needs no guess of how busy the hardware was, so it is believed before GPU time."""
    return [Method("operation_counting", operation_counting, dex=0.05, source="erdil2022", reliability=2,
                   rests_on="counted", yields_to=("hardware",))]
