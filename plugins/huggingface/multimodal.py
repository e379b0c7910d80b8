"""Models of Hugging Face that join a language model to what it sees or hears: Gemma 3, Qwen 2 and 2.5 VL, Whisper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from computeest.contract import Network, Shape
from computeest_plugins.decoder import Decoder, decoder
from computeest_plugins.encoder_decoder import decoder_layer
from computeest_plugins.huggingface.config import Config, decoder_head, task
from computeest_plugins.huggingface.llamas import gemma3, qwen2
from computeest_plugins.huggingface.vision import siglip_tower
from computeest_plugins.transformer_blocks import Block, stack


def gemma3_with_vision(c: Config, length: int) -> Network:
    """Gemma 3 reading text; its vision tower is part of the model, and images it may see are not counted."""
    if "text_config" not in c.values:
        return decoder(Decoder(**gemma3(c), sequence_length=length))
    text = c.part("text_config", "language model")
    tied = c.flag("tie_word_embeddings", default=True)
    net = decoder(Decoder(**{**gemma3(text), "tied": tied, **decoder_head(c)}, sequence_length=length))
    if "vision_config" in c.values:
        vision, tower = c.part("vision_config", "vision tower"), Network()
        x = siglip_tower(tower, vision)
        tower.rms_norm(x)
        tower.linear(x, text.count("hidden_size", 2304), bias=False)
        _beside(net, tower)
    return net


def _beside(net: Network, tower: Network) -> None:
    """The weights of a vision tower as part of a model of which only the reading of text is counted."""
    net.parameter(tower.parameters, "vision_tower", active=False)
    net.note("the vision tower runs once for each image; only text is counted")


def qwen2_vl(c: Config, length: int) -> Network:
    """Qwen 2 and 2.5 VL reading text; the language model's sizes stand in text_config or, in older files, beside it."""
    usual = {"hidden_size": 8192, "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
             "intermediate_size": 29568, "vocab_size": 152064, "max_window_layers": 80}  # fmt: skip
    inner = c.values.get("text_config")
    tied = c.flag("tie_word_embeddings", default=False)
    nested = {**inner, "tie_word_embeddings": tied or inner.get("tie_word_embeddings") is True} if inner else c.values
    facts = qwen2(Config({**usual, **nested}, c.kind))
    net, tower = decoder(Decoder(**{**facts, **decoder_head(c)}, sequence_length=length)), Network()
    vision = c.part("vision_config", "vision tower")
    newer = c.kind == "qwen2_5_vl"
    width = vision.count("hidden_size", 3584) if newer else vision.count("embed_dim", 1280)
    hidden = vision.count("intermediate_size", 3420) if newer else width * vision.count("mlp_ratio", 4)
    patch, frames = vision.count("patch_size", 14), vision.count("temporal_patch_size", 2)
    colours = vision.count("in_channels", 3, "in_chans")
    x = tower.linear(tower.input(colours * frames * patch**2, 16), width, bias=False)
    norm = "rms" if newer else "layer"
    block = Block(vision.count("num_heads", 16), None, None, hidden, newer, norm)
    x = tower.norm(stack(tower, x, vision.count("depth", 32), block), norm)
    merged = vision.count("spatial_merge_size", 2) ** 2 * width
    out = vision.count("out_hidden_size" if newer else "hidden_size", 3584)
    tower.mlp(x._replace(channels=merged), merged, out=out)
    _beside(net, tower)
    return net


def whisper(c: Config, length: int) -> Network:
    """Whisper: 30 seconds of sound encoded, `length` tokens decoded."""
    if c.built_for("ForCausalLM", "ForAudioClassification"):
        raise ValueError("architectures: half a whisper is not counted; expected WhisperForConditionalGeneration")
    width = c.count("d_model", 384)
    frames = 2 * c.count("max_source_positions", 1500)
    rows = c.count("max_target_positions", 448)
    net = Network(tokens=min(length, rows))
    with net.block("encoder"):
        x = net.activation(net.conv(net.input(c.count("num_mel_bins", 80), frames), width, 3, padding=1, name="conv1"))
        x = net.activation(net.conv(x, width, 3, 2, 1, name="conv2"))
        with net.frozen():  # sinusoids, stored but not trained
            x = net.positions(x)._replace(grad=True)
        block = Block(c.count("encoder_attention_heads", 6), None, None, c.count("encoder_ffn_dim", 1536))
        memory = net.layer_norm(_whisper_stack(net, x, c.count("encoder_layers", 4), block, None), name="last_norm")
    with net.block("decoder"):
        words = c.count("vocab_size", 51865)
        x = net.positions(net.embedding(min(length, rows), words, width), rows)
        block = Block(c.count("decoder_attention_heads", 6), None, None, c.count("decoder_ffn_dim", 1536))
        x = _whisper_stack(net, x, c.count("decoder_layers", 4), block, memory)
        x = net.layer_norm(x, name="last_norm")
        if task(c, "words") == "words":
            net.logits(x, words, tied=c.flag("tie_word_embeddings", default=True))
    return net


