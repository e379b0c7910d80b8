"""wav2vec 2.0, HuBERT and WavLM: convolutions over a waveform, then a transformer encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import flowing, require_counts, require_positive, unknown

#: Kernel and stride of the seven convolutions that turn 16,000 samples a second into 50 frames (Baevski et al., 4.1).
CONVOLUTIONS = ((10, 5), (3, 2), (3, 2), (3, 2), (3, 2), (2, 2), (2, 2))
RATE = 16_000
HEADS = ("ctc", "contrastive", "clusters", "none")


@dataclass(frozen=True, slots=True)
class Wav2Vec2:
    """What `architecture:` may state of a wav2vec 2.0."""

    layers: int = 12
    width: int = 768
    heads: int = 12
    feed_forward: int | None = None
    seconds: float = 15.6
    extractor: Sequence[int] = (512,) * 7
    extractor_norm: str = "group"
    extractor_bias: bool = False
    position_kernel: int = 128
    position_groups: int = 16
    head: str = "ctc"
    vocabulary: int = 32
    codes: int = 320
    code_width: int = 256


def wav2vec2(p: Wav2Vec2) -> Network:
    """One recording of so many `seconds` through a speech encoder, with the head that trains it.

    `head: ctc` scores characters, `contrastive` compares with quantized frames (wav2vec 2.0: two books of `codes`),
    `clusters` with one vector for each of `vocabulary` clusters (HuBERT). `extractor_norm` is a group norm of the first
    convolution alone, or a layer norm of each.
    """
    if p.head not in HEADS:
        raise unknown("head", p.head, HEADS)
    if p.extractor_norm not in ("group", "layer"):
        raise unknown("extractor_norm", p.extractor_norm, ("group", "layer"))
    require_counts("extractor", p.extractor)
    require_positive(seconds=p.seconds, width=p.width, vocabulary=p.vocabulary, codes=p.codes, code_width=p.code_width)
    net = Network()
    x = net.input(1, round(p.seconds * RATE))
    for number, (out, (kernel, stride)) in enumerate(zip(p.extractor, CONVOLUTIONS, strict=True)):
        x = net.conv(x, out, (kernel,), stride, bias=p.extractor_bias, name="extractor")
        if p.extractor_norm == "layer":
            x = net.layer_norm(x)
        elif number == 0:
            x = net.group_norm(x, groups=out)
        x = net.activation(x, "gelu")
    frames = net.layer_norm(x)
    x = net.linear(frames, p.width, name="project")
    net.parameter(p.width, "masked_frame")
    y = net.conv(x, p.width, (p.position_kernel,), padding="same", groups=p.position_groups, name="positions")
    net.parameter(p.position_kernel, "positions.scale")
    x = net.layer_norm(net.add(x, net.activation(y, "gelu")))
    with net.repeat(p.layers, "layer"):
        x = net.layer_norm(net.add(x, net.attention(x, p.heads)))
        hidden = 4 * p.width if p.feed_forward is None else p.feed_forward
        x = net.layer_norm(net.add(x, net.mlp(x, hidden)))
    _scored(net, x, frames, p.head, p.vocabulary, p.codes, p.code_width)
    return net


def _scored(net: Network, x: Shape, frames: Shape, head: str, vocabulary: int, codes: int, code_width: int) -> None:
    if head == "ctc":
        net.linear(x, vocabulary, name="classifier", term="logits")
    elif head == "contrastive":
        net.parameter(codes * code_width, "books")  # two of `codes` vectors, each half as wide
        net.linear(frames, 2 * codes, name="quantizer")
        net.linear(flowing(code_width, *x.size), code_width, name="quantized")
        net.linear(x, code_width, name="prediction")
        net.note("similarities with the 100 distractors of each masked frame (element-wise)")
    elif head == "clusters":
        y = net.linear(x, code_width, name="prediction")
        net.logits(y, vocabulary)


_LARGE: dict[str, Any] = {"layers": 24, "width": 1024, "heads": 16}
_NORMED: dict[str, Any] = {"extractor_norm": "layer", "extractor_bias": True}
_PRETRAINED: dict[str, Any] = {"head": "contrastive"}
VARIANTS: dict[str, dict[str, Any]] = {
    "wav2vec2-base": {},
    "wav2vec2-large": _LARGE,
    "wav2vec2-large-lv60": {**_LARGE, **_NORMED},
    "wav2vec2-base-pretraining": _PRETRAINED,
    "wav2vec2-large-pretraining": {**_LARGE, **_PRETRAINED, "code_width": 768},
    "hubert-base": {},
    "hubert-large": {**_LARGE, **_NORMED},
    "hubert-xlarge": {"layers": 48, "width": 1280, "heads": 16, "feed_forward": 5120, **_NORMED},
}
_HUB = "on the Hugging Face Hub, 2021"
PUBLISHED: dict[str, Published] = {
    "wav2vec2-base": Published(f"facebook/wav2vec2-base-960h {_HUB}", parameters=94_396_320),
    "wav2vec2-large": Published(f"facebook/wav2vec2-large-960h {_HUB}", parameters=315_461_792),
    "wav2vec2-base-pretraining": Published("Baevski et al. 2020, arXiv:2006.11477, section 4.2", parameters=95e6),
    "wav2vec2-large-pretraining": Published("Baevski et al. 2020, arXiv:2006.11477, section 4.2", parameters=317e6),
    "hubert-large": Published("Hsu et al. 2021, arXiv:2106.07447, Table 1", parameters=317e6),
    "hubert-xlarge": Published("Hsu et al. 2021, arXiv:2106.07447, Table 1", parameters=964e6),
}


@hookimpl
def computeest_families() -> list[Family]:
    """wav2vec 2.0 and HuBERT."""
    return [
        Family(
            name="wav2vec2",
            forward=wav2vec2,
            example="recording",
            source="Baevski et al. 2020, arXiv:2006.11477; HuBERT: Hsu et al. 2021, arXiv:2106.07447",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
