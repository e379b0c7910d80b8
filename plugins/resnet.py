"""ResNet: convolutions that add to their input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import (
    IMGCLSMOB,
    TIMM,
    TORCHVISION,
    classifier,
    conv_norm,
    require_counts,
    require_positive,
    squeeze_excite,
    stated,
    unknown,
    version_name,
)

#: Blocks of the four stages on ImageNet, and whether they are bottlenecks (Table 1; 200: He et al. 2016, Table 5).
IMAGENET = {
    18: ((2, 2, 2, 2), False),
    34: ((3, 4, 6, 3), False),
    50: ((3, 4, 6, 3), True),
    101: ((3, 4, 23, 3), True),
    152: ((3, 8, 36, 3), True),
    200: ((3, 24, 36, 3), True),
}
#: CIFAR networks of bottlenecks, 9n + 2 layers deep (He et al. 2016, Table 3); the others have 6n + 2.
CIFAR_BOTTLENECKS = (164, 1001)
VERSIONS = ("v1", "v1.5", "v2")


class Residual(NamedTuple):
    """What all blocks of one network have in common."""

    bottleneck: bool = True
    #: v1 strides in the first 1x1 of a bottleneck, v1.5 in its 3x3; v2 normalizes before each convolution.
    version: str = "v1.5"
    #: Groups of the 3x3 convolution.
    groups: int = 1
    #: Channels of a block's output over those of the reduction in its squeeze-and-excitation; 0 for none.
    squeeze: int = 0
    #: Whether a shortcut that changes shape is a convolution (option B) or drops and pads (option A).
    projected: bool = True
    #: What v2 normalizes with.
    norm: str = "batch"
    #: Whether the norms have scales and shifts to train.
    affine: bool = True


def block(net: Network, x: Shape, inner: int, out: int, stride: int, kind: Residual) -> Shape:
    """One residual block, its inner convolutions `inner` wide."""
    if kind.version == "v2":
        return _preactivated(net, x, inner, out, stride, kind)
    if kind.bottleneck:
        first, second = (stride, 1) if kind.version == "v1" else (1, stride)
        y = conv_norm(net, x, inner, 1, first, name="reduce", affine=kind.affine)
        y = conv_norm(net, y, inner, 3, second, groups=kind.groups, name="conv3x3", affine=kind.affine)
        y = conv_norm(net, y, out, 1, activation="", name="expand", affine=kind.affine)
    else:
        y = conv_norm(net, x, inner, 3, stride, groups=kind.groups, name="conv3x3_1", affine=kind.affine)
        y = conv_norm(net, y, out, 3, activation="", name="conv3x3_2", affine=kind.affine)
    if kind.squeeze:
        y = squeeze_excite(net, y, out // kind.squeeze)
    return net.activation(net.add(y, _shortcut(net, x, y, stride, kind)))


def _shortcut(net: Network, x: Shape, y: Shape, stride: int, kind: Residual) -> Shape:
    if x.channels == y.channels and stride == 1:
        return x
    if not kind.projected:
        return y._replace(grad=x.grad)
    return conv_norm(net, x, y.channels, 1, stride, activation="", name="projection", affine=kind.affine)


def _preactivated(net: Network, x: Shape, inner: int, out: int, stride: int, kind: Residual) -> Shape:
    active = net.activation(net.norm(x, kind.norm))
    if kind.bottleneck:
        y = net.conv(active, inner, 1, bias=False, name="reduce")
        y = net.activation(net.norm(y, kind.norm))
        y = net.conv(y, inner, 3, stride, 1, groups=kind.groups, bias=False, name="conv3x3")
        y = net.activation(net.norm(y, kind.norm))
        y = net.conv(y, out, 1, bias=False, name="expand")
    else:
        y = net.conv(active, inner, 3, stride, 1, groups=kind.groups, bias=False, name="conv3x3_1")
        y = net.activation(net.norm(y, kind.norm))
        y = net.conv(y, out, 3, padding=1, bias=False, name="conv3x3_2")
    if x.channels == out and stride == 1:
        shortcut = x
    elif kind.projected:
        shortcut = net.conv(active, out, 1, stride, bias=False, name="projection")
    else:
        shortcut = y
    return net.add(y, shortcut)


def stages(
    net: Network, x: Shape, counts: Sequence[int], inner: int, out: int, kind: Residual, strides: Sequence[int] = ()
) -> Shape:
    """Stages of blocks; widths double from one to the next and only a stage's first block strides."""
    for number, count in enumerate(counts, start=1):
        stride = strides[number - 1] if strides else (1 if number == 1 else 2)
        with net.block(f"stage{number}"):
            x = block(net, x, inner, out, stride, kind)
        if count > 1:
            with net.repeat(count - 1, f"stage{number}"):
                x = block(net, x, inner, out, 1, kind)
        inner, out = 2 * inner, 2 * out
    return net.activation(net.norm(x, kind.norm)) if kind.version == "v2" else x


def stem(net: Network, image: int, width: int, version: str = "v1.5") -> Shape:
    """The 7x7 convolution and pooling that bring an image down to a quarter of its size."""
    x = net.input(3, image, image)
    if version == "v2":
        x = net.conv(x, width, 7, 2, 3, bias=False, name="stem")
    else:
        x = conv_norm(net, x, width, 7, 2, name="stem")
    return net.max_pool(x, 3, 2, 1)


