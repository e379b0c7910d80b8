"""MMDiT: diffusion with a transformer in which image and text keep weights of their own (Stable Diffusion 3, Flux)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import require_positive

#: Channels of the sinusoids that a time step is written in.
STEP = 256


@dataclass(frozen=True, slots=True)
class MMDiT:
    """What `architecture:` may state of an MMDiT."""

    layers: int = 24
    single_layers: int = 0
    width: int = 1536
    heads: int = 24
    image: int = 128
    patch: int = 2
    channels: int = 16
    text_width: int = 4096
    text_length: int = 154
    pooled_width: int = 2048
    norm_heads: bool = False
    second_attention: int = 0
    guidance: bool = False


def mmdit(p: MMDiT) -> Network:
    """One denoising step on a latent of `image` x `image`; autoencoder and text encoders are not part of it.

    `layers` have two streams, `single_layers` one for both (Flux). The first `second_attention` layers also let the
    image attend to itself alone (SD3.5 medium).
    """
    require_positive(width=p.width, heads=p.heads, patch=p.patch, text_length=p.text_length, channels=p.channels)
    if p.image % p.patch:
        raise ValueError(f"image: {p.image} does not divide into patches of {p.patch}")
    if min(p.layers, p.single_layers, p.second_attention) < 0 or p.layers < 1 or p.second_attention >= p.layers:
        raise ValueError("layers must be above 0 and above second_attention, single_layers at least 0")
    net = Network()
    condition = _condition(net, p.width, p.pooled_width, p.guidance)
    x = net.sequence(net.conv(net.input(p.channels, p.image, p.image), p.width, p.patch, p.patch, name="patches"))
    text = net.linear(net.input(p.text_width, p.text_length), p.width, name="text")
    kinds = ((p.second_attention, True), (p.layers - p.second_attention - (not p.single_layers), False))
    for count, again in kinds:
        if count:
            with net.repeat(count, "layer"):
                _double(net, x, text, condition, p.heads, p.norm_heads, again)
    if p.single_layers:
        with net.repeat(p.single_layers, "single"):
            _single(net, net.concat(x, text, along="positions"), condition, p.heads, p.norm_heads)
    else:  # nobody reads the text after the last layer
        with net.block("last_layer"):
            _double(net, x, text, condition, p.heads, p.norm_heads, again=False, last=True)
    net.linear(net.activation(condition, "silu"), 2 * p.width, name="final.modulation")
    net.linear(net.layer_norm(x, affine=False), p.patch * p.patch * p.channels, name="final")
    return net


def _condition(net: Network, width: int, pooled: int, guidance: bool) -> Shape:
    """The time step, the text as one vector and, where the model is distilled from it, how much guidance."""
    y = net.input(1)
    for name, inputs in (("step", STEP), ("text", pooled), *((("guidance", STEP),) if guidance else ())):
        with net.block("condition"):
            y = net.linear(net.input(inputs), width, name=f"{name}.1")
            y = net.linear(net.activation(y, "silu"), width, name=f"{name}.2")
    return y


def _double(
    net: Network, x: Shape, text: Shape, condition: Shape, heads: int, normed: bool, again: bool, last: bool = False
) -> None:
    width, active = x.channels, net.activation(condition, "silu")
    net.linear(active, (9 if again else 6) * width, name="modulation")
    net.linear(active, (2 if last else 6) * width, name="text.modulation")
    both = net.concat(x, text, along="positions")
    for name, stream in (("", x), ("text.", text)):
        y = net.layer_norm(stream, affine=False)
        net.linear(y, 3 * width, name=f"{name}attention.qkv", term="attention projections")
        if normed:
            net.parameter(2 * width // heads, f"{name}attention.norms")
    net.attention_core(both, both.positions, heads, width // heads)
    if again:
        net.attention(net.layer_norm(x, affine=False), heads, norm_heads=normed, name="attention2")
    for name, stream in (("", x), ("text.", text)):
        if last and name:
            continue
        net.linear(stream, width, name=f"{name}attention.out", term="attention projections")
        net.mlp(net.layer_norm(stream, affine=False), 4 * width, name=f"{name}mlp")


def _single(net: Network, x: Shape, condition: Shape, heads: int, normed: bool) -> None:
    """Attention and feed-forward side by side, with one matrix in and one out."""
    width = x.channels
    net.linear(net.activation(condition, "silu"), 3 * width, name="modulation")
    y = net.linear(net.layer_norm(x, affine=False), 7 * width, name="in", term="feed-forward")
    if normed:
        net.parameter(2 * width // heads, "attention.norms")
    net.attention_core(y._replace(channels=width), x.positions, heads, width // heads)
    y = net.activation(y._replace(channels=4 * width), "gelu")
    net.linear(y._replace(channels=5 * width), width, name="out", term="feed-forward")


VARIANTS: dict[str, dict[str, Any]] = {
    "stable-diffusion-3-medium": {"text_length": 333},
    "stable-diffusion-3.5-medium": {"text_length": 333, "norm_heads": True, "second_attention": 13},
    "stable-diffusion-3.5-large": {"layers": 38, "width": 2432, "heads": 38, "text_length": 333, "norm_heads": True},
    # its latent is packed two by two already
    "flux.1-dev": {"layers": 19, "single_layers": 38, "width": 3072, "heads": 24, "text_length": 512,
                   "pooled_width": 768, "norm_heads": True, "guidance": True},
    "flux.1-schnell": {"layers": 19, "single_layers": 38, "width": 3072, "heads": 24, "text_length": 256,
                       "pooled_width": 768, "norm_heads": True},
}  # fmt: skip
PUBLISHED: dict[str, Published] = {
    "stable-diffusion-3-medium": Published(
        "Stability AI 2024, stable-diffusion-3-medium, transformer without table of sinusoids",
        parameters=2_028_328_000,
    ),
    "stable-diffusion-3.5-large": Published("Stability AI 2024, stable-diffusion-3.5-large, transformer",
                                            parameters=8_056_627_520),
    "flux.1-dev": Published("Black Forest Labs 2024, FLUX.1-dev, transformer", parameters=11_901_408_320),
    "flux.1-schnell": Published("Black Forest Labs 2024, FLUX.1-schnell, transformer", parameters=11_891_178_560),
}  # fmt: skip


@hookimpl
def computeest_families() -> list[Family]:
    """MMDiT."""
    return [
        Family(
            name="mmdit",
            forward=mmdit,
            example="latent image",
            source="Esser et al. 2024, arXiv:2403.03206; Flux: Black Forest Labs 2024, black-forest-labs/flux",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
