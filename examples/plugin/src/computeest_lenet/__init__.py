"""LeNet: the convolutional networks that read handwritten digits in the 1990s."""

from __future__ import annotations

from computeest.contract import Family, Network, Published, Shape, hookimpl

__version__ = "0.1.0"

#: Which of the six pooled maps each of the sixteen of C3 sees: so many of them see so many (Table I).
CONNECTIONS = ((6, 3), (9, 4), (1, 6))


def lenet(image: int = 32, classes: int = 10, hidden: int = 84) -> Network:
    """One image through LeNet-5, layer names as in the paper's section II.B."""
    net = Network()
    x = net.input(1, image, image)
    x = net.activation(net.conv(x, 6, kernel=5, name="C1"), "tanh")
    x = subsample(net, x, "S2")
    x = net.activation(partly_connected(net, x, "C3"), "tanh")
    x = subsample(net, x, "S4")
    x = net.activation(net.conv(x, 120, kernel=5, name="C5"), "tanh")
    x = net.activation(net.linear(net.global_pool(x), hidden, name="F6"), "tanh")
    with net.frozen():  # each output is the distance to a bitmap drawn by hand
        net.linear(x, classes, bias=False, name="output", term="logits")
    return net


def subsample(net: Network, x: Shape, name: str) -> Shape:
    """The mean of 2 x 2 neighbours, times a trained coefficient, plus a trained bias, for each map."""
    net.parameter(2 * x.channels, name)
    return net.activation(net.avg_pool(x, 2), "sigmoid")


def partly_connected(net: Network, x: Shape, name: str) -> Shape:
    """A convolution whose maps see some of the input's maps only."""
    maps = [net.conv(x._replace(channels=seen), count, kernel=5, name=name) for count, seen in CONNECTIONS]
    return net.concat(*maps)


@hookimpl
def computeest_families() -> list[Family]:
    """The families this package brings."""
    return [
        Family(
            name="lenet",
            forward=lenet,
            example="image",
            source="LeCun, Bottou, Bengio and Haffner 1998, doi:10.1109/5.726791, section II.B",
            variants={"lenet-5": {"image": 32, "classes": 10}},
            published={"lenet-5": Published("LeCun et al. 1998, section II.B", trainable_parameters=60_000)},
        )
    ]
