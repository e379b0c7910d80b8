"""Clauses on model families: a family counts the forward pass of one example through one kind of network."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from computeest import schema
from computeest.contract import Family, Network, Published, shape_of
from computeest.kit.effects import NO_WORD, Architecture, effects
from computeest.kit.finding import ClauseError, Clauses, UnstatedError, cited, documented
from computeest.kit.growth import grows
from computeest.problems import fails, told
from computeest.registry import Registry
from computeest.text.suggest import did_you_mean

_NOT_A_PARAMETER = "no_such_parameter"


def refuses(family: Family, members: Sequence[Architecture], registry: Registry) -> str:
    """Unknown parameters, unknown words and impossible numbers give a ValueError that says what is wrong."""
    from computeest.facts.network_lookup import count

    base = members[0]
    try:
        count(registry, family.name, {**base, _NOT_A_PARAMETER: 1})
    except ValueError as error:
        _sentence(_NOT_A_PARAMETER, 1, str(error))
    else:
        raise ClauseError(f"it takes any parameter; '{_NOT_A_PARAMETER}' must be refused with a ValueError")
    tried = [_NOT_A_PARAMETER]
    for name, parameter in family.parameters.items():
        for member in members:  # what one member refuses another may take without a word
            wrong = _wrong(parameter, member.get(name))
            if wrong is not None:
                _refused(family, {**member, name: wrong}, name, wrong)
                tried.append(f"{name}={wrong}")
    return ", ".join(dict.fromkeys(tried))


def _wrong(parameter: inspect.Parameter, given: object) -> object:
    """A value that no network has: a word that means nothing, or a negative number; None where there is none to try."""
    value = given if given is not None else parameter.default
    kind = str(parameter.annotation)
    if isinstance(value, bool) or "bool" in kind:
        return None
    if isinstance(value, str):
        return NO_WORD
    if isinstance(value, (int, float)) or kind.startswith("int"):
        return -1
    return None


def _refused(family: Family, architecture: Architecture, name: str, wrong: object) -> None:
    """ValueError, or a count that is a count all the same: some parameters mean something below zero."""
    try:
        counted = family.count(**architecture)
    except ValueError as error:
        _sentence(name, wrong, str(error))
        return
    except fails() as error:
        # the family is somebody else's code and may end with anything; only a ValueError is an answer
        raise ClauseError(f"{name}={wrong!r} raises {told(error)}; expected a ValueError that says"
                          " what is wrong") from None
    if isinstance(wrong, str):
        raise ClauseError(f"{name}='{wrong}' is taken without a word; expected a ValueError naming the words there are")
    flop = counted.forward_flop if isinstance(counted, Network) else counted
    parameters = counted.parameters if isinstance(counted, Network) else 1
    if flop <= 0 or parameters <= 0 or (isinstance(counted, Network) and _negative(counted)):
        raise ClauseError(f"{name}={wrong} gives {flop:,} FLOP and {parameters:,} parameters; expected a ValueError")


def _negative(network: Network) -> bool:
    return any(layer.forward_flop < 0 or layer.parameters < 0 for layer in network.layers)


def _sentence(name: str, wrong: object, said: str) -> None:
    if len(said.split()) < 4:
        raise ClauseError(f"{name}={wrong!r} is refused with '{said}', which is no sentence")


#: How far a count may be from what a publication states: parameters, then FLOP.
NEAR_PARAMETERS, NEAR_FLOP = 0.005, 0.02


#: Plugins that come with computeest, which others copy.
BUILT_IN = "computeest_plugins."


class Member(NamedTuple):
    """One architecture of a family."""

    name: str
    architecture: Architecture


def clauses(family: Family, registry: Registry) -> Clauses:
    """What a family is held to."""
    yield "documented", partial(documented, family.forward)
    yield "cited", partial(cited, family.source)
    yield "example", partial(example, family)
    yield "names", partial(names, family, registry)
    yield "builds", partial(builds, family)
    yield "positive", partial(positive, family)
    yield "same again", partial(same_again, family)
    yield "grows", partial(_of_members, grows, family)
    yield "effects", partial(_of_members, effects, family)
    yield "refuses", partial(_of_members, refuses, family, registry)
    yield "published", partial(published, family, registry.modules.get(f"family {family.name}", ""))


def members(family: Family) -> list[Member]:
    """What can be built without asking: the defaults, where everything has one, and every variant."""
    lacking = required(family)
    found = [] if lacking else [Member("its defaults", {})]
    return found + [Member(name, architecture) for name, architecture in family.variants.items()]


def required(family: Family) -> list[str]:
    """Parameters without a default."""
    return [p.name for p in family.parameters.values()
            if p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]


def _members(family: Family) -> list[Member]:
    found = members(family)
    if found:
        return found
    lacking = ", ".join(required(family))
    kinds = [str(family.parameters[name].annotation) for name in required(family)]
    if any("int" in kind or "float" in kind for kind in kinds):
        raise ClauseError(f"it needs {lacking} and names no variant; give usual values as defaults, or a variant")
    raise UnstatedError(f"nothing to build without {lacking}")


def _of_members(clause: Callable[..., str], family: Family, *more: object) -> str:
    """A clause that is held with every member's architecture."""
    return clause(family, [member.architecture for member in _members(family)], *more)


def example(family: Family) -> str:
    """The family says what one example is."""
    if not family.example.strip() or family.example != family.example.lower():
        raise ClauseError(f"example is '{family.example}'; expected what one example is, in lower case: 'image'")
    return f"one example is one {family.example}"


