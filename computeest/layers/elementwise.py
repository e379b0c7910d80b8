"""Layers without matrix products: norms, activations, pooling, sums; their work is counted apart."""

from __future__ import annotations

from typing import NoReturn

from computeest.layers.convolution import Extent, pooled_size, spread
from computeest.layers.record import Recorder
from computeest.layers.shape import Shape, new_shape, shape
from computeest.problems import networks as wrong

#: FLOP for one element. ELECTRA's flops_computation.py: layer norm 5, GELU 8, softmax 5, dropout 4; the rest by
#: reading the formula, an exponential as one.
ACTIVATIONS = {
    "relu": 1,
    "relu6": 2,
    "leaky_relu": 2,
    "prelu": 2,
    "squared_relu": 2,
    "elu": 3,
    "selu": 4,
    "gelu": 8,
    "quick_gelu": 5,
    "silu": 4,
    "swish": 4,
    "mish": 7,
    "sigmoid": 3,
    "tanh": 4,
    "hard_sigmoid": 3,
    "hard_swish": 4,
    "softplus": 3,
    "glu": 4,
    "maxout": 1,
    "identity": 0,
}
BATCH_NORM, LAYER_NORM, RMS_NORM, SOFTMAX = 4, 5, 4, 5

#: What a norm is called in the layer table, its parameters for each channel, and FLOP for each element.
NORMS = {
    "batch": ("batch norm", 2, BATCH_NORM),
    "layer": ("layer norm", 2, LAYER_NORM),
    "layer without bias": ("layer norm", 1, LAYER_NORM),
    "layer without weights": ("layer norm", 0, LAYER_NORM),
    "rms": ("RMS norm", 1, RMS_NORM),
    "rms without weights": ("RMS norm", 0, RMS_NORM),
    "group": ("group norm", 2, LAYER_NORM),
}


