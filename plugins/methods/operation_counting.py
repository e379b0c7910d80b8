"""Operation counting: the FLOP of one pass, times the passes."""

from __future__ import annotations

from computeest.contract import Column, Method, hookimpl


def operation_counting(
        forward_flop_seen: Column, backward_ratio: Column, ensemble: Column, teacher_flop: Column = 0.0,
        rollout_flop: Column = 0.0, reference_flop: Column = 0.0, reward_flop: Column = 0.0, critic_flop: Column = 0.0,
        encoder_flop: Column = 0.0, precomputed_flop: Column = 0.0) -> Column:
    """Forward and backward FLOP of everything the model saw (Erdil and Besiroglu 2022, eq. 10 and 11).

    What passes beside the model that is trained is added where there is any.
    """
    own = forward_flop_seen * (1 + backward_ratio)
    beside = teacher_flop + rollout_flop + reference_flop + reward_flop + critic_flop + encoder_flop + precomputed_flop
    return (own + beside) * ensemble


@hookimpl
def computeest_methods() -> list[Method]:
    """Operation counting needs no guess of how busy the hardware was, so it is believed before GPU time."""
    return [Method("operation_counting", operation_counting, dex=0.05, source="erdil2022", reliability=2,
                   rests_on="counted")]
