"""Vision transformer (ViT): an image as a sequence of patches."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, architecture, hookimpl
from computeest_plugins.blocks import TIMM, TORCHVISION, require_positive, stated, unknown

POOLS = ("class", "mean", "map")
#: Patch, width, layers, heads and, where it is not four times the width, the width of the MLP. What its paper writes
#: g/14 and G/14 are `vit-giant/14` and `vit-gigantic/14`, names that need no case; `ViT-g/14`, `ViT-G/14` are they too.
MEMBERS: dict[str, tuple[int, ...]] = {
    "vit-ti/16": (16, 192, 12, 3),
    "vit-s/32": (32, 384, 12, 6),
    "vit-s/16": (16, 384, 12, 6),
    "vit-s/8": (8, 384, 12, 6),
    "vit-b/32": (32, 768, 12, 12),
    "vit-b/16": (16, 768, 12, 12),
    "vit-b/8": (8, 768, 12, 12),
    "vit-l/32": (32, 1024, 24, 16),
    "vit-l/16": (16, 1024, 24, 16),
    "vit-l/14": (14, 1024, 24, 16),
    "vit-h/14": (14, 1280, 32, 16),
    "vit-so400m/14": (14, 1152, 27, 16, 4304),
    "vit-giant/14": (14, 1408, 40, 16, 6144),
    "vit-gigantic/14": (14, 1664, 48, 16, 8192),
    "vit-e/14": (14, 1792, 56, 16, 15360),
}


def patches(net: Network, image: int, patch: int, width: int, bias: bool = True) -> Shape:
    """The image cut into squares, each projected to a token."""
    if patch < 1 or image % patch:
        raise ValueError(f"image: {image} pixels do not divide into patches of {patch}")
    x = net.conv(net.input(3, image, image), width, patch, patch, bias=bias, name="patch_embedding")
    return net.sequence(x)


def encoder(
    net: Network, x: Shape, layers: int, heads: int, hidden: int, qkv_bias: bool = True, gated: bool = False,
    layer_scale: bool = False,
) -> Shape:  # fmt: skip
    """Pre-norm transformer layers and the norm that closes them."""
    with net.repeat(layers, "layer"):
        y = net.attention(net.layer_norm(x), heads, bias=qkv_bias, output_bias=True)
        x = net.add(x, y)
        x = net.add(x, net.mlp(net.layer_norm(x), hidden, gated=gated, activation="silu" if gated else "gelu"))
        if layer_scale:
            net.parameter(2 * x.channels, "layer_scale")
    return net.layer_norm(x, name="final_norm")


@architecture
class ViT:
    """What `architecture:` may state of a ViT; the defaults are ViT-B/16's."""

    patch: int = 16
    width: int = 768
    layers: int = 12
    heads: int = 12
    feed_forward: int | None = None
    image: int = 224
    classes: int = 1000
    pool: str = "class"
    qkv_bias: bool = True
    gated: bool = False
    layer_scale: bool = False
    registers: int = 0
    first_norm: bool = False
    positions: str = "learned"
    class_token: bool | None = None


