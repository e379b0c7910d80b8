"""The clause that what a family does not know is refused, in a sentence."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from computeest.contract import Family, Network
from computeest.kit.finding import ClauseError
from computeest.registry import Registry

Architecture = Mapping[str, Any]

_NOT_A_PARAMETER = "no_such_parameter"
_NOT_A_WORD = "no such word"


def refuses(family: Family, base: Architecture, registry: Registry) -> str:
    """Unknown parameters, unknown words and impossible numbers give a ValueError that says what is wrong."""
    from computeest.networks import count

    try:
        count(registry, family.name, {**base, _NOT_A_PARAMETER: 1})
    except ValueError as error:
        _sentence(_NOT_A_PARAMETER, 1, str(error))
    else:
        raise ClauseError(f"it takes any parameter; '{_NOT_A_PARAMETER}' must be refused with a ValueError")
    tried = [_NOT_A_PARAMETER]
    for name, parameter in inspect.signature(family.forward).parameters.items():
        wrong = _wrong(parameter, base.get(name))
        if wrong is not None:
            _refused(family, {**base, name: wrong}, name, wrong)
            tried.append(f"{name}={wrong}")
    return ", ".join(tried)


def _wrong(parameter: inspect.Parameter, given: object) -> object:
    """A value that no network has: a word that means nothing, or a negative number; None where there is none to try."""
    value = given if given is not None else parameter.default
    kind = str(parameter.annotation)
    if isinstance(value, bool) or "bool" in kind:
        return None
    if isinstance(value, str):
        return _NOT_A_WORD
    if isinstance(value, (int, float)) or kind.startswith("int"):
        return -1
    return None


def _refused(family: Family, architecture: Architecture, name: str, wrong: object) -> None:
    """ValueError, or a count that is a count all the same: some parameters mean something below zero."""
    try:
        counted = family.forward(**architecture)
    except ValueError as error:
        _sentence(name, wrong, str(error))
        return
    except Exception as error:
        # the family is somebody else's code and may raise anything; only a ValueError is an answer
        raise ClauseError(f"{name}={wrong!r} raises {type(error).__name__}: {error}; expected a ValueError that says"
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
