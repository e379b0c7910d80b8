"""RAFT: optical flow between two images from all pairs of their positions, corrected again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import TORCHVISION, flowing, require_positive, unknown

#: Each version's channels: of an encoder's stem and three stages, of its output, of the hidden state; then the reach of
#: a look-up, and hidden channels of correlations, of flow, of motion and of the head (Teed and Deng 2020, appendix A).
VERSIONS: dict[str, dict[str, Any]] = {
    "large": {"stages": (64, 64, 96, 128), "features": 256, "context": 256, "hidden": 128, "radius": 4,
              "correlations": (256, 192), "flow": (128, 64), "motion": 128, "head": 256},
    "small": {"stages": (32, 32, 64, 96), "features": 128, "context": 160, "hidden": 96, "radius": 3,
              "correlations": (96,), "flow": (64, 32), "motion": 82, "head": 128},
}  # fmt: skip
#: Levels of the correlation volume; pixels along a side of which flow has one value, and neighbours it is weighed over.
LEVELS, SIDE, NEIGHBOURS = 4, 8, 9
#: More updates than anybody makes.
MOST_UPDATES = 1000


@dataclass(frozen=True, slots=True)
class Raft:
    """What `architecture:` may state of a RAFT."""

    version: str = "large"
    image: int = 368
    image_width: int | None = 496
    updates: int = 12


def raft(p: Raft) -> Network:
    """One pair of images through RAFT, large or small, with so many `updates` of the flow; sides are multiples of 8.

    In training, the usual pair is 368 x 496 pixels and is updated 12 times (Teed and Deng 2020, section 4).
    """
    if p.version not in VERSIONS:
        raise unknown("version", p.version, VERSIONS)
    height, width = p.image, p.image if p.image_width is None else p.image_width
    require_positive(image=height, image_width=width, updates=p.updates)
    if height % SIDE or width % SIDE:
        raise ValueError(f"image: {height} x {width} pixels; both must be multiples of {SIDE}")
    if p.updates > MOST_UPDATES:
        raise ValueError(f"updates: {p.updates} is above {MOST_UPDATES}")
    large, v = p.version == "large", VERSIONS[p.version]
    net = Network()
    image = net.input(3, height, width)
    for _ in range(2):
        with net.shared("features"):
            x = _encoder(net, image, v["stages"], v["features"], "", large)
    places = x.positions
    net.matmul(x, places, v["features"], places, name="correlation")
    with net.block("context"):
        _encoder(net, image, v["stages"], v["context"], "batch" if large else "", large)
    for _ in range(p.updates):
        with net.shared("update"):
            hidden = _update(net, x.size, v, large)
        if large:
            with net.shared("mask"):
                y = net.activation(net.conv(hidden, 256, 3, padding=1, name="conv"))
                net.conv(y, NEIGHBOURS * SIDE**2, 1, name="out")
    net.note("looking correlations up, and enlarging the flow (no matrix products)")
    return net


def _encoder(net: Network, x: Shape, stages: tuple[int, ...], out: int, norm: str, large: bool) -> Shape:
    """An image at an eighth of its size; norms of each example have no weights and are not listed."""
    x = _conv(net, x, stages[0], 7, 2, norm, "stem")
    for number, channels in enumerate(stages[1:], start=1):
        for stride in (1 if number == 1 else 2, 1):
            with net.block(f"stage{number}"):
                if large:
                    y = _conv(net, _conv(net, x, channels, 3, stride, norm), channels, 3, 1, norm)
                else:
                    y = _conv(net, _conv(net, x, channels // 4, 1, 1, norm), channels // 4, 3, stride, norm)
                    y = _conv(net, y, channels, 1, 1, norm)
                if stride > 1:
                    x = net.conv(x, channels, 1, stride, name="shortcut")
                    x = net.batch_norm(x) if norm else x
                x = net.activation(net.add(x, y))
    return net.conv(x, out, 1, name="out")


def _conv(net: Network, x: Shape, out: int, kernel: int, stride: int, norm: str, name: str = "conv") -> Shape:
    x = net.conv(x, out, kernel, stride, kernel // 2, name=name)
    return net.activation(net.batch_norm(x) if norm else x)


def _update(net: Network, size: tuple[int, ...], v: dict[str, Any], large: bool) -> Shape:
    """The hidden state after one more look at the correlations around the flow, and the flow's correction."""
    seen = flowing(LEVELS * (2 * v["radius"] + 1) ** 2, *size)
    for channels, kernel in zip(v["correlations"], (1, 3), strict=False):
        seen = _conv(net, seen, channels, kernel, 1, "", "correlations")
    flow = net.input(2, *size)  # no gradient flows back through the updates before it
    for channels, kernel in zip(v["flow"], (7, 3), strict=True):
        flow = _conv(net, flow, channels, kernel, 1, "", "flow")
    _conv(net, net.concat(seen, flow), v["motion"] - 2, 3, 1, "", "motion")
    hidden = v["hidden"]
    read = flowing(hidden + v["motion"] + v["context"] - hidden, *size)
    state = read
    for rows, columns in ((1, 5), (5, 1)) if large else ((3, 3),):
        for gate in ("update", "reset", "candidate"):
            state = net.conv(read, hidden, (rows, columns), padding=(rows // 2, columns // 2), name=f"gru.{gate}")
    y = net.activation(net.conv(state, v["head"], 3, padding=1, name="head"))
    net.conv(y, 2, 3, padding=1, name="correction")
    return state


VARIANTS: dict[str, dict[str, Any]] = {"raft-large": {}, "raft-small": {"version": "small"}}
PUBLISHED: dict[str, Published] = {
    "raft-large": Published(TORCHVISION, parameters=5_257_536),
    "raft-small": Published(TORCHVISION, parameters=990_162),
}


@hookimpl
def computeest_families() -> list[Family]:
    """RAFT."""
    return [
        Family(
            name="raft",
            forward=raft,
            example="pair of images",
            source="Teed and Deng 2020, arXiv:2003.12039",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
