"""Encoder-decoder and state-space model types of Hugging Face, as their families spell them."""

from __future__ import annotations

from collections.abc import Callable

from computeest.contract import Network
from computeest_plugins.decoder import Decoder, decoder
from computeest_plugins.encoder_decoder import EncoderDecoder, encoder_decoder
from computeest_plugins.huggingface.config import Config, labels, task
from computeest_plugins.mamba import Mamba, mamba


def encodes_only(c: Config) -> bool:
    """Whether the named class is an encoder without its decoder."""
    return c.built_for("EncoderModel", "ForTokenClassification")


def t5(c: Config, length: int) -> Network:
    """T5, and mT5 and T5 v1.1, whose feed-forward part is gated and whose logits have weights of their own.

    Each stack has one table of relative biases, in umT5 each layer has one.
    """
    newer = c.kind in ("mt5", "umt5")
    layers = c.count("num_layers", 8 if newer else 6)
    feed_forward = c.word("feed_forward_proj", "gated-gelu" if newer else "relu")
    gates, _, activation = feed_forward.rpartition("-")
    gated = c.flag("is_gated_act", default=bool(gates))  # what is stated beside the name is what is built
    decoder_layers = 0 if encodes_only(c) else c.optional("num_decoder_layers") or layers
    heads = c.count("num_heads", 6 if newer else 8)
    buckets = c.count("relative_attention_num_buckets", 32)
    net = encoder_decoder(
        EncoderDecoder(
            layers=layers,
            decoder_layers=decoder_layers,
            width=c.count("d_model", 512),
            heads=heads,
            head_dim=c.count("d_kv", 64),
            feed_forward=c.count("d_ff", 1024 if newer else 2048),
            vocabulary=c.count("vocab_size", 250112 if newer else 32128),
            buckets=buckets,
            gated=gated,
            activation=activation.replace("gelu_new", "gelu"),
            norm="rms",
            bias=False,
            positions="buckets",
            final_norm=True,
            tied=c.flag("tie_word_embeddings", default=not newer),
            logits=task(c, "words") != "none",
            sequence_length=length,
            target_length=0 if encodes_only(c) else None,
        )
    )
    if c.kind == "umt5":
        net.parameter(buckets * heads * (layers - 1 + max(decoder_layers - 1, 0)), "relative_biases")
    return net


#: Types whose positions are learned.
_LEARNED = ("bart", "mbart", "blenderbot", "blenderbot-small")
#: Words of the types that differ from BART.
_WORDS = {"m2m_100": 128112, "marian": 58101}


def bart(c: Config, length: int) -> Network:
    """BART and mBART: two rows of positions more, a norm of the embeddings; mBART's stacks end in a norm.

    M2M-100 and NLLB, Pegasus and Marian (Opus-MT) have sinusoids, which the last two store among their weights.
    """
    width, words = c.count("d_model", 1024), c.count("vocab_size", _WORDS.get(c.kind, 50265))
    learned = c.kind in _LEARNED
    rows = c.count("max_position_embeddings", 1024)
    scored = task(c, "words")
    if c.built_for("ForCausalLM"):
        return _decoder_alone(c, length, width, words)
    net = encoder_decoder(
        EncoderDecoder(
            layers=c.count("encoder_layers", 12),
            decoder_layers=c.count("decoder_layers", 12),
            width=width,
            heads=c.count("encoder_attention_heads", 16),
            decoder_heads=c.count("decoder_attention_heads", 16),
            feed_forward=c.count("encoder_ffn_dim", 4096),
            decoder_feed_forward=c.count("decoder_ffn_dim", 4096),
            vocabulary=words,
            activation="gelu",
            positions="learned" if learned else "sinusoidal",
            position_rows=rows + (0 if c.kind.startswith("blender") else 2),
            embedding_norm=learned and c.kind != "blenderbot",
            final_norm=c.kind in ("mbart", "m2m_100", "pegasus", "blenderbot"),
            tied=c.flag("tie_word_embeddings", default=True),
            logits=scored == "words",
            sequence_length=length,
        )
    )
    if not c.flag("tie_word_embeddings", default=True):
        net.parameter(2 * words * width, "own_embeddings")  # each half has a table beside the common one
    if c.kind in ("pegasus", "marian"):
        with net.frozen():
            net.parameter(2 * rows * width, "sinusoids")
    if scored == "sequence":
        x = net.linear(net.input(width, grad=True), width, name="classifier.dense")
        net.linear(x, c.size("id2label") or c.count("num_labels", 3), name="classifier", term="logits")
    elif scored == "answers":
        net.linear(net.input(width, length, grad=True), labels(c), name="classifier", term="logits")
    return net


