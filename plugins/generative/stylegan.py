"""StyleGAN2: images grown from a constant, each convolution weighed by a style."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import flowing, require_positive, unknown

PARTS = ("generator", "discriminator")


def stylegan(
    image: int = 1024,
    width: int = 512,
    base: int = 32768,
    mapping_layers: int = 8,
    part: str = "generator",
) -> Network:
    """One image of StyleGAN2 made or judged: at a side s layers have base/s channels, at most `width`.

    A training step makes images and judges made and real ones, so it is several of these, each a run of its own.
    """
    if part not in PARTS:
        raise unknown("part", part, PARTS)
    require_positive(width=width, base=base, mapping_layers=mapping_layers)
    if image < 8 or image & (image - 1):
        raise ValueError(f"image: {image} pixels are no power of two from 8 on")
    if base < image:
        raise ValueError(f"base: {base} leaves no channel at {image} pixels")
    net = Network()
    if part == "generator":
        return _generator(net, image, width, base, mapping_layers)
    return _discriminator(net, image, width, base)


def _generator(net: Network, image: int, width: int, base: int, layers: int) -> Network:
    with net.block("mapping"):
        style = net.input(width)
        for _ in range(layers):
            style = net.activation(net.linear(style, width), "leaky_relu")
    net.parameter(width * 16, "constant")
    side, channels = 4, min(base // 4, width)
    x = flowing(channels, 4, 4)
    while side <= image:
        out = min(base // side, width)
        with net.block(str(side)):
            if side > 4:
                x = _weighed(net, x, style, out, 3, 2)
            x = _weighed(net, x, style, out, 3)
            _weighed(net, x, style, 3, 1)
        side *= 2
    return net


def _weighed(net: Network, x: Shape, style: Shape, out: int, kernel: int, up: int = 1) -> Shape:
    """A convolution whose input channels the style scales, with noise added; or one of 1x1 to colours."""
    net.linear(style, x.channels, name="style")
    if up > 1:
        side = up * x.size[0]
        y = net.conv_transpose(x, out, kernel, up, name="conv")
        y = flowing(out, side, side)
    else:
        y = net.conv(x, out, kernel, padding=kernel // 2, name="conv")
    if kernel > 1:
        net.parameter(1, "noise")
    return net.activation(y, "leaky_relu")


def _discriminator(net: Network, image: int, width: int, base: int) -> Network:
    x = net.conv(net.input(3, image, image), min(base // image, width), 1, name="from_rgb")
    x = net.activation(x, "leaky_relu")
    side = image
    while side > 4:
        out = min(2 * base // side, width)
        with net.block(str(side)):
            y = net.activation(net.conv(x, x.channels, 3, padding=1, name="conv1"), "leaky_relu")
            y = net.activation(net.conv(y, out, 3, 2, 1, name="conv2"), "leaky_relu")
            skip = net.conv(net.avg_pool(x, 2), out, 1, bias=False, name="skip")
            x = net.add(y, skip)
        side //= 2
    x = net.concat(x, flowing(1, *x.size))  # how much images of the batch differ
    x = net.activation(net.conv(x, x.channels - 1, 3, padding=1, name="last"), "leaky_relu")
    x = net.activation(net.linear(net.flatten(x), x.channels, name="hidden"), "leaky_relu")
    net.linear(x, 1, name="score", term="logits")
    return net


VARIANTS: dict[str, dict[str, Any]] = {
    "stylegan2-1024": {},
    "stylegan2-1024-discriminator": {"part": "discriminator"},
    "stylegan2-256": {"image": 256},
}
PUBLISHED: dict[str, Published] = {
    "stylegan2-1024": Published("Karras et al. 2020, training log of NVlabs/stylegan2", parameters=30_370_060),
    "stylegan2-1024-discriminator": Published(
        "Karras et al. 2020, training log of NVlabs/stylegan2, config f", parameters=29_012_513
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """StyleGAN2."""
    return [
        Family(
            name="stylegan2",
            forward=stylegan,
            example="image",
            source="Karras et al. 2020, arXiv:1912.04958",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
