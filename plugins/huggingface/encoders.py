"""Encoder model types of Hugging Face: BERT and its relatives, with the head that `architectures` names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from computeest.contract import Network
from computeest_plugins.decoder import Decoder, decoder
from computeest_plugins.encoder import Encoder, encoder
from computeest_plugins.huggingface.config import Config, classified, labels, task
from computeest_plugins.huggingface.llamas import windowed

Facts = dict[str, Any]


def _encoder(c: Config, facts: Facts, length: int, dense: tuple[str, ...] = ()) -> Network:
    """An encoder with the head that `architectures` names; `dense` are the tasks with one more layer before it."""
    scored = task(c, "none")
    words = scored == "words" or (scored == "pretraining" and c.kind != "electra")
    tied = c.flag("tie_word_embeddings", default=True)
    net = encoder(Encoder(**facts, tied=tied, sequence_length=length, head="tokens" if words else "none"))
    classified(c, net, facts["width"], length, dense)
    if scored == "pretraining" and facts.get("pooler"):
        net.linear(net.input(facts["width"], grad=True), 2, name="next_sentence", term="logits")
    return net


def _bert_facts(
    c: Config,
    words: int = 30522,
    width: int = 768,
    layers: int = 12,
    heads: int = 12,
    hidden: int = 3072,
    segments: int = 2,
) -> Facts:
    return {
        "layers": c.count("num_hidden_layers", layers),
        "width": c.count("hidden_size", width),
        "heads": c.count("num_attention_heads", heads),
        "feed_forward": c.count("intermediate_size", hidden),
        "vocabulary": c.count("vocab_size", words),
        "position_rows": c.count("max_position_embeddings", 512),
        "segments": c.number("type_vocab_size", segments),
    }


def bert(c: Config, length: int) -> Network:
    """BERT; the pooler is left out where a model for masked words has no use for it."""
    return _encoder(c, {**_bert_facts(c), "pooler": _pooled(c)}, length)


def bros(c: Config, length: int) -> Network:
    """BROS: BERT whose scores see where boxes lie to each other: of each pair a product with a query in every layer."""
    net, facts = bert(c, length), _bert_facts(c)
    width, heads = facts["width"], facts["heads"]
    dims = c.count("dim_bbox_projection", width // heads)
    sines = net.input(c.count("dim_bbox_sinusoid_emb_2d", width // 4), length, length)
    lies = net.linear(net.sequence(sines), dims, bias=False, name="boxes")
    with net.repeat(facts["layers"], "layer"):
        net.matmul(lies, heads, dims, length, length, name="attention.boxes")
    return net


def _pooled(c: Config) -> bool:
    return task(c, "none") not in ("words", "tokens", "answers") or c.flag("add_pooling_layer", default=False)


def roberta(c: Config, length: int) -> Network:
    """RoBERTa, XLM-RoBERTa and CamemBERT, which have no pooler before a classifier but a layer of their own."""
    facts = _bert_facts(c, 50265 if c.kind == "roberta" else 30522)
    pooler = _pooled(c) and task(c, "none") != "sequence"
    return _encoder(c, {**facts, "pooler": pooler}, length, ("sequence",))


def albert(c: Config, length: int) -> Network:
    """ALBERT: one layer's weights for all layers, a narrow embedding."""
    facts = _bert_facts(c, 30000, 4096, 12, 64, 16384)
    for key in ("num_hidden_groups", "inner_group_num"):
        if c.count(key, 1) != 1:
            raise ValueError(f"config.json of an albert: {key} is {c.count(key)}; only 1 is supported")
    narrow = c.count("embedding_size", 128)
    return _encoder(c, {**facts, "embedding_width": narrow, "shared_layers": True, "pooler": _pooled(c)}, length)


def electra(c: Config, length: int) -> Network:
    """ELECTRA: a narrow embedding, no pooler; its discriminator judges every token."""
    usual = _bert_facts(c, width=256, heads=4, hidden=1024)
    facts = {**usual, "pooler": False, "embedding_width": c.count("embedding_size", 128)}
    net = _encoder(c, facts, length, ("sequence",))
    if task(c, "none") == "pretraining":
        x = net.linear(net.input(facts["width"], length, grad=True), facts["width"], name="discriminator.dense")
        net.linear(x, 1, name="discriminator.replaced", term="logits")
    return net


def distilbert(c: Config, length: int) -> Network:
    """DistilBERT: six layers, no segments, no pooler."""
    facts = {
        "layers": c.count("n_layers", 6),
        "width": c.count("dim", 768),
        "heads": c.count("n_heads", 12),
        "feed_forward": c.count("hidden_dim", 3072),
        "vocabulary": c.count("vocab_size", 30522),
        "position_rows": c.count("max_position_embeddings", 512),
        "segments": 0,
        "pooler": False,
    }
    return _encoder(c, facts, length, ("sequence", "choice"))


def deberta(c: Config, length: int) -> Network:
    """DeBERTa 1: content and position attend to each other through projections of their own."""
    facts = _deberta_facts(c, _bert_facts(c, 50265, segments=0), _relative(c, None))
    net = _encoder(c, {**facts, "position_projections": True, "qkv_bias": False}, length, ("sequence",))
    if not facts["disentangled"]:
        net.parameter(2 * facts["layers"] * facts["width"], "query_and_value_bias")
    return net


