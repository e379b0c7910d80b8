"""Transformer encoders trained to fill in masked tokens: BERT, RoBERTa, ALBERT, DeBERTa."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, architecture, hookimpl
from computeest_plugins.transformer_blocks import Block, feed_forward, layer

HEADS = ("masked", "tokens", "none")


@architecture
class Encoder:
    """What `architecture:` may state of an encoder; the defaults are BERT's."""

    layers: int = 12
    width: int = 768
    heads: int = 12
    vocabulary: int = 30522
    sequence_length: int = 512
    feed_forward: int | None = None
    position_rows: int | None = None
    segments: int = 2
    embedding_width: int | None = None
    shared_layers: bool = False
    head: str = "masked"
    masked: float = 0.15
    pooler: bool = True
    tied: bool = True
    qkv_bias: bool = True
    disentangled: int = 0
    position_projections: bool = False
    position_bias: bool = False
    content_to_position: bool = True
    position_to_content: bool = True


def encoder(p: Encoder) -> Network:
    """One sequence through an encoder and its head.

    `head: masked` transforms and scores only the masked share of positions, as BERT's code gathers them; `tokens`
    scores every position; `none` stops at the last layer. `shared_layers` uses one layer's weights throughout (ALBERT).
    `disentangled` is how many relative positions DeBERTa attends to beside content; their keys and queries have
    projections of their own in version 1 (`position_projections`), and in version 2 where it shares none; there keys
    have biases too (`position_bias`).
    """
    if p.head not in HEADS:
        raise ValueError(f"head: '{p.head}' is not one of {', '.join(HEADS)}")
    if not 0 < p.masked <= 1:
        raise ValueError(f"masked: {p.masked} is not a share between 0 and 1")
    net = Network(tokens=p.sequence_length)
    inner = p.width if p.embedding_width is None else p.embedding_width
    x = net.embedding(p.sequence_length, p.vocabulary, inner)
    if p.position_rows != 0:
        x = net.positions(x, max(p.sequence_length, 512) if p.position_rows is None else p.position_rows)
    if p.segments:
        net.parameter(p.segments * inner, "segments")
    x = net.layer_norm(x, name="embedding_norm")
    if inner != p.width:
        x = net.linear(x, p.width, name="from_embedding_width")
    hidden = 4 * p.width if p.feed_forward is None else p.feed_forward
    block = Block(p.heads, None, None, hidden, qkv_bias=p.qkv_bias)
    terms = (p.position_bias, p.content_to_position, p.position_to_content)
    x = _layers(net, x, p.layers, block, p.shared_layers, p.disentangled, p.position_projections, terms)
    if p.pooler:
        net.linear(net.select(x), p.width, name="pooler")
    if p.head != "none":
        share = p.masked if p.head == "masked" else 1.0
        y = net.select(x, max(1, round(p.sequence_length * share)))
        y = net.layer_norm(net.activation(net.linear(y, inner, name="transform"), "gelu"))
        net.logits(y, p.vocabulary, bias=True, tied=p.tied)
    return net


def _layers(
    net: Network, x: Shape, layers: int, block: Block, shared: bool, disentangled: int, projections: bool,
    terms: tuple[bool, bool, bool],
) -> Shape:
    """All layers: with weights of their own or one set for all; post-norm costs what pre-norm does."""
    if disentangled:
        net.parameter(disentangled * x.channels, "relative_positions")
        with net.repeat(layers, "layer"):
            return _disentangled(net, x, block, disentangled, projections, *terms)
    with net.repeat(layers, "layer"):
        if not shared:
            return layer(net, x, block)
        with net.shared("weights"):
            return layer(net, x, block)


def _disentangled(
    net: Network, x: Shape, block: Block, rows: int, projections: bool, key_bias: bool, to_position: bool,
    to_content: bool,
) -> Shape:
    """A DeBERTa layer: scores of content with content, content with position, position with content."""
    width, length, heads = x.channels, x.positions, block.heads
    if projections and not key_bias:  # version 1 looks up only the distances that occur, version 2 the whole table
        rows = min(rows, 2 * length)
    relative = Shape(width, (rows,), x.grad, rows)
    term = "attention projections"
    y = net.linear(x, 3 * width, key_bias or not projections, "attention.qkv", term)
    if projections:
        if not key_bias:
            net.parameter(2 * width, "attention.query_and_value_bias")
        if to_position:
            net.linear(relative, width, key_bias, "attention.position_key", term)
        if to_content:
            net.linear(relative, width, name="attention.position_query", term=term)
    else:  # the projections of content serve positions too
        with net.tied():
            net.linear(relative, 2 * width, name="attention.position", term=term)
    y = net.attention_core(Shape(width, y.size, y.grad, length), length, heads, width // heads)
    if to_position:
        net.matmul(y, length, width // heads, rows, heads, "attention.content_to_position")
    if to_content:
        net.matmul(y, length, width // heads, rows, heads, "attention.position_to_content")
    y = net.linear(y, width, name="attention.out", term="attention projections")
    x = net.layer_norm(net.add(x, y))
    return net.layer_norm(net.add(x, feed_forward(net, x, block, mixture=False)))


_BERT_LARGE = {"layers": 24, "width": 1024, "heads": 16}
_ALBERT = {"vocabulary": 30000, "embedding_width": 128, "shared_layers": True}
_ROBERTA = {"vocabulary": 50265, "position_rows": 514, "segments": 1}

VARIANTS: dict[str, dict[str, Any]] = {
    "bert-base": {},
    "bert-large": _BERT_LARGE,
    "roberta-base": _ROBERTA,
    "roberta-large": {**_BERT_LARGE, **_ROBERTA},
    "albert-base": _ALBERT,
    "albert-large": {**_BERT_LARGE, **_ALBERT},
    "albert-xlarge": {"layers": 24, "width": 2048, "heads": 16, **_ALBERT},
    "albert-xxlarge": {"layers": 12, "width": 4096, "heads": 64, **_ALBERT},
    "deberta-base": {"vocabulary": 50265, "segments": 0, "position_rows": 0, "pooler": False, "disentangled": 1024,
                     "position_projections": True},
}  # fmt: skip

PUBLISHED: dict[str, Published] = {
    "bert-base": Published("Devlin et al. 2018, arXiv:1810.04805", parameters=110e6),
    "bert-large": Published(
        "google-bert/bert-large-uncased, model card, 2019: 336M, which the paper rounds to 340M", parameters=336e6
    ),
    "roberta-base": Published("fairseq 2019, examples/roberta: 125M", parameters=125e6),
    "roberta-large": Published("fairseq 2019, examples/roberta: 355M", parameters=355e6),
    "albert-xxlarge": Published(
        "albert/albert-xxlarge-v2, model card, 2020: 223M; the paper says 235M", parameters=223e6
    ),
    "deberta-base": Published("microsoft/deberta-base on the Hugging Face Hub, 2020", parameters=138_601_728),
}


@hookimpl
def computeest_families() -> list[Family]:
    """The transformer encoder."""
    return [
        Family(
            name="encoder",
            forward=encoder,
            example="sequence",
            source="Devlin et al. 2018, arXiv:1810.04805; Liu et al. 2019, arXiv:1907.11692; Lan et al. 2019, "
            "arXiv:1909.11942; He et al. 2020, arXiv:2006.03654",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