def resnet(
    depth: int = 50,
    image: int | None = None,
    classes: int | None = None,
    width: int | None = None,
    version: str | float = "v1.5",
    layout: str | None = None,
    blocks: Sequence[int] | None = None,
) -> Network:
    """One image through a ResNet.

    `version: v1` is the paper's bottleneck (ResNet-50: 3.86 GMAC), v1.5 that of torchvision and most later work, which
    strides in the 3x3 convolution (4.09 GMAC), v2 the pre-activation block; basic blocks (18, 34) are the same in v1
    and v1.5. `layout: cifar` is the paper's section 4.2, with 6n + 2 layers on 32-pixel images; without it the depth
    decides. `width` is that of the stem; `blocks` gives the stages of a depth the papers do not define.
    """
    version = f"v{version_name(version)}"
    if version not in VERSIONS:
        raise unknown("version", version, VERSIONS)
    if layout is None:
        layout = "imagenet" if depth in IMAGENET or blocks is not None else "cifar"
    if layout == "cifar":
        return _cifar(depth, image, classes, width, version)
    if layout != "imagenet":
        raise unknown("layout", layout, ("imagenet", "cifar"))
    counts, bottleneck = _laid_out(depth, blocks)
    net, width = Network(), 64 if width is None else width
    require_positive(width=width)
    x = stem(net, 224 if image is None else image, width, version)
    out = 4 * width if bottleneck else width
    x = stages(net, x, counts, width, out, Residual(bottleneck, version))
    return classifier(net, x, 1000 if classes is None else classes)


def _laid_out(depth: int, blocks: Sequence[int] | None) -> tuple[Sequence[int], bool]:
    """Blocks of each stage, and whether they are bottlenecks, which depth and number of blocks tell together."""
    if blocks is None:
        if depth not in IMAGENET:
            raise unknown("depth", depth, (*IMAGENET, "another with its blocks", "6n + 2 with layout cifar"))
        return IMAGENET[depth]
    require_counts("blocks", blocks)
    basic, bottlenecks = 2 * sum(blocks) + 2, 3 * sum(blocks) + 2
    if depth not in (basic, bottlenecks):
        raise ValueError(
            f"blocks: {list(blocks)} make {basic} layers, or {bottlenecks} as bottlenecks, but depth is {depth}"
        )
    return blocks, depth == bottlenecks


def _cifar(depth: int, image: int | None, classes: int | None, width: int | None, version: str) -> Network:
    bottleneck = depth in CIFAR_BOTTLENECKS
    count, rest = divmod(depth - 2, 9 if bottleneck else 6)
    if rest or count < 1:
        small = "on CIFAR 6n + 2, such as 20, 32, 44, 56, 110, 1202"
        raise unknown("depth", depth, (*IMAGENET, small, *CIFAR_BOTTLENECKS))
    net, width, image = Network(), 16 if width is None else width, 32 if image is None else image
    require_positive(width=width)
    x = net.input(3, image, image)
    if version == "v2":
        x = net.conv(x, width, 3, padding=1, bias=False, name="stem")
    else:
        x = conv_norm(net, x, width, 3, name="stem")
    kind = Residual(bottleneck, version, projected=bottleneck)
    x = stages(net, x, (count,) * 3, width, 4 * width if bottleneck else width, kind)
    return classifier(net, x, 10 if classes is None else classes)


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TORCHVISION,
        {
            "resnet-18": (11_689_512, 1.814e9),
            "resnet-34": (21_797_672, 3.664e9),
            "resnet-50": (25_557_032, 4.089e9),
            "resnet-101": (44_549_160, 7.801e9),
            "resnet-152": (60_192_808, 11.514e9),
        },
    ),
    **stated(
        TIMM,
        {
            "resnet-200": (64.67e6, 15.07e9),
            "resnet-50-v2": (25.55e6, 4.11e9),
            "resnet-101-v2": (44.54e6, 7.83e9),
            "resnet-152-v2": (60.19e6, 11.55e9),
        },
    ),
    **stated(
        "He et al. 2015, arXiv:1512.03385, Table 6",
        {
            "resnet-20": (0.27e6, None),
            "resnet-44": (0.66e6, None),
            "resnet-56": (0.85e6, None),
            "resnet-1202": (19.4e6, None),
        },
    ),
    **stated(
        IMGCLSMOB,
        {
            "resnet-50-v1": (25_557_032, 3877.95e6),
            "resnet-101-v1": (44_549_160, 7597.95e6),
            "resnet-152-v1": (60_192_808, 11321.85e6),
            # with a norm after the stem, 128 parameters more than the authors' network
            "resnet-18-v2": (11_687_848, 1820.56e6),
            "resnet-34-v2": (21_796_008, 3672.83e6),
            "resnet-200-v2": (64_666_280, 15068.63e6),
            "resnet-164-v2": (1_703_258, None),
            "resnet-1001-v2": (10_327_706, None),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """ResNet."""
    usual = {f"resnet-{depth}": {"depth": depth} for depth in IMAGENET}
    first = {f"resnet-{depth}-v1": {"depth": depth, "version": "v1"} for depth in (50, 101, 152)}
    second = {f"resnet-{depth}-v2": {"depth": depth, "version": "v2"} for depth in IMAGENET}
    cifar = {f"resnet-{depth}": {"depth": depth} for depth in (20, 32, 44, 56, 110, 1202)}
    cifar_second = {f"resnet-{depth}-v2": {"depth": depth, "version": "v2"} for depth in CIFAR_BOTTLENECKS}
    return [
        Family(
            name="resnet",
            forward=resnet,
            example="image",
            source="He, Zhang, Ren and Sun 2015, arXiv:1512.03385, Tables 1 and 6; "
            "v2: He et al. 2016, arXiv:1603.05027; v1.5: the stride of torchvision and fb.resnet.torch",
            variants={**usual, **first, **second, **cifar, **cifar_second},
            published=PUBLISHED,
        )
    ]
