"""MetaFormer baselines: one pyramid whose layers mix by pooling, by convolution or by attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_counts, require_positive, stated, unknown

MIXERS = ("pool", "conv", "attention", "conv+attention")
#: Channels of the four stages, and layers of each size by its name (Table 1 of the second paper, Table 1 of the first).
WIDTHS = {"s": (64, 128, 320, 512), "m": (96, 192, 384, 576), "b": (128, 256, 512, 768), "wide": (96, 192, 384, 768)}
DEPTHS = {"12": (2, 2, 6, 2), "24": (4, 4, 12, 4), "36": (6, 6, 18, 6), "48": (8, 8, 24, 8)}
DEEP = {"18": (3, 3, 9, 3), "36": (3, 12, 18, 3)}
#: Channels of an attention head.
HEAD = 32


def metaformer(
    widths: Sequence[int] = WIDTHS["s"],
    blocks: Sequence[int] = DEPTHS["12"],
    mixer: str = "pool",
    version: int = 2,
    image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through a MetaFormer; `mixer` says how its layers mix: pool, conv, attention, or conv+attention.

    The last mixes by convolutions in the first two stages and by attention in the others. `version` 1 is PoolFormer's
    first: biases everywhere, scaled layers, no norm before a stage.
    """
    if mixer not in MIXERS:
        raise unknown("mixer", mixer, MIXERS)
    if version not in (1, 2):
        raise unknown("version", version, (1, 2))
    require_counts("blocks", blocks)
    require_counts("widths", widths)
    require_positive(image=image, classes=classes)
    if len(widths) != len(blocks):
        raise ValueError(f"blocks: {len(blocks)} stages, but widths of {len(widths)}; expected as many of both")
    net, first = Network(), version == 1
    x = net.input(3, image, image)
    for stage, (width, count) in enumerate(zip(widths, blocks, strict=True)):
        with net.block(f"stage{stage + 1}"):
            if stage and not first:
                x = net.layer_norm(x, bias=False)
            kernel, stride, padding = (3, 2, 1) if stage else (7, 4, 2)
            x = net.conv(x, width, kernel, stride, padding, name="down")
            if not stage and not first:
                x = net.layer_norm(x, bias=False)
            which = mixer if mixer != "conv+attention" else "conv" if stage < 2 else "attention"
            with net.repeat(count, "layer"):
                x = net.add(x, _mixed(net, net.layer_norm(x, bias=first), which))
                y = net.conv(net.layer_norm(x, bias=first), 4 * width, 1, bias=first, name="mlp.up")
                y = net.activation(y, "gelu" if first else "relu")
                if not first:
                    net.parameter(2, "mlp.scale_and_shift")
                x = net.add(x, net.conv(y, width, 1, bias=first, name="mlp.down"))
                if first or stage > 1:
                    net.parameter(2 * width, "scales")
    y = net.layer_norm(net.global_pool(x), name="final_norm")
    if mixer != "pool":
        y = net.layer_norm(net.activation(net.linear(y, 4 * widths[-1], name="head.up"), "relu"))
    net.linear(y, classes, name="classifier", term="logits")
    return net


def _mixed(net: Network, x: Shape, mixer: str) -> Shape:
    """What a layer mixes: its 3x3 neighbours, twice as many channels of its 7x7 ones, or all of the map."""
    width = x.channels
    if mixer == "pool":
        return x
    if mixer == "attention":
        if width % HEAD:
            raise ValueError(f"widths: {width} channels do not divide into heads of {HEAD}")
        y = net.attention(net.sequence(x), width // HEAD, bias=False)
        return x._replace(channels=y.channels)
    y = net.activation(net.conv(x, 2 * width, 1, bias=False, name="mixer.up"), "relu")
    net.parameter(2, "mixer.scale_and_shift")
    y = net.conv(y, 2 * width, 7, padding=3, groups=2 * width, bias=False, name="mixer.depthwise")
    return net.conv(y, width, 1, bias=False, name="mixer.down")


def _members() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name in ("s12", "s24", "s36", "m36", "m48"):
        widths = WIDTHS["s" if name[0] == "s" else "wide"]
        shape = {"widths": widths, "blocks": DEPTHS[name[1:]]}
        found[f"poolformer-{name}"] = {**shape, "version": 1}
        found[f"poolformer-v2-{name}"] = shape
    for family, mixer in (("convformer", "conv"), ("caformer", "conv+attention")):
        for name in ("s18", "s36", "m36", "b36"):
            found[f"{family}-{name}"] = {"widths": WIDTHS[name[0]], "blocks": DEEP[name[1:]], "mixer": mixer}
    return found


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = stated(
    TIMM,
    {
        "poolformer-s12": (11.92e6, 1.82e9), "poolformer-s24": (21.39e6, 3.41e9), "poolformer-s36": (30.86e6, 5.00e9),
        "poolformer-m36": (56.17e6, 8.80e9), "poolformer-m48": (73.47e6, 11.59e9),
        "poolformer-v2-s12": (11.89e6, 1.83e9), "poolformer-v2-s24": (21.34e6, 3.42e9),
        "poolformer-v2-s36": (30.79e6, 5.01e9), "poolformer-v2-m36": (56.08e6, 8.81e9),
        "poolformer-v2-m48": (73.35e6, 11.59e9),
        "convformer-s18": (26.77e6, 3.96e9), "convformer-s36": (40.01e6, 7.67e9), "convformer-m36": (57.05e6, 12.89e9),
        "convformer-b36": (99.88e6, 22.69e9), "caformer-s18": (26.34e6, 4.13e9), "caformer-s36": (39.30e6, 8.00e9),
        "caformer-m36": (56.20e6, 13.29e9), "caformer-b36": (98.75e6, 23.22e9),
    },
)  # fmt: skip


@hookimpl
def computeest_families() -> list[Family]:
    """MetaFormer: PoolFormer, ConvFormer, CAFormer."""
    return [
        Family(
            name="metaformer",
            forward=metaformer,
            example="image",
            source="Yu et al. 2022, MetaFormer baselines for vision, arXiv:2210.13452, Table 1 and section 3; "
            "PoolFormer: Yu et al. 2022, arXiv:2111.11418, Table 1",
            variants=_members(),
            published=PUBLISHED,
        )
    ]
