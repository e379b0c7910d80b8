"""MViT: vision transformers whose attention pools queries, keys and values, so that the grid coarsens (v1 and v2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import prod
from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import (
    TIMM,
    TORCHVISION,
    flowing,
    require_counts,
    require_positive,
    stated,
    unknown,
    version_name,
)

#: Where a stage's width doubles: in its first attention, or in the last feed-forward part before it.
WIDENED = ("attention", "mlp")
#: Side of every pooling kernel.
KERNEL = 3
Grid = tuple[int, ...]


def mvit(
    version: str | float = 2,
    width: int = 96,
    heads: int = 1,
    depths: Sequence[int] = (2, 3, 16, 3),
    image: int = 224,
    frames: int | None = None,
    kv_stride: int | None = None,
    class_token: bool | None = None,
    widened: str | None = None,
    classes: int = 1000,
) -> Network:
    """One image, or one clip of so many `frames`, through an MViT; `width` and `heads` double from stage to stage.

    Keys and values are pooled by `kv_stride` in the first stage (4, in clips 8) and by half of it in each stage after.
    Version 1 has learned positions and pools queries only where the grid coarsens; version 2 pools them in every block
    and has relative positions along each axis. `widened` is where widths double: attention in version 2, mlp in 1.
    """
    first = version_name(version) == "1"
    if version_name(version) not in ("1", "2"):
        raise unknown("version", version, (1, 2))
    widened = ("mlp" if first else "attention") if widened is None else widened
    if widened not in WIDENED:
        raise unknown("widened", widened, WIDENED)
    require_counts("depths", depths)
    clip = frames is not None
    kv_stride = (8 if clip else 4) if kv_stride is None else kv_stride
    token = (first or clip) if class_token is None else class_token
    require_positive(width=width, heads=heads, image=image, kv_stride=kv_stride, classes=classes)
    net = Network()
    if frames is not None:
        require_positive(frames=frames)
        x = net.conv(net.input(3, frames, image, image), width, (3, 7, 7), (2, 4, 4), (1, 3, 3), name="patches")
    else:
        x = net.conv(net.input(3, image, image), width, 7, 4, 3, name="patches")
    if first:  # a table of places, one of times, and a row for the class token
        rows = x.size[-1] * x.size[-2] + (x.size[0] if clip else 0) + token
        net.parameter(rows * width, "positions")
    grid = x.size
    x = net.append_tokens(x) if token else net.sequence(x)
    for stage, count in enumerate(depths):
        with net.block(f"stage{stage + 1}"):
            for (stride, factor), same in groupby(_blocks(stage, count, len(depths), widened)):
                block = _Block(heads << stage, stride, max(1, kv_stride >> stage), widened == "attention", first, token)
                with net.repeat(len(list(same)), "block"):
                    x, grid = block.through(net, x, grid, factor * x.channels)
    x = net.layer_norm(x, name="final_norm")
    net.linear(net.select(x) if token else net.global_pool(x), classes, name="classifier", term="logits")
    return net


def _blocks(stage: int, count: int, stages: int, widened: str) -> list[tuple[int, int]]:
    """Of each block of a stage, the stride of its queries and how many times wider it becomes."""
    widens = 0 if widened == "attention" and stage else count - 1 if widened == "mlp" and stage < stages - 1 else -1
    return [(2 if stage and not place else 1, 2 if place == widens else 1) for place in range(count)]


@dataclass(frozen=True, slots=True)
class _Block:
    """Attention that pools, and a feed-forward part."""

    heads: int
    stride: int
    kv_stride: int
    widens_first: bool
    first_version: bool
    token: bool

    def through(self, net: Network, x: Shape, grid: Grid, out: int) -> tuple[Shape, Grid]:
        """What comes out of it, `out` wide, and the grid that is left."""
        inner = out if self.widens_first else x.channels
        y = net.layer_norm(x)
        if out != x.channels and self.widens_first:
            net.linear(y, out, name="shortcut")
        y, coarser = self._attending(net, y, grid, inner)
        y = net.layer_norm(net.add(y, y, name="shortcut.add"))
        if out != inner:
            net.linear(y, out, name="shortcut")
        y = net.mlp(y, 4 * inner, out=out)
        return net.add(y, y), coarser

    def _attending(self, net: Network, x: Shape, grid: Grid, width: int) -> tuple[Shape, Grid]:
        if width % self.heads:
            raise ValueError(f"width: {width} channels do not divide into {self.heads} heads")
        dims = width // self.heads
        net.linear(x, 3 * width, name="attention.qkv", term="attention projections")
        queries, keys = grid, grid
        if not self.first_version or self.stride > 1:
            queries = self._pooled(net, grid, self.stride, dims, "attention.pool_q")
        for name in ("attention.pool_k", "attention.pool_v"):
            keys = self._pooled(net, grid, self.kv_stride, dims, name)
        y = flowing(width, prod(queries) + self.token)
        net.attention_core(y, prod(keys) + self.token, self.heads, dims)
        if not self.first_version:
            self._distances(net, grid, queries, keys, dims)
        return net.linear(y, width, name="attention.out", term="attention projections"), queries

    def _pooled(self, net: Network, grid: Grid, stride: int, dims: int, name: str) -> Grid:
        """The grid after a convolution of each channel, whose weights the heads share; time keeps its length."""
        time, (height, width) = grid[:-2], (-(-side // stride) for side in grid[-2:])
        size = (*time, height, width)
        y, taps = flowing(self.heads * dims, *size), KERNEL ** len(grid)
        forward = 2 * y.elements * taps
        net.counted(y, forward, 2 * forward, dims * taps, kind="convolution", term="convolution", name=name)
        net.parameter(2 * dims, f"{name}.norm")
        return size

    def _distances(self, net: Network, grid: Grid, queries: Grid, keys: Grid, dims: int) -> None:
        """A table of vectors for each axis, and every query's product with those of all places along it."""
        side = max(max(grid[-2:]) // self.stride, max(grid[-2:]) // self.kv_stride)
        net.parameter((2 * (2 * side - 1) + sum(2 * n - 1 for n in grid[:-2])) * dims, "attention.distances")
        net.matmul(flowing(dims, prod(queries)), prod(queries), dims, sum(keys), self.heads, "attention.distances")


VARIANTS: dict[str, dict[str, Any]] = {
    "mvit-b-16x4": {"version": 1, "depths": (1, 2, 11, 2), "frames": 16, "classes": 400},
    "mvit-b-32x3": {"version": 1, "depths": (1, 2, 11, 2), "frames": 32, "classes": 400},
    "mvit-b-64x3": {"version": 1, "depths": (1, 2, 11, 2), "frames": 64, "classes": 400},
    "mvit-v2-tiny": {"depths": (1, 2, 5, 2)},
    "mvit-v2-small": {"depths": (1, 2, 11, 2)},
    "mvit-v2-base": {"depths": (2, 3, 16, 3)},
    "mvit-v2-large": {"width": 144, "heads": 2, "depths": (2, 6, 36, 4), "widened": "mlp"},
    "mvit-v2-huge": {"width": 192, "heads": 3, "depths": (4, 8, 60, 8), "class_token": True},
    "mvit-v2-s-16x4": {"depths": (1, 2, 11, 2), "frames": 16, "classes": 400},
    "mvit-v2-b-32x3": {"depths": (2, 3, 16, 3), "frames": 32, "classes": 400},
}
PUBLISHED: dict[str, Published] = {
    **stated(TORCHVISION, {"mvit-b-16x4": (36_610_672, 70.599e9), "mvit-v2-s-16x4": (34_537_744, 64.224e9)}),
    **stated("Fan et al. 2021, arXiv:2104.11227, Table 4",
             {"mvit-b-32x3": (36.6e6, 170e9), "mvit-b-64x3": (36.6e6, 455e9)}),
    **stated("Li et al. 2022, arXiv:2112.01526, Tables 1 and 7",
             {"mvit-v2-huge": (667e6, 120.6e9), "mvit-v2-b-32x3": (51.2e6, 225e9)}),
    **stated(TIMM, {"mvit-v2-tiny": (24.17e6, 4.7e9), "mvit-v2-small": (34.87e6, 7.0e9),
                    "mvit-v2-base": (51.47e6, 10.16e9), "mvit-v2-large": (217.99e6, 43.87e9)}),
}  # fmt: skip


@hookimpl
def computeest_families() -> list[Family]:
    """MViT v1 and v2, of images and of clips."""
    return [
        Family(
            name="mvit",
            forward=mvit,
            example="image or clip",
            source="Fan et al. 2021, arXiv:2104.11227, Table 2; v2: Li et al. 2022, arXiv:2112.01526, Table 2",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
