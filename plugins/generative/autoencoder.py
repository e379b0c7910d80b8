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
    part: str = "both",
) -> Network:
    """One image encoded to `latent` channels and decoded; each level but the last halves it.

    `part: encoder` is what preparing latents costs. `quant` is a 1x1 convolution on either side of the latent; with
    `codes` it is a VQGAN, whose latent is looked up in a book of so many.
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
    x = Shape(latent, (image // halved,) * 2, part == "both", (image // halved) ** 2)
    if part != "decoder":
        with net.block("encoder"):
            _encoded(net, net.input(3, image, image), width, multipliers, blocks, spread * latent, quant)
    if part != "encoder":
        net.parameter(codes * latent, "book")
        with net.block("decoder"):
            _decoded(net, x, width, multipliers, blocks, quant)
    return net


def _encoded(
    net: Network, x: Shape, width: int, multipliers: Sequence[int], blocks: int, out: int, quant: bool
) -> None:
    x = net.conv(x, width, 3, padding=1, name="in")
    for number, multiplier in enumerate(multipliers, start=1):
        for _ in range(blocks):
            x = _residual(net, x, width * multiplier, f"down{number}")
        if number < len(multipliers):
            x = net.conv(x, x.channels, 3, 2, 1, name=f"down{number}.halve")
    x = net.activation(net.group_norm(_middle(net, x)), "silu")
    x = net.conv(x, out, 3, padding=1, name="out")
    if quant:
        net.conv(x, out, 1, name="quant")


def _decoded(net: Network, x: Shape, width: int, multipliers: Sequence[int], blocks: int, quant: bool) -> None:
    if quant:
        x = net.conv(x, x.channels, 1, name="quant")
    x = _middle(net, net.conv(x, width * multipliers[-1], 3, padding=1, name="in"))
    for number, multiplier in enumerate(reversed(multipliers), start=1):
        for _ in range(blocks + 1):
            x = _residual(net, x, width * multiplier, f"up{number}")
        if number < len(multipliers):
            x = net.conv(net.upsample(x), x.channels, 3, padding=1, name=f"up{number}.double")
    net.conv(net.activation(net.group_norm(x), "silu"), 3, 3, padding=1, name="out")


def _middle(net: Network, x: Shape) -> Shape:
    x = _residual(net, x, x.channels, "middle")
    y = net.attention(net.sequence(net.group_norm(x)), 1, name="middle.attention")
    x = net.add(x, y._replace(size=x.size))
    return _residual(net, x, x.channels, "middle")


def _residual(net: Network, x: Shape, out: int, name: str) -> Shape:
    with net.block(name):
        y = net.conv(net.activation(net.group_norm(x), "silu"), out, 3, padding=1, name="conv1")
        y = net.conv(net.activation(net.group_norm(y), "silu"), out, 3, padding=1, name="conv2")
        return net.add(y, x if x.channels == out else net.conv(x, out, 1, name="shortcut"))


VARIANTS: dict[str, dict[str, Any]] = {
    "stable-diffusion-vae": {},
    "stable-diffusion-vae-encoder": {"part": "encoder"},
    "stable-diffusion-3-vae": {"latent": 16, "quant": False},
}
PUBLISHED: dict[str, Published] = {
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
