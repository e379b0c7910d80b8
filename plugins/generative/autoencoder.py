"""The image autoencoders of latent diffusion: convolutions down to a latent image, and up again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import require_counts, require_positive, unknown

PARTS = ("both", "encoder", "decoder")


def autoencoder(
    image: int = 512,
    latent: int = 4,
    width: int = 128,
    multipliers: Sequence[int] = (1, 2, 4, 4),
    blocks: int = 2,
    quant: bool = True,
    codes: int = 0,
    code_width: int | None = None,
    attended: bool = False,
    part: str = "both",
) -> Network:
    """One image encoded to `latent` channels and decoded; each level but the last halves it.

    `part: encoder` is what preparing latents costs. `quant` is a 1x1 convolution on either side of the latent; with
    `codes` it is a VQGAN, whose latent is looked up in a book of so many, each of `code_width` numbers (as the latent
    has, where not given); `attended` has attention after every block of the coarsest level.
    Discriminator and perceptual loss, which train along, are networks of their own.
    """
    require_counts("multipliers", multipliers)
    require_positive(latent=latent, width=width, blocks=blocks)
    if part not in PARTS:
        raise unknown("part", part, PARTS)
    halved = 2 ** (len(multipliers) - 1)
    if codes < 0 or image < halved or image % halved:
        raise ValueError(f"image: {image} cannot be halved {len(multipliers) - 1} times, or codes: {codes} is below 0")
    net = Network()
    spread = 1 if codes else 2  # a mean and a variance for each value, unless it is looked up
    inner = latent if code_width is None else code_width
    require_positive(code_width=inner)
    if inner != latent and not (codes and quant):
        raise ValueError(f"code_width: {inner} numbers, but only codes behind a 1x1 convolution differ from the latent")
    x = Shape(inner, (image // halved,) * 2, part == "both", (image // halved) ** 2)
    if part != "decoder":
        with net.block("encoder"):
            y = _encoded(net, net.input(3, image, image), width, multipliers, blocks, attended)
            y = net.conv(y, spread * latent, 3, padding=1, name="out")
            if quant:
                net.conv(y, spread * inner, 1, name="quant")
    if part != "encoder":
        net.parameter(codes * inner, "book")
        with net.block("decoder"):
            x = net.conv(x, latent, 1, name="quant") if quant else x
            _decoded(net, x, width, multipliers, blocks, attended)
    return net


def _encoded(
    net: Network, x: Shape, width: int, multipliers: Sequence[int], blocks: int, attended: bool
) -> Shape:
    x = net.conv(x, width, 3, padding=1, name="in")
    for number, multiplier in enumerate(multipliers, start=1):
        for _ in range(blocks):
            x = _residual(net, x, width * multiplier, f"down{number}")
            if attended and number == len(multipliers):
                x = _attending(net, x, f"down{number}.attention")
        if number < len(multipliers):
            x = net.conv(x, x.channels, 3, 2, 1, name=f"down{number}.halve")
    return net.activation(net.group_norm(_middle(net, x)), "silu")


def _decoded(net: Network, x: Shape, width: int, multipliers: Sequence[int], blocks: int, attended: bool) -> None:
    x = _middle(net, net.conv(x, width * multipliers[-1], 3, padding=1, name="in"))
    for number, multiplier in enumerate(reversed(multipliers), start=1):
        for _ in range(blocks + 1):
            x = _residual(net, x, width * multiplier, f"up{number}")
            if attended and number == 1:
                x = _attending(net, x, "up1.attention")
        if number < len(multipliers):
            x = net.conv(net.upsample(x), x.channels, 3, padding=1, name=f"up{number}.double")
    net.conv(net.activation(net.group_norm(x), "silu"), 3, 3, padding=1, name="out")


def _middle(net: Network, x: Shape) -> Shape:
    x = _attending(net, _residual(net, x, x.channels, "middle"), "middle.attention")
    return _residual(net, x, x.channels, "middle")


def _attending(net: Network, x: Shape, name: str) -> Shape:
    return net.add(x, net.attention(net.sequence(net.group_norm(x)), 1, name=name)._replace(size=x.size))


def _residual(net: Network, x: Shape, out: int, name: str) -> Shape:
    with net.block(name):
        y = net.conv(net.activation(net.group_norm(x), "silu"), out, 3, padding=1, name="conv1")
        y = net.conv(net.activation(net.group_norm(y), "silu"), out, 3, padding=1, name="conv2")
        return net.add(y, x if x.channels == out else net.conv(x, out, 1, name="shortcut"))


#: Esser et al. 2021, Table 7 and configs of their code, and the same with narrow codes (Sun et al. 2024).
_F16: dict[str, Any] = {"image": 256, "latent": 256, "multipliers": (1, 1, 2, 2, 4), "attended": True}
VARIANTS: dict[str, dict[str, Any]] = {
    "vqgan-f16-1024": {**_F16, "codes": 1024},
    "vqgan-f16-16384": {**_F16, "codes": 16384},
    "llamagen-vq-16": {**_F16, "codes": 16384, "code_width": 8},
    "llamagen-vq-8": {**_F16, "multipliers": (1, 2, 2, 4), "codes": 16384, "code_width": 8},
    "stable-diffusion-vae": {},
    "stable-diffusion-vae-encoder": {"part": "encoder"},
    "stable-diffusion-3-vae": {"latent": 16, "quant": False},
}
_LLAMAGEN = "Sun et al. 2024, README of FoundationVision/LlamaGen"
PUBLISHED: dict[str, Published] = {
    "llamagen-vq-16": Published(_LLAMAGEN, parameters=72e6),
    "llamagen-vq-8": Published(_LLAMAGEN, parameters=70e6),
    "stable-diffusion-vae": Published(
        "autoencoder of CompVis/stable-diffusion-v1-4 on the Hugging Face Hub, 2022", parameters=83_653_863
    ),
    "stable-diffusion-3-vae": Published(
        "autoencoder of stable-diffusion-3-medium, Stability AI 2024", parameters=83_819_683
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Image autoencoders."""
    return [
        Family(
            name="autoencoder",
            forward=autoencoder,
            example="image",
            source="Esser et al. 2021, arXiv:2012.09841; Rombach et al. 2022, arXiv:2112.10752",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
