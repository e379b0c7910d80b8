"""GNMT: Google's neural machine translation, deep LSTMs with attention."""

from __future__ import annotations

from computeest.contract import Family, Network, Published, Shape, hookimpl


def gnmt(
    hidden: int = 1024,
    layers: int = 8,
    vocabulary: int = 32000,
    sequence_length: int = 30,
    target_length: int | None = None,
    biases: int = 1,
) -> Network:
    """One sentence pair: a bidirectional layer and `layers` - 1 more encode, `layers` decode.

    The bottom decoder layer asks for the context of each target word, which all the layers above it see.
    """
    if layers < 2:
        raise ValueError(f"layers: {layers} is too few; expected a bidirectional layer and at least one more")
    target = sequence_length if target_length is None else target_length
    net = Network(tokens=sequence_length + target)
    x = net.embedding(sequence_length, vocabulary, hidden, "source_embedding")
    x = net.lstm(x, hidden, both=True, biases=biases, name="encoder.0")
    memory = net.lstm(x, hidden, layers=layers - 1, biases=biases, name="encoder")
    y = net.embedding(target, vocabulary, hidden, "target_embedding")
    # "the bottom decoder layer output only for obtaining recurrent attention context, which is sent directly to all the
    # remaining decoder layers" (Wu et al. 2016, Figure 1)
    y = net.lstm(y, hidden, biases=biases, name="decoder.0")
    context = _attended(net, memory, y, hidden)
    with net.repeat(layers - 1, "decoder"):
        y = net.lstm(net.concat(y, context), hidden, biases=biases)
    net.logits(y, vocabulary, bias=True)
    return net


def _attended(net: Network, memory: Shape, states: Shape, hidden: int) -> Shape:
    """A weighted sum of the encoder's outputs for each target word; the weights come from a one-layer network."""
    source, target = memory.positions, states.positions
    net.linear(memory, hidden, bias=False, name="attention.memory", term="attention projections")
    net.linear(states, hidden, bias=False, name="attention.query", term="attention projections")
    pairs = Shape(hidden, (source * target,), memory.grad, source * target)
    net.linear(net.activation(pairs, "tanh"), 1, bias=False, name="attention.score", term="attention")
    net.matmul(memory, target, source, hidden, name="attention.sum")
    return Shape(hidden, (target,), memory.grad, target)


PUBLISHED: dict[str, Published] = {
    "gnmt-8": Published(
        "Shazeer et al. 2017, arXiv:1701.06538, Tables 2 and 3: parameters, and multiply-adds of a time step",
        parameters=278e6,
        forward_macs=30 * 214e6,
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """GNMT."""
    return [
        Family(
            name="gnmt",
            forward=gnmt,
            example="sentence pair",
            source="Wu et al. 2016, arXiv:1609.08144; Shazeer et al. 2017, arXiv:1701.06538, give its size",
            variants={"gnmt-8": {}},
            published=PUBLISHED,
        )
    ]
