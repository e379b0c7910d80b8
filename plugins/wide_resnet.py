"""Wide ResNet: fewer residual blocks, each several times wider."""

from __future__ import annotations

from computeest.contract import Family, Network, hookimpl
from computeest_plugins.blocks import IMGCLSMOB, TORCHVISION, classifier, require_positive, stated, unknown
from computeest_plugins.resnet import IMAGENET, Residual, stages, stem


def wide_resnet(depth: int = 50, widening: float = 2, image: int | None = None, classes: int | None = None) -> Network:
    """One image through WRN-depth-widening.

    On ImageNet (18, 34, 50, ...) bottlenecks widen only their inner convolutions, basic blocks all but the stem. Depths
    6n + 4, such as 16, 28 and 40, are the CIFAR networks of pre-activation blocks on 32-pixel images.
    """
    require_positive(widening=widening)
    net = Network()
    if depth in IMAGENET:
        counts, bottleneck = IMAGENET[depth]
        inner = round(64 * widening)
        x = stem(net, 224 if image is None else image, 64)
        x = stages(net, x, counts, inner, 256 if bottleneck else inner, Residual(bottleneck))
        return classifier(net, x, 1000 if classes is None else classes)
    count, rest = divmod(depth - 4, 6)
    if rest or count < 1:
        raise unknown("depth", depth, (*IMAGENET, "on CIFAR 6n + 4, such as 16, 22, 28, 40"))
    side = 32 if image is None else image
    x = net.conv(net.input(3, side, side), 16, 3, padding=1, bias=False, name="stem")
    inner = round(16 * widening)
    x = stages(net, x, (count,) * 3, inner, inner, Residual(bottleneck=False, version="v2"))
    return classifier(net, x, 10 if classes is None else classes)


#: What is printed of members: parameters and multiply-adds.
PUBLISHED = {
    **stated(
        "Zagoruyko and Komodakis, arXiv:1605.07146, Tables 4, 7 and 8",
        {
            "wide-resnet-18-1.5": (25.9e6, None),
            "wide-resnet-18-2": (45.6e6, None),
            "wide-resnet-18-3": (101.8e6, None),
            "wide-resnet-34-1.5": (48.6e6, None),
            "wide-resnet-34-2": (86.0e6, None),
            "wide-resnet-16-8": (11.0e6, None),
            "wide-resnet-22-8": (17.2e6, None),
            "wide-resnet-22-10": (26.8e6, None),
            "wide-resnet-28-12": (52.5e6, None),
        },
    ),
    **stated(
        IMGCLSMOB,
        {
            "wide-resnet-16-10": (17_116_634, 2414.04e6),
            "wide-resnet-28-10": (36_479_194, 5246.98e6),
            "wide-resnet-40-8": (35_748_314, 5176.9e6),
        },
    ),
    **stated(
        TORCHVISION,
        {
            "wide-resnet-50-2": (68_883_240, 11.398e9),
            "wide-resnet-101-2": (126_886_696, 22.753e9),
        },
    ),
}


@hookimpl
def computeest_families() -> list[Family]:
    """Wide ResNet."""
    members = [(18, 1.5), (18, 2), (18, 3), (34, 1.5), (34, 2), (50, 2), (101, 2)]
    cifar = [(16, 8), (16, 10), (22, 8), (22, 10), (28, 10), (28, 12), (40, 1), (40, 2), (40, 4), (40, 8)]
    return [
        Family(
            name="wide-resnet",
            forward=wide_resnet,
            example="image",
            source="Zagoruyko and Komodakis 2016, arXiv:1605.07146, Tables 1, 4, 7 and 8",
            variants={
                f"wide-resnet-{depth}-{widening}": {"depth": depth, "widening": widening}
                for depth, widening in (*members, *cifar)
            },
            published=PUBLISHED,
        )
    ]
