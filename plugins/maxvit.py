"""MaxViT: in every block a convolution, attention within windows, and attention over a grid that spans the image."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import TORCHVISION, conv_norm, require_counts, require_positive, squeeze_excite

#: Channels of the stem and of four stages, and blocks of each (Tu et al. 2022, Table 1; the XL of its release).
MEMBERS: dict[str, tuple[int, tuple[int, ...], tuple[int, ...]]] = {
    "maxvit-tiny": (64, (64, 128, 256, 512), (2, 2, 5, 2)),
    "maxvit-small": (64, (96, 192, 384, 768), (2, 2, 5, 2)),
    "maxvit-base": (64, (96, 192, 384, 768), (2, 6, 14, 2)),
    "maxvit-large": (128, (128, 256, 512, 1024), (2, 6, 14, 2)),
    "maxvit-xlarge": (192, (192, 384, 768, 1536), (2, 6, 14, 2)),
}


def maxvit(
    stem: int = 64,
    widths: Sequence[int] = (64, 128, 256, 512),
    layers: Sequence[int] = (2, 2, 5, 2),
    image: int = 224,
    head_dim: int = 32,
    classes: int = 1000,
) -> Network:
    """One image through a MaxViT (tiny); windows and grids are 7 places wide at 224 pixels, an image's 32nd part."""
    require_counts("layers", layers)
    require_positive(stem=stem, head_dim=head_dim, classes=classes)
    if len(widths) != len(layers):
        raise ValueError(f"widths: {len(widths)} of them for {len(layers)} stages; expected one a stage")
    if image % 32:
        raise ValueError(f"image: {image} pixels are not divisible by 32, and windows must fit every map")
    net, window = Network(), image // 32
    x = conv_norm(net, net.input(3, image, image), stem, 3, 2, activation="gelu", name="stem.conv1")
    x = net.conv(x, stem, 3, padding=1, name="stem.conv2")
    for number, (width, count) in enumerate(zip(widths, layers, strict=True), start=1):
        if width < 1 or width % head_dim:
            raise ValueError(f"widths: {width} channels do not divide into heads of {head_dim}")
        for times, stride in ((1, 2), (count - 1, 1)):
            if times:
                with net.repeat(times, f"stage{number}"):
                    x = _convolved(net, x, width, stride)
                    x = _attended(net, x, window, head_dim, "window")
                    x = _attended(net, x, window, head_dim, "grid")
    x = net.layer_norm(net.global_pool(x))
    x = net.activation(net.linear(x, x.channels, name="hidden"), "tanh")
    net.linear(x, classes, bias=False, name="classifier", term="logits")
    return net


def _convolved(net: Network, x: Shape, width: int, stride: int) -> Shape:
    """An inverted residual that norms first and widens to four times its output."""
    shortcut = x
    if stride > 1:
        shortcut = net.avg_pool(shortcut, 3, stride, 1)
    if stride > 1 or x.channels != width:
        shortcut = net.conv(shortcut, width, 1, name="shortcut")
    y = conv_norm(net, net.batch_norm(x), 4 * width, 1, activation="gelu", name="expand")
    y = conv_norm(net, y, 4 * width, 3, stride, groups=4 * width, activation="gelu", name="depthwise")
    y = squeeze_excite(net, y, width // 4, "silu")
    return net.add(shortcut, net.conv(y, width, 1, name="project"))


def _attended(net: Network, x: Shape, window: int, head_dim: int, name: str) -> Shape:
    """Attention among window x window places, neighbours or spread over the image, and an MLP."""
    grid, places, width = x.size, window * window, x.channels
    heads, windows = width // head_dim, max(1, x.positions // places)
    x = net.sequence(x)
    y = net.linear(net.layer_norm(x), 3 * width, name=f"{name}.qkv", term="attention projections")
    net.parameter((2 * window - 1) ** 2 * heads, f"{name}.distances")
    net.matmul(y, places, head_dim, places, heads * windows, f"{name}.scores")
    net.matmul(y, places, places, head_dim, heads * windows, f"{name}.values")
    x = net.add(x, net.linear(y._replace(channels=width), width, name=f"{name}.out", term="attention projections"))
    x = net.add(x, net.mlp(net.layer_norm(x), 4 * width, name=f"{name}.mlp"))
    return x._replace(size=grid)


_TABLE = "Tu et al. 2022, arXiv:2204.01697, Table 2 (ImageNet-1k, 224 pixels)"
PUBLISHED: dict[str, Published] = {
    "maxvit-tiny": Published(TORCHVISION, parameters=30_919_624, forward_macs=5.558e9),
    "maxvit-small": Published(_TABLE, parameters=69e6, forward_macs=11.7e9),
    # its 23.4 G multiply-adds are 2 % less than those of the shape it gives
    "maxvit-base": Published(_TABLE, parameters=120e6),
    "maxvit-large": Published(_TABLE, parameters=212e6, forward_macs=43.9e9),
    "maxvit-xlarge": Published("Tu et al. 2022, arXiv:2204.01697, Table 3", parameters=475e6),
}


@hookimpl
def computeest_families() -> list[Family]:
    """MaxViT."""
    return [
        Family(
            name="maxvit",
            forward=maxvit,
            example="image",
            source="Tu et al. 2022, arXiv:2204.01697, sections 3.1 to 3.3 and Table 1",
            variants={
                name: {"stem": stem, "widths": widths, "layers": layers}
                for name, (stem, widths, layers) in MEMBERS.items()
            },
            published=PUBLISHED,
        )
    ]
