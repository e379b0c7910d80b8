"""Xception: Inception modules taken to depthwise separable convolutions."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, classifier, conv_norm, require_positive, separable, stated


def xception(image: int = 299, classes: int = 1000, middle: int = 8) -> Network:
    """One image through Xception; `middle` is how many times the middle flow of Figure 5 is repeated."""
    require_positive(middle=middle)
    net = Network()
    x = conv_norm(net, net.input(3, image, image), 32, 3, 2, 0, name="conv1")
    x = conv_norm(net, x, 64, 3, padding=0, name="conv2")
    for number, width in enumerate((128, 256, 728), start=1):
        with net.block(f"entry{number}"):
            x = _strided(net, x, width, width)
    with net.repeat(middle, "middle"):
        y = x
        for number in (1, 2, 3):
            y = separable(net, net.activation(y), 728, name=f"separable{number}")
        x = net.add(x, y)
    with net.block("exit"):
        x = _strided(net, x, 728, 1024)
        x = net.activation(separable(net, x, 1536, name="separable3"))
        x = net.activation(separable(net, x, 2048, name="separable4"))
    return classifier(net, x, classes)


def _strided(net: Network, x: Shape, inner: int, out: int) -> Shape:
    y = separable(net, net.activation(x), inner, name="separable1")
    y = separable(net, net.activation(y), out, name="separable2")
    y = net.max_pool(y, 3, 2, 1)
    return net.add(y, conv_norm(net, x, out, 1, 2, activation="", name="projection"))


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TIMM,
        {
            "xception": (22.86e6, 8.4e9),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Xception."""
    return [
        Family(
            name="xception",
            forward=xception,
            example="image",
            source="Chollet 2017, arXiv:1610.02357, Figure 5",
            variants={"xception": {}},
            published=PUBLISHED,
        )
    ]
