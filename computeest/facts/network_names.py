"""Which network a name means: a family, one of its members, or what a library calls one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from computeest import schema
from computeest.contract import Alias, Family
from computeest.facts.keys import no_files
from computeest.problems import NetworkError
from computeest.problems import networks as wrong
from computeest.registry import Registry
from computeest.schema.architecture import FAMILY_WORDS, MULTIPLIERS, OPEN_WORDS, SERIES, SYNONYMS, check, flag
from computeest.schema.cells import LONGEST
from computeest.text.names import begins, cased, folded, folded_sizes
from computeest.text.suggest import did_you_mean

Member = tuple[str, Mapping[str, Any]]
#: How many members a message names.
MOST_NAMED = 6


class Asks(NamedTuple):
    """What a family asks of an architecture."""

    #: The parameters without which it counts nothing.
    required: tuple[str, ...]
    #: Whether it takes any others than those it names.
    any_name: bool


#: By the function that counts a family.
_ASKS: dict[Callable[..., Any], Asks] = {}


def asks(family: Family) -> Asks:
    """What a family asks for, read of its signature once and not for each network: a fifth of what one takes."""
    found = _ASKS.get(family.forward)
    if found is None:
        kinds = [(name, one.kind is one.VAR_KEYWORD, one.default is one.empty)
                 for name, one in family.parameters.items()]
        found = _ASKS[family.forward] = Asks(tuple(name for name, any_name, empty in kinds if empty and not any_name),
                                             any(any_name for _, any_name, _ in kinds))
    return found


def resolve(registry: Registry, name: str, architecture: Mapping[str, Any]) -> tuple[Family, dict[str, Any]]:
    """The family that a name means (or whose member it is), and its parameters by their own names."""
    given = dict(architecture)
    variant = given.pop("variant", None)
    for kind, text in (("family", name), ("variant", str(variant or ""))):
        if len(text) > LONGEST:  # no name that is longer is compared with any
            raise NetworkError(wrong.NETWORK_NAME_UNKNOWN(what=f"no {kind} is called '{text[:60]}...'"))
    base: Mapping[str, Any] = {}
    family = registry.families.get(name) or _any_spelling(registry.families, name)
    if family is None and folded(name) in FAMILY_WORDS:
        word, said = FAMILY_WORDS[folded(name)]
        family, base = registry.families.get(word), said
    wanted = str(variant) if variant is not None else name if family is None else None
    if wanted is not None:
        series = variant is None and folded(name) in SERIES
        found = None if series else member(registry, wanted, family)
        if found is None:
            what = _unknown(registry, name, wanted, "family" if variant is None else "variant")
            raise NetworkError(wrong.NETWORK_NAME_UNKNOWN(what=what))
        if family is not None and found[0] != family.name:
            raise NetworkError(wrong.VARIANT_OF_ANOTHER_FAMILY(variant=wanted, its=found[0], family=family.name))
        family, base = registry.families[found[0]], {**base, **found[1]}
    if family is None:
        raise NetworkError(wrong.FAMILY_UNKNOWN(name=name))
    named = _named(family, given)
    no_files(named)
    return family, {**base, **named}


def _unknown(registry: Registry, name: str, wanted: str, kind: str) -> str:
    if kind == "family" and folded(name) in OPEN_WORDS:
        return f"no family is called '{name}'; it may be {OPEN_WORDS[folded(name)]}"
    library, plain = _library(registry, wanted)
    if members := _begun(registry, plain, library):
        more = ", ..." if len(members) > MOST_NAMED else ""
        return f"no {kind} is called '{wanted}' alone; name a member ({', '.join(members[:MOST_NAMED])}{more})"
    called = (alias.name for aliases in registry.aliases.values() for alias in aliases)
    known = dict.fromkeys((*registry.families, *registry.variants))
    close = did_you_mean(wanted, known) or did_you_mean(wanted, called)
    return f"no {kind} is called '{wanted}'; {close}".rstrip("; ")


def _begun(registry: Registry, name: str, library: str) -> list[str]:
    """Members, or else what libraries call so, whose names begin with a name that is none: resnest-50 of ResNeSt."""
    members = [own for family in registry.families.values() for own in family.variants]
    called = [alias.name for aliases in registry.aliases.values() for alias in aliases
              if not alias.lacking and library in ("", alias.library)]
    return [own for own in (() if library else members) if begins(name, own) and own != name] or [
        own for own in called if begins(name, own)]


def member(registry: Registry, wanted: str, family: Family | None = None) -> Member | None:
    """The member that a name means, None where it equals none; ValueError where it leaves open which."""
    library, plain = _library(registry, wanted)
    known = registry.variants.get(schema.key(plain))
    if known is None or library:  # a paper's own name is the paper's, also where a library gives it to something else
        alias = _alias(registry, plain, library)
        if alias is not None:
            return _of_alias(registry, alias)
    return known or _any_punctuation(registry, plain, family)


def names_member(registry: Registry, name: str, architecture: Mapping[str, Any]) -> bool:
    """Whether a name, or the variant beside it, is that of one member, whose sizes are all its own."""
    if architecture.get("variant") is not None:
        return True
    family = registry.families.get(name) or _any_spelling(registry.families, name)
    if family is None:
        return folded(name) not in FAMILY_WORDS
    return schema.key(family.name) in registry.variants


def meaning(registry: Registry, name: str) -> str:
    """The sentence that says what a library builds by a name, empty where the name is a family's or member's own."""
    library, plain = _library(registry, name)
    if not library and (schema.key(plain) in registry.variants or _any_spelling(registry.families, plain)):
        return ""
    alias = _alias(registry, plain, library)
    if alias is None or alias.lacking:
        return ""
    differs = ", ".join(f"{key}={value}" for key, value in alias.differs.items())
    return f"{alias.name} of {alias.library} is {alias.member}" + (f" with {differs}" if differs else "")


def _library(registry: Registry, wanted: str) -> tuple[str, str]:
    """The library that a name says it is of (`timm/resnet50`, `torchvision.models.resnet50`), and the rest."""
    if not any(mark in wanted for mark in "/.:"):
        return "", wanted
    for library in sorted({alias.library for found in registry.aliases.values() for alias in found}):
        for start in (f"{library}/", f"{library}.models.", f"{library}.", f"{library}:"):
            if wanted.lower().startswith(start):
                return library, wanted[len(start):]
    return "", wanted


def _alias(registry: Registry, wanted: str, library: str) -> Alias | None:
    """What a library calls so; names that differ in case alone are told apart by it."""
    found = [alias for alias in registry.aliases.get(folded(wanted), ()) if not library or alias.library == library]
    exact = [alias for alias in found if cased(alias.name) == cased(wanted)]
    meant = exact or found
    if len({(alias.member, repr(alias.differs)) for alias in meant}) > 1:
        open_ = " or ".join(sorted({f"'{alias.member}' ({alias.library}: {alias.name})" for alias in meant}))
        raise NetworkError(wrong.NETWORK_NAME_AMBIGUOUS(name=wanted, open=open_))
    return meant[0] if meant else None


def _of_alias(registry: Registry, alias: Alias) -> Member:
    if alias.lacking:
        raise NetworkError(wrong.NETWORK_NOT_COUNTED(library=alias.library, name=alias.name, lacking=alias.lacking))
    if alias.member in registry.families:
        return alias.member, dict(alias.differs)
    family, architecture = registry.variants[schema.key(alias.member)]
    return family, {**architecture, **alias.differs}


def _any_punctuation(registry: Registry, wanted: str, family: Family | None) -> Member | None:
    """The one variant that is also written so: 'ResNet50' for resnet-50, 'swin-large' for swin-l, 'b7' of a family."""
    among = tuple(registry.variants) if family is None else tuple(map(schema.key, family.variants))
    asked = (wanted, *((f"{family.name}-{wanted}",) if family is not None else ()))
    for fold in (folded, folded_sizes):
        for name in asked:
            asked_as = fold(name)
            found = [own for own in among if fold(own) == asked_as]
            if len(found) == 1:
                return registry.variants[found[0]]
    # 'mobilenet-v2' is that of width 1
    asked_for = folded(wanted)
    return next((registry.variants[own] for own in among if own.endswith("1.0") and folded(own[:-3]) == asked_for),
                None)


def _any_spelling(families: Mapping[str, Family], name: str) -> Family | None:
    """The family whose name differs in case, hyphens or spaces only."""
    key = folded(name)
    return next((families[own] for own in families if folded(own) == key), None)


def _named(family: Family, given: Mapping[str, Any]) -> dict[str, Any]:
    parameters = family.parameters
    if asks(family).any_name:
        return dict(given)
    named: dict[str, Any] = {}
    for key, value in given.items():
        own = schema.key(key)
        if own not in parameters:
            own = _meant(own, parameters)
        if own not in parameters:
            close = did_you_mean(key, parameters)
            raise NetworkError(wrong.PARAMETER_UNKNOWN(name=family.name, key=key, known=", ".join(parameters),
                                                       near=f"; {close}" if close else ""))
        if own in named:
            raise NetworkError(wrong.PARAMETER_TWICE(own=own, key=key))
        value = flag(key, _square(value, str(parameters[own].annotation)), parameters[own].annotation)
        check(key, value, parameters[own].annotation)
        named[own] = value
    return named


def _meant(key: str, parameters: Mapping[str, inspect.Parameter]) -> str:
    """The parameter that another name of it means; the name itself where it means none."""
    for parameter, names in MULTIPLIERS.items():
        if key in names and "float" in str(getattr(parameters.get(parameter), "annotation", "")):
            return parameter
    return next((p for p, others in SYNONYMS.items() if key in others and p in parameters), key)


def _square(value: Any, annotation: str) -> Any:
    """The 224 of `image_size: [224, 224]`, for a family that takes one number."""
    alike = isinstance(value, list) and len(value) == 2 and value[0] == value[1]
    return value[0] if alike and "Sequence" not in annotation and "tuple" not in annotation else value
