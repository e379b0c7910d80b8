"""Matrix products with weights: linear layers, embeddings, logits, free parameters."""

from __future__ import annotations

from computeest.layers.record import Recorder
from computeest.layers.shape import Shape, new_shape
from computeest.problems import networks as wrong


class Dense(Recorder):
    """Inputs, and operations that multiply by a matrix of weights."""

    __slots__ = ()

    def input(self, channels: int, *size: int, grad: bool = False) -> Shape:
        """One example as the network receives it; data needs no gradient."""
        positions = 1
        for extent in (channels, *size):
            if extent < 1:
                self._refuse("input", wrong.INPUT_EMPTY(channels=channels, size=size))
        for extent in size:
            positions *= extent
        return new_shape(Shape, (channels, size, grad, positions))

    def tokens_input(self, length: int) -> Shape:
        """A sequence of token numbers, for an embedding to look up."""
        return self.input(1, length)

    def embedding(self, length: int | Shape, vocabulary: int, width: int, name: str = "embedding") -> Shape:
        """One row of a table for each token: a look-up, no arithmetic."""
        positions = length[3] if isinstance(length, tuple) else length
        if positions < 1 or vocabulary < 1 or width < 1:
            self._refuse(name, wrong.TOKENS_EMPTY(positions=positions, vocabulary=vocabulary, width=width))
        scope = self._scope
        y = new_shape(Shape, (width, (positions,), scope[3], positions))
        count = vocabulary * width
        self._add((scope, name, "embedding", "", y, count, count, 0, 0, 0))
        return y

    def linear(self, x: Shape, out: int, bias: bool = True, name: str = "linear", term: str = "linear") -> Shape:
        """`out` channels at every position, each a weighted sum of the input's channels."""
        channels, size, grad, positions = x
        if out < 1:
            self._refuse(name, wrong.OUTPUT_EMPTY(out=out))
        weights = channels * out
        forward = 2 * positions * weights
        scope = self._scope
        trained = scope[3]
        y = new_shape(Shape, (out, size, grad or trained, positions))
        parameters = weights + out if bias else weights
        self._add(
            (
                scope,
                name,
                "linear",
                term if grad or not trained else "first layer",
                y,
                parameters,
                parameters,
                forward,
                forward * (trained + grad),
                out * positions if bias else 0,
            )
        )
        return y

    def logits(self, x: Shape, vocabulary: int, bias: bool = False, tied: bool = False, name: str = "logits") -> Shape:
        """A score for every word; `tied` weights are those of the embedding and are not counted again."""
        channels, size, grad, positions = x
        if vocabulary < 1:
            self._refuse(name, wrong.VOCABULARY_EMPTY(vocabulary=vocabulary))
        forward = 2 * positions * channels * vocabulary
        parameters = (0 if tied else channels * vocabulary) + (vocabulary if bias else 0)
        scope = self._scope
        y = new_shape(Shape, (vocabulary, size, grad or scope[3], positions))
        extra = y[0] * positions if bias else 0
        backward = forward * (scope[3] + grad)
        self._add((scope, name, "linear", "logits", y, parameters, parameters, forward, backward, extra))
        return y

    def matmul(
        self,
        x: Shape,
        rows: int,
        inner: int,
        columns: int,
        batch: int = 1,
        name: str = "matmul",
        term: str = "attention",
    ) -> Shape:
        """`batch` products of two activations, rows x inner by inner x columns; both gradients where `x` needs one."""
        forward = 2 * batch * rows * inner * columns
        scope = self._scope
        y = new_shape(Shape, (columns * batch, (rows,), x[2], rows))
        self._add((scope, name, "matrix product", term, y, 0, 0, forward, 2 * forward if x[2] else 0, 0))
        return y

    def parameter(self, count: int, name: str = "parameter", active: bool = True) -> None:
        """Weights outside any layer: class token, temperature; not `active` are those that this pass leaves alone."""
        if count < 0:
            self._refuse(name, wrong.PARAMETERS_NEGATIVE(count=count))
        scope = self._scope
        y = new_shape(Shape, (count, (), scope[3], 1))
        self._add((scope, name, "parameter", "", y, count, count if active else 0, 0, 0, 0))

    def counted(
        self,
        output: Shape,
        forward: int,
        backward: int,
        parameters: int = 0,
        elementwise: int = 0,
        kind: str = "other",
        term: str = "linear",
        name: str = "counted",
    ) -> Shape:
        """A layer that the algebra has no operation for: its shape and FLOP as the caller counts them."""
        if min(forward, backward, parameters, elementwise) < 0:
            self._refuse(name, wrong.COUNTS_NEGATIVE())
        counts = (parameters, parameters, forward, backward, elementwise)
        self._add((self._scope, name, kind, term if forward else "", output, *counts))
        return output

    def positions(self, x: Shape, length: int | None = None, name: str = "positions") -> Shape:
        """A learned vector for each position, added to the sequence; the table may be longer than the sequence."""
        channels, size, grad, positions = x
        rows = positions if length is None else length
        if rows < 1:
            self._refuse(name, wrong.TABLE_OF_POSITIONS(rows=rows))
        scope = self._scope
        y = new_shape(Shape, (channels, size, grad or scope[3], positions))
        count = rows * channels
        self._add((scope, name, "position embedding", "", y, count, count, 0, 0, channels * positions))
        return y

    def append_tokens(self, x: Shape, count: int = 1, name: str = "class_token") -> Shape:
        """Learned vectors put beside a sequence, such as a class token."""
        channels, _, grad, positions = x
        scope = self._scope
        length = positions + count
        y = new_shape(Shape, (channels, (length,), grad or scope[3], length))
        parameters = count * channels
        self._add((scope, name, "parameter", "", y, parameters, parameters, 0, 0, 0))
        return y
