"""Recurrent layers: plain, LSTM with or without projection, GRU; one or both directions."""

from __future__ import annotations

from computeest.layers.record import Recorder
from computeest.layers.shape import Shape


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
            self._refuse(name, f"{layers} layers of {hidden} units; both must be at least 1")
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
