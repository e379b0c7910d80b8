"""Families and variants by the names people give them."""

from __future__ import annotations

import re

import pytest

from computeest import registry
from computeest.facts import network_lookup


@pytest.mark.parametrize(("family", "architecture", "parameters"), [
    # torchvision's and the papers' parameter counts
    ("resnet", {"variant": "ResNet50"}, 25_557_032),
    ("ResNet-50", {}, 25_557_032),
    ("resnet50", {}, 25_557_032),
    ("ResNet", {"layers": 50, "image_size": [224, 224]}, 25_557_032),
    ("Wide ResNet", {"variant": "WideResNet-50-2"}, 68_883_240),
    ("ViT", {"variant": "ViT-B16"}, 86_567_656),
    ("gpt2xl", {}, 1_557_611_200),
    ("Swin-Large", {}, 196_532_476),
    ("convnext_tiny", {}, 28_589_128),
    ("vit_base_patch16_224", {}, 86_567_656),
    ("MobileNetV2", {}, 3_504_872),
    ("mobilenet_v3_large", {}, 5_483_032),
    ("squeezenet1_1", {}, 1_235_496),
    ("efficientnet", {"variant": "b7"}, 66_347_960),
    ("WRN-28-10", {}, 36_479_194),
    ("wide resnet", {"depth": 28, "widen_factor": 10}, 36_479_194),
    ("mobilenet", {"version": 2, "width_multiplier": 1.4}, 6_108_776),
    ("vision transformer", {"variant": "ViT-L/16"}, 304_326_632),
    ("vit", {"embed_dim": 768, "depth": 12, "num_heads": 12, "patch_size": 16, "img_size": 224}, 86_567_656),
    ("decoder-only", {"n_layer": 12, "n_embd": 768, "n_head": 12, "block_size": 1024}, 124_439_808),
    # Zaremba et al. 2014, the large model of Penn Treebank, 66M
    ("LSTM", {"hidden_size": 1500, "num_layers": 2, "vocab_size": 10000, "bptt": 35}, 66_022_000),
])
def test_a_name_means_its_network_however_it_is_punctuated(family: str, architecture: dict[str, object],
                                                           parameters: int) -> None:
    assert network_lookup.count(registry.load(()), family, architecture).parameters == parameters


@pytest.mark.parametrize(("family", "architecture", "said"), [
    ("resnet", {"variant": "ResNet51"}, "no variant is called 'ResNet51'"),
    ("vit", {"variant": "resnet50"}, "no variant is called 'resnet50'"),
    # two channels are no doubled width, and 28 is no 28-10
    ("resnet", {"depth": 50, "width_multiplier": 2}, "the family 'resnet' has no 'width_multiplier'"),
    ("wide-resnet-28", {}, "no family is called 'wide-resnet-28'"),
    ("transformer", {}, "no family is called 'transformer'; it may be decoder (as GPT), encoder (as BERT) or "
                        "encoder-decoder (as T5)"),
    ("lenet", {}, "no family is called 'lenet'; closest: 'alexnet', 'senet'"),
    ("resnet", {"depth": 50, "image": [224, 196]}, "image: '[224, 196]' is not a number"),
])
def test_what_no_name_means_is_refused(family: str, architecture: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        network_lookup.count(registry.load(()), family, architecture)
