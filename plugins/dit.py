"""DiT: diffusion with a transformer over patches of a latent image."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl


def dit(
    layers: int = 28,
    width: int = 1152,
    heads: int = 16,
    patch: int = 2,
    image: int = 32,
    channels: int = 4,
    classes: int = 1000,
    feed_forward: int | None = None,
    learned_variance: bool = True,
) -> Network:
    """One denoising step on a latent of `image` x `image`; the autoencoder is not part of it."""
    if patch < 1 or image % patch:
        raise ValueError(f"patch: {patch} does not divide an image of {image}")
    net = Network()
    with net.block("condition"):
        step = net.linear(net.input(256), width, name="step.1")
        condition = net.linear(net.activation(step, "silu"), width, name="step.2")
        net.parameter((classes + 1) * width, "label")
    x = net.conv(net.input(channels, image, image), width, patch, patch, name="patches")
    x = net.sequence(x)
    with net.repeat(layers, "layer"):
        scales = net.linear(net.activation(condition, "silu"), 6 * width, name="modulation")
        y = _modulated(net, x, scales)
        x = net.add(x, net.multiply(net.attention(y, heads), _one(scales, width)))
        y = _modulated(net, x, scales)
        y = net.mlp(y, 4 * width if feed_forward is None else feed_forward)
        x = net.add(x, net.multiply(y, _one(scales, width)))
    scales = net.linear(net.activation(condition, "silu"), 2 * width, name="final.modulation")
    out = patch * patch * channels * (2 if learned_variance else 1)
    net.linear(_modulated(net, x, scales), out, name="final")
    return net


def _modulated(net: Network, x: Shape, scales: Shape) -> Shape:
    """Normalized without weights of its own, then scaled and shifted by the condition (adaptive layer norm)."""
    y = net.layer_norm(x, affine=False)
    return net.add(net.multiply(y, _one(scales, x.channels)), _one(scales, x.channels))


def _one(scales: Shape, width: int) -> Shape:
    return Shape(width, (), scales.grad, 1)


_SIZES = {"s": (12, 384, 6), "b": (12, 768, 12), "l": (24, 1024, 16), "xl": (28, 1152, 16)}
VARIANTS: dict[str, dict[str, Any]] = {
    f"dit-{size}/{patch}": {"layers": layers, "width": width, "heads": heads, "patch": patch}
    for size, (layers, width, heads) in _SIZES.items()
    for patch in (2, 4, 8)
} | {"dit-xl/2-512": {"image": 64}}

_TABLE = "Peebles and Xie 2022, arXiv:2212.09748, Table 4; what it calls Gflops are multiply-adds"
PUBLISHED: dict[str, Published] = {
    "dit-s/8": Published(_TABLE, parameters=33e6, forward_macs=0.36e9),
    "dit-s/4": Published(_TABLE, parameters=33e6, forward_macs=1.41e9),
    "dit-s/2": Published(_TABLE, parameters=33e6, forward_macs=6.06e9),
    "dit-b/8": Published(_TABLE, parameters=131e6, forward_macs=1.42e9),
    "dit-b/4": Published(_TABLE, parameters=130e6, forward_macs=5.56e9),
    "dit-b/2": Published(_TABLE, parameters=130e6, forward_macs=23.01e9),
    "dit-l/8": Published(_TABLE, parameters=459e6, forward_macs=5.01e9),
    "dit-l/4": Published(_TABLE, parameters=458e6, forward_macs=19.7e9),
    "dit-l/2": Published(_TABLE, parameters=458e6, forward_macs=80.71e9),
    "dit-xl/8": Published(_TABLE, parameters=676e6, forward_macs=7.39e9),
    "dit-xl/4": Published(_TABLE, parameters=675e6, forward_macs=29.05e9),
    "dit-xl/2": Published(_TABLE, parameters=675e6, forward_macs=118.64e9),
    "dit-xl/2-512": Published(
        "Peebles and Xie 2022, arXiv:2212.09748, section 5.1", parameters=675e6, forward_macs=524.6e9
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """The diffusion transformer."""
    return [
        Family(
            name="dit",
            forward=dit,
            example="latent image",
            source="Peebles and Xie 2022, arXiv:2212.09748, Table 4",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
