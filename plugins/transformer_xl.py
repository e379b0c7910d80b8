"""Transformer-XL and XLNet: attention that knows distances and remembers the stretch of text before."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import require_positive


def transformer_xl(
    layers: int = 16,
    width: int = 410,
    heads: int = 10,
    feed_forward: int = 2100,
    vocabulary: int = 267735,
    sequence_length: int = 150,
    memory: int = 150,
    head_dim: int | None = None,
    segments: bool = False,
    predicted: float = 0,
) -> Network:
    """One stretch of text of `sequence_length` tokens, attending to itself and to `memory` tokens before it.

    `predicted` is XLNet's share of tokens to predict, which have a second stream of queries in training and alone are
    scored; with 0 every token is. `segments` tells segments apart in each layer (XLNet).
    """
    require_positive(layers=layers, width=width, heads=heads, feed_forward=feed_forward)
    require_positive(sequence_length=sequence_length)
    if memory < 0 or not 0 <= predicted <= 1:
        raise ValueError("memory must be at least 0, and predicted a share from 0 to 1")
    inner = head_dim or (width // heads if width % heads == 0 else 0)
    if inner < 1:
        raise ValueError(f"width: {width} channels do not divide into {heads} heads; give head_dim")
    net = Network(tokens=sequence_length)
    x = net.embedding(sequence_length, vocabulary, width)
    asked = max(1, round(predicted * sequence_length)) if predicted else 0
    if segments:
        net.parameter(width, "mask_embedding")
    with net.repeat(layers, "layer"):
        _layer(net, x, (heads, inner, feed_forward), memory, asked, segments)
    scored = net.select(x, asked) if asked else x
    net.logits(scored, vocabulary, bias=True, tied=True)
    return net


def _layer(net: Network, x: Shape, sizes: tuple[int, int, int], memory: int, asked: int, segments: bool) -> None:
    heads, head_dim, hidden = sizes
    term, out, keys = "attention projections", heads * head_dim, x.positions + memory
    seen = Shape(x.channels, (keys,), x.grad, keys)
    net.linear(seen, 2 * out, bias=False, name="attention.kv", term=term)
    # XLNet knows distances to both sides, Transformer-XL to what came before
    count = keys + x.positions if segments else keys
    net.linear(net.input(x.channels, count), out, bias=False, name="attention.distances", term=term)
    net.parameter(2 * out, "attention.offsets")
    if segments:
        net.parameter(3 * out, "attention.segments")
    streams = [x] if not asked else [x, net.select(x, asked)]
    for number, stream in enumerate(streams):
        with net.tied() if number else net.block("stream"):
            y = net.linear(stream, out, bias=False, name="attention.q", term=term)
            net.matmul(y, stream.positions, head_dim, count, heads, "attention.distance_scores")
            y = net.attention_core(y, keys, heads, head_dim)
            y = net.layer_norm(net.linear(y, x.channels, bias=False, name="attention.out", term=term))
            net.layer_norm(net.mlp(y, hidden, activation="relu" if not number else "gelu"))


def _xlnet(layers: int, width: int, heads: int) -> dict[str, Any]:
    return {"layers": layers, "width": width, "heads": heads, "feed_forward": 4 * width, "vocabulary": 32000,
            "sequence_length": 512, "memory": 384, "segments": True, "predicted": 1 / 6}  # fmt: skip


_ENWIK8: dict[str, Any] = {"vocabulary": 204}
VARIANTS: dict[str, dict[str, Any]] = {
    "transformer-xl-wt103-base": {},
    "transformer-xl-enwik8-12l": {**_ENWIK8, "layers": 12, "width": 512, "heads": 8, "feed_forward": 2048,
                                  "sequence_length": 512, "memory": 512},
    "transformer-xl-enwik8-24l": {**_ENWIK8, "layers": 24, "width": 1024, "heads": 8, "feed_forward": 3072,
                                  "sequence_length": 768, "memory": 768},
    "xlnet-base": _xlnet(12, 768, 12),
    "xlnet-large": _xlnet(24, 1024, 16),
}  # fmt: skip
_DAI = "Dai et al. 2019, arXiv:1901.02860, Tables 1 and 2"
PUBLISHED: dict[str, Published] = {
    "transformer-xl-wt103-base": Published(_DAI, parameters=151e6),
    "transformer-xl-enwik8-12l": Published(_DAI, parameters=41e6),
    "transformer-xl-enwik8-24l": Published(_DAI, parameters=277e6),
    "xlnet-large": Published("xlnet/xlnet-large-cased on the Hugging Face Hub, 2019", parameters=360_300_800),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Transformer-XL and XLNet."""
    return [
        Family(
            name="transformer-xl",
            forward=transformer_xl,
            example="sequence",
            source="Dai et al. 2019, arXiv:1901.02860; XLNet: Yang et al. 2019, arXiv:1906.08237",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
