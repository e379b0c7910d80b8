"""What torchvision calls networks, and where what it builds differs from the member of that name.

Names that differ from a member's by punctuation alone need no line here. Where torchvision builds something else under
a paper's own name (`alexnet`, `googlenet`, the image sizes of EfficientNets), `torchvision/alexnet` is what it builds.
"""

from __future__ import annotations

from typing import Any

from computeest.contract import Alias, hookimpl

_REGNETS = ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf")
#: Name -> member, and what differs.
NAMES: dict[str, tuple[str, dict[str, Any]]] = {
    "maxvit_t": ("maxvit-tiny", {}),
    "alexnet": ("alexnet-torchvision", {}),
    "googlenet": ("googlenet-torchvision", {}),
    # whose metadata has the parameters of both classifiers, and the products of a test
    "inception_v3": ("inception-v3-auxiliary", {"auxiliary_runs": False}),
    "efficientnet_b1": ("efficientnet-b1", {"image": 240}),
    "efficientnet_b2": ("efficientnet-b2", {"image": 288}),
    "efficientnet_b3": ("efficientnet-b3", {"image": 300}),
    "efficientnet_b4": ("efficientnet-b4", {"image": 380}),
    **{f"regnet_{kind}_{size}": (f"regnet{kind}-{size.replace('_', '.')}", {"rounding": "up"})
       for kind in "xy" for size in _REGNETS},
    "regnet_y_128gf": ("regnety-128gf", {}),
    **{f"{quantized}shufflenet_v2_x{width}": (f"shufflenet-v2-{width.replace('_', '.')}", {})
       for quantized in ("", "quantized_") for width in ("0_5", "1_0", "1_5", "2_0")},
    **{f"mnasnet{width}": (f"mnasnet-b1-{width.replace('_', '.')}", {}) for width in ("0_5", "0_75", "1_0", "1_3")},
    # numbers of eight bits in place of others: the same products
    "quantized_googlenet": ("googlenet-torchvision", {}),
    "quantized_inception_v3": ("inception-v3-auxiliary", {"auxiliary_runs": False}),
    "quantized_mobilenet_v2": ("mobilenet-v2-1.0", {}),
    "quantized_mobilenet_v3_large": ("mobilenet-v3-large-1.0", {}),
    "quantized_resnet18": ("resnet-18", {}),
    "quantized_resnet50": ("resnet-50", {}),
    "quantized_resnext101_32x8d": ("resnext-101-32x8d", {}),
    "quantized_resnext101_64x4d": ("resnext-101-64x4d", {}),
    # whose figures are of no proposal: random pixels give none above their threshold
    **{f"fasterrcnn_mobilenet_v3_large_{kind}": (f"fasterrcnn-mobilenet-v3-large-{kind.replace('_', '-')}",
                                                {"proposals": 0}) for kind in ("fpn", "320_fpn")},
    "maskrcnn_resnet50_fpn": ("maskrcnn-resnet50-fpn", {"masks_run": False}),
    **{f"raft_{size}": (f"raft-{size}", {"image": 512, "image_width": 512}) for size in ("large", "small")},
    "s3d": ("s3d-torchvision", {}),
    "mvit_v1_b": ("mvit-b-16x4", {}),
    "mvit_v2_s": ("mvit-v2-s-16x4", {}),
}  # fmt: skip


@hookimpl
def computeest_aliases() -> list[Alias]:
    """The names of torchvision."""
    return [Alias(name, member, "torchvision", differs) for name, (member, differs) in NAMES.items()]
