"""Clauses on aliases: a library's name means one network, which can be built."""

from __future__ import annotations

from functools import partial
from importlib import import_module

from computeest.contract import Alias
from computeest.facts.network_names import resolve
from computeest.kit.families import Member, build
from computeest.kit.finding import ClauseError, Clauses
from computeest.registry import Registry


def clauses(registry: Registry, module: str) -> Clauses:
    """What the aliases of one module are held to."""
    aliases = tuple(import_module(module).computeest_aliases())
    yield "found", partial(found, registry, aliases)
    yield "builds", partial(builds, registry, aliases)


def found(registry: Registry, aliases: tuple[Alias, ...]) -> str:
    """Each is found by its library and its own spelling, or is refused with its reason."""
    for alias in aliases:
        if alias.lacking:
            _refused(registry, alias)
            continue
        family, _ = resolve(registry, f"{alias.library}/{alias.name}", {})
        own = alias.member if alias.member in registry.families else registry.family_of(alias.member)
        if family.name != own:
            raise ClauseError(f"'{alias.library}/{alias.name}' finds the family '{family.name}', not '{own}'")
    return f"aliases: {len(aliases)}"


def builds(registry: Registry, aliases: tuple[Alias, ...]) -> str:
    """What each differs by is of the family, and builds."""
    for alias in (one for one in aliases if not one.lacking):
        family, architecture = resolve(registry, f"{alias.library}/{alias.name}", {})
        build(family, Member(alias.name, architecture))
    return f"aliases: {len(aliases)}"


def _refused(registry: Registry, alias: Alias) -> None:
    try:
        resolve(registry, f"{alias.library}/{alias.name}", {})
    except ValueError as error:
        if alias.lacking in str(error):
            return
    raise ClauseError(f"'{alias.library}/{alias.name}' is not refused because {alias.lacking}")
