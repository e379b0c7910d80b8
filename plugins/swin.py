"""Swin: attention within windows, and a grid that coarsens like a convolutional network's."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, TORCHVISION, require_counts, require_positive, stated, unknown, version_name

#: Width of the first stage and blocks of the four stages (v1: section 3.3; v2: section 4.1).
SIZES = {
    "t": (96, (2, 2, 6, 2)),
    "s": (96, (2, 2, 18, 2)),
    "b": (128, (2, 2, 18, 2)),
    "l": (192, (2, 2, 18, 2)),
    "h": (352, (2, 2, 18, 2)),
    "g": (512, (2, 2, 42, 4)),
}
#: Hidden width of the network that makes v2's position biases.
BIAS_HIDDEN = 512


def swin(
    width: int = 96,
    depths: Sequence[int] = (2, 2, 6, 2),
    window: int | None = None,
    image: int | None = None,
    classes: int = 1000,
    version: str | float = 1,
    head_dim: int = 32,
    patch: int = 4,
) -> Network:
    """One image through a Swin transformer; windows and image are 7 and 224 in version 1, 8 and 256 in version 2.

    `width` is that of the first stage and `depths` how many blocks each stage has.
    A grid smaller than a window is one window, as in the authors' release (torchvision pads it instead). A larger one
    that does not divide into windows is padded, and the padding is worked on too.
    """
    name = version_name(version)
    if name not in ("1", "2"):
        raise unknown("version", version, (1, 2))
    require_counts("depths", depths)
    require_positive(width=width, head_dim=head_dim, patch=patch)
    window = (7 if name == "1" else 8) if window is None else window
    side = (224 if name == "1" else 256) if image is None else image
    require_positive(window=window)
    net, second = Network(), name == "2"
    x = net.layer_norm(net.conv(net.input(3, side, side), width, patch, patch, name="patch_embedding"))
    for number, count in enumerate(depths, start=1):
        if number > 1:
            x = _merged(net, x, second)
        with net.repeat(count, f"stage{number}"):
            x = _block(net, x, window, head_dim, second)
    x = net.global_pool(net.layer_norm(x))
    net.linear(x, classes, name="classifier", term="logits")
    return net


def _merged(net: Network, x: Shape, second: bool) -> Shape:
    """Four neighbouring tokens as one, of twice the width; an odd edge is padded."""
    size = tuple(-(-extent // 2) for extent in x.size)
    x = Shape(4 * x.channels, size, x.grad, size[0] * size[1])
    if second:
        return net.layer_norm(net.linear(x, x.channels // 2, bias=False, name="merge"))
    return net.linear(net.layer_norm(x), x.channels // 2, bias=False, name="merge")


def _block(net: Network, x: Shape, window: int, head_dim: int, second: bool) -> Shape:
    if second:  # norms follow what they norm
        x = net.add(x, net.layer_norm(_windowed(net, x, window, head_dim, second)))
        return net.add(x, net.layer_norm(net.mlp(x, 4 * x.channels)))
    x = net.add(x, _windowed(net, net.layer_norm(x), window, head_dim, second))
    return net.add(x, net.mlp(net.layer_norm(x), 4 * x.channels))


def _windowed(net: Network, x: Shape, window: int, head_dim: int, second: bool) -> Shape:
    window = min(window, *x.size)
    height, width = (-(-extent // window) * window for extent in x.size)
    padded = x._replace(size=(height, width), positions=height * width)
    if x.channels % head_dim:
        raise ValueError(f"width: {x.channels} channels do not divide into heads of {head_dim}")
    heads, offsets = x.channels // head_dim, (2 * window - 1) ** 2
    if second:
        with net.block("position_bias"):
            table = Shape(2, (offsets,), grad=False, positions=offsets)
            y = net.activation(net.linear(table, BIAS_HIDDEN, name="hidden"))
            net.linear(y, heads, bias=False, name="out")
        net.parameter(heads, "temperature")
    else:
        net.parameter(offsets * heads, "position_bias")
    y = net.attention(padded, heads, window=window * window)
    return y._replace(size=x.size, positions=x.positions)


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TORCHVISION,
        {
            "swin-t": (28_288_354, 4.491e9),
            "swin-s": (49_606_258, 8.741e9),
            "swin-b": (87_768_224, 15.431e9),
            "swin-v2-t": (28_351_570, 5.94e9),
            "swin-v2-s": (49_737_442, 11.546e9),
            "swin-v2-b": (87_930_848, 20.325e9),
        },
    ),
    **stated(
        TIMM,
        {
            "swin-l": (196.53e6, 34.53e9),
            "swin-b-384": (87.90e6, 47.19e9),
            "swin-l-384": (196.74e6, 104.08e9),
        },
    ),
    **stated(
        "Xie et al. 2022, SimMIM, arXiv:2111.09886",
        {
            "swin-v2-h": (658e6, None),
        },
    ),
    **stated(
        "Liu et al. 2022, arXiv:2111.09883, Table 2",
        {
            "swin-v2-g": (3.0e9, None),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Swin v1 and v2."""
    first = {f"swin-{name}": {"width": SIZES[name][0], "depths": SIZES[name][1]} for name in ("t", "s", "b", "l")}
    finer = {f"swin-{name}-384": {**first[f"swin-{name}"], "image": 384, "window": 12} for name in ("b", "l")}
    second = {
        f"swin-v2-{name}": {"width": width, "depths": depths, "version": 2} for name, (width, depths) in SIZES.items()
    }
    return [
        Family(
            name="swin",
            forward=swin,
            example="image",
            source="Liu et al. 2021, arXiv:2103.14030, section 3.3; v2: Liu et al. 2022, arXiv:2111.09883, section 4.1",
            variants={**first, **finer, **second},
            published=PUBLISHED,
        )
    ]
