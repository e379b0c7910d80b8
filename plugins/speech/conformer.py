"""Conformer: attention and convolution in each layer, for recognizing speech."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import flowing, require_positive


def conformer(
    layers: int = 17,
    width: int = 512,
    heads: int = 8,
    kernel: int = 32,
    seconds: float = 15,
    mels: int = 80,
    target_length: int = 50,
    decoder_width: int = 640,
    vocabulary: int = 1024,
) -> Network:
    """One recording of `seconds` and `target_length` word pieces through a Conformer transducer.

    Its encoder sees a frame each 40 ms; one LSTM of `decoder_width` reads the words, and every pair of a frame and a
    word is scored. Without words (`target_length: 0`) it is the encoder alone.
    """
    require_positive(seconds=seconds, mels=mels, width=width, layers=layers, kernel=kernel, vocabulary=vocabulary)
    if target_length < 0 or decoder_width < 1:
        raise ValueError("target_length must be at least 0 and decoder_width at least 1")
    net = Network()
    x = net.input(1, round(seconds * 100), mels)
    for number in (1, 2):
        x = net.activation(net.conv(x, width, 3, 2, name=f"subsample{number}"))
    x = net.linear(flowing(x.channels * x.size[1], x.size[0]), width, name="project")
    with net.repeat(layers, "layer"):
        x = _layer(net, x, heads, kernel)
    if target_length:
        _transduced(net, x, target_length, decoder_width, vocabulary)
    return net


def _layer(net: Network, x: Shape, heads: int, kernel: int) -> Shape:
    """Half a feed-forward part, attention with relative positions, a convolution, and the other half."""
    x = net.add(x, net.mlp(net.layer_norm(x), 4 * x.channels, activation="swish", name="feed_forward1"))
    x = net.add(x, _attention(net, net.layer_norm(x), heads))
    y = net.linear(net.layer_norm(x), 2 * x.channels, name="convolution.in", term="convolution")
    y = net.activation(y._replace(channels=x.channels), "glu")
    y = net.conv(y, x.channels, (kernel,), padding="same", groups=x.channels, bias=False, name="convolution.depthwise")
    y = net.activation(net.batch_norm(y), "swish")
    x = net.add(x, net.linear(y, x.channels, name="convolution.out", term="convolution"))
    x = net.add(x, net.mlp(net.layer_norm(x), 4 * x.channels, activation="swish", name="feed_forward2"))
    return net.layer_norm(x)


def _attention(net: Network, x: Shape, heads: int) -> Shape:
    """As in Transformer-XL: a second score from the distance, which has a matrix of its own."""
    length = x.positions
    y = net.attention(x, heads)
    distances = net.input(x.channels, 2 * length - 1)
    net.linear(distances, x.channels, bias=False, name="attention.distances", term="attention projections")
    net.matmul(y, length, x.channels // heads, 2 * length - 1, heads, "attention.distance_scores")
    net.parameter(2 * x.channels, "attention.offsets")
    return y


def _transduced(net: Network, x: Shape, words: int, width: int, vocabulary: int) -> None:
    y = net.lstm(net.embedding(words, vocabulary, width), width, name="prediction")
    x = net.linear(x, width, name="joint.frames")
    y = net.linear(y, width, name="joint.words")
    pairs = net.activation(flowing(width, x.positions, words), "tanh")
    net.linear(pairs, vocabulary, name="joint.scores", term="logits")


VARIANTS: dict[str, dict[str, Any]] = {
    "conformer-s": {"layers": 16, "width": 144, "heads": 4, "decoder_width": 320},
    "conformer-m": {"layers": 16, "width": 256, "heads": 4},
    "conformer-l": {},
}
#: Table 1 prints 30.7M for M and 118.8M for L, 5 and 1 % fewer than these parts have; what it leaves out of the
#: decoder, whose size it gives in one word, is not said. The encoder, where nearly all the work is, does not differ.
PUBLISHED: dict[str, Published] = {
    "conformer-s": Published("Gulati et al. 2020, arXiv:2005.08100, Table 1", parameters=10.3e6),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Conformer."""
    return [
        Family(
            name="conformer",
            forward=conformer,
            example="recording",
            source="Gulati et al. 2020, arXiv:2005.08100",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
