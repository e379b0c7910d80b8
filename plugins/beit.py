"""BEiT: a ViT whose layers each have their own table of relative positions, pretrained on masked patches."""

from __future__ import annotations

from computeest.contract import Family, Network, hookimpl
from computeest_plugins.blocks import TIMM, require_positive, stated

#: Width, layers and heads (section 2.5).
MEMBERS = {"beit-b/16": (768, 12, 12), "beit-l/16": (1024, 24, 16)}
#: How a class token and patches lie to one another: two ways, and that of the token to itself.
OF_CLASS_TOKEN = 3


def beit(width: int = 768, layers: int = 12, heads: int = 12, patch: int = 16, image: int = 224,
         classes: int = 1000) -> Network:  # fmt: skip
    """One image through a BEiT: all patches, masked ones as one learned vector; the mean of them is classified."""
    require_positive(width=width, layers=layers, heads=heads, patch=patch, image=image, classes=classes)
    if image % patch:
        raise ValueError(f"image: {image} pixels do not divide into patches of {patch}")
    side = image // patch
    net = Network()
    x = net.append_tokens(net.sequence(net.conv(net.input(3, image, image), width, patch, patch, name="patches")), 1)
    with net.repeat(layers, "layer"):
        y = net.attention(net.layer_norm(x), heads, bias=False, output_bias=True)
        net.parameter(2 * width, "query_and_value_bias")
        net.parameter(heads * ((2 * side - 1) ** 2 + OF_CLASS_TOKEN), "relative_positions")
        x = net.add(x, y)
        x = net.add(x, net.mlp(net.layer_norm(x), 4 * width))
        net.parameter(2 * width, "layer_scale")
    net.linear(net.layer_norm(net.global_pool(x), name="final_norm"), classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """BEiT."""
    return [
        Family(
            name="beit",
            forward=beit,
            example="image",
            source="Bao et al. 2021, BEiT, arXiv:2106.08254, section 2.5",
            variants={name: dict(zip(("width", "layers", "heads"), member, strict=True))
                      for name, member in MEMBERS.items()},
            published=stated(TIMM, {"beit-b/16": (86.53e6, 17.58e9), "beit-l/16": (304.43e6, 61.60e9)}),
        )
    ]  # fmt: skip