def deberta_v2(c: Config, length: int) -> Network:
    """DeBERTa 2 and 3: distances fall into buckets, projections of content serve positions, a norm of positions."""
    buckets = c.values.get("position_buckets")
    rows = _relative(c, None if buckets in (None, -1, 0) else c.count("position_buckets"))
    facts = _deberta_facts(c, _bert_facts(c, 128100, 1536, 24, 24, 6144, 0), rows)
    shared = c.flag("share_att_key", default=False)
    net = _encoder(c, {**facts, "position_projections": not shared, "position_bias": True}, length, ("sequence",))
    if "layer_norm" in c.word("norm_rel_ebd", "none"):
        net.parameter(2 * facts["width"], "relative_positions_norm")
    kernel = c.number("conv_kernel_size", 0)
    if kernel:
        x = net.input(facts["width"], length, grad=True)
        groups = c.count("conv_groups", 1)
        net.layer_norm(net.conv(x, facts["width"], kernel, padding="same", groups=groups, name="convolution"))
    return net


def _deberta_facts(c: Config, facts: Facts, distances: int) -> Facts:
    """What both versions of DeBERTa share, given how far apart two positions may be told apart."""
    if c.count("embedding_size", facts["width"]) != facts["width"]:
        raise ValueError(f"config.json of a {c.kind}: embedding_size differs from hidden_size; that is not supported")
    relative = c.flag("relative_attention", default=False)
    facts |= {"pooler": False, "disentangled": 2 * distances if relative else 0, **_position_terms(c)}
    if not c.flag("position_biased_input", default=True):
        facts["position_rows"] = 0
    return facts


def _position_terms(c: Config) -> Facts:
    """Which of the two terms of content and position there are: 'c2p|p2c' or ["c2p", "p2c"]."""
    terms = c.values.get("pos_att_type")
    return {"content_to_position": terms is not None and "c2p" in terms,
            "position_to_content": terms is not None and "p2c" in terms}  # fmt: skip


def _relative(c: Config, buckets: int | None) -> int:
    if buckets is not None:
        return buckets
    most = c.values.get("max_relative_positions", -1)
    return c.count("max_position_embeddings", 512) if not most or most == -1 else c.count("max_relative_positions")


def mpnet(c: Config, length: int) -> Network:
    """MPNet: a BERT without segments whose layers share biases for relative positions."""
    facts = _bert_facts(c, 30527, segments=0)
    pooler = _pooled(c) and task(c, "none") != "sequence"
    net = _encoder(c, {**facts, "segments": 0, "pooler": pooler}, length, ("sequence",))
    net.parameter(c.count("relative_attention_num_buckets", 32) * facts["heads"], "relative_biases")
    return net


def esm(c: Config, length: int) -> Network:
    """ESM 1b and 2, of proteins: a norm after the last layer in the place of BERT's first, a head for contacts."""
    facts = _bert_facts(c, 33, segments=0)
    rotary = c.word("position_embedding_type", "absolute") == "rotary"
    rows = 0 if rotary else c.count("max_position_embeddings", 1026)
    pooler = task(c, "none") == "none"
    net = _encoder(c, {**facts, "segments": 0, "position_rows": rows, "pooler": pooler}, length, ("sequence",))
    if c.flag("emb_layer_norm_before", default=False):
        net.parameter(2 * facts["width"], "embedding_norm")
    net.parameter(facts["layers"] * facts["heads"] + 1, "contacts")
    return net


def modernbert(c: Config, length: int) -> Network:
    """ModernBERT: gated, rotary, no biases, two layers of three windowed; its first norm is that of the embeddings."""
    norm = "layer" if c.flag("norm_bias", default=False) else "layer without bias"
    bias, width = c.flag("attention_bias", default=False), c.count("hidden_size", 768)
    facts: Facts = {
        "layers": c.count("num_hidden_layers", 22),
        "width": width,
        "heads": c.count("num_attention_heads", 12),
        "feed_forward": c.count("intermediate_size", 1152),
        "vocabulary": c.count("vocab_size", 50368),
        "gated": True,
        "norm": norm,
        "bias": c.flag("mlp_bias", default=False),
        "qkv_bias": bias,
        "output_bias": bias,
        "positions": "rotary",
        "classes": 0,
    }
    every = c.count("global_attn_every_n_layers", 3)
    facts = windowed(c, facts, c.optional("local_attention", 128), lambda layers: -(-layers // every))
    net = decoder(Decoder(**facts, sequence_length=length))
    scored = task(c, "none")
    if scored in ("words", "sequence", "tokens", "answers"):
        size = [] if scored == "sequence" else [length]
        x = net.linear(net.input(width, *size, grad=True), width, c.flag("classifier_bias", default=False), "head")
        x = net.norm(x, norm, "head.norm")
        if scored == "words":
            tied = c.flag("tie_word_embeddings", default=True)
            net.logits(x, facts["vocabulary"], c.flag("decoder_bias", default=True), tied)
        else:
            net.linear(x, labels(c), name="classifier", term="logits")
    return net


ENCODERS: dict[str, Callable[[Config, int], Network]] = {
    "bert": bert,
    "bros": bros,
    "roberta": roberta,
    "xlm-roberta": roberta,
    "camembert": roberta,
    "albert": albert,
    "electra": electra,
    "distilbert": distilbert,
    "deberta": deberta,
    "deberta-v2": deberta_v2,
    "mpnet": mpnet,
    "esm": esm,
    "modernbert": modernbert,
}
