"""Encoders, encoder-decoders and state-space model types of Hugging Face, as their families spell them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from computeest.contract import Network
from computeest_plugins.encoder import encoder
from computeest_plugins.encoder_decoder import encoder_decoder
from computeest_plugins.huggingface_config import Config
from computeest_plugins.mamba import mamba

Facts = dict[str, Any]


def labels(c: Config) -> int:
    """Classes of a classifier: the length of id2label, or num_labels."""
    return c.size("id2label") or c.count("num_labels", 2)


def _encoder(c: Config, facts: Facts, length: int) -> Network:
    """An encoder with the head that `architectures` names: masked words, classes, or none."""
    masked = c.built_for("ForMaskedLM", "ForPreTraining", "LMHeadModel")
    net = encoder(**facts, sequence_length=length, head="tokens" if masked else "none")
    x = net.input(facts["width"], grad=True)
    if c.built_for("ForPreTraining") and facts.get("pooler", True):
        net.linear(x, 2, name="next_sentence", term="logits")
    elif c.built_for("ForSequenceClassification", "ForTokenClassification"):
        net.linear(x, labels(c), name="classifier", term="logits")
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


def _with_dense(c: Config, net: Network, width: int) -> Network:
    """The layer that some types have between the last one and the classes, in the place of BERT's pooler."""
    if c.built_for("ForSequenceClassification"):
        net.linear(net.input(width, grad=True), width, name="classifier.dense")
    return net


def bert(c: Config, length: int) -> Network:
    """BERT; the pooler is left out where a model for masked words has no use for it."""
    pooler = not c.built_for("ForMaskedLM", "ForTokenClassification", "ForQuestionAnswering")
    return _encoder(c, {**_bert_facts(c), "pooler": pooler}, length)


def roberta(c: Config, length: int) -> Network:
    """RoBERTa, XLM-RoBERTa and CamemBERT, which have no pooler before a classifier but a layer of their own."""
    facts = _bert_facts(c, 50265 if c.kind == "roberta" else 30522)
    if c.built_for("ForSequenceClassification"):
        net = encoder(**facts, sequence_length=length, head="none", pooler=False)
        x = net.linear(net.input(facts["width"], grad=True), facts["width"], name="classifier.dense")
        net.linear(x, labels(c), name="classifier.out", term="logits")
        return net
    pooler = not c.built_for("ForMaskedLM", "ForTokenClassification", "ForQuestionAnswering")
    return _encoder(c, {**facts, "pooler": pooler}, length)


def albert(c: Config, length: int) -> Network:
    """ALBERT: one layer's weights for all layers, a narrow embedding."""
    facts = _bert_facts(c, 30000, 4096, 12, 64, 16384)
    narrow = c.count("embedding_size", 128)
    pooler = not c.built_for("ForMaskedLM", "ForTokenClassification", "ForQuestionAnswering")
    return _encoder(c, {**facts, "embedding_width": narrow, "shared_layers": True, "pooler": pooler}, length)


def electra(c: Config, length: int) -> Network:
    """ELECTRA's discriminator: a narrow embedding, no pooler."""
    usual = _bert_facts(c, width=256, heads=4, hidden=1024)
    facts = {**usual, "pooler": False, "embedding_width": c.count("embedding_size", 128)}
    net = _encoder(c, facts, length)
    return _with_dense(c, net, facts["width"])


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
    return _with_dense(c, _encoder(c, facts, length), facts["width"])


def deberta(c: Config, length: int) -> Network:
    """DeBERTa 1: content and position attend to each other through projections of their own."""
    facts = _bert_facts(c, 50265, segments=0)
    rows = 2 * _relative(c, None)
    facts |= {"pooler": False, "disentangled": rows if c.flag("relative_attention", default=False) else 0,
              "position_projections": True, **_position_terms(c)}  # fmt: skip
    if not c.flag("position_biased_input", default=True):
        facts["position_rows"] = 0
    return _with_dense(c, _encoder(c, facts, length), facts["width"])


def deberta_v2(c: Config, length: int) -> Network:
    """DeBERTa 2 and 3: distances fall into buckets, projections of content serve positions, a norm of positions."""
    facts = _bert_facts(c, 128100, 1536, 24, 24, 6144, 0)
    rows = 2 * _relative(c, c.optional("position_buckets") if c.values.get("position_buckets", -1) != -1 else None)
    shared = c.flag("share_att_key", default=False)
    facts |= {"pooler": False, "disentangled": rows if c.flag("relative_attention", default=False) else 0,
              "position_projections": not shared, **_position_terms(c)}  # fmt: skip
    if not c.flag("position_biased_input", default=True):
        facts["position_rows"] = 0
    net = _with_dense(c, _encoder(c, facts, length), facts["width"])
    if "layer_norm" in c.word("norm_rel_ebd", "none"):
        net.parameter(2 * facts["width"], "relative_positions_norm")
    kernel = c.number("conv_kernel_size", 0)
    if kernel:
        x = net.input(facts["width"], length, grad=True)
        groups = c.count("conv_groups", 1)
        net.layer_norm(net.conv(x, facts["width"], kernel, padding="same", groups=groups, name="convolution"))
    return net


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


