"""NFNet: residual networks without norms, whose convolutions have standardized weights and a gain of each channel."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import (
    TIMM,
    classifier,
    require_counts,
    require_positive,
    rounded_channels,
    squeeze_excite,
    stated,
    unknown,
)

WIDTHS = (256, 512, 1536, 1536)
ATTENTIONS = ("se", "eca")
#: The image that is trained on and that is tested on (Table 1); F-n has n + 1 times the blocks of F0.
IMAGES = ((192, 256), (224, 320), (256, 352), (320, 416), (384, 512), (416, 544), (448, 576))
DEPTHS = (1, 2, 6, 3)


def nfnet(
    depths: Sequence[int] = DEPTHS,
    image: int = 256,
    group_width: int = 128,
    bottleneck: float = 0.5,
    attention: str = "se",
    features: int = 3072,
    skip_gain: bool = True,
    classes: int = 1000,
) -> Network:
    """One image through an NFNet of so many blocks in each of four stages.

    The 3x3 convolutions of a block have groups of `group_width` channels, at `bottleneck` of the width; what leaves a
    block is weighed by channel (`attention`), and by one number where there is a `skip_gain`.
    """
    require_counts("depths", depths)
    require_positive(image=image, group_width=group_width, bottleneck=bottleneck, features=features, classes=classes)
    if len(depths) != len(WIDTHS):
        raise ValueError(f"depths: {len(depths)} stages; expected {len(WIDTHS)}")
    if attention not in ATTENTIONS:
        raise unknown("attention", attention, ATTENTIONS)
    net = Network()
    x = net.input(3, image, image)
    for number, (out, stride) in enumerate(((16, 2), (32, 1), (64, 1), (128, 2)), 1):
        x = _scaled(net, x, out, 3, stride, name=f"stem{number}")
        x = net.activation(x, "gelu") if number < 4 else x
    for stage, (count, width) in enumerate(zip(depths, WIDTHS, strict=True)):
        groups = max(1, int(width * bottleneck) // group_width)
        for number in range(min(count, 2)):
            stride = 2 if stage and not number else 1
            with net.repeat(1 if not number else count - 1, f"stage{stage + 1}"):
                x = _block(net, x, width, (groups * group_width, groups), stride, attention)
                if skip_gain:
                    net.parameter(1, "skip_gain")
    x = net.activation(_scaled(net, x, features, 1, name="final"), "gelu")
    return classifier(net, x, classes)


def _scaled(net: Network, x: Shape, out: int, kernel: int, stride: int = 1, groups: int = 1,
            name: str = "conv") -> Shape:  # fmt: skip
    """A convolution whose weights are standardized, with a bias and a gain of each channel."""
    net.parameter(out, f"{name}.gain")
    return net.conv(x, out, kernel, stride, kernel // 2, groups=groups, name=name)


def _block(net: Network, x: Shape, width: int, middle: tuple[int, int], stride: int, attention: str) -> Shape:
    y = net.activation(x, "gelu")
    shortcut = x
    if stride > 1 or x.channels != width:
        pooled = net.avg_pool(y, 2, 2, ceil=True) if stride > 1 else y
        shortcut = _scaled(net, pooled, width, 1, name="shortcut")
    inner, groups = middle
    y = net.activation(_scaled(net, y, inner, 1, name="reduce"), "gelu")
    y = net.activation(_scaled(net, y, inner, 3, stride, groups, name="conv1"), "gelu")
    y = net.activation(_scaled(net, y, inner, 3, 1, groups, name="conv2"), "gelu")
    y = _scaled(net, y, width, 1, name="expand")
    if attention == "se":
        y = squeeze_excite(net, y, rounded_channels(width / 2, 8, 0))
    else:
        kernel = 5  # of the channels' own number, as ECA-Net has it: from 256 to 2,048 of them
        means = net.global_pool(y)
        net.conv(Shape(1, (width,), means.grad, width), 1, kernel, 1, kernel // 2, bias=False, name="attention")
        y = net.multiply(y, means)
    return net.add(y, shortcut)


@hookimpl
def computeest_families() -> list[Family]:
    """NFNet."""
    paper = "Brock et al. 2021, High-Performance Large-Scale Image Recognition Without Normalization, arXiv:2102.06171"
    sizes = (71.49, 132.63, 193.78, 254.92, 316.07, 377.21, 438.36)
    return [
        Family(
            name="nfnet",
            forward=nfnet,
            example="image",
            source=f"{paper}, Tables 1 and 2",
            variants={f"nfnet-f{number}": {"depths": tuple(blocks * (number + 1) for blocks in DEPTHS), "image": image}
                      for number, (image, _) in enumerate(IMAGES)},
            published=stated(TIMM, {f"nfnet-f{number}": (size * 1e6, None) for number, size in enumerate(sizes)}),
        )
    ]  # fmt: skip
