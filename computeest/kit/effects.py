"""Whether each parameter of a family does something: another legal value must give another count."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias

from computeest.contract import Family, Network
from computeest.kit.finding import ClauseError
from computeest.problems import fails, told

Architecture: TypeAlias = Mapping[str, Any]

#: A word that no network knows: families refuse it with the words that there are.
NO_WORD = "no such word"
#: What is tried for a number that is not given, or that stands at its default; zero and one switch parts off and on.
_COUNTS = (0, 1, 2, 3, 4, 5, 8, 16, 32, 64, 100, 128, 256, 512, 1000, 1024)
_SHARES = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0)
#: How many members, how many values of one other parameter, are tried where a parameter does nothing by itself.
_BASES, _VALUES = 5, 5
#: Networks that are counted at most for one parameter: three times what any built-in family needs.
_MOST = 2_000


def effects(family: Family, members: Sequence[Architecture]) -> str:
    """Another value of each parameter changes what is counted, alone or beside another value of one other."""
    _declared(family)
    silent, fixed = [], []
    for name in family.parameters:
        found = _effect(family, name, members, alone=name in family.no_effect)
        if name in family.no_effect:
            if found:
                raise ClauseError(f"{name} is declared to be without effect, but it changes the count: {found}")
        elif found is None:
            fixed.append(name)
        elif not found:
            silent.append(name)
    if silent:
        raise ClauseError(f"no other value of {', '.join(silent)} changes what is counted; use it, drop it, or give the"
                          " reason in the family's no_effect")
    counted = len(family.parameters) - len(fixed) - len(family.no_effect)
    return "; ".join((f"{counted} parameters, each changes the count",
                      *(f"{name} follows from the others" for name in fixed),
                      *(f"{name} changes nothing: {why}" for name, why in family.no_effect.items())))


def _declared(family: Family) -> None:
    for name, why in family.no_effect.items():
        if name not in family.parameters:
            raise ClauseError(f"no_effect names '{name}', which is no parameter")
        if len(why.split()) < 3:
            raise ClauseError(f"no_effect says of {name} only '{why}'; expected the reason, in words")


def _effect(family: Family, name: str, members: Sequence[Architecture], alone: bool) -> str | None:
    """What showed the effect; empty where nothing did, None where no other value is legal anywhere."""
    legal, left = False, _MOST
    for base in members if alone else _bases(family, name, members):
        before, left = counts(family, base), left - 1
        for value in () if before is None else others(family, name, base, members):
            after, left = counts(family, {**base, name: value}), left - 1
            legal = legal or after is not None
            if after is not None and after != before:
                return f"{name}={value}"
        if left < 0:
            break
    return "" if legal else None


def _bases(family: Family, name: str, members: Sequence[Architecture]) -> Iterator[Architecture]:
    """Every member, then the first few with one other parameter changed, for what works only beside another."""
    yield from members
    for base in members[:_BASES]:
        for other in family.parameters:
            if other != name:
                for value in islice(others(family, other, base, members), 2 * _VALUES):
                    yield {**base, other: value}


def counts(family: Family, architecture: Architecture) -> tuple[float, ...] | None:
    """Everything that is counted of an architecture; None where the family refuses it."""
    try:
        counted = family.count(**architecture)
    except fails():
        # a family is somebody else's code and may end with anything; the clause `refuses` says what it should
        return None
    if not isinstance(counted, Network):
        return (float(counted),)
    return (counted.forward_flop, counted.backward_flop, counted.recomputed_flop, counted.elementwise_flop,
            counted.parameters, counted.active_parameters, counted.trainable_parameters, counted.tokens or 0)


def others(family: Family, name: str, base: Architecture, members: Sequence[Architecture]) -> Iterator[Any]:
    """Values that a parameter may have beside the one it has: those of other members, then likely ones of its kind."""
    parameter = family.parameters[name]
    value = base.get(name, parameter.default)
    seen = [value]
    for other in (*(member[name] for member in members if name in member), *_likely(family, parameter, value, base)):
        if not any(other == one and type(other) is type(one) for one in seen):
            seen.append(other)
            yield other


def _likely(family: Family, parameter: inspect.Parameter, value: Any, base: Architecture) -> Iterator[Any]:
    kind = str(parameter.annotation)
    if isinstance(value, bool) or "bool" in kind:
        yield from (True, False)
    if isinstance(value, str) or "str" in kind:
        yield from words(family, parameter.name, base)
    if isinstance(value, (list, tuple)):
        yield from _lists(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from (2 * value, value + 1, value // 2 if isinstance(value, int) else value / 2, value - 1)
    if "int" in kind and "Sequence[int]" not in kind.split(" | "):
        yield from (*numbers(family, parameter.name, base), *_COUNTS)
    if "float" in kind and "Sequence" not in kind:
        yield from _SHARES
    if "None" in kind and value is not None:
        yield None


def _lists(value: Sequence[Any]) -> Iterator[Any]:
    """Lists like this one: its numbers larger, one of them alone, or one fewer."""
    if all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in value):
        yield type(value)(2 * item for item in value)  # type: ignore[call-arg]
        yield type(value)(item + 1 for item in value)  # type: ignore[call-arg]
        if value:
            yield type(value)((*value[:-1], 2 * value[-1]))  # type: ignore[call-arg]
    if len(value) > 1:
        yield value[:-1]


def words(family: Family, name: str, base: Architecture) -> list[str]:
    """The words that a parameter knows, as its refusal of one that it does not know lists them."""
    said = _refusal(family, {**base, name: NO_WORD})
    pieces = [piece.strip(" '\"().") for piece in re.split(r"[,;:]| or | of |expected", said)]
    return [piece for piece in dict.fromkeys((*pieces, *re.findall(r"[\w.+-]+", said))) if piece]


def numbers(family: Family, name: str, base: Architecture) -> list[int]:
    """The numbers that a refusal of another one lists: the depths of a paper's table."""
    return [int(number) for number in re.findall(r"(?<![\w.-])\d{1,5}(?![\w.])", _refusal(family, {**base, name: -1}))]


def _refusal(family: Family, architecture: Architecture) -> str:
    try:
        family.count(**architecture)
    except fails() as error:
        # as above: whatever it ends with
        return told(error)
    return ""
