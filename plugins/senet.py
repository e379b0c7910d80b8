"""SENet: residual blocks whose output channels are reweighted by their own means."""

from __future__ import annotations

from computeest.contract import Family, Network, Shape, hookimpl
from computeest_plugins.blocks import (
    TIMM,
    classifier,
    conv_norm,
    require_positive,
    squeeze_excite,
    stated,
    unknown,
    version_name,
)
from computeest_plugins.resnet import IMAGENET, Residual, stages, stem


def senet(
    depth: int = 50,
    image: int = 224,
    classes: int = 1000,
    groups: int = 1,
    group_width: int = 4,
    reduction: int = 16,
    version: str | float = "v1",
) -> Network:
    """One image through SE-ResNet (`groups: 1`) or SE-ResNeXt (`groups: 32`); depth 154 is SENet-154.

    The authors' SE-ResNets stride in the first 1x1 convolution (`version: v1`), their SE-ResNeXts always in the 3x3.
    """
    require_positive(groups=groups, group_width=group_width, reduction=reduction)
    version = f"v{version_name(version)}"
    if version not in ("v1", "v1.5"):
        raise unknown("version", version, ("v1", "v1.5"))
    if depth == 154:
        if (groups, group_width, version) != (1, 4, "v1"):
            raise ValueError(
                "depth: 154 is SENet-154, of 64 groups and one version; groups, group_width and version are not its own"
            )
        return _senet154(image, classes, reduction)
    if depth not in IMAGENET:
        raise unknown("depth", depth, (*IMAGENET, 154))
    counts, bottleneck = IMAGENET[depth]
    kind = Residual(bottleneck, version if groups == 1 else "v1.5", groups, reduction)
    net = Network()
    x = stem(net, image, 64)
    x = stages(net, x, counts, 64 if groups == 1 else groups * group_width, 256 if bottleneck else 64, kind)
    return classifier(net, x, classes)


def _senet154(image: int, classes: int, reduction: int) -> Network:
    net = Network()
    x = conv_norm(net, net.input(3, image, image), 64, 3, 2, name="stem1")
    x = conv_norm(net, x, 64, 3, name="stem2")
    x = conv_norm(net, x, 128, 3, name="stem3")
    x = net.max_pool(x, 3, 2, ceil=True)
    for number, count in enumerate(IMAGENET[152][0]):
        planes = 64 << number
        with net.block(f"stage{number + 1}"):
            x = _wide_block(net, x, planes, 2 if number else 1, reduction)
        with net.repeat(count - 1, f"stage{number + 1}"):
            x = _wide_block(net, x, planes, 1, reduction)
    return classifier(net, x, classes)


def _wide_block(net: Network, x: Shape, planes: int, stride: int, reduction: int) -> Shape:
    """A bottleneck with twice the width inside, 64 groups, and a 3x3 projection where it strides."""
    y = conv_norm(net, x, 2 * planes, 1, name="reduce")
    y = conv_norm(net, y, 4 * planes, 3, stride, groups=64, name="conv3x3")
    y = conv_norm(net, y, 4 * planes, 1, activation="", name="expand")
    if x.channels != y.channels:
        x = conv_norm(net, x, y.channels, 1 if stride == 1 else 3, stride, activation="", name="projection")
    return net.activation(net.add(squeeze_excite(net, y, y.channels // reduction), x))


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        TIMM,
        {
            "se-resnet-18": (11.78e6, 1.82e9),
            "se-resnet-34": (21.96e6, 3.67e9),
            "se-resnet-50": (28.09e6, 3.88e9),
            "se-resnet-101": (49.33e6, 7.61e9),
            "se-resnet-152": (66.82e6, 11.33e9),
            "se-resnext-50-32x4d": (27.56e6, 4.26e9),
            "se-resnext-101-32x4d": (48.96e6, 8.02e9),
            "se-resnext-101-64x4d": (88.23e6, 15.53e9),
            "senet-154": (115.09e6, 20.77e9),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """SENet."""
    residual = {f"se-resnet-{depth}": {"depth": depth} for depth in (18, 34, 50, 101, 152)}
    grouped = {
        f"se-resnext-{depth}-{groups}x4d": {"depth": depth, "groups": groups}
        for depth, groups in ((50, 32), (101, 32), (101, 64))
    }
    return [
        Family(
            name="senet",
            forward=senet,
            example="image",
            source="Hu, Shen and Sun 2018, arXiv:1709.01507, Tables 1 and 2 and its appendix on SENet-154",
            variants={**residual, **grouped, "senet-154": {"depth": 154}},
            published=PUBLISHED,
        )
    ]
