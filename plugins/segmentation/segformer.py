"""SegFormer: a transformer whose grid coarsens (Mix Transformer), and a decoder of linear layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import conv_norm, flowing, require_counts, require_positive

#: Width of the first stage, blocks of each stage and channels of the decoder (Xie et al. 2021, Tables 1 and 6).
SIZES: dict[str, tuple[int, tuple[int, ...], int]] = {
    "b0": (32, (2, 2, 2, 2), 256),
    "b1": (64, (2, 2, 2, 2), 256),
    "b2": (64, (3, 4, 6, 3), 768),
    "b3": (64, (3, 4, 18, 3), 768),
    "b4": (64, (3, 8, 27, 3), 768),
    "b5": (64, (3, 6, 40, 3), 768),
}
#: What the four stages are over the first in width, and by how much each shortens keys and values along either side.
WIDER, REDUCED = (1, 2, 5, 8), (8, 4, 2, 1)


def segformer(
    width: int = 32,
    depths: Sequence[int] = (2, 2, 2, 2),
    decoder_width: int = 256,
    image: int = 512,
    image_width: int | None = None,
    classes: int = 150,
) -> Network:
    """One image through a SegFormer; `width` is that of the first stage, whose one head is as wide."""
    require_counts("depths", depths)
    require_positive(width=width, decoder_width=decoder_width, classes=classes)
    if len(depths) != len(WIDER):
        raise ValueError(f"depths: {list(depths)} must hold one number for each of {len(WIDER)} stages")
    net = Network()
    x, maps = net.input(3, image, image if image_width is None else image_width), []
    for number, (count, wider, reduced) in enumerate(zip(depths, WIDER, REDUCED, strict=True), start=1):
        kernel, stride = (7, 4) if number == 1 else (3, 2)
        x = net.layer_norm(net.conv(x, width * wider, kernel, stride, kernel // 2, name=f"patches{number}"))
        with net.repeat(count, f"stage{number}"):
            x = _block(net, x, wider, reduced)
        x = net.layer_norm(x, name=f"stage{number}.norm")
        maps.append(x)
    with net.block("decoder"):
        for x in maps:
            net.linear(x, decoder_width, name="project")
        joined = flowing(len(maps) * decoder_width, *maps[0].size)
        net.conv(conv_norm(net, joined, decoder_width, 1, name="join"), classes, 1, name="classifier")
    return net


def _block(net: Network, x: Shape, heads: int, reduced: int) -> Shape:
    y = net.layer_norm(x)
    context = y
    if reduced > 1:
        context = net.layer_norm(net.conv(y, y.channels, reduced, reduced, name="reduce"))
    x = net.add(x, net.attention(y, heads, context=context))
    y = net.linear(net.layer_norm(x), 4 * x.channels, name="mlp.up", term="feed-forward")
    y = net.activation(net.depthwise(y, 3, padding=1, name="mlp.depthwise"), "gelu")
    return net.add(x, net.linear(y, x.channels, name="mlp.down", term="feed-forward"))


VARIANTS: dict[str, dict[str, Any]] = {
    f"segformer-{name}": {"width": width, "depths": depths, "decoder_width": decoder}
    for name, (width, depths, decoder) in SIZES.items()
}
VARIANTS["segformer-b5"]["image"] = 640
#: Millions of parameters, and "Flops" in billions that are multiply-adds.
_TABLE = {"b1": (13.7, 15.9), "b2": (27.5, 62.4), "b3": (47.3, 79.0), "b4": (64.1, 95.7),
          "b5": (84.7, 183.3)}  # fmt: skip
PUBLISHED: dict[str, Published] = {
    "segformer-b0": Published(
        "nvidia/segformer-b0-finetuned-ade-512-512 on the Hugging Face Hub, 2022", parameters=3_752_694
    ),
    **{f"segformer-{name}": Published(
        "Xie et al. 2021, arXiv:2105.15203, Table 1", parameters=1e6 * millions, forward_macs=1e9 * billions
    )
    for name, (millions, billions) in _TABLE.items()
    },
}


@hookimpl
def computeest_families() -> list[Family]:
    """SegFormer."""
    return [
        Family(
            name="segformer",
            forward=segformer,
            example="image",
            source="Xie et al. 2021, arXiv:2105.15203",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
