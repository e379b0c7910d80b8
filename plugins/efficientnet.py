"""EfficientNet: inverted residuals scaled in depth, width and resolution together."""

from __future__ import annotations

from math import ceil

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
)

#: Expansion, kernel, stride, channels and repeats of the stages of B0 (Table 1).
STAGES = (
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)  # fmt: skip
#: Width, depth and image of the scaled networks: the authors' release; b8: arXiv:1911.09665; l2: arXiv:1911.04252.
SIZES = {
    "b0": (1.0, 1.0, 224),
    "b1": (1.0, 1.1, 240),
    "b2": (1.1, 1.2, 260),
    "b3": (1.2, 1.4, 300),
    "b4": (1.4, 1.8, 380),
    "b5": (1.6, 2.2, 456),
    "b6": (1.8, 2.6, 528),
    "b7": (2.0, 3.1, 600),
    "b8": (2.2, 3.6, 672),
    "l2": (4.3, 5.3, 800),
    "lite0": (1.0, 1.0, 224),
    "lite1": (1.0, 1.1, 240),
    "lite2": (1.1, 1.2, 260),
    "lite3": (1.2, 1.4, 280),
    "lite4": (1.4, 1.8, 300),
}


def efficientnet(
    size: str = "b0",
    image: int | None = None,
    classes: int = 1000,
    width: float | None = None,
    depth: float | None = None,
) -> Network:
    """One image through an EfficientNet; `size` gives width, depth and image where they are not given themselves.

    The lite networks have no squeeze-and-excitation, and what comes before and after their stages, the first and the
    last stage's depth too, stays as in B0.
    """
    if size not in SIZES:
        raise unknown("size", size, SIZES)
    usual_width, usual_depth, usual_image = SIZES[size]
    width = usual_width if width is None else width
    depth = usual_depth if depth is None else depth
    side = usual_image if image is None else image
    require_positive(width=width, depth=depth)
    lite = size.startswith("lite")
    activation, ends = ("relu6", 1.0) if lite else ("silu", width)
    net = Network()
    x = conv_norm(net, net.input(3, side, side), rounded_channels(32 * ends), 3, 2, activation=activation, name="stem")
    for number, (expansion, kernel, stride, channels, repeats) in enumerate(STAGES, start=1):
        fixed = lite and number in (1, len(STAGES))
        count = repeats if fixed else ceil(repeats * depth)
        for times, step in ((1, stride), (count - 1, 1)):
            if times:
                with net.repeat(times, f"stage{number}"):
                    squeeze, expanded = 0 if lite else max(1, x.channels // 4), expansion * x.channels
                    out = rounded_channels(channels * width)
                    x = inverted_residual(net, x, expanded, out, kernel, step, squeeze, activation, activation)
    x = conv_norm(net, x, rounded_channels(1280 * ends), 1, activation=activation, name="last")
    return classifier(net, x, classes)


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TORCHVISION,
        {
            "efficientnet-b0": (5_288_548, 0.386e9),
            "efficientnet-b1": (7_794_184, 0.687e9),
            "efficientnet-b3": (12_233_232, 1.827e9),
            "efficientnet-b4": (19_341_616, 4.394e9),
            "efficientnet-b5": (30_389_784, 10.266e9),
            "efficientnet-b6": (43_040_704, 19.068e9),
            "efficientnet-b7": (66_347_960, 37.746e9),
        },
    ),
    **stated(
        "Tan and Le, arXiv:1905.11946, Table 2 (its 9.2M for B2 are 9.1M in every release)",
        {
            "efficientnet-b2": (None, 1.0e9),
        },
    ),
    **stated(
        TIMM,
        {
            "efficientnet-lite0": (4.65e6, None),
            "efficientnet-lite1": (5.42e6, None),
            "efficientnet-lite2": (6.09e6, None),
            "efficientnet-lite3": (8.20e6, None),
            "efficientnet-lite4": (13.01e6, None),
            "efficientnet-b8": (87.41e6, 63.48e9),
            "efficientnet-l2": (480.31e6, 479.12e9),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """EfficientNet."""
    return [
        Family(
            name="efficientnet",
            forward=efficientnet,
            example="image",
            source="Tan and Le 2019, arXiv:1905.11946, Table 1; B1 to B7 and lite: the authors' release",
            variants={f"efficientnet-{size}": {"size": size} for size in SIZES},
            published=PUBLISHED,
        )
    ]
