"""Families and variants by the names people give them."""

from __future__ import annotations

import pytest

from computeest import networks, registry


@pytest.mark.parametrize(("family", "architecture", "parameters"), [
    # torchvision's and the papers' parameter counts
    ("resnet", {"variant": "ResNet50"}, 25_557_032),
    ("ResNet-50", {}, 25_557_032),
    ("resnet50", {}, 25_557_032),
    ("ResNet", {"layers": 50, "image_size": [224, 224]}, 25_557_032),
    ("Wide ResNet", {"variant": "WideResNet-50-2"}, 68_883_240),
    ("ViT", {"variant": "ViT-B16"}, 86_567_656),
    ("gpt2xl", {}, 1_557_611_200),
])
def test_a_name_means_its_network_however_it_is_punctuated(family: str, architecture: dict[str, object],
                                                           parameters: int) -> None:
    assert networks.count(registry.load(()), family, architecture).parameters == parameters


@pytest.mark.parametrize(("family", "architecture", "said"), [
    ("resnet", {"variant": "ResNet51"}, "no variant is called 'ResNet51'"),
    ("vit", {"variant": "resnet50"}, "no variant is called 'resnet50'"),
    ("resnet", {"depth": 50, "image": [224, 196]}, "image: '[224, 196]' is not a number"),
])
def test_what_no_name_means_is_refused(family: str, architecture: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("[", r"\[")):
        networks.count(registry.load(()), family, architecture)
