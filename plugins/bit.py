"""Big Transfer (BiT): pre-activation ResNets with group norm, several times wider."""

from __future__ import annotations

from computeest.contract import Family, Network, hookimpl
from computeest_plugins.blocks import TIMM, classifier, require_positive, stated, unknown
from computeest_plugins.resnet import IMAGENET, Residual, stages, stem


def bit(depth: int = 50, widening: int = 1, image: int = 224, classes: int = 1000) -> Network:
    """One image through BiT-R-depth-x-widening: every width of the pre-activation ResNet times `widening`."""
    bottlenecks = {deep: counts for deep, (counts, bottleneck) in IMAGENET.items() if bottleneck}
    if depth not in bottlenecks:
        raise unknown("depth", depth, bottlenecks)
    require_positive(widening=widening)
    net, width = Network(), 64 * widening
    x = stem(net, image, width, "v2")
    x = stages(net, x, bottlenecks[depth], width, 4 * width, Residual(version="v2", norm="group"))
    return classifier(net, x, classes)


#: What is printed of members: parameters.
PUBLISHED = stated(
    TIMM,
    {
        "bit-r50x1": (25.55e6, None),
        "bit-r50x3": (217.32e6, None),
        "bit-r101x1": (44.54e6, None),
        "bit-r101x3": (387.93e6, None),
        "bit-r152x2": (236.34e6, None),
        "bit-r152x4": (936.53e6, None),
    },
)


@hookimpl
def computeest_families() -> list[Family]:
    """BiT."""
    members = [(50, 1), (50, 3), (101, 1), (101, 3), (152, 2), (152, 4)]
    return [
        Family(
            name="bit",
            forward=bit,
            example="image",
            source="Kolesnikov et al. 2020, Big Transfer (BiT), arXiv:1912.11370, section 3.1",
            variants={f"bit-r{depth}x{times}": {"depth": depth, "widening": times} for depth, times in members},
            published=PUBLISHED,
        )
    ]
