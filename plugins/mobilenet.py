"""MobileNet v1, v2 and v3: depthwise convolutions between pointwise ones."""

from __future__ import annotations

from computeest.contract import Family, Network, hookimpl
from computeest_plugins.blocks import (
    TIMM,
    TORCHVISION,
    classifier,
    conv_norm,
    inverted_residual,
    require_positive,
    rounded_channels,
    stated,
    unknown,
    version_name,
)

RE, HS = "relu", "hard_swish"
#: Kernel, expansion size, output channels, squeeze-and-excitation, activation and stride (Tables 1 and 2).
LAYERS = {
    "large": (
        (3, 16, 16, False, RE, 1),
        (3, 64, 24, False, RE, 2),
        (3, 72, 24, False, RE, 1),
        (5, 72, 40, True, RE, 2),
        (5, 120, 40, True, RE, 1),
        (5, 120, 40, True, RE, 1),
        (3, 240, 80, False, HS, 2),
        (3, 200, 80, False, HS, 1),
        (3, 184, 80, False, HS, 1),
        (3, 184, 80, False, HS, 1),
        (3, 480, 112, True, HS, 1),
        (3, 672, 112, True, HS, 1),
        (5, 672, 160, True, HS, 2),
        (5, 960, 160, True, HS, 1),
        (5, 960, 160, True, HS, 1),
    ),
    "small": (
        (3, 16, 16, True, RE, 2),
        (3, 72, 24, False, RE, 2),
        (3, 88, 24, False, RE, 1),
        (5, 96, 40, True, HS, 2),
        (5, 240, 40, True, HS, 1),
        (5, 240, 40, True, HS, 1),
        (5, 120, 48, True, HS, 1),
        (5, 144, 48, True, HS, 1),
        (5, 288, 96, True, HS, 2),
        (5, 576, 96, True, HS, 1),
        (5, 576, 96, True, HS, 1),
    ),
}
#: Channels of the layer before the classifier; a width below 1 leaves them as they are.
LAST = {"large": 1280, "small": 1024}


def mobilenet_v3(size: str = "large", width: float = 1, image: int = 224, classes: int = 1000) -> Network:
    """One image through MobileNet v3, large or small."""
    if size not in LAYERS:
        raise unknown("size", size, LAYERS)
    net = Network()
    x = conv_norm(net, net.input(3, image, image), rounded_channels(16 * width), 3, 2, activation=HS, name="stem")
    before = 16
    for number, (kernel, expansion, channels, squeezed, activation, stride) in enumerate(LAYERS[size], start=1):
        # a width multiplies the input of each layer, whose expansion keeps its ratio to it (the authors' release)
        expanded = rounded_channels(x.channels * expansion / before)
        before = channels
        squeeze = rounded_channels(expanded // 4) if squeezed else 0
        out = rounded_channels(channels * width)
        with net.block(f"bneck{number}"):
            x = inverted_residual(net, x, expanded, out, kernel, stride, squeeze, activation, gate="hard_sigmoid")
    x = conv_norm(net, x, 6 * x.channels, 1, activation=HS, name="last")
    x = net.linear(net.global_pool(x), rounded_channels(LAST[size] * max(1, width)), name="hidden")
    net.linear(net.activation(x, HS), classes, name="classifier", term="logits")
    return net


#: Output channels and stride of the thirteen separable layers (v1, Table 1).
SEPARABLE = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),
    (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1),
)  # fmt: skip
#: Expansion, channels, repeats and stride of the inverted residuals (v2, Table 2).
INVERTED = (
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
)  # fmt: skip


def mobilenet_v1(width: float = 1, image: int = 224, classes: int = 1000) -> Network:
    """One image through MobileNet v1; `width` is the width multiplier."""
    net = Network()
    x = conv_norm(net, net.input(3, image, image), int(32 * width), 3, 2, name="stem")
    for channels, stride in SEPARABLE:
        x = conv_norm(net, x, x.channels, 3, stride, groups=x.channels, name="depthwise")
        x = conv_norm(net, x, int(channels * width), 1, name="pointwise")
    return classifier(net, x, classes)


def mobilenet_v2(width: float = 1, image: int = 224, classes: int = 1000) -> Network:
    """One image through MobileNet v2; widths below 1 leave the last layer at 1280 channels."""
    net = Network()
    x = conv_norm(net, net.input(3, image, image), rounded_channels(32 * width), 3, 2, activation="relu6", name="stem")
    for number, (expansion, channels, repeats, stride) in enumerate(INVERTED, start=1):
        out = rounded_channels(channels * width)
        with net.block(f"stage{number}"):
            x = inverted_residual(net, x, expansion * x.channels, out, stride=stride)
        if repeats > 1:
            with net.repeat(repeats - 1, f"stage{number}"):
                x = inverted_residual(net, x, expansion * x.channels, out)
    x = conv_norm(net, x, rounded_channels(1280 * max(1, width)), 1, activation="relu6", name="last")
    return classifier(net, x, classes)


def mobilenet(
    version: str | float = 1, width: float = 1, image: int = 224, classes: int = 1000, size: str | None = None
) -> Network:
    """One image through a MobileNet; `width` multiplies all channels, `size` is v3's: large or small."""
    require_positive(width=width)
    name = version_name(version)
    if name == "3":
        return mobilenet_v3("large" if size is None else size, width, image, classes)
    if size is not None:
        raise ValueError(f"size: only version 3 has sizes ({', '.join(LAYERS)}), not version {version}")
    if name == "1":
        return mobilenet_v1(width, image, classes)
    if name == "2":
        return mobilenet_v2(width, image, classes)
    raise unknown("version", version, (1, 2, 3))


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TIMM,
        {
            "mobilenet-v2-1.4": (6.11e6, None),
            "mobilenet-v2-0.75": (2.64e6, None),
            "mobilenet-v2-0.5": (1.97e6, None),
            "mobilenet-v2-0.35": (1.68e6, None),
            "mobilenet-v3-small-0.75": (2.04e6, None),
        },
    ),
    **stated(
        TORCHVISION,
        {
            "mobilenet-v2-1.0": (3_504_872, 0.301e9),
            "mobilenet-v3-large-1.0": (5_483_032, 0.217e9),
            "mobilenet-v3-small-1.0": (2_542_856, 0.057e9),
        },
    ),
    **stated(
        "Sandler and Howard 2019, TF-Slim nets/mobilenet/README.md (not its parameters of v2 and small 0.75)",
        {
            "mobilenet-v2-1.3": (None, 509e6),
            "mobilenet-v3-large-0.75": (4.0e6, 155e6),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """MobileNet v1, v2 and v3."""
    first = {f"mobilenet-v1-{width}": {"version": 1, "width": width} for width in (1.0, 0.75, 0.5, 0.25)}
    second = {f"mobilenet-v2-{width}": {"version": 2, "width": width} for width in (1.4, 1.3, 1.0, 0.75, 0.5, 0.35)}
    third = {
        f"mobilenet-v3-{size}-{width}": {"version": 3, "size": size, "width": width}
        for size in LAYERS
        for width in (1.0, 0.75)
    }
    return [
        Family(
            name="mobilenet",
            forward=mobilenet,
            example="image",
            source="v1: Howard et al. 2017, arXiv:1704.04861, Table 1; v2: Sandler et al. 2018, arXiv:1801.04381, "
            "Table 2; v3: Howard et al. 2019, arXiv:1905.02244, Tables 1 and 2",
            variants={**first, **second, **third},
            published=PUBLISHED,
        )
    ]