def _whisper_stack(net: Network, x: Shape, layers: int, block: Block, memory: Shape | None) -> Shape:
    """Layers whose keys, unlike queries and values, have no bias."""
    if memory is None:
        x = stack(net, x, layers, block._replace(qkv_bias=False, output_bias=True))
    else:
        with net.repeat(layers, "layer"):
            x = decoder_layer(net, x, memory, block._replace(qkv_bias=False, output_bias=True))
    net.parameter(layers * (2 if memory is None else 4) * x.channels, "query_and_value_biases")
    return x


def gemma3n_text(c: Config, length: int) -> Network:
    """Gemma 3n's language model: a vector for each word in each layer, last layers that reuse keys and values.

    Streams stand beside that which a layer changes (AltUp, arXiv:2301.13310), a narrow path beside attention (LAuReL,
    arXiv:2411.07501).
    """
    net, width, words = Network(tokens=length), c.count("hidden_size", 2048), c.count("vocab_size", 262400)
    layers, streams, rank = c.count("num_hidden_layers", 35), c.count("altup_num_inputs", 4), c.count("laurel_rank", 64)
    heads, groups, dims = c.count("num_attention_heads", 8), c.count("num_key_value_heads", 2), c.count("head_dim", 256)
    narrow, sharing = c.count("hidden_size_per_layer_input", 256), c.number("num_kv_shared_layers", 15)
    stated, bias = c.values.get("intermediate_size", 16384), c.flag("attention_bias", default=False)
    hidden = [Config({"intermediate_size": one}, c.kind).count("intermediate_size")
              for one in (stated if isinstance(stated, list) else [stated] * layers)]  # fmt: skip
    kinds = c.words("layer_types") or tuple("sliding_attention" if (place + 1) % 5 else "full_attention"
                                            for place in range(layers))  # fmt: skip
    if len(kinds) != layers or len(hidden) != layers or set(kinds) - {"sliding_attention", "full_attention"}:
        raise ValueError(f"config.json of a {c.kind}: layer_types or intermediate_size are not of {layers} layers")
    x = net.embedding(length, words, width)
    net.embedding(length, c.count("vocab_size_per_layer_input", 262144), layers * narrow, name="words_of_layers")
    net.linear(x, layers * narrow, bias=False, name="of_layers")
    net.parameter(narrow, "of_layers.norm")
    for which in ("in", "out"):
        with net.repeat(streams - 1, f"streams.{which}"):
            net.linear(x, width, bias=False, name="stream")
    alike = Counter(zip(kinds, (place >= layers - sharing for place in range(layers)), hidden, strict=True))
    for (kind, shares, inner), count in alike.items():
        with net.repeat(count, f"{kind}{', shared' if shares else ''}, {inner}"):
            net.parameter(streams**2 + streams**3 + 2 * width, "streams.coefficients")  # and a norm and a scale
            net.linear(x, streams, bias=False, name="router", term="router")
            with net.tied():  # of what is predicted, and of what is corrected
                net.linear(x, streams, bias=False, name="router_again", term="router")
            y = net.rms_norm(x)
            side = net.linear(net.linear(y, rank, bias=False, name="beside.in"), width, bias=False, name="beside.out")
            side = net.rms_norm(side)
            net.linear(y, heads * dims, bias, "queries", "attention projections")
            if not shares:
                net.linear(y, 2 * groups * dims, bias, "keys_and_values", "attention projections")
            net.parameter(dims if shares else 2 * dims, "norms_of_heads")
            window = c.count("sliding_window", 512) if kind == "sliding_attention" else None
            y = net.attention_core(y, length, heads, dims, window=window)
            y = net.rms_norm(net.linear(y, width, bias, "out", "attention projections"))
            x = net.add(net.add(x, y), side)
            y = net.mlp(net.rms_norm(x), inner, gated=True, bias=False, name="feed_forward")
            x = net.add(x, net.rms_norm(y))
            y = net.linear(x, narrow, bias=False, name="of_layer.in")
            y = net.linear(y, width, bias=False, name="of_layer.out")
            x = net.add(x, net.rms_norm(y))
    x = net.rms_norm(x, name="final_norm")
    if task(c, "words") == "words":
        net.logits(x, words, tied=c.flag("tie_word_embeddings", default=True))
    return net


MULTIMODAL: dict[str, Callable[[Config, int], Network]] = {
    "gemma3": gemma3_with_vision,
    "gemma3n_text": gemma3n_text,
    "qwen2_vl": qwen2_vl,
    "qwen2_5_vl": qwen2_vl,
    "whisper": whisper,
}
