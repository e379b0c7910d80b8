"""The commands there are and the module that each is in; nothing is imported to know them."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import Final

#: The modules of this package that register commands, in the order of the help, and the commands of each.
COMMANDS = {
    "papers": ("estimate", "validate", "solve", "sensitivity"),
    "tables": ("annotate", "columns", "diff", "audit"),
    "draft": ("draft",),
    "web": ("serve", "report", "plot"),
    "live": ("log",),
    "catalogue": ("methods", "assumptions", "references", "schema"),
}
#: Groups of commands: the module and the name of the application of each, and its help.
GROUPS = {
    "families": ("catalogue", "families_app", "Families of networks: list them, show one's layers."),
    "hardware": ("hardware", "app", "Chips: find, show, list, plot, lint."),
    "models": ("models", "app", "Models that others start from: list, show, lint."),
    "plugin": ("plugin", "app", "Write a plugin of your own, and hold any to the contract."),
    "progress": ("progress", "app", "From records to how fast algorithms improve."),
}
NAMES = frozenset((*GROUPS, *(name for names in COMMANDS.values() for name in names)))
#: Commands that end soon, or that look for garbage as usual once they have begun (`start.as_usual`): one that goes on
#: would fill the memory with garbage that few but large objects make.
_BRIEF: Final = frozenset(("estimate", "validate", "hardware", "annotate"))
#: How often Python looks for garbage by itself, and how seldom while a brief command loads: nothing that is made then
#: is garbage, and looking for it takes 12 % of `estimate PAPER`, and 5 % of a table of a thousand rows.
USUAL: Final = gc.get_threshold()
SELDOM: Final = (100_000, 50, 50)


def are_brief(words: Sequence[str]) -> bool:
    """Whether these are the words of a command that looks `SELDOM` for garbage."""
    return bool(words) and words[0] in _BRIEF
