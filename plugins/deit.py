"""DeiT: a vision transformer that may also learn from a teacher through a token of its own."""

from __future__ import annotations

from computeest.contract import Family, Network, hookimpl
from computeest_plugins.blocks import TIMM, require_positive, stated
from computeest_plugins.vit import encoder, patches


def deit(
    width: int = 768,
    layers: int = 12,
    heads: int = 12,
    patch: int = 16,
    image: int = 224,
    classes: int = 1000,
    distilled: bool = False,
) -> Network:
    """One image through a DeiT; `distilled` adds the distillation token and its classifier.

    The teacher is another network: its forward pass on every image is a cost of its own.
    """
    require_positive(width=width, layers=layers, heads=heads)
    net = Network()
    x = net.append_tokens(patches(net, image, patch, width), 2 if distilled else 1)
    x = encoder(net, net.positions(x), layers, heads, 4 * width)
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
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """DeiT."""
    sizes = {"deit-ti": (192, 3), "deit-s": (384, 6), "deit-b": (768, 12)}
    plain = {name: {"width": width, "heads": heads} for name, (width, heads) in sizes.items()}
    taught = {f"{name}-distilled": {**architecture, "distilled": True} for name, architecture in plain.items()}
    return [
        Family(
            name="deit",
            forward=deit,
            example="image",
            source="Touvron et al. 2021, arXiv:2012.12877, Table 1",
            variants={**plain, **taught, "deit-b-384": {"image": 384}},
            published=PUBLISHED,
        )
    ]
