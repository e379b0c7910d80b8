"""RegNet: networks whose widths grow along a quantized straight line."""

from __future__ import annotations

from itertools import groupby
from math import log

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import (
    IMGCLSMOB,
    TIMM,
    TORCHVISION,
    classifier,
    conv_norm,
    require_positive,
    rounded_channels,
    squeeze_excite,
    stated,
    unknown,
)

#: Depth, initial width, slope, quantization and group width of RegNetX and RegNetY (Tables 5 and 6).
X = {
    "200mf": (13, 24, 36.44, 2.49, 8),
    "400mf": (22, 24, 24.48, 2.54, 16),
    "600mf": (16, 48, 36.97, 2.24, 24),
    "800mf": (16, 56, 35.73, 2.28, 16),
    "1.6gf": (18, 80, 34.01, 2.25, 24),
    "3.2gf": (25, 88, 26.31, 2.25, 48),
    "4.0gf": (23, 96, 38.65, 2.43, 40),
    "6.4gf": (17, 184, 60.83, 2.07, 56),
    "8.0gf": (23, 80, 49.56, 2.88, 120),
    "12gf": (19, 168, 73.36, 2.37, 112),
    "16gf": (22, 216, 55.59, 2.1, 128),
    "32gf": (23, 320, 69.86, 2.0, 168),
}
Y = {
    "200mf": (13, 24, 36.44, 2.49, 8),
    "400mf": (16, 48, 27.89, 2.09, 8),
    "600mf": (15, 48, 32.54, 2.32, 16),
    "800mf": (14, 56, 38.84, 2.4, 16),
    "1.6gf": (27, 48, 20.71, 2.65, 24),
    "3.2gf": (21, 80, 42.63, 2.66, 24),
    "4.0gf": (22, 96, 31.41, 2.24, 64),
    "6.4gf": (25, 112, 33.22, 2.27, 72),
    "8.0gf": (17, 192, 76.82, 2.19, 56),
    "12gf": (19, 168, 73.36, 2.37, 112),
    "16gf": (18, 200, 106.23, 2.48, 112),
    "32gf": (20, 232, 115.89, 2.53, 232),
    # Goyal et al. 2021, arXiv:2103.01988, and 2022, arXiv:2202.08360
    "64gf": (20, 352, 147.48, 2.4, 328),
    "128gf": (27, 456, 160.83, 2.52, 264),
}


def stage_widths(
    depth: int, initial: int, slope: float, quantization: float, group_width: int, rounding: str = "nearest"
) -> list[tuple[int, int]]:
    """Width and number of blocks of each stage (sections 3.3 and 3.4): widths are whole multiples of their groups."""
    widths = []
    for place in range(depth):
        power = round(log((initial + slope * place) / initial) / log(quantization))
        widths.append(round(initial * quantization**power / 8) * 8)
    return [(_divisible(width, min(group_width, width), rounding), len(list(run))) for width, run in groupby(widths)]


def _divisible(width: int, group: int, rounding: str) -> int:
    return round(width / group) * group if rounding == "nearest" else rounded_channels(width, group)


def regnet(
    depth: int = 21,
    initial: int = 80,
    slope: float = 42.63,
    quantization: float = 2.66,
    group_width: int = 24,
    squeeze: float = 0.25,
    image: int = 224,
    classes: int = 1000,
    rounding: str = "nearest",
) -> Network:
    """One image through a RegNet (RegNetY-3.2GF): d, w_0, w_a, w_m and g of the paper; `squeeze: 0` makes it a RegNetX.

    Widths are rounded to the nearest multiple of the group width, as by the authors; `rounding: up` does it as
    torchvision, which in RegNetX-400MF, RegNetY-800MF and RegNetY-8GF takes the next multiple at half of one.
    """
    if rounding not in ("nearest", "up"):
        raise unknown("rounding", rounding, ("nearest", "up"))
    if initial < 8 or initial % 8 or slope < 0 or quantization <= 1 or depth < 1:
        raise ValueError(
            f"depth {depth}, initial {initial}, slope {slope}, quantization {quantization} are no RegNet; expected at "
            "least one block, an initial width divisible by 8, a slope of 0 or more and a quantization above 1"
        )
    require_positive(group_width=group_width)
    net = Network()
    x = conv_norm(net, net.input(3, image, image), 32, 3, 2, name="stem")
    for number, (width, count) in enumerate(
        stage_widths(depth, initial, slope, quantization, group_width, rounding), start=1
    ):
        for times, stride in ((1, 2), (count - 1, 1)):
            if times:
                with net.repeat(times, f"stage{number}"):
                    x = block(net, x, width, stride, min(group_width, width), squeeze)
    return classifier(net, x, classes)


