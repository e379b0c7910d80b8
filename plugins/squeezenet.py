"""SqueezeNet: fire modules that squeeze channels before widening them."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TORCHVISION, stated, unknown, version_name

#: Squeeze channels of the eight fire modules; each expands to four times as many 1x1 and as many 3x3 filters.
SQUEEZE = (16, 16, 32, 32, 48, 48, 64, 64)
#: version -> filters and size of the first convolution, and the fire modules a pooling follows.
VERSIONS = {"1.0": (96, 7, (3, 7)), "1.1": (64, 3, (2, 4))}


def squeezenet(version: str | float = "1.0", image: int = 224, classes: int = 1000) -> Network:
    """One image through SqueezeNet 1.0 (the paper's) or 1.1 (the authors' release with 2.4 times less work)."""
    if version_name(version) not in VERSIONS:
        raise unknown("version", version, VERSIONS)
    filters, kernel, pooled = VERSIONS[version_name(version)]
    net = Network()
    x = net.activation(net.conv(net.input(3, image, image), filters, kernel, 2, name="conv1"))
    x = net.max_pool(x, 3, 2, ceil=True)
    for number, squeeze in enumerate(SQUEEZE, start=1):
        with net.block(f"fire{number + 1}"):
            x = _fire(net, x, squeeze)
        if number in pooled:
            x = net.max_pool(x, 3, 2, ceil=True)
    x = net.activation(net.linear(x, classes, name="conv10", term="logits"))
    net.global_pool(x)
    return net


def _fire(net: Network, x: Shape, squeeze: int) -> Shape:
    x = net.activation(net.conv(x, squeeze, 1, name="squeeze"))
    narrow = net.activation(net.conv(x, 4 * squeeze, 1, name="expand1x1"))
    wide = net.activation(net.conv(x, 4 * squeeze, 3, padding=1, name="expand3x3"))
    return net.concat(narrow, wide)


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TORCHVISION,
        {
            "squeezenet-1.0": (1_248_424, 0.819e9),
            "squeezenet-1.1": (1_235_496, 0.349e9),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """SqueezeNet."""
    return [
        Family(
            name="squeezenet",
            forward=squeezenet,
            example="image",
            source="Iandola et al. 2016, arXiv:1602.07360, Table 1; 1.1: the authors' repository DeepScale/SqueezeNet",
            variants={f"squeezenet-{version}": {"version": version} for version in VERSIONS},
            published=PUBLISHED,
        )
    ]
