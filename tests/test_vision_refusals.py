"""What a vision family's paper does not define is refused in a sentence: key, value, what there is."""

from __future__ import annotations

from typing import Any

import pytest
from vision_members import FAMILIES

REFUSED = [
    ("resnet", {"depth": 51}, "depth: 51 is not defined; expected one of 18, 34, 50, 101, 152, 200, on CIFAR 6n + 2"),
    ("resnet", {"version": "v3"}, "version: 'v3' is not defined; expected one of v1, v1.5, v2"),
    ("resnet", {"layout": "coco"}, "layout: 'coco' is not defined; expected one of imagenet, cifar"),
    ("resnet", {"blocks": [3, 0]}, "blocks: [3, 0] is no list of how many blocks, at least 1, each stage has"),
    ("resnet", {"depth": 50, "image": 0}, "input: 3 channels over (0, 0) is empty"),
    ("resnet", {"blocks": [2, 2, 2, 2]}, "blocks: [2, 2, 2, 2] make 18 layers, or 26 as bottlenecks, but depth is 50"),
    ("alexnet", {"version": "v2"}, "version: 'v2' is not defined; expected one of paper, torchvision"),
    ("alexnet", {"towers": 3}, "towers: 3 is not defined; expected one of 1, 2"),
    ("alexnet", {"image": 32}, "a window of 3 does not fit an input of"),
    ("vgg", {"depth": 12}, "depth: 12 is not defined; expected one of 11, 13, 16, 19"),
    ("vgg", {"depth": 19, "pointwise": True}, "pointwise: configuration C has 16 layers, not 19"),
    ("googlenet", {"version": 2}, "version: 2 is not defined; expected one of paper, torchvision"),
    ("inception", {"version": 5}, "version: 5 is not defined; expected one of 3, 4, resnet-v2"),
    ("inception", {"version": 4, "auxiliary": True}, "auxiliary: only version 3"),
    ("resnext", {"depth": 34}, "depth: 34 is not defined; expected one of 29, 50, 101, 152, 200"),
    ("resnext", {"cardinality": 0}, "cardinality: 0 must be above 0"),
    ("resnet", {"width": 0}, "width: 0 must be above 0"),
    ("resnet", {"depth": 20, "width": -16}, "width: -16 must be above 0"),
    ("wide-resnet", {"widening": 0}, "widening: 0 must be above 0"),
    ("mobilenet", {"width": 0}, "width: 0 must be above 0"),
    ("vit", {"layers": 0}, "layers: 0 must be above 0"),
    ("nasnet", {"cells": 0}, "cells: 0 must be above 0"),
    (
        "wide-resnet",
        {"depth": 27},
        "depth: 27 is not defined; expected one of 18, 34, 50, 101, 152, 200, on CIFAR 6n + 4",
    ),
    ("senet", {"depth": 153}, "depth: 153 is not defined"),
    ("senet", {"version": 2}, "version: 'v2' is not defined; expected one of v1, v1.5"),
    ("bit", {"depth": 18}, "depth: 18 is not defined; expected one of 50, 101, 152, 200"),
    ("densenet", {"depth": 120}, "depth: 120 is not defined; expected one of 121, 161, 169, 201, 264, on CIFAR 6n + 4"),
    ("squeezenet", {"version": "2.0"}, "version: '2.0' is not defined; expected one of 1.0, 1.1"),
    ("mobilenet", {"version": 4}, "version: 4 is not defined; expected one of 1, 2, 3"),
    ("mobilenet", {"version": 2, "size": "small"}, "size: only version 3 has sizes (large, small), not version 2"),
    ("mobilenet", {"version": 3, "size": "tiny"}, "size: 'tiny' is not defined; expected one of large, small"),
    ("shufflenet", {"version": 3}, "version: 3 is not defined; expected one of 1, 2"),
    ("shufflenet", {"version": 1, "groups": 5}, "groups: 5 is not defined; expected one of 1, 2, 3, 4, 8"),
    ("shufflenet", {"version": 2, "groups": 3}, "groups: version 2 splits channels in two halves"),
    ("shufflenet", {"version": 2, "width": 3}, "width: 3 is not defined; expected one of 0.5, 1.0, 1.5, 2.0"),
    ("efficientnet", {"size": "b9"}, "size: 'b9' is not defined; expected one of b0, b1"),
    ("efficientnet-v2", {"size": "xxl"}, "size: 'xxl' is not defined; expected one of b0, b1, b2, b3, s, m, l, xl"),
    ("regnet", {"initial": 20}, "an initial width divisible by 8"),
    ("convnext", {"version": 3}, "version: 3 is not defined; expected one of 1, 2"),
    ("convnext", {"depths": []}, "depths: [] is no list of how many blocks"),
    ("vit", {"image": 225}, "image: 225 pixels do not divide into patches of 16"),
    ("vit", {"pool": "sum"}, "pool: 'sum' is not defined; expected one of class, mean, map"),
    ("vit", {"heads": 7}, "a width of 768 does not divide into 7 heads"),
    ("swin", {"version": 3}, "version: 3 is not defined; expected one of 1, 2"),
    ("swin", {"depths": [2, 0]}, "depths: [2, 0] is no list of how many blocks"),
    ("swin", {"depths": 12}, "depths: 12 is no list of how many blocks"),
    ("swin", {"width": 100}, "width: 100 channels do not divide into heads of 32"),
    ("coatnet", {"widths": [64]}, "widths [64] and depths [2, 3, 5, 2] must hold one number for each of 4 or 5 stages"),
    ("coatnet", {"head_dim": 50}, "widths: 384 channels do not divide into heads of 50"),
    ("coatnet", {"strided": "pool"}, "strided: 'pool' is not defined; expected one of expansion, depthwise"),
    ("deit", {"version": 2}, "version: 2 is not defined; expected one of 1, 3"),
    ("nasnet", {"penultimate": 1000}, "penultimate: 1000 filters do not divide by 96"),
    ("pnasnet", {"filters": 2}, "filters: 2 is too few"),
]


@pytest.mark.parametrize(("family", "architecture", "sentence"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_is_not_defined_is_refused_with_what_is(family: str, architecture: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        FAMILIES[family].count(**architecture)
    assert sentence in str(refused.value)
