"""TimeSformer: attention along time, then across space, in each layer."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import flowing, require_positive, unknown

ATTENTIONS = ("divided", "joint", "space")


def timesformer(
    frames: int = 8,
    image: int = 224,
    patch: int = 16,
    width: int = 768,
    layers: int = 12,
    heads: int = 12,
    classes: int = 400,
    attention: str = "divided",
) -> Network:
    """One clip through a TimeSformer: its `attention` is divided, joint over space and time, or in space alone."""
    if attention not in ATTENTIONS:
        raise unknown("attention", attention, ATTENTIONS)
    require_positive(frames=frames, width=width, heads=heads, classes=classes, patch=patch)
    if image % patch:
        raise ValueError(f"image: {image} pixels do not divide into patches of {patch}")
    net = Network()
    x = net.conv(net.input(3, frames, image, image), width, (1, patch, patch), (1, patch, patch), name="patches")
    places = x.positions // frames
    net.parameter((places + 1) * width, "positions")
    if attention != "space":
        net.parameter(frames * width, "times")
    x = net.append_tokens(net.sequence(x), 1)
    with net.repeat(layers, "layer"):
        if attention == "divided":
            x = net.add(x, _through_time(net, x, frames, heads))
        # each frame has the class token beside its own patches
        window = None if attention == "joint" else places + 1
        y = net.layer_norm(x)
        if attention != "joint":
            y = flowing(width, frames * (places + 1))
        y = net.attention(y, heads, window=window, name="space")
        x = net.add(x, y._replace(size=x.size, positions=x.positions))
        x = net.add(x, net.mlp(net.layer_norm(x), 4 * width))
    x = net.select(net.layer_norm(x, name="final_norm"))
    net.linear(x, classes, name="classifier", term="logits")
    return net


def _through_time(net: Network, x: Shape, frames: int, heads: int) -> Shape:
    """Each patch looks at itself in the other frames, and a matrix more follows; the class token stays out."""
    patches = flowing(x.channels, x.positions - 1)
    y = net.attention(net.layer_norm(patches), heads, window=frames, name="time")
    y = net.linear(y, x.channels, name="time.fc", term="attention projections")
    return y._replace(size=x.size, positions=x.positions)


VARIANTS: dict[str, dict[str, Any]] = {
    "timesformer": {},
    "timesformer-hr": {"frames": 16, "image": 448},
    "timesformer-l": {"frames": 96},
    "timesformer-joint": {"attention": "joint"},
    "timesformer-space": {"attention": "space"},
}
_TABLE = "Bertasius et al. 2021, arXiv:2102.05095, Tables 1 and 2"
PUBLISHED: dict[str, Published] = {
    # three crops of each clip have 0.59 T multiply-adds
    "timesformer": Published(_TABLE, parameters=121.4e6, forward_macs=0.59e12 / 3),
    "timesformer-joint": Published(_TABLE, parameters=85.9e6),
    "timesformer-space": Published(_TABLE, parameters=85.9e6),
}


@hookimpl
def computeest_families() -> list[Family]:
    """TimeSformer."""
    return [
        Family(
            name="timesformer",
            forward=timesformer,
            example="clip",
            source="Bertasius et al. 2021, arXiv:2102.05095",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
