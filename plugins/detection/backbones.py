"""What detectors and segmenters look at: maps of a ResNet or a MobileNet at several scales, the pyramid over them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

from computeest.contract import Network, Shape
from computeest_plugins.blocks import conv_norm, inverted_residual, rounded_channels, unknown
from computeest_plugins.mobilenet import HS, LAYERS
from computeest_plugins.resnet import IMAGENET, Residual, block

#: Multiple that detectors pad images to, so that every map of the pyramid is half of the one before.
DIVISOR = 32


def sides(height: int, width: int | None, divisor: int = DIVISOR) -> tuple[int, int]:
    """Height and width (a square where only one is given), padded to a multiple of `divisor`."""
    width = height if width is None else width
    if height < 1 or width < 1:
        raise ValueError(f"an image of {height} x {width} pixels is empty; expected at least 1 x 1")
    return -(-height // divisor) * divisor, -(-width // divisor) * divisor


def resnet_maps(
    net: Network,
    x: Shape,
    depth: int,
    frozen_stages: int = 0,
    affine: bool = True,
    dilated: int = 0,
    counts: Sequence[int] | None = None,
) -> list[Shape]:
    """The outputs of a ResNet's four stages; the stem is stage 1 of `frozen_stages`, as Detectron counts them.

    `dilated` of the last stages keep their resolution, widening the reach of their convolutions instead (DeepLab).
    """
    if depth not in IMAGENET:
        raise unknown("depth", depth, IMAGENET)
    if not 0 <= frozen_stages <= 5:
        raise ValueError(f"frozen_stages: {frozen_stages} of five stages; expected between 0 and 5")
    blocks, bottleneck = IMAGENET[depth]
    kind = Residual(bottleneck, affine=affine)
    with net.frozen() if frozen_stages else nullcontext():
        x = net.max_pool(conv_norm(net, x, 64, 7, 2, name="stem", affine=affine), 3, 2, 1)
    maps, inner = [], 64
    for number, count in enumerate(counts or blocks, start=1):
        stride = 1 if number == 1 or number > 4 - dilated else 2
        out = inner * (4 if bottleneck else 1)
        with net.frozen() if number < frozen_stages else nullcontext():
            with net.block(f"stage{number}"):
                x = block(net, x, inner, out, stride, kind)
            if count > 1:
                with net.repeat(count - 1, f"stage{number}"):
                    x = block(net, x, inner, out, 1, kind)
        maps.append(x)
        inner *= 2
    return maps


#: The first layer of each stage of a MobileNet v3, large: its stem, those that halve the map, its last convolution.
_MOBILE_STAGES = (0, 2, 4, 7, 13, 16)


def mobilenet_maps(
    net: Network, x: Shape, frozen_stages: int = 0, affine: bool = True, narrow: bool = False
) -> tuple[list[Shape], Shape]:
    """A MobileNet v3, large: the outputs of its last layer that halves and of its last convolution.

    And what that layer looks at, widened, the finest map of SSDLite (Howard et al. 2019, section 6.3). `narrow` halves
    the channels from that layer on; `frozen_stages` counts the stem as one of six.
    """
    if not 0 <= frozen_stages <= len(_MOBILE_STAGES):
        raise ValueError(f"frozen_stages: {frozen_stages} of six stages; expected between 0 and 6")
    trained_from = (*_MOBILE_STAGES, len(LAYERS["large"]) + 2)[frozen_stages]
    last_halving, share = _MOBILE_STAGES[-2], 2 if narrow else 1
    with net.frozen() if trained_from > 0 else nullcontext():
        x = conv_norm(net, x, 16, 3, 2, activation=HS, name="stem", affine=affine)
    widened = halved = x
    for number, (kernel, expansion, channels, squeezed, activation, stride) in enumerate(LAYERS["large"], start=1):
        expanded = expansion // share if number > last_halving else expansion
        out = channels // share if number >= last_halving else channels
        squeeze = rounded_channels(expanded // 4) if squeezed else 0
        if number == last_halving:
            widened = Shape(expanded, x.size, x.grad, x.positions)
        with net.frozen() if number < trained_from else nullcontext(), net.block(f"bneck{number}"):
            x = inverted_residual(
                net, x, expanded, out, kernel, stride, squeeze, activation, gate="hard_sigmoid", affine=affine
            )
        if number == last_halving:
            halved = x
    with net.frozen() if _MOBILE_STAGES[-1] < trained_from else nullcontext():
        x = conv_norm(net, x, 6 * x.channels, 1, activation=HS, name="last", affine=affine)
    return [halved, x], widened


def pyramid(net: Network, maps: Sequence[Shape], width: int = 256, normed: bool = False) -> list[Shape]:
    """A feature pyramid: each map brought to `width` channels, the coarser one added, and smoothed (Lin 2017)."""
    found = []
    for x in maps:
        with net.block("pyramid"):
            y = net.conv(x, width, 1, bias=not normed, name="lateral")
            y = net.batch_norm(y) if normed else y
            if x is not maps[-1]:
                y = net.add(y, y, name="top_down")
            y = net.conv(y, width, 3, padding=1, bias=not normed, name="output")
            found.append(net.batch_norm(y) if normed else y)
    return found
