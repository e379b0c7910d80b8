"""Model types of Hugging Face that join models which have configurations of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from computeest.contract import Network, Shape
from computeest_plugins.huggingface.config import Config, task
from computeest_plugins.huggingface.newcomers import bert_decoder

#: What counts a configuration, reading so many tokens where it reads any.
Count = Callable[[Mapping[str, Any], int | None], Network]


def _within(net: Network, part: Network, name: str) -> Shape:
    """A whole network as a part of another: its weights and its passes; what it ends in."""
    net.parameter(part.parameters, name)
    last = next(layer.output for layer in reversed(part.layers) if layer.output.positions >= 1 and layer.forward_flop)
    net.counted(last, part.forward_flop, part.backward_flop, name=f"{name}.passes", kind="network")
    return last._replace(grad=True)


def _mapping(c: Config, key: str) -> Mapping[str, Any]:
    value = c.values.get(key)
    if not isinstance(value, Mapping):
        raise ValueError(f"config.json of a {c.kind}: {key} is missing, or no mapping")
    return value


def encoder_decoder(c: Config, length: int | None, count: Count) -> Network:
    """Any encoder and a BERT that writes, attending to it."""
    encoder, decoder = _mapping(c, "encoder"), Config(_mapping(c, "decoder"), f"{c.kind}'s decoder")
    if decoder.values.get("model_type") != "bert":
        raise ValueError(f"config.json of a {c.kind}: only decoders of the type bert are supported, and this one is "
                         f"{decoder.values.get('model_type')!r}")  # fmt: skip
    if not decoder.flag("add_cross_attention", default=True):
        raise ValueError(f"config.json of a {c.kind}: its decoder's add_cross_attention is false: not supported")
    rows = decoder.count("max_position_embeddings", 512)
    written = min(length or rows, rows)
    speech = c.kind == "speech-encoder-decoder"
    part = count({**encoder, "architectures": ["Model"]}, None if speech else written)
    net = Network(tokens=written if speech else 2 * written)
    memory = _within(net, part, "encoder")
    seen = Config(encoder, "encoder").count("hidden_size", 768)
    positions = max(layer.output.positions for layer in part.layers if layer.term == "attention")
    memory = memory._replace(channels=seen, size=(positions,), positions=positions)
    width = decoder.count("hidden_size", 768)
    if seen != width:
        memory = net.linear(memory, width, name="encoder_to_decoder")
    bert_decoder(net, decoder, written, memory, decoder.number("type_vocab_size", 2))
    return net


def colqwen2(c: Config, length: int | None, count: Count) -> Network:
    """ColQwen 2: Qwen 2 VL without its logits, each token projected to a short vector."""
    net = count({"model_type": "qwen2_vl", **_mapping(c, "vlm_config"), "architectures": ["Model"]}, length)
    x = next(layer.output for layer in reversed(net.layers) if layer.forward_flop)
    net.linear(x._replace(grad=True), c.count("embedding_dim", 128), name="embedding", term="logits")
    return net


def heard_letters(c: Config, length: int | None, count: Count) -> Network:
    """An audio encoder that names a letter for each frame (OmniASR's CTC)."""
    net = count({"model_type": "omniasr_audio", **_mapping(c, "audio_config"), "architectures": ["Model"]}, length)
    if task(c, "letters") == "none":
        return net
    width = Config(_mapping(c, "audio_config"), "audio part").count("hidden_size", 1024)
    positions = max(layer.output.positions for layer in net.layers if layer.term == "attention")
    net.linear(net.input(width, positions, grad=True), c.count("vocab_size", 10288), name="letters", term="logits")
    return net


def fuyu(c: Config, length: int | None, count: Count) -> Network:
    """Fuyu reading text: Persimmon, and the matrix that makes words of patches."""
    text = {**c.values, **(c.part("text_config", "language model").values if "text_config" in c.values else {})}
    tied = {key: c.values[key] for key in ("tie_word_embeddings", "architectures") if key in c.values}
    net = count({**text, **tied, "model_type": "persimmon"}, length)
    patch, width = c.count("patch_size", 30), Config(text, c.kind).count("hidden_size", 4096)
    net.parameter((c.count("num_channels", 3) * patch * patch + 1) * width, "patches", active=False)
    net.note("patches of an image; only text is counted")
    return net


COUPLES: dict[str, Callable[[Config, int | None, Count], Network]] = {
    "encoder-decoder": encoder_decoder,
    "speech-encoder-decoder": encoder_decoder,
    "colqwen2": colqwen2,
    "omniasr_ctc": heard_letters,
    "fuyu": fuyu,
}
