"""CoAtNet: two stages of inverted residuals, then two of transformer blocks."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_counts, require_positive, squeeze_excite, stated, unknown

#: Stem width, widths and blocks of the stages, channels of a head (Tables 3, 11 and 12). Table 12 prints 2048 for the
#: last stage of CoAtNet-6; that makes 1.35e9 parameters, and the 3072 which doubling makes of 1536 the printed 1.47e9.
MEMBERS = {
    "coatnet-0": (64, (96, 192, 384, 768), (2, 3, 5, 2), 32),
    "coatnet-1": (64, (96, 192, 384, 768), (2, 6, 14, 2), 32),
    "coatnet-2": (128, (128, 256, 512, 1024), (2, 6, 14, 2), 32),
    "coatnet-3": (192, (192, 384, 768, 1536), (2, 6, 14, 2), 32),
    "coatnet-4": (192, (192, 384, 768, 1536), (2, 12, 28, 2), 32),
    "coatnet-5": (192, (256, 512, 1280, 2048), (2, 12, 28, 2), 64),
    "coatnet-6": (192, (192, 384, 768, 1536, 3072), (2, 4, 8, 42, 2), 128),
    "coatnet-7": (192, (256, 512, 1024, 2048, 3072), (2, 4, 8, 42, 2), 128),
}
#: Which stages are convolutions (C) or transformers (T), by their number; strides halve the grid.
LAYOUTS = {4: (("C", 2), ("C", 2), ("T", 2), ("T", 2)), 5: (("C", 2), ("C", 2), ("C", 2), ("T", 1), ("T", 2))}
#: Where the first inverted residual of a stage strides (appendix A.1: the second is later, and in most releases).
STRIDED = ("expansion", "depthwise")


def coatnet(
    stem: int = 64,
    widths: Sequence[int] = (96, 192, 384, 768),
    depths: Sequence[int] = (2, 3, 5, 2),
    head_dim: int = 32,
    image: int = 224,
    classes: int = 1000,
    strided: str = "expansion",
) -> Network:
    """One image through a CoAtNet: convolutional stages, then two transformer stages.

    Five widths make the third stage convolutions followed by transformers on the same grid, as in CoAtNet-6 and -7. As
    in appendix A.1, a stage's first inverted residual strides in its 1x1 expansion (`strided: depthwise` in what
    follows it), and a first transformer block pools before attention; attention has a learned bias for each relative
    position. The printed parameter counts include a hidden layer before the classifier. The printed FLOP are half of
    all floating-point operations, element-wise ones too: 1 to 3.5 % more than the matrix products counted here.
    """
    if strided not in STRIDED:
        raise unknown("strided", strided, STRIDED)
    require_counts("depths", depths)
    if len(widths) not in LAYOUTS or len(depths) != len(widths):
        raise ValueError(
            f"widths {list(widths)} and depths {list(depths)} must hold one number for each of 4 or 5 stages"
        )
    require_positive(stem=stem, widths=min(widths), head_dim=head_dim)
    net = Network()
    x = net.conv(net.input(3, image, image), stem, 3, 2, 1, bias=False, name="stem1")
    x = net.activation(net.batch_norm(x), "gelu")
    x = net.conv(x, stem, 3, padding=1, bias=False, name="stem2")
    for number, (width, count, (kind, first)) in enumerate(zip(widths, depths, LAYOUTS[len(widths)], strict=True), 1):
        for times, stride in ((1, first), (count - 1, 1)):
            if times:
                with net.repeat(times, f"stage{number}"):
                    if kind == "T":
                        x = _attending(net, x, width, stride, head_dim)
                    else:
                        x = _inverted(net, x, width, stride, strided)
    x = net.layer_norm(net.global_pool(x))
    x = net.activation(net.linear(x, x.channels, name="hidden"), "tanh")
    net.linear(x, classes, name="classifier", term="logits")
    return net


def _shortcut(net: Network, x: Shape, width: int, stride: int) -> Shape:
    if stride > 1:
        x = net.avg_pool(x, stride)
    return net.conv(x, width, 1, name="shortcut") if x.channels != width else x


def _inverted(net: Network, x: Shape, width: int, stride: int, strided: str) -> Shape:
    first, second = (stride, 1) if strided == "expansion" else (1, stride)
    y = net.conv(net.batch_norm(x), 4 * width, 1, first, bias=False, name="expand")
    y = net.activation(net.batch_norm(y), "gelu")
    y = net.depthwise(y, 3, second, 1, bias=False)
    y = net.activation(net.batch_norm(y), "gelu")
    y = squeeze_excite(net, y, width // 4, "silu")
    return net.add(net.conv(y, width, 1, name="project"), _shortcut(net, x, width, stride))


def _attending(net: Network, x: Shape, width: int, stride: int, head_dim: int) -> Shape:
    if width % head_dim:
        raise ValueError(f"widths: {width} channels do not divide into heads of {head_dim}")
    y = net.layer_norm(x)
    if stride > 1:
        y = net.avg_pool(y, stride)
    heads = width // head_dim
    rows, columns = y.size
    net.parameter(heads * (2 * rows - 1) * (2 * columns - 1), "position_bias")
    y = net.attention(y, heads, head_dim=head_dim, out=width)
    x = net.add(y, _shortcut(net, x, width, stride))
    return net.add(x, net.mlp(net.layer_norm(x), 4 * width))


#: What is printed of members: parameters and multiply-adds. The paper's 168M for CoAtNet-3 are 167M here and in timm.
PUBLISHED = {
    **stated(
        "Dai et al. 2021, arXiv:2106.04803, Tables 4 and 5",
        {
            "coatnet-0": (25e6, 4.2e9),
            "coatnet-1": (None, 8.4e9),
            "coatnet-2": (75e6, 15.7e9),
            "coatnet-3": (None, 34.7e9),
            "coatnet-6": (1.47e9, None),
            "coatnet-7": (2.44e9, None),
        },
    ),
    **stated(
        TIMM,
        {
            "coatnet-4": (275.43e6, None),
            "coatnet-5": (687.47e6, None),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """CoAtNet."""
    names = ("stem", "widths", "depths", "head_dim")
    return [
        Family(
            name="coatnet",
            forward=coatnet,
            example="image",
            source="Dai, Liu, Le and Tan 2021, arXiv:2106.04803, Table 3 and appendix A",
            variants={name: dict(zip(names, member, strict=True)) for name, member in MEMBERS.items()},
            published=PUBLISHED,
        )
    ]
