"""CLIP and SigLIP: an image tower and a text tower, trained to agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import require_positive, unknown
from computeest_plugins.vit import encoder

LOSSES = ("softmax", "sigmoid")


@dataclass(frozen=True, slots=True)
class CLIP:
    """What `architecture:` may state of a CLIP."""

    layers: int = 12
    width: int = 768
    heads: int = 12
    patch: int = 32
    image: int = 224
    feed_forward: int | None = None
    text_layers: int = 12
    text_width: int = 512
    text_heads: int = 8
    text_feed_forward: int | None = None
    sequence_length: int = 77
    vocabulary: int = 49408
    embedding_width: int = 512
    masked: float = 0
    loss: str = "softmax"


def clip(p: CLIP) -> Network:
    """One pair of an image and a text through both towers; the usual width and layers are those of the image tower.

    `masked` is the share of patches that FLIP drops in training. `loss: sigmoid` is SigLIP, whose image tower pools by
    attention and whose widths are those of the embedding. Comparing all pairs of a batch costs little, and is left out.
    """
    if p.loss not in LOSSES:
        raise unknown("loss", p.loss, LOSSES)
    if not 0 <= p.masked < 1:
        raise ValueError(f"masked: {p.masked} is not a share from 0 to below 1")
    require_positive(width=p.width, patch=p.patch, text_width=p.text_width, embedding_width=p.embedding_width)
    if p.image < p.patch:
        raise ValueError(f"image: {p.image} pixels are less than one patch of {p.patch}")
    net = Network(tokens=p.sequence_length)
    with net.block("image"):
        x = _image(net, p.image, p.patch, p.width, p.masked, p.loss)
        hidden = 4 * p.width if p.feed_forward is None else p.feed_forward
        x = encoder(net, x, p.layers, p.heads, hidden)
        if p.loss == "softmax":
            net.linear(net.select(x), p.embedding_width, bias=False, name="project")
        else:
            net.parameter(p.width, "query")
            y = net.attention(net.select(x), p.heads, context=x, name="pool")
            net.add(y, net.mlp(net.layer_norm(y), hidden, name="pool.mlp"))
    with net.block("text"):
        y = net.positions(net.embedding(p.sequence_length, p.vocabulary, p.text_width))
        y = encoder(
            net,
            y,
            p.text_layers,
            p.text_heads,
            4 * p.text_width if p.text_feed_forward is None else p.text_feed_forward,
        )
        net.linear(net.select(y), p.embedding_width, bias=p.loss == "sigmoid", name="project")
    net.parameter(1 if p.loss == "softmax" else 2, "temperature")
    net.note("similarities of all pairs of a batch")
    return net


def _image(net: Network, image: int, patch: int, width: int, masked: float, loss: str) -> Shape:
    """Patches with their places, of which training may drop a share, and CLIP's class token."""
    x = net.input(3, image, image)
    x = net.sequence(net.conv(x, width, patch, patch, bias=loss == "sigmoid", name="patches"))
    net.parameter((x.positions + (loss == "softmax")) * width, "positions")
    if masked:
        x = net.select(x, max(1, round(x.positions * (1 - masked))))
    if loss == "sigmoid":
        return x
    return net.layer_norm(net.append_tokens(x, 1), name="first_norm")


def _towers(seeing: tuple[int, ...], reading: tuple[int, ...], embedding: int, **more: Any) -> dict[str, Any]:
    names = ("layers", "width", "heads", "patch", "feed_forward")
    texts = ("text_layers", "text_width", "text_heads", "text_feed_forward")
    return {**dict(zip(names, seeing, strict=False)), **dict(zip(texts, reading, strict=False)),
            "embedding_width": embedding, **more}  # fmt: skip


def _siglip(image: tuple[int, ...], text: tuple[int, ...], pixels: int) -> dict[str, Any]:
    return _towers(image, text, image[1], image=pixels, sequence_length=64, vocabulary=32000, loss="sigmoid")


_BASE, _LARGE = (12, 768, 12, 16), (24, 1024, 16, 14)
_SO400M = (27, 1152, 16, 14, 4304)
VARIANTS: dict[str, dict[str, Any]] = {
    "clip-vit-b/32": {},
    "clip-vit-b/16": _towers(_BASE, (12, 512, 8), 512),
    "clip-vit-l/14": _towers(_LARGE, (12, 768, 12), 768),
    "clip-vit-l/14-336": _towers(_LARGE, (12, 768, 12), 768, image=336),
    "clip-vit-h/14": _towers((32, 1280, 16, 14), (24, 1024, 16), 1024),
    "clip-vit-giant/14": _towers((40, 1408, 16, 14, 6144), (24, 1024, 16), 1024),
    "clip-vit-bigg/14": _towers((48, 1664, 16, 14, 8192), (32, 1280, 20), 1280),
    "flip-vit-l/14": _towers(_LARGE, (12, 768, 12), 768, masked=0.5),
    "siglip-b/16": _siglip(_BASE, (12, 768, 12), 224),
    "siglip-so400m/14": _siglip(_SO400M, (27, 1152, 16, 4304), 224),
    "siglip-so400m/14-384": _siglip(_SO400M, (27, 1152, 16, 4304), 384),
}
#: Millions of parameters, and "GFLOPs", two for a multiply-add.
_PROFILE = "Ilharco et al. 2021, docs/model_profile.csv of mlfoundations/open_clip"
PUBLISHED: dict[str, Published] = {
    "clip-vit-b/32": Published(_PROFILE, parameters=151.28e6, forward_flop=14.78e9),
    "clip-vit-b/16": Published(_PROFILE, parameters=149.62e6, forward_flop=41.09e9),
    "clip-vit-l/14": Published(_PROFILE, parameters=427.62e6, forward_flop=175.33e9),
    "clip-vit-l/14-336": Published(_PROFILE, parameters=427.94e6, forward_flop=395.22e9),
    "clip-vit-h/14": Published(_PROFILE, parameters=986.11e6, forward_flop=381.68e9),
    "clip-vit-giant/14": Published(_PROFILE, parameters=1366.68e6, forward_flop=581.15e9),
    "clip-vit-bigg/14": Published(_PROFILE, parameters=2539.57e6, forward_flop=1065.36e9),
    "siglip-b/16": Published("google/siglip-base-patch16-224 on the Hugging Face Hub, 2023", parameters=203_155_970),
    "siglip-so400m/14-384": Published(
        "google/siglip-so400m-patch14-384 on the Hugging Face Hub, 2023", parameters=877_960_498
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """CLIP and SigLIP."""
    return [
        Family(
            name="clip",
            forward=clip,
            example="image-text pair",
            source="Radford et al. 2021, arXiv:2103.00020, Tables 19 and 20; FLIP: Li et al. 2023, arXiv:2212.00794; "
            "SigLIP: Zhai et al. 2023, arXiv:2303.15343",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
