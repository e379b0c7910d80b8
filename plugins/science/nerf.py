"""NeRF: a scene held in an MLP that is asked for the colour and density of points along rays."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, hookimpl
from computeest_plugins.blocks import require_positive


def nerf(
    layers: int = 8,
    width: int = 256,
    samples: int = 64,
    fine_samples: int = 128,
    position_frequencies: int = 10,
    direction_frequencies: int = 4,
) -> Network:
    """One ray through a NeRF: a coarse network at `samples` points, a fine one at those and `fine_samples` more.

    Points and directions are written in sines of so many frequencies; the middle layer sees the point once more.
    """
    require_positive(layers=layers, width=width, samples=samples)
    if min(fine_samples, position_frequencies, direction_frequencies) < 0:
        raise ValueError("fine_samples and frequencies cannot be negative; expected 0 or more")
    net = Network()
    for name, points in (("coarse", samples), ("fine", samples + fine_samples if fine_samples else 0)):
        if points:
            with net.block(name):
                _asked(net, points, layers, width, 3 + 6 * position_frequencies, 3 + 6 * direction_frequencies)
    return net


def _asked(net: Network, points: int, layers: int, width: int, position: int, direction: int) -> None:
    seen = net.input(position, points)
    x = seen
    for number in range(1, layers + 1):
        if number == layers // 2 + 2:
            x = net.concat(x, seen)
        x = net.activation(net.linear(x, width, name=f"layer{number}"))
    net.linear(x, 1, name="density")
    x = net.concat(net.linear(x, width, name="feature"), net.input(direction, points))
    x = net.activation(net.linear(x, max(1, width // 2), name="view"))
    net.linear(x, 3, name="colour", term="logits")


VARIANTS: dict[str, dict[str, Any]] = {"nerf": {}}
PUBLISHED: dict[str, Published] = {
    # 595,844 weights for each of the two networks
    "nerf": Published("Mildenhall et al. 2020, release bmild/nerf (run_nerf_helpers.py)", parameters=2 * 595_844),
}


@hookimpl
def computeest_families() -> list[Family]:
    """NeRF."""
    return [
        Family(
            name="nerf",
            forward=nerf,
            example="ray",
            source="Mildenhall et al. 2020, arXiv:2003.08934, sections 5 and A",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
