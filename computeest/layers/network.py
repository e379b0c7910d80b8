"""A counted network: what its forward and backward passes cost and how many parameters it has."""

from __future__ import annotations

from collections.abc import Callable

from computeest.layers.attention import Attention, FeedForward
from computeest.layers.record import TERMS, Layer
from computeest.layers.recurrent import Recurrent, StateSpace
from computeest.layers.shape import Shape


class Network(Attention, FeedForward, Recurrent, StateSpace):
    """Layers recorded one after another, each counted exactly when it is recorded.

    FLOP are whole numbers; a multiply-add is two. Totals hold matrix products and convolutions; element-wise work is
    counted apart. One pass is one example: an image, or a sequence of `tokens`.
    """

    __slots__ = ()

    def stack(self, count: int, x: Shape, body: Callable[[Shape], Shape], name: str = "block") -> Shape:
        """`body` applied `count` times in a row, the output of one being the input of the next.

        Where the first turn changes the shape, or is the first to need a gradient, it is counted on its own; turns that
        leave the shape alone are counted together.
        """
        while count:
            before, start, shared, early = x, len(self._records), dict(self._shared), set(self._early_stop)
            with self.block(name):
                x = body(before)
            if x == before and count > 1:
                del self._records[start:]
                self._shared, self._early_stop = shared, early
                with self.repeat(count, name):
                    body(before)
                break
            count -= 1
        return x

    @property
    def forward_flop(self) -> int:
        """Matrix products and convolutions of one example's forward pass, FLOP."""
        return sum([record[7] * record[0][1] for record in self._records if record[7]])

    @property
    def backward_flop(self) -> int:
        """Weight and input gradients of one example, and what checkpointing recomputes, FLOP."""
        return sum([record[8] * record[0][1] for record in self._records if record[8]]) + self.recomputed_flop

    @property
    def recomputed_flop(self) -> int:
        """Forward FLOP that checkpointed blocks spend again in the backward pass."""
        spared = self._early_stop
        return sum(
            [
                record[7] * record[0][1]
                for index, record in enumerate(self._records)
                if record[7] and record[0][4] and index not in spared
            ]
        )

    @property
    def backward_ratio(self) -> float:
        """Backward over forward FLOP: near 2 when all is trained."""
        forward = self.forward_flop
        return self.backward_flop / forward if forward else float("nan")

    @property
    def frozen_flop(self) -> int:
        """Forward FLOP of layers whose weights are not trained: with any, a backward ratio of 2 is too high."""
        return sum([record[7] * record[0][1] for record in self._records if not record[0][3]])

    @property
    def elementwise_flop(self) -> int:
        """Bias, norm, activation, pooling and scan arithmetic of one forward pass, FLOP; not in forward_flop."""
        return sum([record[9] * record[0][1] for record in self._records])

    @property
    def parameters(self) -> int:
        """Weights in all, shared ones once."""
        return sum([record[5] * record[0][2] for record in self._records])

    @property
    def active_parameters(self) -> int:
        """Weights that one token meets: of a mixture of experts, only those it is routed to."""
        return sum([record[6] * record[0][2] for record in self._records])

    @property
    def trainable_parameters(self) -> int:
        """Weights outside frozen parts."""
        return sum([record[5] * record[0][2] for record in self._records if record[0][3]])

    @property
    def forward_flop_per_token(self) -> float:
        """forward_flop over tokens; NaN where examples are not text."""
        return self.forward_flop / self.tokens if self.tokens else float("nan")

    def by_term(self) -> dict[str, int]:
        """Forward FLOP of each part that has any: first layer, convolution, attention, logits, ..."""
        found: dict[str, int] = {}
        for record in self._records:
            if record[7]:
                found[record[3]] = found.get(record[3], 0) + record[7] * record[0][1]
        order = {term: place for place, term in enumerate(TERMS)}
        return dict(sorted(found.items(), key=lambda item: order.get(item[0], len(order))))

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Every layer in order, its repeats added up."""
        return tuple(self._layer_at(index) for index in range(len(self._records)))

    @property
    def uncounted(self) -> tuple[str, ...]:
        """What forward_flop leaves out although the network does it, beyond bias, norm, activation and pooling."""
        return tuple(self._notes)

    def _layer_at(self, index: int) -> Layer:
        scope, name, kind, term, output, parameters, active, forward, backward, work = self._records[index]
        path, times, copies, trained, recomputed = scope
        again = forward if recomputed and index not in self._early_stop else 0
        counts = (parameters * copies, active * copies, forward * times, (backward + again) * times, work * times)
        return Layer(path + name, kind, term, output, *counts, times, trained)

    def __repr__(self) -> str:
        """Size and cost at a glance."""
        size = f"{len(self._records)} layers, {self.parameters:,} parameters"
        return f"<Network: {size}, {self.forward_flop:,} FLOP forward>"
