"""A torch module, counted on the meta device: its shapes run, its weights never exist."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from computeest.layers.network import Network
from computeest.layers.shape import shape


def from_torch(build: Callable[[], Any], *inputs: tuple[int, ...], tokens: int | None = None) -> Network:
    """The network that `build()` returns, counted by PyTorch's own counter for inputs of the shapes given.

    Inputs are real numbers, or token numbers where `tokens` says how many tokens they hold. The backward pass is traced
    too. PyTorch's counter is right on the meta device (on a CPU it skips fused operations) but for the weight gradient
    of a grouped convolution, which it multiplies by the groups (2.13); here that formula is replaced.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    kind = torch.float32 if tokens is None else torch.long
    with torch.device("meta"):
        module = build()
        given = [torch.zeros(size, dtype=kind) for size in inputs]
    with FlopCounterMode(display=False, custom_mapping=corrected()) as counter:
        output = _tensor(module(*given))
    forward = _by_operation(counter)
    backward = {}
    if output.requires_grad:
        with FlopCounterMode(display=False, custom_mapping=corrected()) as counter:
            output.sum().backward()
        backward = _by_operation(counter)
    net = Network(tokens)
    weights = {id(parameter): parameter for parameter in module.parameters()}
    trained = sum(p.numel() for p in weights.values() if p.requires_grad)
    net.parameter(trained, "trained")
    with net.frozen():
        net.parameter(sum(p.numel() for p in weights.values()) - trained, "frozen")
    y = shape(1, tuple(output.shape), grad=output.requires_grad)
    for name, flop in forward.items():
        net.counted(y, flop, 0, kind="torch operation", term=_term(name), name=name)
    net.counted(y, 0, sum(backward.values()), kind="backward pass", name="backward")
    net.note("operations that torch.utils.flop_counter has no formula for, such as scans and custom kernels")
    return net


def corrected() -> dict[Any, Any]:
    """Formulas of operations that PyTorch's counter gets wrong (2.13), for its `custom_mapping`."""
    import torch

    return {torch.ops.aten.convolution_backward: _convolution_backward}


def _tensor(output: Any) -> Any:
    """The first tensor in what a module returns."""
    while not hasattr(output, "requires_grad"):
        output = next(iter(output.values())) if hasattr(output, "values") else output[0]
    return output


def _by_operation(counter: Any) -> dict[str, int]:
    counts = counter.get_flop_counts().get("Global", {})
    return {str(operation): int(flop) for operation, flop in counts.items()}


def _term(operation: str) -> str:
    if "conv" in operation:
        return "convolution"
    return "attention" if "attention" in operation or "bmm" in operation else "linear"


def _convolution_backward(
    gradient: Any, x: Any, weight: Any, _bias: Any, _stride: Any, _padding: Any, _dilation: Any, transposed: bool,
    *rest: Any, **_kwargs: Any,
) -> int:  # fmt: skip
    """The forward work once for the weights and once for the input, whichever is asked for; groups divide both."""
    mask = rest[2]
    positions = prod(x[2:]) if transposed else prod(gradient[2:])
    forward: int = 2 * int(x[0]) * positions * prod(weight)
    return forward * (int(mask[0]) + int(mask[1]))
