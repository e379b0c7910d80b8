"""Values that hold several: an architecture's parameters, a list of layers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from computeest import quantity
from computeest.cells import Cell, CellError
from computeest.schema import Field
from computeest.strict_yaml import Node, plain
from computeest.units import UnitError

#: Parameters of architectures that name a file.
_FILES = ("config", "onnx")


def read(field_: Field, node: Node, folder: Path) -> Cell | None:
    """The structure under one key, None when the author left it empty; `folder` is where the paper lies."""
    if node.is_null:
        return None
    wanted: type = dict if field_.kind == "mapping" else list
    if field_.name == "architecture" and isinstance(node.value, str) and node.value.strip():
        return Cell(field_.name, {"variant": node.value.strip()}, text=node.value.strip(), line=node.line)
    if not isinstance(node.value, wanted):
        raise CellError(f"this is not a {field_.kind}", f"such as {field_.example}" if field_.example else
                        "a list of layers, each starting with '- '")
    value = plain(node)
    if field_.kind == "mapping":
        value = {key: number_or_text(item) for key, item in value.items()}
        for key in _FILES:
            if isinstance(value.get(key), str):
                value[key] = str(folder / value[key])  # a path beside the paper; an absolute one stays
    return Cell(field_.name, value, text=str(value), line=node.line)


def number_or_text(value: Any) -> Any:
    """'32k' and '1,000' of an architecture as numbers; other text stays."""
    if not isinstance(value, str) or not value[:1].isdigit():
        return value
    square = re.fullmatch(r"(\d+)\s*[x×]\s*\1(?:\s*(?:px|pixels))?", value)
    if square:
        return int(square[1])
    try:
        found = quantity.read(value)
    except UnitError:
        return value
    if found.unit is not None:
        return value
    return int(found.value) if found.value.is_integer() else found.value
