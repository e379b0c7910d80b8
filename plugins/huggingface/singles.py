"""Model types of Hugging Face of two halves, or with layers of their own, that no family describes."""

from __future__ import annotations

from collections.abc import Callable

from computeest.contract import Network, Shape
from computeest_plugins.huggingface.config import Config, classified, task
from computeest_plugins.huggingface.pairs import t5
from computeest_plugins.transformer_blocks import Block, stack


def _sizes(c: Config, width: int, layers: tuple[int, int], heads: int, hidden: int) -> dict[str, int]:
    """The sizes of both halves as BART spells them."""
    return {
        "width": c.count("d_model", width),
        "encoder": c.count("encoder_layers", layers[0]),
        "decoder": c.count("decoder_layers", layers[1]),
        "heads": c.count("encoder_attention_heads", heads),
        "decoder_heads": c.count("decoder_attention_heads", heads),
        "hidden": c.count("encoder_ffn_dim", hidden),
        "decoder_hidden": c.count("decoder_ffn_dim", hidden),
    }


def _decoded(net: Network, x: Shape, context: Shape, c: Config, s: dict[str, int]) -> Shape:
    """Decoder layers; every so many-th has a mixture in the place of its MLP, where the type has one."""
    step = c.number("decoder_sparse_step", 4) if c.kind == "nllb-moe" else 0
    for place in range(s["decoder"]):
        x = net.layer_norm(net.add(x, net.attention(x, s["decoder_heads"])))
        x = net.layer_norm(net.add(x, net.attention(x, s["decoder_heads"], context=context, name="cross")))
        x = net.layer_norm(net.add(x, _part(net, x, c, s["decoder_hidden"], step, place)))
    return x


def _part(net: Network, x: Shape, c: Config, hidden: int, step: int, place: int) -> Shape:
    if step and (place + 1) % step == 0:
        bias = c.flag("router_bias", default=False)
        return net.moe(x, c.count("num_experts", 128), 2, hidden, bias=True, router_bias=bias, activation="relu")
    return net.mlp(x, hidden, activation="relu", name="feed_forward")


def _words(net: Network, x: Shape, c: Config, words: int) -> Network:
    if task(c, "words") == "words":
        net.logits(x, words, tied=c.flag("tie_word_embeddings", default=True))
    return net


def _second_table(net: Network, c: Config, size: int) -> None:
    """Where no words are shared, each half has a table of its own beside the common one."""
    if not c.flag("tie_word_embeddings", default=True):
        net.parameter(2 * size, "own_embeddings")


def nllb_moe(c: Config, length: int) -> Network:
    """NLLB-MoE: M2M-100 whose every fourth feed-forward part is a mixture of 128 experts."""
    net, words = Network(tokens=2 * length), c.count("vocab_size", 128112)
    s = _sizes(c, 1024, (12, 12), 16, 4096)
    _second_table(net, c, words * s["width"])
    x = net.embedding(length, words, s["width"])
    for place in range(s["encoder"]):
        x = net.layer_norm(net.add(x, net.attention(x, s["heads"])))
        part = _part(net, x, c, s["hidden"], c.number("encoder_sparse_step", 4), place)
        x = net.layer_norm(net.add(x, part))
    context = net.layer_norm(x, name="encoder_norm")
    x = _decoded(net, net.input(s["width"], length, grad=True), context, c, s)
    return _words(net, net.layer_norm(x, name="decoder_norm"), c, words)


def led(c: Config, length: int) -> Network:
    """LED: BART whose encoder sees neighbours; a second set of matrices serves words that see all."""
    net, words = Network(tokens=2 * length), c.count("vocab_size", 50265)
    s = _sizes(c, 1024, (12, 12), 16, 4096)
    _second_table(net, c, words * s["width"])
    width, seen = s["width"], c.values.get("attention_window", 512)
    seen = seen[0] if isinstance(seen, list) and seen and len(set(seen)) == 1 else seen
    window = Config({"attention_window": seen}, c.kind).count("attention_window") + 1
    x = net.embedding(length, words, width)
    rows = c.count("max_encoder_position_embeddings", 16384) + c.count("max_decoder_position_embeddings", 1024)
    net.parameter(rows * width, "positions")
    x = stack(net, net.layer_norm(x), s["encoder"], Block(s["heads"], None, None, s["hidden"], window=window))
    net.parameter(s["encoder"] * 3 * (width * width + width), "attention.global", active=False)
    net.note("words that attend to all others")
    y = net.layer_norm(net.input(width, length, grad=True), name="decoder_norm")
    if task(c, "words") not in ("words", "none"):
        raise ValueError("architectures: of an led only LEDForConditionalGeneration and LEDModel are counted")
    return _words(net, _decoded(net, y, x, c, s), c, words)


