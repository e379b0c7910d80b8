"""Networks that architecture search found: MnasNet, FBNet, MixNet, TinyNet, EfficientNet-EdgeTPU, MobileNetV4."""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import TORCHVISION, conv_norm, require_positive, rounded_channels, unknown
from computeest_plugins.searched_designs import DESIGNS, Design

#: One word of a design: letters, then numbers.
_WORD = re.compile(r"([a-z]+)([0-9.]*)")


class Block(NamedTuple):
    """One kind of block, `repeats` times; the words of searched_designs.py."""

    kind: str
    repeats: int
    out: int
    kernels: tuple[int, ...]
    stride: int
    expansion: float
    squeeze: float
    more: dict[str, str]


def searched(
    design: str = "mnasnet-b1", width: float = 1.0, depth: float = 1.0, image: int = 224, classes: int = 1000
) -> Network:
    """One image through the network that a search found; `width` and `depth` multiply its channels and blocks."""
    if design not in DESIGNS:
        raise unknown("design", design, DESIGNS)
    require_positive(width=width, depth=depth, classes=classes)
    found, net = DESIGNS[design], Network()
    stem = rounded_channels(found.stem * width) if found.stem_scales else found.stem
    x = conv_norm(net, net.input(3, image, image), stem, 3, 2, activation=found.activation, name="stem")
    for number, stage in enumerate(found.stages, start=1):
        blocks = _deeper([_read(words) for words in stage.split()], depth, found.depth_up)
        for block in blocks:
            x = _repeated(net, x, block._replace(out=rounded_channels(block.out * width)), found, width, number)
    features = found.features
    if found.activation == "swish" or design == "efficientnet-edgetpu":
        features = max(found.features, rounded_channels(found.features * width))
    if found.pooled_first:
        x = net.conv(net.adaptive_pool(x, 1), features, 1, bias=not found.normed, name="features")
        x = net.batch_norm(x) if found.normed else x
    else:
        x = conv_norm(net, x, features, 1, activation=found.activation, name="features")
    net.linear(net.global_pool(x), classes, name="classifier", term="logits")
    return net


def _read(words: str) -> Block:
    kind, *rest = words.split("_")
    facts = {match[1]: match[2] for word in rest if (match := _WORD.fullmatch(word))}
    return Block(kind, int(facts["r"]), int(facts["c"]), _kernels(facts["k"]), int(facts.get("s", 1)),
                 float(facts.get("e", 1)), float(facts.get("se", 0)), facts)  # fmt: skip


def _kernels(word: str) -> tuple[int, ...]:
    return tuple(int(kernel) for kernel in word.split("."))


def _deeper(blocks: list[Block], depth: float, up: bool) -> list[Block]:
    """Repeats of a stage multiplied, and shared out among its blocks from the last on."""
    left = sum(block.repeats for block in blocks)
    scaled = math.ceil(left * depth) if up else max(1, round(left * depth))
    found = []
    for block in reversed(blocks):
        repeats = max(1, round(block.repeats / left * scaled))
        found.append(block._replace(repeats=repeats))
        left, scaled = left - block.repeats, scaled - repeats
    return found[::-1]


def _repeated(net: Network, x: Shape, block: Block, found: Design, width: float, number: int) -> Shape:
    """A block and its repeats, of which only the first strides and sees other channels."""
    with net.block(f"stage{number}"):
        x = _block(net, x, block, found, width)
    if block.repeats > 1:
        again = block._replace(stride=1, more={key: value for key, value in block.more.items() if key != "fc"})
        with net.repeat(block.repeats - 1, f"stage{number}"):
            x = _block(net, x, again, found, width)
    return x


def _block(net: Network, x: Shape, block: Block, found: Design, width: float) -> Shape:
    act = found.activation
    if block.kind == "cn":
        return conv_norm(net, x, block.out, block.kernels[0], block.stride, activation=act, name="conv")
    if block.kind == "mqa":
        return _attention(net, x, block)
    if block.kind == "uir":
        return _universal(net, x, block, found)
    inner, source = rounded_channels(x.channels * block.expansion), x.channels
    if block.kind == "er":
        if "fc" in block.more:
            inner = rounded_channels(rounded_channels(int(block.more["fc"]) * width) * block.expansion)
        y = conv_norm(net, x, inner, block.kernels[0], block.stride, activation=act, name="expand")
        return conv_norm(net, y, block.out, 1, activation="", name="project")
    y = x
    if block.kind == "ir":
        y = _mixed(net, y, inner, _kernels(block.more.get("a", "1")), name="expand")
        y = net.activation(net.batch_norm(y), act)
    y = net.activation(net.batch_norm(_each(net, y, block.kernels, block.stride)), act)
    if block.squeeze:
        rounded = rounded_channels(y.channels * block.squeeze, found.squeeze_by)
        hidden = round(source * block.squeeze) if found.squeeze_by == 1 else rounded
        y = _squeezed(net, y, hidden, act)
    y = _mixed(net, y, block.out, _kernels(block.more.get("p", "1")), name="project")
    return net.batch_norm(y)


def _squeezed(net: Network, x: Shape, hidden: int, activation: str) -> Shape:
    y = net.linear(net.global_pool(x), hidden, name="squeeze_excite.reduce")
    y = net.linear(net.activation(y, activation), x.channels, name="squeeze_excite.expand")
    return net.multiply(x, net.activation(y, "sigmoid"))


def _shares(channels: int, parts: int) -> list[int]:
    """Channels split among kernels, the first taking what is left over."""
    share = channels // parts
    return [share + channels - share * parts, *[share] * (parts - 1)]


