"""EVA: a vision transformer without biases of keys, its second version gated, with rotary places."""

from __future__ import annotations

from computeest.contract import Family, Network, hookimpl
from computeest_plugins.blocks import TIMM, require_positive, stated
from computeest_plugins.transformer_blocks import Block, stack
from computeest_plugins.vit import patches

#: Width, layers, heads, width of the MLP, version, and whether the MLP holds a norm.
MEMBERS = {
    "eva-giant/14": (1408, 40, 16, 6144, 1, False),
    "eva-02-s/14": (384, 12, 6, 1024, 2, False),
    "eva-02-l/14": (1024, 24, 16, 2730, 2, True),
}


def eva(
    width: int = 768,
    layers: int = 12,
    heads: int = 12,
    feed_forward: int = 2048,
    version: int = 2,
    inner_norm: bool = True,
    patch: int = 14,
    image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through an EVA; `version` 2 is gated, and an `inner_norm` may stand before its MLPs' last matrix.

    With no `classes` it ends at the mean of its patches.
    """
    require_positive(width=width, layers=layers, heads=heads, feed_forward=feed_forward)
    if version not in (1, 2):
        raise ValueError(f"version: {version!r} is not defined; expected 1 or 2")
    net = Network()
    x = net.positions(net.append_tokens(patches(net, image, patch, width), 1))
    biases = 2 * width + (2 * feed_forward if inner_norm else 0)
    gated = version == 2
    block = Block(heads, None, None, feed_forward, gated=gated, activation="silu" if gated else "gelu",
                  qkv_bias=False, more_parameters=biases)  # fmt: skip
    x = stack(net, x, layers, block)
    x = net.layer_norm(net.global_pool(x), name="final_norm")
    if classes:
        net.linear(x, classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """EVA."""
    names = ("width", "layers", "heads", "feed_forward", "version", "inner_norm")
    return [
        Family(
            name="eva",
            forward=eva,
            example="image",
            source="Fang et al. 2023, EVA, arXiv:2211.07636, Table 1; "
            "EVA-02: Fang et al. 2024, arXiv:2303.11331, Table 2",
            variants={name: dict(zip(names, member, strict=True)) for name, member in MEMBERS.items()},
            published={
                **stated(TIMM, {"eva-giant/14": (1012.56e6, 267.18e9)}),
                **stated("Fang et al. 2024, arXiv:2303.11331, Table 2", {"eva-02-s/14": (22e6, None),
                                                                         "eva-02-l/14": (304e6, None)}),
            },
        )
    ]
