"""A config.json, a hardware file, a column map, an ONNX graph: counted, or refused in words."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from . import making
from .trying import REFUSALS, damage, record_faults, refused


def made(chance: Random) -> dict[str, Any]:
    """One of the four."""
    roll = chance.random()
    if roll < 0.75:
        return {"config": making.config(chance)}
    if roll < 0.78:  # a database is read anew for each: they take a second
        return {"hardware": making.overlay(chance), "chip": making.text(chance)}
    if roll < 0.88:
        return {
            "map": making.mutated(
                chance,
                json.dumps(
                    {
                        chance.choice(making.KEYS): chance.choice(
                            (making.text(chance), None, {"column": "x", "unit": making.text(chance)})
                        )
                        for _ in range(3)
                    }
                ),
            )
        }
    return {"graph": str(chance.random())}


def faults(given: dict[str, Any]) -> list[str]:
    """What is wrong with the answer."""
    from computeest import estimate

    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        try:
            if "config" in given:
                return record_faults(
                    dict(
                        estimate({"family": "huggingface", "tokens": "1B", "architecture": {"config": given["config"]}})
                    )
                )
            if "hardware" in given:
                from computeest.hardware import load

                (Path(folder) / "x.yaml").write_text(given["hardware"], "utf-8", "replace")
                load((Path(folder),)).find(given["chip"], None)
            elif "map" in given:
                from computeest.schema.headers import read

                (Path(folder) / "map.yaml").write_text(given["map"], "utf-8", "replace")
                read(Path(folder) / "map.yaml", ["x", "y", "Model"])
            else:
                return _graph(Random(given["graph"]), Path(folder))
        except REFUSALS as error:
            return refused(error)
    return []


def _graph(chance: Random, folder: Path) -> list[str]:
    """An ONNX file of one product, some of its bytes not what they should be."""
    from onnx import TensorProto, helper

    from computeest import estimate

    size = [chance.choice((1, 3, 0, -1, 2**40, 8)) for _ in range(2)]
    kinds = (TensorProto.FLOAT, TensorProto.INT8, TensorProto.STRING)
    inputs = [helper.make_tensor_value_info("x", chance.choice(kinds), chance.choice((size, ["N", 8], [])))]
    weights = [helper.make_tensor("w", TensorProto.FLOAT, [8, 4], [0.0] * 32)]
    node = helper.make_node(chance.choice(("MatMul", "Gemm", "Conv", "LSTM", "Attention", "NoSuch")), ["x", "w"], ["y"])
    graph = helper.make_graph(
        [node], "g", inputs, [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], weights
    )
    path = folder / "m.onnx"
    path.write_bytes(helper.make_model(graph).SerializeToString() if chance.random() < 0.9 else b"\x08" * 40)
    if chance.random() < 0.5:
        damage(chance, path)
    return record_faults(
        dict(estimate({"family": "onnx", "architecture": {"onnx": str(path)}, "examples": 5, "epochs": 1}))
    )
