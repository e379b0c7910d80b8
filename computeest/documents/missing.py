"""What a draft lacks for each way of estimating, and where documents usually state it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

#: The facts that each method needs, each as columns any of which will do, and where papers state them.
_NEEDS = (
    ("operation counting", (
        (("active_parameters", "forward_flop", "family", "parameters"), "the abstract or a table of sizes"),
        (("words", "text_size", "steps", "examples", "examples_seen", "tokens_seen", "tokens"),
         "the section on data or training"))),
    ("GPU time", (
        (("peak", "chip"), "the section on infrastructure, or a model card's 'Hardware'"),
        (("chip_time", "hours_used", "time"), "the section on infrastructure or on emissions"),
        (("chip_time", "hours_used", "nodes", "chips"), "the section on infrastructure"))),
    ("reported compute", ((("reported_compute",), "a table of training cost, or the section on emissions"),)),
)


def missing(columns: Collection[str]) -> Iterator[str]:
    """A sentence for each method that cannot answer from these columns."""
    for method, needs in _NEEDS:
        lacking = list(dict.fromkeys((options[-1], where) for options, where in needs
                                     if not any(option in columns for option in options)))
        if lacking:
            yield f"{method} lacks " + " and ".join(f"{column} (usually in {where})" for column, where in lacking)
