"""Multi-layer perceptrons: fully connected layers one after another."""

from __future__ import annotations

from collections.abc import Sequence

from computeest.contract import Family, Network, Published, hookimpl


def mlp(
    inputs: int = 784,
    hidden: int | Sequence[int] = 800,
    outputs: int = 10,
    layers: int | None = None,
    bias: bool = True,
) -> Network:
    """One vector through hidden layers of the widths given, or `layers` of one width."""
    widths = [hidden] * (1 if layers is None else 0) if isinstance(hidden, int) else list(hidden)
    if layers is not None and not isinstance(hidden, int):
        raise ValueError("layers: the widths in hidden already say how many layers there are; give one of the two")
    net = Network()
    x = net.input(inputs)
    if isinstance(hidden, int) and layers is not None:
        if layers < 1:
            raise ValueError(f"layers: {layers} hidden layers; expected at least 1")
        x = net.stack(layers, x, lambda y: net.activation(net.linear(y, hidden, bias)), "hidden")
    for width in widths:
        x = net.activation(net.linear(x, width, bias, "hidden"))
    net.linear(x, outputs, bias, "outputs", "logits")
    return net


PUBLISHED: dict[str, Published] = {
    "mlp-800": Published("ktorch contributors 2020, documentation: MNIST, 800 units", parameters=636_010),
    "ciresan-mlp": Published("Ciresan et al. 2010, arXiv:1003.0358, Table 1", parameters=12.11e6),
}


@hookimpl
def computeest_families() -> list[Family]:
    """The multi-layer perceptron."""
    return [
        Family(
            name="mlp",
            forward=mlp,
            example="vector",
            source="Rumelhart, Hinton and Williams 1986, doi:10.1038/323533a0; mlp-800: Simard et al. 2003, "
            "doi:10.1109/ICDAR.2003.1227801; Ciresan et al. 2010, arXiv:1003.0358, Table 1",
            variants={
                "mlp-800": {},
                "ciresan-mlp": {"inputs": 841, "hidden": (2500, 2000, 1500, 1000, 500)},
            },
            published=PUBLISHED,
        )
    ]
