"""Which facts at a paper's top hold for a run that states facts of its own."""

from __future__ import annotations

from collections.abc import Mapping

from computeest.cells import Cell

#: What a run's own facts keep it from inheriting: totals of the same quantity, stated for the whole paper.
_NOT_INHERITED: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (frozenset(("tokens", "examples", "words", "text_size", "steps", "epochs", "tokens_seen", "examples_seen")),
     frozenset(("tokens_seen", "examples_seen"))),
    (frozenset(("tokens", "examples", "words", "text_size")),
     frozenset(("tokens", "examples", "words", "text_size", "steps"))),
    (frozenset(("time", "chips", "cores", "chip_time", "core_time")),
     frozenset(("chip_time", "core_time", "cost", "energy"))),
    (frozenset(("chip_time", "core_time")), frozenset(("time", "chips", "cores"))),
    (frozenset(("chip",)), frozenset(("peak", "chip_power"))),
    (frozenset(("family", "architecture", "layers", "parameters", "active_parameters")),
     frozenset(("forward_flop", "forward_flop_per_token", "forward_macs", "active_parameters"))),
    (frozenset(("forward_flop", "forward_flop_per_token", "forward_macs")),
     frozenset(("forward_flop", "forward_flop_per_token", "forward_macs", "family", "architecture", "layers"))),
)


def inherited(top: Mapping[str, Cell], own: Mapping[str, Cell]) -> dict[str, Cell]:
    """The facts at the top that hold for a run with these facts of its own."""
    blocked = {column for given, kept in _NOT_INHERITED if given & own.keys() for column in kept}
    return {column: cell for column, cell in top.items() if column not in blocked}
