"""Checks what a layer is given against the signature of the operation that counts it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

from computeest.layers.network import Network
from computeest.layers.shape import KEYS, Shape
from computeest.problems import Fault, NetworkError
from computeest.problems import networks as wrong
from computeest.text.suggest import did_you_mean

#: No real network has a larger extent, width or count; a larger one is a slip or an attack.
LARGEST = 10**9

class Argument(NamedTuple):
    """One parameter of an operation, as a layer's key."""

    name: str
    #: Its annotation, which says what values it takes.
    kind: str
    required: bool
    many: bool


@lru_cache(maxsize=256)
def arguments_of(operation: str) -> tuple[Argument, ...]:
    """The keys a layer of this operation has; the shape it works on is not one of them."""
    found = []
    for parameter in list(inspect.signature(getattr(Network, operation)).parameters.values())[1:]:
        if parameter.name in ("x", "length") and operation != "positions":
            continue
        if parameter.name in ("x", "name", "term"):
            continue
        many = parameter.kind is inspect.Parameter.VAR_POSITIONAL
        required = parameter.default is inspect.Parameter.empty and not many
        found.append(Argument(parameter.name, str(parameter.annotation), required, many))
    return tuple(found)


def refuse(where: str, fault: Fault) -> NoReturn:
    """Raise an error that says where the layer is."""
    raise NetworkError(fault).within(where)


def read_arguments(
    operation: str, value: object, saved: Mapping[str, Shape], where: str
) -> tuple[list[Any], dict[str, Any]]:
    """Positional and keyword arguments of an operation from what stands after its name."""
    known = arguments_of(operation)
    if value is None or value is True:
        given: Mapping[Any, Any] = {}
    elif isinstance(value, Mapping):
        given = value
    else:
        return _shorthand(known, value, saved, where)
    by_name = {argument.name: argument for argument in known}
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    for key, cell in given.items():
        name = next((each for each in (str(key), *KEYS.get(str(key), ())) if each in by_name), str(key))
        argument = by_name.get(name)
        if argument is None:
            near = did_you_mean(str(key), by_name)
            refuse(where,
                   wrong.LAYER_KEY_UNKNOWN(key=key, near=near or "expected " + (", ".join(by_name) or "no keys")))
        place = f"{where}.{key}"
        if argument.many:
            positional = [_value(argument.kind, one, saved, place) for one in _listed(cell)]
        else:
            keywords[name] = _value(argument.kind, cell, saved, place)
    missing = [argument.name for argument in known if argument.required and argument.name not in keywords]
    if missing:
        refuse(where, wrong.LAYER_KEY_MISSING(missing=" and ".join(missing)))
    if positional:
        positional = [keywords.pop(argument.name) for argument in known if argument.required] + positional
    return positional, keywords


def _shorthand(
    known: tuple[Argument, ...], value: object, saved: Mapping[str, Shape], where: str
) -> tuple[list[Any], dict[str, Any]]:
    if not known:
        refuse(where, wrong.LAYER_TAKES_NO_VALUE(value=value))
    required = [argument for argument in known if argument.required]
    first = known[0]
    if any(argument.many for argument in known):
        cells = _listed(value)
        kinds = [argument.kind for argument in required]
        kinds += [next(argument.kind for argument in known if argument.many)] * (len(cells) - len(kinds))
        return [_value(kind, cell, saved, where) for kind, cell in zip(kinds, cells, strict=False)], {}
    if len(required) > 1:
        refuse(where, wrong.LAYER_NEEDS_KEYS(keys=", ".join(a.name + ": ..." for a in required)))
    return [_value(first.kind, value, saved, f"{where}.{first.name}")], {}


def _listed(cell: object) -> list[object]:
    return list(cell) if isinstance(cell, Sequence) and not isinstance(cell, str) else [cell]


def _value(kind: str, cell: object, saved: Mapping[str, Shape], where: str) -> Any:
    if "Shape" in kind:
        return _shape(cell, saved, where)
    if cell is None and "None" in kind:
        return None
    if "bool" in kind:
        if not isinstance(cell, bool):
            refuse(where, wrong.NOT_TRUE_OR_FALSE(value=cell))
        return cell
    if "Extent" in kind and isinstance(cell, Sequence) and not isinstance(cell, str):
        return tuple(_count(one, where) for one in cell[:4])
    if "Extent" in kind and isinstance(cell, str) and re.fullmatch(r"\d+(?:\s*[x×]\s*\d+){1,2}", cell):
        return tuple(_count(int(one), where) for one in re.findall(r"\d+", cell))
    if "str" in kind and (isinstance(cell, str) or "Extent" not in kind):
        if not isinstance(cell, str):
            refuse(where, wrong.NOT_A_WORD(value=cell))
        return cell
    return _count(cell, where)


def _shape(cell: object, saved: Mapping[str, Shape], where: str) -> Shape:
    found = saved.get(cell) if isinstance(cell, str) else None
    if found is None:
        near = did_you_mean(str(cell), saved)
        hint = near or (f"saved so far: {', '.join(saved)}" if saved else "save one before with 'as: name'")
        refuse(where, wrong.OUTPUT_NOT_SAVED(name=cell, near=hint))
    return found


def _count(cell: object, where: str) -> int:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, bool) or not isinstance(cell, int):
        refuse(where, wrong.NOT_A_WHOLE_NUMBER(value=cell))
    if not 0 <= cell <= LARGEST:
        refuse(where, wrong.SIZE_OUT_OF_RANGE(value=cell, most=LARGEST))
    return cell


def whole(cell: object, where: str, low: int = 1) -> int:
    """A whole number of at least `low`, as a layer's own key."""
    count = _count(cell, where)
    if count < low:
        refuse(where, wrong.TOO_FEW(count=count, low=low))
    return count
