"""Sequence to sequence with recurrent networks, with or without attention (Sutskever et al., Bahdanau et al.)."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl


def seq2seq(
    hidden: int = 1000,
    layers: int = 4,
    source_vocabulary: int = 160000,
    target_vocabulary: int = 80000,
    sequence_length: int = 30,
    target_length: int | None = None,
    embedding_width: int = 1000,
    cell: str = "lstm",
    attention: int | None = None,
    both: bool = False,
    maxout: int | None = None,
    biases: int = 2,
) -> Network:
    """One sentence pair: the encoder's last state starts the decoder, and with `attention` its outputs feed every step.

    The defaults are Sutskever et al.'s four layers of 1,000 LSTM units. `attention` is the width of the alignment model
    of Bahdanau et al., who read the source both ways (`both`) and score words from `maxout` units.
    """
    if cell not in ("lstm", "gru"):
        raise ValueError(f"cell: '{cell}' is not lstm or gru")
    target = sequence_length if target_length is None else target_length
    net = Network(tokens=sequence_length + target)
    run = net.lstm if cell == "lstm" else net.gru
    x = net.embedding(sequence_length, source_vocabulary, embedding_width, "source_embedding")
    memory = run(x, hidden, layers=layers, both=both, biases=biases, name="encoder")
    y = net.embedding(target, target_vocabulary, embedding_width, "target_embedding")
    if attention is None:
        state = run(y, hidden, layers=layers, state=memory, biases=biases, name="decoder")
    else:
        context = _aligned(net, memory, target, hidden, attention)
        joined = net.concat(y, context)
        state = run(joined, hidden, layers=layers, state=memory, biases=biases, name="decoder")
        if maxout is not None:
            state = _maxout(net, net.concat(state, joined), maxout)
    net.logits(state, target_vocabulary, bias=True)
    return net


def _aligned(net: Network, memory: Shape, target: int, hidden: int, width: int) -> Shape:
    """A sum of the encoder's outputs for each target word, weighted by a small network (arXiv:1409.0473, A.1.2)."""
    source = memory.positions
    # only the last state of the reading from right to left starts the decoder: W_s is n x n (A.2.2)
    last = Shape(hidden, (), memory.grad, 1)
    first = net.linear(last, hidden, name="first_state")
    net.linear(memory, width, bias=False, name="alignment.memory", term="attention projections")
    states = Shape(hidden, (target,), first.grad, target)
    net.linear(states, width, bias=False, name="alignment.state", term="attention projections")
    pairs = Shape(width, (source * target,), first.grad, source * target)
    net.linear(net.activation(pairs, "tanh"), 1, bias=False, name="alignment.score", term="attention")
    net.matmul(memory, target, source, memory.channels, name="alignment.sum")
    return Shape(memory.channels, (target,), memory.grad, target)


def _maxout(net: Network, x: Shape, units: int) -> Shape:
    y = net.activation(net.linear(x, 2 * units, name="maxout"), "maxout")
    return Shape(units, y.size, y.grad, y.positions)


_RNNSEARCH: dict[str, Any] = {
    "cell": "gru", "layers": 1, "source_vocabulary": 30000, "target_vocabulary": 30000, "embedding_width": 620,
    "attention": 1000, "both": True, "maxout": 500, "biases": 1,
}  # fmt: skip


PUBLISHED: dict[str, Published] = {
    "seq2seq-lstm": Published("Sutskever et al. 2014, arXiv:1409.3215, section 3.4", parameters=384e6),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Recurrent sequence to sequence."""
    return [
        Family(
            name="seq2seq",
            forward=seq2seq,
            example="sentence pair",
            source="Sutskever, Vinyals and Le 2014, arXiv:1409.3215; Bahdanau, Cho and Bengio 2014, arXiv:1409.0473",
            variants={"seq2seq-lstm": {}, "rnnsearch-50": {**_RNNSEARCH, "sequence_length": 50}},
            published=PUBLISHED,
        )
    ]
