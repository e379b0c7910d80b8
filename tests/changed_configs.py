"""Small files of config.json in the golden tables, each the base of its type, with one key changed."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any


def config_of(kind: str, line: Mapping[str, Any], key: str | None = None, value: Any = None) -> dict[str, Any]:
    """The base of a type as its line of a table has it, with one key, `vision_config.hidden_size`, of another value."""
    config: dict[str, Any] = {"model_type": kind, "architectures": [line["class"]], **deepcopy(line["base"])}
    if key is not None:
        *parts, last = key.split(".")
        part = config
        for name in parts:
            part = part.setdefault(name, {})
        part[last] = value
    return config