def _each(net: Network, x: Shape, kernels: tuple[int, ...], stride: int) -> Shape:
    """Each channel convolved on its own, shares of them with kernels of their own (MixNet)."""
    if len(kernels) == 1:
        return net.depthwise(x, kernels[0], stride, kernels[0] // 2, bias=False, name="depthwise")
    parts = [
        net.depthwise(x._replace(channels=share), kernel, stride, kernel // 2, bias=False, name=f"depthwise{kernel}")
        for kernel, share in zip(kernels, _shares(x.channels, len(kernels)), strict=True)
    ]
    return net.concat(*parts)


def _mixed(net: Network, x: Shape, out: int, kernels: tuple[int, ...], name: str) -> Shape:
    """A convolution across channels, or one for each share of them."""
    parts = zip(_shares(x.channels, len(kernels)), _shares(out, len(kernels)), strict=True)
    return net.concat(*[net.conv(x._replace(channels=a), b, 1, bias=False, name=name) for a, b in parts])


def _universal(net: Network, x: Shape, block: Block, found: Design) -> Shape:
    """MobileNetV4's block: a convolution of each channel before the expansion, after it, both or neither."""
    first, middle = int(block.more["a"]), block.kernels[0]
    y = x
    if first:
        y = net.batch_norm(net.depthwise(y, first, 1 if middle else block.stride, first // 2, bias=False, name="start"))
    y = conv_norm(net, y, rounded_channels(x.channels * block.expansion), 1, activation=found.activation, name="expand")
    if middle:
        y = net.depthwise(y, middle, block.stride, middle // 2, bias=False, name="depthwise")
        y = net.activation(net.batch_norm(y), found.activation)
    y = conv_norm(net, y, block.out, 1, activation="", name="project")
    if found.layer_scale:
        net.parameter(block.out, "layer_scale")
    return y


def _attention(net: Network, x: Shape, block: Block) -> Shape:
    """Attention with one head of keys and values, which may look at a coarser grid; blocks of it are scaled."""
    heads, head_dim, stride = int(block.more["h"]), int(block.more["d"]), int(block.more.get("v", 1))
    y, term, kernel = net.batch_norm(x), "attention projections", block.kernels[0]
    q = net.linear(y, heads * head_dim, bias=False, name="attention.q", term=term)
    keys = y
    for name in ("k", "v"):
        keys = y
        if stride > 1:
            keys = net.depthwise(y, kernel, stride, kernel // 2, bias=False, name=f"attention.{name}_coarse")
            keys = net.batch_norm(keys)
        net.linear(keys, head_dim, bias=False, name=f"attention.{name}", term=term)
    mixed = net.attention_core(q, keys.positions, heads, head_dim)
    net.parameter(block.out, "layer_scale")
    return net.linear(mixed, block.out, bias=False, name="attention.out", term=term)


_TINY = {"a": (1.0, 1.2, 192), "b": (0.75, 1.1, 188), "c": (0.54, 0.85, 184), "d": (0.54, 0.695, 152),
         "e": (0.51, 0.6, 106)}  # fmt: skip
VARIANTS: dict[str, dict[str, Any]] = {
    "mnasnet-a1": {"design": "mnasnet-a1"},
    **{f"mnasnet-b1-{width}": {"design": "mnasnet-b1", "width": width} for width in (0.5, 0.75, 1.0, 1.3)},
    "mnasnet-small": {"design": "mnasnet-small"},
    "fbnet-c": {"design": "fbnet-c"},
    "spnasnet": {"design": "spnasnet"},
    "efficientnet-edgetpu-s": {"design": "efficientnet-edgetpu"},
    "efficientnet-edgetpu-m": {"design": "efficientnet-edgetpu", "depth": 1.1, "image": 240},
    "efficientnet-edgetpu-l": {"design": "efficientnet-edgetpu", "width": 1.2, "depth": 1.4, "image": 300},
    "mixnet-s": {"design": "mixnet-s"},
    "mixnet-m": {"design": "mixnet-m"},
    "mixnet-l": {"design": "mixnet-m", "width": 1.3},
    "mixnet-xl": {"design": "mixnet-m", "width": 1.6, "depth": 1.2},
    **{f"tinynet-{name}": {"design": "tinynet", "width": width, "depth": depth, "image": image}
       for name, (width, depth, image) in _TINY.items()},
    "hardcore-nas-a": {"design": "hardcore-nas-a"},
    "hardcore-nas-f": {"design": "hardcore-nas-f"},
    **{f"mobilenet-v4-{name}": {"design": f"mobilenet-v4-{name}", "image": image} for name, image in
       {"conv-small": 224, "conv-medium": 256, "conv-large": 384, "hybrid-medium": 256, "hybrid-large": 384}.items()},
}  # fmt: skip
PUBLISHED: dict[str, Published] = {
    "mnasnet-b1-0.5": Published(TORCHVISION, parameters=2_218_512, forward_macs=0.104e9),
    "mnasnet-b1-0.75": Published(TORCHVISION, parameters=3_170_208, forward_macs=0.215e9),
    "mnasnet-b1-1.0": Published(TORCHVISION, parameters=4_383_312, forward_macs=0.314e9),
    "mnasnet-b1-1.3": Published(TORCHVISION, parameters=6_282_256, forward_macs=0.526e9),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Networks found by search."""
    return [
        Family(
            name="searched",
            forward=searched,
            example="image",
            source="Tan et al. 2019, arXiv:1807.11626; Qin et al. 2024, arXiv:2404.10518; the others: "
            "plugins/searched_designs.py names each, 2019 to 2024",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
