"""Feed-forward blocks: plain, gated, and mixtures of experts."""

from __future__ import annotations

from computeest.layers.dense import Dense
from computeest.layers.elementwise import ACTIVATIONS, SOFTMAX, Elementwise
from computeest.layers.shape import Shape


class FeedForward(Dense, Elementwise):
    """Operations that widen and narrow the channels of each position on its own."""

    __slots__ = ()

    def mlp(
        self,
        x: Shape,
        hidden: int,
        *,
        gated: bool = False,
        bias: bool = True,
        out: int | None = None,
        activation: str = "gelu",
        name: str = "mlp",
    ) -> Shape:
        """Up to `hidden` channels, an activation, and down again; gated has a second matrix up (SwiGLU, GeGLU)."""
        y = self.linear(x, 2 * hidden if gated else hidden, bias, f"{name}.up", "feed-forward")
        y = Shape(hidden, y[1], y[2], y[3])
        y = self.activation(y, activation, f"{name}.{activation}")
        if gated:
            self._add((self._scope, f"{name}.gate", "multiply", "", y, 0, 0, 0, 0, hidden * y[3]))
        return self.linear(y, x[0] if out is None else out, bias, f"{name}.down", "feed-forward")

    def moe(
        self,
        x: Shape,
        experts: int,
        top_k: int,
        hidden: int,
        *,
        shared: int = 0,
        gated: bool = False,
        bias: bool = False,
        shared_gate: bool = False,
        router_bias: bool = False,
        activation: str = "silu",
        name: str = "moe",
    ) -> Shape:
        """Each position goes through `top_k` of `experts` MLPs, and through a shared one `shared` channels wide.

        Padding to an expert capacity and dropped tokens are not modelled: every position meets exactly top_k experts.
        """
        if not 1 <= top_k <= experts:
            self._refuse(name, f"{top_k} of {experts} experts; expected between 1 and {experts}")
        if hidden < 1:
            self._refuse(name, f"experts are {hidden} wide; expected at least 1")
        width, size, grad, positions = x
        scope = self._scope
        trained = scope[3]
        router = self.linear(x, experts, bias=False, name=f"{name}.router", term="router")
        if router_bias:
            self.parameter(experts, f"{name}.router_bias")
        self._add((scope, f"{name}.softmax", "softmax", "", router, 0, 0, 0, 0, SOFTMAX * experts * positions))
        matrices = 3 if gated else 2
        expert = matrices * width * hidden + (((matrices - 1) * hidden + width) if bias else 0)
        forward = 2 * positions * top_k * matrices * width * hidden
        first = 0 if grad else 2 * positions * top_k * (matrices - 1) * width * hidden
        backward = (forward if trained else 0) + (forward - first if trained or grad else 0)
        work = positions * top_k * (ACTIVATIONS[activation] * hidden + (hidden if gated else 0) + 2 * width)
        y = Shape(width, size, grad or trained, positions)
        total, active = experts * expert, top_k * expert
        self._add((scope, f"{name}.experts", "experts", "experts", y, total, active, forward, backward, work))
        if shared:
            z = self.mlp(x, shared, gated=gated, bias=bias, activation=activation, name=f"{name}.shared")
            if shared_gate:
                self.linear(x, 1, bias=False, name=f"{name}.shared_gate", term="router")
            y = self.add(y, z, name=f"{name}.add")
        return y
