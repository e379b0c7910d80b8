"""DeiT: a vision transformer that may also learn from a teacher through a token of its own."""

from __future__ import annotations

from computeest.contract import Family, Network, hookimpl
from computeest_plugins.blocks import TIMM, require_positive, stated, unknown, version_name
from computeest_plugins.vit import encoder, patches


def deit(
    width: int = 768,
    layers: int = 12,
    heads: int = 12,
    patch: int = 16,
    image: int = 224,
    classes: int = 1000,
    distilled: bool = False,
    version: str | float = 1,
) -> Network:
    """One image through a DeiT; `distilled` adds the distillation token and its classifier.

    The teacher is another network: its forward pass on every image is a cost of its own. Version 3 (DeiT III) scales
    what each half of a layer adds and gives its class token no position.
    """
    name = version_name(version)
    if name not in ("1", "3"):
        raise unknown("version", version, (1, 3))
    require_positive(width=width, layers=layers, heads=heads)
    net = Network()
    tokens = 2 if distilled else 1
    x = patches(net, image, patch, width)
    x = net.positions(net.append_tokens(x, tokens)) if name == "1" else net.append_tokens(net.positions(x), tokens)
    if name == "3":
        net.parameter(2 * layers * width, "layer_scale")
    x = encoder(net, x, layers, heads, 4 * width)
    x = net.select(x)
    net.linear(x, classes, name="classifier", term="logits")
    if distilled:
        net.linear(x, classes, name="distillation_classifier", term="logits")
    return net


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TIMM,
        {
            "deit-ti": (5.72e6, 1.26e9),
            "deit-s": (22.05e6, 4.61e9),
            "deit-b": (86.57e6, 17.58e9),
            "deit-ti-distilled": (5.91e6, 1.27e9),
            "deit-s-distilled": (22.44e6, 4.63e9),
            "deit-b-distilled": (87.34e6, 17.68e9),
            "deit-b-384": (86.86e6, 55.54e9),
            "deit-3-s": (22.06e6, 4.61e9),
            "deit-3-m": (38.85e6, 8.00e9),
            "deit-3-b": (86.59e6, 17.58e9),
            "deit-3-l": (304.37e6, 61.60e9),
            "deit-3-h": (632.13e6, 167.40e9),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """DeiT."""
    sizes = {"deit-ti": (192, 3), "deit-s": (384, 6), "deit-b": (768, 12)}
    plain = {name: {"width": width, "heads": heads} for name, (width, heads) in sizes.items()}
    taught = {f"{name}-distilled": {**architecture, "distilled": True} for name, architecture in plain.items()}
    shapes = {"s": (384, 12, 6), "m": (512, 12, 8), "b": (768, 12, 12), "l": (1024, 24, 16), "h": (1280, 32, 16, 14)}
    third = {
        f"deit-3-{size}": {**dict(zip(("width", "layers", "heads", "patch"), shape, strict=False)), "version": 3}
        for size, shape in shapes.items()
    }
    return [
        Family(
            name="deit",
            forward=deit,
            example="image",
            source="Touvron et al. 2021, arXiv:2012.12877, Table 1; 3: Touvron, Cord and Jegou 2022, arXiv:2204.07118",
            variants={**plain, **taught, "deit-b-384": {"image": 384}, **third},
            published=PUBLISHED,
        )
    ]
