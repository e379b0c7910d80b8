"""The commands there are and the module that each is in; nothing is imported to know them."""

from __future__ import annotations

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
