"""MobileNet v3: searched inverted residuals, some with squeeze-and-excitation."""

from __future__ import annotations

from computeest.contract import Network
from computeest_plugins.blocks import conv_norm, inverted_residual, rounded_channels, unknown

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