def t5(c: Config, length: int) -> Network:
    """T5, and mT5 and T5 v1.1, whose feed-forward part is gated and whose logits have weights of their own."""
    newer = c.kind == "mt5"
    layers = c.count("num_layers", 8 if newer else 6)
    feed_forward = c.word("feed_forward_proj", "gated-gelu" if newer else "relu")
    gated, _, activation = feed_forward.rpartition("-")
    return encoder_decoder(
        layers=layers,
        decoder_layers=c.optional("num_decoder_layers"),
        width=c.count("d_model", 512),
        heads=c.count("num_heads", 6 if newer else 8),
        head_dim=c.count("d_kv", 64),
        feed_forward=c.count("d_ff", 1024 if newer else 2048),
        vocabulary=c.count("vocab_size", 250112 if newer else 32128),
        buckets=c.count("relative_attention_num_buckets", 32),
        gated=bool(gated),
        activation=activation.replace("gelu_new", "gelu"),
        norm="rms",
        bias=False,
        positions="buckets",
        final_norm=True,
        tied=c.flag("tie_word_embeddings", default=not newer),
        sequence_length=length,
    )


def bart(c: Config, length: int) -> Network:
    """BART: two rows of positions more, a norm of the embeddings."""
    width, layers = c.count("d_model", 1024), c.count("encoder_layers", 12)
    heads, feed_forward = c.count("encoder_attention_heads", 16), c.count("encoder_ffn_dim", 4096)
    _alike(c, "decoder_attention_heads", heads)
    _alike(c, "decoder_ffn_dim", feed_forward)
    return encoder_decoder(
        layers=layers,
        decoder_layers=c.count("decoder_layers", 12),
        width=width,
        heads=heads,
        feed_forward=feed_forward,
        vocabulary=c.count("vocab_size", 50265),
        activation="gelu",
        positions="learned",
        position_rows=c.count("max_position_embeddings", 1024) + 2,
        embedding_norm=True,
        final_norm=c.kind == "mbart",
        tied=c.flag("tie_word_embeddings", default=True),
        sequence_length=length,
    )


def _alike(c: Config, key: str, value: int) -> None:
    if c.count(key, value) != value:
        raise ValueError(f"config.json of a {c.kind}: {key} differs from the encoder's {value}; that is not supported")


def mamba1(c: Config, length: int) -> Network:
    """Mamba."""
    return mamba(
        layers=c.count("num_hidden_layers", 32, "n_layer"),
        width=c.count("hidden_size", 768, "d_model"),
        vocabulary=c.count("vocab_size", 50280),
        state=c.count("state_size", 16),
        expand=c.count("expand", 2),
        rank=None if c.values.get("time_step_rank") in (None, "auto") else c.count("time_step_rank"),
        kernel=c.count("conv_kernel", 4),
        bias=c.flag("use_bias", default=False),
        conv_bias=c.flag("use_conv_bias", default=True),
        tied=c.flag("tie_word_embeddings", default=True),
        sequence_length=length,
    )


def mamba2(c: Config, length: int) -> Network:
    """Mamba 2."""
    width, head_dim = c.count("hidden_size", 4096), c.count("head_dim", 64)
    expand = c.count("expand", 2)
    if c.count("num_heads", 128) * head_dim != expand * width:
        raise ValueError("config.json of a mamba2: num_heads x head_dim differs from expand x hidden_size")
    return mamba(
        layers=c.count("num_hidden_layers", 64),
        width=width,
        vocabulary=c.count("vocab_size", 32768),
        version=2,
        state=c.count("state_size", 128),
        expand=expand,
        kernel=c.count("conv_kernel", 4),
        bias=c.flag("use_bias", default=False),
        conv_bias=c.flag("use_conv_bias", default=True),
        head_dim=head_dim,
        groups=c.count("n_groups", 8),
        tied=c.flag("tie_word_embeddings", default=False),
        sequence_length=length,
    )


ENCODERS: dict[str, Callable[[Config, int], Network]] = {
    "bert": bert,
    "roberta": roberta,
    "xlm-roberta": roberta,
    "camembert": roberta,
    "albert": albert,
    "electra": electra,
    "distilbert": distilbert,
    "deberta": deberta,
    "deberta-v2": deberta_v2,
    "t5": t5,
    "mt5": t5,
    "bart": bart,
    "mbart": bart,
    "mamba": mamba1,
    "mamba2": mamba2,
}
