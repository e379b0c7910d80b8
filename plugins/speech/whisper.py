"""Whisper: a spectrogram encoded, its words decoded."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, hookimpl
from computeest_plugins.blocks import require_positive
from computeest_plugins.encoder_decoder import decoder_layer
from computeest_plugins.transformer_blocks import Block, layer

#: Frames of the spectrogram a second, and rows of the table of text positions.
FRAMES, ROWS = 100, 448


def whisper(
    layers: int = 4,
    width: int = 384,
    heads: int = 6,
    decoder_layers: int | None = None,
    seconds: float = 30,
    target_length: int = 448,
    mels: int = 80,
    vocabulary: int = 51865,
) -> Network:
    """One recording of `seconds` (always padded to 30 in training) and `target_length` words through Whisper."""
    require_positive(seconds=seconds, mels=mels, width=width, target_length=target_length, layers=layers)
    if seconds > 30 or target_length > ROWS:
        raise ValueError(f"seconds and target_length: {seconds} and {target_length}; expected at most 30 and {ROWS}")
    net = Network(tokens=target_length)
    block = Block(heads, None, None, 4 * width, qkv_bias=False)
    with net.block("encoder"):
        x = net.input(mels, round(seconds * FRAMES))
        x = net.activation(net.conv(x, width, (3,), padding=1, name="conv1"), "gelu")
        x = net.activation(net.conv(x, width, (3,), 2, 1, name="conv2"), "gelu")
        net.parameter(width * 30 * FRAMES // 2, "sinusoids")
        with net.repeat(layers, "layer"):
            net.parameter(2 * width, "query_and_value_bias")  # keys have none
            x = layer(net, x, block)
        memory = net.layer_norm(x, name="final_norm")
    with net.block("decoder"):
        y = net.positions(net.embedding(target_length, vocabulary, width), ROWS)
        with net.repeat(layers if decoder_layers is None else decoder_layers, "layer"):
            net.parameter(4 * width, "query_and_value_bias")
            y = decoder_layer(net, y, memory, block)
        net.logits(net.layer_norm(y, name="final_norm"), vocabulary, tied=True)
    return net


def _size(layers: int, width: int, **more: Any) -> dict[str, Any]:
    return {"layers": layers, "width": width, "heads": width // 64, **more}


_V3: dict[str, Any] = {"mels": 128, "vocabulary": 51866}
VARIANTS: dict[str, dict[str, Any]] = {
    "whisper-tiny": _size(4, 384),
    "whisper-base": _size(6, 512),
    "whisper-small": _size(12, 768),
    "whisper-medium": _size(24, 1024),
    "whisper-large": _size(32, 1280),
    "whisper-large-v2": _size(32, 1280),
    "whisper-large-v3": _size(32, 1280, **_V3),
    "whisper-large-v3-turbo": _size(32, 1280, decoder_layers=4, **_V3),
}
_HUB = {"tiny": 37_760_640, "base": 72_593_920, "small": 241_734_912, "medium": 763_857_920, "large": 1_543_304_960,
        "large-v3": 1_543_490_560, "large-v3-turbo": 808_878_080}  # fmt: skip
PUBLISHED: dict[str, Published] = {
    f"whisper-{name}": Published(f"openai/whisper-{name} on the Hugging Face Hub, 2022 to 2024", parameters=count)
    for name, count in _HUB.items()
}


@hookimpl
def computeest_families() -> list[Family]:
    """Whisper."""
    return [
        Family(
            name="whisper",
            forward=whisper,
            example="recording",
            source="Radford et al. 2022, arXiv:2212.04356, Table 1",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
