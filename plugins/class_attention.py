"""Image transformers whose class token looks at the patches in layers of its own: CaiT and XCiT."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_positive, stated

#: Width, layers over patches and heads (Table 1: XXS, XS, S and M are 4, 6, 8 and 16 heads of 48 channels).
CAIT = {"cait-xxs24": (192, 24, 4), "cait-xxs36": (192, 36, 4), "cait-xs24": (288, 24, 6), "cait-s24": (384, 24, 8),
        "cait-s36": (384, 36, 8), "cait-m36": (768, 36, 16), "cait-m48": (768, 48, 16)}  # fmt: skip
#: Width, layers over patches and heads (Table 1), each with patches of 16 and of 8 pixels.
XCIT = {"xcit-n12": (128, 12, 4), "xcit-t12": (192, 12, 4), "xcit-t24": (192, 24, 4), "xcit-s12": (384, 12, 8),
        "xcit-s24": (384, 24, 8), "xcit-m24": (512, 24, 8), "xcit-l24": (768, 24, 16)}  # fmt: skip


def _class_layers(net: Network, x: Shape, layers: int, heads: int, normed: bool) -> Shape:
    """Layers in which one token looks at itself and all patches; the second norm is of all where they are `normed`."""
    with net.repeat(layers, "class_layer"):
        token = net.attention(net.select(x), heads, context=net.layer_norm(x), name="class_attention")
        seen = net.layer_norm(x if normed else token)
        net.add(token, net.mlp(net.select(seen), 4 * x.channels, name="class_mlp"))
        net.parameter(2 * x.channels, "layer_scale")
    return x


def cait(width: int = 384, layers: int = 24, heads: int = 8, class_layers: int = 2, patch: int = 16, image: int = 224,
         classes: int = 1000) -> Network:  # fmt: skip
    """One image through a CaiT: attention whose heads are mixed before and after the softmax, then class attention."""
    require_positive(width=width, layers=layers, heads=heads, class_layers=class_layers, patch=patch, classes=classes)
    if image % patch:
        raise ValueError(f"image: {image} pixels do not divide into patches of {patch}")
    net = Network()
    x = net.positions(net.sequence(net.conv(net.input(3, image, image), width, patch, patch, name="patches")))
    pairs = x.positions**2
    with net.repeat(layers, "layer"):
        y = net.attention(net.layer_norm(x), heads)
        for name in ("talk", "talk_again"):
            scores = Shape(heads, (pairs,), grad=True, positions=pairs)
            net.linear(scores, heads, name=name, term="attention")
        x = net.add(x, y)
        x = net.add(x, net.mlp(net.layer_norm(x), 4 * width))
        net.parameter(2 * width, "layer_scale")
    x = _class_layers(net, net.append_tokens(x, 1), class_layers, heads, normed=False)
    net.linear(net.select(net.layer_norm(x, name="final_norm")), classes, name="classifier", term="logits")
    return net


def xcit(width: int = 384, layers: int = 12, heads: int = 8, class_layers: int = 2, patch: int = 16, image: int = 224,
         classes: int = 1000) -> Network:  # fmt: skip
    """One image through an XCiT: channels of a head, not positions, look at each other; then 3x3 convolutions."""
    require_positive(width=width, layers=layers, heads=heads, class_layers=class_layers, patch=patch, classes=classes)
    if patch not in (8, 16):
        raise ValueError(f"patch: {patch} is not defined; expected 8 or 16")
    if image % patch:
        raise ValueError(f"image: {image} pixels do not divide into patches of {patch}")
    net = Network()
    grid = _stem(net, image, patch, width)
    x = net.sequence(grid)
    # sines and cosines of both coordinates, 64 numbers, projected
    net.conv(Shape(64, grid.size, grad=False, positions=grid.positions), width, 1, name="positions")
    with net.repeat(layers, "layer"):
        x = net.add(x, _cross_covariance(net, net.layer_norm(x), heads))
        y = net.reshape(net.layer_norm(x), width, *grid.size)
        y = net.batch_norm(net.activation(net.depthwise(y, 3, 1, 1, name="local"), "gelu"))
        x = net.add(x, net.sequence(net.depthwise(y, 3, 1, 1, name="local_again")))
        x = net.add(x, net.mlp(net.layer_norm(x), 4 * width))
        net.parameter(3 * width, "layer_scale")
    x = _class_layers(net, net.append_tokens(x, 1), class_layers, heads, normed=True)
    net.linear(net.select(net.layer_norm(x, name="final_norm")), classes, name="classifier", term="logits")
    return net


def _stem(net: Network, image: int, patch: int, width: int) -> Shape:
    """Patches by convolutions of stride 2, each twice as wide as the one before."""
    x = net.input(3, image, image)
    shares = (8, 4, 2, 1) if patch == 16 else (4, 2, 1)
    for share in shares:
        x = net.batch_norm(net.conv(x, width // share, 3, 2, 1, bias=False, name="stem"))
        x = net.activation(x, "gelu") if share > 1 else x
    return x


def _cross_covariance(net: Network, x: Shape, heads: int) -> Shape:
    """Attention among the channels of each head: its scores are as many as channels squared (section 3.2)."""
    if x.channels % heads:
        raise ValueError(f"heads: a width of {x.channels} does not divide into {heads} heads")
    channels = x.channels // heads
    y = net.linear(x, 3 * x.channels, name="qkv", term="attention projections")
    y = Shape(x.channels, x.size, y.grad, x.positions)
    net.parameter(heads, "temperature")
    net.matmul(y, channels, x.positions, channels, heads, name="scores")
    net.matmul(y, channels, channels, x.positions, heads, name="mix")
    return net.linear(y, x.channels, name="out", term="attention projections")


@hookimpl
def computeest_families() -> list[Family]:
    """CaiT and XCiT."""
    names = ("width", "layers", "heads")
    return [
        Family(
            name="cait",
            forward=cait,
            example="image",
            source="Touvron et al. 2021, Going deeper with Image Transformers, arXiv:2103.17239, Table 1",
            variants={name: dict(zip(names, member, strict=True)) for name, member in CAIT.items()},
            published=stated(TIMM, {"cait-xxs24": (11.96e6, 2.53e9), "cait-xxs36": (17.30e6, 3.77e9),
                                    "cait-xs24": (26.67e6, None), "cait-s24": (46.92e6, 9.35e9),
                                    "cait-s36": (68.37e6, None), "cait-m36": (271.22e6, None),
                                    "cait-m48": (356.46e6, None)}),
        ),
        Family(
            name="xcit",
            forward=xcit,
            example="image",
            source="El-Nouby et al. 2021, XCiT, arXiv:2106.09681, Table 1",
            variants={f"{name}/{patch}": {**dict(zip(names, member, strict=True)), "patch": patch}
                      for name, member in XCIT.items() for patch in (16, 8)},
            published=stated(TIMM, {
                "xcit-n12/16": (3.05e6, 0.56e9), "xcit-n12/8": (3.05e6, 2.16e9),
                "xcit-t12/16": (6.72e6, 1.24e9), "xcit-t12/8": (6.71e6, 4.81e9),
                "xcit-t24/16": (12.12e6, 2.34e9), "xcit-t24/8": (12.11e6, 9.21e9),
                "xcit-s12/16": (26.25e6, 4.82e9), "xcit-s12/8": (26.21e6, 18.69e9),
                "xcit-s24/16": (47.67e6, 9.10e9), "xcit-s24/8": (47.63e6, 35.81e9),
                "xcit-m24/16": (84.40e6, 16.13e9), "xcit-m24/8": (84.32e6, 63.53e9),
                "xcit-l24/16": (189.10e6, 35.86e9), "xcit-l24/8": (188.93e6, 141.23e9)}),
        ),
    ]  # fmt: skip
