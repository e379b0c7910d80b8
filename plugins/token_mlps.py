"""ResMLP and gMLP: layers that mix patches by one matrix, beside or within what mixes channels."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import TIMM, require_positive, stated
from computeest_plugins.vit import patches

#: Patch, width and layers.
RESMLP = {"resmlp-s12": (16, 384, 12), "resmlp-s24": (16, 384, 24), "resmlp-s36": (16, 384, 36),
          "resmlp-b24": (8, 768, 24)}  # fmt: skip
GMLP = {"gmlp-ti/16": (16, 128, 30), "gmlp-s/16": (16, 256, 30), "gmlp-b/16": (16, 512, 30)}


def _turned(x: Shape) -> Shape:
    """Patches as channels and channels as places."""
    return Shape(x.positions, (x.channels,), x.grad, x.channels)


def resmlp(
    patch: int = 16, width: int = 384, layers: int = 12, expansion: int = 4, image: int = 224, classes: int = 1000
) -> Network:
    """One image through a ResMLP: affine maps in the place of norms, scaled layers, one matrix across patches."""
    require_positive(width=width, layers=layers, expansion=expansion, classes=classes)
    net = Network()
    x = patches(net, image, patch, width)
    with net.repeat(layers, "layer"):
        net.parameter(6 * width, "affine_and_scales")
        net.linear(_turned(x), x.positions, name="token_mixing")
        x = net.add(x, x)
        x = net.add(x, net.mlp(x, expansion * width, name="channel_mixing"))
    net.parameter(2 * width, "final_affine")
    net.linear(net.global_pool(x), classes, name="classifier", term="logits")
    return net


def gmlp(
    patch: int = 16, width: int = 256, layers: int = 30, expansion: int = 6, image: int = 224, classes: int = 1000
) -> Network:
    """One image through a gMLP: half of the hidden channels, mixed across patches, gates the other half."""
    require_positive(width=width, layers=layers, expansion=expansion, classes=classes)
    if expansion * width % 2:
        raise ValueError(f"expansion: {expansion} times {width} channels do not divide into two halves")
    net, half = Network(), expansion * width // 2
    x = patches(net, image, patch, width)
    with net.repeat(layers, "layer"):
        y = net.activation(net.linear(net.layer_norm(x), 2 * half, name="channel_mixing.up"), "gelu")
        y = net.layer_norm(y._replace(channels=half), name="gate_norm")
        net.linear(_turned(y), y.positions, name="token_mixing")
        x = net.add(x, net.linear(y, width, name="channel_mixing.down"))
    x = net.global_pool(net.layer_norm(x, name="final_norm"))
    net.linear(x, classes, name="classifier", term="logits")
    return net


@hookimpl
def computeest_families() -> list[Family]:
    """ResMLP and gMLP."""
    names = ("patch", "width", "layers")
    return [
        Family(
            name="resmlp",
            forward=resmlp,
            example="image",
            source="Touvron et al. 2021, ResMLP, arXiv:2105.03404, section 2 and Table 1",
            variants={name: dict(zip(names, member, strict=True)) for name, member in RESMLP.items()},
            published=stated(TIMM, {"resmlp-s12": (15.35e6, 3.01e9), "resmlp-s24": (30.02e6, 5.96e9),
                                    "resmlp-s36": (44.69e6, 8.91e9), "resmlp-b24": (129.14e6, 100.23e9)}),
        ),
        Family(
            name="gmlp",
            forward=gmlp,
            example="image",
            source="Liu et al. 2021, Pay attention to MLPs, arXiv:2105.08050, Table 1",
            variants={name: dict(zip(names, member, strict=True)) for name, member in GMLP.items()},
            published=stated(TIMM, {"gmlp-ti/16": (5.87e6, 1.34e9), "gmlp-s/16": (19.42e6, 4.42e9),
                                    "gmlp-b/16": (73.08e6, 15.78e9)}),
        ),
    ]  # fmt: skip