def block(net: Network, x: Shape, width: int, stride: int, group: int, squeeze: float) -> Shape:
    """One residual block: narrow, grouped and wide convolution, squeeze-and-excitation between."""
    y = conv_norm(net, x, width, 1, name="reduce")
    y = conv_norm(net, y, width, 3, stride, groups=width // group, name="conv3x3")
    if squeeze:
        y = squeeze_excite(net, y, round(squeeze * x.channels))
    y = conv_norm(net, y, width, 1, activation="", name="expand")
    if stride != 1 or x.channels != width:
        x = conv_norm(net, x, width, 1, stride, activation="", name="projection")
    return net.activation(net.add(y, x))


def _keys(row: tuple[int, int, float, float, int], squeeze: float) -> dict[str, float]:
    names = ("depth", "initial", "slope", "quantization", "group_width", "squeeze")
    return dict(zip(names, (*row, squeeze), strict=True))


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TIMM,
        {
            "regnety-64gf": (281.38e6, 64.16e9),
        },
    ),
    **stated(
        IMGCLSMOB,
        {
            "regnetx-200mf": (2_684_792, None),
            "regnetx-400mf": (5_157_512, 403.45e6),
            "regnetx-600mf": (6_196_040, 608.37e6),
            "regnetx-4gf": (22_118_248, 3986.29e6),
            "regnetx-6.4gf": (26_209_256, 6491.01e6),
            "regnetx-12gf": (46_106_056, 12124.22e6),
            "regnety-200mf": (3_162_996, None),
            "regnety-600mf": (6_055_160, 610.37e6),
            "regnety-800mf": (6_263_168, 808.62e6),
            "regnety-4gf": (20_646_656, 3999.16e6),
            "regnety-6.4gf": (30_583_252, 6388.91e6),
            "regnety-8gf": (39_180_068, 7996.54e6),
            "regnety-12gf": (51_822_544, 12132.55e6),
        },
    ),
    **stated(
        TORCHVISION,
        {
            "regnetx-800mf": (7_259_656, 0.8e9),
            "regnetx-1.6gf": (9_190_136, 1.603e9),
            "regnetx-3.2gf": (15_296_552, 3.177e9),
            "regnetx-8gf": (39_572_648, 7.995e9),
            "regnetx-16gf": (54_278_536, 15.941e9),
            "regnetx-32gf": (107_811_560, 31.736e9),
            "regnety-400mf": (4_344_144, 0.402e9),
            "regnety-1.6gf": (11_202_430, 1.612e9),
            "regnety-3.2gf": (19_436_338, 3.176e9),
            "regnety-16gf": (83_590_140, 15.912e9),
            "regnety-32gf": (145_046_770, 32.28e9),
            "regnety-128gf": (644_812_894, 127.518e9),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """RegNetX and RegNetY."""
    plain = {f"regnetx-{size}".replace(".0gf", "gf"): _keys(row, 0) for size, row in X.items()}
    squeezed = {f"regnety-{size}".replace(".0gf", "gf"): _keys(row, 0.25) for size, row in Y.items()}
    return [
        Family(
            name="regnet",
            forward=regnet,
            example="image",
            source="Radosavovic et al. 2020, Designing Network Design Spaces, arXiv:2003.13678, Tables 5 and 6",
            variants={**plain, **squeezed},
            published=PUBLISHED,
        )
    ]
