"""Any network, counted from an ONNX file: its graph alone, no weights, nothing runs."""

from __future__ import annotations

from collections.abc import Mapping

from computeest.contract import Family, Network, from_onnx, hookimpl


def onnx_file(onnx: str, tokens: int | None = None, sizes: Mapping[str, int] | None = None) -> Network:
    """One example through the network of an ONNX file, whose path is `onnx`.

    `tokens` are the tokens of one example, where it is counted by tokens; `sizes` the dimensions of the inputs to which
    the file gives a name instead of a size, such as {sequence: 512}.
    """
    return from_onnx(onnx, tokens, sizes)


@hookimpl
def computeest_families() -> list[Family]:
    """Networks in ONNX files."""
    return [
        Family(
            name="onnx",
            forward=onnx_file,
            example="example",
            source="ONNX contributors 2017, Open Neural Network Exchange, onnx.ai/onnx/operators",
        )
    ]
