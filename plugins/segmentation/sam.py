"""Segment Anything: a vision transformer with windows, and a small decoder that answers prompts."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import require_positive

#: Width and hidden width of the decoder, and channels of its attention across (Kirillov et al. 2023, appendix A).
DECODER, HIDDEN, CROSS = 256, 2048, 128
#: Tokens that stand for masks, the first for one mask alone, and one for how good they are.
MASKS = 4


def sam(
    width: int = 768,
    layers: int = 12,
    heads: int = 12,
    image: int = 1024,
    patch: int = 16,
    window: int = 14,
    global_layers: int = 4,
    points: int = 2,
    decoder: bool = True,
) -> Network:
    """One image and one prompt through SAM: `global_layers` of its layers look beyond windows of `window` patches.

    A prompt is `points` (a box is two). Without `decoder` it is the encoder alone, which is nearly all of the work.
    """
    require_positive(width=width, patch=patch, window=window, points=points, heads=heads)
    if image % patch:
        raise ValueError(f"image: {image} pixels do not divide into patches of {patch}")
    if not 0 <= global_layers <= layers or width % heads:
        raise ValueError(f"{global_layers} of {layers} layers and {heads} heads of a width of {width} cannot be")
    net = Network()
    x = net.conv(net.input(3, image, image), width, patch, patch, name="patches")
    x = net.positions(x)
    side = x.size[0]
    with net.repeat(layers - global_layers, "layer, windowed"):
        y = _layer(net, x, heads, min(window, side))
    with net.repeat(global_layers, "layer, global"):
        y = _layer(net, x, heads, side)
    y = net.layer_norm(net.conv(y, DECODER, 1, bias=False, name="neck.1"))
    y = net.layer_norm(net.conv(y, DECODER, 3, padding=1, bias=False, name="neck.2"))
    if decoder:
        _decoded(net, y, points)
    return net


def _layer(net: Network, x: Shape, heads: int, window: int) -> Shape:
    """One layer within windows, the grid padded to a multiple of them, with relative positions along both sides."""
    sides = [-(-extent // window) * window for extent in x.size]
    positions = sides[0] * sides[1]
    y = net.layer_norm(x)._replace(size=(sides[0], sides[1]), positions=positions)
    head_dim = x.channels // heads
    y = net.attention(y, heads, window=window * window)
    net.parameter(2 * (2 * window - 1) * head_dim, "attention.relative_positions")
    net.matmul(y, positions * heads, head_dim, 2 * window, name="attention.relative_scores")
    x = net.add(x, y._replace(size=x.size, positions=x.positions))
    return net.add(x, net.mlp(net.layer_norm(x), 4 * x.channels))


def _decoded(net: Network, image: Shape, points: int) -> None:
    """Tokens and image look at each other twice; each mask's token then weighs the enlarged image."""
    with net.block("prompt"):
        net.parameter(6 * DECODER, "kinds of points, and no mask")
        # a given mask is shrunk by three convolutions, which a prompt of points does not use
        net.parameter(4 * 5 + 2 * 4 + 16 * 17 + 2 * 16 + DECODER * 17, "mask", active=False)
    with net.block("decoder"):
        net.parameter((MASKS + 1) * DECODER, "tokens")
        image = net.sequence(image)
        x = net.input(DECODER, MASKS + 1 + points + 1, grad=True)
        for number in (1, 2):
            with net.block(f"layer{number}"):
                x = net.layer_norm(net.add(x, net.attention(x, 8)))
                x = _across(net, x, image, "to_image")
                x = net.layer_norm(net.add(x, net.mlp(x, HIDDEN, activation="relu")))
                image = _across(net, image, x, "to_tokens")
        x = _across(net, x, image, "final")
        side = round(image.positions**0.5)
        y = net.conv_transpose(net.reshape(image, DECODER, side, side), DECODER // 4, 2, 2, name="enlarge.1")
        y = net.conv_transpose(net.layer_norm(y), DECODER // 8, 2, 2, name="enlarge.2")
        with net.repeat(MASKS, "mask"):
            _perceptron(net, net.select(x), DECODER // 8, "weights")
        net.matmul(y, MASKS, DECODER // 8, y.positions, name="masks", term="linear")
        _perceptron(net, net.select(x), MASKS, "quality")


def _across(net: Network, x: Shape, context: Shape, name: str) -> Shape:
    y = net.attention(x, 8, head_dim=CROSS // 8, context=context, name=name)
    return net.layer_norm(net.add(x, y))


def _perceptron(net: Network, x: Shape, out: int, name: str) -> None:
    for number in (1, 2):
        x = net.activation(net.linear(x, DECODER, name=f"{name}.hidden{number}"), "relu")
    net.linear(x, out, name=name)


VARIANTS: dict[str, dict[str, Any]] = {
    "sam-vit-b": {},
    "sam-vit-l": {"width": 1024, "layers": 24, "heads": 16},
    "sam-vit-h": {"width": 1280, "layers": 32, "heads": 16},
}
PUBLISHED: dict[str, Published] = {
    "sam-vit-b": Published("facebook/sam-vit-base on the Hugging Face Hub, 2023", parameters=93_735_472),
    "sam-vit-l": Published("facebook/sam-vit-large on the Hugging Face Hub, 2023", parameters=312_342_832),
    "sam-vit-h": Published("facebook/sam-vit-huge on the Hugging Face Hub, 2023", parameters=641_090_608),
}


@hookimpl
def computeest_families() -> list[Family]:
    """SAM."""
    return [
        Family(
            name="sam",
            forward=sam,
            example="image",
            source="Kirillov et al. 2023, arXiv:2304.02643, appendix A; windows: Li et al. 2022, arXiv:2203.16527",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
