"""The contract suite: every clause held against everything that a plugin brings."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from computeest.kit import checks, families, formulas
from computeest.kit.finding import Clauses, Finding, finding
from computeest.kit.target import Plugin, everything, find
from computeest.registry import PluginError


def contract(plugin: str | ModuleType | Plugin | None = None) -> list[Finding]:
    """What the contract suite finds of a plugin, or of every installed one without a name.

    A plugin is a module, its name, a Python file, a folder with a pyproject.toml, or an installed plugin's name.
    """
    if not isinstance(plugin, Plugin):
        plugin = everything() if plugin is None else find(plugin if isinstance(plugin, str) else plugin.__name__)
    found = list(_findings(plugin))
    loaded = {one.plugin for one in found}
    for module in plugin.modules:
        if module not in loaded:
            found.append(Finding(module, "plugin", "brings", "fail", "it brings no method, rule, family or check; a "
                                 "function such as computeest_families, marked with hookimpl, returns them"))
    return found


def assert_contract(plugin: str | ModuleType) -> None:
    """Raise AssertionError with every clause that a plugin does not keep; for the plugin's own tests."""
    try:
        failed = [one for one in contract(plugin) if one.verdict == "fail"]
    except PluginError as error:
        raise AssertionError(str(error)) from None
    if failed:
        raise AssertionError("\n".join(map(str, failed)))


def _findings(plugin: Plugin) -> Iterator[Finding]:
    for module, subject, clauses in _subjects(plugin):
        for item, clause in clauses:
            yield finding(module, subject, item, clause)


def _subjects(plugin: Plugin) -> Iterator[tuple[str, str, Clauses]]:
    """Everything that the plugin's modules bring, with the clauses it is held to."""
    registry = plugin.registry
    subjects: dict[str, Clauses] = {f"method {name}": formulas.clauses(m) for name, m in registry.methods.items()}
    subjects |= {f"rule {rule.name}": formulas.clauses(rule) for rule in registry.rules}
    subjects |= {f"family {name}": families.clauses(f, registry) for name, f in registry.families.items()}
    subjects |= {f"check {check.code}": checks.clauses(check, registry) for check in registry.checks}
    for subject, clauses in subjects.items():
        module = registry.modules[subject]
        if module in plugin.modules:
            yield module, subject, clauses