def fsmt(c: Config, length: int) -> Network:
    """FSMT (fairseq's translators of WMT 19): a table of words for each language, and one of its own for scores."""
    net, s = Network(tokens=2 * length), _sizes(c, 1024, (12, 12), 16, 4096)
    if c.flag("tie_word_embeddings", default=False):
        raise ValueError("config.json of an fsmt: tie_word_embeddings is true, which is not supported")
    source, target = c.count("src_vocab_size", 42024), c.count("tgt_vocab_size", 42024)
    x = net.embedding(length, source, s["width"])
    with net.frozen():  # sinusoids, stored
        net.parameter(2 * (c.count("max_position_embeddings", 1024) + 2) * s["width"], "positions")
    x = stack(net, x, s["encoder"], Block(s["heads"], None, None, s["hidden"]))
    y = net.embedding(length, target, s["width"], name="target_embedding")
    y = _decoded(net, y, x, c, s)
    net.logits(y, target)
    return net


def speech_to_text(c: Config, length: int) -> Network:
    """Speech2Text: two strided gated convolutions over filter banks, then both halves of a transformer."""
    net, words = Network(tokens=length), c.count("vocab_size", 10000)
    s, inner = _sizes(c, 256, (12, 6), 4, 2048), c.count("conv_channels", 1024)
    kernels = c.values.get("conv_kernel_sizes") or [5, 5]
    if len(kernels) != 2 or c.count("num_conv_layers", 2) != 2:
        raise ValueError("config.json of a speech_to_text: only two convolutions are supported")
    bands = c.count("input_feat_per_channel", 80) * c.count("input_channels", 1)
    x = net.conv(net.input(bands, c.count("max_source_positions", 6000)), inner, kernels[0], 2, kernels[0] // 2)
    x = net.conv(x._replace(channels=inner // 2), 2 * s["width"], kernels[1], 2, kernels[1] // 2)
    x = net.sequence(x._replace(channels=s["width"]))
    x = net.layer_norm(stack(net, x, s["encoder"], Block(s["heads"], None, None, s["hidden"])), name="encoder_norm")
    y = _decoded(net, net.embedding(length, words, s["width"]), x, c, s)
    return _words(net, net.layer_norm(y, name="decoder_norm"), c, words)


def pop2piano(c: Config, length: int) -> Network:
    """Pop2Piano: T5 that reads a spectrogram and a composer."""
    usual = {"vocab_size": 2400, "feed_forward_proj": "gated-gelu"}
    net = t5(Config({**usual, **c.values, "tie_word_embeddings": False}, "t5"), length)
    net.parameter(c.count("composer_vocab_size", 21) * c.count("d_model", 512), "composers")
    return net


def convbert(c: Config, length: int) -> Network:
    """ConvBERT: half of the heads attend, half are convolutions whose kernels each word makes."""
    net, width, words = Network(tokens=length), c.count("hidden_size", 768), c.count("vocab_size", 30522)
    heads, kernel = c.count("num_attention_heads", 12), c.count("conv_kernel_size", 9)
    ratio = c.count("head_ratio", 2)
    heads, dims = max(heads // ratio, 1), width // heads
    narrow = heads * dims
    if c.count("num_groups", 1) != 1 or c.count("embedding_size", 768) != width or 2 * narrow != width:
        raise ValueError("config.json of a convbert: groups, a narrow embedding or other head ratios are not supported")
    x = net.embedding(length, words, width)
    net.parameter((c.count("max_position_embeddings", 512) + c.count("type_vocab_size", 2)) * width, "positions")
    x = net.layer_norm(x)
    with net.repeat(c.count("num_hidden_layers", 12), "layer"):
        net.linear(x, 3 * narrow, name="attention.qkv", term="attention projections")
        y = net.attention_core(x, length, heads, dims)
        net.conv(x._replace(grad=True), width, (kernel,), padding="same", groups=width, bias=False, name="conv.keys")
        net.linear(x, narrow, name="conv.mixed")
        net.linear(y, heads * kernel, name="conv.kernels")
        net.linear(x, narrow, name="conv.values")
        net.matmul(y._replace(channels=dims), kernel, dims, length, heads, "conv.applied")
        x = net.layer_norm(net.add(x, net.linear(x, width, name="attention.out")))
        x = net.layer_norm(net.add(x, net.mlp(x, c.count("intermediate_size", 3072))))
    scored = task(c, "none")
    if scored == "words":
        x = net.layer_norm(net.linear(x, width, name="head.dense"))
        net.logits(x, words, bias=True, tied=c.flag("tie_word_embeddings", default=True))
    else:
        classified(c, net, width, length, ("sequence",))
    return net


def mobilebert(c: Config, length: int) -> Network:
    """MobileBERT: narrow layers between bottlenecks, each with four feed-forward parts."""
    net, width, words = Network(tokens=length), c.count("hidden_size", 512), c.count("vocab_size", 30522)
    embedded, inner = c.count("embedding_size", 128), c.count("intra_bottleneck_size", 128)
    heads, hidden = c.count("num_attention_heads", 4), c.count("intermediate_size", 512)
    if c.count("true_hidden_size", inner) != inner or c.flag("use_bottleneck_attention", default=False):
        raise ValueError("config.json of a mobilebert: its attention is not of the bottleneck, which is not supported")
    for key in ("trigram_input", "use_bottleneck", "key_query_shared_bottleneck"):
        if not c.flag(key, default=True):
            raise ValueError(f"config.json of a mobilebert: {key} is false, which is not supported")
    x = net.embedding(length, words, embedded)
    x = net.linear(x._replace(channels=3 * embedded), width, name="trigrams")
    net.parameter((c.count("max_position_embeddings", 512) + c.count("type_vocab_size", 2)) * width, "positions")
    x = net.layer_norm(x)
    with net.repeat(c.count("num_hidden_layers", 24), "layer"):
        y = net.layer_norm(net.linear(x, inner, name="bottleneck"))
        keyed = net.layer_norm(net.linear(x, inner, name="bottleneck.keys"))
        net.linear(keyed, 2 * inner, name="attention.queries_and_keys", term="attention projections")
        net.linear(x, inner, name="attention.values", term="attention projections")
        z = net.attention_core(y, length, heads, inner // heads)
        y = net.layer_norm(net.add(y, net.linear(z, inner, name="attention.out", term="attention projections")))
        with net.repeat(c.count("num_feedforward_networks", 4), "feed_forward"):
            y = net.layer_norm(net.add(y, net.mlp(y, hidden, activation="relu")))
        x = net.layer_norm(net.add(x, net.linear(y, width, name="widened")))
    scored = task(c, "none")
    if scored == "words":
        x = net.layer_norm(net.linear(x, width, name="head.dense"))
        shared = embedded if c.flag("tie_word_embeddings", default=True) else 0
        net.parameter((width - shared) * words, "logits_beside_the_embedding")
        with net.tied():
            net.linear(x, words, bias=False, name="logits", term="logits")
        net.parameter(words, "logits.bias")
    elif scored == "pretraining":
        raise ValueError("architectures: MobileBertForPreTraining is not counted; expected MobileBertForMaskedLM")
    else:
        if scored not in ("tokens", "answers") and c.flag("classifier_activation", default=True):
            net.linear(net.select(x), width, name="pooler")
        classified(c, net, width, length)
    return net


def jetmoe(c: Config, length: int) -> Network:
    """JetMoE: mixtures of queries and outputs too; keys and values are the same for all experts."""
    net, width, words = Network(tokens=length), c.count("hidden_size", 2048), c.count("vocab_size", 32000)
    experts, top = c.count("num_local_experts", 8), c.count("num_experts_per_tok", 2)
    groups, dims = c.count("num_key_value_heads", 16), c.count("kv_channels", 128)
    x = net.embedding(length, words, width)
    with net.repeat(c.count("num_hidden_layers", 12), "layer"):
        y = net.rms_norm(x)
        net.linear(y, 2 * groups * dims, bias=False, name="attention.keys_and_values", term="attention projections")
        net.linear(y, experts, bias=False, name="attention.router")
        each = 2 * width * groups * dims
        net.parameter((experts - top) * each, "attention.other_experts", active=False)
        net.linear(y, top * groups * dims, bias=False, name="attention.queries", term="attention projections")
        y = net.attention_core(y, length, top * groups, dims)
        x = net.add(x, net.linear(y, width, bias=True, name="attention.out", term="attention projections"))
        x = net.add(x, net.moe(net.rms_norm(x), experts, top, c.count("intermediate_size", 5632), gated=True))
        net.parameter(width, "moe.bias")
    x = net.rms_norm(x, name="final_norm")
    return _words(net, x, c, words)


SINGLES: dict[str, Callable[[Config, int], Network]] = {
    "nllb-moe": nllb_moe,
    "led": led,
    "fsmt": fsmt,
    "speech_to_text": speech_to_text,
    "pop2piano": pop2piano,
    "convbert": convbert,
    "mobilebert": mobilebert,
    "jetmoe": jetmoe,
}