class Elementwise(Recorder):
    """Operations that are not matrix products."""

    __slots__ = ()

    def batch_norm(self, x: Shape, *, affine: bool = True, name: str = "batch_norm") -> Shape:
        """Normalized over the batch; running mean and variance are statistics, not parameters."""
        channels, size, grad, positions = x
        scope = self._scope
        scales = 2 * channels if affine else 0
        y = x if grad or not affine or not scope[3] else new_shape(Shape, (channels, size, scope[3], positions))
        self._add((scope, name, "batch norm", "", y, scales, scales, 0, 0, BATCH_NORM * channels * positions))
        return y

    def layer_norm(self, x: Shape, *, affine: bool = True, bias: bool = True, name: str = "layer_norm") -> Shape:
        """Normalized over the channels of each position."""
        return self._norm(x, "layer norm", (x[0] * (1 + bias)) if affine else 0, LAYER_NORM, name)

    def rms_norm(self, x: Shape, *, affine: bool = True, name: str = "rms_norm") -> Shape:
        """Divided by the root mean square of the channels."""
        return self._norm(x, "RMS norm", x[0] if affine else 0, RMS_NORM, name)

    def group_norm(self, x: Shape, *, groups: int = 32, affine: bool = True, name: str = "group_norm") -> Shape:
        """Normalized over groups of channels."""
        if groups < 1 or x.channels % groups:
            self._refuse(name, wrong.GROUPS_OF_NORM(channels=x.channels, groups=groups))
        return self._norm(x, "group norm", 2 * x[0] if affine else 0, LAYER_NORM, name)

    def norm(self, x: Shape, kind: str, name: str = "norm") -> Shape:
        """The norm called `kind`, one of NORMS, or none at all."""
        if kind == "none":
            return x
        found = NORMS.get(kind)
        if found is None:
            self._refuse(name, wrong.NORM_UNKNOWN(kind=kind, known=", ".join(NORMS)))
        label, scales, cost = found
        return self._norm(x, label, scales * x[0], cost, name)

    def _norm(self, x: Shape, kind: str, parameters: int, cost: int, name: str) -> Shape:
        channels, size, grad, positions = x
        scope = self._scope
        trained = scope[3]
        y = x if grad or not trained or not parameters else new_shape(Shape, (channels, size, trained, positions))
        self._add((scope, name, kind, "", y, parameters, parameters, 0, 0, cost * channels * positions))
        return y

    def activation(self, x: Shape, kind: str = "relu", name: str = "") -> Shape:
        """A function of each element."""
        cost = ACTIVATIONS.get(kind)
        if cost is None:
            self._refuse_activation(kind, name or "activation")
        self._add((self._scope, name or kind, "activation", "", x, 0, 0, 0, 0, cost * x[0] * x[3]))
        return x

    def _refuse_activation(self, kind: str, name: str) -> NoReturn:
        self._refuse(name, wrong.ACTIVATION_UNKNOWN(kind=kind, known=", ".join(ACTIVATIONS)))

    def softmax(self, x: Shape, name: str = "softmax") -> Shape:
        """Probabilities over the channels of each position."""
        self._add((self._scope, name, "softmax", "", x, 0, 0, 0, 0, SOFTMAX * x[0] * x[3]))
        return x

    def dropout(self, x: Shape, name: str = "dropout") -> Shape:
        """Random zeros; they change no matrix product (ELECTRA counts 4 FLOP an element)."""
        self._add((self._scope, name, "dropout", "", x, 0, 0, 0, 0, 4 * x[0] * x[3]))
        return x

    def max_pool(
        self,
        x: Shape,
        kernel: Extent,
        stride: Extent | None = None,
        padding: Extent | str = 0,
        *,
        ceil: bool = False,
        name: str = "max_pool",
    ) -> Shape:
        """The largest value under each window; the stride is the kernel where none is given."""
        return self._pool(x, kernel, stride, padding, ceil, name, "max pool")

    def avg_pool(
        self,
        x: Shape,
        kernel: Extent,
        stride: Extent | None = None,
        padding: Extent | str = 0,
        *,
        ceil: bool = False,
        name: str = "avg_pool",
    ) -> Shape:
        """The mean under each window; the stride is the kernel where none is given."""
        return self._pool(x, kernel, stride, padding, ceil, name, "average pool")

    def _pool(
        self,
        x: Shape,
        kernel: Extent,
        stride: Extent | None,
        padding: Extent | str,
        ceil: bool,
        name: str,
        kind: str,
    ) -> Shape:
        size, taps = pooled_size(x.size, kernel, kernel if stride is None else stride, padding, ceil)
        if not taps or min(size) < 1:
            self._refuse(name, wrong.WINDOW_OF_POOLING(kernel=kernel, shape=x))
        y = shape(x.channels, size, grad=x.grad)
        self._add((self._scope, name, kind, "", y, 0, 0, 0, 0, taps * y.elements))
        return y

    def adaptive_pool(self, x: Shape, size: Extent, name: str = "adaptive_pool") -> Shape:
        """The mean over as many equal windows as `size` asks for."""
        y = shape(x.channels, spread(size, len(x.size)), grad=x.grad)
        self._add((self._scope, name, "average pool", "", y, 0, 0, 0, 0, x.elements))
        return y

    def global_pool(self, x: Shape, name: str = "global_pool") -> Shape:
        """The mean over all positions: a vector."""
        y = new_shape(Shape, (x[0], (), x[2], 1))
        self._add((self._scope, name, "average pool", "", y, 0, 0, 0, 0, x[0] * x[3]))
        return y

    def upsample(self, x: Shape, factor: Extent = 2, name: str = "upsample") -> Shape:
        """Each position repeated `factor` times along every extent."""
        factors = spread(factor, len(x.size))
        y = shape(x.channels, tuple(n * f for n, f in zip(x.size, factors, strict=True)), grad=x.grad)
        self._add((self._scope, name, "upsample", "", y, 0, 0, 0, 0, 0))
        return y

    def add(self, x: Shape, *others: Shape, name: str = "add") -> Shape:
        """The sum of shapes that are equal or broadcast to each other."""
        return self._joined(x, others, name, "add")

    def multiply(self, x: Shape, *others: Shape, name: str = "multiply") -> Shape:
        """The product, element by element, of shapes that are equal or broadcast to each other."""
        return self._joined(x, others, name, "multiply")

    def _joined(self, x: Shape, others: tuple[Shape, ...], name: str, kind: str) -> Shape:
        channels, size, grad, positions = x
        for other in others:
            if other[0] != channels:
                if other[0] != 1 and channels != 1:
                    self._refuse(name, wrong.CHANNELS_DIFFER(kind=kind, shape=x, other=other))
                channels = max(channels, other[0])
            if other[1] != size:
                if other[3] != 1 and positions != 1:
                    self._refuse(name, wrong.EXTENTS_DIFFER(kind=kind, shape=x, other=other))
                if other[3] > positions:
                    size, positions = other[1], other[3]
            grad = grad or other[2]
        y = new_shape(Shape, (channels, size, grad, positions))
        self._add((self._scope, name, kind, "", y, 0, 0, 0, 0, len(others) * channels * positions))
        return y

    def concat(self, x: Shape, *others: Shape, along: str = "channels", name: str = "concat") -> Shape:
        """Shapes side by side: along their channels, or along the positions of a sequence."""
        grad = x.grad or any(other.grad for other in others)
        if along == "channels":
            if any(other.size != x.size for other in others):
                self._refuse(name, wrong.JOINED_EXTENTS_DIFFER(shapes=", ".join(map(str, (x, *others)))))
            return new_shape(Shape, (x[0] + sum(other[0] for other in others), x[1], grad, x[3]))
        if along != "positions":
            self._refuse(name, wrong.JOINED_ALONG_UNKNOWN(along=along))
        if any(other.channels != x.channels for other in others):
            self._refuse(name, wrong.JOINED_CHANNELS_DIFFER(shapes=", ".join(map(str, (x, *others)))))
        length = x[3] + sum(other[3] for other in others)
        return new_shape(Shape, (x[0], (length,), grad, length))

    def flatten(self, x: Shape) -> Shape:
        """All values as one vector."""
        return new_shape(Shape, (x[0] * x[3], (), x[2], 1))

    def sequence(self, x: Shape) -> Shape:
        """The grid read as one row of positions."""
        return new_shape(Shape, (x[0], (x[3],), x[2], x[3]))

    def reshape(self, x: Shape, channels: int, *size: int, name: str = "reshape") -> Shape:
        """The same values on another grid."""
        y = shape(channels, size, grad=x.grad)
        if y.elements != x.elements:
            self._refuse(name,
                         wrong.RESHAPED_TO_OTHER_SIZE(shape=x, values=x.elements, wanted=y, wanted_values=y.elements))
        return y

    def select(self, x: Shape, positions: int = 1, name: str = "select") -> Shape:
        """Some positions only, such as the class token."""
        if not 1 <= positions <= x.positions:
            self._refuse(name, wrong.POSITIONS_ASKED(positions=positions, shape=x))
        return new_shape(Shape, (x.channels, (positions,) if positions > 1 else (), x.grad, positions))

    def split(self, x: Shape, parts: int, name: str = "split") -> Shape:
        """One of `parts` equal groups of channels."""
        if parts < 1 or x.channels % parts:
            self._refuse(name, wrong.PARTS_OF_CHANNELS(channels=x.channels, parts=parts))
        return new_shape(Shape, (x.channels // parts, x.size, x.grad, x.positions))
