"""U-Net diffusion: a denoiser that halves an image and grows it again (DDPM, ADM, Stable Diffusion)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import require_positive


class Level(NamedTuple):
    """What a block of the U-Net needs to know of the whole."""

    #: The time step (and class), embedded.
    condition: Shape
    scale_shift: bool
    head_dim: int | None
    heads: int
    #: Text that the blocks look at, and layers of the transformer that does; None for plain attention.
    context: Shape | None
    depth: int
    linear_projections: bool


@dataclass(frozen=True, slots=True)
class UNet:
    """What `architecture:` may state of a diffusion U-Net."""

    image: int = 64
    channels: int = 4
    outputs: int | None = None
    width: int = 320
    multipliers: Sequence[float] = (1, 2, 4, 4)
    blocks: int = 2
    attention: Sequence[int] = (1, 2, 4)
    heads: int = 8
    head_dim: int | None = None
    context_width: int | None = None
    context_length: int = 77
    depth: int | Sequence[int] = 1
    linear_projections: bool = False
    scale_shift: bool = False
    residual_resampling: bool = False
    classes: int = 0
    vector: int = 0


def unet(p: UNet) -> Network:
    """One denoising step of a U-Net; autoencoder and text encoder are not part of it.

    `attention` lists the downsampling factors at which blocks attend, to text too where `context_width` is given;
    `depth` is the layers of each such transformer, one number or one for each level. `vector` is the width of a further
    condition (SDXL: pooled text and sizes).
    """
    depths = [p.depth] * len(p.multipliers) if isinstance(p.depth, int) else list(p.depth)
    if p.context_width is None and max(depths, default=0) > 1:
        raise ValueError(f"depth: {p.depth} layers look at a text of which there is none; give context_width")
    require_positive(blocks=p.blocks)
    if p.image < 1 or not p.multipliers or p.image % 2 ** (len(p.multipliers) - 1):
        raise ValueError(f"image: {p.image} cannot be halved {len(p.multipliers) - 1} times")
    net = Network()
    condition = _condition(net, p.width, p.classes, p.vector)
    context = None if p.context_width is None else net.input(p.context_width, p.context_length)
    kind = Level(condition, p.scale_shift, p.head_dim, p.heads, context, 1, p.linear_projections)
    widths = [round(p.width * multiplier) for multiplier in p.multipliers]
    x = net.conv(net.input(p.channels, p.image, p.image), widths[0], 3, padding=1, name="in")
    skips, factor = [x], 1
    for number, (wide, deep) in enumerate(zip(widths, depths, strict=True)):
        with net.block(f"down{number}"):
            for _ in range(p.blocks):
                x = _block(net, x, wide, kind._replace(depth=deep), factor in p.attention)
                skips.append(x)
            if number < len(widths) - 1:
                x = _down(net, x, kind, p.residual_resampling)
                skips.append(x)
                factor *= 2
    with net.block("middle"):
        x = _block(net, x, x.channels, kind._replace(depth=depths[-1]), attend=True)
        x = _residual(net, x, x.channels, kind)
    for number, (wide, deep) in reversed(list(enumerate(zip(widths, depths, strict=True)))):
        with net.block(f"up{number}"):
            for _ in range(p.blocks + 1):
                x = net.concat(x, skips.pop())
                x = _block(net, x, wide, kind._replace(depth=deep), factor in p.attention)
            if number:
                x = _up(net, x, kind, p.residual_resampling)
                factor //= 2
    x = net.activation(net.group_norm(x), "silu")
    net.conv(x, p.channels if p.outputs is None else p.outputs, 3, padding=1, name="out")
    return net


def _condition(net: Network, width: int, classes: int, vector: int) -> Shape:
    with net.block("condition"):
        inner = 4 * width
        y = net.linear(net.activation(net.linear(net.input(width), inner, name="step.1"), "silu"), inner, name="step.2")
        if classes:
            net.parameter(classes * inner, "label")
        if vector:
            z = net.activation(net.linear(net.input(vector), inner, name="vector.1"), "silu")
            net.linear(z, inner, name="vector.2")
    return y


def _block(net: Network, x: Shape, out: int, kind: Level, attend: bool) -> Shape:
    x = _residual(net, x, out, kind)
    if not attend or not kind.depth:
        return x
    return _attention(net, x, kind) if kind.context is None else _transformer(net, x, kind, kind.context)


def _residual(net: Network, x: Shape, out: int, kind: Level, resample: str = "") -> Shape:
    """Two convolutions that add to their input, with the condition between them."""
    y = net.activation(net.group_norm(x), "silu")
    if resample:
        y, x = (net.avg_pool(y, 2), net.avg_pool(x, 2)) if resample == "down" else (net.upsample(y), net.upsample(x))
    y = net.conv(y, out, 3, padding=1, name="residual.1")
    given = net.linear(
        net.activation(kind.condition, "silu"), (2 if kind.scale_shift else 1) * out, name="residual.step"
    )
    y = net.add(y, Shape(out, (), given.grad, 1))
    y = net.conv(net.activation(net.group_norm(y), "silu"), out, 3, padding=1, name="residual.2")
    if x.channels != out:
        x = net.conv(x, out, 1, name="residual.shortcut")
    return net.add(x, y)


def _heads(x: Shape, kind: Level) -> int:
    return kind.heads if kind.head_dim is None else x.channels // kind.head_dim


def _attention(net: Network, x: Shape, kind: Level) -> Shape:
    y = net.attention(net.sequence(net.group_norm(x)), _heads(x, kind))
    return net.add(x, net.reshape(y, x.channels, *x.size))


def _transformer(net: Network, x: Shape, kind: Level, context: Shape) -> Shape:
    """Attention to itself, to the text, and a gated MLP, `depth` times (Rombach et al. 2022, section C.1)."""
    y = net.linear(net.sequence(net.group_norm(x)), x.channels, name="project_in")
    heads = _heads(x, kind)
    with net.repeat(kind.depth, "layer"):
        y = net.add(y, net.attention(net.layer_norm(y), heads, bias=False, output_bias=True))
        given = net.layer_norm(y)
        z = net.attention(given, heads, context=context, bias=False, output_bias=True, name="cross_attention")
        y = net.add(y, z)
        y = net.add(y, net.mlp(net.layer_norm(y), 4 * x.channels, gated=True))
    y = net.linear(y, x.channels, name="project_out")
    return net.add(x, net.reshape(y, x.channels, *x.size))


def _down(net: Network, x: Shape, kind: Level, residual: bool) -> Shape:
    if residual:
        return _residual(net, x, x.channels, kind, "down")
    return net.conv(x, x.channels, 3, 2, 1, name="downsample")


def _up(net: Network, x: Shape, kind: Level, residual: bool) -> Shape:
    if residual:
        return _residual(net, x, x.channels, kind, "up")
    return net.conv(net.upsample(x), x.channels, 3, padding=1, name="upsample")


_ADM: dict[str, Any] = {"channels": 3, "outputs": 6, "head_dim": 64, "scale_shift": True, "residual_resampling": True,
                        "classes": 1000}  # fmt: skip
#: Class-conditional on ImageNet at 256 pixels, with a latent of 64 x 64 or 32 x 32.
_LDM: dict[str, Any] = {"head_dim": 32, "context_width": 512, "context_length": 1}

VARIANTS: dict[str, dict[str, Any]] = {
    "ddpm-cifar10": {"image": 32, "channels": 3, "width": 128, "multipliers": (1, 2, 2, 2), "attention": (2,),
                     "heads": 1},
    "ddpm-256": {"image": 256, "channels": 3, "width": 128, "multipliers": (1, 1, 2, 2, 4, 4), "attention": (16,),
                 "heads": 1},
    "adm-64": {**_ADM, "image": 64, "width": 192, "multipliers": (1, 2, 3, 4), "blocks": 3, "attention": (2, 4, 8)},
    "adm-128": {**_ADM, "image": 128, "width": 256, "multipliers": (1, 1, 2, 3, 4), "attention": (4, 8, 16), "heads": 4,
                "head_dim": None},
    "adm-256": {**_ADM, "image": 256, "width": 256, "multipliers": (1, 1, 2, 2, 4, 4), "attention": (8, 16, 32)},
    "adm-512": {**_ADM, "image": 512, "width": 256, "multipliers": (0.5, 1, 1, 2, 2, 4, 4), "attention": (16, 32, 64)},
    # the upsamplers see the small image too, enlarged
    "adm-64-to-256": {**_ADM, "image": 256, "channels": 6, "width": 192, "multipliers": (1, 1, 2, 2, 4, 4),
                      "attention": (8, 16, 32), "heads": 4, "head_dim": None},
    "adm-128-to-512": {**_ADM, "image": 512, "channels": 6, "width": 192, "multipliers": (1, 1, 2, 2, 4, 4),
                       "attention": (16, 32)},
    # the class is one token of context
    "ldm-4": {**_LDM, "image": 64, "channels": 3, "width": 192, "multipliers": (1, 2, 3, 5), "attention": (2, 4, 8)},
    "ldm-8": {**_LDM, "image": 32, "channels": 4, "width": 256, "multipliers": (1, 2, 4), "attention": (1, 2, 4)},
    "stable-diffusion": {"context_width": 768},
    "stable-diffusion-2": {"context_width": 1024, "head_dim": 64, "linear_projections": True},
    "stable-diffusion-xl": {"image": 128, "multipliers": (1, 2, 4), "attention": (2, 4), "depth": (0, 2, 10),
                            "head_dim": 64, "context_width": 2048, "linear_projections": True, "vector": 2816},
}  # fmt: skip

#: Parameters by Dhariwal and Nichol; what Peebles and Xie call Gflops are multiply-adds.
_ADM_TABLE = (
    "Dhariwal and Nichol 2021, arXiv:2105.05233, Tables 11 and 13; Peebles and Xie 2022, arXiv:2212.09748, Table 6"
)
_LDM_TABLE = "Fang et al. 2023, arXiv:2305.10924; Peebles and Xie 2022, arXiv:2212.09748, Table 6"
PUBLISHED: dict[str, Published] = {
    "ddpm-cifar10": Published("Ho et al. 2020, arXiv:2006.11239, appendix B", parameters=35.7e6),
    "ddpm-256": Published(
        "Ho et al. 2020, arXiv:2006.11239, appendix B; Fang et al. 2023, arXiv:2305.10924",
        parameters=114e6,
        forward_macs=248.7e9,
    ),
    "adm-64": Published(_ADM_TABLE, parameters=296e6, forward_macs=110e9),
    "adm-128": Published(_ADM_TABLE, parameters=422e6, forward_macs=307e9),
    "adm-256": Published(_ADM_TABLE, parameters=554e6, forward_macs=1120e9),
    "adm-512": Published(_ADM_TABLE, parameters=559e6, forward_macs=1983e9),
    "adm-64-to-256": Published(_ADM_TABLE, parameters=312e6, forward_macs=632e9),
    "adm-128-to-512": Published(_ADM_TABLE, parameters=309e6, forward_macs=2506e9),
    "ldm-4": Published(_LDM_TABLE, parameters=400.9e6, forward_macs=104e9),
    "ldm-8": Published(
        "Rombach et al. 2022, arXiv:2112.10752, appendix; Peebles and Xie 2022, arXiv:2212.09748, Table 6",
        parameters=395e6,
        forward_macs=57e9,
    ),
    "stable-diffusion": Published(
        "U-Net of CompVis/stable-diffusion-v1-4 on the Hugging Face Hub, 2022", parameters=859_520_964
    ),
    "stable-diffusion-2": Published(
        "U-Net of stabilityai/stable-diffusion-2-1 on the Hugging Face Hub, 2022", parameters=865_910_724
    ),
    "stable-diffusion-xl": Published(
        "U-Net of stabilityai/stable-diffusion-xl-base-1.0 on the Hugging Face Hub, 2023", parameters=2_567_463_684
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """The diffusion U-Net."""
    return [
        Family(
            name="unet",
            forward=unet,
            example="image",
            source="Ho et al. 2020, arXiv:2006.11239; Dhariwal and Nichol 2021, arXiv:2105.05233; Rombach et al. 2022, "
            "arXiv:2112.10752; Podell et al. 2023, arXiv:2307.01952",
            variants=VARIANTS,
            published=PUBLISHED,
            no_effect={
                "linear_projections": "a 1x1 convolution of an image and a linear layer of its pixels are the same"
            },
        )
    ]
