"""What an audit says of a published figure: `docs/audit.md`."""

from __future__ import annotations

from computeest.problems.kind import Code

NOTE_SLIP = Code(
    "note-slip", "warning", "An expression in the note does not come to the result that the note states for it",
    "'{text}' in the note comes to {value:.3g}, and the note states {stated:.3g} ({factor:.2g}x){carried}")
PUBLISHED_NOT_READ = Code(
    "published-not-read", "warning", "The published figure is none that can be read as FLOP",
    "the published figure cannot be compared: {what}")
NOTE_AGAINST_PUBLISHED = Code(
    "note-against-published", "warning", "Neither the note's arithmetic nor anything it quotes or adds up gives the "
    "published figure", "the note's arithmetic gives {value:.3g}, the published figure is {published:.3g} "
    "({factor:.2g}x)")
_USED = ("the published {published:.3g} is a utilization of {used:.2g}: the row's chips could do {capacity:.3g} in its "
         "time")
PUBLISHED_ABOVE_ONE = Code(
    "published-utilization-above-one", "error", "The row's chips could not have done that much in the time given",
    _USED)
PUBLISHED_HIGH = Code(
    "published-utilization-high", "warning", "Above 0.75, which no published run reached",
    f"{_USED}; no run that was published reached that")
PUBLISHED_LOW = Code("published-utilization-low", "warning", "Below 0.01, which few runs used", _USED)
BASE_LEFT_OUT = Code(
    "base-left-out", "warning", "The published figure is smaller than the base model's compute alone",
    "the published {published:.3g} leaves out the base model, whose training took {base:.3g}")
OUTSIDE_INTERVAL = Code(
    "outside-interval", "warning", "The figure is outside the 90 % interval of what the facts give",
    "published {published:.3g} is outside the 90 % interval [{low:.2g}, {high:.2g}] of the {flop:.3g} by {by} "
    "({factor:.2g}x){beside}")