def names(family: Family, registry: Registry) -> str:
    """The family and each variant are found by their names, in any spelling."""
    from computeest.facts.network_names import resolve

    for spelled in (family.name, family.name.upper(), family.name.replace("_", "-")):
        try:
            found = resolve(registry, spelled, {})[0].name
        except ValueError as error:
            raise ClauseError(f"'family: {spelled}' does not find it: {error}") from None
        if found != family.name:
            raise ClauseError(f"'family: {spelled}' finds '{found}'")
    seen: dict[str, str] = {}
    for variant in family.variants:
        key = schema.key(variant)
        if key in seen:
            raise ClauseError(f"the variants '{seen[key]}' and '{variant}' read alike; case, hyphens and spaces do not"
                              " tell names apart")
        if key in registry.families and key != schema.key(family.name):
            raise ClauseError(f"the variant '{variant}' has the name of another family")
        seen[key] = variant
    return f"found in any spelling; variants: {len(seen)}"


def builds(family: Family) -> str:
    """The defaults and every variant build; where the parameters are the fields of a dataclass, that is frozen."""
    shape = shape_of(family.forward)
    if shape is not None and not shape.__dataclass_params__.frozen:
        raise ClauseError(f"{shape.__name__} can be changed; write @dataclass(frozen=True)")
    found = _members(family)
    for member in found:
        build(family, member)
    return ", ".join(member.name for member in found)


def build(family: Family, member: Member) -> Network | float:
    """One member's network; ClauseError says what it raises instead."""
    try:
        return family.count(**member.architecture)
    except fails() as error:
        # the family is somebody else's code and may end with anything
        raise ClauseError(f"{member.name} does not build: {told(error)}") from None


def positive(family: Family) -> str:
    """FLOP and parameters are positive whole numbers, and the backward pass is a finite one."""
    for member in _members(family):
        counted = build(family, member)
        if not isinstance(counted, Network):
            _whole(member.name, "forward FLOP", counted)
            continue
        _whole(member.name, "forward FLOP", counted.forward_flop)
        _whole(member.name, "parameters", counted.parameters)
        if not 0 <= counted.active_parameters <= counted.parameters:
            raise ClauseError(f"{member.name} has {counted.active_parameters:,} active parameters of"
                              f" {counted.parameters:,}")
        if not 0 <= counted.backward_flop < 10 * counted.forward_flop:
            raise ClauseError(f"{member.name} has {counted.backward_flop:,} backward FLOP for"
                              f" {counted.forward_flop:,} forward")
    return "FLOP and parameters are positive whole numbers"


def _whole(name: str, what: str, number: float) -> None:
    if not isinstance(number, (int, float)) or not math.isfinite(number) or number <= 0 or number != int(number):
        raise ClauseError(f"{name} has {number} {what}; expected a positive whole number")


def same_again(family: Family) -> str:
    """Counting twice gives the same network: nothing is remembered between counts."""
    for member in _members(family):
        first, second = build(family, member), build(family, member)
        if isinstance(first, Network) and isinstance(second, Network):
            if first.layers != second.layers:
                raise ClauseError(f"{member.name} is another network when it is counted again")
        elif first != second:
            raise ClauseError(f"{member.name} has {first} FLOP, then {second}")
    return "counted twice alike"


def published(family: Family, module: str = "") -> str:
    """Variants have the parameters and FLOP that publications state; every built-in family states some."""
    if not family.published:
        if module.startswith(BUILT_IN) and members(family) and not family.unpublished:
            raise ClauseError("a family that comes with computeest states what was published of its variants, or why"
                              " nothing is")
        raise UnstatedError(family.unpublished or "it states no published parameters or FLOP")
    said: list[str] = []
    for name, stated in family.published.items():
        if name not in family.variants:
            near = did_you_mean(name, family.variants)
            raise ClauseError(f"'{name}' is published but is no variant" + (f"; {near}" if near else ""))
        if not isinstance(stated, Published):
            raise ClauseError(f"what is published of '{name}' is a {type(stated).__name__}; expected a Published")
        cited(stated.source)
        said.extend(_compared(name, stated, build(family, Member(name, family.variants[name]))))
    return "; ".join(said)


def _compared(name: str, stated: Published, counted: Network | float) -> Iterable[str]:
    found = False
    for column, near in (("parameters", NEAR_PARAMETERS), ("active_parameters", NEAR_PARAMETERS),
                         ("trainable_parameters", NEAR_PARAMETERS), ("forward_flop", NEAR_FLOP),
                         ("forward_macs", NEAR_FLOP), ("forward_flop_per_token", NEAR_FLOP)):
        number = getattr(stated, column)
        if number is None:
            continue
        found, ours = True, _number(counted, column)
        if not abs(ours - number) <= near * number:
            raise ClauseError(f"{name} has {ours:.5g} {column}, {stated.source} says {number:.5g}"
                         f" ({ours / number - 1:+.2%}; allowed {near:.1%})")
        yield f"{name} {column} {ours / number - 1:+.2%}"
    if not found:
        raise ClauseError(f"what is published of '{name}' states no number")


def _number(counted: Network | float, column: str) -> float:
    flop = float(counted.forward_flop if isinstance(counted, Network) else counted)
    if column in ("forward_flop", "forward_macs"):
        return flop / 2 if column == "forward_macs" else flop
    return float(getattr(counted, column, math.nan))
