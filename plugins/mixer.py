"""MLP-Mixer: one MLP across patches and one across channels, in turn."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_positive, stated
from computeest_plugins.vit import patches

#: Patch, width, layers, hidden width of the token-mixing and of the channel-mixing MLP (Table 1).
MEMBERS = {
    "mixer-s/32": (32, 512, 8, 256, 2048),
    "mixer-s/16": (16, 512, 8, 256, 2048),
    "mixer-b/32": (32, 768, 12, 384, 3072),
    "mixer-b/16": (16, 768, 12, 384, 3072),
    "mixer-l/32": (32, 1024, 24, 512, 4096),
    "mixer-l/16": (16, 1024, 24, 512, 4096),
    "mixer-h/14": (14, 1280, 32, 640, 5120),
}


def mixer(
    patch: int = 16,
    width: int = 768,
    layers: int = 12,
    token_hidden: int = 384,
    channel_hidden: int = 3072,
    image: int = 224,
    classes: int = 1000,
) -> Network:
    """One image through an MLP-Mixer; the token-mixing MLP is as wide as there are patches."""
    require_positive(width=width, layers=layers, token_hidden=token_hidden, channel_hidden=channel_hidden)
    net = Network()
    x = patches(net, image, patch, width)
    with net.repeat(layers, "layer"):
        y = net.layer_norm(x)
        turned = Shape(y.positions, (y.channels,), y.grad, y.channels)
        net.mlp(turned, token_hidden, name="token_mixing")
        x = net.add(x, y)
        x = net.add(x, net.mlp(net.layer_norm(x), channel_hidden, name="channel_mixing"))
    x = net.global_pool(net.layer_norm(x, name="final_norm"))
    net.linear(x, classes, name="classifier", term="logits")
    return net


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TIMM,
        {
            "mixer-s/32": (19.10e6, 1.00e9),
            "mixer-s/16": (18.53e6, 3.79e9),
            "mixer-b/32": (60.29e6, 3.24e9),
            "mixer-b/16": (59.88e6, 12.62e9),
            "mixer-l/32": (206.94e6, 11.27e9),
            "mixer-l/16": (208.20e6, 44.60e9),
        },
    ),
    **stated(
        "Tolstikhin et al. 2021, arXiv:2105.01601, Table 1 (without classifiers)",
        {
            "mixer-h/14": (431e6, None),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """MLP-Mixer."""
    names = ("patch", "width", "layers", "token_hidden", "channel_hidden")
    return [
        Family(
            name="mixer",
            forward=mixer,
            example="image",
            source="Tolstikhin et al. 2021, MLP-Mixer, arXiv:2105.01601, Table 1",
            variants={name: dict(zip(names, member, strict=True)) for name, member in MEMBERS.items()},
            published=PUBLISHED,
        )
    ]