def vit(p: ViT) -> Network:
    """One image through a ViT; `feed_forward` is the width of its MLPs, usually four times `width`.

    `pool` says what is classified: the class token, the mean of all patches, or the answer of one learned query (map).
    With no `classes` it ends there. `registers` are further tokens (DINOv2), `first_norm` is CLIP's before all layers,
    and `positions` are learned or rotary (DINOv3); a `class_token` may be there though the mean is classified.
    """
    if p.pool not in POOLS:
        raise unknown("pool", p.pool, POOLS)
    if p.positions not in ("learned", "rotary"):
        raise unknown("positions", p.positions, ("learned", "rotary"))
    hidden = 4 * p.width if p.feed_forward is None else p.feed_forward
    require_positive(width=p.width, layers=p.layers, heads=p.heads, feed_forward=hidden)
    if p.registers < 0 or p.classes < 0:
        raise ValueError("registers and classes cannot be negative; expected 0 or more")
    net = Network()
    x = patches(net, p.image, p.patch, p.width, bias=not p.first_norm)
    if p.pool == "class" if p.class_token is None else p.class_token:
        x = net.append_tokens(x, 1)
    x = x if p.positions == "rotary" else net.positions(x)
    if p.registers:
        x = net.append_tokens(x, p.registers, "registers")
    x = net.layer_norm(x, name="first_norm") if p.first_norm else x
    x = encoder(net, x, p.layers, p.heads, hidden, p.qkv_bias, p.gated, p.layer_scale)
    if p.pool == "class":
        x = net.select(x)
    elif p.pool == "mean":
        x = net.global_pool(x)
    else:
        x = _attended(net, x, p.heads, hidden)
    if p.classes:
        net.linear(x, p.classes, name="classifier", term="logits")
    return net


def _attended(net: Network, x: Shape, heads: int, hidden: int) -> Shape:
    """One learned query over all patches, then an MLP (Zhai et al. 2022, section 3.3)."""
    net.parameter(x.channels, "query")
    y = net.attention(net.select(x), heads, context=x, name="pool")
    return net.add(y, net.mlp(net.layer_norm(y), hidden, name="pool.mlp"))


def keys(member: tuple[int, ...]) -> dict[str, int]:
    """The architecture of one row of MEMBERS."""
    return dict(zip(("patch", "width", "layers", "heads", "feed_forward"), member, strict=False))


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TIMM,
        {
            "vit-ti/16": (5.72e6, 1.26e9),
            "vit-s/32": (22.88e6, 1.15e9),
            "vit-s/16": (22.05e6, 4.61e9),
            "vit-s/8": (None, 22.44e9),
            "vit-b/8": (86.58e6, 78.22e9),
            "vit-l/14": (304.20e6, 81.08e9),
            "vit-giant/14": (1012.61e6, 267.18e9),
            "vit-gigantic/14": (1844.44e6, 483.95e9),
        },
    ),
    **stated(
        TORCHVISION,
        {
            "vit-b/32": (88_224_232, 4.409e9),
            "vit-b/16": (86_567_656, 17.564e9),
            "vit-l/32": (306_535_400, 15.378e9),
            "vit-l/16": (304_326_632, 61.555e9),
            "vit-h/14": (632_045_800, 167.295e9),
        },
    ),
    **stated(
        "Alabdulmohsin et al. 2023, arXiv:2305.13035, Table 1 (221 G FLOP, two for a multiply-add)",
        {
            "vit-so400m/14": (428e6, 110.5e9),
        },
    ),
    **stated(
        "Chen et al. 2022, arXiv:2209.06794, Table 8 (1980 G FLOP, two for a multiply-add)",
        {
            "vit-e/14": (None, 990e9),
        },
    ),
    **stated(
        "Dehghani et al. 2023, arXiv:2302.05442, Table 1",
        {
            "vit-22b": (21743e6, None),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """ViT."""
    # its Table 1 counts no pooling head; queries, keys and values have no bias
    members: dict[str, dict[str, object]] = {name: {**keys(member)} for name, member in MEMBERS.items()}
    members["vit-so400m/14"]["pool"] = "map"
    largest = {**keys((14, 6144, 48, 48, 24576)), "pool": "mean", "qkv_bias": False}
    return [
        Family(
            name="vit",
            forward=vit,
            example="image",
            source="Dosovitskiy et al. 2021, arXiv:2010.11929, Table 1; ti, s, giant, g: Zhai et al. 2022, "
            "arXiv:2106.04560, Table 2; e: Chen et al. 2022, arXiv:2209.06794; "
            "so400m: Alabdulmohsin et al. 2023, arXiv:2305.13035; 22b: Dehghani et al. 2023, arXiv:2302.05442",
            variants={**members, "vit-22b": largest},
            published=PUBLISHED,
        )
    ]
