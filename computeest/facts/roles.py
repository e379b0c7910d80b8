"""What a run's role makes of its facts: who only passes forward is not trained, and sees what it generates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.facts.paper import Run
from computeest.facts.spec import Spec

#: Where the facts of a run belong that generates: what others are trained on, it passes over itself.
_SEEN = {"generated_tokens": "tokens_seen", "generated_examples": "examples_seen", "rollouts": "examples_seen",
         "rollout_length": "sequence_length"}
_PLAYED = ("self_play_games", "moves_per_game", "simulations_per_move")
_TRAINED = ("trainable_parameters", "trainable_share", "frozen_parameters")


def apply(spec: Spec) -> None:
    """Fill what roles say of runs, in place."""
    if "role" not in spec.words or not (forward := of(spec, schema.FORWARD_ONLY)).any():
        return
    if all(name in spec.numbers for name in _PLAYED):
        _move(spec, forward, np.prod([spec.numbers[name] for name in _PLAYED], axis=0), "examples_seen", _PLAYED)
    for stated, target in _SEEN.items():
        if stated in spec.numbers:
            _move(spec, forward, spec.numbers[stated], target, (stated,))
    for name in _TRAINED:
        if name in spec.numbers:
            spec.numbers[name] = np.where(forward, np.nan, spec.numbers[name])
    spec.fill("backward_ratio", np.zeros(spec.size), forward)
    if spec.runs:  # what a run's own role makes of its facts is its own, too
        spec.runs = [_with_own(run) if forward[row] else run for row, run in enumerate(spec.runs)]


def _with_own(run: Run) -> Run:
    made = {target for stated, target in _SEEN.items() if stated in run.own}
    made |= {"examples_seen"} if run.own.intersection(_PLAYED) else set()
    made |= {"backward_ratio"} if "role" in run.own else set()
    return replace(run, own=run.own | made)


def of(spec: Spec, roles: tuple[str, ...]) -> NDArray[np.bool_]:
    """The rows that have one of these roles."""
    return spec.kinds("role").marked(lambda role: role in roles)


def _move(spec: Spec, where: NDArray[np.bool_], values: NDArray[np.float64], target: str,
          stated: tuple[str, ...]) -> None:
    """The values as the target's, where it is not stated; the facts that they are of leave their own columns."""
    spread = np.sqrt(sum(np.square(spec.sigmas[name]) for name in stated if name in spec.sigmas) + np.zeros(spec.size))
    spec.fill(target, values, where, spread)
    for name in stated:
        spec.numbers[name] = np.where(where, np.nan, spec.numbers[name])
