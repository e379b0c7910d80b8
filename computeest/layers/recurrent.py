"""Recurrent layers: plain, LSTM with or without projection, GRU; one or both directions."""

from __future__ import annotations

from computeest.layers.convolution import Convolution
from computeest.layers.dense import Dense
from computeest.layers.elementwise import Elementwise
from computeest.layers.record import Recorder
from computeest.layers.shape import Shape
from computeest.problems import networks as wrong


class Recurrent(Recorder):
    """Operations that walk along a sequence with a state."""

    __slots__ = ()

    def rnn(
        self,
        x: Shape,
        hidden: int,
        *,
        layers: int = 1,
        both: bool = False,
        state: Shape | None = None,
        biases: int = 2,
        name: str = "rnn",
    ) -> Shape:
        """A plain (Elman) recurrent layer: one new state from input and state at every step."""
        return self._recurrent(x, hidden, 1, None, layers, both, state, biases, name, "RNN")

    def lstm(
        self,
        x: Shape,
        hidden: int,
        *,
        layers: int = 1,
        projection: int | None = None,
        both: bool = False,
        state: Shape | None = None,
        biases: int = 2,
        name: str = "lstm",
    ) -> Shape:
        """Long short-term memory: four gates, and with `projection` a narrower state (Sak et al. 2014)."""
        return self._recurrent(x, hidden, 4, projection, layers, both, state, biases, name, "LSTM")

    def gru(
        self,
        x: Shape,
        hidden: int,
        *,
        layers: int = 1,
        both: bool = False,
        state: Shape | None = None,
        biases: int = 2,
        name: str = "gru",
    ) -> Shape:
        """Gated recurrent units: three gates."""
        return self._recurrent(x, hidden, 3, None, layers, both, state, biases, name, "GRU")

    def _recurrent(
        self,
        x: Shape,
        hidden: int,
        gates: int,
        projection: int | None,
        layers: int,
        both: bool,
        state: Shape | None,
        biases: int,
        name: str,
        kind: str,
    ) -> Shape:
        if hidden < 1 or layers < 1 or (projection is not None and projection < 1):
            self._refuse(name, wrong.RECURRENT_EMPTY(layers=layers, hidden=hidden))
        options = (hidden, gates, projection, 2 if both else 1, state is not None and state.grad, biases, kind)
        y = self._layer(x, *options, f"{name}.0" if layers > 1 else name)
        if layers > 1:
            # every further layer reads a state of the same width, so one stands for all
            again = self._layer(y, *options, f"{name}.1")
            if layers > 2:
                count = layers - 1
                scope = self._scope
                record = self._records[-1]
                times = scope._replace(times=scope.times * count, copies=scope.copies * count)
                self._records[-1] = (times, f"{name}.1-{count}", *record[2:])
            y = again
        return y

    def _layer(
        self,
        x: Shape,
        hidden: int,
        gates: int,
        projection: int | None,
        ways: int,
        carried: bool,
        biases: int,
        kind: str,
        name: str,
    ) -> Shape:
        channels, size, grad, steps = x
        width = hidden if projection is None else projection
        scope = self._scope
        trained = scope[3]
        flows = grad or trained
        parameters = ways * (gates * hidden * (channels + width + biases) + (hidden * width if projection else 0))
        step_state = 2 * ways * gates * hidden * width
        inputs = 2 * ways * steps * gates * hidden * channels
        projected = 2 * ways * steps * hidden * width if projection else 0
        forward = inputs + steps * step_state + projected
        backward = (forward if trained else 0) + (inputs if grad else 0)
        if flows or carried:
            # the first state is zero and needs no gradient, unless another network hands it over
            backward += projected + (steps if carried else steps - 1) * step_state
        y = Shape(ways * width, size, flows or carried, steps)
        work = steps * ways * hidden * gates * 6
        self._add((scope, name, kind, "recurrent", y, parameters, parameters, forward, backward, work))
        return y


#: FLOP for each inner channel, state and position: 9 in Mamba 1 (the authors' count, state-spaces/mamba issue 110),
#: 7 in Mamba 2 (Megatron-LM, num_floating_point_operations).
MAMBA1_SCAN, MAMBA2_SCAN = 9, 7
_SCAN = "the selective scan is element-wise: it is in elementwise_flop, not in forward_flop"


class StateSpace(Convolution, Dense, Elementwise):
    """Operations that carry a state along a sequence without a matrix product over time."""

    __slots__ = ()

    def mamba1(
        self,
        x: Shape,
        *,
        state: int = 16,
        kernel: int = 4,
        expand: int = 2,
        inner: int | None = None,
        rank: int | None = None,
        bias: bool = False,
        conv_bias: bool = True,
        name: str = "mamba",
    ) -> Shape:
        """A selective state-space layer (Gu and Dao 2023): every channel has its own state of `state` numbers."""
        width, size, _, length = x
        inner = expand * width if inner is None else inner
        rank = -(-width // 16) if rank is None else rank
        self.linear(x, 2 * inner, bias, f"{name}.in", "state space")
        y = Shape(inner, size, x[2] or self._scope[3], length)
        y = self._causal_conv(y, kernel, conv_bias, name)
        self.linear(y, rank + 2 * state, bias=False, name=f"{name}.x", term="state space")
        self.linear(Shape(rank, size, y[2], length), inner, name=f"{name}.dt", term="state space")
        self._scan(y, inner * (state + 1), MAMBA1_SCAN * inner * state * length, name)
        return self.linear(y, width, bias, f"{name}.out", "state space")

    def mamba2(
        self,
        x: Shape,
        *,
        state: int = 128,
        kernel: int = 4,
        expand: int = 2,
        inner: int | None = None,
        head_dim: int = 64,
        groups: int = 1,
        bias: bool = False,
        conv_bias: bool = True,
        name: str = "mamba",
    ) -> Shape:
        """A state-space dual layer (Dao and Gu 2024): one decay for each head, counted as the recurrence it is."""
        width, size, _, length = x
        inner = expand * width if inner is None else inner
        if head_dim < 1 or inner % head_dim:
            self._refuse(name, wrong.HEADS_OF_SCAN(inner=inner, head_dim=head_dim))
        heads = inner // head_dim
        mixed = inner + 2 * groups * state
        self.linear(x, inner + mixed + heads, bias, f"{name}.in", "state space")
        y = self._causal_conv(Shape(mixed, size, x[2] or self._scope[3], length), kernel, conv_bias, name)
        y = Shape(inner, size, y[2], length)
        self._scan(y, 3 * heads, MAMBA2_SCAN * inner * state * length, name)
        y = self.rms_norm(y, name=f"{name}.norm")
        return self.linear(y, width, bias, f"{name}.out", "state space")

    def scan(self, x: Shape, parameters: int, flop: int, name: str = "scan") -> Shape:
        """A recurrence of element-wise work: counted apart, and said."""
        self._scan(x, parameters, flop, name)
        return x

    def _causal_conv(self, x: Shape, kernel: int, bias: bool, name: str) -> Shape:
        # padded on the left only, so there are as many outputs as inputs
        y = self.conv(x, x[0], (kernel,), padding="same", groups=x[0], bias=bias, name=f"{name}.conv")
        return self.activation(y, "silu", f"{name}.silu")

    def _scan(self, x: Shape, parameters: int, flop: int, name: str) -> None:
        self.note(_SCAN)
        self._add((self._scope, f"{name}.scan", "scan", "", x, parameters, parameters, 0, 0, flop))
