"""The U-Net that labels pixels or voxels: convolutions down, and up again beside what was seen on the way."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import require_positive, unknown

PADDINGS = ("valid", "same")


def segmentation_unet(
    image: int = 572,
    dimensions: int = 2,
    depth_extent: int | None = None,
    channels: int = 1,
    width: int = 64,
    levels: int = 5,
    classes: int = 2,
    padding: str = "valid",
    norm: str = "none",
    doubled: str = "down",
    bias: bool = True,
) -> Network:
    """One image (of 3 `dimensions`: one volume, `depth_extent` slices deep) through a segmentation U-Net.

    `levels` counts the resolutions. Channels double from one to the next: on the way down (`doubled: down`, 2D), or in
    the second convolution before each pooling, when the transposed convolutions keep theirs (`doubled: before`, 3D).
    """
    if padding not in PADDINGS:
        raise unknown("padding", padding, PADDINGS)
    if doubled not in ("down", "before"):
        raise unknown("doubled", doubled, ("down", "before"))
    if dimensions not in (2, 3):
        raise unknown("dimensions", dimensions, (2, 3))
    require_positive(width=width, levels=levels, classes=classes)
    net, before = Network(), doubled == "before"
    sizes = (image,) * dimensions if depth_extent is None else (image, image, depth_extent)
    x, passed = net.input(channels, *sizes[:dimensions]), []
    out, border = width, 1 if padding == "same" else 0
    for number in range(1, levels + 1):
        with net.block(f"down{number}"):
            x = _conv(net, x, out, border, norm, bias)
            x = _conv(net, x, 2 * out if before else out, border, norm, bias)
        if number < levels:
            passed.append(x)
            x = net.max_pool(x, 2)
            out *= 2
    for number, other in enumerate(reversed(passed), start=1):
        with net.block(f"up{number}"):
            out = x.channels if before else x.channels // 2
            x = net.conv_transpose(x, out, 2, 2, name="enlarge")
            other = other._replace(size=x.size, positions=x.positions)  # cropped to what is left of the image
            inner = other.channels
            x = net.concat(x, other)
            x = _conv(net, _conv(net, x, inner, border, norm, bias), inner, border, norm, bias)
    net.conv(x, classes, 1, name="classifier")
    return net


def _conv(net: Network, x: Shape, out: int, border: int, norm: str, bias: bool) -> Shape:
    return net.activation(net.norm(net.conv(x, out, 3, padding=border, bias=bias), norm))


VARIANTS: dict[str, dict[str, Any]] = {
    "unet-2d": {},
    "unet-3d": {"image": 132, "dimensions": 3, "depth_extent": 116, "channels": 3, "width": 32, "levels": 4,
                "classes": 3, "norm": "batch", "doubled": "before"},
}  # fmt: skip
PUBLISHED: dict[str, Published] = {
    "unet-3d": Published("Cicek et al. 2016, arXiv:1606.06650, section 3", parameters=19_069_955),
}


@hookimpl
def computeest_families() -> list[Family]:
    """The U-Net for segmentation, in two and three dimensions."""
    return [
        Family(
            name="segmentation-unet",
            forward=segmentation_unet,
            example="image",
            source="Ronneberger et al. 2015, arXiv:1505.04597; 3D: Cicek et al. 2016, arXiv:1606.06650",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
