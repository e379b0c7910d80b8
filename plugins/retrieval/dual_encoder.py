"""Dense retrieval: a question and passages, each encoded to a vector (DPR, Contriever)."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, hookimpl
from computeest_plugins.blocks import require_positive
from computeest_plugins.transformer_blocks import Block, layer


def dual_encoder(
    layers: int = 12,
    width: int = 768,
    heads: int = 12,
    feed_forward: int | None = None,
    vocabulary: int = 30522,
    sequence_length: int = 256,
    question_length: int | None = None,
    passages: int = 2,
    shared: bool = False,
    output_width: int = 0,
) -> Network:
    """One question and its `passages` (DPR: one that answers and one that does not) through BERT-like encoders.

    Both have weights of their own unless `shared`. `output_width` is that of a projection after it, 0 for none.
    Questions are padded to the length of passages where theirs is not given.
    """
    asked = sequence_length if question_length is None else question_length
    require_positive(layers=layers, width=width, sequence_length=sequence_length, question_length=asked)
    require_positive(passages=passages, vocabulary=vocabulary)
    if output_width < 0:
        raise ValueError(f"output_width: {output_width} cannot be negative; expected 0 for none")
    net = Network(tokens=asked + passages * sequence_length)
    block = Block(heads, None, None, 4 * width if feed_forward is None else feed_forward)
    for name, length, count in (("question", asked, 1), ("passage", sequence_length, passages)):
        with net.shared("encoder" if shared else name):
            positions = length * count
            x = net.positions(net.embedding(positions, vocabulary, width), 512)
            net.parameter(2 * width, "segments")
            x = net.layer_norm(x, name="embedding_norm")
            with net.repeat(layers, "layer"):
                y = layer(net, x, block, window=length)  # each text sees itself only
            if output_width:
                net.linear(net.select(y, count), output_width, name="project")
    return net


VARIANTS: dict[str, dict[str, Any]] = {
    "dpr": {},
    "contriever": {"shared": True, "passages": 1},
}
PUBLISHED: dict[str, Published] = {
    "dpr": Published(
        "Karpukhin et al. 2020, arXiv:2004.04906: two BERT-base; 108,891,648 each without pooler (Devlin et al. 2019)",
        parameters=2 * 108_891_648,
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Dense retrieval."""
    return [
        Family(
            name="dual-encoder",
            forward=dual_encoder,
            example="question",
            source="Karpukhin et al. 2020, arXiv:2004.04906; Contriever: Izacard et al. 2022, arXiv:2112.09118",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
