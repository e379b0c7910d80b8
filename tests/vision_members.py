"""The vision families and their members, as the tests build them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from computeest.contract import Family, Network

MODULES = """
    alexnet zfnet vgg googlenet inception resnet resnext wide_resnet senet bit densenet squeezenet xception mobilenet
    shufflenet efficientnet efficientnet_v2 regnet convnext vit deit swin coatnet mixer nasnet pnasnet
    token_mlps metaformer pvt eva repvgg dla
    darknet vovnet hrnet fasternet aligned_xception ghostnet nest vit_hybrid
    beit class_attention mobilevit nfnet twins mvit hiera mobileone efficientformer efficientformer_v2 fastvit amoebanet
"""


def families() -> dict[str, Family]:
    found = [f for name in MODULES.split() for f in import_module(f"computeest_plugins.{name}").computeest_families()]
    return {family.name: family for family in found}


FAMILIES = families()
VARIANTS = {name: (family, keys) for family in FAMILIES.values() for name, keys in family.variants.items()}


def counted(family: str, **architecture: Any) -> Network:
    network = FAMILIES[family].count(**architecture)
    assert isinstance(network, Network)
    return network


def built(variant: str, **overrides: Any) -> Network:
    family, architecture = VARIANTS[variant]
    return counted(family.name, **{**architecture, **overrides})
