"""GPU time: what the accelerators could do in the time they ran, times how busy they were."""

from __future__ import annotations

from computeest.contract import Column, Method, hookimpl


def gpu_time(chip_time: Column, peak: Column, utilization: Column) -> Column:
    """Accelerator time at the dense peak, scaled by utilization (Erdil and Besiroglu 2022, eq. 12 and 13)."""
    return chip_time * peak * utilization


@hookimpl
def computeest_methods() -> list[Method]:
    """The utilization is seldom reported, which is why this method is believed last."""
    return [Method("gpu_time", gpu_time, dex=0.08, source="erdil2022", reliability=1, rests_on="hardware")]
