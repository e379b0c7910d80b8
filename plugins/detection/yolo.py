"""YOLO: detection in one look, versions 3, 5 and 8."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import conv_norm, require_positive, rounded_channels, unknown, version_name

#: Depth, width and most channels by version and size (yaml files of ultralytics/yolov5 and ultralytics/ultralytics).
SIZES: dict[str, dict[str, tuple[float, float, int]]] = {
    "5": {"n": (1 / 3, 0.25, 1024), "s": (1 / 3, 0.5, 1024), "m": (2 / 3, 0.75, 1024), "l": (1, 1, 1024),
          "x": (4 / 3, 1.25, 1024)},
    "8": {"n": (1 / 3, 0.25, 1024), "s": (1 / 3, 0.5, 1024), "m": (2 / 3, 0.75, 768), "l": (1, 1, 512),
          "x": (1, 1.25, 512)},
}  # fmt: skip
#: Blocks of Darknet-53's five stages (Redmon and Farhadi 2018, Table 1), and of the newer backbones' four.
DARKNET, NEWER = (1, 2, 8, 8, 4), {"5": (3, 6, 9, 3), "8": (3, 6, 6, 3)}
#: Bins that version 8 spreads each side of a box over (Li et al. 2020, arXiv:2006.04388).
BINS = 16


class Scale(NamedTuple):
    """What a version and size make of a width and a number of blocks."""

    version: str
    depth: float
    width: float
    most: int

    def channels(self, width: int) -> int:
        """Channels of a layer that has `width` in the largest size."""
        return rounded_channels(min(width, self.most) * self.width, 8, 0)

    def blocks(self, count: int) -> int:
        """Blocks of a stage that has `count` in the largest size."""
        return max(1, round(count * self.depth))


def yolo(version: str | float = 8, size: str | None = None, image: int = 640, classes: int = 80) -> Network:
    """One image through YOLOv3, v5 or v8; `size` is n, s, m, l or x, and version 3 has one only."""
    name = version_name(version)
    if name not in ("3", *SIZES):
        raise unknown("version", version, (3, *SIZES))
    require_positive(classes=classes)
    if image < 32 or image % 32:
        raise ValueError(f"image: {image} pixels are no multiple of 32")
    net = Network()
    if name == "3":
        if size is not None:
            raise ValueError(f"size: version 3 has no sizes, so '{size}' means nothing")
        return _third(net, image, classes)
    size = "n" if size is None else size
    if size not in SIZES[name]:
        raise unknown("size", size, SIZES[name])
    return _newer(net, Scale(name, *SIZES[name][size]), image, classes)


def _third(net: Network, image: int, classes: int) -> Network:
    conv = partial(conv_norm, activation="leaky_relu")
    x, width, maps = conv(net, net.input(3, image, image), 32, 3, name="stem"), 32, []
    for number, count in enumerate(DARKNET, start=1):
        x = conv(net, x, 2 * width, 3, 2, name=f"stage{number}.downsample")
        width *= 2
        with net.repeat(count, f"stage{number}"):
            y = conv(net, conv(net, x, width // 2, 1, name="reduce"), width, 3, name="conv3x3")
            x = net.add(x, y)
        maps.append(x)
    x = maps[-1]
    for number, width in enumerate((512, 256, 128), start=1):
        with net.block(f"head{number}"):
            for step in range(5):
                x = conv(net, x, width if step % 2 == 0 else 2 * width, 1 if step % 2 == 0 else 3)
            y = conv(net, x, 2 * width, 3)
            net.conv(y, 3 * (classes + 5), 1, name="detect")
            if number < 3:
                x = net.upsample(conv(net, x, width // 2, 1, name="up"))
                x = net.concat(x, maps[-1 - number])
    return net


def _newer(net: Network, scale: Scale, image: int, classes: int) -> Network:
    conv, fifth = partial(conv_norm, activation="silu"), scale.version == "5"
    x = net.input(3, image, image)
    kernel, padding = (6, 2) if fifth else (3, 1)
    x = conv(net, x, scale.channels(64), kernel, 2, padding, name="stem")
    maps = []
    for number, count in enumerate(NEWER[scale.version], start=1):
        out = scale.channels(64 * 2**number)
        x = conv(net, x, out, 3, 2, name=f"stage{number}.downsample")
        x = _stage(net, x, out, scale, count, f"stage{number}", residual=True)
        maps.append(x)
    x = _pooled(net, x)
    top, kept = x, []
    for number, width in enumerate((512, 256)):
        if fifth:
            x = conv(net, x, scale.channels(width), 1, name="up.reduce")
            kept.append(x)
        else:
            kept.append(x if number else top)
        x = net.concat(net.upsample(x), maps[2 - number])
        x = _stage(net, x, scale.channels(width), scale, 3, f"up{number + 1}")
    found = [x]
    for number, width in enumerate((512, 1024)):
        x = conv(net, x, scale.channels(width // 2), 3, 2, name="down.conv")
        x = net.concat(x, kept[1 - number])
        x = _stage(net, x, scale.channels(width), scale, 3, f"down{number + 1}")
        found.append(x)
    for x in found:
        with net.block("detect"):
            if fifth:
                net.conv(x, 3 * (classes + 5), 1, name="out")
            else:
                _detect(net, x, classes, found[0].channels)
    if not fifth:
        with net.frozen():
            net.parameter(BINS, "bins")
    net.note("sorting and suppressing boxes (no matrix products)")
    return net


def _stage(net: Network, x: Shape, out: int, scale: Scale, count: int, name: str, residual: bool = False) -> Shape:
    """A cross-stage partial block: half of the channels go through bottlenecks (C3; C2f keeps each one's output)."""
    conv, count = partial(conv_norm, activation="silu"), scale.blocks(count)
    inner = out // 2
    with net.block(name):
        y = conv(net, x, 2 * inner, 1, name="split")
        half = y._replace(channels=inner)
        with net.repeat(count, "bottleneck"):
            z = conv(net, half, inner, 1 if scale.version == "5" else 3, name="conv1")
            z = conv(net, z, inner, 3, name="conv2")
            half = net.add(half, z) if residual else z
        joined = half._replace(channels=2 * inner if scale.version == "5" else (2 + count) * inner)
        return conv(net, joined, out, 1, name="join")


def _pooled(net: Network, x: Shape) -> Shape:
    """Pooling over 5, 9 and 13 positions, side by side with the input (SPPF)."""
    conv = partial(conv_norm, activation="silu")
    y = conv(net, x, x.channels // 2, 1, name="pool.reduce")
    for _ in range(3):
        net.max_pool(y, 5, 1, 2)
    return conv(net, y._replace(channels=4 * y.channels), x.channels, 1, name="pool.join")


def _detect(net: Network, x: Shape, classes: int, finest: int) -> None:
    """Two towers without anchors: the bins of four sides, and the classes."""
    conv = partial(conv_norm, activation="silu")
    boxes, scores = max(16, finest // 4, 4 * BINS), max(finest, min(classes, 100))
    y = conv(net, conv(net, x, boxes, 3, name="boxes.1"), boxes, 3, name="boxes.2")
    net.conv(y, 4 * BINS, 1, name="boxes")
    y = conv(net, conv(net, x, scores, 3, name="scores.1"), scores, 3, name="scores.2")
    net.conv(y, classes, 1, name="scores")


VARIANTS: dict[str, dict[str, Any]] = {
    "yolov3": {"version": 3, "image": 416},
    "yolov3-608": {"version": 3, "image": 608},
    **{f"yolov{version}{size}": {"version": int(version), "size": size} for version in SIZES for size in "nsmlx"},
}
#: Parameters and billions of FLOP, two for a multiply-add, at 640 pixels.
_TABLES = {
    ("5", "Jocher et al. 2021, README of ultralytics/yolov5, release 6.0"): {
        "n": (1.9, 4.5), "s": (7.2, 16.5), "m": (21.2, 49.0), "l": (46.5, 109.1), "x": (86.7, 205.7)},
    ("8", "Jocher et al. 2023, README of ultralytics/ultralytics"): {
        "n": (3.2, 8.7), "s": (11.2, 28.6), "m": (25.9, 78.9), "l": (43.7, 165.2), "x": (68.2, 257.8)},
}  # fmt: skip
PUBLISHED: dict[str, Published] = {
    "yolov3": Published("Redmon 2018, pjreddie.com/darknet/yolo (65.86 Bn FLOP)", forward_flop=65.86e9),
    "yolov3-608": Published("Redmon 2018, pjreddie.com/darknet/yolo (140.69 Bn FLOP)", forward_flop=140.69e9),
    **{
        f"yolov{version}{size}": Published(
            source, parameters=None if millions < 5 else 1e6 * millions, forward_flop=1e9 * billions
        )
        for (version, source), table in _TABLES.items()
        for size, (millions, billions) in table.items()
    },
}


@hookimpl
def computeest_families() -> list[Family]:
    """YOLO."""
    return [
        Family(
            name="yolo",
            forward=yolo,
            example="image",
            source="Redmon and Farhadi 2018, arXiv:1804.02767; Jocher et al. 2021, ultralytics/yolov5; "
            "Jocher et al. 2023, ultralytics/ultralytics",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
