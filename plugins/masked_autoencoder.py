"""Masked autoencoders of images and video (MAE, VideoMAE): an encoder of what is visible, a decoder of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import flowing, require_positive
from computeest_plugins.vit import encoder


@dataclass(frozen=True, slots=True)
class MaskedAutoencoder:
    """What `architecture:` may state of a masked autoencoder."""

    layers: int = 12
    width: int = 768
    heads: int = 12
    patch: int = 16
    image: int = 224
    frames: int = 1
    tubelet: int = 1
    masked: float = 0.75
    decoder_layers: int = 8
    decoder_width: int = 512
    decoder_heads: int = 16
    classes: int | None = None
    query_value_bias: bool = False


def masked_autoencoder(p: MaskedAutoencoder) -> Network:
    """One image, or clip of `frames` in `tubelet`s, through a masked autoencoder that hides the share `masked`.

    With `classes` it is the encoder alone, of the whole image, with a classifier: what fine-tuning trains.
    VideoMAE has no class token, and keys without bias (`query_value_bias`).
    """
    require_positive(frames=p.frames, tubelet=p.tubelet, width=p.width, patch=p.patch, decoder_width=p.decoder_width)
    if p.image % p.patch or p.frames % p.tubelet:
        raise ValueError(f"image: {p.frames} x {p.image} pixels do not divide into patches of {p.tubelet} x {p.patch}")
    if not 0 <= p.masked < 1:
        raise ValueError(f"masked: {p.masked} is not a share from 0 to below 1")
    net, video = Network(), p.frames > 1
    x = net.input(3, p.frames, p.image, p.image) if video else net.input(3, p.image, p.image)
    size = (p.tubelet, p.patch, p.patch) if video else (p.patch, p.patch)
    x = net.sequence(net.conv(x, p.width, size, size, name="patches"))
    if p.classes is not None:
        x = x if video else _with_class(net, x)
        x = _encoded(net, x, p.layers, p.heads, p.query_value_bias)
        x = net.global_pool(x) if video else net.select(x)
        net.linear(x, p.classes, name="classifier", term="logits")
        return net
    total = x.positions
    x = net.select(x, max(1, round(total * (1 - p.masked))))
    x = x if video else _with_class(net, x)
    with net.block("encoder"):
        x = _encoded(net, x, p.layers, p.heads, p.query_value_bias)
    y = net.linear(x, p.decoder_width, bias=not video, name="to_decoder")
    net.parameter(p.decoder_width, "mask_token")
    y = flowing(p.decoder_width, total + (not video))
    with net.block("decoder"):
        y = _encoded(net, y, p.decoder_layers, p.decoder_heads, p.query_value_bias)
    # MAE predicts every patch and drops the visible ones, VideoMAE the hidden ones only
    y = net.select(y, total - x.positions) if video else y
    net.linear(y, 3 * p.tubelet * p.patch**2, name="pixels", term="logits")
    return net


def _with_class(net: Network, x: Shape) -> Shape:
    return net.append_tokens(x, 1)


def _encoded(net: Network, x: Shape, layers: int, heads: int, query_value_bias: bool) -> Shape:
    if not query_value_bias:
        return encoder(net, x, layers, heads, 4 * x.channels)
    with net.repeat(layers, "biases"):
        net.parameter(2 * x.channels, "query_and_value_bias")
    return encoder(net, x, layers, heads, 4 * x.channels, qkv_bias=False)


_SIZES = {"b": (12, 768, 12, 16), "l": (24, 1024, 16, 16), "h": (32, 1280, 16, 14)}


def _size(name: str, **more: Any) -> dict[str, Any]:
    layers, width, heads, patch = _SIZES[name]
    return {"layers": layers, "width": width, "heads": heads, "patch": patch, **more}


_VIDEO: dict[str, Any] = {"patch": 16, "frames": 16, "tubelet": 2, "masked": 0.9, "query_value_bias": True}
VARIANTS: dict[str, dict[str, Any]] = {
    **{f"mae-vit-{name}": _size(name) for name in _SIZES},
    "videomae-b": _size("b", decoder_layers=4, decoder_width=384, decoder_heads=6) | _VIDEO,
    **{f"videomae-{name}-finetuning": _size(name, classes=400) | _VIDEO for name in _SIZES},
}
_TABLE = "Tong et al. 2022, arXiv:2203.12602, Table 6"
PUBLISHED: dict[str, Published] = {
    "mae-vit-b": Published("facebook/vit-mae-base on the Hugging Face Hub, 2022", parameters=111_907_840),
    "videomae-b": Published("transformers contributors 2026, VideoMAEForPreTraining", parameters=94_209_408),
    "videomae-b-finetuning": Published(_TABLE, forward_macs=180e9),
    "videomae-l-finetuning": Published(_TABLE, parameters=305e6, forward_macs=597e9),
}


@hookimpl
def computeest_families() -> list[Family]:
    """MAE and VideoMAE."""
    return [
        Family(
            name="masked-autoencoder",
            forward=masked_autoencoder,
            example="image",
            source="He et al. 2022, arXiv:2111.06377; VideoMAE: Tong et al. 2022, arXiv:2203.12602",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
