"""How many parameters a downloaded model has, from the headers of its weights: no weight is read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from computeest.problems import NetworkError
from computeest.problems import networks as wrong
from computeest.text.files import file_bytes

#: Bytes of one parameter, by the names that safetensors and config.json give types of numbers.
BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1,
         "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}  # fmt: skip
#: The file of all weights, and the indices of those that are split; of PyTorch's own only the size is told.
SINGLE = "model.safetensors"
INDICES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
#: Headers and indices of the largest models have some MB.
LARGEST = 16 * 1024 * 1024
#: Lists and objects in one of those, and extents of a tensor: each takes memory, and time to multiply.
_MOST_INNER, _MOST_EXTENTS = 1_000_000, 16
#: No model has so many parameters.
_MOST = 10**18


def stored_parameters(folder: Path, dtype: str | None) -> tuple[int, str] | None:
    """The parameters of the safetensors files in a folder and the file that says so; None where none says it.

    `dtype` is what config.json says of all weights: with it an index of files that are not there tells them too.
    """
    single = folder / SINGLE
    if single.is_file():
        return _said(_in_header(single), single)
    index = next((folder / name for name in INDICES if (folder / name).is_file()), None)
    if index is None:
        return None
    found = _object(index, index.stat().st_size, file_bytes(index, LARGEST))
    meta, files = found.get("metadata"), found.get("weight_map")
    shards = [folder / name for name in dict.fromkeys(files.values())] if isinstance(files, Mapping) else []
    if shards and all(shard.parent == folder and shard.suffix == ".safetensors" and shard.is_file()
                      for shard in shards):  # fmt: skip
        counts = [_in_header(shard) for shard in shards]
        return _said(None if None in counts else sum(filter(None, counts)), index)
    meta = meta if isinstance(meta, Mapping) else {}
    total, size = meta.get("total_parameters"), meta.get("total_size")
    if type(total) is int and total > 0:
        return total, index.name
    if type(size) is int and size > 0 and dtype in BYTES:
        return size // BYTES[dtype], index.name
    return None


def _said(count: int | None, file: Path) -> tuple[int, str] | None:
    if count and count > _MOST:
        raise NetworkError(wrong.WEIGHTS_TOO_MANY(file=file.name, most=_MOST))
    return (count, file.name) if count else None


def _in_header(file: Path) -> int | None:
    """Weights that are floating-point numbers; None where most are packed integers, several to one."""
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        if length > LARGEST:
            raise NetworkError(wrong.WEIGHTS_HEADER_TOO_LONG(file=file.name, bytes=length))
        header = _object(file, length, opened.read(length))
    floats = others = 0
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        shape = tensor.get("shape") if isinstance(tensor, Mapping) else None
        if not (isinstance(shape, list) and len(shape) <= _MOST_EXTENTS
                and all(type(size) is int and size >= 0 for size in shape)):
            raise NetworkError(wrong.WEIGHTS_WITHOUT_SHAPE(file=file.name, tensor=name[:60]))
        if tensor.get("dtype") in BYTES:
            floats += math.prod(shape)
        else:
            others += math.prod(shape)
    return None if others > floats / 100 else floats


def _object(file: Path, size: int, text: bytes) -> Mapping[str, Any]:
    if size > LARGEST:
        raise NetworkError(wrong.WEIGHTS_INDEX_TOO_LARGE(file=file.name, bytes=size, most=LARGEST))
    if text.count(b"[") + text.count(b"{") > _MOST_INNER:
        raise NetworkError(wrong.WEIGHTS_TOO_MANY_PARTS(file=file.name, most=_MOST_INNER))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise NetworkError(wrong.WEIGHTS_NOT_JSON(file=file.name)) from None
    if not isinstance(found, dict):
        raise NetworkError(wrong.WEIGHTS_NO_OBJECT(file=file.name))
    return found