def _decoder_alone(c: Config, length: int, width: int, words: int) -> Network:
    """The decoder without what it decodes: its attention to an encoder is there, and does nothing."""
    if c.kind == "m2m_100":
        raise ValueError("architectures: a decoder alone of a m2m_100 is not counted; expected both halves")
    learned, rows = c.kind in _LEARNED, c.count("max_position_embeddings", 1024)
    layers, words = c.count("decoder_layers", 12), c.optional("decoder_vocab_size") or words
    net = decoder(
        Decoder(
            layers=layers,
            width=width,
            heads=c.count("decoder_attention_heads", 16),
            feed_forward=c.count("decoder_ffn_dim", 4096),
            vocabulary=words,
            positions="learned" if learned else "sinusoidal",
            position_rows=rows + (0 if c.kind.startswith("blender") else 2),
            embedding_norm=learned and c.kind != "blenderbot",
            final_norm=c.kind in ("mbart", "pegasus", "blenderbot"),
            tied=c.flag("tie_word_embeddings", default=True),
            sequence_length=length,
        )
    )
    net.parameter(layers * (4 * (width * width + width) + 2 * width), "cross_attention", active=False)
    if not learned:
        with net.frozen():
            net.parameter(rows * width, "sinusoids")
    net.note("attention to an encoder, which this class does not have")
    return net


def mamba1(c: Config, length: int) -> Network:
    """Mamba."""
    return mamba(
        Mamba(
            layers=c.count("num_hidden_layers", 32),
            width=c.count("hidden_size", 768),
            vocabulary=c.count("vocab_size", 50280),
            state=c.count("state_size", 16),
            expand=c.count("expand", 2),
            logits=task(c, "words") == "words",
            inner=c.optional("intermediate_size"),  # where it stands it is what is built, whatever expand says
            rank=None if c.values.get("time_step_rank") in (None, "auto") else c.count("time_step_rank"),
            kernel=c.count("conv_kernel", 4),
            bias=c.flag("use_bias", default=False),
            conv_bias=c.flag("use_conv_bias", default=True),
            tied=c.flag("tie_word_embeddings", default=True),
            sequence_length=length,
        )
    )


def mamba2(c: Config, length: int) -> Network:
    """Mamba 2."""
    width, head_dim = c.count("hidden_size", 4096), c.count("head_dim", 64)
    expand = c.count("expand", 2)
    if c.count("num_heads", 128) * head_dim != expand * width:
        raise ValueError("config.json of a mamba2: num_heads x head_dim differs from expand x hidden_size")
    return mamba(
        Mamba(
            layers=c.count("num_hidden_layers", 64),
            width=width,
            vocabulary=c.count("vocab_size", 32768),
            logits=task(c, "words") == "words",
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
    )


PAIRS: dict[str, Callable[[Config, int], Network]] = {
    "t5": t5,
    "mt5": t5,
    "umt5": t5,
    "bart": bart,
    "mbart": bart,
    "m2m_100": bart,
    "pegasus": bart,
    "marian": bart,
    "blenderbot": bart,
    "blenderbot-small": bart,
    "mamba": mamba1,
    "falcon_mamba": mamba1,
    "mamba2": mamba2,
}
